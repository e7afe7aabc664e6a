/* SPDX-License-Identifier: Apache-2.0
 *
 * The index is whole and nothing lies about, whatever happens to it and to the results; and many of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "pipeline/tests/index_sample.h"

static void damaged_results_are_left_out(void **state)
{
	static const struct {
		const char *from, *to, *told;
	} damage[] = {
		{ "\"type\": \"Feature\"", "\"type\": ", "observations/0/item.json: line" },
		{ "\"Polygon\"", "\"Point\"", "observations/1/item.json: geometry" },
		{ "76.0,\n          45.0", "76.5,\n          45.0",
		  "observations/2/item.json: geometry" },
		{ "\"balkhash:unit\"", "\"platform\": 7, \"balkhash:unit\"",
		  "observations/3/item.json: platform" },
		{ "\"balkhash:unit\"", "\"balkhash:inputs\": [{}], \"balkhash:unit\"",
		  "observations/4/item.json: balkhash:inputs" },
		{ "\"balkhash:unit\"",
		  "\"balkhash:inputs\": [{\"id\": \"x\", \"time\": \"soon\"}], \"balkhash:unit\"",
		  "observations/5/item.json: time" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		char place[40];

		snprintf(place, sizeof(place), "%zu", i);
		observation(b, place, "2024-07-12T05:32:59Z", 76);
		snprintf(place, sizeof(place), "observations/%zu", i);
		alter(b, place, damage[i].from, damage[i].to);
		indexed(b);
		assert_non_null(strstr(said(b), damage[i].told));
	}
	make(b, &(struct facts){ .place = "mosaics/bad\xff",
				 .id = "m",
				 .kind = "mosaic",
				 .from = at("2024-05-01"),
				 .to = at("2024-11-01"),
				 .west = 74,
				 .south = 45 });
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	indexed(b);
	assert_non_null(strstr(said(b), "its name is not UTF-8"));
	assert_string_equal(asked(b, "SELECT id FROM results"), SECOND "\n");
	assert_tidy(b);
}

static void a_long_list_of_damage(void **state)
{
	struct bench *b = *state;
	const char *text;
	size_t lines = 0;
	char place[40];

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	for (int i = 0; i < 30; i++) {
		snprintf(place, sizeof(place), "observations/%d", i);
		assert_int_equal(mkdir(bench_path(b, place), 0777), 0);
		put_item(b, place, "{}");
	}
	indexed(b);
	text = said(b);
	for (const char *s = text; *s; s++)
		lines += *s == '\n';
	assert_int_equal(lines, 21);
	assert_non_null(strstr(text, "not in the index: 10 results more"));
}

static void a_full_disk(void **state)
{
	struct bench *b = *state;
	char hex[2][SHA256_HEX];
	struct rlimit was;

	observation(b, FIRST, "2024-07-12T05:32:59Z", 76);
	indexed(b);
	hash_of(b, hex[0]);
	usleep(20000);
	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	getrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, SIG_IGN);
	for (rlim_t size = 0; size < 150 << 10; size += 9 << 10) {
		struct error e = { 0 };
		int ret;

		setrlimit(RLIMIT_FSIZE, &(struct rlimit){ size, was.rlim_max });
		ret = run_index(b->folder, "gpkg", false, &b->log, &e);
		setrlimit(RLIMIT_FSIZE, &was);
		if (!ret)
			break;
		assert_true(e.code == ERROR_IO || e.code == ERROR_CANTCREATE);
		hash_of(b, hex[1]);
		assert_string_equal(hex[0], hex[1]);
		assert_tidy(b);
		assert_true(size < 140 << 10);
	}
	indexed(b);
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM results"), "2\n");
}

/* Many results by links to one; they differ in their folders. */
static void many(const struct bench *b, int nr)
{
	char name[100];

	full_observation(b);
	for (int i = 1; i < nr; i++) {
		snprintf(name, sizeof(name), "observations/LC09_%d", i);
		assert_int_equal(symlink(FIRST, bench_path(b, name)), 0);
	}
}

static pid_t index_in_child(const struct bench *b)
{
	pid_t child = fork();

	if (!child) {
		struct error e = { 0 };

		_exit(run_index(b->folder, "gpkg", false, &b->log, &e) ? 1 : 0);
	}
	return child;
}

static void killed_it_leaves_the_old_one_or_the_new(void **state)
{
	struct bench *b = *state;
	char name[100], want[2][20] = { "1\n", "" };
	int status;

	observation(b, SECOND, "2023-07-18T05:36:00Z", 74.5);
	indexed(b);
	many(b, 200);
	for (int i = 0; i < 40; i++) {
		pid_t child = index_in_child(b);

		usleep((useconds_t)i * 2000);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		snprintf(want[1], sizeof(want[1]), "%d\n", 201 + i);
		if (strcmp(asked(b, "SELECT COUNT(*) FROM results"), want[0]) != 0)
			assert_string_equal(asked(b, "SELECT COUNT(*) FROM results"), want[1]);
		memcpy(want[0], asked(b, "SELECT COUNT(*) FROM results"), sizeof(want[0]));
		snprintf(name, sizeof(name), "observations/new_%d", i);
		assert_int_equal(symlink(FIRST, bench_path(b, name)), 0);
	}
	indexed(b);
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM results"), "241\n");
	assert_tidy(b);
}

static void several_at_once(void **state)
{
	struct bench *b = *state;
	pid_t child[4];
	int status;

	many(b, 100);
	for (int i = 0; i < 4; i++)
		child[i] = index_in_child(b);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	}
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM results"), "100\n");
	assert_tidy(b);
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
	int nr = getenv("BALKHASH_LONG") ? 10000 : 300;
	struct rusage before, after;
	char want[20];
	double t;

	many(b, 20);
	indexed(b);
	getrusage(RUSAGE_SELF, &before);
	bench_remove(bench_path(b, "observations"));
	many(b, nr);
	t = seconds();
	indexed(b);
	t = seconds() - t;
	getrusage(RUSAGE_SELF, &after);
	print_message("# %d results: %.2f s, %ld MiB\n", nr, t,
		      (after.ru_maxrss - before.ru_maxrss) / 1024);
	assert_true(after.ru_maxrss - before.ru_maxrss < 40 << 10);
	snprintf(want, sizeof(want), "%d\n", nr);
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM results"), want);
	assert_string_equal(asked(b, "SELECT COUNT(*) FROM inputs"), want);
	t = seconds();
	indexed(b);
	assert_true(seconds() - t < .1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(damaged_results_are_left_out),
		CASE(a_long_list_of_damage),
		CASE(a_full_disk),
		CASE(killed_it_leaves_the_old_one_or_the_new),
		CASE(several_at_once),
		CASE(many_results),
	};

	gdal_setup(64 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
