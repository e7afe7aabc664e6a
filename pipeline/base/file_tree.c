/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/file_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool tree_is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

int tree_open(int at, const char *path)
{
	return openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

DIR *tree_list(int at, const char *name)
{
	int fd = tree_open(at, name), errnum;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0) {
		errnum = errno;
		close(fd);
		errno = errnum;
	}
	return dir;
}

int tree_remove(int at, const char *name, int depth)
{
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	if (!unlinkat(at, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR || !depth)
		return -1;
	dir = tree_list(at, name);
	if (!dir)
		return errno == ENOENT ? 0 : -1;
	while ((entry = readdir(dir)))
		if (!tree_is_dot(entry->d_name))
			ret |= tree_remove(dirfd(dir), entry->d_name, depth - 1);
	closedir(dir);
	return unlinkat(at, name, AT_REMOVEDIR) && errno != ENOENT ? -1 : ret;
}

/* Some network file systems cannot sync a folder and say EINVAL: they need not. */
static int sync_folder(int fd)
{
	return fsync(fd) && errno != EINVAL ? -1 : 0;
}

int tree_sync_folder(const char *folder)
{
	int errnum, ret, fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == EACCES ? 0 : -1;
	ret = sync_folder(fd);
	errnum = errno;
	close(fd);
	errno = errnum;
	return ret;
}

/* Sync one file or folder of an open folder; a link is an error.  -1 with errno. */
static int sync_entry(int folder, const char *name, int depth)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int errnum, ret = -1;
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st))
		ret = S_ISDIR(st.st_mode) ? tree_sync(fd, depth - 1) : fsync(fd);
	errnum = errno;
	close(fd);
	errno = errnum;
	return ret;
}

int tree_sync(int folder, int depth)
{
	struct dirent *entry;
	int errnum, ret = 0;
	DIR *dir;

	if (!depth) {
		errno = ELOOP;
		return -1;
	}
	dir = tree_list(folder, ".");
	if (!dir)
		return -1;
	while (!ret && (entry = readdir(dir)))
		if (!tree_is_dot(entry->d_name))
			ret = sync_entry(folder, entry->d_name, depth);
	errnum = errno;
	closedir(dir);
	errno = errnum;
	return ret ? -1 : sync_folder(folder);
}
