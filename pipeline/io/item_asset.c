/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/item_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"

#define COG_TYPE "image/tiff; application=geotiff; profile=cloud-optimized"

/* json_object_set_new() that keeps going: -1 once something failed. */
static int put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value);
}

double item_round(double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.9g", v);
	return strtod(text, NULL);
}

/* A stored value: an integer unless the layer's are reals. */
static json_t *stored(const struct layer *layer, double v)
{
	if (isnan(v))
		return json_string("nan");
	return layer->type == LAYER_F32 ? json_real(item_round(v)) : json_integer((json_int_t)v);
}

static json_t *statistics_json(const struct layer *layer, const struct geotiff_statistics *s)
{
	double percent = s->total ? 100.0 * (double)s->valid / (double)s->total : 0;
	json_t *o = json_object();
	int bad = 0;

	if (s->valid) {
		bad |= put(o, "minimum", stored(layer, s->min));
		bad |= put(o, "maximum", stored(layer, s->max));
		bad |= put(o, "mean", json_real(item_round(s->mean)));
		bad |= put(o, "stddev", json_real(item_round(s->stddev)));
	}
	bad |= put(o, "valid_percent", json_real(item_round(percent)));
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *band_json(const struct layer *layer, const struct geotiff_statistics *s)
{
	static const char *const types[] = {
		[LAYER_U8] = "uint8",	[LAYER_U16] = "uint16",	 [LAYER_I16] = "int16",
		[LAYER_U32] = "uint32", [LAYER_F32] = "float32",
	};
	json_t *o = json_object();
	int bad = put(o, "data_type", json_string(types[layer->type]));

	if (layer->has_nodata)
		bad |= put(o, "nodata", stored(layer, layer->nodata));
	if (layer->unit[0])
		bad |= put(o, "unit", json_string(layer->unit));
	if (!layer->classes) {
		bad |= put(o, "scale", json_real(layer->scale));
		bad |= put(o, "offset", json_real(layer->offset));
	}
	bad |= put(o, "statistics", statistics_json(layer, s));
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *class_json(const struct layer_class *c, json_int_t value)
{
	char colour[7];

	snprintf(colour, sizeof(colour), "%02X%02X%02X", c->r, c->g, c->b);
	return json_pack("{s:I, s:s, s:s}", "value", value, "description", c->name, "color_hint",
			 colour);
}

/* One bit: not set, set. */
static json_t *bit_json(const struct layer_class *c)
{
	int offset = 0;

	for (uint32_t mask = c->code; mask > 1; mask >>= 1)
		offset++;
	return json_pack("{s:i, s:i, s:s, s:[{s:i, s:s}, o]}", "offset", offset, "length", 1,
			 "description", c->name, "classes", "value", 0, "description", "no",
			 class_json(c, 1));
}

static int put_classes(json_t *asset, const struct layer *layer)
{
	bool bits = layer->halving == HALVE_OR;
	json_t *list = json_array();

	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];

		if (json_array_append_new(list, bits ? bit_json(c) : class_json(c, c->code))) {
			json_decref(list);
			return -1;
		}
	}
	return put(asset, bits ? "classification:bitfields" : "classification:classes", list);
}

static int put_file(json_t *asset, const char *folder, const char *file, struct error *e)
{
	char *path = path_join(folder, file), multihash[4 + SHA256_HEX] = "1220";
	uint64_t size = 0;
	int ret = -1;

	if (!path)
		return error_nomem(e, file);
	if (file_size(path, &size, e) || file_sha256(path, multihash + 4, e)) {
		/* An asset is a file that this program made a moment ago. */
		e->code = ERROR_IO;
		goto out;
	}
	ret = 0;
	if (put(asset, "file:size", json_integer((json_int_t)size)) ||
	    put(asset, "file:checksum", json_string(multihash)))
		ret = error_nomem(e, file);
out:
	free(path);
	return ret;
}

static int put_layer(json_t *asset, const struct item_asset *a)
{
	json_t *bands = json_array();
	int bad = json_array_append_new(bands, band_json(a->layer, &a->statistics));

	bad |= put(asset, "raster:bands", bands);
	return a->layer->classes ? bad | put_classes(asset, a->layer) : bad;
}

json_t *item_asset_object(const char *folder, const struct item_asset *a, struct error *e)
{
	const char *title = a->layer ? a->layer->description : a->title;
	const char *type = a->layer ? COG_TYPE : a->media_type;
	const char *role = a->layer ? "data" : a->role;
	json_t *o = json_pack("{s:s+, s:s, s:s, s:[s]}", "href", "./", a->file, "title", title,
			      "type", type, "roles", role);

	if (!o || (a->layer && put_layer(o, a))) {
		error_nomem(e, a->file);
		goto fail;
	}
	if (put_file(o, folder, a->file, e))
		goto fail;
	return o;
fail:
	json_decref(o);
	return NULL;
}
