/* SPDX-License-Identifier: Apache-2.0
 *
 * Seeds of clouds by parallax: textures that bands see displaced, or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <stdbool.h>
#include <string.h>

#include "pipeline/stage/cloud.h"

#define W 90
#define H 76

/* A scene of W x H pixels: what a band sees at (x, y), in stored values. */
struct scene {
	uint16_t b08[W * H], b8a[W * H], b07[W * H];
};

static const struct calib calib = { 1e-4f, 0, 0, 65535 };

static uint16_t texture(int32_t x, int32_t y)
{
	uint32_t v = (uint32_t)(x >> 1) * 2654435761u + (uint32_t)(y >> 1) * 2246822519u;

	v = (v ^ v >> 15) * 2246822519u;
	return (uint16_t)(3000 + (v >> 20));
}

/* moved: pixels that B08 and B07 see things beside where B8A does. */
static struct scene *scene_new(int32_t moved_b08, int32_t moved_b07)
{
	struct scene *s = malloc(sizeof(*s));

	for (int32_t i = 0; i < W * H; i++) {
		int32_t x = i % W, y = i / W;

		s->b8a[i] = texture(x, y);
		s->b08[i] = texture(x + moved_b08, y);
		s->b07[i] = texture(x + moved_b07, y);
	}
	return s;
}

/* Pixels of rect r of a band. */
static uint16_t *cut(const uint16_t *band, struct rect r)
{
	uint16_t *out = malloc(rect_area(r) * sizeof(*out));

	for (int32_t y = 0; y < r.h; y++)
		memcpy(out + y * r.w, band + (r.y + y) * W + r.x, (size_t)r.w * sizeof(*out));
	return out;
}

/* The seeds of rect out, of w x h pixels, into seeds[W * H]. */
static void seed(const struct scene *s, struct rect out, int32_t pixel_m, uint8_t *seeds)
{
	struct rect all = { 0, 0, W, H };
	struct rect in = rect_intersect(rect_grow(out, cloud_cdi_halo(pixel_m)), all);
	uint16_t *b08 = cut(s->b08, in), *b8a = cut(s->b8a, in), *b07 = cut(s->b07, in);
	struct cloud_cdi_bands bands = { b08, b8a, b07, calib, calib, calib };
	void *scratch = malloc(cloud_cdi_scratch_size(in, pixel_m));
	uint8_t *got = malloc(rect_area(out));

	cloud_cdi_tile(&bands, in, out, pixel_m, CLOUD_LIMITS, scratch, got);
	for (int32_t y = 0; y < out.h; y++)
		memcpy(seeds + (out.y + y) * W + out.x, got + y * out.w, (size_t)out.w);
	free(got);
	free(scratch);
	free(b07);
	free(b8a);
	free(b08);
}

static int count(const uint8_t *seeds, uint8_t bit)
{
	int n = 0;

	for (size_t i = 0; i < W * H; i++)
		n += (seeds[i] & bit) != 0;
	return n;
}

static void parallax_makes_seeds(void **state)
{
	(void)state;
	for (int32_t pixel_m = 10; pixel_m <= 20; pixel_m += 10) {
		struct scene *cloud = scene_new(4, 0), *ground = scene_new(0, 4);
		uint8_t seeds[W * H];

		seed(cloud, (struct rect){ 0, 0, W, H }, pixel_m, seeds);
		assert_int_equal(count(seeds, CLOUD_CDI_SEED), W * H);
		assert_int_equal(count(seeds, CLOUD_CDI_GROW), W * H);
		seed(ground, (struct rect){ 0, 0, W, H }, pixel_m, seeds);
		assert_int_equal(count(seeds, CLOUD_CDI_SEED | CLOUD_CDI_GROW), 0);
		free(ground);
		free(cloud);
	}
}

/* 0 / 0 */
static void what_does_not_vary_has_no_seeds(void **state)
{
	struct scene *flat = scene_new(0, 0);
	uint8_t seeds[W * H];

	(void)state;
	for (size_t i = 0; i < W * H; i++)
		flat->b08[i] = flat->b8a[i] = flat->b07[i] = 150;
	seed(flat, (struct rect){ 0, 0, W, H }, 20, seeds);
	assert_int_equal(count(seeds, 255), 0);
	free(flat);
}

/* B08 at a pixel after the blur of 3 x 3, by the product of its weights; missing neighbours are as the pixel. */
static double blurred(const struct scene *s, int32_t x, int32_t y)
{
	static const double weight[3] = { 3. / 32, 26. / 32, 3. / 32 };
	double self = s->b08[y * W + x], sum = 0;

	for (int32_t j = -1; j <= 1; j++)
		for (int32_t i = -1; i <= 1; i++) {
			bool there = x + i >= 0 && x + i < W && y + j >= 0 && y + j < H;
			int32_t at = (y + j) * W + x + i;

			sum += weight[i + 1] * weight[j + 1] *
			       (there && s->b8a[at] ? s->b08[at] : self);
		}
	return sum;
}

/* Ground that lies still, but that the bands of 20 m see blurred; 1 % of noise. */
static void sharp_ground_has_no_seeds(void **state)
{
	struct scene *s = scene_new(0, 0);
	uint16_t band[W * H];
	uint8_t seeds[W * H];

	(void)state;
	for (int32_t i = 0; i < W * H; i++)
		band[i] = (uint16_t)(blurred(s, i % W, i / W) + .5);
	for (int32_t i = 0; i < W * H; i++) {
		s->b8a[i] = band[i];
		s->b07[i] = (uint16_t)(band[i] + (i * 37 % 61) - 30);
	}
	seed(s, (struct rect){ 0, 0, W, H }, 20, seeds);
	assert_int_equal(count(seeds, 255), 0);
	free(s);
}

/* Water of reflectance 0 and below must neither divide by 0 nor make seeds of its noise alone. */
static void dark_pixels_are_harmless(void **state)
{
	struct scene *dark = scene_new(0, 0);
	struct calib offset = { 1e-4f, -.1f, 0, 65535 };
	struct cloud_cdi_bands bands = { dark->b08, dark->b8a, dark->b07, offset, offset, offset };
	struct rect all = { 0, 0, W, H };
	void *scratch = malloc(cloud_cdi_scratch_size(all, 10));
	uint8_t seeds[W * H];

	(void)state;
	for (size_t i = 0; i < W * H; i++)
		dark->b08[i] = dark->b8a[i] = dark->b07[i] = (uint16_t)(990 + i % 3);
	cloud_cdi_tile(&bands, all, all, 10, CLOUD_LIMITS, scratch, seeds);
	assert_int_equal(count(seeds, 255), 0);
	free(scratch);
	free(dark);
}

/* Variances of one window, pixel by pixel. */
static uint8_t by_hand(const struct scene *s, int32_t x, int32_t y)
{
	double sum[2] = { 0, 0 }, squares[2] = { 0, 0 }, n = 0, v[2], cdi;

	for (int32_t j = y - 3; j <= y + 3; j++)
		for (int32_t i = x - 3; i <= x + 3; i++) {
			size_t at = (size_t)(j * W + i);

			if (i < 0 || j < 0 || i >= W || j >= H || !s->b8a[at])
				continue;
			for (int k = 0; k < 2; k++) {
				double above = k ? s->b07[at] : blurred(s, i, j);
				double ratio = above / s->b8a[at];

				ratio = (double)(int)(ratio * 4096 + .5) / 4096;
				sum[k] += ratio;
				squares[k] += ratio * ratio;
			}
			n++;
		}
	for (int k = 0; k < 2; k++)
		v[k] = squares[k] / n - sum[k] / n * (sum[k] / n);
	cdi = (v[1] - v[0]) / (v[1] + v[0]);
	return (uint8_t)((cdi < -.5 ? CLOUD_CDI_SEED : 0) | (cdi < -.25 ? CLOUD_CDI_GROW : 0));
}

/* B07 sees every other thing displaced too: the index takes all values. */
static struct scene *mixed(void)
{
	struct scene *s = scene_new(6, 0);

	for (int32_t i = 0; i < W * H; i++) {
		int32_t x = i % W, y = i / W;

		if ((x / 5 + y / 4) % 2)
			s->b07[i] = texture(x - 6, y);
		if ((x / 3 + y / 11) % 13 == 0)
			s->b8a[i] = 0;
	}
	return s;
}

static void variances_are_right(void **state)
{
	struct scene *s = mixed();
	uint8_t seeds[W * H];
	int kinds[4] = { 0, 0, 0, 0 };

	(void)state;
	seed(s, (struct rect){ 0, 0, W, H }, 20, seeds);
	for (int32_t y = 0; y < H; y++)
		for (int32_t x = 0; x < W; x++) {
			uint8_t wanted = s->b8a[y * W + x] ? by_hand(s, x, y) : 0;

			assert_int_equal(seeds[y * W + x], wanted);
			kinds[wanted]++;
		}
	assert_true(kinds[0] > 50 && kinds[CLOUD_CDI_GROW] > 50 &&
		    kinds[CLOUD_CDI_GROW | CLOUD_CDI_SEED] > 50);
	free(s);
}

static void tiles_do_not_matter(void **state)
{
	static const int32_t sides[] = { 7, 16, 33, 64 };
	struct scene *s = mixed();

	(void)state;
	for (int32_t pixel_m = 10; pixel_m <= 20; pixel_m += 10) {
		uint8_t wanted[W * H], seeds[W * H];

		seed(s, (struct rect){ 0, 0, W, H }, pixel_m, wanted);
		for (size_t k = 0; k < sizeof(sides) / sizeof(sides[0]); k++) {
			struct grid grid = { { "EPSG:32643" }, 0, 0, pixel_m, pixel_m, W, H };

			memset(seeds, 255, sizeof(seeds));
			for (size_t i = 0; i < grid_tiles(&grid, sides[k]); i++)
				seed(s, grid_tile(&grid, sides[k], i), pixel_m, seeds);
			assert_memory_equal(seeds, wanted, sizeof(seeds));
		}
	}
	free(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parallax_makes_seeds),
		cmocka_unit_test(what_does_not_vary_has_no_seeds),
		cmocka_unit_test(sharp_ground_has_no_seeds),
		cmocka_unit_test(dark_pixels_are_harmless),
		cmocka_unit_test(variances_are_right),
		cmocka_unit_test(tiles_do_not_matter),
	};

	return cmocka_run_group_tests_name("cloud_cdi", tests, NULL, NULL);
}
