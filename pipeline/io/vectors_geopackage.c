/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_string.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/vectors_internal.h"

struct geopackage {
	char *path;
	GDALDatasetH dataset;
	OGRSpatialReferenceH srs;
	OGRLayerH layer; /* being written */
	bool has_descriptions;
};

/* Some failures come only as return values: say them where all are caught. */
static void demand(OGRErr err, const char *what)
{
	if (err != OGRERR_NONE)
		CPLError(CE_Failure, CPLE_FileIO, "%s could not be written", what);
}

/* Catch errors; and GDAL would write the time of the clock into the tables. */
static void begin_gdal(const struct vectors *v, struct gdal_errors *c)
{
	CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", v->time);
	gdal_begin(c);
}

static void end_time(void)
{
	CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
}

static void release(struct vectors *v)
{
	struct geopackage *g = v->state;
	struct gdal_errors c;
	struct error ignored;

	begin_gdal(v, &c);
	if (g->dataset)
		GDALClose(g->dataset);
	gdal_end(&c, &ignored, ERROR_IO, "%s", g->path);
	end_time();
	if (!v->finished && g->path)
		unlink(g->path);
	OSRDestroySpatialReference(g->srs);
	free(g->path);
	free(g);
}

static int make_file(const struct vectors *v, struct geopackage *g, struct error *e)
{
	struct gdal_errors c;

	begin_gdal(v, &c);
	g->dataset = GDALCreate(GDALGetDriverByName("GPKG"), g->path, 0, 0, 0, GDT_Unknown, NULL);
	if (g->dataset)
		demand(GDALDatasetStartTransaction(g->dataset, FALSE), "a transaction");
	end_time();
	if (gdal_end(&c, e, ERROR_CANTCREATE, "cannot create %s", g->path))
		return -1;
	return g->dataset ? 0 : error_set(e, ERROR_CANTCREATE, "cannot create %s", g->path);
}

static int create(struct vectors *v, const struct vectors_spec *spec, struct error *e)
{
	struct geopackage *g;

	if (!access(spec->where, F_OK))
		return error_set(e, ERROR_CANTCREATE, "cannot create %s: it exists", spec->where);
	v->state = g = calloc(1, sizeof(*g));
	if (!g)
		return error_nomem(e, spec->where);
	g->path = strdup(spec->where);
	if (!g->path)
		return error_nomem(e, spec->where);
	g->srs = vectors_srs(&v->crs, e);
	return g->srs ? make_file(v, g, e) : -1;
}

/* --- layers --- */

static OGRLayerH make_layer(struct geopackage *g, const struct vectors_layer *l)
{
	static const OGRwkbGeometryType types[] = { wkbNone, wkbPoint, wkbLineString, wkbPolygon,
						    wkbMultiPolygon };
	bool plain = l->kind == VECTORS_NONE;
	char **options = NULL;
	OGRLayerH layer;

	options = CSLSetNameValue(options, "FID", "fid");
	options = CSLSetNameValue(options, "DESCRIPTION", l->description);
	options = CSLSetNameValue(options, "GEOMETRY_NAME", "geom");
	options = CSLSetNameValue(options, "SPATIAL_INDEX", plain ? "NO" : "YES");
	options = CSLSetNameValue(options, "ASPATIAL_VARIANT", "GPKG_ATTRIBUTES");
	layer = GDALDatasetCreateLayer(g->dataset, l->name, plain ? NULL : g->srs, types[l->kind],
				       options);
	CSLDestroy(options);
	demand(layer ? OGRERR_NONE : OGRERR_FAILURE, "a layer");
	return layer;
}

static void make_field(OGRLayerH layer, const struct vectors_field *field)
{
	static const struct {
		OGRFieldType type;
		OGRFieldSubType subtype;
	} types[] = {
		[VECTORS_INTEGER] = { OFTInteger64, OFSTNone },
		[VECTORS_REAL] = { OFTReal, OFSTNone },
		[VECTORS_TEXT] = { OFTString, OFSTNone },
		[VECTORS_BOOLEAN] = { OFTInteger, OFSTBoolean },
		[VECTORS_DATE] = { OFTDate, OFSTNone },
		[VECTORS_DATETIME] = { OFTDateTime, OFSTNone },
	};
	OGRFieldDefnH f = OGR_Fld_Create(field->name, types[field->type].type);

	OGR_Fld_SetSubType(f, types[field->type].subtype);
	demand(OGR_L_CreateField(layer, f, FALSE), field->name);
	OGR_Fld_Destroy(f);
}

static int begin(struct vectors *v, struct error *e)
{
	struct geopackage *g = v->state;
	struct gdal_errors c;

	begin_gdal(v, &c);
	g->layer = make_layer(g, v->layer);
	for (size_t k = 0; g->layer && k < v->layer->fields_nr; k++)
		make_field(g->layer, &v->layer->fields[k]);
	end_time();
	return gdal_end(&c, e, ERROR_IO, "cannot make layer %s of %s", v->layer->name, g->path);
}

static void set_value(OGRFeatureH f, int k, const struct vectors_value *value)
{
	char text[UTC_TEXT];

	if (value->null) {
		OGR_F_SetFieldNull(f, k);
		return;
	}
	switch (value->type) {
	case VECTORS_INTEGER:
		OGR_F_SetFieldInteger64(f, k, (GIntBig)value->integer);
		break;
	case VECTORS_REAL:
		OGR_F_SetFieldDouble(f, k, value->real);
		break;
	case VECTORS_TEXT:
		OGR_F_SetFieldString(f, k, value->text);
		break;
	case VECTORS_BOOLEAN:
		OGR_F_SetFieldInteger(f, k, value->boolean);
		break;
	case VECTORS_DATE:
	case VECTORS_DATETIME:
		vectors_time_text(value, text);
		OGR_F_SetFieldString(f, k, text);
		break;
	}
}

static int add(struct vectors *v, const struct vectors_shape *shape,
	       const struct vectors_value *values, struct error *e)
{
	struct geopackage *g = v->state;
	struct gdal_errors c;
	OGRFeatureH f;

	begin_gdal(v, &c);
	f = OGR_F_Create(OGR_L_GetLayerDefn(g->layer));
	for (size_t k = 0; k < v->layer->fields_nr; k++)
		set_value(f, (int)k, &values[k]);
	if (shape)
		OGR_F_SetGeometryDirectly(f, vectors_geometry(v->layer->kind, shape));
	demand(OGR_L_CreateFeature(g->layer, f), "a feature");
	OGR_F_Destroy(f);
	end_time();
	return gdal_end(&c, e, ERROR_IO, "cannot write layer %s of %s", v->layer->name, g->path);
}

static void run_sql(struct geopackage *g, const char *sql)
{
	OGRLayerH rows = GDALDatasetExecuteSQL(g->dataset, sql, NULL, NULL);

	if (rows)
		GDALDatasetReleaseResultSet(g->dataset, rows);
}

/* The tables of the extension "Schema" (GeoPackage 1.3, annex F.9): GDAL 3.6 only reads them. */
static void make_descriptions(struct geopackage *g)
{
	run_sql(g,
		"CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT "
		"NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name "
		"TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn "
		"UNIQUE (table_name, name))");
	run_sql(g,
		"CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, "
		"constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, "
		"max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, CONSTRAINT gdcc_ntv "
		"UNIQUE (constraint_name, constraint_type, value))");
	run_sql(g, "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
		   "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, "
		   "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))");
	run_sql(g,
		"INSERT INTO gpkg_extensions SELECT name, NULL, 'gpkg_schema', "
		"'http://www.geopackage.org/spec/#extension_schema', 'read-write' FROM "
		"sqlite_master WHERE name LIKE 'gpkg_data_column%' AND type = 'table' ORDER BY 1");
	g->has_descriptions = true;
}

/* What describes a field, for QGIS and others. */
static void describe_field(struct geopackage *g, const char *layer, const struct vectors_field *f)
{
	char *table, *column, *text, *sql = NULL;

	if (!f->description)
		return;
	if (!g->has_descriptions)
		make_descriptions(g);
	table = CPLEscapeString(layer, -1, CPLES_SQL);
	column = CPLEscapeString(f->name, -1, CPLES_SQL);
	text = CPLEscapeString(f->description, -1, CPLES_SQL);
	if (asprintf(&sql,
		     "INSERT INTO gpkg_data_columns (table_name, column_name, description) VALUES "
		     "('%s', '%s', '%s')",
		     table, column, text) < 0)
		sql = NULL;
	demand(sql ? OGRERR_NONE : OGRERR_FAILURE, "a description");
	if (sql)
		run_sql(g, sql);
	free(sql);
	CPLFree(text);
	CPLFree(column);
	CPLFree(table);
}

static int end(struct vectors *v, struct error *e)
{
	struct geopackage *g = v->state;
	struct gdal_errors c;

	begin_gdal(v, &c);
	for (size_t k = 0; k < v->layer->fields_nr; k++)
		describe_field(g, v->layer->name, &v->layer->fields[k]);
	end_time();
	g->layer = NULL;
	return gdal_end(&c, e, ERROR_IO, "cannot describe layer %s of %s", v->layer->name, g->path);
}

/* --- finish --- */

/* The table that QGIS looks for (its name and columns are QGIS's). */
static OGRLayerH make_styles_table(struct geopackage *g)
{
	static const char *const texts[] = { "f_table_catalog", "f_table_schema",
					     "f_table_name",	"f_geometry_column",
					     "styleName",	"styleQML",
					     "styleSLD",	"description",
					     "owner",		"ui" };
	static const char *const options[] = { "FID=id", "ASPATIAL_VARIANT=GPKG_ATTRIBUTES", NULL };
	OGRLayerH table = GDALDatasetCreateLayer(g->dataset, "layer_styles", NULL, wkbNone,
						 (char **)(uintptr_t)options);

	demand(table ? OGRERR_NONE : OGRERR_FAILURE, "the table of styles");
	for (size_t k = 0; table && k < sizeof(texts) / sizeof(texts[0]); k++)
		make_field(table, &(struct vectors_field){ texts[k], VECTORS_TEXT, NULL });
	if (table) {
		make_field(table, &(struct vectors_field){ "useAsDefault", VECTORS_BOOLEAN, NULL });
		make_field(table, &(struct vectors_field){ "update_time", VECTORS_DATETIME, NULL });
	}
	return table;
}

static void write_styles(const struct vectors *v, struct geopackage *g)
{
	OGRLayerH table = make_styles_table(g);

	for (size_t k = 0; table && k < v->written_nr; k++) {
		const struct vectors_written *w = &v->written[k];
		const char *values[] = {
			"", "", w->name, "geom", w->name, w->style, "", "", "", ""
		};
		OGRFeatureH f;

		if (!w->style)
			continue;
		f = OGR_F_Create(OGR_L_GetLayerDefn(table));
		for (int i = 0; i < (int)(sizeof(values) / sizeof(values[0])); i++)
			OGR_F_SetFieldString(f, i, values[i]);
		OGR_F_SetFieldInteger(f, OGR_F_GetFieldIndex(f, "useAsDefault"), 1);
		OGR_F_SetFieldString(f, OGR_F_GetFieldIndex(f, "update_time"), v->time);
		demand(OGR_L_CreateFeature(table, f), "a style");
		OGR_F_Destroy(f);
	}
}

/* Rows by the table itself: GDAL's own count is one that it has written down.  -1: none to be had. */
static int64_t count_rows(GDALDatasetH d, const char *layer)
{
	char *name = CPLEscapeString(layer, -1, CPLES_SQLI), *sql = NULL;
	OGRLayerH rows = NULL;
	OGRFeatureH f = NULL;
	int64_t n = -1;

	if (asprintf(&sql, "SELECT COUNT(*) FROM \"%s\"", name) >= 0) {
		rows = GDALDatasetExecuteSQL(d, sql, NULL, NULL);
		free(sql);
	}
	if (rows)
		f = OGR_L_GetNextFeature(rows);
	if (f)
		n = (int64_t)OGR_F_GetFieldAsInteger64(f, 0);
	OGR_F_Destroy(f);
	if (rows)
		GDALDatasetReleaseResultSet(d, rows);
	CPLFree(name);
	return n;
}

/* Open it again: every layer must be there with as many features as were written. */
static int check_file(const struct vectors *v, const char *path, struct error *e)
{
	static const char *const drivers[] = { "GPKG", NULL };
	int64_t rows[VECTORS_LAYERS_MAX];
	struct gdal_errors c;
	GDALDatasetH d;

	gdal_begin(&c);
	d = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
	for (size_t k = 0; k < v->written_nr; k++)
		rows[k] = d ? count_rows(d, v->written[k].name) : -1;
	if (d)
		GDALClose(d);
	if (gdal_end(&c, e, ERROR_IO, "cannot read back %s", path))
		return -1;
	for (size_t k = 0; k < v->written_nr; k++)
		if (vectors_check_rows(&v->written[k], rows[k], path, e))
			return -1;
	return 0;
}

static int finish(struct vectors *v, struct error *e)
{
	struct geopackage *g = v->state;
	struct gdal_errors c;

	begin_gdal(v, &c);
	write_styles(v, g);
	demand(GDALDatasetCommitTransaction(g->dataset), "a transaction");
	GDALClose(g->dataset);
	g->dataset = NULL;
	end_time();
	if (gdal_end(&c, e, ERROR_IO, "cannot write %s", g->path))
		return -1;
	return vectors_sync(g->path, e) ? -1 : check_file(v, g->path, e);
}

const struct vectors_ops vectors_geopackage = {
	.create = create,
	.begin = begin,
	.add = add,
	.end = end,
	.finish = finish,
	.release = release,
};
