/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2_granule.h - a granule of Sentinel-2 under construction: its images, strip by strip.
 */
#ifndef TESTDATA_SENTINEL2_GRANULE_H
#define TESTDATA_SENTINEL2_GRANULE_H

#include "testdata/ground.h"
#include "testdata/psf.h"
#include "testdata/raster.h"
#include "testdata/sentinel2_safe.h"
#include "testdata/truth.h"
#include "testdata/workers.h"

enum {
	GROUP = 6,	  /* rows of 10 m in one of 60 m */
	STRIP = 768,	  /* rows: whole groups, whole tiles of the truth */
	LATE_STEP_M = 20, /* bands start up to three times this further east */
	LATE_MAX_M = 3 * LATE_STEP_M,
	QUALIT_LAYERS = 8,
	HALO = PSF_REACH * GROUP, /* rows of 10 m that a line of 60 m sees above and below */
};

enum what { WHAT_BAND, WHAT_SCL, WHAT_CLOUD_PROBABILITY, WHAT_CLASSI, WHAT_QUALIT, WHAT_FRACTION };

/* One image file; WHAT_FRACTION is none, but a fraction that is seen by bands of its factor. */
struct image {
	enum what what;
	int band;   /* of msi_bands */
	int factor; /* pixels of 10 m in one of its own: 1, 2, 6 */
	char path[1500];
	struct raster raster;
	void *strip;
	double transmittance, air_path; /* of the air above, at Level 1C */
	uint64_t noise_key;
};

/* The granule under construction. */
struct sentinel2 {
	const struct options *o;
	struct safe *safe;
	struct ground ground;
	struct truth truth;
	struct image image[SAFE_IMAGES_MAX];
	int images;
	int y0;
	struct ground_row scratch[WORKERS_MAX][GROUP];
	/* with point spread: every row of the strip and HALO beyond, and what a line needs */
	struct psf psf;
	struct ground_row *strip_row;
	double *spread_scratch[WORKERS_MAX];
	float *spread[WORKERS_MAX];   /* PSF_LINES + 1 lines */
	long (*classes)[SCL_CLASSES]; /* counts per group of rows */
};

/*
 * Paint the files of the rows from y0 of a group of GROUP rows, and count its classes.  With point
 * spread the HALO rows before and after them are there too, as far as the window goes.
 */
void granule_paint(struct sentinel2 *s, int worker, int group, const struct ground_row *rows);

#endif
