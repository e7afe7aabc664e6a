/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/io/item.h"
#include "pipeline/io/lake.h"

/* Bytes of products a second, as long as no scene was made: a slow disk's share of decoding and writing. */
#define BYTES_PER_SECOND 2e7

static const char *const kind_names[PLAN_KINDS] = { "scene", "mosaic", "change" };

static const enum command kind_commands[PLAN_KINDS] = { COMMAND_SCENE, COMMAND_MOSAIC,
							COMMAND_CHANGE };

static const char *const state_names[PLAN_STATES] = {
	[PLAN_DONE] = "done",	      [PLAN_TODO] = "todo",
	[PLAN_HELD] = "held",	      [PLAN_WAITING] = "waiting",
	[PLAN_LATER] = "later",	      [PLAN_BLOCKED] = "blocked",
	[PLAN_EMPTY] = "empty",	      [PLAN_OUTSIDE] = "outside",
	[PLAN_REFUSED] = "refused",   [PLAN_QUARANTINED] = "quarantined",
	[PLAN_POISONED] = "poisoned",
};

const char *plan_kind_name(enum plan_kind k)
{
	return kind_names[k];
}

const char *plan_state_name(enum plan_state s)
{
	return state_names[s];
}

/* --- identities --- */

/* Size and time of a file that an option names; null where the value names none. */
static json_t *file_facts(const char *path)
{
	struct stat st;

	if (!path || stat(path, &st))
		return json_null();
	return json_pack("[I, I, i]", (json_int_t)st.st_size, (json_int_t)st.st_mtim.tv_sec,
			 (int)st.st_mtim.tv_nsec);
}

/* The options that change what a command makes, with the state of the files that they name. */
static json_t *options_of(const struct options *o, enum command command)
{
	const char *const files[] = { o->bathymetry, o->levels, o->transects, o->baseline };
	struct option_value values[64];
	size_t n = options_that_change_pixels(o, command, values, 64);
	json_t *all = json_object(), *set = json_array(), *states = json_array();

	for (size_t i = 0; i < n; i++)
		json_object_set_new(all, values[i].key, json_string(values[i].value));
	for (size_t i = 0; i < o->limits.nr; i++)
		json_array_append_new(set, json_string(o->limits.values[i]));
	for (size_t i = 0; i < o->creation.nr; i++)
		json_array_append_new(set, json_string(o->creation.values[i]));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		json_array_append_new(states, file_facts(files[i]));
	json_object_set_new(all, "set", set);
	json_object_set_new(all, "files", states);
	json_object_set_new(all, "target_day", json_integer(o->target_day));
	return all;
}

/* What the lake is goes into the identity, not what its file is called. */
static int add_lake(json_t *options, const char *name, struct error *e)
{
	struct lake *lake = NULL;
	char hex[SHA256_HEX] = "";

	if (name && lake_open(&lake, name, e))
		return -1;
	if (lake)
		lake_sha256(lake, true, hex);
	lake_free(lake);
	return json_object_set_new(options, "lake_sha256", json_string(hex))
		       ? error_nomem(e, "the plan")
		       : 0;
}

/* Ten thousand units are identified by them: their hash stands for them. */
static json_t *hash_of(json_t *options)
{
	char *text = json_dumps(options, JSON_COMPACT | JSON_SORT_KEYS), hex[SHA256_HEX];

	json_decref(options);
	if (!text)
		return NULL;
	memory_sha256(text, strlen(text), hex);
	free(text);
	return json_string(hex);
}

int plan_init(struct plan *p, const struct config *config, struct error *e)
{
	*p = (struct plan){ .config = config, .dir = config->options[COMMAND_RUN].output };
	for (size_t k = 0; k < PLAN_KINDS; k++) {
		const struct options *o = &config->options[kind_commands[k]];

		p->options[k] = options_of(o, kind_commands[k]);
		if (add_lake(p->options[k], o->lake, e))
			return -1;
		p->options[k] = hash_of(p->options[k]);
		if (!p->options[k])
			return error_nomem(e, "the plan");
	}
	return 0;
}

int plan_identify(const struct plan *p, struct plan_unit *u, const json_t *inputs, struct error *e)
{
	json_t *all =
		json_pack("[s, s, O]", kind_names[u->kind], u->period ? u->period : "", inputs);
	int ret = all ? item_unit(all, p->options[u->kind], u->id, e) : error_nomem(e, "the plan");

	json_decref(all);
	return ret;
}

/* --- the list --- */

static void unit_release(struct plan_unit *u)
{
	for (size_t i = 0; i < u->inputs_nr; i++)
		free(u->inputs[i]);
	free(u->inputs);
	free(u->name);
	free(u->output);
	free(u->period);
}

void plan_release(struct plan *p)
{
	for (size_t i = 0; i < p->nr; i++)
		unit_release(&p->unit[i]);
	free(p->unit);
	ledger_free(p->ledger);
	for (size_t k = 0; k < PLAN_KINDS; k++)
		json_decref(p->options[k]);
	*p = (struct plan){ 0 };
}

struct plan_unit *plan_add(struct plan *p, enum plan_kind kind, const char *name)
{
	struct plan_unit *u;

	if (p->nr == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		struct plan_unit *more = realloc(p->unit, room * sizeof(*more));

		if (!more)
			return NULL;
		p->unit = more;
		p->room = room;
	}
	u = &p->unit[p->nr];
	*u = (struct plan_unit){ .kind = kind, .name = strdup(name) };
	if (!u->name)
		return NULL;
	p->nr++;
	return u;
}

int plan_add_input(struct plan_unit *u, const char *path)
{
	char **more = realloc(u->inputs, (u->inputs_nr + 1) * sizeof(*more));

	if (!more)
		return -1;
	u->inputs = more;
	u->inputs[u->inputs_nr] = strdup(path);
	if (!u->inputs[u->inputs_nr])
		return -1;
	u->inputs_nr++;
	return 0;
}

void plan_look(struct plan *p, enum plan_kind kind, int64_t now)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->unit[i].kind == kind && p->unit[i].state != PLAN_BLOCKED &&
		    p->unit[i].state != PLAN_EMPTY)
			plan_look_at(p, &p->unit[i], now);
}

size_t plan_count(const struct plan *p, enum plan_kind kind, enum plan_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nr; i++)
		n += p->unit[i].kind == kind && p->unit[i].state == state;
	return n;
}

struct options plan_options(const struct plan *p, const struct plan_unit *u)
{
	struct options o = p->config->options[kind_commands[u->kind]];

	o.paths = u->inputs;
	o.paths_nr = u->inputs_nr;
	o.output = u->output;
	o.period = u->kind == PLAN_MOSAIC ? u->period : o.period;
	o.replace = true;
	return o;
}

double plan_seconds(const struct plan *p, const struct plan_unit *u)
{
	double rate = ledger_rate(p->ledger);

	return (double)u->bytes / (rate > 0 ? rate : BYTES_PER_SECOND);
}

json_t *plan_line(const struct plan *p, size_t number)
{
	const struct plan_unit *u = &p->unit[number];
	const struct options *o = &p->config->options[kind_commands[u->kind]];
	json_t *inputs = json_array();

	for (size_t i = 0; i < u->inputs_nr; i++)
		json_array_append_new(inputs, json_string(u->inputs[i]));
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:s, s:I, s:f}", "number",
			 (json_int_t)number, "id", u->id, "kind", kind_names[u->kind], "name",
			 u->name, "inputs", inputs, "output", u->output, "state",
			 state_names[u->state], "memory_bytes", (json_int_t)o->memory, "seconds",
			 plan_seconds(p, u));
}
