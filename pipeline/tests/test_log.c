/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <cmocka.h>

#include "pipeline/base/log.h"
#include "pipeline/base/utc.h"
#include "pipeline/tests/log_memory.h"

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

/* --- JSON --- */

static void a_line_of_json_says_what_when_and_where(void **state)
{
	const struct log_number numbers[] = { { "done", 12 }, { "left_s", INT64_MIN } };
	struct memory_log m;
	int64_t before = time(NULL), then;
	char second[UTC_TEXT];
	json_t *line;

	(void)state;
	log_open(&m, LOG_INFO, false);
	m.log.format = LOG_JSON;
	m.log.unit = "0123abcd";
	m.log.stage = "scene";
	log_numbers(&m.log, LOG_WARNING, CODE_RUN_SUMMARY, numbers, 2, "%d of %d", 1, 2);
	line = only_line(&m);
	assert_string_equal(text_of(line, "level"), "warning");
	assert_string_equal(text_of(line, "code"), "run.summary");
	assert_string_equal(text_of(line, "unit"), "0123abcd");
	assert_string_equal(text_of(line, "stage"), "scene");
	assert_string_equal(text_of(line, "msg"), "1 of 2");
	assert_int_equal(json_integer_value(json_object_get(line, "done")), 12);
	assert_true(json_integer_value(json_object_get(line, "left_s")) == INT64_MIN);
	assert_int_equal(json_object_size(line), 8);

	assert_int_equal(strlen(text_of(line, "ts")), strlen("2024-07-12T05:42:13.123Z"));
	assert_int_equal(strspn(text_of(line, "ts") + 19, ".0123456789Z"), 5);
	snprintf(second, sizeof(second), "%.19sZ", text_of(line, "ts"));
	assert_int_equal(utc_parse(second, &then), 0);
	assert_true(before <= then && then <= time(NULL));
	json_decref(line);
	log_close(&m);
}

static void plain_talk_is_json_too(void **state)
{
	struct error e = { ERROR_DATA, "a.tif is cut off" };
	struct memory_log m;
	json_t *line;

	(void)state;
	log_open(&m, LOG_INFO, false);
	m.log.format = LOG_JSON;
	log_say(&m.log, LOG_INFO, "hello");
	log_say(&m.log, LOG_DEBUG, "not said");
	line = only_line(&m);
	assert_string_equal(text_of(line, "code"), "message");
	assert_string_equal(text_of(line, "level"), "info");
	assert_null(json_object_get(line, "unit"));
	assert_null(json_object_get(line, "stage"));
	json_decref(line);
	log_close(&m);

	log_open(&m, LOG_ERROR, false);
	m.log.format = LOG_JSON;
	log_failure(&m.log, CODE_PRODUCT_FAILED, "b.SAFE", &e);
	line = only_line(&m);
	assert_string_equal(text_of(line, "msg"), "b.SAFE: a.tif is cut off");
	assert_string_equal(text_of(line, "code"), "product.failed");
	assert_int_equal(json_integer_value(json_object_get(line, "status")), 65);
	json_decref(line);
	log_close(&m);

	log_open(&m, LOG_ERROR, false);
	log_failure(&m.log, CODE_COMMAND_FAILED, NULL, &e);
	assert_string_equal(said(&m), "balkhash: a.tif is cut off\n");
	log_close(&m);
}

/* Whatever a path holds comes back as it was, or as U+FFFD where it is no UTF-8. */
static void json_holds_any_text(void **state)
{
	char every[256], *many = malloc(3 * 5000 + 1);
	struct memory_log m;
	const char *msg;
	json_t *line;

	(void)state;
	assert_non_null(many);
	for (int i = 0; i < 127; i++)
		every[i] = (char)(i + 1);
	snprintf(every + 127, sizeof(every) - 127, "%s", "\xd0\x91\xf0\x9f\x8c\x8a");
	log_open(&m, LOG_INFO, false);
	m.log.format = LOG_JSON;
	m.log.unit = "a\"b\\c\nd";
	log_say(&m.log, LOG_INFO, "%s", every);
	line = only_line(&m);
	assert_string_equal(text_of(line, "msg"), every);
	assert_string_equal(text_of(line, "unit"), m.log.unit);
	json_decref(line);
	log_close(&m);

	log_open(&m, LOG_INFO, false);
	m.log.format = LOG_JSON;
	log_say(&m.log, LOG_INFO, "%s", "a\xff\xc3z\xed\xa0\x80");
	line = only_line(&m);
	assert_string_equal(text_of(line, "msg"), "a\xef\xbf\xbd\xef\xbf\xbdz"
						  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	json_decref(line);
	log_close(&m);

	/* What is cut is cut between characters, and no line is longer than a pipe takes at once. */
	for (int i = 0; i < 5000; i++)
		memcpy(many + 3 * i, "\x01\xd0\x91", 4);
	log_open(&m, LOG_INFO, false);
	m.log.format = LOG_JSON;
	m.log.unit = m.log.stage = many;
	log_say(&m.log, LOG_INFO, "%s", many);
	line = only_line(&m);
	assert_in_range(m.size, 4000, 4096);
	msg = text_of(line, "msg");
	assert_memory_equal(msg, many, strlen(msg));
	json_decref(line);
	log_close(&m);
	free(many);
}

static void every_code_is_a_word_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < CODE_NR; i++) {
		const char *word = log_code_word((enum log_code)i);

		assert_int_equal(word[strspn(word, "abcdefghijklmnopqrstuvwxyz.-")], 0);
		assert_true(word[0]);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(word, log_code_word((enum log_code)k));
	}
	assert_string_equal(log_code_word(CODE_ALERT_NO_PRODUCTS), "alert.no-products");
}

/* --- the journal --- */

/* Is the log's stream the journal's, if JOURNAL_STREAM is this (NULL: not set)? */
static bool is_journal(FILE *stream, const char *named)
{
	struct log log;

	log_setup(&log, stream, named);
	assert_int_equal(log.level, LOG_INFO);
	assert_int_equal(log.format, LOG_TEXT);
	assert_false(log.terminal);
	return log.journal;
}

static void the_journal_is_known_by_its_stream(void **state)
{
	FILE *stream = tmpfile();
	struct stat st;
	char named[80];

	(void)state;
	assert_non_null(stream);
	assert_int_equal(fstat(fileno(stream), &st), 0);
	snprintf(named, sizeof(named), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	assert_true(is_journal(stream, named));
	snprintf(named, sizeof(named), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + 1);
	assert_false(is_journal(stream, named));
	assert_false(is_journal(stream, ""));
	assert_false(is_journal(stream, "1:"));
	assert_false(is_journal(stream, NULL));
	fclose(stream);
}

static void the_journal_gets_priorities_and_utf8(void **state)
{
	struct memory_log m;
	json_t *line;

	(void)state;
	log_open(&m, LOG_DEBUG, false);
	m.log.journal = true;
	log_say(&m.log, LOG_ERROR, "%s", "a\xff\xd0\x91\xef\xbf\xbd");
	log_say(&m.log, LOG_WARNING, "b");
	log_say(&m.log, LOG_INFO, "c");
	log_say(&m.log, LOG_DEBUG, "d");
	assert_string_equal(said(&m), "<3>balkhash: a?\xd0\x91\xef\xbf\xbd\n"
				      "<4>balkhash: warning: b\n"
				      "<6>balkhash: c\n"
				      "<7>balkhash: debug: d\n");
	log_close(&m);

	log_open(&m, LOG_INFO, false);
	m.log.journal = true;
	m.log.format = LOG_JSON;
	log_say(&m.log, LOG_ERROR, "e");
	line = only_line(&m); /* no priority before it */
	json_decref(line);
	log_close(&m);
}

/* --- threads --- */

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_up_to_its_level),
		cmocka_unit_test(an_event_is_one_line),
		cmocka_unit_test(a_line_of_json_says_what_when_and_where),
		cmocka_unit_test(plain_talk_is_json_too),
		cmocka_unit_test(json_holds_any_text),
		cmocka_unit_test(every_code_is_a_word_of_its_own),
		cmocka_unit_test(the_journal_is_known_by_its_stream),
		cmocka_unit_test(the_journal_gets_priorities_and_utf8),
		cmocka_unit_test(lines_of_threads_do_not_mix),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
