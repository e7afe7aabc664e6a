/* SPDX-License-Identifier: Apache-2.0
 *
 * gdal.h - libgdal set up once, and its errors caught.
 *
 * GDAL 3.6 reports many errors (full disk, short reads) only through its
 * error handler while the call returns success.  So every use of GDAL stands
 * between gdal_begin() and gdal_end(): any CE_Failure in between is an error.
 */
#ifndef PIPELINE_IO_GDAL_H
#define PIPELINE_IO_GDAL_H

#include <stdbool.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

#include <gdal.h>

/*
 * Register the drivers that this program uses, and no others (a hostile product
 * cannot make GDAL open a VRT or a web address), and set the options that keep
 * outputs free of time, host and side files.  Call once from main before any
 * other use; cache_bytes bounds GDAL's own block cache.
 */
void gdal_setup(size_t cache_bytes);

/* What GDAL said between begin and end, on this thread.  Lives on the caller's stack. */
struct gdal_errors {
	int count;	 /* failures */
	char first[400]; /* text of the first of them, one line */
};

/* Start to catch errors on this thread; pairs may nest. */
void gdal_begin(struct gdal_errors *c);

/*
 * Stop catching.  Returns 0 if nothing failed; else -1 and e is
 * "<what>: <GDAL's words>" with this code (ERROR_IO where the disk was full).
 */
__attribute__((format(printf, 4, 5))) int gdal_end(struct gdal_errors *c, struct error *e,
						   enum error_code code, const char *fmt, ...);

/*
 * Open a raster for reading with one of the drivers named (NULL-terminated,
 * e.g. {"GTiff", "JP2OpenJPEG", NULL}); shared with nobody.  The caller
 * closes it with GDALClose().  NULL: e is set (NOINPUT if there is no such file, DATA else).
 */
GDALDatasetH gdal_open(const char *path, const char *const *drivers, struct error *e);

/*
 * Read a GeoPackage, GeoJSON or Shapefile: read() is given it open, with the user's pointer.  what: "the outline", for errors.
 * Addresses that the file refers to are not asked.
 * NOINPUT if there is no such file; DATA if it is of another kind, refers to an address, or GDAL complains; else what read() says, prefixed.
 */
int gdal_read_vectors(const char *path, const char *what,
		      int (*read)(GDALDatasetH dataset, void *user, struct error *e), void *user,
		      struct error *e);

/*
 * The grid of an open raster, its CRS as crs_normalise() spells it.  DATA if it
 * has no CRS, a geographic one or one that is not in metres, no geotransform, is
 * rotated or south-up, or has a side of 0 or above GRID_SIDE_MAX.
 */
int gdal_grid(GDALDatasetH dataset, struct grid *out, struct error *e);

/*
 * The CRS of a vector layer, as text that crs_transform_new() takes, and whether it is projected.
 * DATA if it has none that can be written so.
 */
int gdal_layer_crs(OGRLayerH layer, struct crs *out, bool *projected, struct error *e);

#endif
