/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/transect_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <ogr_api.h>

#include "pipeline/io/gdal.h"

#define MM_PER_M 1000.0

/* Of these attributes the first that a feature has. */
static const char *const name_fields[] = { "name", "id", "fid" };

#define NAME_FIELDS (sizeof(name_fields) / sizeof(name_fields[0]))

struct reader {
	struct transect_lines *out;
	struct crs_transform *transform;
	size_t points_nr, points_room, lines_room;
	int field[NAME_FIELDS]; /* -1: the layer has none */
};

void transect_lines_release(struct transect_lines *t)
{
	lines_release(&t->lines);
	free(t->name);
	*t = (struct transect_lines){ 0 };
}

/* --- room: doubled when it is full --- */

static int room_for_points(struct reader *r, size_t more, struct error *e)
{
	size_t room = r->points_nr + more;
	struct point *points;

	if (room > TRANSECT_VERTICES_MAX)
		return error_set(e, ERROR_DATA, "more than %d vertices", TRANSECT_VERTICES_MAX);
	if (room <= r->points_room)
		return 0;
	room *= 2;
	points = reallocarray(r->out->lines.points, room, sizeof(*points));
	if (!points)
		return error_nomem(e, "transects");
	r->out->lines.points = points;
	r->points_room = room;
	return 0;
}

static int room_for_line(struct reader *r, struct error *e)
{
	struct transect_lines *out = r->out;
	size_t room = 2 * (out->lines.nr + 1);
	void *grown;

	if (out->lines.nr + 1 < r->lines_room)
		return 0;
	grown = reallocarray(out->lines.starts, room + 1, sizeof(*out->lines.starts));
	if (!grown)
		return error_nomem(e, "transects");
	out->lines.starts = grown;
	grown = reallocarray(out->lines.closed, room, sizeof(*out->lines.closed));
	if (!grown)
		return error_nomem(e, "transects");
	out->lines.closed = grown;
	grown = reallocarray(out->name, room, sizeof(*out->name));
	if (!grown)
		return error_nomem(e, "transects");
	out->name = grown;
	r->lines_room = room;
	return 0;
}

/* --- one line --- */

static int take_vertex(struct reader *r, OGRGeometryH g, int k, struct point *out, struct error *e)
{
	double x = OGR_G_GetX(g, k), y = OGR_G_GetY(g, k);

	*out = (struct point){ x, y };
	if (isfinite(x) && isfinite(y))
		crs_transform_points(r->transform, 1, &out->x, &out->y);
	else
		out->x = HUGE_VAL;
	if (!isfinite(out->x) || !isfinite(out->y))
		return error_set(e, ERROR_DATA, "(%.10g, %.10g) has no place on the map", x, y);
	/* PROJ's last bits differ between CPUs. */
	out->x = nearbyint(out->x * MM_PER_M) / MM_PER_M;
	out->y = nearbyint(out->y * MM_PER_M) / MM_PER_M;
	return 0;
}

/* Equal neighbours become one. */
static int take_line(struct reader *r, OGRGeometryH g, const char *name, struct error *e)
{
	struct lines *l = &r->out->lines;
	size_t n = (size_t)OGR_G_GetPointCount(g), start = r->points_nr;

	if (room_for_points(r, n, e) || room_for_line(r, e))
		return -1;
	for (size_t k = 0; k < n; k++) {
		struct point *p = l->points + r->points_nr;

		if (take_vertex(r, g, (int)k, p, e))
			return -1;
		r->points_nr += r->points_nr == start || p->x != p[-1].x || p->y != p[-1].y;
	}
	if (r->points_nr < start + 2)
		return error_set(e, ERROR_DATA, "a line without length");
	snprintf(r->out->name[l->nr], TRANSECT_NAME, "%s", name);
	l->starts[l->nr] = start;
	l->closed[l->nr++] = false;
	l->starts[l->nr] = r->points_nr;
	return 0;
}

/* --- one feature --- */

/* At most size - 1 bytes of valid UTF-8 without control characters. */
static void clean_name(const char *from, char *to, size_t size)
{
	char *ascii = CPLIsUTF8(from, -1) ? NULL : CPLForceToASCII(from, -1, '?');
	const char *text = ascii ? ascii : from;
	size_t n = strlen(text);

	if (n >= size)
		n = size - 1;
	/* Not within a letter: 10xxxxxx goes on with one. */
	while (n && text[n] && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	memcpy(to, text, n);
	to[n] = 0;
	error_one_line(to);
	CPLFree(ascii);
}

static void name_feature(const struct reader *r, OGRFeatureH feature, char *name, size_t size)
{
	name[0] = 0;
	for (size_t i = 0; i < NAME_FIELDS && !name[0]; i++)
		if (r->field[i] >= 0 && OGR_F_IsFieldSetAndNotNull(feature, r->field[i]))
			clean_name(OGR_F_GetFieldAsString(feature, r->field[i]), name, size);
	if (!name[0])
		snprintf(name, size, "%lld", (long long)OGR_F_GetFID(feature));
}

static bool empty_line(OGRGeometryH g)
{
	return !OGR_G_GetPointCount(g);
}

/* The part's name: "NAME-2" where there are several. */
static int take_parts(struct reader *r, OGRGeometryH g, const char *name, struct error *e)
{
	int n = OGR_G_GetGeometryCount(g);
	char part[TRANSECT_NAME];

	for (int i = 0; i < n; i++) {
		OGRGeometryH line = OGR_G_GetGeometryRef(g, i);

		if (n > 1)
			snprintf(part, sizeof(part), "%s-%d", name, i + 1);
		if (!empty_line(line) && take_line(r, line, n > 1 ? part : name, e))
			return -1;
	}
	return 0;
}

static int take_geometry(struct reader *r, OGRGeometryH raw, const char *name, struct error *e)
{
	OGRGeometryH linear = OGR_G_GetLinearGeometry(raw, 0, NULL);
	OGRwkbGeometryType type =
		linear ? OGR_GT_Flatten(OGR_G_GetGeometryType(linear)) : wkbUnknown;
	int ret;

	if (type == wkbLineString)
		ret = take_line(r, linear, name, e);
	else if (type == wkbMultiLineString)
		ret = take_parts(r, linear, name, e);
	else
		ret = error_set(e, ERROR_DATA, "a %s is no line",
				OGRGeometryTypeToName(OGR_G_GetGeometryType(raw)));
	OGR_G_DestroyGeometry(linear);
	return ret;
}

static int take_feature(struct reader *r, OGRFeatureH feature, struct error *e)
{
	OGRGeometryH g = OGR_F_GetGeometryRef(feature);
	/* Room for "-" and the number of a part after it. */
	char name[TRANSECT_NAME - 12];

	if (!g || OGR_G_IsEmpty(g))
		return 0;
	name_feature(r, feature, name, sizeof(name));
	if (!take_geometry(r, g, name, e))
		return 0;
	return error_prefix(e, "feature %lld", (long long)OGR_F_GetFID(feature));
}

/* --- the layer --- */

static int take_layer(struct reader *r, OGRLayerH layer, struct error *e)
{
	OGRFeatureDefnH fields = OGR_L_GetLayerDefn(layer);
	OGRFeatureH feature;
	int ret = 0;

	for (size_t i = 0; i < NAME_FIELDS; i++)
		r->field[i] = OGR_FD_GetFieldIndex(fields, name_fields[i]);
	OGR_L_ResetReading(layer);
	while (!ret && (feature = OGR_L_GetNextFeature(layer))) {
		ret = take_feature(r, feature, e);
		OGR_F_Destroy(feature);
	}
	if (!ret && !r->out->lines.nr)
		ret = error_set(e, ERROR_DATA, "layer \"%s\" has no lines", OGR_L_GetName(layer));
	return ret;
}

/* By its name, or the first with geometry: QGIS keeps its styles in a layer without. */
static OGRLayerH find_layer(GDALDatasetH dataset, const char *name, struct error *e)
{
	int n = GDALDatasetGetLayerCount(dataset);
	char known[300] = "";

	for (int i = 0; i < n; i++) {
		OGRLayerH layer = GDALDatasetGetLayer(dataset, i);
		const char *its = OGR_L_GetName(layer);

		if (name ? !strcmp(its, name) : OGR_L_GetGeomType(layer) != wkbNone)
			return layer;
		if (strlen(known) + strlen(its) + 5 < sizeof(known))
			snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s\"%s\"",
				 known[0] ? ", " : "", its);
	}
	if (name)
		error_set(e, ERROR_DATA, "no layer \"%s\"; there are %s", name,
			  known[0] ? known : "none");
	else
		error_set(e, ERROR_DATA, "it has no layer with geometry");
	return NULL;
}

/* What is wanted of a file. */
struct wanted {
	const char *layer;
	const struct crs *to;
	struct transect_lines *out;
};

static int read_dataset(GDALDatasetH dataset, void *user, struct error *e)
{
	const struct wanted *w = user;
	struct reader r = { .out = w->out };
	OGRLayerH layer = find_layer(dataset, w->layer, e);
	struct crs crs = { 0 };
	bool projected;
	int ret;

	if (!layer || gdal_layer_crs(layer, &crs, &projected, e))
		return -1;
	if (crs_transform_new(&r.transform, &crs, w->to, e)) {
		e->code = ERROR_DATA;
		return -1;
	}
	ret = take_layer(&r, layer, e);
	crs_transform_free(r.transform);
	return ret;
}

int transect_file_read(const char *path, const char *layer, const struct crs *to,
		       struct transect_lines *out, struct error *e)
{
	struct wanted wanted = { .layer = layer, .to = to };

	*out = (struct transect_lines){ 0 };
	wanted.out = out;
	if (!gdal_read_vectors(path, "the transects", read_dataset, &wanted, e))
		return 0;
	transect_lines_release(out);
	return -1;
}
