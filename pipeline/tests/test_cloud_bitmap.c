/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes made of bits against the same made pixel by pixel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/cloud_bitmap.h"

/* Widths around words' ends. */
static const int32_t sizes[][2] = { { 1, 1 }, { 63, 9 }, { 64, 40 }, { 65, 33 }, { 190, 70 } };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * below >> 24);
}

static struct bitmap map_new(const int32_t *size)
{
	struct bitmap b;
	struct error e;

	assert_int_equal(bitmap_new(&b, size[0], size[1], &e), 0);
	return b;
}

/* One pixel in every is set. */
static struct bitmap map_random(const int32_t *size, uint32_t every)
{
	struct bitmap b = map_new(size);
	uint8_t flags[256];

	for (int32_t y = 0; y < b.h; y++) {
		int32_t middle = (int32_t)draw((uint32_t)b.w + 1);

		for (int32_t x = 0; x < b.w; x++)
			flags[x] = draw(every) == 0;
		bitmap_put(&b, 0, y, middle, flags);
		bitmap_put(&b, middle, y, b.w - middle, flags + middle);
	}
	return b;
}

static struct bitmap map_copy(const struct bitmap *a)
{
	struct bitmap b = map_new((int32_t[2]){ a->w, a->h });

	memcpy(b.words, a->words, bitmap_bytes(a->w, a->h));
	return b;
}

/* Pixel (x, y), 0 outside. */
static bool at(const struct bitmap *b, int32_t x, int32_t y)
{
	return x >= 0 && y >= 0 && x < b->w && y < b->h && bitmap_get(b, x, y);
}

/* Bits that are no pixels would spoil whatever asks for any. */
static void assert_clean(const struct bitmap *b)
{
	for (int32_t y = 0; y < b->h && b->w % 64; y++)
		assert_int_equal(bitmap_row(b, y)[b->stride - 1] >> (b->w % 64), 0);
}

static void pixels_are_put_and_read(void **state)
{
	(void)state;
	for (size_t s = 0; s < SIZES; s++) {
		struct bitmap b = map_random(sizes[s], 3);
		uint8_t flags[256];
		bool any = false;

		for (int32_t y = 0; y < b.h; y++) {
			bitmap_read(&b, b.w / 3, y, b.w - b.w / 3, flags);
			for (int32_t x = b.w / 3; x < b.w; x++) {
				assert_int_equal(flags[x - b.w / 3], at(&b, x, y));
				any |= at(&b, x, y);
			}
		}
		assert_int_equal(bitmap_any_in(&b, b.w / 3, 0, b.w - b.w / 3, b.h), any);
		bitmap_clear(&b);
		assert_false(bitmap_any(&b));
		bitmap_release(&b);
	}
}

static void a_part_is_asked_for_alone(void **state)
{
	(void)state;
	for (size_t s = 1; s < SIZES; s++) {
		struct bitmap b = map_new(sizes[s]);
		int32_t x = (int32_t)draw((uint32_t)b.w), y = (int32_t)draw((uint32_t)b.h);
		uint8_t one = 1;

		bitmap_put(&b, x, y, 1, &one);
		for (int32_t k = 0; k < b.w; k++) {
			assert_int_equal(bitmap_any_in(&b, k, 0, b.w - k, b.h), x >= k);
			assert_int_equal(bitmap_any_in(&b, 0, 0, k + 1, b.h), x <= k);
			assert_int_equal(bitmap_any_in(&b, k, y, 1, 1), x == k);
		}
		assert_false(y && bitmap_any_in(&b, 0, 0, b.w, y));
		bitmap_release(&b);
	}
}

static void majority_counts_nine(void **state)
{
	(void)state;
	for (size_t s = 0; s < SIZES; s++)
		for (int least = 1; least <= 9; least++) {
			struct bitmap a = map_random(sizes[s], 2), b = map_new(sizes[s]);

			bitmap_majority(&b, &a, least, 0, b.h / 2);
			bitmap_majority(&b, &a, least, b.h / 2, b.h);
			for (int32_t i = 0; i < b.w * b.h; i++) {
				int32_t x = i % b.w, y = i / b.w, n = 0;

				for (int32_t k = 0; k < 9; k++)
					n += at(&a, x + k % 3 - 1, y + k / 3 - 1);
				assert_int_equal(at(&b, x, y), n >= least);
			}
			assert_clean(&b);
			bitmap_release(&a);
			bitmap_release(&b);
		}
}

/* Whether some pixel of a lies within radius. */
static bool near(const struct bitmap *a, int32_t x, int32_t y, int32_t radius)
{
	for (int32_t dy = -radius; dy <= radius; dy++)
		for (int32_t dx = -radius; dx <= radius; dx++)
			if (dx * dx + dy * dy <= radius * radius && at(a, x + dx, y + dy))
				return true;
	return false;
}

static void disks_are_exact(void **state)
{
	static const int32_t radii[] = { 0, 1, 2, 5, 15 };

	(void)state;
	for (size_t s = 0; s < SIZES; s++)
		for (size_t r = 0; r < sizeof(radii) / sizeof(radii[0]); r++) {
			struct bitmap a = map_random(sizes[s], 400), b = map_new(sizes[s]);
			uint64_t scratch[4];

			for (int32_t y = 0; y < b.h; y += 7)
				bitmap_dilate(&b, &a, radii[r], scratch, y,
					      y + 7 < b.h ? y + 7 : b.h);
			for (int32_t i = 0; i < b.w * b.h; i++)
				assert_int_equal(at(&b, i % b.w, i / b.w),
						 near(&a, i % b.w, i / b.w, radii[r]));
			assert_clean(&b);
			bitmap_release(&a);
			bitmap_release(&b);
		}
}

static void seeds_are_eroded(void **state)
{
	(void)state;
	for (size_t s = 0; s < SIZES; s++) {
		struct bitmap a = map_random(sizes[s], 2), grow = map_new(sizes[s]);
		struct bitmap before = map_copy(&a), holes = map_random(sizes[s], 30);

		for (int32_t y = 0; y < grow.h; y++)
			for (int32_t x = 0; x < grow.w; x++)
				bitmap_put(&grow, x, y, 1, &(uint8_t){ !at(&holes, x, y) });
		bitmap_erode(&a, &grow, 0, a.h);
		for (int32_t i = 0; i < a.w * a.h; i++) {
			int32_t x = i % a.w, y = i / a.w;
			bool kept = at(&before, x, y);

			for (int32_t k = 0; k < 9; k++)
				kept &= !at(&holes, x + k % 3 - 1, y + k / 3 - 1);
			assert_int_equal(at(&a, x, y), kept);
		}
		bitmap_release(&holes);
		bitmap_release(&before);
		bitmap_release(&grow);
		bitmap_release(&a);
	}
}

/* One step of growth everywhere; true if anything changed. */
static bool grow_step(struct bitmap *seeds, const struct bitmap *mask)
{
	bool changed = false;

	for (int32_t i = 0; i < mask->w * mask->h; i++) {
		int32_t x = i % mask->w, y = i / mask->w;

		if (!at(mask, x, y) || at(seeds, x, y))
			continue;
		for (int32_t k = 0; k < 9; k++) {
			if (!at(seeds, x + k % 3 - 1, y + k / 3 - 1))
				continue;
			bitmap_put(seeds, x, y, 1, &(uint8_t){ 1 });
			changed = true;
			break;
		}
	}
	return changed;
}

static void floods_reach_what_touches(void **state)
{
	struct error e;

	(void)state;
	for (size_t s = 0; s < SIZES; s++)
		for (uint32_t every = 2; every <= 4; every++) {
			struct bitmap mask = map_random(sizes[s], every);
			struct bitmap seeds = map_random(sizes[s], 60), slow;

			bitmap_and(&seeds, &seeds, &mask);
			slow = map_copy(&seeds);
			while (grow_step(&slow, &mask))
				;
			assert_int_equal(bitmap_flood(&seeds, &mask, &e), 0);
			assert_memory_equal(seeds.words, slow.words, bitmap_bytes(slow.w, slow.h));
			bitmap_release(&slow);
			bitmap_release(&seeds);
			bitmap_release(&mask);
		}
}

/* A comb whose teeth join at the top and at the bottom by turns: up and down again and again. */
static void floods_follow_a_maze(void **state)
{
	const int32_t size[2] = { 129, 41 };
	struct bitmap mask = map_new(size), seeds = map_new(size);
	struct error e;

	(void)state;
	for (int32_t y = 0; y < size[1]; y++)
		for (int32_t x = 0; x < size[0]; x++) {
			int32_t gap = x % 4 == 1 ? 0 : size[1] - 1;

			bitmap_put(&mask, x, y, 1, &(uint8_t){ x % 2 == 0 || y == gap });
		}
	bitmap_put(&seeds, 0, 20, 1, &(uint8_t){ 1 });
	assert_int_equal(bitmap_flood(&seeds, &mask, &e), 0);
	assert_memory_equal(seeds.words, mask.words, bitmap_bytes(size[0], size[1]));
	bitmap_release(&seeds);
	bitmap_release(&mask);
}

static void shifts_are_plain(void **state)
{
	(void)state;
	for (size_t s = 0; s < SIZES; s++)
		for (int turn = 0; turn < 40; turn++) {
			struct bitmap a = map_random(sizes[s], 5), b = map_random(sizes[s], 9);
			int32_t dx = (int32_t)draw(300) - 150, dy = (int32_t)draw(90) - 45;
			struct bitmap before = map_copy(&b), own = map_copy(&a);

			bitmap_shift(&b, &a, dx, dy);
			bitmap_shift(&own, &own, dx, dy);
			for (int32_t i = 0; i < a.w * a.h; i++) {
				int32_t x = i % a.w, y = i / a.w;
				bool moved = at(&a, x - dx, y - dy);

				assert_int_equal(at(&b, x, y), moved | at(&before, x, y));
				assert_int_equal(at(&own, x, y), moved | at(&a, x, y));
			}
			assert_clean(&b);
			bitmap_release(&own);
			bitmap_release(&before);
			bitmap_release(&b);
			bitmap_release(&a);
		}
}

/* Every step is within a few pixels of the line, and there is one for each pixel of its length. */
static void sweeps_draw_lines(void **state)
{
	const int32_t size[2] = { 190, 70 };

	(void)state;
	for (int64_t steps = 0; steps < 60; steps += 7)
		for (int64_t slope = -65536; slope <= 65536; slope += 16384) {
			struct bitmap b = map_new(size);

			bitmap_put(&b, 90, 35, 1, &(uint8_t){ 1 });
			bitmap_sweep(&b, (struct bitmap_step){ 65536, slope }, steps);
			for (int32_t i = 0; i < size[0] * size[1]; i++) {
				int32_t x = i % size[0] - 90, y = i / size[0] - 35;
				double off = y - (double)(x * slope) / 65536;

				if (bitmap_get(&b, i % size[0], i / size[0]))
					assert_true(x >= 0 && x <= steps && off > -3 && off < 3);
			}
			for (int32_t x = 0; x <= steps && labs(x * slope / 65536) < 32; x++)
				assert_true(bitmap_any_in(&b, 90 + x, 0, 1, size[1]));
			bitmap_release(&b);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pixels_are_put_and_read),
		cmocka_unit_test(a_part_is_asked_for_alone),
		cmocka_unit_test(majority_counts_nine),
		cmocka_unit_test(disks_are_exact),
		cmocka_unit_test(seeds_are_eroded),
		cmocka_unit_test(floods_reach_what_touches),
		cmocka_unit_test(floods_follow_a_maze),
		cmocka_unit_test(shifts_are_plain),
		cmocka_unit_test(sweeps_draw_lines),
	};

	return cmocka_run_group_tests_name("cloud_bitmap", tests, NULL, NULL);
}
