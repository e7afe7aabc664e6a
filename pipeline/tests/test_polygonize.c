/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/stage/polygonize.h"

#define PLENTY ((size_t)1 << 30)

/* Pixel (0, 0) is a unit square right and below of (0, 0), y up. */
static struct grid unit_grid(int32_t w, int32_t h)
{
	return (struct grid){ { "EPSG:32643" }, 0, 0, 1, 1, w, h };
}

static int try_polygonize(int32_t w, int32_t h, const uint8_t *pixels, size_t memory,
			  struct patches *out, struct error *e)
{
	const struct polygonize_spec spec = {
		.grid = unit_grid(w, h), .values = { 2, 3 }, .values_nr = 2, .memory = memory
	};
	struct polygonize *p = NULL;
	int ret = polygonize_new(&p, &spec, e);

	for (int32_t y = 0; !ret && y < h; y++)
		ret = polygonize_row(p, pixels + (size_t)y * (size_t)w, e);
	if (!ret)
		ret = polygonize_finish(p, out, e);
	polygonize_free(p);
	return ret;
}

static struct patches polygonize(int32_t w, int32_t h, const uint8_t *pixels)
{
	struct patches out;
	struct error e = { 0 };

	assert_int_equal(try_polygonize(w, h, pixels, PLENTY, &out, &e), 0);
	return out;
}

static double patch_area(const struct patches *p, size_t i)
{
	double sum = 0;

	for (size_t k = 0; k < p->patch[i].rings_nr; k++)
		sum += lines_area(&p->rings, p->patch[i].ring + k);
	return sum;
}

/* Even-odd over all rings of a patch. */
static bool inside(const struct patches *p, size_t i, double x, double y)
{
	bool in = false;

	for (size_t r = p->patch[i].ring; r < p->patch[i].ring + p->patch[i].rings_nr; r++)
		for (size_t k = 0; k < lines_edges(&p->rings, r); k++) {
			struct point a, b;

			lines_edge(&p->rings, r, k, &a, &b);
			if (a.x == b.x && a.x > x && (a.y > y) != (b.y > y))
				in = !in;
		}
	return in;
}

/* --- the same by flood filling --- */

struct flood {
	int32_t w, h;
	const uint8_t *pixels;
	int *label; /* -1: none yet */
	int32_t *stack;
	size_t top;
};

/* Label the pixel, if there is one, it is as it should be and has no label. */
static void wet(struct flood *f, bool there, int32_t at, uint8_t value, int label)
{
	if (!there || f->label[at] >= 0 || f->pixels[at] != value)
		return;
	f->label[at] = label;
	f->stack[f->top++] = at;
}

static void spread(struct flood *f, int32_t start, int label)
{
	uint8_t value = f->pixels[start];

	wet(f, true, start, value, label);
	while (f->top) {
		int32_t at = f->stack[--f->top], x = at % f->w;

		wet(f, x > 0, at - 1, value, label);
		wet(f, x + 1 < f->w, at + 1, value, label);
		wet(f, at >= f->w, at - f->w, value, label);
		wet(f, at + f->w < f->w * f->h, at + f->w, value, label);
	}
}

static size_t flood(int32_t w, int32_t h, const uint8_t *pixels, int *label)
{
	size_t nr = 0, n = (size_t)w * (size_t)h;
	struct flood f = { w, h, pixels, label, malloc(n * sizeof(int32_t)), 0 };

	memset(label, 0xff, n * sizeof(*label));
	for (int32_t at = 0; at < w * h; at++)
		if (label[at] < 0 && (pixels[at] == 2 || pixels[at] == 3))
			spread(&f, at, (int)nr++);
	free(f.stack);
	return nr;
}

/* No ring may come to one place twice: then it is simple, as its sides run along pixels. */
static void check_simple(const struct patches *p, size_t ring)
{
	const struct point *v = p->rings.points + p->rings.starts[ring];
	size_t n = p->rings.starts[ring + 1] - p->rings.starts[ring];

	for (size_t a = 0; a < n; a++)
		for (size_t b = a + 1; b < n; b++)
			assert_false(v[a].x == v[b].x && v[a].y == v[b].y);
}

static void check_patch(const struct patches *p, size_t i)
{
	assert_true(patch_area(p, i) == (double)p->patch[i].pixels);
	for (size_t k = 0; k < p->patch[i].rings_nr; k++) {
		double area = lines_area(&p->rings, p->patch[i].ring + k);

		assert_true(k ? area < 0 : area > 0);
		check_simple(p, p->patch[i].ring + k);
	}
}

static void check_against_flood(int32_t w, int32_t h, const uint8_t *pixels)
{
	struct patches p = polygonize(w, h, pixels);
	int *label = malloc(sizeof(*label) * (size_t)(w * h));
	size_t rings = 0;

	/* Both number patches by their first pixel. */
	assert_int_equal(p.nr, flood(w, h, pixels, label));
	for (size_t i = 0; i < p.nr; i++) {
		check_patch(&p, i);
		rings += p.patch[i].rings_nr;
		for (int32_t at = 0; at < w * h; at++) {
			int32_t row = at / w;
			bool in = inside(&p, i, at % w + 0.5, -0.5 - row);

			assert_int_equal(in, label[at] == (int)i);
			assert_true(!in || pixels[at] == p.patch[i].value);
		}
	}
	assert_int_equal(rings, p.rings.nr);
	free(label);
	patches_release(&p);
}

static void random_rasters_agree_with_flood_fill(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 300; round++) {
		int32_t w = 1 + round % 17, h = 1 + round % 13;
		uint8_t pixels[17 * 13];
		unsigned density = 2 + (unsigned)round % 4;

		for (int32_t i = 0; i < w * h; i++) {
			seed = seed * 1664525u + 1013904223u;
			pixels[i] = (uint8_t)((seed >> 16) % density + 2);
			/* Some other class, and no data. */
			if (pixels[i] > 3)
				pixels[i] = pixels[i] == 4 ? 255 : 1;
		}
		check_against_flood(w, h, pixels);
	}
}

static void touching_corners_keep_rings_simple(void **state)
{
	/* A hole of two pixels that touch at a corner, and an outline that does. */
	static const uint8_t hole[] = { 2, 2, 2, 2, 2, 0, 2, 2, 2, 2, 0, 2, 2, 2, 2, 2 };
	static const uint8_t clasp[] = { 2, 2, 2, 2, 0, 2, 2, 2, 0 };
	struct patches p = polygonize(4, 4, hole);

	(void)state;
	assert_int_equal(p.nr, 1);
	assert_int_equal(p.patch[0].rings_nr, 3);
	patches_release(&p);
	p = polygonize(3, 3, clasp);
	assert_int_equal(p.nr, 1);
	assert_int_equal(p.patch[0].rings_nr, 2);
	patches_release(&p);
	check_against_flood(4, 4, hole);
	check_against_flood(3, 3, clasp);
}

static void nothing_gives_nothing(void **state)
{
	static const uint8_t pixels[6] = { 0, 1, 4, 255, 0, 1 };
	struct patches p = polygonize(3, 2, pixels);

	(void)state;
	assert_int_equal(p.nr, 0);
	patches_release(&p);
}

static void too_little_memory_is_told(void **state)
{
	uint8_t pixels[64 * 64];
	struct patches p;
	struct error e = { 0 };

	(void)state;
	for (int i = 0; i < 64 * 64; i++)
		pixels[i] = (i + i / 64) % 2 ? 2 : 3;
	assert_int_equal(try_polygonize(64, 64, pixels, 10000, &p, &e), -1);
	assert_int_equal(e.code, ERROR_CONFIG);
	assert_non_null(strstr(e.text, "--memory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_rasters_agree_with_flood_fill),
		cmocka_unit_test(touching_corners_keep_rings_simple),
		cmocka_unit_test(nothing_gives_nothing),
		cmocka_unit_test(too_little_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
