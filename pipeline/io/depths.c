/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/depths.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/base/file.h"
#include "pipeline/io/gdal.h"

struct depths {
	GDALDatasetH dataset;
	GDALRasterBandH band;
	struct grid grid;
	double nodata, scale, offset;
	int has_nodata;
	char *path;
};

void depths_close(struct depths *d)
{
	if (!d)
		return;
	if (d->dataset)
		GDALClose(d->dataset);
	free(d->path);
	free(d);
}

/* GDAL holds a whole block for each thread, whatever part of it is read. */
static int check_block(const struct depths *d, struct error *e)
{
	int w, h;

	GDALGetBlockSize(d->band, &w, &h);
	if (w > 0 && h > 0 && (int64_t)w * h <= DEPTHS_BLOCK_MAX)
		return 0;
	return error_set(
		e, ERROR_DATA,
		"%s: blocks of %d x %d pixels are too large: gdal_translate -co TILED=YES makes "
		"smaller ones",
		d->path, w, h);
}

int depths_open(struct depths **out, const char *path, struct error *e)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct depths *d = calloc(1, sizeof(*d));
	int ret = -1;

	*out = NULL;
	if (!d || !(d->path = strdup(path))) {
		error_nomem(e, path);
		goto out;
	}
	d->dataset = gdal_open(path, drivers, e);
	if (!d->dataset)
		goto out;
	if (GDALGetRasterCount(d->dataset) != 1) {
		error_set(e, ERROR_DATA, "%s: %d bands, where one of depths was looked for", path,
			  GDALGetRasterCount(d->dataset));
		goto out;
	}
	if (gdal_grid(d->dataset, &d->grid, e))
		goto out;
	d->band = GDALGetRasterBand(d->dataset, 1);
	if (check_block(d, e))
		goto out;
	d->nodata = GDALGetRasterNoDataValue(d->band, &d->has_nodata);
	d->scale = GDALGetRasterScale(d->band, NULL);
	d->offset = GDALGetRasterOffset(d->band, NULL);
	*out = d;
	d = NULL;
	ret = 0;
out:
	depths_close(d);
	return ret;
}

const struct grid *depths_grid(const struct depths *d)
{
	return &d->grid;
}

int depths_read(struct depths *d, struct rect rect, float *depth_m, struct error *e)
{
	struct gdal_errors caught;
	CPLErr failed;

	gdal_begin(&caught);
	failed = GDALRasterIO(d->band, GF_Read, rect.x, rect.y, rect.w, rect.h, depth_m, rect.w,
			      rect.h, GDT_Float32, 0, 0);
	if (gdal_end(&caught, e, ERROR_DATA, "cannot read %s", d->path))
		return -1;
	if (failed != CE_None)
		return error_set(e, ERROR_DATA, "cannot read %s", d->path);
	for (size_t i = 0; i < rect_area(rect); i++)
		depth_m[i] = d->has_nodata && depth_m[i] == (float)d->nodata
				     ? NAN
				     : (float)((double)depth_m[i] * d->scale + d->offset);
	return 0;
}
