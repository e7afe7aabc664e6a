/* SPDX-License-Identifier: Apache-2.0
 *
 * quantity.h - quantities in 16 bits, and as floats of 11 bits of mantissa.
 *
 * A code of 16 bits has 5 bits of exponent and 11 of mantissa: 2^-13 (1 + 2^-11) to 2^19 (1 - 2^-12),
 * within 2^-12 of the value, and a larger value never has a smaller code: medians and percentiles of
 * codes are those of values.  0 is no value.
 */
#ifndef KERNELS_QUANTITY_H
#define KERNELS_QUANTITY_H

#include <stdint.h>

#include "kernels/number.h"
#include "kernels/power.h"
#include "kernels/resample.h"

#define QUANTITY_LEAST 0x1p-13f
#define QUANTITY_MOST  0x1.ffep18f
#define QUANTITY_SHIFT 12 /* bits of a float's mantissa that a code lacks */

/* Bits of a float rounded to 11 bits of mantissa, ties to even. */
static inline uint32_t mantissa_bits(uint32_t bits)
{
	uint32_t odd = bits >> QUANTITY_SHIFT & 1;

	return (bits + 0x7ff + odd) & ~(uint32_t)0xfff;
}

/* v rounded to 11 bits of mantissa; infinity stays, NaN becomes one NaN. */
static inline float mantissa(float v)
{
	float rounded = float_of_bits(mantissa_bits(float_bits(v)));

	return v == v ? rounded : __builtin_nanf("");
}

/*
 * Code of a quantity: 0 for NaN and below 0, 1 for what is smaller than the least code's value (the 0
 * that is at QUANTITY_LEAST means no value), 65535 for what is larger than QUANTITY_MOST.
 */
static inline uint16_t quantity_pack(float v)
{
	float in = v > QUANTITY_LEAST ? v : QUANTITY_LEAST;
	uint32_t code;

	in = in < QUANTITY_MOST ? in : QUANTITY_MOST;
	code = (mantissa_bits(float_bits(in)) - float_bits(QUANTITY_LEAST)) >> QUANTITY_SHIFT;
	code = code ? code : 1;
	return (uint16_t)(v >= 0.0f ? code : 0);
}

/* The quantity of a code; NaN of 0. */
static inline float quantity_unpack(uint16_t code)
{
	float v = float_of_bits(((uint32_t)code << QUANTITY_SHIFT) + float_bits(QUANTITY_LEAST));

	return code ? v : __builtin_nanf("");
}

/* Codes of even steps: value = code * gain + bias, 1..65535; 0 for NaN. */
static inline uint16_t linear_pack(float v, float gain, float bias)
{
	int32_t code = round_clamp((v - bias) / gain, 1.0f, 65535.0f);

	return (uint16_t)(v == v ? code : 0);
}

static inline float linear_unpack(uint16_t code, float gain, float bias)
{
	float v = (float)code * gain + bias;

	return code ? v : __builtin_nanf("");
}

/* A window of floats, row-contiguous, w x h >= 1; NaN is no data. */
struct window_f32 {
	const float *data;
	int32_t w, h;
};

static inline float window_f32_at(struct window_f32 s, int32_t col, int32_t row)
{
	if (col < 0 || row < 0 || col >= s.w || row >= s.h)
		return __builtin_nanf("");
	return s.data[(size_t)row * (size_t)s.w + (size_t)col];
}

/* The four pixels around (x, y): upper left, upper right, lower left, lower right; NaN outside of the window. */
struct taps_f32 {
	float a, b, c, d;
};

static inline struct taps_f32 window_taps_f32(struct window_f32 s, int32_t x, int32_t y)
{
	int32_t col = resample_floor(x), row = resample_floor(y);

	if ((uint32_t)col < (uint32_t)s.w - 1 && (uint32_t)row < (uint32_t)s.h - 1) {
		const float *upper = s.data + (size_t)row * (size_t)s.w + (size_t)col;
		const float *lower = upper + s.w;

		return (struct taps_f32){ upper[0], upper[1], lower[0], lower[1] };
	}
	return (struct taps_f32){ window_f32_at(s, col, row), window_f32_at(s, col + 1, row),
				  window_f32_at(s, col, row + 1),
				  window_f32_at(s, col + 1, row + 1) };
}

/*
 * As window_bilinear() (resample.h), of floats: the mean of the four pixels around, those without
 * data having no weight, in the same order of sums everywhere; NaN where the nearest pixel has none.
 */
static inline float taps_bilinear_f32(struct taps_f32 t, int32_t x, int32_t y)
{
	int32_t right = (x & 0xffff) >> 8, left = 256 - right;
	int32_t low = (y & 0xffff) >> 8, high = 256 - low;
	float wa = (float)(left * high), wb = (float)(right * high);
	float wc = (float)(left * low), wd = (float)(right * low);
	float upper = x & 0x8000 ? t.b : t.a, lower = x & 0x8000 ? t.d : t.c;
	float nearest = y & 0x8000 ? lower : upper;
	float va = t.a * wa, vb = t.b * wb, vc = t.c * wc, vd = t.d * wd;
	float sum = 0.0f, total = 0.0f;

	sum += t.a == t.a ? va : 0.0f;
	sum += t.b == t.b ? vb : 0.0f;
	sum += t.c == t.c ? vc : 0.0f;
	sum += t.d == t.d ? vd : 0.0f;
	total += t.a == t.a ? wa : 0.0f;
	total += t.b == t.b ? wb : 0.0f;
	total += t.c == t.c ? wc : 0.0f;
	total += t.d == t.d ? wd : 0.0f;
	return nearest == nearest ? one_nan(sum / total) : __builtin_nanf("");
}

/* Mean of those of four pixels that are not NaN, in double precision, to 11 bits of mantissa; NaN if all are. */
static inline float halve_mean_f32(float a, float b, float c, float d)
{
	double sum = 0.0, nr = 0.0;

	sum += a == a ? (double)a : 0.0;
	sum += b == b ? (double)b : 0.0;
	sum += c == c ? (double)c : 0.0;
	sum += d == d ? (double)d : 0.0;
	nr += a == a ? 1.0 : 0.0;
	nr += b == b ? 1.0 : 0.0;
	nr += c == c ? 1.0 : 0.0;
	nr += d == d ? 1.0 : 0.0;
	/* 0 / 0 is NaN, which mantissa() makes one. */
	return mantissa((float)(sum / nr));
}

#endif
