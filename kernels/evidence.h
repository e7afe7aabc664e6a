/* SPDX-License-Identifier: Apache-2.0
 *
 * evidence.h - what one pixel's spectrum says about water, before masks and neighbours are heard.
 *
 * A method fills the evidence of a pixel; classes.h makes the class of it.  The default method,
 * "balkhash", takes three published rules together, because each of them alone fails somewhere:
 * DSWE calls wet salt and ice water, WI2015 and MNDWI wet ground (docs/algorithms.md).
 */
#ifndef KERNELS_EVIDENCE_H
#define KERNELS_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/water.h"

enum evidence {
	EVIDENCE_OPEN = 1,     /* open water, by itself or, with _GROW, by growing */
	EVIDENCE_GROW = 2,     /* open water if it hangs together with open water */
	EVIDENCE_PARTIAL = 4,  /* partial water: DSWE classes 3 and 4 */
	EVIDENCE_BRIGHT = 8,   /* would be open water or grow, but is white */
	EVIDENCE_ICE = 16,     /* snow or ice by its spectrum */
	EVIDENCE_PALE = 32,    /* not red enough for mud: a snow flag may be believed */
	EVIDENCE_DARK = 64,    /* no cloud or shade: dark in the infrared, coloured */
	EVIDENCE_AEROSOL = 128 /* class changed by the aerosol level */
};

/*
 * Thresholds of the default method; reflectances unless said otherwise.
 *   wi2015, mndwi  open water and growth: WI2015 > 0 (Fisher et al. 2016), MNDWI > 0 (Xu 2006)
 *   white_*        white: nir >= .15, blue > .15 and red < 1.25 blue.  .15 is the NIR limit of
 *                  DSWE's test 4; a blue limit separates salt, snow and cloud from mud as in
 *                  WOfS; the ratio keeps water laden with mud, but no water, whatever it
 *                  carries, has swir2 > .075 (Cordeiro et al. 2021, doi:10.1016/j.rse.2020.112209),
 *                  as salt beside red sand has
 *   ice_*          NDSI > .4, nir > .11, green > .10 (Hall et al. 1995,
 *                  doi:10.1016/0034-4257(95)00137-P), and red <= 1.1 blue, else turbid water
 *                  becomes ice
 *   dark_*         swir1 < .05, swir2 < .03, nir < .15, whiteness >= .2 and nir <= .8 red: water
 *                  under a flag of cloud or shadow; whiteness as in Fmask (Zhu and Woodcock
 *                  2012, doi:10.1016/j.rse.2011.10.028), sum |band - mean| / mean of the visible
 *                  bands.  Shade dims nir and red alike, and no bare or green land has less
 *                  nir than that: wet salt .94 of red, sand 1.2
 */
struct evidence_limits {
	float wi2015, mndwi;
	float white_nir, white_blue, white_red, white_swir2;
	float ice_ndsi, ice_nir, ice_green, ice_red;
	float dark_swir1, dark_swir2, dark_nir, dark_whiteness, dark_red;
};
#define EVIDENCE_LIMITS                                                                            \
	((struct evidence_limits){ 0.0f, 0.0f, .15f, .15f, 1.25f, .075f, .4f, .11f, .10f, 1.1f,    \
				   .05f, .03f, .15f, .2f, .8f })

/* Of DSWE classes: 1 and 2 open, 3 and 4 partial, as OPERA DSWx groups them. */
static inline uint8_t evidence_dswe(uint8_t code)
{
	uint32_t kind = dswe_class(code);
	uint32_t wet = kind > 2 ? EVIDENCE_PARTIAL : EVIDENCE_OPEN;

	return (uint8_t)((kind ? wet : 0) | EVIDENCE_PALE);
}

/*
 * OPERA DSWx-HLS: as DSWE, but where Fmask sees water and no cloud below an aerosol that it
 * measured, nothing of low confidence is left (PROTEUS, aerosol remapping): at nir <= .10, with Fmask
 * 224, 160 or 96 classes 0 and 2 become 1, with these, 192 or 128 classes 3 and 4 become 1.
 */
static inline uint8_t evidence_dswx(uint8_t code, float nir, uint16_t fmask)
{
	uint32_t kind = dswe_class(code);
	bool loaded = (fmask == 224) | (fmask == 160) | (fmask == 96);
	bool wet = loaded | (fmask == 192) | (fmask == 128);
	bool change = (nir <= 0.10f) & (kind > 2 ? wet : loaded & (kind != 1));
	uint8_t plain = evidence_dswe(code);

	return change ? (uint8_t)(EVIDENCE_OPEN | EVIDENCE_AEROSOL | EVIDENCE_PALE) : plain;
}

/* An index above its threshold; a NaN is not water. */
static inline uint8_t evidence_above(float index, float threshold)
{
	return (uint8_t)((index > threshold ? EVIDENCE_OPEN : 0) | EVIDENCE_PALE);
}

static inline uint8_t evidence_wofs(float blue, float green, float red, float nir, float swir1,
				    float swir2)
{
	bool wet = wofs_wet(blue, green, red, nir, swir1, swir2);

	return (uint8_t)((wet ? EVIDENCE_OPEN : 0) | EVIDENCE_PALE);
}

/* v without its sign. */
static inline float evidence_size(float v)
{
	return v < 0.0f ? -v : v;
}

/*
 * The default method.  Core: DSWE class 1 or 2 (code from dswe_code()), WI2015 above its limit, not
 * white.  Growth: WI2015 and MNDWI above their limits, not white.
 */
static inline uint8_t evidence_balkhash(float blue, float green, float red, float nir, float swir1,
					float swir2, uint8_t code, struct evidence_limits l)
{
	float b = reflectance_raise(blue), g = reflectance_raise(green), r = reflectance_raise(red);
	float s1 = reflectance_raise(swir1), mean = (b + g + r) * (1.0f / 3.0f);
	float spread = evidence_size(b - mean) + evidence_size(g - mean) + evidence_size(r - mean);
	uint32_t kind = dswe_class(code);
	uint32_t white = nir >= l.white_nir ? 1 : 0;
	uint32_t wet = wi2015(green, red, nir, swir1, swir2) > l.wi2015 ? 1 : 0;
	uint32_t core = (kind == 1) | (kind == 2) ? EVIDENCE_OPEN : 0;
	uint32_t grow = norm_diff_above(g, s1, l.mndwi) ? EVIDENCE_GROW : 0;
	uint32_t ice = norm_diff_above(g, s1, l.ice_ndsi) ? EVIDENCE_ICE : 0;
	uint32_t pale = r <= l.ice_red * b ? EVIDENCE_PALE : 0;
	uint32_t dark = swir1 < l.dark_swir1 ? EVIDENCE_DARK : 0;

	white = blue > l.white_blue ? white : 0;
	uint32_t pure = red < l.white_red * blue ? white : 0;
	white = swir2 > l.white_swir2 ? white : pure;
	core = wet ? core : 0;
	grow = wet ? grow : 0;
	ice = nir > l.ice_nir ? ice : 0;
	ice = green > l.ice_green ? ice : 0;
	ice = pale ? ice : 0;
	dark = swir2 < l.dark_swir2 ? dark : 0;
	dark = nir < l.dark_nir ? dark : 0;
	dark = nir <= l.dark_red * red ? dark : 0;
	dark = spread >= l.dark_whiteness * mean ? dark : 0;
	uint32_t bright = core | grow ? EVIDENCE_BRIGHT : 0;
	/* What is certain by itself needs no growth: _OPEN with _GROW is what growing reached. */
	uint32_t water = core ? core : grow;

	return (uint8_t)((white ? bright : water) | (kind > 2 ? EVIDENCE_PARTIAL : 0) | ice | pale |
			 dark);
}

#endif
