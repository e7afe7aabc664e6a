/* SPDX-License-Identifier: Apache-2.0
 *
 * UTM zones of pixels agree with PROJ asked at every pixel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "pipeline/space/crs.h"
#include "pipeline/space/zone.h"

/*
 * Pixels whose zone is not that of the longitude PROJ gives, of those further
 * than 0.01 pixel from a zone's edge.
 */
static size_t disagreements(const struct grid *g, size_t *zones_seen)
{
	const struct crs lonlat = CRS_LONLAT;
	size_t n = (size_t)g->width, wrong = 0;
	double *x = malloc(n * sizeof(*x)), *y = malloc(n * sizeof(*y));
	uint8_t *zone = malloc(n);
	struct crs_transform *t = NULL;
	struct zones *z = NULL;
	struct error e = { 0 };
	bool seen[61] = { false };

	assert_int_equal(zones_new(&z, g, &e), 0);
	assert_int_equal(crs_transform_new(&t, &g->crs, &lonlat, &e), 0);
	for (int32_t j = 0; j < g->height; j++) {
		zones_row(z, 0, j, g->width, zone);
		for (size_t i = 0; i < n; i++) {
			x[i] = g->x0 + ((double)i + 0.5) * g->dx;
			y[i] = g->y0 - (j + 0.5) * g->dy;
		}
		crs_transform_points(t, n, x, y);
		for (size_t i = 0; i < n; i++) {
			double in_zone = (x[i] + 180) / 6,
			       edge = fabs(in_zone - nearbyint(in_zone));
			double pixel = g->dx / 111320 / 6;

			wrong += edge > 0.01 * pixel && zone[i] != crs_utm_zone(x[i]);
			seen[zone[i]] = true;
		}
	}
	*zones_seen = 0;
	for (int i = 0; i <= 60; i++)
		*zones_seen += seen[i];
	crs_transform_free(t);
	zones_free(z);
	free(zone);
	free(y);
	free(x);
	return wrong;
}

static void lake_across_two_zones(void **state)
{
	const struct grid g = { { "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m" },
				60000,
				114000,
				30,
				30,
				6000,
				300 };
	size_t zones;

	(void)state;
	assert_int_equal(disagreements(&g, &zones), 0);
	assert_int_equal(zones, 2);
}

static void utm_across_its_edge(void **state)
{
	const struct grid g = { { "EPSG:32643" }, 700000, 5200000, 30, 30, 2000, 400 };
	size_t zones;

	(void)state;
	assert_int_equal(disagreements(&g, &zones), 0);
	assert_int_equal(zones, 2);
}

static void the_antimeridian(void **state)
{
	const struct grid g = { { "+proj=laea +lat_0=66 +lon_0=179.9 +datum=WGS84 +units=m" },
				-20000,
				20000,
				100,
				100,
				400,
				400 };
	size_t zones;

	(void)state;
	assert_int_equal(disagreements(&g, &zones), 0);
	assert_int_equal(zones, 2);
}

/* A tile's rows are those of the whole grid. */
static void any_start(void **state)
{
	const struct grid g = { { "EPSG:32643" }, 720000, 5200000, 30, 30, 700, 300 };
	uint8_t whole[700], part[700];
	struct zones *z = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(zones_new(&z, &g, &e), 0);
	for (int32_t y = 0; y < 300; y += 37) {
		zones_row(z, 0, y, 700, whole);
		for (int32_t x = 0; x < 700; x += 101) {
			zones_row(z, x, y, 700 - x, part);
			assert_memory_equal(part, whole + x, (size_t)(700 - x));
		}
	}
	zones_free(z);
}

static void a_crs_unknown(void **state)
{
	const struct grid g = { { "EPSG:1" }, 0, 0, 30, 30, 7, 3 };
	struct zones *z = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(zones_new(&z, &g, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_null(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lake_across_two_zones), cmocka_unit_test(utm_across_its_edge),
		cmocka_unit_test(the_antimeridian),	 cmocka_unit_test(any_start),
		cmocka_unit_test(a_crs_unknown),
	};

	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
