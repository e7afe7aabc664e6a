/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sky.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "testdata/noise.h"

#define RING_M	     90.0 /* three Landsat pixels */
#define OPAQUE_SHARE 0.85
#define BULGE_MAX    1.5 /* no radius exceeds r by more than this factor */
#define SHADOW_LIGHT 0.38f

void sky_init(struct sky *s, int count, uint64_t seed, const struct grid *g, const struct air *a)
{
	double width = g->width * g->pixel_m, height = g->height * g->pixel_m;
	double side = fmin(width, height);
	double shadow = tan(a->sun_zenith * M_PI / 180);

	*s = (struct sky){ .count = count < CLOUD_MAX ? count : CLOUD_MAX };
	s->shadow_e = -shadow * sin(a->sun_azimuth * M_PI / 180);
	s->shadow_n = -shadow * cos(a->sun_azimuth * M_PI / 180);
	for (int i = 0; i < s->count; i++) {
		struct cloud *c = &s->cloud[i];

		c->e = g->e0 + width * (0.05 + 0.9 * hash_unit(hash_place(seed, i, 0)));
		c->n = g->n0 - height * (0.05 + 0.9 * hash_unit(hash_place(seed, i, 1)));
		c->r = fmin(side * (0.02 + 0.06 * hash_unit(hash_place(seed, i, 2))), 6000);
		c->height_m = 900 + 1500 * hash_unit(hash_place(seed, i, 3));
		for (int k = 0; k < CLOUD_WAVES; k++) {
			double size = 0.22 / (k + 1) * hash_unit(hash_place(seed, i, 10 + k));
			double turn = 2 * M_PI * hash_unit(hash_place(seed, i, 20 + k));

			c->c[k] = size * cos(turn);
			c->s[k] = size * sin(turn);
		}
	}
}

/* The radius towards the unit vector (u, v): powers of u + iv give the waves. */
static double radius_towards(const struct cloud *c, double u, double v)
{
	double re = u, im = v, sum = 1;

	for (int k = 0; k < CLOUD_WAVES; k++) {
		double next = re * u - im * v;

		im = re * v + im * u;
		re = next;
		sum += c->c[k] * re + c->s[k] * im;
	}
	return c->r * sum;
}

void sky_edge(const struct cloud *c, double angle, double *e, double *n)
{
	double r = radius_towards(c, cos(angle), sin(angle));

	*e = c->e + r * cos(angle);
	*n = c->n + r * sin(angle);
}

/* How opaque at (de, dn) from the centre; *beyond: metres outside the edge, 0 inside. */
static double opacity_at(const struct cloud *c, double de, double dn, double *beyond)
{
	double d = sqrt(de * de + dn * dn), r = d > 0 ? radius_towards(c, de / d, dn / d) : c->r;

	*beyond = d < r ? 0 : d - r;
	if (d <= OPAQUE_SHARE * r)
		return 1;
	return d < r ? (r - d) / ((1 - OPAQUE_SHARE) * r) : 0;
}

/* The columns that a cloud displaced by (de, dn) may touch in a row; false: none. */
static bool columns(const struct cloud *c, const double d[2], const struct grid *g, int row,
		    int span[2])
{
	double reach = BULGE_MAX * c->r + RING_M, n = g->n0 - (row + 0.5) * g->pixel_m;
	double from = (c->e + d[0] - reach - g->e0) / g->pixel_m;
	double to = (c->e + d[0] + reach - g->e0) / g->pixel_m;

	if (fabs(n - c->n - d[1]) > reach || to < 0 || from >= g->width)
		return false;
	span[0] = from < 0 ? 0 : (int)from;
	span[1] = to >= g->width ? g->width : (int)to + 1;
	return true;
}

static void add_shadow(const struct sky *s, const struct cloud *c, const struct grid *g, int row,
		       float *light, uint8_t *bits)
{
	double d[2] = { s->shadow_e * c->height_m, s->shadow_n * c->height_m }, beyond;
	double n = g->n0 - (row + 0.5) * g->pixel_m - c->n - d[1];
	int span[2];

	if (!columns(c, d, g, row, span))
		return;
	for (int i = span[0]; i < span[1]; i++) {
		double e = g->e0 + (i + 0.5) * g->pixel_m - c->e - d[0];
		float dark = (float)opacity_at(c, e, n, &beyond);

		if (dark <= 0)
			continue;
		light[i] = fminf(light[i], 1 - (1 - SHADOW_LIGHT) * dark);
		bits[i] |= SKY_SHADOW;
	}
}

double sky_kelvin(const struct cloud *c)
{
	return SKY_GROUND_KELVIN - SKY_LAPSE * c->height_m;
}

/* The opacity of one cloud, displaced, where it is more than what is there. */
static void add_veil(const struct cloud *c, const double shift[2], const struct grid *g, int row,
		     float *opacity)
{
	const double d[2] = { shift[0] * c->height_m, shift[1] * c->height_m };
	double n = g->n0 - (row + 0.5) * g->pixel_m - c->n - d[1], beyond;
	int span[2];

	if (!columns(c, d, g, row, span))
		return;
	for (int i = span[0]; i < span[1]; i++) {
		double e = g->e0 + (i + 0.5) * g->pixel_m - c->e - d[0];

		opacity[i] = fmaxf(opacity[i], (float)opacity_at(c, e, n, &beyond));
	}
}

void sky_veil(const struct sky *s, const struct grid *g, int row, const double shift[2],
	      float *opacity)
{
	memset(opacity, 0, (size_t)g->width * sizeof(*opacity));
	for (int k = 0; k < s->count; k++)
		add_veil(&s->cloud[k], shift, g, row, opacity);
}

static void add_cloud(const struct cloud *c, const struct grid *g, int row, float *opacity,
		      float *kelvin, uint8_t *bits)
{
	double n = g->n0 - (row + 0.5) * g->pixel_m - c->n, beyond;
	int span[2];

	if (!columns(c, (const double[]){ 0, 0 }, g, row, span))
		return;
	for (int i = span[0]; i < span[1]; i++) {
		double e = g->e0 + (i + 0.5) * g->pixel_m - c->e;
		float a = (float)opacity_at(c, e, n, &beyond);

		if (a > opacity[i])
			kelvin[i] = (float)sky_kelvin(c);
		opacity[i] = fmaxf(opacity[i], a);
		if (a > 0)
			bits[i] |= SKY_CLOUD;
		else if (beyond <= RING_M)
			bits[i] |= SKY_NEAR;
	}
}

void sky_row(const struct sky *s, const struct grid *g, int row, float *opacity, float *light,
	     float *kelvin, uint8_t *bits)
{
	for (int i = 0; i < g->width; i++) {
		opacity[i] = 0;
		light[i] = 1;
		bits[i] = 0;
	}
	for (int k = 0; k < s->count; k++) {
		add_shadow(s, &s->cloud[k], g, row, light, bits);
		add_cloud(&s->cloud[k], g, row, opacity, kelvin, bits);
	}
	for (int i = 0; s->count && i < g->width; i++) {
		if (bits[i] & SKY_CLOUD)
			bits[i] &= (uint8_t) ~(SKY_NEAR | SKY_SHADOW);
		if (bits[i] & SKY_CLOUD && opacity[i] < 1)
			bits[i] |= SKY_THIN;
	}
}
