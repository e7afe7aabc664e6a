/* SPDX-License-Identifier: Apache-2.0
 *
 * power.h - logarithms and powers of one number without libm, which differs from one machine to the
 * next.
 *
 * Each result is within 2 units in the last place of the correctly rounded one, over the whole
 * range that is named; kernels/tests/powers.c proves it on every float of that range (or, by
 * default, every few).  The polynomials are fits of least largest error (Lawson 1961) to log(1 + f)
 * and e^r, made in extended precision; their own error is below .04 and .05 units.
 */
#ifndef KERNELS_POWER_H
#define KERNELS_POWER_H

#include <stdint.h>

#include "kernels/number.h"

static inline uint32_t float_bits(float v)
{
	union {
		float v;
		uint32_t bits;
	} u = { v };

	return u.bits;
}

static inline float float_of_bits(uint32_t bits)
{
	union {
		uint32_t bits;
		float v;
	} u = { bits };

	return u.v;
}

/* The smallest and largest number that has a logarithm here: normal and finite. */
#define POWER_LEAST 0x1p-126f
#define POWER_MOST  0x1.fffffep127f

static inline float log_or_nan(float x, float log)
{
	return (x >= POWER_LEAST) & (x <= POWER_MOST) ? log : __builtin_nanf("");
}

/*
 * x = m 2^k with m in sqrt(1/2)..sqrt(2).  Splitting bits does not branch, and leaves log(m) small
 * where x is near 1.
 */
static inline float log_split(float x, float *k)
{
	const uint32_t root = 0x3f3504f3; /* sqrt(1/2) */
	uint32_t shifted = float_bits(x) + (0x3f800000 - root);

	*k = (float)((int32_t)(shifted >> 23) - 127);
	return float_of_bits((shifted & 0x7fffff) + root);
}

/* log(1 + f) - f, f in sqrt(1/2) - 1..sqrt(2) - 1. */
static inline float log_rest(float f)
{
	float q = 0x1.1457a6p-4f;

	q = q * f + -0x1.de3c16p-4f;
	q = q * f + 0x1.e6f06ap-4f;
	q = q * f + -0x1.fc2208p-4f;
	q = q * f + 0x1.233768p-3f;
	q = q * f + -0x1.555c4ep-3f;
	q = q * f + 0x1.99a4b6p-3f;
	q = q * f + -0x1.000006p-2f;
	q = q * f + 0x1.555548p-2f;
	return f * f * (f * q - 0.5f);
}

/* log 2 and log10 2, each as two numbers: k times the first is exact. */
#define LOG_2_HIGH   0x1.63p-1f
#define LOG_2_LOW    (-0x1.bd0106p-13f)
#define LOG10_2_HIGH 0x1.344p-2f
#define LOG10_2_LOW  0x1.3509f8p-18f

/* Natural logarithm, x in 2^-126..2^128; NaN outside. */
static inline float log_of(float x)
{
	float k, f = log_split(x, &k) - 1.0f;

	return log_or_nan(x, k * LOG_2_HIGH + (f + (log_rest(f) + k * LOG_2_LOW)));
}

/* Logarithm to the base of ten, x in 2^-126..2^128; NaN outside. */
static inline float log10_of(float x)
{
	/* log10 e as two numbers: f, cut to 12 bits, times the first is exact. */
	const float high = 0x1.bcap-2f, low = 0x1.7b1526p-14f;
	float k, f = log_split(x, &k) - 1.0f;
	float f_high = float_of_bits(float_bits(f) & 0xfffff000);
	float rest = (f - f_high) + log_rest(f);
	float small = rest * high + (f_high + rest) * low + k * LOG10_2_LOW;

	return log_or_nan(x, k * LOG10_2_HIGH + (f_high * high + small));
}

/* e^r, r within +-log(2) / 2. */
static inline float exp_small(float r)
{
	float p = 0x1.6a2434p-10f;

	p = p * r + 0x1.1239e2p-7f;
	p = p * r + 0x1.5558f2p-5f;
	p = p * r + 0x1.555492p-3f;
	p = p * r + 0x1.fffffcp-2f;
	return 1.0f + (r + r * r * p);
}

/* v to the nearest integer, |v| < 2^22. */
static inline float nearest_integer(float v)
{
	const float shift = 0x1.8p23f;

	return (v + shift) - shift;
}

/* 2^k, k = -126..127. */
static inline float power_of_two(float k)
{
	return float_of_bits((uint32_t)((int32_t)k + 127) << 23);
}

static inline float clamp_or_nan(float v, float low, float high)
{
	v = v < low ? low : v;
	return v > high ? high : v;
}

/* e^x, x in -87..88; beyond that the value at the end.  NaN stays. */
static inline float exp_of(float x)
{
	float v = clamp_or_nan(x, -87.0f, 88.0f), known = v == v ? v : 0.0f;
	float k = nearest_integer(known * 0x1.715476p0f);
	float r = (known - k * LOG_2_HIGH) - k * LOG_2_LOW;
	float e = exp_small(r) * power_of_two(k);

	return v == v ? e : __builtin_nanf("");
}

/* 10^x, x in -37.5..38.2; beyond that the value at the end.  NaN stays. */
static inline float exp10_of(float x)
{
	const float log_10 = 0x1.26bb1cp1f;
	float v = clamp_or_nan(x, -37.5f, 38.2f), known = v == v ? v : 0.0f;
	float k = nearest_integer(known * 0x1.a934f0p1f);
	float t = (known - k * LOG10_2_HIGH) - k * LOG10_2_LOW;
	float e = exp_small(t * log_10) * power_of_two(k);

	return v == v ? e : __builtin_nanf("");
}

/*
 * base^exponent for a positive base, as e^(exponent log base): the error grows with the size of the
 * logarithm, some 2^-23 (1 + |exponent log base|) of the result.  NaN where the base is zero or
 * negative.
 */
static inline float power_of(float base, float exponent)
{
	return exp_of(exponent * log_of(base));
}

#endif
