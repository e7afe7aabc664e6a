/* SPDX-License-Identifier: Apache-2.0
 *
 * lines.h - many lines of vertices, in one block: open ones and closed rings.
 */
#ifndef PIPELINE_SPACE_LINES_H
#define PIPELINE_SPACE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/space/polygon.h"

/*
 * Zero is no lines.  Line i has the points starts[i] .. starts[i + 1] - 1; where it is
 * closed, its last point joins its first, which is not repeated.  Owns its arrays.
 */
struct lines {
	struct point *points;
	size_t *starts; /* nr + 1 of them */
	bool *closed;
	size_t nr;
};

void lines_release(struct lines *l);

/* Bytes that they take. */
size_t lines_bytes(const struct lines *l);

/* Length of line i, with the edge that closes it; in the unit of the points. */
double lines_length(const struct lines *l, size_t i);

/*
 * Area of ring i by the shoelace formula, in the unit of the points squared: positive
 * where it runs counter-clockwise (y up), that is where what lies to its left is
 * inside it.  0 for an open line.
 */
double lines_area(const struct lines *l, size_t i);

/* The two ends of every edge of line i in turn: edge k of lines_edges(l, i). */
size_t lines_edges(const struct lines *l, size_t i);
void lines_edge(const struct lines *l, size_t i, size_t k, struct point *from, struct point *to);

#endif
