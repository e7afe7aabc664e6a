/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/base/log.h"

/* A log that writes into memory. */
struct memory_log {
	struct log log;
	char *text;
	size_t size;
};

static void log_open(struct memory_log *m, enum log_level level, bool terminal)
{
	m->log = (struct log){ .level = level, .terminal = terminal };
	m->log.stream = open_memstream(&m->text, &m->size);
	assert_non_null(m->log.stream);
}

/* What was said so far. */
static const char *said(struct memory_log *m)
{
	fflush(m->log.stream);
	return m->text;
}

static void log_close(struct memory_log *m)
{
	fclose(m->log.stream);
	free(m->text);
}

static void says_up_to_its_level(void **state)
{
	struct memory_log m;

	(void)state;
	log_open(&m, LOG_INFO, false);
	log_say(&m.log, LOG_ERROR, "cannot read %s", "a");
	log_say(&m.log, LOG_WARNING, "unknown platform %c", 'Z');
	log_say(&m.log, LOG_INFO, "%d of %d", 1, 2);
	log_say(&m.log, LOG_DEBUG, "not said");
	assert_string_equal(said(&m), "balkhash: cannot read a\n"
				      "balkhash: warning: unknown platform Z\n"
				      "balkhash: 1 of 2\n");
	log_close(&m);

	log_open(&m, LOG_DEBUG, false);
	log_say(&m.log, LOG_DEBUG, "said");
	assert_string_equal(said(&m), "balkhash: debug: said\n");
	log_close(&m);
}

static void an_event_is_one_line(void **state)
{
	static char wide[5000];
	struct memory_log m;

	(void)state;
	memset(wide, 'w', sizeof(wide) - 1);
	log_open(&m, LOG_INFO, false);
	log_say(&m.log, LOG_ERROR, "%s", "a\nb\rc\033[31md\x7f \xd0\x91");
	assert_string_equal(said(&m), "balkhash: a?b?c?[31md? \xd0\x91\n");
	log_say(&m.log, LOG_ERROR, "%s", wide);
	said(&m);
	assert_ptr_equal(strchr(strchr(m.text, '\n') + 1, '\n'), m.text + m.size - 1);
	log_close(&m);
}

#define TALKERS 8
#define LINES	200

static void *talk(void *log)
{
	for (int i = 0; i < LINES; i++)
		log_say(log, LOG_INFO, "%s", "abcdefghijklmnopqrstuvwxyz");
	return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
	static const char line[] = "balkhash: abcdefghijklmnopqrstuvwxyz\n";
	struct log log = { .stream = tmpfile(), .level = LOG_INFO };
	char got[sizeof(line)];
	pthread_t thread[TALKERS];
	int n = 0;

	(void)state;
	assert_non_null(log.stream);
	setvbuf(log.stream, NULL, _IONBF, 0);
	for (int t = 0; t < TALKERS; t++)
		assert_int_equal(pthread_create(&thread[t], NULL, talk, &log), 0);
	for (int t = 0; t < TALKERS; t++)
		pthread_join(thread[t], NULL);
	rewind(log.stream);
	for (; fgets(got, sizeof(got), log.stream); n++)
		assert_string_equal(got, line);
	assert_int_equal(n, TALKERS * LINES);
	fclose(log.stream);
}

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_up_to_its_level),
		cmocka_unit_test(an_event_is_one_line),
		cmocka_unit_test(lines_of_threads_do_not_mix),
		cmocka_unit_test(a_terminal_gets_the_dots_of_gdal),
		cmocka_unit_test(a_file_gets_a_line_a_tenth),
		cmocka_unit_test(quiet_shows_no_progress),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
