/* SPDX-License-Identifier: Apache-2.0
 *
 * A SWIR band of 20 m brought to 10 m with the detail of NIR: what must hold of any input.
 */
#include "kernels/sharpen.h"
#include "pipeline/tests/sharpen_case.h"

#define SIDE 64
#define AREA (SIDE * SIDE)

static struct rect square(void)
{
	return (struct rect){ 0, 0, SIDE, SIDE };
}

/* The same random value in the four pixels of each cell. */
static void fill_cells(uint16_t *swir, uint32_t range, uint32_t *seed)
{
	for (size_t y = 0; y < SIDE; y += 2)
		for (size_t x = 0; x < SIDE; x += 2) {
			uint16_t *cell = swir + y * SIDE + x;

			cell[0] = (uint16_t)(1001 + next(seed) % range);
			cell[1] = cell[SIDE] = cell[SIDE + 1] = cell[0];
		}
}

/* Values with shores, flats, fill and saturation. */
static void make_mess(uint16_t *nir, uint16_t *swir, uint32_t seed)
{
	fill_cells(swir, 4000, &seed);
	for (size_t i = 0; i < AREA; i++) {
		uint32_t kind = next(&seed) % 40;

		nir[i] = (uint16_t)(1000 + next(&seed) % (i % 7 ? 3500 : 90));
		nir[i] = kind == 0 ? FILL : nir[i];
		nir[i] = kind == 1 ? SATURATE : nir[i];
		swir[i] = kind == 2 ? FILL : swir[i];
	}
}

static int sum_of_cell(const uint16_t *v, int x, int y)
{
	const uint16_t *p = v + y * SIDE + x;

	return p[0] + p[1] + p[SIDE] + p[SIDE + 1];
}

/* --- properties --- */

static void test_mean_of_a_cell_stays(void **state)
{
	static uint16_t nir[AREA], swir[AREA], out[AREA];
	size_t changed = 0;
	uint32_t seed = 1;

	(void)state;
	fill_cells(swir, 4000, &seed);
	for (size_t i = 0; i < AREA; i++)
		nir[i] = (uint16_t)(850 + next(&seed) % (i & 4 ? 3500 : 300)); /* some negative */
	memcpy(out, swir, sizeof(out));
	sharpen(square(), nir, out);
	for (int y = 0; y < SIDE; y += 2)
		for (int x = 0; x < SIDE; x += 2)
			assert_int_equal(sum_of_cell(out, x, y), sum_of_cell(swir, x, y));
	for (size_t i = 0; i < AREA; i++) {
		changed += out[i] != swir[i];
		assert_true(out[i] >= 1000); /* no negative reflectance */
	}
	assert_true(changed > AREA / 2);
}

static void test_flat_nir_changes_nothing(void **state)
{
	static uint16_t nir[AREA], swir[AREA], out[AREA];
	uint32_t seed = 2;

	(void)state;
	/* Noise and glint of up to .01 in NIR, over SWIR from dark water to sand. */
	fill_cells(swir, 4000, &seed);
	for (size_t i = 0; i < AREA; i++)
		nir[i] = (uint16_t)(1050 + next(&seed) % 100);
	memcpy(out, swir, sizeof(out));
	sharpen(square(), nir, out);
	assert_memory_equal(out, swir, sizeof(out));
	for (size_t i = 0; i < AREA; i++)
		nir[i] = 3000;
	sharpen(square(), nir, out);
	assert_memory_equal(out, swir, sizeof(out));
}

/*
 * Water left of an edge through cells, sand right of it: each pixel gets its own cover's SWIR, to
 * .01.  Only .8 of the darkest NIR counts as water's, so the last hundredth stays out of reach.
 */
static void test_mixed_cells_part(void **state)
{
	static uint16_t nir[AREA], swir[AREA], out[AREA];
	const int edge = 31;

	(void)state;
	for (int i = 0; i < AREA; i++) {
		int x = i % SIDE;

		nir[i] = x < edge ? dn(0.06) : dn(0.34);
		swir[i] = x < edge - 1 ? dn(0.01) : x > edge ? dn(0.42) : dn(0.215);
	}
	memcpy(out, swir, sizeof(out));
	sharpen(square(), nir, out);
	for (int i = 0; i < AREA; i++) {
		int cover = i % SIDE < edge ? dn(0.01) : dn(0.42);

		assert_in_range(out[i], cover - 100, cover + 100);
	}
}

/* The slope of a window of two cells, the other one darker by .1 in NIR and by so much in SWIR. */
static float slope_of(float drop)
{
	struct sharpen_cell here = { .nir = 0.2f, .swir = 0.2f, .darkest = 0.1f, .pixels = 4 };
	struct sharpen_cell other = { .nir = 0.1f, .swir = 0.2f - drop, .darkest = 0.05f };
	struct sharpen_window w = { .darkest = here.darkest };

	sharpen_add(&w, &here, &here);
	sharpen_add(&w, &here, &other);
	return sharpen_slope(&here, &w);
}

/* The line's slope, between SWIR / NIR and SWIR / (NIR - .8 of the darkest). */
static void test_slope_has_bounds(void **state)
{
	(void)state;
	assert_float_equal(slope_of(0.11f), 1.1f, 1e-5f);
	assert_float_equal(slope_of(0.05f), 1.0f, 1e-5f);
	assert_float_equal(slope_of(-0.1f), 1.0f, 1e-5f);
	assert_float_equal(slope_of(0.2f), 1.25f, 1e-5f);
}

static void sharpen_piece(const uint16_t *nir, const uint16_t *swir, struct rect piece,
			  uint16_t *out)
{
	static uint16_t n[AREA], s[AREA];
	struct rect r = rect_intersect(rect_grow(piece, SHARPEN_HALO), square());

	for (int y = 0; y < r.h; y++) {
		size_t at = (size_t)((r.y + y) * SIDE + r.x), to = (size_t)(y * r.w);

		memcpy(n + to, nir + at, (size_t)r.w * sizeof(*n));
		memcpy(s + to, swir + at, (size_t)r.w * sizeof(*s));
	}
	sharpen(r, n, s);
	for (int y = piece.y; y < piece.y + piece.h; y++)
		memcpy(out + y * SIDE + piece.x, s + (y - r.y) * r.w + piece.x - r.x,
		       (size_t)piece.w * sizeof(*out));
}

static void test_pieces_give_the_same_bits(void **state)
{
	static const int sides[] = { 1, 2, 3, 7, 16, 31, 64 };
	static uint16_t nir[AREA], swir[AREA], whole[AREA], pieces[AREA];

	(void)state;
	make_mess(nir, swir, 3);
	memcpy(whole, swir, sizeof(whole));
	sharpen(square(), nir, whole);
	assert_memory_not_equal(whole, swir, sizeof(whole));
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		int side = sides[i];

		memset(pieces, 0xee, sizeof(pieces));
		for (int y = 0; y < SIDE; y += side)
			for (int x = 0; x < SIDE; x += side) {
				struct rect r = { x, y, side, side };

				sharpen_piece(nir, swir, rect_intersect(r, square()), pieces);
			}
		assert_memory_equal(pieces, whole, sizeof(whole));
	}
}

static void test_no_measurement_stays_out(void **state)
{
	static uint16_t nir[AREA], swir[AREA], out[AREA];

	(void)state;
	make_mess(nir, swir, 4);
	memcpy(out, swir, sizeof(out));
	sharpen(square(), nir, out);
	for (size_t i = 0; i < AREA; i++) {
		if (nir[i] == FILL || nir[i] == SATURATE || swir[i] == FILL)
			assert_int_equal(out[i], swir[i]);
		assert_int_equal(out[i] == FILL, swir[i] == FILL);
		assert_int_not_equal(out[i], SATURATE);
	}
}

/* A code for "no value" gives nothing to pixels around it, whatever its number is. */
static void test_codes_have_no_weight(void **state)
{
	static uint16_t nir[AREA], swir[AREA], as_fill[AREA], as_saturated[AREA];

	(void)state;
	make_mess(nir, swir, 5);
	memcpy(as_fill, swir, sizeof(swir));
	memcpy(as_saturated, swir, sizeof(swir));
	for (size_t i = 0; i < AREA; i++)
		nir[i] = nir[i] == SATURATE ? FILL : nir[i];
	sharpen(square(), nir, as_fill);
	for (size_t i = 0; i < AREA; i++)
		nir[i] = nir[i] == FILL ? SATURATE : nir[i];
	sharpen(square(), nir, as_saturated);
	assert_memory_equal(as_fill, as_saturated, sizeof(as_fill));
}

static void test_nothing_but_fill(void **state)
{
	static uint16_t nir[AREA], swir[AREA], out[AREA];
	uint32_t seed = 6;

	(void)state;
	sharpen(square(), nir, out);
	assert_memory_equal(out, nir, sizeof(out));
	fill_cells(swir, 4000, &seed);
	memcpy(out, swir, sizeof(out));
	sharpen(square(), nir, out); /* NIR is missing: SWIR as measured */
	assert_memory_equal(out, swir, sizeof(out));
}

/* Every small size at every phase, with the most extreme values; sums hold where none is clamped. */
static void test_hostile_values_and_sizes(void **state)
{
	static const uint16_t values[] = { 0, 1, 2, 999, 1000, 1001, 32768, 65533, 65534, 65535 };
	uint16_t nir[49], swir[49] = { 0 }, out[49];
	uint32_t seed = 7;

	(void)state;
	for (int32_t i = 0; i < 7 * 7 * 4 * 20; i++) {
		struct rect r = { i & 1, i >> 1 & 1, 1 + i / 4 % 7, 1 + i / 28 % 7 };
		size_t n = rect_area(r);

		for (size_t k = 0; k < n; k++) {
			nir[k] = values[next(&seed) % 10];
			swir[k] = values[next(&seed) % 10];
		}
		memcpy(out, swir, sizeof(out));
		sharpen(r, nir, out);
		for (size_t k = 0; k < n; k++) {
			assert_int_equal(out[k] == FILL, swir[k] == FILL);
			assert_int_equal(out[k] == SATURATE, swir[k] == SATURATE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mean_of_a_cell_stays),
		cmocka_unit_test(test_flat_nir_changes_nothing),
		cmocka_unit_test(test_mixed_cells_part),
		cmocka_unit_test(test_slope_has_bounds),
		cmocka_unit_test(test_pieces_give_the_same_bits),
		cmocka_unit_test(test_no_measurement_stays_out),
		cmocka_unit_test(test_codes_have_no_weight),
		cmocka_unit_test(test_nothing_but_fill),
		cmocka_unit_test(test_hostile_values_and_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
