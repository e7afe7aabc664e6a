/* SPDX-License-Identifier: Apache-2.0
 *
 * quality.h - what makes a pixel's quantities doubtful, and what the surface mirrors.
 */
#ifndef KERNELS_QUALITY_H
#define KERNELS_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/number.h"

/* Flags of a pixel's quantities (layer "quality"); names for people stand in pipeline/io/layer.c. */
enum quality {
	QUALITY_NEGATIVE = 1, /* a band is zero, negative or NaN: not all quantities have a value */
	QUALITY_BRIGHT = 2,   /* too bright in the infrared: glint, haze, a cloud's edge, plants */
	QUALITY_TURBID = 4,   /* mineral-turbid */
	QUALITY_NO_SKILL = 8, /* chlorophyll: no better than a constant here, so no value */
	QUALITY_RANGE = 16,   /* a value outside of the range that was published */
	QUALITY_RESIDUAL =
		32, /* chlorophyll: a small residual in the bands decides about its branch */
	QUALITY_BLOOM = 64,    /* floating algae or plants */
	QUALITY_SHALLOW = 128, /* the bottom may be seen */
};

static inline uint8_t quality_if(bool raised, uint8_t flag)
{
	return raised ? flag : 0;
}

/*
 * What is left of glint and haze over water, which is black in the SWIR: the darker of two SWIR
 * bands, within 0..most; NaN stays (Wang and Shi 2007, doi:10.1364/OE.15.015722; the smaller one, as there
 * is water that is not black at 1.6 um).
 */
static inline float residual(float swir1, float swir2, float most)
{
	float v = swir1 < swir2 ? swir1 : swir2;

	v = v < 0.0f ? 0.0f : v;
	return (swir1 == swir1) & (swir2 == swir2) ? (v > most ? most : v) : __builtin_nanf("");
}

/* A band that is zero, negative or NaN. */
static inline uint8_t quality_bands(float rho)
{
	return quality_if(!(rho > 0.0f), QUALITY_NEGATIVE);
}

/* Infrared light that no water returns. */
static inline uint8_t quality_bright(float nir, float swir1, float nir_most, float swir1_most)
{
	return quality_if((nir >= nir_most) | (swir1 >= swir1_most), QUALITY_BRIGHT);
}

static inline uint8_t quality_above(float v, float limit, uint8_t flag)
{
	return quality_if(v >= limit, flag);
}

/* At the limit or above it, or NaN: beyond the range of what v is made by. */
static inline uint8_t quality_not_below(float v, float limit, uint8_t flag)
{
	return quality_if(!(v < limit), flag);
}

/* NaN is in no range, and outside of none. */
static inline uint8_t quality_range(float v, float low, float high)
{
	return quality_if((v < low) | (v > high), QUALITY_RANGE);
}

/* No value, though the bands are good. */
static inline uint8_t quality_no_skill(float v, uint8_t flags)
{
	return quality_if(!(v == v) & !(flags & (QUALITY_NEGATIVE | QUALITY_BRIGHT)),
			  QUALITY_NO_SKILL);
}

/*
 * Whether 705 / 665 nm lies above or below q_low would change if both bands had at most so much
 * more or less: |705 - q_low 665| < residual |1 - q_low|.
 */
static inline uint8_t quality_foot(float red, float edge705, float q_low, float residual)
{
	float apart = edge705 - q_low * red, reach = residual * (1.0f - q_low);

	apart = apart < 0.0f ? -apart : apart;
	reach = reach < 0.0f ? -reach : reach;
	return quality_if(apart < reach, QUALITY_RESIDUAL);
}

#endif
