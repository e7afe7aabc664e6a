/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/vectors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_string.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/vectors_internal.h"

#define POSTGIS_MARK "PG:"

bool vectors_names_postgis(const char *text)
{
	return text && !strncmp(text, POSTGIS_MARK, strlen(POSTGIS_MARK));
}

/* --- what the targets share --- */

int vectors_sync(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0 || fsync(fd))
		ret = error_errno(e, errno, "cannot write %s", path);
	if (fd >= 0)
		close(fd);
	return ret;
}

int vectors_check_rows(const struct vectors_written *w, int64_t rows, const char *where,
		       struct error *e)
{
	if (rows == w->rows)
		return 0;
	return error_set(e, ERROR_IO, "cannot read back %s: layer %s has %lld rows, not %lld",
			 where, w->name, (long long)rows, (long long)w->rows);
}

OGRSpatialReferenceH vectors_srs(const struct crs *crs, struct error *e)
{
	OGRSpatialReferenceH srs;
	struct gdal_errors c;
	OGRErr err;

	gdal_begin(&c);
	srs = OSRNewSpatialReference(NULL);
	err = OSRSetFromUserInput(srs, crs->def);
	OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
	if (!gdal_end(&c, e, ERROR_CONFIG, "coordinate reference system \"%s\"", crs->def)) {
		if (err == OGRERR_NONE)
			return srs;
		error_set(e, ERROR_CONFIG,
			  "GDAL does not know the coordinate reference system \"%s\"", crs->def);
	}
	OSRDestroySpatialReference(srs);
	return NULL;
}

static OGRGeometryH part_geometry(const struct vectors_shape *s, size_t k, OGRwkbGeometryType type,
				  bool closed)
{
	OGRGeometryH geometry = OGR_G_CreateGeometry(type);
	const struct point *p = s->points + s->starts[k];
	size_t n = s->starts[k + 1] - s->starts[k];

	if (type != wkbPoint)
		OGR_G_SetPointCount(geometry, (int)(n + closed));
	for (size_t i = 0; i < n; i++)
		OGR_G_SetPoint_2D(geometry, (int)i, p[i].x, p[i].y);
	if (closed)
		OGR_G_SetPoint_2D(geometry, (int)n, p[0].x, p[0].y);
	return geometry;
}

static OGRGeometryH multipolygon(const struct vectors_shape *shape)
{
	OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiPolygon), polygon = NULL;

	for (size_t k = 0; k < shape->parts_nr; k++) {
		if (shape->outlines[k]) {
			polygon = OGR_G_CreateGeometry(wkbPolygon);
			OGR_G_AddGeometryDirectly(all, polygon);
		}
		OGR_G_AddGeometryDirectly(polygon, part_geometry(shape, k, wkbLinearRing, true));
	}
	return all;
}

OGRGeometryH vectors_geometry(enum vectors_kind kind, const struct vectors_shape *shape)
{
	OGRGeometryH polygon;

	if (kind == VECTORS_POINT)
		return part_geometry(shape, 0, wkbPoint, false);
	if (kind == VECTORS_LINE)
		return part_geometry(shape, 0, wkbLineString, shape->closed);
	if (kind == VECTORS_MULTIPOLYGON)
		return multipolygon(shape);
	polygon = OGR_G_CreateGeometry(wkbPolygon);
	for (size_t k = 0; k < shape->parts_nr; k++)
		OGR_G_AddGeometryDirectly(polygon, part_geometry(shape, k, wkbLinearRing, true));
	return polygon;
}

void vectors_time_text(const struct vectors_value *value, char text[UTC_TEXT])
{
	utc_format(value->integer, text);
	if (value->type == VECTORS_DATE)
		text[strcspn(text, "T")] = 0;
}

/* --- the set --- */

int vectors_create(struct vectors **out, const struct vectors_spec *spec, struct error *e)
{
	static const struct vectors_ops *const ops[] = {
		[VECTORS_GEOPACKAGE] = &vectors_geopackage,
		[VECTORS_GEOJSON] = &vectors_geojson,
		[VECTORS_POSTGIS] = &vectors_postgis,
	};
	struct vectors *v = calloc(1, sizeof(*v));

	if (!v)
		return error_nomem(e, "a vector data set");
	v->ops = ops[spec->target];
	v->crs = *spec->crs;
	utc_format(spec->time, v->time);
	if (v->ops->create(v, spec, e)) {
		vectors_free(v);
		return -1;
	}
	*out = v;
	return 0;
}

int vectors_check(const struct vectors_spec *spec, struct error *e)
{
	struct vectors *v = NULL;
	int ret = vectors_create(&v, spec, e);

	vectors_free(v);
	return ret;
}

void vectors_free(struct vectors *v)
{
	if (!v)
		return;
	if (v->state)
		v->ops->release(v);
	for (size_t k = 0; k < v->written_nr; k++) {
		free(v->written[k].name);
		free(v->written[k].style);
	}
	free(v);
}

static bool is_name(const char *name)
{
	for (const char *s = name; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			return false;
	return name[0] && CPLIsUTF8(name, -1);
}

static int check_layer(const struct vectors *v, const struct vectors_layer *l, struct error *e)
{
	if (v->layer || v->written_nr == VECTORS_LAYERS_MAX || l->fields_nr > VECTORS_FIELDS_MAX)
		return error_set(e, ERROR_BUG, "layer %s cannot be begun", l->name);
	if (!is_name(l->name))
		return error_set(e, ERROR_DATA, "\"%s\" is not a name for a layer", l->name);
	for (size_t k = 0; k < l->fields_nr; k++)
		if (!is_name(l->fields[k].name))
			return error_set(e, ERROR_DATA, "\"%s\" is not a name for a field of %s",
					 l->fields[k].name, l->name);
	return 0;
}

int vectors_begin(struct vectors *v, const struct vectors_layer *layer, struct error *e)
{
	struct vectors_written *w;

	if (check_layer(v, layer, e))
		return -1;
	w = &v->written[v->written_nr];
	*w = (struct vectors_written){ .name = strdup(layer->name),
				       .has_geometry = layer->kind != VECTORS_NONE };
	if (!w->name)
		return error_nomem(e, "a layer");
	v->written_nr++;
	v->layer = layer;
	return v->ops->begin(v, e);
}

/* Points and parts as the kind wants them. */
static int check_shape(const struct vectors_layer *l, const struct vectors_shape *s,
		       struct error *e)
{
	static const size_t least[] = { 0, 1, 2, 3, 3 };
	bool one = l->kind == VECTORS_POINT || l->kind == VECTORS_LINE;
	bool many = l->kind == VECTORS_MULTIPOLYGON;

	if (l->kind == VECTORS_NONE || !s->parts_nr || (one && s->parts_nr != 1) ||
	    (many && (!s->outlines || !s->outlines[0])))
		return error_set(e, ERROR_BUG, "layer %s: a shape of another kind", l->name);
	for (size_t k = 0; k < s->parts_nr; k++) {
		size_t n = s->starts[k + 1] - s->starts[k];

		if (n < least[l->kind] || n >= INT32_MAX || (l->kind == VECTORS_POINT && n != 1))
			return error_set(e, ERROR_BUG, "layer %s: a part of %zu points", l->name,
					 n);
	}
	for (size_t i = s->starts[0]; i < s->starts[s->parts_nr]; i++)
		if (!isfinite(s->points[i].x) || !isfinite(s->points[i].y))
			return error_set(e, ERROR_BUG, "layer %s: a point that is nowhere",
					 l->name);
	return 0;
}

static int check_values(const struct vectors_layer *l, const struct vectors_value *values,
			struct error *e)
{
	for (size_t k = 0; k < l->fields_nr; k++) {
		if (values[k].type != l->fields[k].type)
			return error_set(e, ERROR_BUG, "layer %s: field %s is of another type",
					 l->name, l->fields[k].name);
		if (values[k].type == VECTORS_TEXT && !values[k].null &&
		    !CPLIsUTF8(values[k].text, -1))
			return error_set(e, ERROR_DATA, "layer %s: a text of field %s is not UTF-8",
					 l->name, l->fields[k].name);
	}
	return 0;
}

int vectors_add(struct vectors *v, const struct vectors_shape *shape,
		const struct vectors_value *values, struct error *e)
{
	if (check_values(v->layer, values, e) || (shape && check_shape(v->layer, shape, e)))
		return -1;
	if (v->ops->add(v, shape, values, e))
		return -1;
	vectors_last(v)->rows++;
	return 0;
}

int vectors_end(struct vectors *v, const char *style, struct error *e)
{
	if (style) {
		vectors_last(v)->style = strdup(style);
		if (!vectors_last(v)->style)
			return error_nomem(e, "the style of a layer");
	}
	if (v->ops->end(v, e))
		return -1;
	v->layer = NULL;
	return 0;
}

int vectors_finish(struct vectors *v, struct error *e)
{
	if (v->layer)
		return error_set(e, ERROR_BUG, "layer %s was not ended", v->layer->name);
	if (v->ops->finish(v, e))
		return -1;
	v->finished = true;
	return 0;
}

json_t *vectors_note(const struct vectors *v)
{
	return v->ops->note ? v->ops->note(v) : json_null();
}
