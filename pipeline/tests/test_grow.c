/* SPDX-License-Identifier: Apache-2.0
 *
 * Growth over a scene, tile by tile, against a flood fill of the whole.
 */
#include "pipeline/stage/grow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/evidence.h"

/* A picture of grounds and what a flood fill makes of it. */
struct picture {
	struct grid grid;
	uint8_t *grounds, *wanted;
};

static size_t pixels_of(const struct picture *p)
{
	return rect_area(grid_rect(&p->grid));
}

static struct picture picture_new(int32_t w, int32_t h)
{
	struct picture p = { .grid = { .dx = 30, .dy = 30, .width = w, .height = h } };

	p.grounds = calloc(pixels_of(&p), 1);
	p.wanted = calloc(pixels_of(&p), 1);
	assert_non_null(p.grounds);
	assert_non_null(p.wanted);
	return p;
}

static void picture_release(struct picture *p)
{
	free(p->wanted);
	free(p->grounds);
}

/* Add EVIDENCE_OPEN to all that a walk from (x, y) over the eight neighbours reaches. */
static void flood(const struct picture *p, size_t start, size_t *stack)
{
	size_t n = 1, w = (size_t)p->grid.width, h = (size_t)p->grid.height;

	stack[0] = start;
	while (n) {
		size_t at = stack[--n], x = at % w, y = at / w;

		for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < h; j++)
			for (size_t i = x ? x - 1 : 0; i <= x + 1 && i < w; i++)
				if (p->wanted[j * w + i] == EVIDENCE_GROW) {
					p->wanted[j * w + i] |= EVIDENCE_OPEN;
					stack[n++] = j * w + i;
				}
	}
}

static void flood_all(const struct picture *p)
{
	size_t *stack = malloc((pixels_of(p) + 1) * sizeof(*stack));

	assert_non_null(stack);
	memcpy(p->wanted, p->grounds, pixels_of(p));
	for (size_t i = 0; i < pixels_of(p); i++)
		if (p->grounds[i] & EVIDENCE_OPEN)
			flood(p, i, stack);
	free(stack);
}

/* Copy a tile out of the picture, or compare it with what is wanted. */
static void cut(const struct picture *p, struct rect r, uint8_t *tile)
{
	for (int32_t y = 0; y < r.h; y++)
		memcpy(tile + (size_t)y * (size_t)r.w,
		       p->grounds + (size_t)(r.y + y) * (size_t)p->grid.width + (size_t)r.x,
		       (size_t)r.w);
}

static void check_tile(const struct picture *p, struct rect r, const uint8_t *tile)
{
	for (int32_t y = 0; y < r.h; y++)
		assert_memory_equal(tile + (size_t)y * (size_t)r.w,
				    p->wanted + (size_t)(r.y + y) * (size_t)p->grid.width +
					    (size_t)r.x,
				    (size_t)r.w);
}

/* Grow the picture in tiles of a side. */
static void check_side(const struct picture *p, int32_t side)
{
	size_t tiles = grid_tiles(&p->grid, side);
	uint8_t *tile = malloc((size_t)side * (size_t)side);
	void *slot = calloc(1, grow_slot_size(side));
	struct grow_worker *w = NULL;
	struct grow *g = NULL;
	struct error e;

	assert_non_null(tile);
	assert_non_null(slot);
	assert_int_equal(grow_new(&g, &p->grid, side, &e), 0);
	assert_int_equal(grow_worker_new(&w, side, &e), 0);
	for (size_t i = 0; i < tiles; i++) {
		cut(p, grid_tile(&p->grid, side, i), tile);
		grow_label(w, g, i, tile, slot);
		assert_int_equal(grow_join(g, i, slot, &e), 0);
	}
	for (size_t i = 0; i < tiles; i++) {
		struct rect r = grid_tile(&p->grid, side, i);

		cut(p, r, tile);
		grow_reach(w, g, i, tile);
		check_tile(p, r, tile);
	}
	grow_worker_free(w);
	grow_free(g);
	free(slot);
	free(tile);
}

static void check_picture(const struct picture *p)
{
	static const int32_t sides[] = { 3, 5, 8, 13, 64, 200 };

	flood_all(p);
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
		check_side(p, sides[i]);
}

static uint32_t chance(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void random_grounds_grow_as_a_flood_fill_says(void **state)
{
	uint32_t seed = 20240712;

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct picture p = picture_new(1 + (int32_t)(chance(&seed) % 90),
					       1 + (int32_t)(chance(&seed) % 90));
		uint32_t density = 10 + chance(&seed) % 60, cores = 1 + chance(&seed) % 400;

		for (size_t i = 0; i < pixels_of(&p); i++) {
			p.grounds[i] = chance(&seed) % 100 < density ? EVIDENCE_GROW : 0;
			if (chance(&seed) % cores == 0)
				p.grounds[i] = EVIDENCE_OPEN;
		}
		check_picture(&p);
		picture_release(&p);
	}
}

/* A single thread of pixels through every tile and back, and one beside it that is never reached. */
static void a_spiral_is_followed_to_its_end(void **state)
{
	struct picture p = picture_new(61, 61);
	int32_t x = 0, y = 0, dx = 1, dy = 0, w = p.grid.width;

	(void)state;
	for (int32_t length = w - 1, turns = 0; length > 1; turns++) {
		for (int32_t i = 0; i < length; i++) {
			x += dx;
			y += dy;
			p.grounds[(size_t)y * (size_t)w + (size_t)x] = EVIDENCE_GROW;
		}
		int32_t turn = dx;

		dx = -dy;
		dy = turn;
		length -= turns % 2 && turns > 1 ? 4 : 0;
	}
	p.grounds[0] = EVIDENCE_OPEN;
	check_picture(&p);
	assert_int_equal(p.wanted[60], EVIDENCE_OPEN | EVIDENCE_GROW);
	picture_release(&p);
}

/* Corners of tiles are crossed both ways: a diagonal and its mirror image. */
static void diagonals_hang_together(void **state)
{
	struct picture p = picture_new(41, 41);

	(void)state;
	for (size_t i = 0; i < 41; i++) {
		p.grounds[i * 41 + i] = EVIDENCE_GROW;
		p.grounds[i * 41 + 40 - i] = EVIDENCE_GROW;
	}
	p.grounds[40 * 41 + 40] = EVIDENCE_OPEN;
	check_picture(&p);
	assert_int_equal(p.wanted[0], EVIDENCE_OPEN | EVIDENCE_GROW);
	assert_int_equal(p.wanted[40], EVIDENCE_OPEN | EVIDENCE_GROW);
	picture_release(&p);
}

static void without_certain_water_nothing_grows(void **state)
{
	struct picture p = picture_new(30, 20);

	(void)state;
	memset(p.grounds, EVIDENCE_GROW, pixels_of(&p));
	check_picture(&p);
	assert_int_equal(p.wanted[0], EVIDENCE_GROW);
	picture_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_grounds_grow_as_a_flood_fill_says),
		cmocka_unit_test(a_spiral_is_followed_to_its_end),
		cmocka_unit_test(diagonals_hang_together),
		cmocka_unit_test(without_certain_water_nothing_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
