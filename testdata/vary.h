/* SPDX-License-Identifier: Apache-2.0
 *
 * vary.h - plain ground whose brightness is not the same everywhere: texture of the land, and
 * slow changes of land and of water along the shore.
 */
#ifndef TESTDATA_VARY_H
#define TESTDATA_VARY_H

#include <stdint.h>

/* Wavelength of the texture in metres, halved twice; and of the slow changes. */
#define VARY_TEXTURE_M 170.0
#define VARY_ALONG_M   6000.0

struct vary {
	double texture; /* deviation of the land's brightness, a share of its mean; 0: none */
	double along;	/* height of the slow changes, a share; 0: none */
	uint64_t seed;
};

/*
 * Factors of the reflectance of land and of water at a place, metres: 0 or more.  Texture is noise of
 * three octaves, mean 0, brought to deviation 1 over the plane, within 3.6 deviations.  The slow change is
 * the mean of a wave in x and one in y; those of water and of land differ by a quarter of a
 * wavelength.
 */
double vary_land(const struct vary *v, double x, double y);
double vary_water(const struct vary *v, double x, double y);

#endif
