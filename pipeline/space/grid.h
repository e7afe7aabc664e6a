/* SPDX-License-Identifier: Apache-2.0
 *
 * grid.h - where pixels are: a north-up raster in a coordinate reference system.
 *
 * Values; two grids are on one lattice when CRS and pixel size are equal and
 * their origins differ by whole pixels.
 */
#ifndef PIPELINE_SPACE_GRID_H
#define PIPELINE_SPACE_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/space/rect.h"

/* The largest side of a grid in pixels: Lake Balkhash at 10 m has 48 000. */
#define GRID_SIDE_MAX (1 << 20)

/* A projected CRS by its definition: "EPSG:32643" or a PROJ string ("+proj=laea ..."). */
struct crs {
	char def[240];
};

struct grid {
	struct crs crs;
	double x0, y0;	       /* upper left corner of the upper left pixel [m] */
	double dx, dy;	       /* pixel size [m], both > 0; y runs down from y0 */
	int32_t width, height; /* pixels, 1..GRID_SIDE_MAX */
};

/* The whole grid as a rect at 0, 0. */
struct rect grid_rect(const struct grid *g);

/* The part of g under r (r within the grid or not), as a grid of its own. */
struct grid grid_crop(const struct grid *g, struct rect r);

/* Tiles of side x side pixels in raster order: how many, and number i cut to the grid. */
size_t grid_tiles(const struct grid *g, int32_t side);
struct rect grid_tile(const struct grid *g, int32_t side, size_t i);

/* Same CRS text and pixel size, origins whole pixels apart (to 1e-6 pixel). */
bool grid_same_lattice(const struct grid *a, const struct grid *b);

/* Same lattice, corner and size. */
bool grid_equal(const struct grid *a, const struct grid *b);

/* Where b lies in a, as a rect in a's pixels (it may stick out); lattices must be the same. */
struct rect grid_offset(const struct grid *a, const struct grid *b);

#endif
