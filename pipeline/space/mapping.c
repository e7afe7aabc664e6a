/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/mapping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/space/crs.h"

#define SHIFT 6			    /* 2^6 = MAPPING_STEP */
#define UNIT  65536		    /* 1 pixel */
#define LOST  INT64_MIN		    /* a node that PROJ cannot give, or a very far one */
#define FAR   ((double)(1LL << 27)) /* pixels; keeps 2^12 nodes' weights within 63 bits */

struct node {
	int64_t x, y; /* source coordinate, 2^-16 pixel; x is LOST if there is none */
};

/* Four nodes around target pixels 64 i .. 64 i + 63, 64 j .. 64 j + 63. */
struct cell {
	const struct node *above, *below; /* two each */
};

struct mapping {
	int32_t width, height;		     /* target [pixel] */
	int32_t source_width, source_height; /* [pixel] */
	bool shift;			     /* then there are no nodes */
	int32_t dx, dy;
	size_t columns, rows; /* nodes */
	struct node *nodes;
};

_Static_assert(1 << SHIFT == MAPPING_STEP, "the shift is that of the step");

/* Round to 2^-16 pixel: what the CPU changed in the last bits of PROJ's answer ends here. */
static struct node node_at(double x, double y)
{
	if (!(fabs(x) < FAR) || !(fabs(y) < FAR))
		return (struct node){ LOST, LOST };
	return (struct node){ (int64_t)nearbyint(x * UNIT), (int64_t)nearbyint(y * UNIT) };
}

/* Between what is asked, and by whom; x and y hold a row of coordinates. */
struct question {
	const struct grid *target, *source;
	struct crs_transform *transform; /* NULL in one CRS */
	double *x, *y;
};

/* Row j of the nodes. */
static void fill_row(struct mapping *m, struct question *q, size_t j)
{
	struct node *row = m->nodes + j * m->columns;

	for (size_t i = 0; i < m->columns; i++) {
		q->x[i] = q->target->x0 + ((double)(i * MAPPING_STEP) + 0.5) * q->target->dx;
		q->y[i] = q->target->y0 - ((double)(j * MAPPING_STEP) + 0.5) * q->target->dy;
	}
	if (q->transform)
		crs_transform_points(q->transform, m->columns, q->x, q->y);
	for (size_t i = 0; i < m->columns; i++)
		row[i] = node_at((q->x[i] - q->source->x0) / q->source->dx - 0.5,
				 (q->source->y0 - q->y[i]) / q->source->dy - 0.5);
}

static int fill_nodes(struct mapping *m, const struct grid *target, const struct grid *source,
		      struct error *e)
{
	struct question q = { .target = target, .source = source };
	int ret = -1;

	q.x = calloc(m->columns, sizeof(*q.x));
	q.y = calloc(m->columns, sizeof(*q.y));
	m->nodes = calloc(m->columns * m->rows, sizeof(*m->nodes));
	if (!q.x || !q.y || !m->nodes) {
		error_nomem(e, "the mapping of a grid");
		goto out;
	}
	if (strcmp(target->crs.def, source->crs.def) != 0 &&
	    crs_transform_new(&q.transform, &target->crs, &source->crs, e))
		goto out;
	for (size_t j = 0; j < m->rows; j++)
		fill_row(m, &q, j);
	ret = 0;
out:
	crs_transform_free(q.transform);
	free(q.y);
	free(q.x);
	return ret;
}

/* Nodes along a side of so many pixels. */
static size_t nodes_of(int32_t pixels)
{
	return (size_t)(pixels - 1) / MAPPING_STEP + 2;
}

static bool near_enough(const struct grid *target, const struct grid *source)
{
	return fabs(target->x0 - source->x0) < FAR * source->dx &&
	       fabs(target->y0 - source->y0) < FAR * source->dy;
}

int mapping_new(struct mapping **out, const struct grid *target, const struct grid *source,
		struct error *e)
{
	struct mapping *m = calloc(1, sizeof(*m));

	*out = NULL;
	if (!m)
		return error_nomem(e, "the mapping of a grid");
	m->width = target->width;
	m->height = target->height;
	m->source_width = source->width;
	m->source_height = source->height;
	m->columns = nodes_of(m->width);
	m->rows = nodes_of(m->height);
	if (grid_same_lattice(target, source) && near_enough(target, source)) {
		struct rect r = grid_offset(source, target);

		m->shift = true;
		m->dx = r.x;
		m->dy = r.y;
	} else if (fill_nodes(m, target, source, e)) {
		mapping_free(m);
		return -1;
	}
	*out = m;
	return 0;
}

void mapping_free(struct mapping *m)
{
	if (!m)
		return;
	free(m->nodes);
	free(m);
}

void mapping_crop(struct mapping *m, struct rect r)
{
	size_t columns = nodes_of(r.w), rows = nodes_of(r.h);
	const struct node *first = m->nodes;

	m->width = r.w;
	m->height = r.h;
	m->dx += r.x;
	m->dy += r.y;
	if (m->shift)
		return;
	first += (size_t)(r.y / MAPPING_STEP) * m->columns + (size_t)(r.x / MAPPING_STEP);
	/* Rows move towards the front, so none is overwritten before it was moved. */
	for (size_t j = 0; j < rows; j++)
		memmove(m->nodes + j * columns, first + j * m->columns,
			columns * sizeof(*m->nodes));
	m->columns = columns;
	m->rows = rows;
}

bool mapping_is_shift(const struct mapping *m, int32_t *dx, int32_t *dy)
{
	if (!m->shift)
		return false;
	*dx = m->dx;
	*dy = m->dy;
	return true;
}

static struct cell cell_at(const struct mapping *m, int32_t x, int32_t y)
{
	const struct node *above = m->nodes + (size_t)(y >> SHIFT) * m->columns + (x >> SHIFT);

	return (struct cell){ above, above + m->columns };
}

static bool cell_lost(struct cell c)
{
	return c.above[0].x == LOST || c.above[1].x == LOST || c.below[0].x == LOST ||
	       c.below[1].x == LOST;
}

/*
 * 2^6 times the coordinate along line v of a cell, at its left edge and what it
 * gains by each pixel: value = ((64-u) left + u right + 2^11) >> 12 with
 * left = (64-v) above[0] + v below[0] and right likewise, which is the rounded
 * bilinear form, exactly.
 */
struct line {
	struct node left, step;
};

static int64_t blend(int64_t above, int64_t below, int32_t v)
{
	return (MAPPING_STEP - v) * above + v * below;
}

static struct line line_of(struct cell c, int32_t v)
{
	struct node left = { blend(c.above[0].x, c.below[0].x, v),
			     blend(c.above[0].y, c.below[0].y, v) };
	struct node right = { blend(c.above[1].x, c.below[1].x, v),
			      blend(c.above[1].y, c.below[1].y, v) };

	return (struct line){ left, { right.x - left.x, right.y - left.y } };
}

static int64_t coordinate(int64_t left, int64_t step, int32_t u)
{
	return (MAPPING_STEP * left + u * step + (1 << (2 * SHIFT - 1))) >> (2 * SHIFT);
}

/* Where coordinates go, relative to origin. */
struct span {
	int32_t *x, *y;
	struct node origin;
};

static void put(const struct span *s, int32_t i, int64_t x, int64_t y)
{
	x -= s->origin.x;
	y -= s->origin.y;

	bool fits = x > INT32_MIN && x <= INT32_MAX && y > INT32_MIN && y <= INT32_MAX;

	s->x[i] = fits ? (int32_t)x : MAPPING_NOWHERE;
	s->y[i] = fits ? (int32_t)y : MAPPING_NOWHERE;
}

/* Pixels of a row that lie in one cell, into s from i on. */
static void row_in_cell(const struct mapping *m, struct rect pixels, const struct span *s,
			int32_t i)
{
	struct cell cell = cell_at(m, pixels.x, pixels.y);
	int32_t u = pixels.x & (MAPPING_STEP - 1), end = i + pixels.w;

	if (cell_lost(cell)) {
		for (; i < end; i++)
			s->x[i] = s->y[i] = MAPPING_NOWHERE;
		return;
	}

	struct line line = line_of(cell, pixels.y & (MAPPING_STEP - 1));

	for (; i < end; i++, u++)
		put(s, i, coordinate(line.left.x, line.step.x, u),
		    coordinate(line.left.y, line.step.y, u));
}

void mapping_row(const struct mapping *m, int32_t x, int32_t y, int32_t n, int32_t origin_x,
		 int32_t origin_y, int32_t *sx, int32_t *sy)
{
	struct span s = { sx, sy, { (int64_t)origin_x * UNIT, (int64_t)origin_y * UNIT } };
	int32_t i = 0;

	if (m->shift) {
		for (; i < n; i++)
			put(&s, i, ((int64_t)x + i + m->dx) * UNIT, ((int64_t)y + m->dy) * UNIT);
		return;
	}
	while (i < n) {
		int32_t to_edge = MAPPING_STEP - ((x + i) & (MAPPING_STEP - 1));
		int32_t count = n - i < to_edge ? n - i : to_edge;

		row_in_cell(m, (struct rect){ x + i, y, count, 1 }, &s, i);
		i += count;
	}
}

/* Least and greatest coordinates, both included; empty while x1 < x0. */
struct extent {
	int64_t x0, x1, y0, y1;
};

static const struct extent nothing = { INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN };

static void extend(struct extent *t, int64_t x, int64_t y)
{
	t->x0 = x < t->x0 ? x : t->x0;
	t->x1 = x > t->x1 ? x : t->x1;
	t->y0 = y < t->y0 ? y : t->y0;
	t->y1 = y > t->y1 ? y : t->y1;
}

/*
 * The coordinates of the pixels of r, which lies in one cell: a bilinear
 * surface has its extremes at corners, also that of a part of the cell, and
 * rounding keeps order.  False if the cell is lost.
 */
static bool extend_by_cell(const struct mapping *m, struct rect r, struct extent *t)
{
	struct cell cell = cell_at(m, r.x, r.y);
	int32_t u = r.x & (MAPPING_STEP - 1), v = r.y & (MAPPING_STEP - 1);

	if (cell_lost(cell))
		return false;
	for (int32_t k = 0; k < 2; k++) {
		struct line line = line_of(cell, k ? v + r.h - 1 : v);

		for (int32_t l = 0; l < 2; l++) {
			int32_t at = l ? u + r.w - 1 : u;

			extend(t, coordinate(line.left.x, line.step.x, at),
			       coordinate(line.left.y, line.step.y, at));
		}
	}
	return true;
}

/* The cells that hold pixels of r, as a rect in cells. */
static struct rect cells_of(struct rect r)
{
	int32_t x = r.x >> SHIFT, y = r.y >> SHIFT;

	return (struct rect){ x, y, ((r.x + r.w - 1) >> SHIFT) - x + 1,
			      ((r.y + r.h - 1) >> SHIFT) - y + 1 };
}

static struct rect pixels_of_cell(int32_t i, int32_t j)
{
	return (struct rect){ i * MAPPING_STEP, j * MAPPING_STEP, MAPPING_STEP, MAPPING_STEP };
}

/* The pixels first..last of a side that has this length, as x and w of a rect. */
static void cut(int64_t first, int64_t last, int32_t length, int32_t *start, int32_t *count)
{
	first = first < 0 ? 0 : first;
	last = last > length - 1 ? length - 1 : last;
	*start = first <= last ? (int32_t)first : 0;
	*count = first <= last ? (int32_t)(last - first + 1) : 0;
}

static struct rect normal(struct rect r)
{
	return rect_empty(r) ? (struct rect){ 0, 0, 0, 0 } : r;
}

/* Target pixels of a shift as source pixels (or back, with the sign turned), cut to their grid. */
static struct rect moved(struct rect r, int64_t dx, int64_t dy, int32_t width, int32_t height)
{
	struct rect out;

	cut(r.x + dx, r.x + dx + r.w - 1, width, &out.x, &out.w);
	cut(r.y + dy, r.y + dy + r.h - 1, height, &out.y, &out.h);
	return normal(out);
}

/* The coordinates of all pixels of r; false if some have none. */
static bool extend_by_cells(const struct mapping *m, struct rect r, struct extent *t)
{
	struct rect cells = cells_of(r);
	bool found = true;

	for (int32_t j = cells.y; j < cells.y + cells.h; j++)
		for (int32_t i = cells.x; i < cells.x + cells.w; i++)
			found &= extend_by_cell(m, rect_intersect(r, pixels_of_cell(i, j)), t);
	return found;
}

bool mapping_taps(const struct mapping *m, struct rect r, struct rect *taps)
{
	struct extent t = nothing;

	if (m->shift)
		t = (struct extent){ (int64_t)r.x + m->dx, (int64_t)r.x + m->dx + r.w - 1,
				     (int64_t)r.y + m->dy, (int64_t)r.y + m->dy + r.h - 1 };
	else if (extend_by_cells(m, r, &t))
		t = (struct extent){ t.x0 >> 16, (t.x1 >> 16) + 1, t.y0 >> 16, (t.y1 >> 16) + 1 };
	else
		return false;
	if (t.x0 < 0 || t.y0 < 0 || t.x1 >= m->source_width || t.y1 >= m->source_height)
		return false;
	*taps = (struct rect){ (int32_t)t.x0, (int32_t)t.y0, (int32_t)(t.x1 - t.x0 + 1),
			       (int32_t)(t.y1 - t.y0 + 1) };
	return true;
}

struct rect mapping_source_rect(const struct mapping *m, struct rect r)
{
	struct extent t = nothing;
	struct rect out;

	r = rect_intersect(r, (struct rect){ 0, 0, m->width, m->height });
	if (rect_empty(r))
		return r;
	if (m->shift)
		return moved(r, m->dx, m->dy, m->source_width, m->source_height);
	extend_by_cells(m, r, &t);
	if (t.x1 < t.x0)
		return (struct rect){ 0, 0, 0, 0 };
	/* Bilinear resampling takes the pixel at or before the coordinate and the next one. */
	cut(t.x0 >> 16, (t.x1 >> 16) + 1, m->source_width, &out.x, &out.w);
	cut(t.y0 >> 16, (t.y1 >> 16) + 1, m->source_height, &out.y, &out.h);
	return normal(out);
}

struct rect mapping_target_rect(const struct mapping *m)
{
	struct rect whole = { 0, 0, m->width, m->height }, out = { 0, 0, 0, 0 };
	struct rect cells = cells_of(whole);

	if (m->shift)
		return moved((struct rect){ 0, 0, m->source_width, m->source_height },
			     -(int64_t)m->dx, -(int64_t)m->dy, m->width, m->height);
	for (int32_t j = 0; j < cells.h; j++) {
		for (int32_t i = 0; i < cells.w; i++) {
			struct rect r = rect_intersect(whole, pixels_of_cell(i, j)), reached;
			struct extent t = nothing;

			extend_by_cell(m, r, &t);
			if (t.x1 < t.x0)
				continue;
			/* A pixel is reached from the half pixel around it. */
			cut((t.x0 + UNIT / 2) >> 16, (t.x1 + UNIT / 2) >> 16, m->source_width,
			    &reached.x, &reached.w);
			cut((t.y0 + UNIT / 2) >> 16, (t.y1 + UNIT / 2) >> 16, m->source_height,
			    &reached.y, &reached.h);
			if (!rect_empty(reached))
				out = rect_union(out, r);
		}
	}
	return out;
}
