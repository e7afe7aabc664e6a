/* SPDX-License-Identifier: Apache-2.0
 *
 * shadow.c - cloud shadows: darker than the land around, where some cloud's shadow may fall.
 */
#include "pipeline/stage/cloud_internal.h"

#include <math.h>
#include <string.h>

/* Least heights of the classes of clouds [km]; limits.base_low and _high bound them all. */
const float cloud_height_edge[CLOUD_HEIGHTS] = { 0.0f, 1.0f, 3.0f, 6.0f };

/* --- where shadows may fall --- */

/* Where the shadow of what is 1 km high lies, seen from where the thing itself appears [2^-16 pixel]. */
static struct bitmap_step shadow_of_km(const struct cloud_job *job)
{
	const double rad = 3.14159265358979323846 / 180, km = 1000 / job->grid->dx * 65536;
	double sun = tan(job->sun_zenith * rad), view = tan(job->view_zenith * rad);
	double east = view * sin(job->view_azimuth * rad) - sun * sin(job->sun_azimuth * rad);
	double north = view * cos(job->view_azimuth * rad) - sun * cos(job->sun_azimuth * rad);

	return (struct bitmap_step){ (int64_t)nearbyint(east * km),
				     (int64_t)nearbyint(-north * km) };
}

/* Heights that a cloud of a class may have [km]. */
struct heights {
	float low, high;
};

/*
 * From the class's own edge, by the fastest that air cools with height, to where the coldest of the class
 * would be if it cooled slowest.  All heights where no temperature is known.
 */
static struct heights heights_of(const struct cloud_run *run, int class)
{
	const struct cloud_limits *l = &run->job->limits;
	float warm = (float)(run->stats.land_high - run->stats.land_low) * 0.01f;
	struct heights h = { l->base_low, l->base_high };

	if (!run->stats.land_high)
		return h;
	h.low = cloud_height_edge[class] > h.low ? cloud_height_edge[class] : h.low;
	if (class + 1 < CLOUD_HEIGHTS) {
		float depth =
			cloud_height_edge[class + 1] * l->lapse_most + 2 * l->land_cold + warm;

		h.high = depth / l->lapse_least < h.high ? depth / l->lapse_least : h.high;
	}
	return h;
}

static int64_t size_of(int64_t v)
{
	return v < 0 ? -v : v;
}

static int32_t pixels(double v)
{
	return (int32_t)nearbyint(v / 65536);
}

/* to |= what clouds between two heights may shade; clouds is lost. */
static void project(struct bitmap *to, struct bitmap *clouds, struct heights h,
		    struct bitmap_step km)
{
	double span = h.high > h.low ? (double)(h.high - h.low) : 0;
	double x = span * (double)km.x, y = span * (double)km.y;
	double longest = fabs(x) > fabs(y) ? fabs(x) : fabs(y);
	int64_t steps = (int64_t)ceil(longest / 65536),
		major = size_of(km.x) > size_of(km.y) ? size_of(km.x) : size_of(km.y);

	/* A step is one pixel along the longer axis, so that none is left out. */
	if (steps)
		bitmap_sweep(clouds,
			     (struct bitmap_step){ km.x * 65536 / major, km.y * 65536 / major },
			     steps);
	bitmap_shift(to, clouds, pixels((double)h.low * (double)km.x),
		     pixels((double)h.low * (double)km.y));
}

/* b = clouds of a class. */
static void clouds_of(struct cloud_run *run, int class)
{
	memcpy(run->b.words, run->cloud.words, bitmap_bytes(run->cloud.w, run->cloud.h));
	for (int k = 0; k < 2; k++) {
		if (class >> k & 1)
			bitmap_and(&run->b, &run->b, &run->height[k]);
		else
			bitmap_remove(&run->b, &run->height[k]);
	}
}

/* a = where the shadow of some cloud may fall, with some slack. */
static int reach(struct cloud_run *run, struct error *e)
{
	struct bitmap_step km = shadow_of_km(run->job);
	struct bitmap narrow;

	bitmap_clear(&run->a);
	if (run->job->planes.bt == CLOUD_NO_PLANE) {
		memcpy(run->b.words, run->cloud.words, bitmap_bytes(run->cloud.w, run->cloud.h));
		project(&run->a, &run->b, heights_of(run, 0), km);
	}
	for (int class = 0; run->job->planes.bt != CLOUD_NO_PLANE && class < CLOUD_HEIGHTS;
	     class ++) {
		clouds_of(run, class);
		if (bitmap_any(&run->b))
			project(&run->a, &run->b, heights_of(run, class), km);
	}
	bitmap_clear(&run->b);
	if (cloud_widen(run, &run->b, &run->a, run->job->limits.shadow_slack, e))
		return -1;
	narrow = run->a;
	run->a = run->b;
	run->b = narrow;
	return 0;
}

/* --- what is around --- */

static struct cloud_cell *cell_at(const struct cloud_run *run, struct cloud_cell *cells, int32_t x,
				  int32_t y)
{
	return cells + (size_t)(y - run->cells.y) * (size_t)run->cells.w +
	       (size_t)(x - run->cells.x);
}

/* The packed value up to which half of the n that are counted lie. */
static uint16_t median(const uint32_t *bins, uint32_t n)
{
	uint32_t sum = bins[0], i = 0;

	while (sum < (n + 1) / 2)
		sum += bins[++i];
	return (uint16_t)(i * (65536 / CLOUD_CELL_BINS) + 65536 / CLOUD_CELL_BINS / 2);
}

/* Count a row of a cell: its clear land, and how much of it is water.  Every second pixel will do. */
static void count_row(const struct cloud_run *run, struct cloud_block *b, struct rect part,
		      int32_t y, struct cloud_cell *cell)
{
	const uint8_t *tests = cloud_row_u8(b, CLOUD_TESTS, y);
	const uint16_t *nir = cloud_row_u16(b, CLOUD_NIR, y);
	const uint16_t *swir1 = cloud_row_u16(b, CLOUD_SWIR1, y);

	for (int32_t x = part.x + (part.x & 1); x < part.x + part.w; x += 2) {
		int32_t i = x - b->r.x;

		if (!(tests[i] & CLOUD_VALID) || !b->inside[i] || !nir[i] || !swir1[i] ||
		    bitmap_get(&run->cloud, x - run->x0, b->r.y + y - run->y0))
			continue;
		cell->water += (tests[i] & CLOUD_WATER) != 0;
		if (tests[i] & CLOUD_WATER)
			continue;
		cell->land++;
		b->bins[nir[i] * CLOUD_CELL_BINS / 65536]++;
		b->bins[CLOUD_CELL_BINS + swir1[i] * CLOUD_CELL_BINS / 65536]++;
	}
}

static void count_cell(struct cloud_run *run, struct cloud_block *b, struct rect part,
		       struct cloud_cell *cell)
{
	memset(b->bins, 0, CLOUD_BINS_BYTES);
	for (int32_t y = part.y + (part.y & 1); y < part.y + part.h; y += 2) {
		region_row(run->job->region, part.x, y, part.w, b->inside + (part.x - b->r.x));
		count_row(run, b, part, y - b->r.y, cell);
	}
	if (!cell->land)
		return;
	cell->nir = median(b->bins, cell->land);
	cell->swir1 = median(b->bins + CLOUD_CELL_BINS, cell->land);
}

static void count_block(struct cloud_run *run, struct cloud_block *b, void *slot)
{
	int32_t side = run->cell, y = b->r.y / side;

	(void)slot;
	for (int32_t x = b->r.x / side; x <= (b->r.x + b->r.w - 1) / side; x++) {
		struct rect cell = { x * side, y * side, side, side };

		count_cell(run, b, rect_intersect(cell, b->r), cell_at(run, run->own, x, y));
	}
}

/* A median of medians, each as often as it has pixels: sorted as they come, there are nine at most. */
struct medians {
	uint16_t value[9];
	uint32_t weight[9], total;
	int n;
};

static void medians_add(struct medians *m, uint16_t value, uint32_t weight)
{
	int i = m->n++;

	for (; i > 0 && m->value[i - 1] > value; i--) {
		m->value[i] = m->value[i - 1];
		m->weight[i] = m->weight[i - 1];
	}
	m->value[i] = value;
	m->weight[i] = weight;
	m->total += weight;
}

/* What is dark in such surroundings: clearly below them, by difference and by ratio. */
static uint16_t dark_below(const struct medians *m, const struct cloud_limits *l)
{
	uint32_t sum = 0;
	int i = -1;

	while (sum < (m->total + 1) / 2)
		sum += m->weight[++i];

	double around = ((double)m->value[i] - CLOUD_PACKED_ZERO) * (double)PACK_GAIN;
	double by_depth = around - (double)l->shadow_depth;
	double by_ratio = around * (double)l->shadow_ratio;
	double dark = (by_depth < by_ratio ? by_depth : by_ratio) / (double)PACK_GAIN;

	dark = nearbyint(dark) + CLOUD_PACKED_ZERO;
	return (uint16_t)(dark > 0 ? dark : 0);
}

/* Pixels of clear land that make surroundings. */
#define LAND_LEAST 32

static void look_around(const struct cloud_run *run, int32_t x, int32_t y, struct cloud_cell *out)
{
	struct medians nir = { .n = 0 }, swir1 = { .n = 0 };
	struct rect near = rect_intersect((struct rect){ x - 1, y - 1, 3, 3 }, run->cells);

	for (int32_t j = near.y; j < near.y + near.h; j++)
		for (int32_t i = near.x; i < near.x + near.w; i++) {
			const struct cloud_cell *c = cell_at(run, run->own, i, j);

			out->land += c->land;
			out->water += c->water;
			if (!c->land)
				continue;
			medians_add(&nir, c->nir, c->land);
			medians_add(&swir1, c->swir1, c->land);
		}
	if (out->land < LAND_LEAST)
		return;
	out->nir = dark_below(&nir, &run->job->limits);
	out->swir1 = dark_below(&swir1, &run->job->limits);
}

static int surroundings(struct cloud_run *run, struct error *e)
{
	const struct cloud_pass pass = { 1u << CLOUD_TESTS | 1u << CLOUD_NIR | 1u << CLOUD_SWIR1, 0,
					 count_block, NULL, NULL };
	struct rect r = run->cells;

	if (cloud_pass_run(run, &pass, e))
		return -1;
	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++)
			look_around(run, x, y, cell_at(run, run->around, x, y));
	return 0;
}

/* --- what is dark --- */

/*
 * Water is dark of itself: it is shadow only where little of what is around is water, as the
 * darkest shadows on land look like water.
 */
static void dark_row(const struct cloud_run *run, struct cloud_block *b, int32_t y)
{
	const uint8_t *tests = cloud_row_u8(b, CLOUD_TESTS, y);
	const uint16_t *nir = cloud_row_u16(b, CLOUD_NIR, y);
	const uint16_t *swir1 = cloud_row_u16(b, CLOUD_SWIR1, y);
	float share = run->job->limits.shadow_water;

	for (int32_t i = 0; i < b->r.w;) {
		int32_t x = b->r.x + i, cell = x / run->cell;
		int32_t end = (cell + 1) * run->cell - b->r.x;
		const struct cloud_cell *c =
			cell_at(run, run->around, cell, (b->r.y + y) / run->cell);
		bool dry = (float)c->water <= share * (float)(c->water + c->land);
		uint8_t wet = dry ? 0 : CLOUD_WATER;

		for (end = end < b->r.w ? end : b->r.w; i < end; i++)
			b->flags[i] = (tests[i] & CLOUD_VALID) && !(tests[i] & wet) && nir[i] &&
				      swir1[i] && nir[i] < c->nir && swir1[i] < c->swir1 &&
				      b->inside[i];
	}
}

static void dark_block(struct cloud_run *run, struct cloud_block *b, void *slot)
{
	(void)slot;
	for (int32_t y = 0; y < b->r.h; y++) {
		cloud_block_inside(run, b, y);
		dark_row(run, b, y);
		bitmap_put(&run->shadow, b->r.x - run->x0, b->r.y + y - run->y0, b->r.w, b->flags);
	}
}

/* Only where a shadow may fall. */
static bool in_reach(const struct cloud_run *run, struct rect r)
{
	return bitmap_any_in(&run->a, r.x - run->x0, r.y - run->y0, r.w, r.h);
}

int cloud_shadow(struct cloud_run *run, struct error *e)
{
	const struct cloud_pass pass = { 1u << CLOUD_TESTS | 1u << CLOUD_NIR | 1u << CLOUD_SWIR1, 0,
					 dark_block, NULL, in_reach };
	double high = run->job->sun_zenith;

	if (!(high >= 0 && high <= 85))
		return 0;
	if (reach(run, e) || surroundings(run, e) || cloud_pass_run(run, &pass, e))
		return -1;
	bitmap_and(&run->shadow, &run->shadow, &run->a);
	if (cloud_smooth(run, &run->shadow, e))
		return -1;
	bitmap_remove(&run->shadow, &run->cloud);
	return 0;
}
