/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_bands.h - the sensors and their calibration, as the MTL of real products gives it.
 */
#ifndef TESTDATA_LANDSAT_BANDS_H
#define TESTDATA_LANDSAT_BANDS_H

#include "testdata/options.h"
#include "testdata/surface.h"

enum { LANDSAT_BANDS_MAX = 11 };

/* Landsat 8 and 9 count differently from 4, 5, 7. */
enum landsat_sensor_id { LANDSAT_TM, LANDSAT_ETM, LANDSAT_OLI };

struct landsat_band {
	const char *name; /* as in FILE_NAME_BAND_x: "4", "6_VCID_1" */
	enum role role;
	double micrometre;  /* mean of the spectral response; 0: no Rayleigh scattering */
	int saturation_bit; /* in QA_RADSAT */
	const char *level2; /* file of Level 2, "SR_B4", "ST_B10"; NULL: none */
	int level1;	    /* is there a file in the Level 1 product? */
	double radiance_max, radiance_min, radiance_mult, radiance_add;
	double reflectance_max, reflectance_min, reflectance_mult, reflectance_add; /* 0: thermal */
	double k1, k2;								    /* thermal */
};

struct landsat_sensor {
	enum landsat_sensor_id id;
	const char *sensor_name; /* SENSOR_ID */
	const char *doi1, *doi2;
	int dn_max;	       /* of Level 1 */
	double table_distance; /* of the sun, where the table's factors hold */
	int n;
	struct landsat_band band[LANDSAT_BANDS_MAX];
};

/* The sensor of a spacecraft: "LT04", "LT05", "LE07", "LC08", "LC09"; NULL: unknown. */
const struct landsat_sensor *landsat_sensor_find(const char *spacecraft);

/* Had products of this sensor and generation radiance factors only? */
bool landsat_radiance_only(const struct landsat_sensor *s, const struct options *o);

/*
 * Solar irradiance above the air of a band of TM or ETM+ [W m-2 um-1] (Chander,
 * Markham, Helder 2009, doi:10.1016/j.rse.2009.01.007, tables 3 and 4).
 */
double landsat_esun(const char *spacecraft, enum role role);

/*
 * The sensor of the options' spacecraft with its factors for a distance of the
 * sun, as the MTL prints them: OLI keeps reflectance and scales radiance, TM and
 * ETM+ the other way round.
 */
struct landsat_sensor landsat_sensor_at(const struct options *o, double distance);

#endif
