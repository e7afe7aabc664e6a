/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/stage/sieve.h"

#define SIDE 40
#define MOST (SIDE + 2 * SIEVE_UNIT_MAX)

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 16;
}

/* Size of the patch of a pixel, or `enough` and more, by asking its neighbours again and again: slow and plain. */
static int size_of(const uint8_t *change, size_t at, int enough)
{
	static uint8_t met[SIDE * SIDE];
	int n = 1;

	memset(met, 0, sizeof(met));
	met[at] = 1;
	for (int before = 0; before != n && n < enough;) {
		before = n;
		for (int i = 0; i < SIDE * SIDE; i++)
			for (int k = 0; !met[i] && change[i] == change[at] && k < 9; k++) {
				int x = i % SIDE + k % 3 - 1, y = i / SIDE + k / 3 - 1;

				if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || !met[y * SIDE + x])
					continue;
				met[i] = 1;
				n++;
			}
	}
	return n;
}

static void paint(uint8_t *change, uint32_t seed, uint32_t share)
{
	for (size_t i = 0; i < SIDE * SIDE; i++)
		change[i] = (uint8_t)(next_random(&seed) % 100 < share
					      ? CHANGE_GAIN + next_random(&seed) % 2
					      : next_random(&seed) % 2 * 255);
}

static void sieved_plainly(const uint8_t *change, int unit, uint8_t *out)
{
	for (size_t i = 0; i < SIDE * SIDE; i++) {
		bool moved = change[i] == CHANGE_GAIN || change[i] == CHANGE_LOSS;

		out[i] = moved && size_of(change, i, unit) < unit ? CHANGE_UNCERTAIN : change[i];
	}
}

/* The pixels of r, which may stick out: there, no data. */
static void cut(const uint8_t *change, struct rect r, uint8_t *out)
{
	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++)
			*out++ = x < 0 || y < 0 || x >= SIDE || y >= SIDE ? CHANGE_NODATA
									  : change[y * SIDE + x];
}

/* Sieve a tile as a pass over tiles does: alone, or where that is not enough with its surroundings. */
static void sieve_tile(struct sieve *s, const uint8_t *change, struct rect tile, int unit,
		       uint8_t *out, int *wider)
{
	static uint8_t window[MOST * MOST];
	struct rect r = tile, inner = { 0, 0, tile.w, tile.h };

	cut(change, r, window);
	if (!sieve_window(s, inner, r.w, r.h, unit, window)) {
		++*wider;
		r = (struct rect){ tile.x - unit + 1, tile.y - unit + 1, tile.w + 2 * unit - 2,
				   tile.h + 2 * unit - 2 };
		inner.x = inner.y = unit - 1;
		cut(change, r, window);
		assert_true(sieve_window(s, inner, r.w, r.h, unit, window));
	}
	for (int32_t y = 0; y < tile.h; y++)
		memcpy(out + (tile.y + y) * SIDE + tile.x, window + (inner.y + y) * r.w + inner.x,
		       (size_t)tile.w);
}

static void tiles_leave_no_trace(void **state)
{
	static const int sides[] = { SIDE, 20, 16, 7, 1 };
	static uint8_t change[SIDE * SIDE], truth[SIDE * SIDE], out[SIDE * SIDE];
	struct sieve *s = NULL;
	struct error e = { 0 };
	int wider = 0;

	(void)state;
	assert_int_equal(sieve_new(&s, MOST, &e), 0);
	for (uint32_t k = 0; k < 12; k++) {
		int unit = (int[]){ 1, 2, 4, 9, 20, SIEVE_UNIT_MAX }[k % 6];

		paint(change, k, 6 + 5 * k);
		sieved_plainly(change, unit, truth);
		for (int i = 0; i < 5; i++) {
			for (int32_t y = 0; y < SIDE; y += sides[i])
				for (int32_t x = 0; x < SIDE; x += sides[i]) {
					int32_t w = SIDE - x < sides[i] ? SIDE - x : sides[i];
					int32_t h = SIDE - y < sides[i] ? SIDE - y : sides[i];

					sieve_tile(s, change, (struct rect){ x, y, w, h }, unit,
						   out, &wider);
				}
			assert_memory_equal(out, truth, sizeof(out));
		}
	}
	assert_true(wider > 100);
	sieve_free(s);
}

static void only_small_patches_go(void **state)
{
	uint8_t change[64];
	struct sieve *s = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(sieve_new(&s, 8, &e), 0);
	memset(change, CHANGE_LAND, sizeof(change));
	/* Three pixels that touch at corners, and beside them two of the other kind. */
	change[9] = change[18] = change[27] = CHANGE_LOSS;
	change[28] = change[29] = CHANGE_GAIN;
	assert_true(sieve_window(s, (struct rect){ 0, 0, 8, 8 }, 8, 8, 3, change));
	assert_int_equal(change[9], CHANGE_LOSS);
	assert_int_equal(change[27], CHANGE_LOSS);
	assert_int_equal(change[28], CHANGE_UNCERTAIN);
	assert_int_equal(change[29], CHANGE_UNCERTAIN);
	assert_int_equal(change[10], CHANGE_LAND);
	sieve_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiles_leave_no_trace),
		cmocka_unit_test(only_small_patches_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
