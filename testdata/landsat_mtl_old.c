/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat_mtl_parts.h"

/* Collection 1, and what differs before it. */
static void file_info(struct odl *d)
{
	const struct landsat_mtl *m = d->m;
	const struct moment *p = &m->processed;
	bool named = m->options->collection == COLLECTION_1;

	mtl_group(d->text, "METADATA_FILE_INFO");
	line(d, "ORIGIN = " ORIGIN);
	line(d, "REQUEST_ID = \"0500000000000_00001\"");
	line(d, "LANDSAT_SCENE_ID = \"%s\"", m->scene);
	if (named) {
		line(d, "LANDSAT_PRODUCT_ID = \"%s\"", m->id);
		line(d, "COLLECTION_NUMBER = 01");
	}
	line(d, "FILE_DATE = %04d-%02d-%02dT12:00:00Z", p->year, p->month, p->day);
	line(d, "STATION_ID = \"%s\"", m->sensor.id == LANDSAT_OLI ? "LGN" : "KHC");
	line(d, "PROCESSING_SOFTWARE_VERSION = \"%s\"", named ? "LPGS_13.1.0" : "LPGS_12.5.0");
	if (m->sensor.id != LANDSAT_OLI)
		line(d, "DATA_CATEGORY = \"NOMINAL\"");
}

static void product_files(struct odl *d)
{
	const struct landsat_mtl *m = d->m;

	for (int i = 0; i < m->sensor.n; i++)
		if (m->sensor.band[i].level1)
			line(d, "FILE_NAME_BAND_%s = \"%s_B%s.TIF\"", m->sensor.band[i].name, m->id,
			     m->sensor.band[i].name);
	for (const struct landsat_mask *k = landsat_masks; k->what; k++)
		if (mtl_has_mask(d, k))
			line(d, "FILE_NAME_%s = \"%s_%s.TIF\"", k->key, m->id, k->what);
	line(d, "METADATA_FILE_NAME = \"%s_MTL.txt\"", m->id);
	line(d, "CPF_NAME = \"%.2s0%cCPF_20240701_20240930_01.01\"", m->options->spacecraft,
	     m->options->spacecraft[3]);
}

static int product_metadata(struct odl *d, struct failure *f)
{
	const struct landsat_mtl *m = d->m;
	const struct options *o = m->options;
	bool named = o->collection == COLLECTION_1, oli = m->sensor.id == LANDSAT_OLI;
	int second = (int)o->when.second;

	mtl_group(d->text, "PRODUCT_METADATA");
	line(d, "DATA_TYPE = \"%s\"", named ? "L1TP" : "L1T");
	if (named)
		line(d, "COLLECTION_CATEGORY = \"T1\"");
	line(d, "ELEVATION_SOURCE = \"GLS2000\"");
	line(d, "OUTPUT_FORMAT = \"GEOTIFF\"");
	line(d, "SPACECRAFT_ID = \"LANDSAT_%c\"", o->spacecraft[3]);
	line(d, "SENSOR_ID = \"%s\"", m->sensor.sensor_name);
	line(d, oli ? "WRS_PATH = %d" : "WRS_PATH = %03d", o->path);
	line(d, oli ? "WRS_ROW = %d" : "WRS_ROW = %03d", o->row);
	line(d, "DATE_ACQUIRED = %04d-%02d-%02d", o->when.year, o->when.month, o->when.day);
	line(d,
	     named ? "SCENE_CENTER_TIME = \"%02d:%02d:%02d.0000000Z\""
		   : "SCENE_CENTER_TIME = %02d:%02d:%02d.0000000Z",
	     second / 3600, second / 60 % 60, second % 60);
	if (mtl_part_corners(d, f))
		return -1;
	line(d, "REFLECTIVE_LINES = %d", m->grid.height);
	line(d, "REFLECTIVE_SAMPLES = %d", m->grid.width);
	line(d, "THERMAL_LINES = %d", m->grid.height);
	line(d, "THERMAL_SAMPLES = %d", m->grid.width);
	product_files(d);
	return 0;
}

static void image_attributes(struct odl *d)
{
	const struct landsat_mtl *m = d->m;
	bool named = m->options->collection == COLLECTION_1, oli = m->sensor.id == LANDSAT_OLI;

	mtl_group(d->text, "IMAGE_ATTRIBUTES");
	line(d, "CLOUD_COVER = %.2f", m->cloud_cover);
	if (named)
		line(d, "CLOUD_COVER_LAND = %.2f", m->cloud_cover_land);
	line(d, oli ? "IMAGE_QUALITY_OLI = 9" : "IMAGE_QUALITY = 9");
	if (oli)
		line(d, "IMAGE_QUALITY_TIRS = 9");
	line(d, "SUN_AZIMUTH = %.8f", m->air.sun_azimuth);
	line(d, "SUN_ELEVATION = %.8f", 90 - m->air.sun_zenith);
	if (named || oli)
		line(d, "EARTH_SUN_DISTANCE = %.7f", air_sun_distance(&m->options->when));
	if (named)
		mtl_part_saturation(d);
}

static void projection(struct odl *d)
{
	mtl_group(d->text, "PROJECTION_PARAMETERS");
	line(d, "MAP_PROJECTION = \"UTM\"");
	line(d, "DATUM = \"WGS84\"");
	line(d, "ELLIPSOID = \"WGS84\"");
	line(d, "UTM_ZONE = %d", d->m->grid.zone);
	line(d, "GRID_CELL_SIZE_REFLECTIVE = 30.00");
	line(d, "GRID_CELL_SIZE_THERMAL = 30.00");
	line(d, "ORIENTATION = \"NORTH_UP\"");
	line(d, "RESAMPLING_OPTION = \"CUBIC_CONVOLUTION\"");
}

int mtl_before(struct odl *d, struct failure *f)
{
	bool oli = d->m->sensor.id == LANDSAT_OLI;

	file_info(d);
	if (product_metadata(d, f))
		return -1;
	image_attributes(d);
	mtl_part_ranges(d);
	mtl_part_rescaling(d);
	if (!d->radiance_only)
		mtl_part_thermal(d, oli ? "TIRS_THERMAL_CONSTANTS" : "THERMAL_CONSTANTS");
	projection(d);
	return 0;
}
