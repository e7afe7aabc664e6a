/* SPDX-License-Identifier: Apache-2.0
 *
 * stage_files.h - a folder for a test of stages, results of a generation in it, and faults.
 */
#ifndef PIPELINE_TESTS_STAGE_FILES_H
#define PIPELINE_TESTS_STAGE_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/file.h"

/*
 * System calls of file_stage.c and file_tree.c pass here (the program has them before libc), so that a process
 * can die before any of them.
 */

static struct {
	int until_kill;	  /* calls before SIGKILL; 0: never */
	int stall_us;	  /* some calls wait up to so long first, so that others come between */
	bool no_exchange; /* a file system that cannot */
	bool no_lock;	  /* nor lock */
	bool sync_fails;
} fault;

static inline void step(void)
{
	if (fault.until_kill && !--fault.until_kill)
		raise(SIGKILL);
	if (fault.stall_us && random() % 4 == 0)
		usleep((useconds_t)(random() % fault.stall_us));
}

int mkdir(const char *path, mode_t mode)
{
	step();
	return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int flock(int fd, int operation)
{
	step();
	if (fault.no_lock) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_flock, fd, operation);
}

int fsync(int fd)
{
	step();
	if (fault.sync_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
	step();
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned int flags)
{
	step();
	if (fault.no_exchange && flags & RENAME_EXCHANGE) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
}

int unlinkat(int at, const char *path, int flags)
{
	step();
	return (int)syscall(SYS_unlinkat, at, path, flags);
}

/* --- a folder for one test --- */

struct fixture {
	char *folder, *target;
};

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	memset(&fault, 0, sizeof(fault));
	*state = f;
	f->folder = path_join(tmp ? tmp : "/tmp", "test_stage-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	f->target = path_join(f->folder, "озеро 2024");
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[400];

	memset(&fault, 0, sizeof(fault));
	snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
	free(f->target);
	free(f->folder);
	free(f);
	return system(command); /* NOLINT(cert-env33-c): a name that mkdtemp() made */
}

static inline void put(const char *folder, const char *name, const char *text)
{
	char *path = path_join(folder, name);
	struct error e = { 0 };

	unlink(path);
	if (file_write(path, text, strlen(text), &e))
		fail_msg("%s", e.text);
	free(path);
}

static inline bool holds(const char *folder, const char *name, const char *text)
{
	char *path = path_join(folder, name), *data = NULL;
	struct error e = { 0 };
	size_t size;
	bool same = !file_read(path, 1000, &data, &size, &e) && !strcmp(data, text);

	free(data);
	free(path);
	return same;
}

/* A result is three files, one of them in a folder, of one generation. */
static inline void fill(const char *folder, const char *generation)
{
	char *sub = path_join(folder, "sub");

	put(folder, "water.tif", generation);
	syscall(SYS_mkdirat, AT_FDCWD, sub, 0777);
	put(sub, "part", generation);
	put(folder, "item.json", generation);
	free(sub);
}

static inline bool is_whole(const char *folder, const char *generation)
{
	return holds(folder, "water.tif", generation) && holds(folder, "sub/part", generation) &&
	       holds(folder, "item.json", generation);
}

/* Names in the folder that begin with a dot, but for "." and "..". */
static inline int hidden_nr(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(dir)))
		n += entry->d_name[0] == '.' && strcmp(entry->d_name, ".") &&
		     strcmp(entry->d_name, "..");
	closedir(dir);
	return n;
}

static inline int publish(const char *target, const char *generation, bool replace, struct error *e)
{
	struct stage s;
	int ret;

	if (stage_open(&s, target, e))
		return -1;
	fill(s.path, generation);
	ret = stage_publish(&s, replace, e);
	stage_release(&s);
	return ret;
}

static inline void must_publish(const char *target, const char *generation, bool replace)
{
	struct error e = { 0 };

	if (publish(target, generation, replace, &e))
		fail_msg("%s", e.text);
	assert_true(is_whole(target, generation));
}

static inline void must_not_publish(const char *target, bool replace, enum error_code code,
				    const char *words)
{
	struct error e = { 0 };

	assert_int_equal(publish(target, "refused", replace, &e), -1);
	assert_int_equal(e.code, code);
	if (!strstr(e.text, words))
		fail_msg("%s", e.text);
}

#define STAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
