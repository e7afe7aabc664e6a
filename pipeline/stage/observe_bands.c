/* SPDX-License-Identifier: Apache-2.0
 *
 * observe_bands.c - what an observation is made of: its layers, its method, and the bands
 * and masks that these read.
 */
#include "pipeline/stage/observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/suggest.h"
#include "pipeline/stage/cloud_row.h"

static const char default_layers[] = "water,fraction,why,quicklook";

bool observe_has_role(const struct observe *o, enum role role)
{
	for (size_t i = 0; i < o->roles_nr; i++)
		if (o->roles[i] == role)
			return true;
	return false;
}

void observe_add_role(struct observe *o, enum role role)
{
	if (!observe_has_role(o, role))
		o->roles[o->roles_nr++] = role;
}

/* --- which layers, which bands --- */

bool observe_has_layer(const struct observe *o, const char *name)
{
	for (size_t i = 0; i < o->layers_nr; i++)
		if (!strcmp(o->layers[i]->name, name))
			return true;
	return false;
}

static bool is_plain(const char *name)
{
	static const char *const plain[] = { "water", "fraction", "why", "quality", "vegetation" };

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (!strcmp(plain[i], name))
			return true;
	return false;
}

static int unknown_layer(const char *name, struct error *e)
{
	const char *known[64], *near;
	const struct layer *layer;
	size_t n = 0;

	for (size_t i = 0; (layer = layer_at(i)) && n < 63; i++)
		if (is_plain(layer->name) || index_rule_find(layer->name) ||
		    quantity_is_layer(layer->name))
			known[n++] = layer->name;
	known[n++] = "quicklook";
	near = suggest(name, known, n);
	return error_set(e, ERROR_USAGE, "--layers: there is no layer \"%s\" of a scene%s%s%s",
			 name, near ? "; did you mean \"" : "", near ? near : "",
			 near ? "\"?" : "");
}

/* name: a layer, or LAYER:ALGORITHM of a quantity; it is cut at the colon. */
static int add_layer(struct observe *o, char *name, struct error *e)
{
	char *algorithm = name;
	const struct index_rule *rule;
	int new = 1;

	strsep(&algorithm, ":");
	rule = index_rule_find(name);
	if (!algorithm && !strcmp(name, "quicklook")) {
		o->quicklook = true;
		return 0;
	}
	if (quantity_is_layer(name))
		new = observe_add_quantity(o, name, algorithm ? algorithm : "", e);
	else if (algorithm)
		return error_set(e, ERROR_USAGE,
				 "--layers: %s:%s: only quantities of the water have "
				 "algorithms to choose from",
				 name, algorithm);
	else if (!rule && !is_plain(name))
		return unknown_layer(name, e);
	if (new <= 0 || observe_has_layer(o, name))
		return new < 0 ? -1 : 0;
	if (o->layers_nr == OBSERVE_LAYERS_MAX)
		return error_set(e, ERROR_USAGE, "--layers: more than %d layers",
				 OBSERVE_LAYERS_MAX);
	o->layers[o->layers_nr++] = layer_find(name);
	if (rule && o->indices_nr == OBSERVE_INDICES_MAX)
		return error_set(e, ERROR_USAGE, "--layers: more than %d indices",
				 OBSERVE_INDICES_MAX);
	if (rule)
		o->indices[o->indices_nr++] = rule;
	return 0;
}

/* Water is always made: everything else refers to it. */
static int choose_layers(struct observe *o, struct error *e)
{
	const char *list = o->context->options->layers;
	char *copy = strdup(list ? list : default_layers), *rest = copy, *name;
	int ret = copy ? 0 : error_nomem(e, "the list of layers");

	o->layers[o->layers_nr++] = layer_find("water");
	while (!ret && (name = strsep(&rest, ",")))
		ret = add_layer(o, name, e);
	free(copy);
	return ret;
}

/* --- the method --- */

bool observe_is_layer_role(const struct observe *o, enum role role)
{
	for (size_t i = 0; i < o->layers_nr; i++)
		for (size_t k = 0; k < o->layers[i]->roles_nr; k++)
			if (o->layers[i]->roles[k] == role)
				return true;
	for (size_t i = 0; i < o->quality.bands_nr; i++)
		if (o->quality.bands[i] == role)
			return true;
	return false;
}

bool observe_is_water_role(const struct observe *o, enum role role)
{
	for (size_t i = 0; i < o->water_roles_nr; i++)
		if (o->water_roles[i] == role)
			return true;
	return false;
}

static void add_water_role(struct observe *o, enum role role)
{
	if (!observe_is_water_role(o, role))
		o->water_roles[o->water_roles_nr++] = role;
	observe_add_role(o, role);
}

static bool can_do(const struct granule *g, const struct method *m)
{
	for (size_t i = 0; i < m->roles_nr; i++)
		if (product_lacks(g, m->roles[i]))
			return false;
	return true;
}

/* Say which methods are possible where the one that was asked for is not. */
static int suggest_methods(const struct observe *o, struct error *e)
{
	const struct method *m;
	size_t at = strlen(e->text);
	const char *separator = "; its bands allow --method ";

	for (size_t i = 0; (m = method_at(i)) && at < sizeof(e->text); i++)
		if (can_do(o->granule, m)) {
			at += (size_t)snprintf(e->text + at, sizeof(e->text) - at, "%s%s",
					       separator, m->name);
			separator = ", ";
		}
	return -1;
}

/* Does the method see the bands that fractions are made of? */
static bool sees_shore(const struct method *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->roles_nr; i++)
		n += m->roles[i] == ROLE_NIR || m->roles[i] == ROLE_SWIR1 ||
		     m->roles[i] == ROLE_SWIR2;
	return n == FRACTION_BANDS;
}

static int require_method(struct observe *o, struct error *e)
{
	const struct method *m = o->choice.method;
	char purpose[80];

	snprintf(purpose, sizeof(purpose), "method %s", m->name);
	if (product_require(o->product, o->granule, m->roles, m->roles_nr, purpose, e))
		return suggest_methods(o, e);
	for (size_t i = 0; i < m->roles_nr; i++)
		add_water_role(o, m->roles[i]);
	return 0;
}

static int require_shore(struct observe *o, struct error *e)
{
	static const enum role roles[FRACTION_BANDS] = { ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2 };

	o->shore = sees_shore(o->choice.method) || observe_has_layer(o, "fraction");
	if (!o->shore)
		return 0;
	if (product_require(o->product, o->granule, roles, FRACTION_BANDS,
			    "layer fraction (other --layers do without)", e))
		return -1;
	for (size_t i = 0; i < FRACTION_BANDS; i++)
		add_water_role(o, roles[i]);
	return 0;
}

/* The index whose threshold the scene gives has a plane of its own, or that of its layer. */
static int choose_threshold(struct observe *o, struct error *e)
{
	if (!o->choice.method->index)
		return 0;
	o->index = index_rule_find(o->choice.method->index);
	if (o->choice.threshold == THRESHOLD_FIXED)
		return 0;
	for (size_t i = 0; i < o->indices_nr; i++)
		if (o->indices[i] == o->index)
			o->method_plane = PLANE_INDEX + i;
	if (o->method_plane)
		return 0;
	if (o->indices_nr == OBSERVE_INDICES_MAX)
		return error_set(e, ERROR_USAGE, "--layers: too many for --method %s:%s",
				 o->choice.method->name, threshold_name(o->choice.threshold));
	o->method_plane = PLANE_INDEX + o->indices_nr;
	o->indices[o->indices_nr++] = o->index;
	return 0;
}

/* What each sort of layer is made of beside water. */
static int require_layer(struct observe *o, const struct layer *layer, struct error *e)
{
	char purpose[80];

	if (!index_rule_find(layer->name))
		return 0;
	snprintf(purpose, sizeof(purpose), "layer %s", layer->name);
	if (product_require(o->product, o->granule, layer->roles, layer->roles_nr, purpose, e))
		return -1;
	for (size_t i = 0; i < layer->roles_nr; i++)
		observe_add_role(o, layer->roles[i]);
	return 0;
}

/* A role that is read only for what it says of others: absent it is no error, broken it is. */
static int add_helper(struct observe *o, enum role role, struct error *e)
{
	if (product_require(o->product, o->granule, &role, 1, "masks", e))
		return -1;
	observe_add_role(o, role);
	return 0;
}

/* Masks say where there is no data even where their clouds are not wanted. */
static int choose_mask_roles(struct observe *o, struct error *e)
{
	for (enum role role = 0; role < ROLE_NR; role++) {
		struct observe_mask *m = &o->masks[o->masks_nr];

		if (!o->granule->bands[role].path)
			continue;
		m->role = role;
		m->rules_nr = mask_rules(o->product->sensor, role, m->rules);
		m->unknown = mask_unknown(role);
		if (m->rules_nr && add_helper(o, role, e))
			return -1;
		o->masks_nr += m->rules_nr > 0;
	}
	return o->granule->sun == SUN_PIXEL ? add_helper(o, ROLE_SUN_ZENITH, e) : 0;
}

/* Natural colours where a picture is wanted and the bands are there, else what is read anyway. */
static void choose_picture(struct observe *o)
{
	static const enum role rgb[3] = { ROLE_RED, ROLE_GREEN, ROLE_BLUE };

	for (size_t i = 0; i < 3; i++) {
		if (o->quicklook && !product_lacks(o->granule, rgb[i]))
			observe_add_role(o, rgb[i]);
		o->picture[i] = observe_has_role(o, rgb[i]) ? rgb[i] : ROLE_GREEN;
	}
}

static int choose_roles(struct observe *o, struct error *e)
{
	if (require_method(o, e) || require_shore(o, e) || choose_threshold(o, e))
		return -1;
	for (size_t i = 0; i < o->layers_nr; i++)
		if (require_layer(o, o->layers[i], e))
			return -1;
	if (observe_choose_quality(o, e))
		return -1;
	choose_picture(o);
	if (choose_mask_roles(o, e) || cloud_choose(o, e))
		return -1;
	o->reasons = observe_has_layer(o, "why") || observe_has_quality(o);
	o->at_once = !o->cloud.wanted && !o->method_plane;
	return 0;
}

int observe_choose_bands(struct observe *o, struct error *e)
{
	const struct options *options = o->context->options;

	if (method_read(&o->choice, options->method, e) ||
	    limits_read(&o->limits, &options->limits, e) || observe_read_regression(o, e) ||
	    choose_layers(o, e))
		return -1;
	return choose_roles(o, e);
}
