/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys that are known without GDAL are those that it writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/geotiff_internal.h"
#include "pipeline/space/crs.h"

static struct grid grid_in(const char *def)
{
	struct grid g = {
		.x0 = -86400, .y0 = 114000.5, .dx = 30, .dy = 20, .width = 7, .height = 5
	};

	snprintf(g.crs.def, sizeof(g.crs.def), "%s", def);
	return g;
}

static void assert_as_gdal(const char *def)
{
	struct geotiff_place known = { 0 }, wanted = { 0 };
	struct grid g = grid_in(def);
	struct error e = { 0 };

	if (geotiff_keys(&known, &g.crs, &e) != 1)
		fail_msg("%s is not known", def);
	geotiff_place_release(&known);
	if (geotiff_place_init(&known, &g, &e) || geotiff_place_of_gdal(&wanted, &g, &e))
		fail_msg("%s: %s", def, e.text);
	assert_memory_equal(known.pixel_scale, wanted.pixel_scale, sizeof(wanted.pixel_scale));
	assert_memory_equal(known.tiepoint, wanted.tiepoint, sizeof(wanted.tiepoint));
	assert_string_equal(known.text, wanted.text);
	assert_int_equal(known.keys_nr, wanted.keys_nr);
	assert_memory_equal(known.key, wanted.key, wanted.keys_nr * sizeof(*wanted.key));
	assert_int_equal(known.reals_nr, wanted.reals_nr);
	if (wanted.reals_nr)
		assert_memory_equal(known.real, wanted.real,
				    wanted.reals_nr * sizeof(*wanted.real));
	geotiff_place_release(&known);
	geotiff_place_release(&wanted);
}

static void every_zone_is_as_gdal_writes_it(void **state)
{
	char def[20];

	(void)state;
	for (int zone = 1; zone <= 60; zone++) {
		snprintf(def, sizeof(def), "EPSG:%d", 32600 + zone);
		assert_as_gdal(def);
		snprintf(def, sizeof(def), "EPSG:%d", 32700 + zone);
		assert_as_gdal(def);
	}
}

static void equal_area_projections_are_as_gdal_writes_them(void **state)
{
	static const char *const centre[] = {
		"+lat_0=46 +lon_0=76.3",	"+lat_0=0 +lon_0=0",
		"+lat_0=-16.25 +lon_0=-69.4",	"+lat_0=90 +lon_0=180",
		"+lat_0=-90 +lon_0=-180",	"+lat_0=45.12345678 +lon_0=-0.000001234",
		"+lat_0=0.1 +lon_0=179.9999999"
	};
	char def[200];

	(void)state;
	for (size_t i = 0; i < sizeof(centre) / sizeof(centre[0]); i++) {
		snprintf(def, sizeof(def), "+proj=laea %s +datum=WGS84 +units=m", centre[i]);
		assert_as_gdal(def);
	}
}

/* What is written in any other way may mean anything: GDAL is asked. */
static void other_crs_are_not_known(void **state)
{
	static const char *const others[] = {
		"EPSG:3576",
		"EPSG:32600",
		"EPSG:32661",
		"EPSG:4326",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=us-ft",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m +no_defs",
		"+proj=laea +lat_0=46 +lon_0=76.3 +x_0=5 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=46 +lon_0=76.3 +ellps=bessel +units=m",
		"+proj=laea +lat_0=46d30 +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=4.6e1 +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=46.1.2 +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=laea +lat_0= +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=91 +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=46 +lon_0=181 +datum=WGS84 +units=m",
		"+proj=laea +lon_0=76.3 +lat_0=46 +datum=WGS84 +units=m",
		"+proj=aea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m",
		"",
	};
	struct geotiff_place place = { 0 };
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct grid g = grid_in(others[i]);

		if (geotiff_keys(&place, &g.crs, &e) != 0)
			fail_msg("%s is known", others[i]);
	}
}

static int setup(void **state)
{
	(void)state;
	gdal_setup(1 << 20);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_zone_is_as_gdal_writes_it),
		cmocka_unit_test(equal_area_projections_are_as_gdal_writes_them),
		cmocka_unit_test(other_crs_are_not_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
