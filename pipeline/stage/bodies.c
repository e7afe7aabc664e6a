/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/bodies.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/stage/bodies_internal.h"

#define SIDE	 ((size_t)GEOTIFF_TILE)
#define RUNS_MAX (SIDE / 2 + 1) /* of water in a row of a tile */

/* Water pixels x0 <= x < x1 of a row. */
struct run {
	int32_t x0, x1;
	uint32_t label;
};

/* A tile under way: its bodies, and the labels of its outer pixels. */
struct piece {
	struct forest forest;
	uint32_t first_row[SIDE], last_row[SIDE], first_column[SIDE], last_column[SIDE];
};

struct bodies {
	struct bodies_spec spec;
	struct piece *pieces; /* tile i: pieces[i % (2 * threads)] */
	struct forest open;   /* bodies that touch a tile's side */
	/* Bodies that touch none: the largest, and the sum of the others. */
	uint64_t best_pixels, closed_nr;
	double *best, *others;
	uint32_t *global; /* labels in `open` of the labels of the tile that is delivered */
	size_t global_capacity;
	uint32_t *above; /* labels of the last row of the tiles above, then of this row of tiles */
	uint32_t left[SIDE]; /* of the last column of the tile to the left */
	uint32_t corner;     /* of above, over the last column of the tile to the left */
	size_t taken;	     /* of the budget */
};

/* --- sums of all parts, [part][2]: open water, water by fraction --- */

static void add_sums(double *to, const double *from, size_t parts)
{
	for (size_t k = 0; k < 2 * parts; k++)
		to[k] += from[k];
}

static void add_body(double *to, const struct forest *f, uint32_t root, double scale)
{
	for (uint32_t s = f->label[root].shares; s; s = f->share[s].next) {
		const struct share *share = &f->share[s];

		to[2 * (size_t)share->part] += share->open * scale;
		to[2 * (size_t)share->part + 1] += share->water * scale;
	}
}

/* --- a tile --- */

static struct piece *piece_of(const struct bodies *b, size_t i)
{
	return &b->pieces[i % (2 * (size_t)b->spec.threads)];
}

static bool is_water(uint8_t water, uint8_t fraction)
{
	bool some = (water <= WATER_PARTIAL) & ((uint8_t)(fraction - 1) < 100);

	return (water == WATER_OPEN) | some;
}

static struct bodies_pixels row_at(const struct bodies_pixels *p, size_t at)
{
	return (struct bodies_pixels){ p->water + at, p->fraction + at, p->part + at };
}

static size_t find_runs(const struct bodies_pixels *row, int32_t w, struct run *runs)
{
	size_t n = 0;

	for (int32_t x = 0; x < w; x++) {
		if (!is_water(row->water[x], row->fraction[x]))
			continue;
		runs[n].x0 = x;
		while (x < w && is_water(row->water[x], row->fraction[x]))
			x++;
		runs[n].x1 = x;
		runs[n++].label = 0;
	}
	return n;
}

/* Give a row's runs the labels of those above that they touch, or new ones. */
static int label_runs(struct forest *f, const struct run *above, size_t above_nr, struct run *runs,
		      size_t n, struct error *e)
{
	size_t first = 0;

	for (size_t k = 0; k < n; k++) {
		while (first < above_nr && above[first].x1 < runs[k].x0)
			first++;
		for (size_t a = first; a < above_nr && above[a].x0 <= runs[k].x1; a++)
			runs[k].label = forest_join(f, runs[k].label, above[a].label);
		if (!runs[k].label && forest_add(f, &runs[k].label, e))
			return -1;
	}
	return 0;
}

static int hold(struct forest *f, const struct run *run, const struct bodies_pixels *row,
		struct error *e)
{
	uint32_t root = forest_root(f, run->label);

	f->label[root].pixels += (uint64_t)(run->x1 - run->x0);
	for (int32_t x = run->x0, end; x < run->x1; x = end) {
		uint8_t fraction = row->fraction[x], part = row->part[x];
		bool open = row->water[x] == WATER_OPEN;
		int percent = fraction <= 100 ? fraction : 100 * open;
		struct share share = { .part = part };

		for (end = x + 1; end < run->x1 && row->fraction[end] == fraction &&
				  row->part[end] == part && row->water[end] == row->water[x];)
			end++;
		share.open = open * (end - x);
		share.water = percent * (end - x);
		if (forest_share(f, root, &share, e))
			return -1;
	}
	return 0;
}

/* Labels of a row's outer pixels, and of all its pixels where to is not NULL. */
static void keep_sides(struct piece *p, const struct run *runs, size_t n, struct rect r, int32_t y,
		       uint32_t *to)
{
	bool left = n && runs[0].x0 == 0, right = n && runs[n - 1].x1 == r.w;

	p->first_column[y] = left ? runs[0].label : 0;
	p->last_column[y] = right ? runs[n - 1].label : 0;
	if (!to)
		return;
	memset(to, 0, (size_t)r.w * sizeof(*to));
	for (size_t k = 0; k < n; k++)
		for (int32_t x = runs[k].x0; x < runs[k].x1; x++)
			to[x] = runs[k].label;
}

int bodies_tile(struct bodies *b, size_t i, const struct bodies_pixels *pixels, struct error *e)
{
	struct rect r = grid_tile(&b->spec.grid, GEOTIFF_TILE, i);
	struct piece *p = piece_of(b, i);
	struct run runs[2][RUNS_MAX];
	size_t n = 0;

	if (forest_clear(&p->forest, e))
		return -1;
	for (int32_t y = 0; y < r.h; y++) {
		struct bodies_pixels row = row_at(pixels, (size_t)y * (size_t)r.w);
		const struct run *above = runs[(y + 1) & 1];
		struct run *these = runs[y & 1];
		size_t above_nr = n;

		n = find_runs(&row, r.w, these);
		if (label_runs(&p->forest, above, above_nr, these, n, e))
			return -1;
		for (size_t k = 0; k < n; k++)
			if (hold(&p->forest, &these[k], &row, e))
				return -1;
		if (y == 0)
			keep_sides(p, these, n, r, y, p->first_row);
		keep_sides(p, these, n, r, y, y == r.h - 1 ? p->last_row : NULL);
	}
	return 0;
}

/* --- tiles to bodies --- */

/* Labels of the tile that touch a side get one in `open`: now any that is not 0, to be filled. */
static void mark_sides(struct bodies *b, struct piece *p, struct rect r)
{
	memset(b->global, 0, p->forest.nr * sizeof(*b->global));
	for (int32_t x = 0; x < r.w; x++) {
		b->global[forest_root(&p->forest, p->first_row[x])] = 1;
		b->global[forest_root(&p->forest, p->last_row[x])] = 1;
	}
	for (int32_t y = 0; y < r.h; y++) {
		b->global[forest_root(&p->forest, p->first_column[y])] = 1;
		b->global[forest_root(&p->forest, p->last_column[y])] = 1;
	}
	b->global[0] = 0;
}

/* The largest so far: what was it until now is one of the others. */
static void take_best(struct bodies *b, const struct forest *f, uint32_t root, double scale)
{
	add_sums(b->others, b->best, b->spec.parts);
	memset(b->best, 0, 2 * b->spec.parts * sizeof(*b->best));
	add_body(b->best, f, root, scale);
	b->best_pixels = f->label[root].pixels;
}

/* A body that lies within the tile. */
static void close_body(struct bodies *b, const struct forest *f, uint32_t root, double scale)
{
	b->closed_nr++;
	if (f->label[root].pixels > b->best_pixels)
		take_best(b, f, root, scale);
	else
		add_body(b->others, f, root, scale);
}

/* What a body of that tile takes in `open`, where arrays grow by half. */
static size_t open_bytes(const struct forest *f, uint32_t root)
{
	size_t bytes = sizeof(struct label);

	for (uint32_t s = f->label[root].shares; s; s = f->share[s].next)
		bytes += sizeof(struct share);
	return bytes * 3 / 2;
}

/* A body that touches a side.  Where there is no memory for more all become one: the total is an error then. */
static int open_body(struct bodies *b, const struct forest *f, uint32_t root, double scale,
		     struct error *e)
{
	uint32_t *global = &b->global[root];
	size_t bytes = open_bytes(f, root);

	b->taken += bytes;
	if (!budget_take(b->spec.budget, bytes) || b->open.nr == UINT32_MAX ||
	    b->open.shares_nr > UINT32_MAX - b->spec.parts) {
		*global = 0;
		return 0;
	}
	if (forest_add(&b->open, global, e))
		return -1;
	b->open.label[*global].pixels = f->label[root].pixels;
	for (uint32_t s = f->label[root].shares; s; s = f->share[s].next) {
		struct share share = f->share[s];

		share.open *= scale;
		share.water *= scale;
		if (forest_share(&b->open, *global, &share, e))
			return -1;
	}
	return 0;
}

/* All of a tile's bodies, in the order in which they were met; then global[] is right for every label. */
static int take_bodies(struct bodies *b, size_t i, struct rect r, struct error *e)
{
	struct piece *p = piece_of(b, i);
	double scale = area_pixel_km2(b->spec.area, i);

	scale = isfinite(scale) ? scale : 0;
	mark_sides(b, p, r);
	for (uint32_t k = 1; k < p->forest.nr; k++) {
		uint32_t root = forest_root(&p->forest, k);

		if (root != k)
			b->global[k] = b->global[root];
		else if (!b->global[k])
			close_body(b, &p->forest, k, scale);
		else if (open_body(b, &p->forest, k, scale, e))
			return -1;
	}
	return 0;
}

/* The n outer pixels of a tile and those beside them of its neighbour, from one before the first to one behind the last. */
static void join_side(struct bodies *b, const uint32_t *side, int32_t n, const uint32_t *beside,
		      uint32_t before, uint32_t behind)
{
	for (int32_t k = 0; k < n; k++) {
		uint32_t label = b->global[side[k]];

		if (!label)
			continue;
		label = forest_join(&b->open, label, k ? beside[k - 1] : before);
		label = forest_join(&b->open, label, beside[k]);
		forest_join(&b->open, label, k < n - 1 ? beside[k + 1] : behind);
	}
}

int bodies_deliver(struct bodies *b, size_t i, struct error *e)
{
	struct rect r = grid_tile(&b->spec.grid, GEOTIFF_TILE, i);
	struct piece *p = piece_of(b, i);
	uint32_t behind = r.x + r.w < b->spec.grid.width ? b->above[r.x + r.w] : 0;

	if (p->forest.nr > b->global_capacity) {
		uint32_t *grown = reallocarray(b->global, p->forest.nr, sizeof(*grown));

		if (!grown)
			return error_nomem(e, "waters");
		b->global = grown;
		b->global_capacity = p->forest.nr;
	}
	if (take_bodies(b, i, r, e))
		return -1;
	join_side(b, p->first_row, r.w, b->above + r.x, r.x ? b->corner : 0, behind);
	if (r.x)
		join_side(b, p->first_column, r.h, b->left, 0, 0);
	b->corner = b->above[r.x + r.w - 1];
	for (int32_t x = 0; x < r.w; x++)
		b->above[r.x + x] = b->global[p->last_row[x]];
	for (int32_t y = 0; y < r.h; y++)
		b->left[y] = b->global[p->last_column[y]];
	return 0;
}

/* --- life --- */

void bodies_free(struct bodies *b)
{
	if (!b)
		return;
	for (size_t k = 0; b->pieces && k < 2 * (size_t)b->spec.threads; k++)
		forest_release(&b->pieces[k].forest);
	forest_release(&b->open);
	free(b->pieces);
	free(b->best);
	free(b->others);
	free(b->global);
	free(b->above);
	free(b);
}

int bodies_new(struct bodies **out, const struct bodies_spec *spec, struct error *e)
{
	struct bodies *b = calloc(1, sizeof(*b));

	if (!b)
		return error_nomem(e, "waters");
	b->spec = *spec;
	b->pieces = calloc(2 * (size_t)spec->threads, sizeof(*b->pieces));
	b->best = calloc(2 * spec->parts, sizeof(*b->best));
	b->others = calloc(2 * spec->parts, sizeof(*b->others));
	b->above = calloc((size_t)spec->grid.width, sizeof(*b->above));
	if (!b->pieces || !b->best || !b->others || !b->above) {
		bodies_free(b);
		return error_nomem(e, "waters");
	}
	if (forest_clear(&b->open, e)) {
		bodies_free(b);
		return -1;
	}
	*out = b;
	return 0;
}

/* --- the end --- */

static void tell(const double *sum, size_t parts, struct bodies_area *out)
{
	for (size_t k = 0; k < parts; k++)
		out[k] = (struct bodies_area){ sum[2 * k], sum[2 * k + 1] / 100 };
}

int bodies_total(struct bodies *b, struct bodies_area *largest, struct bodies_area *others,
		 uint64_t *others_nr, struct error *e)
{
	struct forest *f = &b->open;
	size_t parts = b->spec.parts;
	uint32_t best = 0;

	if (budget_check(b->spec.budget, "waters", e))
		return -1;
	*others_nr = b->closed_nr;
	for (uint32_t k = 1; k < f->nr; k++)
		if (f->label[k].parent == k &&
		    f->label[k].pixels > (best ? f->label[best].pixels : b->best_pixels))
			best = k;
	for (uint32_t k = 1; k < f->nr; k++) {
		if (f->label[k].parent != k)
			continue;
		++*others_nr;
		if (k != best)
			add_body(b->others, f, k, 1);
	}
	if (best)
		take_best(b, f, best, 1);
	*others_nr -= *others_nr > 0;
	tell(b->best, parts, largest);
	tell(b->others, parts, others);
	budget_give(b->spec.budget, b->taken);
	b->taken = 0;
	return 0;
}

/*
 * Bodies of m pixels each, at most.  Take for each pixel the square of it, those right of and below it and the one across:
 * two bodies have no place in common, and one of m pixels covers (sqrt(m) + 1)^2 places at least (Brunn-Minkowski).
 */
static double bodies_most(size_t m)
{
	double side = sqrt((double)m) + 1;

	return (double)((SIDE + 1) * (SIDE + 1)) / (side * side);
}

size_t bodies_bytes(const struct grid *grid, size_t parts, int threads)
{
	/* A body of m pixels has m shares at most: the larger it is the more are on a place, up to `parts`. */
	size_t labels = (size_t)bodies_most(1) + 1;
	size_t shares = (size_t)(bodies_most(parts) * (double)parts) + 1;
	size_t piece = sizeof(struct piece) +
		       (labels * sizeof(struct label) + shares * sizeof(struct share)) * 3 / 2;

	return 2 * (size_t)threads * piece + labels * sizeof(uint32_t) +
	       (size_t)grid->width * sizeof(uint32_t);
}
