/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/stage/transects_internal.h"

/* A line to cast from, from its first vertex on. */
struct base_line {
	size_t line, first; /* in the lines, and of its vertices */
	struct point start;
	double length;
};

/* Vertices of one line, and how far along it each is. */
struct course {
	const struct point *points;
	size_t n, first;
	bool closed;
	double *along; /* of its edges + 1 points */
	double length;
};

static double distance(struct point a, struct point b)
{
	return sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
}

static bool norther(struct point a, struct point b)
{
	return a.y > b.y || (a.y == b.y && a.x < b.x);
}

/* A line without a vertex is one of no length. */
static struct base_line base_line(const struct lines *l, size_t i)
{
	const struct point *p = l->points + l->starts[i];
	size_t edges = lines_edges(l, i);
	struct base_line b = { .line = i };

	for (size_t k = 1; l->closed[i] && k < edges; k++)
		if (norther(p[k], p[b.first]))
			b.first = k;
	/* From there on: a sum depends on its order. */
	for (size_t k = 0; k < edges; k++) {
		struct point from, to;

		lines_edge(l, i, (b.first + k) % edges, &from, &to);
		b.length += distance(from, to);
		if (!k)
			b.start = from;
	}
	return b;
}

/* From north to south; what has the same start, by length. */
static int by_start(const void *a, const void *b)
{
	const struct base_line *p = a, *q = b;

	if (p->start.y != q->start.y || p->start.x != q->start.x)
		return norther(p->start, q->start) ? -1 : 1;
	if (p->length != q->length)
		return p->length < q->length ? -1 : 1;
	return (p->line > q->line) - (p->line < q->line);
}

static struct point vertex(const struct course *c, size_t k)
{
	return c->points[(c->first + k) % c->n];
}

static void follow(struct course *c, const struct lines *l, const struct base_line *b)
{
	size_t edges = lines_edges(l, b->line);

	c->points = l->points + l->starts[b->line];
	c->n = l->starts[b->line + 1] - l->starts[b->line];
	c->first = b->first;
	c->closed = l->closed[b->line];
	c->along[0] = 0;
	for (size_t k = 0; k < edges; k++)
		c->along[k + 1] = c->along[k] + distance(vertex(c, k), vertex(c, k + 1));
	c->length = c->along[edges];
}

/* The edge that has the point s along it, 0 <= s <= length. */
static size_t edge_at(const struct course *c, double s)
{
	size_t low = 0, high = c->closed ? c->n : c->n - 1;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (c->along[middle] <= s)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct point point_at(const struct course *c, double s)
{
	size_t k = edge_at(c, s);
	struct point p = vertex(c, k), q = vertex(c, k + 1);
	double edge = c->along[k + 1] - c->along[k];
	double share = edge > 0 ? (s - c->along[k]) / edge : 0;

	return (struct point){ p.x + share * (q.x - p.x), p.y + share * (q.y - p.y) };
}

/* s brought back into the line: past its end a ring begins again, an open line stops. */
static double within(const struct course *c, double s)
{
	if (c->closed)
		s += s < 0 ? c->length : s > c->length ? -c->length : 0;
	return fmin(fmax(s, 0), c->length);
}

/* Both ends of the transect at s; from the right of the line, which is land, to its left. */
static void cast_at(const struct course *c, double s, const struct transect_cast *spec,
		    struct point ends[2])
{
	double reach = fmin(spec->smoothing_m, c->length / 4);
	struct point a = point_at(c, within(c, s - reach)), b = point_at(c, within(c, s + reach));
	struct point middle = point_at(c, s);
	double chord, x, y;

	if (a.x == b.x && a.y == b.y) {
		a = vertex(c, edge_at(c, s));
		b = vertex(c, edge_at(c, s) + 1);
	}
	chord = distance(a, b);
	x = -(b.y - a.y) / chord * spec->length_m / 2;
	y = (b.x - a.x) / chord * spec->length_m / 2;
	ends[0] = (struct point){ middle.x - x, middle.y - y };
	ends[1] = (struct point){ middle.x + x, middle.y + y };
}

/* How many fit on a line of that length; more than TRANSECTS_MAX: TRANSECTS_MAX + 1. */
static size_t count(double length, const struct transect_cast *spec)
{
	double n = ceil(length / spec->spacing_m - 0.5);

	if (!(length >= spec->line_least_m && length > 0 && n > 0))
		return 0;
	return n > TRANSECTS_MAX ? TRANSECTS_MAX + 1 : (size_t)n;
}

static int check_cast(const struct transect_cast *c, struct error *e)
{
	if (!(c->spacing_m > 0 && c->spacing_m <= TRANSECTS_REACH))
		return error_set(e, ERROR_USAGE,
				 "transects every %g m: a distance above 0 is needed",
				 c->spacing_m);
	if (!(c->length_m >= 0.01 && c->length_m <= TRANSECTS_REACH))
		return error_set(e, ERROR_USAGE,
				 "transects of %g m: a length of 0.01 m or more is needed",
				 c->length_m);
	if (!(c->smoothing_m >= 0 && c->smoothing_m <= TRANSECTS_REACH))
		return error_set(e, ERROR_USAGE,
				 "smoothing by %g m: a distance of 0 or more is needed",
				 c->smoothing_m);
	return 0;
}

/* Lines in their order, how many transects they have, and the most vertices of one. */
static int plan(const struct lines *l, const struct transect_cast *spec, struct base_line *lines,
		size_t *transects, size_t *vertices, struct error *e)
{
	*transects = *vertices = 0;
	for (size_t i = 0; i < l->nr; i++) {
		for (size_t k = l->starts[i]; k < l->starts[i + 1]; k++) {
			struct place ignored;

			if (!place_of(l->points[k], &ignored))
				return error_set(
					e, ERROR_DATA,
					"a reference line's vertex (%.10g, %.10g) is no place",
					l->points[k].x, l->points[k].y);
		}
		lines[i] = base_line(l, i);
		*transects += count(lines[i].length, spec);
		if (*transects > TRANSECTS_MAX)
			return error_set(
				e, ERROR_USAGE,
				"transects every %g m are more than %d; a larger distance is needed",
				spec->spacing_m, TRANSECTS_MAX);
		if (l->starts[i + 1] - l->starts[i] > *vertices)
			*vertices = l->starts[i + 1] - l->starts[i];
	}
	if (!*transects)
		return error_set(e, ERROR_NOINPUT, "no line is long enough for a transect");
	qsort(lines, l->nr, sizeof(*lines), by_start);
	return 0;
}

static int make_room(struct lines *paths, size_t nr, struct error *e)
{
	paths->points = calloc(2 * nr, sizeof(*paths->points));
	paths->starts = calloc(nr + 1, sizeof(*paths->starts));
	paths->closed = calloc(nr, sizeof(*paths->closed));
	if (!paths->points || !paths->starts || !paths->closed)
		return error_nomem(e, "transects");
	for (size_t i = 0; i <= nr; i++)
		paths->starts[i] = 2 * i;
	paths->nr = nr;
	return 0;
}

static int cast_all(struct lines *paths, const struct transect_cast *spec,
		    const struct lines *reference, const struct base_line *lines, size_t vertices,
		    struct error *e)
{
	struct course c = { .along = calloc(vertices + 1, sizeof(double)) };
	size_t used = 0;

	if (!c.along)
		return error_nomem(e, "a reference line");
	for (size_t i = 0; i < reference->nr; i++) {
		size_t n = count(lines[i].length, spec);

		if (!n)
			continue;
		follow(&c, reference, &lines[i]);
		for (size_t k = 0; k < n; k++, used += 2)
			cast_at(&c, fmin(((double)k + 0.5) * spec->spacing_m, c.length), spec,
				paths->points + used);
	}
	free(c.along);
	return 0;
}

int transects_cast(struct transects *out, const struct transect_cast *spec,
		   const struct lines *reference, struct error *e)
{
	struct base_line *lines = calloc(reference->nr + 1, sizeof(*lines));
	size_t nr, vertices;
	int ret = -1;

	*out = (struct transects){ 0 };
	if (!lines) {
		error_nomem(e, "reference lines");
		goto out;
	}
	if (check_cast(spec, e) || plan(reference, spec, lines, &nr, &vertices, e) ||
	    make_room(&out->paths, nr, e) ||
	    cast_all(&out->paths, spec, reference, lines, vertices, e) || transects_prepare(out, e))
		goto out;
	for (size_t i = 0; i < out->nr; i++) {
		out->transect[i].from_land = true;
		snprintf(out->transect[i].name, TRANSECT_NAME, "%zu", i + 1);
	}
	ret = 0;
out:
	free(lines);
	if (ret)
		transects_release(out);
	return ret;
}
