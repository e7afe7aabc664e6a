/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>

enum { SIDE = 400, FINE = 64 };

/* The share of a pixel in a pond by counting points. */
static double count(const struct pond *p, const struct grid *g, int x, int y)
{
	double turn = p->turn_deg * M_PI / 180;
	int inside = 0;

	for (int i = 0; i < FINE * FINE; i++) {
		int row = i / FINE;
		double de = g->e0 + g->pixel_m * (x + (i % FINE + 0.5) / FINE) - p->e;
		double dn = g->n0 - g->pixel_m * (y + (row + 0.5) / FINE) - p->n;
		double across = de * cos(turn) + dn * sin(turn);
		double along = dn * cos(turn) - de * sin(turn);

		if (p->kind == POND_DISK)
			inside += hypot(de, dn) <= p->width / 2;
		else
			inside += fabs(across) <= p->width / 2 && fabs(along) <= p->length / 2;
	}
	return (double)inside / (FINE * FINE);
}

/* The area of a pond by its shares, and the worst of them against counting. */
static double sum_shares(const struct ponds *all, int i, const struct grid *g, double *worst)
{
	const struct ponds one = { .n = 1, .pond = { all->pond[i] } };
	const struct pond *p = &one.pond[0];
	int x0 = (int)((p->e - p->reach - g->e0) / g->pixel_m) - 1;
	int y0 = (int)((g->n0 - p->n - p->reach) / g->pixel_m) - 1;
	int n = (int)(2 * p->reach / g->pixel_m) + 4;
	double sum = 0;

	for (int y = y0; y < y0 + n; y++)
		for (int x = x0; x < x0 + n; x++) {
			double share = ponds_share(&one, g, x, y);

			*worst = fmax(*worst, fabs(share - count(p, g, x, y)));
			sum += share * g->pixel_m * g->pixel_m;
		}
	return sum;
}

/* A row of the ground has all ponds that its truth says. */
static double water_on_land(const struct ground *g, struct ground_row *r, long *codes)
{
	double sum = 0;

	for (int y = 0; y < SIDE; y++) {
		ground_compute(g, y, r);
		for (int x = 0; x < SIDE; x++) {
			sum += (double)r->fraction[x] - ground_fraction(g, x, y);
			*codes += r->cover[x] == CODE_POND;
		}
	}
	return sum * g->grid.pixel_m * g->grid.pixel_m;
}

void self_test_ponds(struct tap *t)
{
	struct options o = { .lake = LAKE_CIRCLE, .radius_m = 2500, .ponds = true, .seed = 3 };
	double worst = 0, worst_area = 0, total = 0;
	struct ground_row r = { 0 };
	struct ground g;
	struct failure f;
	long codes = 0;

	if (self_test_ground(&g, &o, &f) || ground_row_init(&r, SIDE, 0, &f)) {
		tap_broken(t, "ponds", &f);
		goto out;
	}
	for (int i = 0; i < g.ponds.n; i++) {
		double area = pond_area(&g.ponds.pond[i]);

		total += area;
		worst_area =
			fmax(worst_area, fabs(sum_shares(&g.ponds, i, &g.grid, &worst) / area - 1));
	}
	tap_near(t, "ponds and channels", g.ponds.n, PONDS_ALL, 0);
	tap_near(t, "areas of ponds by their shares", worst_area, 0, 1e-9);
	tap_near(t, "shares of ponds, by counting points", worst, 0, 0.03);
	tap_near(t, "water on land", water_on_land(&g, &r, &codes) / total, 1, 1e-4);
	tap_near(t, "pixels called pond", (double)codes * 900 / total, 1, 0.1);
	o.radius_m = 20000;
	ground_release(&g);
	tap_near(t, "no room for ponds is said", self_test_ground(&g, &o, &f), -1, 0);
out:
	ground_row_release(&r);
	ground_release(&g);
}
