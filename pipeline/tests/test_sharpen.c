/* SPDX-License-Identifier: Apache-2.0
 *
 * A SWIR band of 20 m brought to 10 m with the detail of NIR: what must hold of any input, and what
 * becomes of ponds and channels two and three pixels wide.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/sharpen.h"
#include "pipeline/stage/sharpen.h"

#define SIDE	 64 /* of a raster of the properties */
#define AREA	 (SIDE * SIDE)
#define FILL	 0
#define SATURATE 65535

static const struct calib calib = { 1e-4f, -0.1f, FILL, SATURATE };

/* --- helpers --- */

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static uint16_t dn(double rho)
{
	return (uint16_t)lround((rho + 0.1) * 1e4);
}

static void sharpen(struct rect tile, const uint16_t *nir, uint16_t *swir)
{
	struct sharpen s = { tile, calib, calib };
	void *scratch = malloc(sharpen_bytes(tile.w, tile.h));

	assert_non_null(scratch);
	sharpen_tile(&s, nir, swir, scratch);
	free(scratch);
}

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
		nir[i] = (uint16_t)(1000 + next(&seed) % 3500);
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
	uint16_t nir[49], swir[49], out[49];
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

/* --- ponds and channels: exact fractions on quarter pixels, seen through the optics --- */

#define CHIP   24 /* pixels of 10 m */
#define FINE   4  /* samples along a pixel */
#define GRAIN  (CHIP * FINE)
#define EDGE   4    /* pixels that are not judged, where the blur meets the border */
#define OPTICS 0.21 /* sigma in pixels of 10 m: half a pixel wide at half height */
#define NOISE  0.002

struct cover {
	const char *name;
	double green, red, nir, swir[2];
};

/* Spectra of the design study: surface reflectance at 560, 665, 842, 1610 and 2190 nm. */
static const struct cover waters[] = {
	{ "clear", 0.025, 0.01, 0.005, { 0.003, 0.002 } },
	{ "turbid", 0.14, 0.13, 0.06, { 0.01, 0.006 } },
	{ "very turbid", 0.18, 0.2, 0.14, { 0.03, 0.015 } },
};
static const struct cover lands[] = {
	{ "sand", 0.22, 0.28, 0.34, { 0.42, 0.38 } },
	{ "dry reed", 0.11, 0.15, 0.23, { 0.28, 0.2 } },
};

/* What became of the pixels of one pair of covers. */
struct score {
	int water, land;   /* fraction > .7, < .3 */
	int real;	   /* of water: by the rules with a SWIR band of 10 m */
	int missed, wrong; /* of water, of land */
	int lost;	   /* missed though real */
};

struct chip {
	double sharp[GRAIN * GRAIN], blurred[GRAIN * GRAIN];
	double fraction[CHIP * CHIP], seen[CHIP * CHIP];
	double green[CHIP * CHIP], red[CHIP * CHIP], swir[2][CHIP * CHIP];
	uint16_t nir[CHIP * CHIP], coarse[2][CHIP * CHIP], fine[2][CHIP * CHIP];
};

/* A shape: 0 pond, 1 channel down, 2 across, 3 diagonal; its width and place in pixels. */
struct shape {
	int kind;
	double width, x, y;
};

static bool inside(struct shape s, double x, double y)
{
	double dx = fabs(x - 11 - s.x - s.width / 2), dy = fabs(y - 11 - s.y - s.width / 2);

	if (s.kind == 3)
		return fabs(x - y - s.x) * 0.70710678 < s.width / 2;
	return (s.kind == 2 || dx < s.width / 2) && (s.kind == 1 || dy < s.width / 2);
}

static double at_edge(const double *v, int x, int y)
{
	x = x < 0 ? 0 : x >= GRAIN ? GRAIN - 1 : x;
	y = y < 0 ? 0 : y >= GRAIN ? GRAIN - 1 : y;
	return v[y * GRAIN + x];
}

/* One direction of the optics' blur. */
static void blur(const double *from, int dx, int dy, double sigma, double *to)
{
	double weights[7], sum = 0;

	for (int k = -3; k <= 3; k++)
		sum += weights[k + 3] = exp(-k * k / (2 * sigma * sigma));
	for (int i = 0; i < GRAIN * GRAIN; i++) {
		to[i] = 0;
		for (int k = -3; k <= 3; k++)
			to[i] += at_edge(from, i % GRAIN + k * dx, i / GRAIN + k * dy) *
				 weights[k + 3] / sum;
	}
}

static void mean_of_samples(const double *samples, double *pixels)
{
	memset(pixels, 0, CHIP * CHIP * sizeof(*pixels));
	for (int i = 0; i < GRAIN * GRAIN; i++)
		pixels[i / GRAIN / FINE * CHIP + i % GRAIN / FINE] += samples[i] / (FINE * FINE);
}

static void draw(struct chip *c, struct shape s)
{
	static double half[GRAIN * GRAIN];

	for (int i = 0; i < GRAIN * GRAIN; i++)
		c->sharp[i] = inside(s, (i % GRAIN + 0.5) / FINE, ((int)(i / GRAIN) + 0.5) / FINE);
	mean_of_samples(c->sharp, c->fraction);
	blur(c->sharp, 1, 0, OPTICS * FINE, half);
	blur(half, 0, 1, OPTICS * FINE, c->blurred);
	mean_of_samples(c->blurred, c->seen);
}

/* Near normal: the sum of four even ones. */
static double noise(uint32_t *seed)
{
	double sum = -2;

	for (int i = 0; i < 4; i++)
		sum += next(seed) / 65536.0;
	return sum * NOISE * 1.7320508;
}

static double mixed(double fraction, double water, double land)
{
	return fraction * water + (1 - fraction) * land;
}

static void expose_coarse(struct chip *c, int band, uint32_t *seed)
{
	for (int y = 0; y < CHIP; y += 2)
		for (int x = 0; x < CHIP; x += 2) {
			int at = y * CHIP + x, near[4] = { at, at + 1, at + CHIP, at + CHIP + 1 };
			double sum = 4 * noise(seed);

			for (int k = 0; k < 4; k++)
				sum += c->swir[band][near[k]];
			for (int k = 0; k < 4; k++)
				c->coarse[band][near[k]] = dn(sum / 4);
		}
}

static void expose(struct chip *c, const struct cover *water, const struct cover *land,
		   uint32_t *seed)
{
	for (int i = 0; i < CHIP * CHIP; i++) {
		double f = c->seen[i];

		c->green[i] = mixed(f, water->green, land->green) + noise(seed);
		c->red[i] = mixed(f, water->red, land->red) + noise(seed);
		c->nir[i] = dn(mixed(f, water->nir, land->nir) + noise(seed));
		for (int b = 0; b < 2; b++)
			c->swir[b][i] = mixed(f, water->swir[b], land->swir[b]);
	}
	for (int b = 0; b < 2; b++)
		expose_coarse(c, b, seed);
}

static bool is_water(const struct chip *c, int i, double swir1, double swir2)
{
	float green = (float)c->green[i], s1 = (float)swir1;
	float nir = calib_apply(c->nir[i], calib);

	return wi2015(green, (float)c->red[i], nir, s1, (float)swir2) > 0 &&
	       norm_diff(green, s1) > 0;
}

static void judge(const struct chip *c, const uint16_t *swir1, const uint16_t *swir2,
		  struct score *s)
{
	for (int i = 0; i < CHIP * CHIP; i++) {
		int x = i % CHIP, y = i / CHIP;
		bool real = is_water(c, i, c->swir[0][i], c->swir[1][i]);
		bool found = is_water(c, i, (double)calib_apply(swir1[i], calib),
				      (double)calib_apply(swir2[i], calib));
		bool water = c->fraction[i] > 0.7, land = c->fraction[i] < 0.3;

		if (x < EDGE || y < EDGE || x >= CHIP - EDGE || y >= CHIP - EDGE)
			continue;
		s->water += water;
		s->land += land;
		s->real += water && real;
		s->missed += water && !found;
		s->lost += water && real && !found;
		s->wrong += land && found;
	}
}

static void try_shape(struct chip *c, struct shape shape, const struct cover *pair[2],
		      struct score score[2], uint32_t *seed)
{
	struct rect all = { 0, 0, CHIP, CHIP };

	draw(c, shape);
	expose(c, pair[0], pair[1], seed);
	memcpy(c->fine, c->coarse, sizeof(c->fine));
	sharpen(all, c->nir, c->fine[0]);
	sharpen(all, c->nir, c->fine[1]);
	judge(c, c->coarse[0], c->coarse[1], &score[0]);
	judge(c, c->fine[0], c->fine[1], &score[1]);
}

/* Ponds and channels of two and three pixels at every half pixel of a cell: score without, with. */
static void score_pair(const struct cover *water, const struct cover *land, struct score score[2])
{
	const struct cover *pair[2] = { water, land };
	struct chip *c = calloc(1, sizeof(*c));
	uint32_t seed = 8;

	assert_non_null(c);
	for (int width = 2; width <= 3; width++)
		for (int x = 0; x < 4; x++) {
			for (int y = 0; y < 4; y++)
				try_shape(c, (struct shape){ 0, width, x * 0.5, y * 0.5 }, pair,
					  score, &seed);
			for (int kind = 1; kind <= 3; kind++)
				try_shape(c, (struct shape){ kind, width, x * 0.5, x * 0.5 }, pair,
					  score, &seed);
		}
	free(c);
}

static void print_score(const struct cover *water, const struct cover *land, struct score score[2])
{
	print_message("%-11s %-8s  water %d (%d with SWIR at 10 m): missed %d, sharpened %d; "
		      "land %d: false %d, sharpened %d\n",
		      water->name, land->name, score[0].water, score[0].real, score[0].missed,
		      score[1].missed, score[0].land, score[0].wrong, score[1].wrong);
}

/*
 * Turbid water: nothing missed, nothing false, where 20 m misses and invents.  Clear water is
 * darker than its share of land at fractions up to .9, in all bands at 10 m: no more can be asked
 * than what a SWIR band of 10 m would find, and that is found but for pixels on the threshold.
 */
static void test_ponds_and_channels(void **state)
{
	(void)state;
	for (size_t w = 0; w < sizeof(waters) / sizeof(waters[0]); w++)
		for (size_t l = 0; l < sizeof(lands) / sizeof(lands[0]); l++) {
			struct score score[2] = { 0 };

			score_pair(&waters[w], &lands[l], score);
			print_score(&waters[w], &lands[l], score);
			assert_true(score[0].water > 500);
			assert_true(score[0].missed > score[0].water / 20);
			assert_int_equal(score[1].wrong, 0);
			if (w == 0)
				assert_true(score[1].lost * 25 < score[1].real);
			else
				assert_int_equal(score[1].missed, 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mean_of_a_cell_stays),
		cmocka_unit_test(test_flat_nir_changes_nothing),
		cmocka_unit_test(test_mixed_cells_part),
		cmocka_unit_test(test_pieces_give_the_same_bits),
		cmocka_unit_test(test_no_measurement_stays_out),
		cmocka_unit_test(test_codes_have_no_weight),
		cmocka_unit_test(test_nothing_but_fill),
		cmocka_unit_test(test_hostile_values_and_sizes),
		cmocka_unit_test(test_ponds_and_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
