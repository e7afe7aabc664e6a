/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/result_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/cog.h"
#include "pipeline/io/geotiff.h"

static int check_hash(const char *path, const json_t *asset, const char **what, struct error *e)
{
	const json_t *size_said = json_object_get(asset, "file:size");
	const char *hash_said = json_string_value(json_object_get(asset, "file:checksum"));
	uint64_t size = 0;
	char hex[SHA256_HEX];

	*what = "has no size and SHA-256 in item.json";
	if (!json_is_integer(size_said) || !hash_said || strncmp(hash_said, "1220", 4) != 0)
		return -1;
	if (file_size(path, &size, e)) {
		*what = e->code == ERROR_NOINPUT ? "is missing" : "cannot be read";
		return -1;
	}
	*what = "has another size than when it was made";
	if (size != (uint64_t)json_integer_value(size_said))
		return -1;
	*what = "cannot be read";
	if (file_sha256(path, hex, e))
		return -1;
	*what = "has changed since it was made (SHA-256)";
	return strcmp(hex, hash_said + 4) ? -1 : 0;
}

/* Decode every tile once. */
static int read_through(const struct result *r, const struct layer *layer, struct error *e)
{
	size_t side = GEOTIFF_TILE, n = grid_tiles(&r->grid, GEOTIFF_TILE);
	void *pixels = malloc(side * side * layer_type_size(layer->type));
	struct raster *raster = NULL;
	int ret = -1;

	if (!pixels)
		return error_nomem(e, "a tile");
	if (result_raster(r, layer->name, &raster, e))
		goto out;
	ret = 0;
	for (size_t i = 0; i < n && !ret; i++)
		ret = raster_read(raster, grid_tile(&r->grid, GEOTIFF_TILE, i), pixels, e);
out:
	raster_close(raster);
	free(pixels);
	return ret;
}

/* How the file is laid out and what it says; on the result's grid. */
static int check_cog(const struct result *r, const struct layer *layer, const json_t *asset,
		     const char *file, const char *path, struct findings *f, struct error *e)
{
	const struct cog_spec spec = {
		.path = path,
		.file = file,
		.layer = layer,
		.grid = &r->grid,
		.asset = asset,
	};

	return cog_check(&spec, f, e);
}

static bool is_geotiff(const json_t *asset)
{
	const char *type = json_string_value(json_object_get(asset, "type"));

	return type && !strncmp(type, "image/tiff", 10);
}

/* 0, or -1 with e set if it is not the result's fault: no memory. */
static int check_asset(const struct result *r, const char *key, const json_t *asset,
		       const char *file, struct findings *findings, struct error *e)
{
	const struct layer *layer = layer_find(key);
	char *path = path_join(r->path, file);
	size_t before = findings->nr;
	const char *what;
	int bad, ret = 0;

	if (!path)
		return error_nomem(e, r->path);
	bad = check_hash(path, asset, &what, e);
	if (!bad && (layer || is_geotiff(asset)))
		ret = check_cog(r, layer, asset, file, path, findings, e);
	free(path);
	if (ret)
		return -1;
	/* What is not laid out well may not be readable, and is named already. */
	if (!bad && layer && findings->nr == before) {
		what = "does not decode as this layer on this grid";
		bad = read_through(r, layer, e);
	}
	if (bad && e->code == ERROR_BUG)
		return -1;
	if (bad)
		findings_add(findings, "%s %s", file, what);
	return 0;
}

int result_examine(const struct result *r, struct findings *f, struct error *e)
{
	json_t *assets = json_object_get(r->item, "assets");
	size_t k = 0;

	*e = (struct error){ 0 };
	result_check_item(r, f);
	for (void *i = json_object_iter(assets); i; i = json_object_iter_next(assets, i))
		if (check_asset(r, json_object_iter_key(i), json_object_iter_value(i),
				result_file(r, k++), f, e))
			return -1;
	*e = (struct error){ 0 };
	return findings_check(f, e);
}

int result_verify(const struct result *r, struct error *e)
{
	struct findings f = { 0 };
	int ret = result_examine(r, &f, e);
	char line[400];

	if (!ret && f.nr) {
		findings_line(&f, line, sizeof(line));
		ret = error_set(e, ERROR_DATA, "%s: %s", r->path, line);
	}
	findings_release(&f);
	return ret;
}

int result_layer_intact(const struct result *r, const char *layer_name, struct error *e)
{
	const json_t *asset = json_object_get(json_object_get(r->item, "assets"), layer_name);
	char *path = result_layer_path(r, layer_name, e);
	const char *what;
	int bad;

	if (!path)
		return -1;
	bad = check_hash(path, asset, &what, e);
	if (bad && e->code != ERROR_BUG)
		error_set(e, ERROR_DATA, "%s %s; make %s again", path, what, r->path);
	free(path);
	return bad;
}

/* Three numbers with dots, of which the last ones may be missing; what follows does not count. */
static uint64_t version_number(const char *text)
{
	unsigned int part[3] = { 0 };

	sscanf(text, "%9u.%9u.%9u", &part[0], &part[1], &part[2]);
	return ((uint64_t)(part[0] & 0xffff) << 32) | ((uint64_t)(part[1] & 0xffff) << 16) |
	       (part[2] & 0xffff);
}

int result_not_newer(const struct result *r, struct error *e)
{
	const json_t *p = json_object_get(r->item, "properties");
	const json_t *software = json_object_get(p, "processing:software");
	const char *version = json_string_value(json_object_get(software, "balkhash"));

	if (!version || version_number(version) <= version_number(BALKHASH_VERSION))
		return 0;
	return error_set(e, ERROR_DATA,
			 "%s was made by balkhash %.40s, and this is %s: a newer program has to "
			 "read it",
			 r->path, version, BALKHASH_VERSION);
}
