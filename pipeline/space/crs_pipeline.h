/* SPDX-License-Identifier: Apache-2.0
 *
 * crs_pipeline.h - transformations that need no database; for crs.c.
 */
#ifndef PIPELINE_SPACE_CRS_PIPELINE_H
#define PIPELINE_SPACE_CRS_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/space/grid.h"

/* Room for any pipeline, with its terminator. */
#define CRS_PIPELINE 1024

/*
 * The PROJ pipeline from one CRS to another, x, y order on both sides, where both are longitude and latitude, a zone of UTM or one
 * of a few projections in metres, all on the datum WGS 84, in a spelling of crs_normalise(): then it is what PROJ
 * itself would make, after reading much of its database in each process.  False: PROJ is to be asked.
 */
bool crs_pipeline(const struct crs *from, const struct crs *to, char text[CRS_PIPELINE]);

#endif
