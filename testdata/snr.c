/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/snr.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "testdata/sentinel2_bands.h"

/* Radiance and irradiance in W m-2 (sr-1) um-1. */
struct snr {
	double radiance, snr, irradiance;
};

/*
 * Signal to noise that was required of OLI at its typical radiances, and that of ETM+ at the
 * same ones, from NASA's table of OLI's requirements; OLI itself is better.  TM is taken to be as ETM+.  Irradiance of OLI: what its
 * radiance and reflectance factors imply; of ETM+: Chander, Markham, Helder 2009.
 */
static const struct snr oli[ROLE_COUNT] = {
	[ROLE_COASTAL] = { 40, 130, 1972 }, [ROLE_BLUE] = { 40, 130, 2020 },
	[ROLE_GREEN] = { 30, 100, 1861 },   [ROLE_RED] = { 22, 90, 1569 },
	[ROLE_NIR] = { 14, 90, 960 },	    [ROLE_CIRRUS] = { 6, 50, 375 },
	[ROLE_SWIR1] = { 4, 100, 239 },	    [ROLE_SWIR2] = { 1.7, 100, 80.5 },
};
static const struct snr etm[ROLE_COUNT] = {
	[ROLE_BLUE] = { 40, 40, 1997 },	 [ROLE_GREEN] = { 30, 41, 1812 },
	[ROLE_RED] = { 22, 28, 1533 },	 [ROLE_NIR] = { 14, 35, 1039 },
	[ROLE_SWIR1] = { 4, 36, 230.8 }, [ROLE_SWIR2] = { 1.7, 29, 84.9 },
};

/* Required of MSI at its reference radiances (Sentinel-2 User Handbook, 2015, table of the bands). */
static const struct {
	double radiance, snr;
} msi[MSI_BANDS] = {
	{ 129, 129 }, { 128, 154 }, { 128, 168 }, { 108, 142 }, { 74.5, 117 },
	{ 68, 89 },   { 67, 105 },  { 103, 174 }, { 52.5, 72 }, { 9, 114 },
	{ 6, 50 },    { 4, 100 },   { 1.5, 100 },
};

static double noise_of(const struct snr *s, double sun_zenith)
{
	if (s->snr <= 0)
		return 0;
	return M_PI * s->radiance / (s->snr * s->irradiance * cos(sun_zenith * M_PI / 180));
}

double snr_noise_msi(int band, double sun_zenith)
{
	return noise_of(
		&(struct snr){ msi[band].radiance, msi[band].snr, msi_bands[band].irradiance[0] },
		sun_zenith);
}

double snr_noise(const char *spacecraft, enum role role, double sun_zenith)
{
	bool new = !strcmp(spacecraft, "LC08") || !strcmp(spacecraft, "LC09");
	int band = MSI_BANDS - 1;

	if (spacecraft[0] == 'L')
		return noise_of(new ? &oli[role] : &etm[role], sun_zenith);
	/* From the last: the narrow NIR, which is HLS' own, comes before the wide one. */
	while (band >= 0 && msi_bands[band].role != role)
		band--;
	return band < 0 ? 0 : snr_noise_msi(band, sun_zenith);
}
