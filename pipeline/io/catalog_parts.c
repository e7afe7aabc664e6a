/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/catalog_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/item_shape.h"
#include "pipeline/io/layer.h"

#define PROJECTION "https://stac-extensions.github.io/projection/v1.2.0/schema.json"
#define CRS_TEXT   16384 /* bytes of a WKT that are believed */

#define JSON_TYPE "application/json"
#define ITEM_TYPE "application/geo+json"

/* --- addresses --- */

char *catalog_href(const char *before, const char *name, const char *behind)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t size = strlen(before) + 3 * strlen(name) + strlen(behind) + 1;
	char *href = malloc(size), *at = href;

	if (!href)
		return NULL;
	at = stpcpy(at, before);
	for (const char *s = name; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c < 0x80 && isalnum(c)) || strchr("-._~,+=@", c)) {
			*at++ = (char)c;
		} else {
			*at++ = '%';
			*at++ = digits[c >> 4];
			*at++ = digits[c & 15];
		}
	}
	memcpy(at, behind, strlen(behind) + 1);
	return href;
}

json_t *catalog_link(const char *rel, const char *href, const char *type, const char *title)
{
	json_t *link = href ? json_pack("{s:s, s:s}", "rel", rel, "href", href) : NULL;
	int bad = 0;

	if (link && type)
		bad |= json_object_set_new(link, "type", json_string(type));
	if (link && title)
		bad |= json_object_set_new(link, "title", json_string(title));
	if (!bad)
		return link;
	json_decref(link);
	return NULL;
}

/* --- where --- */

static bool is_box(const json_t *v)
{
	double box[4];

	if (json_array_size(v) != 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		if (!json_is_number(json_array_get(v, i)))
			return false;
		box[i] = json_number_value(json_array_get(v, i));
	}
	return box[0] >= -180 && box[0] <= box[2] && box[2] <= 180 && box[1] >= -90 &&
	       box[1] <= box[3] && box[3] <= 90;
}

static bool has_footprint(const struct result *r)
{
	const json_t *geometry = json_object_get(r->item, "geometry");

	return geometry && !json_is_null(geometry);
}

static bool is_crs(const json_t *properties)
{
	const json_t *epsg = json_object_get(properties, "proj:epsg");
	const json_t *wkt = json_object_get(properties, "proj:wkt2");

	if (json_is_integer(epsg))
		return json_integer_value(epsg) > 0 && json_integer_value(epsg) < 1000000;
	return json_is_null(epsg) && json_is_string(wkt) && json_string_length(wkt) <= CRS_TEXT;
}

int collection_check(const struct result *r, struct error *e)
{
	const char *bad = NULL;

	if (has_footprint(r) && !item_shape_is(json_object_get(r->item, "geometry")))
		bad = "geometry";
	else if (has_footprint(r) && !is_box(json_object_get(r->item, "bbox")))
		bad = "bbox";
	else if (!is_crs(json_object_get(r->item, "properties")))
		bad = "proj:epsg and proj:wkt2";
	if (!bad)
		return 0;
	return error_set(e, ERROR_DATA,
			 "%s/item.json: %s: not what a result has; make it again or take it away",
			 r->path, bad);
}

/* --- gathering --- */

int collection_init(struct collection *c, const struct catalog_child *child)
{
	*c = (struct collection){ .child = child,
				  .sources.missions = json_object(),
				  .layers = json_object(),
				  .links = json_array() };
	return c->sources.missions && c->layers && c->links ? 0 : -1;
}

void collection_release(struct collection *c)
{
	json_decref(c->sources.missions);
	json_decref(c->layers);
	json_decref(c->links);
	*c = (struct collection){ 0 };
}

static void add_box(struct collection *c, const json_t *box)
{
	for (size_t i = 0; i < 4; i++) {
		double v = json_number_value(json_array_get(box, i));

		if (!c->has_box || (i < 2 ? v < c->box[i] : v > c->box[i]))
			c->box[i] = v;
	}
	c->has_box = true;
}

static int add_layers(struct collection *c, const struct result *r)
{
	int bad = 0;

	for (size_t i = 0; layer_at(i); i++)
		if (result_has(r, layer_at(i)->name))
			bad |= json_object_set_new(c->layers, layer_at(i)->name, json_true());
	return bad;
}

int collection_add(struct collection *c, const struct result *r, const char *name)
{
	bool first = !json_array_size(c->links);
	char *href = catalog_href("./", name, "/item.json");
	int bad = json_array_append_new(c->links, catalog_link("item", href, ITEM_TYPE, r->id));

	free(href);
	c->from = first || r->time < c->from ? r->time : c->from;
	c->to = first || r->time_end > c->to ? r->time_end : c->to;
	if (has_footprint(r))
		add_box(c, json_object_get(r->item, "bbox"));
	bad |= add_layers(c, r) | sources_add(&c->sources, r);
	return bad ? -1 : 0;
}

/* --- items.json --- */

bool collection_lists(const struct result *r)
{
	return !strcmp(r->kind, "observation") && has_footprint(r);
}

/* Layers alone, by paths from the folder of items.json. */
static json_t *assets_json(const struct result *r, const char *name)
{
	json_t *assets = json_object();
	int bad = 0;

	for (size_t i = 0; layer_at(i); i++) {
		const char *layer = layer_at(i)->name, *file;
		json_t *one = json_object_get(json_object_get(r->item, "assets"), layer);
		char *before, *href;

		if (!one)
			continue;
		file = json_string_value(json_object_get(one, "href"));
		file += strncmp(file, "./", 2) ? 0 : 2;
		before = catalog_href("./", name, "/");
		href = before ? catalog_href(before, file, "") : NULL;
		bad |= json_object_set_new(
			assets, layer,
			href ? json_pack("{s:s, s:s, s:[s]}", "href", href, "type",
					 "image/tiff; application=geotiff; profile=cloud-optimized",
					 "roles", "data")
			     : NULL);
		free(href);
		free(before);
	}
	if (!bad)
		return assets;
	json_decref(assets);
	return NULL;
}

static json_t *short_properties(const struct result *r)
{
	static const char *const kept[] = { "proj:epsg", "proj:wkt2", "proj:shape",
					    "proj:transform" };
	const json_t *all = json_object_get(r->item, "properties");
	json_t *p = json_object();
	char time[UTC_TEXT];
	int bad;

	utc_format(r->time, time);
	bad = json_object_set_new(p, "datetime", json_string(time));
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (json_object_get(all, kept[i]))
			bad |= json_object_set(p, kept[i], json_object_get(all, kept[i]));
	if (!bad)
		return p;
	json_decref(p);
	return NULL;
}

json_t *collection_feature(const struct collection *c, const struct result *r, const char *name)
{
	char *href = catalog_href("./", name, "/item.json");
	json_t *root = json_pack(
		"{s:s, s:s, s:[s], s:s, s:s, s:O, s:O, s:o, s:[o, o], s:o}", "type", "Feature",
		"stac_version", "1.0.0", "stac_extensions", PROJECTION, "id", r->id, "collection",
		c->child->id, "geometry", json_object_get(r->item, "geometry"), "bbox",
		json_object_get(r->item, "bbox"), "properties", short_properties(r), "links",
		catalog_link("collection", "./" CATALOG_COLLECTION, JSON_TYPE, NULL),
		catalog_link("canonical", href, ITEM_TYPE, NULL), "assets", assets_json(r, name));

	free(href);
	return root;
}

/* --- collection.json --- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of an object as a sorted array. */
static json_t *sorted_keys(json_t *set)
{
	size_t nr = json_object_size(set), n = 0;
	const char **keys = calloc(nr + 1, sizeof(*keys));
	json_t *list = keys ? json_array() : NULL;
	int bad = !list;

	for (void *i = json_object_iter(set); i && keys; i = json_object_iter_next(set, i))
		keys[n++] = json_object_iter_key(i);
	if (keys)
		qsort(keys, n, sizeof(*keys), by_text);
	for (size_t i = 0; i < n && !bad; i++)
		bad = json_array_append_new(list, json_string(keys[i]));
	free(keys);
	if (!bad)
		return list;
	json_decref(list);
	return NULL;
}

/* In the order of the table of layers. */
static json_t *layers_json(const struct collection *c)
{
	json_t *list = json_array();
	int bad = 0;

	for (size_t i = 0; layer_at(i); i++)
		if (json_object_get(c->layers, layer_at(i)->name))
			bad |= json_array_append_new(list, json_string(layer_at(i)->name));
	if (!bad)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *extent_json(const struct collection *c)
{
	static const double world[4] = { -180, -90, 180, 90 };
	const double *box = c->has_box ? c->box : world;
	char from[UTC_TEXT], to[UTC_TEXT];

	utc_format(c->from, from);
	utc_format(c->to, to);
	return json_pack("{s:{s:[[f, f, f, f]]}, s:{s:[[s, s]]}}", "spatial", "bbox", box[0],
			 box[1], box[2], box[3], "temporal", "interval", from, to);
}

static int put_summaries(json_t *root, const struct collection *c, const struct sources *s)
{
	json_t *o = json_object();
	int bad = 0;

	if (json_object_size(s->missions))
		bad |= json_object_set_new(o, "platform", sorted_keys(s->missions));
	if (json_object_size(c->layers))
		bad |= json_object_set_new(o, "balkhash:layers", layers_json(c));
	return bad | json_object_set_new(root, "summaries", o);
}

static int put_items_asset(json_t *root)
{
	return json_object_set_new(root, "assets",
				   json_pack("{s:{s:s, s:s, s:s, s:[s]}}", "items", "href",
					     "./" CATALOG_ITEMS, "title",
					     "All observations in one file, as GDAL's STACIT "
					     "driver opens them",
					     "type", ITEM_TYPE, "roles", "metadata"));
}

json_t *collection_json(const struct collection *c, const struct sources *before)
{
	const struct sources *s = json_object_size(c->sources.missions) ? &c->sources : before;
	json_t *links =
		json_pack("[o, o]", catalog_link("root", "../" CATALOG_JSON, JSON_TYPE, NULL),
			  catalog_link("parent", "../" CATALOG_JSON, JSON_TYPE, NULL));
	json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "Collection", "stac_version",
				 "1.0.0", "id", c->child->id, "title", c->child->title,
				 "description", c->child->description);
	int bad = !root || !links;

	if (bad)
		goto fail;
	bad |= sources_put(root, links, s);
	bad |= json_object_set_new(root, "extent", extent_json(c));
	bad |= put_summaries(root, c, s);
	if (c->has_items_json)
		bad |= put_items_asset(root);
	bad |= json_array_extend(links, c->links);
	bad |= json_object_set(root, "links", links);
	if (bad)
		goto fail;
	json_decref(links);
	return root;
fail:
	json_decref(links);
	json_decref(root);
	return NULL;
}
