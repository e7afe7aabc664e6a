/* SPDX-License-Identifier: Apache-2.0
 *
 * threshold_scan.c - the histogram of the method's index over the lake, in all of its clear pixels
 * or in those beside edges, and the threshold that it gives.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/threshold.h"

struct scan_worker {
	const struct observe *o;
	int32_t halo;
	void *scratch;
	int16_t *index;
	uint32_t *why;
	uint8_t *edge, *inside;
};

struct scan_job {
	struct observe *o;
	struct histogram total;
};

/* Pixels around a tile that decide whether one of it lies beside an edge. */
static int32_t scan_halo(const struct observe *o)
{
	return o->choice.threshold == THRESHOLD_EDGE ? (int32_t)o->limits.edge_width + 1 : 0;
}

static size_t halo_pixels(const struct observe *o)
{
	size_t side = (size_t)o->context->options->tile + 2 * (size_t)scan_halo(o);

	return side * side;
}

size_t threshold_bytes(const struct observe *o, int threads)
{
	return (size_t)threads *
	       (halo_pixels(o) * (sizeof(int16_t) + sizeof(uint32_t) + sizeof(uint8_t)) +
		spool_scratch_size(o->spool) + 3 * sizeof(struct histogram));
}

static void scan_stop(void *state)
{
	struct scan_worker *w = state;

	free(w->inside);
	free(w->edge);
	free(w->why);
	free(w->index);
	free(w->scratch);
	free(w);
}

static int scan_start(void *job, void **state, struct error *e)
{
	struct scan_worker *w = calloc(1, sizeof(*w));
	const struct observe *o = ((struct scan_job *)job)->o;
	size_t n = halo_pixels(o);
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	w->halo = scan_halo(o);
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->index = malloc(n * sizeof(*w->index))) != NULL;
	ok &= (w->why = malloc(n * sizeof(*w->why))) != NULL;
	ok &= (w->edge = malloc(n)) != NULL;
	ok &= (w->inside = malloc((size_t)o->context->options->tile)) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's tile");
}

/* True if an edge is within the halo's width but one of a pixel. */
static bool beside_edge(const struct scan_worker *w, struct rect r, int32_t x, int32_t y)
{
	int32_t width = w->halo - 1;

	for (int32_t j = y - width; j <= y + width; j++)
		if (memchr(w->edge + (size_t)j * (size_t)r.w + (size_t)(x - width), 1,
			   2 * (size_t)width + 1))
			return true;
	return false;
}

/* A row of the tile; y: in the rect with the halo. */
static void count_row(struct scan_worker *w, struct rect r, struct rect lake, int32_t y,
		      struct histogram *h)
{
	int32_t first = lake.x - r.x;

	region_row(w->o->work_region, lake.x, r.y + y, lake.w, w->inside);
	for (int32_t x = first; x < first + lake.w; x++) {
		int16_t index = w->index[(size_t)y * (size_t)r.w + (size_t)x];

		if (index == INDEX_NODATA || !w->inside[x - first])
			continue;
		if (!w->halo || beside_edge(w, r, x, y))
			h->count[histogram_bin(index)]++;
	}
}

static int scan_work(void *state, size_t i, void *slot, struct error *e)
{
	struct scan_worker *w = state;
	const struct observe *o = w->o;
	struct rect tile = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);
	struct rect r = rect_grow(tile, w->halo), lake = rect_intersect(tile, o->work_rect);

	memset(slot, 0, sizeof(struct histogram));
	if (rect_empty(lake))
		return 0;
	if (spool_read(o->spool, o->method_plane, r, w->scratch, w->index, e) ||
	    spool_read(o->spool, PLANE_WHY, r, w->scratch, w->why, e))
		return -1;
	for (size_t k = 0; k < rect_area(r); k++)
		if (w->why[k] & (WHY_UNSEEN | o->mask_limits.hide))
			w->index[k] = INDEX_NODATA;
	if (w->halo)
		threshold_edges(w->index, r.w, r.h, o->limits.edge_gradient, w->edge);
	for (int32_t y = lake.y; y < lake.y + lake.h; y++)
		count_row(w, r, lake, y - r.y, slot);
	return 0;
}

static int scan_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct histogram *total = &((struct scan_job *)job)->total;
	const struct histogram *h = slot;

	(void)i;
	(void)e;
	for (int k = 0; k < THRESHOLD_BINS; k++)
		total->count[k] += h->count[k];
	return 0;
}

int threshold_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { scan_start, scan_work, scan_write, scan_stop };
	struct scan_job job = { .o = o };

	if (tiles_run(o->tiles_nr, o->threads, sizeof(struct histogram), &ops, &job, e))
		return -1;
	o->threshold_found = histogram_otsu(&job.total, &o->threshold);
	if (!o->threshold_found) {
		o->threshold = index_pack(o->limits.index, CALIB_VALID);
		log_event(o->context->log, LOG_WARNING, CODE_WARNING_THRESHOLD,
			  "%s: the histogram of %s gives no threshold; %g is taken", o->product->id,
			  o->choice.method->index, (double)o->limits.index);
	}
	return 0;
}
