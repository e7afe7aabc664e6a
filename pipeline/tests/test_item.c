/* SPDX-License-Identifier: Apache-2.0
 *
 * item.json says what STAC and its extensions want, in the same bytes every
 * time; unit ids change with what they are made of and with nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "pipeline/base/utc.h"
#include "pipeline/tests/result_maker.h"

#define LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

static struct point square(double x, double y, double side, int corner)
{
	return (struct point){ x + (corner == 1 || corner == 2 ? side : 0),
			       y + (corner >= 2 ? side : 0) };
}

/* A square ring from its lower left corner, counter-clockwise or clockwise. */
static void add_square(struct polygon *p, double x, double y, double side, bool clockwise)
{
	struct point ring[4];
	struct error e;

	for (int i = 0; i < 4; i++)
		ring[i] = square(x, y, side, clockwise ? 3 - i : i);
	assert_int_equal(polygon_add(p, ring, 4, &e), 0);
}

/* An item of one class layer, one bit field, one real layer and a picture, written and read. */
struct fixture {
	struct bench bench;
	struct polygon footprint;
	struct item_asset assets[4];
	struct item item;
};

static void fixture_open(struct fixture *f)
{
	static const char *const sources[] = { "LC09_A", "LC09_B" };

	memset(f, 0, sizeof(*f));
	bench_open(&f->bench);
	add_square(&f->footprint, 76, 45, 1, true);
	f->assets[0] = (struct item_asset){
		.file = "water.tif",
		.layer = layer_find("water"),
		.statistics = { .valid = 3,
				.total = 4,
				.min = 0,
				.max = 253,
				.mean = 2.0 / 3,
				.stddev = 1.0 / 3 },
	};
	f->assets[1] = (struct item_asset){
		.file = "why.tif",
		.layer = layer_find("why"),
		.statistics = { .valid = 4, .total = 4, .max = 3000000000.0, .mean = 5 },
	};
	f->assets[2] = (struct item_asset){
		.file = "mndwi.tif",
		.layer = layer_find("mndwi"),
		.statistics = { .valid = 0,
				.total = 4,
				.min = NAN,
				.max = NAN,
				.mean = NAN,
				.stddev = NAN },
	};
	f->assets[3] = (struct item_asset){ .file = "quicklook.png",
					    .title = "Quicklook",
					    .media_type = "image/png",
					    .role = "thumbnail" };
	for (int i = 0; i < 4; i++)
		bench_write(bench_path(&f->bench, f->assets[i].file), "abc", 3);
	f->item = (struct item){
		.kind = "observation",
		.id = "LC09_TEST",
		.time = 1720762933,
		.time_end = 1720762933,
		.grid = { { "EPSG:32643" }, 300000.5, 5100000, 30, 60, 20, 10 },
		.footprint = &f->footprint,
		.properties =
			json_pack("{s:s, s:f, s:s}", "balkhash:unit", "ab", "view:sun_elevation",
				  61.5, "balkhash:kind", "something else"),
		.derived_from = sources,
		.derived_from_nr = 2,
		.assets = f->assets,
		.assets_nr = 4,
	};
}

static void fixture_close(struct fixture *f)
{
	json_decref(f->item.properties);
	polygon_release(&f->footprint);
	bench_close(&f->bench);
}

static json_t *written(struct fixture *f)
{
	struct error e = { 0 };
	json_error_t why;
	json_t *root;

	unlink(bench_path(&f->bench, "item.json"));
	if (item_write(f->bench.folder, &f->item, &e))
		fail_msg("%s", e.text);
	root = json_load_file(bench_path(&f->bench, "item.json"), JSON_REJECT_DUPLICATES, &why);
	assert_non_null(root);
	return root;
}

/* Part of a JSON text by keys, in the short form. */
static void assert_part(json_t *root, const char *key1, const char *key2, const char *expected)
{
	json_t *part = json_object_get(root, key1);
	char *text;

	part = key2 ? json_object_get(part, key2) : part;
	text = json_dumps(part, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void the_frame(void **state)
{
	struct fixture f;
	json_t *root;

	(void)state;
	fixture_open(&f);
	root = written(&f);
	assert_part(root, "type", NULL, "\"Feature\"");
	assert_part(root, "stac_version", NULL, "\"1.0.0\"");
	assert_part(root, "id", NULL, "\"LC09_TEST\"");
	assert_part(root, "bbox", NULL, "[76.0,45.0,77.0,46.0]");
	assert_part(root, "properties", "datetime", "\"2024-07-12T05:42:13Z\"");
	assert_part(root, "properties", "proj:epsg", "32643");
	assert_part(root, "properties", "proj:code", "\"EPSG:32643\"");
	assert_part(root, "properties", "proj:shape", "[10,20]");
	assert_part(root, "properties", "proj:transform",
		    "[30.0,0.0,300000.5,0.0,-60.0,5100000.0]");
	assert_part(root, "properties", "balkhash:crs", "\"EPSG:32643\"");
	assert_part(root, "properties", "balkhash:unit", "\"ab\"");
	/* What this program says of itself is not for a caller to change. */
	assert_part(root, "properties", "balkhash:kind", "\"observation\"");
	assert_part(root, "links", NULL,
		    "[{\"rel\":\"derived_from\",\"href\":\"LC09_A\"},"
		    "{\"rel\":\"derived_from\",\"href\":\"LC09_B\"}]");
	assert_int_equal(json_array_size(json_object_get(root, "stac_extensions")), 6);
	json_decref(root);
	fixture_close(&f);
}

static void a_period(void **state)
{
	struct fixture f;
	json_t *root;

	(void)state;
	fixture_open(&f);
	f.item.time = 1714521600;
	f.item.time_end = 1730419200;
	root = written(&f);
	assert_part(root, "properties", "datetime", "null");
	assert_part(root, "properties", "start_datetime", "\"2024-05-01T00:00:00Z\"");
	assert_part(root, "properties", "end_datetime", "\"2024-11-01T00:00:00Z\"");
	json_decref(root);
	fixture_close(&f);
}

static void a_crs_without_a_code(void **state)
{
	struct fixture f;
	json_t *root;
	const char *wkt;

	(void)state;
	fixture_open(&f);
	strcpy(f.item.grid.crs.def, LAEA);
	root = written(&f);
	assert_part(root, "properties", "proj:epsg", "null");
	assert_null(json_object_get(json_object_get(root, "properties"), "proj:code"));
	wkt = json_string_value(json_object_get(json_object_get(root, "properties"), "proj:wkt2"));
	assert_non_null(wkt);
	assert_memory_equal(wkt, "PROJCRS[", 8);
	assert_non_null(strstr(wkt, "Lambert Azimuthal Equal Area"));
	assert_null(strchr(wkt, '\n'));
	json_decref(root);
	fixture_close(&f);
}

static json_t *asset(json_t *root, const char *name)
{
	return json_object_get(json_object_get(root, "assets"), name);
}

static void class_asset(void **state)
{
	struct fixture f;
	json_t *root, *a, *class;

	(void)state;
	fixture_open(&f);
	root = written(&f);
	a = asset(root, "water");
	assert_part(a, "href", NULL, "\"./water.tif\"");
	assert_part(a, "type", NULL,
		    "\"image/tiff; application=geotiff; profile=cloud-optimized\"");
	assert_part(a, "roles", NULL, "[\"data\"]");
	assert_part(a, "raster:bands", NULL,
		    "[{\"data_type\":\"uint8\",\"nodata\":255,\"statistics\":{\"minimum\":0,"
		    "\"maximum\":253,\"mean\":0.666666667,\"stddev\":0.333333333,"
		    "\"valid_percent\":75.0}}]");
	assert_part(a, "file:size", NULL, "3");
	/* SHA-256 of "abc": FIPS 180-4, appendix B.1 of its 2002 edition. */
	assert_part(a, "file:checksum", NULL,
		    "\"1220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
	class = json_array_get(json_object_get(a, "classification:classes"), 1);
	assert_part(class, "value", NULL, "1");
	assert_part(class, "description", NULL, "\"open water\"");
	assert_part(class, "color_hint", NULL, "\"0000FF\"");
	json_decref(root);
	fixture_close(&f);
}

static void other_assets(void **state)
{
	struct fixture f;
	json_t *root, *a, *bit;

	(void)state;
	fixture_open(&f);
	root = written(&f);
	a = asset(root, "why");
	bit = json_array_get(json_object_get(a, "classification:bitfields"), 3);
	assert_part(bit, "offset", NULL, "3");
	assert_part(bit, "length", NULL, "1");
	assert_int_equal(json_array_size(json_object_get(bit, "classes")), 2);
	assert_part(json_array_get(json_object_get(a, "raster:bands"), 0), "statistics", "maximum",
		    "3000000000");
	/* A layer without a valid pixel has no minimum, and NaN is no JSON. */
	assert_part(asset(root, "mndwi"), "raster:bands", NULL,
		    "[{\"data_type\":\"int16\",\"nodata\":-32768,\"unit\":\"1\",\"scale\":0.0001,"
		    "\"offset\":0.0,\"statistics\":{\"valid_percent\":0.0}}]");
	a = asset(root, "quicklook.png");
	assert_part(a, "roles", NULL, "[\"thumbnail\"]");
	assert_part(a, "title", NULL, "\"Quicklook\"");
	assert_null(json_object_get(a, "raster:bands"));
	json_decref(root);
	fixture_close(&f);
}

/* RFC 7946: shells counter-clockwise, holes clockwise, an island in a hole is a shell. */
static void geometry(void **state)
{
	struct fixture f;
	json_t *root;

	(void)state;
	fixture_open(&f);
	root = written(&f);
	assert_part(root, "geometry", NULL,
		    "{\"type\":\"Polygon\",\"coordinates\":[[[76.0,46.0],[76.0,45.0],[77.0,45.0],"
		    "[77.0,46.0],[76.0,46.0]]]}");
	json_decref(root);

	polygon_release(&f.footprint);
	add_square(&f.footprint, 4, 4, 1, false);  /* island in the hole */
	add_square(&f.footprint, 3, 3, 4, false);  /* hole */
	add_square(&f.footprint, 1, 1, 8, true);   /* shell */
	add_square(&f.footprint, 20, 1, 2, false); /* another */
	root = written(&f);
	assert_part(root, "bbox", NULL, "[1.0,1.0,22.0,9.0]");
	assert_part(root, "geometry", "coordinates",
		    "[[[[4.0,4.0],[5.0,4.0],[5.0,5.0],[4.0,5.0],[4.0,4.0]]],"
		    "[[[1.0,9.0],[1.0,1.0],[9.0,1.0],[9.0,9.0],[1.0,9.0]],"
		    "[[3.0,3.0],[3.0,7.0],[7.0,7.0],[7.0,3.0],[3.0,3.0]]],"
		    "[[[20.0,1.0],[22.0,1.0],[22.0,3.0],[20.0,3.0],[20.0,1.0]]]]");
	json_decref(root);
	fixture_close(&f);
}

static void same_bytes(void **state)
{
	struct fixture f;
	char *first, *second;

	(void)state;
	fixture_open(&f);
	json_decref(written(&f));
	first = bench_read(bench_path(&f.bench, "item.json"));
	json_decref(written(&f));
	second = bench_read(bench_path(&f.bench, "item.json"));
	assert_string_equal(first, second);
	assert_null(strstr(first, f.bench.folder));
	free(first);
	free(second);
	fixture_close(&f);
}

static void a_missing_asset(void **state)
{
	struct fixture f;
	struct error e = { 0 };

	(void)state;
	fixture_open(&f);
	unlink(bench_path(&f.bench, "why.tif"));
	assert_int_equal(item_write(f.bench.folder, &f.item, &e), -1);
	assert_int_equal(e.code, ERROR_IO);
	assert_non_null(strstr(e.text, "why.tif"));
	assert_int_not_equal(access(bench_path(&f.bench, "item.json"), F_OK), 0);
	fixture_close(&f);
}

static void an_unknown_crs(void **state)
{
	struct fixture f;
	struct error e = { 0 };

	(void)state;
	fixture_open(&f);
	strcpy(f.item.grid.crs.def, "+proj=nonsense");
	assert_int_equal(item_write(f.bench.folder, &f.item, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	fixture_close(&f);
}

static void unit_of(const char *inputs, const char *options, char *hex)
{
	json_t *a = json_loads(inputs, 0, NULL), *b = json_loads(options, 0, NULL);
	struct error e = { 0 };

	assert_int_equal(item_unit(a, b, hex, &e), 0);
	json_decref(a);
	json_decref(b);
}

static void units(void **state)
{
	char a[SHA256_HEX], b[SHA256_HEX], expected[SHA256_HEX];
	static const char text[] = "{\"inputs\":[{\"id\":\"x\",\"size\":1}],\"options\":{\"rule\":"
				   "\"f\",\"tr\":30},\"version\":\"" BALKHASH_VERSION "\"}";

	(void)state;
	unit_of("[{\"size\":1, \"id\":\"x\"}]", "{\"tr\":30, \"rule\":\"f\"}", a);
	memory_sha256(text, sizeof(text) - 1, expected);
	assert_string_equal(a, expected);
	unit_of("[{\"id\":\"x\", \"size\":2}]", "{\"tr\":30, \"rule\":\"f\"}", b);
	assert_string_not_equal(a, b);
	unit_of("[{\"id\":\"x\", \"size\":1}]", "{\"tr\":20, \"rule\":\"f\"}", b);
	assert_string_not_equal(a, b);
}

static void inputs(void **state)
{
	static const char *const files[] = { "b.tif", "a.tif", "meta.txt" };
	struct bench b;
	struct error e = { 0 };
	json_t *input;
	char *text;

	(void)state;
	bench_open(&b);
	bench_write(bench_path(&b, "b.tif"), "12345", 5);
	bench_write(bench_path(&b, "a.tif"), "1", 1);
	bench_write(bench_path(&b, "meta.txt"), "abc", 3);
	input = item_input("P", bench_path(&b, "meta.txt"), files, 3, b.folder, &e);
	text = json_dumps(input, JSON_COMPACT);
	assert_string_equal(
		text,
		"{\"id\":\"P\",\"metadata\":{\"file\":\"meta.txt\",\"sha256\":"
		"\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"},\"files\":"
		"[{\"name\":\"a.tif\",\"size\":1},{\"name\":\"b.tif\",\"size\":5},"
		"{\"name\":\"meta.txt\",\"size\":3}]}");
	free(text);
	json_decref(input);
	unlink(bench_path(&b, "a.tif"));
	assert_null(item_input("P", bench_path(&b, "meta.txt"), files, 3, b.folder, &e));
	assert_int_equal(e.code, ERROR_NOINPUT);
	bench_close(&b);
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {
		{ "1970-01-01", 0 },
		{ "2024-02-29T23:59:59Z", 1709251199 },
		{ "1984-03-16T05:00:01Z", 448261201 },
		{ "0001-01-01T00:00:00Z", -62135596800 },
	};
	static const char *const bad[] = {
		"",	      "2024-02-30",	      "2023-02-29",
		"2024-7-12",  "2024-07-12T05:42:60Z", "2024-07-12 05:42:13Z",
		"0000-00-00", "2024-07-12T05:42:13",  "2024-13-01",
		"-024-07-12", "2024-07-12T24:00:00Z", "2024-07-12x"
	};
	char text[UTC_TEXT];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(utc_parse(good[i].text, &t), 0);
		assert_int_equal(t, good[i].time);
		utc_format(t, text);
		assert_memory_equal(text, good[i].text, strlen(good[i].text));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(utc_parse(bad[i], &t), -1);
	utc_format(INT64_MAX, text);
	assert_string_equal(text, "0000-00-00T00:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_frame),
		cmocka_unit_test(a_period),
		cmocka_unit_test(a_crs_without_a_code),
		cmocka_unit_test(class_asset),
		cmocka_unit_test(other_assets),
		cmocka_unit_test(geometry),
		cmocka_unit_test(same_bytes),
		cmocka_unit_test(a_missing_asset),
		cmocka_unit_test(an_unknown_crs),
		cmocka_unit_test(units),
		cmocka_unit_test(inputs),
		cmocka_unit_test(times),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("item", tests, NULL, NULL);
}
