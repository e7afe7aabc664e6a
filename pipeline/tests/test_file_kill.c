/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/tests/stage_files.h"

/* --- kill -9 --- */

/* Publish "2" in a process that dies before its call number n; false: it came to its end. */
static bool killed_at(const char *target, int n)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct error e = { 0 };

		fault.until_kill = n;
		_exit(publish(target, "2", true, &e));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		assert_int_equal(status, 0);
	return WIFSIGNALED(status);
}

/* What the next process makes of it: the old result or the new, and nothing beside it. */
static void check_recovery(const struct fixture *f, bool was_there)
{
	struct error e = { 0 };
	struct stage s;

	assert_int_equal(stage_open(&s, f->target, &e), 0);
	stage_release(&s);
	assert_int_equal(hidden_nr(f->folder), 0);
	if (access(f->target, F_OK))
		assert_false(was_there);
	else
		assert_true((was_there && is_whole(f->target, "1")) || is_whole(f->target, "2"));
}

static void remove_target(const struct fixture *f)
{
	char aside[4200];
	struct error e = { 0 };
	struct stage s;

	/* A stage nobody holds: the next stage_open() removes it. */
	if (access(f->target, F_OK))
		return;
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	snprintf(aside, sizeof(aside), "%s", s.path);
	stage_release(&s);
	assert_int_equal(rename(f->target, aside), 0);
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	stage_release(&s);
	assert_int_equal(access(f->target, F_OK), -1);
}

static int kill_everywhere(const struct fixture *f, bool was_there)
{
	int n = 1;

	for (bool killed = true; killed; n++) {
		remove_target(f);
		if (was_there)
			must_publish(f->target, "1", false);
		killed = killed_at(f->target, n);
		/* With an exchange there is a whole result at any moment, before any recovery. */
		if (was_there && !fault.no_exchange)
			assert_true(is_whole(f->target, "1") || is_whole(f->target, "2"));
		if (!killed)
			assert_true(is_whole(f->target, "2"));
		check_recovery(f, was_there);
	}
	return n - 2;
}

static void a_kill_leaves_nothing_or_the_new_result(void **state)
{
	assert_true(kill_everywhere(*state, false) >= 8);
}

static void a_kill_leaves_the_old_or_the_new_result(void **state)
{
	assert_true(kill_everywhere(*state, true) >= 12);
}

static void also_where_nothing_can_be_exchanged(void **state)
{
	fault.no_exchange = true;
	assert_true(kill_everywhere(*state, true) >= 14);
}

static void also_at_any_other_moment(void **state)
{
	struct fixture *f = *state;
	unsigned int random = 1;

	must_publish(f->target, "1", false);
	for (int i = 0; i < 60; i++) {
		int status;
		pid_t pid = fork();

		if (!pid) {
			struct error e = { 0 };

			for (;;)
				if (publish(f->target, "2", true, &e))
					_exit(1);
		}
		random = random * 1103515245 + 12345;
		usleep(random / 65536 % 5000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_true(is_whole(f->target, "1") || is_whole(f->target, "2"));
		check_recovery(f, true);
	}
}

/* Several processes replace one result, again and again: none fails, and one of them remains. */
static void replace_at_once(struct fixture *f)
{
	enum { PROCESSES = 6, TIMES = 20 };
	pid_t pid[PROCESSES];
	int status;

	must_publish(f->target, "1", false);
	for (int p = 0; p < PROCESSES; p++) {
		pid[p] = fork();
		if (pid[p])
			continue;
		srandom((unsigned int)getpid());
		for (int i = 0; i < TIMES; i++) {
			struct error e = { 0 };

			if (publish(f->target, "2", true, &e)) {
				fprintf(stderr, "# %s\n", e.text);
				_exit(1);
			}
		}
		_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++) {
		assert_int_equal(waitpid(pid[p], &status, 0), pid[p]);
		assert_int_equal(status, 0);
	}
	assert_true(is_whole(f->target, "2"));
	check_recovery(f, true);
}

static void processes_may_replace_at_once(void **state)
{
	replace_at_once(*state);
}

static void also_without_exchange(void **state)
{
	fault.no_exchange = true;
	replace_at_once(*state);
}

/* Waits between any two calls: what is removed is nothing that another puts back meanwhile. */
static void also_when_calls_take_long(void **state)
{
	fault.stall_us = 2000;
	replace_at_once(*state);
}

static void also_when_calls_take_long_without_exchange(void **state)
{
	fault.stall_us = 2000;
	fault.no_exchange = true;
	replace_at_once(*state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STAGE_TEST(a_kill_leaves_nothing_or_the_new_result),
		STAGE_TEST(a_kill_leaves_the_old_or_the_new_result),
		STAGE_TEST(also_where_nothing_can_be_exchanged),
		STAGE_TEST(also_at_any_other_moment),
		STAGE_TEST(processes_may_replace_at_once),
		STAGE_TEST(also_without_exchange),
		STAGE_TEST(also_when_calls_take_long),
		STAGE_TEST(also_when_calls_take_long_without_exchange),
	};

	return cmocka_run_group_tests_name("file_kill", tests, NULL, NULL);
}
