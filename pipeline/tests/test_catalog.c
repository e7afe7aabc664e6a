/* SPDX-License-Identifier: Apache-2.0
 *
 * The catalogue says what item.json files say, in the same bytes for the same results.
 * "test_catalog --write DIR" writes the catalogue of DIR.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <time.h>

#include "pipeline/tests/catalog_sample.h"

/* --- what stands in it --- */

static void a_collection(void **state)
{
	struct bench *b = *state;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	written(b);
	assert_both(b);
}

static void short_items(void **state)
{
	struct bench *b = *state;
	json_t *root, *item;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	written(b);
	root = load(b, "observations/items.json");
	assert_part(root, "type", NULL, "\"FeatureCollection\"");
	assert_int_equal(json_array_size(json_object_get(root, "features")), 1);
	item = json_array_get(json_object_get(root, "features"), 0);
	assert_part(item, "id", NULL, "\"" FIRST "\"");
	assert_part(item, "collection", NULL, "\"observations\"");
	assert_part(item, "bbox", NULL, "[76.0,45.0,77.0,46.0]");
	assert_part(item, "properties", "datetime", "\"2024-07-12T05:32:59Z\"");
	assert_part(item, "properties", "proj:epsg", "null");
	assert_part(item, "properties", "proj:shape", "[10,20]");
	assert_part(item, "properties", "proj:transform",
		    "[30.0,0.0,300000.0,0.0,-30.0,5100000.0]");
	assert_part(item, "assets", NULL,
		    "{\"water\":{\"href\":\"./" FIRST "/water.tif\",\"type\":\"image/tiff; "
		    "application=geotiff; profile=cloud-optimized\",\"roles\":[\"data\"]}}");
	json_decref(root);
}

/* A change does not say what the mosaics were made of: what was before it in the catalogue does. */
static void mosaics_and_changes(void **state)
{
	struct bench *b = *state;
	json_t *root;

	mosaic(b);
	change(b);
	written(b);
	root = load(b, "mosaics/collection.json");
	assert_part(root, "summaries", "platform", "[\"HLS\",\"S2B\"]");
	assert_part(json_array_get(json_object_get(root, "providers"), 0), "description", NULL,
		    "\"Contains modified Copernicus Sentinel data 2022-2023\"");
	assert_part(json_array_get(json_object_get(root, "providers"), 1), "name", NULL,
		    "\"NASA\"");
	json_decref(root);
	root = load(b, "changes/collection.json");
	assert_part(root, "summaries", "platform", "[\"HLS\",\"S2B\"]");
	assert_part(root, "extent", "temporal",
		    "{\"interval\":[[\"2017-05-01T00:00:00Z\",\"2024-11-01T00:00:00Z\"]]}");
	assert_int_equal(json_array_size(json_object_get(root, "providers")), 2);
	json_decref(root);
	assert_false(is_there(b, "mosaics/items.json"));
	root = load(b, "catalog.json");
	assert_part(root, "type", NULL, "\"Catalog\"");
	assert_int_equal(json_array_size(json_object_get(root, "links")), 3);
	assert_part(json_array_get(json_object_get(root, "links"), 1), "href", NULL,
		    "\"./mosaics/collection.json\"");
	json_decref(root);
}

static void one_owner_alone(void **state)
{
	struct bench *b = *state;
	json_t *root;

	change(b);
	written(b);
	root = load(b, "changes/collection.json");
	assert_part(root, "license", NULL, "\"various\"");
	assert_null(json_object_get(root, "providers"));
	json_decref(root);
	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	written(b);
	root = load(b, "observations/collection.json");
	assert_part(root, "license", NULL, "\"proprietary\"");
	assert_int_equal(json_array_size(json_object_get(root, "providers")), 1);
	json_decref(root);
}

static void a_result_without_a_place(void **state)
{
	struct bench *b = *state;
	json_t *root;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 999);
	root = load(b, "observations/" FIRST "/item.json");
	assert_part(root, "geometry", NULL, "null");
	assert_null(json_object_get(root, "bbox"));
	json_decref(root);
	written(b);
	assert_false(is_there(b, "observations/items.json"));
	root = load(b, "observations/collection.json");
	assert_part(root, "extent", "spatial", "{\"bbox\":[[-180.0,-90.0,180.0,90.0]]}");
	json_decref(root);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	written(b);
	root = load(b, "observations/items.json");
	assert_int_equal(json_array_size(json_object_get(root, "features")), 1);
	json_decref(root);
	root = load(b, "observations/collection.json");
	assert_part(root, "extent", "spatial", "{\"bbox\":[[74.5,45.0,75.5,46.0]]}");
	json_decref(root);
}

/* RFC 3986: what is no plain letter stands as bytes. */
static void names_become_addresses(void **state)
{
	struct bench *b = *state;
	json_t *root;

	make(b, &(struct facts){ .place = "mosaics/a b#%?\"é\xff",
				 .id = "m",
				 .kind = "mosaic",
				 .from = at("2024-05-01"),
				 .to = at("2024-11-01"),
				 .west = 74,
				 .south = 45 });
	written(b);
	root = load(b, "mosaics/collection.json");
	assert_part(json_array_get(json_object_get(root, "links"), 2), "href", NULL,
		    "\"./a%20b%23%25%3F%22%C3%A9%FF/item.json\"");
	json_decref(root);
}

/* --- when what is written --- */

static void assert_same(const struct stat *a, const char *path, bool same)
{
	struct stat now;

	assert_int_equal(stat(path, &now), 0);
	assert_int_equal(a->st_ino == now.st_ino, same);
	if (same)
		assert_int_equal(a->st_mtim.tv_nsec, now.st_mtim.tv_nsec);
}

static void what_is_the_same_is_not_touched(void **state)
{
	struct bench *b = *state;
	static const char *const names[] = { "catalog.json", "observations/collection.json",
					     "observations/items.json" };
	struct stat before[3];

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	written(b);
	for (int i = 0; i < 3; i++)
		assert_int_equal(stat(bench_path(b, names[i]), &before[i]), 0);
	written(b);
	for (int i = 0; i < 3; i++)
		assert_same(&before[i], bench_path(b, names[i]), true);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	written(b);
	for (int i = 0; i < 3; i++)
		assert_same(&before[i], bench_path(b, names[i]), i == 0);
}

static void the_same_bytes_in_any_order(void **state)
{
	struct bench *b = *state, other;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	written(b);
	bench_open(&other);
	observation(&other, SECOND, "2023-07-18T05:36:00Z", 74.5);
	written(&other);
	observation(&other, FIRST, "2024-07-12T05:32:59Z", 76);
	written(&other);
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "observations/items.json" : "observations/collection.json";
		char *one = bench_read(bench_path(b, name));
		char *two = bench_read(bench_path(&other, name));

		assert_string_equal(one, two);
		assert_null(strstr(one, b->folder));
		free(one);
		free(two);
	}
	bench_close(&other);
}

static void what_is_gone_is_withdrawn(void **state)
{
	struct bench *b = *state;
	json_t *root;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	mosaic(b);
	written(b);
	bench_remove(bench_path(b, "observations/" FIRST));
	written(b);
	assert_false(is_there(b, "observations/collection.json"));
	assert_false(is_there(b, "observations/items.json"));
	assert_true(is_there(b, "mosaics/collection.json"));
	bench_remove(bench_path(b, "mosaics"));
	written(b);
	root = load(b, "catalog.json");
	assert_int_equal(json_array_size(json_object_get(root, "links")), 1);
	json_decref(root);
}

/* --- many --- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void many_results(void **state)
{
	struct bench *b = *state;
	struct rusage before, after;
	int nr = getenv("BALKHASH_LONG") ? 10000 : 300;
	char name[100];
	json_t *root;
	double t;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	for (int i = 1; i < nr; i++) {
		snprintf(name, sizeof(name), "observations/LC09_%d", i);
		assert_int_equal(symlink(FIRST, bench_path(b, name)), 0);
	}
	getrusage(RUSAGE_SELF, &before);
	t = seconds();
	written(b);
	t = seconds() - t;
	getrusage(RUSAGE_SELF, &after);
	print_message("# %d results: %.2f s, %ld MiB\n", nr, t,
		      (after.ru_maxrss - before.ru_maxrss) / 1024);
	root = load(b, "observations/items.json");
	assert_int_equal(json_array_size(json_object_get(root, "features")), nr);
	json_decref(root);
	root = load(b, "observations/collection.json");
	assert_int_equal(json_array_size(json_object_get(root, "links")), nr + 3);
	json_decref(root);
}

/* --- for pipeline/tests/stac.bats --- */

static int write_folder(const char *dir)
{
	struct catalog_report report;
	struct error e = { 0 };
	int ret = catalog_write(dir, children, CHILDREN, &report, &e);

	for (size_t i = 0; i < CATALOG_TEXTS && report.text[i]; i++)
		printf("left out: %s\n", report.text[i]);
	printf("%zu results, %zu left out%s%s\n", report.items, report.skipped, ret ? ": " : "",
	       ret ? e.text : "");
	catalog_report_release(&report);
	return ret ? (int)e.code : 0;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(a_collection),
		CASE(short_items),
		CASE(mosaics_and_changes),
		CASE(one_owner_alone),
		CASE(a_result_without_a_place),
		CASE(names_become_addresses),
		CASE(what_is_the_same_is_not_touched),
		CASE(the_same_bytes_in_any_order),
		CASE(what_is_gone_is_withdrawn),
		CASE(many_results),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		return write_folder(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
