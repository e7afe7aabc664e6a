/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/simplify.h"

#include <stdlib.h>
#include <string.h>

#define RING_LEAST ((size_t)4)
/* Of two pieces the shorter is treated first, so each that waits is at most half as long as the one before. */
#define WAITING_MAX 64

/* Vertices from .. to of a line; in a ring they are counted on past its end. */
struct piece {
	size_t from, to;
};

struct line {
	const struct point *points;
	size_t n;
	bool *keep;
};

/* What is kept of a piece: the vertex farthest from its chord. */
struct farthest {
	size_t at;
	double distance2;
};

static struct point at(const struct line *l, size_t i)
{
	return l->points[i < l->n ? i : i - l->n];
}

static double distance2(struct point a, struct point b)
{
	return (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
}

/* To the segment, not to the line that it lies on: a hairpin may reach past both ends. */
static double to_segment2(struct point p, struct point a, struct point b)
{
	double along = (p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y);
	double length2 = distance2(a, b), across;

	if (!(along > 0))
		return distance2(p, a);
	if (along >= length2)
		return distance2(p, b);
	across = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
	return across * across / length2;
}

static struct farthest farthest_of(const struct line *l, struct piece s)
{
	struct point a = at(l, s.from), b = at(l, s.to);
	struct farthest best = { s.from, -1 };

	for (size_t i = s.from + 1; i < s.to; i++) {
		double d = to_segment2(at(l, i), a, b);

		if (d > best.distance2)
			best = (struct farthest){ i, d };
	}
	return best;
}

static void keep(struct line *l, size_t i)
{
	l->keep[i < l->n ? i : i - l->n] = true;
}

static void split(struct line *l, struct piece all, double tolerance2)
{
	struct piece waiting[WAITING_MAX] = { all };
	size_t nr = 1;

	while (nr) {
		struct piece s = waiting[--nr];
		struct farthest f = farthest_of(l, s);
		struct piece head = { s.from, f.at }, tail = { f.at, s.to };
		bool head_longer = head.to - head.from > tail.to - tail.from;

		if (!(f.distance2 > tolerance2))
			continue;
		keep(l, f.at);
		waiting[nr++] = head_longer ? head : tail;
		waiting[nr++] = head_longer ? tail : head;
	}
}

/* One more vertex: the farthest from what stands for it now.  false: all are kept. */
static bool keep_one_more(struct line *l, size_t start)
{
	struct farthest best = { 0, -1 };
	size_t from = start;

	for (size_t i = start + 1; i <= start + l->n; i++) {
		struct farthest f;

		if (!l->keep[i % l->n])
			continue;
		f = farthest_of(l, (struct piece){ from, i });
		if (f.distance2 > best.distance2)
			best = f;
		from = i;
	}
	if (best.distance2 < 0)
		return false;
	keep(l, best.at);
	return true;
}

static bool before(struct point a, struct point b)
{
	return a.x < b.x || (a.x == b.x && a.y < b.y);
}

/* Two vertices that do not depend on where a ring starts. */
static struct piece anchors(const struct line *l)
{
	size_t first = 0, far = 0;

	for (size_t i = 1; i < l->n; i++)
		if (before(l->points[i], l->points[first]))
			first = i;
	for (size_t i = 1; i < l->n; i++) {
		double d = distance2(l->points[first], l->points[i]);
		double most = distance2(l->points[first], l->points[far]);

		if (d > most || (d == most && before(l->points[i], l->points[far])))
			far = i;
	}
	return (struct piece){ first, far < first ? far + l->n : far };
}

static size_t kept_nr(const struct line *l)
{
	size_t nr = 0;

	for (size_t i = 0; i < l->n; i++)
		nr += l->keep[i];
	return nr;
}

static void simplify_ring(struct line *l, double tolerance2)
{
	struct piece there = anchors(l), back = { there.to, there.from + l->n };

	keep(l, there.from);
	keep(l, there.to);
	split(l, there, tolerance2);
	split(l, back, tolerance2);
	for (size_t nr = kept_nr(l); nr < RING_LEAST && keep_one_more(l, there.from);)
		nr++;
}

static void simplify_open(struct line *l, double tolerance2)
{
	keep(l, 0);
	keep(l, l->n - 1);
	split(l, (struct piece){ 0, l->n - 1 }, tolerance2);
}

/* Append to out the vertices of line i that are kept. */
static void take_kept(const struct line *l, struct lines *out, size_t i)
{
	size_t used = out->starts[i];

	for (size_t k = 0; k < l->n; k++)
		if (l->keep[k])
			out->points[used++] = l->points[k];
	out->starts[i + 1] = used;
}

static void simplify_line(const struct lines *in, size_t i, double tolerance2, bool *flags,
			  struct lines *out)
{
	struct line l = { in->points + in->starts[i], in->starts[i + 1] - in->starts[i], flags };
	bool small = l.n <= (in->closed[i] ? RING_LEAST : 2);

	memset(flags, small, l.n);
	if (!small && in->closed[i])
		simplify_ring(&l, tolerance2);
	else if (!small)
		simplify_open(&l, tolerance2);
	out->closed[i] = in->closed[i];
	take_kept(&l, out, i);
	/* The same sign of area, or none of both: else the ring turned over, or collapsed. */
	if (in->closed[i] && !(lines_area(in, i) * lines_area(out, i) > 0)) {
		memset(flags, true, l.n);
		take_kept(&l, out, i);
	}
}

static size_t longest(const struct lines *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nr; i++)
		if (l->starts[i + 1] - l->starts[i] > n)
			n = l->starts[i + 1] - l->starts[i];
	return n;
}

int lines_simplify(const struct lines *in, double tolerance, struct lines *out, struct error *e)
{
	size_t points_nr = in->nr ? in->starts[in->nr] : 0;
	bool *flags = malloc(longest(in) + 1);

	*out = (struct lines){ 0 };
	if (!in->nr) {
		free(flags);
		return 0;
	}
	out->points = calloc(points_nr + 1, sizeof(*out->points));
	out->starts = calloc(in->nr + 1, sizeof(*out->starts));
	out->closed = calloc(in->nr, sizeof(*out->closed));
	if (!flags || !out->points || !out->starts || !out->closed) {
		free(flags);
		lines_release(out);
		return error_nomem(e, "simplified lines");
	}
	out->nr = in->nr;
	for (size_t i = 0; i < in->nr; i++)
		simplify_line(in, i, tolerance * tolerance, flags, out);
	free(flags);
	return 0;
}
