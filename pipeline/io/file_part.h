/* SPDX-License-Identifier: Apache-2.0
 *
 * file_part.h - where the bytes of an image lie, for those who read them without GDAL: a file of a local disk, or a
 * member of a tar that is read in place, which has its members' bytes as they are.
 */
#ifndef PIPELINE_IO_FILE_PART_H
#define PIPELINE_IO_FILE_PART_H

#include <stdbool.h>
#include <stdint.h>

/* size bytes of fd from `at` on. */
struct file_part {
	int fd; /* open for reading; whoever asked closes it */
	uint64_t at, size;
};

/*
 * Open a path as GDAL spells it: of a regular file, or "/vsitar/{TAR}/NAME" of an uncompressed tar.  False, with fd -1, for any
 * other, for members that are no plain files or are there twice, and for what cannot be read: GDAL reads it or says why not.
 */
bool file_part_open(struct file_part *p, const char *path);
void file_part_close(struct file_part *p);

#endif
