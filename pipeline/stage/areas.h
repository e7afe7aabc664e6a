/* SPDX-License-Identifier: Apache-2.0
 *
 * areas.h - square kilometres of one period, or before, after and changed, of a lake and each of its basins, with
 * what is not known about them.
 *
 * Pixels are counted, and percents summed, as integers; areas are equal-area
 * (pipeline/io/area.h).  Where a pixel was seen but its fraction is not known, open
 * water counts as 100 % and everything else as 0; how much that is, is told.
 *
 * The error budget of a side (km2):
 * - random: one fraction at the shore is wrong by AREAS_SIGMA (one standard deviation), each by
 *   itself: sigma * pixel area * sqrt(number of mixed pixels).  It is tiny, and never the
 *   whole story.
 * - systematic, position: the whole line lies AREAS_POSITION_M off (registration): length of
 *   the shoreline * AREAS_POSITION_M.
 * - systematic, threshold: the line lies at AREAS_LEVELS instead of one half: half of the area between the two.
 * - unseen: what of the outline was not seen, and the area if all of that were land or
 *   all of it water.  Without a lake there is no outline: then what clouds and ice hid.
 *
 * A total is withheld where less than a least share of the outline, or nothing at all, was seen: what is left are the areas of
 * what was seen, by class, and the range.
 */
#ifndef PIPELINE_STAGE_AREAS_H
#define PIPELINE_STAGE_AREAS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/base/log.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/lines.h"
#include "pipeline/stage/bodies.h"

/*
 * Error of a fraction at the shore, as a share.  Without sub-pixel fractions a mixed pixel is
 * anything between land and water: 1/sqrt(12) = 0.29.  Lines traced from sub-pixel
 * fractions err by 0.02 to 0.10 pixel on shores of known shape (test_shoreline.c); 0.15 keeps
 * room for texture and mixed covers.
 */
#define AREAS_SIGMA 0.15

/* Fractions [percent] at which the line is drawn instead, for the error of the threshold. */
#define AREAS_LEVEL_LOW	 40
#define AREAS_LEVEL_HIGH 60

/* The least that registration leaves: 12 km2 on the 2 400 km of Lake Balkhash's shore. */
#define AREAS_POSITION_M 5.0

enum areas_side { AREAS_BEFORE, AREAS_AFTER, AREAS_SIDES };

struct areas;

struct areas_spec {
	struct grid grid;
	const char *lake; /* built-in name or file, "" for none */
	bool named;	  /* the user said so: then it must open; else no file is looked at */
	/* Areas of the same grid and lake, which these share it with and must not outlive; NULL: it is opened. */
	const struct areas *like;
	int sides;	    /* 1: of one period (AREAS_BEFORE); 2: and after it, and the change */
	bool transitions;   /* are counted */
	double least_share; /* seen of the outline, for a total: 0..1 */
	const struct log *log;
};

/*
 * Nothing counted yet.  Where a lake that nobody named cannot be opened, a warning is logged and the whole is reported alone, as
 * without one.  Errors of lake_open() for one that was named.
 */
int areas_new(struct areas **out, const struct areas_spec *spec, struct error *e);
void areas_free(struct areas *a);

/* Bytes that the counters take. */
size_t areas_bytes(const struct areas *a);

/* How many parts there are, and true areas of pixels: what bodies.h wants. */
size_t areas_parts(const struct areas *a);
const struct area *areas_area(const struct areas *a);

/* Of each pixel of tile i of grid_tile(grid, GEOTIFF_TILE, i): its part (basins.h), and 1 where it lies in the outline. */
void areas_place(const struct areas *a, size_t i, uint8_t *part, uint8_t *inside);

/*
 * Bits of a pixel that was gained or lost, or touches such a one: the shore moved through it, and its fraction with it, though
 * its own class may not have changed.
 */
#define AREAS_GAINED 1
#define AREAS_LOST   2

/* One tile: all that is counted of its pixels, row by row without gaps. */
struct areas_pixels {
	const uint8_t *part, *inside;				   /* of areas_place() */
	const uint8_t *water[AREAS_SIDES], *fraction[AREAS_SIDES]; /* class, percent */
	const uint8_t *filled
		[AREAS_SIDES]; /* 1: not seen in this period, but filled from another; NULL: none is */
	const uint8_t *change, *transition; /* codes; NULL: not counted */
	const uint8_t *
		zone; /* AREAS_GAINED, AREAS_LOST where the fraction moves with the shore; NULL: in those classes */
};

/* Count tile i.  Any number of threads at once on different tiles. */
int areas_count(struct areas *a, size_t i, const struct areas_pixels *pixels, struct error *e);

/* Add the length of a side's shoreline to the basins that its edges' middles lie in. */
void areas_add_shoreline(struct areas *a, enum areas_side side, const struct lines *lines);

/* What bodies_total() found of a side: the largest water, and the others, of each part; copied. */
struct areas_waters {
	const struct bodies_area *largest, *others;
	uint64_t others_nr;
};
int areas_set_waters(struct areas *a, enum areas_side side, const struct areas_waters *waters,
		     struct error *e);

/* Numbers of one side, for plots and tables; NaN where they are withheld or not defined. */
struct areas_figures {
	double water_km2, open_km2, partial_km2, random_km2, systematic_km2, unseen_km2, seen_share;
	double seen_water_km2; /* of what was seen: never withheld */
};
size_t areas_units(const struct areas *a); /* the whole, then each basin */
const char *areas_name(const struct areas *a, size_t unit);
struct areas_figures areas_figures(const struct areas *a, size_t unit, enum areas_side side);

/*
 * What was counted: [{"name", "before", "after", "change"} ...] of the whole, then each basin; with one side
 * [{"name", "areas"} ...].
 * A side: "classes" [{"value", "name", "pixels", "km2", "water_km2" (by fraction)} ...],
 * "open_water_km2" (pixels of class 1), "open_and_partial_km2" (1 and 2), "water_km2" (by fraction),
 * "largest_water_km2", "largest_open_water_km2" (of the largest water, by fraction and by pixels), "other_water_km2",
 * "other_open_water_km2", "other_waters" (how many, in the whole), "withheld" (the reason, or null: then the eight
 * are null), "fraction_unknown_km2", "filled_km2" (seen in another period only), "shoreline_km", "outline_km2" (null without a
 * lake), "seen_km2" (of the outline), "seen_share", "error" {"random_km2", "systematic_km2" (both together),
 * "position_km2", "threshold_km2", "unseen_km2", "water_if_unseen_is_land_km2", "water_if_unseen_is_water_km2"}.
 * The change, of what both sides saw: "classes" [{"value", "name", "pixels", "km2",
 * "water_before_km2", "water_after_km2"} ...], "transitions" [{"value", "name", "pixels", "km2"} ...] where they were counted,
 * "compared_km2", "gain_km2", "loss_km2", "uncertain_km2"
 * (pixels), "gain_water_km2", "loss_water_km2" (by fraction, in their zones), "net_water_km2" (by
 * fraction, everywhere; these six null where nothing was compared), "error" {"random_km2" (both, independent),
 * "systematic_km2" (both, added)}.  km2 to 1e-6, null where an area is not defined.
 * A new reference, NULL without memory.
 */
json_t *areas_json(const struct areas *a);

#endif
