/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/base/lease.h"
#include "pipeline/io/result.h"

/* The first wait after a failure that passes [s]; it doubles each time, up to the last. */
#define FIRST_WAIT_S 60
#define LAST_WAIT_S  (INT64_C(6) * 3600)

/* How a failure is to be taken, by its code. */
static const struct {
	int code;
	enum plan_state state;
} failures[] = {
	/* The product's: it is what it is until it changes, which makes another unit. */
	{ ERROR_DATA, PLAN_QUARANTINED },
	{ ERROR_NOINPUT, PLAN_REFUSED },
	{ ERROR_OUTSIDE, PLAN_OUTSIDE },
	/* Passing. */
	{ ERROR_UNAVAILABLE, PLAN_LATER },
	{ ERROR_IO, PLAN_LATER },
	{ ERROR_TEMPORARY, PLAN_LATER },
	/* The operator's to mend, and then at once: not the product's fault. */
	{ ERROR_USAGE, PLAN_TODO },
	{ ERROR_CANTCREATE, PLAN_TODO },
	{ ERROR_PERMISSION, PLAN_TODO },
	{ ERROR_CONFIG, PLAN_TODO },
	{ ERROR_PARTIAL, PLAN_LATER },
};

enum plan_state plan_after_failure(const struct ledger_unit *u, int attempts, int64_t *retry)
{
	int64_t wait = FIRST_WAIT_S;

	for (unsigned i = 1; i < u->failures && wait < LAST_WAIT_S; i++)
		wait *= 2;
	*retry = u->time + (wait < LAST_WAIT_S ? wait : LAST_WAIT_S);
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].code == u->code)
			return failures[i].state;
	/* A crash, or a bug, which may be the machine's: a few times. */
	return u->failures >= (unsigned)attempts ? PLAN_POISONED : PLAN_TODO;
}

bool plan_stands(const struct plan *p, const json_t *result)
{
	const char *folder = json_string_value(json_object_get(result, "folder"));
	const char *unit = json_string_value(json_object_get(result, "unit"));
	struct result *r = NULL;
	struct error ignored;
	char path[4200];
	struct stat st;
	bool same;

	if (!folder || !unit || strlen(folder) + strlen(p->dir) + 12 > sizeof(path))
		return false;
	snprintf(path, sizeof(path), "%s/%s/item.json", p->dir, folder);
	if (stat(path, &st))
		return false;
	if (st.st_size == json_integer_value(json_object_get(result, "size")) &&
	    st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec ==
		    json_integer_value(json_object_get(result, "changed")))
		return true;
	snprintf(path, sizeof(path), "%s/%s", p->dir, folder);
	same = !result_open(&r, path, &ignored) && !strcmp(r->unit, unit);
	result_free(r);
	return same;
}

/*
 * Is all there that a unit made?  A result that a unit of another name has replaced since is that one's to keep: two
 * products under private names are the same scene.  An older unit of this name, which a slow worker ended late, is not.
 */
static bool is_done(const struct plan *p, const struct plan_unit *u, const json_t *results)
{
	const json_t *result;
	size_t i;

	json_array_foreach(results, i, result)
	{
		const char *folder = json_string_value(json_object_get(result, "folder"));
		const char *maker = folder ? ledger_maker(p->ledger, folder) : NULL;

		if (maker && strcmp(maker, u->id) != 0 &&
		    strcmp(ledger_maker_name(p->ledger, folder), u->name) != 0)
			continue;
		if (!plan_stands(p, result))
			return false;
	}
	return true;
}

static bool is_held(const struct plan *p, const struct plan_unit *u)
{
	char *folder = ledger_path(p->ledger, "leases");
	bool held = folder && lease_is_held(folder, u->id, p->config->options[COMMAND_RUN].lease);

	free(folder);
	return held;
}

/* A clock that stands behind that of the files makes no product wait for long. */
static bool is_arriving(const struct plan *p, const struct plan_unit *u, int64_t now)
{
	int64_t age = now > u->newest ? now - u->newest : u->newest - now;

	return u->arriving || (u->newest && age < p->config->options[COMMAND_RUN].settle);
}

void plan_judge(const struct plan *p, struct plan_unit *u, int64_t now)
{
	struct ledger_unit known = ledger_unit(p->ledger, u->id);

	u->lost = known.lost + (known.state == UNIT_BEGUN);
	u->failed = known.state == UNIT_FAILED;
	u->error = u->failed ? known.error : NULL;
	u->state = PLAN_TODO;
	if (known.state == UNIT_DONE && is_done(p, u, known.results))
		u->state = PLAN_DONE;
	else if (u->failed)
		u->state = plan_after_failure(&known, p->config->options[COMMAND_RUN].attempts,
					      &u->retry);
	/* A time to come that is too far off: the clock was set back. */
	if (u->state == PLAN_LATER && (u->retry <= now || u->retry > now + 2 * LAST_WAIT_S))
		u->state = PLAN_TODO;
	if (u->state == PLAN_TODO && is_arriving(p, u, now))
		u->state = PLAN_WAITING;
}

void plan_look_at(const struct plan *p, struct plan_unit *u, int64_t now)
{
	plan_judge(p, u, now);
	if (u->state == PLAN_TODO && is_held(p, u))
		u->state = PLAN_HELD;
}
