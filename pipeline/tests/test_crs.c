/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"
#include <proj.h>

#include "pipeline/space/crs.h"
#include "pipeline/space/crs_pipeline.h"

#define LAEA	"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"
#define PULKOVO "+proj=tmerc +lat_0=0 +lon_0=75 +k=1 +x_0=500000 +y_0=0 +ellps=krass"

static void assert_near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%.12g is not within %g of %.12g", got, tolerance, want);
}

static struct crs crs_of(const char *def)
{
	struct crs c = { 0 };

	snprintf(c.def, sizeof(c.def), "%s", def);
	return c;
}

static void one_spelling(void **state)
{
	static const char *const same[][2] = {
		{ "EPSG:32643", "EPSG:32643" },
		{ "epsg:32643", "EPSG:32643" },
		{ "urn:ogc:def:crs:EPSG::32643", "EPSG:32643" },
		{ "+proj=utm +zone=43 +datum=WGS84", "EPSG:32643" },
		{ "+proj=utm +zone=1 +south +datum=WGS84 +units=m +no_defs", "EPSG:32701" },
		{ "+proj=utm +zone=14 +ellps=WGS84 +units=m +no_defs", "EPSG:32614" },
		{ "EPSG:3035", "EPSG:3035" },
		{ LAEA, LAEA },
		{ "+proj=laea +lat_0=46 +lon_0=76.3 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs",
		  LAEA },
		{ "  +type=crs  +lon_0=76.30 +datum=WGS84  +lat_0=46.0   +proj=laea ", LAEA },
		{ "proj=laea lat_0=46 lon_0=76.3 datum=WGS84", LAEA },
		{ "ESRI:102025", "+proj=aea +lat_0=30 +lon_0=95 +lat_1=15 +lat_2=65 +datum=WGS84 "
				 "+units=m" },
		{ PULKOVO " +towgs84=23,-141,-80,0,0.35,0.82,-0.12 +units=m",
		  "+proj=tmerc +lat_0=0 +lon_0=75 +k=1 +x_0=500000 +ellps=krass "
		  "+towgs84=23,-141,-80,0,0.35,0.82,-0.12 +units=m" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct crs c = crs_of(same[i][0]);
		struct error e = { 0 };

		assert_int_equal(crs_normalise(&c, &e), 0);
		assert_string_equal(c.def, same[i][1]);
		assert_int_equal(crs_normalise(&c, &e), 0);
		assert_string_equal(c.def, same[i][1]);
	}
}

static void refuses_what_is_no_metric_crs(void **state)
{
	static const char *const bad[][2] = {
		{ "EPSG:4326", "not a projected CRS" },
		{ "OGC:CRS84", "not a projected CRS" },
		{ "EPSG:4978", "not a projected CRS" },
		{ "EPSG:32643+5773", "not a projected CRS" },
		{ "EPSG:2263", "not the metre" },
		{ "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=km", "not the metre" },
		{ "EPSG:99999", "PROJ does not know it" },
		{ "EPSG:", "PROJ does not know it" },
		{ "+proj=leae +lat_0=46", "PROJ does not know it" },
		{ PULKOVO " +units=m", "no exact way" },
		{ "foo", "give an EPSG code" },
		{ "WGS 84 / UTM zone 43N", "give an EPSG code" },
		{ "", "give an EPSG code" },
		{ "+init=/etc/passwd:root", "\"init=\" is not accepted" },
		{ "+proj=laea +lat_0=46 +nadgrids=there.gsb", "\"nadgrids=\" is not accepted" },
		{ "+proj=pipeline +step +proj=utm +zone=43", "not accepted" },
		{ "EPSG:32643\n", "control character" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct crs c = crs_of(bad[i][0]);
		struct error e = { 0 };

		assert_int_equal(crs_normalise(&c, &e), -1);
		assert_int_equal(e.code, ERROR_CONFIG);
		if (!strstr(e.text, bad[i][1]))
			fail_msg("%s: \"%s\" does not say \"%s\"", bad[i][0], e.text, bad[i][1]);
		assert_null(strchr(e.text, '\n'));
		assert_string_equal(c.def, bad[i][0]);
	}
}

/* What a file says of its CRS after the definition went through a GeoTIFF. */
static int read_back(const char *definition, struct grid *g, struct error *e)
{
	static const char path[] = "/vsimem/crs.tif";
	double transform[6] = { -240000, 30, 0, 114000, 0, -30 };
	OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
	GDALDatasetH d = GDALCreate(GDALGetDriverByName("GTiff"), path, 8, 4, 1, GDT_Byte, NULL);
	int ret;

	assert_int_equal(OSRSetFromUserInput(srs, definition), OGRERR_NONE);
	GDALSetGeoTransform(d, transform);
	GDALSetSpatialRef(d, srs);
	GDALClose(d);
	OSRDestroySpatialReference(srs);
	d = gdal_open(path, (const char *const[]){ "GTiff", NULL }, e);
	assert_non_null(d);
	ret = gdal_grid(d, g, e);
	GDALClose(d);
	VSIUnlink(path);
	return ret;
}

static void survives_a_geotiff(void **state)
{
	static const char *const kept[] = { LAEA, "EPSG:32643", "EPSG:32701", "EPSG:3035",
					    "EPSG:28413" };
	struct grid g;
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		assert_int_equal(read_back(kept[i], &g, &e), 0);
		assert_string_equal(g.crs.def, kept[i]);
		assert_true(g.x0 == -240000 && g.y0 == 114000 && g.dx == 30 && g.dy == 30);
	}
	assert_int_equal(read_back("EPSG:4326", &g, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "/vsimem/crs.tif: CRS EPSG:4326: not a projected CRS"));
}

/* Snyder, USGS Professional Paper 1395 (1987), p. 332: oblique LAEA, ellipsoid, Clarke 1866. */
static void agrees_with_snyder(void **state)
{
	struct crs clarke = crs_of("+proj=laea +lat_0=40 +lon_0=-100 +ellps=clrk66 +units=m");
	struct crs lonlat = crs_of("+proj=longlat +ellps=clrk66");
	struct crs_transform *t;
	struct error e = { 0 };
	double x = -110, y = 30;

	(void)state;
	assert_int_equal(crs_transform_new(&t, &lonlat, &clarke, &e), 0);
	crs_transform_points(t, 1, &x, &y);
	assert_near(x, -965932.1, 0.06);
	assert_near(y, -1056814.9, 0.06);
	crs_transform_free(t);
}

static void goes_there_and_back(void **state)
{
	static const char *const systems[] = { LAEA, "EPSG:32643", "EPSG:32644" };
	struct crs lonlat = CRS_LONLAT;
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct crs c = crs_of(systems[i]);
		struct crs_transform *there, *back;
		double x[3] = { 73.5, 76.3, 79.2 }, y[3] = { 45, 46, 46.8 };

		assert_int_equal(crs_transform_new(&there, &lonlat, &c, &e), 0);
		assert_int_equal(crs_transform_new(&back, &c, &lonlat, &e), 0);
		crs_transform_points(there, 3, x, y);
		assert_true(fabs(y[1]) < (i ? 5.2e6 : 1e-6));
		crs_transform_points(back, 3, x, y);
		assert_near(x[0], 73.5, 1e-8); /* PROJ's authalic latitude is good to 1 mm */
		assert_near(y[2], 46.8, 1e-8);
		crs_transform_free(there);
		crs_transform_free(back);
	}
	crs_transform_free(NULL);
}

/* EPSG:4284 gives its axes as latitude, longitude and EPSG:28413 as northing, easting. */
static void takes_x_before_y_everywhere(void **state)
{
	struct crs pulkovo = crs_of("EPSG:4284"), gauss_kruger = crs_of("EPSG:28413");
	struct crs lonlat = CRS_LONLAT;
	struct crs_transform *t;
	struct error e = { 0 };
	double x = 76.3, y = 46;

	(void)state;
	assert_int_equal(crs_transform_new(&t, &lonlat, &pulkovo, &e), 0);
	crs_transform_points(t, 1, &x, &y);
	crs_transform_free(t);
	assert_near(x, 76.3, 0.002);
	assert_near(y, 46, 0.002);
	assert_int_equal(crs_transform_new(&t, &pulkovo, &gauss_kruger, &e), 0);
	crs_transform_points(t, 1, &x, &y);
	crs_transform_free(t);
	assert_true(x > 13.5e6 && x < 13.7e6 && y > 5.0e6 && y < 5.2e6);
}

static void marks_points_that_have_no_place(void **state)
{
	struct crs c = crs_of("EPSG:32643"), lonlat = CRS_LONLAT;
	struct crs_transform *t;
	struct error e = { 0 };
	double x[] = { 76, 76, NAN, 76, 165, 77 }, y[] = { 46, 95, 46, HUGE_VAL, 0, 46 };

	(void)state;
	assert_int_equal(crs_transform_new(&t, &lonlat, &c, &e), 0);
	crs_transform_points(t, 6, x, y);
	crs_transform_free(t);
	assert_near(x[0], 577433, 10);
	assert_near(x[5], 654886, 200);
	for (size_t i = 1; i < 5; i++)
		assert_true(x[i] == HUGE_VAL && y[i] == HUGE_VAL);
}

static void refuses_unknown_shifts(void **state)
{
	struct crs a = crs_of("+proj=longlat +ellps=krass"), b = CRS_LONLAT, none = { "EPSG:1" };
	struct crs_transform *t;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(crs_transform_new(&t, &a, &b, &e), -1);
	assert_null(t);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "no exact way"));
	assert_int_equal(crs_transform_new(&t, &b, &none, &e), -1);
	assert_non_null(strstr(e.text, "CRS EPSG:1: PROJ does not know it (proj_create: crs not "
				       "found"));
}

/* The scale of UTM on its axis is 0.9996 in every direction (Snyder 1987, p. 57). */
static void areal_scale_is_map_over_ground(void **state)
{
	struct crs utm = crs_of("EPSG:32643"), laea = crs_of(LAEA), lonlat = CRS_LONLAT;
	double x[] = { 500000, 800000, NAN }, y[] = { 5.1e6, 5.1e6, 0 }, scale[3];
	double lx[] = { 0, -240000, 225000 }, ly[] = { 0, 114000, -110000 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(crs_areal_scale(&utm, 3, x, y, scale, &e), 0);
	assert_near(scale[0], 0.9996 * 0.9996, 1e-9);
	/* beside it k0^2 (1 + q + q^2 / 3), q = (x / k0)^2 / (rho nu), at the latitude 46.0530 */
	double q = 3e5 / 0.9996 * (3e5 / 0.9996) / (6368560.76 * 6389232.57);

	assert_near(scale[1], 0.9996 * 0.9996 * (1 + q + q * q / 3), 2e-8);
	assert_true(isnan(scale[2]));
	assert_int_equal(crs_areal_scale(&laea, 3, lx, ly, scale, &e), 0);
	for (size_t i = 0; i < 3; i++)
		assert_near(scale[i], 1, 1e-9);
	assert_int_equal(crs_areal_scale(&lonlat, 1, lx, ly, scale, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
}

static void zones(void **state)
{
	static const struct {
		double longitude;
		int zone;
	} of[] = { { -180, 1 },	     { -174.0001, 1 }, { -174, 2 },	  { 72, 43 },
		   { 77.9999, 43 },  { 78, 44 },       { 0, 31 },	  { -1e-9, 30 },
		   { 179.9999, 60 }, { 180, 1 },       { -180.0001, 60 }, { 436, 43 } };
	static const struct {
		const char *def;
		int zone;
	} code[] = { { "EPSG:32643", 43 }, { "EPSG:32760", 60 },
		     { "EPSG:32601", 1 },  { "EPSG:32661", 0 },
		     { "EPSG:32600", 0 },  { "EPSG:3264", 0 },
		     { "EPSG:326430", 0 }, { "EPSG:+3264", 0 },
		     { LAEA, 0 },	   { "", 0 },
		     { "EPSG:28413", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		assert_int_equal(crs_utm_zone(of[i].longitude), of[i].zone);
	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		struct crs c = crs_of(code[i].def);

		assert_int_equal(crs_zone_of(&c), code[i].zone);
	}
}

static int setup(void **state)
{
	(void)state;
	gdal_setup(16 << 20);
	return 0;
}

/* What PROJ makes of two CRS by itself, with all its database. */
static PJ *by_database(PJ_CONTEXT *ctx, const char *from, const char *to)
{
	char text[2][200];
	PJ *raw, *ordered;

	for (int i = 0; i < 2; i++)
		snprintf(text[i], sizeof(text[i]), "%s%s", i ? to : from,
			 strstr(i ? to : from, "proj=") ? " +type=crs" : "");
	raw = proj_create_crs_to_crs(ctx, text[0], text[1], NULL);
	ordered = raw ? proj_normalize_for_visualization(ctx, raw) : NULL;
	assert_non_null(ordered);
	proj_destroy(raw);
	return ordered;
}

/* Points of a circle of some degrees around the lake, in the first CRS; and a few that are nowhere. */
enum { POINTS_NR = 300 };

static void points_in(const char *crs, double *x, double *y)
{
	struct crs_transform *t;
	struct crs to = { "" };
	struct error e = { 0 };

	snprintf(to.def, sizeof(to.def), "%s", crs);
	for (int i = 0; i < POINTS_NR; i++) {
		x[i] = 76.3 + 0.03 * i * cos(i);
		y[i] = 46.1 + 0.03 * i * sin(i);
	}
	if (strcmp(crs, CRS_LONLAT.def) != 0) {
		if (crs_transform_new(&t, &CRS_LONLAT, &to, &e))
			fail_msg("%s", e.text);
		crs_transform_points(t, POINTS_NR, x, y);
		crs_transform_free(t);
	}
	x[7] = 1e9;
	y[11] = -3e8;
}

static void without_the_database_the_same_to_the_last_bit(void **state)
{
	static const char *const all[] = {
		"OGC:CRS84",
		"EPSG:32643",
		"EPSG:32644",
		"EPSG:32743",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=aea +lat_0=46 +lon_0=75 +lat_1=40 +lat_2=52 +x_0=1000 +datum=WGS84 +units=m",
		"+proj=lcc +lat_0=46 +lon_0=75 +lat_1=40 +lat_2=52 +datum=WGS84 +units=m",
		"+proj=tmerc +lat_0=0 +lon_0=76 +k=0.9996 +x_0=500000 +datum=WGS84 +units=m",
	};
	enum { NR = sizeof(all) / sizeof(all[0]) };
	PJ_CONTEXT *ctx = proj_context_create();
	char text[CRS_PIPELINE];

	(void)state;
	for (size_t a = 0; a < NR; a++)
		for (size_t b = 0; b < NR; b++) {
			double x[2][POINTS_NR], y[2][POINTS_NR];
			struct crs from = { "" }, to = { "" };
			struct crs_transform *t;
			struct error e = { 0 };
			PJ *pj;

			if (a == b)
				continue;
			snprintf(from.def, sizeof(from.def), "%s", all[a]);
			snprintf(to.def, sizeof(to.def), "%s", all[b]);
			assert_true(crs_pipeline(&from, &to, text));
			points_in(all[a], x[0], y[0]);
			memcpy(x[1], x[0], sizeof(x[0]));
			memcpy(y[1], y[0], sizeof(y[0]));
			pj = by_database(ctx, all[a], all[b]);
			proj_trans_generic(pj, PJ_FWD, x[0], sizeof(double), POINTS_NR, y[0],
					   sizeof(double), POINTS_NR, NULL, 0, 0, NULL, 0, 0);
			proj_destroy(pj);
			if (crs_transform_new(&t, &from, &to, &e))
				fail_msg("%s", e.text);
			crs_transform_points(t, POINTS_NR, x[1], y[1]);
			crs_transform_free(t);
			for (int i = 0; i < POINTS_NR; i++)
				if (isfinite(x[0][i]) || isfinite(x[1][i])) {
					assert_memory_equal(&x[0][i], &x[1][i], sizeof(double));
					assert_memory_equal(&y[0][i], &y[1][i], sizeof(double));
				}
		}
	proj_context_destroy(ctx);
}

static void the_database_is_asked_of_all_else(void **state)
{
	static const char *const others[] = {
		"EPSG:3857",
		"EPSG:28413",
		"+proj=laea +lat_0=46 +lon_0=76.3 +ellps=krass +units=m",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=km",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +towgs84=1,2,3 +units=m",
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +axis=neu +units=m",
		"+proj=laea +lat_0=46x +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=somerc +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m",
		"+lat_0=46 +datum=WGS84",
	};
	char text[CRS_PIPELINE];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct crs crs = { "" };

		snprintf(crs.def, sizeof(crs.def), "%s", others[i]);
		assert_false(crs_pipeline(&crs, &CRS_LONLAT, text));
		assert_false(crs_pipeline(&CRS_LONLAT, &crs, text));
	}
	assert_false(crs_pipeline(&CRS_LONLAT, &CRS_LONLAT, text));
}

static void wkt_is_what_gdal_makes_of_it(void **state)
{
	static const char *const options[] = { "FORMAT=WKT2_2019", "MULTILINE=NO", NULL };
	static const char *const defs[] = {
		"+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=-16.25 +lon_0=-69.4 +datum=WGS84 +units=m",
		"+proj=aea +lat_0=30 +lon_0=95 +lat_1=15 +lat_2=65 +datum=WGS84 +units=m",
		"+proj=tmerc +lat_0=0 +lon_0=75 +k=0.9996 +x_0=500000 +datum=WGS84 +units=m",
		"+proj=laea +lat_0=46 +lon_0=76.3 +ellps=krass +units=m",
		"EPSG:32643",
		"EPSG:28413",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(defs) / sizeof(defs[0]); i++) {
		OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
		struct crs crs = { "" };
		char *wanted = NULL, *wkt;
		struct error e;

		snprintf(crs.def, sizeof(crs.def), "%s", defs[i]);
		assert_int_equal(OSRSetFromUserInput(srs, crs.def), OGRERR_NONE);
		assert_int_equal(OSRExportToWktEx(srs, &wanted, options), OGRERR_NONE);
		if (crs_wkt2(&crs, &wkt, &e))
			fail_msg("%s", e.text);
		assert_string_equal(wkt, wanted);
		free(wkt);
		CPLFree(wanted);
		OSRDestroySpatialReference(srs);
	}
}

static void there_is_no_wkt_of_what_is_no_crs(void **state)
{
	struct crs crs = { "+proj=laea +lat_0=99999 +lat_0=x +datum=none" };
	struct error e;
	char *wkt;

	(void)state;
	assert_int_equal(crs_wkt2(&crs, &wkt, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_null(wkt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_database_the_same_to_the_last_bit),
		cmocka_unit_test(the_database_is_asked_of_all_else),
		cmocka_unit_test(wkt_is_what_gdal_makes_of_it),
		cmocka_unit_test(there_is_no_wkt_of_what_is_no_crs),
		cmocka_unit_test(one_spelling),
		cmocka_unit_test(refuses_what_is_no_metric_crs),
		cmocka_unit_test(survives_a_geotiff),
		cmocka_unit_test(agrees_with_snyder),
		cmocka_unit_test(goes_there_and_back),
		cmocka_unit_test(takes_x_before_y_everywhere),
		cmocka_unit_test(marks_points_that_have_no_place),
		cmocka_unit_test(refuses_unknown_shifts),
		cmocka_unit_test(areal_scale_is_map_over_ground),
		cmocka_unit_test(zones),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
