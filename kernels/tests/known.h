/* SPDX-License-Identifier: Apache-2.0
 *
 * known.h - tests on the known answers of vectors.h, and on all values of small integers.
 */
#ifndef KERNELS_TESTS_KNOWN_H
#define KERNELS_TESTS_KNOWN_H

#include "kernels/tests/tap.h"
#include "kernels/tests/vectors.h"

struct bands {
	float blue[SPECTRA], green[SPECTRA], red[SPECTRA], nir[SPECTRA], swir1[SPECTRA],
		swir2[SPECTRA];
};

static struct bands bands_of_spectra(void)
{
	struct bands b;

	for (size_t i = 0; i < SPECTRA; i++) {
		b.blue[i] = spectra[i].blue;
		b.green[i] = spectra[i].green;
		b.red[i] = spectra[i].red;
		b.nir[i] = spectra[i].nir;
		b.swir1[i] = spectra[i].swir1;
		b.swir2[i] = spectra[i].swir2;
	}
	return b;
}

static bool test_index_vectors(const struct kernels *k)
{
	struct bands b = bands_of_spectra();
	float ndwi[SPECTRA], mndwi[SPECTRA], ndvi[SPECTRA], nsh[SPECTRA], sh[SPECTRA], wi[SPECTRA];
	bool ok = true;

	k->norm_diff(SPECTRA, b.green, b.nir, ndwi);
	k->norm_diff(SPECTRA, b.green, b.swir1, mndwi);
	k->norm_diff(SPECTRA, b.nir, b.red, ndvi);
	k->awei_nsh(SPECTRA, b.green, b.nir, b.swir1, b.swir2, nsh);
	k->awei_sh(SPECTRA, b.blue, b.green, b.nir, b.swir1, b.swir2, sh);
	k->wi2015(SPECTRA, b.green, b.red, b.nir, b.swir1, b.swir2, wi);
	for (size_t i = 0; i < SPECTRA; i++) {
		const struct spectrum *s = &spectra[i];

		ok &= agrees(s->name, ndwi[i], s->ndwi, 5e-7);
		ok &= agrees(s->name, mndwi[i], s->mndwi, 5e-7);
		ok &= agrees(s->name, ndvi[i], s->ndvi, 5e-7);
		ok &= agrees(s->name, nsh[i], s->awei_nsh, 5e-7);
		ok &= agrees(s->name, sh[i], s->awei_sh, 5e-7);
		ok &= agrees(s->name, wi[i], s->wi2015, 5e-7);
	}
	return ok;
}

static bool test_dswe_vectors(const struct kernels *k)
{
	struct bands b = bands_of_spectra();
	uint8_t code[SPECTRA], state[SPECTRA] = { 0 }, evidence[SPECTRA], water[SPECTRA],
			       marks[SPECTRA];
	uint32_t why[SPECTRA] = { 0 };
	bool ok = true;

	k->dswe(SPECTRA, b.blue, b.green, b.red, b.nir, b.swir1, b.swir2, DSWE_LIMITS, code);
	k->evidence_dswe(SPECTRA, code, evidence);
	k->water_why(SPECTRA, code, state, evidence, why);
	k->water_class(SPECTRA, why, evidence, (struct mask_limits){ 0 }, water, marks);
	for (size_t i = 0; i < SPECTRA; i++) {
		ok &= same(spectra[i].name, code[i], spectra[i].code);
		ok &= same(spectra[i].name, dswe_class(code[i]), spectra[i].dswe);
		ok &= same(spectra[i].name, water[i], spectra[i].water);
		ok &= same(spectra[i].name, why[i], (long long)code[i] << 24);
	}
	return ok;
}

/* Wetness by Crist and by Baig, WOfS's wet or dry, and what the default method says. */
static bool test_method_vectors(const struct kernels *k)
{
	struct bands b = bands_of_spectra();
	uint8_t code[SPECTRA], wofs[SPECTRA], balkhash[SPECTRA];
	float crist[SPECTRA], baig[SPECTRA], m[SPECTRA];
	bool ok = true;

	k->tcw(SPECTRA, b.blue, b.green, b.red, b.nir, b.swir1, b.swir2, TCW_CRIST, crist);
	k->tcw(SPECTRA, b.blue, b.green, b.red, b.nir, b.swir1, b.swir2, TCW_BAIG, baig);
	k->mbwi(SPECTRA, b.green, b.red, b.nir, b.swir1, b.swir2, m);
	k->dswe(SPECTRA, b.blue, b.green, b.red, b.nir, b.swir1, b.swir2, DSWE_LIMITS, code);
	k->evidence_wofs(SPECTRA, b.blue, b.green, b.red, b.nir, b.swir1, b.swir2, wofs);
	k->evidence_balkhash(SPECTRA, b.blue, b.green, b.red, b.nir, b.swir1, b.swir2, code,
			     EVIDENCE_LIMITS, balkhash);
	for (size_t i = 0; i < SPECTRA; i++) {
		const struct method_answer *a = &method_answers[i];
		uint8_t open = balkhash[i] & (EVIDENCE_OPEN | EVIDENCE_GROW);

		ok &= agrees(spectra[i].name, crist[i], a->tcw_crist, 1e-6);
		ok &= agrees(spectra[i].name, baig[i], a->tcw_baig, 1e-6);
		ok &= same(spectra[i].name, wofs[i] & EVIDENCE_OPEN, a->wofs);
		ok &= same(spectra[i].name, open, a->open);
		ok &= same(spectra[i].name, (balkhash[i] & EVIDENCE_BRIGHT) != 0, a->bright);
		ok &= same(spectra[i].name, (balkhash[i] & EVIDENCE_ICE) != 0, a->ice);
		ok &= same(spectra[i].name, (balkhash[i] & EVIDENCE_DARK) != 0, a->dark);
	}
	return ok & agrees("MBWI of turbid water", m[1], 0.074, 1e-6);
}

/* Every code under every Fmask byte, on both sides of the limit of the NIR band. */
static bool test_dswx(const struct kernels *k)
{
	static const float nir[] = { 0.0999f, 0.1f, 0.1001f };
	bool ok = true;

	for (unsigned i = 0; i < 3 * 256 * 32; i++) {
		uint8_t code = i % 32, evidence;
		uint16_t fmask = (uint16_t)(i / 32 % 256);
		unsigned kind = recode[code], class = kind > 2 ? 2 : kind > 0;
		bool low = fmask == 224 || fmask == 160 || fmask == 96;
		bool any = low || fmask == 192 || fmask == 128;

		k->evidence_dswx(1, &code, &nir[i / 8192], &fmask, &evidence);
		if (i / 8192 < 2 && ((low && (kind == 0 || kind == 2)) || (any && kind > 2)))
			class = 1 + 16;
		ok &= same("DSWx open", (evidence & EVIDENCE_OPEN) != 0, (class & 1) != 0);
		ok &= same("DSWx partial", (evidence & EVIDENCE_PARTIAL) != 0, class == 2);
		ok &= same("DSWx aerosol", (evidence & EVIDENCE_AEROSOL) != 0, class >= 16);
	}
	return ok;
}

static bool test_dswe_recode(const struct kernels *k)
{
	uint8_t code[32], evidence[32], water[32], marks[32];
	uint32_t why[32] = { 0 };
	bool ok = true;

	for (unsigned i = 0; i < 32; i++) {
		code[i] = (uint8_t)i;
	}
	k->evidence_dswe(32, code, evidence);
	k->water_class(32, why, evidence, (struct mask_limits){ 0 }, water, marks);
	for (unsigned i = 0; i < 32; i++) {
		ok &= same("class of a code", dswe_class(i), recode[i]);
		ok &= same("water class of a code", water[i], (recode[i] + 1) / 2);
	}
	return ok;
}

static bool test_dswe_edges(const struct kernels *k)
{
	bool ok = true;

	for (size_t i = 0; i < EDGES; i++) {
		const struct edge *e = &edges[i];
		uint8_t code;

		k->dswe(1, &e->blue, &e->green, &e->red, &e->nir, &e->swir1, &e->swir2, DSWE_LIMITS,
			&code);
		ok &= same(e->name, (code & e->test) != 0, e->passes);
	}
	return ok;
}

static bool test_calibration(const struct kernels *k)
{
	bool ok = true;

	for (size_t i = 0; i < CALIBRATIONS; i++) {
		const struct calibration *v = &calibrations[i];
		double sun = sin(v->sun_elevation_deg * acos(-1.0) / 180.0);
		struct calib c = { (float)(v->gain / sun), (float)(v->bias / sun), 0, 65535 };
		uint8_t state = 0;
		float rho;

		k->reflectance(1, &v->dn, c, &rho, &state);
		ok &= agrees(v->name, rho, v->value, v->half_digit);
		ok &= same(v->name, state & CALIB_VALID, CALIB_VALID);
	}
	return ok;
}

/* Fill and saturation of every stored value, as two bands of one pixel report them. */
static bool test_state(const struct kernels *k)
{
	const struct calib s2 = { 1e-4f, -0.1f, 0, 65535 },
			   hls = { 1e-4f, 0, (uint16_t)-9999, (uint16_t)-9999 };
	bool ok = true;

	for (unsigned dn = 0; dn < 65536; dn++) {
		uint16_t v = (uint16_t)dn;
		uint8_t state = 0, wanted = dn == 0 ? 1 : dn == 65535 ? 2 + 4 : 4;
		float rho;

		k->reflectance(1, &v, s2, &rho, &state);
		ok &= same("state of a Sentinel-2 value", state, wanted);
		wanted |= dn == 65536 - 9999 ? 1 : 4;
		k->reflectance(1, &v, hls, &rho, &state);
		ok &= same("state with an HLS value", state, wanted);
	}
	return ok;
}

/* Every value under some rules: the reason is added where the bits lie in the range, none is taken away. */
static bool test_mask(const struct kernels *k)
{
	static const struct mask_rule rules[] = {
		{ 1, 1, 1, WHY_FILL },
		{ 3 << 14, 3 << 14, 3 << 14, WHY_CIRRUS },
		{ 0xffff, 12, 0xffff, WHY_DEFECT },
		{ 1 + 512, 1, 1 + 512, WHY_SATURATED },
		{ 0xc, 4, 0xc, WHY_SATURATED },
		{ 0, 0, 0, WHY_SNOW },
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		for (unsigned v = 0; v < 65536; v++) {
			unsigned bits = v & rules[i].bits;
			bool holds = bits >= rules[i].low && bits <= rules[i].high;
			uint32_t why = WHY_CLOUD;
			uint16_t value = (uint16_t)v;

			k->mask(1, &value, rules[i], &why);
			ok &= same("mask", why, WHY_CLOUD + (holds ? rules[i].reason : 0));
		}
	}
	return ok;
}

/* A table's factor for the pixel's angle; a NaN comes out as the one NaN. */
static bool test_sun(const struct kernels *k)
{
	static float factor[65536];
	const uint16_t angle[4] = { 0, 40768, 65535, 7 };
	float rho[4] = { 0.25f, 0.5f, -0.1f, 1.0f };
	bool ok = true;

	factor[0] = 1.0f;
	factor[40768] = 1.5f;
	factor[65535] = 2.0f;
	factor[7] = -0.0f / 0.0f;
	k->sun(4, angle, factor, rho);
	ok &= same("sun, first", rho[0] == 0.25f, 1);
	ok &= same("sun, middle", rho[1] == 0.75f, 1);
	ok &= same("sun, last", rho[2] == -0.2f, 1);
	ok &= same("sun, NaN", rho[3] != rho[3], 1);
	return ok;
}

#endif
