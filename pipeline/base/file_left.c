/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/file_left.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/file_tree.h"
#include "pipeline/base/lease.h"

#define STAGE  ".stage-"
#define OLD    ".old-"
#define ENDING ".tmp"

/* A part of a name. */
struct piece {
	const char *at;
	size_t length;
};

/* Cut the last "-<digits>" off; its number, or -1. */
static long cut_number(struct piece *p)
{
	size_t n = p->length;

	while (n && p->at[n - 1] >= '0' && p->at[n - 1] <= '9')
		n--;
	if (n < 2 || n == p->length || p->at[n - 1] != '-')
		return -1;
	p->length = n - 1;
	return strtol(p->at + n, NULL, 10);
}

/* Is the piece this host's name, in which file_stage.c and lease.c write what may not stand there differently? */
static bool is_host(struct piece p)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) || !host[0])
		snprintf(host, sizeof(host), "localhost");
	host[39] = 0;
	for (char *s = host; *s; s++)
		if (*s == '/' || *s == '.' || (unsigned char)*s <= ' ')
			*s = '_';
	return strlen(host) == p.length && !strncmp(host, p.at, p.length);
}

/* A stage is locked while its process lives.  A lock that is shared is in no one's way for long. */
static enum left look_at_stage(const char *folder, const char *name)
{
	char *path = path_join(folder, name);
	int fd = path ? tree_open(AT_FDCWD, path) : -1;
	enum left left = LEFT_BEHIND;

	if (fd < 0 && path && errno == ENOENT)
		left = LEFT_NONE; /* it was published, or removed, a moment ago */
	else if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK)
		left = LEFT_BUSY;
	if (fd >= 0)
		close(fd);
	free(path);
	return left;
}

/* "HOST-PID-N" of a stage. */
static enum left left_stage(const char *folder, const char *name, const char *rest)
{
	struct piece p = { rest, strlen(rest) };

	if (cut_number(&p) < 0 || cut_number(&p) < 0 || memchr(p.at, '.', p.length))
		return LEFT_NONE;
	return is_host(p) ? look_at_stage(folder, name) : LEFT_ELSEWHERE;
}

/* "HOST-BOOT-SPACE-PID.tmp" of a file. */
static enum left left_file(const char *rest)
{
	struct piece p = { rest, strlen(rest) - strlen(ENDING) };
	char owner[LEASE_OWNER];
	size_t same;
	long pid = cut_number(&p);

	if (pid <= 0)
		return LEFT_NONE;
	lease_owner(owner);
	same = (size_t)(strrchr(owner, '-') - owner);
	if (p.length != same || strncmp(owner, p.at, same) != 0)
		return LEFT_ELSEWHERE;
	return kill((pid_t)pid, 0) && errno == ESRCH ? LEFT_BEHIND : LEFT_BUSY;
}

/* Where the last such mark is behind a name that is not empty, or NULL. */
static const char *last(const char *name, const char *mark)
{
	const char *found = NULL;

	for (const char *s = strstr(name + 2, mark); s; s = strstr(s + 1, mark))
		found = s + strlen(mark);
	return found;
}

enum left file_left(const char *folder, const char *name)
{
	size_t n = strlen(name), k = strlen(ENDING);
	const char *rest;

	if (n < 3 || name[0] != '.')
		return LEFT_NONE;
	rest = last(name, STAGE);
	if (rest)
		return left_stage(folder, name, rest);
	/* Put aside for the moment between two renames. */
	rest = last(name, OLD);
	if (rest)
		return strchr(rest, '.') ? LEFT_NONE : LEFT_BEHIND;
	if (n < k || strcmp(name + n - k, ENDING) != 0)
		return LEFT_NONE;
	rest = strrchr(name + 1, '-'); /* before the PID */
	if (!rest)
		return LEFT_NONE;
	while (rest > name && *rest != '.')
		rest--;
	return rest > name ? left_file(rest + 1) : LEFT_NONE;
}
