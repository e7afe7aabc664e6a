/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors.h - inputs with known answers, computed in double precision from the published formulas.
 */
#ifndef KERNELS_TESTS_VECTORS_H
#define KERNELS_TESTS_VECTORS_H

#include <math.h>
#include <stdint.h>

#include "kernels/kernels.h"

/* Reflectances of covers found at the lake, and what the indices and DSWE say of them. */
struct spectrum {
	const char *name;
	float blue, green, red, nir, swir1, swir2;
	double ndwi, mndwi, ndvi, awei_nsh, awei_sh, wi2015; /* printed to 1e-6 */
	uint8_t code;					     /* DSWE tests passed, test 1 lowest */
	uint8_t dswe;					     /* DSWE class */
	uint8_t water;					     /* water class */
};

static const struct spectrum spectra[] = {
	{ "clear water", 0.03f, 0.025f, 0.01f, 0.005f, 0.003f, 0.002f, 0.666667, 0.785714,
	  -0.333333, 0.081250, 0.080000, 5.398400, 31, 1, 1 },
	{ "turbid water", 0.1f, 0.14f, 0.13f, 0.06f, 0.01f, 0.006f, 0.400000, 0.866667, -0.368421,
	  0.488500, 0.343500, 20.974400, 15, 1, 1 },
	{ "very turbid water", 0.12f, 0.18f, 0.2f, 0.14f, 0.03f, 0.015f, 0.125000, 0.714286,
	  -0.176471, 0.523750, 0.311250, 20.885400, 15, 1, 1 },
	{ "dry sand", 0.15f, 0.22f, 0.28f, 0.34f, 0.42f, 0.38f, -0.214286, -0.312500, 0.096774,
	  -1.930000, -0.535000, -29.499600, 0, 0, 0 },
	{ "salt crust", 0.45f, 0.5f, 0.52f, 0.54f, 0.4f, 0.3f, -0.038462, 0.111111, 0.018868,
	  -0.560000, 0.215000, 11.680400, 6, 4, 2 },
	{ "wet salt", 0.28f, 0.31f, 0.32f, 0.3f, 0.09f, 0.05f, 0.016393, 0.550000, -0.032258,
	  0.667500, 0.457500, 27.090400, 7, 2, 1 },
	{ "green reed", 0.035f, 0.07f, 0.05f, 0.35f, 0.18f, 0.09f, -0.666667, -0.440000, 0.750000,
	  -0.775000, -0.607500, -25.149600, 0, 0, 0 },
	{ "dry reed", 0.075f, 0.11f, 0.15f, 0.23f, 0.28f, 0.2f, -0.352941, -0.435897, 0.210526,
	  -1.287500, -0.465000, -21.919600, 0, 0, 0 },
	{ "half water half sand", 0.09f, 0.1225f, 0.145f, 0.1725f, 0.2115f, 0.191f, -0.169492,
	  -0.266467, 0.086614, -0.924375, -0.227500, -12.050600, 0, 0, 0 },
	{ "dark shadow", 0.015f, 0.015f, 0.012f, 0.02f, 0.018f, 0.012f, -0.142857, -0.090909,
	  0.250000, -0.050000, -0.007500, 1.259400, 24, 3, 2 },
	{ "snow", 0.82f, 0.8f, 0.78f, 0.7f, 0.1f, 0.08f, 0.066667, 0.777778, -0.054054, 2.405000,
	  1.600000, 81.680400, 7, 2, 1 },
	{ "lake ice", 0.42f, 0.42f, 0.38f, 0.28f, 0.05f, 0.04f, 0.200000, 0.787234, -0.151515,
	  1.300000, 0.965000, 49.990400, 7, 2, 1 },
};

#define SPECTRA (sizeof(spectra) / sizeof(spectra[0]))

/* DSWE class of each code: the recode table of Jones 2019. */
static const uint8_t recode[32] = {
	0, 0, 0, 4, 0, 4, 4, 2, 0, 4, 4, 2, 4, 2, 2, 1,
	4, 4, 4, 2, 4, 2, 2, 1, 3, 2, 2, 1, 2, 1, 1, 1,
};

/* A pixel on a threshold and just past it, and whether the test passes. */
struct edge {
	const char *name;
	float blue, green, red, nir, swir1, swir2;
	uint8_t test; /* bit of the code */
	uint8_t passes;
};

static const struct edge edges[] = {
	{ "MNDWI just above 0.124", 0.1f, 0.5621f, 0.1f, 0.1f, 0.4379f, 0.1f, 1, 1 },
	{ "MNDWI just below 0.124", 0.1f, 0.5619f, 0.1f, 0.1f, 0.4381f, 0.1f, 1, 0 },
	{ "visible equals infrared", 0.1f, 0.25f, 0.25f, 0.375f, 0.125f, 0.1f, 2, 0 },
	{ "visible above infrared", 0.1f, 0.2501f, 0.25f, 0.375f, 0.125f, 0.1f, 2, 1 },
	{ "AWEIsh is 0", 0.5f, 0.25f, 0.1f, 0.25f, 0.375f, 0.75f, 4, 0 },
	{ "AWEIsh above 0", 0.501f, 0.25f, 0.1f, 0.25f, 0.375f, 0.75f, 4, 1 },
	{ "MNDWI just above -0.44", 0.5f, 0.02801f, 0.05f, 0.05f, 0.07199f, 0.5f, 8, 1 },
	{ "MNDWI just below -0.44", 0.5f, 0.02799f, 0.05f, 0.05f, 0.07201f, 0.5f, 8, 0 },
	{ "SWIR1 0.09", 0.5f, 0.1f, 0.05f, 0.05f, 0.09f, 0.5f, 8, 0 },
	{ "SWIR1 below 0.09", 0.5f, 0.1f, 0.05f, 0.05f, 0.0899f, 0.5f, 8, 1 },
	{ "NIR 0.15", 0.5f, 0.1f, 0.05f, 0.15f, 0.05f, 0.5f, 8, 0 },
	{ "NIR below 0.15", 0.5f, 0.1f, 0.05f, 0.1499f, 0.05f, 0.5f, 8, 1 },
	{ "NDVI just above 0.7", 0.5f, 0.1f, 0.0149f, 0.0851f, 0.05f, 0.5f, 8, 0 },
	{ "NDVI just below 0.7", 0.5f, 0.1f, 0.0151f, 0.0849f, 0.05f, 0.5f, 8, 1 },
	{ "MNDWI just above -0.5", 0.05f, 0.05001f, 0.05f, 0.2f, 0.14999f, 0.05f, 16, 1 },
	{ "MNDWI just below -0.5", 0.05f, 0.04999f, 0.05f, 0.2f, 0.15001f, 0.05f, 16, 0 },
	{ "blue 0.10", 0.1f, 0.1f, 0.05f, 0.2f, 0.1f, 0.05f, 16, 0 },
	{ "blue below 0.10", 0.0999f, 0.1f, 0.05f, 0.2f, 0.1f, 0.05f, 16, 1 },
	{ "SWIR1 0.30", 0.05f, 0.2f, 0.05f, 0.2f, 0.3f, 0.05f, 16, 0 },
	{ "SWIR1 below 0.30", 0.05f, 0.2f, 0.05f, 0.2f, 0.2999f, 0.05f, 16, 1 },
	{ "SWIR2 0.10", 0.05f, 0.1f, 0.05f, 0.2f, 0.1f, 0.1f, 16, 0 },
	{ "SWIR2 below 0.10", 0.05f, 0.1f, 0.05f, 0.2f, 0.1f, 0.0999f, 16, 1 },
	{ "NIR 0.25", 0.05f, 0.1f, 0.05f, 0.25f, 0.1f, 0.05f, 16, 0 },
	{ "NIR below 0.25", 0.05f, 0.1f, 0.05f, 0.2499f, 0.1f, 0.05f, 16, 1 },
	{ "negative SWIR1 counts as 1e-4", 0.1f, 0.1f, 0.1f, 0.1f, -0.05f, 0.1f, 1, 1 },
	{ "negative green counts as 1e-4", 0.1f, -0.05f, 0.1f, 0.1f, -0.05f, 0.1f, 1, 0 },
	{ "NaN in blue fails test 3", NAN, 0.4f, 0.1f, 0.1f, 0.1f, 0.1f, 4, 0 },
	{ "NaN in blue leaves test 1", NAN, 0.4f, 0.1f, 0.1f, 0.1f, 0.1f, 1, 1 },
};

#define EDGES (sizeof(edges) / sizeof(edges[0]))

/* Stored values and what they stand for; OLI Level 1 divides by the sine of the sun's elevation. */
struct calibration {
	const char *name;
	double gain, bias, sun_elevation_deg;
	uint16_t dn;
	double value, half_digit; /* half the last digit that value was printed with */
};

static const struct calibration calibrations[] = {
	{ "Landsat L2 reflectance", 2.75e-5, -0.2, 90, 1, -0.1999725, 5e-8 },
	{ "Landsat L2 reflectance", 2.75e-5, -0.2, 90, 7273, 0.0000075, 5e-8 },
	{ "Landsat L2 reflectance", 2.75e-5, -0.2, 90, 10000, 0.075, 5e-8 },
	{ "Landsat L2 reflectance", 2.75e-5, -0.2, 90, 20000, 0.35, 5e-8 },
	{ "Landsat L2 reflectance", 2.75e-5, -0.2, 90, 43636, 0.99999, 5e-6 },
	{ "Landsat L2 reflectance", 2.75e-5, -0.2, 90, 65535, 1.6022125, 5e-8 },
	{ "Landsat L2 temperature [K]", 0.00341802, 149.0, 90, 43636, 298.1487, 5e-5 },
	{ "Landsat L2 temperature [K]", 0.00341802, 149.0, 90, 1, 149.0034, 5e-5 },
	{ "OLI Level 1", 2e-5, -0.1, 45, 10000, 0.14142136, 5e-9 },
	{ "OLI Level 1", 2e-5, -0.1, 30, 12345, 0.2938, 5e-5 },
	{ "OLI Level 1", 2e-5, -0.1, 45, 5000, 0, 5e-8 },
	{ "TIRS radiance", 3.342e-4, 0.1, 90, 30000, 10.126, 5e-4 },
	{ "Sentinel-2 baseline 05.09", 1e-4, -0.1, 90, 1, -0.0999, 5e-5 },
	{ "Sentinel-2 baseline 05.09", 1e-4, -0.1, 90, 1000, 0, 5e-8 },
	{ "Sentinel-2 baseline 05.09", 1e-4, -0.1, 90, 2500, 0.15, 5e-8 },
	{ "Sentinel-2 baseline 03.01", 1e-4, 0, 90, 2500, 0.25, 5e-8 },
	{ "HLS", 1e-4, 0, 90, 1234, 0.1234, 5e-8 },
};

#define CALIBRATIONS (sizeof(calibrations) / sizeof(calibrations[0]))

/* The same spectra: wetness, WOfS, and the default method: core (1), white, ice by spectrum, too dark
 * and coloured for a cloud or land in shade. */
struct method_answer {
	double tcw_crist, tcw_baig; /* printed to 1e-6 */
	uint8_t wofs, open, bright, ice, dark;
};

static const struct method_answer method_answers[SPECTRA] = {
	{ 0.006633, 0.011405, 1, 1, 0, 0, 1 },	 { 0.070863, 0.096001, 1, 1, 0, 0, 1 },
	{ 0.094932, 0.138814, 1, 1, 0, 0, 1 },	 { -0.327755, -0.198323, 0, 0, 0, 0, 0 },
	{ -0.092905, 0.099889, 0, 0, 1, 0, 0 },	 { 0.126756, 0.223889, 0, 0, 1, 0, 0 },
	{ -0.090939, -0.014378, 0, 0, 0, 0, 0 }, { -0.204963, -0.129815, 0, 0, 0, 0, 0 },
	{ -0.160561, -0.093459, 0, 0, 0, 0, 0 }, { -0.009167, -0.002302, 1, 0, 0, 0, 0 },
	{ 0.424114, 0.668664, 0, 0, 1, 1, 0 },	 { 0.202154, 0.312657, 0, 0, 1, 1, 0 },
};

/* MNDWI of a share of turbid water (green 0.14, SWIR1 0.01) in sand (0.22, 0.42). */
static const double mixture_mndwi[] = { -0.312500, -0.227053, -0.088608, 0.174312, 0.866667 };

#endif
