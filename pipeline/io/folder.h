/* SPDX-License-Identifier: Apache-2.0
 *
 * folder.h - the names in a folder, and paths built from nothing else.
 *
 * Works on whatever GDAL's file functions can list.  A name with a control
 * character, or one that begins with a dot (".", "..", the "._B03.jp2" that a
 * Mac leaves), does not exist for the program.
 */
#ifndef PIPELINE_IO_FOLDER_H
#define PIPELINE_IO_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* More names than any product has in one folder. */
#define FOLDER_NAMES_MAX 20000

struct folder {
	char *path;
	char **names; /* sorted by byte value, so that results do not depend on the file system */
	size_t names_nr;
};

/*
 * List a folder.  NOINPUT: there is none; PERMISSION: it may not be read;
 * DATA: not a folder, or more than FOLDER_NAMES_MAX names.  Released with
 * folder_release(), which accepts a zeroed one.
 */
int folder_read(struct folder *f, const char *path, struct error *e);
void folder_release(struct folder *f);

/* A name as the folder spells it: the same, or else one that differs only in case; NULL: none. */
const char *folder_find(const struct folder *f, const char *name);

/* "<path>/<name>", to be freed; NULL if there is no memory. */
char *folder_path(const struct folder *f, const char *name);

/* True if the path leads to a folder, through symbolic links. */
bool folder_is_folder(const char *path);

/*
 * Check that a path leads to a regular file (never a pipe or a device, which
 * could hang) that may be read.  NOINPUT, PERMISSION or DATA if not.
 */
int folder_check_file(const char *path, struct error *e);

/*
 * Bytes of a file, in archives and at remote places too; and
 * the whole of a file of at most max bytes, and a 0 behind it that *size does not
 * count; to be freed.  Errors as folder_check_file(), which it calls; DATA if it is larger; IO.
 */
int folder_file_size(const char *path, uint64_t *size, struct error *e);
int folder_read_file(const char *path, size_t max, char **data, size_t *size, struct error *e);

#endif
