/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/discover_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/file_tree.h"
#include "pipeline/io/discover.h"

/* More entries than any folder of products has. */
#define ENTRIES_MAX 10000000

void listing_release(struct listing *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free(l->list[i].name);
	free(l->list);
	*l = (struct listing){ 0 };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static int add_entry(struct listing *l, const char *name, const struct stat *st, struct error *e)
{
	if (l->nr == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct entry *more =
			room > ENTRIES_MAX ? NULL : realloc(l->list, room * sizeof(*more));

		if (!more)
			return error_nomem(e, "the list of a folder");
		l->list = more;
		l->room = room;
	}
	l->list[l->nr] = (struct entry){ .name = strdup(name), .st = *st };
	if (!l->list[l->nr].name)
		return error_nomem(e, "the list of a folder");
	l->nr++;
	return 0;
}

int spot_list(struct listing *l, const struct spot *at, struct error *e)
{
	DIR *dir = tree_list(at->fd, ".");
	struct dirent *d;
	struct stat st;
	int ret = 0;

	if (!dir)
		return error_errno(e, errno, "cannot list %s", at->path);
	while (!ret && (d = readdir(dir))) {
		if (tree_is_dot(d->d_name) || fstatat(at->fd, d->d_name, &st, 0))
			continue;
		if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
			ret = add_entry(l, d->d_name, &st, e);
	}
	closedir(dir);
	if (l->nr)
		qsort(l->list, l->nr, sizeof(*l->list), by_name);
	return ret;
}

int spot_enter(struct spot *l, const struct spot *above, const char *name, const char *path,
	       struct error *e)
{
	struct stat st;

	*l = (struct spot){ .above = above, .depth = above ? above->depth + 1 : 0, .path = path };
	if (l->depth > DISCOVER_DEPTH)
		return 0;
	l->fd = openat(above ? above->fd : AT_FDCWD, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0 && errno == ENOENT && above)
		return 0;
	if (l->fd < 0 || fstat(l->fd, &st)) {
		error_errno(e, errno, "cannot open %s", path);
		if (l->fd >= 0)
			close(l->fd);
		return -1;
	}
	l->device = st.st_dev;
	l->inode = st.st_ino;
	for (; above; above = above->above)
		if (above->device == l->device && above->inode == l->inode) {
			close(l->fd);
			return 0;
		}
	return 1;
}
