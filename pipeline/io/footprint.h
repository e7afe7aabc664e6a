/* SPDX-License-Identifier: Apache-2.0
 *
 * footprint.h - where a raster has data: the convex hull of its valid pixels,
 * as the geometry of item.json.
 */
#ifndef PIPELINE_IO_FOOTPRINT_H
#define PIPELINE_IO_FOOTPRINT_H

#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/polygon.h"

struct footprint;

/* An empty one of this grid. */
int footprint_new(struct footprint **out, const struct grid *grid, struct error *e);
void footprint_free(struct footprint *f);

/*
 * Mark the pixels of rect whose value is not nodata; pixels: the rect, row by
 * row without gaps.  Any number of threads at once.
 */
void footprint_add(struct footprint *f, struct rect rect, const uint8_t *pixels, uint8_t nodata);

/*
 * The hull in longitude and latitude, rounded to 1e-6 degree, one ring; edges
 * are cut so that they follow straight lines of the grid.  Pixels count in
 * cells of 1/64 of the longer side of the grid, so it may be that much too
 * large.  The whole grid if nothing is marked.
 */
int footprint_polygon(const struct footprint *f, struct polygon *out, struct error *e);

#endif
