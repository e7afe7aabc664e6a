/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "pipeline/stage/transects.h"
#include "pipeline/tests/line_maker.h"

#define PLENTY ((size_t)1 << 28)

static struct transects take(const struct lines *lines)
{
	struct transect_lines file = { *lines, calloc(lines->nr, TRANSECT_NAME) };
	struct transects t;
	struct error e = { 0 };

	assert_non_null(file.name);
	assert_int_equal(transects_take(&t, &file, &e), 0);
	assert_int_equal(transects_periods(&t, 1, &e), 0);
	free(file.name);
	return t;
}

static void measure(struct transects *t, const struct lines *shore)
{
	struct error e = { 0 };

	if (transects_measure(t, 0, shore, PLENTY, &e))
		fail_msg("%s", e.text);
}

/* --- the same by trying every edge, in floating point, on a shore that is really moved --- */

#define CROSSINGS_MOST 2000

struct crossing {
	double at;
	int balance; /* > 0: into the water */
};

struct found {
	struct crossing crossing[CROSSINGS_MOST];
	size_t nr;
	double length;
};

static double cross(struct point a, struct point b, struct point p)
{
	return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

static void try_edge(struct found *f, struct point a, struct point b, struct point p,
		     struct point q)
{
	double sp = cross(a, b, p), sq = cross(a, b, q), sa = cross(p, q, a), sb = cross(p, q, b);

	if ((sp > 0) == (sq > 0) || (sa > 0) == (sb > 0))
		return;
	assert_true(f->nr < CROSSINGS_MOST);
	f->crossing[f->nr++] =
		(struct crossing){ f->length + hypot(b.x - a.x, b.y - a.y) * sa / (sa - sb),
				   sp > 0 ? 1 : -1 };
}

static int by_place(const void *a, const void *b)
{
	const struct crossing *p = a, *q = b;

	return (p->at > q->at) - (p->at < q->at);
}

/* What lies within `near` metres is one crossing, or none. */
static void join_near(struct found *f, double near)
{
	size_t kept = 0;

	qsort(f->crossing, f->nr, sizeof(*f->crossing), by_place);
	for (size_t i = 0, end; i < f->nr; i = end) {
		struct crossing c = { f->crossing[i].at, 0 };

		for (end = i; end < f->nr && f->crossing[end].at - c.at <= near; end++)
			c.balance += f->crossing[end].balance;
		if (c.balance)
			f->crossing[kept++] = c;
	}
	f->nr = kept;
}

static void try_shore(struct found *f, struct point a, struct point b, const struct lines *shore,
		      struct point move)
{
	for (size_t m = 0; m < shore->nr; m++) {
		for (size_t n = 0; n < lines_edges(shore, m); n++) {
			struct point p, q;

			lines_edge(shore, m, n, &p, &q);
			p = (struct point){ p.x + move.x, p.y + move.y };
			q = (struct point){ q.x + move.x, q.y + move.y };
			try_edge(f, a, b, p, q);
		}
	}
}

static void find(struct found *f, const struct lines *paths, size_t i, const struct lines *shore,
		 struct point move)
{
	f->nr = 0;
	f->length = 0;
	for (size_t k = 0; k < lines_edges(paths, i); k++) {
		struct point a, b;

		lines_edge(paths, i, k, &a, &b);
		try_shore(f, a, b, shore, move);
		f->length += hypot(b.x - a.x, b.y - a.y);
	}
}

static double run_behind(const struct found *f, size_t i)
{
	return (i + 1 < f->nr ? f->crossing[i + 1].at : f->length) - f->crossing[i].at;
}

/* Is the position one of those with the longest run?  Nearly equal runs may go either way. */
static void check_position(const struct transect_position *p, const struct found *f, double near)
{
	double longest = -1;
	bool right = false;

	assert_int_equal(p->crossings, f->nr);
	for (size_t i = 0; i < f->nr; i++)
		if (f->crossing[i].balance > 0)
			longest = fmax(longest, run_behind(f, i));
	if (longest < 0) {
		assert_true(isnan(p->position_m));
		return;
	}
	for (size_t i = 0; i < f->nr; i++)
		right |= f->crossing[i].balance > 0 && run_behind(f, i) >= longest - 2 * near &&
			 fabs(f->crossing[i].at - p->position_m) <= near;
	if (!right)
		fail_msg("%.6f is not where the longest run, %.3f m, begins", p->position_m,
			 longest);
}

/* --- a lattice: every vertex of transects lies on the shore's lines, and the other way round --- */

#define CELLS 12
#define CELL  10.0

static bool wet(const uint8_t *cells, int x, int y)
{
	return x >= 0 && y >= 0 && x < CELLS && y < CELLS && cells[y * CELLS + x];
}

static void add_edge(struct lines *l, int x0, int y0, int x1, int y1)
{
	struct point p[] = { { x0 * CELL, y0 * CELL }, { x1 * CELL, y1 * CELL } };

	add_line(l, p, 2, false);
}

/* The sides of wet cells towards dry ones, with the wet on the left. */
static struct lines sides(const uint8_t *cells)
{
	struct lines l = { 0 };

	for (int y = 0; y < CELLS; y++) {
		for (int x = 0; x < CELLS; x++) {
			if (!wet(cells, x, y))
				continue;
			if (!wet(cells, x, y - 1))
				add_edge(&l, x, y, x + 1, y);
			if (!wet(cells, x + 1, y))
				add_edge(&l, x + 1, y, x + 1, y + 1);
			if (!wet(cells, x, y + 1))
				add_edge(&l, x + 1, y + 1, x, y + 1);
			if (!wet(cells, x - 1, y))
				add_edge(&l, x, y + 1, x, y);
		}
	}
	return l;
}

static struct point random_corner(uint64_t *random)
{
	double x = (double)random_below(random, CELLS + 1),
	       y = (double)random_below(random, CELLS + 1);

	return (struct point){ CELL * x, CELL * y };
}

static struct lines random_paths(uint64_t *random, size_t nr)
{
	struct lines l = { 0 };

	while (l.nr < nr) {
		struct point p[4] = { random_corner(random), random_corner(random),
				      random_corner(random), random_corner(random) };

		if (random_below(random, 2))
			p[1].x = p[0].x; /* along the shore, perhaps */
		add_line(&l, p, 2 + random_below(random, 3), false);
	}
	return l;
}

static void nothing_lost_or_twice_on_a_lattice(void **state)
{
	/* (e, e^2) in deed: a transect rises by 1 of 12 at least, so 12 x 0.0005 is less than 0.008. */
	const struct point move = { 0.008, 0.0005 };
	static struct found f;
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 60; round++) {
		uint8_t cells[CELLS * CELLS];
		struct lines shore, paths = random_paths(&random, 40);
		struct transects t = take(&paths);

		for (size_t i = 0; i < sizeof(cells); i++)
			cells[i] = random_below(&random, 8) < 1 + (size_t)round % 7;
		shore = sides(cells);
		measure(&t, &shore);
		for (size_t i = 0; i < t.nr; i++) {
			find(&f, &t.paths, i, &shore, move);
			join_near(&f, 0.2);
			check_position(&t.position[i], &f, 0.2);
		}
		transects_release(&t);
		lines_release(&shore);
		lines_release(&paths);
	}
}

/* --- shores like real ones --- */

static struct lines archipelago(uint64_t *random, size_t lakes, size_t vertices)
{
	struct lines l = { 0 };

	for (size_t i = 0; i < lakes; i++) {
		size_t row = i / 8;
		struct point at = { 400000 + 2500 * (double)(i % 8), 5000000 + 2500 * (double)row };

		add_star(&l, at, 700 + 400 * random_share(random), 0.1, vertices, true);
		at.x += 100 * random_share(random);
		add_star(&l, at, 200 + 200 * random_share(random), 0.3, vertices / 3, false);
	}
	return l;
}

static struct lines zigzags(uint64_t *random, size_t nr)
{
	struct lines l = { 0 };

	while (l.nr < nr) {
		struct point p[5];
		size_t n = 2 + random_below(random, 4);

		for (size_t k = 0; k < n; k++)
			p[k] = (struct point){ 398000 + 20000 * random_share(random),
					       4998000 + 12000 * random_share(random) };
		add_line(&l, p, n, false);
	}
	return l;
}

static void same_as_trying_every_edge(void **state)
{
	static struct found f;
	uint64_t random = 11;
	struct lines shore = archipelago(&random, 32, 90), paths = zigzags(&random, 400);
	struct transects t = take(&paths);
	size_t crossed = 0;

	(void)state;
	measure(&t, &shore);
	for (size_t i = 0; i < t.nr; i++) {
		find(&f, &t.paths, i, &shore, (struct point){ 0, 0 });
		join_near(&f, 0.0005);
		check_position(&t.position[i], &f, 0.02);
		crossed += f.nr > 4;
	}
	assert_true(crossed > 200);
	transects_release(&t);
	lines_release(&shore);
	lines_release(&paths);
}

static bool same_place(const struct transect_position *a, const struct transect_position *b)
{
	return !memcmp(&a->position_m, &b->position_m, sizeof(double)) &&
	       !memcmp(&a->reverse_m, &b->reverse_m, sizeof(double)) &&
	       a->crossings == b->crossings;
}

static void order_of_lines_makes_no_difference(void **state)
{
	uint64_t random = 23;
	struct lines shore = archipelago(&random, 32, 60), paths = zigzags(&random, 100);
	struct transects t = take(&paths);

	(void)state;
	measure(&t, &shore);
	for (uint64_t seed = 1; seed < 10; seed++) {
		struct lines other = shuffled(&shore, seed);
		struct transects again = take(&paths);

		measure(&again, &other);
		for (size_t i = 0; i < t.nr; i++)
			assert_true(same_place(&t.position[i], &again.position[i]) &&
				    t.transect[i].run_mm[0] == again.transect[i].run_mm[0] &&
				    t.transect[i].run_mm[1] == again.transect[i].run_mm[1]);
		transects_release(&again);
		lines_release(&other);
	}
	transects_release(&t);
	lines_release(&shore);
	lines_release(&paths);
}

/* --- many --- */

/*
 * 20000 transects on 10^6 edges, in 4 MB for the crossings: under a second.  Trying every edge would be 2 10^10
 * pairs, which no machine does in a minute; under valgrind the tree takes half a one.
 */
static void many_transects_on_a_long_shore(void **state)
{
	const struct transect_cast spec = { 9.4, 1000, 40, 0 };
	struct lines shore = { 0 };
	struct error e = { 0 };
	struct transects t;
	clock_t start;

	(void)state;
	add_star(&shore, (struct point){ 400000, 5000000 }, 30000, 0.02, 1000000, true);
	start = clock();
	assert_int_equal(transects_cast(&t, &spec, &shore, &e), 0);
	assert_true(t.nr >= 20000);
	assert_true(transects_bytes(t.nr, 2 * t.nr, 1) < (size_t)20 << 20);
	assert_int_equal(transects_periods(&t, 1, &e), 0);
	assert_int_equal(transects_measure(&t, 0, &shore, (size_t)4 << 20, &e), 0);
	assert_true(clock() - start < (clock_t)60 * CLOCKS_PER_SEC);
	for (size_t i = 0; i < t.nr; i++)
		assert_true(fabs(t.position[i].position_m - 500) < 0.01);
	transects_release(&t);
	lines_release(&shore);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost_or_twice_on_a_lattice),
		cmocka_unit_test(same_as_trying_every_edge),
		cmocka_unit_test(order_of_lines_makes_no_difference),
		cmocka_unit_test(many_transects_on_a_long_shore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
