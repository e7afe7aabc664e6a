/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <ogr_srs_api.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/geokeys.h"

/* The parameter under the first of two names that has it; 0 if none has. */
static double parameter(OGRSpatialReferenceH srs, const char *name, const char *other)
{
	OGRErr err = OGRERR_NONE;
	double value = OSRGetProjParm(srs, name, 0, &err);

	return err == OGRERR_NONE ? value : OSRGetProjParm(srs, other, 0, NULL);
}

int geotiff_name_crs(char *text, size_t size, const char *projection, double lat, double lon)
{
	return snprintf(text, size, "%s, %.10g %c %.10g %c", projection, fabs(lat),
			lat < 0 ? 'S' : 'N', fabs(lon), lon < 0 ? 'W' : 'E');
}

/* A CRS given by its parameters has no name; people see projection and centre. */
static void name_crs(OGRSpatialReferenceH srs)
{
	const char *name = OSRGetAttrValue(srs, "PROJCS", 0);
	const char *projection = OSRGetAttrValue(srs, "PROJECTION", 0);
	double lat = parameter(srs, "latitude_of_center", "latitude_of_origin");
	double lon = parameter(srs, "longitude_of_center", "central_meridian");
	char text[120];

	if (!name || strcmp(name, "unknown") || !projection)
		return;
	geotiff_name_crs(text, sizeof(text), projection, lat, lon);
	for (char *s = text; *s; s++)
		*s = *s == '_' ? ' ' : *s;
	OSRSetProjCS(srs, text);
}

/* "+datum=WGS84" is EPSG:4326 in all but name; readers that know no codes show the name. */
static void name_datum(OGRSpatialReferenceH srs)
{
	OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(NULL);
	const char *name = OSRGetAttrValue(srs, "GEOGCS", 0);

	if (wgs84 && name && !strcmp(name, "unknown") &&
	    OSRSetWellKnownGeogCS(wgs84, "WGS84") == OGRERR_NONE && OSRIsSameGeogCS(srs, wgs84))
		OSRSetWellKnownGeogCS(srs, "WGS84");
	OSRDestroySpatialReference(wgs84);
}

/* An image of one pixel in GDAL's memory, placed as the grid. */
static void write_pixel(const char *name, const struct grid *grid)
{
	double transform[6] = { grid->x0, grid->dx, 0, grid->y0, 0, -grid->dy };
	OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
	GDALDriverH driver = GDALGetDriverByName("GTiff");
	GDALDatasetH dataset = NULL;

	if (srs && OSRSetFromUserInput(srs, grid->crs.def) == OGRERR_NONE) {
		OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
		name_datum(srs);
		name_crs(srs);
		dataset = GDALCreate(driver, name, 1, 1, 1, GDT_Byte, NULL);
	}
	if (dataset) {
		GDALSetSpatialRef(dataset, srs);
		GDALSetGeoTransform(dataset, transform);
		GDALClose(dataset);
	}
	OSRDestroySpatialReference(srs);
}

/* A copy in memory of our own; NULL without memory, or if there is nothing. */
static void *copy(const void *values, size_t n, size_t size)
{
	void *p = n ? malloc(n * size) : NULL;

	return p ? memcpy(p, values, n * size) : NULL;
}

/* The text, whether its tag is known to libtiff (a string) or not (counted bytes). */
char *geotiff_tag_text(TIFF *t, uint32_t tag)
{
	const TIFFField *field = TIFFFindField(t, tag, TIFF_ANY);
	const void *values = NULL;
	const char *text = NULL;
	size_t n;

	if (!field)
		return NULL;
	if (!TIFFFieldPassCount(field))
		return TIFFGetField(t, tag, &text) ? strdup(text) : NULL;
	values = geokeys_values(t, tag, TIFF_ASCII, &n);
	return values ? strndup(values, n) : NULL;
}

static bool read_place(TIFF *t, struct geotiff_place *p)
{
	size_t scale_nr, tiepoint_nr;
	const void *scale = geokeys_values(t, GEOTIFF_TAG_SCALE, TIFF_DOUBLE, &scale_nr);
	const void *tiepoint = geokeys_values(t, GEOTIFF_TAG_TIEPOINT, TIFF_DOUBLE, &tiepoint_nr);
	const void *key = geokeys_values(t, GEOTIFF_TAG_KEYS, TIFF_SHORT, &p->keys_nr);
	const void *real = geokeys_values(t, GEOTIFF_TAG_REALS, TIFF_DOUBLE, &p->reals_nr);

	if (scale_nr != 3 || tiepoint_nr != 6)
		return false;
	memcpy(p->pixel_scale, scale, sizeof(p->pixel_scale));
	memcpy(p->tiepoint, tiepoint, sizeof(p->tiepoint));
	p->key = copy(key, p->keys_nr, sizeof(*p->key));
	p->real = copy(real, p->reals_nr, sizeof(*p->real));
	p->text = geotiff_tag_text(t, GEOTIFF_TAG_TEXT);
	return p->key && (p->real || !p->reals_nr);
}

int geotiff_place_of_gdal(struct geotiff_place *p, const struct grid *grid, struct error *e)
{
	struct geotiff_io io = { .fd = -1 };
	struct gdal_errors caught;
	vsi_l_offset size = 0;
	char name[64];
	TIFF *t = NULL;
	bool ok = false;

	snprintf(name, sizeof(name), "/vsimem/balkhash-%p.tif", (void *)p);
	gdal_begin(&caught);
	write_pixel(name, grid);
	io.memory = VSIGetMemFileBuffer(name, &size, FALSE);
	io.size = io.capacity = size;
	if (io.memory)
		t = geotiff_io_open(&io, "r");
	if (t) {
		ok = read_place(t, p);
		TIFFClose(t);
	}
	VSIUnlink(name);
	if (gdal_end(&caught, e, ERROR_DATA, "cannot write the CRS %s", grid->crs.def))
		return -1;
	if (!ok)
		return error_set(e, ERROR_DATA,
				 "cannot write the CRS %s: GeoTIFF has no keys for it",
				 grid->crs.def);
	return 0;
}

int geotiff_place_init(struct geotiff_place *p, const struct grid *grid, struct error *e)
{
	int known = geotiff_keys(p, &grid->crs, e);

	if (known < 0)
		return -1;
	if (!known)
		return geotiff_place_of_gdal(p, grid, e);
	p->pixel_scale[0] = grid->dx;
	p->pixel_scale[1] = grid->dy;
	p->tiepoint[3] = grid->x0;
	p->tiepoint[4] = grid->y0;
	return 0;
}

void geotiff_place_release(struct geotiff_place *place)
{
	free(place->key);
	free(place->real);
	free(place->text);
	*place = (struct geotiff_place){ 0 };
}
