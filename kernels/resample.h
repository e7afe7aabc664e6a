/* SPDX-License-Identifier: Apache-2.0
 *
 * resample.h - moving pixels between grids with integers only.
 *
 * Source coordinates are in units of 2^-16 pixel; the integer k is the CENTRE of
 * source pixel k of the window.  A coordinate whose nearest pixel,
 * (x + 2^15) >> 16, lies outside the window gives no data.
 */
#ifndef KERNELS_RESAMPLE_H
#define KERNELS_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A window of source pixels, row-contiguous, w x h >= 1, and the value that means no data. */
struct window_u8 {
	const uint8_t *data;
	int32_t w, h;
	uint8_t nodata;
};

struct window_u16 {
	const uint16_t *data;
	int32_t w, h;
	uint16_t nodata;
};

struct window_i16 {
	const int16_t *data;
	int32_t w, h;
	int16_t nodata;
};

struct window_u32 {
	const uint32_t *data;
	int32_t w, h;
	uint32_t nodata;
};

enum pixel {
	PIXEL_U8,
	PIXEL_U16,
	PIXEL_I16, /* moved by PIXEL_I16_ZERO, so that all arithmetic is unsigned */
	PIXEL_U32,
};

#define PIXEL_I16_ZERO 32768

/* Any of the windows above; nodata is moved like the pixels. */
struct window_any {
	const void *data;
	int32_t w, h;
	uint32_t nodata;
	enum pixel pixel;
};

/* floor(v / 2^16), -32768..32767; >> of a negative number would be up to the compiler. */
static inline int32_t resample_floor(int32_t v)
{
	return (int32_t)(((uint32_t)v ^ 0x80000000u) >> 16) - 0x8000;
}

/* floor((v + 2^15) / 2^16), -32768..32768: the source pixel that v lies in. */
static inline int32_t resample_nearest(int32_t v)
{
	return (int32_t)((uint64_t)(v + INT64_C(0x80008000)) >> 16) - 0x8000;
}

/* Pixel i of a window, counted along its rows; i < w * h. */
static inline uint32_t window_pixel(struct window_any s, size_t i)
{
	switch (s.pixel) {
	case PIXEL_U8:
		return ((const uint8_t *)s.data)[i];
	case PIXEL_U16:
		return ((const uint16_t *)s.data)[i];
	case PIXEL_I16:
		return (uint32_t)(((const int16_t *)s.data)[i] + PIXEL_I16_ZERO);
	default:
		return ((const uint32_t *)s.data)[i];
	}
}

/* Pixel of a window, or its nodata outside of it. */
static inline uint32_t window_at(struct window_any s, int32_t col, int32_t row)
{
	if (col < 0 || row < 0 || col >= s.w || row >= s.h)
		return s.nodata;
	return window_pixel(s, (size_t)row * (size_t)s.w + (size_t)col);
}

static inline uint32_t window_nearest(struct window_any s, int32_t x, int32_t y)
{
	return window_at(s, resample_nearest(x), resample_nearest(y));
}

/* Weighted mean, rounded half up, of those of four taps that are not nodata; at least one is not. */
static inline uint32_t taps_mean(const uint32_t *tap, const uint32_t *weight, uint32_t nodata)
{
	uint32_t sum = 0, total = 0;

	for (int i = 0; i < 4; i++) {
		sum += tap[i] == nodata ? 0 : tap[i] * weight[i];
		total += tap[i] == nodata ? 0 : weight[i];
	}
	return (sum + total / 2) / total;
}

/*
 * Mean of the four pixels around (x, y), pixels of at most 16 bits, weighted by 1/256 pixel and
 * rounded half up.  Taps without data have no weight; nodata where the nearest pixel has none.
 * The nearest pixel weighs at least 1/4, so the divisor is never 0, and 65535 * 2^16 + 2^15
 * fits 32 bits.
 */
static inline uint32_t window_bilinear(struct window_any s, int32_t x, int32_t y)
{
	int32_t col = resample_floor(x), row = resample_floor(y);
	uint32_t right = ((uint32_t)x & 0xffff) >> 8, left = 256 - right;
	uint32_t low = ((uint32_t)y & 0xffff) >> 8, high = 256 - low;
	uint32_t weight[4] = { left * high, right * high, left * low, right * low };
	uint32_t tap[4];

	if ((uint32_t)col < (uint32_t)s.w - 1 && (uint32_t)row < (uint32_t)s.h - 1) {
		size_t i = (size_t)row * (size_t)s.w + (size_t)col;

		tap[0] = window_pixel(s, i);
		tap[1] = window_pixel(s, i + 1);
		tap[2] = window_pixel(s, i + (size_t)s.w);
		tap[3] = window_pixel(s, i + (size_t)s.w + 1);
	} else {
		tap[0] = window_at(s, col, row);
		tap[1] = window_at(s, col + 1, row);
		tap[2] = window_at(s, col, row + 1);
		tap[3] = window_at(s, col + 1, row + 1);
	}
	if (tap[0] != s.nodata && tap[1] != s.nodata && tap[2] != s.nodata && tap[3] != s.nodata)
		return (tap[0] * weight[0] + tap[1] * weight[1] + tap[2] * weight[2] +
			tap[3] * weight[3] + 0x8000) >>
		       16;
	if (window_nearest(s, x, y) == s.nodata)
		return s.nodata;
	return taps_mean(tap, weight, s.nodata);
}

/*
 * The most frequent of four pixels; nodata does not vote, so it is the answer only if all four
 * are.  Of equally frequent values the first of a (upper left), b, c, d (lower right).
 */
static inline uint8_t halve_mode(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t nodata)
{
	/* 2 for each other pixel that agrees; 1 would become a boolean, which gcc 12 leaves scalar. */
	uint8_t ab = a == b ? 2 : 0, ac = a == c ? 2 : 0, ad = a == d ? 2 : 0;
	uint8_t bc = b == c ? 2 : 0, bd = b == d ? 2 : 0, cd = c == d ? 2 : 0;
	uint8_t votes_a = a == nodata ? 0 : (uint8_t)(1 + ab + ac + ad);
	uint8_t votes_b = b == nodata ? 0 : (uint8_t)(1 + ab + bc + bd);
	uint8_t votes_c = c == nodata ? 0 : (uint8_t)(1 + ac + bc + cd);
	uint8_t votes_d = d == nodata ? 0 : (uint8_t)(1 + ad + bd + cd);
	uint8_t upper = votes_b > votes_a ? b : a;
	uint8_t upper_votes = votes_b > votes_a ? votes_b : votes_a;
	uint8_t lower = votes_d > votes_c ? d : c;
	uint8_t lower_votes = votes_d > votes_c ? votes_d : votes_c;

	return lower_votes > upper_votes ? lower : upper;
}

/* Mean of those of four pixels, at most 16 bits, that are not nodata, rounded half up. */
static inline uint32_t halve_mean(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t nodata)
{
	int n = (a != nodata) + (b != nodata) + (c != nodata) + (d != nodata);
	uint32_t sum = (a == nodata ? 0 : a) + (b == nodata ? 0 : b) + (c == nodata ? 0 : c) +
		       (d == nodata ? 0 : d);
	uint32_t mean = n == 4 ? (sum + 2) / 4 : n == 3 ? (sum + 1) / 3 : (sum + 1) / 2;

	return n == 0 ? nodata : n == 1 ? sum : mean;
}

#endif
