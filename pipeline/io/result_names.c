/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/result_names.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void result_names_release(struct result_names *n)
{
	for (size_t i = 0; i < n->nr; i++)
		free(n->name[i]);
	free(n->name);
	*n = (struct result_names){ 0 };
}

static int add_name(struct result_names *n, const char *name)
{
	char *copy = strdup(name);

	if (n->nr == n->room) {
		size_t room = n->room ? 2 * n->room : 64;
		char **grown = realloc(n->name, room * sizeof(*grown));

		if (!grown) {
			free(copy);
			return -1;
		}
		n->name = grown;
		n->room = room;
	}
	if (!copy)
		return -1;
	n->name[n->nr++] = copy;
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Stages and whatever else is hidden or has no name for people is no result. */
static bool is_result(int folder, const char *name)
{
	char item[NAME_MAX + 20];
	struct stat st;

	if (name[0] == '.')
		return false;
	for (const char *s = name; *s; s++)
		if (iscntrl((unsigned char)*s))
			return false;
	snprintf(item, sizeof(item), "%s/item.json", name);
	return !fstatat(folder, item, &st, AT_SYMLINK_NOFOLLOW) ||
	       (errno != ENOENT && errno != ENOTDIR);
}

static int list_names(struct result_names *n, DIR *dir, const char *folder, struct error *e)
{
	struct dirent *d;

	errno = 0;
	while ((d = readdir(dir))) {
		if (is_result(dirfd(dir), d->d_name) && add_name(n, d->d_name))
			return error_nomem(e, "the names of results");
		errno = 0;
	}
	return errno ? error_errno(e, errno, "cannot list %s", folder) : 0;
}

int result_names_list(struct result_names *n, const char *folder, struct error *e)
{
	DIR *dir = opendir(folder);
	int ret;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(e, errno, "cannot list %s", folder);
	ret = list_names(n, dir, folder, e);
	closedir(dir);
	if (n->nr)
		qsort(n->name, n->nr, sizeof(*n->name), by_bytes);
	return ret;
}
