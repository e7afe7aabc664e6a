/* SPDX-License-Identifier: Apache-2.0
 *
 * file.h - files and folders: whole reads with a cap, hashes, and results that
 * appear all at once.
 */
#ifndef PIPELINE_BASE_FILE_H
#define PIPELINE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* "folder/name", allocated; NULL without memory. */
char *path_join(const char *folder, const char *name);

/* Part of a path after its last slash (trailing slashes aside, not cut off). */
const char *path_name(const char *path);

/*
 * The whole of a regular file plus a terminating 0 that *size does not count;
 * the caller frees.  NOINPUT, PERMISSION or IO; DATA if it is larger than cap.
 */
int file_read(const char *path, size_t cap, char **data, size_t *size, struct error *e);

/* Write, sync and close a new file; it must not exist. */
int file_write(const char *path, const void *data, size_t size, struct error *e);

#define SHA256_HEX 65 /* 64 digits and the end */

/* SHA-256 of a file's bytes or of memory, in lower-case hex. */
int file_sha256(const char *path, char hex[SHA256_HEX], struct error *e);
void memory_sha256(const void *data, size_t size, char hex[SHA256_HEX]);

/* Size in bytes. */
int file_size(const char *path, uint64_t *size, struct error *e);

/*
 * A result is built in a stage folder beside its place and appears there by one
 * rename.  The stage is locked while its process lives; stages whose process is
 * gone are removed by the next stage_open() beside them.
 */
struct stage {
	char *path;   /* of the stage folder: write files here */
	char *target; /* where it will appear */
	int fd;	      /* the stage folder, locked; -1: none */
};

/*
 * Make the parents of target and a fresh stage folder.  CANTCREATE, PERMISSION
 * or IO.  A zeroed stage may be released.
 */
int stage_open(struct stage *s, const char *target, struct error *e);

/*
 * Sync the files and the folder and publish it as the target, replacing (by
 * exchange) an older result if replace is set, else CANTCREATE if there is one.
 * A kill at any moment leaves the old result or the new one, never a mixture.
 */
int stage_publish(struct stage *s, bool replace, struct error *e);

/* Remove the stage folder if it was not published; release. */
void stage_release(struct stage *s);

#endif
