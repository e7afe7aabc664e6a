/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/utc.h"
#include "pipeline/io/item.h"
#include "pipeline/space/polygon.h"
#include "pipeline/stage/stages.h"

/* Libraries, and what does not grow with threads: measured below this. */
#define FIXED_BYTES ((size_t)64 << 20)
/* Facts of one look. */
#define LOOK_BYTES 2048
/* Of a tile: where it lies in each file, its areas, the zones of its nodes. */
#define TILE_BYTES 512
/* Files that a worker keeps open, and what is left to the rest of the program. */
#define OPEN_MAX   64
#define OPEN_SPARE 64

static const char *const layer_names[MOSAIC_LAYERS] = {
	[MOSAIC_WATER] = "water",
	[MOSAIC_FREQUENCY] = "frequency",
	[MOSAIC_FRACTION] = "fraction",
	[MOSAIC_OBSERVED] = "observed",
	[MOSAIC_WET] = "wet",
	[MOSAIC_PARTIAL] = "partial",
	[MOSAIC_SOURCE] = "source",
	[MOSAIC_LOW] = "frequency_low",
	[MOSAIC_HIGH] = "frequency_high",
	[MOSAIC_OCCURRENCE] = "occurrence",
	[MOSAIC_MONTHS] = "months",
	[MOSAIC_SEASONALITY] = "seasonality",
};

static const char *const rule_names[] = {
	[RULE_FREQUENCY] = "frequency",
	[RULE_MEDIAN] = "median",
	[RULE_LATEST] = "latest",
};

/* What the command line asks for. */
struct wanted {
	bool has_period, quicklook;
	int64_t from, to;
	const struct layer *layers[MOSAIC_LAYERS];
	size_t layers_nr;
};

/* --- the command line --- */

static int read_period(struct wanted *w, const char *period, struct error *e)
{
	char from[UTC_TEXT];
	const char *slash = period ? strchr(period, '/') : NULL;

	w->from = INT64_MIN;
	w->to = INT64_MAX;
	if (!period)
		return 0;
	w->has_period = true;
	if (slash && (size_t)(slash - period) < sizeof(from)) {
		snprintf(from, sizeof(from), "%.*s", (int)(slash - period), period);
		if (!utc_parse(from, &w->from) && !utc_parse(slash + 1, &w->to) && w->from < w->to)
			return 0;
	}
	return error_set(e, ERROR_USAGE, "--period %s: give FROM/TO, UTC dates, FROM before TO",
			 period);
}

static int want_layer(struct mosaic *m, struct wanted *w, const char *name, struct error *e)
{
	if (!strcmp(name, "quicklook")) {
		w->quicklook = true;
		return 0;
	}
	for (size_t k = 0; k < MOSAIC_LAYERS; k++) {
		if (strcmp(layer_names[k], name) != 0)
			continue;
		if (m->place[k] < 0) {
			m->place[k] = (int)w->layers_nr;
			w->layers[w->layers_nr++] = layer_find(name);
		}
		return 0;
	}
	return error_set(e, ERROR_USAGE, "--layers: there is no layer \"%s\" of a mosaic", name);
}

/* Water is always made, and first: everything else refers to it. */
static int want_layers(struct mosaic *m, struct wanted *w, const char *list, struct error *e)
{
	char *copy, *rest, *name;
	int ret = 0;

	for (size_t k = 0; k < MOSAIC_LAYERS; k++)
		m->place[k] = -1;
	ret = want_layer(m, w, "water", e);
	if (!list) {
		w->quicklook = true;
		for (size_t k = 0; k < MOSAIC_DEFAULTS && !ret; k++)
			ret = want_layer(m, w, layer_names[k], e);
		return ret;
	}
	copy = rest = strdup(list);
	if (!copy)
		return error_nomem(e, "the list of layers");
	while (!ret && (name = strsep(&rest, ",")))
		ret = want_layer(m, w, name, e);
	free(copy);
	return ret;
}

static int read_options(struct mosaic *m, struct wanted *w, struct error *e)
{
	const struct options *o = m->context->options;

	if (!o->output)
		return error_set(e, ERROR_USAGE,
				 "mosaic: name the folder of the result with -o DIR");
	while (o->rule && strcmp(o->rule, rule_names[m->rule]) != 0)
		if (++m->rule == sizeof(rule_names) / sizeof(rule_names[0]))
			return error_set(e, ERROR_USAGE, "--rule %s: there is no such rule",
					 o->rule);
	if (read_period(w, o->period, e))
		return -1;
	return want_layers(m, w, o->layers, e);
}

/* --- what it is made of --- */

static json_t *grid_json(const struct grid *g)
{
	return json_pack("{s:s, s:[ffffff], s:[ii]}", "crs", g->crs.def, "transform", g->dx, 0.0,
			 g->x0, 0.0, -g->dy, g->y0, "shape", (int)g->height, (int)g->width);
}

static json_t *inputs_json(const struct looks *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->nr; i++) {
		char time[UTC_TEXT];

		utc_format(l->look[i].time, time);
		if (json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", l->look[i].id,
							  "unit", l->look[i].unit, "time", time))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* What changes pixels, and the period, which changes what is said of them. */
static json_t *options_json(const struct mosaic *m, const struct wanted *w)
{
	char layers[200] = "", from[UTC_TEXT] = "", to[UTC_TEXT] = "";
	json_t *period = json_null();

	for (size_t i = 0, at = 0; i < w->layers_nr && at < sizeof(layers); i++)
		at += (size_t)snprintf(layers + at, sizeof(layers) - at, "%s%s", i ? "," : "",
				       w->layers[i]->name);
	if (w->has_period) {
		utc_format(w->from, from);
		utc_format(w->to, to);
		period = json_pack("[s, s]", from, to);
	}
	return json_pack("{s:s, s:o, s:s, s:b, s:o}", "rule", rule_names[m->rule], "period", period,
			 "layers", layers, "quicklook", w->quicklook, "grid", grid_json(&m->grid));
}

/* The lake of all looks, or "". */
static const char *lake_of(const struct looks *l)
{
	for (size_t i = 1; i < l->nr; i++)
		if (strcmp(l->look[i].lake, l->look[0].lake) != 0)
			return "";
	return l->look[0].lake;
}

/* From the first look, included, to just after the last, unless a period is given. */
static void times_of(const struct looks *l, const struct wanted *w, struct item *item)
{
	item->time = w->from;
	item->time_end = w->to;
	if (w->has_period)
		return;
	item->time = l->look[l->by_rank[1]].time;
	item->time_end = l->look[l->by_rank[l->nr]].time + 1;
}

/* mosaic[_LAKE]_FROM_TO, days of UTC. */
static void mosaic_id(const struct looks *l, const struct item *item, char *id, size_t size)
{
	char from[UTC_TEXT], to[UTC_TEXT], lake[64];

	utc_format(item->time, from);
	utc_format(item->time_end, to);
	snprintf(lake, sizeof(lake), "%.63s", lake_of(l));
	for (char *c = lake; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-')
			*c = '-';
	snprintf(id, size, "mosaic%s%s_%.4s%.2s%.2s_%.4s%.2s%.2s", lake[0] ? "_" : "", lake, from,
		 from + 5, from + 8, to, to + 5, to + 8);
}

static json_t *areas_json(const struct mosaic *m, json_t **pixels)
{
	static const char *const names[] = {
		[MOSAIC_AREA_NOT] = "not_water",
		[MOSAIC_AREA_OPEN] = "open_water",
		[MOSAIC_AREA_PARTIAL] = "partial_water",
		[MOSAIC_AREA_NODATA] = "no_data",
	};
	json_t *km2 = json_object();

	*pixels = json_object();
	for (size_t i = 0; i < MOSAIC_AREA_PERCENT; i++) {
		json_object_set_new(*pixels, names[i],
				    json_integer((json_int_t)area_pixels(m->area, i)));
		json_object_set_new(km2, names[i], json_real(area_round(area_km2(m->area, i))));
	}
	json_object_set_new(km2, "water_by_fraction",
			    json_real(area_round(area_km2(m->area, MOSAIC_AREA_PERCENT) / 100)));
	return km2;
}

/* Share of the grid's pixels that were seen at least once. */
static double coverage_percent(const struct mosaic *m)
{
	uint64_t all = (uint64_t)m->grid.width * (uint64_t)m->grid.height;
	uint64_t unseen = area_pixels(m->area, MOSAIC_AREA_NODATA);

	return area_round(100.0 * (double)(all - unseen) / (double)all);
}

static json_t *properties_json(const struct mosaic *m, const char *unit, json_t *inputs,
			       json_t *options)
{
	json_t *pixels, *km2 = areas_json(m, &pixels);

	return json_pack("{s:s, s:s, s:o, s:i, s:f, s:o, s:o, s:O, s:O}", "balkhash:unit", unit,
			 "balkhash:lake", lake_of(m->looks), "balkhash:lake_grid",
			 grid_json(&m->grid), "balkhash:observations", (int)m->looks->nr,
			 "balkhash:coverage_percent", coverage_percent(m), "balkhash:pixels",
			 pixels, "balkhash:area_km2", km2, "balkhash:options", options,
			 "balkhash:inputs", inputs);
}

/* --- the run --- */

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

static size_t bytes_needed(const struct mosaic *m, int threads)
{
	size_t tiles = grid_tiles(&m->grid, GEOTIFF_TILE);
	size_t worker = mosaic_worker_bytes(m) + output_worker_bytes(m->output) +
			(size_t)files_per_worker(threads) * mosaic_open_bytes(tiles);

	return FIXED_BYTES + (size_t)threads * worker + m->looks->nr * LOOK_BYTES +
	       tiles * TILE_BYTES;
}

/* As many of the threads asked for as the memory allows; results do not depend on it. */
static int fit_memory(struct mosaic *m, struct error *e)
{
	const struct options *o = m->context->options;

	m->threads = o->threads;
	while (m->threads > 1 && bytes_needed(m, m->threads) > o->memory)
		m->threads--;
	if (bytes_needed(m, m->threads) > o->memory)
		return error_set(e, ERROR_CONFIG,
				 "a mosaic of %zu observations needs --memory %zuM "
				 "at least",
				 m->looks->nr, (bytes_needed(m, 1) >> 20) + 1);
	m->open_max = files_per_worker(m->threads);
	log_say(m->context->log, LOG_INFO,
		"mosaic of %zu observations, %d x %d pixels: %d thread(s), up to %zu MiB",
		m->looks->nr, m->grid.width, m->grid.height, m->threads,
		bytes_needed(m, m->threads) >> 20);
	return 0;
}

static bool has_pairs(const struct looks *l)
{
	return l->groups_nr < l->nr;
}

static int open_output(struct mosaic *m, const struct wanted *w, const struct item *item,
		       const char *unit, struct error *e)
{
	char from[UTC_TEXT], to[UTC_TEXT];
	const struct geotiff_item items[] = { { "PERIOD_FROM", from }, { "PERIOD_TO", to } };
	const struct output_spec spec = {
		.context = m->context,
		.target = m->context->options->output,
		.unit = unit,
		.grid = m->grid,
		.layers = w->layers,
		.layers_nr = w->layers_nr,
		.items = items,
		.items_nr = 2,
	};

	utc_format(item->time, from);
	utc_format(item->time_end, to);
	if (output_open(&m->output, &spec, e) || fit_memory(m, e) ||
	    area_new(&m->area, &m->grid, MOSAIC_AREA_NR, e) ||
	    footprint_new(&m->footprint, &m->grid, e))
		return -1;
	return has_pairs(m->looks) ? zones_new(&m->zones, &m->grid, e) : 0;
}

static int publish(struct mosaic *m, struct item *item, struct error *e)
{
	struct polygon footprint = { 0 };
	const char **ids = malloc(m->looks->nr * sizeof(*ids));
	int ret = -1;

	if (!ids)
		return error_nomem(e, "the list of inputs");
	for (size_t i = 0; i < m->looks->nr; i++)
		ids[i] = m->looks->look[i].id;
	item->derived_from = ids;
	item->derived_from_nr = m->looks->nr;
	item->footprint = &footprint;
	if (!footprint_polygon(m->footprint, &footprint, e))
		ret = output_publish(m->output, item, e);
	item->derived_from = NULL;
	item->footprint = NULL;
	polygon_release(&footprint);
	free(ids);
	return ret;
}

static int compute(struct mosaic *m, const struct wanted *w, struct error *e)
{
	if (mosaic_tiles(m, e) || output_finish(m->output, e))
		return -1;
	return w->quicklook ? output_quicklook(m->output, 0, NULL, e) : 0;
}

/* Make the mosaic unless it stands there already. */
static int make(struct mosaic *m, const struct wanted *w, struct error *e)
{
	json_t *inputs = inputs_json(m->looks), *options = options_json(m, w);
	struct item item = { .kind = "mosaic" };
	char unit[SHA256_HEX], id[200];
	bool needed = false;
	int ret = -1;

	times_of(m->looks, w, &item);
	mosaic_id(m->looks, &item, id, sizeof(id));
	item.id = id;
	if (item_unit(inputs, options, unit, e) ||
	    output_needed(m->context, m->context->options->output, unit, &needed, e))
		goto out;
	ret = 0;
	if (!needed)
		goto out;
	ret = -1;
	if (open_output(m, w, &item, unit, e) || compute(m, w, e))
		goto out;
	item.properties = properties_json(m, unit, inputs, options);
	if (item.properties)
		ret = publish(m, &item, e);
	else
		error_nomem(e, "item.json");
out:
	json_decref(item.properties);
	json_decref(options);
	json_decref(inputs);
	return ret;
}

int mosaic_command(const struct context *context, struct error *e)
{
	struct looks looks = { 0 };
	struct mosaic m = { .context = context, .looks = &looks };
	struct wanted w = { 0 };
	int ret = -1;

	if (read_options(&m, &w, e) || looks_read(&looks, context, w.from, w.to, e) ||
	    looks_grid(&looks, context->options, &m.grid, e))
		goto out;
	ret = make(&m, &w, e);
	if (!ret)
		printf("%s\n", context->options->output);
out:
	footprint_free(m.footprint);
	area_free(m.area);
	zones_free(m.zones);
	output_free(m.output);
	looks_release(&looks);
	return ret;
}
