/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdatomic.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/run/tiles.h"

#define SLOT_WORDS 50

/* Counts what happens; the numbers of tiles are far apart from what a slot held before. */
struct job {
	size_t written;		      /* tiles, in order */
	size_t slots;		      /* 2 * threads */
	size_t fail_work, fail_write; /* tile that fails, or SIZE_MAX */
	int fail_start;		      /* every start fails */
	atomic_size_t worked, starts, stops, written_seen;
	atomic_int writers, bad;
};

struct worker {
	struct job *job;
	uint64_t random;
};

static uint64_t value(size_t i, size_t k)
{
	return i * 1000003 + k * 7 + 1;
}

/* Threads meet at other points at each run. */
static void stall(struct worker *w, size_t i)
{
	w->random = (w->random + i) * 6364136223846793005u + 1442695040888963407u;
	for (uint64_t n = w->random >> 60; n; n--)
		sched_yield();
}

static int start(void *job, void **state, struct error *e)
{
	struct job *j = job;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(e, "a worker");
	*state = w;
	w->job = j;
	w->random = atomic_fetch_add(&j->starts, 1);
	return j->fail_start ? error_set(e, ERROR_CONFIG, "start fails") : 0;
}

static void stop(void *state)
{
	struct worker *w = state;

	atomic_fetch_add(&w->job->stops, 1);
	free(w);
}

static int work_job(struct job *j, size_t i, uint64_t *slot, struct error *e)
{
	/* Bounded: never further ahead than there are slots. */
	if (i >= atomic_load(&j->written_seen) + j->slots)
		atomic_fetch_add(&j->bad, 1);
	if (i == j->fail_work)
		return error_set(e, ERROR_DATA, "work fails at tile %zu", i);
	for (size_t k = 0; k < SLOT_WORDS; k++)
		slot[k] = value(i, k);
	atomic_fetch_add(&j->worked, 1);
	return 0;
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;

	stall(w, i);
	return work_job(w->job, i, slot, e);
}

static int work_without_start(void *state, size_t i, void *slot, struct error *e)
{
	return work_job(state, i, slot, e);
}

static int write_tile(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;
	const uint64_t *words = slot;

	if (atomic_fetch_add(&j->writers, 1))
		atomic_fetch_add(&j->bad, 1);
	if (i == j->fail_write)
		return error_set(e, ERROR_IO, "write fails at tile %zu", i);
	if (i != j->written)
		atomic_fetch_add(&j->bad, 1);
	for (size_t k = 0; k < SLOT_WORDS; k++)
		if (words[k] != value(i, k))
			atomic_fetch_add(&j->bad, 1);
	j->written++;
	/* A slot is free once its tile is written: not before this returns. */
	atomic_store(&j->written_seen, i + 1);
	atomic_fetch_sub(&j->writers, 1);
	return 0;
}

static const struct tiles_ops all_ops = { start, work, write_tile, stop };

static int run(struct job *j, const struct tiles_ops *ops, size_t n, int threads, struct error *e)
{
	j->slots = 2 * (size_t)threads;
	return tiles_run(n, threads, SLOT_WORDS * sizeof(uint64_t), ops, j, e);
}

static void tiles_are_written_in_order(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 3, 64, 127, 500 };
	static const int threads[] = { 1, 2, 3, 4, 7, 16, 64 };

	(void)state;
	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++)
		for (size_t t = 0; t < sizeof(threads) / sizeof(threads[0]); t++) {
			struct job j = { .fail_work = SIZE_MAX, .fail_write = SIZE_MAX };
			struct error e = { 0 };

			assert_int_equal(run(&j, &all_ops, counts[c], threads[t], &e), 0);
			assert_int_equal(j.written, counts[c]);
			assert_int_equal(j.worked, counts[c]);
			assert_int_equal(j.starts, threads[t]);
			assert_int_equal(j.stops, threads[t]);
			assert_int_equal(j.bad, 0);
		}
}

static void an_error_in_work_ends_the_run(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 64; threads *= 4) {
		struct job j = { .fail_work = 37, .fail_write = SIZE_MAX };
		struct error e = { 0 };

		assert_int_equal(run(&j, &all_ops, 5000, threads, &e), -1);
		assert_int_equal(e.code, ERROR_DATA);
		assert_string_equal(e.text, "work fails at tile 37");
		assert_true(j.written <= 37);
		assert_true(j.worked <= 37 + j.slots);
		assert_int_equal(j.starts, j.stops);
		assert_int_equal(j.bad, 0);
	}
}

static void an_error_in_write_ends_the_run(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 64; threads *= 4) {
		struct job j = { .fail_work = SIZE_MAX, .fail_write = 20 };
		struct error e = { 0 };

		assert_int_equal(run(&j, &all_ops, 5000, threads, &e), -1);
		assert_int_equal(e.code, ERROR_IO);
		assert_string_equal(e.text, "write fails at tile 20");
		assert_int_equal(j.written, 20);
		assert_int_equal(j.starts, j.stops);
		assert_int_equal(j.bad, 0);
	}
}

static void an_error_in_start_ends_the_run(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 64; threads *= 4) {
		struct job j = { .fail_work = SIZE_MAX, .fail_write = SIZE_MAX, .fail_start = 1 };
		struct error e = { 0 };

		assert_int_equal(run(&j, &all_ops, 100, threads, &e), -1);
		assert_int_equal(e.code, ERROR_CONFIG);
		assert_int_equal(j.worked, 0);
		assert_int_equal(j.written, 0);
		/* What start made is stopped also where start failed. */
		assert_int_equal(j.starts, j.stops);
	}
}

static void the_first_of_two_errors_counts(void **state)
{
	struct job j = { .fail_work = 5, .fail_write = 20 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(run(&j, &all_ops, 100, 1, &e), -1);
	assert_string_equal(e.text, "work fails at tile 5");
	assert_int_equal(j.written, 5);
}

static void start_write_and_stop_may_be_left_out(void **state)
{
	static const struct tiles_ops no_start = { NULL, work_without_start, write_tile, NULL };
	static const struct tiles_ops only_work = { NULL, work_without_start, NULL, NULL };

	(void)state;
	for (int threads = 1; threads <= 8; threads++) {
		struct job j = { .fail_work = SIZE_MAX, .fail_write = SIZE_MAX };
		struct error e = { 0 };

		assert_int_equal(run(&j, &no_start, 300, threads, &e), 0);
		assert_int_equal(j.written, 300);
		assert_int_equal(j.bad, 0);

		j = (struct job){ .fail_work = SIZE_MAX, .fail_write = SIZE_MAX };
		/* Nothing is written: how far ahead it may work is not known to this job. */
		atomic_store(&j.written_seen, 1000);
		assert_int_equal(run(&j, &only_work, 300, threads, &e), 0);
		assert_int_equal(j.worked, 300);
		assert_int_equal(j.written, 0);
		assert_int_equal(j.bad, 0);
	}
}

static int expect_line(void *state, size_t i, void *slot, struct error *e)
{
	(void)state;
	(void)i;
	return (uintptr_t)slot % 64 ? error_set(e, ERROR_BUG, "not on a cache line") : 0;
}

static void slots_lie_on_cache_lines(void **state)
{
	static const struct tiles_ops ops = { NULL, expect_line, NULL, NULL };
	struct job j = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(run(&j, &ops, 500, 3, &e), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiles_are_written_in_order),
		cmocka_unit_test(an_error_in_work_ends_the_run),
		cmocka_unit_test(an_error_in_write_ends_the_run),
		cmocka_unit_test(an_error_in_start_ends_the_run),
		cmocka_unit_test(the_first_of_two_errors_counts),
		cmocka_unit_test(start_write_and_stop_may_be_left_out),
		cmocka_unit_test(slots_lie_on_cache_lines),
	};

	return cmocka_run_group_tests_name("tiles", tests, NULL, NULL);
}
