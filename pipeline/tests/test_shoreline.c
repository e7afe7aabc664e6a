/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/space/lines.h"
#include "pipeline/tests/shoreline_pass.h"

#define SIDE	400
#define TWO_PI	6.283185307179586
#define PIXEL_M 30.0
#define EAST	300000.0
#define NORTH	5000000.0
#define PLENTY	((size_t)1 << 30)
#define NODATA	255

struct image {
	int32_t w, h;
	uint8_t *pixels;
};

static struct image image_new(int32_t w, int32_t h)
{
	return (struct image){ w, h, calloc((size_t)w * (size_t)h, 1) };
}

static struct grid grid_of(const struct image *im)
{
	return (struct grid){ { "EPSG:32643" }, EAST, NORTH, PIXEL_M, PIXEL_M, im->w, im->h };
}

static uint8_t *pixel_at(const struct image *im, int32_t x, int32_t y)
{
	return im->pixels + (size_t)y * (size_t)im->w + (size_t)x;
}

static int try_trace(struct image *im, int32_t tile, int threads, size_t memory, struct lines *out,
		     struct error *e)
{
	struct shoreline_pass p = { grid_of(im), tile, im->pixels, NULL };
	struct budget budget = { memory, 0 };
	int ret = shoreline_pass_run(&p, threads, &budget, out, e);

	assert_int_equal(budget.taken, ret ? 0 : lines_bytes(out));
	return ret;
}

static struct lines trace(struct image *im, int32_t tile, int threads)
{
	struct lines lines;
	struct error e = { 0 };

	if (try_trace(im, tile, threads, PLENTY, &lines, &e)) {
		fail_msg("%s", e.text);
		/* It does not come back, but nothing says so in its header. */
		abort();
	}
	return lines;
}

/* Map to pixel coordinates; the centre of the upper left pixel is (0.5, 0.5). */
static struct point pixel_of(struct point p)
{
	return (struct point){ (p.x - EAST) / PIXEL_M, (NORTH - p.y) / PIXEL_M };
}

static void check_same(const struct lines *a, const struct lines *b)
{
	assert_int_equal(a->nr, b->nr);
	assert_memory_equal(a->starts, b->starts, (a->nr + 1) * sizeof(*a->starts));
	assert_memory_equal(a->closed, b->closed, a->nr * sizeof(*a->closed));
	assert_memory_equal(a->points, b->points, a->starts[a->nr] * sizeof(*a->points));
}

/* --- shapes: positive inside, near the edge about the distance to it --- */

struct shape {
	double (*distance)(double x, double y);
	double area;
};

static const double centre_x = 200.37, centre_y = 199.81;

static double circle(double x, double y)
{
	double dx = x - centre_x, dy = y - centre_y;

	return 150 - sqrt(dx * dx + dy * dy);
}

/* Half axes 170 and 60, turned by 30 degrees; F / |grad F|. */
static double ellipse(double x, double y)
{
	double c = sqrt(3) / 2, s = 0.5, dx = x - centre_x, dy = y - centre_y;
	double u = (c * dx + s * dy) / 170, v = (c * dy - s * dx) / 60;
	double gu = 2 * u / 170, gv = 2 * v / 60, g = sqrt(gu * gu + gv * gv);

	return (1 - u * u - v * v) / (g > 1e-9 ? g : 1e-9);
}

/* r = 140 (1 + 0.15 cos 5 theta). */
static double star(double x, double y)
{
	double dx = x - centre_x, dy = y - centre_y, theta = atan2(dy, dx);
	double r = 140 * (1 + 0.15 * cos(5 * theta)), slope = -140 * 0.15 * 5 * sin(5 * theta) / r;

	return (r - sqrt(dx * dx + dy * dy)) / sqrt(1 + slope * slope);
}

/* Share of a pixel inside by n x n samples. */
static double share(const struct shape *s, int32_t x, int32_t y)
{
	enum { N = 64 };
	double d = s->distance(x + 0.5, y + 0.5);
	int inside = 0;

	if (fabs(d) > 3)
		return d > 0;
	for (int j = 0; j < N; j++)
		for (int i = 0; i < N; i++)
			inside += s->distance(x + (i + 0.5) / N, y + (j + 0.5) / N) > 0;
	return (double)inside / (N * N);
}

static struct image draw(const struct shape *s)
{
	struct image im = image_new(SIDE, SIDE);

	for (int32_t y = 0; y < SIDE; y++)
		for (int32_t x = 0; x < SIDE; x++)
			*pixel_at(&im, x, y) = (uint8_t)lround(100 * share(s, x, y));
	return im;
}

static void check_accuracy(const char *name, const struct shape *s)
{
	struct image im = draw(s);
	struct lines lines = trace(&im, 64, 2);
	double sum = 0, sum2 = 0, percent = 0, area_error, n, rmse;

	assert_int_equal(lines.nr, 1);
	assert_true(lines.closed[0]);
	for (size_t k = 0; k < lines.starts[1]; k++) {
		struct point p = pixel_of(lines.points[k]);
		double d = s->distance(p.x, p.y);

		sum += d;
		sum2 += d * d;
	}
	for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
		percent += im.pixels[i];
	n = (double)lines.starts[1];
	rmse = sqrt(sum2 / n);
	area_error = percent / 100 / s->area - 1;
	print_message("# %s: %zu vertices, RMSE %.4f px, bias %+.4f px, area by fraction %+.5f %%, "
		      "by ring %+.5f %%\n",
		      name, lines.starts[1], rmse, sum / n, 100 * area_error,
		      100 * (lines_area(&lines, 0) / (PIXEL_M * PIXEL_M) / s->area - 1));
	assert_true(rmse <= 0.10);
	assert_true(fabs(sum / n) <= 0.03);
	assert_true(fabs(area_error) <= 0.0005);
	lines_release(&lines);
	free(im.pixels);
}

static void smooth_shores_are_met(void **state)
{
	const double pi = TWO_PI / 2;
	const struct shape shapes[] = {
		{ circle, pi * 150 * 150 },
		{ ellipse, pi * 170 * 60 },
		{ star, pi * 140 * 140 * (1 + 0.15 * 0.15 / 2) },
	};

	(void)state;
	check_accuracy("circle", &shapes[0]);
	check_accuracy("ellipse", &shapes[1]);
	check_accuracy("star", &shapes[2]);
}

/* --- topology --- */

static void fill(struct image *im, int32_t x, int32_t y, int32_t side, uint8_t value)
{
	for (int32_t row = y; row < y + side; row++)
		memset(pixel_at(im, x, row), value, (size_t)side);
}

/* A lake with an island with a pond. */
static void islands_are_rings_with_water_on_the_left(void **state)
{
	const struct shape s = { circle, 0 };
	struct image im = draw(&s);
	struct lines lines;
	/* A square loses its corners to the cuts at half a pixel: 4 x 1/8. */
	const double want[] = { TWO_PI / 2 * 150 * 150, -400 + 0.5, 36 - 0.5 };

	(void)state;
	fill(&im, 180, 180, 20, 0);
	fill(&im, 185, 190, 6, 100);
	lines = trace(&im, 64, 1);
	assert_int_equal(lines.nr, 3);
	for (size_t i = 0; i < 3; i++) {
		double area = lines_area(&lines, i) / (PIXEL_M * PIXEL_M);

		assert_true(lines.closed[i]);
		assert_true(fabs(area - want[i]) < (i ? 1e-6 : 20));
	}
	lines_release(&lines);
	free(im.pixels);
}

/* A small generator of its own, so that the rasters are the same everywhere. */
static uint32_t random_next(uint32_t *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 8;
}

/* Blobs of every kind of cell: saddles, exact 50, no data, steps. */
static struct image noise(int32_t w, int32_t h, uint32_t seed)
{
	static const uint8_t values[] = { 0, 0, 0, 100, 100, 100, 50, 49, 51, 30, 70, NODATA };
	struct image im = image_new(w, h);

	for (int32_t i = 0; i < w * h; i++)
		im.pixels[i] = values[random_next(&seed) % sizeof(values)];
	return im;
}

/* The sample at (or, between two, beside) a vertex that is wet must lie left of the way. */
static void check_left(const struct image *im, struct point a, struct point b)
{
	struct point p = pixel_of(a), q = pixel_of(b);
	double cx = p.x - 0.5, cy = p.y - 0.5;
	int32_t x0 = (int32_t)floor(cx), y0 = (int32_t)floor(cy);
	int32_t x1 = (int32_t)ceil(cx), y1 = (int32_t)ceil(cy);
	bool first = im->pixels[y0 * im->w + x0] >= 50;
	double wet_x = first ? x0 : x1, wet_y = first ? y0 : y1;
	double dx = q.x - p.x, dy = q.y - p.y;

	if (x0 == x1 && y0 == y1)
		return;
	/* Pixel rows run down, so left has the sign turned. */
	assert_true(dx * (wet_y - cy) - dy * (wet_x - cx) <= 1e-9);
}

/* The cell that an edge crosses has data at its four corners. */
static void check_cell(const struct image *im, struct point a, struct point b)
{
	struct point p = pixel_of(a), q = pixel_of(b);
	double x = (p.x + q.x) / 2 - 0.5, y = (p.y + q.y) / 2 - 0.5;

	/* Between two cells either may have made it. */
	if (x == floor(x) || y == floor(y))
		return;
	for (int32_t k = 0; k < 4; k++)
		assert_true(*pixel_at(im, (int32_t)x + k % 2, (int32_t)y + k / 2) <= 100);
}

static void water_is_on_the_left_everywhere(void **state)
{
	struct image im = noise(97, 61, 7);
	struct lines lines = trace(&im, 64, 2);
	size_t edges = 0;

	(void)state;
	for (size_t i = 0; i < lines.nr; i++)
		for (size_t k = 0; k < lines_edges(&lines, i); k++, edges++) {
			struct point a, b;

			lines_edge(&lines, i, k, &a, &b);
			check_left(&im, a, b);
			check_cell(&im, a, b);
		}
	assert_true(edges > 1000);
	lines_release(&lines);
	free(im.pixels);
}

static void tiles_and_threads_leave_no_trace(void **state)
{
	static const struct {
		int32_t tile;
		int threads;
	} runs[] = { { 512, 2 }, { 64, 1 }, { 64, 3 }, { 1, 2 }, { 2, 1 }, { 33, 2 } };
	struct image im = noise(150, 131, 11);
	struct lines whole = trace(&im, 1024, 1);

	(void)state;
	for (size_t k = 0; k < sizeof(runs) / sizeof(runs[0]); k++) {
		struct lines lines = trace(&im, runs[k].tile, runs[k].threads);

		check_same(&whole, &lines);
		lines_release(&lines);
	}
	for (size_t i = 0; i + 1 < whole.nr; i++)
		assert_true(whole.starts[i + 1] - whole.starts[i] >= (whole.closed[i] ? 3u : 2u));
	lines_release(&whole);
	free(im.pixels);
}

static void lines_end_at_no_data(void **state)
{
	const struct shape s = { circle, 0 };
	struct image im = draw(&s);
	struct lines lines;

	(void)state;
	for (int32_t y = 0; y < SIDE; y++)
		im.pixels[y * SIDE + 200] = NODATA;
	lines = trace(&im, 64, 2);
	assert_int_equal(lines.nr, 2);
	for (size_t i = 0; i < 2; i++) {
		struct point first = pixel_of(lines.points[lines.starts[i]]);
		struct point last = pixel_of(lines.points[lines.starts[i + 1] - 1]);

		/* On the columns of centres beside the one without data. */
		assert_false(lines.closed[i]);
		assert_true(fabs(fabs(first.x - 200.5) - 1) < 1e-9);
		assert_true(fabs(last.x - first.x) < 1e-9);
	}
	/* The right half runs up through the east: the ring was cut, not turned. */
	for (size_t k = 0; k < lines.starts[2]; k++)
		assert_true(fabs(pixel_of(lines.points[k]).x - 200.5) > 1 - 1e-9);
	lines_release(&lines);
	free(im.pixels);
}

static struct lines trace_samples(int32_t w, int32_t h, const uint8_t *samples)
{
	struct image im = { w, h, (uint8_t *)(uintptr_t)samples };

	return trace(&im, 64, 1);
}

static void check_point(const struct lines *l, size_t k, double x, double y)
{
	struct point p = pixel_of(l->points[k]);

	assert_true(fabs(p.x - x) < 1e-9 && fabs(p.y - y) < 1e-9);
}

static void saddles_go_by_the_mean(void **state)
{
	static const uint8_t dry[] = { 90, 0, 0, 90 }, wet[] = { 100, 0, 0, 100 };
	struct lines lines = trace_samples(2, 2, dry);

	(void)state;
	/* Mean 45: each wet corner is cut off by itself; t = 40 / 90. */
	assert_int_equal(lines.nr, 2);
	check_point(&lines, 0, 0.5, 0.5 + 4.0 / 9);
	check_point(&lines, 1, 0.5 + 4.0 / 9, 0.5);
	check_point(&lines, 2, 1.5, 1.5 - 4.0 / 9);
	check_point(&lines, 3, 1.5 - 4.0 / 9, 1.5);
	lines_release(&lines);
	/* Mean 50 is water: the dry corners are cut off. */
	lines = trace_samples(2, 2, wet);
	assert_int_equal(lines.nr, 2);
	check_point(&lines, 0, 1.5, 1);
	check_point(&lines, 1, 1, 0.5);
	check_point(&lines, 2, 0.5, 1);
	check_point(&lines, 3, 1, 1.5);
	lines_release(&lines);
}

static void lines_end_at_the_border(void **state)
{
	static const uint8_t samples[] = { 0, 0, 0, 80, 80, 80 };
	struct lines lines = trace_samples(3, 2, samples);

	(void)state;
	/* The water is in the south: on the left of who goes west. */
	assert_int_equal(lines.nr, 1);
	assert_false(lines.closed[0]);
	assert_int_equal(lines.starts[1], 3);
	check_point(&lines, 0, 2.5, 0.5 + 0.625);
	check_point(&lines, 1, 1.5, 0.5 + 0.625);
	check_point(&lines, 2, 0.5, 0.5 + 0.625);
	assert_true(fabs(lines_length(&lines, 0) - 2 * PIXEL_M) < 1e-9);
	lines_release(&lines);
}

static void samples_of_exactly_half_make_no_repeats(void **state)
{
	static const uint8_t alone[] = { 0, 0, 0, 0, 50, 0, 0, 0, 0 };
	static const uint8_t corner[] = { 0, 0, 0, 0, 50, 100, 0, 100, 100 };
	struct lines lines = trace_samples(3, 3, alone);

	(void)state;
	assert_int_equal(lines.nr, 0);
	lines_release(&lines);
	lines = trace_samples(3, 3, corner);
	assert_int_equal(lines.nr, 1);
	assert_int_equal(lines.starts[1], 3);
	check_point(&lines, 0, 2.5, 1);
	check_point(&lines, 1, 1.5, 1.5);
	check_point(&lines, 2, 1, 2.5);
	lines_release(&lines);
}

static void rasters_without_shore_give_nothing(void **state)
{
	static const uint8_t one[] = { 100 };
	struct image im = image_new(70, 70);
	struct lines lines = trace_samples(1, 1, one);

	(void)state;
	assert_int_equal(lines.nr, 0);
	lines_release(&lines);
	for (int v = 0; v < 3; v++) {
		memset(im.pixels, (int[]){ 0, 100, NODATA }[v], (size_t)70 * 70);
		lines = trace(&im, 64, 2);
		assert_int_equal(lines.nr, 0);
		lines_release(&lines);
	}
	free(im.pixels);
}

static void too_little_memory_is_told(void **state)
{
	struct image im = noise(150, 150, 3);
	struct lines lines;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(try_trace(&im, 64, 2, 4096, &lines, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "--memory"));
	free(im.pixels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smooth_shores_are_met),
		cmocka_unit_test(islands_are_rings_with_water_on_the_left),
		cmocka_unit_test(water_is_on_the_left_everywhere),
		cmocka_unit_test(tiles_and_threads_leave_no_trace),
		cmocka_unit_test(lines_end_at_no_data),
		cmocka_unit_test(saddles_go_by_the_mean),
		cmocka_unit_test(lines_end_at_the_border),
		cmocka_unit_test(samples_of_exactly_half_make_no_repeats),
		cmocka_unit_test(rasters_without_shore_give_nothing),
		cmocka_unit_test(too_little_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
