/* SPDX-License-Identifier: Apache-2.0
 *
 * thumbnail.h - a small natural-colour picture of the working grid, gathered
 * while tiles are classified: the backdrop of the quicklook.
 */
#ifndef PIPELINE_STAGE_THUMBNAIL_H
#define PIPELINE_STAGE_THUMBNAIL_H

#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

/* One pixel of every step x step of the grid, the middle one; at most THUMBNAIL_SIDE a side. */
struct thumbnail {
	int32_t step, width, height;
	uint8_t *
		black; /* 255 less what is shown: memory that nothing was drawn on is white, and untouched */
};

#define THUMBNAIL_SIDE 1536

int thumbnail_init(struct thumbnail *t, const struct grid *grid, struct error *e);
void thumbnail_release(struct thumbnail *t);

/* Bytes that a thumbnail of this grid takes. */
size_t thumbnail_bytes(const struct grid *grid);

/*
 * Take what falls on the thumbnail from the n pixels right of (x, y), as
 * reflectances in red, green and blue.  Any number of threads at once on
 * different pixels.
 */
void thumbnail_row(struct thumbnail *t, int32_t x, int32_t y, int32_t n, const float *red,
		   const float *green, const float *blue);

/* The colour nearest to a pixel of the grid; white outside. */
void thumbnail_at(const struct thumbnail *t, int32_t x, int32_t y, uint8_t rgb[3]);

#endif
