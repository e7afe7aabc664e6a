/* SPDX-License-Identifier: Apache-2.0
 *
 * picture.h - a picture for people: PNG.
 */
#ifndef PIPELINE_IO_PICTURE_H
#define PIPELINE_IO_PICTURE_H

#include <stdint.h>

#include "pipeline/base/error.h"

/* The largest side of a picture in pixels. */
#define PICTURE_SIDE_MAX 16384

/*
 * Write width x height pixels of red, green, blue, alpha (4 bytes each, rows from
 * the top, no gaps), synced; path must not exist.  The file is encoded in memory
 * first, at most a little more than the pixels.  The same pixels give the same
 * bytes.  BUG for a size out of range; CANTCREATE, PERMISSION or IO.  Any thread.
 */
int picture_write(const char *path, const uint8_t *rgba, int32_t width, int32_t height,
		  struct error *e);

#endif
