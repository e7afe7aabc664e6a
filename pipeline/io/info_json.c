/* SPDX-License-Identifier: Apache-2.0
 *
 * info_json.c - the facts of a product for programs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/info_internal.h"
#include "pipeline/io/layer.h"

static void set(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

/* Text of any bytes: those that are not UTF-8 appear as '?'. */
static json_t *text_or_null(const char *text)
{
	json_t *value;
	char *copy;

	if (!text || !*text)
		return json_null();
	value = json_string(text);
	if (value || !(copy = strdup(text)))
		return value;
	for (char *s = copy; *s; s++)
		if ((unsigned char)*s >= 0x80)
			*s = '?';
	value = json_string(copy);
	free(copy);
	return value;
}

static json_t *number_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *value_or_null(int32_t v)
{
	return v == PRODUCT_NO_VALUE ? json_null() : json_integer(v);
}

/* What the header of a file says. */
static void set_header(json_t *o, const struct product_band *b)
{
	set(o, "file", text_or_null(b->file));
	set(o, "broken", text_or_null(b->broken));
	if (!b->path || b->broken)
		return;
	set(o, "width", json_integer(b->grid.width));
	set(o, "height", json_integer(b->grid.height));
	set(o, "pixel_m", json_pack("[f,f]", b->grid.dx, b->grid.dy));
	set(o, "type", json_string(info_sample(b->sample)));
	set(o, "format", json_string(b->jpeg2000 ? "JPEG2000" : "TIFF"));
	set(o, "block", json_pack("[i,i]", b->block_w, b->block_h));
	set(o, "levels", json_integer(b->levels));
}

static json_t *mask_json(enum role role, const struct product_band *b)
{
	json_t *o = json_pack("{s:s}", "role", role_name(role));

	set(o, "fill", value_or_null(b->fill));
	set_header(o, b);
	return o;
}

static json_t *band_json(const struct product *p, const struct granule *g, enum role role)
{
	const struct product_band *b = &g->bands[role];
	double divisor = info_divisor(g, role);
	json_t *o = json_pack("{s:s, s:s, s:f, s:f, s:s, s:f, s:f, s:f, s:f}", "role",
			      role_name(role), "name", b->band->name, "wavelength_nm",
			      b->band->wavelength_nm, "resolution_m", b->band->resolution_m, "unit",
			      info_unit(p, role), "metadata_gain", b->gain, "metadata_offset",
			      b->offset, "gain", b->gain / divisor, "offset", b->offset / divisor);

	if (b->k1 > 0.0) {
		set(o, "k1", json_real(b->k1));
		set(o, "k2", json_real(b->k2));
	}
	set(o, "fill", value_or_null(b->fill));
	set(o, "saturated", value_or_null(b->saturated));
	set_header(o, b);
	return o;
}

static json_t *grid_json(const struct grid *g)
{
	if (!g->width)
		return json_null();
	return json_pack("{s:s, s:[f,f,f,f], s:i, s:i, s:[f,f]}", "crs", g->crs.def, "bounds",
			 g->x0, g->y0 - g->dy * g->height, g->x0 + g->dx * g->width, g->y0, "width",
			 g->width, "height", g->height, "pixel_m", g->dx, g->dy);
}

static json_t *footprint_json(const struct granule *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->footprint_nr; i++)
		json_array_append_new(list,
				      json_pack("[f,f]", g->footprint[i].x, g->footprint[i].y));
	return list;
}

static json_t *angles_json(const struct angle_grid *a)
{
	return a->columns ? json_pack("[i,i]", a->columns, a->rows) : json_null();
}

/* What each layer of an observation would need, and what of that is not there. */
static json_t *layers_json(const struct granule *g)
{
	json_t *list = json_array();
	const struct layer *layer;

	for (size_t i = 0; (layer = layer_at(i)); i++) {
		json_t *needs = json_array(), *lacks = json_array();

		for (size_t k = 0; k < layer->roles_nr; k++) {
			enum role role = layer->roles[k];
			const char *why = product_lacks(g, role);

			json_array_append_new(needs, json_string(role_name(role)));
			if (why)
				json_array_append_new(lacks,
						      json_pack("{s:s, s:s}", "role",
								role_name(role), "why", why));
		}
		if (layer->roles_nr)
			json_array_append_new(list,
					      json_pack("{s:s, s:b, s:O, s:O}", "name", layer->name,
							"possible", !json_array_size(lacks),
							"needs", needs, "lacks", lacks));
		json_decref(needs);
		json_decref(lacks);
	}
	return list;
}

static void set_files(json_t *o, const struct product *p, const struct granule *g)
{
	json_t *bands = json_array(), *masks = json_array(), *missing = json_array();

	for (enum role i = 0; i < ROLE_NR; i++) {
		const struct product_band *b = &g->bands[i];

		if (info_missing(p, g, i))
			json_array_append_new(missing, json_string(role_name(i)));
		if (b->band && (b->path || (b->gain > 0.0 && info_missing(p, g, i))))
			json_array_append_new(bands, band_json(p, g, i));
		else if (!b->band && b->path)
			json_array_append_new(masks, mask_json(i, b));
	}
	set(o, "bands", bands);
	set(o, "masks", masks);
	set(o, "missing", missing);
}

static json_t *granule_json(const struct product *p, const struct granule *g)
{
	static const char *const sun[] = {
		[SUN_IN_PRODUCT] = "product", [SUN_SCENE] = "scene", [SUN_PIXEL] = "pixel"
	};
	json_t *o = json_object();

	set(o, "id", text_or_null(g->id));
	set(o, "name", text_or_null(g->name));
	set(o, "tile", text_or_null(g->tile));
	set(o, "datastrip", text_or_null(g->datastrip));
	set(o, "grid", grid_json(&g->grid));
	set(o, "footprint", footprint_json(g));
	set(o, "sun_elevation_deg", json_real(g->sun_elevation_deg));
	set(o, "sun_azimuth_deg", json_real(g->sun_azimuth_deg));
	set(o, "sun_in", json_string(sun[g->sun]));
	set(o, "view_zenith_deg", json_real(g->view_zenith_deg));
	set(o, "view_azimuth_deg", json_real(g->view_azimuth_deg));
	set(o, "angle_grids",
	    json_pack("{s:o, s:o}", "sun", angles_json(&g->sun_angles), "view",
		      angles_json(&g->view_angles)));
	set(o, "cloud_outlines",
	    json_pack("{s:I, s:I}", "opaque", (json_int_t)g->opaque.rings_nr, "cirrus",
		      (json_int_t)g->cirrus.rings_nr));
	set_files(o, p, g);
	set(o, "layers", layers_json(g));
	return o;
}

/* The lines of a text as an array of strings. */
static json_t *json_lines(const char *text)
{
	json_t *lines = json_array();
	char *copy = strdup(text), *rest = copy;

	for (char *line; rest && *rest && (line = strsep(&rest, "\n"));)
		json_array_append_new(lines, text_or_null(line));
	free(copy);
	return lines;
}

json_t *info_json(const struct product *p)
{
	json_t *o = json_object(), *granules = json_array();
	char time[21], processed[21];

	info_time(p->time, time);
	info_time(p->processed, processed);
	for (size_t i = 0; i < p->granules_nr; i++)
		json_array_append_new(granules, granule_json(p, &p->granules[i]));
	set(o, "path", text_or_null(p->path));
	set(o, "form", text_or_null(p->input.form));
	set(o, "metadata", text_or_null(p->metadata_path));
	set(o, "id", text_or_null(p->id));
	set(o, "mission", text_or_null(p->mission));
	set(o, "sensor", text_or_null(p->sensor->name));
	set(o, "level", text_or_null(p->level_name));
	set(o, "reflectance", json_string(info_reflectance(p)));
	set(o, "baseline", text_or_null(p->baseline));
	set(o, "tier", text_or_null(p->tier));
	set(o, "time", text_or_null(time));
	set(o, "processed", text_or_null(processed));
	set(o, "orbit", text_or_null(p->orbit));
	set(o, "datatake", text_or_null(p->datatake));
	set(o, "cloud_cover_percent", number_or_null(p->cloud_cover_percent));
	set(o, "granules", granules);
	set(o, "warnings", json_lines(p->warnings));
	return o;
}
