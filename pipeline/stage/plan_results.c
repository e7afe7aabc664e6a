/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/plan.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/result.h"

/* --- observations --- */

/* Facts of a finished observation: those that the ledger keeps if item.json is the same file, else read. */
static json_t *observation_of(const struct plan *p, const char *name)
{
	char *folder = NULL, *path = NULL;
	const json_t *known = NULL;
	struct result *r = NULL;
	struct error ignored;
	json_t *facts = NULL;

	if (asprintf(&folder, "observations/%s", name) < 0)
		return NULL;
	known = ledger_result(p->ledger, folder);
	if (known && plan_stands(p, known)) {
		facts = json_incref((json_t *)known);
	} else if ((path = path_join(p->dir, folder)) && !result_open(&r, path, &ignored) &&
		   !strcmp(r->kind, "observation")) {
		char time[UTC_TEXT];

		utc_format(r->time, time);
		facts = json_pack("{s:s, s:s, s:s, s:s}", "folder", folder, "id", r->id, "unit",
				  r->unit, "time", time);
	}
	result_free(r);
	free(path);
	free(folder);
	return facts;
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* All finished observations, sorted by name: what stands counts, whoever made it.  A new reference, NULL with e. */
static json_t *observations(const struct plan *p, struct error *e)
{
	char *path = path_join(p->dir, "observations");
	json_t *list = json_array();
	struct dirent **names = NULL;
	int n = path && list ? scandir(path, &names, is_visible, alphasort) : 0;
	int ret = path && list ? 0 : error_nomem(e, "the plan");

	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		ret = error_errno(e, errno, "cannot list %s", path);
	for (int i = 0; i < n; i++) {
		json_t *facts = ret ? NULL : observation_of(p, names[i]->d_name);

		if (facts && json_array_append_new(list, facts))
			ret = error_nomem(e, "the plan");
		free(names[i]);
	}
	free(names);
	free(path);
	if (!ret)
		return list;
	json_decref(list);
	return NULL;
}

/* --- mosaics --- */

static bool is_in(const json_t *observation, const struct config_period *period)
{
	const char *text = json_string_value(json_object_get(observation, "time"));
	int64_t time;

	return text && !utc_parse(text, &time) && time >= period->from && time < period->to;
}

/* Are enough scenes done, of those that are or may still come? */
static bool is_complete(const struct plan *p)
{
	static const enum plan_state coming[] = { PLAN_TODO, PLAN_HELD, PLAN_WAITING, PLAN_LATER };
	size_t done = plan_count(p, PLAN_SCENE, PLAN_DONE), all = done;

	for (size_t i = 0; i < sizeof(coming) / sizeof(coming[0]); i++)
		all += plan_count(p, PLAN_SCENE, coming[i]);
	return done * 100 >= all * (size_t)p->config->options[COMMAND_RUN].completeness;
}

static int fill_mosaic(struct plan *p, struct plan_unit *u, const struct config_period *period,
		       const json_t *all, struct error *e)
{
	char from[UTC_TEXT], to[UTC_TEXT];
	json_t *looks = json_array(), *o;
	size_t i;
	int ret = looks ? 0 : -1;

	utc_format(period->from, from);
	utc_format(period->to, to);
	if (asprintf(&u->output, "%s/mosaics/%s", p->dir, u->name) < 0 ||
	    asprintf(&u->period, "%s/%s", from, to) < 0)
		ret = -1;
	json_array_foreach(all, i, o)
	{
		char *path;

		if (ret || !is_in(o, period))
			continue;
		path = path_join(p->dir, json_string_value(json_object_get(o, "folder")));
		ret = !path || plan_add_input(u, path) ||
		      json_array_append_new(looks, json_pack("[O, O]", json_object_get(o, "id"),
							     json_object_get(o, "unit")));
		free(path);
	}
	if (ret)
		error_nomem(e, "the plan");
	else
		ret = plan_identify(p, u, looks, e);
	json_decref(looks);
	return ret ? -1 : 0;
}

int plan_mosaics(struct plan *p, int64_t now, struct error *e)
{
	json_t *all = observations(p, e);
	int ret = all ? 0 : -1;

	for (size_t i = 0; !ret && i < p->config->periods_nr; i++) {
		struct plan_unit *u = plan_add(p, PLAN_MOSAIC, p->config->periods[i].name);

		if (!u || fill_mosaic(p, u, &p->config->periods[i], all, e)) {
			ret = u ? -1 : error_nomem(e, "the plan");
			break;
		}
		plan_look_at(p, u, now);
		if (!u->inputs_nr)
			u->state = PLAN_EMPTY;
		else if (u->state == PLAN_TODO && !is_complete(p))
			u->state = PLAN_BLOCKED;
	}
	json_decref(all);
	return ret;
}

/* --- changes --- */

static const struct plan_unit *mosaic_of(const struct plan *p, const char *period)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->unit[i].kind == PLAN_MOSAIC && !strcmp(p->unit[i].name, period))
			return &p->unit[i];
	return NULL;
}

/* Periods by name, in their order; a period without observations is left out where `optional`. */
static int add_change(struct plan *p, const char *name, char *const *periods, size_t n,
		      bool optional, int64_t now, struct error *e)
{
	struct plan_unit *u = plan_add(p, PLAN_CHANGE, name);
	json_t *mosaics = json_array();
	bool ready = true;
	int ret = !u || !mosaics || asprintf(&u->output, "%s/changes/%s", p->dir, name) < 0;

	for (size_t i = 0; !ret && i < n; i++) {
		const struct plan_unit *m = mosaic_of(p, periods[i]);

		if (!m || (optional && m->state == PLAN_EMPTY))
			continue;
		ready &= m->state == PLAN_DONE;
		ret = plan_add_input(u, m->output) ||
		      json_array_append_new(mosaics, json_pack("[s, s]", m->name, m->id));
	}
	if (ret)
		error_nomem(e, "the plan");
	else
		ret = plan_identify(p, u, mosaics, e);
	json_decref(mosaics);
	if (ret)
		return -1;
	plan_look_at(p, u, now);
	if (u->inputs_nr < 2)
		u->state = PLAN_EMPTY;
	else if (!ready && u->state != PLAN_DONE)
		u->state = PLAN_BLOCKED;
	return 0;
}

static bool has_change(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->unit[i].kind == PLAN_CHANGE && !strcmp(p->unit[i].name, name))
			return true;
	return false;
}

/* The map from one period to another, with those between. */
static int add_span(struct plan *p, size_t first, size_t last, int64_t now, struct error *e)
{
	const struct config_period *periods = p->config->periods;
	char **names = calloc(last - first + 1, sizeof(*names)), *name = NULL;
	int ret = -1;

	if (!names || asprintf(&name, "%s-%s", periods[first].name, periods[last].name) < 0) {
		free(names);
		return error_nomem(e, "the plan");
	}
	for (size_t i = first; i <= last; i++)
		names[i - first] = periods[i].name;
	/* One that the configuration describes itself stands for it. */
	ret = has_change(p, name) ? 0 : add_change(p, name, names, last - first + 1, true, now, e);
	free(name);
	free(names);
	return ret;
}

int plan_changes(struct plan *p, int64_t now, struct error *e)
{
	const struct config *c = p->config;
	const char *which = c->options[COMMAND_RUN].changes;
	size_t n = c->periods_nr;
	int ret = 0;

	for (size_t i = 0; !ret && i < c->changes_nr; i++)
		ret = add_change(p, c->changes[i].name, c->changes[i].periods,
				 c->changes[i].periods_nr, false, now, e);
	if (!ret && n > 1 && !strcmp(which, "all"))
		ret = add_span(p, 0, n - 1, now, e);
	for (size_t i = 1; !ret && i < n && !strcmp(which, "consecutive"); i++)
		ret = add_span(p, i - 1, i, now, e);
	return ret;
}
