/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/ground.h"

#include <math.h>
#include <string.h>

#include "testdata/noise.h"

#define LINE_TURN_DEG 17.0 /* a straight shore's normal, east to north: no lattice direction */

void ground_place(const struct ground *g, double column, double row, double *x, double *y)
{
	if (g->laea) {
		mapping_at(&g->mapping, column, row, x, y);
		return;
	}
	*x = g->grid.e0 + column * g->grid.pixel_m;
	*y = g->grid.n0 - row * g->grid.pixel_m;
}

static int lake_center(struct ground *g, const struct options *o, struct failure *f)
{
	double at[1][2] = { { o->lake_center[0], o->lake_center[1] } };

	if (g->laea || g->is_laea ? plane_laea(1, (const double(*)[2])at, at, f)
				  : plane_utm(&g->grid, at[0][0], at[0][1], at[0], f))
		return -1;
	g->shore.x = at[0][0];
	g->shore.y = at[0][1];
	return 0;
}

/* The window in the plane of the shore, from its edges. */
static void window_of(const struct ground *g, double window[4])
{
	int w = g->grid.width, h = g->grid.height, n = 64;

	window[0] = window[1] = INFINITY;
	window[2] = window[3] = -INFINITY;
	for (int i = 0; i <= n; i++) {
		double t = (double)i / n, x, y;
		const double edge[4][2] = {
			{ t * w, 0 }, { t * w, h }, { 0, t * h }, { w, t * h }
		};

		for (int k = 0; k < 4; k++) {
			ground_place(g, edge[k][0], edge[k][1], &x, &y);
			window[0] = fmin(window[0], x);
			window[1] = fmin(window[1], y);
			window[2] = fmax(window[2], x);
			window[3] = fmax(window[3], y);
		}
	}
}

int ground_make_shore(struct ground *g, const struct options *o, struct failure *f)
{
	struct shore *s = &g->shore;
	double window[4], perimeter = 0, at[2];

	s->shift = o->shift_m;
	s->radius = o->radius_m;
	s->normal[0] = cos(LINE_TURN_DEG * M_PI / 180);
	s->normal[1] = sin(LINE_TURN_DEG * M_PI / 180);
	s->kind = o->lake == LAKE_PLAIN	   ? SHORE_LINE
		  : o->lake == LAKE_CIRCLE ? SHORE_CIRCLE
					   : SHORE_RINGS;
	if (lake_center(g, o, f))
		return -1;
	at[0] = s->x;
	at[1] = s->y;
	if (o->lake == LAKE_ELLIPSE && coast_ellipse(&g->rings, at, s->radius, o->turn_deg, f))
		return -1;
	if (o->lake == LAKE_STAR && coast_star(&g->rings, at, s->radius, o->turn_deg, f))
		return -1;
	if (o->lake == LAKE_BALKHASH && coast_balkhash(&g->rings, o->seed, f))
		return -1;
	s->rings = &g->rings;
	window_of(g, window);
	if (shore_index(s, window, f))
		return -1;
	if (!o->hard)
		return 0;
	if (o->lake == LAKE_CIRCLE)
		perimeter = 2 * M_PI * s->radius;
	else if (s->kind == SHORE_RINGS && o->lake != LAKE_BALKHASH)
		perimeter = o->lake == LAKE_STAR ? coast_star_perimeter(s->radius)
						 : coast_ellipse_perimeter(s->radius);
	g->hard = (struct hard){ .ice = o->ice, .seed = hash64(o->seed ^ 0x4a2d) };
	return hard_init(&g->hard, s, perimeter, window, f);
}

/* The pixel may hold the shore: cut it into parts. */
static double cut_pixel(const struct ground *g, int column, int row, double within)
{
	enum { N = GROUND_PARTS };
	double above[N + 1], sum = 0;

	for (int j = 0; j <= N; j++) {
		double here[N + 1];

		for (int i = 0; i <= N; i++) {
			double x, y;

			ground_place(g, column + (double)i / N, row + (double)j / N, &x, &y);
			here[i] = shore_distance(&g->shore, x, y) + within;
		}
		for (int i = 0; j > 0 && i < N; i++)
			sum += shore_cell_share(above[i], above[i + 1], here[i], here[i + 1]);
		memcpy(above, here, sizeof(here));
	}
	return sum / (N * N);
}

double ground_fraction_within(const struct ground *g, int column, int row, double metres)
{
	double x, y, d;

	ground_place(g, column + 0.5, row + 0.5, &x, &y);
	d = shore_distance(&g->shore, x, y) + metres;
	/* Half a diagonal, and one percent for the scale of the projections. */
	if (fabs(d) > 0.7072 * 1.01 * g->grid.pixel_m)
		return d > 0;
	return cut_pixel(g, column, row, metres);
}

double ground_fraction(const struct ground *g, int column, int row)
{
	return ground_fraction_within(g, column, row, 0);
}

int ground_init_laea(struct ground *g, const struct options *o, const struct grid *grid,
		     struct failure *f)
{
	*g = (struct ground){ .grid = *grid, .is_laea = true };
	return ground_make_shore(g, o, f);
}
