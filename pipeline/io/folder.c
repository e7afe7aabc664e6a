/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cpl_string.h>
#include <cpl_vsi.h>

#include "pipeline/io/gdal.h"

static bool visible(const char *name)
{
	if (name[0] == '.' || name[0] == '\0')
		return false;
	for (const char *s = name; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f || *s == '/')
			return false;
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keep the visible names of a list that GDAL owns. */
static int take_names(struct folder *f, char **list, struct error *e)
{
	int n = CSLCount(list);

	f->names = calloc((size_t)n + 1, sizeof(*f->names));
	if (!f->names)
		return error_nomem(e, "the names in a folder");
	for (int i = 0; i < n; i++) {
		if (!visible(list[i]))
			continue;
		f->names[f->names_nr] = strdup(list[i]);
		if (!f->names[f->names_nr])
			return error_nomem(e, "the names in a folder");
		f->names_nr++;
	}
	qsort(f->names, f->names_nr, sizeof(*f->names), by_bytes);
	return 0;
}

static bool is_virtual(const char *path)
{
	return !strncmp(path, "/vsi", 4);
}

/* "/vsizip/{...}", "/vsitar/{...}": GDAL takes the root of an archive of one file for that file. */
static bool is_archive_root(const char *path)
{
	size_t n = strlen(path);

	return (!strncmp(path, "/vsizip/{", 9) || !strncmp(path, "/vsitar/{", 9)) &&
	       strchr(path, '}') == path + n - 1;
}

/* 0, or what is wrong as errno has it, which GDAL sets of the real file system only. */
static int stat_quietly(const char *path, VSIStatBufL *st)
{
	struct gdal_errors said;
	struct error dropped;
	int errnum = 0;

	gdal_begin(&said);
	errno = 0;
	if (VSIStatL(path, st))
		errnum = is_virtual(path) || !errno ? ENOENT : errno;
	gdal_end(&said, &dropped, ERROR_IO, "%s", path);
	if (!errnum && is_archive_root(path))
		st->st_mode = S_IFDIR | 0555;
	return errnum;
}

/* What a path leads to, and whether it may be used so (asked of the real file system only). */
static int stat_path(const char *path, VSIStatBufL *st, int access_mode, struct error *e)
{
	int errnum = stat_quietly(path, st);

	if (errnum)
		return error_errno(e, errnum, "cannot read %s", path);
	if (!is_virtual(path) && access(path, access_mode))
		return error_errno(e, errno, "cannot read %s", path);
	return 0;
}

static int check_folder(const char *path, struct error *e)
{
	VSIStatBufL st;

	if (stat_path(path, &st, R_OK, e))
		return -1;
	if (!VSI_ISDIR(st.st_mode))
		return error_set(e, ERROR_DATA, "%s is not a folder", path);
	return stat_path(path, &st, R_OK | X_OK, e);
}

int folder_read(struct folder *f, const char *path, struct error *e)
{
	struct gdal_errors c;
	char **list = NULL;
	int ret = -1;

	*f = (struct folder){ 0 };
	if (check_folder(path, e))
		return -1;
	f->path = strdup(path);
	if (!f->path)
		return error_nomem(e, "a path");
	gdal_begin(&c);
	list = VSIReadDirEx(path, FOLDER_NAMES_MAX);
	if (gdal_end(&c, e, ERROR_IO, "cannot list %s", path))
		goto out;
	if (CSLCount(list) > FOLDER_NAMES_MAX) {
		error_set(e, ERROR_DATA, "%s holds more than %d files: not a product", path,
			  FOLDER_NAMES_MAX);
		goto out;
	}
	ret = take_names(f, list, e);
out:
	CSLDestroy(list);
	if (ret)
		folder_release(f);
	return ret;
}

void folder_release(struct folder *f)
{
	for (size_t i = 0; i < f->names_nr; i++)
		free(f->names[i]);
	free(f->names);
	free(f->path);
	*f = (struct folder){ 0 };
}

const char *folder_find(const struct folder *f, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < f->names_nr; i++) {
		if (!strcmp(f->names[i], name))
			return f->names[i];
		if (!found && !strcasecmp(f->names[i], name))
			found = f->names[i];
	}
	return found;
}

char *folder_path(const struct folder *f, const char *name)
{
	size_t n = strlen(f->path);
	/* The root "/" is the one folder whose path ends with a slash. */
	const char *slash = n && f->path[n - 1] == '/' ? "" : "/";
	size_t size = n + strlen(slash) + strlen(name) + 1;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s%s%s", f->path, slash, name);
	return path;
}

bool folder_is_folder(const char *path)
{
	VSIStatBufL st;

	return !stat_quietly(path, &st) && VSI_ISDIR(st.st_mode);
}

int folder_check_file(const char *path, struct error *e)
{
	VSIStatBufL st;

	if (stat_path(path, &st, R_OK, e))
		return -1;
	if (!VSI_ISREG(st.st_mode))
		return error_set(e, ERROR_DATA, "cannot read %s: not a regular file", path);
	return 0;
}

/* Exactly size bytes of an open file. */
static char *read_all(VSILFILE *file, const char *path, size_t size, struct error *e)
{
	char *data = malloc(size + 1);

	if (!data) {
		error_nomem(e, path);
	} else if (VSIFReadL(data, 1, size, file) != size) {
		error_set(e, ERROR_IO, "cannot read %s: read error", path);
		free(data);
		data = NULL;
	} else {
		data[size] = '\0';
	}
	return data;
}

int folder_file_size(const char *path, uint64_t *size, struct error *e)
{
	VSIStatBufL st;

	if (folder_check_file(path, e))
		return -1;
	if (stat_quietly(path, &st) || st.st_size < 0)
		return error_set(e, ERROR_IO, "cannot read %s", path);
	*size = (uint64_t)st.st_size;
	return 0;
}

int folder_read_file(const char *path, size_t max, char **data, size_t *size, struct error *e)
{
	uint64_t bytes = 0;
	VSILFILE *file;

	*data = NULL;
	if (folder_file_size(path, &bytes, e))
		return -1;
	if (bytes > max)
		return error_set(e, ERROR_DATA, "cannot read %s: larger than %zu bytes", path, max);
	file = VSIFOpenL(path, "rb");
	if (!file)
		return error_set(e, ERROR_IO, "cannot open %s", path);
	*size = (size_t)bytes;
	*data = read_all(file, path, *size, e);
	VSIFCloseL(file);
	return *data ? 0 : -1;
}
