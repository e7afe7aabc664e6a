/* SPDX-License-Identifier: Apache-2.0
 *
 * Where time goes: laps add up to the whole, and without a timing nothing is done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/timing.h"

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* What is printed, to be freed. */
static char *printed(const struct timing *t, enum log_format format)
{
	char *text = NULL;
	size_t size;
	struct log log;
	FILE *stream = open_memstream(&text, &size);

	log_setup(&log, stream, NULL);
	log.format = format;
	timing_print(t, 2, &log);
	fclose(stream);
	return text;
}

static void laps_of_one_name_are_one(void **state)
{
	struct timing t;
	double begin, sum = 0;
	uint64_t start;
	char *text;

	(void)state;
	timing_begin(&t);
	begin = t.wall_s;
	for (int i = 0; i < 2; i++) {
		pause_ms(5);
		timing_lap(&t, "a");
		pause_ms(20);
		timing_lap(&t, "b");
	}
	start = timing_start(&t);
	pause_ms(2);
	timing_stop(&t, TIMING_DECODE, start);
	assert_int_equal(t.laps_nr, 2);
	for (int i = 0; i < 2; i++)
		sum += t.laps[i].wall_s;
	/* Each lap begins where the one before it ended. */
	assert_true(sum > t.wall_s - begin - 1e-9 && sum < t.wall_s - begin + 1e-9);
	assert_true(t.laps[0].wall_s >= .01 && t.laps[1].wall_s >= .04);
	assert_true(t.counted_ns[TIMING_DECODE] >= 2000000);
	assert_int_equal(t.counted_ns[TIMING_WRITE], 0);
	text = printed(&t, LOG_TEXT);
	assert_non_null(strstr(text, "\na "));
	assert_non_null(strstr(text, "\nall "));
	assert_non_null(strstr(text, "decode 0.0"));
	free(text);
	text = printed(&t, LOG_JSON);
	assert_non_null(strstr(text, "\"code\":\"stage.timing\""));
	assert_non_null(strstr(text, "\"wall_ms\":"));
	free(text);
}

static void more_laps_than_there_is_room_for(void **state)
{
	static char names[TIMING_LAPS_MAX + 3][8];
	struct timing t;

	(void)state;
	timing_begin(&t);
	for (int i = 0; i < TIMING_LAPS_MAX + 3; i++) {
		snprintf(names[i], sizeof(names[i]), "%d", i);
		timing_lap(&t, names[i]);
	}
	assert_int_equal(t.laps_nr, TIMING_LAPS_MAX);
}

static void without_one_nothing_is_done(void **state)
{
	(void)state;
	timing_begin(NULL);
	timing_lap(NULL, "a");
	assert_int_equal(timing_start(NULL), 0);
	timing_stop(NULL, TIMING_WRITE, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(laps_of_one_name_are_one),
		cmocka_unit_test(more_laps_than_there_is_room_for),
		cmocka_unit_test(without_one_nothing_is_done),
	};

	return cmocka_run_group_tests_name("timing", tests, NULL, NULL);
}
