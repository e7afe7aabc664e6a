/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"

/* States that a person should look at. */
static bool is_trouble(const struct plan_unit *u)
{
	return u->state == PLAN_QUARANTINED || u->state == PLAN_POISONED ||
	       u->state == PLAN_REFUSED || u->state == PLAN_LATER ||
	       (u->state == PLAN_TODO && u->failed);
}

static json_t *counts(const struct plan *p)
{
	json_t *all = json_object();

	for (size_t k = 0; k < PLAN_KINDS; k++) {
		json_t *states = json_object();

		for (size_t s = 0; s < PLAN_STATES; s++) {
			size_t n = plan_count(p, (enum plan_kind)k, (enum plan_state)s);

			if (n)
				json_object_set_new(states, plan_state_name((enum plan_state)s),
						    json_integer((json_int_t)n));
		}
		json_object_set_new(all, plan_kind_name((enum plan_kind)k), states);
	}
	return all;
}

static json_t *troubles(const struct plan *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->nr; i++) {
		const struct plan_unit *u = &p->unit[i];
		char retry[UTC_TEXT];

		if (!is_trouble(u))
			continue;
		utc_format(u->retry, retry);
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*}", "kind",
					plan_kind_name(u->kind), "name", u->name, "unit", u->id,
					"state", plan_state_name(u->state), "input",
					u->inputs_nr ? u->inputs[0] : NULL, "error", u->error,
					"retry", u->state == PLAN_LATER ? retry : NULL));
	}
	return list;
}

json_t *run_summary(const struct plan *p)
{
	return json_pack("{s:o, s:o, s:i}", "units", counts(p), "troubles", troubles(p),
			 "broken_ledger_lines", (int)ledger_broken(p->ledger));
}

static int write_summary(const struct run *r, double seconds, struct error *e)
{
	json_t *summary = run_summary(&r->plan);
	char ended[UTC_TEXT], *text = NULL, *path = ledger_path(r->ledger, "summary.json");
	int ret = -1;

	utc_format(time(NULL), ended);
	json_object_set_new(summary, "ended", json_string(ended));
	json_object_set_new(summary, "seconds", json_real(seconds));
	json_object_set_new(summary, "peak_rss_bytes", json_integer(r->rss_bytes));
	json_object_set_new(summary, "interrupted", json_boolean(r->interrupted));
	for (size_t k = 0; k < PLAN_KINDS; k++) {
		char key[40];

		snprintf(key, sizeof(key), "%ss_made", plan_kind_name((enum plan_kind)k));
		json_object_set_new(summary, key, json_integer((json_int_t)r->made[k]));
		snprintf(key, sizeof(key), "%ss_failed", plan_kind_name((enum plan_kind)k));
		json_object_set_new(summary, key, json_integer((json_int_t)r->failed[k]));
	}
	text = summary ? json_dumps(summary, JSON_INDENT(1)) : NULL;
	if (!text || !path)
		error_nomem(e, "the summary");
	else
		ret = file_replace(path, text, strlen(text), e);
	if (!ret && r->options->json && (fputs(text, stdout) == EOF || putchar('\n') == EOF))
		ret = error_errno(e, errno, "cannot write to standard output");
	free(path);
	free(text);
	json_decref(summary);
	return ret;
}

static void say(const struct run *r, double seconds)
{
	for (size_t k = 0; k < PLAN_KINDS; k++) {
		char text[400] = "";

		for (size_t s = 0; s < PLAN_STATES; s++) {
			size_t n = plan_count(&r->plan, (enum plan_kind)k, (enum plan_state)s);
			size_t used = strlen(text);

			if (n)
				snprintf(text + used, sizeof(text) - used, "%s%zu %s",
					 used ? ", " : "", n, plan_state_name((enum plan_state)s));
		}
		log_say(r->context->log, LOG_INFO, "%ss: %s", plan_kind_name((enum plan_kind)k),
			text[0] ? text : "none");
	}
	log_say(r->context->log, LOG_INFO, "%zu made, %zu failed in %.1f s",
		r->made[0] + r->made[1] + r->made[2], r->failed[0] + r->failed[1] + r->failed[2],
		seconds);
}

int run_report(struct run *r, double seconds, struct error *e)
{
	say(r, seconds);
	return write_summary(r, seconds, e);
}
