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

/*
 * MBWI = 2 green - red - nir - swir1 - swir2; water > 0 (Wang et al. 2018,
 * doi:10.1016/j.jag.2018.01.018, with omega = 2).
 */
static inline float mbwi(float green, float red, float nir, float swir1, float swir2)
{
	return one_nan(2.0f * green - red - nir - swir1 - swir2);
}

/*
 * Wetness of the tasselled cap: a weighted sum of the six bands.  The weights belong to a sensor
 * and a level: TCW_CRIST to surface reflectance of any of them (Crist 1985,
 * doi:10.1016/0034-4257(85)90102-6); at the top of the atmosphere TCW_HUANG to ETM+ (Huang et
 * al. 2002, doi:10.1080/01431160110106113) and TCW_BAIG to OLI (Baig et al. 2014,
 * doi:10.1080/2150704X.2014.915434).
 */
struct tcw {
	float blue, green, red, nir, swir1, swir2;
};
#define TCW_CRIST ((struct tcw){ .0315f, .2021f, .3102f, .1594f, -.6806f, -.6109f })
#define TCW_HUANG ((struct tcw){ .2626f, .2141f, .0926f, .0656f, -.7629f, -.5388f })
#define TCW_BAIG  ((struct tcw){ .1511f, .1973f, .3283f, .3407f, -.7117f, -.4559f })

static inline float tcw(float blue, float green, float red, float nir, float swir1, float swir2,
			struct tcw c)
{
	return one_nan(c.blue * blue + c.green * green + c.red * red + c.nir * nir +
		       c.swir1 * swir1 + c.swir2 * swir2);
}

/* The five tests of a DSWE code: test 1 is bit 0. */
#define DSWE_CODE_MASK 31u

/*
 * Thresholds of the DSWE tests.  Published for Landsat and HLS alike (Jones 2015,
 * doi:10.3390/rs70912503, tests 1 to 3; Jones 2019, doi:10.3390/rs11040374, tests 4 and 5;
 * OPERA DSWx-HLS uses the same numbers):
 *   1  MNDWI > 0.124
 *   2  green + red > nir + swir1
 *   3  AWEIsh > 0
 *   4  MNDWI > -0.44, swir1 < 0.09, nir < 0.15, NDVI < 0.7
 *   5  MNDWI > -0.5, blue < 0.10, swir1 < 0.30, swir2 < 0.10, nir < 0.25
 */
struct dswe_limits {
	float mndwi, aweish;
	float psw1_mndwi, psw1_swir1, psw1_nir, psw1_ndvi;
	float psw2_mndwi, psw2_blue, psw2_swir1, psw2_swir2, psw2_nir;
};
#define DSWE_LIMITS                                                                                \
	((struct dswe_limits){ .124f, 0.0f, -.44f, .09f, .15f, .7f, -.5f, .10f, .30f, .10f, .25f })

/* (a - b) / (a + b) > limit as (1 - limit) a - (1 + limit) b > 0: the same where a + b > 0 but for
 * rounding, and no division. */
static inline uint32_t norm_diff_above(float a, float b, float limit)
{
	return (1.0f - limit) * a - (1.0f + limit) * b > 0.0f ? 1 : 0;
}

/*
 * DSWE tests on raised reflectances, all strict.  A test that needs a NaN fails.  Code 0..31,
 * test 1 in bit 0.
 */
static inline uint8_t dswe_code(float blue, float green, float red, float nir, float swir1,
				float swir2, struct dswe_limits l)
{
	float b = reflectance_raise(blue), g = reflectance_raise(green);
	float r = reflectance_raise(red), n = reflectance_raise(nir);
	float s1 = reflectance_raise(swir1), s2 = reflectance_raise(swir2);
	uint32_t test1 = norm_diff_above(g, s1, l.mndwi);
	uint32_t test2 = g + r > n + s1 ? 2 : 0;
	uint32_t test3 = awei_sh(b, g, n, s1, s2) > l.aweish ? 4 : 0;
	uint32_t test4 = norm_diff_above(g, s1, l.psw1_mndwi) << 3;
	uint32_t test5 = norm_diff_above(g, s1, l.psw2_mndwi) << 4;

	test4 = s1 < l.psw1_swir1 ? test4 : 0;
	test4 = n < l.psw1_nir ? test4 : 0;
	test4 = (1.0f - l.psw1_ndvi) * n - (1.0f + l.psw1_ndvi) * r < 0.0f ? test4 : 0;
	test5 = b < l.psw2_blue ? test5 : 0;
	test5 = s1 < l.psw2_swir1 ? test5 : 0;
	test5 = s2 < l.psw2_swir2 ? test5 : 0;
	test5 = n < l.psw2_nir ? test5 : 0;
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

/*
 * Water by the decision tree of WOfS (Mueller et al. 2016, doi:10.1016/j.rse.2015.11.003, figure 3;
 * thresholds of its published implementation), on reflectance as it is, negative values too.
 * Ratios by norm_diff() of the values as they are; a NaN anywhere is not water.
 */
static inline bool wofs_wet(float blue, float green, float red, float nir, float swir1, float swir2)
{
	float b1 = blue * 1e4f, b3 = red * 1e4f, b7 = swir2 * 1e4f;
	float n52 = (swir1 - green) / (swir1 + green);
	float n43 = (nir - red) / (nir + red);
	float n72 = (swir2 - green) / (swir2 + green);
	/* n52 <= -.01, from the leaves upwards */
	bool n16 = (n43 <= 0.22f) | (b1 <= 473.0f);
	bool n12 = n72 > -0.23f ? b1 <= 379.0f : n16;
	bool n8 = b1 > 1400.5f ? n43 <= -0.01f : n12;
	bool n4 = b7 <= 323.5f ? n43 <= 0.61f : n8;
	bool n2 = (b1 <= 2083.5f) & n4;
	/* n52 > -.01 */
	bool n29 = b3 <= 364.5f ? b1 <= 129.5f : b1 <= 300.5f;
	bool n22 = (b1 <= 334.5f) & (n43 <= 0.54f) & ((n52 <= 0.12f) | n29);
	bool n35 =
		(n52 <= 0.34f) & (b1 <= 249.5f) & (n43 <= 0.45f) & (b3 <= 364.5f) & (b1 <= 129.5f);
	bool n21 = n52 <= 0.23f ? n22 : n35;

	return n52 <= -0.01f ? n2 : (n52 > -0.01f) & n21;
}

#endif
