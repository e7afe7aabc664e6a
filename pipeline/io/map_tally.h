/* SPDX-License-Identifier: Apache-2.0
 *
 * map_tally.h - a class raster made small while it is written: how many pixels of each
 * class every cell of it holds.
 *
 * A cell is 2^k x 2^k pixels.  Tiles without data take no counters; when those of the others would
 * pass MAP_TALLY_BYTES, all cells become twice as large.  So a lake that fills a corner of
 * its grid is known more finely, and k depends on which tiles have data, never on their order.
 * 2^k never is more than the side of a GeoTIFF's tile, so no cell lies in two tiles.
 * Unlike an overview by the most frequent class, a tally still knows a strip one pixel wide.
 */
#ifndef PIPELINE_IO_MAP_TALLY_H
#define PIPELINE_IO_MAP_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/layer.h"
#include "pipeline/space/grid.h"

/*
 * The most that counters take, up to a million tiles with data (2 900 Gpixel).  Lake Balkhash at 10 m (48 000 x
 * 24 000 pixels, all with data) takes 43 MiB.
 */
#define MAP_TALLY_BYTES ((size_t)48 << 20)

/* Cells of the whole grid with or without data, about at most: what whoever draws it looks at. */
#define MAP_TALLY_CELLS ((uint64_t)1 << 27)

/* Classes that are counted, at most. */
#define MAP_TALLY_CLASSES 6

struct map_tally;

/* Bytes that a tally of a layer takes on a grid at most. */
size_t map_tally_bytes(const struct grid *grid, const struct layer *layer);

/*
 * An empty tally of a u8 layer with classes (at most MAP_TALLY_CLASSES beside no data); the
 * layer is borrowed.  BUG for another layer or without memory.
 */
int map_tally_new(struct map_tally **out, const struct grid *grid, const struct layer *layer,
		  struct error *e);
void map_tally_free(struct map_tally *t);

/*
 * Count one tile, grid_tile(grid, GEOTIFF_TILE, i), row by row without gaps; each once, in any
 * order.  Any number of threads at once on different tiles; everything below needs that
 * they have ended.  Codes that are no class of the layer count as no data.  A counter stays at
 * 65535 where it would pass it (cells of 256 pixels a side and more).  BUG without memory.
 */
int map_tally_add(struct map_tally *t, struct rect tile, const uint8_t *pixels, struct error *e);

const struct grid *map_tally_grid(const struct map_tally *t);
const struct layer *map_tally_layer(const struct map_tally *t);

/* Side of a cell in pixels; cells of the whole grid, those at the right and lower edge cut by it. */
int32_t map_tally_side(const struct map_tally *t);
struct rect map_tally_cells(const struct map_tally *t);

/* The cells that hold any pixel with data; empty if none does. */
struct rect map_tally_window(const struct map_tally *t);

/*
 * Pixels of the classes in the cell at x, y, in the order of the layer's classes, no data left
 * out; NULL outside of the grid and where a whole tile has no data.
 */
const uint16_t *map_tally_count(const struct map_tally *t, int32_t x, int32_t y);

/* Position of a code in map_tally_count(), -1 if it is not counted. */
int map_tally_position(const struct map_tally *t, uint32_t code);

#endif
