/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/map_tally.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/uniform.h"
#include "pipeline/io/geotiff.h"

#define NOT_COUNTED 255

#define TILE_SHIFT 9 /* GEOTIFF_TILE = 1 << TILE_SHIFT */
_Static_assert(GEOTIFF_TILE == 1 << TILE_SHIFT, "cells lie in one tile each");

/* What malloc() takes beside a block. */
#define BLOCK_MORE 16

struct map_tally {
	struct grid grid;
	const struct layer *layer;
	size_t classes;			 /* counters of a cell */
	uint8_t position[UINT8_MAX + 1]; /* of each code's counter */
	int32_t tiles_x;
	size_t tiles;
	/*
	 * Held for reading while one counts in blocks that are there, for writing while blocks come
	 * or become smaller.
	 */
	pthread_rwlock_t lock;
	int shift;	   /* side of a cell = 1 << shift */
	size_t blocks;	   /* that are there */
	uint16_t *block[]; /* of each tile: its cells by rows, as if it was a whole one; or NULL */
};

static bool is_counted(const struct layer *layer, size_t i)
{
	return !layer->has_nodata || layer->classes[i].code != layer->nodata;
}

static size_t counted_nr(const struct layer *layer)
{
	size_t n = 0;

	for (size_t i = 0; i < layer->classes_nr; i++)
		n += is_counted(layer, i);
	return n;
}

/* --- sizes --- */

static int32_t cells_of(int32_t pixels, int shift)
{
	return (pixels + (1 << shift) - 1) >> shift;
}

/* Cells along the side of a tile. */
static size_t block_side(int shift)
{
	return (size_t)1 << (TILE_SHIFT - shift);
}

static size_t block_bytes(size_t classes, int shift)
{
	return block_side(shift) * block_side(shift) * classes * sizeof(uint16_t);
}

static size_t blocks_bytes(size_t classes, int shift, size_t blocks)
{
	return blocks * (block_bytes(classes, shift) + BLOCK_MORE);
}

static int first_shift(const struct grid *g)
{
	int shift = 0;

	while (shift < TILE_SHIFT &&
	       (uint64_t)cells_of(g->width, shift) * (uint64_t)cells_of(g->height, shift) >
		       MAP_TALLY_CELLS)
		shift++;
	return shift;
}

size_t map_tally_bytes(const struct grid *grid, const struct layer *layer)
{
	size_t tiles = grid_tiles(grid, GEOTIFF_TILE), classes = counted_nr(layer);
	size_t finest = blocks_bytes(classes, first_shift(grid), tiles);
	size_t coarsest = blocks_bytes(classes, TILE_SHIFT, tiles);
	size_t most = coarsest > MAP_TALLY_BYTES ? coarsest : MAP_TALLY_BYTES;

	return sizeof(struct map_tally) + tiles * sizeof(uint16_t *) +
	       (finest < most ? finest : most);
}

/* --- life --- */

int map_tally_new(struct map_tally **out, const struct grid *grid, const struct layer *layer,
		  struct error *e)
{
	size_t classes = counted_nr(layer), tiles = grid_tiles(grid, GEOTIFF_TILE);
	struct map_tally *t;
	uint8_t next = 0;

	if (layer->type != LAYER_U8 || !classes || classes > MAP_TALLY_CLASSES)
		return error_set(e, ERROR_BUG, "layer %s cannot be shown on a map", layer->name);
	t = calloc(1, sizeof(*t) + tiles * sizeof(t->block[0]));
	if (!t)
		return error_nomem(e, "a map");
	pthread_rwlock_init(&t->lock, NULL);
	t->grid = *grid;
	t->layer = layer;
	t->classes = classes;
	t->tiles = tiles;
	t->tiles_x = cells_of(grid->width, TILE_SHIFT);
	t->shift = first_shift(grid);
	memset(t->position, NOT_COUNTED, sizeof(t->position));
	for (size_t i = 0; i < layer->classes_nr; i++)
		if (is_counted(layer, i))
			t->position[layer->classes[i].code & UINT8_MAX] = next++;
	*out = t;
	return 0;
}

void map_tally_free(struct map_tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->tiles; i++)
		free(t->block[i]);
	pthread_rwlock_destroy(&t->lock);
	free(t);
}

/* --- counting --- */

static void add(uint16_t *count, uint32_t n)
{
	uint32_t sum = *count + n;

	*count = sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
}

/* Cells of twice the side, in place: what is written lies before what is still to be read. */
static void coarsen_block(uint16_t *block, size_t side, size_t classes)
{
	for (size_t y = 0; y < side / 2; y++)
		for (size_t x = 0; x < side / 2; x++) {
			const uint16_t *above = block + (2 * y * side + 2 * x) * classes;
			const uint16_t *below = above + side * classes;
			uint16_t *cell = block + (y * side / 2 + x) * classes;

			for (size_t k = 0; k < classes; k++) {
				uint16_t sum = above[k];

				add(&sum, above[classes + k]);
				add(&sum, below[k]);
				add(&sum, below[classes + k]);
				cell[k] = sum;
			}
		}
}

static void coarsen(struct map_tally *t)
{
	for (size_t i = 0; i < t->tiles; i++) {
		uint16_t *smaller;

		if (!t->block[i])
			continue;
		coarsen_block(t->block[i], block_side(t->shift), t->classes);
		smaller = realloc(t->block[i], block_bytes(t->classes, t->shift + 1));
		t->block[i] = smaller ? smaller : t->block[i];
	}
	t->shift++;
}

/* Give tile i its counters, within the memory. */
static int add_block(struct map_tally *t, size_t i, struct error *e)
{
	while (t->shift < TILE_SHIFT &&
	       blocks_bytes(t->classes, t->shift, t->blocks + 1) > MAP_TALLY_BYTES)
		coarsen(t);
	t->block[i] = calloc(1, block_bytes(t->classes, t->shift));
	if (!t->block[i])
		return error_nomem(e, "a map");
	t->blocks++;
	return 0;
}

/* n pixels of one row of one cell; most cells are of one class. */
static void add_run(const struct map_tally *t, uint16_t *count, const uint8_t *pixels, uint32_t n)
{
	uint32_t same = is_uniform(pixels, n, 1) ? n : 1;

	for (uint32_t i = 0; i < n; i += same) {
		uint8_t position = t->position[pixels[i]];

		if (position != NOT_COUNTED)
			add(&count[position], same);
	}
}

static void count_tile(struct map_tally *t, size_t i, struct rect tile, const uint8_t *pixels)
{
	int32_t side = 1 << t->shift;

	for (int32_t y = 0; y < tile.h; y++, pixels += tile.w) {
		size_t row = (size_t)(y >> t->shift) * block_side(t->shift);

		for (int32_t x = 0; x < tile.w; x += side) {
			size_t cell = row + (size_t)(x >> t->shift);
			int32_t n = tile.w - x < side ? tile.w - x : side;

			add_run(t, t->block[i] + cell * t->classes, pixels + x, (uint32_t)n);
		}
	}
}

static bool any_counted(const struct map_tally *t, const uint8_t *pixels, size_t n)
{
	if (is_uniform(pixels, n, 1))
		n = 1; /* all alike, as tiles without data are */
	for (size_t i = 0; i < n; i++)
		if (t->position[pixels[i]] != NOT_COUNTED)
			return true;
	return false;
}

int map_tally_add(struct map_tally *t, struct rect tile, const uint8_t *pixels, struct error *e)
{
	size_t i = (size_t)(tile.y >> TILE_SHIFT) * (size_t)t->tiles_x +
		   (size_t)(tile.x >> TILE_SHIFT);
	int ret;

	if (!any_counted(t, pixels, rect_area(tile)))
		return 0;
	pthread_rwlock_wrlock(&t->lock);
	ret = add_block(t, i, e);
	pthread_rwlock_unlock(&t->lock);
	if (ret)
		return -1;
	pthread_rwlock_rdlock(&t->lock);
	count_tile(t, i, tile, pixels);
	pthread_rwlock_unlock(&t->lock);
	return 0;
}

/* --- what was counted --- */

const struct grid *map_tally_grid(const struct map_tally *t)
{
	return &t->grid;
}

const struct layer *map_tally_layer(const struct map_tally *t)
{
	return t->layer;
}

int32_t map_tally_side(const struct map_tally *t)
{
	return 1 << t->shift;
}

struct rect map_tally_cells(const struct map_tally *t)
{
	return (struct rect){ 0, 0, cells_of(t->grid.width, t->shift),
			      cells_of(t->grid.height, t->shift) };
}

static bool has_data(const struct map_tally *t, int32_t x, int32_t y)
{
	const uint16_t *count = map_tally_count(t, x, y);

	for (size_t k = 0; count && k < t->classes; k++)
		if (count[k])
			return true;
	return false;
}

struct rect map_tally_window(const struct map_tally *t)
{
	struct rect all = map_tally_cells(t), window = { 0 };

	for (int32_t y = 0; y < all.h; y++) {
		int32_t first = 0, last = all.w - 1;

		while (first <= last && !has_data(t, first, y))
			first++;
		while (last > first && !has_data(t, last, y))
			last--;
		window = rect_union(window, (struct rect){ first, y, last - first + 1, 1 });
	}
	return window;
}

const uint16_t *map_tally_count(const struct map_tally *t, int32_t x, int32_t y)
{
	struct rect all = map_tally_cells(t);
	int in_tile = TILE_SHIFT - t->shift;
	size_t mask = block_side(t->shift) - 1, cell;
	const uint16_t *block;

	if (x < 0 || y < 0 || x >= all.w || y >= all.h)
		return NULL;
	block = t->block[(size_t)(y >> in_tile) * (size_t)t->tiles_x + (size_t)(x >> in_tile)];
	cell = ((size_t)y & mask) << in_tile | ((size_t)x & mask);
	return block ? block + cell * t->classes : NULL;
}

int map_tally_position(const struct map_tally *t, uint32_t code)
{
	uint8_t position = code <= UINT8_MAX ? t->position[code] : NOT_COUNTED;

	return position == NOT_COUNTED ? -1 : position;
}
