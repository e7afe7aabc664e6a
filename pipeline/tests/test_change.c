/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include <cpl_minixml.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/io/result.h"
#include "pipeline/stage/stages.h"
#include "pipeline/tests/round_lake.h"

#define PI 3.14159265358979

static json_t *summary_of(const struct bench *b, const char *target)
{
	char name[100];
	json_t *json;

	snprintf(name, sizeof(name), "%s/summary.json", target);
	json = json_load_file(bench_path(b, name), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	return json;
}

/* A number of the whole: part "before", key "water_km2". */
static double whole(const json_t *summary, const char *part, const char *key)
{
	const json_t *area = json_array_get(json_object_get(summary, "areas"), 0);

	return json_number_value(json_object_get(json_object_get(area, part), key));
}

/* --- one comparison, looked at from all sides --- */

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct round_lake before = lake_of("before", "observation", 150);
	struct round_lake after = lake_of("after", "observation", 140);

	bench_open(b);
	*state = b;
	before.to = before.from;
	after.from = after.to = "2024-05-01";
	make(b, &before);
	make(b, &after);
	must_change(b, "before", "after", "shrunk");
	return 0;
}

static int tear_down(void **state)
{
	bench_close(*state);
	free(*state);
	return 0;
}

static void areas_are_met(void **state)
{
	json_t *s = summary_of(*state, "shrunk");
	double before = PI * 150 * 150 * PIXEL_KM2, after = PI * 140 * 140 * PIXEL_KM2;

	assert_true(fabs(whole(s, "before", "water_km2") / before - 1) < 0.0005);
	assert_true(fabs(whole(s, "after", "water_km2") / after - 1) < 0.0005);
	assert_true(fabs(whole(s, "change", "net_water_km2") / (after - before) - 1) < 0.0005);
	assert_true(whole(s, "change", "gain_km2") == 0);
	assert_true(fabs(whole(s, "change", "loss_km2") / (before - after) - 1) < 0.01);
	/* The rim that the shore moved through is mixed: with it the loss by fraction is the change itself. */
	assert_true(fabs(whole(s, "change", "loss_water_km2") / (before - after) - 1) < 0.0005);
	assert_true(whole(s, "change", "gain_water_km2") == 0);
	/* Errors of 0.05 px every 0.8 px make a line a little longer than the curve it follows. */
	assert_true(fabs(whole(s, "before", "shoreline_km") / (2 * PI * 150 * 0.03) - 1) < 0.01);
	assert_true(whole(s, "before", "seen_share") == 1);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(s, "method"), "delta_of")),
		"fraction");
	json_decref(s);
}

static void pixels_are_right(void **state)
{
	static uint8_t classes[SIDE * SIDE];
	static int16_t delta[SIDE * SIDE];
	struct result *r = NULL;
	struct raster *raster = NULL;
	struct error e = { 0 };
	struct rect all = { 0, 0, SIDE, SIDE };

	assert_int_equal(result_open(&r, bench_path(*state, "shrunk"), &e), 0);
	assert_string_equal(r->kind, "change");
	assert_int_equal(result_raster(r, "change", &raster, &e), 0);
	assert_int_equal(raster_read(raster, all, classes, &e), 0);
	raster_close(raster);
	assert_int_equal(result_raster(r, "delta", &raster, &e), 0);
	assert_int_equal(raster_read(raster, all, delta, &e), 0);
	raster_close(raster);
	assert_int_equal(classes[350 * SIDE + 350], CHANGE_WATER);
	assert_int_equal(classes[350 * SIDE + 350 + 145], CHANGE_LOSS);
	assert_int_equal(classes[5], CHANGE_LAND);
	assert_int_equal(delta[350 * SIDE + 350], 0);
	assert_int_equal(delta[350 * SIDE + 350 + 145], -100);
	assert_int_equal(result_verify(r, &e), 0);
	result_free(r);
}

static void item_says_what_it_is(void **state)
{
	struct result *r = NULL;
	struct error e = { 0 };
	const json_t *p;
	GDALDatasetH d;
	const char *const drivers[] = { "GTiff", NULL };

	assert_int_equal(result_open(&r, bench_path(*state, "shrunk"), &e), 0);
	p = json_object_get(r->item, "properties");
	assert_string_equal(r->id, "change_before_after");
	assert_string_equal(json_string_value(json_object_get(p, "start_datetime")),
			    "2014-05-01T00:00:00Z");
	assert_string_equal(json_string_value(json_object_get(p, "end_datetime")),
			    "2024-05-01T00:00:00Z");
	assert_int_equal(json_array_size(json_object_get(p, "balkhash:inputs")), 2);
	d = gdal_open(bench_path(*state, "shrunk/delta.tif"), drivers, &e);
	assert_string_equal(GDALGetMetadataItem(d, "DELTA_OF", NULL), "fraction");
	assert_string_equal(GDALGetMetadataItem(d, "BEFORE", NULL), "before");
	GDALClose(d);
	result_free(r);
}

static double layer_sum(OGRLayerH layer, const char *field, int *n)
{
	double sum = 0;
	OGRFeatureH f;

	*n = 0;
	OGR_L_ResetReading(layer);
	while ((f = OGR_L_GetNextFeature(layer))) {
		OGRGeometryH g = OGR_F_GetGeometryRef(f);

		assert_true(!g || OGR_G_IsValid(g));
		sum += OGR_F_GetFieldAsDouble(f, OGR_F_GetFieldIndex(f, field));
		OGR_F_Destroy(f);
		++*n;
	}
	return sum;
}

static GDALDatasetH open_vectors(const struct bench *b, const char *name)
{
	const char *const drivers[] = { "GPKG", NULL };
	GDALDatasetH d = GDALOpenEx(bench_path(b, name), GDAL_OF_VECTOR, drivers, NULL, NULL);

	assert_non_null(d);
	return d;
}

static void vectors_are_right(void **state)
{
	GDALDatasetH d = open_vectors(*state, "shrunk/shoreline.gpkg");
	json_t *s = summary_of(*state, "shrunk");
	OGRLayerH line = GDALDatasetGetLayerByName(d, "before");
	OGRLayerH polygon = GDALDatasetGetLayerByName(d, "change");
	OGRFeatureH f;
	int n;
	double km = layer_sum(line, "length_m", &n) / 1000;

	assert_int_equal(n, 1);
	assert_true(fabs(km - whole(s, "before", "shoreline_km")) < 1e-6);
	OGR_L_ResetReading(line);
	f = OGR_L_GetNextFeature(line);
	assert_int_equal(OGR_F_GetFieldAsInteger(f, OGR_F_GetFieldIndex(f, "closed")), 1);
	assert_true(OGR_G_IsRing(OGR_F_GetGeometryRef(f)));
	assert_string_equal(OGR_F_GetFieldAsString(f, OGR_F_GetFieldIndex(f, "period")),
			    "2014-05-01T00:00:00Z");
	OGR_F_Destroy(f);
	assert_true(fabs(layer_sum(polygon, "area_km2", &n) - whole(s, "change", "loss_km2")) <
		    1e-6);
	assert_true(n >= 1);
	assert_int_equal(OGR_L_TestCapability(line, OLCFastSpatialFilter), 1);
	GDALClose(d);
	json_decref(s);
}

static void styles_name_the_layers(void **state)
{
	static const char *const want[] = { "before", "after",	   "before_simple", "after_simple",
					    "change", "transects", "positions" };
	GDALDatasetH d = open_vectors(*state, "shrunk/shoreline.gpkg");
	OGRLayerH table = GDALDatasetGetLayerByName(d, "layer_styles");

	assert_int_equal(OGR_L_GetFeatureCount(table, 1), 7);
	for (int k = 0; k < 7; k++) {
		OGRFeatureH f = OGR_L_GetNextFeature(table);
		const char *qml = OGR_F_GetFieldAsString(f, OGR_F_GetFieldIndex(f, "styleQML"));
		CPLXMLNode *tree = CPLParseXMLString(qml);

		assert_string_equal(
			OGR_F_GetFieldAsString(f, OGR_F_GetFieldIndex(f, "f_table_name")), want[k]);
		assert_int_equal(OGR_F_GetFieldAsInteger(f, OGR_F_GetFieldIndex(f, "useAsDefault")),
				 1);
		assert_non_null(tree);
		assert_non_null(CPLSearchXMLNode(tree, "=renderer-v2"));
		CPLDestroyXMLNode(tree);
		OGR_F_Destroy(f);
	}
	GDALClose(d);
}

static void tables_are_readable(void **state)
{
	struct bench *b = *state;
	char *csv = bench_read(bench_path(b, "shrunk/summary.csv"));
	char *table = bench_read(bench_path(b, "stdout"));

	assert_memory_equal(csv, "area,part,class,quantity,value\n", 31);
	assert_non_null(strstr(csv, "\"whole\",before,\"open water\",pixels,"));
	assert_non_null(strstr(csv, "\"whole\",after,\"\",error.systematic_km2,"));
	assert_non_null(strstr(csv, "\"whole\",change,\"loss: became land\",km2,"));
	assert_non_null(strstr(table, "by fraction"));
	free(csv);
	free(table);
}

/* --- the same bytes --- */

static void check_same_file(const char *one, const char *two, const char *name)
{
	char *a = path_join(one, name), *b = path_join(two, name), x[SHA256_HEX], y[SHA256_HEX];
	struct error e = { 0 };

	if (file_sha256(a, x, &e) || file_sha256(b, y, &e))
		fail_msg("%s", e.text);
	if (strcmp(x, y) != 0)
		fail_msg("%s differs", name);
	free(a);
	free(b);
}

static void check_same_files(const struct bench *b, const char *one, const char *two)
{
	static const char *const names[] = { "change.tif",   "delta.tif",   "change.qml",
					     "delta.qml",    "item.json",   "shoreline.gpkg",
					     "summary.json", "summary.csv", "quicklook.png" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_same_file(bench_path(b, one), bench_path(b, two), names[i]);
}

static void threads_and_isa_leave_no_trace(void **state)
{
	struct bench *b = *state;

	b->options.threads = 1;
	b->context.kernels = kernels_find("scalar");
	must_change(b, "before", "after", "again");
	b->options.threads = 5;
	b->context.kernels = kernels_find(NULL);
	must_change(b, "before", "after", "many");
	b->options.threads = 2;
	check_same_files(b, "shrunk", "again");
	check_same_files(b, "shrunk", "many");
}

/* --- what is there already --- */

static void a_result_that_stands_is_left(void **state)
{
	struct bench *b = *state;
	struct stat was, is;
	struct error e = { 0 };
	char *first = bench_read(bench_path(b, "stdout")), *second;

	stat(bench_path(b, "shrunk/item.json"), &was);
	must_change(b, "before", "after", "shrunk");
	stat(bench_path(b, "shrunk/item.json"), &is);
	assert_memory_equal(&was.st_mtim, &is.st_mtim, sizeof(was.st_mtim));
	second = bench_read(bench_path(b, "stdout"));
	assert_string_equal(first, second);
	free(first);
	free(second);
	assert_int_equal(change(b, "after", "before", "shrunk", &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_non_null(strstr(e.text, "--overwrite"));
	b->options.overwrite = true;
	must_change(b, "after", "before", "shrunk");
	must_change(b, "before", "after", "shrunk");
	b->options.overwrite = false;
	stat(bench_path(b, "shrunk/item.json"), &is);
	assert_memory_not_equal(&was.st_mtim, &is.st_mtim, sizeof(was.st_mtim));
}

static void json_is_printed(void **state)
{
	struct bench *b = *state;
	json_t *printed, *written = summary_of(b, "shrunk");

	b->options.json = true;
	must_change(b, "before", "after", "shrunk");
	b->options.json = false;
	printed = json_load_file(bench_path(b, "stdout"), 0, NULL);
	assert_true(json_equal(printed, written));
	json_decref(printed);
	json_decref(written);
}

/* --- other pairs --- */

static void mosaics_are_compared_by_frequency(void **state)
{
	struct bench *b = *state;
	struct round_lake wide = lake_of("mosaic-1", "mosaic", 150);
	struct round_lake narrow = lake_of("mosaic-2", "mosaic", 100);
	static int16_t delta[SIDE];
	struct result *r = NULL;
	struct raster *raster = NULL;
	struct error e = { 0 };
	json_t *s;

	narrow.from = "2020-05-01";
	narrow.to = "2020-11-01";
	make(b, &wide);
	make(b, &narrow);
	must_change(b, "mosaic-1", "mosaic-2", "mosaics");
	assert_int_equal(result_open(&r, bench_path(b, "mosaics"), &e), 0);
	assert_int_equal(result_raster(r, "delta", &raster, &e), 0);
	assert_int_equal(raster_read(raster, (struct rect){ 0, 350, SIDE, 1 }, delta, &e), 0);
	assert_int_equal(delta[350 + 125], 20 - 80);
	assert_int_equal(delta[350], 0);
	raster_close(raster);
	result_free(r);
	must_change(b, "mosaic-1", "after", "mixed");
	s = summary_of(b, "mixed");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(s, "method"), "delta_of")),
		"fraction");
	json_decref(s);
}

static void check_seen_row(const struct bench *b, const char *target)
{
	static const struct {
		int32_t x;
		uint8_t value;
	} want[] = { { 250, CHANGE_NODATA }, { 255, CHANGE_NODATA }, { 256, CHANGE_WATER },
		     { 355, CHANGE_WATER },  { 356, CHANGE_NODATA }, { 365, CHANGE_NODATA },
		     { 366, CHANGE_WATER },  { 699, CHANGE_LAND },   { 700, CHANGE_NODATA } };
	static uint8_t classes[956];
	struct result *r = NULL;
	struct raster *raster = NULL;
	struct error e = { 0 };

	assert_int_equal(result_open(&r, bench_path(b, target), &e), 0);
	assert_int_equal(r->grid.width, 956);
	assert_int_equal(r->grid.height, SIDE);
	assert_true(r->grid.x0 == -10500);
	assert_int_equal(result_raster(r, "change", &raster, &e), 0);
	assert_int_equal(raster_read(raster, (struct rect){ 0, 350, 956, 1 }, classes, &e), 0);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(classes[want[i].x], want[i].value);
	raster_close(raster);
	result_free(r);
}

/* The eastern shore is where it is. */
static void check_eastmost(const struct bench *b, const char *file, const char *layer)
{
	GDALDatasetH d = open_vectors(b, file);
	OGREnvelope box;

	assert_int_equal(OGR_L_GetExtent(GDALDatasetGetLayerByName(d, layer), &box, 1),
			 OGRERR_NONE);
	assert_true(fabs(box.MaxX - (11 + 150 * 30)) < 3);
	assert_true(fabs(box.MaxY - (-7 + 150 * 30)) < 3);
	GDALClose(d);
}

/* One side lies 256 pixels to the right of the other and sees a part of the lake only. */
static void what_one_side_does_not_see_is_no_data(void **state)
{
	struct bench *b = *state;
	struct round_lake part = lake_of("part", "observation", 150);
	json_t *s;

	part.grid.x0 += 256 * 30;
	part.cloud_x = 100;
	part.from = part.to = "2016-05-01";
	make(b, &part);
	must_change(b, "before", "part", "union");
	must_change(b, "part", "before", "union-back");
	check_seen_row(b, "union");
	check_seen_row(b, "union-back");
	check_eastmost(b, "union/shoreline.gpkg", "before");
	check_eastmost(b, "union/shoreline.gpkg", "after");
	check_eastmost(b, "union-back/shoreline.gpkg", "after");
	s = summary_of(b, "shrunk");
	assert_int_equal(json_array_size(json_object_get(s, "warnings")), 0);
	json_decref(s);
	s = summary_of(b, "union");
	assert_int_equal(json_array_size(json_object_get(s, "warnings")), 1);
	assert_true(fabs(whole(s, "change", "compared_km2") - 434 * SIDE * PIXEL_KM2) < 1e-6);
	assert_true(whole(s, "change", "gain_km2") == 0);
	assert_true(whole(s, "change", "loss_km2") == 0);
	json_decref(s);
}

static void layers_can_be_left_out(void **state)
{
	static const char *const made[] = { "bare/change.tif", "bare/summary.json" };
	static const char *const left_out[] = { "bare/delta.tif", "bare/shoreline.gpkg",
						"bare/quicklook.png" };
	struct bench *b = *state;

	b->options.layers = strdup("change");
	must_change(b, "before", "after", "bare");
	free(b->options.layers);
	b->options.layers = NULL;
	for (int i = 0; i < 2; i++)
		assert_int_equal(access(bench_path(b, made[i]), F_OK), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(access(bench_path(b, left_out[i]), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_met),
		cmocka_unit_test(pixels_are_right),
		cmocka_unit_test(item_says_what_it_is),
		cmocka_unit_test(vectors_are_right),
		cmocka_unit_test(styles_name_the_layers),
		cmocka_unit_test(tables_are_readable),
		cmocka_unit_test(threads_and_isa_leave_no_trace),
		cmocka_unit_test(a_result_that_stands_is_left),
		cmocka_unit_test(json_is_printed),
		cmocka_unit_test(mosaics_are_compared_by_frequency),
		cmocka_unit_test(what_one_side_does_not_see_is_no_data),
		cmocka_unit_test(layers_can_be_left_out),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
