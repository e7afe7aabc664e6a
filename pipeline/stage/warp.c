/* SPDX-License-Identifier: Apache-2.0
 *
 * warp.c - from the spool to the target grid: everything is moved once, class and reasons by
 * nearest, the rest bilinearly.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/warp_quality.h"

/* One worker: the source window of a tile, and the tile itself. */
struct warp_worker {
	struct observe *o;
	void *scratch; /* of spool_read */
	/* working grid, the tile's source rect */
	uint8_t *water, *marks, *fraction;
	uint32_t *why;
	int16_t *index;
	/* target grid, one tile; a row of coordinates */
	int32_t *x, *y;
	uint8_t *inside, *out_water, *out_fraction;
	uint32_t *out_why;
	int16_t *out_index;
	struct warp_quality *quality; /* only where the water's quality is asked for */
};

/* Pixels of the largest source rect that a tile of the target has. */
static size_t source_pixels(const struct observe *o)
{
	size_t largest = 1;

	for (size_t i = 0; i < grid_tiles(&o->target, GEOTIFF_TILE); i++) {
		struct rect tile = grid_tile(&o->target, GEOTIFF_TILE, i);
		size_t n = rect_area(mapping_source_rect(o->mapping, tile));

		largest = n > largest ? n : largest;
	}
	return largest;
}

/* Bytes of a source pixel and of a target pixel in a worker. */
enum { SOURCE_BYTES = 3 * 1 + 4 + 2, TARGET_BYTES = 2 * 1 + 4 + 2 };

size_t warp_bytes(const struct observe *o, int threads)
{
	size_t tile = (size_t)GEOTIFF_TILE * GEOTIFF_TILE;
	size_t worker = source_pixels(o) * SOURCE_BYTES + tile * TARGET_BYTES +
			spool_scratch_size(o->spool);

	worker += warp_quality_bytes(o, source_pixels(o));
	return (size_t)threads * (worker + output_worker_bytes(o->output)) +
	       quality_summary_bytes(o) + shallow_kept_bytes(o);
}

static void warp_stop(void *state)
{
	struct warp_worker *w = state;

	warp_quality_free(w->quality);
	free(w->out_index);
	free(w->out_why);
	free(w->out_fraction);
	free(w->out_water);
	free(w->inside);
	free(w->y);
	free(w->x);
	free(w->index);
	free(w->why);
	free(w->fraction);
	free(w->marks);
	free(w->water);
	free(w->scratch);
	free(w);
}

static int warp_start(void *job, void **state, struct error *e)
{
	struct observe *o = job;
	struct warp_worker *w = calloc(1, sizeof(*w));
	size_t n = source_pixels(o), tile = (size_t)GEOTIFF_TILE * GEOTIFF_TILE;
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->water = malloc(n)) != NULL;
	ok &= (w->marks = malloc(n)) != NULL;
	ok &= (w->fraction = malloc(n)) != NULL;
	ok &= (w->why = malloc(n * sizeof(uint32_t))) != NULL;
	ok &= (w->index = malloc(n * sizeof(int16_t))) != NULL;
	ok &= (w->x = malloc(GEOTIFF_TILE * sizeof(int32_t))) != NULL;
	ok &= (w->y = malloc(GEOTIFF_TILE * sizeof(int32_t))) != NULL;
	ok &= (w->inside = malloc(GEOTIFF_TILE)) != NULL;
	ok &= (w->out_water = malloc(tile)) != NULL;
	ok &= (w->out_fraction = malloc(tile)) != NULL;
	ok &= (w->out_why = malloc(tile * sizeof(uint32_t))) != NULL;
	ok &= (w->out_index = malloc(tile * sizeof(int16_t))) != NULL;
	return ok ? warp_quality_new(&w->quality, o, n, e) : error_nomem(e, "a worker's tile");
}

static int read_source(struct warp_worker *w, struct rect r, struct error *e)
{
	const struct observe *o = w->o;
	size_t class = o->shore ? PLANE_CLASS : PLANE_WATER;

	if (spool_read(o->spool, class, r, w->scratch, w->water, e) ||
	    spool_read(o->spool, PLANE_MARKS, r, w->scratch, w->marks, e) ||
	    spool_read(o->spool, PLANE_WHY, r, w->scratch, w->why, e))
		return -1;
	o->context->kernels->water_marks(rect_area(r), w->marks, w->why);
	if (o->shore)
		return spool_read(o->spool, PLANE_FRACTION, r, w->scratch, w->fraction, e);
	memset(w->fraction, FRACTION_NODATA, rect_area(r));
	return 0;
}

/* Outside the lake there is no data, and why says so. */
static void mask_row(size_t n, const uint8_t *inside, uint8_t *water, uint8_t *fraction,
		     uint32_t *why)
{
	for (size_t i = 0; i < n; i++) {
		water[i] = inside[i] ? water[i] : WATER_NODATA;
		fraction[i] = inside[i] ? fraction[i] : FRACTION_NODATA;
		why[i] = inside[i] ? why[i] : WHY_OUTSIDE;
	}
}

/* Class, fraction and reasons of the tile. */
static void warp_classes(struct warp_worker *w, struct rect tile, struct rect r)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	struct window_u8 water = { w->water, r.w, r.h, WATER_NODATA };
	struct window_u8 fraction = { w->fraction, r.w, r.h, FRACTION_NODATA };
	struct window_u32 why = { w->why, r.w, r.h, WHY_FILL };
	size_t n = (size_t)tile.w;

	for (int32_t y = 0; y < tile.h; y++) {
		size_t at = (size_t)y * n;

		mapping_row(o->mapping, tile.x, tile.y + y, tile.w, r.x, r.y, w->x, w->y);
		k->nearest_u8(n, water, w->x, w->y, w->out_water + at);
		k->nearest_u32(n, why, w->x, w->y, w->out_why + at);
		k->bilinear_u8(n, fraction, w->x, w->y, w->out_fraction + at);
		region_row(o->target_region, tile.x, tile.y + y, tile.w, w->inside);
		mask_row(n, w->inside, w->out_water + at, w->out_fraction + at, w->out_why + at);
	}
}

static void warp_index(struct warp_worker *w, struct rect tile, struct rect r)
{
	const struct observe *o = w->o;
	struct window_i16 index = { w->index, r.w, r.h, INDEX_NODATA };
	size_t n = (size_t)tile.w;

	for (int32_t y = 0; y < tile.h; y++) {
		int16_t *out = w->out_index + (size_t)y * n;

		mapping_row(o->mapping, tile.x, tile.y + y, tile.w, r.x, r.y, w->x, w->y);
		o->context->kernels->bilinear_i16(n, index, w->x, w->y, out);
		for (size_t i = 0; i < n; i++)
			if (w->out_water[(size_t)y * n + i] == WATER_NODATA)
				out[i] = INDEX_NODATA;
	}
}

/* A tile that the product does not reach. */
static void fill_empty(struct warp_worker *w, size_t n)
{
	memset(w->out_water, WATER_NODATA, n);
	memset(w->out_fraction, FRACTION_NODATA, n);
	for (size_t i = 0; i < n; i++) {
		w->out_why[i] = WHY_FILL;
		w->out_index[i] = INDEX_NODATA;
	}
}

static void count(struct warp_worker *w, size_t i, struct rect tile)
{
	uint64_t classes[256] = { 0 }, percent = 0;
	size_t n = rect_area(tile);

	for (size_t p = 0; p < n; p++) {
		classes[w->out_water[p]]++;
		percent += w->out_fraction[p] <= 100 ? w->out_fraction[p] : 0;
	}
	area_add(w->o->area, i, AREA_NOT, classes[WATER_NOT]);
	area_add(w->o->area, i, AREA_OPEN, classes[WATER_OPEN]);
	area_add(w->o->area, i, AREA_PARTIAL, classes[WATER_PARTIAL]);
	area_add(w->o->area, i, AREA_ICE, classes[WATER_ICE]);
	area_add(w->o->area, i, AREA_CLOUD, classes[WATER_CLOUD]);
	area_add(w->o->area, i, AREA_PERCENT, percent);
	footprint_add(w->o->footprint, tile, w->out_water, WATER_NODATA);
}

/* An index of the tile, by the rule of its layer. */
static int tile_index(struct warp_worker *w, const struct index_rule *rule,
		      const struct warp_tile *t, struct error *e)
{
	struct observe *o = w->o;
	size_t plane = PLANE_INDEX;

	if (rect_empty(t->source))
		return 0;
	while (o->indices[plane - PLANE_INDEX] != rule)
		plane++;
	if (spool_read(o->spool, plane, t->source, w->scratch, w->index, e))
		return -1;
	warp_index(w, t->tile, t->source);
	warp_quality_index(w->quality, t, rule, w->out_index);
	return 0;
}

/* The pixels of a layer: made here, kept from warp_classes(), or of the water's quality. */
static int layer_pixels(struct warp_worker *w, const struct layer *layer, const struct warp_tile *t,
			const void **pixels, struct error *e)
{
	const struct index_rule *rule = index_rule_find(layer->name);

	*pixels = !strcmp(layer->name, "water")	     ? (void *)w->out_water
		  : !strcmp(layer->name, "fraction") ? (void *)w->out_fraction
		  : !strcmp(layer->name, "why")	     ? (void *)w->out_why
						     : (void *)w->out_index;
	if (rule)
		return tile_index(w, rule, t, e);
	if (*pixels != w->out_index)
		return 0;
	return warp_quality_layer(w->quality, t, layer, pixels, e);
}

static int encode_layers(struct warp_worker *w, const struct warp_tile *t, void *slot,
			 struct error *e)
{
	struct observe *o = w->o;
	const void *pixels;

	for (size_t k = 0; k < o->layers_nr; k++)
		if (layer_pixels(w, o->layers[k], t, &pixels, e) ||
		    output_encode(o->output, t->i, k, pixels, slot, e))
			return -1;
	return 0;
}

static int warp_work(void *state, size_t i, void *slot, struct error *e)
{
	struct warp_worker *w = state;
	struct observe *o = w->o;
	struct rect tile = grid_tile(&o->target, GEOTIFF_TILE, i);
	struct rect lake = region_bounds(o->target_region, tile);
	struct rect r = rect_empty(lake) ? lake : mapping_source_rect(o->mapping, tile);
	struct warp_tile t = { i, tile, r, w->out_water, w->out_why };

	fill_empty(w, rect_area(tile));
	if (!rect_empty(r)) {
		if (read_source(w, r, e))
			return -1;
		warp_classes(w, tile, r);
	}
	if (w->quality && warp_quality_tile(w->quality, &t, e))
		return -1;
	count(w, i, tile);
	return encode_layers(w, &t, slot, e);
}

static int warp_write(void *job, size_t i, const void *slot, struct error *e)
{
	struct observe *o = job;

	progress_step(&o->progress, i + 1);
	return output_append(o->output, i, slot, e);
}

int warp_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { warp_start, warp_work, warp_write, warp_stop };
	size_t n = grid_tiles(&o->target, GEOTIFF_TILE);

	progress_start(&o->progress, o->context->log, "write", n);
	return tiles_run(n, o->threads, output_slot_size(o->output), &ops, o, e);
}
