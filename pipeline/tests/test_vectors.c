/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cpl_conv.h>
#include <ogr_api.h>

#include "pipeline/io/vectors.h"
#include "pipeline/tests/effort.h"
#include "pipeline/tests/result_maker.h"

/* 2020-01-02T03:04:05Z */
#define WHEN 1577934245

/* What a double cannot hold. */
#define LARGE INT64_C(9007199254740993)

/* An equal-area grid without an EPSG code. */
static const struct crs laea = {
	"+proj=laea +lat_0=46.2 +lon_0=75.2 +datum=WGS84 +units=m +no_defs"
};

static const char strange[] = "Балқаш \"x\"'; DROP TABLE before; --";

/* All types of fields; a NULL in each but the first. */
static const struct vectors_field fields[] = {
	{ "id", VECTORS_INTEGER, "Number" }, { "rate", VECTORS_REAL, "Metres a year, \"so\"" },
	{ "жыл'\"", VECTORS_TEXT, NULL },    { "good", VECTORS_BOOLEAN, "Number" },
	{ "day", VECTORS_DATE, NULL },	     { "seen", VECTORS_DATETIME, NULL },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct point corners[] = {
	{ 0, 0 },    { 0, 9000 },    { 9000, 9000 }, { 9000, 0 }, /* clockwise */
	{ 10, 10 },  { 4000, 10.5 }, { 4000, 4000 },		  /* a hole, counter-clockwise */
	{ 9500, 0 }, { 9600, 100 },  { 9700, 0 },		  /* another polygon, clockwise */
};

static void fill(struct vectors_value values[FIELDS], size_t row)
{
	values[0] = vectors_integer(LARGE - (int64_t)row);
	values[1] = vectors_real(row ? NAN : -1.25);
	values[2] = vectors_text(row ? NULL : strange);
	values[3] = row ? vectors_null(VECTORS_BOOLEAN) : vectors_boolean(true);
	values[4] = row ? vectors_null(VECTORS_DATE) : vectors_date(WHEN);
	values[5] = row ? vectors_null(VECTORS_DATETIME) : vectors_datetime(WHEN);
}

/* A layer of n rows, the second without geometry. */
static int add_layer(struct vectors *v, const char *name, enum vectors_kind kind, size_t n,
		     struct error *e)
{
	static const size_t parts[] = { 0, 1, 1, 2, 3 };
	static const size_t starts[][4] = {
		{ 0 }, { 0, 1 }, { 0, 4 }, { 0, 4, 7 }, { 0, 4, 7, 10 }
	};
	static const bool outlines[] = { true, false, true };
	const struct vectors_layer layer = { name, "What it is", kind, fields, FIELDS };
	struct vectors_shape shape = { corners, starts[kind], parts[kind], false, outlines };
	struct vectors_value values[FIELDS];
	char *style = vectors_point_style((struct vectors_colour){ 1, 2, 3 });
	int ret = vectors_begin(v, &layer, e);

	for (size_t i = 0; !ret && i < n; i++) {
		fill(values, i);
		ret = vectors_add(v, kind == VECTORS_NONE || i == 1 ? NULL : &shape, values, e);
	}
	if (!ret)
		ret = vectors_end(v, kind == VECTORS_NONE ? NULL : style, e);
	free(style);
	return ret;
}

static struct vectors *create(const struct bench *b, enum vectors_target target, const char *name)
{
	const struct vectors_spec spec = { target, bench_path(b, name), &laea, WHEN, NULL, NULL,
					   false };
	struct error e = { 0 };
	struct vectors *v = NULL;

	if (vectors_create(&v, &spec, &e))
		print_message("# %s\n", e.text);
	assert_non_null(v);
	return v;
}

/* A layer of each kind. */
static void write_all(const struct bench *b, enum vectors_target target, const char *name, size_t n)
{
	struct vectors *v = create(b, target, name);
	struct error e = { 0 };

	if (add_layer(v, "points", VECTORS_POINT, n, &e) ||
	    add_layer(v, "lines", VECTORS_LINE, n, &e) ||
	    add_layer(v, strchr(name, '.') ? strange : "polygons", VECTORS_POLYGON, n, &e) ||
	    add_layer(v, "multipolygons", VECTORS_MULTIPOLYGON, n, &e) ||
	    add_layer(v, "series", VECTORS_NONE, n, &e) || vectors_finish(v, &e))
		fail_msg("%s", e.text);
	vectors_free(v);
}

static GDALDatasetH open_set(const struct bench *b, const char *name)
{
	const char *const drivers[] = { "GPKG", "GeoJSON", NULL };
	GDALDatasetH d = GDALOpenEx(bench_path(b, name), GDAL_OF_VECTOR, drivers, NULL, NULL);

	assert_non_null(d);
	return d;
}

static char *query(const struct bench *b, const char *name, const char *sql)
{
	GDALDatasetH d = open_set(b, name);
	OGRLayerH rows = GDALDatasetExecuteSQL(d, sql, NULL, NULL);
	OGRFeatureH f = OGR_L_GetNextFeature(rows);
	char *value = strdup(f ? OGR_F_GetFieldAsString(f, 0) : "(none)");

	OGR_F_Destroy(f);
	GDALDatasetReleaseResultSet(d, rows);
	GDALClose(d);
	return value;
}

static void check_query(const struct bench *b, const char *name, const char *sql, const char *want)
{
	char *value = query(b, name, sql);

	assert_string_equal(value, want);
	free(value);
}

/* The values of fill(), as any driver reads them. */
static void check_row(OGRFeatureH f, size_t row, bool plain)
{
	static const char *const want[] = {
		"9007199254740993", "-1.25", strange, "1", "2020/01/02", "2020/01/02 03:04:05+00"
	};

	assert_non_null(f);
	assert_int_equal(OGR_F_GetFID(f), row + 1);
	assert_int_equal(OGR_F_GetFieldAsInteger64(f, 0), LARGE - (int64_t)row);
	for (int k = 1; k < (int)FIELDS; k++) {
		assert_string_equal(OGR_Fld_GetNameRef(OGR_F_GetFieldDefnRef(f, k)),
				    fields[k].name);
		assert_int_equal(OGR_F_IsFieldNull(f, k), row != 0);
		if (!row && k != 3)
			assert_string_equal(OGR_F_GetFieldAsString(f, k), want[k]);
	}
	assert_int_equal(OGR_F_GetGeometryRef(f) == NULL, plain || row == 1);
	OGR_F_Destroy(f);
}

static void rows_come_back_as_they_were(void **state)
{
	static const char *const layers[] = { "points", "lines", strange, "multipolygons",
					      "series" };
	struct bench b;
	GDALDatasetH d;

	(void)state;
	bench_open(&b);
	write_all(&b, VECTORS_GEOPACKAGE, "x.gpkg", 3);
	d = open_set(&b, "x.gpkg");
	assert_int_equal(GDALDatasetGetLayerCount(d), 6);
	for (size_t k = 0; k < 5; k++) {
		OGRLayerH layer = GDALDatasetGetLayerByName(d, layers[k]);

		assert_non_null(layer);
		for (size_t i = 0; i < 3; i++)
			check_row(OGR_L_GetNextFeature(layer), i, k == 4);
		assert_null(OGR_L_GetNextFeature(layer));
	}
	GDALClose(d);
	check_query(&b, "x.gpkg", "SELECT COUNT(*) FROM layer_styles WHERE useAsDefault", "4");
	check_query(&b, "x.gpkg", "SELECT substr(styleQML, 1, 14) FROM layer_styles",
		    "<!DOCTYPE qgis");
	check_query(&b, "x.gpkg",
		    "SELECT COUNT(*) FROM gpkg_extensions WHERE extension_name = "
		    "'gpkg_rtree_index'",
		    "4");
	check_query(&b, "x.gpkg",
		    "SELECT description FROM gpkg_data_columns WHERE table_name = 'lines' AND "
		    "column_name = 'rate'",
		    "Metres a year, \"so\"");
	check_query(&b, "x.gpkg",
		    "SELECT description FROM gpkg_contents WHERE table_name = 'lines'",
		    "What it is");
	bench_close(&b);
}

static void the_same_content_gives_the_same_bytes(void **state)
{
	static const char *const pairs[][2] = { { "a.gpkg", "b.gpkg" },
						{ "apoints.geojson", "bpoints.geojson" },
						{ "apolygons.geojson", "bpolygons.geojson" } };
	char hex[2][SHA256_HEX];
	struct error e = { 0 };
	struct bench b;

	(void)state;
	bench_open(&b);
	write_all(&b, VECTORS_GEOPACKAGE, "a.gpkg", 5);
	write_all(&b, VECTORS_GEOJSON, "a", 5);
	sleep(1);
	write_all(&b, VECTORS_GEOPACKAGE, "b.gpkg", 5);
	write_all(&b, VECTORS_GEOJSON, "b", 5);
	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
		for (int i = 0; i < 2; i++)
			assert_int_equal(file_sha256(bench_path(&b, pairs[k][i]), hex[i], &e), 0);
		assert_string_equal(hex[0], hex[1]);
	}
	bench_close(&b);
}

/* Signed area, positive where counter-clockwise. */
static double ring_area(OGRGeometryH polygon, int k)
{
	OGRGeometryH ring = OGR_G_GetGeometryRef(polygon, k);
	double sum = 0;

	for (int i = 0; i + 1 < OGR_G_GetPointCount(ring); i++)
		sum += OGR_G_GetX(ring, i) * OGR_G_GetY(ring, i + 1) -
		       OGR_G_GetX(ring, i + 1) * OGR_G_GetY(ring, i);
	return sum / 2;
}

static void geojson_is_that_of_the_rfc(void **state)
{
	struct bench b;
	GDALDatasetH d;
	OGRFeatureH f;
	OGRGeometryH g;
	char *text;

	(void)state;
	bench_open(&b);
	write_all(&b, VECTORS_GEOJSON, "", 3);
	/* No geometry, no file. */
	assert_int_equal(access(bench_path(&b, "series.geojson"), F_OK), -1);
	text = bench_read(bench_path(&b, "points.geojson"));
	/* The origin of the projection is where it says that it is. */
	assert_non_null(strstr(text, "\"coordinates\":[75.2000000,46.2000000]"));
	assert_non_null(strstr(text, "\"geometry\":null"));
	assert_non_null(strstr(text, "\"rate\":null"));
	assert_null(strstr(text, "\"crs\""));
	free(text);
	d = open_set(&b, "polygons.geojson");
	for (size_t i = 0; i < 3; i++)
		check_row(OGR_L_GetNextFeature(GDALDatasetGetLayer(d, 0)), i, false);
	OGR_L_ResetReading(GDALDatasetGetLayer(d, 0));
	f = OGR_L_GetNextFeature(GDALDatasetGetLayer(d, 0));
	g = OGR_F_GetGeometryRef(f);
	assert_int_equal(OGR_G_GetGeometryCount(g), 2);
	assert_true(ring_area(g, 0) > 0 && ring_area(g, 1) < 0);
	assert_int_equal(OGR_G_GetPointCount(OGR_G_GetGeometryRef(g, 0)), 5);
	assert_true(OGR_G_IsValid(g));
	OGR_F_Destroy(f);
	GDALClose(d);
	bench_close(&b);
}

/* Polygons in one geometry: each with its own holes, in every target that is a file. */
static void multipolygons_are_polygons(void **state)
{
	static const char *const files[] = { "x.gpkg", "multipolygons.geojson" };
	struct bench b;

	(void)state;
	bench_open(&b);
	write_all(&b, VECTORS_GEOPACKAGE, "x.gpkg", 1);
	write_all(&b, VECTORS_GEOJSON, "", 1);
	for (size_t k = 0; k < 2; k++) {
		GDALDatasetH d = open_set(&b, files[k]);
		OGRFeatureH f = OGR_L_GetNextFeature(GDALDatasetGetLayerByName(d, "multipolygons"));
		OGRGeometryH g = OGR_F_GetGeometryRef(f);

		assert_int_equal(OGR_G_GetGeometryType(g), wkbMultiPolygon);
		assert_int_equal(OGR_G_GetGeometryCount(g), 2);
		assert_int_equal(OGR_G_GetGeometryCount(OGR_G_GetGeometryRef(g, 0)), 2);
		assert_int_equal(OGR_G_GetGeometryCount(OGR_G_GetGeometryRef(g, 1)), 1);
		assert_true(OGR_G_IsValid(g));
		if (k) {
			assert_true(ring_area(OGR_G_GetGeometryRef(g, 0), 0) > 0);
			assert_true(ring_area(OGR_G_GetGeometryRef(g, 0), 1) < 0);
			assert_true(ring_area(OGR_G_GetGeometryRef(g, 1), 0) > 0);
		}
		OGR_F_Destroy(f);
		GDALClose(d);
	}
	bench_close(&b);
}

/* Many rows for one transaction and one index. */
#define MANY (EFFORT_SANITIZED ? 10000 : 100000)

static void write_many(const struct bench *b, enum vectors_target target, const char *name)
{
	struct vectors *v = create(b, target, name);
	struct error e = { 0 };

	assert_int_equal(add_layer(v, "lines", VECTORS_LINE, MANY, &e), 0);
	assert_int_equal(vectors_finish(v, &e), 0);
	vectors_free(v);
}

static void many_rows(void **state)
{
	char all[20], shapes[20]; /* one row has none */
	struct bench b;

	(void)state;
	bench_open(&b);
	write_many(&b, VECTORS_GEOPACKAGE, "x.gpkg");
	write_many(&b, VECTORS_GEOJSON, "x");
	snprintf(all, sizeof(all), "%d", MANY);
	snprintf(shapes, sizeof(shapes), "%d", MANY - 1);
	check_query(&b, "x.gpkg", "SELECT COUNT(*) FROM lines", all);
	check_query(&b, "x.gpkg", "SELECT COUNT(*) FROM rtree_lines_geom", shapes);
	check_query(&b, "xlines.geojson", "SELECT COUNT(*) FROM lines", all);
	bench_close(&b);
}

/* Names of files in the folder of the bench. */
static size_t files_in(const struct bench *b)
{
	DIR *d = opendir(b->folder);
	size_t n = 0;

	for (struct dirent *entry = readdir(d); entry; entry = readdir(d))
		n += entry->d_name[0] != '.';
	closedir(d);
	return n;
}

static void check_full_disk(const struct bench *b, enum vectors_target target, const char *name)
{
	struct rlimit was, now;
	struct vectors *v = create(b, target, name);
	struct error e = { 0 };
	int ret;

	getrlimit(RLIMIT_FSIZE, &was);
	now = (struct rlimit){ 200 << 10, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &now);
	ret = add_layer(v, "lines", VECTORS_LINE, 20000, &e);
	if (!ret)
		ret = vectors_finish(v, &e);
	setrlimit(RLIMIT_FSIZE, &was);
	vectors_free(v);
	assert_int_equal(ret, -1);
	assert_int_equal(e.code, ERROR_IO);
	assert_int_equal(files_in(b), 0);
}

static void a_full_disk_leaves_no_file(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	signal(SIGXFSZ, SIG_IGN);
	check_full_disk(&b, VECTORS_GEOPACKAGE, "x.gpkg");
	check_full_disk(&b, VECTORS_GEOJSON, "x");
	bench_close(&b);
}

static void what_is_not_finished_is_taken_back(void **state)
{
	static const enum vectors_target targets[] = { VECTORS_GEOPACKAGE, VECTORS_GEOJSON };
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t k = 0; k < 2; k++) {
		struct error e = { 0 };
		struct vectors *v = create(&b, targets[k], "x.gpkg");

		assert_int_equal(add_layer(v, "lines", VECTORS_LINE, 9, &e), 0);
		vectors_free(v);
		assert_int_equal(files_in(&b), 0);
	}
	bench_close(&b);
}

/* A process that is killed before finish leaves no tables: its transaction was never ended. */
static void killed_midway_there_is_nothing_to_read(void **state)
{
	const char *const drivers[] = { "GPKG", NULL };
	struct bench b;
	GDALDatasetH d;
	int status;
	pid_t child;

	(void)state;
	bench_open(&b);
	child = fork();
	if (!child) {
		struct error e = { 0 };
		struct vectors *v = create(&b, VECTORS_GEOPACKAGE, "x.gpkg");

		if (add_layer(v, "lines", VECTORS_LINE, 30000, &e))
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	CPLPushErrorHandler(CPLQuietErrorHandler);
	d = GDALOpenEx(bench_path(&b, "x.gpkg"), GDAL_OF_VECTOR, drivers, NULL, NULL);
	CPLPopErrorHandler();
	assert_true(!d || GDALDatasetGetLayerCount(d) == 0);
	if (d)
		GDALClose(d);
	bench_close(&b);
}

static struct vectors_layer lines_layer(const char *name)
{
	return (struct vectors_layer){ name, "", VECTORS_LINE, fields, FIELDS };
}

static void names_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = { "", "a\nb", "\xff\xfe", "../x", ".x", "a/b" };
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		const struct vectors_layer layer = lines_layer(bad[k]);
		struct vectors *v = create(&b, VECTORS_GEOJSON, "");
		struct error e = { 0 };

		assert_int_equal(vectors_begin(v, &layer, &e), -1);
		assert_int_equal(e.code, ERROR_DATA);
		vectors_free(v);
	}
	assert_int_equal(files_in(&b), 0);
	bench_close(&b);
}

static void wrong_shapes_and_values_are_bugs(void **state)
{
	static const size_t starts[] = { 0, 1, 4 };
	const struct point nowhere[] = { { 0, 0 }, { NAN, 1 } };
	const size_t both[] = { 0, 2 };
	const struct vectors_shape shapes[] = {
		{ corners, starts, 1, false, NULL },
		{ corners, starts, 2, false, NULL },
		{ nowhere, both, 1, false, NULL },
	};
	const struct vectors_layer layer = lines_layer("lines");
	struct vectors_value values[FIELDS];
	struct error e = { 0 };
	struct vectors *v;
	struct bench b;

	(void)state;
	bench_open(&b);
	fill(values, 0);
	v = create(&b, VECTORS_GEOPACKAGE, "x.gpkg");
	assert_int_equal(vectors_begin(v, &layer, &e), 0);
	for (size_t k = 0; k < 3; k++) {
		assert_int_equal(vectors_add(v, &shapes[k], values, &e), -1);
		assert_int_equal(e.code, ERROR_BUG);
	}
	values[2] = vectors_text("\xff");
	assert_int_equal(vectors_add(v, NULL, values, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	values[2] = vectors_integer(1);
	assert_int_equal(vectors_add(v, NULL, values, &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	vectors_free(v);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back_as_they_were),
		cmocka_unit_test(the_same_content_gives_the_same_bytes),
		cmocka_unit_test(geojson_is_that_of_the_rfc),
		cmocka_unit_test(multipolygons_are_polygons),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(a_full_disk_leaves_no_file),
		cmocka_unit_test(what_is_not_finished_is_taken_back),
		cmocka_unit_test(killed_midway_there_is_nothing_to_read),
		cmocka_unit_test(names_that_are_none_are_refused),
		cmocka_unit_test(wrong_shapes_and_values_are_bugs),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
