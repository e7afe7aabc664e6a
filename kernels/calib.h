/* SPDX-License-Identifier: Apache-2.0
 *
 * calib.h - stored values to reflectance: pure functions of one pixel.
 */
#ifndef KERNELS_CALIB_H
#define KERNELS_CALIB_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/number.h"

/* Linear calibration of a stored value: reflectance = dn * gain + bias [1]; both finite. */
struct calib {
	float gain, bias;
	uint16_t fill; /* stored value meaning "no observation" */
	uint16_t
		saturated; /* stored value meaning "too bright to measure"; = fill: there is none */
};

/*
 * What the bands of a pixel say of themselves, ORed over the bands, starting from 0.
 * CALIB_VALID alone: all of them hold a measurement.
 */
enum calib_state {
	CALIB_FILL = 1,	     /* some band has no observation */
	CALIB_SATURATED = 2, /* some band is saturated */
	CALIB_VALID = 4,     /* some band has an observation; set with CALIB_FILL: an edge */
};

static inline float calib_apply(uint16_t dn, struct calib c)
{
	return (float)dn * c.gain + c.bias;
}

/* What one band says of itself; a saturated value is an observation too. */
static inline uint8_t calib_state(uint16_t dn, struct calib c)
{
	uint8_t seen = dn == c.fill ? CALIB_FILL : CALIB_VALID;
	bool bright = (dn == c.saturated) & (c.saturated != c.fill);

	return seen | (bright ? CALIB_SATURATED : 0);
}

/*
 * Rayleigh scattering of the air above a scene in one band: what it adds to
 * the reflectance at the top of the atmosphere, and 1 / what it lets through
 * both ways.  rho = (rho_toa - path) * gain.  The two numbers come from
 * pipeline/io/rayleigh.h.
 */
struct rayleigh {
	float path, gain;
};

static inline float rayleigh_apply(float rho_toa, struct rayleigh c)
{
	return one_nan((rho_toa - c.path) * c.gain);
}

/*
 * The scale of Landsat Collection 2 surface reflectance, used for every sensor
 * where reflectance is kept as an integer: rho = packed * 2.75e-5 - 0.2, 0 = fill
 * (USGS LSDS-1619, Landsat 8-9 Collection 2 Level 2 Science Product Guide, table 6-1).
 */
#define PACK_GAIN 2.75e-5f
#define PACK_BIAS (-0.2f)

/* Reflectance on that scale, rounded half up and clamped to 1..65535; 0 where it is NaN. */
static inline uint16_t pack_apply(float rho)
{
	int32_t packed = round_clamp((rho - PACK_BIAS) / PACK_GAIN, 1.0f, 65535.0f);

	return (uint16_t)(rho == rho ? packed : 0);
}

#endif
