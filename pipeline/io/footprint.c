/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/footprint.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* Cells along the longer side of the grid. */
#define CELLS 64
/*
 * Edges are cut into sixteenths of the grid's longer side, but no shorter: over L metres a
 * straight line of a projection leaves that of longitude and latitude by about
 * L^2 / 8R tan(latitude), 2 m at 46 degrees.
 */
#define PIECES	  16
#define PIECE_MIN 10000.0

struct footprint {
	struct grid grid;
	int32_t side; /* of a cell, pixels */
	atomic_uchar valid[CELLS][CELLS];
};

int footprint_new(struct footprint **out, const struct grid *grid, struct error *e)
{
	struct footprint *f = calloc(1, sizeof(*f));
	int32_t longer = grid->width > grid->height ? grid->width : grid->height;

	if (!f)
		return error_nomem(e, "a footprint");
	f->grid = *grid;
	f->side = (longer + CELLS - 1) / CELLS;
	*out = f;
	return 0;
}

void footprint_free(struct footprint *f)
{
	free(f);
}

static bool any_valid(const uint8_t *pixels, int32_t n, uint8_t nodata)
{
	for (int32_t i = 0; i < n; i++)
		if (pixels[i] != nodata)
			return true;
	return false;
}

void footprint_add(struct footprint *f, struct rect rect, const uint8_t *pixels, uint8_t nodata)
{
	for (int32_t y = 0; y < rect.h; y++, pixels += rect.w) {
		atomic_uchar *row = f->valid[(rect.y + y) / f->side];

		for (int32_t x = 0, n; x < rect.w; x += n) {
			int32_t cell = (rect.x + x) / f->side;

			n = (cell + 1) * f->side - (rect.x + x);
			n = n < rect.w - x ? n : rect.w - x;
			if (!atomic_load_explicit(&row[cell], memory_order_relaxed) &&
			    any_valid(pixels + x, n, nodata))
				atomic_store_explicit(&row[cell], 1, memory_order_relaxed);
		}
	}
}

/* A corner of cells, in cells. */
struct corner {
	int32_t x, y;
};

static int by_x_then_y(const void *a, const void *b)
{
	const struct corner *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return (p->y > q->y) - (p->y < q->y);
}

/* Corners of the valid cells: the outer ones of each row are enough for a hull. */
static size_t outer_corners(const struct footprint *f, struct corner *c)
{
	size_t n = 0;

	for (int32_t y = 0; y < CELLS; y++) {
		int32_t first = 0, last = CELLS - 1;

		while (first < CELLS && !f->valid[y][first])
			first++;
		if (first == CELLS)
			continue;
		while (!f->valid[y][last])
			last--;
		c[n++] = (struct corner){ first, y };
		c[n++] = (struct corner){ first, y + 1 };
		c[n++] = (struct corner){ last + 1, y };
		c[n++] = (struct corner){ last + 1, y + 1 };
	}
	return n;
}

static int32_t turn(struct corner a, struct corner b, struct corner c)
{
	return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Andrew's monotone chain (1979, doi:10.1016/0020-0190(79)90072-3); hull has room for 2 n. */
static size_t convex_hull(struct corner *c, size_t n, struct corner *hull)
{
	size_t k = 0, lower;

	qsort(c, n, sizeof(*c), by_x_then_y);
	for (size_t i = 0; i < n; i++) {
		while (k >= 2 && turn(hull[k - 2], hull[k - 1], c[i]) <= 0)
			k--;
		hull[k++] = c[i];
	}
	lower = k + 1;
	for (size_t i = n - 1; i-- > 0;) {
		while (k >= lower && turn(hull[k - 2], hull[k - 1], c[i]) <= 0)
			k--;
		hull[k++] = c[i];
	}
	return k - 1;
}

/* The hull's ring in the CRS of the grid; hull holds cells. */
static int add_ring(const struct footprint *f, const struct corner *hull, size_t n,
		    struct polygon *out, struct error *e)
{
	const struct grid *g = &f->grid;
	struct point ring[8 * CELLS];

	for (size_t i = 0; i < n; i++) {
		int32_t x = hull[i].x * f->side, y = hull[i].y * f->side;

		ring[i].x = g->x0 + (x < g->width ? x : g->width) * g->dx;
		ring[i].y = g->y0 - (y < g->height ? y : g->height) * g->dy;
	}
	return polygon_add(out, ring, n, e);
}

int footprint_polygon(const struct footprint *f, struct polygon *out, struct error *e)
{
	struct corner corners[4 * CELLS], hull[8 * CELLS];
	const struct crs lonlat = CRS_LONLAT;
	double step = fmax(f->side * f->grid.dx * CELLS / PIECES, PIECE_MIN);
	struct polygon coarse = { 0 };
	size_t n = outer_corners(f, corners);
	int ret = -1;

	if (!n) {
		int32_t w = (f->grid.width + f->side - 1) / f->side;
		int32_t h = (f->grid.height + f->side - 1) / f->side;

		corners[n++] = (struct corner){ 0, 0 };
		corners[n++] = (struct corner){ 0, h };
		corners[n++] = (struct corner){ w, 0 };
		corners[n++] = (struct corner){ w, h };
	}
	n = convex_hull(corners, n, hull);
	if (!add_ring(f, hull, n, &coarse, e) && !polygon_densify(out, &coarse, step, e))
		ret = polygon_transform(out, &f->grid.crs, &lonlat, 1e-6, e);
	polygon_release(&coarse);
	if (ret)
		polygon_release(out);
	return ret;
}
