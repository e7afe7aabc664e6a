/* SPDX-License-Identifier: Apache-2.0
 *
 * number.h - arithmetic that C leaves to the compiler or the CPU, pinned down.
 */
#ifndef KERNELS_NUMBER_H
#define KERNELS_NUMBER_H

#include <stdint.h>

/*
 * v, or one certain NaN where v is any NaN.  Which of two NaNs a sum hands on, and
 * the sign of a NaN that an operation makes, differ between CPUs and between the
 * scalar and the vector form of one loop.
 */
static inline float one_nan(float v)
{
	return v == v ? v : __builtin_nanf("");
}

/*
 * v rounded to an integer, half away from zero, after clamping to low..high, which are
 * integers within +-2^22; low where v is NaN.  The number added is the float below 0.5:
 * with 0.5 itself 0.49999997 would become 1.
 */
static inline int32_t round_clamp(float v, float low, float high)
{
	const float half = 0x1.fffffep-2f;

	v = v > low ? v : low;
	v = v < high ? v : high;
	return (int32_t)(v + (v < 0.0f ? -half : half));
}

#endif
