/* SPDX-License-Identifier: Apache-2.0
 *
 * bodies_internal.h - sets of labels, each one body of water, and what they hold of each part; of one thread at a time.
 */
#ifndef PIPELINE_STAGE_BODIES_INTERNAL_H
#define PIPELINE_STAGE_BODIES_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* What a body has in one part, and the next of its parts (0: no more). */
struct share {
	double open,
		water; /* pixels of open water, water by fraction; in a tile, in pixels and percents */
	uint32_t next;
	uint8_t part;
};

struct label {
	uint32_t parent;
	uint32_t shares; /* of a root: the first of them */
	uint64_t pixels; /* of a root */
};

/*
 * Sets of labels that are one body each; label 0 is no water.  The lowest label of a set, the one that was met first, is its
 * root.  A body keeps shares of those parts alone where it has water: of many basins a pond lies in one.
 */
struct forest {
	struct label *label;
	struct share *share; /* the first is none */
	size_t nr, capacity, shares_nr, shares_capacity;
	uint32_t unused; /* shares that were given back, by their `next` */
};

void forest_release(struct forest *f);

/* No bodies; before the first and again at any time.  -1: no memory. */
int forest_clear(struct forest *f, struct error *e);

/* A new body of nothing.  -1: no memory. */
int forest_add(struct forest *f, uint32_t *label, struct error *e);

uint32_t forest_root(struct forest *f, uint32_t label);

/* Add to what a root has in more's part.  -1: no memory. */
int forest_share(struct forest *f, uint32_t root, const struct share *more, struct error *e);

/* One body of two, by its root; label 0 joins nothing. */
uint32_t forest_join(struct forest *f, uint32_t a, uint32_t b);

#endif
