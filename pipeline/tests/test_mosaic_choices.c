/* SPDX-License-Identifier: Apache-2.0
 *
 * What a mosaic can be asked for beside its defaults: the rules median and latest, the interval of
 * the frequency, the occurrence month by month; by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pipeline/stage/mosaic.h"
#include "pipeline/tests/mosaic_runner.h"

#define DAY INT64_C(86400)

static const struct grid grid = { { "EPSG:32643" }, 300000, 5100000, 30, 30, 7, 5 };

/* Wilson's interval at z = 1.96: (p + z2/2n +- z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n). */
static void intervals_are_wilsons(void **state)
{
	/* looks, wet -> low, high; 10, 5: 23.66 .. 76.34; 4, 0: 0 .. 48.99; 1, 1: 20.65 .. 100 */
	static const uint16_t cases[][4] = { { 0, 0, 255, 255 },    { 10, 5, 24, 76 },
					     { 4, 0, 0, 49 },	    { 1, 1, 21, 100 },
					     { 1, 0, 0, 79 },	    { 100, 90, 83, 94 },
					     { 100, 100, 96, 100 }, { 65535, 32767, 50, 50 } };
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	uint16_t observed[8], wet[8];
	uint8_t low[8], high[8];
	struct counts c = { .observed = observed, .wet = wet };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		observed[i] = cases[i][0];
		wet[i] = cases[i][1];
	}
	counts_interval(&c, n, low, high);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(low[i], cases[i][2]);
		assert_int_equal(high[i], cases[i][3]);
	}
}

/* Four wet looks in one month and a dry one in another: half, not four fifths. */
static void months_weigh_the_same(void **state)
{
	uint8_t water[3] = { WATER_OPEN, WATER_CLOUD, WATER_PARTIAL }, occurrence[3];
	uint16_t observed[MONTHS * 3] = { 0 }, wet[MONTHS * 3] = { 0 };
	struct months m = { observed, wet, 3 };
	struct sight s = { .water = water };

	(void)state;
	for (int i = 0; i < 4; i++)
		months_add(&m, 6, 3, &s);
	water[0] = WATER_NOT;
	months_add(&m, 0, 3, &s);
	months_occurrence(&m, 3, occurrence);
	assert_int_equal(occurrence[0], 50);
	assert_int_equal(occurrence[1], 255);
	assert_int_equal(occurrence[2], 0);
	water[0] = WATER_OPEN;
	months_add(&m, 11, 3, &s);
	months_occurrence(&m, 3, occurrence);
	assert_int_equal(occurrence[0], 67);
}

/* A month is one with water from half of its looks on; months without looks count for nothing. */
static void months_have_water_from_half_on(void **state)
{
	/* looks, wet of January, July, December -> months seen, with water */
	static const uint16_t cases[][8] = {
		{ 0, 0, 0, 0, 0, 0, 0, 255 },
		{ 3, 0, 1, 0, 0, 0, 2, 0 },
		{ 2, 1, 3, 1, 0, 0, 2, 1 },
		{ 1, 1, 5, 3, 4, 2, 3, 3 },
		{ 65535, 32768, 65535, 32767, 1, 1, 3, 2 },
	};
	const size_t n = sizeof(cases) / sizeof(cases[0]), month[3] = { 0, 6, 11 };
	uint16_t observed[MONTHS * 5] = { 0 }, wet[MONTHS * 5] = { 0 };
	struct months m = { observed, wet, n };
	uint8_t seen[5], water[5];

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 3; k++) {
			observed[month[k] * n + i] = cases[i][2 * k];
			wet[month[k] * n + i] = cases[i][2 * k + 1];
		}
	months_seasons(&m, n, seen, water);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(seen[i], cases[i][6]);
		assert_int_equal(water[i], cases[i][7]);
	}
}

static void classes_of_medians(void **state)
{
	const uint8_t median[6] = { 0, 1, 49, 50, 100, 255 };
	uint16_t observed[6] = { 1, 1, 1, 1, 1, 4 }, wet[6] = { 0, 0, 0, 0, 0, 3 },
		 partial[6] = { 0 };
	struct counts c = { .observed = observed, .wet = wet, .partial = partial };
	static const uint8_t wanted[6] = { 0, 2, 2, 1, 1, 1 };
	uint8_t water[6];

	(void)state;
	counts_water_median(&c, 6, median, water);
	assert_memory_equal(water, wanted, 6);
}

/* --- the command --- */

static void look(struct bench *b, const char *id, int64_t time, int class, int percent)
{
	uint8_t water[7 * 5], fraction[7 * 5];
	struct observation o = { .id = id,
				 .datatake = id,
				 .zone = 43,
				 .time = time,
				 .grid = grid,
				 .water = water,
				 .fraction = fraction };
	struct error e = { 0 };

	memset(water, class, sizeof(water));
	memset(fraction, percent, sizeof(fraction));
	if (make_observation(b, bench_path(b, "in"), &o, &e))
		fail_msg("%s", e.text);
}

static uint8_t pixel_of(const char *dir, const char *layer)
{
	struct grid g;
	uint8_t *pixels = read_layer(dir, layer, &g), first = pixels[0];

	for (size_t i = 0; i < rect_area(grid_rect(&g)); i++)
		assert_int_equal(pixels[i], first);
	free(pixels);
	return first;
}

static const char *made_by(struct bench *b, const char *rule, const char *layers, const char *out)
{
	const char *in[] = { bench_path(b, "in"), NULL };
	struct options how = b->options;
	struct error e;

	how.rule = (char *)(uintptr_t)rule;
	how.layers = (char *)(uintptr_t)layers;
	out = bench_path(b, out);
	if (run_mosaic(b, &how, in, out, &e))
		fail_msg("%s", e.text);
	return out;
}

/*
 * Ids run against time: neither their order nor that of the files decides.  The median of 30, 41, 56, 100 % is 48.5, and
 * that to even: not water, though half of the looks are.
 */
static void each_rule_has_its_class(void **state)
{
	struct bench b;
	const char *out;

	(void)state;
	bench_open(&b);
	look(&b, "E_first", 10 * DAY, WATER_OPEN, 100);
	look(&b, "D", 40 * DAY, WATER_OPEN, 56);
	look(&b, "C", 45 * DAY, WATER_PARTIAL, 41);
	look(&b, "B_latest", 200 * DAY, WATER_PARTIAL, 30);
	look(&b, "A_cloud", 300 * DAY, WATER_CLOUD, 255);
	out = made_by(&b, "frequency", "water,fraction,frequency", "f");
	assert_int_equal(pixel_of(out, "water"), WATER_OPEN);
	assert_int_equal(pixel_of(out, "fraction"), 48);
	out = made_by(&b, "median", "water,fraction", "m");
	assert_int_equal(pixel_of(out, "water"), WATER_PARTIAL);
	assert_int_equal(pixel_of(out, "fraction"), 48);
	out = made_by(&b, "latest",
		      "water,fraction,frequency,frequency_low,frequency_high,occurrence,months,"
		      "seasonality",
		      "l");
	assert_int_equal(pixel_of(out, "water"), WATER_PARTIAL);
	assert_int_equal(pixel_of(out, "fraction"), 30);
	assert_int_equal(pixel_of(out, "frequency"), 50);
	/* 4 looks, 2 wet: 15.0 .. 85.0; January 1 of 1, February 1 of 2, July 0 of 1. */
	assert_int_equal(pixel_of(out, "frequency_low"), 15);
	assert_int_equal(pixel_of(out, "frequency_high"), 85);
	assert_int_equal(pixel_of(out, "occurrence"), 50);
	assert_int_equal(pixel_of(out, "months"), 3);
	assert_int_equal(pixel_of(out, "seasonality"), 2);
	bench_close(&b);
}

static void an_unknown_rule_is_refused(void **state)
{
	struct bench b;
	struct options how;
	struct error e;
	const char *in[] = { NULL, NULL };
	char rule[] = "oldest";

	(void)state;
	bench_open(&b);
	look(&b, "A", 10 * DAY, WATER_OPEN, 100);
	in[0] = bench_path(&b, "in");
	how = b.options;
	how.rule = rule;
	assert_int_equal(run_mosaic(&b, &how, in, bench_path(&b, "out"), &e), -1);
	assert_int_equal(e.code, ERROR_USAGE);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_wilsons),
		cmocka_unit_test(months_weigh_the_same),
		cmocka_unit_test(months_have_water_from_half_on),
		cmocka_unit_test(classes_of_medians),
		cmocka_unit_test(each_rule_has_its_class),
		cmocka_unit_test(an_unknown_rule_is_refused),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("mosaic_choices", tests, NULL, NULL);
}
