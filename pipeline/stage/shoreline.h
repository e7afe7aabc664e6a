/* SPDX-License-Identifier: Apache-2.0
 *
 * shoreline.h - the lines where the water fraction of a whole raster is one half.
 *
 * Fed with the tiles of a pass that reads the raster once: the cells within a tile by any thread, those between
 * tiles, from the tiles' outer rows and columns, as the tiles are delivered in order.  So lines have no cracks and do
 * not depend on the tiles.  Rules of the line: contour.h.
 *
 * Calling sequence: shoreline_new(); shoreline_tile() and then shoreline_deliver() of every tile of
 * grid_tile(grid, tile, i); shoreline_finish(); shoreline_free() at any time.
 */
#ifndef PIPELINE_STAGE_SHORELINE_H
#define PIPELINE_STAGE_SHORELINE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/budget.h"
#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/lines.h"

struct shoreline;

struct shoreline_spec {
	struct grid grid;
	int32_t tile;	       /* side of a tile [pixels] */
	int threads;	       /* of tiles_run(): at most 2 * threads tiles are under way */
	struct budget *budget; /* of what grows: the pieces of the lines; borrowed */
};

int shoreline_new(struct shoreline **out, const struct shoreline_spec *spec, struct error *e);
void shoreline_free(struct shoreline *s);

/* Tile i: its fractions in percent, above 100: no data; row by row.  Any number of threads at once on different tiles. */
int shoreline_tile(struct shoreline *s, size_t i, const uint8_t *fraction, struct error *e);

/* After shoreline_tile(i), one caller at a time, i = 0, 1, 2, ...; takes from the budget. */
int shoreline_deliver(struct shoreline *s, size_t i, struct error *e);

/*
 * After the last tile: the lines, which the caller releases and whose bytes stay in the budget.  CONFIG naming the --memory
 * that is needed where the budget was too small.
 */
int shoreline_finish(struct shoreline *s, struct lines *out, struct error *e);

/* Memory that the tiles take while they are under way, at most. */
size_t shoreline_tile_bytes(int32_t tile, int threads);

#endif
