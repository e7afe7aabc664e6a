/* SPDX-License-Identifier: Apache-2.0
 *
 * status.c - the command "status": how far a configuration is, and why not further.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "pipeline/base/utc.h"
#include "pipeline/stage/run.h"
#include "pipeline/stage/stages.h"

/* Numbers of states, a line a kind. */
static void print_counts(const struct plan *p)
{
	for (size_t k = 0; k < PLAN_KINDS; k++) {
		const char *comma = "";

		printf("%-8s", plan_kind_name((enum plan_kind)k));
		for (size_t s = 0; s < PLAN_STATES; s++) {
			size_t n = plan_count(p, (enum plan_kind)k, (enum plan_state)s);

			if (n)
				printf("%s %zu %s", comma, n, plan_state_name((enum plan_state)s));
			comma = n ? "," : comma;
		}
		printf("%s\n", *comma ? "" : " none");
	}
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* What did not end well, a line each. */
static void print_troubles(const json_t *troubles)
{
	const json_t *t;
	size_t i;

	json_array_foreach(troubles, i, t)
	{
		printf("%s %s %s", text_of(t, "state"), text_of(t, "kind"), text_of(t, "name"));
		if (*text_of(t, "retry"))
			printf(" (again from %s)", text_of(t, "retry"));
		printf(": %s\n", text_of(t, "error"));
	}
}

/* Results that had another content before. */
static void print_versions(const json_t *replaced)
{
	const json_t *v;
	size_t i;

	json_array_foreach(replaced, i, v)
	{
		const json_t *was = json_object_get(v, "km2_from");
		const json_t *is = json_object_get(v, "km2_to");

		printf("replaced %s on %s", text_of(v, "folder"), text_of(v, "time"));
		if (json_is_number(was) && json_is_number(is))
			printf(": %.3f km2 of water before, %.3f km2 since", json_number_value(was),
			       json_number_value(is));
		printf(" (unit %.12s, then %.12s)\n", text_of(v, "from"), text_of(v, "to"));
	}
}

static int print(const struct context *context, const struct plan *p, struct error *e)
{
	json_t *summary = run_summary(p);
	int ret = 0;

	if (!summary)
		return error_nomem(e, "the status");
	json_object_set(summary, "replaced", (json_t *)ledger_replaced(p->ledger));
	if (context->options->json) {
		if (json_dumpf(summary, stdout, JSON_INDENT(1)) || putchar('\n') == EOF)
			ret = error_errno(e, errno, "cannot write to standard output");
	} else {
		print_counts(p);
		print_troubles(json_object_get(summary, "troubles"));
		print_versions(ledger_replaced(p->ledger));
	}
	json_decref(summary);
	return ret;
}

int status_command(const struct context *context, struct error *e)
{
	int64_t now = time(NULL);
	struct config config;
	struct plan plan = { 0 };
	size_t missed;
	int ret;

	if (config_read(&config, context->options->paths[0], context->options, e))
		return -1;
	if (context->options->dump_config)
		ret = config_dump(&config, stdout, e);
	else
		ret = plan_open(&plan, &config, context->log, now, &missed, e) ||
				      plan_mosaics(&plan, now, e) || plan_changes(&plan, now, e) ||
				      print(context, &plan, e)
			      ? -1
			      : 0;
	plan_release(&plan);
	config_release(&config);
	return ret;
}
