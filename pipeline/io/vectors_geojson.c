/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/io/vectors_internal.h"

#define FLAGS (JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

/* How each feature begins, on a line of its own: by this they are counted again. */
#define FEATURE "{\"type\":\"Feature\","

struct geojson {
	char *prefix;
	struct crs_transform *to_lonlat;
	char *path[VECTORS_LAYERS_MAX]; /* of the file of v->written[k]; NULL: it has none */
	FILE *file;			/* being written */
	double *x, *y;			/* points of one feature, longitude and latitude */
	size_t room;
};

static void release(struct vectors *v)
{
	struct geojson *g = v->state;

	if (g->file)
		fclose(g->file);
	for (size_t k = 0; k < VECTORS_LAYERS_MAX; k++) {
		if (g->path[k] && !v->finished)
			unlink(g->path[k]);
		free(g->path[k]);
	}
	crs_transform_free(g->to_lonlat);
	free(g->x);
	free(g->y);
	free(g->prefix);
	free(g);
}

static int create(struct vectors *v, const struct vectors_spec *spec, struct error *e)
{
	struct geojson *g = calloc(1, sizeof(*g));

	v->state = g;
	if (g)
		g->prefix = strdup(spec->where);
	if (!g || !g->prefix)
		return error_nomem(e, spec->where);
	return crs_transform_new(&g->to_lonlat, &v->crs, &CRS_LONLAT, e);
}

/* --- a layer is a file --- */

static int open_file(struct vectors *v, struct geojson *g, struct error *e)
{
	char *path = NULL;
	int fd;

	if (strchr(v->layer->name, '/') || v->layer->name[0] == '.')
		return error_set(e, ERROR_DATA, "\"%s\" is not a name for a file", v->layer->name);
	if (asprintf(&path, "%s%s.geojson", g->prefix, v->layer->name) < 0)
		return error_nomem(e, v->layer->name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		error_create(e, errno, "cannot create %s", path);
		free(path);
		return -1;
	}
	g->path[v->written_nr - 1] = path;
	g->file = fdopen(fd, "w");
	if (g->file)
		return 0;
	close(fd);
	return error_errno(e, errno, "cannot write %s", path);
}

static int put_text(FILE *f, const char *text)
{
	json_t *json = json_string(text);
	int ret = json ? json_dumpf(json, f, FLAGS) : -1;

	json_decref(json);
	return ret;
}

static int write_error(const struct geojson *g, size_t k, struct error *e)
{
	return error_errno(e, errno ? errno : EIO, "cannot write %s", g->path[k]);
}

static int begin(struct vectors *v, struct error *e)
{
	struct geojson *g = v->state;
	FILE *f;

	if (v->layer->kind == VECTORS_NONE)
		return 0;
	if (open_file(v, g, e))
		return -1;
	f = g->file;
	fputs("{\"type\":\"FeatureCollection\",\n\"name\":", f);
	put_text(f, v->layer->name);
	fputs(",\n\"description\":", f);
	put_text(f, v->layer->description);
	fputs(",\n\"features\":[", f);
	return ferror(f) ? write_error(g, v->written_nr - 1, e) : 0;
}

/* --- geometry --- */

static int make_room(struct geojson *g, size_t n, struct error *e)
{
	double *x, *y;

	if (n <= g->room)
		return 0;
	x = realloc(g->x, n * sizeof(*x));
	if (x)
		g->x = x;
	y = realloc(g->y, n * sizeof(*y));
	if (y)
		g->y = y;
	if (!x || !y)
		return error_nomem(e, "the points of a feature");
	g->room = n;
	return 0;
}

/* The shape's points as longitude and latitude, from 0 on. */
static int to_lonlat(struct geojson *g, const struct vectors_shape *s, struct error *e)
{
	size_t first = s->starts[0], n = s->starts[s->parts_nr] - first;

	if (make_room(g, n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		g->x[i] = s->points[first + i].x;
		g->y[i] = s->points[first + i].y;
	}
	crs_transform_points(g->to_lonlat, n, g->x, g->y);
	for (size_t i = 0; i < n; i++)
		if (!isfinite(g->x[i]) || !isfinite(g->y[i]))
			return error_set(e, ERROR_DATA,
					 "a point (%.3f, %.3f) has no longitude and latitude",
					 s->points[first + i].x, s->points[first + i].y);
	return 0;
}

/* 7 decimals, 1 cm; a zero has no sign. */
static double rounded(double degrees)
{
	return round(degrees * 1e7) / 1e7 + 0.0;
}

static void put_point(const struct geojson *g, size_t i)
{
	fprintf(g->file, "[%.7f,%.7f]", rounded(g->x[i]), rounded(g->y[i]));
}

/* Does a ring run clockwise?  By the shoelace formula, from its first point. */
static bool is_clockwise(const struct geojson *g, size_t from, size_t n)
{
	const double *x = g->x + from, *y = g->y + from;
	double sum = 0;

	for (size_t i = 1; i + 1 < n; i++)
		sum += (x[i] - x[0]) * (y[i + 1] - y[0]) - (x[i + 1] - x[0]) * (y[i] - y[0]);
	return sum < 0;
}

/* Points from .. from + n - 1 in a list, maybe backwards, maybe with the first one repeated. */
static void put_points(const struct geojson *g, size_t from, size_t n, bool backwards, bool closed)
{
	fputc('[', g->file);
	for (size_t i = 0; i < n + closed; i++) {
		size_t k = i % n;

		if (i)
			fputc(',', g->file);
		put_point(g, from + (backwards ? (n - k) % n : k));
	}
	fputc(']', g->file);
}

/* Of a multipolygon each outline begins a polygon, in a list of these. */
static void put_polygons(const struct geojson *g, const struct vectors_shape *s, bool many)
{
	fputs(many ? "[[" : "[", g->file);
	for (size_t k = 0; k < s->parts_nr; k++) {
		size_t from = s->starts[k] - s->starts[0], n = s->starts[k + 1] - s->starts[k];
		bool outline = many ? s->outlines[k] : k == 0;

		if (k)
			fputs(outline ? "],[" : ",", g->file);
		/* The outline counter-clockwise, holes clockwise: RFC 7946, 3.1.6. */
		put_points(g, from, n, is_clockwise(g, from, n) == outline, true);
	}
	fputs(many ? "]]" : "]", g->file);
}

static int put_geometry(struct geojson *g, enum vectors_kind kind, const struct vectors_shape *s,
			struct error *e)
{
	static const char *const names[] = { "", "Point", "LineString", "Polygon", "MultiPolygon" };

	if (!s) {
		fputs("null", g->file);
		return 0;
	}
	if (to_lonlat(g, s, e))
		return -1;
	fprintf(g->file, "{\"type\":\"%s\",\"coordinates\":", names[kind]);
	if (kind == VECTORS_POINT)
		put_point(g, 0);
	else if (kind == VECTORS_LINE)
		put_points(g, 0, s->starts[1] - s->starts[0], false, s->closed);
	else
		put_polygons(g, s, kind == VECTORS_MULTIPOLYGON);
	fputc('}', g->file);
	return 0;
}

/* --- values --- */

static json_t *value_json(const struct vectors_value *value)
{
	char text[UTC_TEXT];

	if (value->null)
		return json_null();
	switch (value->type) {
	case VECTORS_INTEGER:
		return json_integer(value->integer);
	case VECTORS_REAL:
		return json_real(value->real);
	case VECTORS_TEXT:
		return json_string(value->text);
	case VECTORS_BOOLEAN:
		return json_boolean(value->boolean);
	default:
		vectors_time_text(value, text);
		return json_string(text);
	}
}

static int put_properties(const struct geojson *g, const struct vectors_layer *l,
			  const struct vectors_value *values, struct error *e)
{
	json_t *json = json_object();
	int ret = json ? 0 : -1;

	for (size_t k = 0; !ret && k < l->fields_nr; k++)
		ret = json_object_set_new(json, l->fields[k].name, value_json(&values[k]));
	if (ret)
		error_nomem(e, "a feature");
	else
		json_dumpf(json, g->file, FLAGS);
	json_decref(json);
	return ret;
}

static int add(struct vectors *v, const struct vectors_shape *shape,
	       const struct vectors_value *values, struct error *e)
{
	struct geojson *g = v->state;
	int64_t rows = vectors_last(v)->rows;

	if (!g->file)
		return 0;
	errno = 0;
	fprintf(g->file, "%s\n" FEATURE "\"id\":%lld,\"geometry\":", rows ? "," : "",
		(long long)rows + 1);
	if (put_geometry(g, v->layer->kind, shape, e))
		return -1;
	fputs(",\"properties\":", g->file);
	if (put_properties(g, v->layer, values, e))
		return -1;
	fputc('}', g->file);
	return ferror(g->file) ? write_error(g, v->written_nr - 1, e) : 0;
}

static int end(struct vectors *v, struct error *e)
{
	struct geojson *g = v->state;
	FILE *f = g->file;
	int bad;

	if (!f)
		return 0;
	g->file = NULL;
	errno = 0;
	fputs("\n]}\n", f);
	bad = ferror(f);
	bad |= fclose(f);
	return bad ? write_error(g, v->written_nr - 1, e) : 0;
}

/* --- finish --- */

/* Features in a file that is whole, by their first words and its last ones; -1: it is not. */
static int64_t count_features(const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int64_t n = 0;
	bool whole = false;

	if (!f)
		return -1;
	while (getline(&line, &size, f) > 0) {
		n += !strncmp(line, FEATURE, strlen(FEATURE));
		whole = !strcmp(line, "]}\n");
	}
	whole &= !ferror(f);
	free(line);
	fclose(f);
	return whole ? n : -1;
}

static int finish(struct vectors *v, struct error *e)
{
	const struct geojson *g = v->state;

	for (size_t k = 0; k < v->written_nr; k++)
		if (g->path[k] &&
		    (vectors_sync(g->path[k], e) ||
		     vectors_check_rows(&v->written[k], count_features(g->path[k]), g->path[k], e)))
			return -1;
	return 0;
}

const struct vectors_ops vectors_geojson = {
	.create = create,
	.begin = begin,
	.add = add,
	.end = end,
	.finish = finish,
	.release = release,
};
