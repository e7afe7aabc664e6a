/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include <cpl_conv.h>
#include <ogr_api.h>

#include "pipeline/io/vectors.h"
#include "pipeline/tests/result_maker.h"

/* 2020-01-02T03:04:05Z */
#define WHEN 1577934245

static const struct crs utm = { "EPSG:32643" };

/* An open line and a ring of n points each. */
static struct lines some_lines(size_t n)
{
	struct lines l = { .points = calloc(2 * n, sizeof(*l.points)),
			   .starts = calloc(3, sizeof(*l.starts)),
			   .closed = calloc(2, sizeof(*l.closed)),
			   .nr = 2 };

	for (size_t i = 0; i < 2 * n; i++)
		l.points[i] = (struct point){ 300000 + (double)(i * i % 977), 5000000 + (double)i };
	l.starts[1] = n;
	l.starts[2] = 2 * n;
	l.closed[1] = true;
	return l;
}

static int write_lines(const char *path, const struct lines *l, const struct crs *crs,
		       struct error *e)
{
	const struct vectors_spec spec = { VECTORS_GEOPACKAGE, path, crs, WHEN, NULL, NULL, false };
	struct vectors *v = NULL;
	int ret = vectors_create(&v, &spec, e);

	if (!ret)
		ret = vectors_add_lines(v, "after", "2020", l, (struct vectors_colour){ 1, 2, 3 },
					e);
	if (!ret)
		ret = vectors_finish(v, e);
	vectors_free(v);
	return ret;
}

/* The only value of the first row that a query gives; to be freed. */
static char *query(const char *path, const char *sql)
{
	const char *const drivers[] = { "GPKG", NULL };
	GDALDatasetH d = GDALOpenEx(path, GDAL_OF_VECTOR, drivers, NULL, NULL);
	OGRLayerH rows = GDALDatasetExecuteSQL(d, sql, NULL, NULL);
	OGRFeatureH f = OGR_L_GetNextFeature(rows);
	char *value = strdup(OGR_F_GetFieldAsString(f, 0));

	OGR_F_Destroy(f);
	GDALDatasetReleaseResultSet(d, rows);
	GDALClose(d);
	return value;
}

static void check_query(const char *path, const char *sql, const char *want)
{
	char *value = query(path, sql);

	assert_string_equal(value, want);
	free(value);
}

static void tables_hold_no_time_of_processing(void **state)
{
	struct bench b;
	struct lines l = some_lines(5);
	struct error e = { 0 };
	const char *path;

	(void)state;
	bench_open(&b);
	path = bench_path(&b, "x.gpkg");
	assert_int_equal(write_lines(path, &l, &utm, &e), 0);
	check_query(path,
		    "SELECT CAST(last_change AS TEXT) FROM gpkg_contents WHERE "
		    "table_name = 'after'",
		    "2020-01-02T03:04:05Z");
	check_query(path, "SELECT COUNT(DISTINCT last_change) FROM gpkg_contents", "1");
	check_query(path, "SELECT CAST(update_time AS TEXT) FROM layer_styles",
		    "2020-01-02T03:04:05.000Z");
	check_query(path,
		    "SELECT COUNT(*) FROM gpkg_extensions WHERE extension_name = "
		    "'gpkg_rtree_index'",
		    "1");
	check_query(path,
		    "SELECT organization_coordsys_id FROM gpkg_spatial_ref_sys r JOIN "
		    "gpkg_contents c ON r.srs_id = c.srs_id WHERE table_name = 'after'",
		    "32643");
	/* Nothing of it stays behind in the thread. */
	assert_null(CPLGetConfigOption("OGR_CURRENT_DATE", NULL));
	lines_release(&l);
	bench_close(&b);
}

static void rings_repeat_their_first_point(void **state)
{
	struct bench b;
	struct lines l = some_lines(5);
	struct error e = { 0 };
	const char *const drivers[] = { "GPKG", NULL };
	GDALDatasetH d;
	OGRLayerH layer;

	(void)state;
	bench_open(&b);
	assert_int_equal(write_lines(bench_path(&b, "x.gpkg"), &l, &utm, &e), 0);
	d = GDALOpenEx(bench_path(&b, "x.gpkg"), GDAL_OF_VECTOR, drivers, NULL, NULL);
	layer = GDALDatasetGetLayerByName(d, "after");
	for (size_t i = 0; i < 2; i++) {
		OGRFeatureH f = OGR_L_GetNextFeature(layer);
		OGRGeometryH g = OGR_F_GetGeometryRef(f);

		assert_int_equal(OGR_G_GetPointCount(g), 5 + i);
		assert_true(OGR_G_GetX(g, 0) == l.points[5 * i].x);
		assert_true(OGR_G_GetY(g, 4) == l.points[5 * i + 4].y);
		assert_int_equal(OGR_F_GetFieldAsInteger(f, 1), i);
		assert_true(OGR_F_GetFieldAsDouble(f, 2) == lines_length(&l, i));
		OGR_F_Destroy(f);
	}
	GDALClose(d);
	lines_release(&l);
	bench_close(&b);
}

static void a_layer_may_be_empty(void **state)
{
	struct bench b;
	struct lines none = { 0 };
	struct error e = { 0 };

	(void)state;
	bench_open(&b);
	assert_int_equal(write_lines(bench_path(&b, "x.gpkg"), &none, &utm, &e), 0);
	check_query(bench_path(&b, "x.gpkg"), "SELECT COUNT(*) FROM after", "0");
	bench_close(&b);
}

/* A disk that is full after 200 KiB: the same error comes out of write(). */
static void a_full_disk_leaves_no_file(void **state)
{
	struct bench b;
	struct lines l = some_lines(100000);
	struct error e = { 0 };
	struct rlimit was, now;

	(void)state;
	bench_open(&b);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	now = (struct rlimit){ 200 << 10, was.rlim_max };
	setrlimit(RLIMIT_FSIZE, &now);
	assert_int_equal(write_lines(bench_path(&b, "x.gpkg"), &l, &utm, &e), -1);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(e.code, ERROR_IO);
	assert_int_equal(access(bench_path(&b, "x.gpkg"), F_OK), -1);
	lines_release(&l);
	bench_close(&b);
}

static void what_cannot_be_made_is_refused(void **state)
{
	struct bench b;
	struct lines l = some_lines(5);
	struct error e = { 0 };

	(void)state;
	bench_open(&b);
	assert_int_equal(write_lines(bench_path(&b, "no/x.gpkg"), &l, &utm, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_int_equal(write_lines(bench_path(&b, "x.gpkg"), &l, &(struct crs){ "EPSG:1" }, &e),
			 -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_int_equal(access(bench_path(&b, "x.gpkg"), F_OK), -1);
	bench_write(bench_path(&b, "x.gpkg"), "mine", 4);
	assert_int_equal(write_lines(bench_path(&b, "x.gpkg"), &l, &utm, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_int_equal(access(bench_path(&b, "x.gpkg"), F_OK), 0);
	lines_release(&l);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_hold_no_time_of_processing),
		cmocka_unit_test(rings_repeat_their_first_point),
		cmocka_unit_test(a_layer_may_be_empty),
		cmocka_unit_test(a_full_disk_leaves_no_file),
		cmocka_unit_test(what_cannot_be_made_is_refused),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
