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

/* Evidence of the default method for b g r n s1 s2 whose DSWE class is kind; as its text reads. */
static unsigned truth_balkhash(const double *rho, unsigned kind, bool *close)
{
	double b = rho[0], g = rho[1], r = rho[2], n = rho[3], s1 = rho[4], s2 = rho[5];
	double raised_b = truth_raise(b), raised_g = truth_raise(g), raised_r = truth_raise(r);
	double mean = (raised_b + raised_g + raised_r) / 3;
	double spread = fabs(raised_b - mean) + fabs(raised_g - mean) + fabs(raised_r - mean);
	double wi = 1.7204 + 171 * g + 3 * r - 70 * n - 45 * s1 - 71 * s2;
	bool wet = truth_above(wi / 100, 0, close);
	bool mndwi = truth_above(truth_norm_diff(g, s1), 0, close);
	bool nir = !truth_above((double)0.15f, n, close);
	bool blue = truth_above(b, 0.15, close), red = truth_above(1.25 * b, r, close);
	bool white = nir && blue && (red || truth_above(s2, 0.075, close));
	bool pale = !truth_above(raised_r, 1.1 * raised_b, close);
	bool snow = truth_above(truth_norm_diff(g, s1), 0.4, close) &&
		    truth_above(n, 0.11, close) && truth_above(g, 0.10, close);
	bool dark = truth_above(0.05, s1, close) && truth_above(0.03, s2, close) &&
		    truth_above(0.15, n, close) && !truth_above(0.2 * mean, spread, close) &&
		    !truth_above(n, 0.8 * r, close);
	bool core = wet && (kind == 1 || kind == 2), grow = wet && mndwi;
	unsigned evidence = kind > 2 ? EVIDENCE_PARTIAL : 0;

	if (core || grow)
		evidence |= white ? EVIDENCE_BRIGHT : core ? EVIDENCE_OPEN : EVIDENCE_GROW;
	evidence |= pale ? EVIDENCE_PALE : 0;
	evidence |= pale && snow ? EVIDENCE_ICE : 0;
	return evidence | (dark ? EVIDENCE_DARK : 0);
}

/* The tree of WOfS from its root, on reflectance x 10000. */
static bool truth_wofs(const double *rho, bool *close)
{
	double b1 = rho[0] * 1e4, b2 = rho[1] * 1e4, b3 = rho[2] * 1e4;
	double b4 = rho[3] * 1e4, b5 = rho[4] * 1e4, b7 = rho[5] * 1e4;
	double n52 = (b5 - b2) / (b5 + b2), n43 = (b4 - b3) / (b4 + b3);
	double n72 = (b7 - b2) / (b7 + b2);

#define OVER(v, t)  truth_above((v), (t), close)
#define OVER4(v, t) truth_above((v)*1e-4, (t)*1e-4, close)
	if (!OVER(n52, -0.01)) {
		if (OVER4(b1, 2083.5))
			return false;
		if (!OVER4(b7, 323.5))
			return !OVER(n43, 0.61);
		if (OVER4(b1, 1400.5))
			return !OVER(n43, -0.01);
		if (OVER(n72, -0.23))
			return !OVER4(b1, 379);
		return !OVER(n43, 0.22) || !OVER4(b1, 473);
	}
	if (!OVER(n52, 0.23)) {
		if (OVER4(b1, 334.5) || OVER(n43, 0.54))
			return false;
		if (!OVER(n52, 0.12))
			return true;
		return OVER4(b3, 364.5) ? !OVER4(b1, 300.5) : !OVER4(b1, 129.5);
	}
	return !OVER(n52, 0.34) && !OVER4(b1, 249.5) && !OVER(n43, 0.45) && !OVER4(b3, 364.5) &&
	       !OVER4(b1, 129.5);
#undef OVER
#undef OVER4
}

/* True if a bit of any of the set is there. */
static bool truth_has(uint32_t why, uint32_t set)
{
	return (why & set) != 0;
}

/* Reasons as their definition reads. */
static uint32_t truth_why(uint32_t why, unsigned state, unsigned code, unsigned evidence)
{
	if (state & CALIB_FILL)
		why |= state & CALIB_VALID ? WHY_EDGE : WHY_FILL;
	if (state & CALIB_SATURATED)
		why |= WHY_SATURATED;
	if (truth_has(why, WHY_FILL | WHY_EDGE | WHY_GAP | WHY_OUTSIDE | WHY_DEFECT))
		return why;
	for (unsigned test = 0; test < 5; test++)
		if (code & 1u << test)
			why |= (uint32_t)WHY_DSWE1 << test;
	why |= evidence & EVIDENCE_BRIGHT ? WHY_BRIGHT : 0;
	why |= evidence & EVIDENCE_ICE ? WHY_ICE : 0;
	return why | (evidence & EVIDENCE_AEROSOL ? WHY_AEROSOL : 0);
}

/* True if what is hidden may be kept: cloud or our own shadow alone hides it, with a spectrum of neither. */
static bool truth_rescue(uint32_t why, unsigned evidence, struct mask_limits l)
{
	const uint32_t cloud =
		WHY_CLOUD | WHY_DILATED | WHY_CLOUD_OWN | WHY_DILATED_OWN | WHY_SHADOW_OWN;
	uint32_t other = WHY_SHADOW | WHY_CIRRUS | WHY_CIRRUS_OWN;

	return l.rescue && truth_has(why, cloud & l.hide) && !truth_has(why, other & l.hide) &&
	       (evidence & EVIDENCE_DARK);
}

/* Water class as its definition reads; *marks too. */
static unsigned truth_water(uint32_t why, unsigned evidence, struct mask_limits l, unsigned *marks)
{
	bool hidden = truth_has(why, l.hide), open = evidence & EVIDENCE_OPEN;

	*marks = 0;
	if (truth_has(why, WHY_FILL | WHY_EDGE | WHY_GAP | WHY_OUTSIDE | WHY_DEFECT))
		return 255;
	if (!truth_has(why, l.hide & l.above)) {
		if (truth_has(why & l.ice, WHY_SNOW) && evidence & EVIDENCE_PALE)
			return 252;
		if (truth_has(why & l.ice, WHY_ICE))
			return 252;
	}
	if (hidden && !(open && truth_rescue(why, evidence, l)))
		return 253;
	if (!open)
		return evidence & EVIDENCE_PARTIAL ? 2 : 0;
	*marks = (hidden ? 1u : 0) + (evidence & EVIDENCE_GROW ? 2u : 0);
	return 1;
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
	bool known = f_before <= 100 && f_after <= 100;

	if (before >= 250 || after >= 250)
		return CHANGE_NODATA;
	if (before == after && before != 2)
		return before ? CHANGE_WATER : CHANGE_LAND;
	if (known && f_before < 50 && f_after >= 50 && f_after - f_before >= threshold)
		return CHANGE_GAIN;
	if (known && f_before >= 50 && f_after < 50 && f_before - f_after >= threshold)
		return CHANGE_LOSS;
	return CHANGE_UNCERTAIN;
}

/* Wilson's interval as it is printed: centre and half width. */
static double truth_wilson(double wet, double n, int side)
{
	double z = 1.959963984540054, p = wet / n;
	double centre = (2 * n * p + z * z) / (2 * (n + z * z));
	double half = z * sqrt(z * z + 4 * n * p * (1 - p)) / (2 * (n + z * z));

	return centre + side * half;
}

/* Percent of significance of two shares, not rounded down; at most 250. */
static double truth_looks(int wet_before, int before, int wet_after, int after)
{
	double w0 = fmin(wet_before, before), w1 = fmin(wet_after, after);
	double p0 = w0 / before, p1 = w1 / after, moved = fabs(p1 - p0);
	int up = p1 > p0 ? 1 : -1;
	double d0 = truth_wilson(w0, before, up) - p0, d1 = truth_wilson(w1, after, -up) - p1;

	if (before < 2 || after < 2)
		return 250;
	return fmin(100 * moved / sqrt(d0 * d0 + d1 * d1), 250);
}

#endif
