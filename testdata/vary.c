/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/vary.h"

#include <math.h>

#include "testdata/noise.h"

/*
 * Variance of noise_smooth() over the plane: that of a number in -1..1, 1/3, times the mean of
 * s^2 + (1 - s)^2 with s = 3 u^2 - 2 u^3 over u in 0..1, which is 26/35, in either direction.
 */
#define SMOOTH_VARIANCE (26.0 / 35 * 26.0 / 35 / 3)
/* Heights of the three octaves are 1, 1/2, 1/4, divided by their sum. */
#define OCTAVES_VARIANCE (SMOOTH_VARIANCE * (1 + 1.0 / 4 + 1.0 / 16) / (1.75 * 1.75))

static double wave(const struct vary *v, double x, double y, double turn)
{
	double phase = 2 * M_PI * (hash_unit(hash64(v->seed ^ 0x3a7e)) + turn);
	double step = 2 * M_PI / VARY_ALONG_M;

	return v->along * (sin(step * x + phase) + sin(step * y + phase)) / 2;
}

double vary_land(const struct vary *v, double x, double y)
{
	double texture = 0, along = 0;

	if (v->texture > 0)
		texture = v->texture / sqrt(OCTAVES_VARIANCE) *
			  noise_octaves(v->seed + 160, x / VARY_TEXTURE_M, y / VARY_TEXTURE_M, 3);
	if (v->along > 0)
		along = wave(v, x, y, 0);
	return fmax(0, (1 + texture) * (1 + along));
}

double vary_water(const struct vary *v, double x, double y)
{
	return v->along > 0 ? 1 + wave(v, x, y, 0.25) : 1;
}
