/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat_bands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Radiance and reflectance factors: MTL files of LC08_L2SP_008059_20191201,
 * LE07_L1TP scenes of 2011, LT05_L2SP_090084_19980308 (USGS, public domain).
 * Wavelengths: means of the published spectral responses.
 */
#define OLI_REFLECTANCE 1.2107, -0.09998, 2e-5, -0.1

/* clang-format off */
static const struct landsat_sensor oli = {
	LANDSAT_OLI, "OLI_TIRS", "P975CC9B", "P9OGBGM6", 65535, 0.9860755, 11, {
	{ "1", ROLE_COASTAL, 0.4430, 0, "SR_B1", 1,
	  781.68005, -64.55139, 1.2913e-2, -64.56431, OLI_REFLECTANCE, 0, 0 },
	{ "2", ROLE_BLUE, 0.4826, 1, "SR_B2", 1,
	  800.44989, -66.10141, 1.3223e-2, -66.11464, OLI_REFLECTANCE, 0, 0 },
	{ "3", ROLE_GREEN, 0.5613, 2, "SR_B3", 1,
	  737.60773, -60.91189, 1.2185e-2, -60.92407, OLI_REFLECTANCE, 0, 0 },
	{ "4", ROLE_RED, 0.6546, 3, "SR_B4", 1,
	  621.99237, -51.36433, 1.0275e-2, -51.37461, OLI_REFLECTANCE, 0, 0 },
	{ "5", ROLE_NIR, 0.8646, 4, "SR_B5", 1,
	  380.62833, -31.43241, 6.2877e-3, -31.43870, OLI_REFLECTANCE, 0, 0 },
	{ "6", ROLE_SWIR1, 1.6091, 5, "SR_B6", 1,
	  94.65881, -7.81695, 1.5637e-3, -7.81852, OLI_REFLECTANCE, 0, 0 },
	{ "7", ROLE_SWIR2, 2.2012, 6, "SR_B7", 1,
	  31.90508, -2.63473, 5.2705e-4, -2.63526, OLI_REFLECTANCE, 0, 0 },
	{ "8", ROLE_GREEN, 0.5917, 7, NULL, 0,
	  703.92419, -58.13029, 1.1628e-2, -58.14192, OLI_REFLECTANCE, 0, 0 },
	{ "9", ROLE_CIRRUS, 0, 8, NULL, 1,
	  148.75818, -12.28450, 2.4574e-3, -12.28696, OLI_REFLECTANCE, 0, 0 },
	{ "10", ROLE_KELVIN, 0, 9, "ST_B10", 1,
	  22.0018, 0.10033, 3.342e-4, 0.1, 0, 0, 0, 0, 774.8853, 1321.0789 },
	{ "11", ROLE_KELVIN, 0, 10, NULL, 1,
	  22.0018, 0.10033, 3.342e-4, 0.1, 0, 0, 0, 0, 480.8883, 1201.1442 },
	},
};

static const struct landsat_sensor etm = {
	LANDSAT_ETM, "ETM", "P9TU80IG", "P9C7I13B", 255, 1.0077404, 9, {
	{ "1", ROLE_BLUE, 0.4787, 0, "SR_B1", 1, 191.6, -6.2, 7.7874e-1, -6.97874,
	  0.295147, -0.009551, 1.1996e-3, -0.010751, 0, 0 },
	{ "2", ROLE_GREEN, 0.5610, 1, "SR_B2", 1, 196.5, -6.4, 7.9882e-1, -7.19882,
	  0.332060, -0.010815, 1.3499e-3, -0.012165, 0, 0 },
	{ "3", ROLE_RED, 0.6614, 2, "SR_B3", 1, 152.9, -5.0, 6.2165e-1, -5.62165,
	  0.314455, -0.010283, 1.2785e-3, -0.011562, 0, 0 },
	{ "4", ROLE_NIR, 0.8346, 3, "SR_B4", 1, 241.1, -5.1, 9.6929e-1, -6.06929,
	  0.706069, -0.014935, 2.8386e-3, -0.017774, 0, 0 },
	{ "5", ROLE_SWIR1, 1.6498, 4, "SR_B5", 1, 31.06, -1.0, 1.2622e-1, -1.12622,
	  0.439617, -0.014153, 1.7865e-3, -0.015940, 0, 0 },
	{ "6_VCID_1", ROLE_KELVIN, 0, 5, "ST_B6", 1, 17.04, 0.0, 6.7087e-2, -0.06709,
	  0, 0, 0, 0, 666.09, 1282.71 },
	{ "6_VCID_2", ROLE_KELVIN, 0, 8, NULL, 1, 12.65, 3.2, 3.7205e-2, 3.1628,
	  0, 0, 0, 0, 666.09, 1282.71 },
	{ "7", ROLE_SWIR2, 2.2085, 6, "SR_B7", 1, 10.8, -0.35, 4.3898e-2, -0.39390,
	  0.416352, -0.013493, 1.6923e-3, -0.015185, 0, 0 },
	{ "8", ROLE_NIR, 0.7199, 7, NULL, 0, 243.1, -4.7, 9.7559e-1, -5.67559,
	  0.578079, -0.011176, 2.3199e-3, -0.013496, 0, 0 },
	},
};

static const struct landsat_sensor tm = {
	LANDSAT_TM, "TM", "P918ROHC", "P9IAXOVV", 255, 0.9927805, 7, {
	{ "1", ROLE_BLUE, 0.4860, 0, "SR_B1", 1, 193.0, -1.52, 7.6583e-1, -2.28583,
	  0.307410, -0.002421, 1.2198e-3, -0.003641, 0, 0 },
	{ "2", ROLE_GREEN, 0.5710, 1, "SR_B2", 1, 365.0, -2.84, 1.4482, -4.28819,
	  0.642515, -0.004999, 2.5493e-3, -0.007549, 0, 0 },
	{ "3", ROLE_RED, 0.6596, 2, "SR_B3", 1, 264.0, -1.17, 1.0440, -2.21398,
	  0.548623, -0.002431, 2.1695e-3, -0.004601, 0, 0 },
	{ "4", ROLE_NIR, 0.8391, 3, "SR_B4", 1, 221.0, -1.51, 8.7602e-1, -2.38602,
	  0.662443, -0.004526, 2.6259e-3, -0.007152, 0, 0 },
	{ "5", ROLE_SWIR1, 1.6770, 4, "SR_B5", 1, 30.2, -0.37, 1.2035e-1, -0.49035,
	  0.446141, -0.005466, 1.7780e-3, -0.007244, 0, 0 },
	{ "6", ROLE_KELVIN, 0, 5, "ST_B6", 1, 15.303, 1.238, 5.5375e-2, 1.18243,
	  0, 0, 0, 0, 607.76, 1260.56 },
	{ "7", ROLE_SWIR2, 2.2172, 6, "SR_B7", 1, 16.5, -0.15, 6.5551e-2, -0.21555,
	  0.621237, -0.005648, 2.4680e-3, -0.008116, 0, 0 },
	},
};
/* clang-format on */

const struct landsat_sensor *landsat_sensor_find(const char *spacecraft)
{
	static const struct {
		const char *spacecraft;
		const struct landsat_sensor *sensor;
	} known[] = {
		{ "LT04", &tm },  { "LT05", &tm },  { "LE07", &etm },
		{ "LC08", &oli }, { "LC09", &oli },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].spacecraft, spacecraft))
			return known[i].sensor;
	return NULL;
}

double landsat_esun(const char *spacecraft, enum role role)
{
	static const struct {
		const char *spacecraft;
		double esun[ROLE_COUNT];
	} known[] = {
		{ "LT04",
		  { [ROLE_BLUE] = 1983,
		    [ROLE_GREEN] = 1795,
		    [ROLE_RED] = 1539,
		    [ROLE_NIR] = 1028,
		    [ROLE_SWIR1] = 219.8,
		    [ROLE_SWIR2] = 83.49 } },
		{ "LT05",
		  { [ROLE_BLUE] = 1983,
		    [ROLE_GREEN] = 1796,
		    [ROLE_RED] = 1536,
		    [ROLE_NIR] = 1031,
		    [ROLE_SWIR1] = 220.0,
		    [ROLE_SWIR2] = 83.44 } },
		{ "LE07",
		  { [ROLE_BLUE] = 1997,
		    [ROLE_GREEN] = 1812,
		    [ROLE_RED] = 1533,
		    [ROLE_NIR] = 1039,
		    [ROLE_SWIR1] = 230.8,
		    [ROLE_SWIR2] = 84.90 } },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].spacecraft, spacecraft))
			return known[i].esun[role];
	return 0;
}

bool landsat_radiance_only(const struct landsat_sensor *s, const struct options *o)
{
	return o->collection == COLLECTION_PRE && s->id != LANDSAT_OLI;
}

/* A factor and a summand as the MTL prints them. */
static double printed(bool scientific, int digits, double v)
{
	char text[40];

	if (scientific)
		snprintf(text, sizeof(text), "%.*E", digits, v);
	else
		snprintf(text, sizeof(text), "%.*f", digits, v);
	return strtod(text, NULL);
}

struct landsat_sensor landsat_sensor_at(const struct options *o, double distance)
{
	const struct landsat_sensor *s = landsat_sensor_find(o->spacecraft);
	double ratio = distance / s->table_distance, grow = ratio * ratio;
	struct landsat_sensor out = *s;

	for (int i = 0; i < out.n; i++) {
		struct landsat_band *b = &out.band[i];

		if (landsat_radiance_only(s, o))
			b->radiance_mult = printed(false, 3, b->radiance_mult);
		if (b->role == ROLE_KELVIN)
			continue;
		if (s->id == LANDSAT_OLI) {
			b->radiance_max /= grow;
			b->radiance_min /= grow;
			b->radiance_mult /= grow;
			b->radiance_add /= grow;
		} else {
			b->reflectance_max *= grow;
			b->reflectance_min *= grow;
			b->reflectance_mult = printed(true, 4, b->reflectance_mult * grow);
			b->reflectance_add = printed(false, 6, b->reflectance_add * grow);
		}
	}
	return out;
}
