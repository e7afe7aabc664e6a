/* SPDX-License-Identifier: Apache-2.0
 *
 * quantity_choose.c - which of the algorithms a product allows, and telling people about them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/suggest.h"
#include "pipeline/stage/quantity.h"

/* More than there are. */
#define RULES_MAX 64

static bool same(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && !strncmp(name, text, length);
}

bool quantity_is_layer(const char *layer)
{
	const struct quantity_rule *q;

	for (size_t i = 0; (q = quantity_at(i)); i++)
		if (!strcmp(q->layer, layer))
			return true;
	return false;
}

/* --- telling --- */

/* As many digits as a float has, so that .01 is not 0.00999999977648258. */
static double digits(float v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.7g", (double)v);
	return strtod(text, NULL);
}

static json_t *regression_json(const struct regression *g)
{
	json_t *terms = json_array();

	for (size_t i = 0; i < g->terms_nr; i++) {
		const struct regression_term *t = &g->terms[i];
		json_t *term = json_pack("{s:f, s:s}", "coefficient", digits(t->coefficient),
					 "numerator", role_name(t->numerator));

		if (t->denominator != ROLE_NR)
			json_object_set_new(term, "denominator",
					    json_string(role_name(t->denominator)));
		json_array_append_new(terms, term);
	}
	return json_pack("{s:f, s:o}", "constant", digits(g->constant), "terms", terms);
}

json_t *quantity_rule_json(const struct quantity_rule *q, const struct regression *regression)
{
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "layer", q->layer, "algorithm", q->name,
			  "title", q->title, "source", q->source, "error", q->error);

	if (q->regression)
		json_object_set_new(json, "regression", regression_json(regression));
	else
		json_object_set_new(json, "range",
				    json_pack("[ff]", digits(q->low), digits(q->high)));
	return json;
}

/* --- which of them --- */

const enum role *quantity_roles(const struct quantity_rule *q, const struct regression *regression,
				size_t *nr)
{
	bool own = q->regression;

	*nr = own ? regression->roles_nr : q->roles_nr;
	return own ? regression->roles : q->roles;
}

/* Temperature of the surface is a product of its own: of Landsat Level-2 alone. */
static bool has_temperature(const struct product *p)
{
	return p->level == LEVEL_SURFACE && p->mission[0] == 'L';
}

static bool fits(const struct product *p, const struct quantity_rule *q)
{
	return (!q->sensor || !strcmp(q->sensor, p->sensor->name)) &&
	       (q->code != QUANTITY_KELVIN || has_temperature(p));
}

static bool possible(const struct product *p, const struct granule *g,
		     const struct quantity_rule *q, const struct regression *regression)
{
	size_t nr;
	const enum role *roles = quantity_roles(q, regression, &nr);

	for (size_t i = 0; i < nr; i++)
		if (product_lacks(g, roles[i]))
			return false;
	return nr && fits(p, q);
}

/* Does a sensor have the bands of a rule, be they in this product or not? */
static bool has_bands(const struct sensor *sensor, const struct quantity_rule *q)
{
	for (size_t i = 0; i < q->roles_nr; i++)
		if (!sensor_find(sensor, q->roles[i]))
			return false;
	return true;
}

static int unknown(const char *layer, const char *name, size_t length, struct error *e)
{
	const struct quantity_rule *q;
	const char *known[RULES_MAX], *near;
	char text[40];
	size_t n = 0;

	snprintf(text, sizeof(text), "%.*s", (int)length, name);
	for (size_t i = 0; (q = quantity_at(i)) && n < RULES_MAX; i++)
		if (!strcmp(q->layer, layer))
			known[n++] = q->name;
	near = suggest(text, known, n);
	return error_set(e, ERROR_USAGE, "--layers: there is no %s:%s%s%s%s", layer, text,
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void add_possible(const struct product *p, const struct granule *g, const char *layer,
			 const struct regression *regression, struct error *e)
{
	size_t at = strlen(e->text);
	const char *separator = "; possible here: ", *last = "";
	const struct quantity_rule *q;

	for (size_t i = 0; (q = quantity_at(i)) && at < sizeof(e->text); i++)
		if (!strcmp(q->layer, layer) && strcmp(q->name, last) != 0 &&
		    possible(p, g, q, regression)) {
			at += (size_t)snprintf(e->text + at, sizeof(e->text) - at, "%s%s:%s",
					       separator, layer, q->name);
			separator = ", ";
			last = q->name;
		}
}

/* Why the layer cannot be made by this rule. */
static void refuse(const struct product *p, const struct granule *g, const struct quantity_rule *q,
		   const struct regression *regression, struct error *e)
{
	char purpose[80];
	size_t nr;
	const enum role *roles = quantity_roles(q, regression, &nr);

	snprintf(purpose, sizeof(purpose), "layer %s:%s", q->layer, q->name);
	if (q->regression && !nr)
		error_set(e, ERROR_USAGE, "%s needs --regression", purpose);
	else if (!fits(p, q))
		error_set(e, ERROR_NOINPUT, "%s: %s holds for %s only", p->id, purpose,
			  q->sensor ? q->sensor : "Landsat Level-2 with surface temperature");
	else
		product_require(p, g, roles, nr, purpose, e);
	add_possible(p, g, q->layer, regression, e);
}

const struct quantity_rule *quantity_choose(const struct product *product,
					    const struct granule *granule, const char *layer,
					    const char *name, size_t length,
					    const struct regression *regression, struct error *e)
{
	const struct quantity_rule *q, *first = NULL;

	for (size_t i = 0; (q = quantity_at(i)); i++) {
		if (strcmp(q->layer, layer) != 0)
			continue;
		if (!length) {
			name = q->name;
			length = strlen(name);
		}
		if (!same(q->name, name, length))
			continue;
		if (possible(product, granule, q, regression))
			return q;
		if (!first || !has_bands(product->sensor, first))
			first = q;
	}
	if (first)
		refuse(product, granule, first, regression, e);
	else
		unknown(layer, name, length, e);
	return NULL;
}

json_t *quantity_possible_json(const struct product *product, const struct granule *granule)
{
	const struct regression none = { .roles_nr = 0 };
	json_t *layers = json_object();
	const struct quantity_rule *q;
	const char *last = "";

	for (size_t i = 0; (q = quantity_at(i)); i++) {
		if (!strcmp(q->name, last) || !possible(product, granule, q, &none))
			continue;
		if (!json_object_get(layers, q->layer))
			json_object_set_new(layers, q->layer, json_array());
		json_array_append_new(json_object_get(layers, q->layer), json_string(q->name));
		last = q->name;
	}
	return layers;
}
