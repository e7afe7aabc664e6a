/* SPDX-License-Identifier: Apache-2.0
 *
 * bodies.h - the waters of a raster told apart: the largest one, and all others (ponds, backwaters, rivers that are cut off).
 *
 * A body is what water pixels that touch by sides or corners make together; a water pixel is one of open water, or of
 * a fraction above 0.  So the mixed pixels of its shore belong to it, and two waters whose mixed pixels
 * touch are one.  The largest is the one with most pixels; of equal ones always the same.
 *
 * Fed as a shoreline is (shoreline.h): bodies_new(); bodies_tile(), then bodies_deliver(), of every tile of
 * grid_tile(grid, GEOTIFF_TILE, i); bodies_total(); bodies_free() at any time.
 */
#ifndef PIPELINE_STAGE_BODIES_H
#define PIPELINE_STAGE_BODIES_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/budget.h"
#include "pipeline/base/error.h"
#include "pipeline/io/area.h"
#include "pipeline/space/grid.h"

struct bodies;

struct bodies_spec {
	struct grid grid;
	const struct area *area; /* whose areas of pixels count; borrowed */
	size_t parts;		 /* basins_parts(): what each pixel's part is below */
	int threads;		 /* of tiles_run(): at most 2 * threads tiles are under way */
	struct budget *budget;	 /* of what grows: the bodies that go on in other tiles; borrowed */
};

int bodies_new(struct bodies **out, const struct bodies_spec *spec, struct error *e);
void bodies_free(struct bodies *b);

/* The pixels of a tile, row by row without gaps. */
struct bodies_pixels {
	const uint8_t *water;	 /* class */
	const uint8_t *fraction; /* percent; above 100: not known, open water counts as 100 */
	const uint8_t *part;	 /* below `parts` */
};

/* Tile i; any number of threads at once on different tiles. */
int bodies_tile(struct bodies *b, size_t i, const struct bodies_pixels *pixels, struct error *e);

/* After bodies_tile(i), one caller at a time, i = 0, 1, 2, ...; takes from the budget. */
int bodies_deliver(struct bodies *b, size_t i, struct error *e);

/* Of the waters in one part. */
struct bodies_area {
	double open_km2;  /* pixels of open water */
	double water_km2; /* by fraction */
};

/*
 * After the last tile: of each part what the largest body holds, and what all others hold; *others_nr: how many they
 * are.  Arrays of `parts`.  CONFIG naming the --memory that is needed where the budget was too small.
 */
int bodies_total(struct bodies *b, struct bodies_area *largest, struct bodies_area *others,
		 uint64_t *others_nr, struct error *e);

/* Bytes of the tiles under way and of the rows between them, at most. */
size_t bodies_bytes(const struct grid *grid, size_t parts, int threads);

#endif
