/* SPDX-License-Identifier: Apache-2.0
 *
 * windows.h - means over windows of pixels that count, beside sums by hand; and what flags become in
 * layer why and in overviews.
 */
#ifndef KERNELS_TESTS_WINDOWS_H
#define KERNELS_TESTS_WINDOWS_H

#include <math.h>

#include "kernels/kernels.h"
#include "kernels/tests/guard.h"
#include "kernels/tests/tap.h"

enum { WINDOW_W = 300, WINDOW_H = 12, WINDOW_MOST = 9 };

/* Mean of side x side pixels from (x, y) on; NaN without any that counts. */
static double window_by_hand(const uint16_t *packed, const uint8_t *counts, size_t x, int32_t y,
			     int32_t side)
{
	double total = 0, pixels = 0;

	for (int32_t v = 0; v < side; v++)
		for (int32_t u = 0; u < side; u++) {
			size_t i = (size_t)(y + v) * WINDOW_W + x + (size_t)u;

			total += counts[i] ? packed[i] : 0;
			pixels += counts[i] != 0;
		}
	return pixels > 0 ? total / pixels * 2.75e-5 - .2 : NAN;
}

/* Columns of side rows from row 0 on, one row in and one out at a time, as quality.c does it. */
static bool window_rows(const struct kernels *k, const uint16_t *packed, const uint8_t *counts,
			int32_t side)
{
	static int32_t sum[WINDOW_W], count[WINDOW_W];
	static uint16_t ones[WINDOW_W];
	static float rho[WINDOW_W];
	size_t n = (size_t)(WINDOW_W - side + 1);
	bool ok = true;

	for (size_t i = 0; i < WINDOW_W; i++) {
		sum[i] = count[i] = 0;
		ones[i] = 1;
	}
	for (int32_t y = 0; y < WINDOW_H; y++) {
		k->window_add(WINDOW_W, 1, packed + y * WINDOW_W, counts + y * WINDOW_W, sum);
		k->window_add(WINDOW_W, 1, ones, counts + y * WINDOW_W, count);
		if (y < side - 1)
			continue;
		k->window_mean(n, side, sum, count, rho);
		for (size_t x = 0; x < n; x++) {
			double wanted = window_by_hand(packed, counts, x, y - side + 1, side);

			/* A division, a product and a sum of numbers below 2: 2^-24 each. */
			ok &= isnan(wanted) ? isnan(rho[x])
					    : within("mean", (double)rho[x], wanted, 4 * 0x1p-24);
		}
		k->window_add(WINDOW_W, -1, packed + (y - side + 1) * WINDOW_W,
			      counts + (y - side + 1) * WINDOW_W, sum);
		k->window_add(WINDOW_W, -1, ones, counts + (y - side + 1) * WINDOW_W, count);
	}
	return ok;
}

static bool test_window(const struct kernels *k)
{
	static uint16_t packed[WINDOW_W * WINDOW_H];
	static uint8_t counts[WINDOW_W * WINDOW_H];
	struct random r = { 51 };
	bool ok = true;

	for (size_t i = 0; i < WINDOW_W * WINDOW_H; i++) {
		packed[i] = (uint16_t)random_bits(&r);
		/* Stretches without any pixel: their mean is NaN. */
		counts[i] = i % WINDOW_W % 64 < 20 ? 0 : (uint8_t)(random_below(&r, 3) ? 255 : 0);
	}
	for (int32_t side = 1; side <= WINDOW_MOST; side += 2)
		ok &= window_rows(k, packed, counts, side);
	return ok;
}

/* Every set of flags: three bits of why, which keeps what it had. */
static bool test_why_of_flags(const struct kernels *k)
{
	bool ok = true;

	for (unsigned i = 0; i < 256; i++) {
		uint8_t flags = (uint8_t)i;
		uint32_t why = 5, wanted = 5;

		k->quality_why(1, &flags, &why);
		wanted |= i & (1 | 2 | 8 | 16) ? 1u << 14 : 0;
		wanted |= i & 128 ? 1u << 15 : 0;
		wanted |= i & 64 ? 1u << 31 : 0;
		ok &= same("why", why, wanted);
	}
	return ok;
}

static bool test_halve_or(const struct kernels *k)
{
	const uint8_t upper[] = { 1, 2, 0, 0 }, lower[] = { 4, 8, 0, 128 };
	uint8_t out[2];

	k->halve_or_u8(2, upper, lower, out);
	return same("four bits", out[0], 15) & same("one", out[1], 128);
}

#endif
