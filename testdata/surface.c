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
	{ "lake-ice",
	  { .41f, .42f, .42f, .38f, .36f, .33f, .305f, .28f, .2f, .0012f, .05f, .04f, 270 } },
	{ "snow",
	  { .815f, .82f, .8f, .78f, .765f, .74f, .72f, .7f, .52f, .0012f, .1f, .08f, 266 } },
	{ "dark-land",
	  { .055f, .06f, .07f, .08f, .085f, .09f, .095f, .1f, .098f, .0012f, .09f, .07f, 317 } },
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

double smooth_step(double a, double b, double v)
{
	double t = (v - a) / (b - a);

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return t * t * (3 - 2 * t);
}

void mixture_of(struct mixture *m, enum cover cover)
{
	memcpy(m->rho, covers[cover].rho, sizeof(m->rho));
	memset(m->share, 0, sizeof(m->share));
	m->share[cover] = 1;
}

void mixture_blend(struct mixture *m, enum cover cover, double weight)
{
	float w = (float)weight;

	if (weight <= 0)
		return;
	for (int i = 0; i < ROLE_COUNT; i++)
		m->rho[i] += w * (covers[cover].rho[i] - m->rho[i]);
	for (int i = 0; i < COVER_COUNT; i++)
		m->share[i] -= w * m->share[i];
	m->share[cover] += w;
}

void mixture_scale(struct mixture *m, double factor)
{
	for (int i = 0; i < ROLE_KELVIN; i++)
		if (i != ROLE_CIRRUS)
			m->rho[i] *= (float)factor;
}

void surface_water(const struct surface *s, double x, double y, double about, struct mixture *out)
{
	double u, v, near_shore;

	if (!s->natural) {
		mixture_of(out, s->water);
		return;
	}
	mixture_of(out, COVER_TURBID_WATER);
	u = (x - STRAIT_X) / BLEND_M + 0.6 * noise_octaves(s->seed + 100, x / 9000, y / 9000, 2);
	mixture_blend(out, COVER_CLEAR_WATER, smooth_step(-1, 1, u));
	u = (x - MOUTH_X) / PLUME_M;
	v = (y - MOUTH_Y) / PLUME_M;
	near_shore = x < STRAIT_X ? 0.4 * (1 - smooth_step(0, 900, fabs(about))) : 0;
	mixture_blend(out, COVER_VERY_TURBID_WATER, fmax(exp(-u * u - v * v), near_shore));
	mixture_scale(out, 1 + 0.05 * noise_octaves(s->seed + 110, x / 1100, y / 1100, 3));
}

static double reed_share(const struct surface *s, double x, double y, double about)
{
	double u = (x - DELTA_X) / DELTA_HALF_X, v = (y - DELTA_Y) / DELTA_HALF_Y;
	double delta = 1 - smooth_step(0.7, 1.1, sqrt(u * u + v * v)), fringe = 0;

	if (delta > 0)
		delta *= smooth_step(-0.35, 0.05,
				     noise_octaves(s->seed + 120, x / 2600, y / 2600, 3));
	if (fabs(about) < 900)
		fringe =
			(1 - smooth_step(300, 900, fabs(about))) *
			smooth_step(0.15, 0.3, noise_octaves(s->seed + 130, x / 7000, y / 7000, 2));
	return fmax(delta, fringe);
}

static void salt_crust(const struct surface *s, double x, double y, double about,
		       struct mixture *out)
{
	double from_shore = fabs(about), crust;

	if (!s->salt || from_shore > 1500)
		return;
	crust = smooth_step(0.05, 0.2, noise_octaves(s->seed + 150, x / 3300, y / 3300, 3)) *
		(1 - smooth_step(900, 1500, from_shore));
	mixture_blend(out, COVER_SALT, crust);
	mixture_blend(out, COVER_WET_SALT, crust * (1 - smooth_step(60, 200, from_shore)));
}

float surface_land(const struct surface *s, double x, double y, double about, struct mixture *out)
{
	double wide, fine, reed, green;

	mixture_of(out, s->natural ? COVER_SAND : s->land);
	if (!s->natural)
		return s->land == COVER_GREEN_REED || s->land == COVER_DRY_REED;
	wide = noise_octaves(s->seed + 140, x / 5200, y / 5200, 3);
	fine = noise_octaves(s->seed + 145, x / 170, y / 170, 3);
	mixture_scale(out, 1 + 0.16 * wide + 0.06 * fine);
	salt_crust(s, x, y, about, out);
	reed = reed_share(s, x, y, about);
	if (reed > 0) {
		green = smooth_step(-0.25, 0.25,
				    noise_octaves(s->seed + 125, x / 1300, y / 1300, 3));
		mixture_blend(out, COVER_DRY_REED, reed);
		mixture_blend(out, COVER_GREEN_REED, reed * green);
		mixture_scale(out, 1 + 0.08 * fine);
	}
	return (float)reed;
}
