/* SPDX-License-Identifier: Apache-2.0
 *
 * depths.h - a user's map of the lake's depths [m, positive; its scale and offset applied], one band of a GeoTIFF in a projected CRS.
 */
#ifndef PIPELINE_IO_DEPTHS_H
#define PIPELINE_IO_DEPTHS_H

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

/* The largest block of pixels that is read: of 64-bit numbers 16 MiB. */
#define DEPTHS_BLOCK_MAX (1 << 21)

/* An open map; for one thread at a time. */
struct depths;

/* NOINPUT: no such file.  DATA: it is no raster of one band, or not on a grid in metres. */
int depths_open(struct depths **out, const char *path, struct error *e);
void depths_close(struct depths *d);

const struct grid *depths_grid(const struct depths *d);

/* Depths in rect, which lies in the grid, row by row without gaps; NaN: not known.  DATA, IO. */
int depths_read(struct depths *d, struct rect rect, float *depth_m, struct error *e);

#endif
