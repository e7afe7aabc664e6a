/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/region.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Edges are looked up by blocks of so many rows. */
#define BLOCK_ROWS 64

/* Not level; always from its lower to its upper end, so that both its polygons compute the same. */
struct edge {
	struct point low, high;
};

struct region {
	double x0, y0, dx, dy;
	int32_t width, height;
	struct edge *edges;
	size_t edges_nr;
	/* The edges that cross block b: edges[crossing[first[b]]] up to that of first[b + 1]. */
	size_t *first;
	uint32_t *crossing;
	int32_t blocks;
};

static double centre_x(const struct region *r, int32_t x)
{
	return r->x0 + (x + 0.5) * r->dx;
}

static double centre_y(const struct region *r, int32_t y)
{
	return r->y0 - (y + 0.5) * r->dy;
}

/* Row of a northing, not before 0 nor after the last; one more either way does not matter. */
static int32_t row_near(const struct region *r, double y)
{
	double row = floor((r->y0 - y) / r->dy);

	return !(row > 0) ? 0 : row > r->height - 1 ? r->height - 1 : (int32_t)row;
}

/* Blocks that an edge may cross: first to last, none if last < first. */
static void blocks_of(const struct region *r, const struct edge *g, int32_t *first, int32_t *last)
{
	if (g->high.y < centre_y(r, r->height - 1) || g->low.y > centre_y(r, 0)) {
		*first = 0;
		*last = -1;
		return;
	}
	*first = row_near(r, g->high.y) / BLOCK_ROWS;
	*last = row_near(r, g->low.y) / BLOCK_ROWS;
}

static void add_edges(struct region *r, const struct ring *ring)
{
	for (size_t i = 0; i < ring->points_nr; i++) {
		struct point a = ring->points[i], b = ring->points[(i + 1) % ring->points_nr];

		if (a.y != b.y)
			r->edges[r->edges_nr++] =
				a.y < b.y ? (struct edge){ a, b } : (struct edge){ b, a };
	}
}

static int copy_edges(struct region *r, const struct polygon *polygon, struct error *e)
{
	size_t n = 0;

	for (size_t i = 0; i < polygon->rings_nr; i++)
		n += polygon->rings[i].points_nr;
	if (n > UINT32_MAX)
		return error_set(e, ERROR_DATA, "a polygon of %zu vertices is too large", n);
	r->edges = calloc(n ? n : 1, sizeof(*r->edges));
	if (!r->edges)
		return error_nomem(e, "a region");
	for (size_t i = 0; i < polygon->rings_nr; i++)
		add_edges(r, polygon->rings + i);
	return 0;
}

/* Count the edges of each block, then list them. */
static int index_edges(struct region *r, struct error *e)
{
	int32_t first, last;

	r->blocks = (r->height - 1) / BLOCK_ROWS + 1;
	r->first = calloc((size_t)r->blocks + 2, sizeof(*r->first));
	if (!r->first)
		return error_nomem(e, "a region");
	for (size_t i = 0; i < r->edges_nr; i++) {
		blocks_of(r, r->edges + i, &first, &last);
		for (int32_t b = first; b <= last; b++)
			r->first[b + 2]++;
	}
	for (int32_t b = 0; b <= r->blocks; b++)
		r->first[b + 1] += r->first[b];
	r->crossing = calloc(r->first[r->blocks + 1] + 1, sizeof(*r->crossing));
	if (!r->crossing)
		return error_nomem(e, "a region");
	/* first[b + 1] is where block b begins; filling moves it to where it ends. */
	for (size_t i = 0; i < r->edges_nr; i++) {
		blocks_of(r, r->edges + i, &first, &last);
		for (int32_t b = first; b <= last; b++)
			r->crossing[r->first[b + 1]++] = (uint32_t)i;
	}
	return 0;
}

int region_new(struct region **out, const struct polygon *polygon, const struct grid *grid,
	       struct error *e)
{
	struct region *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (!r)
		return error_nomem(e, "a region");
	*r = (struct region){ .x0 = grid->x0,
			      .y0 = grid->y0,
			      .dx = grid->dx,
			      .dy = grid->dy,
			      .width = grid->width,
			      .height = grid->height };
	if (copy_edges(r, polygon, e) || index_edges(r, e)) {
		region_free(r);
		return -1;
	}
	*out = r;
	return 0;
}

void region_free(struct region *r)
{
	if (!r)
		return;
	free(r->edges);
	free(r->first);
	free(r->crossing);
	free(r);
}

/* Is the place on the edge or to the right of it?  Once true, true for every x further right. */
static bool right_of(const struct edge *g, double x, double y)
{
	return (x - g->low.x) * (g->high.y - g->low.y) >= (y - g->low.y) * (g->high.x - g->low.x);
}

/* The first pixel of a row whose centre is not left of the edge; the width if there is none. */
static int32_t first_right(const struct region *r, const struct edge *g, double y)
{
	double slope = (g->high.x - g->low.x) / (g->high.y - g->low.y);
	double guess = ceil((g->low.x + (y - g->low.y) * slope - r->x0) / r->dx - 0.5);
	int32_t x = !(guess > 0) ? 0 : guess > r->width ? r->width : (int32_t)guess;

	/* The guess has rounding errors; right_of() decides, for it is exact on usual vertices. */
	while (x > 0 && right_of(g, centre_x(r, x - 1), y))
		x--;
	while (x < r->width && !right_of(g, centre_x(r, x), y))
		x++;
	return x;
}

/* From marks where inside and outside change to 0 and 1. */
static void fill(uint8_t *inside, size_t n)
{
	uint8_t now = 0;

	for (size_t at = 0; at < n;) {
		uint8_t *mark = memchr(inside + at, 1, n - at);
		size_t end = mark ? (size_t)(mark - inside) : n;

		memset(inside + at, now, end - at);
		at = end;
		if (mark) {
			now ^= 1;
			inside[at++] = now;
		}
	}
}

/* The columns start..start + n, which lie in the grid. */
static void row_in_grid(const struct region *r, int32_t start, int32_t y, int32_t n,
			uint8_t *inside)
{
	double at = centre_y(r, y);
	int32_t block = y / BLOCK_ROWS;

	for (size_t i = r->first[block]; i < r->first[block + 1]; i++) {
		const struct edge *g = r->edges + r->crossing[i];

		if (at < g->low.y || at >= g->high.y)
			continue;

		int32_t x = first_right(r, g, at) - start;

		if (x < n)
			inside[x < 0 ? 0 : x] ^= 1;
	}
	fill(inside, (size_t)n);
}

void region_row(const struct region *r, int32_t x, int32_t y, int32_t n, uint8_t *inside)
{
	struct rect row = { x, y, n, 1 };

	if (n <= 0)
		return;
	memset(inside, !r, (size_t)n);
	if (!r)
		return;
	row = rect_intersect(row, (struct rect){ 0, 0, r->width, r->height });
	if (!rect_empty(row))
		row_in_grid(r, row.x, y, row.w, inside + (row.x - x));
}

/* Widen *bounds by the inside pixels among n from (x, y). */
static void take_row(const struct region *r, int32_t x, int32_t y, int32_t n, struct rect *bounds)
{
	uint8_t inside[4096];
	int32_t count;

	for (int32_t done = 0; done < n; done += count) {
		const uint8_t *first, *last;

		count = n - done < (int32_t)sizeof(inside) ? n - done : (int32_t)sizeof(inside);
		region_row(r, x + done, y, count, inside);
		first = memchr(inside, 1, (size_t)count);
		if (!first)
			continue;
		last = memrchr(inside, 1, (size_t)count);
		*bounds = rect_union(*bounds, (struct rect){ x + done + (int32_t)(first - inside),
							     y, (int32_t)(last - first) + 1, 1 });
	}
}

struct rect region_bounds(const struct region *r, struct rect within)
{
	struct rect bounds = { 0, 0, 0, 0 };

	if (!r)
		return within;
	within = rect_intersect(within, (struct rect){ 0, 0, r->width, r->height });
	for (int32_t y = within.y; y < within.y + within.h; y++)
		take_row(r, within.x, y, within.w, &bounds);
	return bounds;
}
