/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/tests/areas_sample.h"

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
		cmocka_unit_test(a_lake_that_is_gone_is_a_warning),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
