/* SPDX-License-Identifier: Apache-2.0
 *
 * rings.h - a shore as closed rings of straight segments in a plane, in metres.
 * Water is what lies within an odd number of rings (islands are rings too).
 */
#ifndef TESTDATA_RINGS_H
#define TESTDATA_RINGS_H

#include <stddef.h>

#include "testdata/fail.h"

struct rings {
	double (*at)
		[2]; /* n vertices, ring after ring, the last of a ring repeats its first; owned */
	size_t *start; /* first vertex of each ring, count + 1 entries; owned */
	size_t n, count;
	size_t room, start_room;
};

/* Append a vertex to the ring being built. */
int rings_vertex(struct rings *r, double x, double y, struct failure *f);

/* End the ring being built (at least three vertices): repeats its first vertex. */
int rings_close(struct rings *r, struct failure *f);

void rings_release(struct rings *r);

/* Enclosed area of the rings, islands taken away, when none cross: m2, by the shoelace formula. */
double rings_area(const struct rings *r);

/*
 * Signed distance to the rings in metres, positive in water, by trying every
 * segment: slow and simple, for a few points and as a check of shore.h.
 */
double rings_distance(const struct rings *r, double x, double y);

/* Squared distance from (x, y) to the segment a-b. */
static inline double rings_segment2(const double a[2], const double b[2], double x, double y)
{
	double dx = b[0] - a[0], dy = b[1] - a[1], px = x - a[0], py = y - a[1];
	double length2 = dx * dx + dy * dy;
	double t = length2 > 0 ? (px * dx + py * dy) / length2 : 0;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	px -= t * dx;
	py -= t * dy;
	return px * px + py * py;
}

#endif
