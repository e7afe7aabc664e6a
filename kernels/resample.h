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

#endif
