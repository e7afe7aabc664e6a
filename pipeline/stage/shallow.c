/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/shallow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/depths.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/cloud_bitmap.h"
#include "pipeline/stage/observe.h"

/*
 * Rows of a tile or of a part of the bitmap are a multiple of this, so no two threads write to the same
 * words of it: tiles' sides are multiples of 64 too.
 */
#define ROWS_PART 64

struct shallow {
	struct bitmap near;
	/* while it is made */
	struct bitmap land;
	struct mapping *mapping; /* working grid to that of the depths; NULL: there are none */
};

/* One worker: a tile of classes, a row, and, where there is a map of depths, that. */
struct shallow_worker {
	struct observe *o;
	void *scratch;
	uint8_t *class, *inside, *flags;
	uint64_t *words;
	struct depths *depths;
	int32_t *x, *y;
	float *depth;
};

static int32_t radius_of(const struct observe *o)
{
	return (int32_t)((double)o->limits.shallow_distance_m / scene_grid(o->scene)->dx + 1e-6);
}

/* The largest window of depths that a tile may ask for; more is refused. */
#define DEPTHS_MAX ((size_t)4 << 20)

size_t shallow_bytes(const struct observe *o, int threads)
{
	size_t side = (size_t)o->context->options->tile;
	const struct grid *work = scene_grid(o->scene);
	size_t worker = side * side + 2 * side + bitmap_bytes(work->width, 1) +
			spool_scratch_size(o->spool);

	if (!o->quality.colour)
		return 0;
	if (o->context->options->bathymetry)
		worker += DEPTHS_MAX * sizeof(float) + DEPTHS_BLOCK_MAX * sizeof(double) +
			  2 * side * sizeof(int32_t);
	return (size_t)threads * worker + 2 * bitmap_bytes(work->width, work->height);
}

size_t shallow_kept_bytes(const struct observe *o)
{
	const struct grid *work = scene_grid(o->scene);

	return o->quality.colour ? bitmap_bytes(work->width, work->height) : 0;
}

void shallow_free(struct shallow *s)
{
	if (!s)
		return;
	mapping_free(s->mapping);
	bitmap_release(&s->land);
	bitmap_release(&s->near);
	free(s);
}

void shallow_row(const struct shallow *s, int32_t x, int32_t y, int32_t n, uint8_t *near)
{
	bitmap_read(&s->near, x, y, n, near);
}

/* --- workers --- */

static void shallow_stop(void *state)
{
	struct shallow_worker *w = state;

	free(w->depth);
	free(w->y);
	free(w->x);
	depths_close(w->depths);
	free(w->words);
	free(w->flags);
	free(w->inside);
	free(w->class);
	free(w->scratch);
	free(w);
}

static int shallow_start(void *job, void **state, struct error *e)
{
	struct shallow_worker *w = calloc(1, sizeof(*w));
	struct observe *o = job;
	size_t side = (size_t)o->context->options->tile;
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->class = malloc(side * side)) != NULL;
	ok &= (w->inside = malloc(side)) != NULL;
	ok &= (w->flags = malloc(side)) != NULL;
	ok &= (w->words = malloc(bitmap_bytes(scene_grid(o->scene)->width, 1))) != NULL;
	ok &= (w->x = malloc(side * sizeof(int32_t))) != NULL;
	ok &= (w->y = malloc(side * sizeof(int32_t))) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's tile");
}

/* --- distance --- */

static bool is_land(uint8_t class)
{
	return class == WATER_NOT || class == WATER_PARTIAL;
}

/* Only the covered part of the lake counts: it does not depend on which tiles were needed. */
static int land_work(void *state, size_t i, void *slot, struct error *e)
{
	struct shallow_worker *w = state;
	const struct observe *o = w->o;
	struct rect r = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);
	struct rect part = rect_intersect(r, o->work_rect);

	(void)slot;
	if (rect_empty(part))
		return 0;
	if (spool_read(o->spool, o->shore ? PLANE_CLASS : PLANE_WATER, r, w->scratch, w->class, e))
		return -1;
	for (int32_t y = part.y; y < part.y + part.h; y++) {
		const uint8_t *class =
			w->class + (size_t)(y - r.y) * (size_t)r.w + (size_t)(part.x - r.x);

		region_row(o->work_region, part.x, y, part.w, w->inside);
		for (int32_t x = 0; x < part.w; x++)
			w->flags[x] = w->inside[x] && is_land(class[x]);
		bitmap_put(&o->quality.shallow->land, part.x, y, part.w, w->flags);
	}
	return 0;
}

static int dilate_work(void *state, size_t i, void *slot, struct error *e)
{
	struct shallow_worker *w = state;
	struct shallow *s = w->o->quality.shallow;
	int32_t from = (int32_t)i * ROWS_PART, past = from + ROWS_PART;

	(void)slot;
	(void)e;
	bitmap_dilate(&s->near, &s->land, radius_of(w->o), w->words, from,
		      past < s->near.h ? past : s->near.h);
	return 0;
}

/* --- depth --- */

static int depths_start(void *job, void **state, struct error *e)
{
	struct shallow_worker *w;

	if (shallow_start(job, state, e))
		return -1;
	w = *state;
	if (!w || depths_open(&w->depths, w->o->context->options->bathymetry, e))
		return -1;
	w->depth = malloc(DEPTHS_MAX * sizeof(*w->depth));
	return w->depth ? 0 : error_nomem(e, "a window of depths");
}

/* Where the depth is known, it decides instead of the distance. */
static void depth_row(struct shallow_worker *w, struct rect window, struct rect part, int32_t y)
{
	struct bitmap *near = &w->o->quality.shallow->near;
	float limit = w->o->limits.shallow_depth_m;

	mapping_row(w->o->quality.shallow->mapping, part.x, y, part.w, window.x, window.y, w->x,
		    w->y);
	bitmap_read(near, part.x, y, part.w, w->flags);
	for (int32_t i = 0; i < part.w; i++) {
		int32_t x = resample_nearest(w->x[i]), row = resample_nearest(w->y[i]);
		bool there = w->x[i] != MAPPING_NOWHERE && x >= 0 && row >= 0 && x < window.w &&
			     row < window.h;
		float depth = there ? w->depth[(size_t)row * (size_t)window.w + (size_t)x] : NAN;

		if (!isnan(depth))
			w->flags[i] = depth < limit;
	}
	for (int32_t i = 0; i < part.w; i++)
		bitmap_row(near, y)[(part.x + i) / 64] &= ~((uint64_t)1 << ((part.x + i) % 64));
	bitmap_put(near, part.x, y, part.w, w->flags);
}

/* As many of a tile's rows from `from` on as a window of depths holds; 0 if not even one. */
static int32_t rows_that_fit(const struct shallow_worker *w, struct rect tile, int32_t from)
{
	struct rect r = { tile.x, from, tile.w, tile.y + tile.h - from };

	while (r.h > 0 &&
	       rect_area(mapping_source_rect(w->o->quality.shallow->mapping, r)) > DEPTHS_MAX)
		r.h /= 2;
	return r.h;
}

static int depth_work(void *state, size_t i, void *slot, struct error *e)
{
	struct shallow_worker *w = state;
	const struct observe *o = w->o;
	struct rect tile = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);
	int32_t rows;

	(void)slot;
	for (int32_t y = tile.y; y < tile.y + tile.h; y += rows) {
		struct rect window;

		rows = rows_that_fit(w, tile, y);
		if (!rows)
			return error_set(e, ERROR_CONFIG,
					 "%s: its pixels are too small for this scene; resample it "
					 "to the scene's pixel size",
					 o->context->options->bathymetry);
		window = mapping_source_rect(w->o->quality.shallow->mapping,
					     (struct rect){ tile.x, y, tile.w, rows });
		if (rect_empty(window))
			continue;
		if (depths_read(w->depths, window, w->depth, e))
			return -1;
		for (int32_t k = y; k < y + rows; k++)
			depth_row(w, window, tile, k);
	}
	return 0;
}

static int depths_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { depths_start, depth_work, NULL, shallow_stop };
	struct shallow *s = o->quality.shallow;
	struct depths *d = NULL;
	int ret = depths_open(&d, o->context->options->bathymetry, e);

	if (!ret)
		ret = mapping_new(&s->mapping, scene_grid(o->scene), depths_grid(d), e);
	depths_close(d);
	return ret ? -1 : tiles_run(o->tiles_nr, o->threads, 0, &ops, o, e);
}

int shallow_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops land = { shallow_start, land_work, NULL, shallow_stop };
	static const struct tiles_ops dilate = { shallow_start, dilate_work, NULL, shallow_stop };
	const struct grid *work = scene_grid(o->scene);
	size_t parts = ((size_t)work->height + ROWS_PART - 1) / ROWS_PART;
	struct shallow *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(e, "the shore");
	o->quality.shallow = s;
	if (bitmap_new(&s->near, work->width, work->height, e) ||
	    bitmap_new(&s->land, work->width, work->height, e) ||
	    tiles_run(o->tiles_nr, o->threads, 0, &land, o, e) ||
	    tiles_run(parts, o->threads, 0, &dilate, o, e))
		return -1;
	bitmap_release(&s->land);
	s->land = (struct bitmap){ 0 };
	return o->context->options->bathymetry ? depths_run(o, e) : 0;
}
