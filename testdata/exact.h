/* SPDX-License-Identifier: Apache-2.0
 *
 * exact.h - the water that is true on the grid of a result.
 */
#ifndef TESTDATA_EXACT_H
#define TESTDATA_EXACT_H

#include "testdata/fail.h"
#include "testdata/options.h"

/*
 * Write the exact fraction (x 10000, uint16) of the lake that the options name, in every pixel of
 * the raster `like`, which must be in PLANE_LAEA with square pixels, into the GeoTIFF `out`.  Of the
 * options lake, lake_center, radius_m, shift_m, seed and threads count; shapes are exact in
 * PLANE_LAEA.  Ponds are not in it.
 */
int exact_write(const struct options *o, const char *like, const char *out, struct failure *f);

#endif
