/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/resample.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/mapping.h"
#include "pipeline/tests/mapping_case.h"
#include "pipeline/tests/rerun.h"

static bool same_rect(struct rect a, struct rect b)
{
	return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static void shifts_are_exact(void **state)
{
	struct grid source = grid_of("EPSG:32643", 300000, 5200020, 30, 7000, 7100);
	struct grid target = grid_of("EPSG:32643", 303000, 5199990, 30, 500, 400);
	struct mapping *m = map(target, source);
	int32_t dx = 0, dy = 0, sx[70], sy[70];

	(void)state;
	assert_true(mapping_is_shift(m, &dx, &dy));
	assert_int_equal(dx, 100);
	assert_int_equal(dy, 1);
	mapping_row(m, 30, 7, 70, 120, 3, sx, sy);
	for (int32_t i = 0; i < 70; i++) {
		assert_int_equal(sx[i], (30 + i + 100 - 120) * 65536);
		assert_int_equal(sy[i], (7 + 1 - 3) * 65536);
	}
	assert_true(same_rect(mapping_source_rect(m, (struct rect){ 3, 4, 20, 10 }),
			      (struct rect){ 103, 5, 20, 10 }));
	assert_true(same_rect(mapping_target_rect(m), (struct rect){ 0, 0, 500, 400 }));
	mapping_free(m);

	m = map(source, target);
	assert_true(mapping_is_shift(m, &dx, &dy));
	assert_true(same_rect(mapping_target_rect(m), (struct rect){ 100, 1, 500, 400 }));
	assert_true(same_rect(mapping_source_rect(m, (struct rect){ 90, 0, 20, 10 }),
			      (struct rect){ 0, 0, 10, 9 }));
	assert_true(rect_empty(mapping_source_rect(m, (struct rect){ 601, 0, 20, 10 })));
	mapping_free(m);
	mapping_free(NULL);
}

/* 2^-16 pixel from exact arithmetic in quarter metres; both grids in one CRS. */
static double exact_coordinate(double target0, double target_pixel, double source0,
			       double source_pixel, int32_t i)
{
	long long quarters =
		llround(4 * (target0 - source0)) + llround(2 * (2 * i + 1) * target_pixel);

	return (double)(65536 * quarters) / (4 * source_pixel) - 32768;
}

static void other_pixel_sizes_need_no_proj(void **state)
{
	static const struct {
		double target_pixel, source_pixel, offset;
		int tolerance; /* 0 where 64 target pixels are a multiple of 2^-16 source pixel */
	} cases[] = { { 10, 20, 0, 0 }, { 10, 20, -2.5, 0 },   { 30, 10, 0, 1 },
		      { 60, 10, 5, 1 }, { 10, 30, 0, 1 },      { 20, 30, 10, 1 },
		      { 15, 30, 0, 0 }, { 30, 28.5, 14.25, 1 } };

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct grid source =
			grid_of("no such CRS", 300000, 5200020, cases[c].source_pixel, 7000, 7100);
		struct grid target = grid_of("no such CRS", 300000 + cases[c].offset, 5200020,
					     cases[c].target_pixel, 300, 200);
		struct mapping *m = map(target, source);
		int32_t dx, dy, sx[300], sy[300];

		assert_false(mapping_is_shift(m, &dx, &dy));
		for (int32_t y = 0; y < 200; y++) {
			mapping_row(m, 0, y, 300, 0, 0, sx, sy);
			for (int32_t x = 0; x < 300; x++) {
				double ex = exact_coordinate(target.x0, target.dx, source.x0,
							     source.dx, x);
				double ey = exact_coordinate(-target.y0, target.dy, -source.y0,
							     source.dy, y);

				assert_true(fabs(sx[x] - ex) <= cases[c].tolerance + 0.01);
				assert_true(fabs(sy[x] - ey) <= cases[c].tolerance + 0.01);
			}
		}
		mapping_free(m);
	}
}

/* Between nodes: the closed form of mapping.h, however the row is cut, relative to any origin. */
static void interpolates_as_it_says(void **state)
{
	struct grid source = grid_of("EPSG:32644", 199980, 5200020, 10, 10980, 10980);
	struct grid target = grid_of(LAEA, 120000, 60000, 30, 400, 300);
	struct mapping *m = map(target, source);
	int32_t sx[400], sy[400], nx[2][2], ny[2][2], px, py;

	(void)state;
	for (int32_t y = 0; y < 256; y += 5) {
		mapping_row(m, 0, y, 400, -3, 11, sx, sy);
		for (int32_t x = 0; x < 320; x++) {
			int64_t u = x % 64, v = y % 64, wx = 0, wy = 0;

			for (int k = 0; k < 4; k++) {
				mapping_row(m, x / 64 * 64 + k % 2 * 64, y / 64 * 64 + k / 2 * 64,
					    1, -3, 11, &nx[k / 2][k % 2], &ny[k / 2][k % 2]);
				wx += (k % 2 ? u : 64 - u) * (k / 2 ? v : 64 - v) *
				      nx[k / 2][k % 2];
				wy += (k % 2 ? u : 64 - u) * (k / 2 ? v : 64 - v) *
				      ny[k / 2][k % 2];
			}
			assert_int_equal(sx[x], (wx + 2048) >> 12);
			assert_int_equal(sy[x], (wy + 2048) >> 12);
			mapping_row(m, x, y, 1, -3, 11, &px, &py);
			assert_true(px == sx[x] && py == sy[x]);
		}
	}
	mapping_free(m);
}

/* The largest distance between mapping and PROJ, in source pixels, over every step-th pixel. */
static double worst_error(const struct grid *target, const struct grid *source, int32_t step)
{
	struct mapping *m = map(*target, *source);
	struct crs_transform *t;
	struct error e = { 0 };
	double *x = malloc((size_t)target->width * sizeof(*x));
	double *y = malloc((size_t)target->width * sizeof(*y)), worst = 0;

	assert_int_equal(crs_transform_new(&t, &target->crs, &source->crs, &e), 0);
	for (int32_t j = step / 3; j < target->height; j += step) {
		int32_t n = 0;

		for (int32_t i = j % step; i < target->width; i += step, n++) {
			x[n] = target->x0 + (i + 0.5) * target->dx;
			y[n] = target->y0 - (j + 0.5) * target->dy;
		}
		crs_transform_points(t, (size_t)n, x, y);
		for (int32_t i = 0; i < n; i++) {
			double ex = (x[i] - source->x0) / source->dx - 0.5;
			double ey = (source->y0 - y[i]) / source->dy - 0.5;
			int32_t ox = (int32_t)ex, oy = (int32_t)ey, sx = 0, sy = 0;

			mapping_row(m, j % step + i * step, j, 1, ox, oy, &sx, &sy);
			worst = fmax(worst, fabs(sx / 65536.0 + ox - ex));
			worst = fmax(worst, fabs(sy / 65536.0 + oy - ey));
		}
	}
	crs_transform_free(t);
	mapping_free(m);
	free(x);
	free(y);
	return worst;
}

/* BALKHASH_EVERY_PIXEL=1 asks PROJ for each pixel of the lake's grid instead of one in 3721. */
static void is_close_to_proj(void **state)
{
	static const char *const zones[] = { "EPSG:32643", "EPSG:32644" };
	static const double pixels[][2] = { { 30, 30 }, { 30, 20 }, { 30, 10 }, { 60, 10 } };
	int32_t step = getenv("BALKHASH_EVERY_PIXEL") ? 1 : 61;

	(void)state;
	for (size_t z = 0; z < 2; z++) {
		for (size_t p = 0; p < sizeof(pixels) / sizeof(pixels[0]); p++) {
			struct grid source = grid_of(zones[z], z ? -100000 : 300000, 5230000,
						     pixels[p][1], 1000, 1000);
			struct grid target = lake_grid(pixels[p][0]);
			double worst = worst_error(&target, &source, step);

			print_message("# LAEA %g m <- %s %g m: error against PROJ %.6f pixel\n",
				      pixels[p][0], zones[z], pixels[p][1], worst);
			assert_true(worst <= 0.02);
		}
	}
}

/* A ramp along each axis, resampled as the program does, against the ramp at PROJ's coordinates. */
static void a_ramp_does_not_move(void **state)
{
	enum { SIDE = 320, GAIN = 128 };
	struct grid source = grid_of("EPSG:32643", 600000, 5130000, 20, 480, 480);
	struct grid target = grid_of(LAEA, 2000, 32000, 20, SIDE, SIDE);
	struct mapping *m = map(target, source);
	struct crs_transform *t;
	struct error e = { 0 };
	static uint16_t ramp[2][480 * 480];
	static int32_t sx[SIDE], sy[SIDE];
	double sum[2] = { 0 }, worst = 0;
	int n = 0;

	(void)state;
	for (int32_t i = 0; i < 480 * 480; i++) {
		ramp[0][i] = (uint16_t)(GAIN * (i % 480));
		ramp[1][i] = (uint16_t)(GAIN * (i / 480));
	}
	assert_int_equal(crs_transform_new(&t, &target.crs, &source.crs, &e), 0);
	for (int32_t j = 0; j < SIDE; j++) {
		mapping_row(m, 0, j, SIDE, 0, 0, sx, sy);
		for (int32_t i = 0; i < SIDE; i++, n++) {
			double p[2] = { target.x0 + (i + 0.5) * 20, target.y0 - (j + 0.5) * 20 };

			crs_transform_points(t, 1, p, p + 1);
			p[0] = (p[0] - source.x0) / 20 - 0.5;
			p[1] = (source.y0 - p[1]) / 20 - 0.5;
			for (int k = 0; k < 2; k++) {
				struct window_any w = { ramp[k], 480, 480, 65535, PIXEL_U16 };
				double got = window_bilinear(w, sx[i], sy[i]) / (double)GAIN;

				assert_true(p[k] > 1 && p[k] < 478);
				sum[k] += got - p[k];
				worst = fmax(worst, fabs(got - p[k]));
			}
		}
	}
	crs_transform_free(t);
	mapping_free(m);
	print_message("# ramp: mean %+.5f, %+.5f pixel, worst %.5f\n", sum[0] / n, sum[1] / n,
		      worst);
	/* The kernel's weights are whole 256ths of a pixel. */
	assert_true(fabs(sum[0] / n) < 1 / 512.0 && fabs(sum[1] / n) < 1 / 512.0);
	assert_true(worst < 1 / 128.0);
}

/* Does PROJ fail on one of the four nodes round target pixel (x, y), which is a node? */
static bool any_corner_lost(const struct grid *target, const struct grid *source, int32_t x,
			    int32_t y)
{
	struct crs_transform *t;
	struct error e = { 0 };
	double px[4], py[4];

	for (int k = 0; k < 4; k++) {
		int32_t i = x + k % 2 * 64, j = y + k / 2 * 64;

		px[k] = target->x0 + (i + 0.5) * target->dx;
		py[k] = target->y0 - (j + 0.5) * target->dy;
	}
	assert_int_equal(crs_transform_new(&t, &target->crs, &source->crs, &e), 0);
	crs_transform_points(t, 4, px, py);
	crs_transform_free(t);
	return isinf(px[0]) || isinf(px[1]) || isinf(px[2]) || isinf(px[3]);
}

static void keeps_apart_what_has_no_place(void **state)
{
	struct grid world = grid_of("+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84 +units=m", -2e7, 2e7,
				    1e5, 400, 400);
	struct grid source = grid_of("EPSG:32631", 0, 1e6, 1e5, 10, 20);
	struct grid near = grid_of("EPSG:32643", 300000, 5200000, 10, 128, 64);
	struct grid other = grid_of("EPSG:32643", 300005, 5200005, 10, 128, 64);
	struct mapping *m = map(world, source);
	int32_t sx[400], sy[400], lost = 0;

	(void)state;
	for (int32_t y = 0; y < 384; y += 64) {
		for (int32_t x = 0; x < 384; x += 64) {
			bool want = any_corner_lost(&world, &source, x, y);

			lost += want;
			for (int32_t v = 0; v < 64; v += 63) {
				mapping_row(m, x, y + v, 64, 0, 0, sx, sy);
				assert_int_equal(sx[0] == MAPPING_NOWHERE, want);
				assert_int_equal(sy[0] == MAPPING_NOWHERE, want);
				assert_int_equal(sx[63] == MAPPING_NOWHERE, want);
				assert_int_equal(sy[63] == MAPPING_NOWHERE, want);
			}
		}
	}
	mapping_row(m, 0, 0, 1, 0, 0, sx, sy);
	assert_int_equal(sx[0], MAPPING_NOWHERE);
	mapping_row(m, 200, 200, 1, 0, 0, sx, sy);
	assert_true(sx[0] != MAPPING_NOWHERE);
	assert_true(lost > 12 && lost < 36);
	assert_true(rect_empty(mapping_source_rect(m, (struct rect){ 0, 0, 30, 30 })));
	mapping_free(m);

	/* Coordinates that 32 bits do not hold, relative to a far origin. */
	m = map(near, other);
	mapping_row(m, 0, 0, 1, -32769, 0, sx, sy);
	assert_true(sx[0] == MAPPING_NOWHERE && sy[0] == MAPPING_NOWHERE);
	mapping_row(m, 0, 0, 1, 32768, 0, sx, sy);
	assert_true(sx[0] == MAPPING_NOWHERE && sy[0] == MAPPING_NOWHERE);
	mapping_row(m, 0, 0, 1, 0, 32769, sx, sy);
	assert_true(sx[0] == MAPPING_NOWHERE && sy[0] == MAPPING_NOWHERE);
	mapping_row(m, 0, 0, 1, -32767, 32767, sx, sy);
	assert_true(sx[0] == 32767 * 65536 - 32768 && sy[0] == -32767 * 65536 + 32768);
	mapping_free(m);
}

/* Of a part it gives what a mapping made for that part gives, with nodes and as a shift. */
static void a_part_is_as_if_made_for_it(void **state)
{
	static const struct rect parts[] = { { 0, 0, 16000, 8000 },
					     { 512, 1024, 3000, 2049 },
					     { 15936, 7936, 64, 64 },
					     { 64, 0, 1, 8000 },
					     { 0, 64, 16000, 1 } };
	static const char *const zones[] = { "EPSG:32643", LAEA };
	struct grid lake = lake_grid(30);

	(void)state;
	for (size_t k = 0; k < 10; k++) {
		struct rect r = parts[k / 2];
		struct grid source = grid_of(zones[k % 2], k % 2 ? -100020 : 300000,
					     k % 2 ? 60000 : 5230020, 30, 7000, 7000);
		struct mapping *whole = map(lake, source), *part = map(grid_crop(&lake, r), source);
		int32_t *x = calloc(4 * (size_t)r.w, sizeof(*x)), *y = x + r.w;
		size_t n = 2 * (size_t)r.w * sizeof(*x);

		mapping_crop(whole, r);
		assert_true(same_rect(mapping_source_rect(whole, (struct rect){ 0, 0, r.w, r.h }),
				      mapping_source_rect(part, (struct rect){ 0, 0, r.w, r.h })));
		assert_true(same_rect(mapping_target_rect(whole), mapping_target_rect(part)));
		for (int32_t j = 0; j < r.h; j += 61) {
			mapping_row(whole, 0, j, r.w, 3, 5, x, y);
			mapping_row(part, 0, j, r.w, 3, 5, y + r.w, y + 2 * r.w);
			assert_memory_equal(x, y + r.w, n);
		}
		free(x);
		mapping_free(part);
		mapping_free(whole);
	}
}

/* Hashes of all node values of the lake's grid, and of the coordinates that PROJ gave for them. */
static int print_hashes(void)
{
	static const char *const zones[] = { "EPSG:32643", "EPSG:32644" };
	struct grid lake = lake_grid(30);
	uint64_t nodes = 0, raw = 0;

	for (int k = 0; k < 8; k++) {
		static const double pixels[] = { 10, 20, 30, 60 };
		struct grid source = grid_of(zones[k % 2], k % 2 ? -100000 : 300000, 5230020,
					     pixels[k / 2], 1000, 1000);
		struct mapping *m;
		struct crs_transform *t;
		struct error e = { 0 };

		if (mapping_new(&m, &lake, &source, &e) ||
		    crs_transform_new(&t, &lake.crs, &source.crs, &e))
			return 1;
		for (int32_t j = 0; j < lake.height; j += MAPPING_STEP) {
			for (int32_t i = 0; i < lake.width; i += MAPPING_STEP) {
				double x[2] = { lake.x0 + (i + 0.5) * 30,
						lake.y0 - (j + 0.5) * 30 };
				int32_t s[2];

				mapping_row(m, i, j, 1, 0, 0, s, s + 1);
				nodes = rerun_hash(nodes, s, sizeof(s));
				crs_transform_points(t, 1, x, x + 1);
				raw = rerun_hash(raw, x, sizeof(x));
			}
		}
		crs_transform_free(t);
		mapping_free(m);
	}
	printf("%016llx %016llx", (unsigned long long)nodes, (unsigned long long)raw);
	return 0;
}

static void is_the_same_on_an_old_cpu(void **state)
{
	char here[64], old[64];

	(void)state;
	assert_int_equal(rerun(NULL, here, sizeof(here)), 0);
	assert_int_equal(rerun(RERUN_OLD_CPU, old, sizeof(old)), 0);
	assert_int_equal(strlen(here), 33);
	print_message("# nodes and PROJ's doubles: %s, without AVX2 and FMA: %s\n", here, old);
	assert_memory_equal(here, old, 16);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shifts_are_exact),
		cmocka_unit_test(other_pixel_sizes_need_no_proj),
		cmocka_unit_test(interpolates_as_it_says),
		cmocka_unit_test(is_close_to_proj),
		cmocka_unit_test(a_ramp_does_not_move),
		cmocka_unit_test(keeps_apart_what_has_no_place),
		cmocka_unit_test(a_part_is_as_if_made_for_it),
		cmocka_unit_test(is_the_same_on_an_old_cpu),
	};

	if (argc == 2 && !strcmp(argv[1], "--hash"))
		return print_hashes();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
