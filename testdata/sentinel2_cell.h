/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2_cell.h - what the pixels of 10 m in one pixel of a mask have in common.
 */
#ifndef TESTDATA_SENTINEL2_CELL_H
#define TESTDATA_SENTINEL2_CELL_H

#include <stdint.h>

#include "testdata/ground.h"

/* Means of the shares, and how many of the n pixels have a bit of the sky. */
struct cell {
	double fraction, reed;
	int n, cloud, thin, near, shadow;
};

/* The pixel (x, y) of a mask whose side is `factor` pixels, of consecutive rows of the ground. */
struct cell cell_gather(const struct ground_row *rows, int factor, int y, int x);

/*
 * Scene classification: 3 shadow, 4 vegetation, 5 bare, 6 water, 8 and 9 cloud
 * (Sentinel-2 Level-2A Algorithm Theoretical Basis Document, S2-PDGS-MPC-ATBD-L2A).
 */
int cell_class(const struct cell *c);

/* Percent of MSK_CLDPRB. */
uint8_t cell_cloud_probability(const struct cell *c);

/* Is at least half of it cloud? */
bool cell_cloudy(const struct cell *c);

#endif
