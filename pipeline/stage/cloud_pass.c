/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_pass.c - a scene in blocks of the spool, bitmaps in parts of rows.
 */
#include "pipeline/stage/cloud_internal.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"

/* Rows of a bitmap that a thread takes at a time. */
#define ROWS_PART 64

int32_t cloud_cell_side(const struct cloud_job *job)
{
	double side = job->limits.shadow_cell / job->grid->dx / 32 + 0.5;

	return 32 * (side < 1 ? 1 : side > 8 ? 8 : (int32_t)side);
}

struct pass_job {
	struct cloud_run *run;
	const struct cloud_pass *pass;
};

struct pass_worker {
	const struct pass_job *job;
	struct cloud_block block;
	void *scratch;
};

static size_t block_pixels(int32_t cell)
{
	return (size_t)cell * (size_t)cell * CLOUD_BLOCK_CELLS;
}

/* The planes that a pass may read: where the spool has them, and bytes of their pixels. */
static const struct {
	size_t offset, size;
} planes[CLOUD_PLANES_NR] = {
	[CLOUD_TESTS] = { offsetof(struct cloud_planes, tests), 1 },
	[CLOUD_VARIABILITY] = { offsetof(struct cloud_planes, variability), 1 },
	[CLOUD_BT] = { offsetof(struct cloud_planes, bt), 2 },
	[CLOUD_NIR] = { offsetof(struct cloud_planes, nir), 2 },
	[CLOUD_SWIR1] = { offsetof(struct cloud_planes, swir1), 2 },
	[CLOUD_SEEDS] = { offsetof(struct cloud_planes, cdi), 1 },
};

static size_t plane_of(const struct cloud_job *job, size_t p)
{
	return *(const size_t *)(const void *)((const char *)&job->planes + planes[p].offset);
}

size_t cloud_pass_bytes(const struct cloud_job *job, int32_t cell, size_t slot_size)
{
	size_t pixel = 0, row = (size_t)cell * CLOUD_BLOCK_CELLS;

	for (size_t p = 0; p < CLOUD_PLANES_NR; p++)
		pixel += planes[p].size;
	return (size_t)job->threads * (block_pixels(cell) * pixel + 2 * row + CLOUD_BINS_BYTES +
				       spool_scratch_size(job->spool) + 2 * (slot_size + 128));
}

static void pass_stop(void *state)
{
	struct pass_worker *w = state;

	for (size_t p = 0; p < CLOUD_PLANES_NR; p++)
		free(w->block.plane[p]);
	free(w->block.bins);
	free(w->block.flags);
	free(w->block.inside);
	free(w->scratch);
	free(w);
}

static int pass_start(void *job, void **state, struct error *e)
{
	struct pass_worker *w = calloc(1, sizeof(*w));
	const struct pass_job *j = job;
	size_t row = (size_t)j->run->cell * CLOUD_BLOCK_CELLS;
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->job = j;
	for (size_t p = 0; p < CLOUD_PLANES_NR; p++) {
		size_t bytes = block_pixels(j->run->cell) * planes[p].size;

		if (j->pass->reads >> p & 1)
			ok &= (w->block.plane[p] = malloc(bytes)) != NULL;
	}
	ok &= (w->block.inside = malloc(row)) != NULL;
	ok &= (w->block.flags = malloc(row)) != NULL;
	ok &= (w->block.bins = malloc(CLOUD_BINS_BYTES)) != NULL;
	ok &= (w->scratch = malloc(spool_scratch_size(j->run->job->spool))) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's block");
}

/* The part of block i that takes part. */
static struct rect block_rect(const struct cloud_run *run, size_t i)
{
	size_t columns = (size_t)run->blocks.w;
	int32_t w = run->cell * CLOUD_BLOCK_CELLS, h = run->cell;
	struct rect all = { (run->blocks.x + (int32_t)(i % columns)) * w,
			    (run->blocks.y + (int32_t)(i / columns)) * h, w, h };

	return region_bounds(run->job->region, rect_intersect(all, run->area));
}

static int pass_work(void *state, size_t i, void *slot, struct error *e)
{
	struct pass_worker *w = state;
	struct cloud_run *run = w->job->run;
	const struct cloud_pass *pass = w->job->pass;

	if (pass->slot_size)
		memset(slot, 0, pass->slot_size);
	w->block.r = block_rect(run, i);
	if (rect_empty(w->block.r) || (pass->wanted && !pass->wanted(run, w->block.r)))
		return 0;
	for (size_t p = 0; p < CLOUD_PLANES_NR; p++)
		if ((pass->reads >> p & 1) &&
		    spool_read(run->job->spool, plane_of(run->job, p), w->block.r, w->scratch,
			       w->block.plane[p], e))
			return -1;
	pass->work(run, &w->block, slot);
	return 0;
}

static int pass_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct pass_job *j = job;

	(void)i;
	(void)e;
	if (j->pass->merge)
		j->pass->merge(j->run, slot);
	return 0;
}

int cloud_pass_run(struct cloud_run *run, const struct cloud_pass *pass, struct error *e)
{
	static const struct tiles_ops ops = { pass_start, pass_work, pass_write, pass_stop };
	struct pass_job job = { run, pass };

	return tiles_run(rect_area(run->blocks), run->job->threads, pass->slot_size + 1, &ops, &job,
			 e);
}

void cloud_block_inside(const struct cloud_run *run, struct cloud_block *b, int32_t y)
{
	region_row(run->job->region, b->r.x, b->r.y + y, b->r.w, b->inside);
}

/* --- parts of rows --- */

struct rows_job {
	struct cloud_run *run;
	const struct cloud_rows *rows;
};

struct rows_worker {
	const struct rows_job *job;
	uint64_t *scratch;
};

static int rows_start(void *job, void **state, struct error *e)
{
	struct rows_worker *w = calloc(1, sizeof(*w));
	const struct rows_job *j = job;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->job = j;
	w->scratch = malloc(j->run->cloud.stride * sizeof(*w->scratch));
	return w->scratch ? 0 : error_nomem(e, "a worker's row");
}

static void rows_stop(void *state)
{
	struct rows_worker *w = state;

	free(w->scratch);
	free(w);
}

static int rows_work(void *state, size_t i, void *slot, struct error *e)
{
	struct rows_worker *w = state;
	const struct cloud_rows *rows = w->job->rows;
	int32_t from = (int32_t)i * ROWS_PART, h = rows->to->h;

	(void)slot;
	(void)e;
	rows->work(rows, from, from + ROWS_PART < h ? from + ROWS_PART : h, w->scratch);
	return 0;
}

int cloud_rows_run(struct cloud_run *run, const struct cloud_rows *rows, struct error *e)
{
	static const struct tiles_ops ops = { rows_start, rows_work, NULL, rows_stop };
	struct rows_job job = { run, rows };
	size_t parts = ((size_t)run->cloud.h + ROWS_PART - 1) / ROWS_PART;

	return tiles_run(parts, run->job->threads, 1, &ops, &job, e);
}

static void majority_work(const struct cloud_rows *rows, int32_t from, int32_t past,
			  uint64_t *scratch)
{
	(void)scratch;
	bitmap_majority(rows->to, rows->from, rows->number, from, past);
}

static void widen_work(const struct cloud_rows *rows, int32_t from, int32_t past, uint64_t *scratch)
{
	bitmap_dilate(rows->to, rows->from, rows->number, scratch, from, past);
}

int cloud_smooth(struct cloud_run *run, struct bitmap *what, struct error *e)
{
	int32_t least = (int32_t)run->job->limits.neighbours;
	struct cloud_rows rows = { &run->b, what, least, majority_work };
	struct bitmap old = *what;

	if (cloud_rows_run(run, &rows, e))
		return -1;
	*what = run->b;
	run->b = old;
	return 0;
}

int cloud_widen(struct cloud_run *run, struct bitmap *to, const struct bitmap *from, float metres,
		struct error *e)
{
	int32_t radius = (int32_t)((double)metres / run->job->grid->dx + 1e-6);
	struct cloud_rows rows = { to, from, radius, widen_work };

	return cloud_rows_run(run, &rows, e);
}
