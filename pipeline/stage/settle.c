/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/settle.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/grow.h"

/* A tile of each plane. */
struct settler {
	const struct observe *o;
	struct grow_worker *grow; /* NULL: nothing grows */
	uint8_t *grounds, *water, *marks, *inside;
};

static size_t tile_pixels(const struct observe *o)
{
	return (size_t)o->context->options->tile * (size_t)o->context->options->tile;
}

static struct rect tile_rect(const struct observe *o, size_t tile)
{
	return grid_tile(scene_grid(o->scene), o->context->options->tile, tile);
}

/* --- a tile by itself --- */

size_t settler_bytes(const struct observe *o)
{
	int32_t side = o->context->options->tile;

	return tile_pixels(o) * 3 + (size_t)side +
	       (o->choice.method->grows ? grow_worker_bytes(side) + 2 * grow_slot_size(side) : 0);
}

size_t settle_shared_bytes(const struct observe *o)
{
	return o->choice.method->grows ? grow_bytes(scene_grid(o->scene), o->context->options->tile)
				       : 0;
}

void settler_free(struct settler *s)
{
	if (!s)
		return;
	grow_worker_free(s->grow);
	free(s->inside);
	free(s->marks);
	free(s->water);
	free(s->grounds);
	free(s);
}

int settler_new(struct settler **out, const struct observe *o, struct error *e)
{
	struct settler *s = calloc(1, sizeof(*s));
	size_t n = tile_pixels(o);
	bool ok = true;

	*out = s;
	if (!s)
		return error_nomem(e, "a worker");
	s->o = o;
	ok &= (s->grounds = malloc(n)) != NULL;
	ok &= (s->water = malloc(n)) != NULL;
	ok &= (s->marks = malloc(n)) != NULL;
	ok &= (s->inside = malloc((size_t)o->context->options->tile)) != NULL;
	if (!ok)
		return error_nomem(e, "a worker's tile");
	return o->grow ? grow_worker_new(&s->grow, o->context->options->tile, e) : 0;
}

int settle_begin(struct observe *o, struct error *e)
{
	if (!o->choice.method->grows)
		return 0;
	return grow_new(&o->grow, scene_grid(o->scene), o->context->options->tile, e);
}

size_t settle_slot_size(const struct observe *o)
{
	return o->choice.method->grows ? grow_slot_size(o->context->options->tile) : 0;
}

/*
 * What may grow: seen, not hidden, and in the part of the lake that this observation covers, so
 * that it does not matter which tiles were needed.
 */
static void find_grounds(struct settler *s, struct rect r, const uint8_t *evidence,
			 const uint32_t *why)
{
	const struct observe *o = s->o;
	struct rect lake = rect_intersect(r, o->work_rect);
	size_t n = (size_t)r.w;

	o->context->kernels->water_grounds(rect_area(r), why, evidence, o->mask_limits, s->grounds);
	if (!o->work_region && lake.w == r.w && lake.h == r.h)
		return;
	for (int32_t y = 0; y < r.h; y++) {
		uint8_t *grounds = s->grounds + (size_t)y * n;

		memset(s->inside, 0, n);
		if (r.y + y >= lake.y && r.y + y < lake.y + lake.h && lake.w > 0)
			region_row(o->work_region, lake.x, r.y + y, lake.w,
				   s->inside + (lake.x - r.x));
		for (size_t x = 0; x < n; x++)
			grounds[x] = s->inside[x] ? grounds[x] : 0;
	}
}

/* Where no reeds grow, wet ground and dark shadow have the spectrum of partial water. */
static void doubt_partial(struct settler *s, struct rect r, uint8_t *evidence)
{
	const struct observe *o = s->o;

	if (!o->reeds) {
		for (size_t k = 0; k < rect_area(r); k++)
			evidence[k] &= (uint8_t)~EVIDENCE_PARTIAL;
		return;
	}
	for (int32_t y = 0; y < r.h; y++) {
		uint8_t *row = evidence + (size_t)y * (size_t)r.w;

		region_row(o->reeds, r.x, r.y + y, r.w, s->inside);
		for (int32_t x = 0; x < r.w; x++)
			row[x] &= s->inside[x] ? 255 : (uint8_t)~EVIDENCE_PARTIAL;
	}
}

/* Class of a tile, and its marks, which become reasons. */
static int write_classes(const struct settler *s, size_t tile, struct error *e)
{
	if (spool_write(s->o->spool, tile, PLANE_WATER, s->water, e))
		return -1;
	return s->o->reasons ? spool_write(s->o->spool, tile, PLANE_MARKS, s->marks, e) : 0;
}

int settler_tile(struct settler *s, size_t tile, uint8_t *evidence, const uint32_t *why, void *slot,
		 struct error *e)
{
	const struct observe *o = s->o;
	struct rect r = tile_rect(o, tile);

	if (s->grow) {
		find_grounds(s, r, evidence, why);
		/* Tiles where nothing may grow have no grounds in the spool. */
		if (grow_label(s->grow, o->grow, tile, s->grounds, slot) &&
		    spool_write(o->spool, tile, PLANE_GROUNDS, s->grounds, e))
			return -1;
	}
	if (o->choice.method->partial_shore)
		doubt_partial(s, r, evidence);
	o->context->kernels->water_class(rect_area(r), why, evidence, o->mask_limits, s->water,
					 s->marks);
	return write_classes(s, tile, e);
}

int settle_join(struct observe *o, size_t tile, const void *slot, struct error *e)
{
	return o->grow ? grow_join(o->grow, tile, slot, e) : 0;
}

/* --- all tiles by themselves, from the spool --- */

/* One worker: evidence and reasons of a tile, and what settles it. */
struct settle_worker {
	const struct observe *o;
	struct settler *settler;
	void *scratch;
	uint8_t *evidence;
	uint32_t *why;
	int16_t *index;
};

size_t settle_bytes(const struct observe *o, int threads)
{
	size_t pixel = sizeof(uint8_t) + sizeof(uint32_t) + sizeof(int16_t);

	return (size_t)threads *
		       (tile_pixels(o) * pixel + spool_scratch_size(o->spool) + settler_bytes(o)) +
	       settle_shared_bytes(o);
}

static void settle_stop(void *state)
{
	struct settle_worker *w = state;

	free(w->index);
	free(w->why);
	free(w->evidence);
	free(w->scratch);
	settler_free(w->settler);
	free(w);
}

static int settle_start(void *job, void **state, struct error *e)
{
	struct settle_worker *w = calloc(1, sizeof(*w));
	const struct observe *o = job;
	size_t n = tile_pixels(o);
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->evidence = malloc(n)) != NULL;
	ok &= (w->why = malloc(n * sizeof(*w->why))) != NULL;
	ok &= (w->index = malloc(n * sizeof(*w->index))) != NULL;
	return ok ? settler_new(&w->settler, o, e) : error_nomem(e, "a worker's tile");
}

/* Water is what lies above the threshold that the scene gave. */
static int apply_threshold(struct settle_worker *w, struct rect r, struct error *e)
{
	const struct observe *o = w->o;
	size_t n = rect_area(r);

	if (spool_read(o->spool, o->method_plane, r, w->scratch, w->index, e))
		return -1;
	for (size_t k = 0; k < n; k++)
		w->evidence[k] |= w->index[k] > o->threshold ? EVIDENCE_OPEN : 0;
	return 0;
}

static int settle_work(void *state, size_t i, void *slot, struct error *e)
{
	struct settle_worker *w = state;
	const struct observe *o = w->o;
	struct rect r = tile_rect(o, o->tiles[i]);

	if (spool_read(o->spool, PLANE_EVIDENCE, r, w->scratch, w->evidence, e) ||
	    spool_read(o->spool, PLANE_WHY, r, w->scratch, w->why, e) ||
	    (o->method_plane && apply_threshold(w, r, e)))
		return -1;
	return settler_tile(w->settler, o->tiles[i], w->evidence, w->why, slot, e);
}

static int settle_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct observe *o = job;

	return settle_join(o, o->tiles[i], slot, e);
}

/* --- what growing reaches --- */

/* One worker: classes of a tile. */
struct reach_worker {
	struct settler *settler;
	void *scratch;
};

static void reach_stop(void *state)
{
	struct reach_worker *w = state;

	settler_free(w->settler);
	free(w->scratch);
	free(w);
}

static int reach_start(void *job, void **state, struct error *e)
{
	struct reach_worker *w = calloc(1, sizeof(*w));
	const struct observe *o = job;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->scratch = malloc(spool_scratch_size(o->spool));
	return w->scratch ? settler_new(&w->settler, o, e) : error_nomem(e, "a worker's tile");
}

static int reach_work(void *state, size_t i, void *slot, struct error *e)
{
	struct reach_worker *w = state;
	struct settler *s = w->settler;
	struct spool *spool = s->o->spool;
	struct rect r = tile_rect(s->o, s->o->tiles[i]);
	size_t tile = s->o->tiles[i];

	(void)slot;
	if (!spool_has(spool, tile, PLANE_GROUNDS))
		return 0;
	if (spool_read(spool, PLANE_GROUNDS, r, w->scratch, s->grounds, e))
		return -1;
	if (!grow_reach(s->grow, s->o->grow, tile, s->grounds))
		return 0;
	if (spool_read(spool, PLANE_WATER, r, w->scratch, s->water, e) ||
	    (s->o->reasons && spool_read(spool, PLANE_MARKS, r, w->scratch, s->marks, e)))
		return -1;
	for (size_t k = 0; k < rect_area(r); k++) {
		if (s->grounds[k] != (EVIDENCE_OPEN | EVIDENCE_GROW))
			continue;
		s->marks[k] = water_reached_marks(s->water[k]);
		s->water[k] = water_reached(s->water[k]);
	}
	return write_classes(s, tile, e);
}

int settle_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops settle = { settle_start, settle_work, settle_write,
						 settle_stop };
	static const struct tiles_ops reach = { reach_start, reach_work, NULL, reach_stop };
	int ret = 0;

	if (!o->at_once)
		ret = settle_begin(o, e) || tiles_run(o->tiles_nr, o->threads, settle_slot_size(o),
						      &settle, o, e)
			      ? -1
			      : 0;
	if (!ret && o->grow)
		ret = tiles_run(o->tiles_nr, o->threads, 0, &reach, o, e);
	grow_free(o->grow);
	o->grow = NULL;
	return ret;
}
