/* SPDX-License-Identifier: Apache-2.0
 *
 * codes_quality.h - how quantities are kept: every code there and back, what lies between two
 * codes, the mantissas of floats, and the resampling of floats.
 */
#ifndef KERNELS_TESTS_CODES_QUALITY_H
#define KERNELS_TESTS_CODES_QUALITY_H

#include <float.h>

#include "kernels/kernels.h"
#include "kernels/tests/guard.h"
#include "kernels/tests/near.h"
#include "kernels/tests/tap.h"

enum { CODES = 65536 };

/* --- codes --- */

/* Code c is 2^(e - 13) (1 + m / 2048), e its upper 5 bits and m its lower 11. */
static bool test_quantity_codes(const struct kernels *k)
{
	static uint16_t code[CODES], back[CODES];
	static float v[CODES];
	bool ok = true;

	for (size_t i = 0; i < CODES; i++)
		code[i] = (uint16_t)i;
	k->quantity_unpack(CODES, code, v);
	k->quantity_pack(CODES, v, back);
	ok &= same("code 0", float_bits(v[0]), 0x7fc00000) & same("and back", back[0], 0);
	for (size_t i = 1; i < CODES; i++) {
		double wanted = ldexp(1 + (double)(i & 2047) / 2048, (int)(i >> 11) - 13);

		ok &= within("unpacked", (double)v[i], wanted, 0);
		ok &= same("packed again", back[i], (long long)i);
		ok &= i == 1 || v[i] > v[i - 1];
	}
	return ok & within("least code", (double)v[1], 0x1p-13 * (1 + 0x1p-11), 0);
}

static int pack_one(const struct kernels *k, float v)
{
	uint16_t code;

	k->quantity_pack(1, &v, &code);
	return code;
}

/* Halfway between two codes the even one, beside that the nearer; any value within 2^-12 of its
 * code's. */
static bool test_quantity_between(const struct kernels *k)
{
	struct random r = { 41 };
	int before = 0;
	bool ok = true;

	for (int i = 1; i < CODES - 1; i++) {
		float half = float_of_bits(float_bits(QUANTITY_LEAST) + (uint32_t)i * 4096 + 2048);

		ok &= same("halfway", pack_one(k, half), i + (i & 1));
		ok &= same("below", pack_one(k, nextafterf(half, 0)), i);
		ok &= same("above", pack_one(k, nextafterf(half, INFINITY)), i + 1);
	}
	for (int i = 0; i < CODES; i++) {
		double least = 0x1p-13 * (1 + 0x1p-12);
		float v = (float)(least * exp(random_between(&r, 1e-6, log(0x1p31))));
		uint16_t code = (uint16_t)pack_one(k, v);
		float back;

		k->quantity_unpack(1, &code, &back);
		ok &= v > QUANTITY_MOST ||
		      within("a quantity", (double)back, (double)v, 0x1p-12 * (double)v);
	}
	for (int i = 0; i < 300000; i++) {
		int code = pack_one(k, (float)(1e-6 * exp(i * 1e-4)));

		ok &= code >= before;
		before = code;
	}
	ok &= same("none", pack_one(k, NAN) + pack_one(k, -NAN) + pack_one(k, -INFINITY), 0);
	ok &= same("negative", pack_one(k, -1) + pack_one(k, -0x1p-149f), 0);
	ok &= same("nothing", pack_one(k, 0), 1) & same("minus 0", pack_one(k, -0.0f), 1);
	ok &= same("little", pack_one(k, 0x1p-149f), 1) & same("2^-13", pack_one(k, 0x1p-13f), 1);
	ok &= same("most", pack_one(k, QUANTITY_MOST), 65535) &
	      same("2^19", pack_one(k, 0x1p19f), 65535);
	return ok & same("more", pack_one(k, INFINITY), 65535) &
	       same("1e30", pack_one(k, 1e30f), 65535);
}

/* Each code survives where steps are wider than the float's at the far end of the range. */
static bool test_linear_codes(const struct kernels *k)
{
	static const float gain[] = { .01f, 1e-4f, 2.75e-5f, 1, 10 };
	static const float bias[] = { 0, -1, -.2f, -32768, 100 };
	static uint16_t code[CODES], back[CODES];
	static float v[CODES];
	const float odd[] = { NAN, INFINITY, -INFINITY, 0, 1e30f, -1e30f };
	bool ok = true;

	for (size_t i = 0; i < CODES; i++)
		code[i] = (uint16_t)i;
	for (size_t j = 0; j < 5; j++) {
		struct near step = near_exact((double)gain[j]), base = near_exact((double)bias[j]);
		struct near_count n = { 0 };

		k->linear_unpack(CODES, code, gain[j], bias[j], v);
		k->linear_pack(CODES, v, gain[j], bias[j], back);
		for (size_t i = 0; i < CODES; i++) {
			struct near wanted = near_add(near_mul(near_exact((double)i), step), base);

			ok &= near_is("of even steps", v[i], i ? wanted : near_none(), &n);
			ok &= same("there and back", back[i], (long long)i);
		}
	}
	k->linear_pack(6, odd, .5f, 1, back);
	ok &= same("NaN", back[0], 0) & same("infinity", back[1], 65535) & same("less", back[2], 1);
	return ok & same("below", back[3], 1) & same("more", back[4], 65535) & same("", back[5], 1);
}

/* --- mantissas --- */

/* v to 12 bits in all, 11 behind the point; subnormal numbers to the same steps as the least
 * others. */
static double truth_mantissa(double v)
{
	int exponent = ilogb(fmax(fabs(v), 0x1p-126));

	return ldexp(nearbyint(ldexp(v, 11 - exponent)), exponent - 11);
}

static bool test_mantissa(const struct kernels *k)
{
	struct random r = { 42 };
	bool ok = true;

	for (unsigned i = 0; i < 400000; i++) {
		uint32_t bits = (uint32_t)random_bits(&r);
		float v, got;

		bits = i % 4 == 1 ? (bits & ~0xfffu) + 0x800 : bits;
		bits = i % 4 == 2 ? (bits & ~0xfffu) + 0x7ff + 2 * (bits & 1) : bits;
		v = float_of_bits(bits);
		k->mantissa(1, &v, &got);
		if (isnan(v))
			ok &= same("NaN", float_bits(got), 0x7fc00000);
		else
			ok &= same("mantissa", float_bits(got),
				   float_bits((float)truth_mantissa((double)v)));
	}
	for (int sign = -1; sign <= 1; sign += 2) {
		const float odd[] = { 0, INFINITY, FLT_MAX, 0x1.ffep127f, 0x1p-149f };
		const float wanted[] = { 0, INFINITY, INFINITY, 0x1.ffep127f, 0 };

		for (size_t i = 0; i < 5; i++) {
			float v = copysignf(odd[i], (float)sign), got;

			k->mantissa(1, &v, &got);
			ok &= same("end", float_bits(got),
				   float_bits(copysignf(wanted[i], (float)sign)));
		}
	}
	return ok;
}

/* --- resampling of floats --- */

enum { WIDE = 23, HIGH = 17, POINTS = 4096 };

/* Coordinates about the window, half of them on pixels, halves or 1/256 of them; some far away. */
static void draw_points(struct random *r, int32_t *x, int32_t *y)
{
	for (size_t i = 0; i < POINTS; i++) {
		x[i] = (int32_t)random_between(r, -65536, (WIDE + 1) * 65536);
		y[i] = (int32_t)random_between(r, -65536, (HIGH + 1) * 65536);
		x[i] &= i % 3 ? ~0 : ~0x7fff;
		y[i] &= i % 5 ? ~0 : ~0x7fff;
		x[i] = i % 64 ? x[i] : (int32_t)(uint32_t)random_bits(r);
	}
	x[0] = y[1] = INT32_MIN;
	x[2] = y[3] = INT32_MAX;
}

static double truth_tap(struct window_f32 w, double col, double row)
{
	bool inside = col >= 0 && col < w.w && row >= 0 && row < w.h;

	return inside ? (double)w.data[(int)row * w.w + (int)col] : (double)NAN;
}

static struct near truth_bilinear(struct window_f32 w, int32_t x, int32_t y)
{
	double col = floor(x / 65536.0), row = floor(y / 65536.0);
	double right = floor((x / 65536.0 - col) * 256), low = floor((y / 65536.0 - row) * 256);
	struct near sum = near_exact(0), total = near_exact(0);

	if (isnan(truth_tap(w, floor(x / 65536.0 + .5), floor(y / 65536.0 + .5))))
		return near_none();
	for (int i = 0; i < 4; i++) {
		double v = truth_tap(w, col + (i & 1), row + (i >> 1));
		double weight = (i & 1 ? right : 256 - right) * (i >> 1 ? low : 256 - low);

		if (isnan(v))
			continue;
		sum = near_add(sum, near_mul(near_exact(v), near_exact(weight)));
		total.v += weight;
	}
	return near_div(sum, total);
}

static bool test_bilinear(const struct kernels *k)
{
	static float data[WIDE * HIGH], out[POINTS];
	static int32_t x[POINTS], y[POINTS];
	struct window_f32 w = { data, WIDE, HIGH };
	struct near_count n = { 0 };
	struct random r = { 43 };
	bool ok = true;

	for (size_t i = 0; i < WIDE * HIGH; i++)
		data[i] = random_below(&r, 5) ? (float)random_between(&r, -1, 40) : NAN;
	draw_points(&r, x, y);
	k->bilinear_f32(POINTS, w, x, y, out);
	for (size_t i = 0; i < POINTS; i++)
		ok &= near_is("bilinear", out[i], truth_bilinear(w, x[i], y[i]), &n);
	return ok & near_enough("bilinear", n);
}

/*
 * Integers up to 100: sums are exact, and a mean that is not a half is 2^-17 or more beside one,
 * but rounded by 2^-18 at most; so the mean rounds to what bilinear_u16 gives.
 */
static bool test_bilinear_integers(const struct kernels *k)
{
	static float data[WIDE * HIGH], out[POINTS];
	static uint16_t data_u16[WIDE * HIGH], out_u16[POINTS];
	static int32_t x[POINTS], y[POINTS];
	struct window_f32 w = { data, WIDE, HIGH };
	struct window_u16 w_u16 = { data_u16, WIDE, HIGH, 0 };
	struct random r = { 44 };
	bool ok = true;

	for (size_t i = 0; i < WIDE * HIGH; i++) {
		data_u16[i] = (uint16_t)(random_below(&r, 5) ? 1 + random_below(&r, 100) : 0);
		data[i] = data_u16[i] ? (float)data_u16[i] : NAN;
	}
	draw_points(&r, x, y);
	k->bilinear_f32(POINTS, w, x, y, out);
	k->bilinear_u16(POINTS, w_u16, x, y, out_u16);
	for (size_t i = 0; i < POINTS; i++) {
		double rounded = isnan(out[i]) ? 0 : floor((double)out[i] + .5);

		ok &= same("integers", (long long)rounded, out_u16[i]);
	}
	return ok;
}

/* Two rows of three: 1 2 gap, 4 8 16. */
static bool test_bilinear_edges(const struct kernels *k)
{
	const float data[] = { 1, 2, NAN, 4, 8, 16 }, one = 5;
	static const struct {
		const char *what;
		double x, y, wanted; /* NaN: none */
	} points[] = {
		{ "a pixel", 1, 1, 8 },
		{ "between two", .5, 0, 1.5 },
		{ "between four", .5, .5, 3.75 },
		{ "a quarter", .25, .75, .1875 * 1 + .0625 * 2 + .5625 * 4 + .1875 * 8 },
		{ "beside a gap", 1.25, 0, 2 },
		{ "nearest to a gap", 1.5, 0, (double)NAN },
		{ "beside a gap, below", 1.5, .75, (.125 * 2 + .375 * 8 + .375 * 16) / .875 },
		{ "the upper left edge", -.5, -.5, 1 },
		{ "beyond it", -.501, 0, (double)NAN },
		{ "above", 0, -.501, (double)NAN },
		{ "the right edge", 2.499, 1, 16 },
		{ "beyond it", 2.5, 1, (double)NAN },
		{ "the lower edge", 0, 1.499, 4 },
		{ "beyond it", 0, 1.5, (double)NAN },
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		int32_t x = (int32_t)floor(points[i].x * 65536);
		int32_t y = (int32_t)floor(points[i].y * 65536);
		float out;

		k->bilinear_f32(1, (struct window_f32){ data, 3, 2 }, &x, &y, &out);
		if (isnan(points[i].wanted))
			ok &= same(points[i].what, float_bits(out), 0x7fc00000);
		else
			ok &= within(points[i].what, (double)out, points[i].wanted, 1e-6);
		k->bilinear_f32(1, (struct window_f32){ &one, 1, 1 }, &x, &y, &out);
		if (points[i].x >= -.5 && points[i].x < .5 && points[i].y >= -.5 &&
		    points[i].y < .5)
			ok &= within("the only pixel", (double)out, 5, 0);
		else
			ok &= same("beside it", float_bits(out), 0x7fc00000);
	}
	return ok;
}

static bool test_halve_f32(const struct kernels *k)
{
	static float upper[2 * POINTS], lower[2 * POINTS], out[POINTS];
	struct random r = { 45 };
	unsigned seen[5] = { 0 };
	bool ok = true;

	for (size_t i = 0; i < 2 * POINTS; i++) {
		upper[i] = random_below(&r, 3) ? (float)random_between(&r, -1, 400) : NAN;
		lower[i] = random_below(&r, 3) ? (float)random_between(&r, -1, 400) : NAN;
	}
	k->halve_mean_f32(POINTS, upper, lower, out);
	for (size_t i = 0; i < POINTS; i++) {
		const float four[] = { upper[2 * i], upper[2 * i + 1], lower[2 * i],
				       lower[2 * i + 1] };
		double sum = 0;
		int nr = 0;

		for (int j = 0; j < 4; j++) {
			sum += isnan(four[j]) ? 0 : (double)four[j];
			nr += !isnan(four[j]);
		}
		seen[nr]++;
		if (nr)
			ok &= same("mean f32", float_bits(out[i]),
				   float_bits((float)truth_mantissa((double)(float)(sum / nr))));
		else
			ok &= same("no mean", float_bits(out[i]), 0x7fc00000);
	}
	return ok && seen[0] && seen[1] && seen[2] && seen[3] && seen[4];
}

#endif
