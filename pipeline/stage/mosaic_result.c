/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_result.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/classes.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/item.h"
#include "pipeline/space/polygon.h"
#include "pipeline/stage/mosaic_looks.h"
#include "pipeline/stage/mosaic_read.h"

#define PERCENT_FULL 100
/* Libraries, and what does not grow with threads: measured below this. */
#define FIXED_BYTES ((size_t)64 << 20)
/* Of a tile: where it lies in each file, its areas, the zones of its nodes. */
#define TILE_BYTES 512
/* Files that a worker keeps open, and what is left to the rest of the program. */
#define OPEN_MAX   64
#define OPEN_SPARE 64

/* Counters of area; from COUNT_FILLED on one for each mosaic that gaps are filled from. */
enum {
	COUNT_NOT,
	COUNT_OPEN,
	COUNT_PARTIAL,
	COUNT_NODATA,
	COUNT_PERCENT, /* sum of the fractions */
	COUNT_FILLED,
};

static size_t fills_of(const struct mosaic_result *r)
{
	return json_array_size(json_object_get(r->options, "fill"));
}

json_t *grid_json(const struct grid *g)
{
	return json_pack("{s:s, s:[ffffff], s:[ii]}", "crs", g->crs.def, "transform", g->dx, 0.0,
			 g->x0, 0.0, -g->dy, g->y0, "shape", (int)g->height, (int)g->width);
}

/* --- before --- */

/* mosaic[_LAKE]_FROM_TO, days of UTC. */
static void set_id(struct mosaic_result *r)
{
	char from[UTC_TEXT], to[UTC_TEXT], lake[64];

	utc_format(r->time, from);
	utc_format(r->time_end, to);
	snprintf(lake, sizeof(lake), "%.63s", r->lake);
	for (char *c = lake; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-')
			*c = '-';
	snprintf(r->id, sizeof(r->id), "mosaic%s%s_%.4s%.2s%.2s_%.4s%.2s%.2s", lake[0] ? "_" : "",
		 lake, from, from + 5, from + 8, to, to + 5, to + 8);
}

int mosaic_result_needed(struct mosaic_result *r, bool *needed, struct error *e)
{
	const char *target = r->context->options->output;

	set_id(r);
	if (json_object_set_new(r->options, "grid", grid_json(&r->grid)))
		return error_nomem(e, "item.json");
	if (item_unit(r->inputs, r->options, r->unit, e))
		return -1;
	return output_needed(r->context, target, r->unit, needed, e);
}

int mosaic_result_open(struct mosaic_result *r, struct error *e)
{
	char from[UTC_TEXT], to[UTC_TEXT];
	const struct geotiff_item items[] = { { "PERIOD_FROM", from }, { "PERIOD_TO", to } };
	const struct output_spec spec = {
		.context = r->context,
		.target = r->context->options->output,
		.unit = r->unit,
		.grid = r->grid,
		.layers = r->layers,
		.layers_nr = r->layers_nr,
		.items = items,
		.items_nr = 2,
	};

	utc_format(r->time, from);
	utc_format(r->time_end, to);
	if (output_open(&r->output, &spec, e) ||
	    area_new(&r->area, &r->grid, COUNT_FILLED + fills_of(r), e))
		return -1;
	return footprint_new(&r->footprint, &r->grid, e);
}

/* --- meanwhile --- */

static int files_per_worker(int threads)
{
	long most = sysconf(_SC_OPEN_MAX), each;

	if (most < 0)
		return OPEN_MAX;
	each = (most - OPEN_SPARE) / threads;
	if (each < 2)
		return 2;
	return each < OPEN_MAX ? (int)each : OPEN_MAX;
}

int mosaic_result_fit(const struct mosaic_result *r, size_t worker_bytes, size_t fixed_bytes,
		      struct mosaic_workers *workers, struct error *e)
{
	const struct options *o = r->context->options;
	size_t tiles = grid_tiles(&r->grid, GEOTIFF_TILE), needed, worker;
	int threads = o->threads + 1;

	fixed_bytes += FIXED_BYTES + tiles * TILE_BYTES;
	do {
		threads--;
		worker = worker_bytes + output_worker_bytes(r->output) +
			 (size_t)files_per_worker(threads) * reader_open_bytes(tiles);
		needed = fixed_bytes + (size_t)threads * worker;
	} while (threads > 1 && needed > o->memory);
	if (needed > o->memory)
		return error_set(e, ERROR_CONFIG,
				 "a mosaic of %zu observations needs --memory %zuM at least",
				 json_array_size(r->inputs), (needed >> 20) + 1);
	*workers = (struct mosaic_workers){ threads, files_per_worker(threads) };
	log_event(r->context->log, LOG_INFO, CODE_STAGE_START,
		  "mosaic of %zu observations, %d x %d pixels: %d thread(s), up to %zu MiB",
		  json_array_size(r->inputs), r->grid.width, r->grid.height, threads, needed >> 20);
	return 0;
}

void mosaic_result_account(struct mosaic_result *r, size_t i, struct rect rect,
			   const uint8_t *water, const uint8_t *fraction, const uint8_t *filled)
{
	uint64_t class[256] = { 0 }, from[256] = { 0 }, percent = 0;
	size_t n = rect_area(rect);

	for (size_t k = 0; k < n; k++) {
		class[water[k]]++;
		percent += fraction && fraction[k] <= PERCENT_FULL ? fraction[k] : 0;
	}
	for (size_t k = 0; filled && k < n; k++)
		from[filled[k]]++;
	area_add(r->area, i, COUNT_NOT, class[WATER_NOT]);
	area_add(r->area, i, COUNT_OPEN, class[WATER_OPEN]);
	area_add(r->area, i, COUNT_PARTIAL, class[WATER_PARTIAL]);
	area_add(r->area, i, COUNT_NODATA, class[WATER_NODATA]);
	area_add(r->area, i, COUNT_PERCENT, percent);
	for (size_t k = 0; filled && k < fills_of(r); k++)
		area_add(r->area, i, COUNT_FILLED + k, from[k + 1]);
	footprint_add(r->footprint, rect, water, WATER_NODATA);
}

/* Pixels that a look saw: not those that are filled. */
static uint64_t pixels_seen(const struct mosaic_result *r)
{
	uint64_t seen = (uint64_t)r->grid.width * (uint64_t)r->grid.height;

	seen -= area_pixels(r->area, COUNT_NODATA);
	for (size_t k = 0; k < fills_of(r); k++)
		seen -= area_pixels(r->area, COUNT_FILLED + k);
	return seen;
}

int mosaic_result_check_seen(const struct mosaic_result *r, struct error *e)
{
	if (pixels_seen(r))
		return 0;
	if (!has_extent(r->context->options))
		return error_set(e, ERROR_NOINPUT,
				 "none of the %zu observations sees any pixel: all is cloud, ice "
				 "or no data",
				 json_array_size(r->inputs));
	log_event(r->context->log, LOG_WARNING, CODE_WARNING_WINDOW,
		  "no observation sees any pixel of this window");
	return 0;
}

/* --- item.json --- */

static bool has_layer(const struct mosaic_result *r, const char *name)
{
	for (size_t i = 0; i < r->layers_nr; i++)
		if (!strcmp(r->layers[i]->name, name))
			return true;
	return false;
}

static void put_areas(const struct mosaic_result *r, json_t *properties)
{
	static const char *const names[] = {
		[COUNT_NOT] = "not_water",
		[COUNT_OPEN] = "open_water",
		[COUNT_PARTIAL] = "partial_water",
		[COUNT_NODATA] = "no_data",
	};
	json_t *pixels = json_object(), *km2 = json_object();

	for (size_t i = 0; i < COUNT_PERCENT; i++) {
		json_object_set_new(pixels, names[i],
				    json_integer((json_int_t)area_pixels(r->area, i)));
		json_object_set_new(km2, names[i], json_real(area_round(area_km2(r->area, i))));
	}
	/* What is not in the pixels of a window cannot be merged: only what is. */
	if (has_layer(r, "fraction"))
		json_object_set_new(
			km2, "water_by_fraction",
			json_real(area_round(area_km2(r->area, COUNT_PERCENT) / PERCENT_FULL)));
	json_object_set_new(properties, "balkhash:pixels", pixels);
	json_object_set_new(properties, "balkhash:area_km2", km2);
}

/* What gaps were filled from, and how much of it was. */
static void put_fills(const struct mosaic_result *r, json_t *properties)
{
	const json_t *fills = json_object_get(r->options, "fill");
	json_t *list = json_array();

	for (size_t k = 0; k < fills_of(r); k++) {
		json_t *one = json_copy(json_array_get(fills, k));

		json_object_set_new(
			one, "pixels",
			json_integer((json_int_t)area_pixels(r->area, COUNT_FILLED + k)));
		json_object_set_new(one, "km2",
				    json_real(area_round(area_km2(r->area, COUNT_FILLED + k))));
		json_array_append_new(list, one);
	}
	json_object_set_new(properties, "balkhash:filled", list);
}

/* Share of the grid's pixels that were seen at least once. */
static double coverage_percent(const struct mosaic_result *r)
{
	double all = (double)r->grid.width * (double)r->grid.height;

	return area_round(100.0 * (double)pixels_seen(r) / all);
}

static json_t *properties_json(const struct mosaic_result *r)
{
	json_t *p = json_object();

	json_object_set_new(p, "balkhash:unit", json_string(r->unit));
	json_object_set_new(p, "balkhash:lake", json_string(r->lake));
	json_object_set_new(p, "balkhash:lake_grid", grid_json(&r->full));
	json_object_set_new(p, "balkhash:observations",
			    json_integer((json_int_t)json_array_size(r->inputs)));
	json_object_set_new(p, "balkhash:coverage_percent", json_real(coverage_percent(r)));
	put_areas(r, p);
	if (fills_of(r))
		put_fills(r, p);
	if (r->quantities)
		json_object_set(p, "balkhash:quantities", r->quantities);
	json_object_set(p, "balkhash:options", r->options);
	json_object_set(p, "balkhash:inputs", r->inputs);
	return p;
}

/* Ids of the looks, then of what gaps were filled from; they live in the JSON. */
static const char **ids_of(const struct mosaic_result *r, size_t *nr)
{
	const json_t *lists[2] = { r->inputs, json_object_get(r->options, "fill") };
	const char **ids = malloc((json_array_size(lists[0]) + fills_of(r) + 1) * sizeof(*ids));

	*nr = 0;
	for (size_t k = 0; ids && k < 2; k++)
		for (size_t i = 0; i < json_array_size(lists[k]); i++)
			ids[(*nr)++] = json_string_value(
				json_object_get(json_array_get(lists[k], i), "id"));
	return ids;
}

static int publish(struct mosaic_result *r, struct error *e)
{
	struct polygon footprint = { 0 };
	size_t ids_nr;
	const char **ids = ids_of(r, &ids_nr);
	struct item item = { .kind = "mosaic",
			     .id = r->id,
			     .time = r->time,
			     .time_end = r->time_end,
			     .footprint = &footprint,
			     .properties = properties_json(r),
			     .derived_from = ids,
			     .derived_from_nr = ids_nr };
	int ret = -1;

	if (!ids || !item.properties)
		error_nomem(e, "item.json");
	else if (!footprint_polygon(r->footprint, &footprint, e))
		ret = output_publish(r->output, &item, e);
	polygon_release(&footprint);
	json_decref(item.properties);
	free(ids);
	return ret;
}

/* --- after --- */

int mosaic_result_publish(struct mosaic_result *r, struct error *e)
{
	const struct output_picture picture = { 0, NULL };

	return output_finish(r->output, r->quicklook ? &picture : NULL, e) ? -1 : publish(r, e);
}

void mosaic_result_release(struct mosaic_result *r)
{
	footprint_free(r->footprint);
	area_free(r->area);
	output_free(r->output);
	json_decref(r->inputs);
	json_decref(r->options);
	json_decref(r->quantities);
	*r = (struct mosaic_result){ 0 };
}
