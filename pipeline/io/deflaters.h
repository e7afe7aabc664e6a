/* SPDX-License-Identifier: Apache-2.0
 *
 * deflaters.h - compressors of DEFLATE, kept for the next tile.
 *
 * libdeflate's take half a megabyte, and touching that anew for each tile takes as long as compressing a tile of a lake.
 */
#ifndef PIPELINE_IO_DEFLATERS_H
#define PIPELINE_IO_DEFLATERS_H

#include <libdeflate.h>

struct deflaters;

/* For one level, 1..12; NULL without memory. */
struct deflaters *deflaters_new(int level);
void deflaters_free(struct deflaters *d);

/* One that nobody else has, and giving it back; any thread.  NULL without memory. */
struct libdeflate_compressor *deflaters_take(struct deflaters *d);
void deflaters_give(struct deflaters *d, struct libdeflate_compressor *c);

#endif
