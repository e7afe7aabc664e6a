/* SPDX-License-Identifier: Apache-2.0
 *
 * geokeys.h - what the tags of a GeoTIFF say of its CRS (GeoTIFF 1.1, OGC 19-008r4), read by libtiff.
 *
 * GDAL knows every CRS, but loads PROJ's database to say its name: 50 ms in a process that needs it for nothing else.
 */
#ifndef PIPELINE_IO_GEOKEYS_H
#define PIPELINE_IO_GEOKEYS_H

#include <stdbool.h>
#include <stddef.h>

#include <tiffio.h>

#include "pipeline/space/crs.h"

/* *n values of a tag that libtiff does not know by itself, of the type named; NULL if it has none.  They are libtiff's. */
const void *geokeys_values(TIFF *t, uint32_t tag, TIFFDataType type, size_t *n);

/* The EPSG code of the projected CRS; 0 if it is defined otherwise. */
unsigned int geokeys_epsg(TIFF *t);

/*
 * The UTM zone on WGS 84 of a GeoTIFF on a local disk or in a tar there, as "EPSG:32643", if the file says it by its code, in metres, and
 * says nothing that could alter it: so do Landsat and HLS.  false: ask GDAL, and it is GDAL that tells what is wrong.
 */
bool geokeys_zone(const char *path, struct crs *out);

#endif
