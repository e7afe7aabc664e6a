/* SPDX-License-Identifier: Apache-2.0
 *
 * target.h - the grid of an observation: the lake's, or the product's own, as
 * -tr, -te and -t_srs change it.
 */
#ifndef PIPELINE_STAGE_TARGET_H
#define PIPELINE_STAGE_TARGET_H

#include "pipeline/base/options.h"
#include "pipeline/io/lake.h"
#include "pipeline/io/product.h"

struct target {
	struct grid full; /* of the lake, or of all that the user asked for */
	char suffix[8];	  /* "_1a2b3c" where the user changed the grid, else "" */
};

/*
 * The full grid.  Without a lake: the product's own lattice, cut by -te; with
 * -tr or -t_srs pixel edges on multiples of the pixel size, extent snapped
 * outwards.  With a lake: its grid, likewise.  CONFIG for a CRS, size or extent that makes no grid.
 */
int target_grid(const struct options *options, const struct lake *lake,
		const struct granule *granule, struct target *out, struct error *e);

/*
 * The part of the full grid that an observation keeps: the tiles of GEOTIFF_TILE, counted from the
 * grid's corner, that r touches.  So observations of one lake share a lattice and are no larger than
 * what they saw.
 */
struct rect target_crop(const struct grid *full, struct rect r);

#endif
