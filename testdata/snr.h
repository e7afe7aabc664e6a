/* SPDX-License-Identifier: Apache-2.0
 *
 * snr.h - the noise of the real sensors.
 */
#ifndef TESTDATA_SNR_H
#define TESTDATA_SNR_H

#include "testdata/surface.h"

/*
 * Deviation of the noise of a band in reflectance, from the radiance L at which its signal is SNR
 * times the noise: pi L / (SNR E cos(sun's zenith)), E the sun's irradiance.  Of Landsat
 * ("LC09", "LE07", "LT05") and of Sentinel-2 ("S2A"); 0: the role has no such band.
 */
double snr_noise(const char *spacecraft, enum role role, double sun_zenith);

/* The same of a band of MSI, by its place in msi_bands. */
double snr_noise_msi(int band, double sun_zenith);

#endif
