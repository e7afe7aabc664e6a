/* SPDX-License-Identifier: Apache-2.0
 *
 * boxes.h - which of many boxes touch one: a packed R-tree (Kamel and Faloutsos 1993,
 * doi:10.1145/170088.170403, with Morton's order in place of Hilbert's).
 *
 * Its size depends on the number of boxes alone, not on where they lie or how large they are.
 */
#ifndef PIPELINE_SPACE_BOXES_H
#define PIPELINE_SPACE_BOXES_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

#define BOXES_MAX ((size_t)1 << 31)

/* Low and high ends belong to a box. */
struct box {
	int64_t x0, y0, x1, y1;
};

/* Immutable, so for any number of threads. */
struct boxes;

/* Bytes that n boxes take, at most, while they are made. */
size_t boxes_bytes(size_t n);

/*
 * A tree of n <= BOXES_MAX boxes (copied), x0 <= x1, y0 <= y1, within +-2^61.  n = 0 is fine.
 * BUG if there is no memory.
 */
int boxes_new(struct boxes **out, const struct box *box, size_t n, struct error *e);
void boxes_free(struct boxes *b);

/*
 * Call visit(user, i) once for each box i that touches the query, in an order that depends on the boxes
 * only.  Stops where visit does not return 0, and returns what it returned; else 0.
 */
int boxes_visit(const struct boxes *b, const struct box *query, int (*visit)(void *user, size_t i),
		void *user);

#endif
