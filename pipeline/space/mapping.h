/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.h - from the pixels of a target grid to those of a source grid.
 *
 * PROJ is asked at nodes every MAPPING_STEP target pixels; its answers are
 * rounded to 2^-16 source pixel; between nodes everything is integer
 * arithmetic, so that the same pixels come out on every machine.  The error
 * against PROJ at every pixel is below 0.02 source pixel (a test measures it).
 *
 * Source coordinates follow kernels/resample.h: unit 2^-16 pixel, the integer k
 * is the centre of source pixel k.
 */
#ifndef PIPELINE_SPACE_MAPPING_H
#define PIPELINE_SPACE_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

#define MAPPING_STEP 64
/* Coordinate of a target pixel that has no place in the source grid. */
#define MAPPING_NOWHERE INT32_MIN

struct mapping;

/*
 * Immutable once made; used by any number of threads.  Memory: 16 bytes a node.
 * CONFIG if PROJ cannot go between the two.  Same CRS (the text that
 * crs_normalise() gives): PROJ is not asked; same lattice too: a shift, exact.
 */
int mapping_new(struct mapping **out, const struct grid *target, const struct grid *source,
		struct error *e);
void mapping_free(struct mapping *m);

/*
 * Make it that of a part of its target (grid_crop()), whose corner lies on multiples of MAPPING_STEP and which is not
 * empty: PROJ need not be asked once more.  Before others use it.
 */
void mapping_crop(struct mapping *m, struct rect r);

/* True if target pixel (x, y) is source pixel (x + dx, y + dy) for all of them; then sets dx, dy. */
bool mapping_is_shift(const struct mapping *m, int32_t *dx, int32_t *dy);

/*
 * Source coordinates of the n target pixels from (x, y) rightwards, relative to
 * source pixel (origin_x, origin_y); MAPPING_NOWHERE in both where there is none
 * or where the difference does not fit.  The pixels must lie in the target grid.
 */
void mapping_row(const struct mapping *m, int32_t x, int32_t y, int32_t n, int32_t origin_x,
		 int32_t origin_y, int32_t *sx, int32_t *sy);

/*
 * The source pixels that bilinear resampling (kernels/resample.h) of the target
 * pixels in r touches (taps without weight included, but for a shift): a rect
 * that holds them all, cut to the source grid; empty if none.
 */
struct rect mapping_source_rect(const struct mapping *m, struct rect r);

/*
 * The same where nothing is cut: false if a target pixel of r, which is not empty and lies in the target, has no place or is
 * made of source pixels that do not exist.
 */
bool mapping_taps(const struct mapping *m, struct rect r, struct rect *taps);

/* A rect that holds all target pixels that lie in the source grid, and about a step more. */
struct rect mapping_target_rect(const struct mapping *m);

#endif
