/* SPDX-License-Identifier: Apache-2.0
 *
 * Lakes known in closed form, at any place and turn on the pixels: how far the shoreline lies from the true
 * curve, how right areas by fraction and changes are.  Fractions are exact but for a noise and for whole
 * percents, so what is measured is the code after the fraction.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/classes.h"
#include "kernels/kernels.h"
#include "pipeline/base/log.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/space/lines.h"
#include "pipeline/stage/areas.h"
#include "pipeline/stage/change.h"
#include "pipeline/tests/shoreline_pass.h"

#define PI     3.14159265358979323846
#define LAKE_M 4500.0 /* mean or long half axis */
#define MARGIN 8      /* pixels around a lake */
#define NOISE                                                                                      \
	0.02 /* deviation of a mixed pixel's fraction: what sensors of an SNR of 100 and more leave */
#define RMSE_MAX     0.10 /* pixels */
#define BIAS_MAX     0.03 /* pixels */
#define AREA_MAX     0.0005
#define CHANGE_MAX   0.01
#define EQUAL_AREA   "+proj=laea +lat_0=46 +lon_0=75 +datum=WGS84 +units=m +no_defs"
#define STAR_DEPTH   0.15
#define STAR_ARMS    5
#define ELLIPSE_AXIS 0.5
#define STEPS	     5 /* of Gauss and Newton: each leaves less than a tenth */

enum kind { CIRCLE, ELLIPSE, STAR, KINDS };

static const char *const kind_names[KINDS] = { "circle", "ellipse", "star" };

/* A lake in pixels: its centre, half axis or mean radius, how far it is turned. */
struct lake_shape {
	enum kind kind;
	double x, y, radius, turn;
	double shift; /* its shore was moved outwards by so many pixels, along the normal */
};

struct image {
	int32_t side;
	uint8_t *fraction, *water;
};

/* A generator of its own, so that the rasters are the same everywhere. */
static double random_unit(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return (double)(*s >> 11) / 9007199254740992.0;
}

/* Nearly a Gaussian of deviation 1. */
static double random_bell(uint64_t *s)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += random_unit(s);
	return sum;
}

/* --- curves: the point at parameter t of the shore that was not moved, and its derivative --- */

struct on_curve {
	double u, v, du, dv;
};

static struct on_curve curve_at(const struct lake_shape *s, double t)
{
	double c = cos(t), n = sin(t), r = s->radius, slope;

	if (s->kind != STAR) {
		double b = s->kind == ELLIPSE ? ELLIPSE_AXIS : 1;

		return (struct on_curve){ r * c, r * b * n, -r * n, r * b * c };
	}
	slope = -r * STAR_DEPTH * STAR_ARMS * sin(STAR_ARMS * t);
	r *= 1 + STAR_DEPTH * cos(STAR_ARMS * t);
	return (struct on_curve){ r * c, r * n, slope * c - r * n, slope * n + r * c };
}

static void to_own(const struct lake_shape *s, double x, double y, double *u, double *v)
{
	double dx = x - s->x, dy = y - s->y, c = cos(s->turn), n = sin(s->turn);

	*u = c * dx + n * dy;
	*v = c * dy - n * dx;
}

/*
 * Signed distance to the moved shore, positive in the water, of a place within a few pixels of it: the
 * nearest point of the curve by Gauss-Newton steps from the place's own direction.
 */
static double distance(const struct lake_shape *s, double x, double y)
{
	double u, v, t;
	struct on_curve p;

	to_own(s, x, y, &u, &v);
	t = s->kind == ELLIPSE ? atan2(v / ELLIPSE_AXIS, u) : atan2(v, u);
	for (int i = 0; i < STEPS; i++) {
		p = curve_at(s, t);
		t -= ((p.u - u) * p.du + (p.v - v) * p.dv) / (p.du * p.du + p.dv * p.dv);
	}
	p = curve_at(s, t);
	/* The curve runs against the clock: its inside is on the left. */
	return (p.du * (v - p.v) - p.dv * (u - p.u)) / hypot(p.du, p.dv) + s->shift;
}

/* Area and length of the shore that was not moved, by the trapezoidal rule: exact for smooth periodic ones. */
static void measure(const struct lake_shape *s, double *area, double *length)
{
	enum { N = 8192 };

	*area = *length = 0;
	for (int i = 0; i < N; i++) {
		struct on_curve p = curve_at(s, 2 * PI * i / N);

		*area += (p.u * p.dv - p.v * p.du) / 2 * (2 * PI / N);
		*length += hypot(p.du, p.dv) * (2 * PI / N);
	}
}

/* Steiner: a closed shore that moves outwards by d, less than its sharpest bend, gains d L + pi d^2. */
static double true_area(const struct lake_shape *s)
{
	double area, length;

	measure(s, &area, &length);
	return area + s->shift * length + PI * s->shift * s->shift;
}

/* --- rasters --- */

/* The share of a pixel in the water, the shore being straight within each of its parts. */
static double share(const struct lake_shape *s, int32_t x, int32_t y)
{
	enum { N = 3, FINE = 32 };
	double middle = distance(s, x + 0.5, y + 0.5);
	int sum = 0;

	if (fabs(middle) > 0.75)
		return middle > 0;
	for (int j = 0; j < N; j++)
		for (int i = 0; i < N; i++) {
			double h = 1.0 / N, px = x + (i + 0.5) * h, py = y + (j + 0.5) * h;
			double d = distance(s, px, py), gx, gy;

			if (fabs(d) > h) {
				sum += d > 0 ? FINE * FINE : 0;
				continue;
			}
			gx = (distance(s, px + h / 2, py) - d) * 2 / h;
			gy = (distance(s, px, py + h / 2) - d) * 2 / h;
			for (int k = 0; k < FINE * FINE; k++) {
				int column = k % FINE, row = k / FINE;
				double a = ((column + 0.5) / FINE - 0.5) * h;
				double b = ((row + 0.5) / FINE - 0.5) * h;

				sum += d + gx * a + gy * b > 0;
			}
		}
	return (double)sum / (N * N * FINE * FINE);
}

/* Is the pixel so far from the shore that its direction tells on which side it lies? */
static bool is_far(const struct lake_shape *s, int32_t x, int32_t y, bool *wet)
{
	double u, v, t, own, here;
	struct on_curve p;

	to_own(s, x + 0.5, y + 0.5, &u, &v);
	t = s->kind == ELLIPSE ? atan2(v / ELLIPSE_AXIS, u) : atan2(v, u);
	p = curve_at(s, t);
	own = hypot(p.u, p.v);
	here = hypot(u, v);
	*wet = here < own;
	return fabs(here - own) > 5;
}

static uint8_t percent_of(const struct lake_shape *s, int32_t x, int32_t y, uint64_t *seed)
{
	bool wet;
	double f, noisy;

	if (is_far(s, x, y, &wet))
		return wet ? 100 : 0;
	f = share(s, x, y);
	if (f <= 0 || f >= 1)
		return f > 0 ? 100 : 0;
	noisy = f + NOISE * random_bell(seed);
	return (uint8_t)lround(100 * fmin(fmax(noisy, 0), 1));
}

static struct image draw(const struct lake_shape *s, int32_t side, uint64_t *seed)
{
	size_t n = (size_t)side * (size_t)side;
	struct image im = { side, malloc(n), malloc(n) };

	for (int32_t y = 0; y < side; y++)
		for (int32_t x = 0; x < side; x++) {
			size_t i = (size_t)y * (size_t)side + (size_t)x;

			im.fraction[i] = percent_of(s, x, y, seed);
			im.water[i] = im.fraction[i] >= 50 ? WATER_OPEN : WATER_NOT;
		}
	return im;
}

static void image_release(struct image *im)
{
	free(im->fraction);
	free(im->water);
}

static struct grid grid_of(int32_t side, double pixel)
{
	struct grid g = { .x0 = -side * pixel / 2, .y0 = side * pixel / 2 };

	g.dx = g.dy = pixel;
	g.width = g.height = side;
	snprintf(g.crs.def, sizeof(g.crs.def), "%s", EQUAL_AREA);
	return g;
}

/* --- the shoreline --- */

/* RMSE and mean of the vertices' distances from the true shore, in pixels; the mean is positive in the water. */
static void check_shoreline(const struct lake_shape *s, struct image *im, double pixel,
			    double *rmse, double *bias)
{
	struct shoreline_pass pass = { grid_of(im->side, pixel), 64, im->fraction, NULL };
	struct budget budget = { (size_t)1 << 30, 0 };
	struct lines lines;
	struct error e = { 0 };
	double sum = 0, squares = 0, n;

	*rmse = *bias = NAN;
	if (shoreline_pass_run(&pass, 2, &budget, &lines, &e) || lines.nr != 1 ||
	    !lines.closed[0]) {
		fail_msg("%s", e.code ? e.text : "the shore is not one ring");
		return;
	}
	n = (double)lines.starts[1];
	for (size_t k = 0; k < lines.starts[1]; k++) {
		double x = (lines.points[k].x - pass.grid.x0) / pixel;
		double y = (pass.grid.y0 - lines.points[k].y) / pixel;
		double d = distance(s, x, y);

		sum += d;
		squares += d * d;
	}
	*rmse = sqrt(squares / n);
	*bias = sum / n;
	lines_release(&lines);
}

/* --- areas --- */

static json_t *compare(const struct image *before, const struct image *after, double pixel)
{
	const struct kernels *kernels = kernels_find(NULL);
	const struct log log = { .stream = stderr, .level = LOG_WARNING };
	struct grid grid = grid_of(before->side, pixel);
	const struct areas_spec spec = { .grid = grid, .lake = "", .sides = 2, .log = &log };
	struct areas *areas;
	struct error e = { 0 };
	uint8_t *planes[7];
	json_t *json;

	for (size_t k = 0; k < 7; k++)
		planes[k] = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE);
	if (areas_new(&areas, &spec, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < grid_tiles(&grid, GEOTIFF_TILE); i++) {
		struct rect r = grid_tile(&grid, GEOTIFF_TILE, i);
		const struct areas_pixels pixels = { .water = { planes[0], planes[1] },
						     .fraction = { planes[2], planes[3] },
						     .change = planes[4],
						     .part = planes[5],
						     .inside = planes[6] };

		for (int32_t y = 0; y < r.h; y++) {
			size_t from = (size_t)(r.y + y) * (size_t)before->side + (size_t)r.x;
			size_t to = (size_t)y * (size_t)r.w;

			memcpy(planes[0] + to, before->water + from, (size_t)r.w);
			memcpy(planes[1] + to, after->water + from, (size_t)r.w);
			memcpy(planes[2] + to, before->fraction + from, (size_t)r.w);
			memcpy(planes[3] + to, after->fraction + from, (size_t)r.w);
		}
		kernels->change(rect_area(r), planes[0], planes[1], planes[2], planes[3],
				CHANGE_THRESHOLD_PERCENT, planes[4]);
		areas_place(areas, i, planes[5], planes[6]);
		assert_int_equal(areas_count(areas, i, &pixels, &e), 0);
	}
	json = areas_json(areas);
	assert_non_null(json);
	areas_free(areas);
	for (size_t k = 0; k < 7; k++)
		free(planes[k]);
	return json;
}

static double number(const json_t *areas, const char *part, const char *key)
{
	json_t *v = json_object_get(json_object_get(json_array_get(areas, 0), part), key);

	assert_true(json_is_number(v));
	return json_number_value(v);
}

/* What the worst of several places had. */
struct worst {
	double rmse, bias, area, net, pixels;
};

static void keep(double *worst, double value)
{
	if (fabs(value) > fabs(*worst))
		*worst = value;
}

static void check_place(struct lake_shape s, double pixel, uint64_t *seed, struct worst *w)
{
	struct lake_shape grown = s;
	int32_t side = 2 * ((int32_t)ceil(s.radius * (1 + STAR_DEPTH)) + MARGIN);
	double km2 = pixel * pixel * 1e-6, rmse, bias, gain;
	struct image before, after;
	json_t *areas;

	s.x += side / 2.0;
	s.y += side / 2.0;
	grown = s;
	grown.shift = 1;
	before = draw(&s, side, seed);
	after = draw(&grown, side, seed);
	check_shoreline(&s, &before, pixel, &rmse, &bias);
	areas = compare(&before, &after, pixel);
	gain = true_area(&grown) - true_area(&s);
	keep(&w->rmse, rmse);
	keep(&w->bias, bias);
	keep(&w->area, number(areas, "before", "water_km2") / (true_area(&s) * km2) - 1);
	keep(&w->net, number(areas, "change", "net_water_km2") / (gain * km2) - 1);
	keep(&w->pixels,
	     (number(areas, "change", "gain_km2") - number(areas, "change", "loss_km2")) /
			     (gain * km2) -
		     1);
	json_decref(areas);
	image_release(&before);
	image_release(&after);
}

/* Lakes of one size in metres, seen with pixels of another; the same number of places for each. */
static void check_lakes(enum kind kind)
{
	static const double pixels[] = { 10, 20, 30 };
	const int places = getenv("BALKHASH_LONG") ? 12 : 2;
	uint64_t seed = 0x5eed + (uint64_t)kind;

	for (size_t k = 0; k < sizeof(pixels) / sizeof(pixels[0]); k++) {
		struct worst w = { 0 };

		for (int i = 0; i < places; i++) {
			const struct lake_shape s = { kind,
						      random_unit(&seed),
						      random_unit(&seed),
						      LAKE_M / pixels[k],
						      2 * PI * random_unit(&seed),
						      0 };

			check_place(s, pixels[k], &seed, &w);
		}
		print_message(
			"# %s at %g m, worst of %d places: RMSE %.4f px, bias %+.4f px, area %+.4f %%, "
			"change by fraction %+.3f %%, by pixels %+.2f %%\n",
			kind_names[kind], pixels[k], places, w.rmse, w.bias, 100 * w.area,
			100 * w.net, 100 * w.pixels);
		assert_true(w.rmse <= RMSE_MAX);
		assert_true(fabs(w.bias) <= BIAS_MAX);
		assert_true(fabs(w.area) <= AREA_MAX);
		assert_true(fabs(w.net) <= CHANGE_MAX);
	}
}

static void circles_are_met(void **state)
{
	(void)state;
	check_lakes(CIRCLE);
}

static void ellipses_are_met(void **state)
{
	(void)state;
	check_lakes(ELLIPSE);
}

static void stars_are_met(void **state)
{
	(void)state;
	check_lakes(STAR);
}

/* The measure itself: places whose distance is known, and a circle's area. */
static void the_measure_is_right(void **state)
{
	const struct lake_shape circle = { CIRCLE, 3, 4, 100, 1, 0 };
	const struct lake_shape ellipse = { ELLIPSE, 0, 0, 100, PI / 2, 2 };
	const struct lake_shape star = { STAR, 0, 0, 100, 0, 0 };

	(void)state;
	assert_true(fabs(distance(&circle, 3 + 60, 4 + 80) - 0) < 1e-9);
	assert_true(fabs(distance(&circle, 3 - 98, 4) - 2) < 1e-9);
	/* Turned by a quarter: the long axis is upright. */
	assert_true(fabs(distance(&ellipse, 0, 101) - 1) < 1e-9);
	assert_true(fabs(distance(&ellipse, -49, 0) - 3) < 1e-9);
	assert_true(fabs(distance(&star, 116, 0) + 1) < 1e-9);
	assert_true(fabs(true_area(&circle) - PI * 1e4) < 1e-6);
	assert_true(fabs(true_area(&ellipse) - (PI * 5000 + 2 * 484.4224110273838 + 4 * PI)) <
		    1e-6);
	assert_true(fabs(true_area(&star) - PI * 1e4 * (1 + STAR_DEPTH * STAR_DEPTH / 2)) < 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_measure_is_right),
		cmocka_unit_test(circles_are_met),
		cmocka_unit_test(ellipses_are_met),
		cmocka_unit_test(stars_are_met),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
