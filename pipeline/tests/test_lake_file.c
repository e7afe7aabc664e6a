/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/lake.h"
#include "pipeline/tests/lake_folder.h"

static void derives_what_the_file_does_not_say(void **state)
{
	struct folder *f = *state;
	struct lake *lake;
	struct polygon area, whole;
	struct error e = { 0 };
	double side = 60;

	write_polygons(f, "square.geojson", SQUARE, NULL);
	lake = open_text(f, "kleiner-See.v2.ini",
			 "; a comment\n[lake]\noutline = square.geojson\n");
	assert_string_equal(lake->name, "kleiner-See");
	assert_string_equal(lake->grid.crs.def,
			    "+proj=laea +lat_0=50.1 +lon_0=10.1 +datum=WGS84 +units=m");
	assert_true(lake->buffer_m == 10000 && lake->elevation_m == 0);
	assert_true(lake->season_from == 0 && lake->season_to == 0);
	assert_int_equal(lake->basins_nr, 1);
	assert_string_equal(lake->basins[0].name, "whole");
	assert_true(lake->grid.dx == 30 && lake->grid.dy == 30);
	/* 0.2 degree is 14.34 (at 50 N) and 22.25 km; edges are snapped outwards to 60 m. */
	assert_true(fmod(lake->grid.x0, side) == 0 && fmod(lake->grid.y0, side) == 0);
	assert_true(lake->grid.x0 <= -17168 && lake->grid.x0 > -17168 - 70);
	assert_true(lake->grid.y0 >= 21122 && lake->grid.y0 < 21122 + 70);
	assert_true(lake->grid.width % 2 == 0 && lake->grid.height % 2 == 0);
	assert_true(lake->grid.x0 + lake->grid.width * 30 < 17168 + 70);
	assert_int_equal(lake_area(lake, &lake->grid.crs, &area, &e), 0);
	assert_int_equal(lake_basin_area(lake, 0, &lake->grid.crs, &whole, &e), 0);
	assert_true(polygon_area(&area) == polygon_area(&whole));
	for (size_t k = 0; k < area.rings[0].points_nr; k++) {
		struct point v = area.rings[0].points[k];

		assert_true(v.x >= lake->grid.x0 && v.x <= lake->grid.x0 + lake->grid.width * 30);
		assert_true(v.y <= lake->grid.y0 && v.y >= lake->grid.y0 - lake->grid.height * 30);
	}
	polygon_release(&area);
	polygon_release(&whole);
	lake_free(lake);
}

static void takes_all_that_a_file_says(void **state)
{
	struct folder *f = *state;
	struct lake *lake;

	write_polygons(f, "square.geojson", SQUARE, NULL);
	write_polygons(f, "more.geojson", MORE, NULL);
	lake = open_text(
		f, "x.ini",
		"\xef\xbb\xbf# written elsewhere\r\n[lake]\r\n  name = Test-7\r\n"
		"\toutline = square.geojson ; here\r\nbuffer: 0\r\n\r\n"
		"crs = +proj=utm +zone=32 +datum=WGS84\r\n"
		"te = 570000 5.53e6  600000 5570000\r\ntr = 20\r\nseason = 11-01   03-31\r\n"
		"elevation = -27.5\r\n[basin North East_2]\r\noutline = more.geojson\r\n"
		"[basin rest]\r\noutline = square.geojson");
	assert_string_equal(lake->name, "Test-7");
	assert_string_equal(lake->grid.crs.def, "EPSG:32632");
	assert_true(lake->buffer_m == 0 && lake->elevation_m == -27.5);
	assert_true(lake->grid.x0 == 570000 && lake->grid.y0 == 5570000 && lake->grid.dx == 20);
	assert_int_equal(lake->grid.width, 1500);
	assert_int_equal(lake->grid.height, 2000);
	assert_int_equal(lake->season_from, 1101);
	assert_int_equal(lake->season_to, 331);
	assert_int_equal(lake->basins_nr, 2);
	assert_string_equal(lake->basins[0].name, "North East_2");
	assert_string_equal(lake->basins[1].name, "rest");
	assert_int_equal(lake->basins[0].area.rings[0].points_nr, 4);
	lake_free(lake);
}

static void unites_overlapping_polygons_and_keeps_holes(void **state)
{
	struct folder *f = *state;
	struct lake *lake;

	write_polygons(f, "two.geojson", HOLED, MORE);
	lake = open_text(f, "two.ini", "[lake]\noutline = two.geojson\nbuffer = 100\n");
	assert_int_equal(lake->outline.rings_nr, 2);
	/* 0.2^2 + 0.3 x 0.2 - 0.1^2 in common - the hole 0.05^2 / 2 [square degrees] */
	assert_true(fabs(polygon_area(&lake->outline) - (0.04 + 0.06 - 0.01 - 0.00125)) < 1e-12);

	struct polygon area;
	struct error e = { 0 };
	double hole;

	assert_int_equal(lake_area(lake, &lake->grid.crs, &area, &e), 0);
	assert_int_equal(area.rings_nr, 2);
	hole = ring_length(&area.rings[0]) < ring_length(&area.rings[1])
		       ? ring_length(&area.rings[0])
		       : ring_length(&area.rings[1]);
	/* Legs of 3.58 and 5.56 km, each moved in by 100 m. */
	assert_true(hole > 10000 && hole < 15700);
	polygon_release(&area);
	lake_free(lake);
}

/* A buffer wider than islands and straits: rings in rings, and rings beside each other. */
static void buffers_by_the_even_odd_rule(void **state)
{
	struct folder *f = *state;
	struct lake *lake;
	struct polygon area;
	struct error e = { 0 };

	write_polygons(f, "apart.geojson",
		       "[[[10,50],[10.2,50],[10.2,50.2],[10,50.2],[10,50]],"
		       "[[10.05,50.05],[10.15,50.05],[10.15,50.15],[10.05,50.15],[10.05,50.05]]]",
		       "[[[10.08,50.08],[10.12,50.08],[10.12,50.12],[10.08,50.12],[10.08,50.08]]]");
	lake = open_text(f, "apart.ini", "[lake]\noutline = apart.geojson\nbuffer = 500\n");
	assert_int_equal(lake->outline.rings_nr, 3);
	assert_int_equal(lake_area(lake, &lake->grid.crs, &area, &e), 0);
	assert_int_equal(area.rings_nr, 3);
	polygon_release(&area);
	lake->buffer_m = 1800;
	assert_int_equal(lake_area(lake, &lake->grid.crs, &area, &e), 0);
	assert_int_equal(area.rings_nr, 1);
	polygon_release(&area);
	lake_free(lake);
}

static void write_ogr(const char *driver, const char *path, const char *srs_text, const char *wkt)
{
	GDALDatasetH d = GDALCreate(GDALGetDriverByName(driver), path, 0, 0, 0, GDT_Unknown, NULL);
	OGRSpatialReferenceH srs = srs_text ? OSRNewSpatialReference(NULL) : NULL;
	OGRLayerH layer;
	OGRFeatureH feature;
	OGRGeometryH g = NULL;
	char *text = (char *)(uintptr_t)wkt;

	if (srs) {
		assert_int_equal(OSRSetFromUserInput(srs, srs_text), OGRERR_NONE);
		OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
	}
	assert_int_equal(OGR_G_CreateFromWkt(&text, NULL, &g), OGRERR_NONE);
	layer = GDALDatasetCreateLayer(d, "outline", srs, OGR_G_GetGeometryType(g), NULL);
	assert_non_null(layer);
	feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
	OGR_F_SetGeometryDirectly(feature, g);
	assert_int_equal(OGR_L_CreateFeature(layer, feature), OGRERR_NONE);
	OGR_F_Destroy(feature);
	GDALClose(d);
	if (srs)
		OSRDestroySpatialReference(srs);
}

#define UTM_BOX "((500000 5538000, 540000 5538000, 540000 5560000, 500000 5560000, 500000 5538000))"

static void reads_other_formats_and_systems(void **state)
{
	static const struct {
		const char *driver, *name, *srs, *wkt;
	} cases[] = {
		{ "GPKG", "o.gpkg", "EPSG:32632", "POLYGON " UTM_BOX },
		{ "GPKG", "m.gpkg", "EPSG:32632", "MULTIPOLYGON (" UTM_BOX ")" },
		{ "ESRI Shapefile", "o.shp", "EPSG:32632", "POLYGON " UTM_BOX },
		{ "GPKG", "z.gpkg", "EPSG:32632",
		  "POLYGON Z ((500000 5538000 1, 540000 5538000 1, 540000 5560000 1, 500000 5560000 1, "
		  "500000 5538000 1))" },
		{ "GPKG", "c.gpkg", "EPSG:32632", "CURVEPOLYGON " UTM_BOX },
	};
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[400], text[200];
		struct lake *lake;
		struct polygon area;
		struct crs utm = { "EPSG:32632" };
		struct error e = { 0 };

		snprintf(path, sizeof(path), "%s/%s", f->path, cases[i].name);
		write_ogr(cases[i].driver, path, cases[i].srs, cases[i].wkt);
		snprintf(text, sizeof(text), "[lake]\noutline = %s\nbuffer = 0\n", cases[i].name);
		lake = open_text(f, "o.ini", text);
		/* Edges of at most 1 km: 2 x 40 + 2 x 22 vertices. */
		assert_int_equal(lake->outline.rings[0].points_nr, 124);
		assert_true(fabs(lake->outline.rings[0].points[0].x - 9) < 0.6);
		assert_int_equal(lake_area(lake, &utm, &area, &e), 0);
		assert_true(fabs(polygon_area(&area) - 40e3 * 22e3) < 20);
		polygon_release(&area);
		lake_free(lake);
	}
}

static void check_error(struct folder *f, const char *text, size_t size, enum error_code code,
			const char *words)
{
	struct lake *lake = NULL;
	struct error e = { 0 };

	if (!lake_open(&lake, write_file(f, "bad.ini", text, size), &e))
		fail_msg("taken: %s", text);
	assert_null(lake);
	if (!strstr(e.text, words))
		fail_msg("\"%s\" does not say \"%s\"", e.text, words);
	assert_int_equal(e.code, code);
	assert_null(strchr(e.text, '\n'));
	assert_non_null(strstr(e.text, "bad.ini"));
}

#define LONG50 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"

static void says_which_line_is_wrong(void **state)
{
	static const char *const cases[][2] = {
		{ "[lake]\nname = a\nbufer = 3\n",
		  "bad.ini:3: unknown key in [lake] \"bufer\"; did "
		  "you mean \"buffer\"?" },
		{ "[lake]\ncolour = blue\n",
		  ":2: unknown key in [lake] \"colour\"; known are name, "
		  "outline, buffer, crs, te, tr, season, elevation" },
		{ "# x\n\n[lakes]\nname = a\n",
		  ":3: unknown section \"lakes\"; did you mean \"lake\"?" },
		{ "[Lake]\nname = a\n", ":1: unknown section" },
		{ "[basin]\noutline = x\n", ":1: unknown section \"basin\"" },
		{ "name = a\n", ":1: \"name\" stands before any section" },
		{ "[lake]\nname = a\nname = b\n", ":3: \"name\" is given twice" },
		{ "[lake]\nname = a\n  name = b\n", ":3: \"name\" is given twice" },
		{ "[lake]\nname = a\n[lake]\nname = a\n", ":4: \"name\" is given twice" },
		{ "[lake]\nname\n", ":2: neither [SECTION] nor KEY = VALUE" },
		{ "[lake\nname = a\n", ":1: neither [SECTION] nor KEY = VALUE" },
		{ "[lake]\nname = a\nhello\ntr = 31\n", ":3: neither" },
		{ "[lake]\nname = a\ntr = 31\nhello\n", ":3: tr = 31: 10, 20, 30 or 60" },
		{ "[lake]\nname = a b\n", ":2: name \"a b\": up to 63 letters, digits and '-'" },
		{ "[lake]\nname = -a\n", ":2: name" },
		{ "[lake]\nname =\n", ":2: name" },
		{ "[lake]\nname = a" LONG50 LONG50 "\n", ":2: name" },
		{ "[lake]\nbuffer = -1\n", ":2: buffer = -1: a number from 0 to 1e+06" },
		{ "[lake]\nbuffer = 10 km\n", ":2: buffer = 10 km" },
		{ "[lake]\nbuffer = nan\n", ":2: buffer = nan" },
		{ "[lake]\nbuffer = inf\n", ":2: buffer = inf" },
		{ "[lake]\nbuffer = 0x10\n", ":2: buffer = 0x10" },
		{ "[lake]\nbuffer =\n", ":2: buffer = : a number" },
		{ "[lake]\nelevation = 9001\n", ":2: elevation" },
		{ "[lake]\ntr = 0\n", ":2: tr = 0" },
		{ "[lake]\nte = 0 0 60\n", ":2: te = 0 0 60: xmin ymin xmax ymax" },
		{ "[lake]\nte = 0 0 60 60 60\n", ":2: te" },
		{ "[lake]\nte = 60 0 0 60\n", ":2: te" },
		{ "[lake]\nte = 0 60 60 60\n", ":2: te" },
		{ "[lake]\nseason = 05-01\n", ":2: season = 05-01: first and last day" },
		{ "[lake]\nseason = 05-01 10-32\n", ":2: season" },
		{ "[lake]\nseason = 02-30 10-31\n", ":2: season" },
		{ "[lake]\nseason = 00-10 10-31\n", ":2: season" },
		{ "[lake]\nseason = 5-1 10-31\n", ":2: season" },
		{ "[lake]\nseason = 05-01 10-31 x\n", ":2: season" },
		{ "[lake]\nseason = 05-0110-31\n", ":2: season" },
		{ "[lake]\ncrs = EPSG:4326\n", ":2: CRS EPSG:4326: not a projected CRS" },
		{ "[lake]\ncrs = moon\n", ":2: CRS moon: give an EPSG code" },
		{ "[lake]\nname = a\n", "bad.ini: no outline in [lake]" },
		{ "", "bad.ini: no outline in [lake]" },
		{ "[lake]\noutline =\n", ":2: outline: the path" },
		{ "[lake]\nname = a\n[basin x]\n[basin y]\noutline = s.geojson\n",
		  ":3: nothing in section [basin x]" },
		{ "[lake]\nname = a\n[basin x]\n", ":3: nothing in section [basin x]" },
		{ "[basin x]\narea = 3\n", ":2: unknown key in a [basin NAME] \"area\"; known are "
					   "outline" },
		{ "[basin x]\noutlines = 3\n", "did you mean \"outline\"?" },
		{ "[basin a,b]\noutline = s.geojson\n", ":2: basin \"a,b\"" },
		{ "[basin ]\noutline = s.geojson\n", ":2: basin \"\"" },
		{ "[basin " LONG50 LONG50 "]\noutline = s.geojson\n",
		  ":2: basin \"" LONG50 LONG50 "\": up to 63 letters" },
		{ "[lake] name = a\n", ":1: what is behind [SECTION]" },
		{ "[basin x]\noutline = s.geojson\n[basin y]\noutline = s.geojson\n[basin x]\noutline = a\n",
		  ":6: basin \"x\" is given twice" },
		{ "[lake]\nname = " LONG50 LONG50 LONG50 LONG50 "\n",
		  ":2: longer than 197 letters" },
		{ "[lake]\noutline = s.geojson\nte = 0 0 6030 6010\n",
		  "te: 6010 is not a multiple of tr = 30" },
		{ "[lake]\noutline = s.geojson\nte = 0 0 60000000 6000\n", "a side may have" },
		{ "[lake]\noutline = s.geojson\ncrs = +proj=ortho +lat_0=-40 +lon_0=10 +datum=WGS84\n",
		  "has no place" },
	};
	struct folder *f = *state;

	write_polygons(f, "s.geojson", SQUARE, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_error(f, cases[i][0], strlen(cases[i][0]),
			    strstr(cases[i][1], "no place") ? ERROR_DATA : ERROR_CONFIG,
			    cases[i][1]);
	check_error(f, "[lake]\nname\0 = a\n", 16, ERROR_CONFIG, "not a text file");
}

static void refuses_what_is_no_outline(void **state)
{
	static const struct {
		const char *name, *text, *words;
		enum error_code code;
	} cases[] = {
		{ "none.geojson", NULL, "there is no such file", ERROR_NOINPUT },
		{ "o.txt", "hello", "not a GeoPackage, GeoJSON or Shapefile", ERROR_DATA },
		{ "line.geojson",
		  "{\"type\":\"LineString\",\"coordinates\":[[1,1],[2,2],[1,2],[1,1]]}",
		  "encloses no area", ERROR_DATA },
		{ "point.geojson", "{\"type\":\"Point\",\"coordinates\":[1,1]}",
		  "a Point encloses no area", ERROR_DATA },
		{ "void.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}", "no polygon",
		  ERROR_DATA },
		{ "flat.geojson", "{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[2,2],[1,1]]]}",
		  "no polygon", ERROR_DATA },
		{ "metres.geojson",
		  "{\"type\":\"Polygon\",\"coordinates\":[[[5e5,5e6],[6e5,5e6],[6e5,6e6],[5e5,5e6]]]}",
		  "is no longitude and latitude", ERROR_DATA },
		{ "wide.geojson",
		  "{\"type\":\"Polygon\",\"coordinates\":[[[-100,1],[100,1],[100,2],[-100,1]]]}",
		  "it is 200.0 degrees wide", ERROR_DATA },
		{ "broken.geojson", "{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[2,2", "outline",
		  ERROR_DATA },
		{ "evil.vrt", "<OGRVRTDataSource></OGRVRTDataSource>", "not a GeoPackage",
		  ERROR_DATA },
	};
	struct folder *f = *state;
	char path[400];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[200];

		if (cases[i].text)
			write_file(f, cases[i].name, cases[i].text, strlen(cases[i].text));
		snprintf(text, sizeof(text), "[lake]\noutline = %s\n", cases[i].name);
		check_error(f, text, strlen(text), cases[i].code, cases[i].words);
		check_error(f, text, strlen(text), cases[i].code,
			    "bad.ini:2: reading the outline ");
	}
	snprintf(path, sizeof(path), "%s/nowhere.shp", f->path);
	write_ogr("ESRI Shapefile", path, NULL, "POLYGON " UTM_BOX);
	check_error(f, "[lake]\noutline = nowhere.shp\n", 29, ERROR_DATA,
		    "no coordinate reference system");
	snprintf(path, sizeof(path), "%s/lines.gpkg", f->path);
	write_ogr("GPKG", path, "EPSG:32632", "MULTILINESTRING ((1 1, 2 2))");
	check_error(f, "[lake]\noutline = lines.gpkg\n", 28, ERROR_DATA,
		    "a Multi Line String encloses no area; an outline needs polygons");
}

static void names_a_file_that_is_missing(void **state)
{
	struct folder *f = *state;
	struct lake *lake;
	struct error e = { 0 };
	char path[400];

	snprintf(path, sizeof(path), "%s/no.ini", f->path);
	assert_int_equal(lake_open(&lake, path, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(lake_open(&lake, "balkash", &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_non_null(
		strstr(e.text, "lake balkash: neither built in (that is balkhash) nor a file"));
}

static void a_file_name_must_do_for_a_name(void **state)
{
	struct folder *f = *state;
	struct lake *lake = NULL;
	struct error e = { 0 };
	const char *text = "[lake]\noutline = s.geojson\n";

	write_polygons(f, "s.geojson", SQUARE, NULL);
	assert_int_equal(lake_open(&lake, write_file(f, "my lake.ini", text, strlen(text)), &e),
			 -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "no name in [lake]"));
}

static int setup(void **state)
{
	(void)state;
	gdal_setup(16 << 20);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(derives_what_the_file_does_not_say),
		IN_FOLDER(takes_all_that_a_file_says),
		IN_FOLDER(unites_overlapping_polygons_and_keeps_holes),
		IN_FOLDER(buffers_by_the_even_odd_rule),
		IN_FOLDER(reads_other_formats_and_systems),
		IN_FOLDER(says_which_line_is_wrong),
		IN_FOLDER(refuses_what_is_no_outline),
		IN_FOLDER(names_a_file_that_is_missing),
		IN_FOLDER(a_file_name_must_do_for_a_name),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
