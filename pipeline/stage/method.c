/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/method.h"

#include <string.h>

#include "pipeline/base/suggest.h"

static void row_balkhash(const struct method_row *r)
{
	const float *const *rho = r->rho;

	r->kernels->evidence_balkhash(r->n, rho[ROLE_BLUE], rho[ROLE_GREEN], rho[ROLE_RED],
				      rho[ROLE_NIR], rho[ROLE_SWIR1], rho[ROLE_SWIR2], r->code,
				      r->limits->water, r->evidence);
}

static void row_dswe(const struct method_row *r)
{
	r->kernels->evidence_dswe(r->n, r->code, r->evidence);
}

static void row_dswx(const struct method_row *r)
{
	r->kernels->evidence_dswx(r->n, r->code, r->rho[ROLE_NIR], r->fmask, r->evidence);
}

static void row_wofs(const struct method_row *r)
{
	const float *const *rho = r->rho;

	r->kernels->evidence_wofs(r->n, rho[ROLE_BLUE], rho[ROLE_GREEN], rho[ROLE_RED],
				  rho[ROLE_NIR], rho[ROLE_SWIR1], rho[ROLE_SWIR2], r->evidence);
}

static void row_index(const struct method_row *r)
{
	r->kernels->evidence_above(r->n, r->index, r->limits->index, r->evidence);
}

#define SIX { ROLE_BLUE, ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2 }, 6
#define INDEX(method, text, ...)                                                                   \
	{                                                                                          \
		.name = method, .title = text, .roles = { __VA_ARGS__ },                           \
		.roles_nr = sizeof((enum role[]){ __VA_ARGS__ }) / sizeof(enum role),              \
		.index = method, .limits = LIMITS_INDEX | LIMITS_SCENE, .row = row_index,          \
	}

static const struct method methods[] = {
	{ "balkhash",
	  "balkhash-water-v1: DSWE, WI2015 and MNDWI together, growing from certain water", SIX,
	  .limits = LIMITS_DSWE | LIMITS_BALKHASH | LIMITS_SCENE, .grows = true, .rescues = true,
	  .partial_shore = true, .row = row_balkhash },
	{ "dswe", "USGS DSWE, Jones 2019: five tests, recoded", SIX,
	  .limits = LIMITS_DSWE | LIMITS_SCENE, .row = row_dswe },
	{ "dswx", "OPERA DSWx-HLS without terrain and land cover", SIX,
	  .limits = LIMITS_DSWE | LIMITS_SCENE, .cloud_above_ice = true, .row = row_dswx },
	{ "wofs", "WOfS decision tree, Mueller 2016", SIX, .limits = LIMITS_SCENE,
	  .row = row_wofs },
	INDEX("ndwi", "NDWI, McFeeters 1996", ROLE_GREEN, ROLE_NIR),
	INDEX("mndwi", "MNDWI, Xu 2006", ROLE_GREEN, ROLE_SWIR1),
	INDEX("aweinsh", "AWEInsh, Feyisa 2014", ROLE_GREEN, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2),
	INDEX("aweish", "AWEIsh, Feyisa 2014", ROLE_BLUE, ROLE_GREEN, ROLE_NIR, ROLE_SWIR1,
	      ROLE_SWIR2),
	INDEX("wi2015", "WI2015, Fisher 2016", ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1,
	      ROLE_SWIR2),
	INDEX("mbwi", "MBWI, Wang 2018", ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2),
	INDEX("tcw", "tasselled-cap wetness", ROLE_BLUE, ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1,
	      ROLE_SWIR2),
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

static const char *const threshold_names[] = { "fixed", "otsu", "edge" };

bool method_has_dswe(const struct method *m)
{
	return (m->limits & LIMITS_DSWE) != 0;
}

const struct method *method_at(size_t i)
{
	return i < METHODS ? &methods[i] : NULL;
}

const char *threshold_name(enum threshold_kind kind)
{
	return threshold_names[kind];
}

static int unknown(const char *name, struct error *e)
{
	const char *known[METHODS], *near;

	for (size_t i = 0; i < METHODS; i++)
		known[i] = methods[i].name;
	near = suggest(name, known, METHODS);
	return error_set(e, ERROR_USAGE, "--method: there is no method \"%s\"%s%s%s", name,
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int read_threshold(struct method_choice *choice, const char *text, struct error *e)
{
	for (enum threshold_kind kind = 0; kind <= THRESHOLD_EDGE; kind++) {
		if (strcmp(threshold_names[kind], text) != 0)
			continue;
		if (!choice->method->index)
			return error_set(
				e, ERROR_USAGE,
				"--method: %s has no single threshold to be found by \"%s\"",
				choice->method->name, text);
		choice->threshold = kind;
		return 0;
	}
	return error_set(e, ERROR_USAGE, "--method: \"%s\" is none of fixed, otsu, edge", text);
}

int method_read(struct method_choice *choice, const char *text, struct error *e)
{
	char name[32];
	size_t length = strcspn(text, ":");

	*choice = (struct method_choice){ 0 };
	if (length >= sizeof(name))
		length = sizeof(name) - 1;
	memcpy(name, text, length);
	name[length] = 0;
	for (size_t i = 0; i < METHODS; i++)
		if (!strcmp(methods[i].name, name))
			choice->method = &methods[i];
	if (!choice->method)
		return unknown(name, e);
	return text[length] ? read_threshold(choice, text + length + 1, e) : 0;
}
