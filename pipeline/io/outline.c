/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/outline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"

/* Vertices of a whole outline: the most that is read or buffered. */
#define VERTICES_MAX 8000000
#define QUADRANT     8 /* pieces of a quarter circle: 0.5 % inside the true buffer */
#define EDGE_M	     1000.0
#define WIDTH_MAX    60.0 /* degrees: no lake is, so coordinates must be wrong */

/* Append the rings of a polygon, or of the polygons of a collection; others hold none. */
/* Of GDAL's words. */
#define REASON_TEXT 200

static int take_rings(OGRGeometryH g, struct polygon *out, struct error *e);

static int take_ring(OGRGeometryH ring, struct polygon *out, struct error *e)
{
	size_t n = (size_t)OGR_G_GetPointCount(ring);
	struct point *points;
	int ret;

	if (n < 3)
		return 0;
	points = calloc(n, sizeof(*points));
	if (!points)
		return error_nomem(e, "a ring");
	for (size_t i = 0; i < n; i++)
		points[i] = (struct point){ OGR_G_GetX(ring, (int)i), OGR_G_GetY(ring, (int)i) };
	ret = polygon_add(out, points, n, e);
	free(points);
	return ret;
}

static int take_rings(OGRGeometryH g, struct polygon *out, struct error *e)
{
	OGRwkbGeometryType type = OGR_GT_Flatten(OGR_G_GetGeometryType(g));
	int n = OGR_G_GetGeometryCount(g);

	for (int i = 0; i < n; i++) {
		OGRGeometryH part = OGR_G_GetGeometryRef(g, i);

		if (type == wkbPolygon ? take_ring(part, out, e) : take_rings(part, out, e))
			return -1;
	}
	return 0;
}

static size_t vertices(OGRGeometryH g)
{
	int n = OGR_G_GetGeometryCount(g);
	size_t total = n ? 0 : (size_t)OGR_G_GetPointCount(g);

	for (int i = 0; i < n; i++)
		total += vertices(OGR_G_GetGeometryRef(g, i));
	return total;
}

/* GDAL says why a geometry is not valid in a warning. */
static void CPL_STDCALL keep_reason(CPLErr level, CPLErrorNum number, const char *text)
{
	char *reason = CPLGetErrorHandlerUserData();

	(void)level;
	(void)number;
	snprintf(reason, REASON_TEXT, "%s", text);
}

/*
 * A ring that crosses itself leaves open what lies within it.  Rings that only touch themselves, or are drawn the wrong way
 * round, do not, and are mended.
 */
static int check_crossing(OGRGeometryH g, struct error *e)
{
	static const char crossing[] = "Self-intersection";
	char reason[REASON_TEXT] = "";
	bool valid;

	CPLPushErrorHandlerEx(keep_reason, reason);
	valid = OGR_G_IsValid(g);
	CPLPopErrorHandler();
	if (valid || strncmp(reason, crossing, sizeof(crossing) - 1) != 0)
		return 0;
	return error_set(e, ERROR_DATA, "it crosses itself%s", reason + sizeof(crossing) - 1);
}

/* One feature's polygons, made valid, into a multipolygon; curves become lines of 4 degree arcs. */
static int add_geometry(OGRGeometryH raw, OGRGeometryH all, struct error *e)
{
	OGRGeometryH linear = OGR_G_GetLinearGeometry(raw, 0, NULL);
	OGRwkbGeometryType type =
		linear ? OGR_GT_Flatten(OGR_G_GetGeometryType(linear)) : wkbUnknown;
	OGRGeometryH valid = NULL;
	int ret = -1;

	if (type != wkbPolygon && type != wkbMultiPolygon) {
		error_set(e, ERROR_DATA, "a %s encloses no area; an outline needs polygons",
			  OGRGeometryTypeToName(OGR_G_GetGeometryType(raw)));
		goto out;
	}
	if (vertices(linear) + vertices(all) > VERTICES_MAX) {
		error_set(e, ERROR_DATA, "more than %d vertices", VERTICES_MAX);
		goto out;
	}
	OGR_G_FlattenTo2D(linear);
	if (check_crossing(linear, e))
		goto out;
	valid = OGR_G_MakeValid(linear);
	type = valid ? OGR_GT_Flatten(OGR_G_GetGeometryType(valid)) : wkbUnknown;
	if (type == wkbPolygon)
		OGR_G_AddGeometry(all, valid);
	/* A collection has polygons beside lines that its invalid parts fell to. */
	for (int i = 0; type != wkbPolygon && valid && i < OGR_G_GetGeometryCount(valid); i++) {
		OGRGeometryH part = OGR_G_GetGeometryRef(valid, i);

		if (OGR_GT_Flatten(OGR_G_GetGeometryType(part)) == wkbPolygon)
			OGR_G_AddGeometry(all, part);
	}
	ret = 0;
out:
	OGR_G_DestroyGeometry(valid);
	OGR_G_DestroyGeometry(linear);
	return ret;
}

static int add_layer(OGRLayerH layer, OGRGeometryH all, struct error *e)
{
	OGRFeatureH feature;
	int ret = 0;

	OGR_L_ResetReading(layer);
	while (!ret && (feature = OGR_L_GetNextFeature(layer))) {
		OGRGeometryH g = OGR_F_GetGeometryRef(feature);

		if (g && !OGR_G_IsEmpty(g))
			ret = add_geometry(g, all, e);
		OGR_F_Destroy(feature);
	}
	return ret;
}

/* Longitude and latitude that one lake can have. */
static int check_degrees(const struct polygon *p, struct error *e)
{
	double west = HUGE_VAL, east = -HUGE_VAL;

	for (size_t i = 0; i < p->rings_nr; i++) {
		for (size_t k = 0; k < p->rings[i].points_nr; k++) {
			struct point v = p->rings[i].points[k];

			if (fabs(v.x) > 180 || fabs(v.y) > 90)
				return error_set(e, ERROR_DATA,
						 "(%.10g, %.10g) is no longitude and latitude", v.x,
						 v.y);
			west = fmin(west, v.x);
			east = fmax(east, v.x);
		}
	}
	if (!(west < east))
		return error_set(e, ERROR_DATA, "it has no polygon");
	if (east - west > WIDTH_MAX)
		return error_set(e, ERROR_DATA, "it is %.1f degrees wide, which no lake is",
				 east - west);
	return 0;
}

static int to_degrees(struct polygon *p, const struct crs *crs, bool projected, struct error *e)
{
	struct polygon dense = { 0 };

	if (projected) {
		if (polygon_densify(&dense, p, EDGE_M, e))
			return -1;
		polygon_release(p);
		*p = dense;
	}
	if (polygon_transform(p, crs, &CRS_LONLAT, 0, e)) {
		e->code = ERROR_DATA;
		return -1;
	}
	return 0;
}

/* The layer's polygons, united, in its own CRS. */
static int unite_layer(OGRLayerH layer, struct polygon *out, struct error *e)
{
	OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiPolygon), one = NULL;
	int ret = -1;

	if (!add_layer(layer, all, e)) {
		one = OGR_G_UnionCascaded(all);
		ret = one ? take_rings(one, out, e) : 0;
	}
	OGR_G_DestroyGeometry(one);
	OGR_G_DestroyGeometry(all);
	return ret;
}

static int read_layer(GDALDatasetH dataset, void *user, struct error *e)
{
	struct polygon *out = user;
	OGRLayerH layer = GDALDatasetGetLayer(dataset, 0);
	struct crs crs = { 0 };
	bool projected = false;

	if (!layer)
		return error_set(e, ERROR_DATA, "it has no layer");
	if (unite_layer(layer, out, e) || gdal_layer_crs(layer, &crs, &projected, e) ||
	    to_degrees(out, &crs, projected, e) || check_degrees(out, e))
		return -1;
	return 0;
}

int outline_read(const char *path, struct polygon *out, struct error *e)
{
	*out = (struct polygon){ 0 };
	if (!gdal_read_vectors(path, "the outline", read_layer, out, e))
		return 0;
	polygon_release(out);
	return -1;
}

/* All rings as one polygon, as if the first held the others: to be made valid, not to be used. */
static OGRGeometryH rings_as_polygon(const struct polygon *p)
{
	OGRGeometryH g = OGR_G_CreateGeometry(wkbPolygon);

	for (size_t i = 0; i < p->rings_nr; i++) {
		OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);

		for (size_t k = 0; k < p->rings[i].points_nr; k++)
			OGR_G_AddPoint_2D(ring, p->rings[i].points[k].x, p->rings[i].points[k].y);
		OGR_G_CloseRings(ring);
		OGR_G_AddGeometryDirectly(g, ring);
	}
	return g;
}

int outline_buffer(struct polygon *p, double metres, struct error *e)
{
	struct gdal_errors c;
	struct polygon out = { 0 };
	OGRGeometryH raw, valid, wide = NULL;
	int ret = -1;

	gdal_begin(&c);
	raw = rings_as_polygon(p);
	/* GEOS makes valid what it gets by the even-odd rule, which is ours. */
	valid = OGR_G_MakeValid(raw);
	if (valid)
		wide = OGR_G_Buffer(valid, metres, QUADRANT);
	if (wide)
		ret = take_rings(wide, &out, e);
	else
		error_set(e, ERROR_DATA, "a buffer of %g m round an outline: GEOS cannot make it",
			  metres);
	OGR_G_DestroyGeometry(wide);
	OGR_G_DestroyGeometry(valid);
	OGR_G_DestroyGeometry(raw);
	if (gdal_end(&c, e, ERROR_DATA, "a buffer of %g m round an outline", metres))
		ret = -1;
	if (ret) {
		polygon_release(&out);
		return -1;
	}
	polygon_release(p);
	*p = out;
	return 0;
}
