/* SPDX-License-Identifier: Apache-2.0
 *
 * What is not known of an area: too little seen, filled from elsewhere, another threshold.
 */
#include "pipeline/tests/areas_sample.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_seen_too_little_has_no_total),
		cmocka_unit_test(gaps_that_were_filled_are_told),
		cmocka_unit_test(another_threshold_is_an_error),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
