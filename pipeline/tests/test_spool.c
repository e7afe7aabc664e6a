/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pipeline/io/spool.h"

static const struct grid grid = { { "EPSG:32643" }, 0, 0, 30, 30, 300, 200 };

static uint32_t value(int32_t x, int32_t y)
{
	return (uint32_t)(y * 1000 + x);
}

/* Write all tiles but number 4, read rects of every kind. */
static void rects_come_back(void **state)
{
	const struct spool_plane planes[] = { { 1, 0xff }, { 4, 0 } };
	const struct rect rects[] = { { 0, 0, 300, 200 },   { -3, -3, 10, 10 }, { 120, 60, 20, 20 },
				      { 290, 190, 30, 30 }, { 63, 63, 2, 2 },	{ 400, 0, 5, 5 } };
	const size_t missing = 6; /* tiles of 64: five across; this one starts at 64, 64 */
	struct spool *s;
	struct error e;
	void *scratch;

	(void)state;
	assert_int_equal(spool_open(&s, "/tmp", &grid, 64, planes, 2, &e), 0);
	scratch = malloc(spool_scratch_size(s));
	for (size_t i = 0; i < grid_tiles(&grid, 64); i++) {
		struct rect r = grid_tile(&grid, 64, i);
		uint32_t *pixels = malloc(rect_area(r) * sizeof(*pixels));
		uint8_t *bytes = malloc(rect_area(r));

		for (size_t p = 0; p < rect_area(r); p++) {
			pixels[p] = value(r.x + (int32_t)p % r.w, r.y + (int32_t)p / r.w);
			bytes[p] = (uint8_t)(pixels[p] % 251);
		}
		if (i != missing) {
			assert_int_equal(spool_write(s, i, 0, bytes, &e), 0);
			assert_int_equal(spool_write(s, i, 1, pixels, &e), 0);
		}
		free(bytes);
		free(pixels);
	}
	for (size_t k = 0; k < sizeof(rects) / sizeof(rects[0]); k++) {
		struct rect r = rects[k], gap = { 64, 64, 64, 64 };
		uint32_t *pixels = malloc(rect_area(r) * sizeof(*pixels));
		uint8_t *bytes = malloc(rect_area(r));

		assert_int_equal(spool_read(s, 0, r, scratch, bytes, &e), 0);
		assert_int_equal(spool_read(s, 1, r, scratch, pixels, &e), 0);
		for (size_t p = 0; p < rect_area(r); p++) {
			struct rect at = { r.x + (int32_t)p % r.w, r.y + (int32_t)p / r.w, 1, 1 };
			int none = rect_empty(rect_intersect(at, grid_rect(&grid))) ||
				   !rect_empty(rect_intersect(at, gap));

			assert_int_equal(pixels[p], none ? 0 : value(at.x, at.y));
			assert_int_equal(bytes[p], none ? 0xff : value(at.x, at.y) % 251);
		}
		free(bytes);
		free(pixels);
	}
	free(scratch);
	spool_free(s);
}

/* A pass that writes a plane of some tiles only leaves the others as their fill, the last tile too. */
static void planes_are_written_one_by_one(void **state)
{
	const struct spool_plane planes[] = { { 1, 7 }, { 2, 9 } };
	const struct rect all = { 0, 0, 300, 200 };
	size_t n = rect_area(all);
	uint8_t *bytes = calloc(n, 1);
	uint16_t *pixels = calloc(n, sizeof(*pixels)), pair[64 * 64];
	struct spool *s;
	struct error e;
	void *scratch;

	(void)state;
	assert_int_equal(spool_open(&s, "/tmp", &grid, 64, planes, 2, &e), 0);
	scratch = malloc(spool_scratch_size(s));
	memset(pair, 5, sizeof(pair));
	for (size_t i = 0; i < grid_tiles(&grid, 64); i++)
		assert_int_equal(spool_write(s, i, 0, bytes, &e), 0);
	assert_int_equal(spool_write(s, 0, 1, pair, &e), 0);
	assert_int_equal(spool_read(s, 0, all, scratch, bytes, &e), 0);
	assert_int_equal(spool_read(s, 1, all, scratch, pixels, &e), 0);
	for (size_t p = 0; p < n; p++) {
		assert_int_equal(bytes[p], 0);
		assert_int_equal(pixels[p], p % 300 < 64 && p / 300 < 64 ? 0x0505 : 0x0909);
	}
	free(scratch);
	free(pixels);
	free(bytes);
	spool_free(s);
}

/* A plane that is written again is what was written last, be it one value or many. */
static void one_value_and_many_follow_each_other(void **state)
{
	static const bool many[] = { true, false, true, false, false };
	const struct spool_plane plane = { 2, 0 };
	const struct rect part = { 60, 3, 9, 5 }; /* of the first two tiles */
	uint16_t pixels[64 * 64], got[9 * 5];
	struct spool *s;
	struct error e;
	void *scratch;

	(void)state;
	assert_int_equal(spool_open(&s, "/tmp", &grid, 64, &plane, 1, &e), 0);
	scratch = malloc(spool_scratch_size(s));
	for (size_t k = 0; k < sizeof(many) / sizeof(many[0]); k++) {
		for (size_t i = 0; i < 64 * 64; i++)
			pixels[i] = (uint16_t)(1000 * k + (many[k] ? i : 7));
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(spool_write(s, i, 0, pixels, &e), 0);
		assert_int_equal(spool_read(s, 0, part, scratch, got, &e), 0);
		for (int32_t i = 0; i < 9 * 5; i++)
			assert_int_equal(got[i], pixels[(3 + i / 9) * 64 + (60 + i % 9) % 64]);
	}
	free(scratch);
	spool_free(s);
}

static void folder_must_be_there(void **state)
{
	const struct spool_plane plane = { 1, 0 };
	struct spool *s;
	struct error e;

	(void)state;
	assert_int_equal(spool_open(&s, "/tmp/none/such", &grid, 64, &plane, 1, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	spool_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rects_come_back),
		cmocka_unit_test(planes_are_written_one_by_one),
		cmocka_unit_test(one_value_and_many_follow_each_other),
		cmocka_unit_test(folder_must_be_there),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
