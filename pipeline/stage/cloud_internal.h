/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_internal.h - what the passes of cloud.h share.
 *
 * A pass reads planes of the spool in blocks: rects on a lattice of the grid's corner, whole cells
 * high and wide, and a multiple of 64 pixels wide.  So no two threads meet in a word of a bitmap, a
 * cell is whole within one block, and nothing depends on the spool's tiles.
 */
#ifndef PIPELINE_STAGE_CLOUD_INTERNAL_H
#define PIPELINE_STAGE_CLOUD_INTERNAL_H

#include "pipeline/stage/cloud.h"
#include "pipeline/stage/cloud_bitmap.h"

/* Temperatures are counted in bins of 0.1 K. */
#define CLOUD_BT_BIN  10
#define CLOUD_BT_BINS (65536 / CLOUD_BT_BIN + 1)

/* Cloud probability over land, in 1 / CLOUD_PROBABILITY_ONE, is counted up to a little above 4. */
#define CLOUD_PROBABILITY_ONE  1000
#define CLOUD_PROBABILITY_BINS 4096

/* Classes of clouds by their least height [km]. */
#define CLOUD_HEIGHTS 4
extern const float cloud_height_edge[CLOUD_HEIGHTS];

/* Cells across a block: a multiple of 64 pixels, as a cell is one of 32. */
#define CLOUD_BLOCK_CELLS 16

/* Reflectance 0 in packed values (kernels/calib.h). */
#define CLOUD_PACKED_ZERO 7273

/* Planes that a pass reads. */
enum cloud_plane {
	CLOUD_TESTS,
	CLOUD_VARIABILITY,
	CLOUD_BT,
	CLOUD_NIR,
	CLOUD_SWIR1,
	CLOUD_SEEDS,
	CLOUD_PLANES_NR
};

/* A block under work: r is its part that takes part; planes are of r, row by row. */
struct cloud_block {
	struct rect r;
	void *plane[CLOUD_PLANES_NR]; /* NULL: not read */
	uint8_t *inside, *flags;      /* a row; inside: of the region */
	uint32_t *bins;		      /* 2 * CLOUD_CELL_BINS */
};

/* Row y of a block's plane. */
static inline const uint8_t *cloud_row_u8(const struct cloud_block *b, enum cloud_plane p,
					  int32_t y)
{
	return (const uint8_t *)b->plane[p] + (size_t)y * (size_t)b->r.w;
}

static inline const uint16_t *cloud_row_u16(const struct cloud_block *b, enum cloud_plane p,
					    int32_t y)
{
	return (const uint16_t *)b->plane[p] + (size_t)y * (size_t)b->r.w;
}

/* Bins of a packed value, 64 values each. */
#define CLOUD_CELL_BINS	 1024
#define CLOUD_BINS_BYTES (sizeof(uint32_t) * 2 * CLOUD_CELL_BINS) /* of a block's bins */

/* A cell: first what its own clear land looks like, then when a pixel is dark among its 3 x 3. */
struct cloud_cell {
	uint16_t nir, swir1;  /* medians of clear land, packed; then limits, 0 = none */
	uint32_t land, water; /* clear pixels that were looked at */
};

/* Scene statistics; temperatures in 0.01 K, 0 = unknown. */
struct cloud_stats {
	int64_t seen;
	int32_t land_low, land_high, water;
	int32_t threshold; /* 1 / CLOUD_PROBABILITY_ONE */
};

struct cloud_run {
	struct cloud_job *job;
	struct rect area;   /* that holds all that takes part */
	int32_t x0, y0;	    /* grid pixel of the bitmaps' corner; x0 on a multiple of 64 */
	int32_t cell;	    /* side in pixels, a multiple of 32 */
	struct rect blocks; /* of the lattice, that area meets, as a rect of blocks */
	struct rect cells;  /* likewise */
	struct cloud_cell *own, *around; /* of each cell, row by row */
	struct cloud_total *total;	 /* of cloud_measure() */
	struct cloud_stats stats;
	struct bitmap cloud, shadow, a, b; /* a, b: scratch */
	struct bitmap height[2];	   /* digits of a cloud's class; only with temperature */
};

/* A pass over the blocks: work on one, then, in order, merge what it left in its slot. */
struct cloud_pass {
	unsigned reads; /* 1 << enum cloud_plane, ORed */
	size_t slot_size;
	void (*work)(struct cloud_run *run, struct cloud_block *b, void *slot);
	void (*merge)(struct cloud_run *run, const void *slot); /* may be NULL */
	/* Whether there is anything to do in r; may be NULL. */
	bool (*wanted)(const struct cloud_run *run, struct rect r);
};

/* Run a pass on the job's threads.  The slot is zeroed for every block. */
int cloud_pass_run(struct cloud_run *run, const struct cloud_pass *pass, struct error *e);

/* Bytes of a pass on so many threads, of the largest slot. */
size_t cloud_pass_bytes(const struct cloud_job *job, int32_t cell, size_t slot_size);

/* Fill b->inside for row y of the block. */
void cloud_block_inside(const struct cloud_run *run, struct cloud_block *b, int32_t y);

/* Side of a cell in pixels. */
int32_t cloud_cell_side(const struct cloud_job *job);

/* Percentiles and threshold: run->stats. */
int cloud_measure(struct cloud_run *run, struct error *e);
size_t cloud_measure_slot(void);
size_t cloud_measure_bytes(void);

/* Where clouds may cast their shadow and it is dark: run->shadow. */
int cloud_shadow(struct cloud_run *run, struct error *e);

/* Probability of cloud over land in 1 / CLOUD_PROBABILITY_ONE, below CLOUD_PROBABILITY_BINS. */
static inline int32_t cloud_probability(const struct cloud_run *run, uint8_t variability,
					uint16_t bt)
{
	const struct cloud_stats *s = &run->stats;
	int32_t margin = (int32_t)(run->job->limits.land_cold * 100.0f);
	int32_t p = variability * (CLOUD_PROBABILITY_ONE / CLOUD_VARIABILITY_ONE);

	if (s->land_high && bt) {
		int32_t top = s->land_high + margin, range = top - (s->land_low - margin);

		p = top > bt ? p * (top - bt) / range : 0;
	}
	return p < CLOUD_PROBABILITY_BINS ? p : CLOUD_PROBABILITY_BINS - 1;
}

/* What is done to a bitmap by rows, each by one thread. */
struct cloud_rows {
	struct bitmap *to;
	const struct bitmap *from;
	int32_t number; /* least, radius */
	void (*work)(const struct cloud_rows *rows, int32_t from, int32_t past, uint64_t *scratch);
};
int cloud_rows_run(struct cloud_run *run, const struct cloud_rows *rows, struct error *e);

/* what becomes the majority of its 3 x 3; run->b is lost. */
int cloud_smooth(struct cloud_run *run, struct bitmap *what, struct error *e);

/* to |= from, widened by metres. */
int cloud_widen(struct cloud_run *run, struct bitmap *to, const struct bitmap *from, float metres,
		struct error *e);

#endif
