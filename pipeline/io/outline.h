/* SPDX-License-Identifier: Apache-2.0
 *
 * outline.h - polygons through OGR and GEOS: read from a file, united, buffered.
 *
 * GEOS calls libm, whose last bits differ between CPUs: who needs the same
 * vertices everywhere rounds them (lake_area() does).
 */
#ifndef PIPELINE_IO_OUTLINE_H
#define PIPELINE_IO_OUTLINE_H

#include "pipeline/base/error.h"
#include "pipeline/space/polygon.h"

/*
 * All polygons of the first layer of a GeoPackage, GeoJSON or Shapefile, united,
 * in WGS 84 longitude and latitude; edges in a projected CRS are cut to 1 km
 * first, so that they stay where they are.  gdal_setup() must have been called.
 * NOINPUT if there is no such file; DATA if it is of another kind, has no CRS,
 * holds something that encloses no area, or nothing, or a ring that crosses itself, or is wider than 60 degrees.
 */
int outline_read(const char *path, struct polygon *out, struct error *e);

/* Replace p (projected, even-odd) by what lies within so many metres > 0 of it. */
int outline_buffer(struct polygon *p, double metres, struct error *e);

#endif
