/* SPDX-License-Identifier: Apache-2.0
 *
 * areas_internal.h - what areas.c counts and areas_json.c tells.
 */
#ifndef PIPELINE_STAGE_AREAS_INTERNAL_H
#define PIPELINE_STAGE_AREAS_INTERNAL_H

#include <stdbool.h>

#include "pipeline/io/area.h"
#include "pipeline/io/lake.h"
#include "pipeline/space/region.h"
#include "pipeline/stage/areas.h"
#include "pipeline/stage/basins.h"

/* Places in the class tables of layer.c, which the counters follow. */
#define WATER_CLASSES	   6
#define CHANGE_CLASSES	   6
#define TRANSITION_CLASSES 12
#define SEEN_CLASSES	   3 /* the first of the water classes: not water, open, partial */

/* Counters of one side. */
enum {
	SIDE_PIXELS,
	SIDE_PERCENT = SIDE_PIXELS + WATER_CLASSES,
	SIDE_MIXED = SIDE_PERCENT + WATER_CLASSES, /* seen, fraction 1..99 % */
	SIDE_UNKNOWN,				   /* seen, fraction not known */
	SIDE_INSIDE,				   /* seen, within the outline */
	SIDE_FILLED,				   /* seen in another period only */
	SIDE_LOW,  /* seen, fraction known and AREAS_LEVEL_LOW or more */
	SIDE_HIGH, /* AREAS_LEVEL_HIGH or more */
	SIDE_COUNTERS,
};

/* Counters of one part: two sides, then the change. */
enum {
	CHANGE_PIXELS = AREAS_SIDES * SIDE_COUNTERS,
	CHANGE_BEFORE = CHANGE_PIXELS + CHANGE_CLASSES, /* percent before, in this class */
	CHANGE_AFTER = CHANGE_BEFORE + CHANGE_CLASSES,
	/* Percent that the fraction rose and fell by at the pixels that were gained, and at those that were lost. */
	GAIN_RISE = CHANGE_AFTER + CHANGE_CLASSES,
	GAIN_FALL,
	LOSS_RISE,
	LOSS_FALL,
	TRANSITION_PIXELS,
	PART_COUNTERS = TRANSITION_PIXELS + TRANSITION_CLASSES,
};

/* Of each part; NULL: not known. */
struct waters {
	struct bodies_area *largest, *others;
	uint64_t others_nr;
};

/*
 * Parts as in basins.h.  Unit 0 of a report is all parts
 * together, unit k is part k.
 */
struct areas {
	struct grid grid;
	struct lake *lake;	   /* NULL: none */
	struct grid frame;	   /* holds the grid and the outline */
	int32_t frame_x, frame_y;  /* of the grid's corner, in the frame */
	struct region *outline;	   /* in the frame; NULL without a lake */
	struct basins basins;	   /* in the frame */
	struct area *area;	   /* PART_COUNTERS for each part */
	struct area *outline_area; /* over the frame, one counter a part; NULL without a lake */
	bool shares; /* lake, frame, outline, basins and the outline's area are another's */
	double (*shore_m)[AREAS_SIDES]; /* of each part */
	int sides;
	double least_share;
	bool transitions; /* are counted */
	struct waters waters[AREAS_SIDES];
	uint8_t water_place[256], change_place[256], transition_place[256];
};

static inline size_t areas_side_counter(size_t part, enum areas_side side, size_t counter)
{
	return part * PART_COUNTERS + (size_t)side * SIDE_COUNTERS + counter;
}

#endif
