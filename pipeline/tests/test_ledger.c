/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/file_tree.h"
#include "pipeline/io/ledger.h"

static int make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = NULL;

	if (asprintf(&folder, "%s/ledger-XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(folder))
		return -1;
	*state = folder;
	return 0;
}

static int remove_folder(void **state)
{
	int ret = tree_remove(AT_FDCWD, *state, 5);

	free(*state);
	return ret;
}

static struct ledger *opened(const char *dir)
{
	struct ledger *l = NULL;
	struct error e = { 0 };

	if (ledger_open(&l, dir, &e) || ledger_prepare(l, &e))
		fail_msg("%s", e.text);
	return l;
}

static void add(struct ledger *l, json_t *event)
{
	struct error e = { 0 };

	if (ledger_add(l, event, true, &e))
		fail_msg("%s", e.text);
}

static void event(struct ledger *l, const char *name, const char *unit)
{
	add(l, json_pack("{s:s, s:s}", "event", name, "unit", unit));
}

static void failed(struct ledger *l, const char *unit, int code)
{
	add(l, json_pack("{s:s, s:s, s:i, s:s}", "event", "failed", "unit", unit, "code", code,
			 "error", "a reason"));
}

/* Write a worker's file as it stands. */
static void file(const char *dir, const char *name, const char *text)
{
	struct error e = { 0 };
	char *path = NULL;

	assert_true(asprintf(&path, "%s/ledger/attempts/%s", dir, name) > 0);
	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
	free(path);
}

static void an_empty_folder_knows_nothing(void **state)
{
	struct ledger *l = opened(*state);

	assert_int_equal(ledger_unit(l, "aa").state, UNIT_UNKNOWN);
	assert_null(ledger_maker(l, "observations/x"));
	assert_int_equal(ledger_broken(l), 0);
	ledger_free(l);
	ledger_free(NULL);
}

static void states_are_known_at_once_and_results_later(void **state)
{
	struct ledger *l = opened(*state);

	event(l, "start", "aa");
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_BEGUN);
	add(l, json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "event", "done", "unit", "aa", "results",
			 "folder", "observations/x", "id", "x"));
	event(l, "start", "bb");
	failed(l, "bb", 65);
	event(l, "start", "cc");
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_DONE);
	assert_null(ledger_unit(l, "aa").results);
	assert_null(ledger_maker(l, "observations/x"));
	ledger_free(l);
	l = opened(*state);
	for (int i = 0; i < 2; i++) {
		struct ledger_unit b = ledger_unit(l, "bb");

		assert_int_equal(ledger_unit(l, "aa").state, UNIT_DONE);
		assert_int_equal(b.state, UNIT_FAILED);
		assert_int_equal(b.code, 65);
		assert_int_equal(b.failures, 1);
		assert_string_equal(b.error, "a reason");
		assert_int_equal(ledger_unit(l, "cc").state, UNIT_BEGUN);
		assert_string_equal(ledger_maker(l, "observations/x"), "aa");
		assert_string_equal(json_string_value(json_object_get(
					    ledger_result(l, "observations/x"), "id")),
				    "x");
		ledger_free(l);
		l = opened(*state);
	}
	ledger_free(l);
}

static void failures_count_in_a_row(void **state)
{
	struct ledger *l = opened(*state);

	for (int i = 0; i < 3; i++) {
		event(l, "start", "aa");
		event(l, "crashed", "aa");
	}
	assert_int_equal(ledger_unit(l, "aa").crashes, 3);
	assert_int_equal(ledger_unit(l, "aa").code, 0);
	failed(l, "aa", 74);
	assert_int_equal(ledger_unit(l, "aa").crashes, 0);
	assert_int_equal(ledger_unit(l, "aa").failures, 4);
	event(l, "done", "aa");
	assert_int_equal(ledger_unit(l, "aa").failures, 0);
	failed(l, "aa", 74);
	assert_int_equal(ledger_unit(l, "aa").failures, 1);
	ledger_free(l);
}

static void attempts_without_an_end_are_lost(void **state)
{
	struct ledger *l = opened(*state);

	event(l, "start", "aa");
	event(l, "start", "aa");
	event(l, "start", "aa");
	assert_int_equal(ledger_unit(l, "aa").lost, 2);
	event(l, "interrupted", "aa");
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_UNKNOWN);
	failed(l, "aa", 74);
	event(l, "start", "aa");
	event(l, "interrupted", "aa");
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_FAILED);
	ledger_free(l);
}

static void workers_that_overlap_are_merged_by_time(void **state)
{
	struct ledger *l = opened(*state);

	ledger_free(l);
	file(*state, "2024-01-01-a.jsonl",
	     "{\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"start\",\"unit\":\"aa\"}\n"
	     "{\"time\":\"2024-01-01T03:00:00Z\",\"event\":\"done\",\"unit\":\"aa\",\"results\":[]}\n");
	file(*state, "2024-01-02-b.jsonl",
	     "{\"time\":\"2024-01-01T02:00:00Z\",\"event\":\"failed\",\"unit\":\"aa\",\"code\":74}\n");
	l = opened(*state);
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_DONE);
	ledger_free(l);
}

static void broken_lines_are_left_out(void **state)
{
	struct ledger *l = opened(*state);

	ledger_free(l);
	file(*state, "a.jsonl",
	     "{\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"done\",\"unit\":\"aa\"}\n"
	     "not JSON\n"
	     "[1]\n"
	     "{\"time\":\"yesterday\",\"event\":\"done\",\"unit\":\"bb\"}\n"
	     "{\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"done\"}\n"
	     "{\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"done\",\"unit\":\"cc\",\"results\":{\"a\":1}}\n"
	     "{\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"failed\",\"unit\":\"dd\",\"code\":\"x\"}\n"
	     "{\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"done\",\"unit\":\"ee");
	file(*state, "b.txt", "no events\n");
	l = opened(*state);
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_DONE);
	assert_int_equal(ledger_unit(l, "bb").state, UNIT_UNKNOWN);
	assert_int_equal(ledger_unit(l, "cc").state, UNIT_DONE);
	assert_int_equal(ledger_unit(l, "dd").state, UNIT_FAILED);
	assert_int_equal(ledger_unit(l, "ee").state, UNIT_UNKNOWN);
	assert_int_equal(ledger_broken(l), 5);
	ledger_free(l);
}

/* A file may not grow past a limit: as on a full disk, a part of the line would be written. */
static void a_line_that_does_not_fit_leaves_nothing(void **state)
{
	struct ledger *l = opened(*state);
	struct rlimit old, small;
	struct error e = { 0 };
	char text[3000];
	int ret;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	event(l, "start", "aa");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ret = ledger_add(
		l, json_pack("{s:s, s:s, s:s}", "event", "failed", "unit", "aa", "error", text),
		true, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(ret, -1);
	assert_int_equal(e.code, ERROR_IO);
	event(l, "done", "aa");
	ledger_free(l);
	l = opened(*state);
	assert_int_equal(ledger_broken(l), 0);
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_DONE);
	ledger_free(l);
}

static void replacements_stay_listed(void **state)
{
	struct ledger *l = opened(*state);

	add(l, json_pack("{s:s, s:s, s:s}", "event", "replaced", "unit", "aa", "id", "x"));
	assert_int_equal(json_array_size(ledger_replaced(l)), 1);
	assert_int_equal(ledger_unit(l, "aa").state, UNIT_UNKNOWN);
	ledger_free(l);
}

static void done(struct ledger *l, const char *kind, const char *name, const char *unit,
		 const char *folder)
{
	add(l, json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s}]}", "event", "done", "unit", unit,
			 "kind", kind, "name", name, "results", "folder", folder, "unit", unit));
}

/* Results are known to who opens the ledger. */
static struct ledger *again(struct ledger *l, const char *dir)
{
	ledger_free(l);
	return opened(dir);
}

static void what_should_stand(void **state)
{
	struct ledger *l = opened(*state);

	done(l, "scene", "s", "aa", "observations/x");
	done(l, "mosaic", "s", "bb", "mosaics/s");
	l = again(l, *state);
	assert_true(ledger_expects(l, "observations/x"));
	assert_true(ledger_expects(l, "mosaics/s"));
	assert_false(ledger_expects(l, "observations/y"));
	/* The scene has another result now: run has removed the one before. */
	done(l, "scene", "s", "cc", "observations/y");
	l = again(l, *state);
	assert_false(ledger_expects(l, "observations/x"));
	assert_true(ledger_expects(l, "observations/y"));
	assert_true(ledger_expects(l, "mosaics/s"));
	/* Lost, tried again, failed. */
	event(l, "start", "bb");
	assert_false(ledger_expects(l, "mosaics/s"));
	failed(l, "bb", 74);
	assert_false(ledger_expects(l, "mosaics/s"));
	/* The unit that came later failed: what stands is that of the one before. */
	failed(l, "dd", 65);
	assert_true(ledger_expects(l, "observations/y"));
	assert_int_equal(json_object_size(ledger_folders(l)), 3);
	ledger_free(l);
}

/* The file that is read last need not hold the last event. */
static void the_last_maker_is_the_last_in_time(void **state)
{
#define DONE(hour, unit, folder)                                                                   \
	"{\"time\":\"2024-01-01T" hour                                                             \
	":00:00Z\",\"event\":\"done\",\"kind\":\"scene\",\"name\":\"s\",\"unit\":\"" unit          \
	"\",\"results\":[{\"folder\":\"" folder "\"}]}\n"
	struct ledger *l = opened(*state);

	ledger_free(l);
	file(*state, "a.jsonl",
	     DONE("01", "aa", "o/x") DONE("05", "bb", "o/x") DONE("07", "ee", "o/z"));
	file(*state, "b.jsonl", DONE("03", "cc", "o/x") DONE("04", "dd", "o/y"));
	l = opened(*state);
	assert_string_equal(ledger_maker(l, "o/x"), "bb");
	assert_false(ledger_expects(l, "o/x"));
	assert_false(ledger_expects(l, "o/y"));
	assert_true(ledger_expects(l, "o/z"));
	ledger_free(l);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_empty_folder_knows_nothing),
		IN_FOLDER(states_are_known_at_once_and_results_later),
		IN_FOLDER(failures_count_in_a_row),
		IN_FOLDER(attempts_without_an_end_are_lost),
		IN_FOLDER(workers_that_overlap_are_merged_by_time),
		IN_FOLDER(broken_lines_are_left_out),
		IN_FOLDER(a_line_that_does_not_fit_leaves_nothing),
		IN_FOLDER(replacements_stay_listed),
		IN_FOLDER(what_should_stand),
		IN_FOLDER(the_last_maker_is_the_last_in_time),
	};

	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
