/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run.h"

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
