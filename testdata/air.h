/* SPDX-License-Identifier: Apache-2.0
 *
 * air.h - the sun, and what clear air does to reflectance.  Angles in degrees,
 * azimuths clockwise from north.
 */
#ifndef TESTDATA_AIR_H
#define TESTDATA_AIR_H

struct air {
	double sun_zenith, sun_azimuth;
	double view_zenith, view_azimuth;
	double pressure_hpa;
};

/* A moment, UTC. */
struct moment {
	int year, month, day;
	double second; /* of the day */
};

/* Day of the year, 1 January = 1. */
int moment_day_of_year(const struct moment *m);

/* The same time of day, days (0 or more) later. */
struct moment moment_later(const struct moment *m, int days);

/* Days since 1 January 2000, 12:00 UTC. */
double moment_days(const struct moment *m);

/*
 * Zenith and azimuth of the sun's centre, no refraction, within about 0.01
 * degree for 1950..2050 (low-precision formulas of the Astronomical Almanac).
 */
void air_sun(const struct moment *m, double lon, double lat, double *zenith, double *azimuth);

/* Distance of the sun in astronomical units, same source, within 0.0003. */
double air_sun_distance(const struct moment *m);

/* Pressure in hPa at a height in metres: the standard atmosphere, ISO 2533. */
double air_pressure(double height_m);

/*
 * Optical depth of Rayleigh scattering at a wavelength in micrometres:
 * .008569 l^-4 (1 + .0113 l^-2 + .00013 l^-4) p / 1013.25 (Hansen and Travis
 * 1974, doi:10.1007/BF00168069, eq. 2.30).
 */
double air_depth(double micrometre, double pressure_hpa);

/*
 * Reflectance at the top of the atmosphere = ground * transmittance + path, by
 * single scattering: path = tau 0.75 (1 + cos^2 T) / (4 mu_s mu_v), T the
 * scattering angle; transmittance = exp(-tau / 2 (1 / mu_s + 1 / mu_v)).
 */
double air_path(const struct air *a, double micrometre);
double air_transmittance(const struct air *a, double micrometre);

#endif
