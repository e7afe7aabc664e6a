/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run_index_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/item_shape.h"
#include "pipeline/io/result.h"

/* Numbers come out of the file as they went in. */
#define FORM (JSON_COMPACT | JSON_REAL_PRECISION(17))

/* A column; of results: where item.json has it, in properties or in an object there.  NULL: known otherwise. */
struct column {
	struct vectors_field field;
	const char *group, *key;
};

#define AREAS "balkhash:area_km2"

static const struct column result_columns[] = {
	{ { "kind", VECTORS_TEXT, "observation, mosaic or change" }, NULL, NULL },
	{ { "id", VECTORS_TEXT, "Id in item.json" }, NULL, NULL },
	{ { "folder", VECTORS_TEXT, "Folder, below the output folder" }, NULL, NULL },
	{ { "time", VECTORS_DATETIME, "Time of the overpass; first one, included" }, NULL, NULL },
	{ { "time_end", VECTORS_DATETIME, "Time of the overpass; end of the period, not included" },
	  NULL,
	  NULL },
	{ { "unit", VECTORS_TEXT, "Identity of inputs, options and version" }, NULL, NULL },
	{ { "lake", VECTORS_TEXT, "Name or file of the lake" }, NULL, "balkhash:lake" },
	{ { "product", VECTORS_TEXT, "Product that an observation was made of" },
	  NULL,
	  "balkhash:product" },
	{ { "mission", VECTORS_TEXT, "LC09, S2B ..." }, NULL, "platform" },
	{ { "level", VECTORS_TEXT, "Level of the product" }, NULL, "balkhash:level" },
	{ { "tile", VECTORS_TEXT, "Path and row, or tile" }, NULL, "balkhash:tile" },
	{ { "water_km2", VECTORS_REAL, "Water by fraction" }, AREAS, "water_by_fraction" },
	{ { "cloud_km2", VECTORS_REAL, "Cloud and its shadow" }, AREAS, "cloud" },
	{ { "coverage_percent", VECTORS_REAL, "Share of the grid seen at least once" },
	  NULL,
	  "balkhash:coverage_percent" },
	{ { "gain_km2", VECTORS_REAL, "Land that became water" }, AREAS, "gain" },
	{ { "loss_km2", VECTORS_REAL, "Water that became land" }, AREAS, "loss" },
	{ { "net_km2", VECTORS_REAL, "Water by fraction, after less before" },
	  AREAS,
	  "net_by_fraction" },
};

static const struct column input_columns[] = {
	{ { "folder", VECTORS_TEXT, "Folder of the result" }, NULL, NULL },
	{ { "result", VECTORS_TEXT, "Id of the result" }, NULL, NULL },
	{ { "kind", VECTORS_TEXT, "What it was made of: product, observation or mosaic" },
	  NULL,
	  NULL },
	{ { "input", VECTORS_TEXT, "Id of that" }, NULL, "id" },
	{ { "role", VECTORS_TEXT, "before, between, after; fill: gaps were filled from it" },
	  NULL,
	  "role" },
	{ { "unit", VECTORS_TEXT, "Unit that it had" }, NULL, "unit" },
	{ { "time", VECTORS_DATETIME, "Time of an observation" }, NULL, "time" },
};

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define RESULT_COLUMNS COUNT(result_columns)
#define INPUT_COLUMNS  COUNT(input_columns)

/* --- a result becomes a row --- */

static int damaged(const struct result *r, const char *key, struct error *e)
{
	return error_set(e, ERROR_DATA,
			 "%s/item.json: %s: not what a result has; make it again or take it away",
			 r->path, key);
}

/* A value of item.json as the rows hold it, a new reference: null where there is none, NULL where it is of another type. */
static json_t *value_of(const struct column *c, const json_t *object)
{
	json_t *v = json_object_get(object, c->key);
	int64_t time;

	if (!v || json_is_null(v))
		return json_null();
	switch (c->field.type) {
	case VECTORS_REAL:
		return json_is_number(v) ? json_incref(v) : NULL;
	case VECTORS_DATETIME:
		if (!json_is_string(v) || utc_parse(json_string_value(v), &time))
			return NULL;
		return json_integer(time);
	default:
		return json_is_string(v) ? json_incref(v) : NULL;
	}
}

/* Those columns that stand in an item's properties, or in an entry of balkhash:inputs. */
static int put_columns(json_t *row, const struct result *r, const json_t *from,
		       const struct column *columns, size_t nr, struct error *e)
{
	for (size_t i = 0; i < nr; i++) {
		const struct column *c = &columns[i];
		const json_t *object = c->group ? json_object_get(from, c->group) : from;
		json_t *v;

		if (!c->key)
			continue;
		v = value_of(c, object);
		if (!v)
			return damaged(r, c->key, e);
		if (json_object_set_new(row, c->field.name, v))
			return error_nomem(e, "the index");
	}
	return 0;
}

/* What the entries of a list are where they do not say it. */
static const char *kind_of_inputs(const struct result *r)
{
	return strcmp(r->kind, "observation") ? "observation" : "product";
}

static int put_input(json_t *inputs, const struct result *r, const json_t *entry, const char *kind,
		     const char *role, struct error *e)
{
	const char *own = json_string_value(json_object_get(entry, "kind"));
	json_t *one = json_object();

	if (!one || json_array_append_new(inputs, one))
		return error_nomem(e, "the index");
	if (put_columns(one, r, entry, input_columns, INPUT_COLUMNS, e))
		return -1;
	if (!json_is_string(json_object_get(one, "input")))
		return damaged(r, "balkhash:inputs", e);
	if (json_object_set_new(one, "kind", json_string(own ? own : kind)) ||
	    (role && json_object_set_new(one, "role", json_string(role))))
		return error_nomem(e, "the index");
	return 0;
}

static int put_inputs(json_t *row, const struct result *r, const json_t *properties,
		      struct error *e)
{
	const json_t *fills =
		json_object_get(json_object_get(properties, "balkhash:options"), "fill");
	const json_t *list = json_object_get(properties, "balkhash:inputs"), *entry;
	json_t *inputs = json_array();
	size_t i;

	if (json_object_set_new(row, "inputs", inputs))
		return error_nomem(e, "the index");
	if (list && !json_is_array(list))
		return damaged(r, "balkhash:inputs", e);
	json_array_foreach(list, i, entry)
	{
		if (put_input(inputs, r, entry, kind_of_inputs(r), NULL, e))
			return -1;
	}
	json_array_foreach(fills, i, entry)
	{
		if (put_input(inputs, r, entry, "mosaic", "fill", e))
			return -1;
	}
	return 0;
}

static int put_facts(json_t *row, const struct result *r, const char *folder, struct error *e)
{
	json_t *geometry = json_object_get(r->item, "geometry"), *name = json_string(folder);
	int bad;

	if (!name)
		return error_set(e, ERROR_DATA,
				 "%s: its name is not UTF-8, which an index cannot hold", r->path);
	if (geometry && !json_is_null(geometry) && !item_shape_is(geometry)) {
		json_decref(name);
		return damaged(r, "geometry", e);
	}
	bad = json_object_set_new(row, "folder", name);
	bad |= json_object_set_new(row, "kind", json_string(r->kind));
	bad |= json_object_set_new(row, "id", json_string(r->id));
	bad |= json_object_set_new(row, "unit", json_string(r->unit));
	bad |= json_object_set_new(row, "time", json_integer(r->time));
	bad |= json_object_set_new(row, "time_end", json_integer(r->time_end));
	if (geometry && !json_is_null(geometry))
		bad |= json_object_set(row, "geometry", geometry);
	return bad ? error_nomem(e, "the index") : 0;
}

/* A closed ring is what is found out only where it is made a shape. */
static int check_shape(const struct result *r, const json_t *geometry, struct error *e)
{
	struct item_shape shape = { 0 };
	int ret = geometry ? item_shape_read(&shape, geometry, e) : 0;

	item_shape_release(&shape);
	return ret && e->code == ERROR_DATA ? damaged(r, "geometry", e) : ret;
}

static int put_line(FILE *file, const json_t *row, struct error *e)
{
	errno = 0;
	if (json_dumpf(row, file, FORM) || fputc('\n', file) == EOF)
		return error_errno(e, errno ? errno : EIO, "cannot write the index");
	return 0;
}

static int add_result(struct index_rows *rows, const struct result *r, const char *folder,
		      struct error *e)
{
	const json_t *properties = json_object_get(r->item, "properties");
	json_t *row = json_object();
	int ret = row ? 0 : error_nomem(e, "the index");

	if (!ret)
		ret = put_facts(row, r, folder, e);
	if (!ret)
		ret = put_columns(row, r, properties, result_columns, RESULT_COLUMNS, e);
	if (!ret)
		ret = put_inputs(row, r, properties, e);
	if (!ret)
		ret = check_shape(r, json_object_get(row, "geometry"), e);
	if (!ret)
		ret = put_line(rows->file, row, e);
	json_decref(row);
	return ret;
}

int index_rows_add(struct index_rows *rows, const char *dir, const char *folder, struct error *e)
{
	char *path = path_join(dir, folder);
	struct result *r = NULL;
	int ret;

	if (!path)
		return error_nomem(e, folder);
	ret = result_open(&r, path, e);
	free(path);
	if (ret)
		return -1;
	ret = add_result(rows, r, folder, e);
	if (!ret && (!rows->nr++ || r->time_end > rows->newest))
		rows->newest = r->time_end;
	result_free(r);
	return ret;
}

/* --- rows become layers --- */

static void take_values(const json_t *row, const struct column *columns, size_t nr,
			struct vectors_value *values)
{
	for (size_t i = 0; i < nr; i++) {
		const json_t *v = json_object_get(row, columns[i].field.name);
		const char *text = json_string_value(v);

		values[i] = vectors_null(columns[i].field.type);
		if (!v || json_is_null(v))
			continue;
		if (columns[i].field.type == VECTORS_REAL)
			values[i] = vectors_real(json_number_value(v));
		else if (columns[i].field.type == VECTORS_DATETIME)
			values[i] = vectors_datetime(json_integer_value(v));
		else if (text && text[0])
			values[i] = vectors_text(text);
	}
}

static int write_result(struct vectors *v, const json_t *row, struct item_shape *shape,
			struct error *e)
{
	const json_t *geometry = json_object_get(row, "geometry");
	struct vectors_value values[RESULT_COLUMNS];

	if (geometry && item_shape_read(shape, geometry, e))
		return -1;
	take_values(row, result_columns, RESULT_COLUMNS, values);
	return vectors_add(v, geometry ? &shape->shape : NULL, values, e);
}

static int write_inputs(struct vectors *v, const json_t *row, struct item_shape *shape,
			struct error *e)
{
	const json_t *entry;
	size_t i;

	(void)shape;
	json_array_foreach(json_object_get(row, "inputs"), i, entry)
	{
		struct vectors_value values[INPUT_COLUMNS];

		take_values(entry, input_columns, INPUT_COLUMNS, values);
		values[0] = vectors_text(json_string_value(json_object_get(row, "folder")));
		values[1] = vectors_text(json_string_value(json_object_get(row, "id")));
		if (vectors_add(v, NULL, values, e))
			return -1;
	}
	return 0;
}

/* What a layer is made of, and how. */
struct making {
	const char *name, *description;
	enum vectors_kind kind;
	const struct column *columns;
	size_t nr;
	int (*write)(struct vectors *v, const json_t *row, struct item_shape *shape,
		     struct error *e);
};

static const struct making makings[] = {
	{ "results", "Observations, mosaics and changes with their footprints",
	  VECTORS_MULTIPOLYGON, result_columns, RESULT_COLUMNS, write_result },
	{ "inputs", "What each result was made of", VECTORS_NONE, input_columns, INPUT_COLUMNS,
	  write_inputs },
};

static int each_row(struct index_rows *rows, struct vectors *v, const struct making *m,
		    struct error *e)
{
	struct item_shape shape = { 0 };
	char *line = NULL;
	size_t size = 0, nr = 0;
	ssize_t n;
	int ret = 0;

	rewind(rows->file);
	while (!ret && (n = getline(&line, &size, rows->file)) > 0) {
		json_t *row = json_loadb(line, (size_t)n, 0, NULL);

		ret = row ? m->write(v, row, &shape, e) : 0;
		nr += row != NULL;
		json_decref(row);
	}
	if (!ret && (ferror(rows->file) || nr != rows->nr))
		ret = error_set(e, ERROR_IO, "cannot read back what the index is made of");
	free(line);
	item_shape_release(&shape);
	return ret;
}

static int write_layer(struct index_rows *rows, struct vectors *v, const struct making *m,
		       struct error *e)
{
	struct vectors_field fields[VECTORS_FIELDS_MAX];
	struct vectors_layer layer = { m->name, m->description, m->kind, NULL, m->nr };
	char *style = NULL;
	int ret;

	for (size_t i = 0; i < m->nr; i++)
		fields[i] = m->columns[i].field;
	layer.fields = fields;
	if (m->kind != VECTORS_NONE) {
		style = vectors_border_style((struct vectors_colour){ 31, 120, 180 });
		if (!style)
			return error_nomem(e, "a style");
	}
	ret = vectors_begin(v, &layer, e);
	if (!ret)
		ret = each_row(rows, v, m, e);
	if (!ret)
		ret = vectors_end(v, style, e);
	free(style);
	return ret;
}

int index_rows_write(struct index_rows *rows, struct vectors *v, struct error *e)
{
	errno = 0;
	if (fflush(rows->file))
		return error_errno(e, errno, "cannot write the index");
	for (size_t i = 0; i < COUNT(makings); i++)
		if (write_layer(rows, v, &makings[i], e))
			return -1;
	return 0;
}
