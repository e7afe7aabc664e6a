/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/exact.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <cpl_error.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include "testdata/ground.h"
#include "testdata/workers.h"

/* Rows that are held at a time, whole tiles of the file. */
#define STRIP 512
#define WHOLE 10000

struct exact {
	struct ground ground;
	GDALDatasetH out;
	uint16_t *strip;
	int y0, rows;
};

static bool is_laea(GDALDatasetH d)
{
	OGRSpatialReferenceH mine = OSRNewSpatialReference(NULL), its = GDALGetSpatialRef(d);
	bool same =
		its && OSRImportFromProj4(mine, PLANE_LAEA) == OGRERR_NONE && OSRIsSame(mine, its);

	OSRDestroySpatialReference(mine);
	return same;
}

static int grid_of(GDALDatasetH d, const char *path, struct grid *g, struct failure *f)
{
	double t[6];

	if (!is_laea(d))
		return fail(f, "%s is not in %s", path, PLANE_LAEA);
	if (GDALGetGeoTransform(d, t) != CE_None || t[2] != 0 || t[4] != 0 || t[1] != -t[5])
		return fail(f, "%s has no square pixels, north up", path);
	*g = (struct grid){ .e0 = t[0],
			    .n0 = t[3],
			    .pixel_m = t[1],
			    .width = GDALGetRasterXSize(d),
			    .height = GDALGetRasterYSize(d) };
	return 0;
}

static void compute_row(void *job, int worker, int i)
{
	const struct exact *x = job;
	int width = x->ground.grid.width;

	(void)worker;
	for (int c = 0; c < width; c++)
		x->strip[(size_t)i * (size_t)width + (size_t)c] =
			(uint16_t)lround(WHOLE * ground_fraction(&x->ground, c, x->y0 + i));
}

static int write_strips(struct exact *x, int threads, const char *path, struct failure *f)
{
	const struct grid *g = &x->ground.grid;

	for (x->y0 = 0; x->y0 < g->height; x->y0 += STRIP) {
		x->rows = g->height - x->y0 < STRIP ? g->height - x->y0 : STRIP;
		if (workers_run(threads, x->rows, compute_row, x, f))
			return -1;
		if (GDALRasterIO(GDALGetRasterBand(x->out, 1), GF_Write, 0, x->y0, g->width,
				 x->rows, x->strip, g->width, x->rows, GDT_UInt16, 0, 0) != CE_None)
			return fail(f, "cannot write %s", path);
	}
	return 0;
}

static GDALDatasetH create(GDALDatasetH like, const struct grid *g, const char *path,
			   struct failure *f)
{
	static const char *const options[] = { "TILED=YES",	 "BLOCKXSIZE=512",
					       "BLOCKYSIZE=512", "COMPRESS=DEFLATE",
					       "PREDICTOR=2",	 NULL };
	double t[6];
	GDALDatasetH d = GDALCreate(GDALGetDriverByName("GTiff"), path, g->width, g->height, 1,
				    GDT_UInt16, (char **)(uintptr_t)options);

	if (!d) {
		fail(f, "cannot make %s", path);
		return NULL;
	}
	GDALGetGeoTransform(like, t);
	GDALSetGeoTransform(d, t);
	GDALSetSpatialRef(d, GDALGetSpatialRef(like));
	return d;
}

int exact_write(const struct options *o, const char *like, const char *out, struct failure *f)
{
	GDALDatasetH d = GDALOpen(like, GA_ReadOnly);
	struct exact x = { 0 };
	struct grid g = { 0 };
	int ret = -1;

	if (!d)
		return fail(f, "cannot open %s", like);
	if (grid_of(d, like, &g, f) || ground_init_laea(&x.ground, o, &g, f))
		goto out;
	x.strip = malloc((size_t)g.width * STRIP * sizeof(*x.strip));
	x.out = x.strip ? create(d, &g, out, f) : NULL;
	if (!x.strip)
		fail(f, "no memory for a strip of %s", like);
	if (x.out)
		ret = write_strips(&x, o->threads, out, f);
	/* GDAL tells only its error handler what closing could not write. */
	CPLErrorReset();
	if (x.out)
		GDALClose(x.out);
	if (!ret && CPLGetLastErrorType() >= CE_Failure)
		ret = fail(f, "cannot write %s: %s", out, CPLGetLastErrorMsg());
out:
	free(x.strip);
	ground_release(&x.ground);
	GDALClose(d);
	return ret;
}
