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
	double nodata;
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
	d->nodata = GDALGetRasterNoDataValue(d->band, &d->has_nodata);
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
		if (d->has_nodata && depth_m[i] == (float)d->nodata)
			depth_m[i] = NAN;
	return 0;
}
