/* SPDX-License-Identifier: Apache-2.0
 *
 * sensor.h - which band of which sensor has which role: the only place that
 * knows.  Another satellite of a known kind is one row in the table of
 * platforms; another sensor is a table of bands.
 *
 * Wavelengths are centroids of the spectral response, sum(l * r) / sum(r), of
 * the responses published for Landsat 5 TM, Landsat 7 ETM+ and Landsat 8 OLI
 * (USGS/NASA) and for each Sentinel-2 unit (ESA, COPE-GSEG-EOPG-TN-15-0007,
 * version 4, 2024).  Landsat 4 TM and Landsat 9 OLI-2 share the wavelengths of
 * their sister; OLI-2 differs from OLI by less than 1 nm.
 */
#ifndef PIPELINE_IO_SENSOR_H
#define PIPELINE_IO_SENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/io/role.h"
#include "pipeline/io/water_optics.h"

enum level {
	LEVEL_TOA,     /* Level-1: reflectance at the top of the atmosphere */
	LEVEL_SURFACE, /* Level-2: surface reflectance */
};

/* A row of a sensor's band table. */
struct sensor_band {
	enum role role;
	const char *name; /* in the product, without what the level puts before it: "B3", "B8A" */
	double wavelength_nm; /* centre */
	double resolution_m;
	/* Mean solar irradiance above the air [W m-2 um-1], for products that have radiance only; 0: not known. */
	double esun;
};

/* A mask that a complete product of this sensor and level has. */
struct sensor_mask {
	enum role role;
	enum level level;
	const char *baseline; /* of products of this collection only ("02"); NULL: of all */
	const char *name;     /* how file names end: "QA_PIXEL", "SCL" */
	const char *
		key; /* in Landsat's PRODUCT_CONTENTS or PRODUCT_METADATA: "FILE_NAME_QUALITY_L1_PIXEL" */
};

struct sensor {
	const char *name; /* "TM", "ETM+", "OLI", "MSI" */
	const struct sensor_band *bands;
	size_t bands_nr;
	const struct sensor_mask *masks;
	size_t masks_nr;
	const char *credit;	   /* what whoever shows a result must say */
	uint16_t radsat_saturated; /* bits of QA_RADSAT: a band of the water rules is saturated */
	uint16_t radsat_defect;	   /* dropped pixel, terrain occlusion */
	bool cirrus_bits;	   /* QA_PIXEL's and BQA's bits of cirrus mean something */
	const struct water_optics *optics;
};

/* A satellite and an instrument on it. */
struct platform {
	const char *mission;	/* "LC09", "S2A" */
	const char *spacecraft; /* as metadata says: "LANDSAT_9", "Sentinel-2A" */
	const char *instrument; /* SENSOR_ID: "OLI_TIRS"; "MSI" */
	const struct sensor *sensor;
};

/*
 * The platform of a spacecraft and an instrument.  Of an unknown spacecraft of a
 * known family ("LANDSAT_10", "Sentinel-2D") the newest with that instrument is
 * returned and *known is false.  NULL: no such instrument.  Landsat before
 * Collection 1 writes "Landsat5"; any case, blanks, '_' and '-' are the same.
 */
const struct platform *sensor_platform(const char *spacecraft, const char *instrument, bool *known);

/* The sensor of HLS granules, "L30" or "S30"; NULL for another. */
const struct sensor *sensor_hls(const char *kind);

/*
 * Bands of an MSI stand in the order of the metadata's band_id: 0 = B01 ..
 * 7 = B08, 8 = B8A, 9 = B09 .. 12 = B12.
 */
#define SENSOR_MSI_BANDS 13

/* The sensor's band with this role, NULL if it has none. */
const struct sensor_band *sensor_find(const struct sensor *s, enum role role);

/* True if a complete product of this sensor, level and baseline has a file for this role (masks included). */
bool sensor_delivers(const struct sensor *s, enum level level, const char *baseline,
		     enum role role);

#endif
