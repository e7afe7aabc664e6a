/* SPDX-License-Identifier: Apache-2.0
 *
 * water.h - water indices and tests of one pixel: pure, no loops, no memory, no libm.
 *
 * Arguments are reflectances, 1.0 = all light returned: blue ~0.48, green ~0.56, red ~0.66,
 * nir ~0.86, swir1 ~1.6, swir2 ~2.2 micrometres.  A NaN argument gives NaN (number.h).
 */
#ifndef KERNELS_WATER_H
#define KERNELS_WATER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "kernels/number.h"

/*
 * Surface reflectance of dark water is often negative, which breaks ratios; OPERA DSWx-HLS
 * raises what it reads to 1e-4 before its tests, and so do ratios and tests here.
 */
#define REFLECTANCE_MIN 1e-4f

/* rho, raised to REFLECTANCE_MIN; NaN stays NaN. */
static inline float reflectance_raise(float rho)
{
	return rho < REFLECTANCE_MIN ? REFLECTANCE_MIN : rho;
}

/*
 * Normalised difference (a - b) / (a + b) of raised reflectances, in -1..1.
 *   green, nir:   NDWI, water > 0 (McFeeters 1996, doi:10.1080/01431169608948714)
 *   green, swir1: MNDWI, water > 0 (Xu 2006, doi:10.1080/01431160600589179)
 *   nir, red:     NDVI, open water < 0 (Rouse et al. 1973)
 *   705 nm, red:  NDCI (Mishra and Mishra 2012, doi:10.1016/j.rse.2011.10.016)
 */
static inline float norm_diff(float a, float b)
{
	a = reflectance_raise(a);
	b = reflectance_raise(b);
	return one_nan((a - b) / (a + b));
}

/*
 * AWEInsh, for scenes without shadow; water > 0 (Feyisa et al. 2014,
 * doi:10.1016/j.rse.2013.08.029).  Both last terms are subtracted; collections of
 * formulas exist that add the SWIR2 term or multiply the two.
 */
static inline float awei_nsh(float green, float nir, float swir1, float swir2)
{
	return one_nan(4.0f * (green - swir1) - (0.25f * nir + 2.75f * swir2));
}

/* AWEIsh, for scenes with shadow; water > 0 (Feyisa et al. 2014). */
static inline float awei_sh(float blue, float green, float nir, float swir1, float swir2)
{
	return one_nan(blue + 2.5f * green - 1.5f * (nir + swir1) - 0.25f * swir2);
}

/*
 * WI2015; water > 0 (Fisher, Flood and Danaher 2016, doi:10.1016/j.rse.2015.12.055).  Made for
 * surface reflectance; the constant 1.7204 holds for 0..1 only, not for scaled integers.
 */
static inline float wi2015(float green, float red, float nir, float swir1, float swir2)
{
	return one_nan(1.7204f + 171.0f * green + 3.0f * red - 70.0f * nir - 45.0f * swir1 -
		       71.0f * swir2);
}

#define INDEX_NODATA (-32768)

/*
 * Index in units of 1e-4, rounded half away from zero, clamped to +-32767; INDEX_NODATA where
 * it is NaN or some band has no observation or is saturated (calib.h).
 */
static inline int16_t index_pack(float index, uint8_t state)
{
	int32_t packed = round_clamp(index * 1e4f, -32767.0f, 32767.0f);
	bool known = (index == index) & !(state & (CALIB_FILL | CALIB_SATURATED));

	return (int16_t)(known ? packed : INDEX_NODATA);
}

/* The five tests of a DSWE code: test 1 is bit 0. */
#define DSWE_CODE_MASK 31u

/*
 * DSWE tests on raised reflectances, thresholds for Landsat and HLS alike (Jones 2015,
 * doi:10.3390/rs70912503, tests 1 to 3; Jones 2019, doi:10.3390/rs11040374, tests 4 and 5;
 * OPERA DSWx-HLS uses the same numbers):
 *   1  MNDWI > 0.124
 *   2  green + red > nir + swir1
 *   3  AWEIsh > 0
 *   4  MNDWI > -0.44, swir1 < 0.09, nir < 0.15, NDVI < 0.7
 *   5  MNDWI > -0.5, blue < 0.10, swir1 < 0.30, swir2 < 0.10, nir < 0.25
 * All strict.  (a - b) / (a + b) > t is tested as (1 - t) a - (1 + t) b > 0, the same where
 * a + b > 0 but for rounding.  A test that needs a NaN fails.  Code 0..31, test 1 in bit 0.
 */
static inline uint8_t dswe_code(float blue, float green, float red, float nir, float swir1,
				float swir2)
{
	float b = reflectance_raise(blue), g = reflectance_raise(green);
	float r = reflectance_raise(red), n = reflectance_raise(nir);
	float s1 = reflectance_raise(swir1), s2 = reflectance_raise(swir2);
	uint32_t test1 = 0.876f * g - 1.124f * s1 > 0.0f ? 1 : 0;
	uint32_t test2 = g + r > n + s1 ? 2 : 0;
	uint32_t test3 = awei_sh(b, g, n, s1, s2) > 0.0f ? 4 : 0;
	uint32_t test4 = 1.44f * g - 0.56f * s1 > 0.0f ? 8 : 0;
	uint32_t test5 = 1.5f * g - 0.5f * s1 > 0.0f ? 16 : 0;

	test4 = s1 < 0.09f ? test4 : 0;
	test4 = n < 0.15f ? test4 : 0;
	test4 = 0.3f * n - 1.7f * r < 0.0f ? test4 : 0;
	test5 = b < 0.10f ? test5 : 0;
	test5 = s1 < 0.30f ? test5 : 0;
	test5 = s2 < 0.10f ? test5 : 0;
	test5 = n < 0.25f ? test5 : 0;
	return (uint8_t)(test1 | test2 | test3 | test4 | test5);
}

/*
 * Class of a DSWE code, bits above 31 ignored: 0 not water, 1 water of high and 2 of moderate
 * confidence, 3 partial water (potential wetland), 4 partial water or wetland of low confidence.
 * The recode table of DSWE (Jones 2019; the same in OPERA DSWx-HLS) goes by the number of tests
 * passed, with two exceptions: tests 4 and 5 alone (24) make class 3, and test 5 by itself (16)
 * class 4.  For codes 0..31:
 *   0 0 0 4 0 4 4 2  0 4 4 2 4 2 2 1  4 4 4 2 4 2 2 1  3 2 2 1 2 1 1 1
 */
static inline uint32_t dswe_class(uint32_t code)
{
	uint32_t c = code & DSWE_CODE_MASK;
	uint32_t passed = (c & 1) + (c >> 1 & 1) + (c >> 2 & 1) + (c >> 3 & 1) + (c >> 4);
	uint32_t kind = passed > 3 ? 1 : 2;

	kind = passed > 2 ? kind : 4;
	kind = passed > 1 || c == 16 ? kind : 0;
	return c == 24 ? 3 : kind;
}

#endif
