/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/sharpen.h"

#include <stdbool.h>

#include "kernels/number.h"
#include "kernels/sharpen.h"

/* The cells that a tile touches, and the tile's pixels. */
struct plane {
	const struct sharpen *s;
	const uint16_t *nir;
	uint16_t *swir;
	struct sharpen_cell *cells;
	struct rect grid; /* of the cells */
};

/* Cells that so many pixels from here on touch. */
static int32_t cells_of(int32_t start, int32_t pixels)
{
	return (start + pixels - 1) / SHARPEN_RATIO - start / SHARPEN_RATIO + 1;
}

size_t sharpen_bytes(int32_t w, int32_t h)
{
	/* The most: the tile starts with the last pixel of a cell. */
	return (size_t)cells_of(SHARPEN_RATIO - 1, w) * (size_t)cells_of(SHARPEN_RATIO - 1, h) *
	       sizeof(struct sharpen_cell);
}

static bool measured(uint16_t dn, struct calib c)
{
	return (dn != c.fill) & (dn != c.saturated);
}

static bool usable(const struct plane *p, size_t i)
{
	return measured(p->nir[i], p->s->nir) & measured(p->swir[i], p->s->swir);
}

/* The pixels of a cell of the plane, relative to the tile. */
static struct rect cell_pixels(const struct plane *p, int32_t column, int32_t row)
{
	struct rect all = { 0, 0, p->s->tile.w, p->s->tile.h };
	struct rect r = { (p->grid.x + column) * SHARPEN_RATIO - p->s->tile.x,
			  (p->grid.y + row) * SHARPEN_RATIO - p->s->tile.y, SHARPEN_RATIO,
			  SHARPEN_RATIO };

	return rect_intersect(r, all);
}

static size_t pixel_at(const struct plane *p, int32_t x, int32_t y)
{
	return (size_t)y * (size_t)p->s->tile.w + (size_t)x;
}

static struct sharpen_cell measure(const struct plane *p, struct rect r)
{
	struct sharpen_cell c = { 0 };
	int32_t nir = 0, swir = 0;
	uint16_t low = UINT16_MAX, high = 0;

	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++) {
			size_t i = pixel_at(p, x, y);

			if (!usable(p, i))
				continue;
			nir += p->nir[i];
			swir += p->swir[i];
			low = p->nir[i] < low ? p->nir[i] : low;
			high = p->nir[i] > high ? p->nir[i] : high;
			c.pixels++;
		}
	if (!c.pixels)
		return c;
	c.nir = (float)nir / (float)c.pixels * p->s->nir.gain + p->s->nir.bias;
	c.swir = (float)swir / (float)c.pixels * p->s->swir.gain + p->s->swir.bias;
	c.darkest = calib_apply(low, p->s->nir);
	c.brightest = calib_apply(high, p->s->nir);
	return c;
}

static const struct sharpen_cell *cell_at(const struct plane *p, int32_t column, int32_t row)
{
	return p->cells + (size_t)row * (size_t)p->grid.w + (size_t)column;
}

/* Of the cell and its eight neighbours, those that are there, always in the same order. */
static struct sharpen_window window(const struct plane *p, int32_t column, int32_t row)
{
	const struct sharpen_cell *centre = cell_at(p, column, row);
	struct sharpen_window w = { .darkest = centre->darkest };
	struct rect all = { 0, 0, p->grid.w, p->grid.h };
	struct rect r = rect_intersect((struct rect){ column - 1, row - 1, 3, 3 }, all);

	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++)
			if (cell_at(p, x, y)->pixels)
				sharpen_add(&w, centre, cell_at(p, x, y));
	return w;
}

/* A stored value moved by so much; it stays where it would become a code that means no value. */
static uint16_t moved(uint16_t dn, int32_t by, struct calib c)
{
	int32_t to = dn + by;

	to = to < 0 ? 0 : to;
	to = to > UINT16_MAX ? UINT16_MAX : to;
	return measured((uint16_t)to, c) ? (uint16_t)to : dn;
}

/* What rounding takes from a pixel the next one gets, so that the sum stays. */
static void apply(const struct plane *p, struct rect r, const struct sharpen_cell *c, float gain)
{
	float scale = gain / p->s->swir.gain, rest = 0.0f;

	for (int32_t y = r.y; y < r.y + r.h; y++)
		for (int32_t x = r.x; x < r.x + r.w; x++) {
			size_t i = pixel_at(p, x, y);
			float step;
			int32_t by;

			if (!usable(p, i))
				continue;
			step = (calib_apply(p->nir[i], p->s->nir) - c->nir) * scale + rest;
			by = round_clamp(step, -UINT16_MAX, UINT16_MAX);
			rest = by > -UINT16_MAX && by < UINT16_MAX ? step - (float)by : 0.0f;
			p->swir[i] = moved(p->swir[i], by, p->s->swir);
		}
}

/* Most cells of a lake and of its land are flat: they need no window. */
static void sharpen_cell(const struct plane *p, int32_t column, int32_t row)
{
	const struct sharpen_cell *c = cell_at(p, column, row);
	struct sharpen_window w;
	float gain;

	if (c->pixels < 2 || !(c->brightest - c->darkest > SHARPEN_FLAT))
		return;
	w = window(p, column, row);
	gain = sharpen_gain(c, &w);
	if (gain > 0.0f)
		apply(p, cell_pixels(p, column, row), c, gain);
}

void sharpen_tile(const struct sharpen *s, const uint16_t *restrict nir, uint16_t *restrict swir,
		  void *restrict scratch)
{
	int32_t w = cells_of(s->tile.x, s->tile.w), h = cells_of(s->tile.y, s->tile.h);
	struct rect grid = { s->tile.x / SHARPEN_RATIO, s->tile.y / SHARPEN_RATIO, w, h };
	struct plane p = { s, nir, swir, scratch, grid };
	size_t n = 0;

	for (int32_t y = 0; y < h; y++)
		for (int32_t x = 0; x < w; x++)
			p.cells[n++] = measure(&p, cell_pixels(&p, x, y));
	for (int32_t y = 0; y < h; y++)
		for (int32_t x = 0; x < w; x++)
			sharpen_cell(&p, x, y);
}
