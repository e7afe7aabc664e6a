/* SPDX-License-Identifier: Apache-2.0
 *
 * stac.h - a STAC Item of a product, beside its files.
 */
#ifndef TESTDATA_STAC_H
#define TESTDATA_STAC_H

#include <gdal.h>

#include "testdata/air.h"
#include "testdata/options.h"
#include "testdata/plane.h"

enum { STAC_ASSETS_MAX = 60 };

struct stac_asset {
	char key[32], href[400];
	enum role role;	      /* ROLE_COUNT: a mask */
	const char *name;     /* of the band, NULL: a mask */
	const char *common;   /* its common name; NULL: that of the role */
	double micrometre;    /* 0: not said */
	double scale, offset; /* scale 0: not said */
	int nodata;	      /* RASTER_NO_NODATA: not said */
	int metres;
	GDALDataType type;
	bool jpeg2000;
};

struct stac_facts {
	const struct options *options;
	const struct grid *grid;
	const struct air *air;
	const char *folder; /* where item.json goes */
	const char *id;
	const char *tile; /* of Sentinel-2, else NULL */
	double cloud_cover;
	int assets;
	struct stac_asset asset[STAC_ASSETS_MAX];
};

/*
 * Write item.json with extensions projection, view, eo, raster, and landsat or s2
 * (1.0: eo:bands and raster:bands; 1.1: bands, scale, offset, nodata of the asset).
 * Assets of Sentinel-2 are called as Earth Search does ("green"), the others by key.
 */
int stac_write(const struct stac_facts *s, struct failure *f);

#endif
