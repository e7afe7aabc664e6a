/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/bodies.h"

#define PARTS	  7
#define PIXEL_KM2 0.0009
#define PLENTY	  ((size_t)1 << 30)

struct picture {
	struct grid grid;
	uint8_t *water, *fraction, *part;
};

struct totals {
	struct bodies_area largest[PARTS], others[PARTS];
	uint64_t others_nr;
};

static struct picture picture_new(int32_t w, int32_t h)
{
	struct picture p = { .grid = { .dx = 30, .dy = 30, .width = w, .height = h } };
	size_t n = (size_t)w * (size_t)h;

	snprintf(p.grid.crs.def, sizeof(p.grid.crs.def),
		 "+proj=laea +lat_0=46 +lon_0=76 +datum=WGS84 +units=m +no_defs");
	p.water = calloc(n, 1);
	p.fraction = calloc(n, 1);
	p.part = calloc(n, 1);
	for (size_t i = 0; i < n; i++)
		p.part[i] = i % (size_t)w >= (size_t)w / 2;
	return p;
}

static void picture_free(struct picture *p)
{
	free(p->water);
	free(p->fraction);
	free(p->part);
}

static void fill(struct picture *p, struct rect r, uint8_t water, uint8_t fraction)
{
	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++) {
			size_t at = (size_t)y * (size_t)p->grid.width + (size_t)x;

			p->water[at] = water;
			p->fraction[at] = fraction;
		}
}

/* --- a pass over it --- */

struct pass {
	const struct picture *picture;
	struct bodies *bodies;
};

static void cut(const uint8_t *from, int32_t width, struct rect r, uint8_t *to)
{
	for (int32_t y = 0; y < r.h; y++)
		memcpy(to + (size_t)y * (size_t)r.w, from + (size_t)(r.y + y) * (size_t)width + r.x,
		       (size_t)r.w);
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	const struct pass *p = state;
	const struct picture *c = p->picture;
	struct rect r = grid_tile(&c->grid, GEOTIFF_TILE, i);
	size_t n = rect_area(r);
	uint8_t *block = malloc(3 * n);
	const struct bodies_pixels pixels = { block, block + n, block + 2 * n };
	int ret;

	(void)slot;
	cut(c->water, c->grid.width, r, block);
	cut(c->fraction, c->grid.width, r, block + n);
	cut(c->part, c->grid.width, r, block + 2 * n);
	ret = bodies_tile(p->bodies, i, &pixels, e);
	free(block);
	return ret;
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	const struct pass *p = job;

	(void)slot;
	return bodies_deliver(p->bodies, i, e);
}

static int try_measure(const struct picture *c, int threads, size_t memory, struct totals *t,
		       struct error *e)
{
	static const struct tiles_ops ops = { .work = work, .write = deliver };
	struct budget budget = { memory, 0 };
	struct area *area = NULL;
	struct pass p = { .picture = c };
	int ret = area_new(&area, &c->grid, 1, e);
	const struct bodies_spec spec = { c->grid, area, PARTS, threads, &budget };

	if (!ret)
		ret = bodies_new(&p.bodies, &spec, e);
	if (!ret)
		ret = tiles_run(grid_tiles(&c->grid, GEOTIFF_TILE), threads, 1, &ops, &p, e);
	if (!ret)
		ret = bodies_total(p.bodies, t->largest, t->others, &t->others_nr, e);
	bodies_free(p.bodies);
	area_free(area);
	return ret;
}

static struct totals measure(const struct picture *c, int threads)
{
	struct totals t = { 0 };
	struct error e = { 0 };

	assert_int_equal(try_measure(c, threads, PLENTY, &t, &e), 0);
	return t;
}

static void check(double found, double pixels)
{
	assert_true(fabs(found - pixels * PIXEL_KM2) < 1e-9);
}

/* --- the oracle: spreading from pixel to pixel, slow and plain --- */

static bool wet(const struct picture *c, size_t i)
{
	return c->water[i] == WATER_OPEN ||
	       (c->water[i] <= WATER_PARTIAL && c->fraction[i] >= 1 && c->fraction[i] <= 100);
}

static double percent(const struct picture *c, size_t i)
{
	return c->fraction[i] <= 100 ? c->fraction[i] : 100 * (c->water[i] == WATER_OPEN);
}

static void oracle(const struct picture *c, struct totals *t)
{
	size_t w = (size_t)c->grid.width, n = w * (size_t)c->grid.height, best = 0;
	uint8_t *met = calloc(n, 1);
	size_t *queue = malloc(n * sizeof(*queue));
	double all[PARTS][2] = { { 0 } }, most[PARTS][2] = { { 0 } };

	memset(t, 0, sizeof(*t));
	for (size_t start = 0; start < n; start++) {
		double sum[PARTS][2] = { { 0 } };
		size_t filled = 1;

		if (met[start] || !wet(c, start))
			continue;
		met[start] = 1;
		queue[0] = start;
		for (size_t k = 0; k < filled; k++) {
			size_t at = queue[k], x = at % w, y = at / w;

			sum[c->part[at]][0] += c->water[at] == WATER_OPEN;
			sum[c->part[at]][1] += percent(c, at) / 100;
			for (size_t j = 0; j < 9; j++) {
				size_t nx = x + j % 3 - 1, ny = y + j / 3 - 1;

				if (nx >= w || ny >= (size_t)c->grid.height || met[ny * w + nx] ||
				    !wet(c, ny * w + nx))
					continue;
				met[ny * w + nx] = 1;
				queue[filled++] = ny * w + nx;
			}
		}
		t->others_nr++;
		for (int k = 0; k < PARTS; k++)
			for (int j = 0; j < 2; j++)
				all[k][j] += sum[k][j];
		/* Equal ones would leave the choice open: the pictures have none among the largest. */
		if (filled > best) {
			best = filled;
			memcpy(most, sum, sizeof(most));
		}
	}
	t->others_nr -= t->others_nr > 0;
	for (int k = 0; k < PARTS; k++) {
		t->largest[k] = (struct bodies_area){ most[k][0], most[k][1] };
		t->others[k] =
			(struct bodies_area){ all[k][0] - most[k][0], all[k][1] - most[k][1] };
	}
	free(met);
	free(queue);
}

static void check_picture(const struct picture *c)
{
	struct totals truth, one = measure(c, 1), many = measure(c, 7);

	oracle(c, &truth);
	assert_int_equal(one.others_nr, truth.others_nr);
	for (int k = 0; k < PARTS; k++) {
		check(one.largest[k].open_km2, truth.largest[k].open_km2);
		check(one.largest[k].water_km2, truth.largest[k].water_km2);
		check(one.others[k].open_km2, truth.others[k].open_km2);
		check(one.others[k].water_km2, truth.others[k].water_km2);
	}
	assert_memory_equal(&one, &many, sizeof(one));
}

/* --- tests --- */

static void a_lake_and_its_ponds(void **state)
{
	struct picture c = picture_new(1300, 1100);
	struct totals t;

	(void)state;
	/* A lake over four tiles, with a shore of half water; ponds: within a tile, across tiles, in a corner of four. */
	fill(&c, (struct rect){ 399, 399, 302, 302 }, WATER_PARTIAL, 50);
	fill(&c, (struct rect){ 400, 400, 300, 300 }, WATER_OPEN, 100);
	fill(&c, (struct rect){ 20, 20, 10, 10 }, WATER_OPEN, 100);
	fill(&c, (struct rect){ 1000, 100, 60, 10 }, WATER_OPEN, 255);
	fill(&c, (struct rect){ 1022, 1022, 4, 4 }, WATER_NOT, 30);
	t = measure(&c, 2);
	assert_int_equal(t.others_nr, 3);
	check(t.largest[0].open_km2, 250 * 300);
	check(t.largest[1].open_km2, 50 * 300);
	check(t.largest[0].water_km2 + t.largest[1].water_km2,
	      300 * 300 + .5 * (302 * 302 - 300 * 300));
	check(t.others[0].open_km2, 100);
	check(t.others[1].open_km2, 600);
	check(t.others[1].water_km2, 600 + 16 * .3);
	check_picture(&c);
	picture_free(&c);
}

/* A water of one pixel that only corners join, through a corner of four tiles. */
static void corners_join(void **state)
{
	for (int k = 0; k < 2; k++) {
		struct picture c = picture_new(1030, 1030);
		struct totals t;

		(void)state;
		for (int32_t i = 300; i < 700; i++)
			fill(&c, (struct rect){ k ? 1023 - i : i, i, 1, 1 }, WATER_OPEN, 100);
		t = measure(&c, 2);
		assert_int_equal(t.others_nr, 0);
		check(t.largest[0].open_km2 + t.largest[1].open_km2, 400);
		picture_free(&c);
	}
}

/* Water everywhere at random: what a pass finds is what the oracle finds. */
static void chance(void **state)
{
	static const uint8_t share[] = { 3, 20, 40, 55, 80 };
	uint32_t seed = 1;

	(void)state;
	for (size_t k = 0; k < sizeof(share); k++) {
		struct picture c = picture_new(1100, 600);

		for (size_t i = 0; i < 1100 * 600; i++) {
			seed = seed * 1664525 + 1013904223;
			if ((seed >> 16) % 100 >= share[k])
				continue;
			c.water[i] = (uint8_t[]){ 1, 1, 2, 0, 253 }[(seed >> 8) % 5];
			c.fraction[i] = (uint8_t)(seed >> 24);
		}
		/* In every other picture small parts, of which waters that join have some in common. */
		for (size_t i = 0; k % 2 && i < 1100 * 600; i++)
			c.part[i] = (uint8_t)((i % 1100 / 3 + i / 1100 / 2 * 3) % PARTS);
		fill(&c, (struct rect){ 500, 100, 40 + (int32_t)k, 40 }, WATER_OPEN, 100);
		check_picture(&c);
		picture_free(&c);
	}
}

static void nothing_and_all(void **state)
{
	struct picture c = picture_new(513, 513);
	struct totals t = measure(&c, 2);

	(void)state;
	assert_int_equal(t.others_nr, 0);
	check(t.largest[0].water_km2, 0);
	fill(&c, (struct rect){ 0, 0, 513, 513 }, WATER_OPEN, 100);
	t = measure(&c, 2);
	assert_int_equal(t.others_nr, 0);
	check(t.largest[0].water_km2 + t.largest[1].water_km2, 513 * 513);
	picture_free(&c);
}

static void too_little_memory_is_told(void **state)
{
	struct picture c = picture_new(1030, 513);
	struct totals t;
	struct error e = { 0 };

	(void)state;
	for (int32_t x = 0; x < 1030; x += 2)
		fill(&c, (struct rect){ x, 511, 1, 1 }, WATER_OPEN, 100);
	assert_int_equal(try_measure(&c, 2, 1000, &t, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "--memory"));
	picture_free(&c);
}

/* --- memory --- */

#define MANY 61

/* Bytes of two tiles of waters of side x side pixels, each of its pixels in another part. */
static size_t taken_by(int32_t side, size_t parts)
{
	struct picture c = picture_new(GEOTIFF_TILE, GEOTIFF_TILE);
	const struct bodies_pixels pixels = { c.water, c.fraction, c.part };
	struct budget budget = { PLENTY, 0 };
	struct bodies_spec spec = { c.grid, NULL, parts, 1, &budget };
	struct bodies *b = NULL;
	struct error e = { 0 };
	struct mallinfo2 before, after;

	spec.grid.width *= 2;
	for (int32_t y = 0; y < GEOTIFF_TILE; y++)
		for (int32_t x = 0; x < GEOTIFF_TILE; x++) {
			size_t at = (size_t)y * GEOTIFF_TILE + (size_t)x;
			int32_t place = y % (side + 1) * side + x % (side + 1);

			c.water[at] = x % (side + 1) < side && y % (side + 1) < side;
			c.part[at] = (uint8_t)((size_t)place % parts);
		}
	before = mallinfo2();
	assert_int_equal(bodies_new(&b, &spec, &e), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(bodies_tile(b, i, &pixels, &e), 0);
	after = mallinfo2();
	bodies_free(b);
	picture_free(&c);
	return after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
}

/*
 * What is said beforehand holds for the worst pictures there are, and is at most 1.7 times what they take: arrays that grow by
 * half may stop anywhere.  Under a sanitizer nothing seems to be taken.
 */
static void memory_is_what_was_said(void **state)
{
	static const size_t parts[] = { 1, 4, 9, 16, MANY };
	struct grid grid = { .width = 2 * GEOTIFF_TILE, .height = GEOTIFF_TILE };

	(void)state;
	for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
		size_t said = bodies_bytes(&grid, parts[k], 1), most = 0;

		for (int32_t side = 1; side <= 9; side++) {
			size_t taken = taken_by(side, parts[k]);

			most = taken > most ? taken : most;
		}
		if (most > said || (most && 10 * said > 17 * most))
			fail_msg("%zu parts: %zu bytes were said, %zu taken", parts[k], said, most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lake_and_its_ponds),
		cmocka_unit_test(corners_join),
		cmocka_unit_test(chance),
		cmocka_unit_test(nothing_and_all),
		cmocka_unit_test(too_little_memory_is_told),
		cmocka_unit_test(memory_is_what_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
