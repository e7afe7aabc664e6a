/* SPDX-License-Identifier: Apache-2.0
 *
 * clarity.h - what is suspended or dissolved in one pixel's water, and how deep one sees into it.
 *
 * Arguments are reflectances of water, rho_w = pi Rrs, as in chlorophyll.h; NaN in, NaN out.
 */
#ifndef KERNELS_CLARITY_H
#define KERNELS_CLARITY_H

#include <stdbool.h>

#include "kernels/chlorophyll.h"
#include "kernels/power.h"

/* a rho / (1 - rho / c) */
struct turbidity_branch {
	float a, c;
};

struct turbidity_model {
	struct turbidity_branch red, nir;
	float low,
		high; /* red reflectance: up to here the red branch, from here on the NIR branch */
};

/* a rho / (1 - rho / c) + b */
struct nechad {
	float a, b, c;
};

/* Bands near 443, 490, 560 and 665 nm: wavelength [nm], absorption and backscattering of pure water [m-1]. */
struct qaa {
	float wavelength[4], aw[4], bbw[4];
};

/* None at c or beyond, where the model has no end; below 0 is noise, and 0. */
static inline float turbidity_branch(float rho, struct turbidity_branch b)
{
	float v = rho < 0.0f ? 0.0f : rho;

	return value_if(v < b.c, b.a * v / (1.0f - v / b.c));
}

/*
 * Turbidity [FNU] (Dogliotti et al. 2015, doi:10.1016/j.rse.2014.09.020): by red up to low, whatever
 * the NIR, even NaN; by NIR from high on, linear between.
 */
static inline float turbidity(float red, float nir, struct turbidity_model m)
{
	float by_red = turbidity_branch(red, m.red), by_nir = turbidity_branch(nir, m.nir);
	float share = (red - m.low) / (m.high - m.low);
	float between = (1.0f - share) * by_red + share * by_nir;
	float v = red >= m.high ? by_nir : between;

	return value_if(red == red, red <= m.low ? by_red : v);
}

/*
 * Suspended matter [g m-3] (Nechad et al. 2010, doi:10.1016/j.rse.2009.11.022); none from c / 2 on,
 * where the model saturates, nor below 0.
 */
static inline float nechad(float rho, struct nechad m)
{
	return value_if((rho >= 0.0f) & (rho < .5f * m.c), m.a * rho / (1.0f - rho / m.c) + m.b);
}

/* Absorption of dissolved organic matter at 440 nm [m-1], an index only (Ficek et al. 2011). */
static inline float cdom(float green, float red)
{
	return value_if((green > 0.0f) & (red > 0.0f), 3.65f * power_of(green / red, -1.93f));
}

/* Rrs just below the surface (Lee et al. 2002, doi:10.1364/AO.41.005755, equation 1). */
static inline float below_surface(float rrs)
{
	return rrs / (.52f + 1.7f * rrs);
}

/* bb / (a + bb) (Lee et al. 2002, equation 2, with Gordon's constants). */
static inline float qaa_u(float below)
{
	const float g0 = .08945f, g1 = .1247f;

	return (-g0 + __builtin_sqrtf(g0 * g0 + 4.0f * g1 * below)) / (2.0f * g1);
}

/* Diffuse attenuation [m-1] (Lee et al. 2013, doi:10.1002/jgrc.20308), the sun's zenith angle in degrees. */
static inline float attenuation(float a, float bb, float bbw, float sun_zenith_deg)
{
	float scattering = (1.0f - .265f * bbw / bb) * 4.26f * (1.0f - .52f * exp_of(-10.8f * a));

	return (1.0f + .005f * sun_zenith_deg) * a + scattering * bb;
}

/* What does not change within a span. */
struct qaa_span {
	struct qaa qaa;
	float log_wavelength[4];
	float sun_zenith_deg;
};

static inline struct qaa_span qaa_span(struct qaa qaa, float sun_zenith_deg)
{
	struct qaa_span s = { .qaa = qaa, .sun_zenith_deg = sun_zenith_deg };

	for (int i = 0; i < 4; i++)
		s.log_wavelength[i] = log_of(qaa.wavelength[i]);
	return s;
}

/* One band's light above and below the surface. */
struct qaa_light {
	float rrs, below, u;
};

static inline struct qaa_light qaa_light(float rho)
{
	struct qaa_light light = { .rrs = rho / CHL_PI };

	light.below = below_surface(light.rrs);
	light.u = qaa_u(light.below);
	return light;
}

/* Absorption where the water is clear, at green; by Rrs below the surface (QAA v5, Lee et al. 2009). */
static inline float qaa_clear(float b443, float b490, float green, float red, float aw)
{
	float x = log10_of((b443 + b490) / (green + 5.0f * red * red / b490));

	return aw + exp10_of(-1.1459f + x * (-1.36583f + x * -.469266f));
}

/* What the reference band says: the particles' backscattering there, and how it falls with wavelength. */
struct qaa_particles {
	float bbp, log_wavelength, slope;
};

static inline struct qaa_particles qaa_particles(struct qaa_light b443, struct qaa_light b490,
						 struct qaa_light green, struct qaa_light red,
						 const struct qaa_span *s)
{
	bool clear = red.rrs < .0015f;
	float a_clear = qaa_clear(b443.below, b490.below, green.below, red.below, s->qaa.aw[2]);
	float a_red = s->qaa.aw[3] + .39f * power_of(red.rrs / (b443.rrs + b490.rrs), 1.14f);
	float by_green = green.u * a_clear / (1.0f - green.u) - s->qaa.bbw[2];
	float by_red = red.u * a_red / (1.0f - red.u) - s->qaa.bbw[3];
	float log_wavelength = clear ? s->log_wavelength[2] : s->log_wavelength[3];
	float slope = 2.0f * (1.0f - 1.2f * exp_of(-.9f * b443.below / green.below));

	return (struct qaa_particles){ clear ? by_green : by_red, log_wavelength, slope };
}

/* Attenuation of a band; NaN where the model gives none that is positive. */
static inline float qaa_attenuation(const struct qaa_span *s, int i, struct qaa_light light,
				    struct qaa_particles p)
{
	float bbw = s->qaa.bbw[i];
	float bb = bbw + p.bbp * exp_of(p.slope * (p.log_wavelength - s->log_wavelength[i]));
	float a = (1.0f - light.u) * bb / light.u;
	float kd = attenuation(a, bb, bbw, s->sun_zenith_deg);

	return value_if((bb > 0.0f) & (kd > 0.0f), kd);
}

/*
 * Secchi depth [m]: QAA v6 (Lee et al. 2002; v6 of 2014: red is the reference where Rrs(red) is .0015 or
 * more), the reference wavelength being the band's own; attenuation of Lee et al. 2013; depth of Lee et
 * al. 2015, doi:10.1016/j.rse.2015.08.002, at the band of least attenuation.  Bands as in struct qaa.
 */
static inline float secchi(float rho443, float rho490, float rho_green, float rho_red,
			   const struct qaa_span *s)
{
	struct qaa_light b443 = qaa_light(rho443), b490 = qaa_light(rho490);
	struct qaa_light green = qaa_light(rho_green), red = qaa_light(rho_red);
	struct qaa_particles p = qaa_particles(b443, b490, green, red, s);
	float k443 = qaa_attenuation(s, 0, b443, p), k490 = qaa_attenuation(s, 1, b490, p);
	float k560 = qaa_attenuation(s, 2, green, p), k665 = qaa_attenuation(s, 3, red, p);
	float kd = k443, best = b443.rrs;

	best = k490 < kd ? b490.rrs : best;
	kd = k490 < kd ? k490 : kd;
	best = k560 < kd ? green.rrs : best;
	kd = k560 < kd ? k560 : kd;
	best = k665 < kd ? red.rrs : best;
	kd = k665 < kd ? k665 : kd;

	float contrast = .14f - best;
	float depth = log_of((contrast < 0.0f ? -contrast : contrast) / .013f) / (2.5f * kd);
	bool bands = (rho443 > 0.0f) & (rho490 > 0.0f) & (rho_green > 0.0f) & (rho_red > 0.0f);
	bool all = (k443 == k443) & (k490 == k490) & (k560 == k560) & (k665 == k665);

	/* Brighter than any water the contrast with the disk is lost: no depth. */
	return value_if(bands & all & (depth > 0.0f), depth);
}

#endif
