/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/stage/stages.h"

#define SUMMARY_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(15) | JSON_ENSURE_ASCII)

/* --- the command line --- */

static int want(struct comparison *c, const char *name, struct error *e)
{
	if (!strcmp(name, "delta"))
		c->wants.delta = true;
	else if (!strcmp(name, "shoreline"))
		c->wants.shoreline = true;
	else if (!strcmp(name, "quicklook"))
		c->wants.quicklook = true;
	else if (strcmp(name, "change") != 0)
		return error_set(e, ERROR_USAGE,
				 "--layers: there is no layer \"%s\" of a change; "
				 "there are change, delta, shoreline and quicklook",
				 name);
	return 0;
}

/* change.tif is always made. */
static int read_layers(struct comparison *c, const char *list, struct error *e)
{
	char *copy = strdup(list ? list : "delta,shoreline,quicklook"), *rest = copy, *name;
	int ret = copy ? 0 : error_nomem(e, "the list of layers");

	while (!ret && (name = strsep(&rest, ",")))
		ret = want(c, name, e);
	free(copy);
	return ret;
}

static int check_options(const struct options *o, struct error *e)
{
	if (o->paths_nr != 2)
		return error_set(e, ERROR_USAGE,
				 "change: give two results, BEFORE and AFTER, not %zu",
				 o->paths_nr);
	if (!o->output)
		return error_set(e, ERROR_USAGE,
				 "change: name the folder of the result with -o DIR");
	if (o->tr[0] > 0 || o->t_srs || o->te[0] < o->te[2])
		return error_set(e, ERROR_USAGE,
				 "change: the grid is that of BEFORE and AFTER: leave out -tr, -te "
				 "and -t_srs");
	return 0;
}

/* --- the two sides --- */

static int open_side(struct comparison *c, int s, struct error *e)
{
	static const char *const needed[] = { "water", "fraction" };
	struct result *r;

	if (result_open(&c->side[s], c->context->options->paths[s], e))
		return -1;
	r = c->side[s];
	if (strcmp(r->kind, "observation") != 0 && strcmp(r->kind, "mosaic") != 0)
		return error_set(e, ERROR_DATA,
				 "%s is a result of kind \"%s\": change compares observations and "
				 "mosaics",
				 r->path, r->kind);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!result_has(r, needed[i]))
			return error_set(e, ERROR_DATA,
					 "%s has no layer %s, which change needs: make it again "
					 "with --layers water,fraction",
					 r->path, needed[i]);
	return 0;
}

static int check_lattice(const struct comparison *c, struct error *e)
{
	const struct result *a = c->side[AREAS_BEFORE], *b = c->side[AREAS_AFTER];

	if (grid_same_lattice(&a->grid, &b->grid))
		return 0;
	return error_set(
		e, ERROR_DATA,
		"%s (%.80s, %g x %g m) and %s (%.80s, %g x %g m) are not on one lattice: make "
		"both with the same --lake, -tr and -t_srs",
		a->path, a->grid.crs.def, a->grid.dx, a->grid.dy, b->path, b->grid.crs.def,
		b->grid.dx, b->grid.dy);
}

/* Nearer than the largest grid, so that offsets in pixels are small numbers. */
static bool is_near(const struct grid *a, const struct grid *b)
{
	return fabs(b->x0 - a->x0) < GRID_SIDE_MAX * a->dx &&
	       fabs(b->y0 - a->y0) < GRID_SIDE_MAX * a->dy;
}

/* The grid that holds both sides. */
static int join_grids(struct comparison *c, struct error *e)
{
	const struct grid *a = &c->side[AREAS_BEFORE]->grid, *b = &c->side[AREAS_AFTER]->grid;
	struct rect one = grid_rect(a), other = { 0 }, all;

	if (is_near(a, b))
		other = grid_offset(a, b);
	if (rect_empty(rect_intersect(one, other)))
		return error_set(e, ERROR_NOINPUT, "%s and %s do not overlap",
				 c->side[AREAS_BEFORE]->path, c->side[AREAS_AFTER]->path);
	all = rect_union(one, other);
	if (all.w > GRID_SIDE_MAX || all.h > GRID_SIDE_MAX)
		return error_set(
			e, ERROR_DATA, "%s and %s together are more than %d pixels wide or high",
			c->side[AREAS_BEFORE]->path, c->side[AREAS_AFTER]->path, GRID_SIDE_MAX);
	c->grid = grid_crop(a, all);
	c->place[AREAS_BEFORE] = (struct rect){ -all.x, -all.y, one.w, one.h };
	c->place[AREAS_AFTER] = (struct rect){ other.x - all.x, other.y - all.y, other.w, other.h };
	return 0;
}

static void choose_lake(struct comparison *c)
{
	const char *before = c->side[AREAS_BEFORE]->lake, *after = c->side[AREAS_AFTER]->lake;

	c->lake = "";
	if (c->context->options->lake)
		c->lake = c->context->options->lake;
	else if (!strcmp(before, after))
		c->lake = before;
	else
		log_say(c->context->log, LOG_WARNING,
			"%s is of lake \"%s\", %s of lake \"%s\": areas are given for the whole only; "
			"--lake names one",
			c->side[AREAS_BEFORE]->path, before, c->side[AREAS_AFTER]->path, after);
}

static bool is_mosaic(const struct result *r)
{
	return !strcmp(r->kind, "mosaic") && result_has(r, "frequency");
}

static int open_sides(struct comparison *c, struct error *e)
{
	const struct result *before, *after;

	if (open_side(c, AREAS_BEFORE, e) || open_side(c, AREAS_AFTER, e) || check_lattice(c, e) ||
	    join_grids(c, e))
		return -1;
	before = c->side[AREAS_BEFORE];
	after = c->side[AREAS_AFTER];
	c->delta_of = is_mosaic(before) && is_mosaic(after) ? "frequency" : "fraction";
	if (before->time > after->time)
		log_say(c->context->log, LOG_WARNING, "BEFORE (%s) is later than AFTER (%s)",
			before->path, after->path);
	choose_lake(c);
	return 0;
}

/* --- what it is made of --- */

static json_t *inputs_json(const struct comparison *c)
{
	const struct result *a = c->side[AREAS_BEFORE], *b = c->side[AREAS_AFTER];

	return json_pack("[{s:s, s:s, s:s, s:s}, {s:s, s:s, s:s, s:s}]", "role", "before", "id",
			 a->id, "kind", a->kind, "unit", a->unit, "role", "after", "id", b->id,
			 "kind", b->kind, "unit", b->unit);
}

/* A lake file may change under its name. */
static int put_lake(const struct comparison *c, json_t *json, struct error *e)
{
	char hex[SHA256_HEX];

	json_object_set_new(json, "lake", json_string(path_name(c->lake)));
	if (!c->lake[0] || access(c->lake, F_OK))
		return 0;
	if (file_sha256(c->lake, hex, e))
		return -1;
	json_object_set_new(json, "lake_sha256", json_string(hex));
	return 0;
}

static json_t *options_json(const struct comparison *c, struct error *e)
{
	json_t *json = json_pack("{s:b, s:b, s:b}", "delta", c->wants.delta, "shoreline",
				 c->wants.shoreline, "quicklook", c->wants.quicklook);

	if (!json) {
		error_nomem(e, "the options");
	} else if (put_lake(c, json, e)) {
		json_decref(json);
		json = NULL;
	}
	return json;
}

static json_t *properties_json(const struct comparison *c, const char *unit, const json_t *summary,
			       json_t *inputs, json_t *options)
{
	json_t *whole = json_array_get(json_object_get(summary, "areas"), 0);
	json_t *change = json_object_get(whole, "change");

	return json_pack(
		"{s:s, s:s, s:O, s:O, s:O, s:{s:O, s:O, s:O, s:O, s:O, s:O}, s:O, s:O}",
		"balkhash:unit", unit, "balkhash:lake", path_name(c->lake), "balkhash:before",
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

/* As many of the threads asked for as the memory allows; results do not depend on it. */
static int fit_memory(struct comparison *c, struct error *e)
{
	const struct options *o = c->context->options;

	c->threads = o->threads;
	while (c->threads > 1 && change_bytes(c, c->threads) > o->memory)
		c->threads--;
	c->bytes = change_bytes(c, c->threads);
	if (c->bytes > o->memory)
		return error_set(e, ERROR_CONFIG,
				 "a change map of %d x %d pixels needs --memory %zuM at least",
				 c->grid.width, c->grid.height, (c->bytes >> 20) + 1);
	log_say(c->context->log, LOG_INFO,
		"change over %d x %d pixels: %d thread(s), up to %zu MiB and the lines",
		c->grid.width, c->grid.height, c->threads, c->bytes >> 20);
	return 0;
}

static int open_output(struct comparison *c, const char *unit, struct error *e)
{
	const struct layer *const layers[CHANGE_LAYERS] = { layer_find("change"),
							    layer_find("delta") };
	char before[CHANGE_PERIOD_TEXT], after[CHANGE_PERIOD_TEXT];
	const struct geotiff_item items[] = {
		{ "BEFORE", c->side[AREAS_BEFORE]->id },
		{ "BEFORE_PERIOD", before },
		{ "AFTER", c->side[AREAS_AFTER]->id },
		{ "AFTER_PERIOD", after },
		{ "DELTA_OF", c->delta_of },
	};
	const struct output_spec spec = {
		.context = c->context,
		.target = c->context->options->output,
		.unit = unit,
		.grid = c->grid,
		.layers = layers,
		.layers_nr = c->wants.delta ? CHANGE_LAYERS : CHANGE_LAYER_DELTA,
		.items = items,
		.items_nr = sizeof(items) / sizeof(items[0]),
	};

	change_period(c->side[AREAS_BEFORE], before);
	change_period(c->side[AREAS_AFTER], after);
	if (output_open(&c->output, &spec, e) || fit_memory(c, e) ||
	    areas_new(&c->areas, &c->grid, c->lake, c->context->log, e))
		return -1;
	return footprint_new(&c->footprint, &c->grid, e);
}

static int add_summary(struct comparison *c, const json_t *summary, struct error *e)
{
	static const char title[] = "Areas and their errors";

	if (output_add_text(c->output, "summary.json", json_dumps(summary, SUMMARY_FLAGS), title,
			    "application/json", e))
		return -1;
	return output_add_text(c->output, "summary.csv", change_summary_csv(summary), title,
			       "text/csv", e);
}

static int publish(struct comparison *c, json_t *properties, struct error *e)
{
	const struct result *a = c->side[AREAS_BEFORE], *b = c->side[AREAS_AFTER];
	const char *const ids[] = { a->id, b->id };
	struct polygon footprint = { 0 };
	struct item item = {
		.kind = "change",
		.time = a->time < b->time ? a->time : b->time,
		.time_end = a->time_end > b->time_end ? a->time_end : b->time_end,
		.footprint = &footprint,
		.properties = properties,
		.derived_from = ids,
		.derived_from_nr = 2,
	};
	char *id = NULL;
	int ret = -1;

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
	if (change_tiles(c, e) || output_finish(c->output, e) || change_vectors(c, e))
		return -1;
	return c->wants.quicklook ? output_quicklook(c->output, CHANGE_LAYER_CHANGE, NULL, e) : 0;
}

/* Make the result; *summary is a new reference. */
static int make(struct comparison *c, const char *unit, json_t *inputs, json_t *options,
		json_t **summary, struct error *e)
{
	json_t *properties;
	int ret;

	if (open_output(c, unit, e) || compute(c, e))
		return -1;
	*summary = change_summary(c);
	properties = *summary ? properties_json(c, unit, *summary, inputs, options) : NULL;
	if (!properties)
		return error_nomem(e, "the summary");
	ret = add_summary(c, *summary, e);
	if (!ret)
		ret = publish(c, properties, e);
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
	json_decref(summary);
	json_decref(options);
	json_decref(inputs);
	return ret;
}

int change_command(const struct context *context, struct error *e)
{
	struct comparison c = { .context = context };
	int ret = check_options(context->options, e);

	if (!ret)
		ret = read_layers(&c, context->options->layers, e);
	if (!ret)
		ret = open_sides(&c, e);
	if (!ret)
		ret = make_or_skip(&c, e);
	for (int s = 0; s < AREAS_SIDES; s++) {
		lines_release(&c.shoreline[s]);
		result_free(c.side[s]);
	}
	footprint_free(c.footprint);
	areas_free(c.areas);
	output_free(c.output);
	return ret;
}
