/* SPDX-License-Identifier: Apache-2.0
 *
 * rayleigh.h - scattering by the air alone, for Level-1 reflectance.
 *
 * rho = (rho_toa - path) * gain brings reflectance at the top of the
 * atmosphere close to that of the surface where aerosol and gases are few
 * (kernels/calib.h, rayleigh_apply()).
 */
#ifndef PIPELINE_IO_RAYLEIGH_H
#define PIPELINE_IO_RAYLEIGH_H

#include "kernels/calib.h"

/*
 * Single scattering in a plane-parallel atmosphere:
 *
 *	tau  = .008569 l^-4 (1 + .0113 l^-2 + .00013 l^-4) p / 1013.25	[1]
 *	path = tau .75 (1 + cos^2 T) / (4 mu_s mu_v)			[2]
 *	gain = exp(tau / 2 (1 / mu_s + 1 / mu_v))			[2]
 *
 * with l = wavelength_um [um], 0.35 to 2.5; p = pressure_hpa; mu = cos of a
 * zenith angle [degrees]; relative_azimuth_deg = azimuth of the sensor minus
 * azimuth of the sun, both as seen from the ground, so that 0 means that the
 * sensor stands on the sun's side and looks at what is scattered back:
 *
 *	cos T = -mu_s mu_v - sin(sun_zenith) sin(view_zenith) cos(relative_azimuth)
 *
 * Both results are multiples of 2^-24, so that the last bits of libm, which
 * differ between CPUs, cannot show.  NaN in both where a zenith angle is
 * negative or above RAYLEIGH_ZENITH_MAX (a plane atmosphere no longer holds)
 * or wavelength or pressure are not positive.
 *
 * [1] Hansen & Travis 1974, doi:10.1007/BF00168069, equation 2.30.
 * [2] Gordon et al. 1983, doi:10.1364/AO.22.000020, single scattering and
 *     diffuse transmittance, without the terms of the mirroring sea surface.
 */
#define RAYLEIGH_ZENITH_MAX 85.0
struct rayleigh rayleigh_for(double wavelength_um, double sun_zenith_deg, double view_zenith_deg,
			     double relative_azimuth_deg, double pressure_hpa);

/*
 * Air pressure [hPa] at a height above sea level [m], -1000 to 11 000 (beyond:
 * as at the nearer end), in the U.S. Standard Atmosphere 1976 (NASA-TM-X-74335,
 * equation 33a): 1013.25 (1 - .0065 h / 288.15)^5.25588.  A multiple of 2^-20.
 */
double pressure_at(double elevation_m);

#endif
