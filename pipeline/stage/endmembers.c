/* SPDX-License-Identifier: Apache-2.0
 *
 * endmembers.c - what pure water and pure land look like in this scene.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"

/* Every 4th row and column is plenty for a mean, and 16 times less to read. */
#define SAMPLE_STEP 4

struct endmembers_worker {
	const struct observe *o;
	uint8_t *water, *purity, *inside; /* water: a tile with one pixel more on every side */
	uint16_t *bands[FRACTION_BANDS];
	void *scratch;
};

struct endmembers_job {
	struct observe *o;
	struct fraction_sample total;
};

static void endmembers_stop(void *state)
{
	struct endmembers_worker *w = state;

	free(w->scratch);
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		free(w->bands[b]);
	free(w->inside);
	free(w->purity);
	free(w->water);
	free(w);
}

static int endmembers_start(void *job, void **state, struct error *e)
{
	struct endmembers_worker *w = calloc(1, sizeof(*w));
	const struct observe *o = ((struct endmembers_job *)job)->o;
	size_t side = (size_t)o->context->options->tile;
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	ok &= (w->water = malloc((side + 2) * (side + 2))) != NULL;
	ok &= (w->purity = malloc(side)) != NULL;
	ok &= (w->inside = malloc(side)) != NULL;
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		ok &= (w->bands[b] = malloc(side * side * sizeof(uint16_t))) != NULL;
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's tile");
}

static void sum_row(struct endmembers_worker *w, struct rect r, int32_t y,
		    struct fraction_sample *s)
{
	size_t n = (size_t)r.w, stride = n + 2, row = (size_t)(y - r.y);
	const uint8_t *above = w->water + row * stride;

	w->o->context->kernels->purity(n, above, above + stride, above + 2 * stride, w->purity);
	region_row(w->o->work_region, r.x, y, r.w, w->inside);
	for (size_t i = (size_t)(-r.x & (SAMPLE_STEP - 1)); i < n; i += SAMPLE_STEP) {
		int64_t x[FRACTION_BANDS];
		uint8_t kind = w->purity[i];

		if (kind > FRACTION_PURE_WATER || !w->inside[i])
			continue;
		for (size_t b = 0; b < FRACTION_BANDS; b++)
			x[b] = w->bands[b][row * n + i];
		fraction_sample_add(s, kind, 1, x);
	}
}

static int endmembers_work(void *state, size_t i, void *slot, struct error *e)
{
	struct endmembers_worker *w = state;
	const struct observe *o = w->o;
	struct rect tile = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);
	struct rect r = rect_intersect(tile, o->work_rect);

	memset(slot, 0, sizeof(struct fraction_sample));
	if (rect_empty(r))
		return 0;
	if (spool_read(o->spool, PLANE_WATER, rect_grow(r, 1), w->scratch, w->water, e))
		return -1;
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		if (spool_read(o->spool, PLANE_NIR + b, r, w->scratch, w->bands[b], e))
			return -1;
	for (int32_t y = r.y; y < r.y + r.h; y++)
		if (y % SAMPLE_STEP == 0)
			sum_row(w, r, y, slot);
	return 0;
}

static int endmembers_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct fraction_sample *total = &((struct endmembers_job *)job)->total;
	const struct fraction_sample *s = slot;

	(void)i;
	(void)e;
	for (size_t kind = 0; kind < 2; kind++) {
		total->n[kind] += s->n[kind];
		total->weight[kind] += s->weight[kind];
		for (size_t b = 0; b < FRACTION_BANDS; b++) {
			total->x[kind][b] += s->x[kind][b];
			total->xx[kind][b] += s->xx[kind][b];
		}
	}
	return 0;
}

int endmembers_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { endmembers_start, endmembers_work, endmembers_write,
					      endmembers_stop };
	struct endmembers_job job = { .o = o };

	if (tiles_run(o->tiles_nr, o->threads, sizeof(struct fraction_sample), &ops, &job, e))
		return -1;
	o->scene_sample = job.total;
	return 0;
}
