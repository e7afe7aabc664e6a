/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/glint.h"

#include <math.h>
#include <stddef.h>

#include "pipeline/io/rayleigh.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DEGREE	     (3.14159265358979323846 / 180.0)

/* Refractive index of water by wavelength [um] (Hale and Querry 1973, table 1). */
static const struct {
	double um, n;
} indices[] = {
	{ .40, 1.339 }, { .45, 1.337 }, { .50, 1.335 }, { .55, 1.333 }, { .60, 1.332 },
	{ .65, 1.331 }, { .70, 1.331 }, { .75, 1.330 }, { .80, 1.329 }, { .85, 1.329 },
	{ .90, 1.328 }, { 1.0, 1.327 }, { 1.2, 1.324 }, { 1.4, 1.321 }, { 1.6, 1.317 },
	{ 1.8, 1.312 }, { 2.0, 1.306 }, { 2.2, 1.296 }, { 2.4, 1.279 },
};

static double refractive_index(double um)
{
	size_t i = 1;

	while (i + 1 < COUNT(indices) && indices[i].um < um)
		i++;

	double part = (um - indices[i - 1].um) / (indices[i].um - indices[i - 1].um);

	return indices[i - 1].n + part * (indices[i].n - indices[i - 1].n);
}

/* Unpolarised light that a flat surface of index n mirrors, of incidence angle with that cosine. */
static double fresnel(double cosine, double n)
{
	double inside = sqrt(1 - (1 - cosine * cosine) / (n * n));
	double s = (cosine - n * inside) / (cosine + n * inside);
	double p = (n * cosine - inside) / (n * cosine + inside);

	return (s * s + p * p) / 2;
}

/* The facet that mirrors the sun into the sensor halves the angle between them. */
static double incidence_cosine(struct glint_angles a)
{
	double s = a.sun_zenith * DEGREE, v = a.view_zenith * DEGREE;
	double between = cos(s) * cos(v) + sin(s) * sin(v) * cos(a.relative_azimuth * DEGREE);

	return sqrt((1 + between) / 2);
}

static double transmittance(double um, struct glint_angles a, double pressure_hpa)
{
	struct rayleigh r =
		rayleigh_for(um, a.sun_zenith, a.view_zenith, a.relative_azimuth, pressure_hpa);

	/* Its gain is the inverse of what gets through with half of tau. */
	return 1 / ((double)r.gain * (double)r.gain);
}

float glint_ratio(double wavelength_um, double reference_um, struct glint_angles angles,
		  double pressure_hpa)
{
	double cosine = incidence_cosine(angles);
	double ratio = transmittance(wavelength_um, angles, pressure_hpa) /
		       transmittance(reference_um, angles, pressure_hpa) *
		       fresnel(cosine, refractive_index(wavelength_um)) /
		       fresnel(cosine, refractive_index(reference_um));

	return (float)ldexp(nearbyint(ldexp(ratio, 20)), -20);
}
