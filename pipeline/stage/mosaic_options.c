/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utc.h"
#include "pipeline/stage/mosaic.h"

static const char *const layer_names[MOSAIC_LAYERS] = {
	[MOSAIC_WATER] = "water",
	[MOSAIC_FREQUENCY] = "frequency",
	[MOSAIC_FRACTION] = "fraction",
	[MOSAIC_OBSERVED] = "observed",
	[MOSAIC_WET] = "wet",
	[MOSAIC_PARTIAL] = "partial",
	[MOSAIC_SOURCE] = "source",
	[MOSAIC_DAY] = "day",
	[MOSAIC_LOW] = "frequency_low",
	[MOSAIC_HIGH] = "frequency_high",
	[MOSAIC_OCCURRENCE] = "occurrence",
	[MOSAIC_MONTHS] = "months",
	[MOSAIC_SEASONALITY] = "seasonality",
	[MOSAIC_FILLED] = "filled",
};

static const char *const rule_names[] = {
	[RULE_FREQUENCY] = "frequency",
	[RULE_MEDIAN] = "median",
	[RULE_LATEST] = "latest",
	[RULE_BEST] = "best",
};

static int read_period(struct mosaic *m, const char *period, struct error *e)
{
	char from[UTC_TEXT];
	const char *slash = period ? strchr(period, '/') : NULL;

	m->from = INT64_MIN;
	m->to = INT64_MAX;
	if (!period)
		return 0;
	m->has_period = true;
	if (slash && (size_t)(slash - period) < sizeof(from)) {
		snprintf(from, sizeof(from), "%.*s", (int)(slash - period), period);
		if (!utc_parse(from, &m->from) && !utc_parse(slash + 1, &m->to) && m->from < m->to)
			return 0;
	}
	return error_set(e, ERROR_USAGE, "--period %s: give FROM/TO, UTC dates, FROM before TO",
			 period);
}

static void append(struct mosaic *m, enum mosaic_layer k)
{
	struct mosaic_result *r = &m->result;

	if (m->place[k] >= 0)
		return;
	m->place[k] = (int)r->layers_nr;
	r->layers[r->layers_nr++] = layer_find(layer_names[k]);
}

/* A quantity is a layer beside which there is one of its looks. */
static bool want_quantity(struct mosaic *m, const char *name)
{
	struct mosaic_quantity *q = &m->quantity[m->quantities_nr];
	struct mosaic_result *r = &m->result;
	char looks[80];

	snprintf(looks, sizeof(looks), "%.60s_looks", name);
	if (!layer_find(looks) || !layer_find(name))
		return false;
	for (size_t i = 0; i < m->quantities_nr; i++)
		if (m->quantity[i].layer == layer_find(name))
			return true;
	*q = (struct mosaic_quantity){ layer_find(name), layer_find(looks), (int)r->layers_nr,
				       (int)r->layers_nr + 1 };
	r->layers[r->layers_nr++] = q->layer;
	r->layers[r->layers_nr++] = q->looks;
	m->looks.layer[LOOK_MORE + m->quantities_nr++] = q->layer;
	m->looks.layers_nr = LOOK_MORE + m->quantities_nr;
	return true;
}

static int want_layer(struct mosaic *m, const char *name, struct error *e)
{
	if (!strcmp(name, "quicklook")) {
		m->result.quicklook = true;
		return 0;
	}
	for (enum mosaic_layer k = 0; k < MOSAIC_FILLED; k++)
		if (!strcmp(layer_names[k], name)) {
			append(m, k);
			return 0;
		}
	if (want_quantity(m, name))
		return 0;
	return error_set(e, ERROR_USAGE, "--layers: there is no layer \"%s\" of a mosaic%s", name,
			 strcmp(name, "filled") ? "" : " (--fill makes it)");
}

static int want_list(struct mosaic *m, const char *list, struct error *e)
{
	char *copy = strdup(list), *rest = copy, *name;
	int ret = 0;

	if (!copy)
		return error_nomem(e, "the list of layers");
	while (!ret && (name = strsep(&rest, ",")))
		ret = want_layer(m, name, e);
	free(copy);
	return ret;
}

/* Water is always made, and first: everything else refers to it. */
static int want_layers(struct mosaic *m, const struct options *o, struct error *e)
{
	for (size_t k = 0; k < MOSAIC_LAYERS; k++)
		m->place[k] = -1;
	append(m, MOSAIC_WATER);
	if (o->layers && want_list(m, o->layers, e))
		return -1;
	for (enum mosaic_layer k = 0; k < MOSAIC_DEFAULTS && !o->layers; k++)
		append(m, k);
	m->result.quicklook |= !o->layers;
	if (o->fill)
		append(m, MOSAIC_FILLED);
	return 0;
}

static int read_rule(struct mosaic *m, const char *rule, struct error *e)
{
	while (rule && strcmp(rule, rule_names[m->rule]) != 0)
		if (++m->rule == sizeof(rule_names) / sizeof(rule_names[0]))
			return error_set(e, ERROR_USAGE, "--rule %s: there is no such rule", rule);
	return 0;
}

int mosaic_read_options(struct mosaic *m, struct error *e)
{
	const struct options *o = m->context->options;

	if (!o->output)
		return error_set(e, ERROR_USAGE,
				 "mosaic: name the folder of the result with -o DIR");
	if (read_rule(m, o->rule, e) || read_period(m, o->period, e))
		return -1;
	if (o->target_day && m->rule != RULE_BEST)
		return error_set(e, ERROR_USAGE, "--target-day is for --rule best");
	return want_layers(m, o, e);
}

static json_t *period_json(const struct mosaic *m)
{
	char from[UTC_TEXT] = "", to[UTC_TEXT] = "";

	if (!m->has_period)
		return json_null();
	utc_format(m->from, from);
	utc_format(m->to, to);
	return json_pack("[s, s]", from, to);
}

static json_t *layers_json(const struct mosaic_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->layers_nr; i++)
		json_array_append_new(list, json_string(r->layers[i]->name));
	return list;
}

json_t *mosaic_options_json(const struct mosaic *m)
{
	json_t *o = json_pack("{s:s, s:o, s:o, s:b}", "rule", rule_names[m->rule], "period",
			      period_json(m), "layers", layers_json(&m->result), "quicklook",
			      m->result.quicklook);

	if (o && m->rule == RULE_BEST)
		json_object_set_new(o, "target_day", json_integer(best_target_day(m->best)));
	if (o && m->fills.nr)
		json_object_set_new(o, "fill", fills_json(&m->fills));
	return o;
}
