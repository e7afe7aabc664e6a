/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/file_tree.h"
#include "pipeline/base/lease.h"

#define TERM 100

static int make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = NULL;

	if (asprintf(&folder, "%s/lease-XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(folder))
		return -1;
	*state = folder;
	return 0;
}

static int remove_folder(void **state)
{
	int ret = tree_remove(AT_FDCWD, *state, 2);

	free(*state);
	return ret;
}

/* Files in the folder, hidden ones too. */
static int files(const char *folder)
{
	DIR *dir = opendir(folder);
	int n = 0;

	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir));)
		n += !tree_is_dot(d->d_name);
	closedir(dir);
	return n;
}

static bool take(struct lease *l, const char *folder)
{
	struct error e = { 0 };
	bool taken = false;

	assert_int_equal(lease_take(l, folder, "unit", TERM, &taken, &e), 0);
	return taken;
}

/* Write a lease as another host would, last touched some seconds ago. */
static void foreign(const char *folder, const char *words, int64_t ago)
{
	char *path = path_join(folder, "unit");
	struct timespec t[2] = { { .tv_sec = time(NULL) - ago }, { .tv_sec = time(NULL) - ago } };
	struct error e = { 0 };

	unlink(path);
	assert_int_equal(file_write(path, words, strlen(words), &e), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
	free(path);
}

static void one_gets_it(void **state)
{
	struct lease a, b;

	assert_true(take(&a, *state));
	assert_false(take(&b, *state));
	assert_true(lease_is_held(*state, "unit", TERM));
	assert_false(lease_is_held(*state, "other", TERM));
	lease_drop(&a);
	assert_false(lease_is_held(*state, "unit", TERM));
	assert_true(take(&b, *state));
	lease_drop(&b);
	lease_drop(&b);
	assert_int_equal(files(*state), 0);
}

static void of_a_dead_process_it_is_free_at_once(void **state)
{
	pid_t child = fork();
	struct lease l;
	int status;

	assert_true(child >= 0);
	if (!child) {
		struct error e;
		bool taken;

		_exit(lease_take(&l, *state, "unit", TERM, &taken, &e) || !taken);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	assert_int_equal(files(*state), 1);
	assert_false(lease_is_held(*state, "unit", TERM));
	assert_true(take(&l, *state));
	assert_true(l.taken_over);
	lease_drop(&l);
	assert_int_equal(files(*state), 0);
	assert_true(take(&l, *state));
	assert_false(l.taken_over);
	lease_drop(&l);
}

static void of_another_host_it_is_free_after_its_term(void **state)
{
	struct lease l;

	foreign(*state, "far-away 0-0 pid__1_ 1 1\n", TERM - 10);
	assert_false(take(&l, *state));
	assert_true(lease_is_held(*state, "unit", TERM));
	foreign(*state, "far-away 0-0 pid__1_ 1 1\n", TERM + 10);
	assert_true(take(&l, *state));
	lease_drop(&l);
}

static void a_host_whose_clock_is_ahead_holds_it(void **state)
{
	struct lease l;

	foreign(*state, "far-away 0-0 pid__1_ 1 1\n", -3600);
	assert_false(take(&l, *state));
}

static void one_without_words_is_free_soon(void **state)
{
	struct lease l;

	foreign(*state, "", 0);
	assert_false(take(&l, *state));
	foreign(*state, "nonsense", 60);
	assert_true(take(&l, *state));
	lease_drop(&l);
}

static void who_lost_it_is_told_and_removes_nothing(void **state)
{
	struct error e = { 0 };
	struct lease l;

	assert_true(take(&l, *state));
	assert_int_equal(lease_keep(&l, &e), 0);
	foreign(*state, "far-away 0-0 pid__1_ 1 1\n", 0);
	l.touched_s -= TERM;
	assert_int_equal(lease_keep(&l, &e), -1);
	assert_int_equal(e.code, ERROR_TEMPORARY);
	lease_drop(&l);
	assert_int_equal(files(*state), 1);
}

static void keeping_touches_it(void **state)
{
	char *path = path_join(*state, "unit");
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct error e = { 0 };
	struct lease l;
	struct stat st;

	assert_true(take(&l, *state));
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	l.touched_s -= TERM;
	assert_int_equal(lease_keep(&l, &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_mtim.tv_sec > 1000);
	lease_drop(&l);
	free(path);
}

#define RACERS 8
#define ROUNDS 40

/* Each racer takes over a dead lease: notes that it has it, and never sees another's note. */
static int race(const char *folder)
{
	char *note = path_join(folder, "note");
	struct error e;
	struct lease l;
	bool taken = false;
	int fd, wrong = 0;

	if (!lease_take(&l, folder, "unit", TERM, &taken, &e) && taken) {
		fd = open(note, O_CREAT | O_EXCL | O_WRONLY, 0600);
		wrong = fd < 0;
		usleep(2000);
		if (fd >= 0)
			close(fd);
		unlink(note);
		lease_drop(&l);
	}
	free(note);
	return wrong;
}

static void several_that_take_over_never_hold_it_together(void **state)
{
	int wrong = 0;

	for (int round = 0; round < ROUNDS; round++) {
		pid_t child[RACERS];

		foreign(*state, "far-away 0-0 pid__1_ 1 1\n", TERM + 10);
		for (int i = 0; i < RACERS; i++) {
			child[i] = fork();
			if (!child[i])
				_exit(race(*state));
		}
		for (int i = 0; i < RACERS; i++) {
			int status = -1;

			waitpid(child[i], &status, 0);
			wrong += status != 0;
		}
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(files(*state), 0);
}

/*
 * A process with PID 1 in a name space of its own, which lives until this one closes until[1], its name in owner.
 * false: this user may make no name spaces.
 */
static bool process_of_a_space(char owner[LEASE_OWNER], const int until[2])
{
	ssize_t n;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		char c;

		if (unshare(CLONE_NEWPID) || fork())
			_exit(0);
		lease_owner(owner);
		if (write(fds[1], owner, LEASE_OWNER) != LEASE_OWNER)
			_exit(1);
		close(fds[1]);
		close(until[1]);
		_exit(read(until[0], &c, 1) != 0);
	}
	close(fds[1]);
	n = read(fds[0], owner, LEASE_OWNER);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return n == LEASE_OWNER;
}

static void the_same_pid_of_two_containers_is_two_owners(void **state)
{
	char owner[2][LEASE_OWNER];
	int until[2];
	bool able = true;

	(void)state;
	assert_int_equal(pipe(until), 0);
	for (int i = 0; i < 2 && able; i++)
		able = process_of_a_space(owner[i], until);
	close(until[0]);
	close(until[1]);
	if (!able)
		skip();
	assert_string_equal(strrchr(owner[0], '-'), "-1");
	assert_string_equal(strrchr(owner[1], '-'), "-1");
	assert_string_not_equal(owner[0], owner[1]);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	struct lease l;
	struct error e = { 0 };
	bool taken;

	(void)state;
	assert_int_equal(lease_take(&l, "/nonexistent", "unit", TERM, &taken, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_gets_it, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(of_a_dead_process_it_is_free_at_once, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(of_another_host_it_is_free_after_its_term,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_host_whose_clock_is_ahead_holds_it, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(one_without_words_is_free_soon, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(who_lost_it_is_told_and_removes_nothing,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(keeping_touches_it, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(several_that_take_over_never_hold_it_together,
						make_folder, remove_folder),
		cmocka_unit_test(the_same_pid_of_two_containers_is_two_owners),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
