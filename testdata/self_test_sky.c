/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>

#include "testdata/sentinel2_bands.h"

enum { SIDE = 400, B07 = 6, B08 = 7, B8A = 8 };

/* Where the clouds of each view are, in pixels: their centre of mass. */
static int look(struct tap *t, struct options *o, double centre[GROUND_VIEWS_MAX][2],
		double kelvin[2])
{
	double mass[GROUND_VIEWS_MAX] = { 0 };
	struct ground_row r = { 0 };
	struct ground g;
	struct failure f;
	int ret = -1;

	if (self_test_ground(&g, o, &f) ||
	    ground_row_init(&r, SIDE, o->parallax ? MSI_BANDS : 0, &f)) {
		tap_broken(t, "clouds", &f);
		goto out;
	}
	for (int y = 0; y < SIDE; y++) {
		ground_compute(&g, y, &r);
		for (int x = 0; x < SIDE; x++) {
			kelvin[0] = fmin(kelvin[0], (double)r.rho[ROLE_KELVIN][x]);
			kelvin[1] = fmax(kelvin[1], (double)r.rho[ROLE_KELVIN][x]);
			for (int k = 0; k < g.views; k++) {
				mass[k] += (double)r.veil[k][x];
				centre[k][0] += x * (double)r.veil[k][x];
				centre[k][1] += y * (double)r.veil[k][x];
			}
		}
	}
	for (int k = 0; k < g.views; k++) {
		centre[k][0] /= mass[k];
		centre[k][1] /= mass[k];
	}
	ret = 0;
out:
	ground_row_release(&r);
	ground_release(&g);
	return ret;
}

/* Metres from where B8A sees the clouds: positive to the south. */
static double apart(double centre[GROUND_VIEWS_MAX][2], int band)
{
	double east = 30 * (centre[band][0] - centre[B8A][0]);
	double south = 30 * (centre[band][1] - centre[B8A][1]);

	return copysign(hypot(east, south), south);
}

void self_test_sky(struct tap *t)
{
	double centre[GROUND_VIEWS_MAX][2] = { 0 }, kelvin[2] = { 400, 0 };
	struct options o = { .lake = LAKE_CIRCLE,
			     .radius_m = 3000,
			     .clouds = 1,
			     .cloud_height = 10000,
			     .seed = 4,
			     .parallax = true };

	/* B08 looks 1.792 s before B8A, B07 0.265 s: 7.45 km/s * 10 km / 786 km each second. */
	if (!look(t, &o, centre, kelvin)) {
		tap_near(t, "B08 sees a cloud at 10 km ahead of B8A, m", apart(centre, B08),
			 1.792 * 7450 * 10 / 786, 0.5);
		tap_near(t, "and B07 less so, m", apart(centre, B07), 0.265 * 7450 * 10 / 786, 0.5);
	}
	o.parallax = false;
	o.lapse = true;
	kelvin[0] = 400;
	if (!look(t, &o, centre, kelvin))
		tap_near(t, "a cloud at 10 km is 65 K colder than the air below", kelvin[0], 229,
			 1e-3);
	o.lapse = false;
	kelvin[0] = 400;
	if (!look(t, &o, centre, kelvin))
		tap_near(t, "unless nobody asks", kelvin[0], 268, 1e-3);
}
