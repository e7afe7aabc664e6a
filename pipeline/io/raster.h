/* SPDX-License-Identifier: Apache-2.0
 *
 * raster.h - reading back one layer that this program wrote.
 */
#ifndef PIPELINE_IO_RASTER_H
#define PIPELINE_IO_RASTER_H

#include "pipeline/base/error.h"
#include "pipeline/io/layer.h"
#include "pipeline/space/grid.h"

/* An open layer; for one thread at a time. */
struct raster;

/* DATA if the file is not a readable GeoTIFF of this layer's pixel type. */
int raster_open(struct raster **out, const char *path, const struct layer *layer, struct error *e);
void raster_close(struct raster *r);

const struct grid *raster_grid(const struct raster *r);

/*
 * Read overview `level` (1: of half the size, rounded up, and so on; 0: the layer itself) from now on:
 * raster_grid() has its size, and the place and pixel size of the layer.  DATA if there is none.
 */
int raster_level(struct raster *r, int level, struct error *e);

/*
 * Read the pixels of rect (in the raster's own pixels; it may stick out: there
 * the layer's no data, or 0) into pixels, row by row without gaps.  DATA if a
 * block is damaged.
 */
int raster_read(struct raster *r, struct rect rect, void *pixels, struct error *e);

#endif
