/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_read.h - a worker's open layer files: as many as it may keep, each opened when it is wanted.
 */
#ifndef PIPELINE_STAGE_MOSAIC_READ_H
#define PIPELINE_STAGE_MOSAIC_READ_H

#include <stddef.h>

#include "pipeline/io/raster.h"

/* A layer's file, which must lie on this grid (its CRS is taken from there). */
struct source {
	const char *path;
	const struct layer *layer;
	const struct grid *grid;
	struct rect place; /* of the grid, in pixels of the mosaic */
};

struct reader;

/* May keep open_max files open; for one thread. */
int reader_new(struct reader **out, size_t open_max, struct error *e);
void reader_free(struct reader *r);

/*
 * Read rect (in pixels of the mosaic; what sticks out is the layer's no data) of the source that the key stands
 * for, row by row; a file that needs its slot is closed.  DATA: damaged, or on another grid.
 */
int reader_read(struct reader *r, size_t key, const struct source *s, struct rect rect,
		void *pixels, struct error *e);

/* Bytes of an open file of that many tiles. */
size_t reader_open_bytes(size_t tiles);

#endif
