/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/io/area.h"
#include "pipeline/stage/areas.h"
#include "pipeline/tests/result_maker.h"

#define EQUAL_AREA "+proj=laea +lat_0=46 +lon_0=75 +datum=WGS84 +units=m +no_defs"
#define PIXEL_KM2  0.0009

/* Pixels of a whole grid. */
struct sample {
	struct grid grid;
	uint8_t *water[2], *fraction[2], *change;
};

static struct sample sample_new(const char *crs, double x0, double y0, int32_t w, int32_t h)
{
	struct sample s = {
		.grid = { .x0 = x0, .y0 = y0, .dx = 30, .dy = 30, .width = w, .height = h }
	};
	size_t n = (size_t)w * (size_t)h;

	snprintf(s.grid.crs.def, sizeof(s.grid.crs.def), "%s", crs);
	for (int k = 0; k < 2; k++) {
		s.water[k] = calloc(n, 1);
		s.fraction[k] = calloc(n, 1);
	}
	s.change = calloc(n, 1);
	return s;
}

static void sample_free(struct sample *s)
{
	for (int k = 0; k < 2; k++) {
		free(s->water[k]);
		free(s->fraction[k]);
	}
	free(s->change);
}

static void set(struct sample *s, int side, int32_t x, int32_t y, uint8_t water, uint8_t fraction)
{
	s->water[side][y * s->grid.width + x] = water;
	s->fraction[side][y * s->grid.width + x] = fraction;
}

static void count_tile(struct areas *a, const struct sample *s, size_t i)
{
	static uint8_t cut[7][GEOTIFF_TILE * GEOTIFF_TILE];
	const uint8_t *whole[5] = { s->water[0], s->water[1], s->fraction[0], s->fraction[1],
				    s->change };
	const struct areas_pixels pixels = { .part = cut[5],
					     .inside = cut[6],
					     .water = { cut[0], cut[1] },
					     .fraction = { cut[2], cut[3] },
					     .change = cut[4] };
	struct error e = { 0 };

	for (int k = 0; k < 5; k++)
		cut_out(whole[k], s->grid.width, grid_tile(&s->grid, GEOTIFF_TILE, i), cut[k]);
	areas_place(a, i, cut[5], cut[6]);
	assert_int_equal(areas_count(a, i, &pixels, &e), 0);
}

static struct areas *areas_of(const struct bench *b, const struct sample *s, const char *lake,
			      bool backwards)
{
	struct areas *a = NULL;
	struct error e = { 0 };
	size_t n = grid_tiles(&s->grid, GEOTIFF_TILE);

	const struct areas_spec spec = { .grid = s->grid,
					 .lake = lake,
					 .named = strchr(lake, '/') != NULL,
					 .sides = AREAS_SIDES,
					 .log = &b->log };

	if (areas_new(&a, &spec, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < n; i++)
		count_tile(a, s, backwards ? n - 1 - i : i);
	return a;
}

/* A number by its path: "0.before.error.random_km2", "0.change.classes.2.km2". */
static double number_at(const json_t *v, const char *path)
{
	char copy[200], *rest = copy, *step;

	snprintf(copy, sizeof(copy), "%s", path);
	while ((step = strsep(&rest, ".")))
		v = json_is_array(v) ? json_array_get(v, (size_t)atoi(step))
				     : json_object_get(v, step);
	if (json_is_null(v))
		return NAN;
	if (!json_is_number(v))
		fail_msg("no number %s", path);
	return json_number_value(v);
}

static void check(const json_t *v, const char *path, double want)
{
	double got = number_at(v, path);

	/* km2 are given to 1e-6. */
	if (!(fabs(got - want) <= 0.6e-6))
		fail_msg("%s is %.9f, not %.9f", path, got, want);
}

/* --- without a lake --- */

/* A few pixels of every kind, in several tiles. */
static struct sample mixed_sample(void)
{
	struct sample s = sample_new(EQUAL_AREA, 0, 0, 600, 520);

	for (int32_t x = 0; x < 600; x++) {
		set(&s, 0, x, 3, WATER_OPEN, 100);
		set(&s, 0, x, 4, WATER_OPEN, 60);
		set(&s, 0, x, 5, WATER_PARTIAL, 25);
	}
	for (int32_t x = 0; x < 40; x++) {
		set(&s, 0, x, 515, WATER_OPEN, 255);
		set(&s, 0, x, 516, WATER_PARTIAL, 255);
		set(&s, 0, x, 517, WATER_ICE, 255);
		set(&s, 0, x, 518, WATER_CLOUD, 255);
		set(&s, 0, x, 519, WATER_NODATA, 255);
	}
	return s;
}

static void every_class_is_counted(void **state)
{
	struct bench b;
	struct sample s = mixed_sample();
	struct areas *a;
	json_t *json;

	(void)state;
	bench_open(&b);
	a = areas_of(&b, &s, "", false);
	json = areas_json(a);
	assert_int_equal(json_array_size(json), 1);
	check(json, "0.before.classes.1.pixels", 1240);
	check(json, "0.before.classes.2.pixels", 640);
	check(json, "0.before.classes.3.pixels", 40);
	check(json, "0.before.classes.4.pixels", 40);
	check(json, "0.before.classes.5.pixels", 40);
	check(json, "0.before.open_water_km2", 1240 * PIXEL_KM2);
	check(json, "0.before.open_and_partial_km2", 1880 * PIXEL_KM2);
	/* Where the fraction is not known, open water is all water. */
	check(json, "0.before.water_km2", (600 + 360 + 150 + 40) * PIXEL_KM2);
	check(json, "0.before.fraction_unknown_km2", 80 * PIXEL_KM2);
	check(json, "0.before.error.random_km2", AREAS_SIGMA * PIXEL_KM2 * sqrt(1200));
	check(json, "0.before.error.systematic_km2", 0);
	check(json, "0.before.error.unseen_km2", 80 * PIXEL_KM2);
	check(json, "0.before.error.water_if_unseen_is_land_km2", 1150 * PIXEL_KM2);
	check(json, "0.before.error.water_if_unseen_is_water_km2", 1230 * PIXEL_KM2);
	check(json, "0.before.seen_share", (312000.0 - 120) / (312000 - 40));
	assert_true(isnan(number_at(json, "0.before.outline_km2")));
	check(json, "0.after.water_km2", 0);
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

static void change_is_counted(void **state)
{
	struct bench b;
	struct sample s = sample_new(EQUAL_AREA, 0, 0, 600, 10);
	struct areas *a;
	json_t *json;

	(void)state;
	bench_open(&b);
	memset(s.change, CHANGE_NODATA, 6000);
	for (int32_t x = 0; x < 600; x++) {
		set(&s, 0, x, 0, WATER_NOT, 10);
		set(&s, 1, x, 0, WATER_OPEN, 90);
		s.change[x] = CHANGE_GAIN;
		set(&s, 0, x, 1, WATER_OPEN, 100);
		set(&s, 1, x, 1, WATER_NOT, 30);
		s.change[600 + x] = x < 100 ? CHANGE_LOSS : CHANGE_UNCERTAIN;
	}
	a = areas_of(&b, &s, "", false);
	json = areas_json(a);
	check(json, "0.change.gain_km2", 600 * PIXEL_KM2);
	check(json, "0.change.loss_km2", 100 * PIXEL_KM2);
	check(json, "0.change.uncertain_km2", 500 * PIXEL_KM2);
	check(json, "0.change.compared_km2", 1200 * PIXEL_KM2);
	check(json, "0.change.gain_water_km2", 480 * PIXEL_KM2);
	check(json, "0.change.loss_water_km2", 70 * PIXEL_KM2);
	check(json, "0.change.net_water_km2", (480 - 420) * PIXEL_KM2);
	check(json, "0.change.classes.2.water_before_km2", 60 * PIXEL_KM2);
	check(json, "0.change.classes.2.water_after_km2", 540 * PIXEL_KM2);
	check(json, "0.change.error.random_km2", AREAS_SIGMA * PIXEL_KM2 * sqrt(600 + 1200));
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

static void order_of_tiles_does_not_matter(void **state)
{
	struct bench b;
	struct sample s = mixed_sample();
	struct areas *forth, *back;
	json_t *one, *two;
	char *first, *second;

	(void)state;
	bench_open(&b);
	/* In a UTM zone, where tiles have pixels of different size. */
	s.grid.x0 = 300000;
	s.grid.y0 = 5100000;
	snprintf(s.grid.crs.def, sizeof(s.grid.crs.def), "EPSG:32643");
	forth = areas_of(&b, &s, "", false);
	back = areas_of(&b, &s, "", true);
	one = areas_json(forth);
	two = areas_json(back);
	first = json_dumps(one, 0);
	second = json_dumps(two, 0);
	assert_string_equal(first, second);
	free(first);
	free(second);
	json_decref(one);
	json_decref(two);
	areas_free(forth);
	areas_free(back);
	sample_free(&s);
	bench_close(&b);
}

/* East of easting 750 km a UTM map is 0.8 promille too large: k = 0.9996 (1 + x^2 / 2 R^2), squared. */
static void areas_are_true_outside_equal_area(void **state)
{
	struct bench b;
	struct sample s = sample_new("EPSG:32643", 750000, 5100000, 512, 512);
	struct areas *a;
	json_t *json;
	double k, map = 512 * 512 * PIXEL_KM2, got;

	(void)state;
	bench_open(&b);
	memset(s.water[0], WATER_OPEN, (size_t)512 * 512);
	memset(s.fraction[0], 100, (size_t)512 * 512);
	a = areas_of(&b, &s, "", false);
	json = areas_json(a);
	k = 0.9996 * (1 + pow((250000 + 7680) / 6385000.0, 2) / 2);
	got = number_at(json, "0.before.water_km2");
	assert_true(fabs(got / (map / (k * k)) - 1) < 2e-5);
	assert_true(fabs(got / map - 1) > 5e-4);
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

/* --- with a lake --- */

/* Outline 0.2 x 0.1 degree around 75 E 46 N; basins west and east of 75 E, and nothing beyond 75.05 E. */
static void write_lake(const struct bench *b)
{
	static const char square[] =
		"{\"type\":\"Polygon\",\"coordinates\":[[[%g,45.95],[%g,45.95],[%g,46.05],[%g,46.05],"
		"[%g,45.95]]]}";
	static const struct {
		const char *name;
		double west, east;
	} shapes[] = { { "all.geojson", 74.9, 75.1 },
		       { "west.geojson", 74.9, 75 },
		       { "east.geojson", 75, 75.05 } };
	static const char ini[] = "[lake]\nname = pond\noutline = all.geojson\nbuffer = 1000\n"
				  "[basin west]\noutline = west.geojson\n"
				  "[basin east]\noutline = east.geojson\n";
	char text[400];

	for (int k = 0; k < 3; k++) {
		int n = snprintf(text, sizeof(text), square, shapes[k].west, shapes[k].east,
				 shapes[k].east, shapes[k].west, shapes[k].west);

		bench_write(bench_path(b, shapes[k].name), text, (size_t)n);
	}
	bench_write(bench_path(b, "pond.ini"), ini, sizeof(ini) - 1);
}

/* 18 x 12 km around 75 E 46 N; the outline is 15.5 x 11.1 km. */
static struct sample lake_sample(void)
{
	struct sample s = sample_new(EQUAL_AREA, -9000, 6000, 600, 400);

	for (int k = 0; k < 2; k++)
		for (int32_t i = 0; i < 600 * 400; i++) {
			s.water[k][i] = i % 600 < 400 ? WATER_OPEN : WATER_NODATA;
			s.fraction[k][i] = i % 600 < 400 ? 100 : 255;
		}
	return s;
}

static void basins_add_up(void **state)
{
	struct bench b;
	struct sample s = lake_sample();
	struct areas *a;
	json_t *json;
	double whole, west, east;

	(void)state;
	bench_open(&b);
	write_lake(&b);
	a = areas_of(&b, &s, bench_path(&b, "pond.ini"), false);
	json = areas_json(a);
	assert_int_equal(json_array_size(json), 3);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json, 0), "name")),
			    "pond");
	assert_string_equal(json_string_value(json_object_get(json_array_get(json, 2), "name")),
			    "east");
	/* 0.1 x 0.1 degree at 46 N on WGS 84: 7.745 x 11.115 km; pixels of the edge are one promille. */
	whole = number_at(json, "0.before.outline_km2");
	west = number_at(json, "1.before.outline_km2");
	east = number_at(json, "2.before.outline_km2");
	assert_true(fabs(whole / (2 * 7.745 * 11.115) - 1) < 0.002);
	assert_true(fabs(west / whole - 0.5) < 0.002);
	assert_true(fabs(east / whole - 0.25) < 0.002);
	/* The whole counts what is in no basin, too. */
	check(json, "0.before.classes.1.pixels", 400 * 400);
	check(json, "0.before.seen_share",
	      area_round(number_at(json, "0.before.seen_km2") / whole));
	check(json, "1.before.seen_share", 1);
	/* Seen to 3 km east of the meridian, of 3.87 km of the basin. */
	assert_true(fabs(number_at(json, "2.before.seen_share") - 3 / 3.8725) < 0.01);
	check(json, "2.before.error.unseen_km2", east - number_at(json, "2.before.seen_km2"));
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

static void outline_beyond_the_grid_is_unseen(void **state)
{
	struct bench b;
	struct sample s = sample_new(EQUAL_AREA, -3000, 3000, 200, 200), all = lake_sample();
	struct areas *part, *full;
	json_t *json, *whole;

	(void)state;
	bench_open(&b);
	write_lake(&b);
	part = areas_of(&b, &s, bench_path(&b, "pond.ini"), false);
	full = areas_of(&b, &all, bench_path(&b, "pond.ini"), false);
	json = areas_json(part);
	whole = areas_json(full);
	check(json, "0.before.seen_km2", 36);
	check(json, "0.before.outline_km2", number_at(whole, "0.before.outline_km2"));
	check(json, "0.before.error.unseen_km2", number_at(whole, "0.before.outline_km2") - 36);
	json_decref(json);
	json_decref(whole);
	areas_free(part);
	areas_free(full);
	sample_free(&s);
	sample_free(&all);
	bench_close(&b);
}

/* Areas of a side alone, as a period of a series has them; filled: 1 where another period filled it. */
static struct areas *one_side(const struct bench *b, const struct sample *s, double least_share,
			      const uint8_t *filled)
{
	static uint8_t part[GEOTIFF_TILE * GEOTIFF_TILE], inside[GEOTIFF_TILE * GEOTIFF_TILE];
	const struct areas_spec spec = {
		.grid = s->grid,
		.lake = bench_path(b, "pond.ini"),
		.named = true,
		.sides = 1,
		.least_share = least_share,
		.log = &b->log,
	};
	const struct areas_pixels pixels = { .part = part,
					     .inside = inside,
					     .water = { s->water[0] },
					     .fraction = { s->fraction[0] },
					     .filled = { filled } };
	struct areas *a = NULL;
	struct error e = { 0 };

	assert_int_equal(areas_new(&a, &spec, &e), 0);
	areas_place(a, 0, part, inside);
	assert_int_equal(areas_count(a, 0, &pixels, &e), 0);
	return a;
}

static void what_is_seen_too_little_has_no_total(void **state)
{
	struct bench b;
	struct sample s = sample_new(EQUAL_AREA, -3000, 3000, 200, 200);
	struct areas *a;
	struct areas_figures f;
	json_t *json;
	double share;

	(void)state;
	bench_open(&b);
	write_lake(&b);
	for (int32_t x = 0; x < 200; x++)
		set(&s, 0, x, 7, WATER_OPEN, 100);
	for (int k = 0; k < 2; k++) {
		a = one_side(&b, &s, 0, NULL);
		share = areas_figures(a, 0, AREAS_BEFORE).seen_share;
		areas_free(a);
		/* Just enough, and just too little. */
		a = one_side(&b, &s, k ? share + 1e-6 : share - 1e-6, NULL);
		f = areas_figures(a, 0, AREAS_BEFORE);
		json = areas_json(a);
		assert_true(share > .1 && share < .9);
		assert_int_equal(isnan(f.water_km2), k);
		assert_int_equal(isnan(number_at(json, "0.areas.open_water_km2")), k);
		assert_true(fabs(f.seen_water_km2 - 200 * PIXEL_KM2) < 1e-6);
		check(json, "0.areas.classes.1.km2", 200 * PIXEL_KM2);
		check(json, "0.areas.error.water_if_unseen_is_land_km2", 200 * PIXEL_KM2);
		json_decref(json);
		areas_free(a);
	}
	memset(s.water[0], WATER_NODATA, (size_t)200 * 200);
	a = one_side(&b, &s, 0, NULL);
	json = areas_json(a);
	assert_true(isnan(areas_figures(a, 0, AREAS_BEFORE).water_km2));
	assert_true(isnan(number_at(json, "0.areas.open_water_km2")));
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

static void gaps_that_were_filled_are_told(void **state)
{
	static uint8_t filled[200 * 200];
	struct bench b;
	struct sample s = sample_new(EQUAL_AREA, -3000, 3000, 200, 200);
	struct areas *a;
	json_t *json;

	(void)state;
	bench_open(&b);
	write_lake(&b);
	set(&s, 0, 5, 5, WATER_NODATA, FRACTION_NODATA);
	/* Filled, and not seen all the same: not counted. */
	memset(filled, 1, 1006);
	a = one_side(&b, &s, 0, filled);
	json = areas_json(a);
	check(json, "0.areas.filled_km2", 1005 * PIXEL_KM2);
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

/* Lines at 40 and at 60 percent instead of at 50 lie apart by the pixels between. */
static void another_threshold_is_an_error(void **state)
{
	static const uint8_t fraction[] = { 39, 40, 41, 50, 59, 60, 61, 100, 255 };
	struct bench b;
	struct sample s = sample_new(EQUAL_AREA, 0, 30 * 700, 520, 700);
	struct areas *a;
	json_t *json;

	(void)state;
	bench_open(&b);
	for (int32_t y = 0; y < 9; y++)
		for (int32_t x = 0; x < 520; x++)
			set(&s, 0, x, y, fraction[y] < 50 ? WATER_NOT : WATER_OPEN, fraction[y]);
	a = areas_of(&b, &s, "", false);
	json = areas_json(a);
	check(json, "0.before.error.threshold_km2", 520 * 4 / 2.0 * PIXEL_KM2);
	check(json, "0.before.error.systematic_km2", 520 * 4 / 2.0 * PIXEL_KM2);
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

static void shorelines_belong_to_basins(void **state)
{
	/* From 2 km west of the meridian to 3 km east of it, and a ring beyond the basins. */
	static struct point points[] = { { -2000, 0 }, { -500, 0 }, { 1000, 0 },  { 3000, 0 },
					 { 5000, 0 },  { 5300, 0 }, { 5300, 400 } };
	static size_t starts[] = { 0, 4, 7 };
	static bool closed[] = { false, true };
	const struct lines lines = { points, starts, closed, 2 };
	struct bench b;
	struct sample s = lake_sample();
	struct areas *a;
	json_t *json;

	(void)state;
	bench_open(&b);
	write_lake(&b);
	a = areas_of(&b, &s, bench_path(&b, "pond.ini"), false);
	areas_add_shoreline(a, AREAS_AFTER, &lines);
	json = areas_json(a);
	check(json, "0.after.shoreline_km", 5 + 1.2);
	check(json, "1.after.shoreline_km", 1.5);
	check(json, "2.after.shoreline_km", 3.5);
	check(json, "0.before.shoreline_km", 0);
	check(json, "0.after.error.systematic_km2", 6.2 * AREAS_POSITION_M / 1000);
	check(json, "0.after.error.position_km2", 6.2 * AREAS_POSITION_M / 1000);
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

static void a_lake_that_is_gone_is_a_warning(void **state)
{
	struct bench b;
	struct sample s = lake_sample();
	struct areas *a;
	json_t *json;

	(void)state;
	bench_open(&b);
	a = areas_of(&b, &s, "no-such-lake", false);
	fflush(b.log.stream);
	assert_non_null(strstr(b.said, "warning"));
	assert_non_null(strstr(b.said, "no-such-lake"));
	json = areas_json(a);
	assert_int_equal(json_array_size(json), 1);
	check(json, "0.before.open_water_km2", 160000 * PIXEL_KM2);
	json_decref(json);
	areas_free(a);
	sample_free(&s);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_class_is_counted),
		cmocka_unit_test(change_is_counted),
		cmocka_unit_test(order_of_tiles_does_not_matter),
		cmocka_unit_test(areas_are_true_outside_equal_area),
		cmocka_unit_test(basins_add_up),
		cmocka_unit_test(outline_beyond_the_grid_is_unseen),
		cmocka_unit_test(shorelines_belong_to_basins),
		cmocka_unit_test(what_is_seen_too_little_has_no_total),
		cmocka_unit_test(gaps_that_were_filled_are_told),
		cmocka_unit_test(another_threshold_is_an_error),
		cmocka_unit_test(a_lake_that_is_gone_is_a_warning),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
