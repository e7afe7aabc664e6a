/* SPDX-License-Identifier: Apache-2.0
 *
 * settle.h - from evidence and reasons to the class of each pixel.
 *
 * A tile is settled by itself: class and marks as if nothing grew, and its grounds (grow.h).  What growing
 * reaches is known after the last tile; settle_run() then changes those pixels.  Where nothing is still to be found of the
 * evidence and the reasons (observe.h, at_once), classify settles each tile while it is at hand, and
 * neither has to be kept.
 */
#ifndef PIPELINE_STAGE_SETTLE_H
#define PIPELINE_STAGE_SETTLE_H

#include "pipeline/stage/observe.h"

/* What a worker needs to settle tiles. */
struct settler;

/* Bytes of one, and of what all of them share. */
size_t settler_bytes(const struct observe *o);
size_t settle_shared_bytes(const struct observe *o);

/* BUG: no memory.  settler_free() also then. */
int settler_new(struct settler **out, const struct observe *o, struct error *e);
void settler_free(struct settler *s);

/* Make what all settlers share, before the first; settle_run() releases it.  BUG: no memory. */
int settle_begin(struct observe *o, struct error *e);

/* Bytes of what settler_tile() hands to settle_join(). */
size_t settle_slot_size(const struct observe *o);

/*
 * Write class, marks and grounds of working tile number `tile` to the spool.  evidence: of its pixels, row by row; what is
 * doubted is taken from it.  Any thread.  IO.
 */
int settler_tile(struct settler *s, size_t tile, uint8_t *evidence, const uint32_t *why, void *slot,
		 struct error *e);

/* Join a settled tile to the scene, one at a time, in the order of the tiles.  BUG: no memory. */
int settle_join(struct observe *o, size_t tile, const void *slot, struct error *e);

#endif
