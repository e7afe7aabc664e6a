/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_bands.h"

#define MSI_SPEED_M_S 7450.0
#define MSI_HEIGHT_M  786000.0

/*
 * MTD_MSIL1C and MTD_MSIL2A files of Sentinel-2A and B (Copernicus); central
 * wavelengths of C: means of ESA's spectral responses of 2024.
 */
/* clang-format off */
const struct msi_band msi_bands[MSI_BANDS] = {
	{ "B01", "coastal", "B1", 60, ROLE_COASTAL, 412, 456, { 442.7, 442.3, 444.2 },
	  { 1884.69, 1874.3, 1874.3 } },
	{ "B02", "blue", "B2", 10, ROLE_BLUE, 456, 533, { 492.7, 492.3, 489 },
	  { 1959.66, 1959.75, 1959.75 } },
	{ "B03", "green", "B3", 10, ROLE_GREEN, 538, 583, { 559.8, 559, 560.6 },
	  { 1823.24, 1824.93, 1824.93 } },
	{ "B04", "red", "B4", 10, ROLE_RED, 646, 684, { 664.6, 665, 666.5 },
	  { 1512.06, 1512.79, 1512.79 } },
	{ "B05", "rededge1", "B5", 20, ROLE_EDGE1, 695, 714, { 704.1, 703.8, 707.1 },
	  { 1424.64, 1425.78, 1425.78 } },
	{ "B06", "rededge2", "B6", 20, ROLE_EDGE2, 731, 749, { 740.5, 739.1, 741.1 },
	  { 1287.61, 1291.13, 1291.13 } },
	{ "B07", "rededge3", "B7", 20, ROLE_EDGE3, 769, 797, { 782.8, 779.7, 784.7 },
	  { 1162.08, 1175.57, 1175.57 } },
	{ "B08", "nir", "B8", 10, ROLE_NIR, 760, 907, { 832.8, 833, 834.6 },
	  { 1041.63, 1041.28, 1041.28 } },
	{ "B8A", "nir08", "B8A", 20, ROLE_NIR, 837, 881, { 864.7, 864, 865.6 },
	  { 955.32, 953.93, 953.93 } },
	{ "B09", "nir09", "B9", 60, ROLE_VAPOUR, 932, 958, { 945.1, 943.2, 947.2 },
	  { 812.92, 817.58, 817.58 } },
	{ "B10", "cirrus", "B10", 60, ROLE_CIRRUS, 1337, 1412, { 1373.5, 1376.9, 1372.2 },
	  { 367.15, 365.41, 365.41 } },
	{ "B11", "swir16", "B11", 20, ROLE_SWIR1, 1539, 1682, { 1613.7, 1610.4, 1612 },
	  { 245.59, 247.08, 247.08 } },
	{ "B12", "swir22", "B12", 20, ROLE_SWIR2, 2078, 2320, { 2202.4, 2185.7, 2191.3 },
	  { 85.25, 87.75, 87.75 } },
};
/* clang-format on */

double msi_cloud_shift(int band)
{
	/* Seconds after B02. */
	static const double delay[MSI_BANDS] = { 2.314, 0,     0.527, 1.005, 1.269, 1.525, 1.790,
						 0.263, 2.055, 2.586, 0.851, 1.468, 2.085 };
	const int b8a = 8;

	return -(delay[band] - delay[b8a]) * MSI_SPEED_M_S / MSI_HEIGHT_M;
}
