/* SPDX-License-Identifier: Apache-2.0
 *
 * gaps.h - lines that a scanner with a broken line corrector left out (Landsat 7 since 31 May 2003).
 */
#ifndef PIPELINE_STAGE_GAPS_H
#define PIPELINE_STAGE_GAPS_H

#include <stdint.h>

/*
 * Rows that decide about a row: gaps are up to 14 pixels wide at the edge of the
 * scene (USGS, Landsat 7 Data Users Handbook, LSDS-1927), and run across it.
 */
#define GAPS_HALO 16

/*
 * Mark a pixel in gap that was not seen but has one that was within GAPS_HALO rows
 * above it and one within GAPS_HALO rows below.  seen: w * h, row by row, not 0:
 * some band has data; gap: as large; every pixel is set, 0 or 1.
 */
void gaps_find(const uint8_t *seen, int32_t w, int32_t h, uint8_t *gap);

#endif
