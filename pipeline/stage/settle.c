/* SPDX-License-Identifier: Apache-2.0
 *
 * settle.c - from evidence and reasons to the class of each pixel: what grows is
 * joined over the whole scene, an index is compared with the threshold that was found.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/grow.h"

struct settle_job {
	struct observe *o;
	struct grow *grow; /* NULL: nothing grows */
};

/* One worker: a tile of each plane. */
struct settle_worker {
	const struct settle_job *job;
	struct grow_worker *grow;
	void *scratch;
	uint8_t *evidence, *grounds, *water, *marks, *inside;
	uint32_t *why;
	int16_t *index;
};

static size_t tile_pixels(const struct observe *o)
{
	return (size_t)o->context->options->tile * (size_t)o->context->options->tile;
}

size_t settle_bytes(const struct observe *o, int threads)
{
	int32_t side = o->context->options->tile;
	size_t worker =
		tile_pixels(o) * (4 * sizeof(uint8_t) + sizeof(uint32_t) + sizeof(int16_t)) +
		spool_scratch_size(o->spool);
	size_t scene = 0;

	if (o->choice.method->grows) {
		worker += grow_worker_bytes(side) + 2 * grow_slot_size(side);
		scene = grow_bytes(scene_grid(o->scene), side);
	}
	return (size_t)threads * worker + scene;
}

static void settle_stop(void *state)
{
	struct settle_worker *w = state;

	grow_worker_free(w->grow);
	free(w->index);
	free(w->why);
	free(w->inside);
	free(w->marks);
	free(w->water);
	free(w->grounds);
	free(w->evidence);
	free(w->scratch);
	free(w);
}

static int settle_start(void *job, void **state, struct error *e)
{
	struct settle_worker *w = calloc(1, sizeof(*w));
	const struct observe *o = ((struct settle_job *)job)->o;
	size_t n = tile_pixels(o);
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->job = job;
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->evidence = malloc(n)) != NULL;
	ok &= (w->grounds = malloc(n)) != NULL;
	ok &= (w->water = malloc(n)) != NULL;
	ok &= (w->marks = malloc(n)) != NULL;
	ok &= (w->inside = malloc((size_t)o->context->options->tile)) != NULL;
	ok &= (w->why = malloc(n * sizeof(*w->why))) != NULL;
	ok &= (w->index = malloc(n * sizeof(*w->index))) != NULL;
	if (!ok)
		return error_nomem(e, "a worker's tile");
	return w->job->grow ? grow_worker_new(&w->grow, o->context->options->tile, e) : 0;
}

/* Evidence and reasons of a tile. */
static int read_tile(struct settle_worker *w, struct rect r, struct error *e)
{
	const struct observe *o = w->job->o;

	return spool_read(o->spool, PLANE_EVIDENCE, r, w->scratch, w->evidence, e) ||
			       spool_read(o->spool, PLANE_WHY, r, w->scratch, w->why, e)
		       ? -1
		       : 0;
}

/*
 * What may grow: seen, not hidden, and in the part of the lake that this observation covers, so
 * that it does not matter which tiles were needed.
 */
static void find_grounds(struct settle_worker *w, struct rect r)
{
	const struct observe *o = w->job->o;
	struct rect lake = rect_intersect(r, o->work_rect);
	size_t n = (size_t)r.w;

	o->context->kernels->water_grounds(rect_area(r), w->why, w->evidence, o->mask_limits,
					   w->grounds);
	if (!o->work_region && lake.w == r.w && lake.h == r.h)
		return;
	for (int32_t y = 0; y < r.h; y++) {
		uint8_t *grounds = w->grounds + (size_t)y * n;

		memset(w->inside, 0, n);
		if (r.y + y >= lake.y && r.y + y < lake.y + lake.h && lake.w > 0)
			region_row(o->work_region, lake.x, r.y + y, lake.w,
				   w->inside + (lake.x - r.x));
		for (size_t x = 0; x < n; x++)
			grounds[x] = w->inside[x] ? grounds[x] : 0;
	}
}

static int label_work(void *state, size_t i, void *slot, struct error *e)
{
	struct settle_worker *w = state;
	const struct observe *o = w->job->o;
	struct rect r = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);

	if (read_tile(w, r, e))
		return -1;
	find_grounds(w, r);
	grow_label(w->grow, w->job->grow, o->tiles[i], w->grounds, slot);
	return 0;
}

static int label_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct settle_job *j = job;

	return grow_join(j->grow, j->o->tiles[i], slot, e);
}

/* Water is what lies above the threshold that the scene gave. */
static int apply_threshold(struct settle_worker *w, struct rect r, struct error *e)
{
	const struct observe *o = w->job->o;
	size_t n = rect_area(r);

	if (spool_read(o->spool, o->method_plane, r, w->scratch, w->index, e))
		return -1;
	for (size_t k = 0; k < n; k++)
		w->evidence[k] |= w->index[k] > o->threshold ? EVIDENCE_OPEN : 0;
	return 0;
}

/* Evidence of the tile's pixels that growing reached. */
static void apply_growth(struct settle_worker *w, struct rect r, size_t tile)
{
	find_grounds(w, r);
	if (!grow_reach(w->grow, w->job->grow, tile, w->grounds))
		return;
	for (size_t k = 0; k < rect_area(r); k++)
		w->evidence[k] |= w->grounds[k];
}

/* Where no reeds grow, wet ground and dark shadow have the spectrum of partial water. */
static void doubt_partial(struct settle_worker *w, struct rect r)
{
	const struct observe *o = w->job->o;

	if (!o->reeds) {
		for (size_t k = 0; k < rect_area(r); k++)
			w->evidence[k] &= (uint8_t)~EVIDENCE_PARTIAL;
		return;
	}
	for (int32_t y = 0; y < r.h; y++) {
		uint8_t *evidence = w->evidence + (size_t)y * (size_t)r.w;

		region_row(o->reeds, r.x, r.y + y, r.w, w->inside);
		for (int32_t x = 0; x < r.w; x++)
			evidence[x] &= w->inside[x] ? 255 : (uint8_t)~EVIDENCE_PARTIAL;
	}
}

static int settle_work(void *state, size_t i, void *slot, struct error *e)
{
	struct settle_worker *w = state;
	const struct observe *o = w->job->o;
	struct rect r = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);

	(void)slot;
	if (read_tile(w, r, e))
		return -1;
	if (o->method_plane && apply_threshold(w, r, e))
		return -1;
	if (w->job->grow)
		apply_growth(w, r, o->tiles[i]);
	if (o->choice.method->partial_shore)
		doubt_partial(w, r);
	o->context->kernels->water_class(rect_area(r), w->why, w->evidence, o->mask_limits,
					 w->water, w->marks);
	return spool_write(o->spool, o->tiles[i], PLANE_WATER, w->water, e) ||
			       spool_write(o->spool, o->tiles[i], PLANE_MARKS, w->marks, e)
		       ? -1
		       : 0;
}

int settle_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops label = { settle_start, label_work, label_write,
						settle_stop };
	static const struct tiles_ops settle = { settle_start, settle_work, NULL, settle_stop };
	struct settle_job job = { .o = o };
	int32_t side = o->context->options->tile;
	int ret = 0;

	if (o->choice.method->grows)
		ret = grow_new(&job.grow, scene_grid(o->scene), side, e);
	if (!ret && job.grow)
		ret = tiles_run(o->tiles_nr, o->threads, grow_slot_size(side), &label, &job, e);
	if (!ret)
		ret = tiles_run(o->tiles_nr, o->threads, 0, &settle, &job, e);
	grow_free(job.grow);
	return ret;
}
