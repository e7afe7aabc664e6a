/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/tests/map_maker.h"

/* All codes, no data and one that no class has. */
static uint8_t noise(int32_t x, int32_t y)
{
	static const uint8_t codes[] = {
		CHANGE_LAND,	  CHANGE_WATER,	 CHANGE_GAIN, CHANGE_LOSS,
		CHANGE_UNCERTAIN, CHANGE_NODATA, 77,	      CHANGE_WATER
	};
	uint32_t h = (uint32_t)x * 2654435761u ^ (uint32_t)y * 2246822519u;

	h = (h ^ h >> 15) * 2654435761u;
	return codes[h >> 20 & 7];
}

/* Every cell against its pixels. */
static void check_cells(const struct map_tally *t, class_fn *class)
{
	const struct grid *g = map_tally_grid(t);
	struct rect all = map_tally_cells(t);
	int32_t side = map_tally_side(t);

	for (int32_t y = 0; y < all.h; y++)
		for (int32_t x = 0; x < all.w; x++) {
			uint16_t want[MAP_TALLY_CLASSES] = { 0 };
			const uint16_t *count = map_tally_count(t, x, y);

			for (int32_t k = 0; k < side * side; k++) {
				int32_t px = x * side + k % side, py = y * side + k / side;
				int i = px < g->width && py < g->height
						? map_tally_position(t, class(px, py))
						: -1;

				if (i >= 0)
					want[i]++;
			}
			assert_memory_equal(count, want, 5 * sizeof(want[0]));
		}
}

static void cells_hold_the_pixels_of_each_class(void **state)
{
	struct grid g = map_grid("EPSG:32643", 1100, 700, 30);
	struct map_tally *t = map_make(&g, noise, 1);

	(void)state;
	assert_int_equal(map_tally_side(t), 1);
	check_cells(t, noise);
	assert_null(map_tally_count(t, -1, 0));
	assert_null(map_tally_count(t, 0, 700));
	assert_int_equal(map_tally_position(t, CHANGE_NODATA), -1);
	assert_int_equal(map_tally_position(t, 77), -1);
	assert_int_equal(map_tally_position(t, 1u << 20 | CHANGE_GAIN), -1);
	map_tally_free(t);
}

/* 36 tiles of 2.6 MB are more than 48 MiB: cells double while they are counted, in any order. */
static void cells_double_within_the_memory(void **state)
{
	struct grid g = map_grid("EPSG:32643", 2900, 2950, 30);

	(void)state;
	for (size_t threads = 1; threads <= 8; threads += 7) {
		struct map_tally *t = map_make(&g, noise, threads);

		assert_int_equal(map_tally_side(t), 2);
		check_cells(t, noise);
		map_tally_free(t);
	}
}

/* Two pixels, far from each other. */
static uint8_t two_pixels(int32_t x, int32_t y)
{
	if ((x == 20007 && y == 513) || (x == 23003 && y == 5))
		return CHANGE_LOSS;
	return CHANGE_NODATA;
}

static void a_corner_of_a_large_grid_stays_fine(void **state)
{
	struct grid g = map_grid("EPSG:32643", 24000, 5000, 30);
	struct map_tally *t = map_make(&g, two_pixels, 2);
	struct rect window = map_tally_window(t);
	int k = map_tally_position(t, CHANGE_LOSS);

	(void)state;
	assert_int_equal(map_tally_side(t), 1);
	assert_int_equal(window.x, 20007);
	assert_int_equal(window.y, 5);
	assert_int_equal(window.w, 23003 - 20007 + 1);
	assert_int_equal(window.h, 513 - 5 + 1);
	assert_int_equal(map_tally_count(t, 20007, 513)[k], 1);
	assert_int_equal(map_tally_count(t, 20007, 514)[k], 0);
	assert_null(map_tally_count(t, 5, 5));
	map_tally_free(t);
}

static uint8_t nothing(int32_t x, int32_t y)
{
	return (uint8_t)((x + y) % 2 ? CHANGE_NODATA : 99);
}

static void no_data_is_no_window(void **state)
{
	struct grid g = map_grid("EPSG:32643", 600, 600, 30);
	struct map_tally *t = map_make(&g, nothing, 1);

	(void)state;
	assert_true(rect_empty(map_tally_window(t)));
	map_tally_free(t);
}

static void bytes_are_bounded(void **state)
{
	const struct layer *change = layer_find("change");
	struct grid lake = map_grid("EPSG:32643", 48000, 24000, 10);
	struct grid dot = map_grid("EPSG:32643", 1, 1, 10);
	struct grid all = map_grid("EPSG:32643", GRID_SIDE_MAX, GRID_SIDE_MAX, 10);

	(void)state;
	assert_true(map_tally_bytes(&lake, change) < (size_t)50 << 20);
	assert_true(map_tally_bytes(&dot, change) < (size_t)3 << 20);
	assert_true(map_tally_bytes(&all, change) < (size_t)200 << 20);
}

static void other_layers_are_refused(void **state)
{
	struct grid g = map_grid("EPSG:32643", 10, 10, 30);
	struct map_tally *t = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(map_tally_new(&t, &g, layer_find("why"), &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_int_equal(map_tally_new(&t, &g, layer_find("fraction"), &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_null(t);
	map_tally_free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_hold_the_pixels_of_each_class),
		cmocka_unit_test(cells_double_within_the_memory),
		cmocka_unit_test(a_corner_of_a_large_grid_stays_fine),
		cmocka_unit_test(no_data_is_no_window),
		cmocka_unit_test(bytes_are_bounded),
		cmocka_unit_test(other_layers_are_refused),
	};

	return cmocka_run_group_tests_name("map_tally", tests, NULL, NULL);
}
