/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sensor.h"

#include <ctype.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * ESUN of TM and ETM+: Chander, Markham, Helder 2009, Remote Sensing of
 * Environment 113, tables 3 and 4 (Thuillier's spectrum).  OLI has its own factors in
 * every product.
 */
static const struct sensor_band tm4_bands[] = {
	{ ROLE_BLUE, "B1", 486.0, 30, 1983.0 },	 { ROLE_GREEN, "B2", 571.0, 30, 1795.0 },
	{ ROLE_RED, "B3", 659.6, 30, 1539.0 },	 { ROLE_NIR, "B4", 839.1, 30, 1028.0 },
	{ ROLE_SWIR1, "B5", 1677.0, 30, 219.8 }, { ROLE_SWIR2, "B7", 2217.2, 30, 83.49 },
	{ ROLE_THERMAL, "B6", 11450.0, 120, 0 },
};

static const struct sensor_band tm5_bands[] = {
	{ ROLE_BLUE, "B1", 486.0, 30, 1983.0 },	 { ROLE_GREEN, "B2", 571.0, 30, 1796.0 },
	{ ROLE_RED, "B3", 659.6, 30, 1536.0 },	 { ROLE_NIR, "B4", 839.1, 30, 1031.0 },
	{ ROLE_SWIR1, "B5", 1677.0, 30, 220.0 }, { ROLE_SWIR2, "B7", 2217.2, 30, 83.44 },
	{ ROLE_THERMAL, "B6", 11450.0, 120, 0 },
};

static const struct sensor_band etm_bands[] = {
	{ ROLE_BLUE, "B1", 478.7, 30, 1997.0 },
	{ ROLE_GREEN, "B2", 561.0, 30, 1812.0 },
	{ ROLE_RED, "B3", 661.4, 30, 1533.0 },
	{ ROLE_NIR, "B4", 834.6, 30, 1039.0 },
	{ ROLE_SWIR1, "B5", 1649.8, 30, 230.8 },
	{ ROLE_SWIR2, "B7", 2208.5, 30, 84.90 },
	{ ROLE_THERMAL, "B6_VCID_1", 11450.0, 60, 0 },
	{ ROLE_THERMAL2, "B6_VCID_2", 11450.0, 60, 0 },
};

static const struct sensor_band oli_bands[] = {
	{ ROLE_COASTAL, "B1", 443.0, 30, 0 },	  { ROLE_BLUE, "B2", 482.6, 30, 0 },
	{ ROLE_GREEN, "B3", 561.3, 30, 0 },	  { ROLE_RED, "B4", 654.6, 30, 0 },
	{ ROLE_NIR, "B5", 864.6, 30, 0 },	  { ROLE_SWIR1, "B6", 1609.1, 30, 0 },
	{ ROLE_SWIR2, "B7", 2201.2, 30, 0 },	  { ROLE_CIRRUS, "B9", 1373.5, 30, 0 },
	{ ROLE_THERMAL, "B10", 10895.0, 100, 0 }, { ROLE_THERMAL2, "B11", 12005.0, 100, 0 },
};

static const struct sensor_band msi_a_bands[SENSOR_MSI_BANDS] = {
	{ ROLE_COASTAL, "B01", 442.7, 60, 0 },	  { ROLE_BLUE, "B02", 492.7, 10, 0 },
	{ ROLE_GREEN, "B03", 559.8, 10, 0 },	  { ROLE_RED, "B04", 664.6, 10, 0 },
	{ ROLE_EDGE705, "B05", 704.1, 20, 0 },	  { ROLE_EDGE740, "B06", 740.5, 20, 0 },
	{ ROLE_EDGE783, "B07", 782.8, 20, 0 },	  { ROLE_NIR, "B08", 832.8, 10, 0 },
	{ ROLE_NIR_NARROW, "B8A", 864.7, 20, 0 }, { ROLE_VAPOUR, "B09", 945.1, 60, 0 },
	{ ROLE_CIRRUS, "B10", 1373.5, 60, 0 },	  { ROLE_SWIR1, "B11", 1613.7, 20, 0 },
	{ ROLE_SWIR2, "B12", 2202.4, 20, 0 },
};

static const struct sensor_band msi_b_bands[SENSOR_MSI_BANDS] = {
	{ ROLE_COASTAL, "B01", 442.2, 60, 0 },	  { ROLE_BLUE, "B02", 492.3, 10, 0 },
	{ ROLE_GREEN, "B03", 558.9, 10, 0 },	  { ROLE_RED, "B04", 664.9, 10, 0 },
	{ ROLE_EDGE705, "B05", 703.8, 20, 0 },	  { ROLE_EDGE740, "B06", 739.1, 20, 0 },
	{ ROLE_EDGE783, "B07", 779.7, 20, 0 },	  { ROLE_NIR, "B08", 832.9, 10, 0 },
	{ ROLE_NIR_NARROW, "B8A", 864.0, 20, 0 }, { ROLE_VAPOUR, "B09", 943.2, 60, 0 },
	{ ROLE_CIRRUS, "B10", 1376.9, 60, 0 },	  { ROLE_SWIR1, "B11", 1610.4, 20, 0 },
	{ ROLE_SWIR2, "B12", 2185.7, 20, 0 },
};

static const struct sensor_band msi_c_bands[SENSOR_MSI_BANDS] = {
	{ ROLE_COASTAL, "B01", 444.2, 60, 0 },	  { ROLE_BLUE, "B02", 489.0, 10, 0 },
	{ ROLE_GREEN, "B03", 560.6, 10, 0 },	  { ROLE_RED, "B04", 666.5, 10, 0 },
	{ ROLE_EDGE705, "B05", 707.1, 20, 0 },	  { ROLE_EDGE740, "B06", 741.1, 20, 0 },
	{ ROLE_EDGE783, "B07", 784.7, 20, 0 },	  { ROLE_NIR, "B08", 834.6, 10, 0 },
	{ ROLE_NIR_NARROW, "B8A", 865.6, 20, 0 }, { ROLE_VAPOUR, "B09", 947.2, 60, 0 },
	{ ROLE_CIRRUS, "B10", 1372.2, 60, 0 },	  { ROLE_SWIR1, "B11", 1612.0, 20, 0 },
	{ ROLE_SWIR2, "B12", 2191.3, 20, 0 },
};

/* HLS v2.0 User Guide, tables of bands: 30 m for all; B8A is the one adjusted to OLI's B5. */
static const struct sensor_band hls_l30_bands[] = {
	{ ROLE_COASTAL, "B01", 443.0, 30, 0 },	 { ROLE_BLUE, "B02", 482.6, 30, 0 },
	{ ROLE_GREEN, "B03", 561.3, 30, 0 },	 { ROLE_RED, "B04", 654.6, 30, 0 },
	{ ROLE_NIR, "B05", 864.6, 30, 0 },	 { ROLE_SWIR1, "B06", 1609.1, 30, 0 },
	{ ROLE_SWIR2, "B07", 2201.2, 30, 0 },	 { ROLE_CIRRUS, "B09", 1373.5, 30, 0 },
	{ ROLE_THERMAL, "B10", 10895.0, 30, 0 }, { ROLE_THERMAL2, "B11", 12005.0, 30, 0 },
};

static const struct sensor_band hls_s30_bands[] = {
	{ ROLE_COASTAL, "B01", 442.7, 30, 0 }, { ROLE_BLUE, "B02", 492.7, 30, 0 },
	{ ROLE_GREEN, "B03", 559.8, 30, 0 },   { ROLE_RED, "B04", 664.6, 30, 0 },
	{ ROLE_EDGE705, "B05", 704.1, 30, 0 }, { ROLE_EDGE740, "B06", 740.5, 30, 0 },
	{ ROLE_EDGE783, "B07", 782.8, 30, 0 }, { ROLE_NIR_BROAD, "B08", 832.8, 30, 0 },
	{ ROLE_NIR, "B8A", 864.7, 30, 0 },     { ROLE_VAPOUR, "B09", 945.1, 30, 0 },
	{ ROLE_CIRRUS, "B10", 1373.5, 30, 0 }, { ROLE_SWIR1, "B11", 1613.7, 30, 0 },
	{ ROLE_SWIR2, "B12", 2202.4, 30, 0 },
};

#define PIXEL  "FILE_NAME_QUALITY_L1_PIXEL"
#define RADSAT "FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION"
#define BQA    "FILE_NAME_BAND_QUALITY"
#define SZA    "FILE_NAME_ANGLE_SOLAR_ZENITH_BAND_4"

static const struct sensor_mask tm_masks[] = {
	{ ROLE_QA_PIXEL, LEVEL_TOA, "02", "QA_PIXEL", PIXEL },
	{ ROLE_QA_PIXEL, LEVEL_SURFACE, "02", "QA_PIXEL", PIXEL },
	{ ROLE_QA_RADSAT, LEVEL_TOA, "02", "QA_RADSAT", RADSAT },
	{ ROLE_QA_RADSAT, LEVEL_SURFACE, "02", "QA_RADSAT", RADSAT },
	{ ROLE_SUN_ZENITH, LEVEL_TOA, "02", "SZA", SZA },
	{ ROLE_CLOUD_QA, LEVEL_SURFACE, "02", "SR_CLOUD_QA",
	  "FILE_NAME_QUALITY_L2_SURFACE_REFLECTANCE_CLOUD" },
	{ ROLE_BQA_C1, LEVEL_TOA, "01", "BQA", BQA },
};

static const struct sensor_mask oli_masks[] = {
	{ ROLE_QA_PIXEL, LEVEL_TOA, "02", "QA_PIXEL", PIXEL },
	{ ROLE_QA_PIXEL, LEVEL_SURFACE, "02", "QA_PIXEL", PIXEL },
	{ ROLE_QA_RADSAT, LEVEL_TOA, "02", "QA_RADSAT", RADSAT },
	{ ROLE_QA_RADSAT, LEVEL_SURFACE, "02", "QA_RADSAT", RADSAT },
	{ ROLE_SUN_ZENITH, LEVEL_TOA, "02", "SZA", SZA },
	{ ROLE_QA_AEROSOL, LEVEL_SURFACE, "02", "SR_QA_AEROSOL", "FILE_NAME_QUALITY_L2_AEROSOL" },
	{ ROLE_BQA_C1, LEVEL_TOA, "01", "BQA", BQA },
	{ ROLE_BQA_PRE, LEVEL_TOA, "pre", "BQA", BQA },
};

/* Which of the other masks of Sentinel-2 there are follows from the baseline and what was seen. */
static const struct sensor_mask msi_masks[] = {
	{ ROLE_SCL, LEVEL_SURFACE, NULL, "SCL", NULL },
};

static const struct sensor_mask hls_masks[] = {
	{ ROLE_FMASK, LEVEL_SURFACE, NULL, "Fmask", NULL },
};

#define USGS	   "Landsat data courtesy of the U.S. Geological Survey"
#define COPERNICUS "Contains modified Copernicus Sentinel data"
#define HLS_L30	   "HLS data by NASA; Landsat data courtesy of the U.S. Geological Survey"
#define HLS_S30	   "HLS data by NASA; contains modified Copernicus Sentinel data"

#define BANDS(a) .bands = (a), .bands_nr = COUNT(a)
#define MASKS(a) .masks = (a), .masks_nr = COUNT(a)

/*
 * Bits of QA_RADSAT (USGS LSDS-1618 and LSDS-1619): bit n - 1 is band n; those
 * of blue, green, red, near and short-wave infrared count here.  Bit 9 of TM
 * and ETM+ is a dropped pixel, bit 11 of OLI a place that terrain hides.
 */
#define TM_BITS	 .radsat_saturated = 0x5f, .radsat_defect = 1 << 9
#define OLI_BITS .radsat_saturated = 0x7e, .radsat_defect = 1 << 11, .cirrus_bits = true

#define OPTICS(name) .optics = (&water_optics_##name)

static const struct sensor tm4 = { "TM", BANDS(tm4_bands), MASKS(tm_masks),
				   USGS, TM_BITS,	   OPTICS(tm) };
static const struct sensor tm5 = { "TM", BANDS(tm5_bands), MASKS(tm_masks),
				   USGS, TM_BITS,	   OPTICS(tm) };
static const struct sensor etm = { "ETM+", BANDS(etm_bands), MASKS(tm_masks),
				   USGS,   TM_BITS,	     OPTICS(etm) };
static const struct sensor oli = { "OLI", BANDS(oli_bands), MASKS(oli_masks),
				   USGS,  OLI_BITS,	    OPTICS(oli) };
static const struct sensor msi_a = { "MSI", BANDS(msi_a_bands), MASKS(msi_masks), COPERNICUS,
				     OPTICS(msi_a) };
static const struct sensor msi_b = { "MSI", BANDS(msi_b_bands), MASKS(msi_masks), COPERNICUS,
				     OPTICS(msi_b) };
static const struct sensor msi_c = { "MSI", BANDS(msi_c_bands), MASKS(msi_masks), COPERNICUS,
				     OPTICS(msi_c) };
static const struct sensor hls_l30 = { "OLI", BANDS(hls_l30_bands), MASKS(hls_masks), HLS_L30,
				       OPTICS(oli) };
static const struct sensor hls_s30 = { "MSI", BANDS(hls_s30_bands), MASKS(hls_masks), HLS_S30,
				       OPTICS(hls_s30) };

/* Of each instrument the newest last: it stands in for satellites that are not here. */
static const struct platform platforms[] = {
	{ "LT04", "LANDSAT_4", "TM", &tm4 },	   { "LT05", "LANDSAT_5", "TM", &tm5 },
	{ "LE07", "LANDSAT_7", "ETM", &etm },	   { "LO08", "LANDSAT_8", "OLI", &oli },
	{ "LC08", "LANDSAT_8", "OLI_TIRS", &oli }, { "LO09", "LANDSAT_9", "OLI", &oli },
	{ "LC09", "LANDSAT_9", "OLI_TIRS", &oli }, { "S2A", "Sentinel-2A", "MSI", &msi_a },
	{ "S2B", "Sentinel-2B", "MSI", &msi_b },   { "S2C", "Sentinel-2C", "MSI", &msi_c },
};

/* Equal but for case, blanks, '_' and '-'. */
static bool same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " _-");
		b += strspn(b, " _-");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

const struct platform *sensor_platform(const char *spacecraft, const char *instrument, bool *known)
{
	const struct platform *newest = NULL;

	*known = false;
	for (size_t i = 0; i < COUNT(platforms); i++) {
		const struct platform *p = &platforms[i];

		if (!same_name(p->instrument, instrument))
			continue;
		newest = p;
		*known = same_name(p->spacecraft, spacecraft);
		if (*known)
			break;
	}
	return newest;
}

const struct sensor *sensor_hls(const char *kind)
{
	return !strcmp(kind, "L30") ? &hls_l30 : !strcmp(kind, "S30") ? &hls_s30 : NULL;
}

const struct sensor_band *sensor_find(const struct sensor *s, enum role role)
{
	for (size_t i = 0; i < s->bands_nr; i++)
		if (s->bands[i].role == role)
			return &s->bands[i];
	return NULL;
}

static bool delivers_mask(const struct sensor *s, enum level level, const char *baseline,
			  enum role role)
{
	for (size_t i = 0; i < s->masks_nr; i++) {
		const struct sensor_mask *m = &s->masks[i];

		if (m->role == role && m->level == level &&
		    (!m->baseline || !strcmp(m->baseline, baseline)))
			return true;
	}
	return false;
}

bool sensor_delivers(const struct sensor *s, enum level level, const char *baseline, enum role role)
{
	if (!role_is_reflectance(role) && !role_is_thermal(role))
		return delivers_mask(s, level, baseline, role);
	/* Nothing of 1370 nm light comes from the surface; temperature is not in every Level-2. */
	if (level == LEVEL_SURFACE && (role == ROLE_CIRRUS || role_is_thermal(role)))
		return false;
	return sensor_find(s, role) != NULL;
}
