/* SPDX-License-Identifier: Apache-2.0
 *
 * geopackage.h - writing lines and polygons as a GeoPackage that QGIS opens in colour.
 *
 * Calling sequence: geopackage_create(), geopackage_add_lines() and
 * geopackage_add_patches() as often as wanted, geopackage_finish();
 * geopackage_free() at any time, whatever happened.  One thread.  The same content
 * gives the same bytes: the time in the file is the caller's.
 * Each layer has a spatial index and a default style in the table layer_styles.
 */
#ifndef PIPELINE_IO_GEOPACKAGE_H
#define PIPELINE_IO_GEOPACKAGE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/layer.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/lines.h"
#include "pipeline/space/patches.h"

struct geopackage;

/*
 * Start a file; it must not exist.  time: UTC seconds, written as the time of the last change.
 * CANTCREATE, CONFIG if GDAL does not know the CRS, IO.
 */
int geopackage_create(struct geopackage **out, const char *path, const struct crs *crs,
		      int64_t time, struct error *e);

struct geopackage_colour {
	uint8_t r, g, b;
};

/*
 * A layer of LINESTRINGs: id (from 1), closed (boolean), length_m, period (the text given, for all).
 * A closed line repeats its first point at its end.
 */
int geopackage_add_lines(struct geopackage *g, const char *layer, const char *period,
			 const struct lines *lines, struct geopackage_colour colour,
			 struct error *e);

/*
 * A layer of POLYGONs: id (from 1), change (the name of its value among the classes), pixels, area_km2.
 * area_km2[i] is that of patch i.  Coloured by its class.
 */
int geopackage_add_patches(struct geopackage *g, const char *layer, const struct patches *patches,
			   const double *area_km2, const struct layer *classes, struct error *e);

/* Write the styles, close, check, sync.  IO if the disk is full: then there is no file. */
int geopackage_finish(struct geopackage *g, struct error *e);

/* Release everything; removes the file if finish did not succeed.  NULL is fine. */
void geopackage_free(struct geopackage *g);

#endif
