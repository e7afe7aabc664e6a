/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/hard.h"

#include <math.h>
#include <stdlib.h>

#include "testdata/noise.h"

/* Of the spacing: radius of a spot, least and most; of the radius: depth of the waves of its edge. */
#define RADIUS_MIN 0.36
#define RADIUS_MAX 0.46
#define WAVE	   0.2
/* A spot of glint is this much larger; with waves it still ends within one spacing. */
#define GLINT_SIZE 1.6
#define BELT	   0.33

enum { LINE_STATIONS = 60 };

/* What a kind of spot has on land and in water; COVER_COUNT: nothing. */
static const struct kind {
	enum cover land, water;
	bool belt, glint, ice;
} kinds[] = {
	{ COVER_WET_SALT, COVER_VERY_TURBID_WATER, false, false, false },
	{ COVER_GREEN_REED, COVER_COUNT, true, false, false },
	{ COVER_DARK_LAND, COVER_COUNT, false, false, false },
	{ COVER_SALT, COVER_VERY_TURBID_WATER, false, false, false },
	{ COVER_DRY_REED, COVER_COUNT, true, true, false },
	{ COVER_SNOW, COVER_LAKE_ICE, false, false, true },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Where a walk along the shore stands. */
struct walk {
	struct hard *h;
	const double *window;
	uint64_t key; /* of this ring */
	int station;
	double left; /* metres to the next station */
};

static int put_spot(const struct walk *w, double x, double y, struct failure *f)
{
	struct hard *h = w->h;
	int kind = (int)((w->key + (uint64_t)w->station) % KINDS);
	double share = hash_unit(hash_place(w->key, w->station, 1)), reach = h->spacing;

	if (kinds[kind].ice && !h->ice)
		return 0;
	if (x < w->window[0] - reach || x > w->window[2] + reach || y < w->window[1] - reach ||
	    y > w->window[3] + reach)
		return 0;
	if (h->n == h->room) {
		int room = h->room ? 2 * h->room : 64;
		struct hard_spot *p = realloc(h->spot, (size_t)room * sizeof(*p));

		if (!p)
			return fail(f, "no memory for %d spots along the shore", room);
		h->spot = p;
		h->room = room;
	}
	h->spot[h->n++] =
		(struct hard_spot){ .x = x,
				    .y = y,
				    .r = h->spacing *
					 (RADIUS_MIN + (RADIUS_MAX - RADIUS_MIN) * share) *
					 (kinds[kind].glint ? GLINT_SIZE : 1),
				    .kind = kind };
	return 0;
}

/* Go straight from a to b, and put a spot at every station on the way. */
static int stretch(struct walk *w, const double a[2], const double b[2], struct failure *f)
{
	double length = hypot(b[0] - a[0], b[1] - a[1]), at = w->left;

	while (at < length) {
		if (put_spot(w, a[0] + (b[0] - a[0]) * at / length,
			     a[1] + (b[1] - a[1]) * at / length, f))
			return -1;
		at += w->h->spacing;
		w->station++;
	}
	w->left = at - length;
	return 0;
}

static struct walk start(struct hard *h, const double window[4], size_t ring)
{
	uint64_t key = hash_place(h->seed, (int64_t)ring, 0x5707);

	/* Not before 1 %: the end of a closed walk would meet its start. */
	return (struct walk){ .h = h,
			      .window = window,
			      .key = key,
			      .left = h->spacing * (0.01 + 0.98 * hash_unit(hash64(key))) };
}

static int walk_rings(struct hard *h, const struct rings *r, const double window[4],
		      struct failure *f)
{
	for (size_t k = 0; k < r->count; k++) {
		struct walk w = start(h, window, k);

		for (size_t i = r->start[k]; i + 1 < r->start[k + 1]; i++)
			if (stretch(&w, r->at[i], r->at[i + 1], f))
				return -1;
	}
	return 0;
}

static int walk_circle(struct hard *h, const struct shore *s, const double window[4],
		       struct failure *f)
{
	enum { N = 4096 };
	struct walk w = start(h, window, 0);
	double a[2] = { s->x + s->radius, s->y };

	for (int i = 1; i <= N; i++) {
		double angle = 2 * M_PI * i / N;
		double b[2] = { s->x + s->radius * cos(angle), s->y + s->radius * sin(angle) };

		if (stretch(&w, a, b, f))
			return -1;
		a[0] = b[0];
		a[1] = b[1];
	}
	return 0;
}

static int walk_line(struct hard *h, const struct shore *s, const double window[4],
		     struct failure *f)
{
	struct walk w = start(h, window, 0);
	double half = LINE_STATIONS * h->spacing, u = -s->normal[1], v = s->normal[0];

	return stretch(&w, (double[]){ s->x - half * u, s->y - half * v },
		       (double[]){ s->x + half * u, s->y + half * v }, f);
}

static int limit(double v, int high)
{
	return v < 0 ? 0 : v > high ? high : (int)v;
}

/* The cells that a spot may reach: no spot is larger than a cell. */
static void cells_of(const struct hard *h, const struct hard_spot *p, int cells[4])
{
	double u = (p->x - h->x0) / h->spacing, v = (p->y - h->y0) / h->spacing;

	cells[0] = limit(u - 1, h->nx - 1);
	cells[1] = limit(v - 1, h->ny - 1);
	cells[2] = limit(u + 1, h->nx - 1);
	cells[3] = limit(v + 1, h->ny - 1);
}

/* Count the spots of each cell, then sort them in. */
static int index_spots(struct hard *h, const double window[4], struct failure *f)
{
	size_t cells;

	h->x0 = window[0];
	h->y0 = window[1];
	h->nx = (int)((window[2] - window[0]) / h->spacing) + 1;
	h->ny = (int)((window[3] - window[1]) / h->spacing) + 1;
	cells = (size_t)h->nx * (size_t)h->ny;
	h->first = calloc(cells + 2, sizeof(*h->first));
	h->item = calloc((size_t)h->n * 9 + 1, sizeof(*h->item));
	if (!h->first || !h->item)
		return fail(f, "no memory for the index of %d spots", h->n);
	for (int pass = 0; pass < 2; pass++) {
		for (int k = 0; k < h->n; k++) {
			int c[4];

			cells_of(h, &h->spot[k], c);
			for (int j = c[1]; j <= c[3]; j++)
				for (int i = c[0]; i <= c[2]; i++) {
					int *at = &h->first[j * h->nx + i + (pass ? 1 : 2)];

					if (pass)
						h->item[*at] = k;
					++*at;
				}
		}
		for (size_t i = 2; !pass && i < cells + 2; i++)
			h->first[i] += h->first[i - 1];
	}
	return 0;
}

int hard_init(struct hard *h, const struct shore *s, double perimeter_m, const double window[4],
	      struct failure *f)
{
	int bad;

	h->spacing = perimeter_m > 0 ? perimeter_m / HARD_STATIONS : HARD_SPACING_M;
	if (s->kind == SHORE_CIRCLE)
		bad = walk_circle(h, s, window, f);
	else if (s->kind == SHORE_LINE)
		bad = walk_line(h, s, window, f);
	else
		bad = walk_rings(h, s->rings, window, f);
	return bad ? -1 : index_spots(h, window, f);
}

void hard_release(struct hard *h)
{
	free(h->spot);
	free(h->first);
	free(h->item);
	*h = (struct hard){ 0 };
}

/* Distance from the middle of the spot in its own radii: 1 at the wavy edge. */
static double depth(const struct hard *h, const struct hard_spot *p, double x, double y)
{
	double d = hypot(x - p->x, y - p->y), wave;

	if (d > p->r * (1 + WAVE))
		return 2;
	wave = noise_octaves(h->seed + 160, 3 * x / p->r, 3 * y / p->r, 2);
	return d / (p->r * (1 + WAVE * wave));
}

/* The spots of the cell that holds a place: item[span[0]] .. item[span[1] - 1]. */
static void nearby(const struct hard *h, double x, double y, int span[2])
{
	size_t cell = (size_t)limit((y - h->y0) / h->spacing, h->ny - 1) * (size_t)h->nx +
		      (size_t)limit((x - h->x0) / h->spacing, h->nx - 1);

	span[0] = h->first[cell];
	span[1] = h->first[cell + 1];
}

void hard_land(const struct hard *h, double x, double y, double about, struct mixture *land)
{
	int span[2] = { 0 };

	if (h->spacing > 0)
		nearby(h, x, y, span);
	for (int i = span[0]; i < span[1]; i++) {
		const struct hard_spot *p = &h->spot[h->item[i]];
		const struct kind *k = &kinds[p->kind];
		double weight = 1 - smooth_step(0.9, 1, depth(h, p, x, y));

		if (k->belt)
			weight *= 1 - smooth_step(0.8, 1, fabs(about) / (BELT * p->r));
		mixture_blend(land, k->land, weight);
	}
}

float hard_water(const struct hard *h, double x, double y, struct mixture *water)
{
	float glint = 0;
	int span[2] = { 0 };

	if (h->spacing > 0)
		nearby(h, x, y, span);
	for (int i = span[0]; i < span[1]; i++) {
		const struct hard_spot *p = &h->spot[h->item[i]];
		const struct kind *k = &kinds[p->kind];
		double d = depth(h, p, x, y);

		if (k->water < COVER_COUNT)
			mixture_blend(water, k->water, 1 - smooth_step(k->ice ? 0.9 : 0.6, 1, d));
		if (k->glint)
			glint = fmaxf(glint, (float)(HARD_GLINT * (1 - smooth_step(0.1, 1, d))));
	}
	/* Ice hides the waves that glint. */
	glint *= 1 - water->share[COVER_LAKE_ICE];
	for (int i = 0; glint > 0 && i < ROLE_KELVIN; i++)
		if (i != ROLE_CIRRUS)
			water->rho[i] += glint;
	return glint;
}
