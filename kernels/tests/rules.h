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

/* All codes, states and evidence, with reasons drawn at random, under many ways to hide. */
static bool test_water_class(const struct kernels *k)
{
	static const uint32_t hide[] = { 0, WHY_CLOUDY | WHY_SHADOWED | WHY_VEILED,
					 WHY_CLOUD_OWN | WHY_SHADOW_OWN, WHY_CLOUD };
	uint8_t code[N], state[N], evidence[N], water[N], marks[N], grounds[N];
	uint32_t given[N], why[N];
	struct random r = { 9 };
	unsigned seen[256] = { 0 }, reached[256] = { 0 };
	bool ok = true;

	for (size_t i = 0; i < N; i++) {
		code[i] = i % 32;
		state[i] = (uint8_t)(i % 4 ? CALIB_VALID : i / 32 % 8);
		evidence[i] = (uint8_t)random_bits(&r);
		given[i] = (uint32_t)random_bits(&r) & (uint32_t)random_bits(&r) & 0x00ffffff;
		given[i] &= i % 3 ? WHY_CLOUDY | WHY_SNOW | WHY_SHADOW : UINT32_MAX;
	}
	for (size_t j = 0; j < 32; j++) {
		struct mask_limits l = { hide[j & 3], j & 4 ? WHY_SNOW | WHY_ICE : WHY_SNOW,
					 j & 8 ? hide[j & 3] : WHY_CLOUD | WHY_CLOUD_OWN, j & 16 };

		memcpy(why, given, sizeof(why));
		k->water_why(N, code, state, evidence, why);
		k->water_class(N, why, evidence, l, water, marks);
		k->water_grounds(N, why, evidence, l, grounds);
		for (size_t i = 0; i < N; i++) {
			uint32_t wanted_why = truth_why(given[i], state[i], code[i], evidence[i]);
			unsigned wanted_marks;
			unsigned wanted = truth_water(wanted_why, evidence[i], l, &wanted_marks);
			bool out = wanted == 255 || (truth_has(wanted_why, l.hide) &&
						     !truth_rescue(wanted_why, evidence[i], l));

			ok &= same("reasons", why[i], wanted_why);
			ok &= same("water class", water[i], wanted);
			ok &= same("marks", marks[i], wanted_marks);
			ok &= same("grounds", grounds[i], out ? 0 : evidence[i] & 3);
			if (grounds[i] == EVIDENCE_GROW) {
				wanted = truth_water(wanted_why, evidence[i] | EVIDENCE_OPEN, l,
						     &wanted_marks);
				ok &= same("class reached", water_reached(water[i]), wanted);
				ok &= same("its marks", water_reached_marks(water[i]),
					   wanted_marks);
				reached[water[i]]++;
			}
			seen[water[i]]++;
		}
	}
	return ok && seen[0] && seen[1] && seen[2] && seen[252] && seen[253] && seen[255] &&
	       reached[0] && reached[2] && reached[252] && reached[253];
}

static bool test_marks(const struct kernels *k)
{
	bool ok = true;

	for (unsigned i = 0; i < 16; i++) {
		uint8_t marks = (uint8_t)i;
		uint32_t why = WHY_CLOUD, wanted = WHY_CLOUD;

		wanted |= i & 1 ? WHY_RESCUED : 0;
		wanted |= i & 2 ? WHY_GROWN : 0;
		wanted |= i & 4 ? WHY_MIXED : 0;
		wanted |= i & 8 ? WHY_LOW_CONTRAST : 0;
		k->water_marks(1, &marks, &why);
		ok &= same("reasons of marks", why, wanted);
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

static bool test_significance(const struct kernels *k)
{
	bool ok = true;

	for (unsigned i = 0; i < 65536; i++) {
		uint8_t before = (uint8_t)i, after = (uint8_t)(i >> 8), out;
		int threshold = 1 + (int)(i * 7 % 100), moved = abs(after - before);
		int percent = 100 * moved / threshold < 250 ? 100 * moved / threshold : 250;

		k->significance(1, &before, &after, (uint8_t)threshold, &out);
		ok &= same("significance", out, before > 100 || after > 100 ? 255 : percent);
	}
	return ok;
}

/* The significance that a kernel finds where the fractions say "beyond doubt". */
static unsigned looks_of(const struct kernels *k, int wet_before, int before, int wet_after,
			 int after)
{
	uint16_t n[] = { (uint16_t)before, (uint16_t)wet_before, (uint16_t)after,
			 (uint16_t)wet_after };
	const uint16_t *const looks[] = { &n[0], &n[1], &n[2], &n[3] };
	uint8_t out = 250;

	k->significance_looks(1, looks, &out);
	return out;
}

/* Lower ends of the 95 % intervals that Newcombe 1998 prints for method 10 (table II a to d), to half a digit. */
static bool test_significance_vectors(const struct kernels *k)
{
	static const struct {
		int wet_before, before, wet_after, after;
		double low;
	} row[] = { { 48, 80, 56, 70, .0524 },
		    { 3, 10, 9, 10, .1705 },
		    { 2, 7, 6, 7, .0582 },
		    { 0, 29, 5, 56, -.0381 } };
	bool ok = true;

	for (size_t i = 0; i < 4; i++) {
		double moved = (double)row[i].wet_after / row[i].after -
			       (double)row[i].wet_before / row[i].before;
		double least = 100 * moved / (moved - row[i].low + 5e-5);
		double most = 100 * moved / (moved - row[i].low - 5e-5);
		unsigned there = looks_of(k, row[i].wet_before, row[i].before, row[i].wet_after,
					  row[i].after);
		unsigned back = looks_of(k, row[i].wet_after, row[i].after, row[i].wet_before,
					 row[i].before);

		ok &= there == back && there >= floor(least) && there <= floor(most);
	}
	/* Two looks that agree on each side are enough; two of three against none are not. */
	ok &= looks_of(k, 0, 2, 2, 2) >= 100 && looks_of(k, 0, 3, 2, 3) < 100;
	/* A single look says nothing of chance, and more wet looks than looks are as many. */
	return ok && looks_of(k, 0, 1, 9, 9) == 250 && looks_of(k, 0, 9, 0, 0) == 250 &&
	       looks_of(k, 0, 9, 90, 9) == looks_of(k, 0, 9, 9, 9);
}

/* All counts up to 24 looks against double precision: the same but where that is within rounding of the next percent. */
static bool test_significance_looks(const struct kernels *k)
{
	bool ok = true;

	for (int i = 0; i < 24 * 24 * 25 * 25; i++) {
		int before = 1 + i % 24, after = 1 + i / 24 % 24;
		int wet_before = i / 576 % 25, wet_after = i / 14400;
		double truth = truth_looks(wet_before, before, wet_after, after);
		unsigned found = looks_of(k, wet_before, before, wet_after, after);

		ok &= found == (unsigned)(truth + 1e-4) || found == (unsigned)(truth - 1e-4);
	}
	return ok;
}

/* What is not known of fractions stays not known, whatever the looks say. */
static bool test_significance_nodata(const struct kernels *k)
{
	uint16_t n[4] = { 9, 0, 9, 9 };
	const uint16_t *const looks[] = { &n[0], &n[1], &n[2], &n[3] };
	uint8_t out = 255;

	k->significance_looks(1, looks, &out);
	n[0] = n[2] = 0;
	k->significance_looks(1, looks, &out);
	return out == 255;
}

static bool test_change_if_significant(const struct kernels *k)
{
	bool ok = true;

	for (unsigned i = 0; i < 65536; i++) {
		uint8_t change = (uint8_t)i, significance = (uint8_t)(i >> 8), out = change;
		bool doubted =
			(change == CHANGE_GAIN || change == CHANGE_LOSS) && significance < 100;

		k->change_if_significant(1, &significance, &out);
		ok &= same("significant", out, doubted ? CHANGE_UNCERTAIN : change);
	}
	return ok;
}

/* --- fraction --- */

/* A pixel that is a share of two spectra, with samples that vary: the share is found again. */
static bool test_fraction(const struct kernels *k)
{
	const int64_t water[3] = { 8000, 7700, 7500 }, land[3] = { 19000, 22000, 20000 };
	struct fraction_sample s = { 0 }, alike = { 0 };
	bool ok = true;

	(void)k;
	for (int i = -3; i <= 3; i++) {
		int64_t w[3], l[3];

		for (int b = 0; b < 3; b++) {
			w[b] = water[b] + 10 * i * (b + 1);
			l[b] = land[b] + 30 * i;
		}
		fraction_sample_add(&s, 0, fraction_weight(i * i + 1), l);
		fraction_sample_add(&s, 1, fraction_weight(i * i + 4), w);
		fraction_sample_add(&alike, 0, 1, w);
		fraction_sample_add(&alike, 1, 1, w);
	}
	for (int percent = -20; percent <= 120; percent++) {
		int wanted = percent < 0 ? 0 : percent > 100 ? 100 : percent;
		int64_t x[3], other[3];

		for (int b = 0; b < 3; b++) {
			x[b] = land[b] + (water[b] - land[b]) * percent / 100;
			other[b] = b ? land[b] : x[b];
		}
		ok &= within("fraction", fraction_solve(&s, x, false), wanted, 1.0);
		ok &= same("fraction by NIR alone", fraction_solve(&s, other, true),
			   fraction_solve(&s, x, true));
		ok &= within("fraction by NIR", fraction_solve(&s, other, true), wanted, 1.0);
	}
	return ok & same("two that are alike", fraction_solve(&alike, water, false), 255);
}

/* One band decides as the formula says, to the last percent. */
static bool test_fraction_weights(const struct kernels *k)
{
	struct fraction_sample s = { 0 };
	int64_t v[3] = { 1000, 5000, 5000 };
	bool ok = true;

	(void)k;
	fraction_sample_add(&s, 1, 3, v);
	v[0] = 2000;
	fraction_sample_add(&s, 1, 1, v);
	v[0] = 11250;
	fraction_sample_add(&s, 0, 1, v);
	/* Weighted means 1250 and 11250, so x = 11250 - 100 f. */
	for (int f = 0; f <= 100; f++) {
		v[0] = 11250 - 100 * f;
		ok &= same("fraction by weights", fraction_solve(&s, v, false), f);
	}
	ok &= same("weight at 1", fraction_weight(1), 65537);
	return ok & same("weight at 10 pixels", fraction_weight(100), 7);
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
