/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "pipeline/io/lake.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/polygon.h"
#include "pipeline/space/region.h"

#define LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct grid grid_of(double x0, double y0, double pixel, int32_t w, int32_t h)
{
	struct grid g = { .x0 = x0, .y0 = y0, .dx = pixel, .dy = pixel, .width = w, .height = h };

	snprintf(g.crs.def, sizeof(g.crs.def), LAEA);
	return g;
}

static struct region *region_of(const struct polygon *p, const struct grid *g)
{
	struct region *r = NULL;
	struct error e = { 0 };

	if (region_new(&r, p, g, &e))
		fail_msg("%s", e.text);
	return r;
}

static void add(struct polygon *p, const struct point *points, size_t n)
{
	struct error e = { 0 };

	if (polygon_add(p, points, n, &e))
		fail_msg("%s", e.text);
}

/*
 * Even-odd and the half-open rule in whole 1/32 m, exact: to the right of an edge or on
 * it counts as having crossed it, and an edge has its lower end but not its upper one.
 */
static int exact_inside(const struct polygon *p, double x, double y)
{
	long long px = llround(x * 32), py = llround(y * 32);
	int inside = 0;

	for (size_t i = 0; i < p->rings_nr; i++) {
		for (size_t k = 0; k < p->rings[i].points_nr; k++) {
			struct point a = p->rings[i].points[k];
			struct point b = p->rings[i].points[(k + 1) % p->rings[i].points_nr];
			long long ax = llround(a.x * 32), ay = llround(a.y * 32);
			long long bx = llround(b.x * 32), by = llround(b.y * 32);
			__extension__ __int128 turn =
				(__int128)(bx - ax) * (py - ay) - (__int128)(by - ay) * (px - ax);

			if ((ay <= py) != (by <= py))
				inside ^= by > ay ? turn <= 0 : turn >= 0;
		}
	}
	return inside;
}

/* A ring of n vertices on a lattice of so many 1/16 m, which pixel centres share. */
static void random_ring(struct polygon *p, uint32_t *seed, size_t n, uint32_t span,
			uint32_t lattice)
{
	struct point points[64];

	for (size_t i = 0; i < n; i++)
		points[i] = (struct point){ (next(seed) % span) * lattice / 16.0 - 900,
					    (next(seed) % span) * lattice / 16.0 - 900 };
	add(p, points, n);
}

static void agrees_with_exact_arithmetic(void **state)
{
	static const uint32_t lattices[] = { 1, 8, 80, 240, 480 };
	uint32_t seed = 7;
	long held = 0;

	(void)state;
	for (int round = 0; round < 120; round++) {
		uint32_t lattice = lattices[round % 5];
		struct grid g = grid_of(-600 - 15 * (round % 2), 705, 30, 40, 150);
		struct polygon p = { 0 };

		for (int rings = 0; rings <= round % 3; rings++)
			random_ring(&p, &seed, 3 + next(&seed) % 30, 1800 * 16 / lattice, lattice);
		/* Some beyond the grid on each side, and far away. */
		if (round % 4 == 0)
			random_ring(&p, &seed, 5, 160000000 / lattice, lattice);

		struct region *r = region_of(&p, &g);

		for (int32_t y = 0; y < g.height; y++) {
			uint8_t row[40];

			region_row(r, 0, y, g.width, row);
			for (int32_t x = 0; x < g.width; x++) {
				int want = exact_inside(&p, g.x0 + (x + 0.5) * 30,
							g.y0 - (y + 0.5) * 30);

				assert_int_equal(row[x], want);
				held += want;
			}
		}
		region_free(r);
		polygon_release(&p);
	}
	assert_true(held > 50000);
}

static void rows_are_the_same_in_pieces(void **state)
{
	struct grid g = grid_of(-600, 705, 30, 40, 45);
	struct polygon p = { 0 };
	uint32_t seed = 3;

	(void)state;
	random_ring(&p, &seed, 40, 1800, 16);

	struct region *r = region_of(&p, &g);

	for (int32_t y = -3; y < g.height + 3; y++) {
		uint8_t whole[40], part[60];

		region_row(r, 0, y, 40, whole);
		for (int32_t from = -9; from < 50; from++) {
			int32_t n = (int32_t)(next(&seed) % 60);

			memset(part, 9, sizeof(part));
			region_row(r, from, y, n, part);
			for (int32_t i = 0; i < 60; i++) {
				int32_t x = from + i;
				int want = i >= n				  ? 9
					   : x < 0 || x >= 40 || y < 0 || y >= 45 ? 0
										  : whole[x];

				assert_int_equal(part[i], want);
			}
		}
	}
	region_free(r);
	polygon_release(&p);
}

/* A fan of triangles round a point that is a pixel's centre: each pixel in exactly one, or none. */
static void neighbours_share_no_pixel(void **state)
{
	struct grid g = grid_of(0, 1200, 30, 40, 40);
	uint32_t seed = 11;

	(void)state;
	for (int round = 0; round < 60; round++) {
		enum { RIM = 24 };
		static const int step[4][2] = { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } };
		struct point rim[RIM], centre = { 615, 585 };
		uint8_t count[1600] = { 0 }, row[40] = { 0 };
		struct polygon whole = { 0 };
		int x = -3, y = -3;

		/* Six steps to each side of a square, moved to and fro: mostly on centres of pixels. */
		for (int i = 0; i < RIM; i++) {
			double jitter =
				round % 3 ? 30.0 * (next(&seed) % 4) : (next(&seed) % 900) / 16.0;

			rim[i] = (struct point){ 615 + 150 * x + jitter, 585 + 150 * y + jitter };
			x += step[i / 6][0];
			y += step[i / 6][1];
		}
		add(&whole, rim, RIM);
		for (int i = 0; i < RIM; i++) {
			struct point triangle[] = { centre, rim[i], rim[(i + 1) % RIM] };
			struct point turned[] = { triangle[2], triangle[1], triangle[0] };
			struct polygon p = { 0 };

			add(&p, i % 2 ? turned : triangle, 3);

			struct region *r = region_of(&p, &g);

			for (int32_t k = 0; k < 1600; k++) {
				if (k % 40 == 0)
					region_row(r, 0, k / 40, 40, row);
				count[k] = (uint8_t)(count[k] + row[k % 40]);
			}
			region_free(r);
			polygon_release(&p);
		}

		struct region *r = region_of(&whole, &g);

		for (int32_t k = 0; k < 1600; k++) {
			if (k % 40 == 0)
				region_row(r, 0, k / 40, 40, row);
			assert_int_equal(count[k] % 2, row[k % 40]);
			if (round % 3 != 1)
				assert_true(count[k] <= 1 + 2 * (round % 3 > 0));
		}
		region_free(r);
		polygon_release(&whole);
	}
}

/* Two polygons on the sides of a line from edge to edge of the grid, which meets many centres. */
static void two_sides_of_a_line(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct grid g = grid_of(0, 3000, 30, 100, 100);
		struct point left[12], right[12];
		struct polygon a = { 0 }, b = { 0 };
		int unit = round % 2 ? 15 : 1;

		for (size_t i = 0; i < 10; i++) {
			left[i].x = right[9 - i].x =
				(double)(next(&seed) % (3000u / (unsigned)unit)) * unit;
			left[i].y = right[9 - i].y =
				i == 0	 ? -30
				: i == 9 ? 3030
					 : (double)(next(&seed) % (3000u / (unsigned)unit)) * unit;
		}
		left[10] = (struct point){ -30, 3030 };
		left[11] = (struct point){ -30, -30 };
		right[10] = (struct point){ 3030, -30 };
		right[11] = (struct point){ 3030, 3030 };
		add(&a, left, 12);
		add(&b, right, 12);

		struct region *ra = region_of(&a, &g), *rb = region_of(&b, &g);

		for (int32_t y = 0; y < 100; y++) {
			uint8_t in_a[100], in_b[100];

			region_row(ra, 0, y, 100, in_a);
			region_row(rb, 0, y, 100, in_b);
			for (int32_t x = 0; x < 100; x++)
				assert_int_equal(in_a[x] + in_b[x], 1);
		}
		region_free(ra);
		region_free(rb);
		polygon_release(&a);
		polygon_release(&b);
	}
}

static void bounds_hold_what_is_inside(void **state)
{
	struct grid g = grid_of(0, 300, 1, 9000, 300);
	struct point small[] = { { 4090, 100 }, { 4110, 100 }, { 4110, 110 }, { 4090, 110 } };
	struct point wide[] = {
		{ 10, 200.75 }, { 8800, 200.75 }, { 8800, 201.25 }, { 10, 201.25 }
	};
	struct polygon p = { 0 };
	struct rect r, all = { 0, 0, 9000, 300 };

	(void)state;
	add(&p, small, 4);

	struct region *region = region_of(&p, &g);

	r = region_bounds(region, all);
	assert_true(r.x == 4090 && r.y == 190 && r.w == 20 && r.h == 10);
	r = region_bounds(region, (struct rect){ 4096, 195, 100, 100 });
	assert_true(r.x == 4096 && r.y == 195 && r.w == 14 && r.h == 5);
	r = region_bounds(region, (struct rect){ -50, -50, 9999, 9999 });
	assert_true(r.x == 4090 && r.y == 190 && r.w == 20 && r.h == 10);
	assert_true(rect_empty(region_bounds(region, (struct rect){ 0, 0, 4090, 300 })));
	assert_true(rect_empty(region_bounds(region, (struct rect){ 0, 0, 0, 0 })));
	region_free(region);

	/* Between two rows of centres, so it holds none; then it holds one row. */
	add(&p, wide, 4);
	region = region_of(&p, &g);
	r = region_bounds(region, all);
	assert_true(r.x == 4090 && r.w == 20);
	region_free(region);
	for (int i = 0; i < 4; i++)
		p.rings[1].points[i].y += 0.5;
	region = region_of(&p, &g);
	r = region_bounds(region, all);
	assert_true(r.x == 10 && r.w == 8790 && r.y == 98 && r.h == 102);
	region_free(region);
	polygon_release(&p);

	r = region_bounds(NULL, (struct rect){ 3, 4, 5, 6 });
	assert_true(r.x == 3 && r.y == 4 && r.w == 5 && r.h == 6);

	uint8_t row[5] = { 0 };

	region_row(NULL, 3, 4, 5, row);
	assert_memory_equal(row, "\1\1\1\1\1", 5);
	region_free(NULL);
}

static void an_empty_polygon_holds_nothing(void **state)
{
	struct grid g = grid_of(0, 300, 30, 10, 10);
	struct polygon p = { 0 };
	struct point two[] = { { 0, 0 }, { 300, 300 } };

	(void)state;
	for (int k = 0; k < 3; k++) {
		struct region *r = region_of(&p, &g);

		assert_true(rect_empty(region_bounds(r, grid_rect(&g))));
		region_free(r);
		add(&p, two, (size_t)k);
	}
	assert_true(polygon_area(&p) == 0);
	polygon_release(&p);
	polygon_release(NULL);
}

static void areas_of_nested_rings(void **state)
{
	struct polygon p = { 0 };
	struct error e = { 0 };
	struct point bad[] = { { 0, 0 }, { 1, NAN }, { 1, 1 } };

	(void)state;
	/* A square, a hole that touches it, an island in the hole, another square beside. */
	add(&p, (struct point[]){ { 0, 0 }, { 10, 0 }, { 10, 10 }, { 0, 10 }, { 0, 0 } }, 5);
	add(&p, (struct point[]){ { 0, 5 }, { 5, 2 }, { 8, 5 }, { 5, 8 } }, 4);
	add(&p, (struct point[]){ { 5, 4 }, { 5, 5 }, { 6, 5 }, { 6, 4 } }, 4);
	add(&p, (struct point[]){ { 1e6, 1e6 }, { 1e6 + 2, 1e6 }, { 1e6 + 2, 1e6 + 1 } }, 3);
	assert_int_equal(p.rings[0].points_nr, 4);
	assert_true(fabs(polygon_area(&p) - (100 - 24 + 1 + 1)) < 1e-9);
	assert_int_equal(polygon_add(&p, bad, 3, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(p.rings_nr, 4);
	polygon_release(&p);
}

static void densifies_alike_both_ways(void **state)
{
	struct polygon p = { 0 }, there = { 0 }, back = { 0 };
	struct point ring[] = { { 0.1, 0.7 }, { 7.3, 0.7 }, { 7.3, 9.0 } };
	struct point turned[] = { ring[2], ring[1], ring[0] };
	struct error e = { 0 };

	(void)state;
	add(&p, ring, 3);
	assert_int_equal(polygon_densify(&there, &p, 0.7, &e), 0);
	polygon_release(&p);
	add(&p, turned, 3);
	assert_int_equal(polygon_densify(&back, &p, 0.7, &e), 0);
	/* 7.2, 8.3 and 10.99 long: 11, 12 and 16 pieces */
	assert_int_equal(there.rings[0].points_nr, 39);
	assert_int_equal(back.rings[0].points_nr, 39);
	for (size_t i = 0; i < 39; i++) {
		struct point a = there.rings[0].points[i], b = there.rings[0].points[(i + 1) % 39];
		/* Turned, the ring starts at its third corner and runs the other way. */
		struct point c = back.rings[0].points[(23 + 39 - i) % 39];

		assert_true(hypot(b.x - a.x, b.y - a.y) <= 0.7 + 1e-12);
		assert_memory_equal(&a, &c, sizeof(a));
	}
	polygon_release(&there);
	assert_int_equal(polygon_densify(&there, &p, 1e-9, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(there.rings_nr, 0);
	polygon_release(&p);
	polygon_release(&back);
}

static void transforms_and_rounds(void **state)
{
	struct polygon p = { 0 };
	struct crs laea = { LAEA }, lonlat = CRS_LONLAT;
	struct error e = { 0 };

	(void)state;
	add(&p, (struct point[]){ { 76.3, 46 }, { 76.4, 46 }, { 76.4, 46.1 } }, 3);
	assert_int_equal(polygon_transform(&p, &lonlat, &laea, 1.0 / 16, &e), 0);
	assert_true(p.rings[0].points[0].x == 0 && p.rings[0].points[0].y == 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(p.rings[0].points[i].x * 16 == nearbyint(p.rings[0].points[i].x * 16));
	/* 0.1 degree of the parallel of 46 degrees: 7746.33 m on WGS 84 */
	assert_true(fabs(p.rings[0].points[1].x - 7746.33) < 0.05);
	p.rings[0].points[0].x = 1e9;
	assert_int_equal(polygon_transform(&p, &laea, &lonlat, 0, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "to OGC:CRS84: (1000000000, "));
	polygon_release(&p);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double count_km2(const struct region *r, const struct grid *g)
{
	uint8_t *row = malloc((size_t)g->width);
	long long n = 0;

	for (int32_t y = 0; y < g->height; y++) {
		region_row(r, 0, y, g->width, row);
		for (int32_t x = 0; x < g->width; x++)
			n += row[x];
	}
	free(row);
	return (double)n * g->dx * g->dy * 1e-6;
}

/* Natural Earth's outline with edges of at most 0.01 degree: 17 528.785 km2 on the ellipsoid. */
static void holds_the_area_of_the_lake(void **state)
{
	struct lake *lake;
	struct polygon dense = { 0 };
	struct crs lonlat = CRS_LONLAT;
	struct error e = { 0 };
	double km2, start;

	(void)state;
	assert_int_equal(lake_open(&lake, "balkhash", &e), 0);
	assert_int_equal(polygon_densify(&dense, &lake->outline, 0.01, &e), 0);
	assert_int_equal(polygon_transform(&dense, &lonlat, &lake->grid.crs, 1.0 / 16, &e), 0);
	km2 = polygon_area(&dense) * 1e-6;
	print_message("# outline: %zu vertices, %.3f km2\n", dense.rings[0].points_nr, km2);
	assert_true(fabs(km2 - 17528.785) < 0.01);
	for (int pixel = 10; pixel <= 30; pixel += 20) {
		struct grid g = grid_of(-240000, 114000, pixel, 480000 / pixel, 240000 / pixel);
		struct region *r = region_of(&dense, &g);
		double counted;

		start = seconds();
		counted = count_km2(r, &g);
		print_message("# at %d m: %.4f km2 of pixels (%+.4f), %d rows in %.2f s\n", pixel,
			      counted, counted - km2, g.height, seconds() - start);
		assert_true(fabs(counted - km2) < (pixel == 10 ? 0.05 : 0.2));
		region_free(r);
	}
	polygon_release(&dense);
	lake_free(lake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_exact_arithmetic),
		cmocka_unit_test(rows_are_the_same_in_pieces),
		cmocka_unit_test(neighbours_share_no_pixel),
		cmocka_unit_test(two_sides_of_a_line),
		cmocka_unit_test(bounds_hold_what_is_inside),
		cmocka_unit_test(an_empty_polygon_holds_nothing),
		cmocka_unit_test(areas_of_nested_rings),
		cmocka_unit_test(densifies_alike_both_ways),
		cmocka_unit_test(transforms_and_rounds),
		cmocka_unit_test(holds_the_area_of_the_lake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
