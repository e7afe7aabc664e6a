/* SPDX-License-Identifier: Apache-2.0
 *
 * predictor.h - TIFF's horizontal differencing undone (TIFF 6.0, section 14): running sums along a row,
 * modulo 2^16 or 2^8.
 *
 * A running sum is serial, so compilers do not vectorise it: here a vector's sums are made in a few steps, each adding the
 * vector to itself moved by 1, 2, 4 ... places, and the last sum of a vector is added to the next.
 */
#ifndef KERNELS_PREDICTOR_H
#define KERNELS_PREDICTOR_H

#include <stddef.h>
#include <stdint.h>

typedef uint16_t predictor_u16 __attribute__((vector_size(16)));
typedef uint8_t predictor_u8 __attribute__((vector_size(16)));

/* v[0], v[0] + v[1], ... of eight values. */
static inline predictor_u16 predictor_sums_u16(predictor_u16 v)
{
	const predictor_u16 zero = { 0 };

	v += __builtin_shufflevector(zero, v, 0, 8, 9, 10, 11, 12, 13, 14);
	v += __builtin_shufflevector(zero, v, 0, 0, 8, 9, 10, 11, 12, 13);
	v += __builtin_shufflevector(zero, v, 0, 0, 0, 0, 8, 9, 10, 11);
	return v;
}

/* The same of sixteen. */
static inline predictor_u8 predictor_sums_u8(predictor_u8 v)
{
	const predictor_u8 zero = { 0 };

	v += __builtin_shufflevector(zero, v, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
				     29, 30);
	v += __builtin_shufflevector(zero, v, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
				     28, 29);
	v += __builtin_shufflevector(zero, v, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
				     26, 27);
	v += __builtin_shufflevector(zero, v, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22,
				     23);
	return v;
}

#endif
