/* SPDX-License-Identifier: Apache-2.0
 *
 * sharpen.h - a coarse SWIR band with the detail of a fine NIR band: pure functions of one coarse
 * cell.
 *
 * A cell is what one pixel of the coarse band covers.  Its fine pixels get
 * swir + slope * (nir - mean nir of the cell), so the mean over the cell stays what was measured.
 * The slope is that of the line SWIR over NIR through the cell and its neighbours, where it lies
 * between two that hold for a mixture of water and land:
 *
 *   swir / nir               high-pass modulation (Vivone et al. 2015,
 *                            doi:10.1109/TGRS.2014.2361734): water is black in both bands
 *   swir / (nir - dark nir)  water reflects no SWIR, and as much NIR as the darkest pixel near
 *
 * That MNDWI at 10 m from a sharpened SWIR band maps water better: Du et al. 2016,
 * doi:10.3390/rs8040354.
 *
 * The line alone fails where three covers meet (water, reed, sand); the first bound alone where
 * the water itself reflects NIR (docs/decisions/008).
 */
#ifndef KERNELS_SHARPEN_H
#define KERNELS_SHARPEN_H

#include "kernels/water.h"

/*
 * Contrast of NIR inside a cell [reflectance]: up to the first nothing changes (noise, glint,
 * waves), from the second on all detail is taken over; linear between.
 */
#define SHARPEN_FLAT 0.01f
#define SHARPEN_SURE 0.03f

/* The darkest NIR near is mixed and noisy: so much of it counts as that of water, never above. */
#define SHARPEN_DARK_PART 0.8f
#define SHARPEN_DARK_MAX  0.1f

/* A slope that no pair of water and land has. */
#define SHARPEN_SLOPE_MAX 6.0f

/* One cell; reflectances.  pixels: how many of its fine pixels have both bands; 0: it is not
 * there, the rest undefined.  */
struct sharpen_cell {
	float nir, swir;	  /* means */
	float darkest, brightest; /* NIR of its pixels */
	int32_t pixels;
};

/* Sums over a window around a cell, of differences from the cell's nir and swir. */
struct sharpen_window {
	float cells, n, s, nn, ns;
	float darkest; /* NIR of the pixels of the window */
};

/* Add a cell that is there to the window around centre. */
static inline void sharpen_add(struct sharpen_window *w, const struct sharpen_cell *centre,
			       const struct sharpen_cell *cell)
{
	float n = cell->nir - centre->nir, s = cell->swir - centre->swir;

	w->cells += 1.0f;
	w->n += n;
	w->s += s;
	w->nn += n * n;
	w->ns += n * s;
	w->darkest = cell->darkest < w->darkest ? cell->darkest : w->darkest;
}

/* The NIR of water near, for the second bound. */
static inline float sharpen_dark(float darkest)
{
	float dark = SHARPEN_DARK_PART * darkest;

	dark = dark > 0.0f ? dark : 0.0f;
	return dark < SHARPEN_DARK_MAX ? dark : SHARPEN_DARK_MAX;
}

/* SWIR over NIR; a divisor below SHARPEN_FLAT is noise. */
static inline float sharpen_ratio(float swir, float nir)
{
	return swir / (nir > SHARPEN_FLAT ? nir : SHARPEN_FLAT);
}

/* SWIR per NIR in a cell, >= 0, from the window around it. */
static inline float sharpen_slope(const struct sharpen_cell *c, const struct sharpen_window *w)
{
	float low = sharpen_ratio(c->swir, c->nir);
	float high = sharpen_ratio(c->swir, c->nir - sharpen_dark(w->darkest));
	float var = w->cells * w->nn - w->n * w->n;
	float slope = var > 0.0f ? (w->cells * w->ns - w->n * w->s) / var : low;

	slope = slope > low ? slope : low;
	slope = slope < high ? slope : high;
	return slope < SHARPEN_SLOPE_MAX ? slope : SHARPEN_SLOPE_MAX;
}

/*
 * What the difference of a pixel's NIR from the cell's mean is multiplied with: the slope, less
 * where NIR is flat, and no more than leaves every pixel REFLECTANCE_MIN.  0: leave the cell.
 */
static inline float sharpen_gain(const struct sharpen_cell *c, const struct sharpen_window *w)
{
	float contrast = (c->brightest - c->darkest - SHARPEN_FLAT) / (SHARPEN_SURE - SHARPEN_FLAT);
	float room = c->swir - REFLECTANCE_MIN, depth = c->nir - c->darkest;
	float gain;

	if (!(contrast > 0.0f) || !(room > 0.0f))
		return 0.0f;
	gain = sharpen_slope(c, w) * (contrast < 1.0f ? contrast : 1.0f);
	return gain * depth < room ? gain : room / depth;
}

#endif
