/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/file.h"
#include "pipeline/base/metrics.h"

static char folder[4096]; /* of one test, and now the working folder */

static int enter(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/metrics-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int leave(void **state)
{
	char command[5000];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return chdir("/") || system(command);
}

/* Files in the working folder. */
static int files(void)
{
	DIR *d = opendir(".");
	int n = 0;

	assert_non_null(d);
	for (struct dirent *f; (f = readdir(d));)
		n += strcmp(f->d_name, ".") && strcmp(f->d_name, "..");
	closedir(d);
	return n;
}

static void holds(const char *path, const char *expected)
{
	struct error e = { 0 };
	char *text = NULL;
	size_t size = 0;

	assert_int_equal(file_read(path, 1 << 20, &text, &size, &e), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void a_name_has_one_head_and_its_lines_together(void **state)
{
	static const struct metric metrics[] = {
		{ "balkhash_units", "Units of the plan.", "kind=\"scene\",state=\"done\"", 12,
		  METRIC_GAUGE },
		{ "balkhash_runs_total", "Runs.", NULL, 3, METRIC_COUNTER },
		{ "balkhash_units", "Units of the plan.", "kind=\"scene\",state=\"failed\"", 0,
		  METRIC_GAUGE },
		{ "balkhash_peak_rss_bytes", "Peak \\ of\nmemory \"x\".", "", 1073741824,
		  METRIC_GAUGE },
	};
	struct error e = { 0 };

	(void)state;
	assert_int_equal(metrics_write("b.prom", metrics, 4, &e), 0);
	holds("b.prom", "# HELP balkhash_units Units of the plan.\n"
			"# TYPE balkhash_units gauge\n"
			"balkhash_units{kind=\"scene\",state=\"done\"} 12\n"
			"balkhash_units{kind=\"scene\",state=\"failed\"} 0\n"
			"# HELP balkhash_runs_total Runs.\n"
			"# TYPE balkhash_runs_total counter\n"
			"balkhash_runs_total 3\n"
			"# HELP balkhash_peak_rss_bytes Peak \\\\ of\\nmemory \"x\".\n"
			"# TYPE balkhash_peak_rss_bytes gauge\n"
			"balkhash_peak_rss_bytes 1073741824\n");
	assert_int_equal(metrics_write("b.prom", metrics + 1, 1, &e), 0);
	holds("b.prom", "# HELP balkhash_runs_total Runs.\n"
			"# TYPE balkhash_runs_total counter\n"
			"balkhash_runs_total 3\n");
	assert_int_equal(metrics_write("b.prom", NULL, 0, &e), 0);
	holds("b.prom", "");
	assert_int_equal(files(), 1);
}

static void a_value_reads_back_as_it_was(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 1720762933, "1720762933" },
		{ .1, "0.1" },
		{ -2.5, "-2.5" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ NAN, "NaN" },
		{ INFINITY, "+Inf" },
		{ -INFINITY, "-Inf" },
		{ 1e300, "1e+300" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct metric m = { "x", "X.", NULL, cases[i].value, METRIC_GAUGE };
		struct error e = { 0 };
		char text[200];

		assert_int_equal(metrics_write("v", &m, 1, &e), 0);
		snprintf(text, sizeof(text), "# HELP x X.\n# TYPE x gauge\nx %s\n", cases[i].text);
		holds("v", text);
	}
}

static void labels_are_escaped(void **state)
{
	char labels[METRIC_LABELS] = "", before[METRIC_LABELS], wide[METRIC_LABELS];
	struct metric m = { "x", "X.", labels, 1, METRIC_GAUGE };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(metric_label(labels, "cause", "a \"b\" \\ c\nd"), 0);
	assert_int_equal(metric_label(labels, "lake_1", "\xd0\x91\xff"), 0);
	assert_int_equal(metric_label(labels, "none", ""), 0);
	assert_string_equal(labels,
			    "cause=\"a \\\"b\\\" \\\\ c\\nd\",lake_1=\"\xd0\x91\xef\xbf\xbd\","
			    "none=\"\"");
	assert_int_equal(metrics_write("l", &m, 1, &e), 0);

	memcpy(before, labels, sizeof(before));
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = 0;
	assert_int_equal(metric_label(labels, "wide", wide), -1);
	assert_int_equal(metric_label(labels, "", "x"), -1);
	assert_int_equal(metric_label(labels, "1x", "x"), -1);
	assert_int_equal(metric_label(labels, "a-b", "x"), -1);
	assert_int_equal(metric_label(labels, "a:b", "x"), -1);
	assert_string_equal(labels, before);
}

static void what_node_exporter_would_not_take_is_refused(void **state)
{
	static const struct metric good = { "x", "X.", "a=\"1\"", 1, METRIC_GAUGE };
	static const struct metric bad[] = {
		{ "", "X.", NULL, 1, METRIC_GAUGE },
		{ "1x", "X.", NULL, 1, METRIC_GAUGE },
		{ "x y", "X.", NULL, 1, METRIC_GAUGE },
		{ "y", "X.", "a", 1, METRIC_GAUGE },
		{ "y", "X.", "a=1", 1, METRIC_GAUGE },
		{ "y", "X.", "a=\"1", 1, METRIC_GAUGE },
		{ "y", "X.", "a=\"1\\\"", 1, METRIC_GAUGE },
		{ "y", "X.", "a=\"\\x\"", 1, METRIC_GAUGE },
		{ "y", "X.", "a=\"\n\"", 1, METRIC_GAUGE },
		{ "y", "X.", "a=\"1\",", 1, METRIC_GAUGE },
		{ "y", "X.", "a=\"1\"}", 1, METRIC_GAUGE },
		{ "y", "X.", "=\"1\"", 1, METRIC_GAUGE },
		{ "x", "X.", "a=\"1\"", 2, METRIC_GAUGE },
		{ "x", "X.", NULL, 2, METRIC_COUNTER },
		{ "x", "Y.", NULL, 2, METRIC_GAUGE },
	};
	struct error e = { 0 };

	(void)state;
	assert_int_equal(metrics_write("b.prom", &good, 1, &e), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct metric both[] = { good, bad[i] };

		e = (struct error){ 0 };
		assert_int_equal(metrics_write("b.prom", both, 2, &e), -1);
		assert_int_equal(e.code, ERROR_BUG);
		holds("b.prom", "# HELP x X.\n# TYPE x gauge\nx{a=\"1\"} 1\n");
	}
	assert_int_equal(files(), 1);
}

static const struct metric one = { "x", "X.", NULL, 1, METRIC_GAUGE };

static void everybody_can_read_it(void **state)
{
	mode_t mask = umask(077);
	struct error e = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(metrics_write("b.prom", &one, 1, &e), 0);
	umask(mask);
	assert_int_equal(stat("b.prom", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void what_cannot_be_written_leaves_the_old(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_int_equal(metrics_write("nowhere/b.prom", &one, 1, &e), -1);
	assert_true(e.code == ERROR_NOINPUT || e.code == ERROR_CANTCREATE);
	assert_non_null(strstr(e.text, "nowhere/"));

	/* A folder stands there. */
	assert_int_equal(mkdir("b.prom", 0755), 0);
	assert_int_equal(metrics_write("b.prom", &one, 1, &e), -1);
	assert_int_equal(files(), 1);

	/* A link is not followed, a pipe not waited for. */
	assert_int_equal(symlink("elsewhere", ".c.prom.new"), 0);
	assert_int_equal(metrics_write("c.prom", &one, 1, &e), -1);
	assert_int_equal(access("elsewhere", F_OK), -1);
	assert_int_equal(mkfifo(".d.prom.new", 0644), 0);
	assert_int_equal(metrics_write("d.prom", &one, 1, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
}

/* In a child whose files may have ten bytes. */
static int write_under_limit(void)
{
	const struct rlimit limit = { 10, 10 };
	struct error e = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 2;
	return metrics_write("b.prom", &one, 1, &e) == -1 && e.code == ERROR_IO ? 0 : 1;
}

static void a_short_write_leaves_the_old(void **state)
{
	const struct metric old = { "y", "Y.", NULL, 2, METRIC_GAUGE };
	struct error e = { 0 };
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(metrics_write("b.prom", &old, 1, &e), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		_exit(write_under_limit());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	holds("b.prom", "# HELP y Y.\n# TYPE y gauge\ny 2\n");
	assert_int_equal(files(), 1);
}

static void what_a_killed_writer_left_is_taken(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_int_equal(file_write(".b.prom.new",
				    "half of what was to be, and more of it than is "
				    "written now, by far",
				    60, &e),
			 0);
	assert_int_equal(chmod(".b.prom.new", 0600), 0);
	assert_int_equal(metrics_write("b.prom", &one, 1, &e), 0);
	holds("b.prom", "# HELP x X.\n# TYPE x gauge\nx 1\n");
	assert_int_equal(files(), 1);
}

static void a_writer_that_hangs_is_not_waited_for(void **state)
{
	struct error e = { 0 };
	int fd = open(".b.prom.new", O_RDWR | O_CREAT, 0644);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(metrics_write("b.prom", &one, 1, &e), -1);
	assert_int_equal(e.code, ERROR_TEMPORARY);
	close(fd);
	assert_int_equal(metrics_write("b.prom", &one, 1, &e), 0);
}

#define WRITERS 4
#define WRITES	100

static void *keep_writing(void *unused)
{
	struct metric metrics[] = { one, { "y", "Y.", NULL, 2, METRIC_GAUGE } };
	struct error e = { 0 };
	intptr_t failed = 0;

	(void)unused;
	for (size_t i = 0; i < WRITES; i++)
		failed += metrics_write("b.prom", metrics, 1 + i % 2, &e) != 0;
	return (void *)failed;
}

/* Writers at once, while somebody reads: each file is one writer's, and whole. */
static void a_reader_sees_whole_files(void **state)
{
	static const char shorter[] = "# HELP x X.\n# TYPE x gauge\nx 1\n";
	static const char longer[] = "# HELP x X.\n# TYPE x gauge\nx 1\n"
				     "# HELP y Y.\n# TYPE y gauge\ny 2\n";
	pthread_t thread[WRITERS];
	struct error e = { 0 };

	(void)state;
	assert_int_equal(metrics_write("b.prom", &one, 1, &e), 0);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, keep_writing, NULL), 0);
	for (int i = 0; i < 500; i++) {
		char *text = NULL;
		size_t size = 0;

		assert_int_equal(file_read("b.prom", 1 << 20, &text, &size, &e), 0);
		assert_true(!strcmp(text, shorter) || !strcmp(text, longer));
		free(text);
	}
	for (int i = 0; i < WRITERS; i++) {
		void *failed;

		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(files(), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_name_has_one_head_and_its_lines_together),
		TEST(a_value_reads_back_as_it_was),
		TEST(labels_are_escaped),
		TEST(what_node_exporter_would_not_take_is_refused),
		TEST(everybody_can_read_it),
		TEST(what_cannot_be_written_leaves_the_old),
		TEST(a_short_write_leaves_the_old),
		TEST(what_a_killed_writer_left_is_taken),
		TEST(a_writer_that_hangs_is_not_waited_for),
		TEST(a_reader_sees_whole_files),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
