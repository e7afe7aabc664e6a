/* SPDX-License-Identifier: Apache-2.0
 *
 * grow.h - which pixels hang together with certain water, over a whole scene, tile by tile.
 *
 * Grounds of a pixel are EVIDENCE_OPEN (certain), EVIDENCE_GROW (may be reached), or neither.  Two
 * pixels hang together if they touch at a side or a corner.  Components are labelled in each
 * tile; only those that reach its border have a node in the scene's union-find, so the
 * memory goes with the borders, not with the area.  The result does not depend on tiles.
 *
 * Order of calls: grow_label() of every tile, in any thread; grow_join() of each, one at a
 * time; then grow_reach() of every tile, in any thread.
 */
#ifndef PIPELINE_STAGE_GROW_H
#define PIPELINE_STAGE_GROW_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

struct grow;
struct grow_worker;

/* For the tiles of side x side of a grid.  BUG: no memory. */
int grow_new(struct grow **out, const struct grid *grid, int32_t side, struct error *e);
void grow_free(struct grow *g);

/* Bytes of a scene's nodes at most, and of a worker. */
size_t grow_bytes(const struct grid *grid, int32_t side);
size_t grow_worker_bytes(int32_t side);

int grow_worker_new(struct grow_worker **out, int32_t side, struct error *e);
void grow_worker_free(struct grow_worker *w);

/* Bytes of what grow_label() hands to grow_join(). */
size_t grow_slot_size(int32_t side);

/* Label tile i, whose grounds are given row by row; true if something in it may be reached. */
bool grow_label(struct grow_worker *w, const struct grow *g, size_t i, const uint8_t *grounds,
		void *slot);

/* Join a labelled tile to the scene.  BUG: no memory. */
int grow_join(struct grow *g, size_t i, const void *slot, struct error *e);

/* Add EVIDENCE_OPEN to the grounds of tile i that are reached; true if there is one. */
bool grow_reach(struct grow_worker *w, struct grow *g, size_t i, uint8_t *grounds);

#endif
