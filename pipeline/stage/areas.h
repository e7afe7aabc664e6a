/* SPDX-License-Identifier: Apache-2.0
 *
 * areas.h - square kilometres before, after and changed, of a lake and each of its basins, with
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
 * - systematic: the whole line lies AREAS_POSITION_M off (registration, threshold): length of
 *   the shoreline * AREAS_POSITION_M.
 * - unseen: what of the outline was not seen, and the area if all of that were land or
 *   all of it water.  Without a lake there is no outline: then what clouds and ice hid.
 */
#ifndef PIPELINE_STAGE_AREAS_H
#define PIPELINE_STAGE_AREAS_H

#include <jansson.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/base/log.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/lines.h"

/*
 * Error of a fraction at the shore, as a share.  Without sub-pixel fractions a mixed pixel is
 * anything between land and water: 1/sqrt(12) = 0.29.  Lines traced from sub-pixel
 * fractions err by 0.02 to 0.10 pixel on shores of known shape (test_shoreline.c); 0.15 keeps
 * room for texture and mixed covers.
 */
#define AREAS_SIGMA 0.15

/* The least that registration and threshold together leave: 12 km2 on the 2 400 km of Lake Balkhash's shore. */
#define AREAS_POSITION_M 5.0

enum areas_side { AREAS_BEFORE, AREAS_AFTER, AREAS_SIDES };

struct areas;

/*
 * Nothing counted yet.  lake: built-in name or file, "" for none; where it cannot be
 * opened, a warning is logged and the whole is reported alone, as without a lake.
 */
int areas_new(struct areas **out, const struct grid *grid, const char *lake, const struct log *log,
	      struct error *e);
void areas_free(struct areas *a);

/* One tile: water class and fraction (percent) of both sides, and the change class. */
struct areas_pixels {
	const uint8_t *water[AREAS_SIDES], *fraction[AREAS_SIDES], *change;
};

/*
 * Count tile i of grid_tile(grid, GEOTIFF_TILE, i), row by row without gaps.  Any number of
 * threads at once on different tiles.
 */
int areas_count(struct areas *a, size_t i, const struct areas_pixels *pixels, struct error *e);

/* Add the length of a side's shoreline to the basins that its edges' middles lie in. */
void areas_add_shoreline(struct areas *a, enum areas_side side, const struct lines *lines);

/*
 * What was counted: [{"name", "before", "after", "change"} ...] of the whole, then each basin.
 * A side: "classes" [{"value", "name", "pixels", "km2", "water_km2" (by fraction)} ...],
 * "open_water_km2" (pixels of class 1), "open_and_partial_km2" (1 and 2), "water_km2" (by fraction),
 * "fraction_unknown_km2", "shoreline_km", "outline_km2" (null without a lake), "seen_km2" (of
 * the outline), "seen_share", "error" {"random_km2", "systematic_km2", "unseen_km2",
 * "water_if_unseen_is_land_km2", "water_if_unseen_is_water_km2"}.
 * The change, of what both sides saw: "classes" [{"value", "name", "pixels", "km2",
 * "water_before_km2", "water_after_km2"} ...], "compared_km2", "gain_km2", "loss_km2", "uncertain_km2"
 * (pixels), "gain_water_km2", "loss_water_km2" (by fraction, within those classes), "net_water_km2" (by
 * fraction, in all classes), "error" {"random_km2" (both, independent),
 * "systematic_km2" (both, added)}.  km2 to 1e-6, null where an area is not defined.
 * A new reference, NULL without memory.
 */
json_t *areas_json(const struct areas *a);

#endif
