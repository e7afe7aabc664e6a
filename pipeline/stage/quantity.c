/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/quantity.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Coefficients that do not depend on the sensor (docs/water-quality.md lists them with their sources). */
#define NDCI_MISHRA    ((struct chl_poly){ 14.039f, 86.115f, 194.325f })
#define MOSES_2	       ((struct chl_poly){ -37.94f, 61.324f, 0.0f })
#define MOSES_3	       ((struct chl_poly){ 23.174f, 232.329f, 0.0f })
#define GURLIN_2       ((struct chl_poly){ -15.18f, 14.85f, 25.28f })
#define GURLIN_3       ((struct chl_poly){ 25.66f, 215.95f, 315.50f })
#define GILERSON_POWER 1.1239744f /* 1 / 0.8897 */
#define GILERSON_2     ((struct chl_power){ .7864f / .022f, -.4245f / .022f, GILERSON_POWER })
#define GILERSON_3     ((struct chl_power){ 2.494f / .022f, (.7864f - .4245f) / .022f, GILERSON_POWER })
#define GONS_2005      ((struct chl_gons){ .70f, .40f, 1.05f, .015f })
#define CI_LOW	       .25f
#define CI_HIGH	       .35f

/* --- chlorophyll --- */

static void row_balkhash(const struct quantity_row *r, float *out)
{
	r->kernels->chl_default(r->n, r->rho[ROLE_BLUE], r->rho[ROLE_GREEN], r->rho[ROLE_RED],
				r->rho[ROLE_EDGE705], r->turbidity, r->optics->oc2, NDCI_MISHRA,
				r->limits->chl, out);
}

static void row_clear(const struct quantity_row *r, float *out)
{
	r->kernels->chl_clear(r->n, r->rho[ROLE_BLUE], r->rho[ROLE_BLUE], r->rho[ROLE_GREEN],
			      r->turbidity, r->optics->oc2, r->limits->chl.turbid,
			      r->limits->chl.blue_green, out);
}

static void row_oc2(const struct quantity_row *r, float *out)
{
	r->kernels->chl_oc(r->n, r->rho[ROLE_BLUE], r->rho[ROLE_BLUE], r->rho[ROLE_GREEN],
			   r->optics->oc2, out);
}

static void row_oc3(const struct quantity_row *r, float *out)
{
	r->kernels->chl_oc(r->n, r->rho[ROLE_COASTAL], r->rho[ROLE_BLUE], r->rho[ROLE_GREEN],
			   r->optics->oc3, out);
}

static void row_oc3_franz(const struct quantity_row *r, float *out)
{
	r->kernels->chl_oc(r->n, r->rho[ROLE_COASTAL], r->rho[ROLE_BLUE], r->rho[ROLE_GREEN],
			   r->optics->oc3_franz, out);
}

/* The green band is brought to 555 nm (chl_ci()). */
static float green_weight(const struct quantity_row *r)
{
	const float *l = r->wavelength_nm;

	return (555.0f - l[ROLE_COASTAL]) / (l[ROLE_RED] - l[ROLE_COASTAL]);
}

static void row_ci(const struct quantity_row *r, float *out)
{
	r->kernels->chl_ci(r->n, r->rho[ROLE_COASTAL], r->rho[ROLE_GREEN], r->rho[ROLE_RED],
			   green_weight(r), out);
}

static void row_oci(const struct quantity_row *r, float *out)
{
	row_ci(r, r->scratch[0]);
	row_oc3(r, r->scratch[1]);
	r->kernels->chl_blend(r->n, r->scratch[0], r->scratch[1], CI_LOW, CI_HIGH, out);
}

static void row_ndci(const struct quantity_row *r, float *out)
{
	r->kernels->chl_ndci(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], NDCI_MISHRA, true, out);
}

static void row_moses2(const struct quantity_row *r, float *out)
{
	r->kernels->chl_ratio(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], MOSES_2, out);
}

static void row_gurlin2(const struct quantity_row *r, float *out)
{
	r->kernels->chl_ratio(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], GURLIN_2, out);
}

static void row_gilerson2(const struct quantity_row *r, float *out)
{
	r->kernels->chl_ratio_power(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], GILERSON_2, out);
}

static void row_moses3(const struct quantity_row *r, float *out)
{
	r->kernels->chl_three(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], r->rho[ROLE_EDGE740],
			      MOSES_3, out);
}

static void row_gurlin3(const struct quantity_row *r, float *out)
{
	r->kernels->chl_three(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], r->rho[ROLE_EDGE740],
			      GURLIN_3, out);
}

static void row_gilerson3(const struct quantity_row *r, float *out)
{
	r->kernels->chl_three_power(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705],
				    r->rho[ROLE_EDGE740], GILERSON_3, out);
}

static void row_gons(const struct quantity_row *r, float *out)
{
	r->kernels->chl_gons(r->n, r->rho[ROLE_RED], r->rho[ROLE_EDGE705], r->rho[ROLE_EDGE783],
			     GONS_2005, out);
}

/* The terms one by one, then the exponential of their sum. */
static void row_regression(const struct quantity_row *r, float *out)
{
	const struct regression *g = r->regression;
	float *one = r->scratch[0], *sum = out;

	for (size_t i = 0; i < r->n; i++) {
		one[i] = 1.0f;
		sum[i] = g->constant;
	}
	for (size_t i = 0; i < g->terms_nr; i++) {
		const struct regression_term *t = &g->terms[i];

		r->kernels->log_add(r->n, t->coefficient, r->rho[t->numerator],
				    t->denominator == ROLE_NR ? one : r->rho[t->denominator], sum);
	}
	memcpy(one, sum, r->n * sizeof(*one));
	r->kernels->exp_of(r->n, one, out);
}

/* --- the rest --- */

static void row_turbidity(const struct quantity_row *r, float *out)
{
	memcpy(out, r->turbidity, r->n * sizeof(*out));
}

static void row_spm(const struct quantity_row *r, float *out)
{
	r->kernels->nechad(r->n, r->rho[ROLE_RED], r->optics->spm, out);
}

static void row_secchi(const struct quantity_row *r, float *out)
{
	r->kernels->secchi(r->n, r->rho[ROLE_COASTAL], r->rho[ROLE_BLUE], r->rho[ROLE_GREEN],
			   r->rho[ROLE_RED], r->optics->qaa, r->sun_zenith_deg, out);
}

static void row_cdom(const struct quantity_row *r, float *out)
{
	r->kernels->cdom(r->n, r->rho[ROLE_GREEN], r->rho[ROLE_RED], out);
}

static void row_temperature(const struct quantity_row *r, float *out)
{
	memcpy(out, r->rho[ROLE_THERMAL], r->n * sizeof(*out));
}

#define ROLES(...)                                                                                 \
	.roles = { __VA_ARGS__ },                                                                  \
	.roles_nr = sizeof((enum role[]){ __VA_ARGS__ }) / sizeof(enum role)
#define COLOUR	    .colour = true, .hides = QUALITY_BRIGHT
#define CHLOROPHYLL .colour = true, .hides = QUALITY_BRIGHT | QUALITY_BLOOM
#define RED_NIR	    ROLE_RED, ROLE_NIR
#define IN_SITU	    "beside 309 samples: docs/accuracy.md"

static const struct quantity_rule rules[] = {
	{ .layer = "chlorophyll",
	  .name = "balkhash",
	  .title =
		  "OC2 in clear water, NDCI where 705 nm rises above 665 nm, none where mud decides",
	  ROLES(ROLE_BLUE, ROLE_GREEN, ROLE_EDGE705, RED_NIR),
	  CHLOROPHYLL,
	  .skill = true,
	  .low = .01f,
	  .high = 60,
	  .error = IN_SITU,
	  .row = row_balkhash,
	  .source =
		  "blend after Smith 2018; Pahlevan 2020; Mishra 2012, doi:10.1016/j.rse.2011.10.016" },
	{ .layer = "chlorophyll",
	  .name = "balkhash",
	  .title = "OC2, none where mud or brown matter decides: the sensor has no band at 705 nm",
	  ROLES(ROLE_BLUE, ROLE_GREEN, RED_NIR),
	  CHLOROPHYLL,
	  .skill = true,
	  .low = .01f,
	  .high = 30,
	  .row = row_clear,
	  .error =
		  "a factor of 2 to 3: blue bands of Landsat Level-2 are 48 to 110 % off over water (Maciel 2023)",
	  .source = "Franz 2015" },
	{ .layer = "chlorophyll",
	  .name = "oc2",
	  .title = "OC2: blue over green, clear water only",
	  ROLES(ROLE_BLUE, ROLE_GREEN),
	  CHLOROPHYLL,
	  .low = .01f,
	  .high = 30,
	  .error = IN_SITU,
	  .row = row_oc2,
	  .source =
		  "Franz 2015 (OLI, also for TM and ETM+); O'Reilly and Werdell 2019, Pahlevan 2020 (MSI)" },
	{ .layer = "chlorophyll",
	  .name = "oc3",
	  .title = "OC3: the larger of two blues over green, clear water only",
	  ROLES(ROLE_COASTAL, ROLE_BLUE, ROLE_GREEN),
	  CHLOROPHYLL,
	  .low = .01f,
	  .high = 30,
	  .error = IN_SITU,
	  .row = row_oc3,
	  .source = "O'Reilly and Werdell 2019, doi:10.1016/j.rse.2019.04.021" },
	{ .layer = "chlorophyll",
	  .name = "oc3-franz",
	  .title = "OC3 with the older coefficients of OLI",
	  ROLES(ROLE_COASTAL, ROLE_BLUE, ROLE_GREEN),
	  .sensor = "OLI",
	  CHLOROPHYLL,
	  .low = .01f,
	  .high = 30,
	  .error = IN_SITU,
	  .row = row_oc3_franz,
	  .source = "Franz 2015" },
	{ .layer = "chlorophyll",
	  .name = "ci",
	  .title = "CI: height of green above the line from blue to red, very clear water",
	  ROLES(ROLE_COASTAL, ROLE_GREEN, ROLE_RED),
	  CHLOROPHYLL,
	  .low = .01f,
	  .high = .4f,
	  .error = IN_SITU,
	  .row = row_ci,
	  .source = "Hu 2012, doi:10.1029/2011JC007395; Hu 2019" },
	{ .layer = "chlorophyll",
	  .name = "oci",
	  .title = "CI below .25, OC3 above .35, a blend between",
	  ROLES(ROLE_COASTAL, ROLE_BLUE, ROLE_GREEN, ROLE_RED),
	  CHLOROPHYLL,
	  .low = .01f,
	  .high = 30,
	  .error = IN_SITU,
	  .row = row_oci,
	  .source = "Hu 2012, doi:10.1029/2011JC007395; Hu 2019" },
	{ .layer = "chlorophyll",
	  .name = "ndci",
	  .title = "from NDCI, where that is monotonic",
	  ROLES(ROLE_RED, ROLE_EDGE705),
	  CHLOROPHYLL,
	  .low = 1,
	  .high = 60,
	  .error = IN_SITU,
	  .row = row_ndci,
	  .source = "Mishra 2012, doi:10.1016/j.rse.2011.10.016" },
	{ .layer = "chlorophyll",
	  .name = "moses2",
	  .title = "705 over 665 nm, linear",
	  ROLES(ROLE_RED, ROLE_EDGE705),
	  CHLOROPHYLL,
	  .low = 3,
	  .high = 100,
	  .error = IN_SITU,
	  .row = row_moses2,
	  .source = "Moses 2009, doi:10.1109/LGRS.2009.2026657; Gitelson 2011" },
	{ .layer = "chlorophyll",
	  .name = "moses3",
	  .title = "three bands, linear",
	  ROLES(ROLE_RED, ROLE_EDGE705, ROLE_EDGE740),
	  CHLOROPHYLL,
	  .low = 3,
	  .high = 100,
	  .error = "not judged here",
	  .row = row_moses3,
	  .source = "Moses 2009, doi:10.1109/LGRS.2009.2026657" },
	{ .layer = "chlorophyll",
	  .name = "gilerson2",
	  .title = "705 over 665 nm, a power",
	  ROLES(ROLE_RED, ROLE_EDGE705),
	  CHLOROPHYLL,
	  .low = 5,
	  .high = 150,
	  .error = IN_SITU,
	  .row = row_gilerson2,
	  .source = "Gilerson 2010, doi:10.1364/OE.18.024109" },
	{ .layer = "chlorophyll",
	  .name = "gilerson3",
	  .title = "three bands, a power",
	  ROLES(ROLE_RED, ROLE_EDGE705, ROLE_EDGE740),
	  CHLOROPHYLL,
	  .low = 5,
	  .high = 150,
	  .error = "not judged here",
	  .row = row_gilerson3,
	  .source = "Gilerson 2010, doi:10.1364/OE.18.024109" },
	{ .layer = "chlorophyll",
	  .name = "gurlin2",
	  .title = "705 over 665 nm, a parabola",
	  ROLES(ROLE_RED, ROLE_EDGE705),
	  CHLOROPHYLL,
	  .low = 2,
	  .high = 100,
	  .error = IN_SITU,
	  .row = row_gurlin2,
	  .source = "Gurlin 2011, Remote Sensing of Environment 115" },
	{ .layer = "chlorophyll",
	  .name = "gurlin3",
	  .title = "three bands, a parabola",
	  ROLES(ROLE_RED, ROLE_EDGE705, ROLE_EDGE740),
	  CHLOROPHYLL,
	  .low = 2,
	  .high = 100,
	  .error = "not judged here",
	  .row = row_gurlin3,
	  .source = "Gurlin 2011, Remote Sensing of Environment 115" },
	{ .layer = "chlorophyll",
	  .name = "gons",
	  .title = "705 over 665 nm with the backscattering of 783 nm",
	  ROLES(ROLE_RED, ROLE_EDGE705, ROLE_EDGE783),
	  CHLOROPHYLL,
	  .low = 3,
	  .high = 200,
	  .error = "not judged here",
	  .row = row_gons,
	  .source = "Gons 2005" },
	{ .layer = "chlorophyll",
	  .name = "regression",
	  .title = "the user's own regression (--regression)",
	  CHLOROPHYLL,
	  .regression = true,
	  .low = QUANTITY_LEAST,
	  .high = QUANTITY_MOST,
	  .error = "the user's",
	  .row = row_regression,
	  .source = "the user's samples" },
	{ .layer = "turbidity",
	  .name = "dogliotti",
	  .title = "red below .05, near infrared above .07, both between",
	  ROLES(RED_NIR),
	  COLOUR,
	  .low = 0,
	  .high = 1000,
	  .error = "14 % (median, in situ)",
	  .row = row_turbidity,
	  .source = "Dogliotti 2015, doi:10.1016/j.rse.2014.09.020" },
	{ .layer = "spm",
	  .name = "nechad",
	  .title = "suspended matter from the red band",
	  ROLES(ROLE_RED),
	  COLOUR,
	  .low = 0,
	  .high = 1000,
	  .error = "30 to 40 %",
	  .row = row_spm,
	  .source = "Nechad 2010, doi:10.1016/j.rse.2009.11.022" },
	{ .layer = "secchi",
	  .name = "lee",
	  .title = "Secchi depth by QAA v6 and the least attenuation",
	  ROLES(ROLE_COASTAL, ROLE_BLUE, ROLE_GREEN, ROLE_RED),
	  COLOUR,
	  .low = .1f,
	  .high = 30,
	  .error = "18 % (in situ)",
	  .row = row_secchi,
	  .source = "Lee 2002, 2013, 2015, doi:10.1016/j.rse.2015.08.002" },
	{ .layer = "cdom",
	  .name = "ficek",
	  .title = "absorption of dissolved matter at 440 nm, an index only",
	  ROLES(ROLE_GREEN, ROLE_RED),
	  COLOUR,
	  .low = .1f,
	  .high = 20,
	  .error = "an index: no error is published for these bands",
	  .row = row_cdom,
	  .source = "Ficek 2011" },
	{ .layer = "temperature",
	  .name = "usgs",
	  .title = "surface temperature of Landsat Level-2",
	  ROLES(ROLE_THERMAL),
	  .code = QUANTITY_KELVIN,
	  .low = 0,
	  .high = 40,
	  .error = "1 to 2 K",
	  .row = row_temperature,
	  .source = "USGS LSDS-1619" },
};

const struct quantity_rule *quantity_at(size_t i)
{
	return i < COUNT(rules) ? &rules[i] : NULL;
}

/*
 * OECD 1982: chlorophyll of oligotrophic lakes up to 2.5, of mesotrophic ones up to 8, of eutrophic
 * ones up to 25 mg m-3; Secchi depths 6, 3 and 1.5 m.  FAI: water, a bloom, a mat (plants.fai;
 * Oyama 2015).  Turbidity: clear, muddy and very muddy as the algorithms part them here.
 */
static const struct {
	const char *layer;
	float from[3];
} thresholds[] = {
	{ "chlorophyll", { 2.5f, 8, 25 } }, { "secchi", { 1.5f, 3, 6 } },
	{ "turbidity", { 5, 30, 100 } },    { "spm", { 5, 30, 100 } },
	{ "fai", { 0, .02f, .05f } },	    { "afai", { 0, .02f, .05f } },
	{ "mci", { 0, .005f, .01f } },	    { "cdom", { 1, 3, 6 } },
	{ "temperature", { 15, 20, 25 } },
};

const float *quantity_thresholds(const char *layer, size_t *nr)
{
	*nr = 0;
	for (size_t i = 0; i < COUNT(thresholds); i++)
		if (!strcmp(thresholds[i].layer, layer)) {
			*nr = COUNT(thresholds[i].from);
			return thresholds[i].from;
		}
	return NULL;
}
