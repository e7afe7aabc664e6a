/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors_quality.h - water quality of known waters: the published formulas and coefficients
 * evaluated elsewhere, in double precision, printed to some digits; and the tests on them.
 */
#ifndef KERNELS_TESTS_VECTORS_QUALITY_H
#define KERNELS_TESTS_VECTORS_QUALITY_H

#include "kernels/kernels.h"
#include "kernels/tests/tap.h"

/* --- red edge --- */

/*
 * Mishra and Mishra 2012; Moses et al. 2009, two and three bands; Gilerson et al. 2010; Gurlin
 * et al. 2011; backscattering and chlorophyll of Gons et al. 2005 (a* .015, exponent 1.05) and
 * as in Neil et al. 2019 (.016, 1.063); MCI of Sentinel-2A.
 */
static const struct {
	float red, edge705, edge740, edge783;
	double index, mishra, moses2, gilerson2, gurlin2, moses3, bb, gons, gons_neil, mci;
} waters[] = {
	{ .010f, .009f, .004f, .003f, -.052632, 10.0449, 17.2516, 17.6744, 18.6618, 12.8483,
	  .060224, 15.4580, 14.6092, .002123 },
	{ .030f, .030f, .012f, .010f, 0, 14.0390, 23.3840, 23.2777, 24.9500, 23.1740, .211842,
	  21.0544, 19.9832, .009368 },
	{ .040f, .055f, .022f, .018f, .157895, 32.4808, 46.3805, 45.4856, 53.0338, 58.0233, .407022,
	  48.8681, 46.0964, .024368 },
	{ .020f, .040f, .012f, .010f, .333333, 64.3357, 84.7080, 85.2266, 115.6400, 92.8727,
	  .211842, 81.8439, 76.9734, .024163 },
	{ .130f, .110f, .050f, .048f, -.083333, 8.2122, 13.9495, 14.7335, 15.4853, 6.9272, 1.452632,
	  -3.9032, -4.1093, .021634 },
};

#define WATERS (sizeof(waters) / sizeof(waters[0]))

static bool test_red_edge_vectors(const struct kernels *k)
{
	const struct chl_poly identity = { 0, 1, 0 }, mishra = { 14.039f, 86.115f, 194.325f };
	const struct chl_poly moses2 = { -37.94f, 61.324f, 0 }, moses3 = { 23.174f, 232.329f, 0 };
	const struct chl_poly gurlin = { -15.18f, 14.85f, 25.28f };
	const struct chl_power gilerson = { (float)(.7864 / .022), (float)(-.4245 / .022),
					    (float)(1 / .8897) };
	const float weight = (float)((704.1 - 664.6) / (740.5 - 664.6));
	bool ok = true;

	for (size_t i = 0; i < WATERS; i++) {
		const float *red = &waters[i].red, *e705 = &waters[i].edge705;
		const float *e740 = &waters[i].edge740;
		float v[7];

		k->chl_ndci(1, red, e705, identity, false, &v[0]);
		k->chl_ndci(1, red, e705, mishra, true, &v[1]);
		k->chl_ratio(1, red, e705, moses2, &v[2]);
		k->chl_ratio_power(1, red, e705, gilerson, &v[3]);
		k->chl_ratio(1, red, e705, gurlin, &v[4]);
		k->chl_three(1, red, e705, e740, moses3, &v[5]);
		k->line_height(1, red, e705, e740, weight, &v[6]);
		ok &= agrees("NDCI", (double)v[0], waters[i].index, 5e-7);
		ok &= agrees("Mishra", (double)v[1], waters[i].mishra, 5e-5);
		ok &= agrees("Moses, two bands", (double)v[2], waters[i].moses2, 5e-5);
		ok &= agrees("Gilerson, two bands", (double)v[3], waters[i].gilerson2, 5e-5);
		ok &= agrees("Gurlin, two bands", (double)v[4], waters[i].gurlin2, 5e-5);
		ok &= agrees("Moses, three bands", (double)v[5], waters[i].moses3, 5e-5);
		ok &= agrees("MCI", (double)v[6], waters[i].mci, 5e-7);
	}
	return ok;
}

/* NaN where a value was below 0.  With 0, -2, 0 and 1 as constants Gons is q bb + 1: that shows
 * bb. */
static bool test_gons_vectors(const struct kernels *k)
{
	const struct chl_gons gons = { .70f, .40f, 1.05f, .015f };
	const struct chl_gons neil = { .70f, .40f, 1.063f, .016f };
	bool ok = true;

	for (size_t i = 0; i < WATERS; i++) {
		const float *red = &waters[i].red, *e705 = &waters[i].edge705;
		const float *e783 = &waters[i].edge783;
		float v[3];
		const struct chl_gons bare = { 0, -2, 0, 1 };
		double q = (double)*e705 / (double)*red;

		k->chl_gons(1, red, e705, e783, gons, &v[0]);
		k->chl_gons(1, red, e705, e783, neil, &v[1]);
		k->chl_gons(1, red, e705, e783, bare, &v[2]);
		if (waters[i].gons < 0) {
			ok &= same("Gons below 0", float_bits(v[0]), 0x7fc00000);
			ok &= same("Gons as in Neil below 0", float_bits(v[1]), 0x7fc00000);
		} else {
			ok &= agrees("Gons", (double)v[0], waters[i].gons, 5e-5);
			ok &= agrees("Gons as in Neil", (double)v[1], waters[i].gons_neil, 5e-5);
		}
		ok &= agrees("backscattering", (double)v[2], q * waters[i].bb + 1, 5e-7);
	}
	return ok;
}

/* --- blue and green --- */

/* Franz et al. 2015 (OLI), O'Reilly and Werdell 2019 (OLI, MSI), at blue / green .25, .5, 1, 2,
 * 4. */
static const struct {
	const char *name;
	struct chl_oc c;
	double chl[5];
} colours[] = {
	{ "OC2, OLI",
	  { { .1977f, -1.8117f, 1.9743f, -2.5635f, -.7218f } },
	  { 294.23286, 9.68251, 1.57652, .56935, .14734 } },
	{ "OC3, OLI, 2015",
	  { { .2412f, -2.0546f, 1.1776f, -.5538f, -.4570f } },
	  { 92.43933, 9.50087, 1.74261, .51352, .17789 } },
	{ "OC3, OLI, 2019",
	  { { .30963f, -2.40052f, 1.28932f, .52802f, -1.33825f } },
	  { 85.34390, 13.29542, 2.04000, .50963, .18669 } },
	{ "OC2, MSI",
	  { { .2389f, -1.9369f, 1.7627f, -3.0777f, -.1054f } },
	  { 503.23684, 11.60888, 1.73340, .53796, .10622 } },
	{ "OC3, MSI",
	  { { .3308f, -2.6684f, 1.5990f, .5525f, -1.4876f } },
	  { 158.82126, 17.85175, 2.14190, .47346, .16943 } },
};

/* The larger blue counts, whichever of the two it is. */
static bool test_oc_vectors(const struct kernels *k)
{
	const float green[5] = { .02f, .02f, .02f, .02f, .02f };
	const float blue[5] = { .005f, .01f, .02f, .04f, .08f };
	const float darker[5] = { .005f, .004f, .003f, .01f, .02f };
	bool ok = true;

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		float same_blue[5], first[5], second[5];

		k->chl_oc(5, blue, blue, green, colours[i].c, same_blue);
		k->chl_oc(5, blue, darker, green, colours[i].c, first);
		k->chl_oc(5, darker, blue, green, colours[i].c, second);
		for (size_t j = 0; j < 5; j++) {
			ok &= agrees(colours[i].name, (double)same_blue[j], colours[i].chl[j],
				     5e-6);
			ok &= same("of two blues", float_bits(first[j]), float_bits(same_blue[j]));
			ok &= same("of two blues", float_bits(second[j]), float_bits(same_blue[j]));
		}
	}
	return ok;
}

/* --- turbidity, suspended matter --- */

/* Dogliotti et al. 2015 by red, by NIR and as they say; Nechad et al. 2009 and 2010 at 665 nm. */
static const struct {
	float red, nir;
	double by_red, by_nir, fnu, nechad_fnu, spm;
} muds[] = {
	{ .01f, .002f, 2.4290, 6.2167, 2.4290, 3.0033, 3.7771 },
	{ .03f, .008f, 8.3739, 25.6009, 8.3739, 10.2718, 12.9183 },
	{ .06f, .03f, 21.5742, 107.6595, 64.6169, 26.0073, 32.7079 },
	{ .07f, .04f, 27.8447, 151.9308, 151.9308, 33.2934, 41.8712 },
	{ .13f, .09f, 142.6996, 482.8691, 482.8691, 148.5091, 186.7714 },
};

/* The published values go on where Nechad's models have none: from c / 2 on, there the branch
 * alone. */
static bool test_turbidity_vectors(const struct kernels *k)
{
	struct turbidity_model model = { { 228.1f, .1641f }, { 3078.9f, .2112f }, .05f, .07f };
	const struct nechad fnu_2009 = { 282.95f, 0, .1728f }, spm_2010 = { 355.85f, 0, .1728f };
	struct turbidity_model all_red = model, all_nir = model;
	bool ok = true;

	all_red.low = 1;
	all_red.high = 2;
	all_nir.low = -2;
	all_nir.high = -1;
	for (size_t i = 0; i < sizeof(muds) / sizeof(muds[0]); i++) {
		const float *red = &muds[i].red, *nir = &muds[i].nir;
		struct turbidity_branch fnu = { 282.95f, .1728f }, spm = { 355.85f, .1728f };
		float v[5];

		k->turbidity(1, red, nir, all_red, &v[0]);
		k->turbidity(1, red, nir, all_nir, &v[1]);
		k->turbidity(1, red, nir, model, &v[2]);
		k->nechad(1, red, fnu_2009, &v[3]);
		k->nechad(1, red, spm_2010, &v[4]);
		if (*red >= .0864f) {
			ok &= same("beyond c / 2", float_bits(v[3]), 0x7fc00000);
			ok &= same("beyond c / 2", float_bits(v[4]), 0x7fc00000);
			v[3] = turbidity_branch(*red, fnu);
			v[4] = turbidity_branch(*red, spm);
		}
		ok &= agrees("by red", (double)v[0], muds[i].by_red, 5e-5);
		ok &= agrees("by NIR", (double)v[1], muds[i].by_nir, 5e-5);
		ok &= agrees("turbidity", (double)v[2], muds[i].fnu, 5e-5);
		ok &= agrees("Nechad 2009", (double)v[3], muds[i].nechad_fnu, 5e-5);
		ok &= agrees("Nechad 2010", (double)v[4], muds[i].spm, 5e-5);
	}
	return ok;
}

/* --- floating algae --- */

/* Hu 2009 with the wavelengths of OLI and of MSI on Sentinel-2A. */
static bool test_fai_vectors(const struct kernels *k)
{
	const float red[] = { .02f, .05f, .03f }, nir[] = { .05f, .03f, .03f };
	const float swir1[] = { .01f, .02f, .03f };
	const double oli[] = { .032202, -.013395, 0 }, msi[] = { .032108, -.013675, 0 };
	float of_oli[3], of_msi[3];
	bool ok = true;

	k->line_height(3, red, nir, swir1, (float)((864.7 - 654.6) / (1608.9 - 654.6)), of_oli);
	k->line_height(3, red, nir, swir1, (float)((864.7 - 664.6) / (1613.7 - 664.6)), of_msi);
	for (size_t i = 0; i < 3; i++) {
		ok &= agrees("FAI of OLI", (double)of_oli[i], oli[i], 5e-7);
		ok &= agrees("FAI of MSI", (double)of_msi[i], msi[i], 5e-7);
	}
	return ok;
}

/* --- Secchi depth --- */

static const struct qaa qaa_published = { { 443, 490, 560, 665 },
					  { .00693f, .015f, .0596f, .439f },
					  { .0025f, .00158f, .0009f, .00034f } };

/* Clear and muddy water, the sun at 30 degrees; the slope, and absorption and backscattering of the
 * particles in a band (490 nm, 665 nm). */
static const struct {
	float rrs[4];
	double slope, a, bbp, depth, half_digit;
	int band;
} optics[] = {
	{ { .008f, .009f, .005f, .0008f }, 1.423493, .051234, .007791, 10.7890, 5e-5, 1 },
	{ { .015f, .020f, .035f, .030f }, .406849, .766149, .475112, .2940, 5e-5, 3 },
};

static bool test_secchi_vectors(const struct kernels *k)
{
	const struct qaa_span span = qaa_span(qaa_published, 30);
	bool ok = true;

	for (size_t i = 0; i < 2; i++) {
		struct qaa_light light[4];
		float rho[4], depth;
		int band = optics[i].band;

		for (int b = 0; b < 4; b++) {
			rho[b] = (float)(M_PI * (double)optics[i].rrs[b]);
			light[b] = qaa_light(rho[b]);
		}
		k->secchi(1, &rho[0], &rho[1], &rho[2], &rho[3], qaa_published, 30, &depth);
		ok &= agrees("Secchi depth", (double)depth, optics[i].depth, optics[i].half_digit);

		struct qaa_particles p =
			qaa_particles(light[0], light[1], light[2], light[3], &span);
		double apart =
			log((double)(p.log_wavelength == span.log_wavelength[2] ? 560 : 665)) -
			log((double)qaa_published.wavelength[band]);
		double bbp = (double)p.bbp * exp((double)p.slope * apart);
		double u = (double)light[band].u;

		ok &= agrees("slope", (double)p.slope, optics[i].slope, 5e-7);
		ok &= agrees("backscattering", bbp, optics[i].bbp, 5e-7);
		ok &= agrees("absorption", (1 - u) * (bbp + (double)qaa_published.bbw[band]) / u,
			     optics[i].a, 5e-7);
	}
	return ok;
}

#endif
