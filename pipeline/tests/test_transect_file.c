/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/transect_file.h"
#include "pipeline/stage/transects.h"
#include "pipeline/tests/lake_folder.h"
#include "pipeline/tests/line_maker.h"

#define ZONE_43 ((struct crs){ "EPSG:32643" })

static void assert_near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%.12g is not within %g of %.12g", got, tolerance, want);
}

/* --- files of the test's own --- */

struct feature {
	const char *wkt; /* NULL: no geometry */
	const char *name, *id;
};

static OGRSpatialReferenceH srs_of(const char *crs)
{
	OGRSpatialReferenceH srs;

	if (!crs)
		return NULL;
	srs = OSRNewSpatialReference(NULL);
	assert_int_equal(OSRSetFromUserInput(srs, crs), OGRERR_NONE);
	OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
	return srs;
}

static void add_layer(GDALDatasetH d, const char *layer, const char *crs, const struct feature *f,
		      size_t n)
{
	OGRSpatialReferenceH srs = srs_of(crs);
	OGRLayerH l = GDALDatasetCreateLayer(d, layer, srs, wkbUnknown, NULL);
	OGRFieldDefnH name = OGR_Fld_Create("Name", OFTString),
		      id = OGR_Fld_Create("ID", OFTString);

	assert_non_null(l);
	OGR_L_CreateField(l, name, TRUE);
	OGR_L_CreateField(l, id, TRUE);
	for (size_t i = 0; i < n; i++) {
		OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(l));
		char *wkt = (char *)(uintptr_t)f[i].wkt;
		OGRGeometryH g = NULL;

		if (wkt)
			assert_int_equal(OGR_G_CreateFromWkt(&wkt, NULL, &g), OGRERR_NONE);
		OGR_F_SetGeometryDirectly(feature, g);
		if (f[i].name)
			OGR_F_SetFieldString(feature, 0, f[i].name);
		if (f[i].id)
			OGR_F_SetFieldString(feature, 1, f[i].id);
		assert_int_equal(OGR_L_CreateFeature(l, feature), OGRERR_NONE);
		OGR_F_Destroy(feature);
	}
	OGR_Fld_Destroy(name);
	OGR_Fld_Destroy(id);
	OSRDestroySpatialReference(srs);
}

static GDALDatasetH create(struct folder *f, const char *name, const char *driver)
{
	GDALDatasetH d;

	snprintf(f->file, sizeof(f->file), "%s/%s", f->path, name);
	d = GDALCreate(GDALGetDriverByName(driver), f->file, 0, 0, 0, GDT_Unknown, NULL);
	assert_non_null(d);
	return d;
}

static const char *geopackage(struct folder *f, const char *crs, const struct feature *features,
			      size_t n)
{
	GDALDatasetH d = create(f, "t.gpkg", "GPKG");

	add_layer(d, "lines", crs, features, n);
	GDALClose(d);
	return f->file;
}

static struct transect_lines read_file(const char *path, const char *layer)
{
	struct transect_lines t;
	struct error e = { 0 };

	if (transect_file_read(path, layer, &ZONE_43, &t, &e))
		fail_msg("%s", e.text);
	return t;
}

static void must_fail(const char *path, const char *layer, enum error_code code, const char *words)
{
	struct transect_lines t;
	struct error e = { 0 };

	assert_int_equal(transect_file_read(path, layer, &ZONE_43, &t, &e), -1);
	if (e.code != code || !strstr(e.text, words) || !strstr(e.text, path))
		fail_msg("%d: %s", (int)e.code, e.text);
	assert_true(!t.lines.nr && !t.lines.points && !t.name);
}

static void must_fail_on(struct folder *f, const char *crs, const char *wkt, const char *words)
{
	const struct feature features[] = { { "LINESTRING (1 1, 2 2)", NULL, NULL },
					    { wkt, NULL, NULL } };

	must_fail(geopackage(f, crs, features, 2), NULL, ERROR_DATA, words);
	unlink(f->file);
}

/* --- */

/* Parts, heights and measures, in degrees; 75 E is the middle of zone 43. */
static void parts_with_heights(void **state)
{
	static const struct feature features[] = {
		{ "MULTILINESTRING Z ((75 46 340, 75 46.01 341), (75 46.1 1, 75 46.2 2, 75 46.3 3))",
		  "Мыс", "7" },
		{ NULL, "nothing", NULL },
		{ "LINESTRING EMPTY", "empty", NULL },
		{ "LINESTRING ZM (75 46 1 2, 75 46 9 9, 74.9 46 1 2)", NULL, "b12" },
		{ "MULTILINESTRING ((75 46, 75 45))", "", NULL },
		{ "CIRCULARSTRING (75 46, 75.01 46.01, 75.02 46)", "arc", NULL },
	};
	static const size_t points_nr[] = { 2, 3, 2, 2 };
	static const char *const names[] = { "Мыс-1", "Мыс-2", "b12", "5", "arc" };
	struct transect_lines t = read_file(geopackage(*state, "EPSG:4326", features, 6), NULL);
	const struct point *p = t.lines.points;

	assert_int_equal(t.lines.nr, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(t.name[i], names[i]);
		assert_false(t.lines.closed[i]);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(t.lines.starts[i + 1] - t.lines.starts[i], points_nr[i]);
	/* A semicircle, nearly, by arcs of 4 degrees. */
	assert_in_range(t.lines.starts[5] - t.lines.starts[4], 40, 60);
	/* 46 N is 5096085.97 m from the equator on the meridian, times 0.9996. */
	assert_near(p[0].x, 500000, 1e-9);
	assert_near(p[0].y, 5094047.54, 0.06);
	assert_near(p[1].y - p[0].y, 1111.1, 0.5);
	for (size_t k = 0; k < t.lines.starts[5]; k++)
		assert_true(p[k].x * 1000 == nearbyint(p[k].x * 1000) ||
			    fabs(p[k].x * 1000 - nearbyint(p[k].x * 1000)) < 1e-6);
	transect_lines_release(&t);
}

static void names_that_fit(void **state)
{
	static const char *const line = "LINESTRING (500000 5000000, 500100 5000000)";
	static const char *const lines = "MULTILINESTRING ((5 5, 6 6), (7 7, 8 8))";
	char letters[200], bad[] = "a\xff\xfe b";
	/* A letter of 1 byte, then letters of 2: an even number of bytes would end within one. */
	const struct feature features[] = { { line, letters, NULL },
					    { line, bad, NULL },
					    { line, "two\nlines\x1b", NULL },
					    { lines, letters, NULL } };
	struct transect_lines t;

	letters[0] = 'x';
	for (size_t i = 0; i < 90; i++)
		memcpy(letters + 1 + 2 * i, "ж", 3);
	t = read_file(geopackage(*state, "EPSG:32643", features, 4), NULL);
	assert_int_equal(t.lines.nr, 5);
	assert_true(strlen(t.name[0]) < TRANSECT_NAME);
	assert_int_equal(strlen(t.name[0]) % 2, 1);
	assert_memory_equal(t.name[0], letters, strlen(t.name[0]));
	assert_true(t.name[1][0] == 'a' && !strpbrk(t.name[1], "\xff"));
	assert_string_equal(t.name[2], "two?lines?");
	assert_memory_equal(t.name[4], t.name[0], strlen(t.name[0]));
	assert_string_equal(t.name[4] + strlen(t.name[0]), "-2");
	transect_lines_release(&t);
}

static void other_forms(void **state)
{
	static const char json[] =
		"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
		"{\"ID\":12},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[75,46,3],[75,46.1,3]]}}]}";
	static const struct feature line = { "LINESTRING Z (500000 5000000 1, 500100 5000000 2)",
					     "shp", NULL };
	struct folder *f = *state;
	struct transect_lines t = read_file(write_file(f, "t.geojson", json, strlen(json)), NULL);
	GDALDatasetH d;

	assert_int_equal(t.lines.nr, 1);
	assert_string_equal(t.name[0], "12");
	assert_near(t.lines.points[0].x, 500000, 1e-9);
	transect_lines_release(&t);
	d = create(f, "t.shp", "ESRI Shapefile");
	add_layer(d, "t", "EPSG:32643", &line, 1);
	GDALClose(d);
	t = read_file(f->file, NULL);
	assert_string_equal(t.name[0], "shp");
	assert_true(t.lines.points[1].x == 500100 && t.lines.points[1].y == 5000000);
	transect_lines_release(&t);
	/* Without its .prj. */
	snprintf(f->file, sizeof(f->file), "%s/t.prj", f->path);
	assert_int_equal(unlink(f->file), 0);
	snprintf(f->file, sizeof(f->file), "%s/t.shp", f->path);
	must_fail(f->file, NULL, ERROR_DATA, "no coordinate reference system");
}

static void layers_by_name(void **state)
{
	static const struct feature a = { "LINESTRING (1 1, 2 2)", "a", NULL };
	static const struct feature b = { "LINESTRING (3 1, 2 2)", "b", NULL };
	struct folder *f = *state;
	GDALDatasetH d = create(f, "two.gpkg", "GPKG");
	OGRLayerH styles = GDALDatasetCreateLayer(d, "layer_styles", NULL, wkbNone, NULL);
	struct transect_lines t;

	assert_non_null(styles);
	add_layer(d, "first", "EPSG:32643", &a, 1);
	add_layer(d, "second", "EPSG:32643", &b, 1);
	GDALClose(d);
	t = read_file(f->file, NULL);
	assert_string_equal(t.name[0], "a");
	transect_lines_release(&t);
	t = read_file(f->file, "second");
	assert_string_equal(t.name[0], "b");
	transect_lines_release(&t);
	must_fail(f->file, "third", ERROR_DATA, "no layer \"third\"; there are ");
	must_fail(f->file, "layer_styles", ERROR_DATA, "no coordinate reference system");
}

static void says_what_is_wrong(void **state)
{
	struct folder *f = *state;
	const struct feature nothing = { NULL, NULL, NULL };
	char path[320];

	snprintf(path, sizeof(path), "%s/missing.gpkg", f->path);
	must_fail(path, NULL, ERROR_NOINPUT, "no such file");
	must_fail(write_file(f, "t.txt", "lines\n", 6), NULL, ERROR_DATA, "not a GeoPackage");
	must_fail(geopackage(f, "EPSG:32643", NULL, 0), NULL, ERROR_DATA, "has no lines");
	unlink(f->file);
	must_fail(geopackage(f, "EPSG:32643", &nothing, 1), NULL, ERROR_DATA, "has no lines");
	unlink(f->file);
	must_fail_on(f, "EPSG:32643", "POINT (1 1)", "feature 2: a Point is no line");
	must_fail_on(f, "EPSG:32643", "POLYGON ((0 0, 1 0, 1 1, 0 0))", "is no line");
	must_fail_on(f, "EPSG:32643", "GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1))", "is no line");
	must_fail_on(f, "EPSG:32643", "LINESTRING (7 7, 7 7.0001, 7 7)", "without length");
	must_fail_on(f, "EPSG:32643", "MULTILINESTRING ((7 7, 8 8), (3 3, 3 3))", "without length");
	must_fail_on(f, "EPSG:4326", "LINESTRING (75 46, 75 91)", "no place");
}

/* Whoever gives a file away does not learn who reads it, and reaches no host through the reader. */
static void an_address_is_not_asked(void **state)
{
	static const char *const types[] = { "link", "url", "LINK" };
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char text[500];

		snprintf(
			text, sizeof(text),
			"{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"%s\",\"properties\":"
			"{\"url\":\"http://127.0.0.1:1/crs\"}},\"features\":[{\"type\":\"Feature\","
			"\"properties\":{},\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
			"[[1,1],[2,2]]}}]}",
			types[i]);
		must_fail(write_file(f, "t.geojson", text, strlen(text)), NULL, ERROR_DATA,
			  "it refers to http://127.0.0.1:1/crs: nothing is fetched for it");
	}
}

static void vertices_that_are_no_numbers(void **state)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY, 1e300 };
	struct folder *f = *state;

	for (size_t i = 0; i < 4; i++) {
		GDALDatasetH d = create(f, "t.gpkg", "GPKG");
		OGRSpatialReferenceH srs = srs_of("EPSG:4326");
		OGRLayerH l = GDALDatasetCreateLayer(d, "l", srs, wkbLineString, NULL);
		OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(l));
		OGRGeometryH g = OGR_G_CreateGeometry(wkbLineString);
		struct gdal_errors words;
		struct error ignored;

		/* SQLite does not know what infinity is, but the line is written. */
		gdal_begin(&words);
		OGR_G_AddPoint_2D(g, 75, 46);
		OGR_G_AddPoint_2D(g, 75, bad[i]);
		OGR_F_SetGeometryDirectly(feature, g);
		assert_int_equal(OGR_L_CreateFeature(l, feature), OGRERR_NONE);
		OGR_F_Destroy(feature);
		OSRDestroySpatialReference(srs);
		GDALClose(d);
		(void)gdal_end(&words, &ignored, ERROR_DATA, "infinity");
		must_fail(f->file, NULL, ERROR_DATA, "no place");
		unlink(f->file);
	}
}

/* --- hostile sizes, damaged bytes --- */

static void one_vertex_too_many(void **state)
{
	struct folder *f = *state;
	GDALDatasetH d = create(f, "big.gpkg", "GPKG");
	OGRGeometryH g = OGR_G_CreateGeometry(wkbLineString);
	OGRSpatialReferenceH srs = srs_of("EPSG:32643");
	OGRLayerH l = GDALDatasetCreateLayer(d, "l", srs, wkbLineString, NULL);

	OGR_G_SetPointCount(g, TRANSECT_VERTICES_MAX);
	for (int k = 0; k < TRANSECT_VERTICES_MAX; k++)
		OGR_G_SetPoint_2D(g, k, 500000 + k, 5000000);
	for (int i = 0; i < 2; i++) {
		OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(l));
		struct transect_lines t;

		OGR_F_SetGeometry(feature, g);
		assert_int_equal(OGR_L_CreateFeature(l, feature), OGRERR_NONE);
		OGR_F_Destroy(feature);
		GDALFlushCache(d);
		if (i)
			break;
		t = read_file(f->file, NULL);
		assert_int_equal(t.lines.starts[1], TRANSECT_VERTICES_MAX);
		transect_lines_release(&t);
		/* The next one is short. */
		OGR_G_SetPointCount(g, 2);
	}
	OGR_G_DestroyGeometry(g);
	OSRDestroySpatialReference(srs);
	GDALClose(d);
	must_fail(f->file, NULL, ERROR_DATA, "more than 1000000 vertices");
}

static void damaged_files(void **state)
{
	static const struct feature features[] = {
		{ "LINESTRING (1 1, 2 2)", "a", NULL },
		{ "MULTILINESTRING Z ((3 1 1, 2 2 2), (5 5 5, 6 6 6))", "b", NULL },
	};
	struct folder *f = *state;
	char *data = NULL;
	struct error e = { 0 };
	size_t size;
	FILE *in;

	geopackage(f, "EPSG:32643", features, 2);
	in = fopen(f->file, "r");
	assert_non_null(in);
	data = malloc(1 << 20);
	assert_non_null(data);
	size = fread(data, 1, 1 << 20, in);
	fclose(in);
	assert_in_range(size, 10000, (1 << 20) - 1);
	/* Cut anywhere, or with a byte of another value: an error or lines, never a crash. */
	for (size_t k = 0; k < 60; k++) {
		struct transect_lines t;
		size_t at = size * (k + 1) / 61;
		char was = data[at];

		data[at] = (char)~was;
		write_file(f, "cut.gpkg", data, k % 2 ? at : size);
		data[at] = was;
		e = (struct error){ 0 };
		if (transect_file_read(f->file, NULL, &ZONE_43, &t, &e))
			assert_true(e.code != ERROR_NONE && e.text[0]);
		transect_lines_release(&t);
	}
	free(data);
}

/* --- all the way: drawn both ways, in degrees, with heights --- */

static void measured_whichever_way_they_run(void **state)
{
	static const struct feature features[] = {
		{ "MULTILINESTRING Z ((75 46 1, 75.02 46 1), (75.02 46.001 5, 75 46.001 9))", "W",
		  NULL },
	};
	const struct trend_period periods[] = { { 2000, 10 }, { 2010, 10 }, { 2020, 10 } };
	struct transect_lines file = read_file(geopackage(*state, "EPSG:4326", features, 1), NULL);
	struct transects t;
	struct error e = { 0 };

	assert_int_equal(transects_take(&t, &file, &e), 0);
	assert_int_equal(transects_periods(&t, 3, &e), 0);
	for (size_t k = 0; k < 3; k++) {
		struct lines shore = { 0 };

		add_rectangle(&shore, 500600 + 10 * (double)k, 5e6, 600000, 5.2e6, true);
		assert_int_equal(transects_measure(&t, k, &shore, 1 << 20, &e), 0);
		lines_release(&shore);
	}
	assert_int_equal(transects_finish(&t, periods, &e), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(t.transect[i].reversed, i == 1);
		assert_near(t.transect[i].azimuth_deg, 90, 0.1);
		assert_near(t.position[3 * i].position_m, 600, 0.01);
		assert_near(t.transect[i].trend.lrr, 1, 1e-3);
		assert_int_equal(t.transect[i].name[2], '1' + (int)i);
	}
	transects_release(&t);
	transect_lines_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(parts_with_heights),
		IN_FOLDER(names_that_fit),
		IN_FOLDER(other_forms),
		IN_FOLDER(layers_by_name),
		IN_FOLDER(says_what_is_wrong),
		IN_FOLDER(an_address_is_not_asked),
		IN_FOLDER(vertices_that_are_no_numbers),
		IN_FOLDER(one_vertex_too_many),
		IN_FOLDER(damaged_files),
		IN_FOLDER(measured_whichever_way_they_run),
	};

	gdal_setup((size_t)16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
