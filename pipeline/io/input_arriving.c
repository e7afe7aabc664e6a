/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/input.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/io/folder.h"

#define DEPTH_MAX 6 /* folders below a product's own */
#define RSYNC_NR  6 /* characters that rsync puts behind a name */

/* What browsers, WinSCP, aria2 and rclone put behind a name until all of the file is there. */
static const char *const endings[] = {
	".part", ".tmp", ".crdownload", ".filepart", ".aria2", ".download", ".partial",
};
#define ENDINGS_NR (sizeof(endings) / sizeof(endings[0]))

/* Six letters and digits, of which `odd` counts those that are no small letters; 0 if not six. */
static bool is_random(const char *s, int *odd)
{
	*odd = 0;
	for (int i = 0; i < RSYNC_NR; i++) {
		if (!isalnum((unsigned char)s[i]))
			return false;
		*odd += !islower((unsigned char)s[i]);
	}
	return !s[RSYNC_NR];
}

/* ".x.AbC123"; but ".x.backup" only where x has an ending of its own: mkstemp() rarely makes words. */
static bool is_rsync(const char *name)
{
	const char *dot = strrchr(name, '.');
	int odd;

	if (name[0] != '.' || !dot || dot < name + 2 || !is_random(dot + 1, &odd))
		return false;
	return odd || memchr(name + 1, '.', (size_t)(dot - name) - 1);
}

bool input_arriving(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < ENDINGS_NR; i++) {
		size_t k = strlen(endings[i]);

		if (n > k && !strcasecmp(name + n - k, endings[i]))
			return true;
	}
	return is_rsync(name);
}

/* Is this what `name` is called while it arrives? */
static bool is_arriving_as(const char *entry, const char *name)
{
	size_t n = strlen(name);
	int odd;

	if (!strncmp(entry, name, n))
		for (size_t i = 0; i < ENDINGS_NR; i++)
			if (!strcasecmp(entry + n, endings[i]))
				return true;
	return entry[0] == '.' && !strncmp(entry + 1, name, n) && entry[1 + n] == '.' &&
	       is_random(entry + n + 2, &odd);
}

bool input_arriving_beside(const char *path)
{
	const char *name = path_name(path);
	char *parent = name > path ? strndup(path, (size_t)(name - path)) : strdup(".");
	DIR *dir = parent ? opendir(parent) : NULL;
	struct dirent *entry;
	bool found = false;

	free(parent);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = is_arriving_as(entry->d_name, name);
	closedir(dir);
	return found;
}

static DIR *open_list(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* left: names that may still be looked at. */
static bool search(int at, const char *name, int depth, int *left)
{
	DIR *dir = open_list(at, name);
	struct dirent *entry;
	bool found = false;
	struct stat st;

	while (dir && !found && (entry = readdir(dir)) && (*left)-- > 0) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		found = input_arriving(entry->d_name) ||
			(depth && !fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
			 S_ISDIR(st.st_mode) && search(dirfd(dir), entry->d_name, depth - 1, left));
	}
	if (dir)
		closedir(dir);
	return found;
}

bool input_arriving_in(const char *folder)
{
	int left = FOLDER_NAMES_MAX;

	return strncmp(folder, "/vsi", 4) && search(AT_FDCWD, folder, DEPTH_MAX, &left);
}
