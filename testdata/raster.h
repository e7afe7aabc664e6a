/* SPDX-License-Identifier: Apache-2.0
 *
 * raster.h - raster files, written strip by strip from above: GeoTIFF as USGS
 * ships it, JPEG 2000 as ESA does.
 */
#ifndef TESTDATA_RASTER_H
#define TESTDATA_RASTER_H

#include <stddef.h>

#include <gdal.h>

#include "testdata/fail.h"
#include "testdata/plane.h"

enum raster_form {
	RASTER_TIFF, /* tiles, DEFLATE, predictor 2 */
	RASTER_JP2,  /* lossless, tiles of 1024, 6 resolutions, GeoJP2 */
};

#define RASTER_NO_NODATA (-1)

struct raster_spec {
	const char *path;
	struct grid grid; /* its pixels are those of the file */
	enum raster_form form;
	GDALDataType type; /* GDT_Byte, GDT_UInt16, GDT_Int16 */
	int bands;	   /* 1, or more where interleaved pixels are handed over */
	int block;	   /* side of a TIFF tile; strips are whole rows of tiles */
	int threads;
	int nodata; /* RASTER_NO_NODATA: none is declared */
	bool point; /* TIFF: PixelIsPoint */
};

/* An open file; the path in the spec must outlive it. */
struct raster {
	struct raster_spec spec;
	GDALDatasetH
		dataset; /* the TIFF; for JPEG 2000 a plain TIFF beside it, removed at the end */
	void *tile;	 /* one tile, owned */
	char side[1600]; /* path of the plain TIFF */
};

/* Once, before any other call: drivers, cache, no side files. */
void raster_setup(int threads);

int raster_open(struct raster *r, const struct raster_spec *spec, struct failure *f);

/* Give the file a tag, until it is closed. */
void raster_tag(struct raster *r, const char *name, const char *value);

/* Say in the file that value = stored * scale + offset. */
void raster_scale(struct raster *r, double scale, double offset);

/*
 * Write rows y0 .. y0 + rows - 1 from pixels (width * rows * bands values, pixel
 * interleaved); y0 is a multiple of the block, and so is rows, except at the end.
 */
int raster_write(struct raster *r, int y0, int rows, const void *pixels, struct failure *f);

/* Finish the file; every error that GDAL reported late comes here. */
int raster_close(struct raster *r, struct failure *f);

/* Give up: close and forget; for a raster that was closed or never opened, nothing. */
void raster_drop(struct raster *r);

/* Make a folder and its parents; one that exists is fine. */
int folder_make(const char *path, struct failure *f);

#endif
