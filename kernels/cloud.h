/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud.h - what one pixel's spectrum says about clouds, before temperature, the rest of the scene
 * and neighbours are heard (pipeline/stage/cloud.h).
 *
 * The tests of Fmask (Zhu and Woodcock 2012, doi:10.1016/j.rse.2011.10.028; Zhu et al. 2015,
 * doi:10.1016/j.rse.2014.12.014) on plain reflectance at the top of the atmosphere: neither
 * Rayleigh-corrected nor of the surface, for which their numbers were not made.  blue ~0.48,
 * green ~0.56, red ~0.66, nir ~0.86, swir1 ~1.6, swir2 ~2.2, cirrus ~1.37 micrometres.
 */
#ifndef KERNELS_CLOUD_H
#define KERNELS_CLOUD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "kernels/number.h"
#include "kernels/water.h"

#define CLOUD_ZHU_2012	   "Zhu 2012, doi:10.1016/j.rse.2011.10.028"
#define CLOUD_ZHU_2015	   "Zhu 2015, doi:10.1016/j.rse.2014.12.014"
#define CLOUD_FRANTZ_2018  "Frantz 2018, doi:10.1016/j.rse.2018.04.046"
#define CLOUD_FORCE	   "FORCE, github.com/davidfrantz/force"
#define CLOUD_PYTHON_FMASK "python-fmask, github.com/ubarsc/python-fmask"
#define CLOUD_OURS	   "docs/algorithms.md"

/*
 * Every number of the mask: ROW(member, value, low, high, unit, source), low..high what may be set.
 * The tests of one pixel, then those of the scene.
 */
// clang-format off
#define CLOUD_LIMIT_ROWS(ROW)                                                                      \
	/* potential cloud: all of these, or cirrus */                                             \
	ROW(swir2,             .03f,    -1, 2, "1", CLOUD_ZHU_2012)  /* above */                   \
	ROW(ndsi,              .8f,     -2, 2, "1", CLOUD_ZHU_2012)  /* below */                   \
	ROW(ndvi,              .8f,     -2, 2, "1", CLOUD_ZHU_2012)  /* below */                   \
	ROW(whiteness,         .7f,      0, 9, "1", CLOUD_ZHU_2012)  /* below */                   \
	ROW(hot_red,           .5f,     -9, 9, "1", CLOUD_ZHU_2012)  /* blue - this x red */       \
	ROW(hot,               .08f,    -2, 2, "1", CLOUD_ZHU_2012)  /* above */                   \
	ROW(nir_swir1,         .75f,     0, 9, "1", CLOUD_ZHU_2012)  /* nir / swir1 above */       \
	ROW(cirrus,            .01f,    -1, 2, "1", CLOUD_ZHU_2015)  /* above */                   \
	ROW(saturated,         .45f,    -1, 2, "1", CLOUD_PYTHON_FMASK) /* visible mean above */   \
	ROW(bt,                300.15f,  0, 400, "K", CLOUD_ZHU_2012) /* below */                  \
	/* water: either pair, both below */                                                       \
	ROW(water_ndvi,        .01f,    -2, 2, "1", CLOUD_ZHU_2012)                                \
	ROW(water_nir,         .11f,    -1, 2, "1", CLOUD_ZHU_2012)                                \
	ROW(water_dark_ndvi,   .1f,     -2, 2, "1", CLOUD_ZHU_2012)                                \
	ROW(water_dark_nir,    .05f,    -1, 2, "1", CLOUD_ZHU_2012)                                \
	ROW(water_clear_swir2, .03f,    -1, 2, "1", CLOUD_ZHU_2012)                                \
	/* snow, without its temperature */                                                        \
	ROW(snow_ndsi,         .4f,     -2, 2, "1", CLOUD_FORCE)                                   \
	ROW(snow_nir,          .11f,    -1, 2, "1", CLOUD_ZHU_2012)                                \
	ROW(snow_green,        .10f,    -1, 2, "1", CLOUD_ZHU_2012)                                \
	ROW(snow_swir2,        .11f,    -1, 2, "1", CLOUD_FORCE)     /* below */                   \
	/* white and bright in the SWIR: a cloud even over water, with no temperature to ask */    \
	ROW(bright_swir1,      .055f,   -1, 2, "1", CLOUD_OURS)      /* above */                   \
	ROW(bright_whiteness,  .35f,     0, 9, "1", CLOUD_OURS)      /* below */                   \
	/* cloud over water, with temperature */                                                   \
	ROW(water_cold,        4,       .1f, 99, "K", CLOUD_ZHU_2012)                              \
	ROW(water_swir1,       .11f,    .001f, 2, "1", CLOUD_ZHU_2012)                             \
	ROW(water_probability, .5f,      0, 9, "1", CLOUD_ZHU_2012)  /* above */                   \
	/* cloud over land */                                                                      \
	ROW(percentile_low,    .175f,    0, 1, "1", CLOUD_ZHU_2012)                                \
	ROW(percentile_high,   .825f,    0, 1, "1", CLOUD_ZHU_2012)                                \
	ROW(land_cold,         4,       .1f, 99, "K", CLOUD_ZHU_2012)                              \
	ROW(land_add,          .2f,      0, 9, "1", CLOUD_ZHU_2012)                                \
	ROW(land_most,         .7f,      0, 9, "1", CLOUD_OURS)      /* the threshold is no more */\
	ROW(land_share,        .03f,     0, 1, "1", CLOUD_ZHU_2012)  /* clear land that it needs */\
	ROW(land_certain,      .99f,     0, 9, "1", CLOUD_ZHU_2012)  /* above */                   \
	ROW(very_cold,         35,       0, 200, "K", CLOUD_ZHU_2012)                              \
	ROW(neighbours,        5,        1, 9, "pixel", CLOUD_ZHU_2012) /* of 3 x 3 */             \
	/* cloud displacement index */                                                             \
	ROW(cdi_seed,          -.5f,    -1, 1, "1", CLOUD_FRANTZ_2018) /* below */                 \
	ROW(cdi_grow,          -.25f,   -1, 1, "1", CLOUD_FRANTZ_2018) /* below */                 \
	/* shadow */                                                                               \
	ROW(base_low,          .2f,      0, 20, "km", CLOUD_ZHU_2012)                              \
	ROW(base_high,         12,       0, 20, "km", CLOUD_ZHU_2012)                              \
	ROW(lapse_most,        9.8f,    .1f, 20, "K/km", CLOUD_ZHU_2012)                           \
	ROW(lapse_least,       1,       .1f, 20, "K/km", CLOUD_PYTHON_FMASK)                       \
	ROW(shadow_depth,      .02f,     0, 1, "1", CLOUD_PYTHON_FMASK) /* below surroundings */   \
	ROW(shadow_ratio,      .7f,      0, 1, "1", CLOUD_OURS)      /* of surroundings, at most */\
	ROW(shadow_cell,       960,    100, 9999, "m", CLOUD_OURS)   /* surroundings: 3 x 3 of it */\
	ROW(shadow_water,      .25f,     0, 1, "1", CLOUD_OURS)      /* of surroundings, at most */\
	ROW(shadow_slack,      60,       0, 999, "m", CLOUD_OURS)    /* of where it must be */     \
	/* margins */                                                                              \
	ROW(cloud_margin,      150,      0, 3000, "m", CLOUD_PYTHON_FMASK)                         \
	ROW(shadow_margin,     150,      0, 3000, "m", CLOUD_OURS)

#define CLOUD_LIMIT_MEMBER(member, value, low, high, unit, source) float member; /* NOLINT(bugprone-macro-parentheses) */
struct cloud_limits {
	CLOUD_LIMIT_ROWS(CLOUD_LIMIT_MEMBER)
};

/* The values of the table. */
#define CLOUD_LIMIT_VALUE(member, value, low, high, unit, source) .member = (value),
#define CLOUD_LIMITS ((struct cloud_limits){ CLOUD_LIMIT_ROWS(CLOUD_LIMIT_VALUE) })
// clang-format on

/* What the tests of a pixel found. */
enum cloud_test {
	CLOUD_VALID = 1,	/* every band has a value; else no other bit is set */
	CLOUD_POTENTIAL = 2,	/* potential cloud: _SPECTRAL or _CIRRUS */
	CLOUD_SPECTRAL = 4,	/* it has the spectrum of a cloud, whatever the cirrus band says */
	CLOUD_CIRRUS = 8,	/* bright in the cirrus band */
	CLOUD_WATER = 16,	/* dark in the NIR as water is */
	CLOUD_CLEAR_WATER = 32, /* water, and dark in the SWIR too */
	CLOUD_SNOW = 64,	/* snow or ice by its spectrum */
	CLOUD_BRIGHT = 128,	/* white, and bright in the SWIR: what a cloud over water must be */
};

/* A span's cloud variability: 1 is 200. */
#define CLOUD_VARIABILITY_ONE 200

/* v without its sign. */
static inline float cloud_size(float v)
{
	return v < 0.0f ? -v : v;
}

/* value where the pixel has a finite number in every band, else 0. */
static inline uint32_t cloud_if_valid(float blue, float green, float red, float nir, float swir1,
				      float swir2, uint8_t state, uint32_t value)
{
	float sum = blue + green + red + nir + swir1 + swir2;

	value = state & CALIB_FILL ? 0 : value;
	return sum - sum == 0.0f ? value : 0;
}

/*
 * Whiteness, sum |band - mean| / mean of the visible bands, 0 = white; 0 too where a bright pixel is
 * saturated, as its colour is lost.
 */
static inline float cloud_whiteness(float blue, float green, float red, uint8_t state,
				    struct cloud_limits l)
{
	float mean = reflectance_raise((blue + green + red) * (1.0f / 3.0f));
	float spread = cloud_size(blue - mean) + cloud_size(green - mean) + cloud_size(red - mean);
	float white = spread / mean;

	white = state & CALIB_SATURATED ? (mean > l.saturated ? 0.0f : white) : white;
	return white;
}

/*
 * 1 - max(|NDVI|, |NDSI|, whiteness) in units of 1 / CLOUD_VARIABILITY_ONE, rounded and clamped to
 * 0..1: how colourless the pixel is; 0 where it has no value.
 */
static inline uint8_t cloud_variability(float blue, float green, float red, float nir, float swir1,
					float swir2, uint8_t state, struct cloud_limits l)
{
	float most = cloud_whiteness(blue, green, red, state, l);
	float ndvi = cloud_size(norm_diff(nir, red)), ndsi = cloud_size(norm_diff(green, swir1));

	most = ndvi > most ? ndvi : most;
	most = ndsi > most ? ndsi : most;
	int32_t v = round_clamp((1.0f - most) * (float)CLOUD_VARIABILITY_ONE, 0.0f,
				(float)CLOUD_VARIABILITY_ONE);

	return (uint8_t)cloud_if_valid(blue, green, red, nir, swir1, swir2, state, (uint32_t)v);
}

/* Potential cloud by spectrum: steps 1 to 4 of Fmask without temperature, or bright and saturated. */
static inline uint32_t cloud_spectral(float blue, float green, float red, float nir, float swir1,
				      float swir2, uint8_t state, struct cloud_limits l)
{
	float mean = (blue + green + red) * (1.0f / 3.0f);
	uint32_t burnt = state & CALIB_SATURATED ? CLOUD_SPECTRAL : 0;
	uint32_t cloud = swir2 > l.swir2 ? CLOUD_SPECTRAL : 0;

	burnt = mean > l.saturated ? burnt : 0;
	cloud = norm_diff(green, swir1) < l.ndsi ? cloud : 0;
	cloud = norm_diff(nir, red) < l.ndvi ? cloud : 0;
	cloud = cloud_whiteness(blue, green, red, state, l) < l.whiteness ? cloud : 0;
	cloud = blue - l.hot_red * red - l.hot > 0.0f ? cloud : 0;
	cloud = nir > l.nir_swir1 * swir1 ? cloud : 0;
	return cloud | burnt;
}

/* Water and clear water: step 6 and 7. */
static inline uint32_t cloud_water(float red, float nir, float swir2, struct cloud_limits l)
{
	float ndvi = norm_diff(nir, red);
	uint32_t water = nir < l.water_nir ? CLOUD_WATER : 0;
	uint32_t dark = nir < l.water_dark_nir ? CLOUD_WATER : 0;
	uint32_t clear = swir2 < l.water_clear_swir2 ? CLOUD_CLEAR_WATER : 0;

	water = ndvi < l.water_ndvi ? water : 0;
	dark = ndvi < l.water_dark_ndvi ? dark : 0;
	water |= dark;
	return water | (water ? clear : 0);
}

/* Snow by its spectrum. */
static inline uint32_t cloud_snow(float green, float nir, float swir1, float swir2,
				  struct cloud_limits l)
{
	uint32_t snow = norm_diff(green, swir1) > l.snow_ndsi ? CLOUD_SNOW : 0;

	snow = nir > l.snow_nir ? snow : 0;
	snow = green > l.snow_green ? snow : 0;
	return swir2 < l.snow_swir2 ? snow : 0;
}

/* The tests of a pixel without those of cirrus, bits of enum cloud_test; state: of its bands (calib.h). */
static inline uint8_t cloud_test_bits(float blue, float green, float red, float nir, float swir1,
				      float swir2, uint8_t state, struct cloud_limits l)
{
	float white = cloud_whiteness(blue, green, red, state, l);
	uint32_t bits = cloud_spectral(blue, green, red, nir, swir1, swir2, state, l);
	uint32_t bright = swir1 > l.bright_swir1 ? CLOUD_BRIGHT : 0;

	bits |= bits ? CLOUD_POTENTIAL : 0;
	bits |= white < l.bright_whiteness ? bright : 0;
	bits |= cloud_water(red, nir, swir2, l) | cloud_snow(green, nir, swir1, swir2, l);
	bits |= CLOUD_VALID;
	return (uint8_t)cloud_if_valid(blue, green, red, nir, swir1, swir2, state, bits);
}

/* bits with the test of cirrus; a NaN is none. */
static inline uint8_t cloud_add_cirrus(uint8_t bits, float cirrus, struct cloud_limits l)
{
	uint32_t add = cirrus > l.cirrus ? CLOUD_CIRRUS | CLOUD_POTENTIAL : 0;

	return (uint8_t)(bits | (bits & CLOUD_VALID ? add : 0));
}

#endif
