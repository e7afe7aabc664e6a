/* SPDX-License-Identifier: Apache-2.0
 *
 * The command verify, and whether a result is still to be made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "pipeline/base/lease.h"
#include "pipeline/io/ledger.h"
#include "pipeline/io/result.h"
#include "pipeline/stage/stages.h"
#include "pipeline/tests/result_fixture.h"

/* Run verify on one path, its stdout into text. */
static int run_verify(struct fixture *f, const char *path, bool json, char *text, size_t size,
		      struct error *e)
{
	char *paths[] = { (char *)(uintptr_t)path };
	struct options o = f->bench.options;
	struct context c = f->bench.context;
	const char *out = bench_path(&f->bench, "stdout");
	int keep = dup(STDOUT_FILENO), ret;
	FILE *file;

	o.paths = paths;
	o.paths_nr = 1;
	o.json = json;
	c.options = &o;
	fflush(stdout);
	file = freopen(out, "w", stdout);
	assert_non_null(file);
	ret = verify_command(&c, e);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	memset(text, 0, size);
	file = fopen(out, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, size - 1, file) > 0);
	fclose(file);
	unlink(out);
	return ret;
}

static void the_command(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	char text[4000], wanted[400], *path;
	json_t *report;

	(void)state;
	fixture_open(&f);
	assert_int_equal(run_verify(&f, f.result, false, text, sizeof(text), &e), 0);
	snprintf(wanted, sizeof(wanted), "ok  %s\n", f.result);
	assert_string_equal(text, wanted);

	/* A folder of results, one level down; a file too many is named and is no error. */
	path = file_of(&f, "extra.txt");
	bench_write(path, "x", 1);
	free(path);
	assert_int_equal(run_verify(&f, f.bench.folder, true, text, sizeof(text), &e), 0);
	report = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(report), 1);
	assert_true(json_is_true(json_object_get(json_array_get(report, 0), "ok")));
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(json_array_get(report, 0), "extra_files"), 0)),
			    "extra.txt");
	json_decref(report);
	fflush(f.bench.log.stream);
	assert_non_null(strstr(f.bench.said, "extra.txt: not listed"));

	path = file_of(&f, "water.tif");
	unlink(path);
	free(path);
	assert_int_equal(run_verify(&f, f.result, false, text, sizeof(text), &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	snprintf(wanted, sizeof(wanted), "BAD %s: water.tif is missing\n", f.result);
	assert_string_equal(text, wanted);
	assert_int_equal(run_verify(&f, "/nonexistent/result", false, text, sizeof(text), &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	fixture_close(&f);
}

static void is_it_needed(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	struct result *r = NULL;
	char unit[SHA256_HEX];
	bool needed = false;
	const char *other;

	(void)state;
	fixture_open(&f);
	assert_int_equal(result_open(&r, f.result, &e), 0);
	memcpy(unit, r->unit, sizeof(unit));
	result_free(r);
	assert_int_equal(output_needed(&f.bench.context, f.result, unit, &needed, &e), 0);
	assert_false(needed);
	unit[0] = unit[0] == '0' ? '1' : '0';
	assert_int_equal(output_needed(&f.bench.context, f.result, unit, &needed, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_non_null(strstr(e.text, "--overwrite"));
	f.bench.options.overwrite = true;
	assert_int_equal(output_needed(&f.bench.context, f.result, unit, &needed, &e), 0);
	assert_true(needed);
	/* A folder of something else is not replaced, whatever is said. */
	assert_int_equal(output_needed(&f.bench.context, f.bench.folder, unit, &needed, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	other = bench_path(&f.bench, "new");
	assert_int_equal(output_needed(&f.bench.context, other, unit, &needed, &e), 0);
	assert_true(needed);
	mkdir(other, 0777);
	needed = false;
	assert_int_equal(output_needed(&f.bench.context, other, unit, &needed, &e), 0);
	assert_true(needed);
	fixture_close(&f);
}

/* What result_open() takes, and STAC or this program does not. */
static void items_that_say_too_little(void **state)
{
	static const struct {
		const char *from, *to, *word;
	} edits[] = {
		{ "\"Feature\"", "\"Thing\"", "item.json: type is not \"Feature\"" },
		{ "\"stac_version\": \"1.0.0\"", "\"stac_version\": \"0.9\"",
		  "stac_version is not" },
		{ "\"stac_extensions\"", "\"extensions\"", "stac_extensions is no list" },
		{ "\"geometry\"", "\"geo\"", "no geometry, nor null" },
		{ "\"Polygon\"", "\"Point\"", "item.json: geometry: not what a result has" },
		{ "\"bbox\"", "\"box\"", "item.json: bbox: not what a result has" },
		{ "\"bbox\": [", "\"bbox\": [ 0, 0, 1, 1 ], \"x\": [", "not inside the bbox" },
		{ "\"geometry\"", "\"geometry\": null, \"x\"", "a bbox, but no geometry" },
		{ "\"coordinates\": [",
		  "\"coordinates\": [ [ [ 76.3, 46 ], [ 76.4, 46 ], [ 76.4, 46 ], [ 76.3, 46.001 ] ],",
		  "a ring of the geometry is not closed" },
		{ "\"proj:epsg\"", "\"proj:x\"", "proj:epsg and proj:wkt2" },
		{ "\"links\": []", "\"links\": {}", "links is no list" },
		{ "\"links\": []", "\"links\": [ { \"rel\": \"self\" } ]", "links is no list" },
		{ "\"roles\"", "\"role\"", "asset water has no roles" },
		{ "\"title\"", "\"titel\"", "asset water has no title or no type" },
		{ "\"1220", "\"1114", "asset water has no file:size and file:checksum" },
		{ "\"file:size\": ", "\"file:size\": -", "asset water has no file:size" },
		{ "./fraction.tif", "./water.tif", "two assets are the file water.tif" },
		{ "\"data_type\": \"uint8\"", "\"data_type\": \"int8\"",
		  "water.tif: its pixel type is not" },
	};
	char text[4000];

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct fixture f;
		struct error e = { 0 };

		fixture_open(&f);
		edit_item(&f, edits[i].from, edits[i].to);
		assert_int_equal(run_verify(&f, f.result, false, text, sizeof(text), &e), -1);
		assert_int_equal(e.code, ERROR_DATA);
		if (!strstr(text, edits[i].word))
			fail_msg("\"%s\" is not in: %s", edits[i].word, text);
		fixture_close(&f);
	}
}

/* Of two things that are wrong both are named, also to programs. */
static void all_is_named(void **state)
{
	struct fixture f;
	struct error e = { 0 };
	char text[4000];
	json_t *report, *one;

	(void)state;
	fixture_open(&f);
	edit_item(&f, "\"roles\"", "\"role\"");
	edit_item(&f, "\"1220", "\"1221");
	assert_int_equal(run_verify(&f, f.result, true, text, sizeof(text), &e), -1);
	report = json_loads(text, 0, NULL);
	one = json_array_get(report, 0);
	assert_false(json_is_true(json_object_get(one, "ok")));
	assert_int_equal(json_array_size(json_object_get(one, "findings")), 3);
	assert_non_null(strstr(json_string_value(json_object_get(one, "error")), "has no roles; "));
	json_decref(report);
	fixture_close(&f);
}

/* --- a run's output folder --- */

/* The fixture's observation in it, and what the ledger says. */
struct output_folder {
	struct fixture f;
	char dir[300];
	struct ledger *ledger;
};

static void add_done(struct output_folder *o, const char *folder, const char *unit)
{
	struct error e = { 0 };

	if (ledger_add(o->ledger,
		       json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s}]}", "event", "done", "unit",
				 folder, "kind", "scene", "name", folder, "results", "folder",
				 folder, "unit", unit),
		       false, &e))
		fail_msg("%s", e.text);
}

static void folder_open(struct output_folder *o)
{
	struct error e = { 0 };
	char unit[SHA256_HEX];

	fixture_open(&o->f);
	snprintf(o->dir, sizeof(o->dir), "%s", bench_path(&o->f.bench, "out"));
	mkdir(o->dir, 0777);
	mkdir(bench_path(&o->f.bench, "out/observations"), 0777);
	assert_int_equal(rename(o->f.result, bench_path(&o->f.bench, "out/observations/TEST_1")),
			 0);
	if (ledger_open(&o->ledger, o->dir, &e) || ledger_prepare(o->ledger, &e))
		fail_msg("%s", e.text);
	memory_sha256("TEST_1", 6, unit);
	add_done(o, "observations/TEST_1", unit);
}

static void folder_close(struct output_folder *o)
{
	ledger_free(o->ledger);
	fixture_close(&o->f);
}

/* bad: number of lines that begin with it; words: one of them has both. */
static void assert_run(struct output_folder *o, int bad, const char *path, const char *word)
{
	struct error e = { 0 };
	char text[8000], begin[400];
	int ret = run_verify(&o->f, o->dir, false, text, sizeof(text), &e), nr = 0;
	const char *line = text, *found = NULL;

	snprintf(begin, sizeof(begin), "BAD %s/%s: ", o->dir, path ? path : "");
	for (; *line; line = strchr(line, '\n') + 1) {
		nr += !strncmp(line, "BAD", 3);
		if (!strncmp(line, begin, strlen(begin)))
			found = line;
	}
	if (nr != bad || (path && (!found || !strstr(found, word))))
		fail_msg("%d, %s %s: %s", bad, path ? path : "", word ? word : "", text);
	assert_int_equal(ret, bad ? -1 : 0);
	assert_int_equal(e.code, bad ? ERROR_DATA : ERROR_NONE);
}

/* A warning since the last look. */
static void assert_warned(struct output_folder *o, const char *words)
{
	static size_t before;
	const char *said;

	fflush(o->f.bench.log.stream);
	before = before > o->f.bench.said_size ? 0 : before;
	said = o->f.bench.said + before;
	if (!strstr(said, words))
		fail_msg("\"%s\" is not in: %s", words, said);
	before = o->f.bench.said_size;
}

static void expected_against_found(void **state)
{
	struct output_folder o;
	const char *aside;

	(void)state;
	folder_open(&o);
	assert_run(&o, 0, NULL, NULL);
	assert_warned(&o, "it has no catalogue");
	aside = bench_path(&o.f.bench, "aside");
	assert_int_equal(rename(bench_path(&o.f.bench, "out/observations/TEST_1"), aside), 0);
	assert_run(&o, 1, "observations/TEST_1", "it is not there, but the ledger says");
	mkdir(bench_path(&o.f.bench, "out/mosaics"), 0777);
	assert_int_equal(rename(aside, bench_path(&o.f.bench, "out/mosaics/m")), 0);
	assert_run(&o, 1, "observations/TEST_1", "it is not there");
	assert_warned(&o, "mosaics/m: no unit of the ledger made it");
	add_done(&o, "mosaics/m", "0123456789abcdef");
	add_done(&o, "observations/TEST_1", "");
	assert_run(&o, 2, "mosaics/m",
		   "but the ledger says that unit 0123456789ab was published here");
	mkdir(bench_path(&o.f.bench, "out/changes"), 0777);
	mkdir(bench_path(&o.f.bench, "out/changes/empty"), 0777);
	assert_run(&o, 2, "mosaics/m", "unit");
	assert_warned(&o, "changes/empty: it is no result");
	folder_close(&o);
}

static void make_left(const struct output_folder *o, const char *name, bool folder)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", o->dir, name);
	if (folder)
		assert_int_equal(mkdir(path, 0777), 0);
	else
		bench_write(path, "", 0);
}

static void what_killed_processes_left(void **state)
{
	struct output_folder o;
	struct error e = { 0 };
	struct stage stage;
	struct lease lease;
	char owner[LEASE_OWNER], name[300], *inner;
	bool taken;

	(void)state;
	folder_open(&o);
	/* One that is being made is no harm; the same without its maker is. */
	assert_int_equal(stage_open(&stage, bench_path(&o.f.bench, "out/observations/X"), &e), 0);
	assert_run(&o, 0, NULL, NULL);
	inner = strdup(stage.path + strlen(o.dir) + 1);
	assert_int_equal(flock(stage.fd, LOCK_UN), 0);
	assert_run(&o, 1, inner, "left over by a process that was killed");
	stage_release(&stage);
	free(inner);
	assert_run(&o, 0, NULL, NULL);
	make_left(&o, "observations/.X.old-host-7-8", true);
	assert_run(&o, 1, "observations/.X.old-host-7-8", "left over");
	make_left(&o, ".catalog.json.elsewhere-1234abcd-99.tmp", false);
	assert_run(&o, 2, ".catalog.json.elsewhere-1234abcd-99.tmp", "left over");
	lease_owner(owner);
	snprintf(name, sizeof(name), "observations/.items.json.%s.tmp", owner);
	make_left(&o, name, false);
	assert_run(&o, 2, NULL, NULL); /* this process lives */
	*strrchr(owner, '-') = 0;
	snprintf(name, sizeof(name), "ledger/.summary.json.%s-999999999.tmp", owner);
	make_left(&o, name, false);
	assert_run(&o, 3, name, "left over");
	make_left(&o, "observations/.Y.stage-elsewhere-3-4", true);
	assert_run(&o, 4, "observations/.Y.stage-elsewhere-3-4", "left over");
	/* Names of others. */
	make_left(&o, "observations/.nfs0001", false);
	make_left(&o, "observations/.a.stage-b", true);
	make_left(&o, ".x.tmp", false);
	assert_run(&o, 4, NULL, NULL);
	/* While some unit is made, what lies there of another host may be its. */
	assert_int_equal(lease_take(&lease, bench_path(&o.f.bench, "out/ledger/leases"), "u", 300,
				    &taken, &e),
			 0);
	assert_true(taken);
	assert_run(&o, 2, NULL, NULL);
	assert_warned(&o, "stage-elsewhere-3-4: another host is at it, or has left it");
	lease_drop(&lease);
	folder_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command),
		cmocka_unit_test(is_it_needed),
		cmocka_unit_test(items_that_say_too_little),
		cmocka_unit_test(all_is_named),
		cmocka_unit_test(expected_against_found),
		cmocka_unit_test(what_killed_processes_left),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
