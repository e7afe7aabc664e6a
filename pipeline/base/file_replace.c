/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/lease.h"

#define ENDING ".tmp"

/* Was it made by a process of this host and name space that is no more?  rest: "HOST-BOOT-SPACE-PID.tmp". */
static bool is_left(const char *rest)
{
	char owner[LEASE_OWNER];
	size_t same;
	char *end;
	long pid;

	lease_owner(owner);
	same = (size_t)(strrchr(owner, '-') - owner) + 1;
	if (strncmp(rest, owner, same) != 0)
		return false;
	pid = strtol(rest + same, &end, 10);
	return pid > 0 && !strcmp(end, ENDING) && kill((pid_t)pid, 0) && errno == ESRCH;
}

/* Remove what processes left that were killed while they replaced the same file. */
static void sweep(const char *folder, const char *name)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	size_t n = strlen(name);

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.' && !strncmp(d->d_name + 1, name, n) &&
		    d->d_name[n + 1] == '.' && is_left(d->d_name + n + 2))
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	closedir(dir);
}

int file_replace(const char *path, const void *data, size_t size, struct error *e)
{
	const char *name = path_name(path);
	char owner[LEASE_OWNER], *folder = NULL, *aside = NULL;
	int ret = -1;

	lease_owner(owner);
	folder = name == path ? strdup(".") : strndup(path, (size_t)(name - path));
	/* Hidden, so that none who looks for files of its kind takes it for one. */
	if (!folder || asprintf(&aside, "%s/.%s.%s" ENDING, folder, name, owner) < 0) {
		free(folder);
		return error_nomem(e, path);
	}
	sweep(folder, name);
	unlink(aside);
	if (file_write(aside, data, size, e)) {
		error_prefix(e, "cannot write %s", path);
	} else if (rename(aside, path)) {
		error_create(e, errno, "cannot replace %s", path);
		unlink(aside);
	} else {
		ret = 0;
	}
	free(aside);
	free(folder);
	return ret;
}
