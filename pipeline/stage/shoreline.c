/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/shoreline.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/contour.h"

struct job {
	const struct shoreline_spec *spec;
	struct contour *tiles; /* segments of tile i: tiles[i % (2 * threads)] */
	struct contour all;
	size_t segments_nr; /* of all tiles, also of those that memory had no room for */
	uint8_t *above;	    /* the last row of the tiles above, then of this row of tiles */
	uint8_t *left;	    /* the last column of the tile to the left */
	uint8_t *seam;	    /* two rows or two columns of samples that meet between tiles */
	uint8_t corner;	    /* of above, over the last column of the tile to the left */
};

struct worker {
	struct job *job;
	void *reader;
	uint8_t *pixels;
};

/* A slot holds the outer samples of a tile, each `tile` bytes: first row, last row, first column, last column. */
enum { FIRST_ROW, LAST_ROW, FIRST_COLUMN, LAST_COLUMN, SIDES };

static const uint8_t *side_of(const struct job *j, const void *slot, int side)
{
	return (const uint8_t *)slot + (size_t)side * (size_t)j->spec->tile;
}

static struct contour *contour_of(const struct job *j, size_t i)
{
	return &j->tiles[i % (2 * (size_t)j->spec->threads)];
}

static int start(void *job, void **state, struct error *e)
{
	struct job *j = job;
	struct worker *w = calloc(1, sizeof(*w));
	size_t side = (size_t)j->spec->tile;

	if (!w)
		return error_nomem(e, "a shoreline");
	*state = w;
	w->job = j;
	w->pixels = malloc(side * side);
	if (!w->pixels)
		return error_nomem(e, "a tile");
	return j->spec->source.open(j->spec->source.job, &w->reader, e);
}

static void stop(void *state)
{
	struct worker *w = state;

	if (w->reader)
		w->job->spec->source.close(w->reader);
	free(w->pixels);
	free(w);
}

static void copy_sides(const struct job *j, struct rect r, const uint8_t *pixels, uint8_t *slot)
{
	size_t side = (size_t)j->spec->tile, w = (size_t)r.w;

	memcpy(slot + FIRST_ROW * side, pixels, w);
	memcpy(slot + LAST_ROW * side, pixels + ((size_t)r.h - 1) * w, w);
	for (size_t y = 0; y < (size_t)r.h; y++) {
		slot[FIRST_COLUMN * side + y] = pixels[y * w];
		slot[LAST_COLUMN * side + y] = pixels[y * w + w - 1];
	}
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	const struct job *j = w->job;
	struct rect r = grid_tile(&j->spec->grid, j->spec->tile, i);
	struct rect cells = { r.x, r.y, r.w - 1, r.h - 1 };
	struct contour *c = contour_of(j, i);

	c->nr = 0;
	if (j->spec->source.read(w->reader, r, w->pixels, e))
		return -1;
	copy_sides(j, r, w->pixels, slot);
	return contour_cells(c, cells, w->pixels, (size_t)r.w, e);
}

/* The cells between the tile above and this one, from under the tile to the left on. */
static int seam_above(struct job *j, struct rect r, const uint8_t *first_row, struct contour *c,
		      struct error *e)
{
	bool inner = r.x > 0;
	size_t n = (size_t)r.w + inner;
	uint8_t *upper = j->seam, *lower = j->seam + n;

	if (inner) {
		upper[0] = j->corner;
		lower[0] = j->left[0];
	}
	memcpy(upper + inner, j->above + r.x, (size_t)r.w);
	memcpy(lower + inner, first_row, (size_t)r.w);
	return contour_cells(c, (struct rect){ r.x - inner, r.y - 1, (int32_t)n - 1, 1 }, j->seam,
			     n, e);
}

/* The cells between the tile to the left and this one. */
static int seam_left(struct job *j, struct rect r, const uint8_t *first_column, struct contour *c,
		     struct error *e)
{
	uint8_t *seam = j->seam;

	for (int32_t y = 0; y < r.h; y++) {
		seam[0] = j->left[y];
		seam[1] = first_column[y];
		seam += 2;
	}
	return contour_cells(c, (struct rect){ r.x - 1, r.y, 1, r.h - 1 }, j->seam, 2, e);
}

static bool too_many(const struct job *j)
{
	return j->segments_nr * CONTOUR_BYTES + j->spec->reserved > j->spec->memory;
}

/* Take a tile's segments, or only count them from where the memory ends. */
static int keep(struct job *j, const struct contour *c, struct error *e)
{
	j->segments_nr += c->nr;
	return too_many(j) ? 0 : contour_append(&j->all, c, e);
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;
	struct rect r = grid_tile(&j->spec->grid, j->spec->tile, i);
	struct contour *c = contour_of(j, i);

	if (r.y && seam_above(j, r, side_of(j, slot, FIRST_ROW), c, e))
		return -1;
	if (r.x && seam_left(j, r, side_of(j, slot, FIRST_COLUMN), c, e))
		return -1;
	j->corner = j->above[r.x + r.w - 1];
	memcpy(j->above + r.x, side_of(j, slot, LAST_ROW), (size_t)r.w);
	memcpy(j->left, side_of(j, slot, LAST_COLUMN), (size_t)r.h);
	return keep(j, c, e);
}

static int job_init(struct job *j, const struct shoreline_spec *spec, struct error *e)
{
	size_t side = (size_t)spec->tile;

	j->spec = spec;
	j->tiles = calloc(2 * (size_t)spec->threads, sizeof(*j->tiles));
	j->above = calloc((size_t)spec->grid.width, 1);
	j->left = calloc(side, 1);
	j->seam = calloc(2 * (side + 1), 1);
	if (!j->tiles || !j->above || !j->left || !j->seam)
		return error_nomem(e, "a shoreline");
	return 0;
}

static void job_release(struct job *j)
{
	for (size_t k = 0; j->tiles && k < 2 * (size_t)j->spec->threads; k++)
		contour_release(&j->tiles[k]);
	free(j->tiles);
	free(j->above);
	free(j->left);
	free(j->seam);
	contour_release(&j->all);
}

int shoreline_trace(const struct shoreline_spec *spec, struct lines *out, struct error *e)
{
	static const struct tiles_ops ops = {
		.start = start, .work = work, .write = deliver, .stop = stop
	};
	struct job j = { 0 };
	int ret = -1;

	*out = (struct lines){ 0 };
	if (job_init(&j, spec, e) || tiles_run(grid_tiles(&spec->grid, spec->tile), spec->threads,
					       SIDES * (size_t)spec->tile, &ops, &j, e))
		goto out;
	if (too_many(&j)) {
		error_set(e, ERROR_CONFIG,
			  "a shoreline of %zu pieces needs more memory: use --memory %zuM",
			  j.segments_nr,
			  ((j.segments_nr * CONTOUR_BYTES + spec->reserved) >> 20) + 1);
		goto out;
	}
	ret = contour_lines(&j.all, &spec->grid, out, e);
out:
	job_release(&j);
	return ret;
}

size_t shoreline_tile_bytes(int32_t tile, int threads)
{
	size_t side = (size_t)tile;
	/* Two segments a cell is what a checkerboard gives. */
	size_t each = side * side * 2 * sizeof(struct segment) * 3 / 2 + SIDES * side;

	return (size_t)threads * (2 * each + side * side);
}
