/* SPDX-License-Identifier: Apache-2.0
 *
 * polygonize.h - pixels of some values to patches, row by row.
 *
 * Pixels of one value that share a side belong together; those that only touch at a
 * corner do not.  Where a patch touches itself at a corner its ring is parted
 * there, so that every ring is simple and every polygon valid (OGC 06-103r4).
 *
 * Calling sequence: polygonize_new(), polygonize_row() for rows 0 to height - 1,
 * polygonize_finish(); polygonize_free() at any time.  One thread.  Memory
 * follows the number of corners.
 */
#ifndef PIPELINE_STAGE_POLYGONIZE_H
#define PIPELINE_STAGE_POLYGONIZE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/patches.h"

/* How many values may be told apart. */
#define POLYGONIZE_VALUES_MAX 4

struct polygonize;

struct polygonize_spec {
	struct grid grid;
	/* Pixel values that make patches, each by itself; 0 cannot be one. */
	uint8_t values[POLYGONIZE_VALUES_MAX];
	size_t values_nr;
	size_t memory;	 /* bytes that the program may take */
	size_t reserved; /* of them for other things */
};

int polygonize_new(struct polygonize **out, const struct polygonize_spec *spec, struct error *e);
void polygonize_free(struct polygonize *p);

/* The next row: grid width pixels. */
int polygonize_row(struct polygonize *p, const uint8_t *pixels, struct error *e);

/*
 * After the last row: the patches, by their first pixel row by row; the caller releases
 * them.  CONFIG naming the --memory that is needed where they do not fit.
 */
int polygonize_finish(struct polygonize *p, struct patches *out, struct error *e);

#endif
