/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/grid.h"

#include <math.h>
#include <string.h>

struct rect grid_rect(const struct grid *g)
{
	return (struct rect){ 0, 0, g->width, g->height };
}

struct grid grid_crop(const struct grid *g, struct rect r)
{
	struct grid c = *g;

	c.x0 = g->x0 + r.x * g->dx;
	c.y0 = g->y0 - r.y * g->dy;
	c.width = r.w;
	c.height = r.h;
	return c;
}

static size_t across(int32_t length, int32_t side)
{
	return ((size_t)length + (size_t)side - 1) / (size_t)side;
}

size_t grid_tiles(const struct grid *g, int32_t side)
{
	return across(g->width, side) * across(g->height, side);
}

struct rect grid_tile(const struct grid *g, int32_t side, size_t i)
{
	size_t columns = across(g->width, side);
	struct rect r = { (int32_t)(i % columns) * side, (int32_t)(i / columns) * side, side,
			  side };

	return rect_intersect(r, grid_rect(g));
}

static double offset_x(const struct grid *a, const struct grid *b)
{
	return (b->x0 - a->x0) / a->dx;
}

static double offset_y(const struct grid *a, const struct grid *b)
{
	return (a->y0 - b->y0) / a->dy;
}

bool grid_same_lattice(const struct grid *a, const struct grid *b)
{
	double ox = offset_x(a, b), oy = offset_y(a, b);

	return !strcmp(a->crs.def, b->crs.def) && fabs(a->dx - b->dx) < 1e-9 * a->dx &&
	       fabs(a->dy - b->dy) < 1e-9 * a->dy && fabs(ox - nearbyint(ox)) < 1e-6 &&
	       fabs(oy - nearbyint(oy)) < 1e-6;
}

bool grid_equal(const struct grid *a, const struct grid *b)
{
	return a->width == b->width && a->height == b->height && grid_same_lattice(a, b) &&
	       fabs(offset_x(a, b)) < 0.5 && fabs(offset_y(a, b)) < 0.5;
}

struct rect grid_offset(const struct grid *a, const struct grid *b)
{
	return (struct rect){ (int32_t)nearbyint(offset_x(a, b)),
			      (int32_t)nearbyint(offset_y(a, b)), b->width, b->height };
}
