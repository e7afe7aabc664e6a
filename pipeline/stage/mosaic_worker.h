/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_worker.h - the state of one worker of a mosaic, for its parts.
 */
#ifndef PIPELINE_STAGE_MOSAIC_WORKER_H
#define PIPELINE_STAGE_MOSAIC_WORKER_H

#include "pipeline/io/geotiff.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/stage/mosaic_read.h"

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)
#define PERCENTS    101
/* Pixels whose median is counted in bins at once: 3 MiB. */
#define BINS_MAX 16384

/* What quantities need; code and looks by their numbers. */
struct quantities {
	uint16_t *code[QUANTITIES_MAX]; /* of the look that was chosen, or the median; 0: none */
	uint16_t *looks[QUANTITIES_MAX];
	void *values;			    /* of one look, or of the result, in the layer's type */
	uint16_t *look, *sight;		    /* codes of a look, and of what a group saw */
	struct spool *spool;		    /* of the tile; NULL: nothing was written */
	size_t spooled[QUANTITIES_MAX];	    /* groups with a value in the tile */
	uint16_t *block, *column, *scratch; /* of medians */
};

/* Planes are of one tile; NULL: not wanted. */
struct worker {
	struct mosaic *m;
	struct reader *reader;
	void *memory; /* holds all planes */
	struct rect tile;
	size_t n;   /* pixels of the tile */
	bool zoned; /* zone is that of the tile */

	struct sight sight;
	uint8_t *water, *fraction, *zone, *native, *no_native; /* of one look */
	uint32_t *score;				       /* of one look */
	struct best_scratch best;

	struct counts counts;
	size_t counts_bytes; /* of its planes, from counts.observed on */
	struct months months;
	uint16_t *bin_of; /* 0, or the number of the pixel's bins from 1 */
	uint16_t (*bins)[PERCENTS];

	struct quantities quantities;

	/* Results. */
	uint8_t *class, *median, *frequency, *low, *high;
	uint8_t *occurrence, *seen_months, *seasonality, *filled, *fill_scratch;
	uint16_t *source, *day;
};

/* What the looks of a group say of the tile, into w->sight.  *any: they see something. */
int worker_see(struct worker *w, const struct group *g, bool *any, struct error *e);

/* Read layer number k of a look in rect, which is in pixels of the mosaic. */
int worker_read(struct worker *w, size_t number, size_t k, struct rect rect, void *pixels,
		struct error *e);

/* Bytes of the scratch for medians: a block, one pixel's codes, a tile of codes. */
#define QUANTITY_BLOCK	 ((size_t)8 << 20)
#define QUANTITY_SCRATCH (TILE_PIXELS * sizeof(uint16_t))

/*
 * Quantities of a tile: clear; add what a group saw, after it was counted; finish.  IO: the spool cannot
 * be written.
 */
void quantities_clear(struct worker *w);
int quantities_add(struct worker *w, const struct group *g, struct error *e);
int quantities_finish(struct worker *w, struct error *e);

/* Encode quantities and their looks as layers of the result. */
int quantities_encode(struct worker *w, size_t i, void *slot, struct error *e);

/* Settle the medians that counts leave open, in w->median. */
int worker_medians(struct worker *w, struct error *e);

#endif
