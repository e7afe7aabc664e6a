/* SPDX-License-Identifier: Apache-2.0
 *
 * simplify.h - fewer vertices, by Douglas and Peucker 1973 (doi:10.3138/FM57-6770-U75U-7727):
 * of a piece of line the vertex farthest from the segment between its ends is kept, and the two
 * pieces are treated alike, until nothing lies farther than the tolerance.
 */
#ifndef PIPELINE_SPACE_SIMPLIFY_H
#define PIPELINE_SPACE_SIMPLIFY_H

#include "pipeline/base/error.h"
#include "pipeline/space/lines.h"

/*
 * Drop vertices of finite lines so that each of them lies within the tolerance (>= 0, in the unit of
 * the points) of the segment that stands for it.  Lines keep their order, closed ones stay closed;
 * the vertices that are left keep their order and their coordinates.
 *
 * An open line keeps its ends.  A ring is cut at its vertex of the least x (then the least y) and at the
 * one farthest from it, so where it starts makes no difference.  A ring keeps 4 vertices (or the 3
 * that it has); one that would turn over, so that water came to lie on its right, is left as it is.  A neck narrower
 * than twice the tolerance may end up crossing itself, as with every method that looks at lines one by one.
 *
 * Time: n log n for a shore, n^2 at worst.  Memory: a copy, and a byte for each vertex of the longest line.
 * out is the caller's, also where it fails (then it is empty): BUG if there is no memory.  Any thread.
 */
int lines_simplify(const struct lines *in, double tolerance, struct lines *out, struct error *e);

#endif
