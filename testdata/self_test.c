/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "testdata/ground.h"
#include "testdata/mgrs.h"
#include "testdata/noise.h"

void tap_near(struct tap *t, const char *what, double value, double expected, double tolerance)
{
	int bad = !(fabs(value - expected) <= tolerance);

	t->failed += bad;
	printf("%sok %d - %s\n", bad ? "not " : "", ++t->n, what);
	if (bad)
		printf("# %.12g, expected %.12g within %g\n", value, expected, tolerance);
}

void tap_broken(struct tap *t, const char *what, const struct failure *f)
{
	t->failed++;
	printf("not ok %d - %s\n# %s\n", ++t->n, what, f->text);
}

int self_test_ground(struct ground *g, struct options *o, struct failure *f)
{
	struct grid grid = { .zone = 43, .pixel_m = 30, .width = 400, .height = 400 };
	struct air air = { .sun_zenith = 35, .sun_azimuth = 140, .pressure_hpa = 973 };
	double c[2];

	o->kind = KIND_LANDSAT_L2;
	o->zone = 43;
	o->water = COVER_TURBID_WATER;
	o->land = COVER_SAND;
	o->when = (struct moment){ 2024, 7, 12, 20000 };
	if (o->lake_center[0] == 0)
		memcpy(o->lake_center, (double[]){ 75.1, 46.35 }, sizeof(o->lake_center));
	if (plane_utm(&grid, o->lake_center[0], o->lake_center[1], c, f))
		return -1;
	grid.e0 = floor(c[0] / 30) * 30 - 5985;
	grid.n0 = floor(c[1] / 30) * 30 + 6015;
	return ground_init(g, o, &grid, &air, f);
}

/* Area of water by summing the fractions of all pixels. */
static double sum_area(const struct ground *g)
{
	double sum = 0;

	for (int y = 0; y < g->grid.height; y++)
		for (int x = 0; x < g->grid.width; x++) {
			double m2 = g->laea ? mapping_pixel_area(&g->mapping, x, y)
					    : g->grid.pixel_m * g->grid.pixel_m;

			sum += m2 * ground_fraction(g, x, y);
		}
	return sum;
}

static void check_area(struct tap *t, const char *what, enum lake lake, double shift, bool laea)
{
	struct options o = { .lake = lake, .radius_m = 4000, .shift_m = shift, .plane_laea = laea };
	double a = M_PI * 16e6, p = 2 * M_PI * 4000, expected;
	struct ground g;
	struct failure f;

	if (lake == LAKE_ELLIPSE) {
		a = coast_ellipse_area(4000);
		p = coast_ellipse_perimeter(4000);
	} else if (lake == LAKE_STAR) {
		a = coast_star_area(4000);
		p = coast_star_perimeter(4000);
	}
	expected = a + p * shift + M_PI * shift * shift;
	if (self_test_ground(&g, &o, &f))
		tap_broken(t, what, &f);
	else
		tap_near(t, what, sum_area(&g) / expected, 1, 1e-5);
	ground_release(&g);
}

static void areas(struct tap *t)
{
	check_area(t, "area of a circle", LAKE_CIRCLE, 0, false);
	check_area(t, "area of a circle in the equal-area plane", LAKE_CIRCLE, 0, true);
	check_area(t, "area of a circle, shore moved out", LAKE_CIRCLE, 123, false);
	check_area(t, "area of an ellipse", LAKE_ELLIPSE, 0, false);
	check_area(t, "area of an ellipse, shore moved out", LAKE_ELLIPSE, 150, false);
	check_area(t, "area of an ellipse, shore moved in", LAKE_ELLIPSE, -90, true);
	check_area(t, "area of a star", LAKE_STAR, 0, false);
	check_area(t, "area of a star, shore moved out", LAKE_STAR, 60, true);
}

/* Fraction of a pixel cut by a straight line, against clipping it with the half plane. */
static void straight_shore(struct tap *t)
{
	struct options o = { .lake = LAKE_PLAIN, .shift_m = 17 };
	struct ground g;
	struct failure f;
	double worst = 0;

	if (self_test_ground(&g, &o, &f)) {
		tap_broken(t, "fractions of a straight shore", &f);
		ground_release(&g);
		return;
	}
	for (int y = 0; y < 400; y++)
		for (int x = 0; x < 400; x++) {
			double d[4], exact;

			for (int k = 0; k < 4; k++) {
				int right = x + k % 2, below = y + (k >> 1);

				d[k] = shore_distance(&g.shore, g.grid.e0 + 30 * right,
						      g.grid.n0 - 30 * below);
			}
			exact = shore_cell_share(d[0], d[1], d[2], d[3]);
			worst = fmax(worst, fabs(ground_fraction(&g, x, y) - exact));
		}
	tap_near(t, "fractions of a straight shore", worst, 0, 1e-9);
	ground_release(&g);
}

/* The indexed distance to the fractal shore against every segment, near the strait. */
static void fractal_shore(struct tap *t)
{
	struct options o = { .lake = LAKE_BALKHASH,
			     .plane_laea = true,
			     .natural = true,
			     .seed = 1,
			     .lake_center = { 75.47, 46.3 } };
	struct ground g;
	struct failure f;
	double worst = 0;
	int signs = 0;

	if (self_test_ground(&g, &o, &f)) {
		tap_broken(t, "distance to the fractal shore", &f);
		ground_release(&g);
		return;
	}
	tap_near(t, "area of the generated lake, km2", rings_area(&g.rings) * 1e-6, 17500, 175);
	for (int i = 0; i < 2000; i++) {
		double x, y, exact, d;

		mapping_at(&g.mapping, 400 * hash_unit(hash64((uint64_t)i)),
			   400 * hash_unit(hash64((uint64_t)i + 5000)), &x, &y);
		exact = rings_distance(&g.rings, x, y);
		d = shore_distance(&g.shore, x, y);
		signs += (d > 0) != (exact > 0);
		if (fabs(exact) < 60)
			worst = fmax(worst, fabs(d - exact));
		else if (fabs(d) < 60)
			worst = INFINITY;
	}
	tap_near(t, "distance to the fractal shore", worst, 0, 1e-9);
	tap_near(t, "side of the fractal shore", signs, 0, 0);
	ground_release(&g);
}

static void mapping(struct tap *t)
{
	struct grid g = { .zone = 43, .pixel_m = 30, .width = 5000, .height = 3000 };
	struct mapping m = { 0 };
	struct failure f;
	double worst = 0, corner[2];

	if (plane_utm(&g, 74, 46.4, corner, &f)) {
		tap_broken(t, "mapping to the equal-area plane", &f);
		return;
	}
	g.e0 = corner[0];
	g.n0 = corner[1];
	if (mapping_init(&m, &g, &f)) {
		tap_broken(t, "mapping to the equal-area plane", &f);
		mapping_release(&m);
		return;
	}
	for (int i = 0; i < 300; i++) {
		double column = 5000 * hash_unit(hash64((uint64_t)i)), p[1][2];
		double row = 3000 * hash_unit(hash64((uint64_t)i + 999));

		mapping_at(&m, column, row, &p[0][0], &p[0][1]);
		if (plane_laea_to_utm(&g, 1, p, &f)) {
			worst = INFINITY;
			break;
		}
		worst = fmax(worst, hypot(p[0][0] - g.e0 - 30 * column, p[0][1] - g.n0 + 30 * row));
	}
	tap_near(t, "mapping to the equal-area plane, m", worst, 0, 1e-3);
	mapping_release(&m);
}

static void air_checks(struct tap *t)
{
	struct air a = { .sun_zenith = 60, .sun_azimuth = 140, .pressure_hpa = 1013.25 };
	double tau = air_depth(0.48, 1013.25);
	struct moment solstice = { 2024, 6, 20, 12 * 3600 };
	double zenith, azimuth;

	tap_near(t, "Rayleigh depth at 550 nm and sea level", air_depth(0.55, 1013.25), 0.0972,
		 5e-4);
	tap_near(t, "Rayleigh path, sun at 60 degrees, nadir", air_path(&a, 0.48) / tau,
		 0.75 * 1.25 / 2, 1e-12);
	tap_near(t, "transmittance, sun at 60 degrees, nadir",
		 log(air_transmittance(&a, 0.48)) / tau, -1.5, 1e-12);
	tap_near(t, "no air, no path", air_path(&(struct air){ .sun_zenith = 35 }, 0.48), 0, 0);
	tap_near(t, "no air, all through",
		 air_transmittance(&(struct air){ .sun_zenith = 35 }, 0.48), 1, 0);
	air_sun(&solstice, 0, 23.44, &zenith, &azimuth);
	tap_near(t, "the sun at the tropic, noon of the solstice", zenith, 0, 0.6);
	tap_near(t, "distance of the sun in early January",
		 air_sun_distance(&(struct moment){ 2024, 1, 3, 0 }), 0.98331, 3e-4);
	tap_near(t, "distance of the sun, MTL of 2019-12-01",
		 air_sun_distance(&(struct moment){ 2019, 12, 1, 54832 }), 0.9860755, 3e-4);
	air_sun(&(struct moment){ 2019, 12, 1, 54831.86 }, -75.07, 1.446, &zenith, &azimuth);
	tap_near(t, "elevation of the sun, MTL of 2019-12-01", 90 - zenith, 57.08727, 0.1);
	tap_near(t, "azimuth of the sun, MTL of 2019-12-01", azimuth, 136.31696, 0.2);
}

static void noise_checks(struct tap *t)
{
	double sum = 0, squares = 0;
	int n = 1 << 20;

	for (int i = 0; i < n; i++) {
		double v = (double)hash_bell(hash_place(7, i % 1024, i / 1024));

		sum += v;
		squares += v * v;
	}
	tap_near(t, "mean of the noise", sum / n, 0, 4e-3);
	tap_near(t, "deviation of the noise", sqrt(squares / n), 1, 4e-3);
}

static void ramps(struct tap *t)
{
	struct options o = { .ramp = true };
	struct ground g;
	struct ground_row r = { 0 };
	struct failure f;
	double e, n;

	if (self_test_ground(&g, &o, &f) || ground_row_init(&r, 400, 0, &f)) {
		tap_broken(t, "ramp", &f);
		goto out;
	}
	ground_compute(&g, 37, &r);
	e = g.grid.e0 + 12.5 * 30 - g.ramp.e_mid;
	n = g.grid.n0 - 37.5 * 30 - g.ramp.n_mid;
	tap_near(t, "ramp at a pixel's centre", (double)r.rho[ROLE_RED][12],
		 g.ramp.base[ROLE_RED] + g.ramp.east[ROLE_RED] * e + g.ramp.north[ROLE_RED] * n,
		 1e-7);
out:
	ground_row_release(&r);
	ground_release(&g);
}

static void tiles(struct tap *t)
{
	struct mgrs m = { 0 };
	char name[6];

	tap_near(t, "tile 43TFM is a name", mgrs_square("43TFM", &m), 1, 0);
	mgrs_name(m.zone, 46.5, m.e + 1000, m.n + 1000, name);
	tap_near(t, "and comes back", strcmp(name, "43TFM") != 0, 0, 0);
	tap_near(t, "tile 01WCP begins at 300 km east", mgrs_square("01WCP", &m) ? m.e : 0, 300000,
		 0);
	tap_near(t, "and ends at 7400 km north", m.n + 100000, 7400000, 0);
	tap_near(t, "tile 56JMM ends at 6700 km", mgrs_square("56JMM", &m) ? m.n + 100000 : 0,
		 6700000, 0);
	tap_near(t, "43TFI is none", mgrs_square("43TFI", &m), 0, 0);
}

int self_test(void)
{
	struct tap t = { 0 };

	areas(&t);
	straight_shore(&t);
	fractal_shore(&t);
	mapping(&t);
	air_checks(&t);
	noise_checks(&t);
	ramps(&t);
	tiles(&t);
	self_test_forms(&t);
	self_test_hard(&t);
	self_test_ponds(&t);
	self_test_sensor(&t);
	self_test_sky(&t);
	self_test_vary(&t);
	printf("1..%d\n", t.n);
	return t.failed ? 1 : 0;
}
