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
 * the caller frees.  NOINPUT, PERMISSION or IO; DATA if it is larger than cap
 * or not a regular file (neither waits on a pipe).
 */
int file_read(const char *path, size_t cap, char **data, size_t *size, struct error *e);

/* Write, sync and close a new file; it must not exist.  CANTCREATE, PERMISSION or IO: none is left. */
int file_write(const char *path, const void *data, size_t size, struct error *e);

/* Write the same to a file that may exist, by one rename: readers see the old bytes or the new. */
int file_replace(const char *path, const void *data, size_t size, struct error *e);

/* Make a folder and those above it where they are missing.  CANTCREATE, PERMISSION or IO. */
int folders_make(const char *path, struct error *e);

#define SHA256_HEX 65 /* 64 digits and the end */

/* SHA-256 of a regular file's bytes or of memory, in lower-case hex.  Errors as file_read(). */
int file_sha256(const char *path, char hex[SHA256_HEX], struct error *e);
void memory_sha256(const void *data, size_t size, char hex[SHA256_HEX]);

/* Size of a regular file in bytes. */
int file_size(const char *path, uint64_t *size, struct error *e);

/*
 * A result is built in a stage folder beside its place and appears there by one
 * rename.  Its name is .TARGET.stage-HOST-PID-N; it is locked while its process lives.
 *
 * What a killed process left beside a target is put right by the next stage_open() for that
 * target: stages of this host whose lock is free are removed (of other hosts never: a lock is
 * not seen there on every network file system), and an older result that had been put aside
 * (.TARGET.old-HOST-PID-N, only where the file system cannot exchange) is put back if nothing
 * stands in its place, else removed.
 */
struct stage {
	char *path;   /* of the stage folder: write files here */
	char *target; /* where it will appear */
	int fd;	      /* the stage folder, locked; meaningful while path is set */
};

/*
 * Make the parents of target and a fresh stage folder.  CANTCREATE, PERMISSION
 * or IO.  A zeroed stage may be released.
 */
int stage_open(struct stage *s, const char *target, struct error *e);

/*
 * Sync the files (the stage's own and those of folders in it) and publish the
 * folder as the target.  An empty folder there is replaced.  An older result, that is a folder
 * that holds item.json, is replaced by exchange if replace is set, else CANTCREATE.  Anything else
 * is never removed: CANTCREATE.  A kill at any moment leaves the old result or the
 * new one, never a mixture.  TEMPORARY if other processes keep changing the target.
 */
int stage_publish(struct stage *s, bool replace, struct error *e);

/*
 * Put right what killed processes of this host left beside any target in a folder, as stage_open() does
 * for one.  A folder that is not there needs nothing.
 */
void stage_sweep(const char *folder);

/*
 * Remove a result: a folder that holds item.json.  It vanishes by one rename.  1: removed; 0: there is
 * none; -1 with the error where something else is there (CANTCREATE) or it cannot be removed.
 */
int stage_remove(const char *target, struct error *e);

/* Remove the stage folder if it was not published; release. */
void stage_release(struct stage *s);

#endif
