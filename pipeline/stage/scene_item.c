/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/scene_item.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/space/crs.h"

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
}

/* A file's path as seen from the product's folder: the same wherever the product lies. */
static const char *inside(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && path[n] == '/' ? path + n + 1 : path;
}

json_t *scene_inputs(const struct observe *o, struct error *e)
{
	const char *files[ROLE_NR];
	char *folder = folder_of(o->product->metadata_path);
	json_t *input = NULL, *list = json_array();
	size_t n = 0;

	for (size_t i = 0; folder && i < ROLE_NR; i++)
		if (o->granule->bands[i].path)
			files[n++] = inside(folder, o->granule->bands[i].path);
	if (folder && list)
		input = item_input(o->product->id, o->product->metadata_path, files, n, folder, e);
	else
		error_nomem(e, "the list of inputs");
	free(folder);
	if (!input || json_array_append_new(list, input)) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* Plants are told by tests of DSWE too, whatever the method is. */
static unsigned quality_groups(const struct observe *o)
{
	return (observe_has_quality(o) ? LIMITS_QUALITY : 0u) |
	       (o->quality.plants ? LIMITS_DSWE : 0u);
}

/* Whose thresholds the observation was made by. */
static unsigned limit_groups(const struct observe *o)
{
	return o->choice.method->limits | (o->cloud.wanted ? LIMITS_CLOUD : 0u) | quality_groups(o);
}

/* The algorithm of a layer that has some to choose from, else NULL. */
static const char *algorithm_of(const struct observe *o, const struct layer *layer)
{
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		if (!strcmp(o->quality.rules[i]->layer, layer->name))
			return o->quality.rules[i]->name;
	return NULL;
}

/* "water,why,chlorophyll:oc3" */
static void layers_text(const struct observe *o, char *text, size_t size)
{
	for (size_t i = 0, at = 0; i < o->layers_nr && at < size; i++) {
		const char *algorithm = algorithm_of(o, o->layers[i]);

		at += (size_t)snprintf(text + at, size - at, "%s%s%s%s", i ? "," : "",
				       o->layers[i]->name, algorithm ? ":" : "",
				       algorithm ? algorithm : "");
	}
}

json_t *scene_options(const struct observe *o)
{
	struct option_value values[32];
	char hex[SHA256_HEX], layers[800] = "";
	json_t *json = json_object();
	size_t n = options_that_change_pixels(o->context->options, COMMAND_SCENE, values, 32);

	for (size_t i = 0; i < n; i++)
		json_object_set_new(json, values[i].key, json_string(values[i].value));
	layers_text(o, layers, sizeof(layers));
	json_object_set_new(json, "layers", json_string(layers));
	if (o->quality.bathymetry_sha256[0])
		json_object_set_new(json, "bathymetry_sha256",
				    json_string(o->quality.bathymetry_sha256));
	json_object_set_new(json, "set", limits_json(&o->limits, limit_groups(o)));
	if (o->lake) {
		lake_sha256(o->lake, observe_has_quality(o), hex);
		json_object_set_new(json, "lake", json_string(o->lake->name));
		json_object_set_new(json, "lake_sha256", json_string(hex));
	}
	return json;
}

static json_t *grid_json(const struct grid *g)
{
	return json_pack("{s:s, s:[ffffff], s:[ii]}", "crs", g->crs.def, "transform", g->dx, 0.0,
			 g->x0, 0.0, -g->dy, g->y0, "shape", g->height, g->width);
}

static double rounded(double v, double step)
{
	return nearbyint(v / step) * step;
}

/* Pixels and km2 of every class; water by fraction beside water by pixels. */
static void add_areas(const struct observe *o, json_t *properties)
{
	static const char *const names[] = { "not_water", "open_water", "partial_water", "ice",
					     "cloud" };
	json_t *pixels = json_object(), *km2 = json_object();

	for (size_t i = 0; i < AREA_PERCENT; i++) {
		json_object_set_new(pixels, names[i],
				    json_integer((json_int_t)area_pixels(o->area, i)));
		json_object_set_new(km2, names[i], json_real(rounded(area_km2(o->area, i), 1e-4)));
	}
	json_object_set_new(km2, "water_by_fraction",
			    json_real(rounded(area_km2(o->area, AREA_PERCENT) / 100, 1e-4)));
	json_object_set_new(properties, "balkhash:pixels", pixels);
	json_object_set_new(properties, "balkhash:area_km2", km2);
}

/* What the program's own cloud mask found, in pixels of the working grid. */
static json_t *clouds_json(const struct observe *o)
{
	const struct cloud_found *f = &o->cloud.found;
	json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "seen", (json_int_t)f->seen,
				 "cloud", (json_int_t)f->cloud, "shadow", (json_int_t)f->shadow,
				 "margin", (json_int_t)f->margin, "cirrus", (json_int_t)f->cirrus,
				 "thresholds", limits_json(&o->limits, LIMITS_CLOUD));

	if (f->land_high_k > 0)
		json_object_set_new(json, "clear_land_kelvin",
				    json_pack("[ff]", rounded(f->land_low_k, .01),
					      rounded(f->land_high_k, .01)));
	return json;
}

/* What water is here: the method, its thresholds, and what the scene gave for one of them. */
static json_t *method_json(const struct observe *o)
{
	const struct method *m = o->choice.method;
	json_t *json = json_pack("{s:s, s:s, s:o}", "name", m->name, "title", m->title,
				 "thresholds", limits_json(&o->limits, m->limits));

	if (m->index)
		json_object_set_new(json, "threshold",
				    json_string(threshold_name(o->choice.threshold)));
	if (o->method_plane) {
		json_object_set_new(json, "threshold_value", json_real(o->threshold / 1e4));
		json_object_set_new(json, "threshold_found", json_boolean(o->threshold_found));
	}
	return json;
}

/* How quantities were made: algorithms, thresholds, what was taken off for glint. */
static json_t *quality_json(const struct observe *o)
{
	const struct observe_quality *q = &o->quality;
	json_t *json = json_object(), *list = json_array();

	for (size_t i = 0; i < q->rules_nr; i++)
		json_array_append_new(list, quantity_rule_json(q->rules[i], &q->regression));
	json_object_set_new(json, "algorithms", list);
	json_object_set_new(json, "thresholds", limits_json(&o->limits, quality_groups(o)));
	if (q->corrected) {
		json_t *glint = json_object();

		for (size_t i = 0; i < q->roles_nr; i++)
			json_object_set_new(
				glint, role_name(q->roles[i]),
				json_real(rounded((double)q->glint[q->roles[i]], 1e-6)));
		json_object_set_new(json, "glint_factors", glint);
		json_object_set_new(json, "swir2_scale",
				    json_real(rounded((double)q->swir2_scale, 1e-6)));
	}
	return json;
}

json_t *scene_properties(const struct observe *o, const struct grid *full, const char *unit,
			 json_t *inputs, json_t *options)
{
	const struct product *p = o->product;
	json_t *json = json_object();
	char mission[sizeof(p->mission)];

	snprintf(mission, sizeof(mission), "%s", p->mission);
	json_object_set_new(json, "platform", json_string(mission));
	json_object_set_new(json, "instruments", json_pack("[s]", p->sensor->name));
	json_object_set_new(json, "gsd", json_real(o->granule->grid.dx));
	if (!isnan(p->cloud_cover_percent))
		json_object_set_new(json, "eo:cloud_cover", json_real(p->cloud_cover_percent));
	json_object_set_new(json, "view:sun_elevation", json_real(o->granule->sun_elevation_deg));
	json_object_set_new(json, "view:sun_azimuth", json_real(o->granule->sun_azimuth_deg));
	json_object_set_new(json, "balkhash:unit", json_string(unit));
	json_object_set_new(json, "balkhash:product", json_string(p->id));
	json_object_set_new(json, "balkhash:level", json_string(p->level_name));
	json_object_set_new(json, "balkhash:baseline", json_string(p->baseline));
	json_object_set_new(json, "balkhash:tile", json_string(o->granule->tile));
	json_object_set_new(json, "balkhash:datatake", json_string(p->datatake));
	if (o->granule->datastrip[0])
		json_object_set_new(json, "balkhash:datastrip", json_string(o->granule->datastrip));
	json_object_set_new(json, "balkhash:native_zone",
			    json_integer(crs_zone_of(&o->granule->grid.crs)));
	json_object_set_new(json, "balkhash:lake", json_string(o->lake ? o->lake->name : ""));
	json_object_set_new(json, "balkhash:lake_grid", grid_json(full));
	json_object_set_new(json, "balkhash:working_pixel_m", json_real(scene_grid(o->scene)->dx));
	json_object_set_new(json, "balkhash:rayleigh_corrected", json_boolean(o->toa));
	if (o->doubt)
		json_object_set_new(json, "balkhash:warnings", json_pack("[s]", o->doubt));
	json_object_set_new(json, "balkhash:method", method_json(o));
	json_object_set(json, "balkhash:options", options);
	json_object_set(json, "balkhash:inputs", inputs);
	if (o->unknown_mask_values)
		json_object_set_new(json, "balkhash:unknown_mask_values",
				    json_integer((json_int_t)o->unknown_mask_values));
	if (observe_has_quality(o))
		json_object_set_new(json, "balkhash:quality", quality_json(o));
	if (o->cloud.wanted)
		json_object_set_new(json, "balkhash:own_clouds", clouds_json(o));
	add_areas(o, json);
	return json;
}
