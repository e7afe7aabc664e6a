/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/stage/stages.h"

#define SUMMARY_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(15) | JSON_ENSURE_ASCII)

/* --- the command line --- */

static const char *const layer_names[CHANGE_LAYERS] = {
	[CHANGE_LAYER_CHANGE] = "change",
	[CHANGE_LAYER_DELTA] = "delta",
	[CHANGE_LAYER_SIGNIFICANCE] = "significance",
	[CHANGE_LAYER_TRANSITION] = "transition",
};

static int want(struct comparison *c, const char *name, struct error *e)
{
	for (size_t k = 0; k < CHANGE_LAYERS; k++)
		if (!strcmp(name, layer_names[k])) {
			c->wants.layer[k] = true;
			return 0;
		}
	if (!strcmp(name, "shoreline"))
		c->wants.shoreline = true;
	else if (!strcmp(name, "quicklook"))
		c->wants.quicklook = true;
	else if (!strcmp(name, "geojson"))
		c->wants.geojson = true;
	else
		return error_set(e, ERROR_USAGE,
				 "--layers: there is no layer \"%s\" of a change; there are "
				 "change, delta, significance, transition, shoreline, geojson "
				 "and quicklook",
				 name);
	return 0;
}

/* change.tif is always made. */
static int read_layers(struct comparison *c, const char *list, struct error *e)
{
	char *copy = strdup(list ? list : "delta,shoreline,quicklook"), *rest = copy, *name;
	int ret = copy ? 0 : error_nomem(e, "the list of layers");

	c->wants.layer[CHANGE_LAYER_CHANGE] = true;
	while (!ret && (name = strsep(&rest, ",")))
		ret = want(c, name, e);
	free(copy);
	return ret;
}

static int check_options(const struct options *o, struct error *e)
{
	if (o->paths_nr < 2 || o->paths_nr > CHANGE_PERIODS_MAX)
		return error_set(e, ERROR_USAGE,
				 "change: give two results, BEFORE and AFTER, and those between "
				 "them, up to %d, not %zu",
				 CHANGE_PERIODS_MAX, o->paths_nr);
	if (!o->output)
		return error_set(e, ERROR_USAGE,
				 "change: name the folder of the result with -o DIR");
	if (o->tr[0] > 0 || o->t_srs || o->te[0] < o->te[2])
		return error_set(e, ERROR_USAGE,
				 "change: the grid is that of BEFORE and AFTER: leave out -tr, -te "
				 "and -t_srs");
	return 0;
}

/* --- what it is made of --- */

static json_t *inputs_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t k = 0; k < c->periods_nr; k++) {
		const struct result *r = c->period[k].result;
		const char *role = k ? "between" : "before";

		role = k == c->periods_nr - 1 ? "after" : role;
		if (json_array_append_new(list,
					  json_pack("{s:s, s:s, s:s, s:s}", "role", role, "id",
						    r->id, "kind", r->kind, "unit", r->unit))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* A file may change under its name: "KEY" its name, "KEY_sha256" what it holds. */
static int put_file(json_t *json, const char *key, const char *path, struct error *e)
{
	char hex[SHA256_HEX], sum[64];

	json_object_set_new(json, key, json_string(path_name(path)));
	if (!path[0] || access(path, F_OK))
		return 0;
	if (file_sha256(path, hex, e))
		return -1;
	snprintf(sum, sizeof(sum), "%s_sha256", key);
	json_object_set_new(json, sum, json_string(hex));
	return 0;
}

/* Files of the user's, and what is made of them. */
static int put_files(const struct comparison *c, json_t *json, struct error *e)
{
	const struct options *o = c->context->options;
	const struct {
		const char *key, *path;
	} files[] = { { "levels", o->levels },
		      { "transects", o->transects },
		      { "baseline", o->baseline } };

	for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++)
		if (files[k].path && put_file(json, files[k].key, files[k].path, e))
			return -1;
	return 0;
}

/* A lake is what its outlines say, in whatever files they are. */
static void put_lake(const struct comparison *c, json_t *json)
{
	char hex[SHA256_HEX];

	json_object_set_new(json, "lake", json_string(c->lake_name));
	if (!c->named)
		return;
	lake_sha256(c->named, true, hex);
	json_object_set_new(json, "lake_sha256", json_string(hex));
}

/* Where the tables of a database are is not part of the unit: what is not in the folder is. */
static json_t *options_json(const struct comparison *c, struct error *e)
{
	const struct options *o = c->context->options;
	json_t *json = json_pack("{s:b, s:b, s:b, s:s, s:i, s:i, s:i, s:i}", "shoreline",
				 c->wants.shoreline, "geojson", c->wants.geojson, "quicklook",
				 c->wants.quicklook, "vectors", o->vectors ? "PostGIS" : "files",
				 "mmu", o->mmu, "min_coverage", o->min_coverage, "spacing",
				 o->spacing, "transect_length", o->transect_length);

	for (size_t k = CHANGE_LAYER_DELTA; json && k < CHANGE_LAYERS; k++)
		json_object_set_new(json, layer_names[k], json_boolean(c->wants.layer[k]));
	if (!json) {
		error_nomem(e, "the options");
		return NULL;
	}
	put_lake(c, json);
	if (!put_files(c, json, e))
		return json;
	json_decref(json);
	return NULL;
}

static json_t *properties_json(const struct comparison *c, const char *unit, const json_t *summary,
			       json_t *inputs, json_t *options)
{
	json_t *whole = json_array_get(json_object_get(summary, "areas"), 0);
	json_t *change = json_object_get(whole, "change");

	return json_pack(
		"{s:s, s:s, s:O, s:O, s:O, s:{s:O, s:O, s:O, s:O, s:O, s:O}, s:O, s:O}",
		"balkhash:unit", unit, "balkhash:lake", c->lake_name, "balkhash:before",
		json_object_get(summary, "before"), "balkhash:after",
		json_object_get(summary, "after"), "balkhash:method",
		json_object_get(summary, "method"), "balkhash:area_km2", "water_before",
		json_object_get(json_object_get(whole, "before"), "water_km2"), "water_after",
		json_object_get(json_object_get(whole, "after"), "water_km2"), "gain",
		json_object_get(change, "gain_km2"), "loss", json_object_get(change, "loss_km2"),
		"uncertain", json_object_get(change, "uncertain_km2"), "net_by_fraction",
		json_object_get(change, "net_water_km2"), "balkhash:options", options,
		"balkhash:inputs", inputs);
}

/* --- the run --- */

/* Files that may be open at once beside those that the rest of the program needs; INT_MAX: any number. */
static long files_most(void)
{
	long most = sysconf(_SC_OPEN_MAX);

	return most < 0 ? INT_MAX : most - 64;
}

/* As many of the threads asked for as memory and open files allow; results do not depend on it. */
static int fit(struct comparison *c, struct error *e)
{
	const struct options *o = c->context->options;
	long files = change_files(c), most = files_most();

	c->threads = o->threads;
	while (c->threads > 1 &&
	       (change_bytes(c, c->threads) > o->memory || files * c->threads > most))
		c->threads--;
	c->budget = (struct budget){ o->memory, change_bytes(c, c->threads) };
	if (c->budget.taken > o->memory)
		return error_set(e, ERROR_CONFIG,
				 "a change map of %d x %d pixels needs --memory %zuM at least, and "
				 "more for its shorelines",
				 c->grid.width, c->grid.height, (c->budget.taken >> 20) + 1);
	if (files > most)
		return error_set(
			e, ERROR_CONFIG,
			"%zu periods are %ld files at once, and %ld may be open: raise the "
			"limit (ulimit -n), or leave transition out of --layers",
			c->periods_nr, files, most);
	log_event(c->context->log, LOG_INFO, CODE_STAGE_START,
		  "change over %d x %d pixels: %d thread(s), up to %zu MiB and the lines",
		  c->grid.width, c->grid.height, c->threads, c->budget.taken >> 20);
	return 0;
}

static int make_areas(struct comparison *c, struct error *e)
{
	const struct areas_spec spec = {
		.grid = c->grid,
		.lake = c->lake,
		.named = c->context->options->lake != NULL,
		.sides = AREAS_SIDES,
		.transitions = c->wants.layer[CHANGE_LAYER_TRANSITION],
		.least_share = c->context->options->min_coverage / 100.0,
		.log = c->context->log,
	};

	if (areas_new(&c->areas, &spec, e) ||
	    map_tally_new(&c->tally, &c->grid, layer_find("change"), e))
		return -1;
	return footprint_new(&c->footprint, &c->grid, e);
}

static int open_output(struct comparison *c, const char *unit, struct error *e)
{
	const struct layer *layers[CHANGE_LAYERS];
	const struct result *a = change_before(c)->result, *b = change_after(c)->result;
	char before[CHANGE_PERIOD_TEXT], after[CHANGE_PERIOD_TEXT];
	const struct geotiff_item items[] = {
		{ "BEFORE", a->id },	   { "BEFORE_PERIOD", before }, { "AFTER", b->id },
		{ "AFTER_PERIOD", after }, { "DELTA_OF", c->delta_of },
	};
	struct output_spec spec = {
		.context = c->context,
		.target = c->context->options->output,
		.unit = unit,
		.grid = c->grid,
		.layers = layers,
		.items = items,
		.items_nr = sizeof(items) / sizeof(items[0]),
	};

	for (size_t k = 0; k < CHANGE_LAYERS; k++) {
		c->place[k] = -1;
		if (!c->wants.layer[k])
			continue;
		c->place[k] = (int)spec.layers_nr;
		layers[spec.layers_nr++] = layer_find(layer_names[k]);
	}
	change_period(a, before);
	change_period(b, after);
	return output_open(&c->output, &spec, e) || make_areas(c, e) || fit(c, e) ? -1 : 0;
}

static int add_summary(struct comparison *c, const json_t *summary, struct error *e)
{
	static const char title[] = "Areas and their errors";

	if (output_add_text(c->output, "summary.json", json_dumps(summary, SUMMARY_FLAGS), title,
			    "application/json", e))
		return -1;
	if (output_add_text(c->output, "summary.csv", change_summary_csv(summary), title,
			    "text/csv", e))
		return -1;
	return output_add_text(c->output, "series.csv", change_series_csv(c),
			       "Areas of every period", "text/csv", e);
}

static int publish(struct comparison *c, json_t *properties, struct error *e)
{
	const struct result *a = change_before(c)->result, *b = change_after(c)->result;
	const char *ids[CHANGE_PERIODS_MAX];
	struct polygon footprint = { 0 };
	struct item item = {
		.kind = "change",
		.time = a->time < b->time ? a->time : b->time,
		.time_end = a->time_end > b->time_end ? a->time_end : b->time_end,
		.footprint = &footprint,
		.properties = properties,
		.derived_from = ids,
		.derived_from_nr = c->periods_nr,
	};
	char *id = NULL;
	int ret = -1;

	for (size_t k = 0; k < c->periods_nr; k++)
		ids[k] = c->period[k].result->id;
	if (asprintf(&id, "change_%s_%s", a->id, b->id) < 0)
		return error_nomem(e, "item.json");
	item.id = id;
	if (!footprint_polygon(c->footprint, &footprint, e))
		ret = output_publish(c->output, &item, e);
	polygon_release(&footprint);
	free(id);
	return ret;
}

static int compute(struct comparison *c, struct error *e)
{
	const struct output_picture picture = { CHANGE_LAYER_CHANGE, NULL };

	timing_lap(c->context->timing, "open");
	if (change_tiles(c, e))
		return -1;
	timing_lap(c->context->timing, "tiles");
	if (output_finish(c->output, c->wants.quicklook ? &picture : NULL, e))
		return -1;
	timing_lap(c->context->timing, "overviews");
	if (change_series(c, e) || change_transects(c, e))
		return -1;
	timing_lap(c->context->timing, "transects");
	return 0;
}

/* What is written after everything has been measured. */
static int tell(struct comparison *c, const json_t *summary, json_t *properties, struct error *e)
{
	/* Tables of a database stand when they are committed: nothing but the publishing comes after them. */
	if (add_summary(c, summary, e) || change_pictures(c, summary, e) || change_vectors(c, e))
		return -1;
	if (c->vectors)
		json_object_set(properties, "balkhash:vectors", c->vectors);
	return publish(c, properties, e);
}

/* Make the result; *summary is a new reference. */
static int make(struct comparison *c, const char *unit, json_t *inputs, json_t *options,
		json_t **summary, struct error *e)
{
	json_t *properties;
	int ret;

	c->unit = unit;
	if (change_vectors_check(c, e) || change_check(c, e) || open_output(c, unit, e) ||
	    compute(c, e))
		return -1;
	*summary = change_summary(c);
	properties = *summary ? properties_json(c, unit, *summary, inputs, options) : NULL;
	if (!properties)
		return error_nomem(e, "the summary");
	ret = tell(c, *summary, properties, e);
	json_decref(properties);
	return ret;
}

/* The summary of the result that stands there already. */
static int read_summary(const struct comparison *c, json_t **summary, struct error *e)
{
	const char *target = c->context->options->output;
	char *path = path_join(target, "summary.json");
	json_error_t why;

	*summary = path ? json_load_file(path, JSON_REJECT_DUPLICATES, &why) : NULL;
	free(path);
	if (*summary)
		return 0;
	return error_set(
		e, ERROR_DATA,
		"%s/summary.json cannot be read: the result is damaged: --overwrite replaces it",
		target);
}

static int print(const struct comparison *c, const json_t *summary, struct error *e)
{
	if (!c->context->options->json)
		change_summary_print(summary, stdout);
	else if (json_dumpf(summary, stdout, SUMMARY_FLAGS) || putchar('\n') == EOF)
		return error_errno(e, errno, "cannot write to standard output");
	return 0;
}

static int make_or_skip(struct comparison *c, struct error *e)
{
	json_t *inputs = inputs_json(c), *options = options_json(c, e), *summary = NULL;
	char unit[SHA256_HEX];
	bool needed = false;
	int ret = -1;

	if (!inputs)
		error_nomem(e, "the list of inputs");
	if (!inputs || !options || item_unit(inputs, options, unit, e) ||
	    output_needed(c->context, c->context->options->output, unit, &needed, e))
		goto out;
	ret = needed ? make(c, unit, inputs, options, &summary, e) : read_summary(c, &summary, e);
	if (!ret)
		ret = print(c, summary, e);
out:
	c->unit = NULL;
	json_decref(summary);
	json_decref(options);
	json_decref(inputs);
	return ret;
}

static void release(struct comparison *c)
{
	for (size_t k = 0; k < c->periods_nr; k++) {
		lines_release(&c->period[k].shoreline);
		result_free(c->period[k].result);
	}
	free(c->period);
	transects_release(&c->transects);
	map_tally_free(c->tally);
	json_decref(c->vectors);
	json_decref(c->series);
	json_decref(c->warnings);
	footprint_free(c->footprint);
	lake_free(c->named);
	areas_free(c->areas);
	output_free(c->output);
}

int change_command(const struct context *context, struct error *e)
{
	struct comparison c = { .context = context };
	int ret = check_options(context->options, e);

	if (!ret)
		ret = read_layers(&c, context->options->layers, e);
	if (!ret)
		ret = change_vectors_options(&c, e);
	if (!ret)
		ret = change_open(&c, e);
	if (!ret)
		ret = change_season(&c, e);
	if (!ret)
		ret = make_or_skip(&c, e);
	release(&c);
	return ret;
}
