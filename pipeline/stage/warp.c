/* SPDX-License-Identifier: Apache-2.0
 *
 * warp.c - from the spool to the target grid: everything is moved once, class and reasons by
 * nearest, the rest bilinearly.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/uniform.h"
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
	size_t empty;		      /* so many pixels of out_ are those of an empty tile */
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

	if (spool_read(o->spool, class, r, w->scratch, w->water, e))
		return -1;
	if (o->reasons) {
		if (spool_read(o->spool, PLANE_MARKS, r, w->scratch, w->marks, e) ||
		    spool_read(o->spool, PLANE_WHY, r, w->scratch, w->why, e))
			return -1;
		o->context->kernels->water_marks(rect_area(r), w->marks, w->why);
	}
	if (o->shore)
		return spool_read(o->spool, PLANE_FRACTION, r, w->scratch, w->fraction, e);
	memset(w->fraction, FRACTION_NODATA, rect_area(r));
	return 0;
}

/* Outside the lake there is no data, and why says so. */
static void mask_row(struct warp_worker *w, size_t at, size_t n)
{
	uint8_t *water = w->out_water + at, *fraction = w->out_fraction + at;
	uint32_t *why = w->out_why + at;

	if (is_uniform(w->inside, n, 1) && w->inside[0])
		return;
	for (size_t i = 0; i < n; i++) {
		water[i] = w->inside[i] ? water[i] : WATER_NODATA;
		fraction[i] = w->inside[i] ? fraction[i] : FRACTION_NODATA;
	}
	for (size_t i = 0; w->o->reasons && i < n; i++)
		why[i] = w->inside[i] ? why[i] : WHY_OUTSIDE;
}

/*
 * All source pixels that n coordinates may touch, by nearest or bilinearly; false if some lie outside of the
 * window.
 */
static bool touched(size_t n, const int32_t *x, const int32_t *y, struct rect window,
		    struct rect *touched)
{
	int32_t x0 = x[0], x1 = x[0], y0 = y[0], y1 = y[0];

	for (size_t i = 1; i < n; i++) {
		x0 = x[i] < x0 ? x[i] : x0;
		x1 = x[i] > x1 ? x[i] : x1;
		y0 = y[i] < y0 ? y[i] : y0;
		y1 = y[i] > y1 ? y[i] : y1;
	}
	if (x0 < 0 || y0 < 0)
		return false;
	*touched = (struct rect){ x0 >> 16, y0 >> 16, (x1 >> 16) - (x0 >> 16) + 2,
				  (y1 >> 16) - (y0 >> 16) + 2 };
	return touched->x + touched->w <= window.w && touched->y + touched->h <= window.h;
}

/* Are all pixels of a part of a plane the same? */
static bool part_is_uniform(const void *plane, size_t pixel_size, int32_t width, struct rect part)
{
	const unsigned char *first = (const unsigned char *)plane +
				     ((size_t)part.y * (size_t)width + (size_t)part.x) * pixel_size;
	size_t row = (size_t)width * pixel_size, bytes = (size_t)part.w * pixel_size;

	if (!is_uniform(first, (size_t)part.w, pixel_size))
		return false;
	for (int32_t y = 1; y < part.h; y++)
		if (memcmp(first, first + (size_t)y * row, bytes) != 0)
			return false;
	return true;
}

/* n <= MAPPING_STEP pixels of the tile, from `at`, whose coordinates stand in the worker's row. */
static void warp_segment(struct warp_worker *w, struct rect r, size_t n, size_t at)
{
	const struct kernels *k = w->o->context->kernels;
	struct window_u8 water = { w->water, r.w, r.h, WATER_NODATA };
	struct window_u8 fraction = { w->fraction, r.w, r.h, FRACTION_NODATA };
	struct window_u32 why = { w->why, r.w, r.h, WHY_FILL };
	const int32_t *x = w->x, *y = w->y;
	struct rect part;
	bool whole = touched(n, x, y, r, &part);
	size_t first = whole ? (size_t)part.y * (size_t)r.w + (size_t)part.x : 0;

	if (whole && part_is_uniform(w->water, 1, r.w, part))
		memset(w->out_water + at, w->water[first], n);
	else
		k->nearest_u8(n, water, x, y, w->out_water + at);
	if (whole && part_is_uniform(w->fraction, 1, r.w, part))
		memset(w->out_fraction + at, w->fraction[first], n);
	else
		k->bilinear_u8(n, fraction, x, y, w->out_fraction + at);
	if (!w->o->reasons)
		return;
	if (whole && part_is_uniform(w->why, sizeof(uint32_t), r.w, part))
		for (size_t i = 0; i < n; i++)
			w->out_why[at + i] = w->why[first];
	else
		k->nearest_u32(n, why, x, y, w->out_why + at);
}

/* Where a pixel of the target lies in the tile. */
static size_t in_tile(struct rect tile, int32_t x, int32_t y)
{
	return (size_t)(y - tile.y) * (size_t)tile.w + (size_t)(x - tile.x);
}

/* Most of a lake is one and the same: if all that a cell is made of is, so is the cell, and nothing need be gathered. */
static bool fill_cell(struct warp_worker *w, struct rect tile, struct rect r, struct rect cell)
{
	size_t n = (size_t)cell.w, first;
	struct rect part;

	if (!mapping_taps(w->o->mapping, cell, &part))
		return false;
	part.x -= r.x;
	part.y -= r.y;
	if (!part_is_uniform(w->water, 1, r.w, part) ||
	    !part_is_uniform(w->fraction, 1, r.w, part) ||
	    (w->o->reasons && !part_is_uniform(w->why, sizeof(*w->why), r.w, part)))
		return false;
	first = (size_t)part.y * (size_t)r.w + (size_t)part.x;
	for (int32_t y = cell.y; y < cell.y + cell.h; y++) {
		size_t at = in_tile(tile, cell.x, y);

		memset(w->out_water + at, w->water[first], n);
		memset(w->out_fraction + at, w->fraction[first], n);
		for (size_t i = 0; w->o->reasons && i < n; i++)
			w->out_why[at + i] = w->why[first];
	}
	return true;
}

/* A cell of the mapping, or what of it lies in the tile. */
static void warp_cell(struct warp_worker *w, struct rect tile, struct rect r, struct rect cell)
{
	if (fill_cell(w, tile, r, cell))
		return;
	for (int32_t y = cell.y; y < cell.y + cell.h; y++) {
		mapping_row(w->o->mapping, cell.x, y, cell.w, r.x, r.y, w->x, w->y);
		warp_segment(w, r, (size_t)cell.w, in_tile(tile, cell.x, y));
	}
}

/* Class, fraction and reasons of the tile. */
static void warp_classes(struct warp_worker *w, struct rect tile, struct rect r)
{
	for (int32_t y = 0; y < tile.h; y += MAPPING_STEP)
		for (int32_t x = 0; x < tile.w; x += MAPPING_STEP) {
			struct rect cell = { tile.x + x, tile.y + y, MAPPING_STEP, MAPPING_STEP };

			warp_cell(w, tile, r, rect_intersect(cell, tile));
		}
	for (int32_t y = 0; y < tile.h; y++) {
		region_row(w->o->target_region, tile.x, tile.y + y, tile.w, w->inside);
		mask_row(w, (size_t)y * (size_t)tile.w, (size_t)tile.w);
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

/* A tile that the product does not reach, or the lake: most of a lake's grid. */
static void fill_empty(struct warp_worker *w, size_t n)
{
	if (n <= w->empty)
		return;
	memset(w->out_water, WATER_NODATA, n);
	memset(w->out_fraction, FRACTION_NODATA, n);
	for (size_t i = 0; w->o->reasons && i < n; i++)
		w->out_why[i] = WHY_FILL;
	for (size_t i = 0; w->o->indices_nr && i < n; i++)
		w->out_index[i] = INDEX_NODATA;
	w->empty = n;
}

static void count(struct warp_worker *w, size_t i, struct rect tile)
{
	static const struct {
		enum observe_area counter;
		uint8_t class;
	} counted[] = { { AREA_NOT, WATER_NOT },
			{ AREA_OPEN, WATER_OPEN },
			{ AREA_PARTIAL, WATER_PARTIAL },
			{ AREA_ICE, WATER_ICE },
			{ AREA_CLOUD, WATER_CLOUD } };
	size_t n = rect_area(tile);
	uint64_t percent = 0;

	/* A pass a class: compilers make vectors of that, and not of a histogram. */
	for (size_t k = 0; k < sizeof(counted) / sizeof(counted[0]); k++) {
		uint32_t pixels = 0;

		for (size_t p = 0; p < n; p++)
			pixels += w->out_water[p] == counted[k].class;
		area_add(w->o->area, i, counted[k].counter, pixels);
	}
	for (size_t p = 0; p < n; p++)
		percent += w->out_fraction[p] <= 100 ? w->out_fraction[p] : 0;
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

	if (rect_empty(r)) {
		fill_empty(w, rect_area(tile));
	} else {
		w->empty = 0;
		if (read_source(w, r, e))
			return -1;
		warp_classes(w, tile, r);
		count(w, i, tile);
	}
	if (w->quality && warp_quality_tile(w->quality, &t, e))
		return -1;
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
