/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/map_frame.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "pipeline/base/steps.h"
#include "pipeline/space/crs.h"
#include "pipeline/space/polygon.h"

/* The margin is 1/40 of the longer side, in cells. */
#define MARGIN_PART 40
/* The longest shapes that are drawn without more margin. */
#define WIDE_MAX 4
#define HIGH_MAX 3

/* Points along an edge between which longitude and latitude are straight. */
#define EDGE_POINTS 65
/* Steps along an edge, about. */
#define EDGE_STEPS 6

/* PROJ's results are rounded before they are used: degrees to 2^-30 (0.1 mm), scales to 2^-20. */
static double round_to(double x, double unit)
{
	return nearbyint(x / unit) * unit;
}

/* --- what is shown --- */

/* Make the rect w cells wide and h high around its middle. */
static struct rect widen(struct rect r, int32_t w, int32_t h)
{
	w = w > r.w ? w : r.w;
	h = h > r.h ? h : r.h;
	return (struct rect){ r.x - (w - r.w) / 2, r.y - (h - r.h) / 2, w, h };
}

static struct rect choose_cells(const struct map_tally *t)
{
	struct rect r = map_tally_window(t);
	const struct grid *g = map_tally_grid(t);
	double aspect = g->dx / g->dy;
	int32_t longer;

	if (rect_empty(r))
		r = map_tally_cells(t);
	longer = r.w > r.h ? r.w : r.h;
	r = rect_grow(r, longer / MARGIN_PART + 2);
	return widen(r, (int32_t)fmin(r.h / aspect / HIGH_MAX, 1e9),
		     (int32_t)fmin(r.w * aspect / WIDE_MAX, 1e9));
}

bool map_frame_is_wide(const struct map_tally *t)
{
	struct rect r = choose_cells(t);
	const struct grid *g = map_tally_grid(t);

	return r.w * g->dx > 1.15 * r.h * g->dy;
}

static int32_t pixels_of(double length_m, double pixel_m, int32_t most)
{
	double n = floor(length_m / pixel_m + .5);

	return n < 1 ? 1 : n > most ? most : (int32_t)n;
}

/* --- what stands around it --- */

static struct point middle_of(const struct grid *g)
{
	return (struct point){ g->x0 + g->dx * g->width / 2, g->y0 - g->dy * g->height / 2 };
}

/* A scale that PROJ cannot tell is 1. */
static int set_scale(struct map_frame *f, struct error *e)
{
	struct point m = middle_of(&f->grid);
	double scale;

	if (crs_areal_scale(&f->grid.crs, 1, &m.x, &m.y, &scale, e))
		return -1;
	scale = isfinite(scale) && scale > 0 ? round_to(sqrt(scale), 0x1p-20) : 1;
	f->true_m = f->grid.dx / scale;
	return 0;
}

/* North in the middle: where a step of 1/1000 degree along the meridian goes. */
static int set_north(struct map_frame *f, struct error *e)
{
	struct point m = middle_of(&f->grid);
	const struct crs lonlat = CRS_LONLAT;
	struct crs_transform *there = NULL, *back = NULL;
	double x[2] = { m.x, m.x }, y[2] = { m.y, m.y }, length;
	int ret = -1;

	f->north_y = -MAP_FRAME_NORTH;
	if (crs_transform_new(&there, &f->grid.crs, &lonlat, e) ||
	    crs_transform_new(&back, &lonlat, &f->grid.crs, e))
		goto out;
	ret = 0;
	crs_transform_points(there, 2, x, y);
	y[1] += y[1] < 89 ? 1e-3 : -1e-3;
	crs_transform_points(back, 2, x, y);
	/* sqrt() is exactly rounded everywhere; hypot() is not. */
	length = sqrt((x[1] - x[0]) * (x[1] - x[0]) + (y[1] - y[0]) * (y[1] - y[0]));
	if (!isfinite(length) || !(length > 0))
		goto out;
	f->north_x = (int32_t)lrint(MAP_FRAME_NORTH * (x[1] - x[0]) / length);
	f->north_y = (int32_t)-lrint(MAP_FRAME_NORTH * (y[1] - y[0]) / length);
out:
	crs_transform_free(there);
	crs_transform_free(back);
	return ret;
}

int map_frame_set(struct map_frame *f, const struct map_tally *t, int32_t width, int32_t height,
		  struct error *e)
{
	const struct grid *g = map_tally_grid(t);
	double cell_x = g->dx * map_tally_side(t), cell_y = g->dy * map_tally_side(t);
	double finest = fmax(g->dx, g->dy) / MAP_FRAME_ZOOM_MAX, pixel_m;

	*f = (struct map_frame){ .cells = choose_cells(t), .grid = { .crs = g->crs } };
	pixel_m = fmax(f->cells.w * cell_x / width, f->cells.h * cell_y / height);
	pixel_m = fmax(pixel_m, finest);
	f->grid.width = pixels_of(f->cells.w * cell_x, pixel_m, width);
	f->grid.height = pixels_of(f->cells.h * cell_y, pixel_m, height);
	f->grid.x0 = g->x0 + f->cells.x * cell_x;
	f->grid.y0 = g->y0 - f->cells.y * cell_y;
	f->grid.dx = f->cells.w * cell_x / f->grid.width;
	f->grid.dy = f->cells.h * cell_y / f->grid.height;
	f->reduction = f->grid.dx / g->dx;
	return set_scale(f, e) || set_north(f, e) ? -1 : 0;
}

/* --- ticks --- */

/* Longitudes or latitudes at points along an edge. */
static int edge_values(const struct map_frame *f, enum map_edge edge, double *value,
		       struct error *e)
{
	const struct grid *g = &f->grid;
	const struct crs lonlat = CRS_LONLAT;
	struct crs_transform *transform = NULL;
	double x[EDGE_POINTS], y[EDGE_POINTS];
	bool level = edge == EDGE_BOTTOM || edge == EDGE_TOP;
	double right = edge == EDGE_RIGHT ? g->width : 0,
	       down = edge == EDGE_BOTTOM ? g->height : 0;

	for (int i = 0; i < EDGE_POINTS; i++) {
		double along = (double)i / (EDGE_POINTS - 1);

		x[i] = g->x0 + g->dx * (level ? along * g->width : right);
		y[i] = g->y0 - g->dy * (level ? down : along * g->height);
	}
	if (crs_transform_new(&transform, &g->crs, &lonlat, e))
		return -1;
	crs_transform_points(transform, EDGE_POINTS, x, y);
	crs_transform_free(transform);
	for (int i = 0; i < EDGE_POINTS; i++)
		value[i] = round_to(level ? x[i] : y[i], 0x1p-30);
	return 0;
}

/* The step by the length that the values run over; both edges of a pair come to about the same. */
static struct step choose_step(const double *value)
{
	return step_up(fabs(value[EDGE_POINTS - 1] - value[0]) / EDGE_STEPS);
}

static void name_tick(struct map_tick *tick, double degrees, int decimals, bool longitude)
{
	const char *side = longitude ? "EW" : "NS";

	snprintf(tick->text, sizeof(tick->text), "%.*f\xc2\xb0%c", decimals, fabs(degrees),
		 side[degrees < 0]);
}

/* What ticks are made of, and where they go. */
struct ticking {
	const double *value; /* EDGE_POINTS along the edge */
	bool longitude;
	struct step step;
	int32_t pixels; /* the edge's length */
	struct map_tick *ticks;
	size_t nr;
};

/* Ticks between points i and i + 1 of the edge. */
static void add_ticks(struct ticking *t, int i)
{
	double from = t->value[i], to = t->value[i + 1];
	double unit = step_value(t->step), high = fmax(from, to);

	/* Half open, so that a value at a point is found once. */
	for (double k = ceil(fmin(from, to) / unit); k * unit < high && t->nr < MAP_FRAME_TICKS;
	     k++) {
		double part = (k * unit - from) / (to - from);
		struct map_tick *tick = &t->ticks[t->nr++];

		tick->at = (int32_t)floor((i + part) / (EDGE_POINTS - 1) * t->pixels);
		name_tick(tick, k * unit, step_decimals(t->step), t->longitude);
	}
}

int map_frame_ticks(const struct map_frame *f, enum map_edge edge, struct map_tick *ticks,
		    size_t *nr, struct error *e)
{
	bool longitude = edge == EDGE_BOTTOM || edge == EDGE_TOP;
	double value[EDGE_POINTS];
	struct ticking t = { .value = value, .longitude = longitude, .ticks = ticks };

	*nr = 0;
	t.pixels = longitude ? f->grid.width : f->grid.height;
	if (edge_values(f, longitude ? EDGE_BOTTOM : EDGE_LEFT, value, e))
		return -1;
	t.step = choose_step(value);
	if (edge_values(f, edge, value, e))
		return -1;
	for (int i = 0; i + 1 < EDGE_POINTS; i++)
		/* Not across the date line, nor where there are no coordinates. */
		if (fabs(value[i + 1] - value[i]) < 90)
			add_ticks(&t, i);
	*nr = t.nr;
	return 0;
}
