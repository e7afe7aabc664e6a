/* SPDX-License-Identifier: Apache-2.0
 *
 * glint.h - how much of the sun's mirror image each band sees.
 */
#ifndef PIPELINE_STAGE_GLINT_H
#define PIPELINE_STAGE_GLINT_H

/* Directions to sun and sensor from the ground [degrees]. */
struct glint_angles {
	double sun_zenith, view_zenith, relative_azimuth;
};

/*
 * Glint in a band over glint in the reference band [um, .4 to 2.4]:
 *
 *	T(l) / T(ref) * F(l) / F(ref)
 *
 * with T the direct transmittance of the air both ways, exp(-tau (1/mu_s + 1/mu_v)), tau of Rayleigh
 * scattering at pressure_hpa alone (Hansen and Travis 1974, as in rayleigh.h), and F Fresnel's reflectance
 * of water at half of the angle between sun and sensor, with refractive indices of Hale and Querry 1973,
 * doi:10.1364/AO.12.000555.  After Harmel et al. 2018, doi:10.1016/j.rse.2017.10.022.  A multiple of 2^-20, so that
 * libm's last bits do not show.
 */
float glint_ratio(double wavelength_um, double reference_um, struct glint_angles angles,
		  double pressure_hpa);

#endif
