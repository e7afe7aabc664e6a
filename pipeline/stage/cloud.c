/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud.c - cloud or not, pixel by pixel and object by object, and into the plane of reasons.
 */
#include "pipeline/stage/cloud_internal.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/why.h"
#include "pipeline/run/tiles.h"

/* --- cloud or not --- */

/* The limits of a scene as the integers that pixels are compared with. */
struct decision {
	const struct cloud_run *run;
	int32_t warm;	   /* spectra as warm as this are no cloud [0.01 K] */
	int32_t very_cold; /* whatever is colder is cloud [0.01 K]; 0: unknown */
	int32_t certain;   /* probability */
	int32_t swir1_most;
	int64_t water_wanted; /* (T_water - bt) * swir1 must exceed it */
};

static struct decision decision_of(const struct cloud_run *run)
{
	const struct cloud_limits *l = &run->job->limits;
	const struct cloud_stats *s = &run->stats;
	int32_t most = (int32_t)((double)l->water_swir1 / (double)PACK_GAIN + 0.5);
	int32_t cold = s->land_low - (int32_t)(l->very_cold * 100.0f);

	return (struct decision){
		.run = run,
		.warm = (int32_t)(l->bt * 100.0f),
		.very_cold = s->land_low && cold > 0 ? cold : 0,
		.certain = (int32_t)(l->land_certain * CLOUD_PROBABILITY_ONE + 0.5f),
		.swir1_most = most,
		.water_wanted = (int64_t)((double)l->water_probability * (double)l->water_cold *
					  100 * most),
	};
}

/* Over water: colder than the water and bright in the SWIR, or at least white and bright. */
static bool cloud_over_water(const struct decision *d, uint8_t tests, uint16_t bt, uint16_t swir1)
{
	int32_t water = d->run->stats.water, bright = swir1 - CLOUD_PACKED_ZERO;

	if (!bt || !water || !swir1)
		return tests & CLOUD_BRIGHT;
	bright = bright < d->swir1_most ? bright : d->swir1_most;
	return bright > 0 && (int64_t)(water - bt) * bright > d->water_wanted;
}

/*
 * Snow is as white as cloud and tells the less of it the more of it there is: then little clear
 * land is left to compare with.  So its spectrum does not make it a cloud.
 */
static bool cloudy(const struct decision *d, uint8_t tests, uint8_t variability, uint16_t bt,
		   uint16_t swir1)
{
	bool spectral = (tests & CLOUD_SPECTRAL) && !(bt && bt >= d->warm);

	if (bt && bt < d->very_cold)
		return true;
	if (tests & CLOUD_WATER)
		return spectral && cloud_over_water(d, tests, bt, swir1);

	int32_t p = cloud_probability(d->run, variability, bt);

	if (bt && d->run->stats.land_high && p > d->certain)
		return true;
	return spectral && !(tests & CLOUD_SNOW) && p > d->run->stats.threshold;
}

/* The class of a cloud by its least height. */
static uint8_t height_class(const struct cloud_run *run, uint16_t bt)
{
	const struct cloud_limits *l = &run->job->limits;
	float depth = (float)(run->stats.land_low - bt) * 0.01f - l->land_cold;
	float km = depth / l->lapse_most;
	uint8_t class = 0;

	while (bt && run->stats.land_low && class < CLOUD_HEIGHTS - 1 &&
	       km >= cloud_height_edge[class + 1])
		class ++;
	return class;
}

/* Put where clouds of a class with this digit are. */
static void put_heights(struct cloud_run *run, struct cloud_block *b, int32_t y, const uint16_t *bt)
{
	int32_t left = b->r.x - run->x0, top = b->r.y + y - run->y0;
	uint8_t *digit = b->inside; /* no longer needed for this row */

	for (int k = 0; k < 2; k++) {
		for (int32_t x = 0; x < b->r.w; x++)
			digit[x] = b->flags[x] ? height_class(run, bt[x]) >> k & 1 : 0;
		bitmap_put(&run->height[k], left, top, b->r.w, digit);
	}
}

/* Put seeds and what grows; a seed that is no cloud is none. */
static void put_seeds(struct cloud_run *run, struct cloud_block *b, int32_t y)
{
	int32_t left = b->r.x - run->x0, top = b->r.y + y - run->y0;
	const uint8_t *seeds = cloud_row_u8(b, CLOUD_SEEDS, y);

	for (int32_t x = 0; x < b->r.w; x++)
		b->inside[x] = seeds[x] & CLOUD_CDI_GROW ? b->inside[x] : 0;
	bitmap_put(&run->b, left, top, b->r.w, b->inside);
	for (int32_t x = 0; x < b->r.w; x++)
		b->flags[x] = seeds[x] & CLOUD_CDI_SEED ? b->flags[x] : 0;
	bitmap_put(&run->a, left, top, b->r.w, b->flags);
}

static void decide_row(struct cloud_run *run, const struct decision *d, struct cloud_block *b,
		       int32_t y)
{
	const uint8_t *tests = cloud_row_u8(b, CLOUD_TESTS, y);
	const uint8_t *variability = cloud_row_u8(b, CLOUD_VARIABILITY, y);
	const uint16_t *bt = b->plane[CLOUD_BT] ? cloud_row_u16(b, CLOUD_BT, y) : NULL;
	const uint16_t *swir1 = bt ? cloud_row_u16(b, CLOUD_SWIR1, y) : NULL;

	cloud_block_inside(run, b, y);
	for (int32_t x = 0; x < b->r.w; x++) {
		bool ask = (tests[x] & CLOUD_VALID) && b->inside[x] &&
			   (bt || (tests[x] & CLOUD_SPECTRAL));

		b->flags[x] = ask && cloudy(d, tests[x], variability[x], bt ? bt[x] : 0,
					    bt ? swir1[x] : 0);
	}
	bitmap_put(&run->cloud, b->r.x - run->x0, b->r.y + y - run->y0, b->r.w, b->flags);
	if (b->plane[CLOUD_SEEDS])
		put_seeds(run, b, y);
	if (bt)
		put_heights(run, b, y, bt);
}

static void decide_block(struct cloud_run *run, struct cloud_block *b, void *slot)
{
	struct decision d = decision_of(run);

	(void)slot;
	for (int32_t y = 0; y < b->r.h; y++)
		decide_row(run, &d, b, y);
}

static void erode_work(const struct cloud_rows *rows, int32_t from, int32_t past, uint64_t *scratch)
{
	(void)scratch;
	bitmap_erode(rows->to, rows->from, from, past);
}

/* Drop the objects without a seed; a seed counts amid pixels that would grow, as noise is lonely. */
static int keep_seeded(struct cloud_run *run, struct error *e)
{
	struct cloud_rows rows = { &run->a, &run->b, 0, erode_work };
	struct bitmap all = run->cloud;

	if (cloud_rows_run(run, &rows, e) || bitmap_flood(&run->a, &run->cloud, e))
		return -1;
	run->cloud = run->a;
	run->a = all;
	return 0;
}

static int decide(struct cloud_run *run, struct error *e)
{
	struct cloud_pass pass = { 1u << CLOUD_TESTS | 1u << CLOUD_VARIABILITY, 0, decide_block,
				   NULL, NULL };
	bool seeds = run->job->planes.cdi != CLOUD_NO_PLANE;

	if (run->job->planes.bt != CLOUD_NO_PLANE)
		pass.reads |= 1u << CLOUD_BT | 1u << CLOUD_SWIR1;
	if (seeds)
		pass.reads |= 1u << CLOUD_SEEDS;
	if (cloud_pass_run(run, &pass, e) || (seeds && keep_seeded(run, e)))
		return -1;
	return cloud_smooth(run, &run->cloud, e);
}

static int margins(struct cloud_run *run, struct error *e)
{
	const struct cloud_limits *l = &run->job->limits;

	bitmap_clear(&run->a);
	return cloud_widen(run, &run->a, &run->cloud, l->cloud_margin, e) ||
			       cloud_widen(run, &run->a, &run->shadow, l->shadow_margin, e)
		       ? -1
		       : 0;
}

/* --- into the plane of reasons --- */

struct mark_worker {
	struct cloud_run *run;
	uint8_t *tests, *inside, *flags[3]; /* rows: cloud, shadow, margin */
	uint32_t *why;			    /* a tile */
	void *scratch;
};

static void mark_stop(void *state)
{
	struct mark_worker *w = state;

	for (size_t i = 0; i < 3; i++)
		free(w->flags[i]);
	free(w->scratch);
	free(w->why);
	free(w->inside);
	free(w->tests);
	free(w);
}

static size_t mark_bytes(const struct cloud_job *job)
{
	size_t side = (size_t)job->side;

	return (size_t)job->threads * (side * side * 5 + 4 * side + spool_scratch_size(job->spool) +
				       2 * (sizeof(struct cloud_found) + 128));
}

static int mark_start(void *job, void **state, struct error *e)
{
	struct mark_worker *w = calloc(1, sizeof(*w));
	struct cloud_run *run = job;
	size_t side = (size_t)run->job->side;
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->run = run;
	for (size_t i = 0; i < 3; i++)
		ok &= (w->flags[i] = malloc(side)) != NULL;
	ok &= (w->inside = malloc(side)) != NULL;
	ok &= (w->tests = malloc(side * side)) != NULL;
	ok &= (w->why = malloc(side * side * sizeof(*w->why))) != NULL;
	ok &= (w->scratch = malloc(spool_scratch_size(run->job->spool))) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's tile");
}

/* Mark n pixels from (x, y) of the grid; true if some reason is new. */
static bool mark_row(struct mark_worker *w, int32_t x, int32_t y, int32_t n, const uint8_t *tests,
		     uint32_t *why, struct cloud_found *found)
{
	const struct cloud_run *run = w->run;
	const struct bitmap *maps[3] = { &run->cloud, &run->shadow, &run->a };
	uint32_t any = 0;

	for (size_t i = 0; i < 3; i++)
		bitmap_read(maps[i], x - run->x0, y - run->y0, n, w->flags[i]);
	region_row(run->job->region, x, y, n, w->inside);
	for (int32_t i = 0; i < n; i++) {
		bool here = (tests[i] & CLOUD_VALID) && w->inside[i];
		bool cloud = here && w->flags[0][i], shadow = here && !cloud && w->flags[1][i];
		bool margin = here && !cloud && !shadow && w->flags[2][i];
		bool cirrus = here && !cloud && (tests[i] & CLOUD_CIRRUS);
		uint32_t add = why_if(cloud, WHY_CLOUD_OWN) | why_if(shadow, WHY_SHADOW_OWN) |
			       why_if(margin, WHY_DILATED_OWN) | why_if(cirrus, WHY_CIRRUS_OWN);

		why[i] |= add;
		any |= add;
		found->cloud += cloud;
		found->shadow += shadow;
		found->margin += margin;
		found->cirrus += cirrus;
	}
	return any != 0;
}

static int mark_work(void *state, size_t i, void *slot, struct error *e)
{
	struct mark_worker *w = state;
	const struct cloud_job *job = w->run->job;
	struct rect tile = grid_tile(job->grid, job->side, job->tiles[i]);
	struct rect r = rect_intersect(tile, w->run->area);
	bool any = false;

	memset(slot, 0, sizeof(struct cloud_found));
	if (rect_empty(r))
		return 0;
	if (spool_read(job->spool, job->planes.tests, tile, w->scratch, w->tests, e) ||
	    spool_read(job->spool, job->planes.why, tile, w->scratch, w->why, e))
		return -1;
	for (int32_t y = r.y; y < r.y + r.h; y++) {
		size_t at = (size_t)(y - tile.y) * (size_t)tile.w + (size_t)(r.x - tile.x);

		any |= mark_row(w, r.x, y, r.w, w->tests + at, w->why + at, slot);
	}
	return any ? spool_write(job->spool, job->tiles[i], job->planes.why, w->why, e) : 0;
}

static int mark_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct cloud_found *total = &((struct cloud_run *)job)->job->found;
	const struct cloud_found *found = slot;

	(void)i;
	(void)e;
	total->cloud += found->cloud;
	total->shadow += found->shadow;
	total->margin += found->margin;
	total->cirrus += found->cirrus;
	return 0;
}

static int mark(struct cloud_run *run, struct error *e)
{
	static const struct tiles_ops ops = { mark_start, mark_work, mark_write, mark_stop };

	return tiles_run(run->job->tiles_nr, run->job->threads, sizeof(struct cloud_found), &ops,
			 run, e);
}

/* --- the whole --- */

static int32_t down(int32_t v, int32_t step)
{
	return v - v % step;
}

/* The rect of cells of w x h pixels that r meets. */
static struct rect lattice(struct rect r, int32_t w, int32_t h)
{
	int32_t x = r.x / w, y = r.y / h;

	return (struct rect){ x, y, (r.x + r.w - 1) / w - x + 1, (r.y + r.h - 1) / h - y + 1 };
}

/* All but memory; area is empty if nothing takes part. */
static struct cloud_run run_of(struct cloud_job *job)
{
	struct rect rect = rect_intersect(job->rect, grid_rect(job->grid));
	struct cloud_run run = { .job = job, .area = region_bounds(job->region, rect) };

	run.cell = cloud_cell_side(job);
	if (rect_empty(run.area))
		return run;
	run.x0 = down(run.area.x, 64);
	run.y0 = run.area.y;
	run.blocks = lattice(run.area, run.cell * CLOUD_BLOCK_CELLS, run.cell);
	run.cells = lattice(run.area, run.cell, run.cell);
	run.cloud.w = run.area.x + run.area.w - run.x0;
	run.cloud.h = run.area.h;
	return run;
}

static int allocate(struct cloud_run *run, struct error *e)
{
	int32_t w = run->cloud.w, h = run->cloud.h;
	size_t cells = rect_area(run->cells);

	run->own = calloc(cells, sizeof(*run->own));
	run->around = calloc(cells, sizeof(*run->around));
	if (!run->own || !run->around)
		return error_nomem(e, "the surroundings of shadows");
	if (bitmap_new(&run->cloud, w, h, e) || bitmap_new(&run->shadow, w, h, e) ||
	    bitmap_new(&run->a, w, h, e) || bitmap_new(&run->b, w, h, e))
		return -1;
	for (size_t i = 0; i < 2 && run->job->planes.bt != CLOUD_NO_PLANE; i++)
		if (bitmap_new(&run->height[i], w, h, e))
			return -1;
	return 0;
}

static void release(struct cloud_run *run)
{
	for (size_t i = 0; i < 2; i++)
		bitmap_release(&run->height[i]);
	bitmap_release(&run->b);
	bitmap_release(&run->a);
	bitmap_release(&run->shadow);
	bitmap_release(&run->cloud);
	free(run->around);
	free(run->own);
}

size_t cloud_bytes(const struct cloud_job *job)
{
	struct cloud_job copy = *job;
	struct cloud_run run = run_of(&copy);
	size_t maps = job->planes.bt != CLOUD_NO_PLANE ? 6 : 4;
	size_t pass = cloud_pass_bytes(job, run.cell, cloud_measure_slot());

	if (rect_empty(run.area))
		return 0;
	pass = pass > mark_bytes(job) ? pass : mark_bytes(job);
	return maps * bitmap_bytes(run.cloud.w, run.cloud.h) + pass + cloud_measure_bytes() +
	       2 * rect_area(run.cells) * sizeof(struct cloud_cell);
}

static void tell(struct cloud_run *run)
{
	struct cloud_found *f = &run->job->found;
	const struct cloud_stats *s = &run->stats;

	*f = (struct cloud_found){
		.seen = s->seen,
		.land_low_k = s->land_low * 0.01,
		.land_high_k = s->land_high * 0.01,
		.water_k = s->water * 0.01,
		.land_threshold = (double)s->threshold / CLOUD_PROBABILITY_ONE,
	};
}

int cloud_run(struct cloud_job *job, struct error *e)
{
	struct cloud_run run = run_of(job);
	int ret = -1;

	job->found = (struct cloud_found){ .seen = 0 };
	if (rect_empty(run.area))
		return 0;
	if (allocate(&run, e) || cloud_measure(&run, e))
		goto out;
	tell(&run);
	if (decide(&run, e))
		goto out;
	if (bitmap_any(&run.cloud) && (cloud_shadow(&run, e) || margins(&run, e)))
		goto out;
	if (!bitmap_any(&run.cloud))
		bitmap_clear(&run.a);
	ret = mark(&run, e);
out:
	release(&run);
	return ret;
}
