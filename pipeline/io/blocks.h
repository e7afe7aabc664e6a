/* SPDX-License-Identifier: Apache-2.0
 *
 * blocks.h - the source blocks of one command, each decoded once.
 *
 * Every tile of the work says beforehand which pixels of which files it wants.
 * From that follows, before any pixel is read, how often each block is used,
 * when it is used for the first and the last time, and how many bytes are alive
 * at the worst moment.  At work, whichever worker comes first decodes a block,
 * with its own handle; others that want it wait; the last use frees it.
 */
#ifndef PIPELINE_IO_BLOCKS_H
#define PIPELINE_IO_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "pipeline/base/error.h"
#include "pipeline/base/timing.h"
#include "pipeline/io/product.h"
#include "pipeline/space/rect.h"

/* One band of one file at one level of resolution. */
struct blocks_source {
	const char *path; /* borrowed; outlives the blocks */
	int level;	  /* 0: full resolution; k: the file's overview k - 1 */
	int32_t width, height, block_w, block_h; /* of that level [pixels] */
	enum sample sample; /* product.h: how it is stored, and delivered as uint16 */
};

/* Pixels of one source that a tile wants; the rect lies inside the source. */
struct blocks_want {
	size_t source;
	struct rect rect;
};

struct blocks;

/* sources are copied; timing may be NULL.  DATA if a size is absurd.  Planning is for one thread, reading for any number. */
int blocks_new(struct blocks **out, const struct blocks_source *sources, size_t sources_nr,
	       struct timing *timing, struct error *e);
void blocks_free(struct blocks *b);

/* Planning: tile number i (i = 0, 1, 2, ... in working order) wants these. */
void blocks_plan(struct blocks *b, size_t i, const struct blocks_want *wants, size_t wants_nr);

/*
 * Bytes of decoded blocks alive at the worst moment when at most `window` tiles are
 * under way at once.
 */
size_t blocks_peak_bytes(const struct blocks *b, size_t window);

/* Blocks that the plan needs, and blocks decoded so far. */
size_t blocks_planned(const struct blocks *b);
size_t blocks_decoded(const struct blocks *b);

/* Call `each` with every block that the plan needs, by its column and row. */
void blocks_each(const struct blocks *b,
		 void (*each)(void *user, const struct blocks_source *source, size_t x, size_t y),
		 void *user);

/* A worker's own handles on the files, opened when first used. */
struct blocks_reader;

int blocks_reader_new(struct blocks_reader **out, struct blocks *b, const struct kernels *kernels,
		      struct error *e);
void blocks_reader_free(struct blocks_reader *r);

/*
 * Make all blocks of a tile's wants ready, decoding those that nobody has.
 * Exactly the wants that were planned for the tile, once for each tile.  DATA
 * or IO if a file cannot be read.
 */
int blocks_acquire(struct blocks_reader *r, const struct blocks_want *wants, size_t wants_nr,
		   struct error *e);

/* Copy the pixels of one acquired want, row by row without gaps. */
void blocks_copy(const struct blocks *b, struct blocks_want want, uint16_t *pixels);

/* The tile is done with its wants; blocks that nobody else will want are freed. */
void blocks_release(struct blocks *b, const struct blocks_want *wants, size_t wants_nr);

#endif
