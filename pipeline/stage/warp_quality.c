/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/warp_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct warp_quality {
	const struct observe *o;
	struct quality_counts *counts;
	void *scratch; /* of spool_read */
	/* working grid, the tile's source rect */
	uint8_t *bytes;
	uint16_t *codes;
	float *values;
	bool open; /* the tile has open water */
	/* target grid: a row of coordinates, one tile */
	int32_t *x, *y;
	uint8_t *inside, *flags, *plants;
	float *row, *quantity;
	size_t none; /* so many pixels of quantity are NaN, from the tile before */
	int16_t *heights;
};

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)

size_t warp_quality_bytes(const struct observe *o, size_t source_pixels)
{
	if (!observe_has_quality(o))
		return 0;
	return sizeof(struct warp_quality) + spool_scratch_size(o->spool) +
	       source_pixels * (1 + sizeof(uint16_t) + sizeof(float)) +
	       GEOTIFF_TILE * (2 * sizeof(int32_t) + 2 + sizeof(float)) +
	       TILE_PIXELS * (2 + sizeof(float) + sizeof(int16_t)) + quality_counts_bytes(o);
}

void warp_quality_free(struct warp_quality *w)
{
	if (!w)
		return;
	quality_counts_free(w->counts);
	free(w->heights);
	free(w->quantity);
	free(w->row);
	free(w->plants);
	free(w->flags);
	free(w->inside);
	free(w->y);
	free(w->x);
	free(w->values);
	free(w->codes);
	free(w->bytes);
	free(w->scratch);
	free(w);
}

static bool allocate(struct warp_quality *w, size_t source_pixels)
{
	bool ok = true;

	ok &= (w->scratch = malloc(spool_scratch_size(w->o->spool))) != NULL;
	ok &= (w->bytes = malloc(source_pixels)) != NULL;
	ok &= (w->codes = malloc(source_pixels * sizeof(uint16_t))) != NULL;
	ok &= (w->values = malloc(source_pixels * sizeof(float))) != NULL;
	ok &= (w->x = malloc(GEOTIFF_TILE * sizeof(int32_t))) != NULL;
	ok &= (w->y = malloc(GEOTIFF_TILE * sizeof(int32_t))) != NULL;
	ok &= (w->inside = malloc((size_t)2 * GEOTIFF_TILE)) != NULL;
	ok &= (w->row = malloc(GEOTIFF_TILE * sizeof(float))) != NULL;
	ok &= (w->flags = malloc(TILE_PIXELS)) != NULL;
	ok &= (w->plants = malloc(TILE_PIXELS)) != NULL;
	ok &= (w->quantity = malloc(TILE_PIXELS * sizeof(float))) != NULL;
	ok &= (w->heights = malloc(TILE_PIXELS * sizeof(int16_t))) != NULL;
	return ok;
}

int warp_quality_new(struct warp_quality **out, const struct observe *o, size_t source_pixels,
		     struct error *e)
{
	struct warp_quality *w;

	*out = NULL;
	if (!observe_has_quality(o))
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	if (!allocate(w, source_pixels) || quality_counts_new(&w->counts, o->quality.summary)) {
		warp_quality_free(w);
		return error_nomem(e, "a worker's tile");
	}
	*out = w;
	return 0;
}

/* --- flags --- */

static bool is_pure(uint8_t water, uint32_t why)
{
	return (water == WATER_OPEN) & !(why & WHY_MIXED);
}

/* Bytes of the source rect, 0 outside of it. */
static void warp_nearest(struct warp_quality *w, const struct warp_tile *t, uint8_t *out)
{
	const struct observe *o = w->o;
	struct window_u8 window = { w->bytes, t->source.w, t->source.h, 0 };

	for (int32_t y = 0; y < t->tile.h; y++) {
		mapping_row(o->mapping, t->tile.x, t->tile.y + y, t->tile.w, t->source.x,
			    t->source.y, w->x, w->y);
		o->context->kernels->nearest_u8((size_t)t->tile.w, window, w->x, w->y,
						out + (size_t)y * (size_t)t->tile.w);
	}
}

static int tile_flags(struct warp_quality *w, const struct warp_tile *t, struct error *e)
{
	const struct observe *o = w->o;
	size_t n = rect_area(t->tile);

	if (spool_read(o->spool, PLANE_QUALITY, t->source, w->scratch, w->bytes, e))
		return -1;
	warp_nearest(w, t, w->flags);
	for (size_t i = 0; i < n; i++)
		w->flags[i] = is_pure(t->out_water[i], t->out_why[i]) ? w->flags[i] : 0;
	o->context->kernels->quality_why(n, w->flags, t->out_why);
	quality_counts_flags(w->counts, t->i, w->flags);
	return 0;
}

/* --- plants --- */

/* Outside the lake itself, without the margin that is mapped around it, plants are no part of it. */
static void cut_plants(struct warp_quality *w, const struct warp_tile *t)
{
	const struct observe_quality *q = &w->o->quality;
	uint8_t *also = w->inside + GEOTIFF_TILE;

	for (int32_t y = 0; y < t->tile.h; y++) {
		uint8_t *plants = w->plants + (size_t)y * (size_t)t->tile.w;

		region_row(q->outline, t->tile.x, t->tile.y + y, t->tile.w, w->inside);
		memset(also, 0, (size_t)t->tile.w);
		if (q->reeds)
			region_row(q->reeds, t->tile.x, t->tile.y + y, t->tile.w, also);
		for (int32_t x = 0; x < t->tile.w; x++)
			plants[x] = w->inside[x] | also[x] ? plants[x] : PLANTS_NODATA;
	}
}

static int tile_plants(struct warp_quality *w, const struct warp_tile *t, struct error *e)
{
	const struct observe *o = w->o;

	if (spool_read(o->spool, PLANE_PLANTS, t->source, w->scratch, w->bytes, e))
		return -1;
	warp_nearest(w, t, w->plants);
	o->context->kernels->plants_class(rect_area(t->tile), t->out_water, w->plants);
	cut_plants(w, t);
	return 0;
}

int warp_quality_tile(struct warp_quality *w, const struct warp_tile *t, struct error *e)
{
	size_t n = rect_area(t->tile);

	memset(w->flags, 0, n);
	memset(w->plants, PLANTS_NODATA, n);
	w->open = !rect_empty(t->source) && memchr(t->out_water, WATER_OPEN, n);
	if (w->open || w->o->quality.plants)
		quality_counts_tile(w->counts, t->tile);
	if (rect_empty(t->source))
		return 0;
	if (w->open && (w->o->quality.colour || w->o->quality.thermal) && tile_flags(w, t, e))
		return -1;
	return w->o->quality.plants ? tile_plants(w, t, e) : 0;
}

/* --- quantities --- */

/* Values of the source rect; NaN where there is no code. */
static void decode(struct warp_quality *w, const struct warp_tile *t,
		   const struct quantity_rule *rule)
{
	const struct kernels *k = w->o->context->kernels;
	size_t n = rect_area(t->source);

	if (rule->code == QUANTITY_KELVIN)
		k->linear_unpack(n, w->codes, QUANTITY_KELVIN_STEP, 0.0f, w->values);
	else
		k->quantity_unpack(n, w->codes, w->values);
}

/* The first pixel and the one past the last that may have a value in row y of the tile. */
static void open_span(const struct warp_tile *t, int32_t y, int32_t *from, int32_t *past)
{
	const uint8_t *water = t->out_water + (size_t)y * (size_t)t->tile.w;

	*from = 0;
	*past = t->tile.w;
	while (*from < *past && water[*from] != WATER_OPEN)
		++*from;
	while (*past > *from && water[*past - 1] != WATER_OPEN)
		--*past;
}

static void fill_nan(float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = NAN;
}

/* A row of the tile in the layer's unit, NaN where it is not open water alone. */
static void warp_row(struct warp_quality *w, const struct warp_tile *t,
		     const struct quantity_rule *rule, int32_t y)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	struct window_f32 window = { w->values, t->source.w, t->source.h };
	float zero = rule->code == QUANTITY_KELVIN ? QUANTITY_CELSIUS : 0.0f;
	float *out = w->quantity + (size_t)y * (size_t)t->tile.w;
	int32_t from, past;

	open_span(t, y, &from, &past);
	fill_nan(out, (size_t)from);
	fill_nan(out + past, (size_t)(t->tile.w - past));

	size_t n = (size_t)(past - from), at = (size_t)y * (size_t)t->tile.w + (size_t)from;

	if (!n)
		return;
	mapping_row(o->mapping, t->tile.x + from, t->tile.y + y, past - from, t->source.x,
		    t->source.y, w->x, w->y);
	k->bilinear_f32(n, window, w->x, w->y, w->row);
	for (size_t i = 0; i < n; i++)
		w->row[i] =
			is_pure(t->out_water[at + i], t->out_why[at + i]) ? w->row[i] - zero : NAN;
	k->mantissa(n, w->row, out + from);
}

static int tile_quantity(struct warp_quality *w, const struct warp_tile *t, size_t which,
			 struct error *e)
{
	const struct quantity_rule *rule = w->o->quality.rules[which];
	size_t n = rect_area(t->tile);

	if (!w->open) {
		if (n > w->none)
			fill_nan(w->quantity, n);
		w->none = n > w->none ? n : w->none;
		return 0;
	}
	w->none = 0;
	if (spool_read(w->o->spool, PLANE_QUANTITY + which, t->source, w->scratch, w->codes, e))
		return -1;
	decode(w, t, rule);
	for (int32_t y = 0; y < t->tile.h; y++)
		warp_row(w, t, rule, y);
	quality_counts_quantity(w->counts, t->i, which, w->quantity);
	return 0;
}

int warp_quality_layer(struct warp_quality *w, const struct warp_tile *t, const struct layer *layer,
		       const void **pixels, struct error *e)
{
	*pixels = NULL;
	if (!strcmp(layer->name, "quality"))
		*pixels = w->flags;
	if (!strcmp(layer->name, "vegetation")) {
		quality_counts_plants(w->counts, t->i, w->plants);
		*pixels = w->plants;
	}
	for (size_t i = 0; i < w->o->quality.rules_nr; i++)
		if (!strcmp(layer->name, w->o->quality.rules[i]->layer)) {
			*pixels = w->quantity;
			return tile_quantity(w, t, i, e);
		}
	return 0;
}

void warp_quality_index(struct warp_quality *w, const struct warp_tile *t,
			const struct index_rule *rule, const int16_t *index)
{
	size_t which = 0, n = rect_area(t->tile);

	while (w && which < w->o->quality.heights_nr && w->o->quality.heights[which] != rule)
		which++;
	if (!w || which == w->o->quality.heights_nr || !w->open)
		return;
	for (size_t i = 0; i < n; i++)
		w->heights[i] = is_pure(t->out_water[i], t->out_why[i]) ? index[i] : INDEX_NODATA;
	quality_counts_height(w->counts, t->i, which, w->heights);
}
