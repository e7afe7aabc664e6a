/* SPDX-License-Identifier: Apache-2.0
 *
 * threshold.h - the threshold of an index that a histogram gives (Otsu 1979,
 * doi:10.1109/TSMC.1979.4310076).
 */
#ifndef PIPELINE_STAGE_THRESHOLD_H
#define PIPELINE_STAGE_THRESHOLD_H

#include <stdbool.h>
#include <stdint.h>

/* Bins of equal width from -1 to 1. */
#define THRESHOLD_BINS 256

/* Pixels that a histogram needs to be believed. */
#define THRESHOLD_PIXELS_MIN 100

struct histogram {
	uint64_t count[THRESHOLD_BINS];
};

/* The bin of an index in units of 1e-4; what lies outside -1..1 goes to the outermost. */
int histogram_bin(int16_t index);

/*
 * The greatest index of bin k, in units of 1e-4, where k parts the histogram into two
 * kinds with the greatest variance between them, (mu_T w(k) - mu(k))^2 / (w(k) (1 - w(k))); the
 * first of equals.  Water is above it.  False if there are too few pixels, or all in one bin.
 */
bool histogram_otsu(const struct histogram *h, int16_t *threshold);

/*
 * Which pixels of an index (w x h, units of 1e-4, INDEX_NODATA: none) lie on an edge:
 * central differences dx, dy per pixel with dx^2 + dy^2 >= gradient^2 [1/pixel]; none at
 * the rect's border nor beside a pixel without a value.
 */
void threshold_edges(const int16_t *index, int32_t w, int32_t h, float gradient, uint8_t *edge);

#endif
