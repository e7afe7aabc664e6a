/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_quality.h - what decides about quantities, flags and plants, at each threshold and at the
 * floats beside it.
 */
#ifndef KERNELS_TESTS_RULES_QUALITY_H
#define KERNELS_TESTS_RULES_QUALITY_H

#include <math.h>

#include "kernels/kernels.h"
#include "kernels/tests/tap.h"

static float below(float v)
{
	return nextafterf(v, -INFINITY);
}

static float above(float v)
{
	return nextafterf(v, INFINITY);
}

/* --- where chlorophyll has no value --- */

/* blue, green, red, 705 nm, turbidity; whether there is a value. */
struct default_case {
	const char *name;
	float band[4], turbidity;
	bool value;
};

/* The default of band and turbidity: q from .5 on, blue / green from .25 on, all limits powers
 * of two. */
static float ask_default(const struct kernels *k, const float *band, float turbidity)
{
	const struct chl_oc oc = { { .2389f, -1.9369f, 1.7627f, -3.0777f, -.1054f } };
	const struct chl_poly index = { 14.039f, 86.115f, 194.325f };
	const struct chl_limits l = { .5f, .5f, .015625f, 32.0f, .25f, .75f };
	float out;

	k->chl_default(1, &band[0], &band[1], &band[2], &band[3], &turbidity, oc, index, l, &out);
	return out;
}

/* Mud: turbidity at least 32, or unknown, and q below .5.  Brown: blue / green below .25 and q
 * below .75. */
static const struct default_case default_cases[] = {
	{ "clear", { .03125f, .03125f, .0078125f, .004f }, 2, true },
	{ "mud", { .03125f, .03125f, .125f, .0624f }, 32, false },
	{ "not quite turbid", { .03125f, .03125f, .125f, .0624f }, 31.9999f, true },
	{ "turbid, but of the red edge", { .03125f, .03125f, .125f, .0625f }, 1e9f, true },
	{ "of unknown turbidity", { .03125f, .03125f, .125f, .0624f }, NAN, false },
	{ "of unknown turbidity, but of the red edge",
	  { .03125f, .03125f, .125f, .0625f },
	  NAN,
	  true },
	{ "brown", { .0078f, .03125f, .03125f, .0234f }, 2, false },
	{ "not quite brown", { .0078125f, .03125f, .03125f, .0234f }, 2, true },
	{ "brown, but of the red edge", { .0078f, .03125f, .03125f, .0234375f }, 2, true },
	{ "705 nm negative", { .03125f, .03125f, .0078125f, -.001f }, 2, true },
	{ "705 nm unknown", { .03125f, .03125f, .0078125f, NAN }, 2, false },
	{ "blue zero", { 0, .03125f, .0078125f, .004f }, 2, false },
	{ "blue negative", { -.01f, .03125f, .125f, .125f }, 2, false },
	{ "green zero", { .03125f, 0, .125f, .125f }, 2, false },
	{ "red zero", { .03125f, .03125f, 0, .004f }, 2, false },
	{ "red negative", { .03125f, .03125f, -.01f, -.02f }, 2, false },
};

/* The share of the red edge begins above q_low and above red_least, and there is all of it at 1. */
static bool test_default_rules(const struct kernels *k)
{
	const struct chl_poly index = { 14.039f, 86.115f, 194.325f };
	const float green[] = { .03125f, .03125f, .0625f, .0625f };
	const float foot[] = { .03125f, .03125f, .0625f, .03125f };
	const float dark[] = { .03125f, .03125f, .015625f, .0625f };
	const float bright[] = { .03125f, .03125f, above(.015625f), .0625f };
	float ndci, clear = ask_default(k, default_cases[0].band, 2);
	bool ok = true;

	for (size_t i = 0; i < sizeof(default_cases) / sizeof(default_cases[0]); i++) {
		const struct default_case *c = &default_cases[i];

		ok &= same(c->name, !isnan(ask_default(k, c->band, c->turbidity)), c->value);
	}
	k->chl_ndci(1, &green[2], &green[3], index, false, &ndci);
	ok &= within("all of the red edge", (double)ask_default(k, green, 2), (double)ndci, 1e-5);
	ok &= same("none at its foot", float_bits(ask_default(k, foot, 2)), float_bits(clear));
	ok &= same("none where red is dark", float_bits(ask_default(k, dark, 2)),
		   float_bits(clear));
	return ok & same("all where it is not", ask_default(k, bright, 2) > 30 * clear, true);
}

static bool test_clear_rules(const struct kernels *k)
{
	static const struct {
		float blue1, blue2, green, turbidity;
		bool value;
	} cases[] = {
		{ .0078125f, .0078125f, .03125f, 2, true }, /* blue / green .25 */
		{ .0078f, .0078f, .03125f, 2, false },
		{ .001f, .0078125f, .03125f, 2, true },
		{ .0078125f, .001f, .03125f, 2, true },
		{ .03f, .03f, .03f, 31.9999f, true },
		{ .03f, .03f, .03f, 32, false },
		{ .03f, .03f, .03f, NAN, false },
		{ .03f, .03f, 0, 2, false },
		{ .03f, -.01f, .03f, 2, false },
		{ -.03f, .03f, .03f, 2, false },
		{ -.03f, -.03f, -.03f, 2, false },
		{ NAN, .03f, .03f, 2, false },
		{ .03f, NAN, .03f, 2, false },
	};
	const struct chl_oc oc = { { .2f, -2.0f, 1.0f, -.5f, -.4f } };
	bool ok = true;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		float clear, all;

		k->chl_clear(1, &cases[i].blue1, &cases[i].blue2, &cases[i].green,
			     &cases[i].turbidity, oc, 32, .25f, &clear);
		k->chl_oc(1, &cases[i].blue1, &cases[i].blue2, &cases[i].green, oc, &all);
		ok &= same("value of clear water", !isnan(clear), cases[i].value);
		if (cases[i].value)
			ok &= same("that of OC3", float_bits(clear), float_bits(all));
	}
	return ok;
}

static bool test_blend_rules(const struct kernels *k)
{
	const float ci[] = { .25f, 0, -INFINITY, .5f, 9, INFINITY, .375f, NAN, .3f, NAN };
	const float oc[] = { INFINITY, 7, 7, 3, 3, 3, .875f, 1, NAN, NAN };
	const float wanted[] = { .25f, 0, -INFINITY, 3, 3, 3, .625f };
	float out[10];
	bool ok = true;

	k->chl_blend(10, ci, oc, .25f, .5f, out);
	for (size_t i = 0; i < 10; i++)
		ok &= same("blend", float_bits(out[i]), i < 7 ? float_bits(wanted[i]) : 0x7fc00000);
	return ok;
}

/* NDCI's rising arm, Gons, turbidity and suspended matter, from both sides of their ends. */
static bool test_range_rules(const struct kernels *k)
{
	const struct chl_poly square = { 0, .5f, 1 }; /* least at an index of -1/4 */
	const struct chl_gons gons = { 1, 0, 1, 1 };
	const float low = .375f, red = .625f, nir = below(.375f), five = .005f;
	const struct turbidity_model m = { { 100, .5f }, { 1000, .25f }, .125f, .25f };
	const float beside[] = { .125f, .25f, below(.25f), above(.125f) };
	const float reds[] = { .5f, below(.5f), -1, NAN }, matter[] = { .25f, below(.25f), -0.0f };
	float v[4], n[3], fnu[4], none[4], least = above(low);
	bool ok = true;

	k->chl_ndci(1, &red, &low, square, true, &v[0]);
	k->chl_ndci(1, &red, &least, square, true, &v[1]);
	k->chl_ndci(1, &red, &nir, square, false, &v[2]);
	k->chl_ndci(1, &red, &nir, square, true, &v[3]);
	ok &= same("foot of the arm", !isnan(v[0]) && !isnan(v[1]) && !isnan(v[2]), true);
	ok &= same("beyond the arm", isnan(v[3]), true);
	for (int i = 0; i < 3; i++) {
		float dark = i ? five : above(five), infrared = i == 2 ? 0.0f : .01f;

		k->chl_gons(1, &dark, &dark, &infrared, gons, &v[i]);
	}
	ok &= same("Gons", isnan(v[0]) + 2 * isnan(v[1]) + 4 * isnan(v[2]), 6);
	k->turbidity(4, beside, (float[]){ 1, .125f, .125f, 1 }, m, fnu);
	ok &= within("up to low by red", (double)fnu[0], 100 * .125 / .75, 1e-5);
	ok &= within("from high by NIR", (double)fnu[1], 250, 0);
	ok &= within("nearly high", (double)fnu[2], 250, 1e-4);
	ok &= same("NIR beyond c counts above low alone", isnan(fnu[3]), true);
	k->turbidity(4, reds, (float[]){ NAN, NAN, NAN, .1f },
		     (struct turbidity_model){ { 100, .5f }, { 1000, .25f }, 1, 2 }, none);
	ok &= same("red at c", isnan(none[0]), true) & same("below c", none[1] > 1e8f, true);
	ok &= same("negative red", float_bits(none[2]), 0) & same("no red", isnan(none[3]), true);
	k->nechad(3, matter, (struct nechad){ 100, 1, .5f }, n);
	ok &= same("at c / 2", isnan(n[0]), true) & within("below", (double)n[1], 51, 1e-4);
	return ok & within("none", (double)n[2], 1, 0);
}

/* --- flags --- */

/* One value through a kernel of flags that start as 1 << 6 or 0: others are never taken off. */
#define FLAG_OF(call)                                                                              \
	uint8_t flags[2] = { QUALITY_BLOOM, 0 };                                                   \
                                                                                                   \
	for (int i = 0; i < 2; i++) {                                                              \
		uint8_t *flag = &flags[i];                                                         \
                                                                                                   \
		call;                                                                              \
	}                                                                                          \
	return flags[0] == (flags[1] | QUALITY_BLOOM) ? flags[1] : -1

static int flag_bands(const struct kernels *k, float v)
{
	FLAG_OF(k->quality_bands(1, &v, flag));
}

static int flag_bright(const struct kernels *k, float nir, float swir1)
{
	FLAG_OF(k->quality_bright(1, &nir, &swir1, .25f, .125f, flag));
}

static int flag_above(const struct kernels *k, float v)
{
	FLAG_OF(k->quality_above(1, &v, 30, QUALITY_TURBID, flag));
}

static int flag_not_below(const struct kernels *k, float v)
{
	FLAG_OF(k->quality_not_below(1, &v, 30, QUALITY_TURBID, flag));
}

static int flag_range(const struct kernels *k, float v)
{
	FLAG_OF(k->quality_range(1, &v, 1, 60, flag));
}

static int flag_foot(const struct kernels *k, float red, float edge705, float q_low)
{
	FLAG_OF(k->quality_foot(1, &red, &edge705, q_low, .03125f, flag));
}

static bool test_flags(const struct kernels *k)
{
	bool ok = true;

	ok &= same("no band", flag_bands(k, NAN) & flag_bands(k, 0) & flag_bands(k, -.1f), 1);
	ok &= same("the least band", flag_bands(k, 0x1p-149f) | flag_bands(k, INFINITY), 0);
	ok &= same("bright NIR", flag_bright(k, .25f, 0), QUALITY_BRIGHT);
	ok &= same("bright SWIR", flag_bright(k, NAN, .125f), QUALITY_BRIGHT);
	ok &= same("dark", flag_bright(k, below(.25f), below(.125f)) | flag_bright(k, NAN, NAN), 0);
	ok &= same("turbid", flag_above(k, 30) & flag_above(k, INFINITY), QUALITY_TURBID);
	ok &= same("not turbid", flag_above(k, below(30)) | flag_above(k, NAN), 0);
	ok &= same("or beyond", flag_not_below(k, 30) & flag_not_below(k, NAN), QUALITY_TURBID);
	ok &= same("clear", flag_not_below(k, below(30)) | flag_not_below(k, -1), 0);
	ok &= same("below the range", flag_range(k, below(1)), QUALITY_RANGE);
	ok &= same("above the range", flag_range(k, above(60)), QUALITY_RANGE);
	return ok &
	       same("in the range", flag_range(k, 1) | flag_range(k, 60) | flag_range(k, NAN), 0);
}

/* No skill: NaN without NEGATIVE and BRIGHT.  Foot: 705 within 1/32 |1 - q_low| of q_low red, on
 * either side. */
static bool test_flags_of_chlorophyll(const struct kernels *k)
{
	bool ok = true;

	for (unsigned i = 0; i < 512; i++) {
		float v = i & 256 ? NAN : 3.0f;
		uint8_t flags = (uint8_t)i;
		bool raised = i & 256 && !(i & (QUALITY_NEGATIVE | QUALITY_BRIGHT));

		k->quality_no_skill(1, &v, &flags);
		ok &= same("no skill", flags, (i & 255) | (raised ? QUALITY_NO_SKILL : 0));
	}
	ok &= same("at the foot", flag_foot(k, .5f, .375f, .75f), QUALITY_RESIDUAL);
	ok &= same("off by the residual", flag_foot(k, .5f, .375f + .0078125f, .75f), 0);
	ok &= same("just less", flag_foot(k, .5f, below(.375f + .0078125f), .75f),
		   QUALITY_RESIDUAL);
	ok &= same("below the foot", flag_foot(k, .5f, .375f - .0078125f, .75f), 0);
	ok &= same("just less", flag_foot(k, .5f, above(.375f - .0078125f), .75f),
		   QUALITY_RESIDUAL);
	ok &= same("q_low above 1", flag_foot(k, .5f, .75f + .015f, 1.5f), QUALITY_RESIDUAL);
	ok &= same("q_low above 1, apart", flag_foot(k, .5f, .75f + .016f, 1.5f), 0);
	return ok & same("no band", flag_foot(k, NAN, .375f, .75f) | flag_foot(k, 1, NAN, .75f), 0);
}

/* --- plants --- */

static int ask_plants(const struct kernels *k, float red, float nir, float swir1, uint8_t code,
		      float height)
{
	const struct plants_limits l = { .5f, .25f, .03125f, .125f };
	uint8_t out;

	k->plants(1, &red, &nir, &swir1, &code, &height, l, &out);
	return out;
}

/* NDVI is (nir - red) / (nir + red): .5 of .25 and .75, .25 of .375 and .625. */
static bool test_plants(const struct kernels *k)
{
	bool ok = true;

	ok &= same("reed", ask_plants(k, .25f, .75f, .125f, 0, 0), PLANTS_REED);
	ok &= same("dry", ask_plants(k, .25f, .75f, above(.125f), 0, 0), PLANTS_NONE);
	ok &= same("dry, wet by DSWE", ask_plants(k, .25f, .75f, .2f, 8, 0), PLANTS_WET);
	ok &= same("not dense", ask_plants(k, .25f, .7499f, .125f, 0, 0), PLANTS_NONE);
	for (uint8_t code = 0; code < 32; code++) {
		int wet = code >= 8 ? PLANTS_WET : PLANTS_NONE;

		ok &= same("wet", ask_plants(k, .375f, .625f, .2f, code, 0), wet);
		ok &= same("too sparse", ask_plants(k, .375f, .6249f, .2f, code, 0), PLANTS_NONE);
		ok &= same("dense and wet", ask_plants(k, .25f, .75f, .125f, code, 0), PLANTS_REED);
	}
	ok &= same("floats", ask_plants(k, .5f, .5f, 1, 0, .03125f), PLANTS_FLOATS);
	ok &= same("does not float", ask_plants(k, .5f, .5f, 1, 0, below(.03125f)), PLANTS_NONE);
	ok &= same("reed and floats", ask_plants(k, .25f, .75f, 0, 0, 1),
		   PLANTS_REED | PLANTS_FLOATS);
	ok &= same("no NIR", ask_plants(k, .25f, NAN, .1f, 31, NAN), PLANTS_NONE);
	return ok & same("no SWIR", ask_plants(k, .25f, .75f, NAN, 8, NAN), PLANTS_WET);
}

static bool test_plants_class(const struct kernels *k)
{
	static const uint8_t kinds[] = { PLANTS_NONE, PLANTS_REED, PLANTS_WET };
	bool ok = true;

	for (unsigned i = 0; i < 6 * 6; i++) {
		static const uint8_t waters[] = { 0, 1, 2, 252, 253, 255 };
		uint8_t water = waters[i / 6], kind = kinds[i % 3], plants = kind;
		bool floats = i % 6 > 2;
		int wanted = kind;

		plants |= floats ? PLANTS_FLOATS : 0;
		if (water == 1)
			wanted = floats ? PLANTS_FLOATING : PLANTS_NONE;
		if (water == 252 || water == 253)
			wanted = PLANTS_HIDDEN;
		if (water == 255)
			wanted = PLANTS_NODATA;
		k->plants_class(1, &water, &plants);
		ok &= same("class of plants", plants, wanted);
	}
	return ok;
}

#endif
