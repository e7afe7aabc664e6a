/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/transects.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/transects_internal.h"

#define DEGREES (180 / 3.14159265358979324)

void transects_release(struct transects *t)
{
	free(t->transect);
	free(t->position);
	lines_release(&t->paths);
	transect_index_free(t->index);
	*t = (struct transects){ 0 };
}

size_t transects_bytes(size_t nr, size_t vertices, size_t periods_nr)
{
	return nr * (sizeof(struct transect) + sizeof(size_t) + sizeof(bool)) +
	       vertices * sizeof(struct point) + transect_index_bytes(vertices) +
	       nr * periods_nr * sizeof(struct transect_position);
}

bool place_of(struct point p, struct place *out)
{
	if (!(fabs(p.x) <= TRANSECTS_REACH && fabs(p.y) <= TRANSECTS_REACH))
		return false;
	*out = (struct place){ llround(p.x * MM_PER_M), llround(p.y * MM_PER_M) };
	return true;
}

/* Rounded: atan2() differs in its last bits between CPUs. */
static double azimuth(const struct lines *paths, size_t i)
{
	struct point a = paths->points[paths->starts[i]];
	struct point b = paths->points[paths->starts[i + 1] - 1];
	double degrees = nearbyint(atan2(b.x - a.x, b.y - a.y) * DEGREES * 1000) / 1000;

	if (degrees < 0)
		degrees += 360;
	return degrees < 360 && degrees > 0 ? degrees : 0;
}

static int round_paths(struct lines *paths, struct error *e)
{
	for (size_t k = 0; k < paths->starts[paths->nr]; k++) {
		struct point *p = paths->points + k;
		struct place rounded;

		if (!place_of(*p, &rounded))
			return error_set(e, ERROR_DATA,
					 "a transect's vertex (%.10g, %.10g) is no place", p->x,
					 p->y);
		*p = (struct point){ (double)rounded.x / MM_PER_M, (double)rounded.y / MM_PER_M };
	}
	return 0;
}

int transects_prepare(struct transects *t, struct error *e)
{
	t->nr = t->paths.nr;
	t->transect = calloc(t->nr + 1, sizeof(*t->transect));
	if (!t->transect)
		return error_nomem(e, "transects");
	if (round_paths(&t->paths, e) || transect_index_new(&t->index, &t->paths, e))
		return -1;
	for (size_t i = 0; i < t->nr; i++) {
		t->transect[i].azimuth_deg = azimuth(&t->paths, i);
		t->transect[i].length_m = lines_length(&t->paths, i);
	}
	return 0;
}

static int copy_lines(struct lines *out, const struct lines *in, struct error *e)
{
	size_t points_nr = in->starts[in->nr];

	out->points = calloc(points_nr + 1, sizeof(*out->points));
	out->starts = calloc(in->nr + 1, sizeof(*out->starts));
	out->closed = calloc(in->nr, sizeof(*out->closed));
	if (!out->points || !out->starts || !out->closed)
		return error_nomem(e, "transects");
	memcpy(out->points, in->points, points_nr * sizeof(*out->points));
	memcpy(out->starts, in->starts, (in->nr + 1) * sizeof(*out->starts));
	out->nr = in->nr;
	return 0;
}

int transects_take(struct transects *out, const struct transect_lines *file, struct error *e)
{
	*out = (struct transects){ 0 };
	if (!file->lines.nr)
		return error_set(e, ERROR_USAGE, "no transects");
	if (file->lines.nr > TRANSECTS_MAX)
		return error_set(e, ERROR_DATA, "%zu transects; at most %d are taken",
				 file->lines.nr, TRANSECTS_MAX);
	if (copy_lines(&out->paths, &file->lines, e) || transects_prepare(out, e)) {
		transects_release(out);
		return -1;
	}
	for (size_t i = 0; i < out->nr; i++)
		snprintf(out->transect[i].name, TRANSECT_NAME, "%s", file->name[i]);
	return 0;
}

int transects_periods(struct transects *t, size_t periods_nr, struct error *e)
{
	size_t n = t->nr * periods_nr;

	t->position = calloc(n + 1, sizeof(*t->position));
	if (!t->position)
		return error_nomem(e, "positions on transects");
	t->periods_nr = periods_nr;
	for (size_t i = 0; i < n; i++)
		t->position[i] = (struct transect_position){ NAN, NAN, 0, false };
	return 0;
}

/* --- when all periods are measured --- */

static void reverse_path(struct lines *paths, size_t i)
{
	for (size_t a = paths->starts[i], b = paths->starts[i + 1] - 1; a < b; a++, b--) {
		struct point was = paths->points[a];

		paths->points[a] = paths->points[b];
		paths->points[b] = was;
	}
}

static void reverse(struct transects *t, size_t i)
{
	struct transect_position *p = t->position + i * t->periods_nr;

	reverse_path(&t->paths, i);
	t->transect[i].azimuth_deg = azimuth(&t->paths, i);
	t->transect[i].reversed = true;
	for (size_t k = 0; k < t->periods_nr; k++)
		p[k].position_m = p[k].reverse_m;
}

/* Periods in order of time, and one transect's positions and flags in that order. */
struct series {
	size_t *order;
	struct trend_period *periods;
	double *positions;
	bool *outlier;
};

static void series_release(struct series *s)
{
	free(s->order);
	free(s->periods);
	free(s->positions);
	free(s->outlier);
}

static int series_new(struct series *s, const struct trend_period *periods, size_t n,
		      struct error *e)
{
	*s = (struct series){ calloc(n + 1, sizeof(*s->order)), calloc(n + 1, sizeof(*s->periods)),
			      calloc(n + 1, sizeof(*s->positions)),
			      calloc(n + 1, sizeof(*s->outlier)) };
	if (!s->order || !s->periods || !s->positions || !s->outlier)
		return error_nomem(e, "a series of positions");
	/* Insertion: periods are few, and mostly in order. */
	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		for (; k && periods[s->order[k - 1]].time > periods[i].time; k--)
			s->order[k] = s->order[k - 1];
		s->order[k] = i;
	}
	for (size_t i = 0; i < n; i++)
		s->periods[i] = periods[s->order[i]];
	return 0;
}

static int find_trend(struct transects *t, size_t i, struct series *s, struct error *e)
{
	struct transect_position *p = t->position + i * t->periods_nr;

	for (size_t k = 0; k < t->periods_nr; k++)
		s->positions[k] = p[s->order[k]].position_m;
	if (trend_outliers(s->positions, t->periods_nr, s->outlier, e))
		return -1;
	for (size_t k = 0; k < t->periods_nr; k++)
		p[s->order[k]].outlier = s->outlier[k];
	t->transect[i].trend = trend_of(s->periods, s->positions, s->outlier, t->periods_nr);
	return 0;
}

int transects_finish(struct transects *t, const struct trend_period *periods, struct error *e)
{
	struct series s;
	int ret = series_new(&s, periods, t->periods_nr, e);

	for (size_t i = 0; !ret && i < t->nr; i++) {
		const struct transect *at = t->transect + i;

		if (!at->from_land && at->run_mm[1] > at->run_mm[0])
			reverse(t, i);
		ret = find_trend(t, i, &s, e);
	}
	series_release(&s);
	return ret;
}
