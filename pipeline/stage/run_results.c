/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/result.h"

/* Water by fraction, the figure that is quoted; null where the result has none. */
static json_t *km2_of(const struct result *r)
{
	json_t *km2 = json_object_get(
		json_object_get(json_object_get(r->item, "properties"), "balkhash:area_km2"),
		"water_by_fraction");

	return json_is_number(km2) ? json_incref(km2) : json_null();
}

/* One result folder; its place is said relative to the output folder, which may move. */
static json_t *facts_of(const struct run *r, const char *folder, struct error *e)
{
	size_t n = strlen(r->dir);
	const char *inner = strncmp(folder, r->dir, n) ? folder : folder + n;
	char time[UTC_TEXT], hash[SHA256_HEX], *item = path_join(folder, "item.json");
	struct result *result = NULL;
	json_t *facts = NULL;
	struct stat st;

	while (*inner == '/')
		inner++;
	if (!item || result_open(&result, folder, e)) {
		free(item);
		return NULL;
	}
	if (stat(item, &st)) {
		error_errno(e, errno, "cannot look at %s", item);
	} else if (!file_sha256(item, hash, e)) {
		utc_format(result->time, time);
		facts = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "folder", inner, "id",
				  result->id, "unit", result->unit, "time", time, "size",
				  (json_int_t)st.st_size, "changed",
				  (json_int_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
				  "sha256", hash, "km2", km2_of(result));
		if (!facts)
			error_nomem(e, "a result");
	}
	result_free(result);
	free(item);
	return facts;
}

json_t *run_results(const struct run *r, const struct plan_unit *u, const struct attempt *a,
		    struct error *e)
{
	json_t *list = json_array(), *facts;
	char *rest = u->kind == PLAN_SCENE ? a->said : NULL, *line;
	int ret = list ? 0 : error_nomem(e, "the results");

	if (!ret && u->kind != PLAN_SCENE) {
		facts = facts_of(r, u->output, e);
		ret = !facts || json_array_append_new(list, facts) ? -1 : 0;
	}
	for (line = rest ? strtok_r(rest, "\n", &rest) : NULL; !ret && line;
	     line = strtok_r(NULL, "\n", &rest)) {
		facts = facts_of(r, line, e);
		ret = !facts || json_array_append_new(list, facts) ? -1 : 0;
	}
	if (!ret)
		return list;
	json_decref(list);
	return NULL;
}

/* --- what it took the place of --- */

static const char *text_of(const json_t *facts, const char *key)
{
	const char *text = json_string_value(json_object_get(facts, key));

	return text ? text : "";
}

/* A figure that was published has another content now: it stays listed what it was. */
static int note_replaced(struct run *r, const struct plan_unit *u, const json_t *now,
			 struct error *e)
{
	const json_t *before = ledger_result(r->plan.ledger, text_of(now, "folder"));
	json_t *was = json_object_get(before, "km2"), *is = json_object_get(now, "km2");

	if (!before || !strcmp(text_of(before, "unit"), text_of(now, "unit")))
		return 0;
	if (json_is_number(was) && json_is_number(is))
		log_event(r->context->log, LOG_WARNING, CODE_PRODUCT_REPLACED,
			  "%s is replaced: %.3f km2 of water before, %.3f km2 now",
			  text_of(now, "id"), json_number_value(was), json_number_value(is));
	else
		log_event(r->context->log, LOG_WARNING, CODE_PRODUCT_REPLACED, "%s is replaced",
			  text_of(now, "id"));
	return ledger_add(r->plan.ledger,
			  json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O?, s:O?}", "event",
				    "replaced", "unit", u->id, "id", text_of(now, "id"), "folder",
				    text_of(now, "folder"), "from", text_of(before, "unit"), "to",
				    text_of(now, "unit"), "km2_from", was, "km2_to", is),
			  true, e);
}

static bool is_among(const json_t *results, const char *folder)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(results, i,
			   facts) if (!strcmp(text_of(facts, "folder"), folder)) return true;
	return false;
}

/* Results of earlier units of this name: a half of a tile that has another name since its other half came. */
static int remove_obsolete(struct run *r, const struct plan_unit *u, const json_t *results,
			   struct error *e)
{
	const json_t *made = ledger_made(r->plan.ledger, u->name), *one;
	size_t i;

	json_array_foreach(made, i, one)
	{
		const char *folder = json_string_value(one);
		char *path;
		int ret;

		if (is_among(results, folder))
			continue;
		path = path_join(r->dir, folder);
		ret = path ? stage_remove(path, e) : error_nomem(e, "a path");
		free(path);
		if (ret < 0)
			return -1;
		if (ret > 0)
			log_event(r->context->log, LOG_WARNING, CODE_PRODUCT_REPLACED,
				  "%s is removed: its scene has other "
				  "results now",
				  folder);
	}
	return 0;
}

int run_replace(struct run *r, const struct plan_unit *u, const json_t *results, struct error *e)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(results, i, facts) if (note_replaced(r, u, facts, e)) return -1;
	return u->kind == PLAN_SCENE ? remove_obsolete(r, u, results, e) : 0;
}
