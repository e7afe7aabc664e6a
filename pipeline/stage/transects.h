/* SPDX-License-Identifier: Apache-2.0
 *
 * transects.h - lines across the shore, where the shore lies on each of them in every period, and how it moves.
 *
 * Calling sequence: transects_cast() or transects_take(), transects_periods(), transects_measure() for
 * each period, transects_finish(); transects_release() at any time.  One thread.
 *
 * A transect is an open line of two vertices or more that runs from land to water.  Positions are metres
 * along it from its landward end, so a change is positive where the shore advances and the lake
 * shrinks.  Coordinates are metres of one projected CRS, y up, within +-TRANSECTS_REACH.
 *
 * All vertices are rounded to 1 mm, and decisions are made in integers, exactly.  Where a vertex of the shore lies on a
 * transect, or the two run along each other, the shore counts as moved by (e, e^2), e > 0 smaller
 * than anything (simulation of simplicity: Edelsbrunner and Mücke 1990, doi:10.1145/77635.77639): no crossing
 * is lost or counted twice, and in whatever order lines and vertices come, the result is the same.
 */
#ifndef PIPELINE_STAGE_TRANSECTS_H
#define PIPELINE_STAGE_TRANSECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/transect_file.h"
#include "pipeline/space/lines.h"
#include "pipeline/stage/trend.h"

#define TRANSECTS_MAX	500000
#define TRANSECTS_REACH 1e9 /* [m] */

/* Where the shore of a period crosses a transect. */
struct transect_position {
	double position_m;  /* to 1 mm; NaN: nowhere */
	double reverse_m;   /* the same, were the line reversed; until transects_finish() */
	uint32_t crossings; /* of either kind */
	bool outlier;
};

struct transect {
	char name[TRANSECT_NAME]; /* UTF-8; its number from 1 where it has none */
	double azimuth_deg; /* from its landward end to the other, clockwise from grid north, [0, 360), to 0.001 */
	double length_m;
	bool reversed;	   /* it was drawn from water to land */
	bool from_land;	   /* it is known to run from land to water */
	int64_t run_mm[2]; /* water behind the positions of all periods, as drawn and reversed */
	struct trend trend;
};

struct transect_index;

/* Zero is none.  Owns its arrays. */
struct transects {
	size_t nr, periods_nr;
	struct transect *transect;	    /* nr of them */
	struct lines paths;		    /* line i: transect i, all of them open */
	struct transect_position *position; /* of transect i in period k: [i * periods_nr + k] */
	struct transect_index *index;
};

void transects_release(struct transects *t);

/* Bytes that so many transects with so many vertices take in all periods, at most. */
size_t transects_bytes(size_t nr, size_t vertices, size_t periods_nr);

struct transect_cast {
	double spacing_m;    /* > 0: from one to the next along a line */
	double length_m;     /* > 0: half of it on land, half in the water */
	double smoothing_m;  /* >= 0: half of the chord that a transect is perpendicular to */
	double line_least_m; /* shorter lines have none */
};

/*
 * Cast transects from lines with the water on their left: at spacing / 2 + k spacing along each of them, perpendicular to
 * the chord between the points smoothing before and after (in a ring at most a quarter of it away; at
 * the ends of an open line shorter).  Where the chord has no length, to the edge there.  Lines are taken from north to
 * south by their first vertex, rings from their northernmost one on (then the westernmost), so neither the order of the
 * lines nor where rings start makes a difference.
 * USAGE: a number out of its range, or more than TRANSECTS_MAX.  DATA: coordinates beyond the reach.  NOINPUT:
 * no line is long enough for a transect.
 */
int transects_cast(struct transects *out, const struct transect_cast *spec,
		   const struct lines *reference, struct error *e);

/*
 * Take a user's lines, in their order.  Which way each runs is decided by transects_finish().
 * DATA: coordinates beyond the reach, or too many; USAGE: none.
 */
int transects_take(struct transects *out, const struct transect_lines *file, struct error *e);

/* Make room for the positions of so many periods: NaN, until they are measured.  Once. */
int transects_periods(struct transects *t, size_t periods_nr, struct error *e);

/*
 * Measure period k, once, on its shoreline: lines with the water on their left.
 *
 * The position is the land->water crossing with the longest run of water behind it along the transect: to
 * the next crossing, or to the transect's end.  Of equal runs the one nearest to the transect's middle, then the
 * landward one.  Crossings to and fro within 1 mm are none.
 *
 * Time: n log m for n vertices and m transects.  Memory: 48 bytes a crossing, of which `memory` is the most; CONFIG if that
 * does not do.  DATA: a coordinate beyond the reach.
 */
int transects_measure(struct transects *t, size_t period, const struct lines *shoreline,
		      size_t memory, struct error *e);

/*
 * When all are measured: a line that nobody knows the direction of is reversed if the runs of water of all periods are
 * longer that way (path, azimuth, positions; said by `reversed`).  Then outliers and trends; periods in any order of time.
 */
int transects_finish(struct transects *t, const struct trend_period *periods, struct error *e);

#endif
