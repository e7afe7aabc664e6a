/* SPDX-License-Identifier: Apache-2.0
 *
 * sharpen.h - a SWIR band of half the working grid's resolution (Sentinel-2: 20 m), with the
 * detail of the NIR band (10 m).  The formula stands in kernels/sharpen.h, the reasons for it in
 * docs/decisions/008.
 */
#ifndef PIPELINE_STAGE_SHARPEN_H
#define PIPELINE_STAGE_SHARPEN_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "pipeline/space/rect.h"

/* Pixels of the working grid along a side of a SWIR pixel. */
#define SHARPEN_RATIO 2

/*
 * Pixels around a tile that decide about its own: a cell to each side, and the rest of the cell
 * that the tile's edge cuts.  Farther pixels decide nothing.
 */
#define SHARPEN_HALO 4

struct sharpen {
	/*
	 * The tile with its halo, in pixels of the working grid, which starts where a cell
	 * starts; x, y >= 0.  Where the grid ends it is cut, and what is there is used.
	 */
	struct rect tile;
	/*
	 * Reflectance as the water rules see it but for a common factor: with Rayleigh's part
	 * subtracted, since zero must mean black.  gain > 0.
	 */
	struct calib nir, swir;
};

/* Bytes of scratch for a tile of so many pixels with its halo, wherever it lies; w, h > 0. */
size_t sharpen_bytes(int32_t w, int32_t h);

/*
 * Sharpen swir in place.  nir, swir: tile.w * tile.h stored values, row by row; swir holds the
 * same value in all pixels of a cell.  A pixel without a measurement in either band (fill or
 * saturated, calib.h) stays as it is and gives nothing to others; no other value becomes fill or
 * saturated.  The sum over the pixels of a cell that have both bands stays exactly what it was,
 * but for values above 65535 and next to the codes.  Bits depend on nothing but the pixels up to
 * SHARPEN_HALO away, as stored.  scratch: sharpen_bytes(), aligned for a float.
 */
void sharpen_tile(const struct sharpen *s, const uint16_t *restrict nir, uint16_t *restrict swir,
		  void *restrict scratch);

#endif
