/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/surface.h"

#include <math.h>
#include <string.h>

#include "testdata/noise.h"

/*
 * Blue, green, red, NIR, SWIR1, SWIR2 are typical values of these covers; the
 * others are smooth fill-ins.  The waters: clear east and turbid west of
 * Balkhash, and the plume of the Ili.
 */
const struct cover_facts covers[COVER_COUNT] = {
	{ "clear-water",
	  { .032f, .03f, .025f, .01f, .008f, .0055f, .005f, .005f, .004f, .0012f, .003f, .002f,
	    294 } },
	{ "turbid-water",
	  { .075f, .1f, .14f, .13f, .115f, .07f, .066f, .06f, .045f, .0012f, .01f, .006f, 296 } },
	{ "very-turbid-water",
	  { .09f, .12f, .18f, .2f, .19f, .15f, .147f, .14f, .11f, .0012f, .03f, .015f, 297 } },
	{ "sand",
	  { .12f, .15f, .22f, .28f, .295f, .31f, .325f, .34f, .36f, .0012f, .42f, .38f, 313 } },
	{ "salt", { .41f, .45f, .5f, .52f, .525f, .53f, .535f, .54f, .5f, .0012f, .4f, .3f, 307 } },
	{ "wet-salt",
	  { .26f, .28f, .31f, .32f, .318f, .312f, .306f, .3f, .2f, .0012f, .09f, .05f, 299 } },
	{ "green-reed",
	  { .03f, .035f, .07f, .05f, .12f, .27f, .33f, .35f, .34f, .0012f, .18f, .09f, 300 } },
	{ "dry-reed",
	  { .06f, .075f, .11f, .15f, .17f, .2f, .22f, .23f, .235f, .0012f, .28f, .2f, 305 } },
	{ "cloud", { .44f, .45f, .46f, .47f, .475f, .48f, .49f, .5f, .4f, .02f, .4f, .3f, 268 } },
};

/* In PLANE_LAEA: the Uzynaral strait (75.47 E), and the mouth of the Ili (74.2 E 45.35 N). */
#define STRAIT_X (-64000.0)
#define BLEND_M	 25000.0
#define MOUTH_X	 (-164500.0)
#define MOUTH_Y	 (-70100.0)
#define PLUME_M	 22000.0
/* The reed beds of the delta: an ellipse about 74.65 E 45.3 N. */
#define DELTA_X	     (-129400.0)
#define DELTA_Y	     (-76500.0)
#define DELTA_HALF_X 55000.0
#define DELTA_HALF_Y 42000.0

int cover_find(const char *name)
{
	for (int i = 0; i < COVER_COUNT; i++)
		if (!strcmp(covers[i].name, name))
			return i;
	return -1;
}

/* 0 below a, 1 above b, smooth between. */
static double step(double a, double b, double v)
{
	double t = (v - a) / (b - a);

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return t * t * (3 - 2 * t);
}

/* rho = rho * (1 - weight) + cover * weight */
static void blend(float rho[ROLE_COUNT], enum cover cover, double weight)
{
	float w = (float)weight;

	if (weight <= 0)
		return;
	for (int i = 0; i < ROLE_COUNT; i++)
		rho[i] += w * (covers[cover].rho[i] - rho[i]);
}

/* Brightness: every reflectance but the cirrus band, which does not see the ground. */
static void scale(float rho[ROLE_COUNT], double factor)
{
	for (int i = 0; i < ROLE_KELVIN; i++)
		if (i != ROLE_CIRRUS)
			rho[i] *= (float)factor;
}

void surface_water(const struct surface *s, double x, double y, double about, float rho[ROLE_COUNT])
{
	double u, v, near_shore;

	if (!s->natural) {
		memcpy(rho, covers[s->water].rho, sizeof(covers[s->water].rho));
		return;
	}
	memcpy(rho, covers[COVER_TURBID_WATER].rho, sizeof(covers[0].rho));
	u = (x - STRAIT_X) / BLEND_M + 0.6 * noise_octaves(s->seed + 100, x / 9000, y / 9000, 2);
	blend(rho, COVER_CLEAR_WATER, step(-1, 1, u));
	u = (x - MOUTH_X) / PLUME_M;
	v = (y - MOUTH_Y) / PLUME_M;
	near_shore = x < STRAIT_X ? 0.4 * (1 - step(0, 900, fabs(about))) : 0;
	blend(rho, COVER_VERY_TURBID_WATER, fmax(exp(-u * u - v * v), near_shore));
	scale(rho, 1 + 0.05 * noise_octaves(s->seed + 110, x / 1100, y / 1100, 3));
}

static double reed_share(const struct surface *s, double x, double y, double about)
{
	double u = (x - DELTA_X) / DELTA_HALF_X, v = (y - DELTA_Y) / DELTA_HALF_Y;
	double delta = 1 - step(0.7, 1.1, sqrt(u * u + v * v)), fringe = 0;

	if (delta > 0)
		delta *= step(-0.35, 0.05, noise_octaves(s->seed + 120, x / 2600, y / 2600, 3));
	if (fabs(about) < 900)
		fringe = (1 - step(300, 900, fabs(about))) *
			 step(0.15, 0.3, noise_octaves(s->seed + 130, x / 7000, y / 7000, 2));
	return fmax(delta, fringe);
}

static void salt_crust(const struct surface *s, double x, double y, double about,
		       float rho[ROLE_COUNT])
{
	double from_shore = fabs(about), crust;

	if (!s->salt || from_shore > 1500)
		return;
	crust = step(0.05, 0.2, noise_octaves(s->seed + 150, x / 3300, y / 3300, 3)) *
		(1 - step(900, 1500, from_shore));
	blend(rho, COVER_SALT, crust);
	blend(rho, COVER_WET_SALT, crust * (1 - step(60, 200, from_shore)));
}

float surface_land(const struct surface *s, double x, double y, double about, float rho[ROLE_COUNT])
{
	double wide, fine, reed, green;

	memcpy(rho, covers[s->natural ? COVER_SAND : s->land].rho, sizeof(covers[0].rho));
	if (!s->natural)
		return s->land == COVER_GREEN_REED || s->land == COVER_DRY_REED;
	wide = noise_octaves(s->seed + 140, x / 5200, y / 5200, 3);
	fine = noise_octaves(s->seed + 145, x / 170, y / 170, 3);
	scale(rho, 1 + 0.16 * wide + 0.06 * fine);
	salt_crust(s, x, y, about, rho);
	reed = reed_share(s, x, y, about);
	if (reed > 0) {
		green = step(-0.25, 0.25, noise_octaves(s->seed + 125, x / 1300, y / 1300, 3));
		blend(rho, COVER_DRY_REED, reed);
		blend(rho, COVER_GREEN_REED, reed * green);
		scale(rho, 1 + 0.08 * fine);
	}
	return (float)reed;
}
