/* SPDX-License-Identifier: Apache-2.0
 *
 * fraction.h - the share of water in a pixel on the shore, linear in area: linear unmixing between
 * the pure water and the pure land around it (docs/algorithms.md).  Integers up to the
 * last division, doubles with + - * / only: the same bits everywhere.
 */
#ifndef KERNELS_FRACTION_H
#define KERNELS_FRACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/classes.h"

enum purity {
	FRACTION_PURE_LAND = 0,
	FRACTION_PURE_WATER = 1,
	FRACTION_MIXED = 2,	/* clear, and both kinds occur in the 3x3 */
	FRACTION_UNKNOWN = 255, /* not clear, or on the shore beside a pixel that is not */
};

/*
 * Purity of the pixel in the middle of rows a, b, c: three classes each, from left to right.
 * Not clear (no class 0..2) in the middle: unknown.  Water and land among the clear ones: mixed,
 * or unknown if one of the nine is not clear.  Else pure; so beside a cloud too.
 */
static inline uint8_t fraction_purity(const uint8_t *a, const uint8_t *b, const uint8_t *c)
{
	uint8_t v[9] = { a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2] };
	uint8_t water = 0, land = 0, hidden = 0;

	for (int i = 0; i < 9; i++) {
		water |= v[i] == WATER_OPEN;
		land |= (v[i] == WATER_NOT) | (v[i] == WATER_PARTIAL);
		hidden |= v[i] > WATER_PARTIAL;
	}
	uint8_t pure = b[1] == WATER_OPEN ? FRACTION_PURE_WATER : FRACTION_PURE_LAND;
	uint8_t shore = hidden ? FRACTION_UNKNOWN : FRACTION_MIXED;
	uint8_t clear = water & land ? shore : pure;

	return b[1] > WATER_PARTIAL ? FRACTION_UNKNOWN : clear;
}

/* Bands that the fraction uses, packed (calib.h): NIR, SWIR1, SWIR2. */
#define FRACTION_BANDS 3

/* Half sides of the boxes that are searched for pure pixels, until there are enough of both. */
#define FRACTION_RADII	3
#define FRACTION_RADIUS 10
static const int32_t fraction_radius[FRACTION_RADII] = { 3, 5, FRACTION_RADIUS };

/* Pure pixels of a kind that make a sample. */
#define FRACTION_SAMPLE_MIN 3

/*
 * Pure land (0) and pure water (1) around a pixel: how many, and weighted sums of 1, x and x^2.
 * x up to 2^16, weights up to 2^16, 441 pixels: below 2^57.
 */
struct fraction_sample {
	int32_t n[2];
	int64_t weight[2], x[2][FRACTION_BANDS], xx[2][FRACTION_BANDS];
};

/*
 * Weight of a pure pixel at a squared distance in pixels, 1..2 FRACTION_RADIUS^2: 2^16 / distance^4.
 * Without it a strip of another cover along the shore - a beach before the steppe - moves the
 * line by a quarter of a pixel.
 */
static inline int64_t fraction_weight(int32_t distance2)
{
	return 65536 / ((int64_t)distance2 * distance2) + 1;
}

static inline void fraction_sample_add(struct fraction_sample *s, uint8_t kind, int64_t weight,
				       const int64_t x[FRACTION_BANDS])
{
	s->n[kind]++;
	s->weight[kind] += weight;
	for (int b = 0; b < FRACTION_BANDS; b++) {
		s->x[kind][b] += weight * x[b];
		s->xx[kind][b] += weight * x[b] * x[b];
	}
}

/* Noise of a band, .002 in reflectance, in packed units; a fraction needs a separation of the two
 * kinds of 5 standard deviations. */
#define FRACTION_NOISE	    (.002 / 2.75e-5)
#define FRACTION_SEPARATION 25.0

/* NIR contrast from which NIR alone is used where the SWIR bands are coarser: .08 in reflectance. */
#define FRACTION_NIR_CONTRAST (.08 / 2.75e-5)

/* Mean of a kind in a band, and the variance around it. */
static inline double fraction_mean(const struct fraction_sample *s, int kind, int band,
				   double *variance)
{
	double n = (double)s->weight[kind], mean = (double)s->x[kind][band] / n;
	double v = (double)s->xx[kind][band] / n - mean * mean;

	*variance = v > 0.0 ? v : 0.0;
	return mean;
}

/*
 * Fraction of water in percent of a pixel x (packed NIR, SWIR1, SWIR2) between the land and the water
 * of a sample, which has both:
 *
 *   f = sum_b (m_l - x)(m_l - m_w) / v_b  /  sum_b (m_l - m_w)^2 / v_b,   v_b = var_l + var_w + noise^2
 *
 * rounded half up, clamped to 0..100.  nir_first: NIR alone where it tells the two apart.
 * FRACTION_NODATA where they are too alike.
 */
static inline uint8_t fraction_solve(const struct fraction_sample *s,
				     const int64_t x[FRACTION_BANDS], bool nir_first)
{
	double share = 0.0, separation = 0.0;

	for (int b = 0; b < FRACTION_BANDS; b++) {
		double var_land, var_water;
		double land = fraction_mean(s, 0, b, &var_land);
		double contrast = land - fraction_mean(s, 1, b, &var_water);
		double size = contrast < 0.0 ? -contrast : contrast;
		double v = var_land + var_water + FRACTION_NOISE * FRACTION_NOISE;

		share += (land - (double)x[b]) * contrast / v;
		separation += contrast * contrast / v;
		if (nir_first && b == 0 && size >= FRACTION_NIR_CONTRAST)
			break;
	}
	if (!(separation >= FRACTION_SEPARATION))
		return FRACTION_NODATA;
	double percent = 100.0 * share / separation + 0.5;

	percent = percent > 0.0 ? percent : 0.0;
	percent = percent < 100.0 ? percent : 100.0;
	return (uint8_t)percent;
}

#endif
