/* SPDX-License-Identifier: Apache-2.0
 *
 * blocks_tiff.h - blocks of a plain TIFF without GDAL in between; for blocks.c.
 *
 * libtiff reads the directory, libdeflate inflates a block and a kernel undoes the predictor: less time than
 * by GDAL and libtiff, whose predictor is a serial loop (docs/performance.md).
 */
#ifndef PIPELINE_IO_BLOCKS_TIFF_H
#define PIPELINE_IO_BLOCKS_TIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "pipeline/io/blocks.h"

/* Where the blocks of a file lie.  Constant once it is open; any number of threads. */
struct blocks_tiff;

/*
 * Open a file, or a member of a tar (file_part.h), that has one band of 8 or 16 bits, in tiles or strips of the source's
 * size, little-endian, DEFLATE with or without horizontal differencing, as Landsat's and HLS's are.  NULL for any other, and for one that cannot be read: GDAL
 * reads it or says why not.
 */
struct blocks_tiff *blocks_tiff_open(const struct blocks_source *source);
void blocks_tiff_free(struct blocks_tiff *t);

/* One thread's buffers. */
struct blocks_tiff_scratch;

struct blocks_tiff_scratch *blocks_tiff_scratch_new(const struct kernels *kernels);
void blocks_tiff_scratch_free(struct blocks_tiff_scratch *s);

/*
 * Decode a block, in raster order, to a value a pixel; rows that the last strip does not have are 0.  False: it is not as it should
 * be, and GDAL is to say how.
 */
bool blocks_tiff_read(const struct blocks_tiff *t, struct blocks_tiff_scratch *s, size_t block,
		      uint16_t *data);

#endif
