/* SPDX-License-Identifier: Apache-2.0
 *
 * cog_internal.h - what the parts of the check of a GeoTIFF share.
 */
#ifndef PIPELINE_IO_COG_INTERNAL_H
#define PIPELINE_IO_COG_INTERNAL_H

#include "pipeline/io/cog.h"
#include "pipeline/io/geotiff_internal.h"

/* The words of the open image's directory; as cog_check(). */
int cog_words_check(TIFF *t, const struct cog_spec *spec, struct findings *f, struct error *e);

#endif
