/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/shore.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	CELL_M = 240,
	MARGIN_M = 3600, /* beyond the window: SHORE_FAR_M and two cells */
	SEGMENTS_MAX = 1 << 24,
};

/* Reference points lie a hair off the cell centres, where no vertex will be. */
#define HAIR_X 0.0137131
#define HAIR_Y 0.0091733

static double ref_x(const struct shore *s, int i)
{
	return s->x0 + (i + 0.5) * s->cell + HAIR_X;
}

static double ref_y(const struct shore *s, int j)
{
	return s->y0 + (j + 0.5) * s->cell + HAIR_Y;
}

static int limit(double v, int high)
{
	return v < 0 ? 0 : v > high ? high : (int)v;
}

/* The cells within reach of a segment; false if there are none. */
static bool cells_of(const struct shore *s, const double *a, const double *b, int box[4])
{
	double xmin = fmin(a[0], b[0]) - s->reach - s->x0,
	       xmax = fmax(a[0], b[0]) + s->reach - s->x0;
	double ymin = fmin(a[1], b[1]) - s->reach - s->y0,
	       ymax = fmax(a[1], b[1]) + s->reach - s->y0;

	box[0] = limit(floor(xmin / s->cell), s->nx);
	box[1] = limit(floor(ymin / s->cell), s->ny);
	box[2] = limit(floor(xmax / s->cell) + 1, s->nx);
	box[3] = limit(floor(ymax / s->cell) + 1, s->ny);
	return box[0] < box[2] && box[1] < box[3];
}

/* Count (item absent) or store the segments of every cell. */
static void visit(struct shore *s, uint32_t *count)
{
	const struct rings *r = s->rings;

	for (size_t k = 0; k < r->count; k++)
		for (size_t i = r->start[k]; i + 1 < r->start[k + 1]; i++) {
			int box[4];

			if (!cells_of(s, r->at[i], r->at[i + 1], box))
				continue;
			for (int y = box[1]; y < box[3]; y++)
				for (int x = box[0]; x < box[2]; x++) {
					size_t c = (size_t)y * (size_t)s->nx + (size_t)x;

					if (s->item)
						s->item[s->first[c] + count[c]] = (uint32_t)i;
					count[c]++;
				}
		}
}

static int index_segments(struct shore *s, size_t cells, struct failure *f)
{
	uint32_t *count = calloc(cells, sizeof(*count));
	uint64_t total = 0;
	int ret = -1;

	s->first = calloc(cells + 1, sizeof(*s->first));
	if (!count || !s->first)
		goto nomem;
	visit(s, count);
	for (size_t c = 0; c < cells; c++) {
		s->first[c] = (uint32_t)total;
		total += count[c];
	}
	if (total > SEGMENTS_MAX) {
		fail(f, "the shore is too dense for its index: choose a smaller --shift or window");
		goto out;
	}
	s->first[cells] = (uint32_t)total;
	s->item = malloc((total + 1) * sizeof(*s->item));
	if (!s->item)
		goto nomem;
	memset(count, 0, cells * sizeof(*count));
	visit(s, count);
	ret = 0;
	goto out;
nomem:
	fail(f, "no memory for the index of the shore");
out:
	free(count);
	return ret;
}

enum { RINGS = 256 };

/* Rings of SHORE_RING_M that lie between a cell's reference point and a segment. */
static uint8_t ring_of(const struct shore *s, size_t c, uint32_t segment)
{
	double x = ref_x(s, (int)(c % (size_t)s->nx)), y = ref_y(s, (int)(c / (size_t)s->nx));
	const double *a = s->rings->at[segment], *b = s->rings->at[segment + 1];

	return (uint8_t)limit(sqrt(rings_segment2(a, b, x, y)) / SHORE_RING_M, RINGS - 1);
}

/* Sort n segments of a cell by their rings; rings and other are room for as many. */
static void sort_cell(const struct shore *s, size_t c, uint8_t *rings, uint32_t *other)
{
	uint32_t first = s->first[c], n = s->first[c + 1] - first, place[RINGS + 1] = { 0 };

	for (uint32_t k = 0; k < n; k++) {
		other[k] = s->item[first + k];
		rings[k] = ring_of(s, c, other[k]);
		place[rings[k] + 1]++;
	}
	for (size_t ring = 1; ring < RINGS; ring++)
		place[ring] += place[ring - 1];
	for (uint32_t k = 0; k < n; k++) {
		uint32_t to = first + place[rings[k]]++;

		s->item[to] = other[k];
		s->ring[to] = rings[k];
	}
}

/* Most places need only the nearest segments of their cell. */
static int sort_segments(struct shore *s, size_t cells, struct failure *f)
{
	uint32_t most = 1;
	uint8_t *rings;
	uint32_t *other;

	for (size_t c = 0; c < cells; c++)
		if (s->first[c + 1] - s->first[c] > most)
			most = s->first[c + 1] - s->first[c];
	s->ring = malloc((size_t)s->first[cells] + 1);
	rings = malloc(most);
	other = malloc(most * sizeof(*other));
	if (s->ring && rings && other)
		for (size_t c = 0; c < cells; c++)
			sort_cell(s, c, rings, other);
	free(other);
	free(rings);
	return s->ring && rings && other ? 0 : fail(f, "no memory for the index of the shore");
}

/* Flip the reference points to the right of where the segment a-b crosses their rows. */
static void flip_rows(struct shore *s, const double *a, const double *b)
{
	double low = fmin(a[1], b[1]), high = fmax(a[1], b[1]);
	int from = limit((low - HAIR_Y - s->y0) / s->cell - 0.5, s->ny);
	int to = limit((high - HAIR_Y - s->y0) / s->cell + 1.5, s->ny);

	for (int j = from; j < to; j++) {
		double y = ref_y(s, j), x;
		int i;

		if ((a[1] <= y) == (b[1] <= y))
			continue;
		x = a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
		i = limit(ceil((x - HAIR_X - s->x0) / s->cell - 0.5), s->nx);
		if (i < s->nx)
			s->wet[(size_t)j * (size_t)s->nx + (size_t)i] ^= 1;
	}
}

static void fill_wet(struct shore *s)
{
	const struct rings *r = s->rings;

	for (size_t k = 0; k < r->count; k++)
		for (size_t i = r->start[k]; i + 1 < r->start[k + 1]; i++)
			flip_rows(s, r->at[i], r->at[i + 1]);
	for (int j = 0; j < s->ny; j++) {
		uint8_t *row = s->wet + (size_t)j * (size_t)s->nx;

		for (int i = 1; i < s->nx; i++)
			row[i] ^= row[i - 1];
	}
}

/*
 * Distance to the nearest segment that the cell knows, signed: the parity of the
 * reference point, flipped by every segment that crosses the path from there,
 * first along its row, then along the column of (x, y).  The path lies in the cell, so
 * segments farther from the reference point than its corners cross none; those farther than
 * the place and the best so far together are not nearer.
 */
static double cell_distance(const struct shore *s, int i, int j, double x, double y)
{
	size_t c = (size_t)j * (size_t)s->nx + (size_t)i;
	double rx = ref_x(s, i), ry = ref_y(s, j), best = s->reach * s->reach;
	double away = hypot(x - rx, y - ry), corner = s->cell * 0.71;
	bool wet = s->wet[c];

	for (uint32_t k = s->first[c]; k < s->first[c + 1]; k++) {
		double beyond = s->ring[k] * SHORE_RING_M - 0.001 - away;
		bool farther = beyond > 0 && beyond * beyond > best;

		if (farther && beyond + away > corner)
			break;

		const double *a = s->rings->at[s->item[k]], *b = s->rings->at[s->item[k] + 1];

		if (!farther) {
			double d2 = rings_segment2(a, b, x, y);

			best = d2 < best ? d2 : best;
		}
		if ((a[1] <= ry) != (b[1] <= ry)) {
			double at = a[0] + (ry - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);

			wet ^= (at <= x) != (at <= rx);
		}
		if ((a[0] <= x) != (b[0] <= x)) {
			double at = a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]);

			wet ^= (at <= y) != (at <= ry);
		}
	}
	return wet ? sqrt(best) : -sqrt(best);
}

static double distance_rings(const struct shore *s, double x, double y)
{
	int i = limit(floor((x - s->x0) / s->cell), s->nx - 1);
	int j = limit(floor((y - s->y0) / s->cell), s->ny - 1);

	return cell_distance(s, i, j, x, y);
}

static float at_most(float a, float b)
{
	return a < b ? a : b;
}

/* One sweep of the chamfer distance transform (Borgefors 1986, doi:10.1016/S0734-189X(86)80047-0). */
static void sweep(struct shore *s, int way)
{
	float side = (float)s->cell, diagonal = side * 1.41421356f;
	int nx = s->nx, ny = s->ny;
	ptrdiff_t across = way, down = (ptrdiff_t)way * nx;

	for (int v = 0; v < ny; v++)
		for (int u = 0; u < nx; u++) {
			int i = way > 0 ? u : nx - 1 - u, j = way > 0 ? v : ny - 1 - v;
			float *p = s->about + (size_t)j * (size_t)nx + i;
			float best = *p;

			if (u > 0)
				best = at_most(best, p[-across] + side);
			if (v > 0) {
				best = at_most(best, p[-down] + side);
				if (u > 0)
					best = at_most(best, p[-down - across] + diagonal);
				if (u < nx - 1)
					best = at_most(best, p[-down + across] + diagonal);
			}
			*p = best;
		}
}

/* Cells that the shore passes know their distance; the others count from them. */
static void fill_about(struct shore *s)
{
	size_t cells = (size_t)s->nx * (size_t)s->ny;

	for (int j = 0; j < s->ny; j++)
		for (int i = 0; i < s->nx; i++) {
			size_t c = (size_t)j * (size_t)s->nx + (size_t)i;
			double d = s->first[c] < s->first[c + 1]
					   ? fabs(cell_distance(s, i, j, ref_x(s, i), ref_y(s, j)))
					   : INFINITY;

			s->about[c] = d < 0.75 * s->cell ? (float)d : (float)SHORE_FAR_M;
		}
	sweep(s, 1);
	sweep(s, -1);
	for (size_t c = 0; c < cells; c++)
		if (!s->wet[c])
			s->about[c] = -s->about[c];
}

int shore_index(struct shore *s, const double window[4], struct failure *f)
{
	size_t cells;

	if (s->kind != SHORE_RINGS)
		return 0;
	s->cell = CELL_M;
	s->reach = fmax(fabs(s->shift) + SHORE_EXACT_M, CELL_M);
	s->x0 = (floor((window[0] - MARGIN_M) / CELL_M)) * CELL_M;
	s->y0 = (floor((window[1] - MARGIN_M) / CELL_M)) * CELL_M;
	s->nx = (int)((window[2] + MARGIN_M - s->x0) / CELL_M) + 1;
	s->ny = (int)((window[3] + MARGIN_M - s->y0) / CELL_M) + 1;
	cells = (size_t)s->nx * (size_t)s->ny;
	s->wet = calloc(cells, 1);
	s->about = calloc(cells, sizeof(*s->about));
	if (!s->wet || !s->about)
		return fail(f, "no memory for the index of the shore");
	if (index_segments(s, cells, f) || sort_segments(s, cells, f))
		return -1;
	fill_wet(s);
	fill_about(s);
	return 0;
}

void shore_release(struct shore *s)
{
	free(s->first);
	free(s->item);
	free(s->ring);
	free(s->wet);
	free(s->about);
	s->first = s->item = NULL;
	s->ring = s->wet = NULL;
	s->about = NULL;
}

/* Signed distance to the nominal shore of the kinds that need no index. */
static double distance_simple(const struct shore *s, double x, double y)
{
	double dx = x - s->x, dy = y - s->y;

	if (s->kind == SHORE_LINE)
		return dx * s->normal[0] + dy * s->normal[1];
	return s->radius - sqrt(dx * dx + dy * dy);
}

double shore_distance(const struct shore *s, double x, double y)
{
	double d = s->kind == SHORE_RINGS ? distance_rings(s, x, y) : distance_simple(s, x, y);

	return d + s->shift;
}

double shore_about(const struct shore *s, double x, double y)
{
	double u, v;
	int i, j;
	const float *p;

	if (s->kind != SHORE_RINGS)
		return fmax(fmin(distance_simple(s, x, y), SHORE_FAR_M), -SHORE_FAR_M);
	u = (x - s->x0) / s->cell - 0.5;
	v = (y - s->y0) / s->cell - 0.5;
	i = limit(floor(u), s->nx - 2);
	j = limit(floor(v), s->ny - 2);
	u -= i;
	v -= j;
	p = s->about + (size_t)j * (size_t)s->nx + i;
	return ((double)p[0] * (1 - u) + (double)p[1] * u) * (1 - v) +
	       ((double)p[s->nx] * (1 - u) + (double)p[s->nx + 1] * u) * v;
}

double shore_cell_share(double v00, double v10, double v01, double v11)
{
	static const double corner[5][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 } };
	const double v[5] = { v00, v10, v11, v01, v00 };
	double p[8][2], twice = 0;
	int n = 0;

	for (int i = 0; i < 4; i++) {
		if (v[i] > 0) {
			p[n][0] = corner[i][0];
			p[n++][1] = corner[i][1];
		}
		if ((v[i] > 0) != (v[i + 1] > 0)) {
			double t = v[i] / (v[i] - v[i + 1]);

			p[n][0] = corner[i][0] + t * (corner[i + 1][0] - corner[i][0]);
			p[n++][1] = corner[i][1] + t * (corner[i + 1][1] - corner[i][1]);
		}
	}
	for (int i = 0; i < n; i++) {
		const double *a = p[i], *b = p[i + 1 < n ? i + 1 : 0];

		twice += a[0] * b[1] - b[0] * a[1];
	}
	return twice / 2;
}
