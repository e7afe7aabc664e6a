/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/region.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 256 MiB: the outlines of a lake and of clouds have a thousandth of that. */
#define CROSSINGS_MAX ((size_t)1 << 26)

/* Not level; always from its lower to its upper end, so that both its polygons compute the same. */
struct edge {
	struct point low, high;
};

/* Of row y the columns crossing[first[y]] up to that of first[y + 1], in order: between each two of them lies the polygon. */
struct region {
	double x0, y0, dx, dy;
	int32_t width, height;
	size_t *first;
	int32_t *crossing;
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

/* Rows whose centres an edge crosses: first to last, none if last < first. */
static void rows_of(const struct region *r, const struct edge *g, int32_t *first, int32_t *last)
{
	*first = 0;
	*last = -1;
	if (g->high.y < centre_y(r, r->height - 1) || g->low.y > centre_y(r, 0))
		return;
	*first = row_near(r, g->high.y);
	*last = row_near(r, g->low.y);
	while (*first <= *last && centre_y(r, *first) >= g->high.y)
		++*first;
	while (*last >= *first && centre_y(r, *last) < g->low.y)
		--*last;
}

/* Call take for all edges that are not level. */
static void each_edge(struct region *r, const struct polygon *polygon,
		      void (*take)(struct region *r, const struct edge *g))
{
	for (size_t k = 0; k < polygon->rings_nr; k++) {
		const struct ring *ring = &polygon->rings[k];

		for (size_t i = 0; i < ring->points_nr; i++) {
			struct point a = ring->points[i];
			struct point b = ring->points[(i + 1) % ring->points_nr];
			struct edge g = a.y < b.y ? (struct edge){ a, b } : (struct edge){ b, a };

			if (a.y != b.y)
				take(r, &g);
		}
	}
}

static void count_edge(struct region *r, const struct edge *g)
{
	int32_t first, last;

	rows_of(r, g, &first, &last);
	for (int32_t y = first; y <= last; y++)
		r->first[y + 2]++;
}

/* first[y + 1] is where row y begins; filling moves it to where it ends. */
static void add_edge(struct region *r, const struct edge *g)
{
	int32_t first, last;

	rows_of(r, g, &first, &last);
	for (int32_t y = first; y <= last; y++)
		r->crossing[r->first[y + 1]++] = first_right(r, g, centre_y(r, y));
}

static int by_column(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static int find_crossings(struct region *r, const struct polygon *polygon, struct error *e)
{
	r->first = calloc((size_t)r->height + 2, sizeof(*r->first));
	if (!r->first)
		return error_nomem(e, "a region");
	each_edge(r, polygon, count_edge);
	for (int32_t y = 0; y <= r->height; y++)
		r->first[y + 1] += r->first[y];
	if (r->first[r->height + 1] > CROSSINGS_MAX)
		return error_set(e, ERROR_DATA, "a polygon of %zu crossings of rows is too large",
				 r->first[r->height + 1]);
	r->crossing = malloc((r->first[r->height + 1] + 1) * sizeof(*r->crossing));
	if (!r->crossing)
		return error_nomem(e, "a region");
	each_edge(r, polygon, add_edge);
	for (int32_t y = 0; y < r->height; y++)
		if (r->first[y + 1] - r->first[y] > 1)
			qsort(r->crossing + r->first[y], r->first[y + 1] - r->first[y],
			      sizeof(*r->crossing), by_column);
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
	if (find_crossings(r, polygon, e)) {
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
	free(r->first);
	free(r->crossing);
	free(r);
}

/* The part of span number k of a row that lies in columns from up to to; false past the last span. */
static bool span(const struct region *r, int32_t y, size_t k, int32_t from, int32_t to,
		 int32_t *start, int32_t *end)
{
	size_t at = r->first[y] + 2 * k;

	if (at + 1 >= r->first[y + 1] || r->crossing[at] >= to)
		return false;
	*start = r->crossing[at] > from ? r->crossing[at] : from;
	*end = r->crossing[at + 1] < to ? r->crossing[at + 1] : to;
	return true;
}

void region_row(const struct region *r, int32_t x, int32_t y, int32_t n, uint8_t *inside)
{
	int32_t start, end;

	if (n <= 0)
		return;
	memset(inside, !r, (size_t)n);
	if (!r || y < 0 || y >= r->height)
		return;
	for (size_t k = 0; span(r, y, k, x, x + n, &start, &end); k++)
		if (start < end)
			memset(inside + (start - x), 1, (size_t)(end - start));
}

struct rect region_bounds(const struct region *r, struct rect within)
{
	struct rect bounds = { 0, 0, 0, 0 };
	int32_t start, end;

	if (!r)
		return within;
	within = rect_intersect(within, (struct rect){ 0, 0, r->width, r->height });
	for (int32_t y = within.y; y < within.y + within.h; y++)
		for (size_t k = 0; span(r, y, k, within.x, within.x + within.w, &start, &end); k++)
			if (start < end)
				bounds = rect_union(bounds,
						    (struct rect){ start, y, end - start, 1 });
	return bounds;
}
