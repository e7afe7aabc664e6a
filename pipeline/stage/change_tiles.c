/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/shoreline.h"

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)

/* What an open layer holds on to; a tile while it is decoded. */
#define RASTER_BYTES ((size_t)768 << 10)

/* The program itself and its libraries; the counters of a tile in eight basins, and its place in the files. */
#define FIXED_BYTES   ((size_t)64 << 20)
#define COUNTER_BYTES 4096

/* Layers that a worker reads of each side. */
enum { READ_WATER, READ_FRACTION, READ_DELTA, READS };

struct worker {
	struct comparison *c;
	struct raster *raster[AREAS_SIDES][READS];
	uint8_t *pixels[AREAS_SIDES]
		       [READS]; /* a tile each; READ_DELTA may be READ_FRACTION again */
	uint8_t *change;
	int16_t *delta;
	void *block; /* that all of them are cut from */
};

struct job {
	struct comparison *c;
	struct progress progress;
};

size_t change_bytes(const struct comparison *c, int threads)
{
	size_t worker =
		(size_t)AREAS_SIDES * READS * (TILE_PIXELS + RASTER_BYTES) + 3 * TILE_PIXELS;
	size_t strip = (size_t)c->grid.width * GEOTIFF_TILE;
	size_t lines = shoreline_tile_bytes(GEOTIFF_TILE, threads) + strip;
	size_t tiles = (size_t)threads * (worker + output_worker_bytes(c->output));

	/* The passes follow one another. */
	return FIXED_BYTES + grid_tiles(&c->grid, GEOTIFF_TILE) * COUNTER_BYTES +
	       (tiles > lines ? tiles : lines);
}

static bool delta_is_fraction(const struct comparison *c)
{
	return !strcmp(c->delta_of, "fraction");
}

static int open_rasters(struct worker *w, struct error *e)
{
	const struct comparison *c = w->c;
	const char *const names[READS] = { "water", "fraction", c->delta_of };

	for (int s = 0; s < AREAS_SIDES; s++)
		for (int k = 0; k < READS; k++) {
			if (k == READ_DELTA && (delta_is_fraction(c) || !c->wants.delta))
				continue;
			if (result_raster(c->side[s], names[k], &w->raster[s][k], e))
				return -1;
		}
	return 0;
}

static void stop(void *state)
{
	struct worker *w = state;

	for (int s = 0; s < AREAS_SIDES; s++)
		for (int k = 0; k < READS; k++)
			raster_close(w->raster[s][k]);
	free(w->block);
	free(w);
}

static int start(void *job, void **state, struct error *e)
{
	const struct job *j = job;
	struct worker *w = calloc(1, sizeof(*w));
	uint8_t *at;

	if (!w)
		return error_nomem(e, "tiles");
	*state = w;
	w->c = j->c;
	w->block = malloc((AREAS_SIDES * READS + 1 + sizeof(int16_t)) * TILE_PIXELS);
	if (!w->block)
		return error_nomem(e, "tiles");
	w->delta = w->block;
	at = (uint8_t *)w->block + sizeof(int16_t) * TILE_PIXELS;
	w->change = at;
	for (int s = 0; s < AREAS_SIDES; s++)
		for (int k = 0; k < READS; k++)
			w->pixels[s][k] = at += TILE_PIXELS;
	if (delta_is_fraction(w->c))
		for (int s = 0; s < AREAS_SIDES; s++)
			w->pixels[s][READ_DELTA] = w->pixels[s][READ_FRACTION];
	return open_rasters(w, e);
}

static struct rect in_side(const struct comparison *c, int side, struct rect r)
{
	r.x -= c->place[side].x;
	r.y -= c->place[side].y;
	return r;
}

static int read_sides(struct worker *w, struct rect r, struct error *e)
{
	for (int s = 0; s < AREAS_SIDES; s++)
		for (int k = 0; k < READS; k++)
			if (w->raster[s][k] &&
			    raster_read(w->raster[s][k], in_side(w->c, s, r), w->pixels[s][k], e))
				return -1;
	return 0;
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	struct comparison *c = w->c;
	const struct kernels *k = c->context->kernels;
	struct rect r = grid_tile(&c->grid, GEOTIFF_TILE, i);
	uint8_t **before = w->pixels[AREAS_BEFORE], **after = w->pixels[AREAS_AFTER];
	const struct areas_pixels counted = {
		.water = { before[READ_WATER], after[READ_WATER] },
		.fraction = { before[READ_FRACTION], after[READ_FRACTION] },
		.change = w->change,
	};

	if (read_sides(w, r, e))
		return -1;
	k->change(rect_area(r), before[READ_WATER], after[READ_WATER], before[READ_FRACTION],
		  after[READ_FRACTION], CHANGE_THRESHOLD_PERCENT, w->change);
	footprint_add(c->footprint, r, w->change, CHANGE_NODATA);
	if (areas_count(c->areas, i, &counted, e) ||
	    output_encode(c->output, i, CHANGE_LAYER_CHANGE, w->change, slot, e))
		return -1;
	if (!c->wants.delta)
		return 0;
	k->delta(rect_area(r), before[READ_DELTA], after[READ_DELTA], w->delta);
	return output_encode(c->output, i, CHANGE_LAYER_DELTA, w->delta, slot, e);
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;

	if (output_append(j->c->output, i, slot, e))
		return -1;
	progress_step(&j->progress, i + 1);
	return 0;
}

int change_tiles(struct comparison *c, struct error *e)
{
	static const struct tiles_ops ops = {
		.start = start, .work = work, .write = deliver, .stop = stop
	};
	struct job j = { .c = c };
	size_t n = grid_tiles(&c->grid, GEOTIFF_TILE);

	progress_start(&j.progress, c->context->log, "change", n);
	return tiles_run(n, c->threads, output_slot_size(c->output), &ops, &j, e);
}
