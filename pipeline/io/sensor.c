/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sensor.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct sensor_band tm_bands[] = {
	{ ROLE_BLUE, "B1", 486.0, 30 },	  { ROLE_GREEN, "B2", 571.0, 30 },
	{ ROLE_RED, "B3", 659.6, 30 },	  { ROLE_NIR, "B4", 839.1, 30 },
	{ ROLE_SWIR1, "B5", 1677.0, 30 }, { ROLE_SWIR2, "B7", 2217.2, 30 },
};

static const struct sensor_band etm_bands[] = {
	{ ROLE_BLUE, "B1", 478.7, 30 },	  { ROLE_GREEN, "B2", 561.0, 30 },
	{ ROLE_RED, "B3", 661.4, 30 },	  { ROLE_NIR, "B4", 834.6, 30 },
	{ ROLE_SWIR1, "B5", 1649.8, 30 }, { ROLE_SWIR2, "B7", 2208.5, 30 },
};

static const struct sensor_band oli_bands[] = {
	{ ROLE_COASTAL, "B1", 443.0, 30 }, { ROLE_BLUE, "B2", 482.6, 30 },
	{ ROLE_GREEN, "B3", 561.3, 30 },   { ROLE_RED, "B4", 654.6, 30 },
	{ ROLE_NIR, "B5", 864.6, 30 },	   { ROLE_SWIR1, "B6", 1609.1, 30 },
	{ ROLE_SWIR2, "B7", 2201.2, 30 },  { ROLE_CIRRUS, "B9", 1373.5, 30 },
};

static const struct sensor_band msi_a_bands[SENSOR_MSI_BANDS] = {
	{ ROLE_COASTAL, "B01", 442.7, 60 },    { ROLE_BLUE, "B02", 492.7, 10 },
	{ ROLE_GREEN, "B03", 559.8, 10 },      { ROLE_RED, "B04", 664.6, 10 },
	{ ROLE_EDGE705, "B05", 704.1, 20 },    { ROLE_EDGE740, "B06", 740.5, 20 },
	{ ROLE_EDGE783, "B07", 782.8, 20 },    { ROLE_NIR, "B08", 832.8, 10 },
	{ ROLE_NIR_NARROW, "B8A", 864.7, 20 }, { ROLE_VAPOUR, "B09", 945.1, 60 },
	{ ROLE_CIRRUS, "B10", 1373.5, 60 },    { ROLE_SWIR1, "B11", 1613.7, 20 },
	{ ROLE_SWIR2, "B12", 2202.4, 20 },
};

static const struct sensor_band msi_b_bands[SENSOR_MSI_BANDS] = {
	{ ROLE_COASTAL, "B01", 442.2, 60 },    { ROLE_BLUE, "B02", 492.3, 10 },
	{ ROLE_GREEN, "B03", 558.9, 10 },      { ROLE_RED, "B04", 664.9, 10 },
	{ ROLE_EDGE705, "B05", 703.8, 20 },    { ROLE_EDGE740, "B06", 739.1, 20 },
	{ ROLE_EDGE783, "B07", 779.7, 20 },    { ROLE_NIR, "B08", 832.9, 10 },
	{ ROLE_NIR_NARROW, "B8A", 864.0, 20 }, { ROLE_VAPOUR, "B09", 943.2, 60 },
	{ ROLE_CIRRUS, "B10", 1376.9, 60 },    { ROLE_SWIR1, "B11", 1610.4, 20 },
	{ ROLE_SWIR2, "B12", 2185.7, 20 },
};

static const struct sensor_band msi_c_bands[SENSOR_MSI_BANDS] = {
	{ ROLE_COASTAL, "B01", 444.2, 60 },    { ROLE_BLUE, "B02", 489.0, 10 },
	{ ROLE_GREEN, "B03", 560.6, 10 },      { ROLE_RED, "B04", 666.5, 10 },
	{ ROLE_EDGE705, "B05", 707.1, 20 },    { ROLE_EDGE740, "B06", 741.1, 20 },
	{ ROLE_EDGE783, "B07", 784.7, 20 },    { ROLE_NIR, "B08", 834.6, 10 },
	{ ROLE_NIR_NARROW, "B8A", 865.6, 20 }, { ROLE_VAPOUR, "B09", 947.2, 60 },
	{ ROLE_CIRRUS, "B10", 1372.2, 60 },    { ROLE_SWIR1, "B11", 1612.0, 20 },
	{ ROLE_SWIR2, "B12", 2191.3, 20 },
};

#define USGS	   "Landsat data courtesy of the U.S. Geological Survey"
#define COPERNICUS "Contains modified Copernicus Sentinel data"

/*
 * Bits of QA_RADSAT (USGS LSDS-1618 and LSDS-1619): bit n - 1 is band n; those
 * of blue, green, red, near and short-wave infrared count here.  Bit 9 of TM
 * and ETM+ is a dropped pixel, bit 11 of OLI a place that terrain hides.
 */
#define TM_BITS	 .radsat_saturated = 0x5f, .radsat_defect = 1 << 9
#define OLI_BITS .radsat_saturated = 0x7e, .radsat_defect = 1 << 11

static const struct sensor tm = { "TM", tm_bands, COUNT(tm_bands), USGS, TM_BITS };
static const struct sensor etm = { "ETM+", etm_bands, COUNT(etm_bands), USGS, TM_BITS };
static const struct sensor oli = { "OLI", oli_bands, COUNT(oli_bands), USGS, OLI_BITS };
static const struct sensor msi_a = { "MSI", msi_a_bands, COUNT(msi_a_bands), COPERNICUS, 0, 0 };
static const struct sensor msi_b = { "MSI", msi_b_bands, COUNT(msi_b_bands), COPERNICUS, 0, 0 };
static const struct sensor msi_c = { "MSI", msi_c_bands, COUNT(msi_c_bands), COPERNICUS, 0, 0 };

const struct sensor *sensor_landsat(const char *sensor_id)
{
	if (!strcmp(sensor_id, "TM"))
		return &tm;
	if (!strcmp(sensor_id, "ETM"))
		return &etm;
	if (!strcmp(sensor_id, "OLI_TIRS") || !strcmp(sensor_id, "OLI"))
		return &oli;
	return NULL;
}

const struct sensor *sensor_msi(char platform)
{
	return platform == 'A' ? &msi_a : platform == 'B' ? &msi_b : &msi_c;
}

const struct sensor_band *sensor_find(const struct sensor *s, enum role role)
{
	for (size_t i = 0; i < s->bands_nr; i++)
		if (s->bands[i].role == role)
			return &s->bands[i];
	return NULL;
}

bool sensor_delivers(const struct sensor *s, enum level level, enum role role)
{
	bool msi = !strcmp(s->name, "MSI");

	if (role == ROLE_SCL)
		return msi && level == LEVEL_SURFACE;
	if (!role_is_reflectance(role))
		return !msi;
	/* Nothing of 1370 nm light comes from the surface, so Level-2 has no such band. */
	return sensor_find(s, role) && !(role == ROLE_CIRRUS && level == LEVEL_SURFACE);
}
