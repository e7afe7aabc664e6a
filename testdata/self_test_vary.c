/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>

#include "testdata/psf.h"

enum { SIDE = 400, EDGE = 24 };

/* A step from 0 to 1 after `at` pixels of a line, the share of a pixel in it, seen through the spread. */
static void see_edge(const struct psf *p, double at, float out[EDGE])
{
	const float *about[PSF_LINES];
	float step[EDGE];
	double scratch[EDGE];

	for (int i = 0; i < EDGE; i++)
		step[i] = (float)fmin(fmax(i + 1 - at, 0), 1);
	for (int k = 0; k < PSF_LINES; k++)
		about[k] = step;
	psf_line(p, about, EDGE, scratch, out);
}

/* The integral of the normal distribution function. */
static double normal_integral(double v)
{
	return v * 0.5 * (1 + erf(v / sqrt(2))) + exp(-v * v / 2) / sqrt(2 * M_PI);
}

/*
 * The mean over a pixel of a step seen through a Gaussian is the mean of the normal distribution
 * function.  The spread adds up whole pixels, to three deviations: by the rule of Euler and
 * Maclaurin that is wrong by 1/12 of the slope of the Gaussian, at most .0202.
 */
static void edges(struct tap *t)
{
	double worst = 0, sigma = 1;
	struct psf p;

	psf_init(&p, sigma);
	for (int k = 0; k < 10; k++) {
		double at = 0.5 * EDGE + k / 10.0;
		float out[EDGE];

		see_edge(&p, at, out);
		for (int i = 0; i < EDGE; i++) {
			double exact = sigma * (normal_integral((i + 1 - at) / sigma) -
						normal_integral((i - at) / sigma));

			worst = fmax(worst, fabs((double)out[i] - exact));
		}
	}
	tap_near(t, "a straight edge is seen as the normal distribution function", worst, 0, 0.021);
}

static double blue(const struct ground_row *r, int x)
{
	return (double)(r->rho[ROLE_BLUE][x] / covers[COVER_SAND].rho[ROLE_BLUE]);
}

/* Land alone: a lake far away. */
static void texture(struct tap *t)
{
	struct options o = { .lake = LAKE_CIRCLE, .radius_m = 100, .shift_m = -90, .texture = 0.1 };
	double sum = 0, squares = 0, beside = 0, uneven = 0;
	struct ground_row r = { 0 };
	struct ground g;
	struct failure f;
	int n = SIDE * SIDE;

	if (self_test_ground(&g, &o, &f) || ground_row_init(&r, SIDE, 0, &f)) {
		tap_broken(t, "texture", &f);
		goto out;
	}
	for (int y = 0; y < SIDE; y++) {
		ground_compute(&g, y, &r);
		for (int x = 0; x < SIDE; x++) {
			double v = blue(&r, x) - 1;
			double nir =
				(double)(r.rho[ROLE_NIR][x] / covers[COVER_SAND].rho[ROLE_NIR]) - 1;

			if (r.fraction[x] > 0)
				continue;
			sum += v;
			squares += v * v;
			beside += x ? v * (blue(&r, x - 1) - 1) : 0;
			uneven = fmax(uneven, fabs(v - nir));
		}
	}
	tap_near(t, "mean of the texture", sum / n, 0, 2e-3);
	tap_near(t, "deviation of the texture", sqrt(squares / n), 0.1, 3e-3);
	tap_near(t, "neighbours of 30 m have about .9 of it in common", beside / squares, 0.87,
		 0.06);
	tap_near(t, "all bands have the same", uneven, 0, 1e-6);
out:
	ground_row_release(&r);
	ground_release(&g);
}

/* Of the slow changes: height, and how far water and land go apart. */
static void slow(struct tap *t)
{
	const struct vary v = { .along = 0.3, .seed = 7 };
	double low = INFINITY, high = -INFINITY, worst = 0;

	for (int y = 0; y < 100; y++)
		for (int x = 0; x < 100; x++) {
			double px = x * VARY_ALONG_M / 100, py = y * VARY_ALONG_M / 100;
			double land = vary_land(&v, px, py), quarter = VARY_ALONG_M / 4;

			low = fmin(low, land);
			high = fmax(high, land);
			worst = fmax(worst, fabs(vary_water(&v, px, py) -
						 vary_land(&v, px + quarter, py + quarter)));
		}
	tap_near(t, "land is at least .7 as bright", low, 0.7, 2e-3);
	tap_near(t, "and at most 1.3 times", high, 1.3, 2e-3);
	tap_near(t, "water is a quarter of a wavelength before it", worst, 0, 1e-12);
	tap_near(t, "nothing varies without being asked",
		 vary_land(&(struct vary){ .seed = 7 }, 1234, 567), 1, 0);
}

/* The area of a strip about a circle, from the reflectance of the pixels. */
static void strip(struct tap *t, const char *what, enum lake lake, double metres, double area)
{
	struct options o = {
		.lake = lake, .radius_m = 4000, .strip = COVER_WET_SALT, .strip_m = metres
	};
	const float *wet = covers[COVER_WET_SALT].rho, *sand = covers[COVER_SAND].rho;
	const float *water = covers[COVER_TURBID_WATER].rho;
	struct ground_row r = { 0 };
	struct ground g;
	struct failure f;
	double sum = 0;

	if (self_test_ground(&g, &o, &f) || ground_row_init(&r, SIDE, 0, &f)) {
		tap_broken(t, what, &f);
		goto out;
	}
	for (int y = 0; y < SIDE; y++) {
		ground_compute(&g, y, &r);
		for (int x = 0; x < SIDE; x++) {
			double lake_share = (double)r.fraction[x];
			double land = (double)r.rho[ROLE_SWIR1][x] -
				      lake_share * (double)water[ROLE_SWIR1];

			sum += (land - (1 - lake_share) * (double)sand[ROLE_SWIR1]) /
			       (double)(wet[ROLE_SWIR1] - sand[ROLE_SWIR1]);
		}
	}
	tap_near(t, what, sum * 900 / area, 1, 1e-3);
out:
	ground_row_release(&r);
	ground_release(&g);
}

void self_test_vary(struct tap *t)
{
	double p = coast_star_perimeter(4000);

	edges(t);
	texture(t);
	slow(t);
	strip(t, "area of a strip of 15 m about a circle", LAKE_CIRCLE, 15,
	      M_PI * (4015.0 * 4015 - 16e6));
	strip(t, "area of a strip of 150 m about a circle", LAKE_CIRCLE, 150,
	      M_PI * (4150.0 * 4150 - 16e6));
	strip(t, "area of a strip of 60 m about a star", LAKE_STAR, 60, p * 60 + M_PI * 3600);
}
