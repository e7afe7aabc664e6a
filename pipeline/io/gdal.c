/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/gdal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_http.h>
#include <gdal_frmts.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "pipeline/io/geokeys.h"
#include "pipeline/space/crs.h"

/* GDAL declares these, which are C, for C++ alone (ogrsf_frmts.h). */
void RegisterOGRGeoPackage(void);
void RegisterOGRGeoJSON(void);
void RegisterOGRShape(void);

/* No others: what is not here cannot be made to open anything. */
static void register_drivers(void)
{
	GDALRegister_GTiff();
	GDALRegister_JP2OpenJPEG();
	GDALRegister_PNG();
	GDALRegister_MEM();
	RegisterOGRGeoPackage();
	RegisterOGRGeoJSON();
	RegisterOGRShape();
}

void gdal_setup(size_t cache_bytes)
{
	/* No driver plugins, no side files, no listing of folders, no waiting for a network. */
	CPLSetConfigOption("GDAL_DRIVER_PATH", "disable");
	CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
	CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR");
	CPLSetConfigOption("GDAL_NUM_THREADS", "1");
	CPLSetConfigOption("GTIFF_HONOUR_NEGATIVE_SCALEY", "YES");
	CPLSetConfigOption("GTIFF_POINT_GEO_IGNORE", "NO");
	register_drivers();
	GDALSetCacheMax64((GIntBig)cache_bytes);
}

static void CPL_STDCALL catch_error(CPLErr class, CPLErrorNum number, const char *message)
{
	struct gdal_errors *c = CPLGetErrorHandlerUserData();

	(void)number;
	if (class < CE_Failure)
		return;
	if (!c->count++) {
		snprintf(c->first, sizeof(c->first), "%s", message);
		for (char *s = c->first; *s; s++)
			if (*s == '\n')
				*s = ' ';
	}
}

void gdal_begin(struct gdal_errors *c)
{
	c->count = 0;
	c->first[0] = 0;
	CPLPushErrorHandlerEx(catch_error, c);
}

int gdal_end(struct gdal_errors *c, struct error *e, enum error_code code, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	CPLPopErrorHandler();
	if (!c->count)
		return 0;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (strstr(c->first, "No space left") || strstr(c->first, "Disk quota"))
		code = ERROR_IO;
	return error_set(e, code, "%s: %s", what, c->first);
}

GDALDatasetH gdal_open(const char *path, const char *const *drivers, struct error *e)
{
	struct gdal_errors c;
	GDALDatasetH dataset;

	gdal_begin(&c);
	dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
	if (gdal_end(&c, e, ERROR_DATA, "cannot open %s", path)) {
		GDALClose(dataset);
		dataset = NULL;
	} else if (!dataset) {
		error_set(e, ERROR_DATA,
			  "cannot open %s: not a raster of a format that it may have", path);
	}
	/* GDAL opens whatever file or address this item names once overviews are asked for. */
	if (dataset && GDALGetMetadataItem(dataset, "OVERVIEW_FILE", "OVERVIEWS")) {
		error_set(e, ERROR_DATA, "%s: names another file as its overviews", path);
		GDALClose(dataset);
		dataset = NULL;
	}
	if (!dataset && path[0] == '/' && strncmp(path, "/vsi", 4) && access(path, F_OK))
		error_set(e, ERROR_NOINPUT, "cannot open %s: there is no such file", path);
	return dataset;
}

/* GeoJSON may name an address where its CRS is said: GDAL would ask there, whatever host it is. */
static CPLHTTPResult *refuse_address(const char *url, CSLConstList options,
				     GDALProgressFunc progress, void *progress_user,
				     CPLHTTPFetchWriteFunc write, void *write_user, void *user)
{
	(void)options, (void)progress, (void)progress_user;
	(void)write, (void)write_user, (void)user;
	CPLError(CE_Failure, CPLE_NotSupported, "it refers to %.200s: nothing is fetched for it",
		 url);
	/* Without a result GDAL would ask itself. */
	return CPLCalloc(1, sizeof(CPLHTTPResult));
}

int gdal_read_vectors(const char *path, const char *what,
		      int (*read)(GDALDatasetH dataset, void *user, struct error *e), void *user,
		      struct error *e)
{
	static const char *const drivers[] = { "GPKG", "GeoJSON", "ESRI Shapefile", NULL };
	struct gdal_errors c;
	struct error own = { 0 };
	GDALDatasetH dataset;
	int ret = -1;

	gdal_begin(&c);
	CPLHTTPPushFetchCallback(refuse_address, NULL);
	dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
	if (dataset)
		ret = read(dataset, user, &own);
	GDALClose(dataset);
	CPLHTTPPopFetchCallback();
	if (gdal_end(&c, e, ERROR_DATA, "reading %s %s", what, path))
		ret = -1;
	else if (!dataset)
		error_set(e, ERROR_DATA, "reading %s %s: not a GeoPackage, GeoJSON or Shapefile",
			  what, path);
	else if (ret)
		error_set(e, own.code, "reading %s %s: %s", what, path, own.text);
	if (ret && !dataset && strncmp(path, "/vsi", 4) && access(path, F_OK))
		error_set(e, ERROR_NOINPUT, "reading %s %s: there is no such file", what, path);
	return ret;
}

/* The CRS as text, in the one spelling that compares equal. */
static int crs_of(GDALDatasetH dataset, const char *path, struct crs *out, struct error *e)
{
	OGRSpatialReferenceH srs;
	const char *authority, *code;
	char *proj = NULL;
	int n;

	if (geokeys_zone(path, out))
		return 0;
	srs = GDALGetSpatialRef(dataset);
	if (!srs)
		return error_set(e, ERROR_DATA, "%s: no coordinate reference system", path);
	authority = OSRGetAuthorityName(srs, NULL);
	code = OSRGetAuthorityCode(srs, NULL);
	if (authority && code && !strcmp(authority, "EPSG")) {
		n = snprintf(out->def, sizeof(out->def), "EPSG:%s", code);
	} else if (OSRExportToProj4(srs, &proj) == OGRERR_NONE && proj[0]) {
		n = snprintf(out->def, sizeof(out->def), "%s", proj);
	} else {
		n = -1;
	}
	CPLFree(proj);
	if (n <= 0 || n >= (int)sizeof(out->def))
		return error_set(
			e, ERROR_DATA,
			"%s: its coordinate reference system has no EPSG code or PROJ string",
			path);
	if (crs_normalise(out, e)) {
		e->code = ERROR_DATA;
		return error_prefix(e, "%s", path);
	}
	return 0;
}

int gdal_grid(GDALDatasetH dataset, struct grid *out, struct error *e)
{
	const char *path = GDALGetDescription(dataset);
	int width = GDALGetRasterXSize(dataset), height = GDALGetRasterYSize(dataset);
	double t[6];

	if (width < 1 || height < 1 || width > GRID_SIDE_MAX || height > GRID_SIDE_MAX)
		return error_set(e, ERROR_DATA, "%s: %d x %d pixels; a side may have 1 to %d", path,
				 width, height, GRID_SIDE_MAX);
	if (GDALGetGeoTransform(dataset, t) != CE_None)
		return error_set(e, ERROR_DATA, "%s: no georeference", path);
	if (t[2] != 0 || t[4] != 0 || !(t[1] > 0) || !(t[5] < 0))
		return error_set(e, ERROR_DATA, "%s: not a north-up raster", path);
	*out = (struct grid){
		.x0 = t[0], .y0 = t[3], .dx = t[1], .dy = -t[5], .width = width, .height = height
	};
	return crs_of(dataset, path, &out->crs, e);
}

int gdal_layer_crs(OGRLayerH layer, struct crs *out, bool *projected, struct error *e)
{
	OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(layer);
	const char *authority = srs ? OSRGetAuthorityName(srs, NULL) : NULL;
	const char *code = srs ? OSRGetAuthorityCode(srs, NULL) : NULL;
	char *proj = NULL;
	int n = -1;

	if (!srs)
		return error_set(e, ERROR_DATA, "no coordinate reference system");
	if (authority && code)
		n = snprintf(out->def, sizeof(out->def), "%s:%s", authority, code);
	else if (OSRExportToProj4(srs, &proj) == OGRERR_NONE && proj[0])
		n = snprintf(out->def, sizeof(out->def), "%s", proj);
	CPLFree(proj);
	if (n < 0 || n >= (int)sizeof(out->def))
		return error_set(e, ERROR_DATA,
				 "its coordinate reference system has no code or PROJ string");
	*projected = OSRIsProjected(srs);
	return 0;
}
