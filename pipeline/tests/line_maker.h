/* SPDX-License-Identifier: Apache-2.0
 *
 * line_maker.h - lines for tests, vertex by vertex; after cmocka.h.
 */
#ifndef PIPELINE_TESTS_LINE_MAKER_H
#define PIPELINE_TESTS_LINE_MAKER_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/space/lines.h"

#define TWO_PI 6.283185307179586

/* Append a line of n points. */
static inline void add_line(struct lines *l, const struct point *points, size_t n, bool closed)
{
	size_t used = l->nr ? l->starts[l->nr] : 0;

	l->points = reallocarray(l->points, used + n + 1, sizeof(*l->points));
	l->starts = reallocarray(l->starts, l->nr + 2, sizeof(*l->starts));
	l->closed = reallocarray(l->closed, l->nr + 1, sizeof(*l->closed));
	assert_true(l->points && l->starts && l->closed);
	if (n)
		memcpy(l->points + used, points, n * sizeof(*points));
	l->starts[l->nr] = used;
	l->closed[l->nr++] = closed;
	l->starts[l->nr] = used + n;
}

/* A rectangle, counter-clockwise: water inside; else an island. */
static inline void add_rectangle(struct lines *l, double x0, double y0, double x1, double y1,
				 bool water)
{
	struct point p[] = { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } };
	struct point q[] = { { x0, y0 }, { x0, y1 }, { x1, y1 }, { x1, y0 } };

	add_line(l, water ? p : q, 4, true);
}

/* A ring round (x, y): r = radius (1 + depth cos 5 angle), counter-clockwise with water. */
static inline void add_star(struct lines *l, struct point at, double radius, double depth, size_t n,
			    bool water)
{
	struct point *p = calloc(n, sizeof(*p));

	assert_non_null(p);
	for (size_t k = 0; k < n; k++) {
		double a = TWO_PI * (double)(water ? k : n - 1 - k) / (double)n;
		double r = radius * (1 + depth * cos(5 * a));

		p[k] = (struct point){ at.x + r * cos(a), at.y + r * sin(a) };
	}
	add_line(l, p, n, true);
	free(p);
}

/* [0, 1) from a state. */
static inline double random_share(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (double)(*state >> 11) / 9007199254740992.0;
}

static inline size_t random_below(uint64_t *state, size_t n)
{
	return (size_t)(random_share(state) * (double)n);
}

/* The same lines in another order, rings from another vertex on. */
static inline struct lines shuffled(const struct lines *l, uint64_t seed)
{
	size_t *order = calloc(l->nr + 1, sizeof(*order)), most = 0;
	struct lines out = { 0 };
	struct point *p;

	assert_non_null(order);
	for (size_t i = 0; i < l->nr; i++) {
		size_t k = random_below(&seed, i + 1), n = l->starts[i + 1] - l->starts[i];

		order[i] = order[k];
		order[k] = i;
		most = n > most ? n : most;
	}
	p = calloc(most + 1, sizeof(*p));
	assert_non_null(p);
	for (size_t i = 0; i < l->nr; i++) {
		size_t from = order[i], n = l->starts[from + 1] - l->starts[from];
		size_t turn = l->closed[from] ? random_below(&seed, n) : 0;

		for (size_t k = 0; k < n; k++)
			p[k] = l->points[l->starts[from] + (k + turn) % n];
		add_line(&out, p, n, l->closed[from]);
	}
	free(order);
	free(p);
	return out;
}

#endif
