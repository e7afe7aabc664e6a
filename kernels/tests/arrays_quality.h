/* SPDX-License-Identifier: Apache-2.0
 *
 * arrays_quality.h - what arrays.h needs for the kernels of water quality: their arguments that are
 * not arrays, drawn at random, and arrays of water's reflectance, of floats of every exponent and
 * of quantities.
 */
#ifndef KERNELS_TESTS_ARRAYS_QUALITY_H
#define KERNELS_TESTS_ARRAYS_QUALITY_H

#include <stdbool.h>

#include "kernels/kernels.h"
#include "kernels/tests/guard.h"

/* Those of the kernels of water quality that are not arrays, drawn anew for every call. */
struct quality_params {
	struct chl_oc oc;
	struct chl_poly poly;
	struct chl_power power;
	struct chl_gons gons;
	struct chl_limits chl;
	struct turbidity_model turbidity;
	struct nechad nechad;
	struct qaa qaa;
	struct plants_limits plants;
	float sun_zenith_deg, weight, low, high, gain, bias;
	uint8_t flag;
	bool monotonic;
};

/* A published value, and up to a tenth more or less. */
static float near_value(struct random *r, double v)
{
	return (float)(v * random_between(r, 0.9, 1.1));
}

static struct qaa qaa_random(struct random *r)
{
	struct qaa q = { { 443, 490, 560, 665 },
			 { .00693f, .015f, .0596f, .439f },
			 { .0025f, .00158f, .0009f, .00034f } };

	for (int i = 0; i < 4; i++) {
		q.wavelength[i] += (float)random_below(r, 9);
		q.aw[i] = near_value(r, (double)q.aw[i]);
		q.bbw[i] = near_value(r, (double)q.bbw[i]);
	}
	return q;
}

/* Limits of the default algorithm; half of the time those that it has. */
static struct chl_limits chl_limits_random(struct random *r)
{
	struct chl_limits l = { .75f, .4f, .01f, 30.0f, .4f, .95f };

	if (random_below(r, 2))
		return l;
	l.q_low = near_value(r, .75);
	l.q_span = near_value(r, .4);
	l.red_least = (float)random_between(r, 0.0, 0.02);
	l.turbid = near_value(r, 30);
	return l;
}

static struct quality_params quality_params_random(struct random *r)
{
	struct quality_params q = {
		.poly = { near_value(r, 14.039), near_value(r, 86.115), near_value(r, 194.325) },
		.power = { near_value(r, 35.75), near_value(r, -19.30), near_value(r, 1.124) },
		.gons = { near_value(r, .7), near_value(r, .4), near_value(r, 1.05),
			  near_value(r, .015) },
		.chl = chl_limits_random(r),
		.turbidity = { { near_value(r, 228.1), .1641f },
			       { near_value(r, 3078.9), .2112f },
			       .05f,
			       .07f },
		.nechad = { near_value(r, 355.85), (float)random_between(r, -2, 2), .1728f },
		.qaa = qaa_random(r),
		.plants = { .5f, .2f, .02f, .2f },
		.sun_zenith_deg = (float)random_between(r, 15, 80),
		.weight = (float)random_between(r, -1, 2),
		.low = (float)random_between(r, 0.0, 0.1),
		.gain = near_value(r, random_below(r, 2) ? .01 : 10),
		.bias = (float)random_between(r, -5, 5),
		.flag = (uint8_t)(1u << random_below(r, 8)),
		.monotonic = random_below(r, 2),
	};

	q.high = q.low + (random_below(r, 16) ? (float)random_between(r, 0.001, 0.1) : 0.0f);
	for (int i = 0; i < 5; i++)
		q.oc.a[i] = (float)random_between(r, -3, 3);
	return q;
}

/* Any float at all: every exponent, subnormal ones, both infinities, NaNs of any payload. */
static float any_float(struct random *r)
{
	uint32_t bits = (uint32_t)random_bits(r);

	if (random_below(r, 8) == 0)
		bits |= 0x7f800000; /* infinite where the mantissa is 0, else NaN */
	if (random_below(r, 16) == 0)
		bits &= 0xff800000; /* powers of two, zeros, infinities */
	return float_of_bits(bits);
}

/* Reflectances of water: most in 0..0.1, thresholds and equal values; some of anything. */
static void fill_water(struct random *r, bool tame, float *v, const float *before, size_t n)
{
	static const float edge[] = { 0.0f, -0.0f, .005f,  .01f,   .05f,
				      .07f, .082f, .1641f, .2112f, .001148f * CHL_PI };

	for (size_t i = 0; i < n; i++) {
		double even = random_between(r, 0.0, 1.0);

		v[i] = (float)(0.1 * even * even + 0.0005);
		switch (tame ? 16 : random_below(r, 16)) {
		case 0:
			v[i] = (float)random_between(r, -0.02, 0.001);
			break;
		case 1:
			v[i] = edge[random_below(r, 10)];
			break;
		case 2:
			v[i] = before ? before[i] : v[i];
			break;
		case 3:
			v[i] = any_float(r);
			break;
		case 4:
			v[i] = (float)random_between(r, 0.1, 1.2);
			break;
		}
	}
}

/* Floats of every exponent, and as many about what exponential functions take. */
static void fill_wide(struct random *r, bool tame, float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = !tame && random_below(r, 2) ? any_float(r)
						   : (float)random_between(r, -100, 100);
}

/* Quantities: what codes stand for, halfway between two and beside that; some of anything. */
static void fill_amount(struct random *r, bool tame, float *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits = float_bits(QUANTITY_LEAST) + random_below(r, 1u << 28);

		switch (tame ? 8 : random_below(r, 8)) {
		case 0:
			bits &= ~0xfffu;
			break;
		case 1:
			bits = (bits & ~0xfffu) + 0x7ff + random_below(r, 3);
			break;
		case 2:
			bits = float_bits(any_float(r));
			break;
		}
		v[i] = float_of_bits(bits);
	}
}

/* Sums and counts of columns: some are 0. */
static void fill_sums(struct random *r, uint32_t below, int32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = random_below(r, 4) ? (int32_t)random_below(r, below) : 0;
}

/* A window of reflectances or amounts, a quarter of it NaN, in patches. */
static void fill_window_f32(struct random *r, float *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool again = i && random_below(r, 2);
		bool gap = again ? !(v[i - 1] == v[i - 1]) : random_below(r, 4) == 0;

		v[i] = random_below(r, 64) ? (float)random_between(r, -1, 100) : any_float(r);
		if (gap)
			v[i] = float_of_bits(0x7f800001u | (uint32_t)random_bits(r));
	}
}

#endif
