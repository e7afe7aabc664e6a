/* SPDX-License-Identifier: Apache-2.0
 *
 * shore.h - the lake as a signed distance: for every place of a plane, how far
 * the shore is, positive in water.
 *
 * A shift moves the shore along its normal: the water of shift s is what has a
 * distance above -s from the nominal shore.  So the moved shore lies at exactly
 * |s| from the nominal one wherever the nominal shore has no corner or bend
 * sharper than |s| on the side it moves to; elsewhere it is the parallel curve
 * with its loops cut off, as a rising lake does.
 */
#ifndef TESTDATA_SHORE_H
#define TESTDATA_SHORE_H

#include <stdint.h>

#include "testdata/rings.h"

enum shore_kind {
	SHORE_LINE, /* straight: water on the side of the normal */
	SHORE_CIRCLE,
	SHORE_RINGS,
};

#define SHORE_SHIFT_MAX_M 1000
#define SHORE_EXACT_M	  180.0 /* what shore_distance() knows exactly */
#define SHORE_RING_M	  30.0
#define SHORE_FAR_M	  3000.0 /* shore_about() says no more than this */

/* All lengths in metres. */
struct shore {
	enum shore_kind kind;
	double shift;
	double x, y, radius; /* circle: centre; line: a point of it */
	double normal[2];    /* line: unit vector towards the water */

	/* rings: borrowed vertices and an index of square cells over a window */
	const struct rings *rings;
	double x0, y0, cell, reach;
	int nx, ny;
	uint32_t *first, *item; /* first[nx * ny + 1] into item: segments within reach of a cell */
	uint8_t *
		ring; /* of each item, from the nearest on: SHORE_RING_M it is away from the reference point */
	uint8_t *wet; /* is the reference point of the cell in water? */
	float *about; /* signed distance of cell centres, +-SHORE_FAR_M */
};

/*
 * Index the rings for places within window = { xmin, ymin, xmax, ymax }; the
 * rings must outlive the shore.  kind, shift and rings are set before.
 */
int shore_index(struct shore *s, const double window[4], struct failure *f);
void shore_release(struct shore *s);

/*
 * Signed distance from (x, y) to the shore, shift included.  Exact where its
 * size is below SHORE_EXACT_M; beyond, rings only give the sign and at least that.
 */
double shore_distance(const struct shore *s, double x, double y);

/* Signed distance to the nominal shore (no shift), for covers: rings to about 100 m, +-SHORE_FAR_M. */
double shore_about(const struct shore *s, double x, double y);

/*
 * The share of the unit square where a function is positive, from its values at
 * the corners (0,0) (1,0) (0,1) (1,1): the polygon cut by linear interpolation
 * along the sides; exact for a linear function.
 */
double shore_cell_share(double v00, double v10, double v01, double v11);

#endif
