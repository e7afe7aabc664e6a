/* SPDX-License-Identifier: Apache-2.0
 *
 * Ponds and channels two and three pixels wide with a SWIR band of 20 m as it is, and sharpened.
 * Fractions are exact on quarter pixels, and seen through the optics.
 */
#include "kernels/water.h"
#include "pipeline/tests/sharpen_case.h"

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
	float nir = calib_apply(c->nir[i], sharpen_calib);

	return wi2015(green, (float)c->red[i], nir, s1, (float)swir2) > 0 &&
	       norm_diff(green, s1) > 0;
}

static void judge(const struct chip *c, const uint16_t *swir1, const uint16_t *swir2,
		  struct score *s)
{
	for (int i = 0; i < CHIP * CHIP; i++) {
		int x = i % CHIP, y = i / CHIP;
		bool real = is_water(c, i, c->swir[0][i], c->swir[1][i]);
		bool found = is_water(c, i, (double)calib_apply(swir1[i], sharpen_calib),
				      (double)calib_apply(swir2[i], sharpen_calib));
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
		cmocka_unit_test(test_ponds_and_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
