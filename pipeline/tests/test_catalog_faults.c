/* SPDX-License-Identifier: Apache-2.0
 *
 * Damaged results are left out of the catalogue, and its files are whole whatever fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "pipeline/tests/catalog_sample.h"

/* --- faults of the system --- */

static struct {
	int until_failure;    /* syncs and renames before one fails; 0: never */
	const char *vanishes; /* a folder that is removed when something in it is looked at */
} fault;

static bool fails(void)
{
	errno = ENOSPC;
	return fault.until_failure && !--fault.until_failure;
}

int fsync(int fd)
{
	return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
	return fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int lstat(const char *path, struct stat *st)
{
	const char *folder = fault.vanishes;

	if (folder && !strncmp(path, folder, strlen(folder))) {
		fault.vanishes = NULL;
		bench_remove(folder);
	}
	return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

/* --- damage --- */

/* Put `text` in place of the item.json of a copy of FIRST. */
static void damaged(const struct bench *b, const char *id, const char *text)
{
	char name[300];

	observation(b, id, "2001-01-01", 10);
	snprintf(name, sizeof(name), "observations/%s/item.json", id);
	bench_write(bench_path(b, name), text, strlen(text));
}

/* The item.json of FIRST with one thing in it replaced. */
static void twisted(const struct bench *b, const char *id, const char *from, const char *to)
{
	char *text = bench_read(bench_path(b, "observations/" FIRST "/item.json"));
	size_t before, rest;
	char *made = NULL;

	for (before = 0; strncmp(text + before, from, strlen(from)); before++)
		assert_true(text[before] != 0);
	rest = before + strlen(from);
	assert_true(asprintf(&made, "%.*s%s%s", (int)before, text, to, text + rest) > 0);
	damaged(b, id, made);
	free(made);
	free(text);
}

static void damaged_results_are_left_out(void **state)
{
	static const struct {
		const char *from, *to;
	} twists[] = {
		{ "./water.tif", "../../water.tif" },
		{ "./water.tif", "/etc/passwd" },
		{ "./water.tif", "http://a.example/water.tif" },
		{ "\"id\": \"" FIRST "\"", "\"id\": \"a\\u001b[31m\"" },
		{ "\"id\": \"" FIRST "\"", "\"id\": \"\"" },
		{ "\"Polygon\"", "\"Point\"" },
		{ "\"coordinates\": [", "\"coordinates\": [[], " },
		{ "\"coordinates\": [", "\"coordinates\": {}, \"x\": [" },
		{ "\"bbox\": [", "\"bbox\": [80, " },
		{ "\"bbox\": [\n    76.0", "\"bbox\": [\n    78" },
		{ "\"bbox\": [\n    76.0", "\"bbox\": [\n    \"x\"" },
		{ "\"proj:epsg\": null", "\"proj:epsg\": \"4326; rm\"" },
		{ "\"proj:wkt2\"", "\"proj:wkt1\"" },
		{ "{", "[" },
		{ "\"balkhash:kind\": \"observation\"", "\"balkhash:kind\": \"nothing\"" },
	};
	struct bench *b = *state;
	struct catalog_report report;
	char *clean, *all, id[40];
	size_t nr = sizeof(twists) / sizeof(twists[0]);

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	written(b);
	clean = bench_read(bench_path(b, "observations/collection.json"));
	for (size_t i = 0; i < nr; i++) {
		snprintf(id, sizeof(id), "LC09_twist_%zu", i);
		twisted(b, id, twists[i].from, twists[i].to);
	}
	damaged(b, "LC09_empty", "");
	damaged(b, "LC09_half", "{\"type\": \"Feature\", ");
	observation(b, "LC09_folder", "2001-01-01", 10);
	unlink(bench_path(b, "observations/LC09_folder/item.json"));
	mkdir(bench_path(b, "observations/LC09_folder/item.json"), 0777);
	observation(b, "LC09_link", "2001-01-01", 10);
	unlink(bench_path(b, "observations/LC09_link/item.json"));
	assert_int_equal(symlink("../" FIRST "/item.json",
				 bench_path(b, "observations/LC09_link/item.json")),
			 0);
	write_all(b, &report);
	assert_int_equal(report.items, 1);
	assert_int_equal(report.skipped, nr + 4);
	for (size_t i = 0; i < report.skipped && i < CATALOG_TEXTS; i++)
		assert_non_null(strstr(report.text[i], "observations/LC09_"));
	catalog_report_release(&report);
	all = bench_read(bench_path(b, "observations/collection.json"));
	assert_string_equal(all, clean);
	free(all);
	free(clean);
}

static void a_long_list_of_damage(void **state)
{
	struct bench *b = *state;
	struct catalog_report report;
	char id[40];

	for (int i = 0; i < CATALOG_TEXTS + 5; i++) {
		snprintf(id, sizeof(id), "LC09_%d", i);
		damaged(b, id, "{}");
	}
	write_all(b, &report);
	assert_int_equal(report.skipped, CATALOG_TEXTS + 5);
	assert_non_null(report.text[CATALOG_TEXTS - 1]);
	assert_int_equal(report.items, 0);
	catalog_report_release(&report);
	assert_false(is_there(b, "observations/collection.json"));
}

static void what_is_no_result_is_not_looked_at(void **state)
{
	struct bench *b = *state;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	observation(b, "." SECOND ".stage-host-1-2", "2001-01-01", 10);
	mkdir(bench_path(b, "observations/empty"), 0777);
	bench_write(bench_path(b, "observations/file"), "x", 1);
	mkdir(bench_path(b, "observations/bell\a"), 0777);
	bench_write(bench_path(b, "observations/bell\a/item.json"), "x", 1);
	written(b);
	assert_both(b);
}

static void a_folder_vanishes(void **state)
{
	struct bench *b = *state;
	struct catalog_report report;
	json_t *root;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	fault.vanishes = bench_path(b, "observations/" SECOND);
	write_all(b, &report);
	assert_null(fault.vanishes);
	assert_int_equal(report.items, 1);
	assert_int_equal(report.skipped, 1);
	assert_non_null(strstr(report.text[0], SECOND));
	catalog_report_release(&report);
	root = load(b, "observations/items.json");
	assert_int_equal(json_array_size(json_object_get(root, "features")), 1);
	json_decref(root);
}

static void no_folder(void **state)
{
	struct bench *b = *state;
	struct catalog_report report;
	struct error e = { 0 };

	assert_int_equal(catalog_write(bench_path(b, "none"), children, 3, &report, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	catalog_report_release(&report);
	bench_write(bench_path(b, "observations"), "x", 1);
	assert_int_equal(catalog_write(b->folder, children, 3, &report, &e), -1);
	assert_non_null(strstr(e.text, "observations"));
	catalog_report_release(&report);
	assert_false(is_there(b, "catalog.json"));
}

/* Number of names in a folder that end like the files that are written aside. */
static int left_over(const struct bench *b)
{
	char command[400];
	FILE *p;
	int n = -1;

	snprintf(command, sizeof(command), "find '%s' -name '.*' -type f | wc -l", b->folder);
	p = popen(command, "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%d", &n), 1);
	pclose(p);
	return n;
}

/* Whatever fails, each file is the old one or the new one. */
static void a_full_disk(void **state)
{
	static const char *const names[] = { "catalog.json", "observations/collection.json",
					     "observations/items.json", "mosaics/collection.json" };
	struct bench *b = *state;
	struct catalog_report report;
	struct error e = { 0 };
	int step, ret = -1;

	memset(&fault, 0, sizeof(fault));
	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	for (step = 1; ret; step++) {
		fault.until_failure = step;
		ret = catalog_write(b->folder, children, CHILDREN, &report, &e);
		catalog_report_release(&report);
		assert_true(!ret || e.code == ERROR_IO || e.code == ERROR_CANTCREATE);
		for (int i = 0; i < 4; i++)
			if (is_there(b, names[i]))
				json_decref(load(b, names[i]));
		assert_int_equal(left_over(b), 0);
		if (ret && step == 1) {
			observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
			mosaic(b);
		}
	}
	/* A sync and a rename a file at the least: what had been written did not fail again. */
	assert_true(step > 3);
	fault.until_failure = 0;
	assert_both(b);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(damaged_results_are_left_out),
		CASE(a_long_list_of_damage),
		CASE(what_is_no_result_is_not_looked_at),
		CASE(a_folder_vanishes),
		CASE(no_folder),
		CASE(a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
