/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/space/simplify.h"

#define TWO_PI 6.283185307179586
#define EAST   412345.678
#define NORTH  5123456.789

/* One line on the test's own memory. */
struct one {
	size_t starts[2];
	bool closed;
	struct lines lines;
};

static const struct lines *one_line(struct one *o, struct point *points, size_t n, bool closed)
{
	*o = (struct one){ { 0, n }, closed, { points, o->starts, &o->closed, 1 } };
	return &o->lines;
}

static struct lines simplify(const struct lines *in, double tolerance)
{
	struct lines out;
	struct error e = { 0 };

	assert_int_equal(lines_simplify(in, tolerance, &out, &e), 0);
	assert_int_equal(out.nr, in->nr);
	return out;
}

static double to_segment(struct point p, struct point a, struct point b)
{
	double dx = b.x - a.x, dy = b.y - a.y, l2 = dx * dx + dy * dy;
	double t = l2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / l2 : 0;

	t = fmin(fmax(t, 0), 1);
	return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static bool same(struct point a, struct point b)
{
	return a.x == b.x && a.y == b.y;
}

/* Every dropped vertex beside the segment that took its place; returns the largest distance. */
static double largest_distance(const struct lines *in, const struct lines *out, size_t i)
{
	const struct point *p = in->points + in->starts[i], *q = out->points + out->starts[i];
	size_t n = in->starts[i + 1] - in->starts[i], m = out->starts[i + 1] - out->starts[i];
	size_t first = 0, seen = 1;
	double worst = 0;

	assert_int_equal(in->closed[i], out->closed[i]);
	while (first < n && !same(p[first], q[0]))
		first++;
	assert_true(first < n && (in->closed[i] || first == 0));
	for (size_t k = 1; k <= n; k++) {
		struct point v = p[(first + k) % n];

		if (!in->closed[i] && k == n)
			break;
		if (same(v, q[seen % m]))
			seen++;
		else
			worst = fmax(worst, to_segment(v, q[seen - 1], q[seen % m]));
	}
	assert_int_equal(seen, in->closed[i] ? m + 1 : m);
	return worst;
}

static bool left(struct point a, struct point b, struct point c)
{
	return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0;
}

static bool is_simple(const struct lines *l, size_t i)
{
	size_t n = lines_edges(l, i);

	for (size_t k = 0; k < n; k++) {
		for (size_t m = k + 2; m < n; m++) {
			struct point a, b, c, d;

			lines_edge(l, i, k, &a, &b);
			lines_edge(l, i, m, &c, &d);
			if (!(k == 0 && m == n - 1) && left(a, b, c) != left(a, b, d) &&
			    left(c, d, a) != left(c, d, b))
				return false;
		}
	}
	return true;
}

/* --- shapes: r = radius (1 + depth cos 5 angle), from angle `turn` on --- */

static void star(struct point *p, size_t n, double radius, double depth, size_t turn)
{
	for (size_t k = 0; k < n; k++) {
		double a = TWO_PI * (double)((k + turn) % n) / (double)n;
		double r = radius * (1 + depth * cos(5 * a));

		p[k] = (struct point){ EAST + r * cos(a), NORTH + r * sin(a) };
	}
}

static void keeps_rings_within_the_tolerance(void **state)
{
	static const double depths[] = { 0, 0.15, 0.5 }, tolerances[] = { 0.5, 2.5, 20, 100 };
	enum { N = 3000 };
	struct point points[N];
	struct one o;

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		double tolerance = tolerances[i % 4];
		const struct lines *in = one_line(&o, points, N, true);
		struct lines out;

		star(points, N, 4000, depths[i / 4], 17);
		out = simplify(in, tolerance);
		assert_true(out.starts[1] >= 4 && out.starts[1] < N / 4);
		assert_true(largest_distance(in, &out, 0) <= tolerance);
		assert_true(is_simple(&out, 0));
		assert_true(fabs(lines_area(&out, 0) - lines_area(in, 0)) <=
			    lines_length(in, 0) * tolerance);
		lines_release(&out);
	}
}

/* How many vertices a circle needs: the sagitta r (1 - cos(pi / m)) of its chords is about the tolerance. */
static void keeps_no_more_than_needed(void **state)
{
	enum { N = 4096 };
	struct point points[N];
	struct one o;
	struct lines out;

	(void)state;
	star(points, N, 4000, 0, 0);
	out = simplify(one_line(&o, points, N, true), 2);
	/* pi sqrt(r / (2 tolerance)) = 99.3 chords; halving makes up to twice as many. */
	assert_true(out.starts[1] >= 99 && out.starts[1] <= 199);
	lines_release(&out);
}

static int by_x_y(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

static void does_not_mind_where_a_ring_starts(void **state)
{
	enum { N = 1500 };
	struct point points[N];
	struct one o;
	struct lines first = { 0 };

	(void)state;
	for (size_t turn = 0; turn < N; turn += 211) {
		struct lines out;

		star(points, N, 900, 0.3, turn);
		out = simplify(one_line(&o, points, N, true), 3);
		qsort(out.points, out.starts[1], sizeof(*out.points), by_x_y);
		if (!turn) {
			first = out;
			continue;
		}
		assert_int_equal(out.starts[1], first.starts[1]);
		assert_memory_equal(out.points, first.points, out.starts[1] * sizeof(*out.points));
		lines_release(&out);
	}
	lines_release(&first);
}

static void keeps_the_ends_of_open_lines(void **state)
{
	/* Straight, then a hairpin that reaches past its ends, then straight. */
	struct point points[] = { { 0, 0 },   { 10, 0 }, { 20, 0.5 }, { 100, 0 },
				  { -50, 0 }, { 5, 1 },	 { 200, 1 } };
	struct point pair[] = { { 0, 0 }, { 1, 0 } };
	struct one o;
	const struct lines *in = one_line(&o, points, 7, false);
	struct lines out = simplify(in, 1);
	static const size_t kept[] = { 0, 3, 4, 6 };

	(void)state;
	assert_int_equal(out.starts[1], 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(same(out.points[i], points[kept[i]]));
	assert_true(largest_distance(in, &out, 0) <= 1);
	lines_release(&out);
	out = simplify(in, 1e9);
	assert_int_equal(out.starts[1], 2);
	assert_true(same(out.points[0], points[0]) && same(out.points[1], points[6]));
	lines_release(&out);
	out = simplify(one_line(&o, pair, 2, false), 1e9);
	assert_int_equal(out.starts[1], 2);
	lines_release(&out);
}

static void drops_only_what_is_straight_at_tolerance_0(void **state)
{
	struct point points[] = { { 0, 0 }, { 1, 0 },	  { 2, 0 }, { 3, 0 },
				  { 3, 3 }, { 2, 3.001 }, { 0, 3 } };
	struct one o;
	struct lines out = simplify(one_line(&o, points, 7, true), 0);

	(void)state;
	assert_int_equal(out.starts[1], 5);
	assert_true(same(out.points[1], points[3]) && same(out.points[3], points[5]));
	lines_release(&out);
}

static void keeps_tiny_rings(void **state)
{
	struct point triangle[] = { { 0, 0 }, { 1, 0 }, { 0, 1 } };
	struct point points[100];
	struct one o;
	struct lines out = simplify(one_line(&o, triangle, 3, true), 50);

	(void)state;
	assert_int_equal(out.starts[1], 3);
	lines_release(&out);
	for (int clockwise = 0; clockwise < 2; clockwise++) {
		for (size_t k = 0; k < 100; k++) {
			double a = TWO_PI / 100 * (double)(clockwise ? 99 - k : k);

			points[k] = (struct point){ EAST + cos(a), NORTH + 3 * sin(a) };
		}
		out = simplify(one_line(&o, points, 100, true), 50);
		assert_int_equal(out.starts[1], 4);
		assert_true(clockwise ? lines_area(&out, 0) < -4 : lines_area(&out, 0) > 4);
		lines_release(&out);
	}
}

/* Sickles, nearly closed and thin: four vertices of one may run round the wrong way. */
static void never_turns_a_ring_over(void **state)
{
	enum { N = 240 };
	struct point points[N];
	struct one o;

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		double open = 0.2 + 0.003 * (double)(i % 1000), turn = 0.37 * (double)i;
		double inner = 1 - 0.02 * (double)(1 + i % 7);
		const struct lines *in = one_line(&o, points, N, true);
		struct lines out;

		for (size_t k = 0; k < N; k++) {
			size_t at = k < N / 2 ? k : N - 1 - k;
			double a = turn + (TWO_PI - open) * (double)at / (N / 2.0 - 1);
			double r = k < N / 2 ? 100 : 100 * inner;

			points[k] = (struct point){ EAST + r * cos(a), NORTH + r * sin(a) };
		}
		assert_true(lines_area(in, 0) > 0);
		out = simplify(in, 0.5 + 0.7 * (double)(i % 300));
		assert_true(lines_area(&out, 0) > 0);
		lines_release(&out);
	}
}

static void keeps_many_lines_apart(void **state)
{
	struct point points[] = { { 0, 0 }, { 1, 0 }, { 2, 0 },	  { 5, 5 }, { 6, 5 },
				  { 6, 6 }, { 5, 6 }, { 5, 5.5 }, { 9, 9 }, { 8, 8 } };
	size_t starts[] = { 0, 3, 8, 10 };
	bool closed[] = { false, true, false };
	struct lines in = { points, starts, closed, 3 }, none = { 0 }, out = simplify(&in, 0.1);

	(void)state;
	assert_int_equal(out.starts[1], 2);
	assert_int_equal(out.starts[2], 6);
	assert_int_equal(out.starts[3], 8);
	assert_memory_equal(out.closed, closed, sizeof(closed));
	assert_true(same(out.points[6], points[8]) && same(out.points[2], points[3]));
	lines_release(&out);
	out = simplify(&none, 1);
	assert_int_equal(out.nr, 0);
	lines_release(&out);
}

/* A saw whose teeth grow makes pieces as uneven as they get: what waits must still find room. */
static void finds_room_for_uneven_pieces(void **state)
{
	enum { N = 4001 };
	struct point points[N];
	struct one o;
	struct lines out;

	(void)state;
	for (size_t k = 0; k < N; k++)
		points[k] = (struct point){ (double)k, (k % 2 ? 1 : -1) * (double)(k * k) };
	out = simplify(one_line(&o, points, N, false), 0.25);
	assert_true(out.starts[1] > N - 4);
	assert_true(largest_distance(&o.lines, &out, 0) <= 0.25);
	lines_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_rings_within_the_tolerance),
		cmocka_unit_test(keeps_no_more_than_needed),
		cmocka_unit_test(does_not_mind_where_a_ring_starts),
		cmocka_unit_test(keeps_the_ends_of_open_lines),
		cmocka_unit_test(drops_only_what_is_straight_at_tolerance_0),
		cmocka_unit_test(keeps_tiny_rings),
		cmocka_unit_test(never_turns_a_ring_over),
		cmocka_unit_test(keeps_many_lines_apart),
		cmocka_unit_test(finds_room_for_uneven_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
