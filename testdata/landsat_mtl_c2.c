/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat_mtl_parts.h"

/* The name of a band among the files: "BAND_4", at Level 2 also "BAND_ST_B10". */
static const char *band_key(const struct odl *d, const struct landsat_band *b)
{
	return !d->level1 && b->role == ROLE_KELVIN ? b->level2 : b->name;
}

static const char *const angles[4][2] = {
	{ "SENSOR_AZIMUTH", "VAA" },
	{ "SENSOR_ZENITH", "VZA" },
	{ "SOLAR_AZIMUTH", "SAA" },
	{ "SOLAR_ZENITH", "SZA" },
};

static void product_files(struct odl *d)
{
	const struct landsat_mtl *m = d->m;

	for (int i = 0; i < m->sensor.n; i++) {
		const struct landsat_band *b = &m->sensor.band[i];

		if (mtl_in_product(d, b) && d->level1)
			line(d, "FILE_NAME_BAND_%s = \"%s_B%s.TIF\"", b->name, m->id, b->name);
		else if (mtl_in_product(d, b))
			line(d, "FILE_NAME_BAND_%s = \"%s_%s.TIF\"", band_key(d, b), m->id,
			     b->level2);
	}
	for (const struct landsat_mask *k = landsat_masks; k->what; k++)
		if (mtl_has_mask(d, k))
			line(d, "FILE_NAME_%s = \"%s_%s.TIF\"", k->key, m->id, k->what);
	for (int i = 0; d->level1 && i < 4; i++)
		line(d, "FILE_NAME_ANGLE_%s_BAND_4 = \"%s_%s.TIF\"", angles[i][0], m->id,
		     angles[i][1]);
	line(d, "FILE_NAME_METADATA_ODL = \"%s_MTL.txt\"", m->id);
	if (m->options->mtl & MTL_XML)
		line(d, "FILE_NAME_METADATA_XML = \"%s_MTL.xml\"", m->id);
}

static void product_types(struct odl *d)
{
	const struct landsat_mtl *m = d->m;
	bool bytes = d->level1 && m->sensor.dn_max < 256;

	for (int i = 0; i < m->sensor.n; i++)
		if (mtl_in_product(d, &m->sensor.band[i]))
			line(d, "DATA_TYPE_BAND_%s = \"%s\"", band_key(d, &m->sensor.band[i]),
			     bytes ? "UINT8" : "UINT16");
	for (const struct landsat_mask *k = landsat_masks; k->what; k++)
		if (mtl_has_mask(d, k))
			line(d, "DATA_TYPE_%s = \"%s\"", k->key,
			     k->type == GDT_Byte ? "UINT8" : "UINT16");
	for (int i = 0; d->level1 && i < 4; i++)
		line(d, "DATA_TYPE_ANGLE_%s_BAND_4 = \"INT16\"", angles[i][0]);
}

static void product_contents(struct odl *d)
{
	const struct landsat_mtl *m = d->m;

	mtl_group(d->text, "PRODUCT_CONTENTS");
	line(d, "ORIGIN = " ORIGIN);
	line(d, "DIGITAL_OBJECT_IDENTIFIER = \"https://doi.org/10.5066/%s\"",
	     d->level1 ? m->sensor.doi1 : m->sensor.doi2);
	line(d, "LANDSAT_PRODUCT_ID = \"%s\"", m->id);
	line(d, "PROCESSING_LEVEL = \"%s\"", d->level1 ? "L1TP" : "L2SP");
	line(d, "COLLECTION_NUMBER = 02");
	line(d, "COLLECTION_CATEGORY = \"T1\"");
	line(d, "OUTPUT_FORMAT = \"GEOTIFF\"");
	product_files(d);
	product_types(d);
}

static void image_attributes(struct odl *d)
{
	const struct landsat_mtl *m = d->m;
	const struct options *o = m->options;
	bool oli = m->sensor.id == LANDSAT_OLI;
	int second = (int)o->when.second;

	mtl_group(d->text, "IMAGE_ATTRIBUTES");
	line(d, "SPACECRAFT_ID = \"LANDSAT_%c\"", o->spacecraft[3]);
	line(d, "SENSOR_ID = \"%s\"", m->sensor.sensor_name);
	line(d, "WRS_TYPE = 2");
	line(d, oli ? "WRS_PATH = %d" : "WRS_PATH = %03d", o->path);
	line(d, oli ? "WRS_ROW = %d" : "WRS_ROW = %03d", o->row);
	if (oli) {
		line(d, "NADIR_OFFNADIR = \"NADIR\"");
		line(d, "TARGET_WRS_PATH = %d", o->path);
		line(d, "TARGET_WRS_ROW = %d", o->row);
	}
	line(d, "DATE_ACQUIRED = %04d-%02d-%02d", o->when.year, o->when.month, o->when.day);
	line(d, "SCENE_CENTER_TIME = \"%02d:%02d:%02d.0000000Z\"", second / 3600, second / 60 % 60,
	     second % 60);
	line(d, "STATION_ID = \"%s\"", oli ? "LGN" : "KHC");
	line(d, "CLOUD_COVER = %.2f", m->cloud_cover);
	line(d, "CLOUD_COVER_LAND = %.2f", m->cloud_cover_land);
	line(d, oli ? "IMAGE_QUALITY_OLI = 9" : "IMAGE_QUALITY = 9");
	if (oli)
		line(d, "IMAGE_QUALITY_TIRS = 9");
	if (o->slc_off)
		line(d, "SENSOR_MODE_SLC = \"OFF\"");
	mtl_part_saturation(d);
	if (oli)
		line(d, "ROLL_ANGLE = 0.000");
	line(d, "SUN_AZIMUTH = %.8f", m->air.sun_azimuth);
	line(d, "SUN_ELEVATION = %.8f", 90 - m->air.sun_zenith);
	line(d, "EARTH_SUN_DISTANCE = %.7f", air_sun_distance(&o->when));
}

static int projection_attributes(struct odl *d, struct failure *f)
{
	const struct grid *g = &d->m->grid;

	mtl_group(d->text, "PROJECTION_ATTRIBUTES");
	line(d, "MAP_PROJECTION = \"UTM\"");
	line(d, "DATUM = \"WGS84\"");
	line(d, "ELLIPSOID = \"WGS84\"");
	line(d, "UTM_ZONE = %d", g->zone);
	line(d, "GRID_CELL_SIZE_REFLECTIVE = 30.00");
	line(d, "GRID_CELL_SIZE_THERMAL = 30.00");
	line(d, "REFLECTIVE_LINES = %d", g->height);
	line(d, "REFLECTIVE_SAMPLES = %d", g->width);
	line(d, "THERMAL_LINES = %d", g->height);
	line(d, "THERMAL_SAMPLES = %d", g->width);
	line(d, "ORIENTATION = \"NORTH_UP\"");
	return mtl_part_corners(d, f);
}

static void generated(struct odl *d)
{
	const struct moment *p = &d->m->processed;

	line(d, "DATE_PRODUCT_GENERATED = %04d-%02d-%02dT12:00:00Z", p->year, p->month, p->day);
	line(d, "PROCESSING_SOFTWARE_VERSION = \"LPGS_15.6.0\"");
}

static void level2_record(struct odl *d)
{
	const struct landsat_mtl *m = d->m;
	bool oli = m->sensor.id == LANDSAT_OLI;

	mtl_group(d->text, "LEVEL2_PROCESSING_RECORD");
	line(d, "ORIGIN = " ORIGIN);
	line(d, "DIGITAL_OBJECT_IDENTIFIER = \"https://doi.org/10.5066/%s\"", m->sensor.doi2);
	line(d, "REQUEST_ID = \"L2\"");
	line(d, "LANDSAT_PRODUCT_ID = \"%s\"", m->id);
	line(d, "PROCESSING_LEVEL = \"L2SP\"");
	line(d, "OUTPUT_FORMAT = \"GEOTIFF\"");
	generated(d);
	line(d, "ALGORITHM_SOURCE_SURFACE_REFLECTANCE = \"%s\"",
	     oli ? "LaSRC_1.5.0" : "LEDAPS_3.4.0");
	line(d, "ALGORITHM_SOURCE_SURFACE_TEMPERATURE = \"st_1.3.0\"");
}

static void level2_reflectance(struct odl *d)
{
	static const char *const pairs[3][4] = {
		{ "REFLECTANCE_MAXIMUM", "1.602213", "REFLECTANCE_MINIMUM", "-0.199972" },
		{ "QUANTIZE_CAL_MAX", "65535", "QUANTIZE_CAL_MIN", "1" },
		{ "REFLECTANCE_MULT", "2.75e-05", "REFLECTANCE_ADD", "-0.2" },
	};
	const struct landsat_sensor *s = &d->m->sensor;

	mtl_group(d->text, "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS");
	for (int k = 0; k < 4; k++)
		for (int i = 0; i < s->n; i++) {
			const struct landsat_band *b = &s->band[i];
			int pair = k < 2 ? k : 2;

			if (!b->level2 || b->role == ROLE_KELVIN)
				continue;
			if (k < 3)
				line(d, "%s_BAND_%s = %s", pairs[pair][0], b->name, pairs[pair][1]);
			if (k != 2)
				line(d, "%s_BAND_%s = %s", pairs[pair][2], b->name, pairs[pair][3]);
		}
}

static void level2_temperature(struct odl *d)
{
	const char *band = d->m->sensor.id == LANDSAT_OLI ? "ST_B10" : "ST_B6";

	mtl_group(d->text, "LEVEL2_SURFACE_TEMPERATURE_PARAMETERS");
	line(d, "TEMPERATURE_MAXIMUM_BAND_%s = 372.999941", band);
	line(d, "TEMPERATURE_MINIMUM_BAND_%s = 149.003418", band);
	line(d, "QUANTIZE_CAL_MAXIMUM_BAND_%s = 65535", band);
	line(d, "QUANTIZE_CAL_MINIMUM_BAND_%s = 1", band);
	line(d, "TEMPERATURE_MULT_BAND_%s = 0.00341802", band);
	line(d, "TEMPERATURE_ADD_BAND_%s = 149.0", band);
}

static void level1_record(struct odl *d)
{
	const struct landsat_mtl *m = d->m;

	mtl_group(d->text, "LEVEL1_PROCESSING_RECORD");
	line(d, "ORIGIN = " ORIGIN);
	line(d, "DIGITAL_OBJECT_IDENTIFIER = \"https://doi.org/10.5066/%s\"", m->sensor.doi1);
	line(d, "REQUEST_ID = \"L1\"");
	line(d, "LANDSAT_SCENE_ID = \"%s\"", m->scene);
	line(d, "LANDSAT_PRODUCT_ID = \"%s\"", m->id1);
	line(d, "PROCESSING_LEVEL = \"L1TP\"");
	line(d, "COLLECTION_CATEGORY = \"T1\"");
	line(d, "OUTPUT_FORMAT = \"GEOTIFF\"");
	generated(d);
	for (int i = 0; i < m->sensor.n; i++)
		if (!d->level1 || m->sensor.band[i].level1)
			line(d, "FILE_NAME_BAND_%s = \"%s_B%s.TIF\"", m->sensor.band[i].name,
			     m->id1, m->sensor.band[i].name);
	line(d, "FILE_NAME_QUALITY_L1_PIXEL = \"%s_QA_PIXEL.TIF\"", m->id1);
	line(d, "FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION = \"%s_QA_RADSAT.TIF\"", m->id1);
	for (int i = 0; i < 4; i++)
		line(d, "FILE_NAME_ANGLE_%s_BAND_4 = \"%s_%s.TIF\"", angles[i][0], m->id1,
		     angles[i][1]);
	line(d, "FILE_NAME_METADATA_ODL = \"%s_MTL.txt\"", m->id1);
	line(d, "DATA_SOURCE_ELEVATION = \"GLS2000\"");
	line(d, "GROUND_CONTROL_POINTS_VERSION = 5");
	line(d, "GROUND_CONTROL_POINTS_MODEL = 500");
	line(d, "GEOMETRIC_RMSE_MODEL = 5.000");
	line(d, "GEOMETRIC_RMSE_MODEL_Y = 3.500");
	line(d, "GEOMETRIC_RMSE_MODEL_X = 3.571");
}

static void level1_projection(struct odl *d)
{
	mtl_group(d->text, "LEVEL1_PROJECTION_PARAMETERS");
	line(d, "MAP_PROJECTION = \"UTM\"");
	line(d, "DATUM = \"WGS84\"");
	line(d, "ELLIPSOID = \"WGS84\"");
	line(d, "UTM_ZONE = %d", d->m->grid.zone);
	line(d, "GRID_CELL_SIZE_REFLECTIVE = 30.00");
	line(d, "GRID_CELL_SIZE_THERMAL = 30.00");
	line(d, "ORIENTATION = \"NORTH_UP\"");
	line(d, "RESAMPLING_OPTION = \"CUBIC_CONVOLUTION\"");
}

int mtl_collection2(struct odl *d, struct failure *f)
{
	product_contents(d);
	image_attributes(d);
	if (projection_attributes(d, f))
		return -1;
	if (!d->level1) {
		level2_record(d);
		level2_reflectance(d);
		level2_temperature(d);
	}
	level1_record(d);
	mtl_part_ranges(d);
	mtl_part_rescaling(d);
	mtl_part_thermal(d, "LEVEL1_THERMAL_CONSTANTS");
	level1_projection(d);
	return 0;
}
