/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/item_parts.h"
#include "pipeline/space/crs.h"

#define EXTENSIONS "https://stac-extensions.github.io/"
/* Digits of a number: the shortest text of what was typed in or rounded before. */
#define DIGITS 15

/* --- projection --- */

static int put_crs(json_t *properties, const struct crs *crs, struct error *e)
{
	bool epsg = !strncmp(crs->def, "EPSG:", 5);
	char *wkt;
	int bad;

	if (epsg) {
		bad = json_object_set_new(properties, "proj:epsg",
					  json_integer(strtol(crs->def + 5, NULL, 10)));
		bad |= json_object_set_new(properties, "proj:code", json_string(crs->def));
		return bad ? error_nomem(e, "item.json") : 0;
	}
	if (crs_wkt2(crs, &wkt, e))
		return -1;
	bad = json_object_set_new(properties, "proj:epsg", json_null());
	bad |= json_object_set_new(properties, "proj:wkt2", json_string(wkt));
	free(wkt);
	return bad ? error_nomem(e, "item.json") : 0;
}

static int put_projection(json_t *properties, const struct grid *g, struct error *e)
{
	if (put_crs(properties, &g->crs, e))
		return -1;
	if (json_object_set_new(properties, "proj:shape",
				json_pack("[i, i]", (int)g->height, (int)g->width)) ||
	    json_object_set_new(
		    properties, "proj:transform",
		    json_pack("[f, f, f, f, f, f]", g->dx, 0.0, g->x0, 0.0, -g->dy, g->y0)))
		return error_nomem(e, "item.json");
	return 0;
}

/* --- properties --- */

static int put_time(json_t *properties, const struct item *item)
{
	char from[UTC_TEXT], to[UTC_TEXT];
	int bad;

	utc_format(item->time, from);
	utc_format(item->time_end, to);
	if (item->time == item->time_end)
		return json_object_set_new(properties, "datetime", json_string(from));
	bad = json_object_set_new(properties, "datetime", json_null());
	bad |= json_object_set_new(properties, "start_datetime", json_string(from));
	bad |= json_object_set_new(properties, "end_datetime", json_string(to));
	return bad;
}

static json_t *properties_json(const struct item *item, struct error *e)
{
	json_t *p = json_object();
	int bad = put_time(p, item);

	bad |= json_object_set_new(p, "processing:level", json_string("L3"));
	bad |= json_object_set_new(p, "processing:software",
				   json_pack("{s:s}", "balkhash", BALKHASH_VERSION));
	if (put_projection(p, &item->grid, e))
		goto fail;
	bad |= json_object_set_new(p, "balkhash:kind", json_string(item->kind));
	bad |= json_object_set_new(p, "balkhash:crs", json_string(item->grid.crs.def));
	if (item->properties)
		bad |= json_object_update_missing(p, item->properties);
	if (!bad)
		return p;
	error_nomem(e, "item.json");
fail:
	json_decref(p);
	return NULL;
}

/* --- extensions, links, assets --- */

static bool has_prefix(json_t *properties, const char *prefix)
{
	for (void *i = json_object_iter(properties); i; i = json_object_iter_next(properties, i))
		if (!strncmp(json_object_iter_key(i), prefix, strlen(prefix)))
			return true;
	return false;
}

static bool has_classes(const struct item *item)
{
	for (size_t i = 0; i < item->assets_nr; i++)
		if (item->assets[i].layer && item->assets[i].layer->classes)
			return true;
	return false;
}

static json_t *extensions_json(const struct item *item)
{
	json_t *list = json_pack("[s, s, s, s]", EXTENSIONS "projection/v1.2.0/schema.json",
				 EXTENSIONS "raster/v1.1.0/schema.json",
				 EXTENSIONS "file/v2.1.0/schema.json",
				 EXTENSIONS "processing/v1.2.0/schema.json");
	static const struct {
		const char *prefix, *url;
	} by_prefix[] = {
		{ "view:", EXTENSIONS "view/v1.0.0/schema.json" },
		{ "eo:", EXTENSIONS "eo/v1.1.0/schema.json" },
		{ "grid:", EXTENSIONS "grid/v1.1.0/schema.json" },
	};
	int bad = !list;

	if (has_classes(item))
		bad |= json_array_append_new(
			list, json_string(EXTENSIONS "classification/v1.1.0/schema.json"));
	for (size_t i = 0; i < sizeof(by_prefix) / sizeof(by_prefix[0]); i++)
		if (item->properties && has_prefix(item->properties, by_prefix[i].prefix))
			bad |= json_array_append_new(list, json_string(by_prefix[i].url));
	if (!bad)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *links_json(const struct item *item)
{
	json_t *list = json_array();

	for (size_t i = 0; i < item->derived_from_nr; i++) {
		json_t *link = json_pack("{s:s, s:s}", "rel", "derived_from", "href",
					 item->derived_from[i]);

		if (json_array_append_new(list, link)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Layers by their names, other files by their file names. */
static json_t *assets_json(const char *folder, const struct item *item, struct error *e)
{
	json_t *assets = json_object();

	for (size_t i = 0; i < item->assets_nr; i++) {
		const struct item_asset *a = &item->assets[i];
		json_t *one = item_asset_object(folder, a, e);

		if (!one)
			goto fail;
		if (json_object_set_new(assets, a->layer ? a->layer->name : a->file, one)) {
			error_nomem(e, "item.json");
			goto fail;
		}
	}
	return assets;
fail:
	json_decref(assets);
	return NULL;
}

/* --- all --- */

static json_t *item_json(const char *folder, const struct item *item, struct error *e)
{
	json_t *properties = properties_json(item, e);
	json_t *assets = properties ? assets_json(folder, item, e) : NULL;
	json_t *root;

	if (!assets) {
		json_decref(properties);
		return NULL;
	}
	root = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "type", "Feature",
			 "stac_version", "1.0.0", "stac_extensions", extensions_json(item), "id",
			 item->id, "geometry", item_geometry(item->footprint), "bbox",
			 item_bbox(item->footprint), "properties", properties, "links",
			 links_json(item), "assets", assets);
	if (json_is_null(json_object_get(root, "bbox")))
		json_object_del(root, "bbox");
	if (!root)
		error_set(e, ERROR_BUG,
			  "cannot make item.json of %s: no memory, or text that is not UTF-8",
			  item->id);
	return root;
}

int item_write(const char *folder, const struct item *item, struct error *e)
{
	json_t *root = item_json(folder, item, e);
	char *text = NULL, *path = NULL;
	size_t length;
	int ret = -1;

	if (!root)
		return -1;
	text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	path = path_join(folder, "item.json");
	if (!text || !path) {
		error_nomem(e, "item.json");
		goto out;
	}
	length = strlen(text);
	text[length] = '\n'; /* in place of the end: file_write() takes a size */
	ret = file_write(path, text, length + 1, e);
out:
	free(path);
	free(text);
	json_decref(root);
	return ret;
}
