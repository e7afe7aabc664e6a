/* SPDX-License-Identifier: Apache-2.0
 *
 * truth.h - what a product shows, exactly: DIR/truth/ID/ with class.tif,
 * fraction.tif (percent), fraction16.tif (x 10000), sky.tif (enum sky_bit, where there
 * are clouds or gaps), cover.tif (enum cover_code, where covers are hard), shoreline.geojson
 * and truth.json.  A ramp has truth.json only.  With point spread also fraction_seen.tif (x 10000),
 * the fraction spread as the bands are: what the sensor sees of plain ground, before noise;
 * of Sentinel-2 as bands of 10 m see it, and in fraction_seen20.tif as bands of 20 m.
 */
#ifndef TESTDATA_TRUTH_H
#define TESTDATA_TRUTH_H

#include <stdint.h>

#include "testdata/ground.h"
#include "testdata/options.h"
#include "testdata/raster.h"

enum truth_file {
	TRUTH_CLASS,
	TRUTH_PERCENT,
	TRUTH_FRACTION,
	TRUTH_SKY,
	TRUTH_COVER,
	TRUTH_SEEN,
	TRUTH_SEEN20,
	TRUTH_FILES,
};

#define TRUTH_NONE   255   /* class, percent, sky, cover */
#define TRUTH_NONE16 65535 /* fraction x 10000 */

/* One band of the product, for truth.json. */
struct truth_band {
	const char *name;
	double micrometre; /* 0: no reflectance */
	enum role role;
};

struct truth_row {
	double water_pixels, water_m2, seen_m2; /* sums over the row; m2 of equal area */
	long seen, class_water;
};

struct truth {
	const struct ground *ground;
	const struct options *options;
	int strip_rows; /* at most, of one truth_write() */
	int block;	/* side of the TIFF blocks */
	char dir[900];
	char path[TRUTH_FILES][1000];
	struct raster raster[TRUTH_FILES];
	void *strip[TRUTH_FILES];
	struct truth_row *row; /* one for each row of the grid */
};

/* Create the files; ground, options, strip_rows and block are set. */
int truth_open(struct truth *t, const char *id, struct failure *f);

/*
 * Note a row of the grid, which is row `in_strip` of the strip.  extra_m: what
 * the band that starts last misses of the swath.  Threads may note different
 * rows at the same time.
 */
void truth_note(struct truth *t, int in_strip, int row, double extra_m, const struct ground_row *r);

/*
 * Note a line of the fraction as the sensor sees it, which is line `in_strip` of the strip: of
 * pixels of `factor` of the grid's, 1 or 2.  extra_m and threads as above.
 */
void truth_note_seen(struct truth *t, int factor, int in_strip, int line, double extra_m,
		     const float *fraction);

int truth_write(struct truth *t, int y0, int rows, struct failure *f);

/* Finish the rasters, write the shoreline and truth.json; with the bands of the product. */
int truth_close(struct truth *t, const char *id, const struct air *air,
		const struct truth_band *band, int bands, struct failure *f);

void truth_release(struct truth *t);

#endif
