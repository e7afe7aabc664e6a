/* SPDX-License-Identifier: Apache-2.0
 *
 * oracle_quality.c - the kernels of water quality of every instruction set that this CPU runs
 * against published answers (vectors_quality.h), against double precision within bounds that are
 * derived (truth_quality.h), and against their rules at and beside each threshold (rules_quality.h,
 * codes_quality.h).  TAP.
 */
#include "kernels/tests/codes_quality.h"
#include "kernels/tests/guard.h"
#include "kernels/tests/rules_quality.h"
#include "kernels/tests/tap.h"
#include "kernels/tests/truth_secchi.h"
#include "kernels/tests/vectors_quality.h"
#include "kernels/tests/windows.h"

#define N     4096 /* pixels that a test draws */
#define BANDS 4

/* Reflectances of water: bands near each other, crowded in 0..0.1; one in 16 zero, negative or
 * NaN. */
static void draw_water(struct random *r, float band[BANDS][N])
{
	static const float bad[] = { 0.0f, -0.0f, -.003f, NAN, -1.0f, NAN };

	for (size_t i = 0; i < N; i++) {
		double bright = 0.0004 * exp(random_between(r, 0, 6));

		for (size_t b = 0; b < BANDS; b++) {
			band[b][i] = (float)(bright * exp(random_between(r, -.9, .9)));
			if (random_below(r, 64) == 0)
				band[b][i] = bad[random_below(r, 6)];
		}
	}
}

/* --- chlorophyll --- */

static const struct chl_oc oc_msi = { { .2389f, -1.9369f, 1.7627f, -3.0777f, -.1054f } };
static const struct chl_poly ndci = { 14.039f, 86.115f, 194.325f };
static const struct chl_limits limits = { .75f, .4f, .01f, 30.0f, .4f, .95f };

static bool test_blue_green(const struct kernels *k)
{
	const float weight = 112.0f / 222.0f;
	static float v[BANDS][N], oc[N], ci[N], blend[N];
	struct near_count n[3] = { { 0 } };
	struct random r = { 31 };
	bool ok = true;

	draw_water(&r, v);
	k->chl_oc(N, v[0], v[1], v[2], oc_msi, oc);
	k->chl_ci(N, v[0], v[2], v[3], weight, ci);
	for (size_t i = 0; i < N; i += 2)
		ci[i] *= .02f;
	k->chl_blend(N, ci, oc, .25f, .35f, blend);
	for (size_t i = 0; i < N; i++) {
		ok &= near_is("OC3", oc[i], truth_oc(v[0][i], v[1][i], v[2][i], oc_msi), &n[0]);
		ok &= near_is("blend", blend[i], truth_blend(ci[i], oc[i], .25f, .35f), &n[2]);
		if (i % 2)
			ok &= near_is("CI", ci[i], truth_ci(v[0][i], v[2][i], v[3][i], weight),
				      &n[1]);
	}
	return ok & near_enough("OC3", n[0]) & near_enough("CI", n[1]) & near_enough("blend", n[2]);
}

static bool test_two_bands(const struct kernels *k)
{
	const struct chl_poly moses = { -37.94f, 61.324f, 0.0f };
	const struct chl_power gilerson = { .7864f / .022f, -.4245f / .022f, 1 / .8897f };
	static float v[BANDS][N], any[N], rising[N], ratio[N], power[N];
	struct near_count n[4] = { { 0 } };
	struct random r = { 32 };
	bool ok = true;

	draw_water(&r, v);
	k->chl_ndci(N, v[0], v[1], ndci, false, any);
	k->chl_ndci(N, v[0], v[1], ndci, true, rising);
	k->chl_ratio(N, v[0], v[1], moses, ratio);
	k->chl_ratio_power(N, v[0], v[1], gilerson, power);
	for (size_t i = 0; i < N; i++) {
		float a = v[0][i], b = v[1][i];

		ok &= near_is("NDCI", any[i], truth_ndci(a, b, ndci, false), &n[0]);
		ok &= near_is("NDCI, rising", rising[i], truth_ndci(a, b, ndci, true), &n[1]);
		ok &= near_is("ratio", ratio[i], truth_ratio(a, b, moses), &n[2]);
		ok &= near_is("ratio's power", power[i], truth_ratio_power(a, b, gilerson), &n[3]);
	}
	return ok & near_enough("NDCI", n[0]) & near_enough("NDCI, rising", n[1]) &
	       near_enough("ratio", n[2]) & near_enough("ratio's power", n[3]);
}

static bool test_three_bands(const struct kernels *k)
{
	const struct chl_poly gurlin = { 25.66f, 215.95f, 315.50f };
	const struct chl_power gilerson = { 2.494f / .022f, (.7864f - .4245f) / .022f, 1 / .8897f };
	const struct chl_gons gons = { .70f, .40f, 1.05f, .015f };
	static float v[BANDS][N], three[N], power[N], mirror[N];
	struct near_count n[3] = { { 0 } };
	struct random r = { 33 };
	bool ok = true;

	draw_water(&r, v);
	k->chl_three(N, v[0], v[1], v[2], gurlin, three);
	k->chl_three_power(N, v[0], v[1], v[2], gilerson, power);
	k->chl_gons(N, v[0], v[1], v[2], gons, mirror);
	for (size_t i = 0; i < N; i++) {
		float a = v[0][i], b = v[1][i], c = v[2][i];

		ok &= near_is("three bands", three[i], truth_three(a, b, c, gurlin), &n[0]);
		ok &= near_is("their power", power[i], truth_three_power(a, b, c, gilerson), &n[1]);
		ok &= near_is("Gons", mirror[i], truth_gons(a, b, c, gons), &n[2]);
	}
	return ok & near_enough("three bands", n[0]) & near_enough("their power", n[1]) &
	       near_enough("Gons", n[2]);
}

/* Turbidity where mud begins or beyond its branch, on all kinds of water. */
static void draw_turbidity(struct random *r, float *v)
{
	for (size_t i = 0; i < N; i++) {
		v[i] = (float)exp(random_between(r, 0, 6));
		v[i] = random_below(r, 8) ? v[i] : NAN;
		v[i] = random_below(r, 8) ? v[i] : 30.0f;
	}
}

static bool test_default(const struct kernels *k)
{
	static float v[BANDS][N], turbid[N], edge[N], clear[N];
	struct near_count n[2] = { { 0 } };
	struct random r = { 34 };
	bool ok = true;

	draw_water(&r, v);
	draw_turbidity(&r, turbid);
	k->chl_default(N, v[0], v[1], v[2], v[3], turbid, oc_msi, ndci, limits, edge);
	k->chl_clear(N, v[0], v[1], v[2], turbid, oc_msi, 30.0f, .4f, clear);
	for (size_t i = 0; i < N; i++) {
		const float band[] = { v[0][i], v[1][i], v[2][i], v[3][i] };

		ok &= near_is("default", edge[i],
			      truth_default(band, turbid[i], oc_msi, ndci, limits), &n[0]);
		ok &= near_is("clear", clear[i],
			      truth_clear(band[0], band[1], band[2], turbid[i], oc_msi, 30.0f, .4f),
			      &n[1]);
	}
	return ok & near_enough("default", n[0]) & near_enough("clear", n[1]);
}

/* --- heights, terms, what is taken off --- */

static bool test_heights(const struct kernels *k)
{
	static float v[BANDS][N], height[N], sum[N], left[N];
	struct near_count n[3] = { { 0 } };
	struct random r = { 35 };
	bool ok = true;

	draw_water(&r, v);
	memcpy(sum, v[2], sizeof(sum));
	memcpy(left, v[3], sizeof(left));
	k->line_height(N, v[0], v[1], v[2], .52f, height);
	k->log_add(N, -1.7f, v[0], v[1], sum);
	k->subtract(N, v[0], .9f, left);
	for (size_t i = 0; i < N; i++) {
		float a = v[0][i], b = v[1][i], c = v[2][i];
		struct near taken = near_mul(given(.9f), given(a));

		ok &= near_is("height", height[i], truth_height(a, b, c, .52f), &n[0]);
		ok &= near_is("term", sum[i], truth_log_add(c, -1.7f, a, b), &n[1]);
		ok &= near_is("less", left[i], near_sub(given(v[3][i]), taken), &n[2]);
	}
	return ok & near_enough("height", n[0]) & near_enough("term", n[1]) &
	       near_enough("less", n[2]);
}

/* The darker SWIR band, within 0..most, exactly. */
static bool test_residual(const struct kernels *k)
{
	static float v[BANDS][N], out[N];
	struct near_count n = { 0 };
	struct random r = { 36 };
	bool ok = true;

	draw_water(&r, v);
	k->residual(N, v[0], v[1], .03f, out);
	for (size_t i = 0; i < N; i++) {
		double darker = fmin((double)v[0][i], (double)v[1][i]);
		bool known = !isnan(v[0][i]) && !isnan(v[1][i]);

		darker = fmin(fmax(darker, 0), (double).03f);
		ok &= near_is("residual", out[i], known ? near_exact(darker) : near_none(), &n);
	}
	return ok & near_enough("residual", n);
}

/* --- clarity --- */

static bool test_matter(const struct kernels *k)
{
	const struct turbidity_model model = {
		{ 228.1f, .1641f }, { 3078.9f, .2112f }, .05f, .07f
	};
	const struct nechad spm = { 355.85f, 1.74f, .1728f };
	static float v[BANDS][N], fnu[N], matter[N], dissolved[N];
	struct near_count n[3] = { { 0 } };
	struct random r = { 37 };
	bool ok = true;

	draw_water(&r, v);
	for (size_t i = 0; i < N; i += 4)
		v[0][i] = (float)random_between(&r, .045, .075);
	k->turbidity(N, v[0], v[1], model, fnu);
	k->nechad(N, v[0], spm, matter);
	k->cdom(N, v[0], v[1], dissolved);
	for (size_t i = 0; i < N; i++) {
		float a = v[0][i], b = v[1][i];

		ok &= near_is("turbidity", fnu[i], truth_turbidity(a, b, model), &n[0]);
		ok &= near_is("suspended", matter[i], truth_spm(a, spm), &n[1]);
		ok &= near_is("dissolved", dissolved[i], truth_cdom(a, b), &n[2]);
	}
	return ok & near_enough("turbidity", n[0]) & near_enough("suspended", n[1]) &
	       near_enough("dissolved", n[2]);
}

static bool test_secchi(const struct kernels *k)
{
	static float v[BANDS][N], depth[N];
	struct near_count n = { 0 };
	struct random r = { 38 };
	bool ok = true;

	draw_water(&r, v);
	k->secchi(N, v[0], v[1], v[2], v[3], qaa_published, 37.0f, depth);
	for (size_t i = 0; i < N; i++) {
		const float band[] = { v[0][i], v[1][i], v[2][i], v[3][i] };

		ok &= near_is("Secchi depth", depth[i], truth_secchi(band, &qaa_published, 37.0f),
			      &n);
	}
	return ok & near_enough("Secchi depth", n);
}

/* Where any band or term is NaN, so is the result, the one NaN; of turbidity NIR counts above
 * low. */
static bool test_nan(const struct kernels *k)
{
	const float nan = -NAN, good = .04f;
	bool ok = true;

	for (int bad = 0; bad < 4; bad++) {
		float v[4] = { good, good, good, good }, out[8], fnu = 3;

		v[bad] = nan;
		k->chl_oc(1, &v[0], &v[1], &v[bad > 2 ? bad : 2], oc_msi, &out[0]);
		k->chl_default(1, &v[0], &v[1], &v[2], &v[3], &fnu, oc_msi, ndci, limits, &out[1]);
		k->secchi(1, &v[0], &v[1], &v[2], &v[3], qaa_published, 30, &out[2]);
		k->chl_ndci(1, &v[bad & 2], &v[(bad & 2) + 1], ndci, false, &out[3]);
		k->line_height(1, &v[0], &v[1], &v[bad > 2 ? bad : 2], .5f, &out[4]);
		k->residual(1, &v[bad & 2], &v[(bad & 2) + 1], 1, &out[5]);
		k->cdom(1, &v[bad & 2], &v[(bad & 2) + 1], &out[6]);
		k->nechad(1, &v[bad], (struct nechad){ 300, 0, .2f }, &out[7]);
		for (int i = 0; i < 8; i++)
			ok &= same("bits where a band is NaN", float_bits(out[i]), 0x7fc00000);
	}
	return ok;
}

int main(void)
{
	static const struct test tests[] = {
		{ "red edge of known waters", test_red_edge_vectors },
		{ "Gons of known waters", test_gons_vectors },
		{ "OC2 and OC3 of known ratios", test_oc_vectors },
		{ "turbidity and suspended matter of known waters", test_turbidity_vectors },
		{ "FAI of known waters", test_fai_vectors },
		{ "Secchi depth of known waters", test_secchi_vectors },
		{ "blue and green against double precision", test_blue_green },
		{ "two bands against double precision", test_two_bands },
		{ "three bands against double precision", test_three_bands },
		{ "default chlorophyll against double precision", test_default },
		{ "heights and terms against double precision", test_heights },
		{ "residual", test_residual },
		{ "matter in water against double precision", test_matter },
		{ "Secchi depth against double precision", test_secchi },
		{ "one NaN", test_nan },
		{ "where the default has no value", test_default_rules },
		{ "where clear water has no value", test_clear_rules },
		{ "where a blend ends", test_blend_rules },
		{ "where ranges end", test_range_rules },
		{ "flags at thresholds", test_flags },
		{ "flags of little skill and a small residual", test_flags_of_chlorophyll },
		{ "plants by spectrum", test_plants },
		{ "plants of every code and class", test_plants_class },
		{ "codes of quantities", test_quantity_codes },
		{ "quantities between codes", test_quantity_between },
		{ "codes of even steps", test_linear_codes },
		{ "mantissas", test_mantissa },
		{ "resampling of floats", test_bilinear },
		{ "resampling of floats that are integers", test_bilinear_integers },
		{ "resampling of floats at edges and gaps", test_bilinear_edges },
		{ "halving of floats", test_halve_f32 },
		{ "means over windows", test_window },
		{ "reasons of flags", test_why_of_flags },
		{ "overviews of flags", test_halve_or },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0])) != 0;
}
