/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/rings.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static int grow(void **p, size_t *room, size_t need, size_t item, struct failure *f)
{
	size_t wanted = *room ? *room * 2 : 1024;
	void *q;

	if (need <= *room)
		return 0;
	while (wanted < need)
		wanted *= 2;
	q = realloc(*p, wanted * item);
	if (!q)
		return fail(f, "no memory for %zu vertices of a shore", wanted);
	*p = q;
	*room = wanted;
	return 0;
}

int rings_vertex(struct rings *r, double x, double y, struct failure *f)
{
	void *at = r->at;

	if (grow(&at, &r->room, r->n + 1, sizeof(*r->at), f))
		return -1;
	r->at = at;
	r->at[r->n][0] = x;
	r->at[r->n][1] = y;
	r->n++;
	return 0;
}

int rings_close(struct rings *r, struct failure *f)
{
	const double *first = r->at[r->count ? r->start[r->count] : 0];
	void *start = r->start;

	if (rings_vertex(r, first[0], first[1], f) ||
	    grow(&start, &r->start_room, r->count + 2, sizeof(*r->start), f))
		return -1;
	r->start = start;
	if (!r->count)
		r->start[0] = 0;
	r->start[++r->count] = r->n;
	return 0;
}

void rings_release(struct rings *r)
{
	free(r->at);
	free(r->start);
	*r = (struct rings){ 0 };
}

/* Do the rings before ring k hold its first vertex? */
static bool nested(const struct rings *r, size_t k)
{
	struct rings before = { .at = r->at, .start = r->start, .n = r->start[k], .count = k };
	const double *p = r->at[r->start[k]];

	return rings_distance(&before, p[0], p[1]) > 0;
}

double rings_area(const struct rings *r)
{
	double sum = 0;

	for (size_t k = 0; k < r->count; k++) {
		double twice = 0;

		for (size_t i = r->start[k]; i + 1 < r->start[k + 1]; i++) {
			const double *a = r->at[i], *b = r->at[i + 1];

			twice += a[0] * b[1] - b[0] * a[1];
		}
		sum += nested(r, k) ? -fabs(twice) / 2 : fabs(twice) / 2;
	}
	return sum;
}

double rings_distance(const struct rings *r, double x, double y)
{
	double best = INFINITY;
	bool inside = false;

	for (size_t k = 0; k < r->count; k++)
		for (size_t i = r->start[k]; i + 1 < r->start[k + 1]; i++) {
			const double *a = r->at[i], *b = r->at[i + 1];
			double d2 = rings_segment2(a, b, x, y);

			best = d2 < best ? d2 : best;
			if ((a[1] <= y) != (b[1] <= y) &&
			    a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) <= x)
				inside = !inside;
		}
	return inside ? sqrt(best) : -sqrt(best);
}
