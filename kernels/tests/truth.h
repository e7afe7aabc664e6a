/* SPDX-License-Identifier: Apache-2.0
 *
 * truth.h - the kernels' pixel rules once more, in double precision, straight from the published
 * formulas and with none of the kernels' code: what oracle.c compares with.
 */
#ifndef KERNELS_TESTS_TRUTH_H
#define KERNELS_TESTS_TRUTH_H

#include <math.h>
#include <stdbool.h>

#include "kernels/tests/vectors.h"

#define N 4096 /* pixels that a test draws */

static double truth_raise(double rho)
{
	return fmax(rho, 1e-4f); /* the float, so that raised values are equal */
}

static double truth_norm_diff(double a, double b)
{
	return (truth_raise(a) - truth_raise(b)) / (truth_raise(a) + truth_raise(b));
}

/* Whether v > t; *close is set where single precision may see it otherwise. */
static bool truth_above(double v, double t, bool *close)
{
	*close |= fabs(v - t) < 1e-6;
	return v > t;
}

/* DSWE code of reflectances b g r n s1 s2, with the ratios as printed. */
static unsigned truth_dswe(const double *rho, bool *close)
{
	double b = truth_raise(rho[0]), g = truth_raise(rho[1]), r = truth_raise(rho[2]);
	double n = truth_raise(rho[3]), s1 = truth_raise(rho[4]), s2 = truth_raise(rho[5]);
	double mndwi = (g - s1) / (g + s1), ndvi = (n - r) / (n + r);
	unsigned code = 0;

	if (truth_above(mndwi, 0.124, close))
		code += 1;
	if (truth_above(g + r, n + s1, close))
		code += 2;
	if (truth_above(b + 2.5 * g - 1.5 * (n + s1) - 0.25 * s2, 0.0, close))
		code += 4;
	if (truth_above(mndwi, -0.44, close) && truth_above(0.09, s1, close) &&
	    truth_above(0.15, n, close) && truth_above(0.7, ndvi, close))
		code += 8;
	if (truth_above(mndwi, -0.5, close) && truth_above(0.10, b, close) &&
	    truth_above(0.30, s1, close) && truth_above(0.10, s2, close) &&
	    truth_above(0.25, n, close))
		code += 16;
	return code;
}

/* Water class as its definition reads; *why gains its reasons. */
static unsigned truth_water(unsigned code, unsigned state, uint32_t hide, uint32_t ice,
			    uint32_t *why)
{
	bool covered;

	if (state & CALIB_FILL)
		*why |= state & CALIB_VALID ? WHY_EDGE : WHY_FILL;
	if (state & CALIB_SATURATED)
		*why |= WHY_SATURATED;
	if (*why & WHY_FILL || *why & WHY_EDGE || *why & WHY_GAP || *why & WHY_OUTSIDE ||
	    *why & WHY_DEFECT)
		return 255;
	for (unsigned test = 0; test < 5; test++)
		if (code & 1u << test)
			*why |= (uint32_t)WHY_DSWE1 << test;
	covered = *why & WHY_CLOUD && hide & WHY_CLOUD;
	if (*why & ice && !covered)
		return 252;
	if (*why & hide)
		return 253;
	if (recode[code] == 0)
		return 0;
	return recode[code] <= 2 ? 1 : 2;
}

/* Purity of the middle of nine classes. */
static unsigned truth_purity(const uint8_t *class)
{
	int water = 0, land = 0;

	for (int i = 0; i < 9; i++) {
		water += class[i] == 1;
		land += class[i] == 0 || class[i] == 2;
	}
	if (class[4] > 2)
		return 255;
	if (water && land)
		return water + land == 9 ? 2 : 255;
	return class[4] == 1 ? 1 : 0;
}

/* A source of pixels as a function, NAN where there is no data. */
struct source {
	const void *data;
	int w, h;
	double nodata;
	enum pixel pixel;
};

static double truth_pixel(const struct source *s, double col, double row)
{
	long i = (long)row * s->w + (long)col;
	double v;

	if (col < 0 || col >= s->w || row < 0 || row >= s->h)
		return (double)NAN;
	if (s->pixel == PIXEL_U8)
		v = ((const uint8_t *)s->data)[i];
	else if (s->pixel == PIXEL_I16)
		v = ((const int16_t *)s->data)[i];
	else if (s->pixel == PIXEL_U16)
		v = ((const uint16_t *)s->data)[i];
	else
		v = ((const uint32_t *)s->data)[i];
	return v == s->nodata ? (double)NAN : v;
}

static double truth_nearest(const struct source *s, int32_t x, int32_t y)
{
	double v = truth_pixel(s, floor(x / 65536.0 + 0.5), floor(y / 65536.0 + 0.5));

	return isnan(v) ? s->nodata : v;
}

static double truth_bilinear(const struct source *s, int32_t x, int32_t y)
{
	double col = floor(x / 65536.0), row = floor(y / 65536.0), sum = 0, total = 0;
	double fx = floor((x / 65536.0 - col) * 256) / 256;
	double fy = floor((y / 65536.0 - row) * 256) / 256;

	if (truth_nearest(s, x, y) == s->nodata)
		return s->nodata;
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++) {
			double v = truth_pixel(s, col + j, row + i);
			double weight = (i ? fy : 1 - fy) * (j ? fx : 1 - fx);

			sum += isnan(v) ? 0 : weight * v;
			total += isnan(v) ? 0 : weight;
		}
	return floor(sum / total + 0.5);
}

/* The most frequent of four, by counting; ties to the first. */
static unsigned truth_mode(const uint8_t *v, uint8_t nodata)
{
	unsigned best = nodata;
	int most = 0;

	for (int i = 0; i < 4; i++) {
		int votes = 0;

		for (int j = 0; j < 4; j++)
			votes += v[j] == v[i];
		if (v[i] != nodata && votes > most) {
			most = votes;
			best = v[i];
		}
	}
	return best;
}

static double truth_mean(const double *v, double nodata)
{
	double sum = 0;
	int n = 0;

	for (int i = 0; i < 4; i++)
		if (v[i] != nodata) {
			sum += v[i];
			n++;
		}
	return n ? floor(sum / n + 0.5) : nodata;
}

static unsigned truth_change(int before, int after, int f_before, int f_after, int threshold)
{
	if (before >= 250 || after >= 250)
		return CHANGE_NODATA;
	if (before == 2 || after == 2)
		return CHANGE_UNCERTAIN;
	if (before == after)
		return before ? CHANGE_WATER : CHANGE_LAND;
	if (f_before > 100 || f_after > 100)
		return CHANGE_UNCERTAIN;
	if (after == 1)
		return f_after - f_before >= threshold ? CHANGE_GAIN : CHANGE_UNCERTAIN;
	return f_before - f_after >= threshold ? CHANGE_LOSS : CHANGE_UNCERTAIN;
}

#endif
