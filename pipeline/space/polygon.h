/* SPDX-License-Identifier: Apache-2.0
 *
 * polygon.h - rings of vertices; inside is by the even-odd rule, so holes and
 * islands need no marks.  A ring is closed: the last vertex joins the first.
 */
#ifndef PIPELINE_SPACE_POLYGON_H
#define PIPELINE_SPACE_POLYGON_H

#include <stddef.h>

#include "pipeline/base/error.h"
#include "pipeline/space/crs.h"

/* The most vertices of one ring: a lake's shore in full detail has some 10^5. */
#define POLYGON_POINTS_MAX 4000000

struct point {
	double x, y;
};

struct ring {
	struct point *points;
	size_t points_nr;
};

/* Zero is an empty polygon.  Owns its rings. */
struct polygon {
	struct ring *rings;
	size_t rings_nr;
};

void polygon_release(struct polygon *p);

/*
 * Append a ring (copied, without a last vertex that repeats the first).  DATA if
 * a vertex is not finite or there are more than POLYGON_POINTS_MAX.
 */
int polygon_add(struct polygon *p, const struct point *points, size_t n, struct error *e);

/*
 * A copy with edges cut into equal pieces not longer than step > 0 (in the
 * polygon's own units), the same ones whichever way an edge runs.  DATA if
 * there are too many; then out is empty.
 */
int polygon_densify(struct polygon *out, const struct polygon *p, double step, struct error *e);

/*
 * Transform every vertex in place and round it to a multiple of round_to (0: not
 * at all).  CONFIG as crs_transform_new(); DATA if a vertex has no place in `to`.
 */
int polygon_transform(struct polygon *p, const struct crs *from, const struct crs *to,
		      double round_to, struct error *e);

/*
 * Area by the shoelace formula, rings within an odd number of others subtracted
 * (even-odd; rings may touch, but not cross); the polygon's units squared.
 */
double polygon_area(const struct polygon *p);

#endif
