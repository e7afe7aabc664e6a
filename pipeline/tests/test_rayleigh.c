/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline/io/rayleigh.h"

#define TWO_24 16777216.0

/*
 * Computed with 40 decimal digits from the formulas of the header, T as the
 * angle between two vectors: path and gain as multiples of 2^-24.
 */
static const struct {
	double wavelength_um, sun, view, azimuth, pressure;
	double path, gain;
} vectors[] = {
	{ 0.5598, 0, 0, 0, 1013.25, 569493, 18366720 },
	{ 0.4427, 39.319128799124, 5, -48.048526184588, 972.8, 1532656, 21779526 },
	{ 0.55, 0, 0, 0, 1013.25, 612001, 18491234 },
	{ 0.865, 60, 9.5, 120, 1013.25, 116761, 17174764 },
	{ 0.4822, 46.75573132, 0, 0, 850, 942804, 19923065 },
	{ 2.2, 30, 10, 180, 1013.25, 2146, 16783892 },
	{ 0.443, 75, 12, 35, 1000, 3399778, 29641251 },
};

static void vectors_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct rayleigh r =
			rayleigh_for(vectors[i].wavelength_um, vectors[i].sun, vectors[i].view,
				     vectors[i].azimuth, vectors[i].pressure);

		assert_true(r.path == (float)(vectors[i].path / TWO_24));
		assert_true(r.gain == (float)(vectors[i].gain / TWO_24));
	}
}

/*
 * Another fit to the same air: Bodhaine et al. 1999, "On Rayleigh optical
 * depth calculations", equation 30, sea level at 45 degrees.
 */
static double optical_depth_of_bodhaine(double um)
{
	double l2 = um * um;

	return 0.0021520 * (1.0455996 - 341.29061 / l2 - 0.90230850 * l2) /
	       (1.0 + 0.0027059889 / l2 - 85.968563 * l2);
}

static void optical_depth_is_that_of_air(void **state)
{
	(void)state;
	for (int nm = 440; nm < 900; nm += 50) {
		double um = nm / 1000.0;
		double tau = log((double)rayleigh_for(um, 0, 0, 0, 1013.25).gain);

		assert_true(fabs(tau / optical_depth_of_bodhaine(um) - 1) < 0.01);
	}
}

/* Scattering back and ahead are equally strong, across is half as strong. */
static void phase_has_its_shape(void **state)
{
	struct rayleigh back = rayleigh_for(0.5, 45, 45, 0, 1000);
	struct rayleigh across = rayleigh_for(0.5, 45, 45, 180, 1000);

	(void)state;
	assert_true(fabsf(back.path - 2 * across.path) < 1e-6f);
	assert_true(rayleigh_for(0.5, 30, 20, 40, 1000).path ==
		    rayleigh_for(0.5, 30, 20, -40, 1000).path);
	assert_true(rayleigh_for(0.5, 30, 20, 40, 1000).path ==
		    rayleigh_for(0.5, 20, 30, 40, 1000).path);
	assert_true(rayleigh_for(0.5, 30, 20, 40, 1000).path >
		    rayleigh_for(0.5, 30, 20, 40, 900).path);
}

static void goes_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct rayleigh r =
			rayleigh_for(vectors[i].wavelength_um, vectors[i].sun, vectors[i].view,
				     vectors[i].azimuth, vectors[i].pressure);

		for (int percent = -5; percent < 120; percent++) {
			float rho = (float)percent / 100;

			assert_true(fabsf(rayleigh_apply(r.path + rho / r.gain, r) - rho) < 1e-6f);
		}
	}
}

static void results_are_multiples(void **state)
{
	(void)state;
	for (int sun = 0; sun <= 85; sun++) {
		struct rayleigh r = rayleigh_for(0.49, sun, 8.5, 3 * sun, 972.9501279);
		double path = ldexp((double)r.path, 24), gain = ldexp((double)r.gain, 24);

		assert_true(isfinite(path) && path == floor(path));
		assert_true(isfinite(gain) && gain == floor(gain) && gain > TWO_24);
	}
}

static void refuses_what_is_no_geometry(void **state)
{
	static const double bad[][5] = {
		{ 0, 30, 0, 0, 1000 },	  { -0.5, 30, 0, 0, 1000 },  { 0.5, 85.01, 0, 0, 1000 },
		{ 0.5, -1, 0, 0, 1000 },  { 0.5, 30, 90, 0, 1000 },  { 0.5, 30, 0, 0, 0 },
		{ 0.5, NAN, 0, 0, 1000 }, { 0.5, 30, 0, NAN, 1000 }, { 0.5, 30, 0, INFINITY, 1000 },
		{ NAN, 30, 0, 0, 1000 },  { 0.5, 30, NAN, 0, 1000 }, { 0.5, 30, 0, 0, NAN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rayleigh r =
			rayleigh_for(bad[i][0], bad[i][1], bad[i][2], bad[i][3], bad[i][4]);

		assert_true(isnan(r.path) && isnan(r.gain));
	}
}

/* The formula with 40 digits; and 701.21 hPa, which the tables of the standard give for 3000 m. */
static void pressure_falls_with_height(void **state)
{
	static const double m_hpa[][2] = { { 0, 1013.25 },
					   { 341, 972.9501279041289 },
					   { -400, 1062.2343056276375 },
					   { 11000, 226.3203888616641 } };

	(void)state;
	for (size_t i = 0; i < sizeof(m_hpa) / sizeof(m_hpa[0]); i++)
		assert_true(fabs(pressure_at(m_hpa[i][0]) - m_hpa[i][1]) <= ldexp(0.5, -20));
	assert_true(fabs(pressure_at(3000) - 701.21) < 0.2);
	assert_true(pressure_at(20000) == pressure_at(11000));
	assert_true(pressure_at(-5000) == pressure_at(-1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_agree),
		cmocka_unit_test(optical_depth_is_that_of_air),
		cmocka_unit_test(phase_has_its_shape),
		cmocka_unit_test(goes_there_and_back),
		cmocka_unit_test(results_are_multiples),
		cmocka_unit_test(refuses_what_is_no_geometry),
		cmocka_unit_test(pressure_falls_with_height),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
