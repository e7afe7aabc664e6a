/* SPDX-License-Identifier: Apache-2.0
 *
 * basins.h - the parts of a lake that are reported: part 0 is what lies in no basin, part k basin k - 1.
 */
#ifndef PIPELINE_STAGE_BASINS_H
#define PIPELINE_STAGE_BASINS_H

#include "pipeline/io/lake.h"
#include "pipeline/space/region.h"

/* Parts are numbered in a byte. */
#define BASINS_PARTS_MAX 255

/* Zero parts: not made.  Owns its regions. */
struct basins {
	size_t parts;		/* 1 at least */
	struct region **region; /* parts - 1, on a grid */
};

/* How many parts a lake has; 1 without one (NULL), and where its single basin is the whole again. */
size_t basins_parts(const struct lake *lake);

/* Its basins on a grid.  CONFIG for too many of them; DATA where one does not lie where the CRS is defined. */
int basins_new(struct basins *out, const struct lake *lake, const struct grid *grid,
	       struct error *e);
void basins_release(struct basins *b);

/* Number the parts of pixels (x + i, y), i < n <= 512; the first basin that holds a pixel has it.  Any thread. */
void basins_row(const struct basins *b, int32_t x, int32_t y, int32_t n, uint8_t *part);

#endif
