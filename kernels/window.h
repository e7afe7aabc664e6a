/* SPDX-License-Identifier: Apache-2.0
 *
 * window.h - means over a square of pixels, of those alone that count: sums of integers, first down the
 * columns, then along the row, so that any order gives the same.
 */
#ifndef KERNELS_WINDOW_H
#define KERNELS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "kernels/number.h"

/* The longest side of a window: sums of 16 bits over its square fit 31 bits. */
#define WINDOW_SIDE_MAX 181

/* What a pixel adds to its column's sum; sign is 1 as it enters the window, -1 as it leaves. */
static inline int32_t window_step(int32_t sign, uint16_t packed, uint8_t counts)
{
	int32_t value = counts ? packed : 0;

	return sign > 0 ? value : -value;
}

/* Mean reflectance of pixels, packed as in calib.h; NaN without any. */
static inline float window_mean(int32_t total, int32_t pixels)
{
	return one_nan((float)total / (float)pixels * PACK_GAIN + PACK_BIAS);
}

#endif
