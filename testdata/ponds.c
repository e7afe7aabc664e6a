/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/ponds.h"

#include <math.h>
#include <stdbool.h>

#include "testdata/noise.h"

enum { TRIES = 5000, CORNERS_MAX = 8 };

/* Distance between ponds, in pixels. */
#define APART 4

/* In pixels and degrees; the phase of the centre against the lattice goes in quarters, large ones first. */
static const struct form {
	enum pond_kind kind;
	double width, length, turn_deg;
} forms[PONDS_ALL] = {
	{ POND_CHANNEL, 1, 24, 0 },   { POND_CHANNEL, 2, 24, 90 },   { POND_CHANNEL, 3, 24, 0 },
	{ POND_CHANNEL, 1, 24, 30 },  { POND_CHANNEL, 2, 24, 63 },   { POND_CHANNEL, 3, 24, -17 },
	{ POND_DISK, 10, 10, 0 },     { POND_DISK, 8, 8, 0 },	     { POND_DISK, 6, 6, 0 },
	{ POND_DISK, 5, 5, 0 },	      { POND_DISK, 4, 4, 0 },	     { POND_DISK, 3, 3, 0 },
	{ POND_DISK, 2.5, 2.5, 0 },   { POND_DISK, 2, 2, 0 },	     { POND_DISK, 1.5, 1.5, 0 },
	{ POND_DISK, 1, 1, 0 },	      { POND_RECTANGLE, 6, 10, 0 },  { POND_RECTANGLE, 5, 8, 25 },
	{ POND_RECTANGLE, 4, 4, 0 },  { POND_RECTANGLE, 3, 5, -40 }, { POND_RECTANGLE, 3, 3, 0 },
	{ POND_RECTANGLE, 2, 4, 70 }, { POND_RECTANGLE, 2, 2, 0 },   { POND_RECTANGLE, 2, 3, 45 },
	{ POND_RECTANGLE, 1, 1, 0 },  { POND_RECTANGLE, 1, 2, 12 },
};

const char *pond_kind_name(enum pond_kind k)
{
	static const char *const names[] = { "disk", "rectangle", "channel" };

	return names[k];
}

static double cross(const double a[2], const double b[2])
{
	return a[0] * b[1] - b[0] * a[1];
}

static struct pond pond_of(const struct form *form, double pixel)
{
	struct pond p = { .kind = form->kind,
			  .width = form->width * pixel,
			  .length = form->length * pixel,
			  .turn_deg = form->turn_deg };
	double c = cos(form->turn_deg * M_PI / 180), s = sin(form->turn_deg * M_PI / 180);

	p.reach = p.kind == POND_DISK ? p.width / 2 : hypot(p.width, p.length) / 2;
	for (int k = 0; k < 4; k++) {
		double u = (k == 1 || k == 2 ? 0.5 : -0.5) * p.width;
		double v = (k > 1 ? 0.5 : -0.5) * p.length;

		p.corner[k][0] = u * c - v * s;
		p.corner[k][1] = u * s + v * c;
	}
	return p;
}

/* The lattice of pixels, and a phase against it in quarters of a pixel. */
static double snap(double v, double origin, double pixel, int phase)
{
	return origin + pixel * (floor((v - origin) / pixel) + phase / 4.0);
}

static bool fits(const struct ponds *all, const struct pond *p, const struct grid *g,
		 const struct ponds_site *site)
{
	if (site->about(site->shore, p->e, p->n) > -(p->reach + PONDS_CLEAR * g->pixel_m))
		return false;
	for (int i = 0; i < all->n; i++) {
		const struct pond *o = &all->pond[i];

		if (hypot(o->e - p->e, o->n - p->n) < o->reach + p->reach + APART * g->pixel_m)
			return false;
	}
	return true;
}

int ponds_init(struct ponds *p, const struct grid *g, const struct ponds_site *site,
	       struct failure *f)
{
	double pixel = g->pixel_m;

	for (p->n = 0; p->n < PONDS_ALL; p->n++) {
		struct pond *q = &p->pond[p->n];
		double half_width, half_height;
		int try = 0;

		*q = pond_of(&forms[p->n], pixel);
		half_width = site->half_width - q->reach - pixel;
		half_height = site->half_height - q->reach - pixel;
		do {
			uint64_t at = hash_place(site->seed, p->n, try);

			if (try++ == TRIES || half_width < 0 || half_height < 0)
				return fail(f, "--ponds: no room on land for all of them: a larger "
					       "--size, a smaller --radius or another --center is "
					       "needed");
			q->e = snap(site->e + half_width * (2 * hash_unit(at) - 1), g->e0, pixel,
				    p->n % 4);
			q->n = snap(site->n + half_height * (2 * hash_unit(hash64(at)) - 1), g->n0,
				    pixel, p->n / 2 % 4);
		} while (!fits(p, q, g, site));
	}
	return 0;
}

double pond_area(const struct pond *p)
{
	return p->kind == POND_DISK ? M_PI * p->width * p->width / 4 : p->width * p->length;
}

/* Keep the part of a polygon with sign * at[axis] <= sign * bound (Sutherland and Hodgman 1974). */
static int clip(int n, double at[CORNERS_MAX][2], int axis, double sign, double bound)
{
	double out[CORNERS_MAX][2];
	int m = 0;

	for (int i = 0; i < n; i++) {
		const double *a = at[i], *b = at[(i + 1) % n];
		double da = sign * (bound - a[axis]), db = sign * (bound - b[axis]);

		if (da >= 0) {
			out[m][0] = a[0];
			out[m++][1] = a[1];
		}
		if ((da < 0) != (db < 0)) {
			double t = da / (da - db);

			out[m][0] = a[0] + t * (b[0] - a[0]);
			out[m++][1] = a[1] + t * (b[1] - a[1]);
		}
	}
	for (int i = 0; i < m; i++) {
		at[i][0] = out[i][0];
		at[i][1] = out[i][1];
	}
	return m;
}

/* Area of a rectangle of any turn within the box { xmin, ymin, xmax, ymax }, both about its centre. */
static double rectangle_in(const struct pond *p, const double box[4])
{
	double at[CORNERS_MAX][2], twice = 0;
	int n = 4;

	for (int i = 0; i < 4; i++) {
		at[i][0] = p->corner[i][0];
		at[i][1] = p->corner[i][1];
	}
	n = clip(n, at, 0, -1, box[0]);
	n = clip(n, at, 1, -1, box[1]);
	n = clip(n, at, 0, 1, box[2]);
	n = clip(n, at, 1, 1, box[3]);
	for (int i = 0; i < n; i++)
		twice += cross(at[i], at[(i + 1) % n]);
	return twice / 2;
}

static double sector(const double a[2], const double b[2], double r)
{
	return r * r * atan2(cross(a, b), a[0] * b[0] + a[1] * b[1]) / 2;
}

/* Signed area that the triangle (0, a, b) has in common with the disk of radius r about 0. */
static double wedge(const double a[2], const double b[2], double r)
{
	double d[2] = { b[0] - a[0], b[1] - a[1] }, p[2], q[2], t[2];
	double dd = d[0] * d[0] + d[1] * d[1], ad = a[0] * d[0] + a[1] * d[1];
	double inside = ad * ad - dd * (a[0] * a[0] + a[1] * a[1] - r * r);

	if (inside <= 0)
		return sector(a, b, r);
	t[0] = fmax((-ad - sqrt(inside)) / dd, 0);
	t[1] = fmin((-ad + sqrt(inside)) / dd, 1);
	if (t[0] >= t[1])
		return sector(a, b, r);
	for (int k = 0; k < 2; k++) {
		p[k] = a[k] + t[0] * d[k];
		q[k] = a[k] + t[1] * d[k];
	}
	return sector(a, p, r) + cross(p, q) / 2 + sector(q, b, r);
}

static double disk_in(double r, const double box[4])
{
	const double at[5][2] = { { box[0], box[1] },
				  { box[2], box[1] },
				  { box[2], box[3] },
				  { box[0], box[3] },
				  { box[0], box[1] } };
	double sum = 0;

	for (int i = 0; i < 4; i++)
		sum += wedge(at[i], at[i + 1], r);
	return sum;
}

double ponds_share(const struct ponds *p, const struct grid *g, int column, int row)
{
	double pixel = g->pixel_m, e = g->e0 + column * pixel, n = g->n0 - row * pixel, sum = 0;

	for (int i = 0; i < p->n; i++) {
		const struct pond *q = &p->pond[i];
		const double box[4] = { e - q->e, n - pixel - q->n, e + pixel - q->e, n - q->n };

		if (box[0] > q->reach || box[1] > q->reach || box[2] < -q->reach ||
		    box[3] < -q->reach)
			continue;
		sum += q->kind == POND_DISK ? disk_in(q->width / 2, box) : rectangle_in(q, box);
	}
	sum /= pixel * pixel;
	/* Rounding of the clipped corners: a full pixel is full. */
	return sum < 1e-9 ? 0 : sum > 1 - 1e-9 ? 1 : sum;
}
