/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/lines.h"

#include <math.h>
#include <stdlib.h>

void lines_release(struct lines *l)
{
	free(l->points);
	free(l->starts);
	free(l->closed);
	*l = (struct lines){ 0 };
}

static size_t points_of(const struct lines *l, size_t i)
{
	return l->starts[i + 1] - l->starts[i];
}

size_t lines_edges(const struct lines *l, size_t i)
{
	size_t n = points_of(l, i);

	return l->closed[i] || !n ? n : n - 1;
}

void lines_edge(const struct lines *l, size_t i, size_t k, struct point *from, struct point *to)
{
	const struct point *p = l->points + l->starts[i];

	*from = p[k];
	*to = p[k + 1 < points_of(l, i) ? k + 1 : 0];
}

size_t lines_bytes(const struct lines *l)
{
	if (!l->nr)
		return 0;
	return l->starts[l->nr] * sizeof(*l->points) +
	       (l->nr + 1) * (sizeof(*l->starts) + sizeof(*l->closed));
}

double lines_length(const struct lines *l, size_t i)
{
	double sum = 0;

	for (size_t k = 0; k < lines_edges(l, i); k++) {
		struct point a, b;

		lines_edge(l, i, k, &a, &b);
		/* sqrt() is exactly rounded everywhere; hypot() is not. */
		sum += sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
	}
	return sum;
}

double lines_area(const struct lines *l, size_t i)
{
	const struct point *origin = l->points + l->starts[i];
	double twice = 0;

	if (!l->closed[i])
		return 0;
	for (size_t k = 0; k < lines_edges(l, i); k++) {
		struct point a, b;

		/* From the first point: map coordinates are large, rings are small. */
		lines_edge(l, i, k, &a, &b);
		twice += (a.x - origin->x) * (b.y - origin->y) -
			 (b.x - origin->x) * (a.y - origin->y);
	}
	return twice / 2;
}
