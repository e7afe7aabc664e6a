/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/shoreline.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/contour.h"

/* The outer samples of a tile, each up to `tile` bytes. */
enum { FIRST_ROW, LAST_ROW, FIRST_COLUMN, LAST_COLUMN, SIDES };

/* A tile under way. */
struct piece {
	struct contour contour;
	uint8_t *sides; /* [SIDES][tile] */
};

struct shoreline {
	struct shoreline_spec spec;
	struct piece *pieces; /* tile i: pieces[i % (2 * threads)] */
	struct contour all;
	uint8_t *above; /* the last row of the tiles above, then of this row of tiles */
	uint8_t *left;	/* the last column of the tile to the left */
	uint8_t *seam;	/* two rows or two columns of samples that meet between tiles */
	size_t taken;	/* of the budget */
	uint8_t corner; /* of above, over the last column of the tile to the left */
};

static size_t pieces_nr(const struct shoreline *s)
{
	return 2 * (size_t)s->spec.threads;
}

static struct piece *piece_of(const struct shoreline *s, size_t i)
{
	return &s->pieces[i % pieces_nr(s)];
}

static uint8_t *side_of(const struct shoreline *s, size_t i, int side)
{
	return piece_of(s, i)->sides + (size_t)side * (size_t)s->spec.tile;
}

void shoreline_free(struct shoreline *s)
{
	if (!s)
		return;
	for (size_t k = 0; s->pieces && k < pieces_nr(s); k++) {
		contour_release(&s->pieces[k].contour);
		free(s->pieces[k].sides);
	}
	free(s->pieces);
	free(s->above);
	free(s->left);
	free(s->seam);
	contour_release(&s->all);
	free(s);
}

int shoreline_new(struct shoreline **out, const struct shoreline_spec *spec, struct error *e)
{
	size_t side = (size_t)spec->tile;
	struct shoreline *s = calloc(1, sizeof(*s));
	bool ok;

	if (!s)
		return error_nomem(e, "a shoreline");
	s->spec = *spec;
	s->pieces = calloc(pieces_nr(s), sizeof(*s->pieces));
	s->above = calloc((size_t)spec->grid.width, 1);
	s->left = calloc(side, 1);
	s->seam = calloc(2 * (side + 1), 1);
	ok = s->pieces && s->above && s->left && s->seam;
	for (size_t k = 0; ok && k < pieces_nr(s); k++) {
		s->pieces[k].sides = calloc(SIDES, side);
		ok = s->pieces[k].sides != NULL;
	}
	if (!ok) {
		shoreline_free(s);
		return error_nomem(e, "a shoreline");
	}
	*out = s;
	return 0;
}

static void copy_sides(const struct shoreline *s, size_t i, struct rect r, const uint8_t *pixels)
{
	uint8_t *first = side_of(s, i, FIRST_COLUMN), *last = side_of(s, i, LAST_COLUMN);
	size_t w = (size_t)r.w;

	memcpy(side_of(s, i, FIRST_ROW), pixels, w);
	memcpy(side_of(s, i, LAST_ROW), pixels + ((size_t)r.h - 1) * w, w);
	for (size_t y = 0; y < (size_t)r.h; y++) {
		first[y] = pixels[y * w];
		last[y] = pixels[y * w + w - 1];
	}
}

int shoreline_tile(struct shoreline *s, size_t i, const uint8_t *fraction, struct error *e)
{
	struct rect r = grid_tile(&s->spec.grid, s->spec.tile, i);
	struct rect cells = { r.x, r.y, r.w - 1, r.h - 1 };
	struct contour *c = &piece_of(s, i)->contour;

	c->nr = 0;
	copy_sides(s, i, r, fraction);
	return contour_cells(c, cells, fraction, (size_t)r.w, e);
}

/* The cells between the tile above and this one, from under the tile to the left on. */
static int seam_above(struct shoreline *s, size_t i, struct rect r, struct error *e)
{
	bool inner = r.x > 0;
	size_t n = (size_t)r.w + inner;
	uint8_t *upper = s->seam, *lower = s->seam + n;

	if (inner) {
		upper[0] = s->corner;
		lower[0] = s->left[0];
	}
	memcpy(upper + inner, s->above + r.x, (size_t)r.w);
	memcpy(lower + inner, side_of(s, i, FIRST_ROW), (size_t)r.w);
	return contour_cells(&piece_of(s, i)->contour,
			     (struct rect){ r.x - inner, r.y - 1, (int32_t)n - 1, 1 }, s->seam, n,
			     e);
}

/* The cells between the tile to the left and this one. */
static int seam_left(struct shoreline *s, size_t i, struct rect r, struct error *e)
{
	const uint8_t *first = side_of(s, i, FIRST_COLUMN);
	uint8_t *seam = s->seam;

	for (int32_t y = 0; y < r.h; y++) {
		seam[0] = s->left[y];
		seam[1] = first[y];
		seam += 2;
	}
	return contour_cells(&piece_of(s, i)->contour, (struct rect){ r.x - 1, r.y, 1, r.h - 1 },
			     s->seam, 2, e);
}

/* Take a tile's segments, or only count them from where the memory ends. */
static int keep(struct shoreline *s, const struct contour *c, struct error *e)
{
	size_t bytes = c->nr * CONTOUR_BYTES;

	s->taken += bytes;
	return budget_take(s->spec.budget, bytes) ? contour_append(&s->all, c, e) : 0;
}

int shoreline_deliver(struct shoreline *s, size_t i, struct error *e)
{
	struct rect r = grid_tile(&s->spec.grid, s->spec.tile, i);

	if ((r.y && seam_above(s, i, r, e)) || (r.x && seam_left(s, i, r, e)))
		return -1;
	s->corner = s->above[r.x + r.w - 1];
	memcpy(s->above + r.x, side_of(s, i, LAST_ROW), (size_t)r.w);
	memcpy(s->left, side_of(s, i, LAST_COLUMN), (size_t)r.h);
	return keep(s, &piece_of(s, i)->contour, e);
}

int shoreline_finish(struct shoreline *s, struct lines *out, struct error *e)
{
	int ret = budget_check(s->spec.budget, "shorelines", e);

	*out = (struct lines){ 0 };
	if (!ret)
		ret = contour_lines(&s->all, &s->spec.grid, out, e);
	contour_release(&s->all);
	budget_give(s->spec.budget, s->taken);
	budget_take(s->spec.budget, lines_bytes(out));
	s->taken = 0;
	return ret;
}

size_t shoreline_tile_bytes(int32_t tile, int threads)
{
	size_t side = (size_t)tile;
	/* Two segments a cell is what a checkerboard gives. */
	size_t each = side * side * 2 * sizeof(struct segment) * 3 / 2 + SIDES * side;

	return 2 * (size_t)threads * each;
}
