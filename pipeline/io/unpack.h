/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.h - compressed tar archives, unpacked by libarchive into a folder of our own.
 */
#ifndef PIPELINE_IO_UNPACK_H
#define PIPELINE_IO_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* Of one archive; a Landsat scene has 40 files and 2.5 GiB. */
#define UNPACK_ENTRIES_MAX 20000
#define UNPACK_BYTES_MAX   ((int64_t)32 << 30)

/*
 * Unpack a tar archive under any of libarchive's compressions into an existing
 * empty folder: regular files and folders only, names that stay inside it and
 * hold no control character, at most max_bytes in all.  DATA: cut, damaged, empty, a name twice,
 * a link, device or path that leads out, too many or too large entries.  CONFIG: more bytes than
 * the disk has free.  IO: the disk is full all the same.
 */
int unpack_archive(const char *archive, const char *folder, int64_t max_bytes, struct error *e);

/*
 * Check a plain tar or a zip before it is read in place: every member lies
 * inside the file, none is larger than max_bytes, names are relative and unique, and the archive is not
 * cut.  Reads headers only.  DATA if not, naming the first member that is at fault.
 */
int unpack_check(const char *archive, int64_t max_bytes, struct error *e);

#endif
