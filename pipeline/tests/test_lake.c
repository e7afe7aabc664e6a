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
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/lake.h"
#include "pipeline/space/region.h"
#include "pipeline/tests/lake_folder.h"
#include "pipeline/tests/rerun.h"

#define LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

static void built_in_values(void **state)
{
	struct lake *lake;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(lake_open(&lake, "balkhash", &e), 0);
	assert_string_equal(lake->name, "balkhash");
	assert_string_equal(lake->grid.crs.def, LAEA);
	assert_int_equal(crs_normalise(&lake->grid.crs, &e), 0);
	assert_string_equal(lake->grid.crs.def, LAEA);
	assert_true(lake->grid.x0 == -240000 && lake->grid.y0 == 114000);
	assert_true(lake->grid.dx == 30 && lake->grid.dy == 30);
	assert_int_equal(lake->grid.width, 16000);
	assert_int_equal(lake->grid.height, 8000);
	assert_true(lake->buffer_m == 10000 && lake->elevation_m == 341);
	assert_int_equal(lake->season_from, 501);
	assert_int_equal(lake->season_to, 1031);
	assert_int_equal(lake->outline.rings_nr, 1);
	assert_int_equal(lake->outline.rings[0].points_nr, 217);
	assert_int_equal(lake->basins_nr, 3);
	assert_string_equal(lake->basins[0].name, "ili-delta");
	assert_string_equal(lake->basins[1].name, "west");
	assert_string_equal(lake->basins[2].name, "east");
	lake_free(lake);
	lake_free(NULL);
}

/* The outline is that of the file it was taken from, where the test data are. */
static void built_in_outline_is_natural_earth(void **state)
{
	const char *data = getenv("BALKHASH_TESTDATA");
	struct lake *lake, *file;
	struct error e = { 0 };
	char text[1000], path[500];

	snprintf(path, sizeof(path), "%s/lake/ne50m_Lake_Balkhash.geojson", data ? data : "");
	if (!data || access(path, R_OK)) {
		print_message("# skipped: BALKHASH_TESTDATA names no folder with lake/\n");
		skip();
	}
	assert_int_equal(lake_open(&lake, "balkhash", &e), 0);
	snprintf(text, sizeof(text), "[lake]\noutline = %.190s\n", path);
	file = open_text(*state, "ne.ini", text);
	assert_int_equal(file->outline.rings[0].points_nr, 217);
	for (size_t i = 0; i < 217; i++) {
		struct point a = lake->outline.rings[0].points[i];
		double nearest = 1;

		for (size_t k = 0; k < 217; k++)
			nearest = fmin(nearest, hypot(a.x - file->outline.rings[0].points[k].x,
						      a.y - file->outline.rings[0].points[k].y));
		assert_true(nearest < 1e-12);
	}
	assert_string_equal(file->grid.crs.def,
			    "+proj=laea +lat_0=45.9 +lon_0=76.3 +datum=WGS84 +units=m");
	lake_free(file);
	lake_free(lake);
}

static struct region *region_of(const struct polygon *p, const struct grid *g)
{
	struct region *r;
	struct error e = { 0 };

	if (region_new(&r, p, g, &e))
		fail_msg("%s", e.text);
	return r;
}

/* Which basin holds the centre of the pixel at a place: 0 ili-delta, 1 west, 2 east, 3 none. */
static size_t basin_at(struct lake *lake, struct region *const *basins, double lon, double lat)
{
	struct crs_transform *t;
	struct crs lonlat = CRS_LONLAT;
	struct error e = { 0 };
	uint8_t inside = 0;
	size_t i = 0;

	assert_int_equal(crs_transform_new(&t, &lonlat, &lake->grid.crs, &e), 0);
	crs_transform_points(t, 1, &lon, &lat);
	crs_transform_free(t);
	for (; i < lake->basins_nr; i++) {
		region_row(basins[i], (int32_t)((lon - lake->grid.x0) / lake->grid.dx),
			   (int32_t)((lake->grid.y0 - lat) / lake->grid.dy), 1, &inside);
		if (inside)
			break;
	}
	return i;
}

static void basins_of_balkhash(void **state)
{
	struct lake *lake;
	struct region *basins[3] = { NULL }, *water;
	struct polygon area, dense;
	struct error e = { 0 };
	static uint8_t row[4][16000];
	long long pixels[4] = { 0 }, lake_in_delta = 0, west_and_east = 0;

	(void)state;
	assert_int_equal(lake_open(&lake, "balkhash", &e), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(lake_basin_area(lake, i, &lake->grid.crs, &area, &e), 0);
		basins[i] = region_of(&area, &lake->grid);
		polygon_release(&area);
	}
	assert_int_equal(polygon_densify(&dense, &lake->outline, 0.01, &e), 0);
	assert_int_equal(polygon_transform(&dense, &CRS_LONLAT, &lake->grid.crs, 1.0 / 16, &e), 0);
	water = region_of(&dense, &lake->grid);
	polygon_release(&dense);

	/* The first that holds a pixel has it: the delta lies in the west's box too. */
	assert_int_equal(basin_at(lake, basins, 74.6, 45.5), 0);
	assert_int_equal(basin_at(lake, basins, 74.12, 44.97), 0);
	assert_int_equal(basin_at(lake, basins, 74.0, 45.4), 1);
	assert_int_equal(basin_at(lake, basins, 74.9, 46.6), 1);
	assert_int_equal(basin_at(lake, basins, 75.469, 46.7), 1);
	assert_int_equal(basin_at(lake, basins, 75.471, 46.7), 2);
	assert_int_equal(basin_at(lake, basins, 79.0, 46.6), 2);

	for (int32_t y = 0; y < lake->grid.height; y += 4) {
		for (size_t i = 0; i < 3; i++)
			region_row(basins[i], 0, y, 16000, row[i]);
		region_row(water, 0, y, 16000, row[3]);
		for (int32_t x = 0; x < 16000; x++) {
			/* East and west part the whole grid between them. */
			west_and_east += row[1][x] + row[2][x];
			lake_in_delta += row[0][x] & row[3][x];
			pixels[row[0][x] ? 0 : row[1][x] ? 1 : 2] += row[3][x];
			pixels[3] += row[3][x];
		}
	}
	print_message("# lake by outline: west %.1f, east %.1f km2\n", (double)pixels[1] * 36e-4,
		      (double)pixels[2] * 36e-4);
	assert_int_equal(west_and_east, 16000ll * 2000);
	assert_int_equal(lake_in_delta, 0);
	assert_int_equal(pixels[0] + pixels[1] + pixels[2], pixels[3]);
	/* Some 58 % of the lake lie west of the strait. */
	assert_true(pixels[1] * 100 > pixels[3] * 55 && pixels[1] * 100 < pixels[3] * 61);
	for (size_t i = 0; i < 3; i++)
		region_free(basins[i]);
	region_free(water);
	lake_free(lake);
}

static void area_holds_the_buffer_and_the_grid_the_area(void **state)
{
	static const char *const systems[] = { LAEA, "EPSG:32643", "EPSG:32644" };
	struct lake *lake;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(lake_open(&lake, "balkhash", &e), 0);
	for (size_t i = 0; i < 3; i++) {
		struct crs crs = { 0 };
		struct polygon area, bare;
		double buffer = lake->buffer_m;

		snprintf(crs.def, sizeof(crs.def), "%s", systems[i]);
		assert_int_equal(lake_area(lake, &crs, &area, &e), 0);
		lake->buffer_m = 0;
		assert_int_equal(lake_area(lake, &crs, &bare, &e), 0);
		lake->buffer_m = buffer;
		print_message("# %s: %.1f km2, with buffer %.1f, %zu vertices\n", systems[i],
			      polygon_area(&bare) * 1e-6, polygon_area(&area) * 1e-6,
			      area.rings[0].points_nr);
		/* Less than outline + perimeter x buffer + a disc, for bays fill; more than half of it. */
		double most = ring_length(&bare.rings[0]) * buffer + M_PI * buffer * buffer;
		double gain = polygon_area(&area) - polygon_area(&bare);

		assert_true(gain < most && gain > most / 2);
		for (size_t k = 0; k < area.rings[0].points_nr; k++) {
			struct point v = area.rings[0].points[k];
			double nearest = HUGE_VAL;

			assert_true(v.x * 16 == nearbyint(v.x * 16) &&
				    v.y * 16 == nearbyint(v.y * 16));
			if (i == 0)
				assert_true(fabs(v.x) < 240000 && v.y > -126000 && v.y < 114000);
			for (size_t l = 0; l < bare.rings[0].points_nr; l++)
				nearest = fmin(nearest, hypot(v.x - bare.rings[0].points[l].x,
							      v.y - bare.rings[0].points[l].y));
			/* Edges are at most 1.2 km long, arcs drawn by 8 chords. */
			assert_true(nearest > 9900 && nearest < 10040);
		}
		polygon_release(&bare);
		polygon_release(&area);
	}
	lake_free(lake);
}

static void seasons(void **state)
{
	struct lake lake = { .season_from = 501, .season_to = 1031 };
	const long long year_2024 = 1704067200, day = 86400;

	(void)state;
	assert_false(lake_in_season(&lake, year_2024 + 121 * day - 1)); /* 30 April */
	assert_true(lake_in_season(&lake, year_2024 + 121 * day));	/* 1 May */
	assert_true(lake_in_season(&lake, year_2024 + 305 * day - 1));	/* 31 October */
	assert_false(lake_in_season(&lake, year_2024 + 305 * day));
	assert_false(lake_in_season(&lake, -day)); /* 31 December 1969 */
	assert_true(lake_in_season(&lake, -150 * day));
	lake = (struct lake){ .season_from = 1101, .season_to = 229 };
	assert_true(lake_in_season(&lake, year_2024));
	assert_true(lake_in_season(&lake, year_2024 + 60 * day - 1)); /* 29 February */
	assert_false(lake_in_season(&lake, year_2024 + 60 * day));
	assert_true(lake_in_season(&lake, year_2024 + 305 * day));
	lake = (struct lake){ 0 };
	assert_true(lake_in_season(&lake, year_2024));
}

/* Hash of every area's vertices and of which pixels they hold. */
static int print_hashes(void)
{
	static const char *const systems[] = { LAEA, "EPSG:32643", "EPSG:32644" };
	struct lake *lake;
	struct error e = { 0 };
	uint64_t vertices = 0, pixels = 0;

	gdal_setup(16 << 20);
	if (lake_open(&lake, "balkhash", &e))
		return 1;
	for (size_t k = 0; k < 12; k++) {
		struct crs crs = { 0 };
		struct polygon area;
		struct region *r;
		struct grid g = lake->grid;
		static uint8_t row[16000];

		snprintf(crs.def, sizeof(crs.def), "%s", systems[k / 4]);
		if (k / 4)
			g = (struct grid){ .x0 = k / 4 == 1 ? 300000 : -300000,
					   .y0 = 5230020,
					   .dx = 30,
					   .dy = 30,
					   .width = 16000,
					   .height = 9000 };
		if (k % 4 == 3 ? lake_area(lake, &crs, &area, &e)
			       : lake_basin_area(lake, k % 4, &crs, &area, &e))
			return 1;
		for (size_t i = 0; i < area.rings_nr; i++)
			vertices = rerun_hash(vertices, area.rings[i].points,
					      area.rings[i].points_nr * sizeof(struct point));
		if (region_new(&r, &area, &g, &e))
			return 1;
		for (int32_t y = 0; y < g.height; y += 7) {
			region_row(r, 0, y, g.width, row);
			pixels = rerun_hash(pixels, row, (size_t)g.width);
		}
		region_free(r);
		polygon_release(&area);
	}
	lake_free(lake);
	GDALDestroyDriverManager();
	printf("%016llx %016llx", (unsigned long long)vertices, (unsigned long long)pixels);
	return 0;
}

static void is_the_same_on_an_old_cpu(void **state)
{
	char here[64], old[64];

	(void)state;
	assert_int_equal(rerun(NULL, here, sizeof(here)), 0);
	assert_int_equal(rerun(RERUN_OLD_CPU, old, sizeof(old)), 0);
	assert_int_equal(strlen(here), 33);
	print_message("# vertices and pixels: %s, without AVX2 and FMA: %s\n", here, old);
	assert_string_equal(here, old);
}

static int setup(void **state)
{
	(void)state;
	gdal_setup(16 << 20);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_values),
		IN_FOLDER(built_in_outline_is_natural_earth),
		cmocka_unit_test(basins_of_balkhash),
		cmocka_unit_test(area_holds_the_buffer_and_the_grid_the_area),
		cmocka_unit_test(seasons),
		cmocka_unit_test(is_the_same_on_an_old_cpu),
	};

	if (argc == 2 && !strcmp(argv[1], "--hash"))
		return print_hashes();
	return cmocka_run_group_tests(tests, setup, NULL);
}
