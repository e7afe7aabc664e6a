/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/contour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A crossing: row (21 bits), column (21), direction (1), sample before, sample after (8 each). */
#define COLUMN_BITS 21
#define SAMPLE_BITS 16

static uint64_t crossing(int32_t x, int32_t y, bool down, uint8_t v0, uint8_t v1)
{
	uint64_t edge = ((uint64_t)y << COLUMN_BITS | (uint64_t)x) << 1 | down;

	return edge << SAMPLE_BITS | (uint64_t)v0 << 8 | v1;
}

/* Where it is, in pixels: the centre of pixel (x, y) is at (x + 0.5, y + 0.5). */
static struct point crossing_point(uint64_t c)
{
	double v0 = (double)(c >> 8 & 255), v1 = (double)(c & 255);
	double t = (CONTOUR_LEVEL - v0) / (v1 - v0);
	uint64_t edge = c >> SAMPLE_BITS;
	bool down = edge & 1;
	double x = (double)(edge >> 1 & ((1 << COLUMN_BITS) - 1));
	double y = (double)(edge >> (COLUMN_BITS + 1));

	return (struct point){ x + 0.5 + (down ? 0 : t), y + 0.5 + (down ? t : 0) };
}

void contour_release(struct contour *c)
{
	free(c->segments);
	*c = (struct contour){ 0 };
}

static int reserve(struct contour *c, size_t more, struct error *e)
{
	size_t need = c->nr + more, capacity = c->capacity + c->capacity / 2;
	struct segment *grown;

	if (need <= c->capacity)
		return 0;
	if (capacity < need)
		capacity = need;
	grown = reallocarray(c->segments, capacity, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "a shoreline");
	c->segments = grown;
	c->capacity = capacity;
	return 0;
}

int contour_append(struct contour *a, const struct contour *b, struct error *e)
{
	if (reserve(a, b->nr, e))
		return -1;
	if (b->nr)
		memcpy(a->segments + a->nr, b->segments, b->nr * sizeof(*b->segments));
	a->nr += b->nr;
	return 0;
}

enum { TOP, RIGHT, BOTTOM, LEFT };

/* From which edge of the cell to which; second pair only in saddles. */
struct route {
	uint8_t nr, from[2], to[2];
};

/*
 * By the corners that are water: 1 upper left, 2 upper right, 4 lower right, 8 lower left.
 * Going round the cell clockwise, a segment starts where land becomes water and ends where
 * water becomes land next, which keeps the water on its left.
 */
static const struct route routes[16] = {
	[1] = { 1, { LEFT }, { TOP } },
	[2] = { 1, { TOP }, { RIGHT } },
	[3] = { 1, { LEFT }, { RIGHT } },
	[4] = { 1, { RIGHT }, { BOTTOM } },
	[5] = { 2, { LEFT, RIGHT }, { TOP, BOTTOM } },
	[6] = { 1, { TOP }, { BOTTOM } },
	[7] = { 1, { LEFT }, { BOTTOM } },
	[8] = { 1, { BOTTOM }, { LEFT } },
	[9] = { 1, { BOTTOM }, { TOP } },
	[10] = { 2, { TOP, BOTTOM }, { RIGHT, LEFT } },
	[11] = { 1, { BOTTOM }, { RIGHT } },
	[12] = { 1, { RIGHT }, { LEFT } },
	[13] = { 1, { RIGHT }, { TOP } },
	[14] = { 1, { TOP }, { LEFT } },
};

/* Saddles whose middle is water: the segments cut off the dry corners instead. */
static const struct route wet_saddle_5 = { 2, { LEFT, RIGHT }, { BOTTOM, TOP } };
static const struct route wet_saddle_10 = { 2, { TOP, BOTTOM }, { LEFT, RIGHT } };

struct cell {
	int32_t x, y;
	uint8_t a, b, c, d; /* samples: upper left, upper right, lower right, lower left */
};

static uint64_t cell_crossing(const struct cell *s, unsigned edge)
{
	switch (edge) {
	case TOP:
		return crossing(s->x, s->y, false, s->a, s->b);
	case RIGHT:
		return crossing(s->x + 1, s->y, true, s->b, s->c);
	case BOTTOM:
		return crossing(s->x, s->y + 1, false, s->d, s->c);
	default:
		return crossing(s->x, s->y, true, s->a, s->d);
	}
}

static unsigned is_wet(uint8_t sample)
{
	return sample >= CONTOUR_LEVEL;
}

static int add_cell(struct contour *c, const struct cell *s, struct error *e)
{
	unsigned wet = is_wet(s->a) | is_wet(s->b) << 1 | is_wet(s->c) << 2 | is_wet(s->d) << 3;
	const struct route *r = &routes[wet];

	if (!r->nr || s->a > 100 || s->b > 100 || s->c > 100 || s->d > 100)
		return 0;
	if (r->nr == 2 && s->a + s->b + s->c + s->d >= 4 * CONTOUR_LEVEL)
		r = wet == 5 ? &wet_saddle_5 : &wet_saddle_10;
	if (reserve(c, r->nr, e))
		return -1;
	for (unsigned k = 0; k < r->nr; k++)
		c->segments[c->nr++] = (struct segment){ cell_crossing(s, r->from[k]),
							 cell_crossing(s, r->to[k]) };
	return 0;
}

static uint64_t load8(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Are the 9 x 2 samples from here all equal?  Most of a lake and its land is. */
static bool uniform8(const uint8_t *upper, const uint8_t *lower)
{
	uint64_t v = load8(upper);

	return v == load8(upper + 1) && v == load8(lower) && v == load8(lower + 1);
}

int contour_cells(struct contour *c, struct rect cells, const uint8_t *samples, size_t stride,
		  struct error *e)
{
	for (int32_t y = 0; y < cells.h; y++) {
		const uint8_t *upper = samples + (size_t)y * stride, *lower = upper + stride;

		for (int32_t x = 0; x < cells.w; x++) {
			struct cell s = { cells.x + x,	cells.y + y,  upper[x],
					  upper[x + 1], lower[x + 1], lower[x] };

			if (x + 8 <= cells.w && uniform8(upper + x, lower + x))
				x += 7;
			else if (add_cell(c, &s, e))
				return -1;
		}
	}
	return 0;
}

#define NONE UINT32_MAX

/* What joining needs to know of the sorted segments. */
struct joint {
	const struct segment *segments;
	size_t nr;
	uint32_t *next; /* the segment that goes on where this one ends, or NONE */
	bool *done;	/* has one before it (while heads are sought), or is in a chain */
};

struct chain {
	uint64_t lowest; /* crossing */
	uint32_t head;	 /* segment */
	bool closed;
};

static int compare_segments(const void *a, const void *b)
{
	const struct segment *p = a, *q = b;

	return (p->from > q->from) - (p->from < q->from);
}

static int compare_chains(const void *a, const void *b)
{
	const struct chain *p = a, *q = b;

	return (p->lowest > q->lowest) - (p->lowest < q->lowest);
}

static uint32_t find_from(const struct joint *j, uint64_t from)
{
	size_t low = 0, high = j->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (j->segments[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < j->nr && j->segments[low].from == from ? (uint32_t)low : NONE;
}

/* Follow the segments from the head, marking them. */
static struct chain follow(struct joint *j, uint32_t head)
{
	struct chain c = { .lowest = j->segments[head].from, .head = head };
	uint32_t i = head, last = head;

	while (i != NONE && !j->done[i]) {
		j->done[i] = true;
		if (j->segments[i].from < c.lowest)
			c.lowest = j->segments[i].from;
		last = i;
		i = j->next[i];
	}
	c.closed = i == head;
	if (j->segments[last].to < c.lowest)
		c.lowest = j->segments[last].to;
	return c;
}

/* All chains: the open ones from their heads, then what is left, the rings. */
static size_t find_chains(struct joint *j, struct chain *chains)
{
	size_t nr = 0, open;

	for (size_t i = 0; i < j->nr; i++)
		if (j->next[i] != NONE)
			j->done[j->next[i]] = true;
	for (size_t i = 0; i < j->nr; i++)
		if (!j->done[i])
			chains[nr++].head = (uint32_t)i;
	memset(j->done, 0, j->nr * sizeof(*j->done));
	open = nr;
	for (size_t k = 0; k < open; k++)
		chains[k] = follow(j, chains[k].head);
	for (size_t i = 0; i < j->nr; i++)
		if (!j->done[i])
			chains[nr++] = follow(j, (uint32_t)i);
	qsort(chains, nr, sizeof(*chains), compare_chains);
	return nr;
}

static struct point to_map(const struct grid *g, uint64_t c)
{
	struct point p = crossing_point(c);

	return (struct point){ g->x0 + p.x * g->dx, g->y0 - p.y * g->dy };
}

static bool same(struct point a, struct point b)
{
	return a.x == b.x && a.y == b.y;
}

/* The points of one chain without repeats; how many. */
static size_t chain_points(const struct joint *j, const struct chain *c, const struct grid *grid,
			   struct point *points)
{
	size_t n = 0;
	uint32_t i = c->head, last;

	do {
		struct point p = to_map(grid, j->segments[i].from);

		if (!n || !same(points[n - 1], p))
			points[n++] = p;
		last = i;
		i = j->next[i];
	} while (i != NONE && i != c->head);
	if (!c->closed) {
		struct point p = to_map(grid, j->segments[last].to);

		if (!same(points[n - 1], p))
			points[n++] = p;
	} else if (n > 1 && same(points[0], points[n - 1])) {
		n--;
	}
	return n >= (c->closed ? 3 : 2) ? n : 0;
}

static int emit(const struct joint *j, const struct chain *chains, size_t chains_nr,
		const struct grid *grid, struct lines *out, struct error *e)
{
	size_t points_nr = 0;
	struct point *fit;

	out->points = calloc(j->nr + chains_nr, sizeof(*out->points));
	out->starts = calloc(chains_nr + 1, sizeof(*out->starts));
	out->closed = calloc(chains_nr, sizeof(*out->closed));
	if (!out->points || !out->starts || !out->closed)
		return error_nomem(e, "a shoreline");
	for (size_t k = 0; k < chains_nr; k++) {
		size_t n = chain_points(j, &chains[k], grid, out->points + points_nr);

		if (!n)
			continue;
		points_nr += n;
		out->closed[out->nr++] = chains[k].closed;
		out->starts[out->nr] = points_nr;
	}
	fit = realloc(out->points, (points_nr ? points_nr : 1) * sizeof(*fit));
	if (fit)
		out->points = fit;
	return 0;
}

int contour_lines(struct contour *c, const struct grid *grid, struct lines *out, struct error *e)
{
	struct joint j = { .segments = c->segments, .nr = c->nr };
	struct chain *chains = NULL;
	size_t chains_nr;
	int ret = -1;

	*out = (struct lines){ 0 };
	if (!c->nr)
		return 0;
	if (c->nr >= NONE)
		return error_set(e, ERROR_DATA, "a shoreline of more than %u pieces", NONE);
	qsort(c->segments, c->nr, sizeof(*c->segments), compare_segments);
	j.next = calloc(c->nr, sizeof(*j.next));
	j.done = calloc(c->nr, sizeof(*j.done));
	chains = calloc(c->nr, sizeof(*chains));
	if (!j.next || !j.done || !chains) {
		error_nomem(e, "a shoreline");
		goto out;
	}
	for (size_t i = 0; i < c->nr; i++)
		j.next[i] = find_from(&j, c->segments[i].to);
	chains_nr = find_chains(&j, chains);
	ret = emit(&j, chains, chains_nr, grid, out, e);
	if (ret)
		lines_release(out);
out:
	free(chains);
	free(j.done);
	free(j.next);
	return ret;
}
