/* SPDX-License-Identifier: Apache-2.0
 *
 * oracle.c - the kernels of every instruction set that this CPU runs against known answers,
 * against truth.h in double precision, and against what must hold for any input.  TAP.
 */
#include "kernels/tests/known.h"
#include "kernels/tests/rows.h"
#include "kernels/tests/rules.h"
#include "kernels/tests/truth.h"

#define EPS 5.9604644775390625e-8 /* 2^-24: half a unit in the last place of a float in 1..2 */

static void draw(struct random *r, float *v, double low, double high)
{
	for (size_t i = 0; i < N; i++)
		v[i] = (float)random_between(r, low, high);
}

/* --- against double precision --- */

/* Three roundings of at most EPS each: (1 + EPS)^3 - 1 relative. */
static bool test_norm_diff(const struct kernels *k)
{
	float a[N], b[N], out[N], swapped[N];
	struct random r = { 2 };
	bool ok = true;

	draw(&r, a, -0.05, 0.6);
	draw(&r, b, -0.05, 0.6);
	k->norm_diff(N, a, b, out);
	k->norm_diff(N, b, a, swapped);
	for (size_t i = 0; i < N; i++) {
		double wanted = truth_norm_diff(a[i], b[i]);

		ok &= within("normalised difference", out[i], wanted, 3.01 * EPS * fabs(wanted));
		ok &= within("with the bands swapped", swapped[i], -(double)out[i], 0);
		ok &= out[i] >= -1.0f && out[i] <= 1.0f;
	}
	return ok;
}

/* Multiplying both bands by a power of two changes no bit. */
static bool test_norm_diff_scale(const struct kernels *k)
{
	float a[N], b[N], out[N], scaled[N];
	struct random r = { 3 };
	bool ok = true;

	draw(&r, a, 1e-4, 0.6);
	draw(&r, b, 1e-4, 0.6);
	k->norm_diff(N, a, b, out);
	for (int power = 1; power < 40; power += 13) {
		for (size_t i = 0; i < N; i++) {
			a[i] = ldexpf(a[i], power);
			b[i] = ldexpf(b[i], power);
		}
		k->norm_diff(N, a, b, scaled);
		ok &= !memcmp(out, scaled, sizeof(out));
	}
	return ok;
}

/* Sums of five terms or six: an error of at most 6 EPS for each term's size. */
static bool test_linear_indices(const struct kernels *k)
{
	float b[N], g[N], red[N], n[N], s1[N], s2[N], nsh[N], sh[N], wi[N];
	struct random r = { 4 };
	bool ok = true;

	draw(&r, b, -0.05, 0.6);
	draw(&r, g, -0.05, 0.6);
	draw(&r, red, -0.05, 0.6);
	draw(&r, n, -0.05, 0.6);
	draw(&r, s1, -0.05, 0.6);
	draw(&r, s2, -0.05, 0.6);
	k->awei_nsh(N, g, n, s1, s2, nsh);
	k->awei_sh(N, b, g, n, s1, s2, sh);
	k->wi2015(N, g, red, n, s1, s2, wi);
	for (size_t i = 0; i < N; i++) {
		double B = b[i], G = g[i], R = red[i], I = n[i], S = s1[i], T = s2[i];
		double size = fabs(B) + fabs(G) + fabs(R) + fabs(I) + fabs(S) + fabs(T);

		ok &= within("AWEInsh", nsh[i], 4 * (G - S) - (0.25 * I + 2.75 * T),
			     6 * EPS * 4 * size);
		ok &= within("AWEIsh", sh[i], B + 2.5 * G - 1.5 * (I + S) - 0.25 * T,
			     6 * EPS * 2.5 * size);
		ok &= within("WI2015", wi[i], 1.7204 + 171 * G + 3 * R - 70 * I - 45 * S - 71 * T,
			     6 * EPS * (1.7204 + 171 * size));
	}
	return ok;
}

static bool test_rayleigh(const struct kernels *k)
{
	const struct rayleigh c = { 0.0713f, 1.1725f };
	float toa[N], rho[N];
	struct random r = { 5 };
	bool ok = true;

	draw(&r, toa, 0.0, 0.6);
	k->rayleigh(N, toa, c, rho);
	for (size_t i = 0; i < N; i++) {
		double wanted = ((double)toa[i] - (double)c.path) * (double)c.gain;

		ok &= within("Rayleigh", rho[i], wanted, 2.01 * EPS * fabs(wanted));
	}
	return ok;
}

/* Spectra crowd towards 0, where the tests are; near a threshold either answer is right. */
static bool test_dswe(const struct kernels *k)
{
	float band[6][N];
	uint8_t code[N];
	struct random r = { 6 };
	unsigned skipped = 0, seen = 0;
	bool ok = true;

	for (size_t b = 0; b < 6; b++)
		for (size_t i = 0; i < N; i++)
			band[b][i] = (float)(pow(random_between(&r, 0, 1), 3) * 0.6 - 0.002);
	k->dswe(N, band[0], band[1], band[2], band[3], band[4], band[5], DSWE_LIMITS, code);
	for (size_t i = 0; i < N; i++) {
		double rho[6];
		bool close = false;
		unsigned wanted;

		for (size_t b = 0; b < 6; b++)
			rho[b] = band[b][i];
		wanted = truth_dswe(rho, &close);
		ok &= close || same("DSWE code", code[i], wanted);
		skipped += close;
		seen |= 1u << code[i];
	}
	printf("# DSWE: %d of 32 codes met, %u of %d spectra too close to a threshold\n",
	       __builtin_popcount(seen), skipped, N);
	return ok && skipped < N / 100 && __builtin_popcount(seen) >= 31;
}

/* Spectra as before, and bright ones; near a threshold either answer is right. */
static bool test_methods(const struct kernels *k)
{
	static float band[6][N];
	uint8_t code[N], balkhash[N], wofs[N];
	struct random r = { 7 };
	unsigned skipped = 0, seen = 0, wet = 0;
	bool ok = true;

	for (size_t i = 0; i < N; i++) {
		double bright = random_between(&r, 0, i % 3 ? 0.1 : 0.6);

		for (size_t b = 0; b < 6; b++)
			band[b][i] = (float)(bright * random_between(&r, b < 3 ? 0.5 : 0.0, 1.0) +
					     random_between(&r, -0.01, 0.05));
	}
	k->dswe(N, band[0], band[1], band[2], band[3], band[4], band[5], DSWE_LIMITS, code);
	k->evidence_balkhash(N, band[0], band[1], band[2], band[3], band[4], band[5], code,
			     EVIDENCE_LIMITS, balkhash);
	k->evidence_wofs(N, band[0], band[1], band[2], band[3], band[4], band[5], wofs);
	for (size_t i = 0; i < N; i++) {
		double rho[6];
		bool close = false, close_wofs = false;
		unsigned wanted;

		for (size_t b = 0; b < 6; b++)
			rho[b] = band[b][i];
		wanted = truth_balkhash(rho, recode[code[i]], &close);
		ok &= close || same("evidence", balkhash[i], wanted);
		wanted = truth_wofs(rho, &close_wofs);
		ok &= close_wofs || same("WOfS", wofs[i] & EVIDENCE_OPEN, wanted);
		skipped += close + close_wofs;
		seen |= balkhash[i];
		wet += wofs[i] & EVIDENCE_OPEN;
	}
	printf("# evidence met: %#x, WOfS wet: %u, too close to a threshold: %u\n", seen, wet,
	       skipped);
	return ok && skipped < N / 50 && seen == (255 & ~EVIDENCE_AEROSOL) && wet > 100 &&
	       wet < N - 100;
}

/* Every stored value survives unpacking and packing; others are within half a step. */
static bool test_pack(const struct kernels *k)
{
	float rho[N];
	uint16_t packed[N];
	struct random r = { 7 };
	bool ok = true;

	for (unsigned v = 1; v < 65536; v++) {
		float f = (float)v * PACK_GAIN + PACK_BIAS;
		uint16_t back;

		k->pack(1, &f, &back);
		ok &= same("packed and unpacked", back, v);
	}
	draw(&r, rho, -0.3, 1.7);
	k->pack(N, rho, packed);
	for (size_t i = 0; i < N; i++) {
		double wanted = fmin(fmax((rho[i] + 0.2) / 2.75e-5, 1), 65535);

		ok &= within("packed", packed[i], wanted, 0.5 + 65536 * 3 * EPS);
	}
	rho[0] = NAN;
	rho[1] = INFINITY;
	rho[2] = -INFINITY;
	k->pack(3, rho, packed);
	return ok && packed[0] == 0 && packed[1] == 65535 && packed[2] == 1;
}

/* Halves and what lies next to them; adding 0.5 to 0.49999997 would give 1. */
static bool test_rounding(const struct kernels *k)
{
	bool ok = true;

	(void)k;
	for (int i = 0; i < 70000; i++) {
		float half = (float)i + 0.5f;

		ok &= same("half", round_clamp(half, -1e5f, 1e5f), i + 1);
		ok &= same("minus half", round_clamp(-half, -1e5f, 1e5f), -i - 1);
		ok &= same("below half", round_clamp(nextafterf(half, 0), -1e5f, 1e5f), i);
		ok &= same("integer", round_clamp((float)i, -1e5f, 1e5f), i);
	}
	ok &= same("clamped", round_clamp(-7.6f, -7, 9) + round_clamp(INFINITY, -7, 9), 2);
	return ok && same("NaN", round_clamp(NAN, -7, 9), -7);
}

static bool test_index_pack(const struct kernels *k)
{
	float index[N];
	uint8_t state[N];
	int16_t packed[N];
	struct random r = { 8 };
	bool ok = true;

	draw(&r, index, -4, 4);
	for (size_t i = 0; i < N; i++)
		state[i] = i & 7;
	index[12] = NAN;
	index[20] = INFINITY;
	index[28] = -1e30f;
	k->index_pack(N, index, state, packed);
	ok &= packed[12] == INDEX_NODATA;
	index[12] = 0;
	packed[12] = 0;
	for (size_t i = 0; i < N; i++) {
		double wanted = fmin(fmax(index[i] * 1e4, -32767), 32767);

		if (i % 4)
			ok &= packed[i] == INDEX_NODATA;
		else
			ok &= within("packed index", packed[i], wanted, 0.5 + 32768 * EPS);
	}
	return ok;
}

/* Any NaN, or infinity minus infinity, gives the one NaN. */
static bool test_nan(const struct kernels *k)
{
	const uint32_t wanted = 0x7fc00000;
	float v[3][4] = { { -NAN, 1, INFINITY, NAN }, { 1, NAN, INFINITY, -NAN }, { 1, 1, 1, 1 } };
	float out[5][4];
	bool ok = true;

	k->norm_diff(4, v[0], v[1], out[0]);
	k->awei_nsh(4, v[0], v[2], v[1], v[2], out[1]);
	k->awei_sh(4, v[2], v[0], v[1], v[2], v[2], out[2]);
	k->wi2015(4, v[0], v[2], v[1], v[2], v[2], out[3]);
	k->rayleigh(4, v[0], (struct rayleigh){ INFINITY, 1 }, out[4]);
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 4; j++)
			ok &= (i == 4 && j == 1) || !memcmp(&out[i][j], &wanted, 4);
	return ok;
}

/* --- any kernel --- */

/* Bytes from the start of an array to pixel n of its span. */
static size_t offset_of(enum kind kind, size_t n)
{
	if (kind_is_window(kind) || kind == TABLE_F32)
		return 0;
	return kind_size(kind) * kind_step(kind) * n;
}

/* Predictors carry on from pixel to pixel. */
static bool is_of_whole_rows(const struct row *row)
{
	return strstr(row->name, "predictor") || strstr(row->name, "undifference");
}

/* Whether a span gives the same in two parts, 0..first and first..n, as in one. */
static bool splits(const struct kernels *k, const struct row *row, size_t n, size_t first,
		   struct random *r)
{
	struct params p = params_random(r);
	struct arena whole[ROW_ARGS] = { { 0 } }, parts[ROW_ARGS] = { { 0 } };
	void *a[ROW_ARGS] = { NULL }, *b[ROW_ARGS] = { NULL }, *rest[ROW_ARGS] = { NULL };
	size_t args = row_args(row);
	bool ok = true;

	for (size_t i = 0; i < args; i++) {
		size_t count = kind_count(row->kind[i], n, &p), size = kind_size(row->kind[i]);

		whole[i] = arena_new(count * size);
		parts[i] = arena_new(count * size);
		a[i] = whole[i].base;
		if (row->kind[i] < OUT_U8)
			kind_fill(row->kind[i], r, &p, a[i], NULL, count);
		memcpy(parts[i].base, whole[i].base, whole[i].size);
		b[i] = parts[i].base;
		rest[i] = parts[i].base + offset_of(row->kind[i], first);
	}
	row->call(k, n, a, &p);
	row->call(k, first, b, &p);
	row->call(k, n - first, rest, &p);
	for (size_t i = 0; i < args; i++) {
		ok &= !memcmp(whole[i].base, parts[i].base, whole[i].size);
		arena_free(whole[i]);
		arena_free(parts[i]);
	}
	return ok;
}

static bool test_split(const struct kernels *k)
{
	struct random r = { 17 };
	bool all = true;

	for (size_t row = 0; row < ROW_COUNT; row++)
		/* What is made of a row as a whole has no parts. */
		for (size_t n = 1; n < 400 && !is_of_whole_rows(&rows[row]); n += 57) {
			bool ok = splits(k, &rows[row], n, random_below(&r, (uint32_t)n + 1), &r);

			if (!ok)
				printf("# %s: %zu pixels differ in two parts\n", rows[row].name, n);
			all &= ok;
		}
	return all;
}

/* --- tables --- */

static bool test_find(const struct kernels *k)
{
	const struct kernels *fastest = kernels_find(NULL);
	bool first = k == kernels_find("scalar"), ok = fastest != NULL;
	size_t n = 0;

	while (kernels_name(n))
		n++;
	ok &= n >= 2 && !strcmp(kernels_name(0), "scalar") && !kernels_name(n + 1);
	ok &= kernels_find(k->isa) == k && !kernels_find("") && !kernels_find("scala") &&
	      !kernels_find("scalar2");
	return ok && (!first || fastest != k);
}

/* Running sums as TIFF 6.0, section 14 has them, one at a time. */
static bool test_undifference(const struct kernels *k)
{
	struct random r = { 14 };
	uint16_t wide[300] = { 0 }, out[300], sum;
	uint8_t narrow[300] = { 0 }, small;
	bool ok = true;

	for (size_t n = 0; n <= 300 && ok; n++) {
		for (size_t i = 0; i < n; i++) {
			wide[i] = (uint16_t)random_bits(&r);
			narrow[i] = (uint8_t)random_bits(&r);
		}
		k->undifference_u16(n, wide, out);
		for (size_t i = sum = 0; i < n && ok; i++)
			ok = same("16 bits", out[i], sum = (uint16_t)(sum + wide[i]));
		k->undifference_u8(n, narrow, out);
		for (size_t i = small = 0; i < n && ok; i++)
			ok = same("8 bits", out[i], small = (uint8_t)(small + narrow[i]));
	}
	return ok;
}

int main(void)
{
	static const struct test tests[] = {
		{ "indices of known spectra", test_index_vectors },
		{ "DSWE of known spectra", test_dswe_vectors },
		{ "DSWE recode table", test_dswe_recode },
		{ "DSWE thresholds", test_dswe_edges },
		{ "DSWE against double precision", test_dswe },
		{ "known calibrations", test_calibration },
		{ "state of every stored value", test_state },
		{ "every value under rules of masks", test_mask },
		{ "the sun's factor", test_sun },
		{ "norm_diff against double precision, swapped", test_norm_diff },
		{ "norm_diff scaled", test_norm_diff_scale },
		{ "AWEI and WI2015 against double precision", test_linear_indices },
		{ "Rayleigh against double precision", test_rayleigh },
		{ "packing of every value", test_pack },
		{ "rounding", test_rounding },
		{ "packing of indices", test_index_pack },
		{ "one NaN", test_nan },
		{ "methods of known spectra", test_method_vectors },
		{ "DSWx under aerosols", test_dswx },
		{ "the default method and WOfS against double precision", test_methods },
		{ "water class", test_water_class },
		{ "reasons of marks", test_marks },
		{ "purity", test_purity },
		{ "running sums of differences", test_undifference },
		{ "change", test_change },
		{ "delta", test_delta },
		{ "significance of fractions", test_significance },
		{ "significance of looks as Newcombe has it", test_significance_vectors },
		{ "significance of looks against double precision", test_significance_looks },
		{ "significance that is not known", test_significance_nodata },
		{ "what is not significant is uncertain", test_change_if_significant },
		{ "fraction of known mixtures", test_fraction },
		{ "fraction by weighted samples", test_fraction_weights },
		{ "resampling of 8 bits", test_resample_u8 },
		{ "resampling of 16 bits", test_resample_16 },
		{ "resampling of 32 bits", test_resample_u32 },
		{ "halving", test_halve },
		{ "a span in two parts", test_split },
		{ "finding tables", test_find },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0])) != 0;
}
