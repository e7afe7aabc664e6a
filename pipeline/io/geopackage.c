/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geopackage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/geopackage_style.h"

#define LAYERS_MAX 8

struct geopackage {
	char *path;
	char time[UTC_TEXT];
	GDALDatasetH dataset;
	OGRSpatialReferenceH srs;
	bool finished;
	size_t layers_nr;
	char *name[LAYERS_MAX], *style[LAYERS_MAX];
};

/* Some failures come only as return values: say them where all are caught. */
static void demand(OGRErr err, const char *what)
{
	if (err != OGRERR_NONE)
		CPLError(CE_Failure, CPLE_FileIO, "%s could not be written", what);
}

/* GDAL would write the time of the clock into the tables. */
static void pin_time(const struct geopackage *g)
{
	CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", g->time);
}

static void unpin_time(void)
{
	CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
}

void geopackage_free(struct geopackage *g)
{
	if (!g)
		return;
	pin_time(g);
	if (g->dataset) {
		struct gdal_errors c;
		struct error ignored;

		gdal_begin(&c);
		GDALClose(g->dataset);
		gdal_end(&c, &ignored, ERROR_IO, "%s", g->path);
	}
	unpin_time();
	if (!g->finished && g->path)
		unlink(g->path);
	OSRDestroySpatialReference(g->srs);
	for (size_t k = 0; k < g->layers_nr; k++) {
		free(g->name[k]);
		free(g->style[k]);
	}
	free(g->path);
	free(g);
}

static int make_srs(struct geopackage *g, const struct crs *crs, struct error *e)
{
	struct gdal_errors c;
	OGRErr err;

	gdal_begin(&c);
	g->srs = OSRNewSpatialReference(NULL);
	err = OSRSetFromUserInput(g->srs, crs->def);
	OSRSetAxisMappingStrategy(g->srs, OAMS_TRADITIONAL_GIS_ORDER);
	if (gdal_end(&c, e, ERROR_CONFIG, "coordinate reference system \"%s\"", crs->def))
		return -1;
	return err == OGRERR_NONE
		       ? 0
		       : error_set(e, ERROR_CONFIG,
				   "GDAL does not know the coordinate reference system \"%s\"",
				   crs->def);
}

static int make_file(struct geopackage *g, struct error *e)
{
	struct gdal_errors c;

	gdal_begin(&c);
	g->dataset = GDALCreate(GDALGetDriverByName("GPKG"), g->path, 0, 0, 0, GDT_Unknown, NULL);
	if (g->dataset)
		demand(GDALDatasetStartTransaction(g->dataset, FALSE), "a transaction");
	if (gdal_end(&c, e, ERROR_CANTCREATE, "cannot create %s", g->path))
		return -1;
	return g->dataset ? 0 : error_set(e, ERROR_CANTCREATE, "cannot create %s", g->path);
}

int geopackage_create(struct geopackage **out, const char *path, const struct crs *crs,
		      int64_t time, struct error *e)
{
	struct geopackage *g = calloc(1, sizeof(*g));

	if (!g)
		return error_nomem(e, path);
	if (!access(path, F_OK)) {
		free(g);
		return error_set(e, ERROR_CANTCREATE, "cannot create %s: it exists", path);
	}
	utc_format(time, g->time);
	g->path = strdup(path);
	if (!g->path) {
		error_nomem(e, path);
		goto fail;
	}
	pin_time(g);
	if (make_srs(g, crs, e) || make_file(g, e))
		goto fail;
	unpin_time();
	*out = g;
	return 0;
fail:
	geopackage_free(g);
	return -1;
}

/* --- layers --- */

static OGRLayerH make_layer(struct geopackage *g, const char *name, OGRwkbGeometryType type)
{
	const char *spatial[] = { "GEOMETRY_NAME=geom", "FID=fid", "SPATIAL_INDEX=YES", NULL };
	const char *plain[] = { "FID=id", "ASPATIAL_VARIANT=GPKG_ATTRIBUTES", NULL };

	OGRLayerH layer;

	layer = GDALDatasetCreateLayer(g->dataset, name, type == wkbNone ? NULL : g->srs, type,
				       (char **)(uintptr_t)(type == wkbNone ? plain : spatial));
	demand(layer ? OGRERR_NONE : OGRERR_FAILURE, "a layer");
	return layer;
}

static void make_field(OGRLayerH layer, const char *name, OGRFieldType type,
		       OGRFieldSubType subtype)
{
	OGRFieldDefnH field = OGR_Fld_Create(name, type);

	OGR_Fld_SetSubType(field, subtype);
	demand(OGR_L_CreateField(layer, field, TRUE), name);
	OGR_Fld_Destroy(field);
}

/* Remember the style of a layer; it is written last, as a table of its own. */
static int keep_style(struct geopackage *g, const char *name, char *style, struct error *e)
{
	if (!style || g->layers_nr == LAYERS_MAX) {
		free(style);
		return error_nomem(e, "the style of a layer");
	}
	g->style[g->layers_nr] = style;
	g->name[g->layers_nr] = strdup(name);
	return g->name[g->layers_nr++] ? 0 : error_nomem(e, "the style of a layer");
}

static OGRGeometryH ring_geometry(const struct lines *l, size_t i, OGRwkbGeometryType type)
{
	OGRGeometryH geometry = OGR_G_CreateGeometry(type);
	size_t n = l->starts[i + 1] - l->starts[i];
	const struct point *p = l->points + l->starts[i];

	OGR_G_SetPointCount(geometry, (int)(n + l->closed[i]));
	for (size_t k = 0; k < n; k++)
		OGR_G_SetPoint_2D(geometry, (int)k, p[k].x, p[k].y);
	if (l->closed[i])
		OGR_G_SetPoint_2D(geometry, (int)n, p[0].x, p[0].y);
	return geometry;
}

/* Fields of the layers, in the order in which they are made. */
enum { LINE_ID, LINE_CLOSED, LINE_LENGTH, LINE_PERIOD };
enum { PATCH_ID, PATCH_CHANGE, PATCH_PIXELS, PATCH_AREA };

static void add_line(OGRLayerH layer, const struct lines *l, size_t i, const char *period)
{
	OGRFeatureH f = OGR_F_Create(OGR_L_GetLayerDefn(layer));

	OGR_F_SetFieldInteger64(f, LINE_ID, (GIntBig)i + 1);
	OGR_F_SetFieldInteger(f, LINE_CLOSED, l->closed[i]);
	OGR_F_SetFieldDouble(f, LINE_LENGTH, lines_length(l, i));
	OGR_F_SetFieldString(f, LINE_PERIOD, period);
	OGR_F_SetGeometryDirectly(f, ring_geometry(l, i, wkbLineString));
	demand(OGR_L_CreateFeature(layer, f), "a feature");
	OGR_F_Destroy(f);
}

int geopackage_add_lines(struct geopackage *g, const char *name, const char *period,
			 const struct lines *lines, struct geopackage_colour colour,
			 struct error *e)
{
	struct gdal_errors c;
	OGRLayerH layer;

	pin_time(g);
	gdal_begin(&c);
	layer = make_layer(g, name, wkbLineString);
	if (layer) {
		make_field(layer, "id", OFTInteger64, OFSTNone);
		make_field(layer, "closed", OFTInteger, OFSTBoolean);
		make_field(layer, "length_m", OFTReal, OFSTNone);
		make_field(layer, "period", OFTString, OFSTNone);
		for (size_t i = 0; i < lines->nr && !c.count; i++)
			add_line(layer, lines, i, period);
	}
	unpin_time();
	if (gdal_end(&c, e, ERROR_IO, "cannot write layer %s of %s", name, g->path))
		return -1;
	return keep_style(g, name, geopackage_line_style(colour), e);
}

static void add_patch(OGRLayerH layer, const struct patches *p, size_t i, double area_km2,
		      const struct layer *classes)
{
	const struct layer_class *class = layer_class_find(classes, p->patch[i].value);
	OGRFeatureH f = OGR_F_Create(OGR_L_GetLayerDefn(layer));
	OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon);

	for (size_t k = 0; k < p->patch[i].rings_nr; k++)
		OGR_G_AddGeometryDirectly(
			polygon, ring_geometry(&p->rings, p->patch[i].ring + k, wkbLinearRing));
	OGR_F_SetFieldInteger64(f, PATCH_ID, (GIntBig)i + 1);
	OGR_F_SetFieldString(f, PATCH_CHANGE, class ? class->name : "");
	OGR_F_SetFieldInteger64(f, PATCH_PIXELS, (GIntBig)p->patch[i].pixels);
	OGR_F_SetFieldDouble(f, PATCH_AREA, area_km2);
	OGR_F_SetGeometryDirectly(f, polygon);
	demand(OGR_L_CreateFeature(layer, f), "a feature");
	OGR_F_Destroy(f);
}

int geopackage_add_patches(struct geopackage *g, const char *name, const struct patches *patches,
			   const double *area_km2, const struct layer *classes, struct error *e)
{
	struct gdal_errors c;
	OGRLayerH layer;

	pin_time(g);
	gdal_begin(&c);
	layer = make_layer(g, name, wkbPolygon);
	if (layer) {
		make_field(layer, "id", OFTInteger64, OFSTNone);
		make_field(layer, "change", OFTString, OFSTNone);
		make_field(layer, "pixels", OFTInteger64, OFSTNone);
		make_field(layer, "area_km2", OFTReal, OFSTNone);
		for (size_t i = 0; i < patches->nr && !c.count; i++)
			add_patch(layer, patches, i, area_km2[i], classes);
	}
	unpin_time();
	if (gdal_end(&c, e, ERROR_IO, "cannot write layer %s of %s", name, g->path))
		return -1;
	return keep_style(g, name, geopackage_patch_style("change", classes), e);
}

/* --- finish --- */

/* The table that QGIS looks for (its name and columns are QGIS's). */
static void write_styles(struct geopackage *g)
{
	static const char *const texts[] = { "f_table_catalog", "f_table_schema",
					     "f_table_name",	"f_geometry_column",
					     "styleName",	"styleQML",
					     "styleSLD",	"description",
					     "owner",		"ui" };
	OGRLayerH table = make_layer(g, "layer_styles", wkbNone);

	if (!table)
		return;
	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
		make_field(table, texts[k], OFTString, OFSTNone);
	make_field(table, "useAsDefault", OFTInteger, OFSTBoolean);
	make_field(table, "update_time", OFTDateTime, OFSTNone);
	for (size_t k = 0; k < g->layers_nr; k++) {
		const char *values[] = { "",	      "", g->name[k], "geom", g->name[k],
					 g->style[k], "", "",	      "",     "" };
		OGRFeatureH f = OGR_F_Create(OGR_L_GetLayerDefn(table));

		for (int i = 0; i < (int)(sizeof(values) / sizeof(values[0])); i++)
			OGR_F_SetFieldString(f, i, values[i]);
		OGR_F_SetFieldInteger(f, OGR_F_GetFieldIndex(f, "useAsDefault"), 1);
		OGR_F_SetFieldString(f, OGR_F_GetFieldIndex(f, "update_time"), g->time);
		demand(OGR_L_CreateFeature(table, f), "a feature");
		OGR_F_Destroy(f);
	}
}

static int sync_file(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0 || fsync(fd))
		ret = error_errno(e, errno, "cannot write %s", path);
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Open it again: every layer must be there with as many features as were written. */
static int check_file(const struct geopackage *g, struct error *e)
{
	static const char *const drivers[] = { "GPKG", NULL };
	struct gdal_errors c;
	GDALDatasetH d;
	int layers = 0;

	gdal_begin(&c);
	d = GDALOpenEx(g->path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
	for (size_t k = 0; d && k < g->layers_nr; k++)
		layers += GDALDatasetGetLayerByName(d, g->name[k]) != NULL;
	if (d)
		GDALClose(d);
	if (gdal_end(&c, e, ERROR_IO, "cannot read back %s", g->path))
		return -1;
	if (layers != (int)g->layers_nr)
		return error_set(e, ERROR_IO, "cannot read back %s: a layer is missing", g->path);
	return 0;
}

int geopackage_finish(struct geopackage *g, struct error *e)
{
	struct gdal_errors c;

	pin_time(g);
	gdal_begin(&c);
	write_styles(g);
	demand(GDALDatasetCommitTransaction(g->dataset), "a transaction");
	GDALClose(g->dataset);
	g->dataset = NULL;
	unpin_time();
	if (gdal_end(&c, e, ERROR_IO, "cannot write %s", g->path) || sync_file(g->path, e) ||
	    check_file(g, e))
		return -1;
	g->finished = true;
	return 0;
}
