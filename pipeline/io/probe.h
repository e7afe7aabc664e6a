/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.h - exact reads of a few bytes anywhere in a file, for those who check
 * whether all of it is there before anybody decodes it.
 */
#ifndef PIPELINE_IO_PROBE_H
#define PIPELINE_IO_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpl_vsi.h>

#include "pipeline/base/error.h"
#include "pipeline/io/gdal.h"

/* One open file.  Used on the thread that opened it; no pointer to it may be kept elsewhere. */
struct probe {
	VSILFILE *file;
	const char *path; /* the caller's */
	uint64_t size;	  /* bytes */
	struct gdal_errors said;
};

/*
 * Open anything that VSIFOpenL() opens.  NOINPUT, PERMISSION; DATA: a folder, a pipe, a device;
 * IO.  After a success the caller closes with probe_close(), in the order of a stack.
 */
int probe_open(struct probe *p, const char *path, struct error *e);
void probe_close(struct probe *p);

/* True if n bytes from offset on lie inside the file. */
bool probe_inside(const struct probe *p, uint64_t offset, uint64_t n);

/*
 * Read exactly n bytes.  The caller has asked probe_inside() first.  IO; DATA of a
 * file in an archive, whose compressed bytes are damaged.
 */
int probe_read(struct probe *p, uint64_t offset, void *data, size_t n, struct error *e);

/* Whole numbers of 1 to 8 bytes. */
uint64_t probe_little(const unsigned char *bytes, size_t n);
uint64_t probe_big(const unsigned char *bytes, size_t n);

#endif
