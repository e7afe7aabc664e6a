/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/polygon.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void polygon_release(struct polygon *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->rings_nr; i++)
		free(p->rings[i].points);
	free(p->rings);
	*p = (struct polygon){ 0 };
}

static bool same_point(struct point a, struct point b)
{
	return a.x == b.x && a.y == b.y;
}

/* Give p one more ring of n points, not yet set; NULL if there is no memory. */
static struct point *grow(struct polygon *p, size_t n)
{
	struct ring *rings = reallocarray(p->rings, p->rings_nr + 1, sizeof(*rings));
	struct point *points;

	if (!rings)
		return NULL;
	p->rings = rings;
	points = calloc(n ? n : 1, sizeof(*points));
	if (points)
		rings[p->rings_nr++] = (struct ring){ points, n };
	return points;
}

int polygon_add(struct polygon *p, const struct point *points, size_t n, struct error *e)
{
	struct point *copy;

	for (size_t i = 0; i < n; i++)
		if (!isfinite(points[i].x) || !isfinite(points[i].y))
			return error_set(e, ERROR_DATA, "vertex %zu of a ring is not a place", i);
	if (n > 1 && same_point(points[0], points[n - 1]))
		n--;
	if (n > POLYGON_POINTS_MAX)
		return error_set(e, ERROR_DATA, "a ring of %zu vertices; at most %d are taken", n,
				 POLYGON_POINTS_MAX);
	copy = grow(p, n);
	if (!copy)
		return error_nomem(e, "a ring");
	if (n)
		memcpy(copy, points, n * sizeof(*copy));
	return 0;
}

/* Pieces that the edge is cut into; 0 if that would be too many. */
static size_t pieces(struct point a, struct point b, double step)
{
	double n = ceil(sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)) / step);

	return !(n <= POLYGON_POINTS_MAX) ? 0 : n < 1 ? 1 : (size_t)n;
}

/* Counted from the end that comes first in x, y: two rings along one edge get the same points. */
static struct point between(struct point a, struct point b, size_t k, size_t n)
{
	bool turned = b.x < a.x || (b.x == a.x && b.y < a.y);
	struct point from = turned ? b : a, to = turned ? a : b;
	double part = (double)(turned ? n - k : k) / (double)n;

	return (struct point){ from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part };
}

static int densify_ring(struct polygon *out, const struct ring *r, double step, struct error *e)
{
	size_t total = 0, used = 0;
	struct point *points;

	for (size_t i = 0; i < r->points_nr; i++) {
		size_t n = pieces(r->points[i], r->points[(i + 1) % r->points_nr], step);

		total += n;
		if (!n || total > POLYGON_POINTS_MAX)
			return error_set(e, ERROR_DATA,
					 "a ring cut every %g has more than %d vertices", step,
					 POLYGON_POINTS_MAX);
	}
	points = grow(out, total);
	if (!points)
		return error_nomem(e, "a ring");
	for (size_t i = 0; i < r->points_nr; i++) {
		struct point a = r->points[i], b = r->points[(i + 1) % r->points_nr];
		size_t n = pieces(a, b, step);

		points[used++] = a;
		for (size_t k = 1; k < n; k++)
			points[used++] = between(a, b, k, n);
	}
	return 0;
}

int polygon_densify(struct polygon *out, const struct polygon *p, double step, struct error *e)
{
	*out = (struct polygon){ 0 };
	for (size_t i = 0; i < p->rings_nr; i++) {
		if (densify_ring(out, p->rings + i, step, e)) {
			polygon_release(out);
			return -1;
		}
	}
	return 0;
}

static double rounded(double v, double to)
{
	return to > 0 ? nearbyint(v / to) * to : v;
}

static int transform_ring(struct ring *r, struct crs_transform *t, double round_to, struct error *e)
{
	for (size_t k = 0; k < r->points_nr; k++) {
		struct point *v = r->points + k, was = *v;

		crs_transform_points(t, 1, &v->x, &v->y);
		if (!isfinite(v->x))
			return error_set(e, ERROR_DATA, "(%.10g, %.10g) has no place", was.x,
					 was.y);
		v->x = rounded(v->x, round_to);
		v->y = rounded(v->y, round_to);
	}
	return 0;
}

int polygon_transform(struct polygon *p, const struct crs *from, const struct crs *to,
		      double round_to, struct error *e)
{
	struct crs_transform *t;
	int ret = 0;

	if (crs_transform_new(&t, from, to, e))
		return -1;
	for (size_t i = 0; i < p->rings_nr && !ret; i++)
		ret = transform_ring(p->rings + i, t, round_to, e);
	crs_transform_free(t);
	return ret ? error_prefix(e, "%s to %s", from->def, to->def) : 0;
}

/* Signed, by the shoelace formula from the first vertex, which keeps the products small. */
static double ring_area(const struct ring *r)
{
	double twice = 0;

	for (size_t i = 2; i < r->points_nr; i++) {
		struct point o = r->points[0], a = r->points[i - 1], b = r->points[i];

		twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
	}
	return twice / 2;
}

enum place { OUTSIDE, INSIDE, ON_EDGE };

static enum place place_of(const struct ring *r, struct point p)
{
	bool inside = false;

	for (size_t i = 0; i < r->points_nr; i++) {
		struct point a = r->points[i], b = r->points[(i + 1) % r->points_nr];
		double side = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);

		if (side == 0 && (p.x - a.x) * (p.x - b.x) <= 0 && (p.y - a.y) * (p.y - b.y) <= 0)
			return ON_EDGE;
		if ((a.y <= p.y) != (b.y <= p.y) && (side > 0) == (b.y > a.y))
			inside = !inside;
	}
	return inside ? INSIDE : OUTSIDE;
}

/* Rings may touch but not cross: the first vertex that is not on the other ring decides. */
static bool ring_holds(const struct ring *outer, const struct ring *inner)
{
	for (size_t i = 0; i < inner->points_nr; i++) {
		enum place place = place_of(outer, inner->points[i]);

		if (place != ON_EDGE)
			return place == INSIDE;
	}
	return false;
}

double polygon_area(const struct polygon *p)
{
	double area = 0;

	for (size_t i = 0; i < p->rings_nr; i++) {
		bool hole = false;

		for (size_t k = 0; k < p->rings_nr; k++)
			if (k != i && ring_holds(p->rings + k, p->rings + i))
				hole = !hole;
		area += (hole ? -1 : 1) * fabs(ring_area(p->rings + i));
	}
	return area;
}
