/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/postgres.h"
#include "pipeline/io/vectors_internal.h"
#include "pipeline/io/vectors_postgis.h"

#define NAME_BYTES_MAX 63 /* PostgreSQL cuts longer names, silently */

static void release(struct vectors *v)
{
	struct postgis *g = v->state;

	postgres_close(g->p);
	for (size_t k = 0; k < VECTORS_LAYERS_MAX; k++)
		free(g->table[k]);
	free(g->quoted);
	free(g->prefix);
	free(g->unit);
	free(g->row);
	free(g);
}

static int create(struct vectors *v, const struct vectors_spec *spec, struct error *e)
{
	struct postgis *g;

	if (!vectors_names_postgis(spec->where) || strpbrk(spec->prefix, "\n\r") ||
	    strpbrk(spec->unit, "\n\r "))
		return error_set(e, ERROR_BUG, "not a place in a database");
	v->state = g = calloc(1, sizeof(*g));
	if (!g)
		return error_nomem(e, "tables");
	g->prefix = strdup(spec->prefix);
	g->unit = strdup(spec->unit);
	g->overwrite = spec->overwrite;
	if (!g->prefix || !g->unit)
		return error_nomem(e, "tables");
	if (postgres_connect(&g->p, spec->where + strlen("PG:"), e) || postgis_begin(g, e))
		return -1;
	return postgis_find_srid(g, &v->crs, e);
}

/* --- a layer is a table --- */

static const char *const type_names[] = {
	[VECTORS_INTEGER] = "bigint", [VECTORS_REAL] = "double precision",
	[VECTORS_TEXT] = "text",      [VECTORS_BOOLEAN] = "boolean",
	[VECTORS_DATE] = "date",      [VECTORS_DATETIME] = "timestamp with time zone",
};

/* Name of the table, and the same quoted. */
static int name_table(struct vectors *v, struct postgis *g, struct error *e)
{
	char **name = &g->table[v->written_nr - 1];

	if (asprintf(name, "%s%s", g->prefix, v->layer->name) < 0) {
		*name = NULL;
		return error_nomem(e, "a table");
	}
	if (strlen(*name) > NAME_BYTES_MAX)
		return error_set(e, ERROR_DATA,
				 "\"%s\" is too long for a table: PostgreSQL takes %d bytes", *name,
				 NAME_BYTES_MAX);
	free(g->quoted);
	g->quoted = postgres_quote_name(g->p, *name, e);
	return g->quoted ? 0 : -1;
}

/* The columns, each with ", " before it. */
static int put_columns(FILE *f, const struct vectors *v, struct postgis *g, struct error *e)
{
	static const char *const kinds[] = { "", "Point", "LineString", "Polygon", "MultiPolygon" };
	const struct vectors_layer *l = v->layer;

	if (l->kind != VECTORS_NONE)
		fprintf(f, ", geom geometry(%s, %d)", kinds[l->kind], g->srid);
	for (size_t k = 0; k < l->fields_nr; k++) {
		char *name = postgres_quote_name(g->p, l->fields[k].name, e);

		if (!name)
			return -1;
		fprintf(f, ", %s %s", name, type_names[l->fields[k].type]);
		free(name);
	}
	return 0;
}

static int make_table(const struct vectors *v, struct postgis *g, struct error *e)
{
	char *sql = NULL;
	size_t size;
	FILE *f = open_memstream(&sql, &size);
	int ret;

	if (!f)
		return error_nomem(e, "a table");
	fprintf(f, "CREATE TABLE %s (fid bigint PRIMARY KEY", g->quoted);
	ret = put_columns(f, v, g, e);
	fputc(')', f);
	if (fclose(f) && !ret)
		ret = error_nomem(e, "a table");
	if (!ret)
		ret = postgres_run(g->p, sql, g->table[v->written_nr - 1], e);
	free(sql);
	return ret;
}

/* COMMENT ON <what> IS <text>, which is quoted here. */
static int comment(struct postgis *g, const char *what, const char *text, struct error *e)
{
	char *quoted = postgres_quote_text(g->p, text, e);
	int ret = quoted ? postgres_runf(g->p, "a comment", e, "COMMENT ON %s IS %s", what, quoted)
			 : -1;

	free(quoted);
	return ret;
}

/* The table's comment marks it as ours (postgis_begin() looks for it). */
static int describe_table(const struct vectors *v, struct postgis *g, struct error *e)
{
	char *what = NULL, *text = NULL;
	int ret = -1;

	if (asprintf(&what, "TABLE %s", g->quoted) < 0)
		what = NULL;
	if (asprintf(&text, "%s\n" POSTGIS_COMMENT "%s\n%s", v->layer->description, g->prefix,
		     g->unit) < 0)
		text = NULL;
	if (what && text)
		ret = comment(g, what, text, e);
	else
		error_nomem(e, "a comment");
	free(what);
	free(text);
	return ret;
}

static int describe_field(struct postgis *g, const struct vectors_field *field, struct error *e)
{
	char *name, *what = NULL;
	int ret = -1;

	if (!field->description)
		return 0;
	name = postgres_quote_name(g->p, field->name, e);
	if (!name)
		return -1;
	if (asprintf(&what, "COLUMN %s.%s", g->quoted, name) < 0) {
		what = NULL;
		error_nomem(e, "a comment");
	} else {
		ret = comment(g, what, field->description, e);
	}
	free(what);
	free(name);
	return ret;
}

static int begin(struct vectors *v, struct error *e)
{
	struct postgis *g = v->state;
	char *sql = NULL;
	int ret;

	if (name_table(v, g, e) || make_table(v, g, e) || describe_table(v, g, e))
		return -1;
	for (size_t k = 0; k < v->layer->fields_nr; k++)
		if (describe_field(g, &v->layer->fields[k], e))
			return -1;
	if (asprintf(&sql, "COPY %s FROM STDIN", g->quoted) < 0)
		return error_nomem(e, "rows");
	ret = postgres_copy_begin(g->p, sql, e);
	free(sql);
	return ret;
}

/* --- rows, in the text format of COPY --- */

static void put_text(FILE *f, const char *text)
{
	static const char special[] = "\\\t\n\r", letters[] = "\\tnr";

	for (const char *s = text; *s; s++) {
		const char *found = strchr(special, *s);

		if (found) {
			fputc('\\', f);
			fputc(letters[found - special], f);
		} else {
			fputc(*s, f);
		}
	}
}

static void put_value(FILE *f, const struct vectors_value *value)
{
	char text[UTC_TEXT];

	if (value->null) {
		fputs("\\N", f);
		return;
	}
	switch (value->type) {
	case VECTORS_INTEGER:
		fprintf(f, "%" PRId64, value->integer);
		break;
	case VECTORS_REAL:
		fprintf(f, "%.17g", value->real);
		break;
	case VECTORS_TEXT:
		put_text(f, value->text);
		break;
	case VECTORS_BOOLEAN:
		fputc(value->boolean ? 't' : 'f', f);
		break;
	case VECTORS_DATE:
	case VECTORS_DATETIME:
		vectors_time_text(value, text);
		fputs(text, f);
		break;
	}
}

/* Well-known binary in hexadecimal; the column knows the SRID. */
static int put_shape(FILE *f, enum vectors_kind kind, const struct vectors_shape *shape,
		     struct error *e)
{
	static const char digits[] = "0123456789ABCDEF";
	OGRGeometryH geometry;
	unsigned char *wkb;
	size_t n;

	if (!shape) {
		fputs("\\N", f);
		return 0;
	}
	geometry = vectors_geometry(kind, shape);
	n = OGR_G_WkbSizeEx(geometry);
	wkb = malloc(n);
	if (wkb && OGR_G_ExportToWkb(geometry, wkbNDR, wkb) == OGRERR_NONE) {
		for (size_t i = 0; i < n; i++) {
			fputc(digits[wkb[i] >> 4], f);
			fputc(digits[wkb[i] & 15], f);
		}
	} else {
		n = 0;
	}
	free(wkb);
	OGR_G_DestroyGeometry(geometry);
	return n ? 0 : error_nomem(e, "a shape");
}

static int put_row(FILE *f, const struct vectors *v, const struct vectors_shape *shape,
		   const struct vectors_value *values, struct error *e)
{
	const struct vectors_layer *l = v->layer;

	fprintf(f, "%" PRId64, v->written[v->written_nr - 1].rows + 1);
	if (l->kind != VECTORS_NONE) {
		fputc('\t', f);
		if (put_shape(f, l->kind, shape, e))
			return -1;
	}
	for (size_t k = 0; k < l->fields_nr; k++) {
		fputc('\t', f);
		put_value(f, &values[k]);
	}
	fputc('\n', f);
	return 0;
}

static int add(struct vectors *v, const struct vectors_shape *shape,
	       const struct vectors_value *values, struct error *e)
{
	struct postgis *g = v->state;
	FILE *f;
	int ret;

	free(g->row);
	g->row = NULL;
	f = open_memstream(&g->row, &g->row_size);
	if (!f)
		return error_nomem(e, "a row");
	ret = put_row(f, v, shape, values, e);
	if (fclose(f) && !ret)
		ret = error_nomem(e, "a row");
	return ret ? ret : postgres_copy(g->p, g->row, g->row_size, e);
}

static int end(struct vectors *v, struct error *e)
{
	struct postgis *g = v->state;

	if (postgres_copy_end(g->p, e))
		return -1;
	if (v->layer->kind == VECTORS_NONE)
		return 0;
	return postgres_runf(g->p, "a spatial index", e, "CREATE INDEX ON %s USING gist (geom)",
			     g->quoted);
}

/* --- finish --- */

static int check_table(struct vectors *v, size_t k, struct error *e)
{
	struct postgis *g = v->state;
	char *name = postgres_quote_name(g->p, g->table[k], e), *sql = NULL, *value = NULL;
	int ret = -1;

	if (!name)
		return -1;
	if (asprintf(&sql, "SELECT count(*) FROM %s", name) < 0)
		error_nomem(e, "a table");
	else
		ret = postgres_ask(g->p, g->table[k], sql, NULL, &value, e);
	if (!ret)
		ret = vectors_check_rows(&v->written[k], value ? strtoll(value, NULL, 10) : -1,
					 "the database", e);
	free(value);
	free(sql);
	free(name);
	return ret;
}

static int finish(struct vectors *v, struct error *e)
{
	struct postgis *g = v->state;

	for (size_t k = 0; k < v->written_nr; k++)
		if (check_table(v, k, e))
			return -1;
	if (postgis_write_styles(v, e))
		return -1;
	return postgres_run(g->p, "COMMIT", "the end of the transaction", e);
}

static json_t *note(const struct vectors *v)
{
	const struct postgis *g = v->state;
	json_t *tables = json_array();

	for (size_t k = 0; k < v->written_nr; k++)
		json_array_append_new(tables, json_string(g->table[k]));
	return json_pack("{s:s, s:o}", "target", "PostGIS", "tables", tables);
}

const struct vectors_ops vectors_postgis = {
	.create = create,
	.begin = begin,
	.add = add,
	.end = end,
	.finish = finish,
	.note = note,
	.release = release,
};
