/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "pipeline/io/level_file.h"
#include "pipeline/tests/lake_folder.h"

#define DAY    ((int64_t)86400)
#define JULY_1 ((int64_t)1719792000) /* 2024-07-01 */

static struct levels parse(const char *text)
{
	struct levels l;
	struct error e = { 0 };

	if (levels_parse(&l, text, &e))
		fail_msg("\"%s\": %s", text, e.text);
	return l;
}

static void as_programs_write_them(void **state)
{
	static const char *const texts[] = {
		"2024-07-01,341.5\n2024-07-11,-27.25\n",
		"2024-07-01,341.5\n2024-07-11,-27.25",
		"2024-07-11,-27.25\n2024-07-01,341.5\n",
		"2024-07-01,341.5\r\n2024-07-11,-27.25\r\n",
		"2024-07-01,341.5\r2024-07-11,-27.25\r",
		"\xef\xbb\xbf"
		"2024-07-01,341.5\n2024-07-11,-27.25\n",
		"\xef\xbb\xbf"
		"date,level\n2024-07-01,341.5\n2024-07-11,-27.25\n",
		"date,level\n\n# of the gauge, by hand\n2024-07-01,341.5\n\n2024-07-11,-27.25\n\n",
		"2024-07-01T00:00:00Z, 341.5 \n2024-07-11,\t-2725e-2\t\n",
		"2024-07-01,341.5,m\n2024-07-11,-27.25,,by hand\n",
		"#\n2024-07-01,+0341.50,\n2024-07-11,-27.25, 5\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct levels l = parse(texts[i]);

		if (l.nr != 2 || l.of[0].time != JULY_1 || l.of[1].time != JULY_1 + 10 * DAY ||
		    l.of[0].metres != 341.5 || l.of[1].metres != -27.25)
			fail_msg("text %zu was read otherwise", i);
		levels_release(&l);
		assert_true(!l.of && !l.nr);
	}
}

static void what_would_be_another_number_is_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "2024-07-01,341,5\n", "line 1 " },
		{ "2024-07-01;341.5\n", "line 1 " },
		{ "2024-07-01,341.5;m\n", "line 1 " },
		{ "2024-07-01,\n2024-07-02,341.5\n", "line 1 " },
		{ "2024-07-01,\n341.5\n", "line 1 " },
		{ "2024-07-01", "line 1 " },
		{ "2024-02-30,341.5\n", "line 1 " },
		{ "date,level\n2024-07-01,high\n", "line 2 " },
		{ "date,level\r\n2024-07-01,341\r\nlater,341\r\n", "line 3 " },
		{ "date,level\r2024-07-01,341\rlater,341\r", "line 3 " },
		{ "2024-07-01,0x155\n", "line 1 " },
		{ "2024-07-01,nan\n", "line 1 " },
		{ "2024-07-01,inf\n", "line 1 " },
		{ "2024-07-01,1e308\n", "line 1 " },
		{ "2024-07-01,10000.1\n", "line 1 " },
		{ "2024-07-01,341.5 m\n", "line 1 " },
		{ "2024-07-01T00:00:00Zand more,341.5\n", "line 1 " },
		{ "", "no level" },
		{ "date,level\n# none yet\n", "no level" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct levels l;
		struct error e = { 0 };

		if (!levels_parse(&l, bad[i].text, &e))
			fail_msg("\"%s\" was taken", bad[i].text);
		assert_int_equal(e.code, ERROR_DATA);
		assert_true(!l.of && !l.nr);
		if (!strstr(e.text, bad[i].words))
			fail_msg("\"%s\": \"%s\"", bad[i].text, e.text);
	}
}

/* A comment that goes on and on is one line, and what stands far behind in it no level. */
static void lines_have_any_length(void **state)
{
	char text[3000], *end = text;
	struct levels l;

	(void)state;
	*end++ = '#';
	memset(end, ' ', 2000);
	end += 2000;
	for (int i = 0; i < 20; i++)
		end += sprintf(end, "2000-01-01,%d", i);
	sprintf(end, "\n2024-07-01,341.5\n");
	l = parse(text);
	assert_int_equal(l.nr, 1);
	assert_true(l.of[0].metres == 341.5);
	levels_release(&l);
}

static double at(const struct levels *l, double days)
{
	return levels_at(l, JULY_1 + (int64_t)(days * (double)DAY));
}

static void between_readings_and_no_further(void **state)
{
	/* Of one day the highest, in whatever order they stand. */
	struct levels l = parse("2024-09-29,350\n2024-07-01,341\n2024-07-11,343\n2024-07-01,340\n");
	const struct levels none = { 0 };

	(void)state;
	assert_int_equal(l.nr, 4);
	assert_true(at(&l, 0) == 341);
	assert_true(at(&l, 5) == 342);
	assert_true(at(&l, 2.5) == 341.5);
	assert_true(at(&l, 10) == 343);
	/* 80 days to the next: each is carried 31 days, and no further. */
	assert_true(at(&l, 41) == 343);
	assert_true(isnan(at(&l, 41.5)));
	assert_true(isnan(at(&l, 58.5)));
	assert_true(at(&l, 59) == 350);
	assert_true(at(&l, 90) == 350);
	assert_true(at(&l, 121) == 350);
	assert_true(isnan(at(&l, 121.5)));
	/* The lower of the first day's: the nearest from before. */
	assert_true(at(&l, -31) == 340);
	assert_true(isnan(at(&l, -31.5)));
	assert_true(isnan(levels_at(&none, JULY_1)));
	levels_release(&l);
}

/* 31 and 31 days: on the one day between them both are near. */
static void two_that_meet_on_one_day(void **state)
{
	struct levels l = parse("2024-07-01,300\n2024-09-01,362\n");

	(void)state;
	for (int day = 0; day <= 62; day++)
		assert_true(fabs(at(&l, day) - (day == 31 ? 331 : day < 31 ? 300 : 362)) < 1e-9);
	levels_release(&l);
}

static void files(void **state)
{
	struct folder *f = *state;
	char path[420];
	struct levels l;
	struct error e = { 0 };

	assert_int_equal(level_file_read(write_file(f, "l.csv", "2024-07-01,341.5\n", 17), &l, &e),
			 0);
	assert_int_equal(l.nr, 1);
	levels_release(&l);
	assert_int_equal(
		level_file_read(write_file(f, "l.csv", "2024-07-01,341\0.5\n", 18), &l, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "l.csv: it holds a zero byte"));
	assert_int_equal(level_file_read(write_file(f, "l.csv", "2024-07-01\n", 11), &l, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "l.csv: line 1 is not DATE,METRES"));
	snprintf(path, sizeof(path), "%s/none.csv", f->path);
	assert_int_equal(level_file_read(path, &l, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	/* What may never end is not waited for. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(level_file_read(path, &l, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_true(!l.of && !l.nr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_programs_write_them),
		cmocka_unit_test(what_would_be_another_number_is_refused),
		cmocka_unit_test(lines_have_any_length),
		cmocka_unit_test(between_readings_and_no_further),
		cmocka_unit_test(two_that_meet_on_one_day),
		IN_FOLDER(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
