/* SPDX-License-Identifier: Apache-2.0
 *
 * The command verify, and whether a result is still to be made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command),
		cmocka_unit_test(is_it_needed),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
