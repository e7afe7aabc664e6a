/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/result.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/folder.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/io/result_internal.h"

#define ITEM_MAX (64 << 20) /* bytes */
#define TEXT_MAX 4096	    /* of a fact, bytes */

/* --- facts --- */

static int bad_fact(const struct result *r, const char *key, const char *wanted, struct error *e)
{
	return error_set(e, ERROR_DATA,
			 "%s/item.json: %s: %s; the result is damaged or not of "
			 "this program: make it again",
			 r->path, key, wanted);
}

/* A text without control characters; NULL: absent and not required, or -1 with e set. */
static int get_text(const struct result *r, const json_t *object, const char *key, bool required,
		    const char **out, struct error *e)
{
	const json_t *v = json_object_get(object, key);
	const char *s = json_string_value(v);

	if (!v && !required) {
		*out = "";
		return 0;
	}
	if (!s || strlen(s) > TEXT_MAX || strlen(s) != json_string_length(v))
		return bad_fact(r, key, "a text is wanted", e);
	for (const char *c = s; *c; c++)
		if (iscntrl((unsigned char)*c))
			return bad_fact(r, key, "has control characters", e);
	*out = s;
	return 0;
}

static int get_time(const struct result *r, const json_t *properties, const char *key,
		    int64_t *time, struct error *e)
{
	const char *text;

	if (get_text(r, properties, key, true, &text, e))
		return -1;
	return utc_parse(text, time) ? bad_fact(r, key, "not a UTC time", e) : 0;
}

static int get_times(struct result *r, const json_t *properties, struct error *e)
{
	if (!json_is_null(json_object_get(properties, "datetime"))) {
		if (get_time(r, properties, "datetime", &r->time, e))
			return -1;
		r->time_end = r->time;
		return 0;
	}
	if (get_time(r, properties, "start_datetime", &r->time, e) ||
	    get_time(r, properties, "end_datetime", &r->time_end, e))
		return -1;
	return r->time_end < r->time ? bad_fact(r, "end_datetime", "before the start", e) : 0;
}

static int get_size(const struct result *r, const json_t *list, size_t i, int32_t *out,
		    struct error *e)
{
	const json_t *v = json_array_get(list, i);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 1 || n > GRID_SIDE_MAX)
		return bad_fact(r, "proj:shape", "not a size", e);
	*out = (int32_t)n;
	return 0;
}

static int get_grid(struct result *r, const json_t *properties, struct error *e)
{
	const json_t *shape = json_object_get(properties, "proj:shape");
	const json_t *transform = json_object_get(properties, "proj:transform");
	const char *crs = "";
	double t[6];

	if (get_text(r, properties, "balkhash:crs", true, &crs, e))
		return -1;
	if (!crs[0] || strlen(crs) >= sizeof(r->grid.crs.def))
		return bad_fact(r, "balkhash:crs", "not a CRS", e);
	if (json_array_size(shape) != 2 || get_size(r, shape, 0, &r->grid.height, e) ||
	    get_size(r, shape, 1, &r->grid.width, e))
		return bad_fact(r, "proj:shape", "two numbers are wanted", e);
	for (size_t i = 0; i < 6; i++) {
		const json_t *v = json_array_get(transform, i);

		t[i] = json_number_value(v);
		if (!json_is_number(v) || !isfinite(t[i]))
			return bad_fact(r, "proj:transform", "six numbers are wanted", e);
	}
	if (!(t[0] > 0) || !(t[4] < 0) || t[1] != 0 || t[3] != 0)
		return bad_fact(r, "proj:transform", "not north up", e);
	memcpy(r->grid.crs.def, crs, strlen(crs) + 1);
	r->grid.dx = t[0];
	r->grid.dy = -t[4];
	r->grid.x0 = t[2];
	r->grid.y0 = t[5];
	return 0;
}

static bool is_hex(const char *s, size_t digits)
{
	return strlen(s) == digits && strspn(s, "0123456789abcdef") == digits;
}

static int get_facts(struct result *r, struct error *e)
{
	const json_t *p = json_object_get(r->item, "properties");
	const json_t *zone = json_object_get(p, "balkhash:native_zone");
	json_int_t number = json_integer_value(zone);

	if (get_text(r, r->item, "id", true, &r->id, e) ||
	    get_text(r, p, "balkhash:kind", true, &r->kind, e) ||
	    get_text(r, p, "balkhash:unit", true, &r->unit, e) ||
	    get_text(r, p, "balkhash:lake", false, &r->lake, e) ||
	    get_text(r, p, "balkhash:datatake", false, &r->datatake, e) || get_times(r, p, e) ||
	    get_grid(r, p, e))
		return -1;
	if (!r->id[0])
		return bad_fact(r, "id", "is empty", e);
	if (strcmp(r->kind, "observation") != 0 && strcmp(r->kind, "mosaic") != 0 &&
	    strcmp(r->kind, "change") != 0)
		return bad_fact(r, "balkhash:kind", "observation, mosaic or change is wanted", e);
	if (!is_hex(r->unit, SHA256_HEX - 1))
		return bad_fact(r, "balkhash:unit", "64 digits are wanted", e);
	if (zone && (!json_is_integer(zone) || number < 0 || number > 60))
		return bad_fact(r, "balkhash:native_zone", "0 to 60 is wanted", e);
	r->native_zone = (int)number;
	return 0;
}

/* --- assets --- */

/* The file of an asset if it is one in the folder itself, else NULL. */
static const char *plain_name(const json_t *asset)
{
	const json_t *href = json_object_get(asset, "href");
	const char *name = json_string_value(href);

	if (!name || strlen(name) != json_string_length(href))
		return NULL;
	if (!strncmp(name, "./", 2))
		name += 2;
	if (!name[0] || name[0] == '.' || strlen(name) > 255 || strpbrk(name, "/\\:%"))
		return NULL;
	for (const char *c = name; *c; c++)
		if (iscntrl((unsigned char)*c))
			return NULL;
	return name;
}

static int check_assets(const struct result *r, struct error *e)
{
	json_t *assets = json_object_get(r->item, "assets");

	if (!json_is_object(assets))
		return bad_fact(r, "assets", "an object is wanted", e);
	for (void *i = json_object_iter(assets); i; i = json_object_iter_next(assets, i)) {
		const char *key = json_object_iter_key(i);

		for (const char *c = key; *c; c++)
			if (iscntrl((unsigned char)*c))
				return bad_fact(r, "assets", "a name has control characters", e);
		if (!plain_name(json_object_iter_value(i)))
			return error_set(e, ERROR_DATA,
					 "%s/item.json: asset \"%.100s\" is not a file of this "
					 "folder; nothing of it was opened",
					 r->path, key);
	}
	return 0;
}

const char *result_file(const struct result *r, size_t i)
{
	json_t *assets = json_object_get(r->item, "assets");
	void *at = json_object_iter(assets);

	while (at && i--)
		at = json_object_iter_next(assets, at);
	return at ? plain_name(json_object_iter_value(at)) : NULL;
}

static const json_t *find_asset(const struct result *r, const char *name)
{
	return json_object_get(json_object_get(r->item, "assets"), name);
}

const json_t *result_looks(const struct result *r)
{
	const json_t *properties = json_object_get(r->item, "properties");

	return strcmp(r->kind, "mosaic") ? NULL : json_object_get(properties, "balkhash:inputs");
}

bool result_has(const struct result *r, const char *layer_name)
{
	return find_asset(r, layer_name) != NULL;
}

/* --- opening --- */

int result_parse(struct result *r, const char *text, size_t size, struct error *e)
{
	json_error_t why;

	r->item = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
	if (!r->item) {
		for (char *c = why.text; *c; c++)
			if (iscntrl((unsigned char)*c))
				*c = '?';
		return error_set(e, ERROR_DATA,
				 "cannot read %s/item.json: line %d: %s; make the result again",
				 r->path, why.line, why.text);
	}
	return get_facts(r, e) || check_assets(r, e) ? -1 : 0;
}

static int parse_file(struct result *r, const char *path, struct error *e)
{
	char *text = NULL;
	size_t size = 0;
	int ret;

	if (file_read(path, ITEM_MAX, &text, &size, e))
		return -1;
	ret = result_parse(r, text, size, e);
	free(text);
	return ret;
}

static int read_item(struct result *r, struct error *e)
{
	char *path = path_join(r->path, "item.json");
	struct stat st;
	int ret = -1;

	if (!path)
		return error_nomem(e, r->path);
	if (stat(r->path, &st))
		error_set(e, ERROR_NOINPUT, "cannot open %s: there is no such folder", r->path);
	else if (!S_ISDIR(st.st_mode))
		error_set(e, ERROR_NOINPUT, "cannot open %s: it is a file; a result is a folder",
			  r->path);
	else if (lstat(path, &st))
		error_set(e, ERROR_NOINPUT,
			  "cannot open %s: it has no item.json, so it is not a finished result",
			  r->path);
	else if (!S_ISREG(st.st_mode))
		error_set(e, ERROR_DATA, "cannot read %s: it is not a regular file", path);
	else
		ret = parse_file(r, path, e);
	free(path);
	return ret;
}

int result_open(struct result **out, const char *dir, struct error *e)
{
	struct result *r = calloc(1, sizeof(*r));

	if (!r || !(r->path = strdup(dir))) {
		free(r);
		return error_nomem(e, dir);
	}
	if (read_item(r, e)) {
		result_free(r);
		return -1;
	}
	*out = r;
	return 0;
}

void result_free(struct result *r)
{
	if (!r)
		return;
	json_decref(r->item);
	free(r->path);
	free(r);
}

/* A layer's file lies on the grid that item.json gives; its CRS is compared where it has a code. */
static int check_grid(const struct result *r, const struct raster *raster, const char *path,
		      struct error *e)
{
	struct grid g = *raster_grid(raster);

	if (!g.crs.def[0] && strncmp(r->grid.crs.def, "EPSG:", 5) != 0)
		g.crs = r->grid.crs;
	if (grid_equal(&r->grid, &g))
		return 0;
	return error_set(e, ERROR_DATA,
			 "%s: not on the grid of its item.json; make the result again", path);
}

char *result_layer_path(const struct result *r, const char *layer_name, struct error *e)
{
	const json_t *asset = find_asset(r, layer_name);
	char *path;

	if (!asset) {
		error_set(e, ERROR_DATA, "%s has no layer %s", r->path, layer_name);
		return NULL;
	}
	path = path_join(r->path, plain_name(asset));
	if (!path)
		error_nomem(e, r->path);
	return path;
}

int result_raster(const struct result *r, const char *layer_name, struct raster **out,
		  struct error *e)
{
	const struct layer *layer = layer_find(layer_name);
	struct raster *raster = NULL;
	char *path = layer ? result_layer_path(r, layer_name, e) : NULL;
	int ret = -1;

	if (!layer)
		return error_set(e, ERROR_BUG, "there is no layer %s", layer_name);
	if (!path)
		return -1;
	if (!raster_open(&raster, path, layer, e) && !check_grid(r, raster, path, e)) {
		*out = raster;
		raster = NULL;
		ret = 0;
	}
	raster_close(raster);
	free(path);
	return ret;
}

/* --- folders of results --- */

void result_paths_release(struct result_paths *paths)
{
	for (size_t i = 0; i < paths->nr; i++)
		free(paths->path[i]);
	free(paths->path);
	*paths = (struct result_paths){ 0 };
}

/* Takes the string; NULL is no memory. */
static int append(struct result_paths *paths, char *path, struct error *e)
{
	char **grown = path ? realloc(paths->path, (paths->nr + 1) * sizeof(*grown)) : NULL;

	if (!grown) {
		free(path);
		return error_nomem(e, "a list of results");
	}
	paths->path = grown;
	paths->path[paths->nr++] = path;
	return 0;
}

static bool is_result(const char *path)
{
	char *item = path_join(path, "item.json");
	struct stat st;
	bool is = item && !lstat(item, &st) && S_ISREG(st.st_mode);

	free(item);
	return is;
}

int result_paths_add(struct result_paths *paths, const char *path, struct error *e)
{
	struct folder f = { 0 };
	size_t before = paths->nr;
	int bad = 0;

	if (is_result(path))
		return append(paths, strdup(path), e);
	if (folder_read(&f, path, e))
		return -1;
	for (size_t i = 0; i < f.names_nr && !bad; i++) {
		char *child = folder_path(&f, f.names[i]);

		if (child && !is_result(child))
			free(child);
		else
			bad = append(paths, child, e);
	}
	folder_release(&f);
	if (!bad && paths->nr == before)
		return error_set(e, ERROR_NOINPUT,
				 "%s: no result: no item.json in it nor in the folders in it",
				 path);
	return bad;
}
