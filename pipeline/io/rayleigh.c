/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/rayleigh.h"

#include <math.h>

#define DEGREE	      (3.14159265358979323846 / 180.0)
#define SEA_LEVEL_HPA 1013.25

static double optical_depth(double wavelength_um, double pressure_hpa)
{
	double i2 = 1.0 / (wavelength_um * wavelength_um);
	double i4 = i2 * i2;

	return 0.008569 * i4 * (1.0 + 0.0113 * i2 + 0.00013 * i4) * (pressure_hpa / SEA_LEVEL_HPA);
}

/* v as a multiple of 2^-bits. */
static double to_multiple(double v, int bits)
{
	return ldexp(nearbyint(ldexp(v, bits)), -bits);
}

static int zenith_ok(double deg)
{
	return deg >= 0.0 && deg <= RAYLEIGH_ZENITH_MAX;
}

struct rayleigh rayleigh_for(double wavelength_um, double sun_zenith_deg, double view_zenith_deg,
			     double relative_azimuth_deg, double pressure_hpa)
{
	double s = sun_zenith_deg * DEGREE, v = view_zenith_deg * DEGREE;
	double mu_s = cos(s), mu_v = cos(v);
	double cos_t = -mu_s * mu_v - sin(s) * sin(v) * cos(relative_azimuth_deg * DEGREE);
	double tau, path, gain;

	if (!zenith_ok(sun_zenith_deg) || !zenith_ok(view_zenith_deg) || !(wavelength_um > 0.0) ||
	    !(pressure_hpa > 0.0) || !isfinite(cos_t))
		return (struct rayleigh){ NAN, NAN };
	tau = optical_depth(wavelength_um, pressure_hpa);
	path = tau * 0.75 * (1.0 + cos_t * cos_t) / (4.0 * mu_s * mu_v);
	gain = exp(tau / 2.0 * (1.0 / mu_s + 1.0 / mu_v));
	/* A result of libm that is off by an ulp of a double rounds to the same multiple. */
	return (struct rayleigh){ (float)to_multiple(path, 24), (float)to_multiple(gain, 24) };
}

double pressure_at(double elevation_m)
{
	double h = elevation_m < -1000.0 ? -1000.0 : elevation_m > 11000.0 ? 11000.0 : elevation_m;

	return to_multiple(SEA_LEVEL_HPA * pow(1.0 - 0.0065 * h / 288.15, 5.25588), 20);
}
