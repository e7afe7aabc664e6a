/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/geotiff.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/checksums.h"
#include "pipeline/stage/mosaic.h"
#include "pipeline/stage/mosaic_windows.h"

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)
#define PIXEL_BYTES 4 /* of the largest type */
/* Decoding and compressing: a block of each, its compressed bytes, the codec. */
#define CODEC_BYTES ((size_t)3 << 20)

/* Layers that are counted, in the order of mosaic_result_account(). */
enum { KEEP_WATER, KEEP_FRACTION, KEEP_FILLED, KEEP_NR };

struct merge {
	struct windows windows;
	struct mosaic_result result;
	struct mosaic_workers workers;
	struct progress progress;
};

struct worker {
	struct merge *m;
	struct reader *reader;
	unsigned char *memory, *pixels, *part;
	uint8_t *covered, *kept[KEEP_NR];
};

/* --- life --- */

static size_t worker_bytes(void)
{
	return (2 * PIXEL_BYTES + 1 + KEEP_NR) * TILE_PIXELS;
}

static void stop(void *state)
{
	struct worker *w = state;

	reader_free(w->reader);
	free(w->memory);
	free(w);
}

static int start(void *job, void **state, struct error *e)
{
	struct merge *m = job;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(e, "a worker");
	*state = w;
	w->m = m;
	w->memory = calloc(1, worker_bytes());
	if (!w->memory)
		return error_nomem(e, "a worker");
	w->pixels = w->memory;
	w->part = w->pixels + PIXEL_BYTES * TILE_PIXELS;
	w->covered = w->part + PIXEL_BYTES * TILE_PIXELS;
	for (size_t i = 0; i < KEEP_NR; i++)
		w->kept[i] = w->covered + (1 + i) * TILE_PIXELS;
	return reader_new(&w->reader, (size_t)m->workers.open_max, e);
}

/* --- a tile --- */

/* Take the window's pixels; false if another window has others in the same place. */
static bool lay(struct worker *w, struct rect tile, struct rect part, size_t size)
{
	for (int32_t y = part.y - tile.y; y < part.y - tile.y + part.h; y++) {
		for (int32_t x = part.x - tile.x; x < part.x - tile.x + part.w; x++) {
			size_t at = (size_t)y * (size_t)tile.w + (size_t)x;

			if (w->covered[at] &&
			    memcmp(w->pixels + at * size, w->part + at * size, size))
				return false;
			w->covered[at] = 1;
			memcpy(w->pixels + at * size, w->part + at * size, size);
		}
	}
	return true;
}

static int merge_layer(struct worker *w, struct rect tile, size_t k, struct error *e)
{
	const struct windows *all = &w->m->windows;
	const struct layer *layer = w->m->result.layers[k];
	size_t size = layer_type_size(layer->type);

	memset(w->covered, 0, rect_area(tile));
	for (size_t i = 0; i < all->nr; i++) {
		const struct window *n = &all->window[i];
		struct rect part = rect_intersect(n->place, tile);
		struct source s = { n->file[k], layer, &n->result->grid, n->place };

		if (rect_empty(part))
			continue;
		if (reader_read(w->reader, i * MOSAIC_LAYERS_MAX + k, &s, tile, w->part, e))
			return -1;
		if (!lay(w, tile, part, size))
			return error_set(
				e, ERROR_DATA,
				"%s: other pixels than a window that overlaps it has; make "
				"both again from the same observations",
				n->file[k]);
	}
	return 0;
}

static void keep(struct worker *w, struct rect tile, const struct layer *layer)
{
	static const char *const names[KEEP_NR] = { "water", "fraction", "filled" };

	for (size_t i = 0; i < KEEP_NR; i++)
		if (!strcmp(layer->name, names[i]))
			memcpy(w->kept[i], w->pixels, rect_area(tile));
}

static bool has_layer(const struct mosaic_result *r, const char *name)
{
	for (size_t i = 0; i < r->layers_nr; i++)
		if (!strcmp(r->layers[i]->name, name))
			return true;
	return false;
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	struct mosaic_result *r = &w->m->result;
	struct rect tile = grid_tile(&r->grid, GEOTIFF_TILE, i);

	for (size_t k = 0; k < r->layers_nr; k++) {
		if (merge_layer(w, tile, k, e) ||
		    output_encode(r->output, i, k, w->pixels, slot, e))
			return -1;
		keep(w, tile, r->layers[k]);
	}
	mosaic_result_account(r, i, tile, w->kept[KEEP_WATER],
			      has_layer(r, "fraction") ? w->kept[KEEP_FRACTION] : NULL,
			      has_layer(r, "filled") ? w->kept[KEEP_FILLED] : NULL);
	return 0;
}

static int write(void *job, size_t i, const void *slot, struct error *e)
{
	struct merge *m = job;

	if (output_append(m->result.output, i, slot, e))
		return -1;
	progress_step(&m->progress, i + 1);
	return 0;
}

/* --- the run --- */

static int check(const struct merge *m, struct error *e)
{
	const struct windows *w = &m->windows;
	const char **path = malloc(w->nr * sizeof(*path));
	struct checksums list = { path, w->nr, m->result.layers, m->result.layers_nr };
	int ret;

	if (!path)
		return error_nomem(e, "a list of files");
	for (size_t i = 0; i < w->nr; i++)
		path[i] = w->window[i].result->path;
	ret = checksums_check(m->result.context, &list, e);
	free(path);
	return ret;
}

static int make(struct merge *m, struct error *e)
{
	const struct tiles_ops ops = { start, work, write, stop };
	struct mosaic_result *r = &m->result;
	size_t n = grid_tiles(&r->grid, GEOTIFF_TILE);
	bool needed = false;

	if (mosaic_result_needed(r, &needed, e))
		return -1;
	if (!needed)
		return 0;
	if (check(m, e) || mosaic_result_open(r, e) ||
	    mosaic_result_fit(r, worker_bytes() + CODEC_BYTES, 0, &m->workers, e))
		return -1;
	progress_start(&m->progress, r->context->log, "windows", n);
	if (tiles_run(n, m->workers.threads, output_slot_size(r->output), &ops, m, e) ||
	    mosaic_result_check_seen(r, e))
		return -1;
	return mosaic_result_publish(r, e);
}

int mosaic_merge(const struct context *context, struct error *e)
{
	struct merge m = { .result = { .context = context } };
	int ret = -1;

	if (!windows_read(&m.windows, context->options, e) &&
	    !windows_result(&m.windows, context->options, &m.result, e))
		ret = make(&m, e);
	mosaic_result_release(&m.result);
	windows_release(&m.windows);
	return ret;
}
