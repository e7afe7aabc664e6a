/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/map_tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/geotiff.h"

#define NOT_COUNTED 255

struct map_tally {
	struct grid grid;
	const struct layer *layer;
	int shift;			 /* side of a cell = 1 << shift */
	int32_t width, height;		 /* cells */
	size_t classes;			 /* counters of a cell */
	uint8_t position[UINT8_MAX + 1]; /* of each code's counter */
	uint16_t count[];
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

static int32_t cells_of(int32_t pixels, int shift)
{
	return (pixels + (1 << shift) - 1) >> shift;
}

static size_t counters_bytes(const struct grid *g, size_t classes, int shift)
{
	return (size_t)cells_of(g->width, shift) * (size_t)cells_of(g->height, shift) * classes *
	       sizeof(uint16_t);
}

/* The largest grid (GRID_SIDE_MAX) fits with the side of a tile. */
static int choose_shift(const struct grid *g, size_t classes)
{
	int shift = 0;

	while (1 << shift < GEOTIFF_TILE && counters_bytes(g, classes, shift) > MAP_TALLY_BYTES)
		shift++;
	return shift;
}

size_t map_tally_bytes(const struct grid *grid, const struct layer *layer)
{
	size_t classes = counted_nr(layer);

	return sizeof(struct map_tally) +
	       counters_bytes(grid, classes, choose_shift(grid, classes));
}

int map_tally_new(struct map_tally **out, const struct grid *grid, const struct layer *layer,
		  struct error *e)
{
	size_t classes = counted_nr(layer);
	struct map_tally *t;
	uint8_t next = 0;

	if (layer->type != LAYER_U8 || !classes || classes > MAP_TALLY_CLASSES)
		return error_set(e, ERROR_BUG, "layer %s cannot be shown on a map", layer->name);
	t = calloc(1, map_tally_bytes(grid, layer));
	if (!t)
		return error_nomem(e, "a map");
	t->grid = *grid;
	t->layer = layer;
	t->classes = classes;
	t->shift = choose_shift(grid, classes);
	t->width = cells_of(grid->width, t->shift);
	t->height = cells_of(grid->height, t->shift);
	memset(t->position, NOT_COUNTED, sizeof(t->position));
	for (size_t i = 0; i < layer->classes_nr; i++)
		if (is_counted(layer, i))
			t->position[layer->classes[i].code & UINT8_MAX] = next++;
	*out = t;
	return 0;
}

void map_tally_free(struct map_tally *t)
{
	free(t);
}

static void add(uint16_t *count, uint32_t n)
{
	uint32_t sum = *count + n;

	*count = sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
}

/* n pixels of one row of one cell; most cells are of one class. */
static void add_run(const struct map_tally *t, uint16_t *count, const uint8_t *pixels, uint32_t n)
{
	uint32_t same = n == 1 || !memcmp(pixels, pixels + 1, n - 1) ? n : 1;

	for (uint32_t i = 0; i < n; i += same) {
		uint8_t position = t->position[pixels[i]];

		if (position != NOT_COUNTED)
			add(&count[position], same);
	}
}

void map_tally_add(struct map_tally *t, struct rect tile, const uint8_t *pixels)
{
	int32_t side = 1 << t->shift;

	for (int32_t y = 0; y < tile.h; y++, pixels += tile.w) {
		size_t row = (size_t)((tile.y + y) >> t->shift) * (size_t)t->width;

		for (int32_t x = 0; x < tile.w; x += side) {
			size_t cell = row + (size_t)((tile.x + x) >> t->shift);
			int32_t n = tile.w - x < side ? tile.w - x : side;

			add_run(t, t->count + cell * t->classes, pixels + x, (uint32_t)n);
		}
	}
}

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
	return (struct rect){ 0, 0, t->width, t->height };
}

static bool has_data(const struct map_tally *t, int32_t x, int32_t y)
{
	const uint16_t *count = map_tally_count(t, x, y);

	for (size_t k = 0; k < t->classes; k++)
		if (count[k])
			return true;
	return false;
}

struct rect map_tally_window(const struct map_tally *t)
{
	struct rect window = { 0 };

	for (int32_t y = 0; y < t->height; y++) {
		int32_t first = 0, last = t->width - 1;

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
	if (x < 0 || y < 0 || x >= t->width || y >= t->height)
		return NULL;
	return t->count + ((size_t)y * (size_t)t->width + (size_t)x) * t->classes;
}

int map_tally_position(const struct map_tally *t, uint32_t code)
{
	uint8_t position = code <= UINT8_MAX ? t->position[code] : NOT_COUNTED;

	return position == NOT_COUNTED ? -1 : position;
}
