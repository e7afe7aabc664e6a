/* SPDX-License-Identifier: Apache-2.0
 *
 * Footprints hold what is valid and little more; areas are true areas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/area.h"
#include "pipeline/io/footprint.h"

/* The hull holds every valid pixel and not much more. */
static void footprints(void **state)
{
	const struct grid g = { { "EPSG:32643" }, 600000, 5100000, 30, 30, 640, 320 };
	struct footprint *f = NULL;
	struct polygon p = { 0 };
	struct error e = { 0 };
	const size_t n = (size_t)640 * 320;
	uint8_t *marks = malloc(n);
	double w = 180, east = -180;

	(void)state;
	memset(marks, 255, n);
	assert_int_equal(footprint_new(&f, &g, &e), 0);
	for (int y = 100; y < 200; y++)
		memset(marks + (size_t)y * 640 + 320, 1, 320);
	footprint_add(f, (struct rect){ 0, 0, 640, 320 }, marks, 255);
	assert_int_equal(footprint_polygon(f, &p, &e), 0);
	assert_int_equal(p.rings_nr, 1);
	for (size_t i = 0; i < p.rings[0].points_nr; i++) {
		struct point q = p.rings[0].points[i];

		assert_true(fabs(q.x * 1e6 - nearbyint(q.x * 1e6)) < 1e-4);
		w = q.x < w ? q.x : w;
		east = q.x > east ? q.x : east;
	}
	/* 320 x 100 pixels of 900 m2 in longitude and latitude at 46 N: 111.2 km, 77.6 km a degree. */
	assert_true(fabs(polygon_area(&p) - 320 * 100 * 900e-6 / 111.2 / 77.6) < 0.0002);
	assert_true(east - w > 9.6 / 77.9 && east - w < 10.2 / 77);
	polygon_release(&p);
	footprint_free(f);
	free(marks);
}

static void areas(void **state)
{
	const struct grid utm = { { "EPSG:32643" }, 490000, 5100000, 30, 30, 1000, 600 };
	struct area *a = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(area_new(&a, &utm, 2, &e), 0);
	area_add(a, 0, 1, 1000);
	area_add(a, 3, 1, 500);
	area_add(a, 3, 1, 500);
	assert_int_equal(area_pixels(a, 0), 0);
	assert_int_equal(area_pixels(a, 1), 2000);
	/* 500 km east of the false easting the scale is 0.9996 in length: at 75 E in zone 43. */
	assert_true(fabs(area_km2(a, 1) - 2000 * 900e-6 / (0.9996 * 0.9996)) < 1e-4);
	area_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(footprints),
		cmocka_unit_test(areas),
	};

	return cmocka_run_group_tests_name("footprint", tests, NULL, NULL);
}
