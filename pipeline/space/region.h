/* SPDX-License-Identifier: Apache-2.0
 *
 * region.h - which pixels of a grid a polygon holds: those whose centre is inside.
 */
#ifndef PIPELINE_SPACE_REGION_H
#define PIPELINE_SPACE_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/space/grid.h"
#include "pipeline/space/polygon.h"

struct region;

/*
 * polygon in the CRS of the grid, in metres (not kept; its vertices rounded, as
 * lake_area() does, so that every machine gets the same).  A centre on an edge
 * is inside what lies to the right of the edge, or above a level one: of two
 * polygons with a common edge exactly one has it.  Immutable: any number of
 * threads.  DATA for a polygon that is absurdly large.  Memory: 4 bytes for each row that an edge crosses, 8 a row.
 */
int region_new(struct region **out, const struct polygon *polygon, const struct grid *grid,
	       struct error *e);
void region_free(struct region *r);

/*
 * inside[i] = 1 where the centre of pixel (x + i, y) is inside, else 0 (also
 * outside of the grid); NULL region: all inside.
 */
void region_row(const struct region *r, int32_t x, int32_t y, int32_t n, uint8_t *inside);

/*
 * The smallest rect within `within` that holds every inside pixel of it; empty if
 * none.  NULL region: `within` itself.
 */
struct rect region_bounds(const struct region *r, struct rect within);

#endif
