/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "kernels/resample.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/mapping.h"
#include "pipeline/tests/mapping_case.h"

static void far_grids_do_not_meet(void **state)
{
	struct grid lake = lake_grid(1000);
	int met = 0;

	(void)state;
	for (int zone = 1; zone <= 60; zone++) {
		/* All about the lake, and every fourth of the others; a longer run: all. */
		if (!getenv("BALKHASH_LONG") && zone % 4 && (zone < 42 || zone > 45))
			continue;
		for (int south = 0; south < 2; south++) {
			char code[32];

			snprintf(code, sizeof(code), "EPSG:%d%02d", south ? 327 : 326, zone);

			struct grid source =
				grid_of(code, 100000, south ? 10000000 - 4890240 : 5200020, 20,
					30000, 5490);
			struct mapping *m = map(lake, source);
			struct rect target = mapping_target_rect(m);

			met += !rect_empty(target);
			assert_int_equal(!rect_empty(target), !south && (zone == 43 || zone == 44));
			assert_int_equal(rect_empty(mapping_source_rect(m, grid_rect(&lake))),
					 rect_empty(target));
			mapping_free(m);
		}
	}
	assert_int_equal(met, 2);
}

static bool rect_holds(struct rect r, int64_t x, int64_t y)
{
	return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Bounds of the taps of r's pixels and of those pixels that lie in the source, one by one. */
static void brute_force(const struct mapping *m, struct rect r, struct rect source,
			struct rect *taps, struct rect *pixels)
{
	*taps = *pixels = (struct rect){ 0 };
	for (int32_t y = r.y; y < r.y + r.h; y++) {
		for (int32_t x = r.x; x < r.x + r.w; x++) {
			struct rect tap = { 0, 0, 2, 2 }, one = { 0, 0, 1, 1 };
			int32_t sx = 0, sy = 0;

			mapping_row(m, x, y, 1, 0, 0, &sx, &sy);
			if (sx == MAPPING_NOWHERE)
				continue;
			tap.x = resample_floor(sx);
			tap.y = resample_floor(sy);
			one.x = resample_nearest(sx);
			one.y = resample_nearest(sy);
			*taps = rect_union(*taps, rect_intersect(tap, source));
			if (!rect_empty(rect_intersect(one, source)))
				*pixels = rect_union(*pixels, (struct rect){ x, y, 1, 1 });
		}
	}
}

/* The taps of all of r's pixels, one by one; false if one has no place, or a tap is not in the source. */
static bool all_taps(const struct mapping *m, struct rect r, struct rect source, struct rect *taps)
{
	int32_t side = mapping_is_shift(m, &(int32_t){ 0 }, &(int32_t){ 0 }) ? 1 : 2;
	bool inside = true;

	*taps = (struct rect){ 0 };
	for (int32_t y = r.y; y < r.y + r.h; y++) {
		for (int32_t x = r.x; x < r.x + r.w; x++) {
			struct rect tap = { 0, 0, side, side };
			int32_t sx = 0, sy = 0;

			mapping_row(m, x, y, 1, 0, 0, &sx, &sy);
			if (sx == MAPPING_NOWHERE)
				return false;
			tap.x = resample_floor(sx);
			tap.y = resample_floor(sy);
			*taps = rect_union(*taps, tap);
			inside &= rect_area(rect_intersect(tap, source)) == rect_area(tap);
		}
	}
	return inside;
}

static bool within(struct rect inner, struct rect outer)
{
	return rect_empty(inner) ||
	       (rect_holds(outer, inner.x, inner.y) &&
		rect_holds(outer, inner.x + inner.w - 1, inner.y + inner.h - 1));
}

/* Places of one point, 77.6 E 46 N, in three systems. */
static void find_anchors(const char *const *systems, double *x, double *y)
{
	for (int i = 0; i < 3; i++) {
		struct crs_transform *t;
		struct crs lonlat = CRS_LONLAT;
		struct grid g = grid_of(systems[i], 0, 0, 1, 1, 1);
		struct error e = { 0 };

		x[i] = 77.6;
		y[i] = 46;
		assert_int_equal(crs_transform_new(&t, &lonlat, &g.crs, &e), 0);
		crs_transform_points(t, 1, x + i, y + i);
		crs_transform_free(t);
	}
}

static int32_t side(uint32_t *seed)
{
	return 20 + (int32_t)(next(seed) % 250);
}

static void rects_hold_all_they_should(void **state)
{
	static const char *const systems[] = { LAEA, "EPSG:32643", "EPSG:32644" };
	double x[3], y[3];
	uint32_t seed = 20240712;
	const int rounds = getenv("BALKHASH_LONG") ? 200 : 60;
	int full = 0, empty = 0, covered = 0;

	(void)state;
	find_anchors(systems, x, y);
	for (int round = 0; round < rounds; round++) {
		uint32_t from = next(&seed) % 3, to = next(&seed) % 3;
		double off_x = (next(&seed) % 6000) * 1.5 - 4500,
		       off_y = (next(&seed) % 6000) * 1.5 - 4500;
		struct grid source = grid_of(systems[from], x[from], y[from],
					     10 * (1 + next(&seed) % 6), side(&seed), side(&seed));
		struct grid target = grid_of(systems[to], x[to] + off_x, y[to] + off_y,
					     10 * (1 + next(&seed) % 6), side(&seed), side(&seed));
		struct mapping *m = map(target, source);
		struct rect r = { (int32_t)(next(&seed) % 150) - 10,
				  (int32_t)(next(&seed) % 150) - 10, side(&seed), side(&seed) };
		struct rect taps, all, pixels, whole = mapping_target_rect(m);
		struct rect part = rect_intersect(r, grid_rect(&target));

		brute_force(m, part, grid_rect(&source), &taps, &pixels);
		assert_true(within(taps, mapping_source_rect(m, r)));
		assert_true(within(mapping_source_rect(m, r), grid_rect(&source)));
		/* A part that the source may hold, of the part that it may not. */
		for (int i = 0; i < 6 && !rect_empty(part); i++) {
			bool inside = all_taps(m, part, grid_rect(&source), &all);

			assert_int_equal(mapping_taps(m, part, &taps), inside);
			if (inside)
				assert_memory_equal(&taps, &all, sizeof(all));
			covered += inside;
			part = (struct rect){ part.x + part.w / 4, part.y + part.h / 4, part.w / 2,
					      part.h / 2 };
		}
		brute_force(m, grid_rect(&target), grid_rect(&source), &taps, &pixels);
		assert_true(within(pixels, whole));
		assert_true(within(whole, grid_rect(&target)));
		if (!rect_empty(pixels))
			assert_true(within(whole, rect_grow(pixels, MAPPING_STEP + 8)));
		full += !rect_empty(pixels);
		empty += rect_empty(whole);
		mapping_free(m);
	}
	assert_true(full > rounds / 4 && empty > rounds / 8 && covered > rounds / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_grids_do_not_meet),
		cmocka_unit_test(rects_hold_all_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
