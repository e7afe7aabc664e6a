/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_fill.h - other mosaics from which pixels that no look saw take class and fraction.
 */
#ifndef PIPELINE_STAGE_MOSAIC_FILL_H
#define PIPELINE_STAGE_MOSAIC_FILL_H

#include <jansson.h>

#include "pipeline/stage/mosaic_looks.h"
#include "pipeline/stage/mosaic_read.h"

struct fill {
	char *path, *id, *water, *fraction;
	char unit[SHA256_HEX];
	struct grid grid;
	struct rect place; /* in the mosaic's grid */
};

/* Zero is empty. */
struct fills {
	struct fill *fill; /* as given: the first that has a pixel gives it */
	size_t nr;
};

/*
 * Read the facts of the mosaics that list names, parted by commas (NULL: none), and place them in the grid.  DATA:
 * not a mosaic, without water or fraction, of another lake or lattice, one twice; CONFIG: more than FILLS_MAX.
 */
int fills_read(struct fills *f, const char *list, const char *lake, const struct grid *grid,
	       struct error *e);
void fills_release(struct fills *f);

/* [{"id", "unit"} ...], for the unit of the result. */
json_t *fills_json(const struct fills *f);

/* Planes of a tile; filled: number of the mosaic from 1 (0: none); scratch: two tiles of bytes. */
struct fill_planes {
	uint8_t *water, *fraction, *filled, *scratch;
};

/* Fill the tile's pixels of class 255.  The reader's keys from first_key on are for this. */
int fills_tile(const struct fills *f, struct reader *reader, size_t first_key, struct rect tile,
	       const struct fill_planes *planes, struct error *e);

#endif
