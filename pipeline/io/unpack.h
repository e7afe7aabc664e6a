/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.h - compressed tar archives, unpacked by libarchive into a folder of our own.
 */
#ifndef PIPELINE_IO_UNPACK_H
#define PIPELINE_IO_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* Of one archive; a Landsat scene has 40 files and 2.5 GiB. */
#define UNPACK_ENTRIES_MAX 20000
#define UNPACK_BYTES_MAX   ((int64_t)32 << 30)

/*
 * What a small archive may not become: of real products images of nothing but fill come
 * nearest, at some 20 times.
 */
#define UNPACK_RATIO_MAX  100
#define UNPACK_RATIO_FREE ((int64_t)256 << 20)

/*
 * Unpack a tar archive under any of libarchive's compressions into an existing
 * empty folder: regular files and folders only, names that stay inside it and
 * hold no control character, at most max_bytes in all, nor more than
 * UNPACK_RATIO_MAX times the archive's own size once that is above UNPACK_RATIO_FREE.  Plain tar is taken, too.  DATA: cut, damaged, empty, a name twice,
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

/*
 * Does GDAL see in an archive that unpack_check() passed the very files that it saw, of the same sizes?
 * root: "/vsitar/{<archive>}" or "/vsizip/{<archive>}".  False of some tars with long names, say:
 * these must be unpacked.
 */
int unpack_seen(const char *archive, const char *root, bool *seen, struct error *e);

#endif
