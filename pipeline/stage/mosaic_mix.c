/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_mix.h"

#include <stdlib.h>
#include <string.h>

static bool is_index(const struct layer *layer)
{
	return layer->type == LAYER_I16;
}

/* {"layer", "instrument"} */
static json_t *index_json(const struct layer *layer, const json_t *properties)
{
	const json_t *list = json_object_get(properties, "instruments");
	const char *instrument = json_string_value(json_array_get(list, 0));

	return json_pack("{s:s, s:s}", "layer", layer->name, "instrument",
			 instrument ? instrument : "unknown");
}

/*
 * {"layer", "algorithm"} and the terms of a regression; a new reference.  An algorithm's words on its source and
 * error are each sensor's own.
 */
static json_t *quantity_json(const struct layer *layer, const json_t *properties)
{
	const json_t *quality = json_object_get(properties, "balkhash:quality");
	const json_t *list = json_object_get(quality, "algorithms");
	const char *algorithm = NULL;
	json_t *terms = NULL, *made;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(one, "layer"));

		if (!name || strcmp(name, layer->name) != 0)
			continue;
		algorithm = json_string_value(json_object_get(one, "algorithm"));
		terms = json_object_get(one, "regression");
	}
	made = json_pack("{s:s, s:s}", "layer", layer->name, "algorithm",
			 algorithm ? algorithm : "unknown");
	if (made && terms)
		json_object_set_new(made, "regression", json_deep_copy(terms));
	return made;
}

static const char *how(const struct layer *layer, const json_t *made)
{
	const char *key = is_index(layer) ? "instrument" : "algorithm";
	const char *name = json_string_value(json_object_get(made, key));

	return name ? name : "unknown";
}

static int differ(const struct looks *l, const struct result *r, size_t i, const json_t *made,
		  struct error *e)
{
	const struct layer *layer = l->layer[i];

	if (is_index(layer))
		return error_set(e, ERROR_DATA,
				 "%s of %s is from %s, of %s from %s: sensors see one water in "
				 "different bands; make one mosaic for each sensor",
				 layer->name, l->first[i], how(layer, l->made[i]), r->path,
				 how(layer, made));
	return error_set(
		e, ERROR_DATA,
		"%s of %s is by %s, of %s by %s%s: make the observations by one algorithm, or "
		"one mosaic for each",
		layer->name, l->first[i], how(layer, l->made[i]), r->path, how(layer, made),
		strcmp(how(layer, l->made[i]), how(layer, made)) ? "" : " with other coefficients");
}

int looks_mix(struct looks *l, const struct result *r, size_t i, struct error *e)
{
	const json_t *properties = json_object_get(r->item, "properties");
	json_t *made = is_index(l->layer[i]) ? index_json(l->layer[i], properties)
					     : quantity_json(l->layer[i], properties);
	int ret = 0;

	if (!made)
		return error_nomem(e, "a quantity");
	if (!l->made[i]) {
		l->made[i] = made;
		l->first[i] = strdup(r->path);
		return l->first[i] ? 0 : error_nomem(e, "a quantity");
	}
	if (!json_equal(l->made[i], made))
		ret = differ(l, r, i, made, e);
	json_decref(made);
	return ret;
}

int looks_mixed(const struct looks *l, struct error *e)
{
	for (size_t i = LOOK_MORE; i < l->layers_nr; i++)
		if (!l->made[i])
			return error_set(e, ERROR_DATA,
					 "none of the observations has a layer %s; make them with "
					 "--layers water,fraction,why,%s",
					 l->layer[i]->name, l->layer[i]->name);
	return 0;
}

json_t *looks_made_json(const struct looks *l)
{
	json_t *list = l->layers_nr > LOOK_MORE ? json_array() : NULL;

	for (size_t i = LOOK_MORE; i < l->layers_nr; i++) {
		json_t *one = json_deep_copy(l->made[i]);
		json_int_t n = 0;

		for (size_t k = 0; k < l->nr; k++)
			n += l->look[k].file[i] != NULL;
		json_object_set_new(one, "observations", json_integer(n));
		json_array_append_new(list, one);
	}
	return list;
}
