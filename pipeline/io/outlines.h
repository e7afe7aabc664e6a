/* SPDX-License-Identifier: Apache-2.0
 *
 * outlines.h - shapes that may overlap, made one polygon.
 *
 * A struct polygon is filled by the even-odd rule: where two clouds overlap it
 * would have a hole.  GEOS unites them, through GDAL.
 */
#ifndef PIPELINE_IO_OUTLINES_H
#define PIPELINE_IO_OUTLINES_H

#include "pipeline/base/error.h"
#include "pipeline/space/polygon.h"

/* Add the rings of p from number first on as one shape: its outer border, then holes.  *outlines starts as NULL. */
int outlines_add(void **outlines, const struct polygon *p, size_t first, struct error *e);

/*
 * Replace p, which has all these rings, by the union of the shapes, if they overlap; its
 * vertices are multiples of 2^-10.  DATA: shapes that cannot be united.
 */
int outlines_unite(void *outlines, struct polygon *p, struct error *e);
void outlines_free(void *outlines);

#endif
