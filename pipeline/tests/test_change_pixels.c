/* SPDX-License-Identifier: Apache-2.0
 *
 * The change of a pixel: significance by looks, the minimum mapping unit, transitions.
 */
#include "pipeline/tests/painted_mosaic.h"

/* --- significance --- */

#define CASES 10

static const struct {
	uint16_t observed, wet, partial;
} looks_of[2][CASES] = {
	{ { 2, 0, 0 },
	  { 3, 0, 0 },
	  { 1, 0, 0 },
	  { 9, 1, 0 },
	  { 9, 8, 0 },
	  { 4, 4, 0 },
	  { 40, 19, 0 },
	  /* Partial looks leave it to the fraction; those that are sure may still disagree. */
	  { 4, 0, 4 },
	  { 5, 1, 4 },
	  { 6, 3, 1 } },
	{ { 2, 2, 0 },
	  { 3, 2, 0 },
	  { 1, 1, 0 },
	  { 9, 9, 0 },
	  { 9, 1, 0 },
	  { 1, 0, 0 },
	  { 40, 21, 0 },
	  { 4, 0, 0 },
	  { 9, 0, 0 },
	  { 6, 1, 0 } },
};

static struct look counted(int period, int32_t x, int32_t y)
{
	int k = x % CASES;
	uint16_t observed = looks_of[period][k].observed, wet = looks_of[period][k].wet;
	uint16_t partial = looks_of[period][k].partial;
	bool open = 2 * wet >= observed, some = 2 * (wet + partial) >= observed;

	(void)y;
	return (struct look){ .water = open   ? WATER_OPEN
				       : some ? WATER_PARTIAL
					      : WATER_NOT,
			      .fraction = open	 ? 100
					  : some ? 60
						 : 0,
			      .frequency = (uint8_t)(100 * wet / observed),
			      .observed = observed,
			      .wet = wet,
			      .partial = partial };
}

static void few_looks_that_disagree_prove_nothing(void **state)
{
	static const uint8_t want[] = { CHANGE_GAIN,	  CHANGE_UNCERTAIN, CHANGE_GAIN,
					CHANGE_GAIN,	  CHANGE_LOSS,	    CHANGE_LOSS,
					CHANGE_UNCERTAIN, CHANGE_LOSS,	    CHANGE_LOSS,
					CHANGE_UNCERTAIN };
	static const char *const ids[] = { "a", "b" };
	struct mosaic a = { "a", "2014-05-01", "2014-11-01", .look = counted };
	struct mosaic later = { "b", "2024-05-01", "2024-11-01", .look = counted, .period = 1 };
	uint8_t row[WIDTH], how[WIDTH];
	struct bench b;

	(void)state;
	bench_open(&b);
	make_mosaic(&b, &a);
	make_mosaic(&b, &later);
	set_layers(&b, "significance");
	compare(&b, ids, 2, "out");
	for (int32_t y = 0; y < HEIGHT; y += 13) {
		read_row(&b, "out", "change", y, row);
		read_row(&b, "out", "significance", y, how);
		for (int32_t x = 0; x < WIDTH; x++) {
			assert_int_equal(row[x], want[x % CASES]);
			assert_true((how[x] >= 100) == (want[x % CASES] != CHANGE_UNCERTAIN));
		}
	}
	bench_close(&b);
}

/* --- minimum mapping unit --- */

/* Patches of gain of 1, 2, 3 ... pixels, every 16 columns; the one at the border of two tiles has 3 on its left, then 4. */
static struct look patched(int period, int32_t x, int32_t y)
{
	int32_t patch = x / 16 + 1, at = x % 16;
	bool gained = y == 5 && at < patch && patch < 8;
	bool across = (y == 9 && x >= 511 && x < 514) || (y == 12 && x >= 510 && x < 514);
	bool water = period && (gained || across);

	return (struct look){
		.water = water, .fraction = water ? 100 : 0, .observed = 9, .wet = water ? 9 : 0
	};
}

static void patches_below_the_mapping_unit_are_uncertain(void **state)
{
	static const char *const ids[] = { "a", "b" };
	struct mosaic a = { "a", "2014-05-01", "2014-11-01", .look = patched };
	struct mosaic later = { "b", "2024-05-01", "2024-11-01", .look = patched, .period = 1 };
	uint8_t row[WIDTH];
	struct bench b;

	(void)state;
	bench_open(&b);
	make_mosaic(&b, &a);
	make_mosaic(&b, &later);
	set_layers(&b, "change");
	b.options.mmu = 4;
	compare(&b, ids, 2, "out");
	read_row(&b, "out", "change", 5, row);
	for (int32_t x = 0; x < 7 * 16; x++) {
		int32_t patch = x / 16 + 1;
		uint8_t want = patch < 4 ? CHANGE_UNCERTAIN : CHANGE_GAIN;

		assert_int_equal(row[x], x % 16 < patch ? want : CHANGE_LAND);
	}
	read_row(&b, "out", "change", 9, row);
	assert_int_equal(row[511], CHANGE_UNCERTAIN);
	assert_int_equal(row[513], CHANGE_UNCERTAIN);
	read_row(&b, "out", "change", 12, row);
	assert_int_equal(row[510], CHANGE_GAIN);
	assert_int_equal(row[513], CHANGE_GAIN);
	assert_int_equal(row[514], CHANGE_LAND);
	bench_close(&b);
}

/* --- transitions --- */

/* Columns run through every pair of epochs; rows through what lies between. */
static struct look epochs(int period, int32_t x, int32_t y)
{
	static const uint8_t wet[] = { 0, 2, 6, 0 };
	int k = period == 0 ? x % 4 : period == 2 ? x / 4 % 4 : y % 4;
	uint8_t months = k == 3 ? 0 : 6;

	return (struct look){ .water = wet[k] > 0,
			      .fraction = wet[k] ? 100 : 0,
			      .observed = 6,
			      .wet = wet[k],
			      .months = months,
			      .seasonality = k == 3 ? 255 : wet[k] };
}

static void transitions_have_the_codes_of_jrc(void **state)
{
	static const uint8_t want[4][4] = {
		/* after: land, seasonal, permanent, not seen */
		{ 0, 5, 2, 255 },
		{ 6, 4, 7, 255 },
		{ 3, 8, 1, 255 },
		{ 255, 255, 255, 255 },
	};
	static const uint8_t between[] = { 0, 10, 9, 0 };
	static const char *const ids[] = { "a", "b", "c" };
	uint8_t row[WIDTH];
	json_t *s, *list;
	struct error e = { 0 };
	struct bench b;
	char *csv;
	size_t size;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 3; k++) {
		static const char *const years[] = { "1990-05-01", "2000-05-01", "2010-05-01" };
		struct mosaic m = { ids[k], years[k], years[k], .look = epochs, .period = k };

		make_mosaic(&b, &m);
	}
	set_layers(&b, "transition");
	compare(&b, ids, 3, "three");
	for (int32_t y = 0; y < 4; y++) {
		read_row(&b, "three", "transition", y, row);
		for (int32_t x = 0; x < WIDTH; x++) {
			uint8_t code = want[x % 4][x / 4 % 4];

			assert_int_equal(row[x], code ? code : between[y]);
		}
	}
	s = summary_of(&b, "three");
	list = json_object_get(
		json_object_get(json_array_get(json_object_get(s, "areas"), 0), "change"),
		"transitions");
	assert_int_equal(json_array_size(list), 12);
	/* New permanent: of 1030 columns those of x % 16 == 8. */
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 2), "pixels")),
			 64 * HEIGHT);
	/* The table for spreadsheets has them too. */
	assert_int_equal(file_read(bench_path(&b, "three/summary.csv"), 1 << 20, &csv, &size, &e),
			 0);
	assert_non_null(strstr(csv, ",change,\"new permanent\",transition.pixels,2560\n"));
	free(csv);
	json_decref(s);
	bench_close(&b);
}

/* The bytes of files made by one thread and by seven, with the slowest kernels. */
static void check_file(const struct bench *b, const char *name)
{
	char one[SHA256_HEX], many[SHA256_HEX], path[100];
	struct error e = { 0 };

	snprintf(path, sizeof(path), "one/%s", name);
	assert_int_equal(file_sha256(bench_path(b, path), one, &e), 0);
	snprintf(path, sizeof(path), "many/%s", name);
	assert_int_equal(file_sha256(bench_path(b, path), many, &e), 0);
	assert_string_equal(one, many);
}

static void three_periods_have_the_same_bytes_on_any_threads(void **state)
{
	static const char *const ids[] = { "a", "b", "c" };
	static const char *const files[] = {
		"change.tif",	  "significance.tif", "transition.tif", "delta.tif",
		"shoreline.gpkg", "summary.json",     "summary.csv",	"series.csv",
		"series.svg",	  "change.png",	      "item.json",
	};
	struct bench b;

	(void)state;
	bench_open(&b);
	for (int k = 0; k < 3; k++) {
		static const char *const years[] = { "1990-05-01", "2000-05-01", "2010-05-01" };
		struct mosaic m = { ids[k], years[k], years[k], .look = epochs, .period = k };

		make_mosaic(&b, &m);
	}
	set_layers(&b, "delta,significance,transition,shoreline,quicklook");
	b.options.mmu = 9;
	b.options.threads = 1;
	b.context.kernels = kernels_find("scalar");
	compare(&b, ids, 3, "one");
	b.options.threads = 7;
	b.context.kernels = kernels_find(NULL);
	compare(&b, ids, 3, "many");
	for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++)
		check_file(&b, files[k]);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_looks_that_disagree_prove_nothing),
		cmocka_unit_test(patches_below_the_mapping_unit_are_uncertain),
		cmocka_unit_test(transitions_have_the_codes_of_jrc),
		cmocka_unit_test(three_periods_have_the_same_bytes_on_any_threads),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
