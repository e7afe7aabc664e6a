/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/raster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal_frmts.h>
#include <ogr_srs_api.h>

#define CACHE_BYTES (96 << 20)
#define JP2_TILE    "1024"

/* The first error that GDAL reports while the handler is in place. */
struct watch {
	int count;
	char first[500];
};

static void CPL_STDCALL note(CPLErr class, CPLErrorNum number, const char *message)
{
	struct watch *w = CPLGetErrorHandlerUserData();

	(void)number;
	if (class < CE_Failure)
		return;
	if (!w->count++)
		snprintf(w->first, sizeof(w->first), "%s", message);
}

static void watch_begin(struct watch *w)
{
	w->count = 0;
	CPLPushErrorHandlerEx(note, w);
}

static int watch_end(const struct watch *w, const char *path, struct failure *f)
{
	CPLPopErrorHandler();
	return w->count ? fail(f, "cannot write %s: %s", path, w->first) : 0;
}

void raster_setup(int threads)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", threads);
	CPLSetConfigOption("GDAL_NUM_THREADS", number);
	CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
	CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR");
	GDALRegister_GTiff();
	GDALRegister_JP2OpenJPEG();
	GDALRegister_MEM();
	GDALSetCacheMax64(CACHE_BYTES);
}

int folder_make(const char *path, struct failure *f)
{
	char part[1600];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return fail(f, "the path %s is too long", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i])
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (mkdir(part, 0777) && errno != EEXIST)
			return fail_errno(f, "cannot make the folder %s", part);
	}
	return 0;
}

static char **tiff_options(const struct raster_spec *s)
{
	char text[16];
	char **o = NULL;

	if (s->form == RASTER_JP2)
		return CSLSetNameValue(o, "INTERLEAVE", "PIXEL");
	snprintf(text, sizeof(text), "%d", s->block);
	o = CSLSetNameValue(o, "TILED", "YES");
	o = CSLSetNameValue(o, "BLOCKXSIZE", text);
	o = CSLSetNameValue(o, "BLOCKYSIZE", text);
	o = CSLSetNameValue(o, "COMPRESS", "DEFLATE");
	o = CSLSetNameValue(o, "PREDICTOR", "2");
	snprintf(text, sizeof(text), "%d", s->threads);
	return CSLSetNameValue(o, "NUM_THREADS", text);
}

static void describe(struct raster *r)
{
	const struct raster_spec *s = &r->spec;
	OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
	double transform[6] = { s->grid.e0, s->grid.pixel_m, 0, s->grid.n0, 0, -s->grid.pixel_m };

	OSRImportFromEPSG(srs, grid_epsg(&s->grid));
	OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
	GDALSetSpatialRef(r->dataset, srs);
	OSRDestroySpatialReference(srs);
	GDALSetGeoTransform(r->dataset, transform);
	if (s->point)
		GDALSetMetadataItem(r->dataset, "AREA_OR_POINT", "Point", NULL);
	if (s->nodata != RASTER_NO_NODATA)
		GDALSetRasterNoDataValue(GDALGetRasterBand(r->dataset, 1), s->nodata);
}

int raster_open(struct raster *r, const struct raster_spec *spec, struct failure *f)
{
	GDALDriverH driver = GDALGetDriverByName("GTiff");
	size_t pixel = (size_t)GDALGetDataTypeSizeBytes(spec->type) * (size_t)spec->bands;
	size_t side = (size_t)(spec->form == RASTER_TIFF ? spec->block : 1);
	char **options;
	const char *path;
	struct watch w;

	*r = (struct raster){ .spec = *spec };
	snprintf(r->side, sizeof(r->side), "%s.tif", spec->path);
	path = spec->form == RASTER_JP2 ? r->side : spec->path;
	r->tile = malloc(side * side * pixel);
	if (!r->tile)
		return fail(f, "no memory for a tile of %s", spec->path);
	options = tiff_options(spec);
	watch_begin(&w);
	r->dataset = GDALCreate(driver, path, spec->grid.width, spec->grid.height, spec->bands,
				spec->type, options);
	if (r->dataset)
		describe(r);
	CSLDestroy(options);
	if (watch_end(&w, path, f))
		return -1;
	return r->dataset ? 0 : fail(f, "cannot create %s", path);
}

void raster_tag(struct raster *r, const char *name, const char *value)
{
	GDALSetMetadataItem(r->dataset, name, value, NULL);
}

void raster_scale(struct raster *r, double scale, double offset)
{
	GDALRasterBandH band = GDALGetRasterBand(r->dataset, 1);

	GDALSetRasterScale(band, scale);
	GDALSetRasterOffset(band, offset);
}

/* One tile of a strip; what lies outside the raster repeats its last column and row. */
static void cut_tile(const struct raster *r, int x0, int row, int rows, const char *pixels)
{
	size_t pixel = (size_t)GDALGetDataTypeSizeBytes(r->spec.type);
	int side = r->spec.block, width = r->spec.grid.width;
	int inside = width - x0 < side ? width - x0 : side;
	char *out = r->tile;

	for (int y = 0; y < side; y++) {
		int from = row + y < rows ? row + y : rows - 1;
		const char *in = pixels + ((size_t)from * (size_t)width + (size_t)x0) * pixel;

		memcpy(out, in, (size_t)inside * pixel);
		for (int x = inside; x < side; x++)
			memcpy(out + (size_t)x * pixel, in + (size_t)(inside - 1) * pixel, pixel);
		out += (size_t)side * pixel;
	}
}

static int write_tiles(struct raster *r, int y0, int rows, const char *pixels)
{
	GDALRasterBandH band = GDALGetRasterBand(r->dataset, 1);
	int side = r->spec.block;

	for (int y = 0; y < rows; y += side)
		for (int x = 0; x < r->spec.grid.width; x += side) {
			cut_tile(r, x, y, rows, pixels);
			if (GDALWriteBlock(band, x / side, (y0 + y) / side, r->tile) != CE_None)
				return -1;
		}
	return 0;
}

int raster_write(struct raster *r, int y0, int rows, const void *pixels, struct failure *f)
{
	const struct raster_spec *s = &r->spec;
	GSpacing value = GDALGetDataTypeSizeBytes(s->type), pixel = value * s->bands;
	int width = s->grid.width, bad;
	struct watch w;

	watch_begin(&w);
	if (s->form == RASTER_TIFF)
		bad = write_tiles(r, y0, rows, pixels);
	else
		bad = GDALDatasetRasterIOEx(r->dataset, GF_Write, 0, y0, width, rows,
					    (void *)pixels, width, rows, s->type, s->bands, NULL,
					    pixel, pixel * width, value, NULL) != CE_None;
	if (watch_end(&w, s->path, f))
		return -1;
	return bad ? fail(f, "cannot write %s", s->path) : 0;
}

/* From the plain TIFF to JPEG 2000. */
static int convert(struct raster *r)
{
	GDALDatasetH out;
	char **o = NULL;

	o = CSLSetNameValue(o, "REVERSIBLE", "YES");
	o = CSLSetNameValue(o, "QUALITY", "100");
	o = CSLSetNameValue(o, "BLOCKXSIZE", JP2_TILE);
	o = CSLSetNameValue(o, "BLOCKYSIZE", JP2_TILE);
	o = CSLSetNameValue(o, "RESOLUTIONS", "6");
	o = CSLSetNameValue(o, "YCC", "NO");
	if (r->spec.type == GDT_UInt16)
		o = CSLSetNameValue(o, "NBITS", "15");
	GDALFlushCache(r->dataset);
	out = GDALCreateCopy(GDALGetDriverByName("JP2OpenJPEG"), r->spec.path, r->dataset, FALSE, o,
			     NULL, NULL);
	CSLDestroy(o);
	if (!out)
		return -1;
	GDALClose(out);
	return 0;
}

int raster_close(struct raster *r, struct failure *f)
{
	struct watch w;
	int bad = 0;

	watch_begin(&w);
	if (r->spec.form == RASTER_JP2)
		bad = convert(r);
	GDALClose(r->dataset);
	r->dataset = NULL;
	if (r->spec.form == RASTER_JP2)
		unlink(r->side);
	free(r->tile);
	r->tile = NULL;
	if (watch_end(&w, r->spec.path, f))
		return -1;
	return bad ? fail(f, "cannot write %s", r->spec.path) : 0;
}

void raster_drop(struct raster *r)
{
	if (r->dataset) {
		/* The error that led here is told; those that follow from it are not. */
		CPLPushErrorHandler(CPLQuietErrorHandler);
		GDALClose(r->dataset);
		CPLPopErrorHandler();
		if (r->spec.form == RASTER_JP2)
			unlink(r->side);
	}
	free(r->tile);
	*r = (struct raster){ 0 };
}
