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

/*
 * As window_bilinear() (resample.h), of floats: the mean of the four pixels around, those without
 * data having no weight, in the same order of sums everywhere; NaN where the nearest pixel has none.
 */
static inline float window_bilinear_f32(struct window_f32 s, int32_t x, int32_t y)
{
	int32_t col = resample_floor(x), row = resample_floor(y);
	uint32_t right = ((uint32_t)x & 0xffff) >> 8, left = 256 - right;
	uint32_t low = ((uint32_t)y & 0xffff) >> 8, high = 256 - low;
	float weight[4] = { (float)(left * high), (float)(right * high), (float)(left * low),
			    (float)(right * low) };
	float tap[4] = { window_f32_at(s, col, row), window_f32_at(s, col + 1, row),
			 window_f32_at(s, col, row + 1), window_f32_at(s, col + 1, row + 1) };
	float sum = 0.0f, total = 0.0f;
	float nearest = window_f32_at(s, resample_nearest(x), resample_nearest(y));

	for (int i = 0; i < 4; i++) {
		sum += tap[i] == tap[i] ? tap[i] * weight[i] : 0.0f;
		total += tap[i] == tap[i] ? weight[i] : 0.0f;
	}
	return nearest == nearest ? one_nan(sum / total) : __builtin_nanf("");
}

#endif
