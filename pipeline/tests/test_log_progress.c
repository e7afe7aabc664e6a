/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "pipeline/tests/log_memory.h"

static void a_terminal_gets_the_dots_of_gdal(void **state)
{
	static const size_t totals[] = { 1, 7, 40, 1000 };
	struct progress p;
	struct memory_log m;

	(void)state;
	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		log_open(&m, LOG_INFO, true);
		progress_start(&p, &m.log, "scene", totals[i]);
		assert_string_equal(said(&m), "scene: 0");
		for (size_t done = 1; done < totals[i]; done++)
			progress_step(&p, done);
		assert_null(strstr(said(&m), "done"));
		progress_step(&p, totals[i]);
		progress_step(&p, totals[i]);
		assert_string_equal(said(&m), "scene: 0...10...20...30...40...50...60...70...80..."
					      "90...100 - done.\n");
		log_close(&m);
	}
}

static void a_file_gets_a_line_a_tenth(void **state)
{
	struct progress p;
	struct memory_log m;

	(void)state;
	log_open(&m, LOG_INFO, false);
	progress_start(&p, &m.log, "scene", 100);
	for (size_t done = 0; done < 30; done++)
		progress_step(&p, done);
	assert_string_equal(said(&m), "balkhash: scene: 10 %\nbalkhash: scene: 20 %\n");
	progress_step(&p, 95);
	progress_step(&p, 100);
	assert_string_equal(said(&m), "balkhash: scene: 10 %\nbalkhash: scene: 20 %\n"
				      "balkhash: scene: 90 %\nbalkhash: scene: 100 %\n");
	log_close(&m);

	log_open(&m, LOG_INFO, false);
	progress_start(&p, &m.log, "nothing", 0);
	progress_step(&p, 0);
	assert_string_equal(said(&m), "balkhash: nothing: 100 %\n");
	log_close(&m);
}

static void quiet_shows_no_progress(void **state)
{
	struct progress p;
	struct memory_log m;

	(void)state;
	for (int terminal = 0; terminal < 2; terminal++) {
		log_open(&m, LOG_WARNING, terminal);
		progress_start(&p, &m.log, "scene", 2);
		progress_step(&p, 1);
		progress_step(&p, 2);
		assert_string_equal(said(&m), "");
		log_close(&m);
	}
}

/* Steps of a piece of work, one after each time; what was said of it. */
static void work(struct memory_log *m, size_t total, const double *times)
{
	struct progress p;

	progress_start_at(&p, &m->log, "scene", total, 1000);
	for (size_t i = 0; i < total; i++)
		progress_step_at(&p, i + 1, 1000 + times[i]);
}

static void what_is_left_follows_the_pace_of_late(void **state)
{
	/* Slow to begin with, ten times faster after a third, and slower at the end. */
	static const double times[] = { 600, 1200, 1800, 1860, 1920, 1980, 2040, 2100, 2700, 3300 };
	struct memory_log m;

	(void)state;
	log_open(&m, LOG_INFO, false);
	work(&m, 10, times);
	assert_string_equal(said(&m), "balkhash: scene: 10 %, about 1.5 h left\n" /* 9 x 600 s */
				      "balkhash: scene: 20 %, about 80 min left\n"
				      "balkhash: scene: 30 %, about 70 min left\n"
				      "balkhash: scene: 40 %, about 35 min left\n" /* 6 x 330 s */
				      "balkhash: scene: 50 %, about 5 min left\n"  /* 5 x 60 s */
				      "balkhash: scene: 60 %, about 4 min left\n"
				      "balkhash: scene: 70 %, about 3 min left\n"
				      "balkhash: scene: 80 %, about 2 min left\n"
				      "balkhash: scene: 90 %, about 6 min left\n" /* 1 x 330 s */
				      "balkhash: scene: 100 %\n");
	log_close(&m);
}

static void short_work_is_not_estimated(void **state)
{
	double times[10];
	struct memory_log m;

	(void)state;
	for (int i = 0; i < 10; i++)
		times[i] = .99 * (i + 1);
	log_open(&m, LOG_INFO, false);
	work(&m, 10, times);
	assert_null(strstr(said(&m), "left"));
	log_close(&m);

	for (int i = 0; i < 10; i++)
		times[i] = 1.01 * (i + 1);
	log_open(&m, LOG_INFO, false);
	work(&m, 10, times);
	assert_non_null(strstr(said(&m), "scene: 10 %, about 10 s left\n"));
	log_close(&m);
}

static void durations_are_no_more_exact_than_an_estimate(void **state)
{
	static const struct {
		double seconds; /* a tenth takes */
		const char *left;
	} cases[] = {
		{ 1.2, "about 10 s" }, { 6, "about 55 s" },	   { 6.4, "about 1 min" },
		{ 60, "about 9 min" }, { 64, "about 10 min" },	   { 640, "about 1.5 h" },
		{ 3600, "about 9 h" }, { 4800, "about 12 h" },	   { 86400, "about 9 days" },
		{ 0, NULL },	       { 1e7, "about 1042 days" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct memory_log m;
		char line[100];

		log_open(&m, LOG_INFO, false);
		work(&m, 1, &cases[i].seconds);
		assert_string_equal(said(&m), "balkhash: scene: 100 %\n");
		log_close(&m);

		log_open(&m, LOG_INFO, false);
		struct progress p;

		progress_start_at(&p, &m.log, "scene", 10, 5);
		progress_step_at(&p, 1, 5 + cases[i].seconds);
		snprintf(line, sizeof(line), "balkhash: scene: 10 %%%s%s%s\n",
			 cases[i].left ? ", " : "", cases[i].left ? cases[i].left : "",
			 cases[i].left ? " left" : "");
		assert_string_equal(said(&m), line);
		log_close(&m);
	}
}

static void progress_is_json_even_on_a_terminal(void **state)
{
	struct memory_log m;
	struct progress p;
	json_t *line;

	(void)state;
	for (int terminal = 0; terminal < 2; terminal++) {
		log_open(&m, LOG_INFO, terminal);
		m.log.format = LOG_JSON;
		progress_start_at(&p, &m.log, "scene", 4, 0);
		progress_step_at(&p, 1, 100);
		line = only_line(&m);
		assert_string_equal(text_of(line, "code"), "progress");
		assert_string_equal(text_of(line, "msg"), "scene: 20 %, about 5 min left");
		assert_int_equal(json_integer_value(json_object_get(line, "percent")), 20);
		assert_int_equal(json_integer_value(json_object_get(line, "left_s")), 300);
		json_decref(line);
		log_close(&m);

		log_open(&m, LOG_INFO, terminal);
		m.log.format = LOG_JSON;
		progress_start_at(&p, &m.log, "scene", 4, 0);
		progress_step_at(&p, 4, 100);
		line = only_line(&m);
		assert_int_equal(json_integer_value(json_object_get(line, "percent")), 100);
		assert_null(json_object_get(line, "left_s"));
		json_decref(line);
		log_close(&m);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_gets_the_dots_of_gdal),
		cmocka_unit_test(a_file_gets_a_line_a_tenth),
		cmocka_unit_test(quiet_shows_no_progress),
		cmocka_unit_test(what_is_left_follows_the_pace_of_late),
		cmocka_unit_test(short_work_is_not_estimated),
		cmocka_unit_test(durations_are_no_more_exact_than_an_estimate),
		cmocka_unit_test(progress_is_json_even_on_a_terminal),
	};

	return cmocka_run_group_tests_name("log_progress", tests, NULL, NULL);
}
