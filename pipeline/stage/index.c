/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/index.h"

#include <string.h>

static void row_ndwi(const struct index_row *r, float *out)
{
	r->kernels->norm_diff(r->n, r->rho[ROLE_GREEN], r->rho[ROLE_NIR], out);
}

static void row_mndwi(const struct index_row *r, float *out)
{
	r->kernels->norm_diff(r->n, r->rho[ROLE_GREEN], r->rho[ROLE_SWIR1], out);
}

static void row_ndvi(const struct index_row *r, float *out)
{
	r->kernels->norm_diff(r->n, r->rho[ROLE_NIR], r->rho[ROLE_RED], out);
}

static void row_ndci(const struct index_row *r, float *out)
{
	r->kernels->norm_diff(r->n, r->rho[ROLE_EDGE705], r->rho[ROLE_RED], out);
}

static void row_aweinsh(const struct index_row *r, float *out)
{
	r->kernels->awei_nsh(r->n, r->rho[ROLE_GREEN], r->rho[ROLE_NIR], r->rho[ROLE_SWIR1],
			     r->rho[ROLE_SWIR2], out);
}

static void row_aweish(const struct index_row *r, float *out)
{
	r->kernels->awei_sh(r->n, r->rho[ROLE_BLUE], r->rho[ROLE_GREEN], r->rho[ROLE_NIR],
			    r->rho[ROLE_SWIR1], r->rho[ROLE_SWIR2], out);
}

/* WI2015 has values of tens: kept in hundredths, as its row in layer.c says. */
static void row_wi2015(const struct index_row *r, float *out)
{
	r->kernels->wi2015(r->n, r->rho[ROLE_GREEN], r->rho[ROLE_RED], r->rho[ROLE_NIR],
			   r->rho[ROLE_SWIR1], r->rho[ROLE_SWIR2], out);
	for (size_t i = 0; i < r->n; i++)
		out[i] *= 0.01f;
}

static void row_mbwi(const struct index_row *r, float *out)
{
	r->kernels->mbwi(r->n, r->rho[ROLE_GREEN], r->rho[ROLE_RED], r->rho[ROLE_NIR],
			 r->rho[ROLE_SWIR1], r->rho[ROLE_SWIR2], out);
}

static void row_tcw(const struct index_row *r, float *out)
{
	r->kernels->tcw(r->n, r->rho[ROLE_BLUE], r->rho[ROLE_GREEN], r->rho[ROLE_RED],
			r->rho[ROLE_NIR], r->rho[ROLE_SWIR1], r->rho[ROLE_SWIR2], r->tcw, out);
}

static void row_height(const struct index_row *r, enum role left, enum role middle, enum role right,
		       float *out)
{
	float weight = index_line_weight(r->wavelength_nm, left, middle, right);

	r->kernels->line_height(r->n, r->rho[left], r->rho[middle], r->rho[right], weight, out);
}

static void row_fai(const struct index_row *r, float *out)
{
	row_height(r, ROLE_RED, ROLE_NIR, ROLE_SWIR1, out);
}

static void row_afai(const struct index_row *r, float *out)
{
	row_height(r, ROLE_RED, ROLE_EDGE740, ROLE_NIR, out);
}

static void row_mci(const struct index_row *r, float *out)
{
	row_height(r, ROLE_RED, ROLE_EDGE705, ROLE_EDGE740, out);
}

static const struct index_rule rules[] = {
	{ "ndwi", row_ndwi },	  { "mndwi", row_mndwi },     { "ndvi", row_ndvi },
	{ "ndci", row_ndci },	  { "aweinsh", row_aweinsh }, { "aweish", row_aweish },
	{ "wi2015", row_wi2015 }, { "mbwi", row_mbwi },	      { "tcw", row_tcw },
	{ "fai", row_fai },	  { "afai", row_afai },	      { "mci", row_mci },
};

const struct index_rule *index_rule_find(const char *layer)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!strcmp(rules[i].layer, layer))
			return &rules[i];
	return NULL;
}
