/* SPDX-License-Identifier: Apache-2.0
 *
 * layers.h - a product whose files are GeoTIFFs on one grid: Landsat, HLS.
 * The product says what each file is; here they are painted, strip by strip.
 */
#ifndef TESTDATA_LAYERS_H
#define TESTDATA_LAYERS_H

#include "testdata/ground.h"
#include "testdata/options.h"
#include "testdata/psf.h"
#include "testdata/raster.h"
#include "testdata/truth.h"
#include "testdata/workers.h"

enum { LAYERS_MAX = 20 };

enum paint {
	PAINT_BAND,	/* value * scale + shift, the air in between where air is true */
	PAINT_RADIANCE, /* kelvin as radiance: (k1 / (exp(k2 / kelvin) - 1)) * scale + shift */
	PAINT_MASK,	/* what mask() says */
	PAINT_CONSTANT,
	PAINT_SUN_ZENITH, /* hundredths of a degree */
};

/* What the masks of a pixel that was seen are made of. */
struct layer_pixel {
	bool water;	    /* at least half of it */
	int sky;	    /* enum sky_bit */
	unsigned saturated; /* bands, by their bits */
};

typedef int mask_fn(const struct layer_pixel *p);

/* One file of the product. */
struct layer {
	char what[16]; /* end of the file name */
	char path[1100];
	enum paint paint;
	enum role role;	   /* of a band */
	double micrometre; /* of a band; 0: no Rayleigh scattering */
	bool air;	   /* the air lies in between */
	bool sun;	   /* stored as reflectance times the cosine of the sun's zenith there */
	double scale, shift;
	double k1, k2;
	int low, high;	    /* of what is stored; high and more is saturated */
	int saturation_bit; /* of `saturated` */
	mask_fn *mask;
	int constant;
	GDALDataType type;
	int fill;   /* where nothing was seen */
	int nodata; /* as declared in the file; RASTER_NO_NODATA: nothing is */
	uint64_t noise_key;
	struct raster raster;
	void *strip;
};

struct layers {
	/* set by the product before layers_open() */
	const struct options *o;
	struct grid grid;
	struct air air;
	const char *end; /* of the file names: ".TIF" */
	bool point;	 /* PixelIsPoint */
	struct layer layer[LAYERS_MAX];
	int n;
	/* its own */
	struct ground ground;
	struct truth truth;
	int y0;
	struct ground_row scratch[WORKERS_MAX];
	/* with point spread: every row of the strip and PSF_REACH beyond, and what a line needs */
	struct psf psf;
	struct ground_row *strip_row;
	double *spread_scratch[WORKERS_MAX];
	float *spread[WORKERS_MAX];
	long *cloudy, *seen; /* pixels per row */
	unsigned *saturated; /* bits per row */
	/* known after layers_run() */
	double cloud_cover, coverage; /* percent of what was seen, of the grid */
	unsigned any_saturated;
};

/* Add a layer; what the caller does not set is 0. */
struct layer *layers_add(struct layers *l, enum paint paint, const char *what, GDALDataType type);

/* Create the files "<folder>/<stem><what><l->end>" and the truth of that id. */
int layers_open(struct layers *l, const char *folder, const char *stem, const char *id,
		struct failure *f);

/* Paint all. */
int layers_run(struct layers *l, struct failure *f);

/* Finish the files and the truth. */
int layers_close(struct layers *l, const char *id, struct failure *f);

void layers_release(struct layers *l);

#endif
