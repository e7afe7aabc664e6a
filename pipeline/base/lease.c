/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/lease.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"

#define TRIES	  20 /* leases that come and go while one is judged */
#define WRITING_S 5  /* a lease without words is being written, for no longer than this */

/* Where a PID means something: the host since its boot, and the name space. */
struct whereabouts {
	char host[40], boot[40], space[40];
};

/* The first word of a small file of the kernel's; "" if there is none. */
static void first_word(const char *path, char *word, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, word, size - 1);

	if (fd >= 0)
		close(fd);
	word[n > 0 ? n : 0] = 0;
	word[strcspn(word, " \n")] = 0;
}

/* What may stand in a file's name and between blanks. */
static void plain(char *text)
{
	for (char *s = text; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '-')
			*s = '_';
}

static void find_whereabouts(struct whereabouts *w)
{
	char host[256] = "";
	ssize_t n;

	if (gethostname(host, sizeof(host) - 1) || !host[0])
		snprintf(host, sizeof(host), "localhost");
	snprintf(w->host, sizeof(w->host), "%.39s", host);
	first_word("/proc/sys/kernel/random/boot_id", w->boot, sizeof(w->boot));
	n = readlink("/proc/self/ns/pid", w->space, sizeof(w->space) - 1);
	w->space[n > 0 ? n : 0] = 0;
	plain(w->host);
	plain(w->boot);
	plain(w->space);
}

/* When a process began, in ticks since the boot; 0: there is no such process. */
static unsigned long long began(long pid)
{
	unsigned long long ticks = 0;
	char path[64], text[1024];
	const char *after;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	/* The name of the program, in brackets, may hold anything: fields count from its end. */
	after = strrchr(text, ')');
	if (!after || sscanf(after,
			     ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
			     "%*d %*d %*d %*d %llu",
			     &ticks) != 1)
		return 0;
	return after[2] == 'Z' || after[2] == 'X' ? 0 : ticks;
}

static void own_words(char words[LEASE_WORDS])
{
	struct whereabouts w;

	find_whereabouts(&w);
	snprintf(words, LEASE_WORDS, "%s %s %s %ld %llu\n", w.host, w.boot, w.space, (long)getpid(),
		 began(getpid()));
}

void lease_owner(char text[LEASE_OWNER])
{
	struct whereabouts w;
	const char *space;

	find_whereabouts(&w);
	space = w.space + strcspn(w.space, "0123456789");
	snprintf(text, LEASE_OWNER, "%s-%.8s-%.*s-%ld", w.host, w.boot,
		 (int)strspn(space, "0123456789"), space, (long)getpid());
}

static int64_t monotonic_s(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* What a lease says, and its time; -1 with errno.  A lease that is being written has no words yet. */
static int read_lease(const char *path, char words[LEASE_WORDS], int64_t *time)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;
	bool failed;
	int errnum;

	if (fd < 0)
		return -1;
	n = read(fd, words, LEASE_WORDS - 1);
	failed = n < 0 || fstat(fd, &st);
	errnum = errno;
	close(fd);
	if (failed) {
		errno = errnum;
		return -1;
	}
	words[n] = 0;
	*time = st.st_mtim.tv_sec;
	return 0;
}

/* The time as the file system of a folder has it: hosts' clocks differ. */
static int64_t folder_time(const char *folder)
{
	char name[LEASE_OWNER + 10] = ".clock-", *path;
	int64_t now = time(NULL);
	struct stat st;
	int fd;

	lease_owner(name + strlen(name));
	path = path_join(folder, name);
	fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd >= 0 && !futimens(fd, NULL) && !fstat(fd, &st))
		now = st.st_mtim.tv_sec;
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	free(path);
	return now;
}

/* Does whoever wrote these words still hold the lease, which was last touched at this time? */
static bool is_alive(const char *folder, const char *words, int64_t touched, int term_s)
{
	struct whereabouts own, w;
	unsigned long long ticks;
	long pid;

	find_whereabouts(&own);
	if (sscanf(words, "%39s %39s %39s %ld %llu", w.host, w.boot, w.space, &pid, &ticks) != 5)
		return folder_time(folder) - touched <= WRITING_S;
	if (!strcmp(w.host, own.host) && !strcmp(w.boot, own.boot) && !strcmp(w.space, own.space))
		return began(pid) == ticks;
	/* Another boot of a host of this name may be another host of this name: its lease runs out. */
	return folder_time(folder) - touched <= term_s;
}

/*
 * Take away the lease of one who is gone.  A link with a name made of its words and its own comes first: one process alone can
 * make it, and only that one removes the lease, so none that another has taken meanwhile is ever removed.
 */
static void take_away(const char *folder, const char *path, const char *dead)
{
	char name[SHA256_HEX + 8] = ".gone-", words[LEASE_WORDS], *aside;
	char identity[LEASE_WORDS + 256];
	int64_t time;
	struct stat st;

	snprintf(identity, sizeof(identity), "%s %s", path_name(path), dead);
	memory_sha256(identity, strlen(identity), name + strlen(name));
	aside = path_join(folder, name);
	if (aside && !link(path, aside)) {
		if (!read_lease(aside, words, &time) && !strcmp(words, dead))
			unlink(path);
		unlink(aside);
	} else if (aside && errno == EEXIST && !lstat(aside, &st) &&
		   folder_time(folder) - st.st_ctim.tv_sec > WRITING_S) {
		/* Who made it was killed at it. */
		unlink(aside);
	}
	free(aside);
}

static int write_lease(int fd, const struct lease *l)
{
	size_t n = strlen(l->words);

	return write(fd, l->words, n) == (ssize_t)n && !fsync(fd) ? 0 : -1;
}

/* 1: it is this process's; 0: the name is taken; -1 with the error. */
static int create(struct lease *l, struct error *e)
{
	int fd = open(l->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int errnum = 0;

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return error_create(e, errno, "cannot create %s", l->path);
	if (write_lease(fd, l))
		errnum = errno ? errno : EIO;
	if (close(fd) && !errnum)
		errnum = errno;
	if (errnum) {
		unlink(l->path);
		return error_errno(e, errnum, "cannot write %s", l->path);
	}
	l->touched_s = monotonic_s();
	return 1;
}

int lease_take(struct lease *l, const char *folder, const char *name, int term_s, bool *taken,
	       struct error *e)
{
	char words[LEASE_WORDS];
	int64_t touched;
	int ret = 0;

	*l = (struct lease){ .path = path_join(folder, name), .term_s = term_s };
	if (!l->path)
		return error_nomem(e, "a lease");
	own_words(l->words);
	*taken = false;
	for (int i = 0; i < TRIES && !*taken; i++) {
		ret = create(l, e);
		*taken = ret > 0;
		if (ret)
			break;
		if (read_lease(l->path, words, &touched)) {
			if (errno == ENOENT)
				continue;
			ret = error_errno(e, errno, "cannot read %s", l->path);
			break;
		}
		if (is_alive(folder, words, touched, term_s))
			break;
		take_away(folder, l->path, words);
		l->taken_over = true;
	}
	if (*taken)
		return 0;
	free(l->path);
	*l = (struct lease){ 0 };
	return ret < 0 ? -1 : 0;
}

static bool is_ours(const struct lease *l)
{
	char words[LEASE_WORDS];
	int64_t time;

	return !read_lease(l->path, words, &time) && !strcmp(words, l->words);
}

int lease_keep(struct lease *l, struct error *e)
{
	int64_t now = monotonic_s();

	if (now - l->touched_s < l->term_s / 4)
		return 0;
	if (!is_ours(l))
		return error_set(e, ERROR_TEMPORARY, "%s was taken over by another process",
				 l->path);
	if (utimensat(AT_FDCWD, l->path, NULL, 0))
		return error_errno(e, errno, "cannot touch %s", l->path);
	l->touched_s = now;
	return 0;
}

void lease_drop(struct lease *l)
{
	if (l->path && is_ours(l))
		unlink(l->path);
	free(l->path);
	*l = (struct lease){ 0 };
}

bool lease_is_held(const char *folder, const char *name, int term_s)
{
	char *path = path_join(folder, name), words[LEASE_WORDS];
	int64_t touched;
	bool held = path && !read_lease(path, words, &touched) &&
		    is_alive(folder, words, touched, term_s);

	free(path);
	return held;
}
