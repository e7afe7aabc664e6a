/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/result_internal.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/catalog_internal.h"

/* Of a degree; what a number of item.json may lose in its text. */
#define TINY 1e-9

static void bad(struct findings *f, const char *what)
{
	findings_add(f, "item.json: %s", what);
}

static bool is_text(const json_t *object, const char *key)
{
	return json_string_length(json_object_get(object, key)) > 0;
}

static bool is_texts(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_string_length(json_array_get(list, i)))
			return false;
	return json_is_array(list);
}

static void check_members(const json_t *item, struct findings *f)
{
	static const char *const fixed[][2] = { { "type", "Feature" },
						{ "stac_version", "1.0.0" } };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		const char *said = json_string_value(json_object_get(item, fixed[i][0]));

		if (!said || strcmp(said, fixed[i][1]) != 0)
			findings_add(f, "item.json: %s is not \"%s\"", fixed[i][0], fixed[i][1]);
	}
	if (!is_texts(json_object_get(item, "stac_extensions")))
		bad(f, "stac_extensions is no list of addresses");
	if (!json_object_get(item, "geometry"))
		bad(f, "no geometry, nor null for it");
}

/* --- where --- */

/* All positions of a polygon or of several; those outside the box. */
static bool is_inside(const json_t *coordinates, const double box[4])
{
	const json_t *first = json_array_get(coordinates, 0);
	double x, y;

	if (!json_is_number(first)) {
		for (size_t i = 0; i < json_array_size(coordinates); i++)
			if (!is_inside(json_array_get(coordinates, i), box))
				return false;
		return true;
	}
	x = json_number_value(first);
	y = json_number_value(json_array_get(coordinates, 1));
	return x >= box[0] - TINY && y >= box[1] - TINY && x <= box[2] + TINY && y <= box[3] + TINY;
}

/* Rings of checked geometry end where they begin. */
static bool is_closed(const json_t *v)
{
	const json_t *inner = json_array_get(v, 0);

	/* Of a ring, the first position. */
	if (json_is_number(json_array_get(inner, 0)))
		return json_equal(inner, json_array_get(v, json_array_size(v) - 1));
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!is_closed(json_array_get(v, i)))
			return false;
	return true;
}

static void check_place(const struct result *r, struct findings *f)
{
	const json_t *geometry = json_object_get(r->item, "geometry");
	const json_t *bbox = json_object_get(r->item, "bbox");
	const json_t *coordinates = json_object_get(geometry, "coordinates");
	struct error why = { 0 };
	double box[4];

	if (collection_check(r, &why)) {
		findings_add(f, "%s",
			     why.text + (!strncmp(why.text, r->path, strlen(r->path))
						 ? strlen(r->path) + 1
						 : 0));
		return;
	}
	if (!json_is_object(geometry)) {
		if (bbox)
			bad(f, "a bbox, but no geometry");
		return;
	}
	for (size_t i = 0; i < 4; i++)
		box[i] = json_number_value(json_array_get(bbox, i));
	if (!is_inside(coordinates, box))
		bad(f, "the geometry is not inside the bbox");
	if (!is_closed(coordinates))
		bad(f, "a ring of the geometry is not closed");
}

/* --- links and assets --- */

static void check_links(const json_t *links, struct findings *f)
{
	bool good = json_is_array(links);

	for (size_t i = 0; good && i < json_array_size(links); i++)
		good = is_text(json_array_get(links, i), "rel") &&
		       is_text(json_array_get(links, i), "href");
	if (!good)
		bad(f, "links is no list of relations and addresses");
}

static bool is_multihash(const char *text)
{
	return text && strlen(text) == 4 + SHA256_HEX - 1 && !strncmp(text, "1220", 4) &&
	       strspn(text, "0123456789abcdef") == strlen(text);
}

static void check_asset(const char *key, const json_t *asset, struct findings *f)
{
	const json_t *size = json_object_get(asset, "file:size");

	if (!is_text(asset, "title") || !is_text(asset, "type"))
		findings_add(f, "item.json: asset %.100s has no title or no type", key);
	if (!is_texts(json_object_get(asset, "roles")) ||
	    !json_array_size(json_object_get(asset, "roles")))
		findings_add(f, "item.json: asset %.100s has no roles", key);
	if (!json_is_integer(size) || json_integer_value(size) < 0 ||
	    !is_multihash(json_string_value(json_object_get(asset, "file:checksum"))))
		findings_add(
			f,
			"item.json: asset %.100s has no file:size and file:checksum (a multihash of SHA-256)",
			key);
}

/* A file that several assets name is one that somebody wrote by hand. */
static void check_assets(const struct result *r, struct findings *f)
{
	json_t *assets = json_object_get(r->item, "assets"), *files = json_object();
	size_t k = 0;

	if (!json_object_size(assets))
		bad(f, "no assets");
	for (void *i = json_object_iter(assets); i; i = json_object_iter_next(assets, i)) {
		const char *file = result_file(r, k++);

		check_asset(json_object_iter_key(i), json_object_iter_value(i), f);
		if (json_object_get(files, file))
			findings_add(f, "item.json: two assets are the file %s", file);
		f->lost |= json_object_set_new(files, file, json_true()) != 0;
	}
	json_decref(files);
}

void result_check_item(const struct result *r, struct findings *f)
{
	check_members(r->item, f);
	check_place(r, f);
	check_links(json_object_get(r->item, "links"), f);
	check_assets(r, f);
}
