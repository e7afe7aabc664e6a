/* SPDX-License-Identifier: Apache-2.0
 *
 * rules.h - tests of the kernels that work on integers: classes, fractions, resampling.
 */
#ifndef KERNELS_TESTS_RULES_H
#define KERNELS_TESTS_RULES_H

#include "kernels/tests/guard.h"
#include "kernels/tests/tap.h"
#include "kernels/tests/truth.h"

/* --- classes --- */

/* All codes and states, with reasons drawn at random, under four ways to hide. */
static bool test_water_class(const struct kernels *k)
{
	static const uint32_t hide[] = { 0, WHY_CLOUD | WHY_SHADOW | WHY_DILATED, WHY_SHADOW,
					 WHY_CLOUD | WHY_SNOW };
	uint8_t code[N], state[N], water[N];
	uint32_t given[N], why[N];
	struct random r = { 9 };
	bool ok = true;

	for (size_t i = 0; i < N; i++) {
		code[i] = i % 32;
		state[i] = i / 32 % 8;
		given[i] = (uint32_t)random_bits(&r) & (uint32_t)random_bits(&r) & 0x7ffff;
		given[i] &= i % 3 ? WHY_CLOUD | WHY_SNOW | WHY_SHADOW : 0x7ffff;
	}
	for (size_t j = 0; j < 8; j++) {
		uint32_t ice = j & 4 ? WHY_SNOW : 0;

		memcpy(why, given, sizeof(why));
		k->water_class(N, code, state, hide[j & 3], ice, why, water);
		for (size_t i = 0; i < N; i++) {
			uint32_t wanted_why = given[i];
			unsigned wanted =
				truth_water(code[i], state[i], hide[j & 3], ice, &wanted_why);

			ok &= same("water class", water[i], wanted);
			ok &= same("reasons", why[i], wanted_why);
		}
	}
	return ok;
}

/* Every row of three classes above, at and below: 6^9 would take long, so drawn. */
static bool test_purity(const struct kernels *k)
{
	static const uint8_t class[] = { 0, 1, 2, 252, 253, 255 };
	uint8_t row[3][N + 2], purity[N];
	struct random r = { 10 };
	unsigned seen[256] = { 0 };
	bool ok = true;

	for (uint32_t kinds = 1; kinds <= 6; kinds++) {
		for (size_t i = 0; i < N + 2; i++)
			for (size_t j = 0; j < 3; j++)
				row[j][i] =
					class[random_below(&r, random_below(&r, 4) ? kinds : 2)];
		k->purity(N, row[0], row[1], row[2], purity);
		for (size_t i = 0; i < N; i++) {
			uint8_t nine[9];

			for (size_t j = 0; j < 9; j++)
				nine[j] = row[j / 3][i + j % 3];
			ok &= same("purity", purity[i], truth_purity(nine));
			seen[purity[i]]++;
		}
	}
	return ok && seen[0] && seen[1] && seen[2] && seen[255];
}

static bool test_change(const struct kernels *k)
{
	static const uint8_t class[] = { 0, 1, 2, 252, 253, 255 };
	uint8_t before[N], after[N], f_before[N], f_after[N], out[N];
	struct random r = { 11 };
	bool ok = true;

	for (unsigned threshold = 0; threshold <= 100; threshold++) {
		for (size_t i = 0; i < N; i++) {
			before[i] = class[i % 6];
			after[i] = class[i / 6 % 6];
			f_before[i] = (uint8_t)random_below(&r, 106);
			f_after[i] = (uint8_t)(i % 5 ? random_below(&r, 256)
						     : f_before[i] + threshold - i % 2);
		}
		k->change(N, before, after, f_before, f_after, (uint8_t)threshold, out);
		for (size_t i = 0; i < N; i++)
			ok &= same("change", out[i],
				   truth_change(before[i], after[i], f_before[i], f_after[i],
						(int)threshold));
	}
	return ok;
}

static bool test_delta(const struct kernels *k)
{
	bool ok = true;

	for (unsigned i = 0; i < 65536; i++) {
		uint8_t before = (uint8_t)i, after = (uint8_t)(i >> 8);
		int16_t delta;

		k->delta(1, &before, &after, &delta);
		ok &= same("delta", delta, before > 100 || after > 100 ? -32768 : after - before);
	}
	return ok;
}

/* --- fraction --- */

/* The definition of fraction.h in double precision; all numbers are below 2^53. */
static bool test_fraction(const struct kernels *k)
{
	const struct unmix u = { 150000000, 2500, -3100, 4000 };
	uint16_t nir[N], swir1[N], swir2[N];
	uint8_t purity[N], percent[N];
	struct random r = { 12 };
	bool ok = true;

	for (size_t i = 0; i < N; i++) {
		nir[i] = (uint16_t)random_below(&r, 65536);
		swir1[i] = (uint16_t)random_below(&r, 65536);
		swir2[i] = (uint16_t)random_below(&r, 65536);
		purity[i] = (uint8_t)(i % 8 < 2 ? i % 8 : i % 8 == 2 ? 255 : 2);
	}
	k->fraction(N, nir, swir1, swir2, purity, u, percent);
	for (size_t i = 0; i < N; i++) {
		double share =
			(150000000 - 2500.0 * nir[i] + 3100.0 * swir1[i] - 4000.0 * swir2[i]) /
			1048576;
		double wanted = fmin(fmax(floor(share + 0.5), 0), 100);

		wanted = purity[i] == 0 ? 0 : purity[i] == 1 ? 100 : wanted;
		ok &= same("fraction", percent[i], purity[i] == 255 ? 255 : (long long)wanted);
	}
	return ok;
}

/* The unmix of two spectra in nir, swir1, swir2, by the formula of fraction.h. */
static struct unmix unmix_of(const double *water, const double *land, const double *variance)
{
	double slope[3], norm = 0, offset = 0;

	for (int b = 0; b < 3; b++)
		norm += pow((land[b] - water[b]) / 2.75e-5, 2) / variance[b];
	for (int b = 0; b < 3; b++) {
		slope[b] = 104857600.0 * (land[b] - water[b]) / 2.75e-5 / variance[b] / norm;
		offset += slope[b] * (land[b] + 0.2) / 2.75e-5;
	}
	return (struct unmix){ llround(offset), (int32_t)lround(slope[0]),
			       (int32_t)lround(slope[1]), (int32_t)lround(slope[2]) };
}

/* Mixtures of turbid water and dry sand: reflectance is linear in the share, MNDWI is not. */
static bool test_fraction_recovery(const struct kernels *k)
{
	const double water[] = { 0.06, 0.01, 0.006 }, land[] = { 0.34, 0.42, 0.38 };
	const double swir1_only[] = { 1e12, 1, 1e12 }, all[] = { 4e4, 1e4, 2e4 };
	const uint8_t mixed = FRACTION_MIXED;
	bool ok = true;

	for (int percent = 0; percent <= 100; percent++) {
		float rho[3], green = (float)(0.22 + percent / 100.0 * (0.14 - 0.22)), mndwi;
		uint16_t x[3];
		uint8_t found;

		for (int b = 0; b < 3; b++)
			rho[b] = (float)(land[b] + percent / 100.0 * (water[b] - land[b]));
		k->pack(3, rho, x);
		k->fraction(1, &x[0], &x[1], &x[2], &mixed, unmix_of(water, land, swir1_only),
			    &found);
		ok &= same("share of water by SWIR1", found, percent);
		k->fraction(1, &x[0], &x[1], &x[2], &mixed, unmix_of(water, land, all), &found);
		ok &= same("share of water by three bands", found, percent);
		k->norm_diff(1, &green, &rho[1], &mndwi);
		if (percent % 25 == 0)
			ok &= agrees("MNDWI of a mixture", mndwi, mixture_mndwi[percent / 25],
				     5e-7);
	}
	return ok;
}

/* --- resampling --- */

enum { WIDTH = 23, HEIGHT = 17 };

/* Coordinates on the grid of 1/256 pixel and off it, about the window, its edges and far away. */
static void draw_coords(struct random *r, int32_t *x, int32_t *y)
{
	for (size_t i = 0; i < N; i++) {
		x[i] = (int32_t)random_between(r, -2 * 65536, (WIDTH + 2) * 65536);
		y[i] = (int32_t)random_between(r, -2 * 65536, (HEIGHT + 2) * 65536);
		if (i % 3 == 0)
			x[i] &= ~0x7fff;
		if (i % 5 == 0)
			y[i] &= ~0x7fff;
		if (i % 64 == 0)
			x[i] = (int32_t)(uint32_t)random_bits(r);
	}
	x[0] = INT32_MIN;
	x[1] = INT32_MAX;
	y[2] = INT32_MAX;
	y[3] = INT32_MIN;
}

static bool test_resample_u8(const struct kernels *k)
{
	uint8_t data[WIDTH * HEIGHT], near[N], smooth[N];
	struct window_u8 w = { data, WIDTH, HEIGHT, 255 };
	const struct source s = { data, WIDTH, HEIGHT, 255, PIXEL_U8 };
	int32_t x[N], y[N];
	struct random r = { 13 };
	bool ok = true;

	for (size_t i = 0; i < WIDTH * HEIGHT; i++)
		data[i] = (uint8_t)(random_below(&r, 6) ? random_below(&r, 101) : 255);
	draw_coords(&r, x, y);
	k->nearest_u8(N, w, x, y, near);
	k->bilinear_u8(N, w, x, y, smooth);
	for (size_t i = 0; i < N; i++) {
		ok &= same("nearest u8", near[i], (long long)truth_nearest(&s, x[i], y[i]));
		ok &= same("bilinear u8", smooth[i], (long long)truth_bilinear(&s, x[i], y[i]));
	}
	return ok;
}

static bool test_resample_16(const struct kernels *k)
{
	uint16_t data[WIDTH * HEIGHT], near[N], smooth[N];
	int16_t moved[WIDTH * HEIGHT], signed_smooth[N];
	struct window_u16 w = { data, WIDTH, HEIGHT, 0 };
	struct window_i16 wi = { moved, WIDTH, HEIGHT, -32768 };
	const struct source s = { data, WIDTH, HEIGHT, 0, PIXEL_U16 };
	const struct source si = { moved, WIDTH, HEIGHT, -32768, PIXEL_I16 };
	int32_t x[N], y[N];
	struct random r = { 14 };
	bool ok = true;

	for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
		data[i] = (uint16_t)(random_below(&r, 6) ? random_bits(&r) : 65535 * (i & 1));
		moved[i] = (int16_t)(data[i] - 32768);
	}
	draw_coords(&r, x, y);
	k->nearest_u16(N, w, x, y, near);
	k->bilinear_u16(N, w, x, y, smooth);
	k->bilinear_i16(N, wi, x, y, signed_smooth);
	for (size_t i = 0; i < N; i++) {
		ok &= same("nearest u16", near[i], (long long)truth_nearest(&s, x[i], y[i]));
		ok &= same("bilinear u16", smooth[i], (long long)truth_bilinear(&s, x[i], y[i]));
		ok &= same("bilinear i16", signed_smooth[i],
			   (long long)truth_bilinear(&si, x[i], y[i]));
	}
	return ok;
}

static bool test_resample_u32(const struct kernels *k)
{
	uint32_t data[WIDTH * HEIGHT], near[N];
	struct window_u32 w = { data, WIDTH, HEIGHT, 1 };
	const struct source s = { data, WIDTH, HEIGHT, 1, PIXEL_U32 };
	int32_t x[N], y[N];
	struct random r = { 15 };
	bool ok = true;

	for (size_t i = 0; i < WIDTH * HEIGHT; i++)
		data[i] = (uint32_t)random_bits(&r);
	draw_coords(&r, x, y);
	k->nearest_u32(N, w, x, y, near);
	for (size_t i = 0; i < N; i++)
		ok &= same("nearest u32", near[i], (long long)truth_nearest(&s, x[i], y[i]));
	return ok;
}

static bool test_halve(const struct kernels *k)
{
	uint8_t u8[2][2 * N], mode[N], mean8[N];
	uint16_t u16[2][2 * N], mean16[N];
	uint32_t u32[2][2 * N], or32[N];
	struct random r = { 16 };
	bool ok = true;

	for (size_t i = 0; i < 2 * N; i++)
		for (size_t j = 0; j < 2; j++) {
			u8[j][i] = (uint8_t)(random_below(&r, 3) ? random_below(&r, 4)
								 : 252 + random_below(&r, 4));
			u16[j][i] = (uint16_t)(random_below(&r, 3) ? 0 - random_below(&r, 9) : 0);
			u32[j][i] = (uint32_t)random_bits(&r) & (uint32_t)random_bits(&r);
			u8[j][i] = i / 2 % 16 ? u8[j][i] : 255;
		}
	k->halve_mode_u8(N, u8[0], u8[1], 255, mode);
	k->halve_mean_u8(N, u8[0], u8[1], 255, mean8);
	k->halve_mean_u16(N, u16[0], u16[1], 0, mean16);
	k->halve_or_u32(N, u32[0], u32[1], or32);
	for (size_t i = 0; i < N; i++) {
		size_t a = 2 * i, b = 2 * i + 1;
		uint8_t four[] = { u8[0][a], u8[0][b], u8[1][a], u8[1][b] };
		double four8[] = { four[0], four[1], four[2], four[3] };
		double four16[] = { u16[0][a], u16[0][b], u16[1][a], u16[1][b] };
		uint32_t any = u32[0][a] | u32[0][b] | u32[1][a] | u32[1][b];

		ok &= same("mode", mode[i], truth_mode(four, 255));
		ok &= same("mean u8", mean8[i], (long long)truth_mean(four8, 255));
		ok &= same("mean u16", mean16[i], (long long)truth_mean(four16, 0));
		ok &= same("or", or32[i], any);
	}
	return ok;
}

#endif
