/* SPDX-License-Identifier: Apache-2.0
 *
 * chlorophyll.h - chlorophyll-a [mg m-3] of one pixel from the colour of its water.
 *
 * Arguments are reflectances of water, rho_w = pi Rrs, with what the surface mirrors taken off (quality.h):
 * blue ~443 and ~490 nm, green ~560, red ~665, edge705, edge740, edge783 the red edge.  A band that
 * is zero or negative gives no value where a ratio needs it, nor does NaN: the result is NaN.  Which
 * coefficients belong to which sensor: pipeline/stage/quantity.c and pipeline/io/water_optics.c, with
 * sources; what each is good for: docs/water-quality.md.
 */
#ifndef KERNELS_CHLOROPHYLL_H
#define KERNELS_CHLOROPHYLL_H

#include <stdbool.h>

#include "kernels/number.h"
#include "kernels/power.h"

#define CHL_PI 3.14159265f

/* c0 + c1 t + c2 t^2 */
struct chl_poly {
	float c0, c1, c2;
};

/* 10^(a0 + a1 x + .. + a4 x^4), x = log10 of blue over green */
struct chl_oc {
	float a[5];
};

/* (gain t + offset)^exponent */
struct chl_power {
	float gain, offset, exponent;
};

/* Absorption of water at 705 and 665 nm [m-1], exponent of the backscattering, specific absorption
 * of chlorophyll at 665 nm [m2 mg-1]. */
struct chl_gons {
	float aw705, aw665, bb_exponent, a_star;
};

/* Of the default algorithm. */
struct chl_limits {
	float q_low,
		q_span; /* 705 over 665 nm: where the red edge begins to count, and how wide the blend is */
	float red_least;	  /* red up to which the red edge does not count */
	float turbid;		  /* FNU from which mud decides unless the red edge counts */
	float blue_green, q_blue; /* brown water: no value below both */
};

static inline float polynomial2(struct chl_poly c, float t)
{
	return c.c0 + t * (c.c1 + t * c.c2);
}

static inline float value_if(bool good, float v)
{
	return good ? one_nan(v) : __builtin_nanf("");
}

/*
 * OC2, OC3: a polynomial of the logarithm of blue over green, the larger of two blues (O'Reilly
 * et al. 1998, doi:10.1029/98JC02160).  OC2: the same blue twice.
 */
static inline float chl_oc(float blue1, float blue2, float green, struct chl_oc c)
{
	float x = log10_of((blue1 > blue2 ? blue1 : blue2) / green);
	float e = c.a[0] + x * (c.a[1] + x * (c.a[2] + x * (c.a[3] + x * c.a[4])));

	return value_if((blue1 > 0.0f) & (blue2 > 0.0f) & (green > 0.0f), exp10_of(e));
}

/*
 * Rrs of a band at 558 to 562 nm as if it were at 555 (NASA's OBPG, ocean colour documentation of
 * chlor_a: conversion of green bands).
 */
static inline float green_at_555(float rrs)
{
	float low = exp10_of(1.023f * log10_of(rrs) + .103624f);

	return rrs < .001148f ? low : .979f * rrs + .000121f;
}

/*
 * CI, for the clearest water: the height of green above the line from blue (443 nm) to red; weight
 * is (555 - blue) / (red - blue) [nm] (Hu et al. 2012, doi:10.1029/2011JC007395; constants of Hu et
 * al. 2019, doi:10.1029/2019JC014941).
 */
static inline float chl_ci(float blue, float green, float red, float weight)
{
	float b = blue / CHL_PI, g = green / CHL_PI, r = red / CHL_PI;
	float ci = green_at_555(g) - (b + weight * (r - b));

	return value_if((blue > 0.0f) & (green > 0.0f) & (red > 0.0f),
			exp10_of(-.4287f + 230.47f * ci));
}

/* ci where that is at most low, oc where ci is at least high, linear between (Hu et al. 2012). */
static inline float chl_blend(float ci, float oc, float low, float high)
{
	float share = (ci - low) / (high - low);
	float v = ci >= high ? oc : (1.0f - share) * ci + share * oc;

	return value_if((ci == ci) & (oc == oc), ci <= low ? ci : v);
}

/*
 * A parabola of NDCI = (705 - 665) / (705 + 665) (Mishra and Mishra 2012,
 * doi:10.1016/j.rse.2011.10.016).  monotonic: no value on the arm where chlorophyll falls while the index rises.
 */
static inline float chl_ndci(float red, float edge705, struct chl_poly c, bool monotonic)
{
	float t = (edge705 - red) / (edge705 + red);
	bool rising = !monotonic | (t >= -c.c1 / (2.0f * c.c2));

	return value_if((red > 0.0f) & (edge705 > 0.0f) & rising, polynomial2(c, t));
}

/* A parabola of 705 over 665 nm; none below 0. */
static inline float chl_ratio(float red, float edge705, struct chl_poly c)
{
	float v = polynomial2(c, edge705 / red);

	return value_if((red > 0.0f) & (edge705 > 0.0f) & (v >= 0.0f), v);
}

/* A power of 705 over 665 nm. */
static inline float chl_ratio_power(float red, float edge705, struct chl_power c)
{
	float base = c.gain * (edge705 / red) + c.offset;

	return value_if((red > 0.0f) & (edge705 > 0.0f), power_of(base, c.exponent));
}

/* Three bands: edge740 (1 / red - 1 / edge705) (Dall'Olmo et al. 2003, doi:10.1029/2003GL018065). */
static inline float three_bands(float red, float edge705, float edge740)
{
	float t = edge740 * (1.0f / red - 1.0f / edge705);

	return (red > 0.0f) & (edge705 > 0.0f) & (edge740 > 0.0f) ? t : __builtin_nanf("");
}

/* A parabola of three bands; none below 0. */
static inline float chl_three(float red, float edge705, float edge740, struct chl_poly c)
{
	float v = polynomial2(c, three_bands(red, edge705, edge740));

	return value_if(v >= 0.0f, v);
}

/* A power of three bands. */
static inline float chl_three_power(float red, float edge705, float edge740, struct chl_power c)
{
	return power_of(c.gain * three_bands(red, edge705, edge740) + c.offset, c.exponent);
}

/*
 * 705 over 665 nm, with the backscattering that 783 nm shows (Gons et al. 2005,
 * doi:10.1080/01431160500034086):
 *	bb = 1.61 rho783 / (.082 - .6 rho783)
 *	((705 / 665) (aw705 + bb) - aw665 - bb^exponent) / a_star
 * None unless red > .005, 705 / 665 > .63 and bb > 0; none below 0.
 */
static inline float chl_gons(float red, float edge705, float edge783, struct chl_gons c)
{
	float q = edge705 / red, bb = 1.61f * edge783 / (.082f - .6f * edge783);
	float v = (q * (c.aw705 + bb) - c.aw665 - power_of(bb, c.bb_exponent)) / c.a_star;

	return value_if((red > .005f) & (q > .63f) & (bb > 0.0f) & (v >= 0.0f), v);
}

/*
 * Height of the middle band above the line from left to right; weight is (middle - left) / (right -
 * left) [nm].  MCI: 665, 705, 740 nm (Gower et al. 2005, doi:10.1080/01431160500075857); FAI: red, NIR,
 * SWIR1 (Hu 2009, doi:10.1016/j.rse.2009.05.012); AFAI: 665, 740, 865 nm (Wang and Hu 2016,
 * doi:10.1016/j.rse.2016.04.019).
 */
static inline float line_height(float left, float middle, float right, float weight)
{
	return one_nan(middle - left - (right - left) * weight);
}

/* Share of the red edge in the default's blend, of q = 705 over 665 nm. */
static inline float chl_edge_share(float q, float red, struct chl_limits l)
{
	float share = (q - l.q_low) / l.q_span;

	share = share > 0.0f ? share : 0.0f;
	share = share < 1.0f ? share : 1.0f;
	return red > l.red_least ? share : 0.0f;
}

/*
 * The default where there is a band at 705 nm: OC2 where the red edge says nothing, NDCI where it
 * rises, between them the weighted geometric mean (after Smith et al. 2018,
 * doi:10.1016/j.rse.2018.06.002).  None where no algorithm is better than a constant: where mud decides, turbidity
 * [FNU] at least l.turbid (or NaN: beyond its own range) and q below l.q_low; and in brown water.
 */
static inline float chl_default(float blue, float green, float red, float edge705, float turbidity,
				struct chl_oc oc, struct chl_poly ndci, struct chl_limits l)
{
	float q = edge705 / red, share = chl_edge_share(q, red, l);
	float clear = chl_oc(blue, blue, green, oc);
	float green_water = polynomial2(ndci, (edge705 - red) / (edge705 + red));
	float log_clear = log_of(clear), log_green = log_of(green_water);
	float mixed = exp_of((1.0f - share) * log_clear + share * log_green);
	bool muddy = !(turbidity < l.turbid) & (q < l.q_low);
	bool brown = (blue / green < l.blue_green) & (q < l.q_blue);

	return value_if((red > 0.0f) & (edge705 == edge705) & !muddy & !brown,
			share > 0.0f ? mixed : clear);
}

/* The default where there is none: OC2 (or OC3) in clear water, nothing elsewhere. */
static inline float chl_clear(float blue1, float blue2, float green, float turbidity,
			      struct chl_oc oc, float turbid, float blue_green)
{
	float most = blue1 > blue2 ? blue1 : blue2;

	return value_if((turbidity < turbid) & (most / green >= blue_green),
			chl_oc(blue1, blue2, green, oc));
}

/* A term c ln(a / b) of a regression, added to sum. */
static inline float log_add(float sum, float c, float a, float b)
{
	return value_if((a > 0.0f) & (b > 0.0f), sum + c * log_of(a / b));
}

#endif
