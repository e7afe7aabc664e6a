/* SPDX-License-Identifier: Apache-2.0
 *
 * shoreline.h - the lines where the water fraction of a whole raster is one half.
 *
 * The raster is read once, tile by tile; cells between tiles are contoured from the tiles'
 * outer rows and columns, so lines have no cracks and do not depend on the
 * tiles.  Rules of the line: contour.h.
 */
#ifndef PIPELINE_STAGE_SHORELINE_H
#define PIPELINE_STAGE_SHORELINE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/lines.h"

/* Where the fraction comes from. */
struct shoreline_source {
	void *job; /* immutable: every worker opens its own reader from it */
	int (*open)(void *job, void **reader, struct error *e);
	/* The pixels of rect (within the grid) in percent, above 100: no data; row by row. */
	int (*read)(void *reader, struct rect rect, uint8_t *pixels, struct error *e);
	void (*close)(void *reader);
};

struct shoreline_spec {
	struct grid grid;
	struct shoreline_source source;
	int32_t tile; /* side of a working tile [pixels] */
	int threads;
	size_t memory;	 /* bytes that the program may take */
	size_t reserved; /* of them for other things, tiles included (shoreline_tile_bytes()) */
};

/*
 * Trace the lines; the caller releases them.  CONFIG naming the --memory that is needed
 * where they do not fit, else what the source says.
 */
int shoreline_trace(const struct shoreline_spec *spec, struct lines *out, struct error *e);

/* Memory that the tiles take, at most. */
size_t shoreline_tile_bytes(int32_t tile, int threads);

#endif
