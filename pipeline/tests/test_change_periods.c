/* SPDX-License-Identifier: Apache-2.0
 *
 * Several periods compared: series, filled pixels, seasons and levels.
 */
#include "pipeline/tests/painted_mosaic.h"

/* --- several periods --- */

static double series_number(const json_t *summary, size_t period, const char *key)
{
	const json_t *one = json_array_get(json_object_get(summary, "series"), period);

	return json_number_value(
		json_object_get(json_array_get(json_object_get(one, "areas"), 0), key));
}

static void a_series_has_every_period(void **state)
{
	static const char *const ids[] = { "p0", "p1", "p2", "p3" };
	static const double radius[] = { 150, 90, 120, 140 };
	struct bench b;
	struct error e = { 0 };
	json_t *s;
	char *csv;
	size_t size;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 4; k++) {
		static const char *const from[] = { "1990-05-01", "2000-05-01", "2010-05-01",
						    "2020-05-01" };
		struct round_lake l = lake_of(ids[k], "observation", radius[k]);

		l.from = l.to = from[k];
		make(&b, &l);
	}
	compare(&b, ids, 4, "out");
	s = summary_of(&b, "out");
	assert_int_equal(json_array_size(json_object_get(s, "series")), 4);
	for (size_t k = 0; k < 4; k++) {
		double km2 = 3.14159265358979 * radius[k] * radius[k] * PIXEL_KM2;

		assert_true(fabs(series_number(s, k, "water_km2") / km2 - 1) < 5e-4);
		assert_true(fabs(series_number(s, k, "seen_share") - 1) < 1e-9);
	}
	json_decref(s);
	csv = NULL;
	if (file_read(bench_path(&b, "out/series.csv"), 1 << 20, &csv, &size, &e))
		fail_msg("%s", e.text);
	assert_non_null(strstr(csv, "\n\"p2\",\"2010-05-01T00:00:00Z\","));
	free(csv);
	/* One period named twice would count twice. */
	assert_int_equal(try_periods(&b, (const char *const[]){ "p0", "p1", "p0" }, 3, "twice", &e),
			 -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "same result"));
	bench_close(&b);
}

/* Pixels that were filled are told apart from those that were seen. */
static struct look gaps(int period, int32_t x, int32_t y)
{
	uint16_t observed = period && x < 100 && y < 10 ? 0 : 5;

	return (struct look){ .water = 1, .fraction = 100, .observed = observed, .wet = observed };
}

static void filled_pixels_are_told(void **state)
{
	static const char *const ids[] = { "a", "b", "c" };
	struct bench b;
	json_t *s, *area;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 3; k++) {
		struct mosaic m = { ids[k],	  "2014-05-01",	   "2014-11-01",
				    .look = gaps, .period = k > 0, .filled = k > 0 };

		make_mosaic(&b, &m);
	}
	set_layers(&b, "change");
	compare(&b, ids, 3, "out");
	s = summary_of(&b, "out");
	area = json_array_get(json_object_get(s, "areas"), 0);
	assert_true(json_number_value(
			    json_object_get(json_object_get(area, "before"), "filled_km2")) == 0);
	assert_true(fabs(json_number_value(
				 json_object_get(json_object_get(area, "after"), "filled_km2")) -
			 1000 * PIXEL_KM2) < 1e-6);
	json_decref(s);
	bench_close(&b);
}

/* --- seasons and levels --- */

static size_t warnings_of(const struct bench *b, const char *target, const char *words)
{
	json_t *s = summary_of(b, target), *list = json_object_get(s, "warnings");
	size_t n = 0;

	for (size_t k = 0; k < json_array_size(list); k++)
		n += strstr(json_string_value(json_array_get(list, k)), words) != NULL;
	json_decref(s);
	return n;
}

static void other_seasons_and_levels_are_told(void **state)
{
	static const char *const alike[] = { "july", "august" };
	static const char *const apart[] = { "july", "october" };
	struct mosaic july = { "july",
			       "2014-01-01",
			       "2015-01-01",
			       { "2014-07-01T05:00:00Z", "2014-07-10T05:00:00Z",
				 "2014-10-20T05:00:00Z" },
			       .look = gaps };
	struct mosaic august = { "august",
				 "2020-01-01",
				 "2021-01-01",
				 { "2020-08-05T05:00:00Z", "2020-08-06T05:00:00Z" },
				 .look = gaps };
	struct mosaic october = {
		"october", "2024-01-01", "2025-01-01", { "2024-10-05T05:00:00Z" }, .look = gaps
	};
	struct error e = { 0 };
	struct bench b;
	FILE *f;

	(void)state;
	bench_open(&b);
	make_mosaic(&b, &july);
	make_mosaic(&b, &august);
	make_mosaic(&b, &october);
	set_layers(&b, "change");
	compare(&b, alike, 2, "alike");
	assert_int_equal(warnings_of(&b, "alike", ""), 0);
	compare(&b, apart, 2, "apart");
	assert_int_equal(
		warnings_of(&b, "apart", "around 10 July, AFTER around 5 October (87 days)"), 1);
	f = fopen(bench_path(&b, "levels.csv"), "w");
	fputs("date,level\n2014-07-01,341.0\n2014-07-11,341.2\n2014-10-20,340.9\n"
	      "2020-08-01,341.0\n2020-09-01,341.3\n",
	      f);
	fclose(f);
	b.options.levels = strdup(bench_path(&b, "levels.csv"));
	compare(&b, alike, 2, "levels");
	/* 341.0, 341.182 and 340.9 at 05:00, against 341.04. */
	assert_int_equal(warnings_of(&b, "levels", "levels differ"), 0);
	f = fopen(b.options.levels, "w");
	fputs("2014-07-05,341.0\n2020-08-05,341.5\n", f);
	fclose(f);
	compare(&b, alike, 2, "other");
	assert_int_equal(warnings_of(&b, "other", "moves the line by 500 m"), 1);
	f = fopen(b.options.levels, "w");
	fputs("date,level\n2014-07-05,high\n", f);
	fclose(f);
	assert_int_equal(try_periods(&b, alike, 2, "bad", &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "line 2"));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_series_has_every_period),
		cmocka_unit_test(filled_pixels_are_told),
		cmocka_unit_test(other_seasons_and_levels_are_told),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
