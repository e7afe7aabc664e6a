/* SPDX-License-Identifier: Apache-2.0
 *
 * raster_files.h - tiny rasters for tests, written by GDAL.
 */
#ifndef PIPELINE_TESTS_RASTER_FILES_H
#define PIPELINE_TESTS_RASTER_FILES_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include "pipeline/space/grid.h"

/* Value of a pixel of a test raster. */
typedef uint16_t pixel_fn(int32_t x, int32_t y);

/* Write a uint16 raster on the grid with a driver ("GTiff", "JP2OpenJPEG") and its options. */
static inline void raster_file_write(const char *path, const char *driver, const struct grid *g,
				     pixel_fn *value, char **options)
{
	GDALDatasetH mem = GDALCreate(GDALGetDriverByName("MEM"), "", g->width, g->height, 1,
				      GDT_UInt16, NULL);
	OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
	double transform[6] = { g->x0, g->dx, 0, g->y0, 0, -g->dy };
	uint16_t *row = malloc((size_t)g->width * sizeof(*row));
	GDALDatasetH copy;
	CPLErr ret = CE_None;

	OSRSetFromUserInput(srs, g->crs.def);
	OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
	GDALSetSpatialRef(mem, srs);
	GDALSetGeoTransform(mem, transform);
	for (int32_t y = 0; y < g->height; y++) {
		for (int32_t x = 0; x < g->width; x++)
			row[x] = value(x, y);
		ret = GDALRasterIO(GDALGetRasterBand(mem, 1), GF_Write, 0, y, g->width, 1, row,
				   g->width, 1, GDT_UInt16, 0, 0);
		assert(ret == CE_None);
	}
	copy = GDALCreateCopy(GDALGetDriverByName(driver), path, mem, 0, options, NULL, NULL);
	assert(copy);
	GDALClose(copy);
	GDALClose(mem);
	OSRDestroySpatialReference(srs);
	free(row);
	(void)ret;
}

#endif
