/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "pipeline/base/file.h"
#include "pipeline/base/lease.h"
#include "pipeline/base/utc.h"
#include "pipeline/stage/stages.h"

/* With less than this on the disk of the output nothing else can be made either. */
#define FULL_BYTES ((uint64_t)16 << 20)

static int (*const commands[PLAN_KINDS])(const struct context *context, struct error *e) = {
	[PLAN_SCENE] = scene_command,
	[PLAN_MOSAIC] = mosaic_command,
	[PLAN_CHANGE] = change_command,
};

int run_keep_lease(void *lease, struct error *e)
{
	return lease_keep(lease, e);
}

int run_work(const void *run, size_t i, const struct log *log, struct error *e)
{
	const struct run *r = run;
	const struct plan_unit *u = &r->plan.unit[i];
	struct options options = plan_options(&r->plan, u);
	struct context context = *r->context;
	struct log own = *log;

	own.unit = u->id;
	own.stage = plan_kind_name(u->kind);
	context.options = &options;
	context.log = &own;
	if (!commands[u->kind](&context, e))
		return 0;
	log_say(&own, LOG_ERROR, "%s", e->text);
	return -1;
}

/* --- how it ended, for the ledger --- */

static json_t *ended(const struct plan_unit *u, const char *event, const struct attempt *a)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:f, s:I, s:I}", "event", event, "unit", u->id,
			 "kind", plan_kind_name(u->kind), "name", u->name, "seconds", a->seconds,
			 "rss_bytes", (json_int_t)a->rss_bytes, "bytes",
			 u->kind == PLAN_SCENE ? (json_int_t)u->bytes : 0);
}

/* The results, for who reads standard output, and on the log. */
static void tell(const struct run *r, const struct plan_unit *u, const json_t *results)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(results, i, facts) if (!r->options->json)
		printf("%s/%s\n", r->dir, json_string_value(json_object_get(facts, "folder")));
	log_event(r->context->log, LOG_DEBUG, CODE_UNIT_DONE, "%s %s is done",
		  plan_kind_name(u->kind), u->name);
}

static int record_done(struct run *r, struct plan_unit *u, const struct attempt *a, struct error *e)
{
	struct error why = { 0 };
	json_t *results = run_results(r, u, a, &why), *event;

	if (!results) {
		*e = why;
		return -1;
	}
	event = ended(u, "done", a);
	if (run_catalog_due(r, e) || run_replace(r, u, results, e) ||
	    json_object_set(event, "results", results)) {
		json_decref(event);
		json_decref(results);
		return -1;
	}
	json_decref(results);
	r->made[u->kind]++;
	u->state = PLAN_DONE;
	tell(r, u, json_object_get(event, "results"));
	return ledger_add(r->plan.ledger, event, true, e);
}

/* What went wrong with which unit, and what becomes of it. */
static void say_failed(const struct run *r, const struct plan_unit *u, int code, const char *text)
{
	const struct log *log = r->context->log;
	char retry[UTC_TEXT];

	log_numbers(log, LOG_ERROR, CODE_UNIT_FAILED,
		    &(struct log_number){ "status", code ? code : ERROR_BUG }, 1, "%s %s: %s",
		    plan_kind_name(u->kind), u->name, text);
	if (u->state == PLAN_LATER) {
		utc_format(u->retry, retry);
		log_event(log, LOG_INFO, CODE_UNIT_RETRY, "%s %s: will be tried again from %s",
			  plan_kind_name(u->kind), u->name, retry);
	} else if (u->state == PLAN_QUARANTINED || u->state == PLAN_POISONED ||
		   u->state == PLAN_REFUSED) {
		log_event(log, LOG_INFO, CODE_UNIT_QUARANTINED,
			  "%s %s: will not be tried again until its inputs, the options or the "
			  "program change",
			  plan_kind_name(u->kind), u->name);
	}
}

static int record_failed(struct run *r, struct plan_unit *u, const char *event, int code,
			 const char *text, const struct attempt *a, struct error *e)
{
	json_t *json = ended(u, event, a);

	if (code)
		json_object_set_new(json, "code", json_integer(code));
	json_object_set_new(json, "error", json_string(text));
	if (ledger_add(r->plan.ledger, json, true, e))
		return -1;
	plan_judge(&r->plan, u, time(NULL));
	if (u->state == PLAN_OUTSIDE) {
		log_event(r->context->log, LOG_INFO, CODE_RESULT_SKIPPED, "%s", text);
		return 0;
	}
	r->failed[u->kind]++;
	say_failed(r, u, code, text);
	return 0;
}

/* A disk that is full fails all that come: better to stop. */
static int check_disk(const struct run *r, struct error *e)
{
	struct statvfs fs;

	if (statvfs(r->dir, &fs) || (uint64_t)fs.f_bavail * fs.f_frsize >= FULL_BYTES)
		return 0;
	return error_set(e, ERROR_IO,
			 "the disk of %s is full: nothing is lost; make room and run again",
			 r->dir);
}

static int record(struct run *r, struct plan_unit *u, const struct attempt *a, struct error *e)
{
	char text[200];

	r->untidy |= a->end != ATTEMPT_DONE && a->end != ATTEMPT_FAILED;
	switch (a->end) {
	case ATTEMPT_DONE:
		return record_done(r, u, a, e);
	case ATTEMPT_FAILED:
		if (record_failed(r, u, "failed", (int)a->error.code, a->error.text, a, e))
			return -1;
		return a->error.code == ERROR_IO ? check_disk(r, e) : 0;
	case ATTEMPT_TIMED_OUT:
		snprintf(text, sizeof(text), "it took more than the %d s of time-limit",
			 r->options->time_limit);
		return record_failed(r, u, "crashed", 0, text, a, e);
	case ATTEMPT_CRASHED:
		if (a->signal)
			snprintf(text, sizeof(text), "it crashed: %s", strsignal(a->signal));
		else
			snprintf(text, sizeof(text), "it crashed without a word");
		return record_failed(r, u, "crashed", 0, text, a, e);
	case ATTEMPT_GIVEN_UP:
		log_event(r->context->log, LOG_WARNING, CODE_LEASE_LOST, "%s %s is given up: %s",
			  plan_kind_name(u->kind), u->name, a->error.text);
		u->state = PLAN_HELD;
		return ledger_add(r->plan.ledger, ended(u, "interrupted", a), true, e);
	case ATTEMPT_INTERRUPTED:
		u->state = PLAN_TODO;
		r->interrupted = true;
		return ledger_add(r->plan.ledger, ended(u, "interrupted", a), true, e);
	}
	return error_set(e, ERROR_BUG, "an attempt ended in no known way");
}

/* --- the attempt --- */

/* "ledger/logs/<id>.log", to be freed. */
static char *log_file(const struct run *r, const struct plan_unit *u)
{
	char name[SHA256_HEX + 16];

	snprintf(name, sizeof(name), "logs/%s.log", u->id);
	return ledger_path(r->plan.ledger, name);
}

static int try_unit(struct run *r, struct plan_unit *u, struct lease *lease, struct error *e)
{
	struct log log = *r->context->log;
	char *path = log_file(r, u);
	struct attempt a = { 0 };
	int ret;

	if (!path)
		return error_nomem(e, "a path");
	log.unit = u->id;
	log.stage = plan_kind_name(u->kind);
	log_event(&log, LOG_DEBUG, CODE_UNIT_START, "%s %s begins", plan_kind_name(u->kind),
		  u->name);
	ret = ledger_add(r->plan.ledger,
			 json_pack("{s:s, s:s, s:s, s:s}", "event", "start", "unit", u->id, "kind",
				   plan_kind_name(u->kind), "name", u->name),
			 false, e);
	if (!ret)
		ret = worker_run(&r->worker, (size_t)(u - r->plan.unit), path, lease, &a, e);
	if (!ret) {
		r->rss_bytes = a.rss_bytes > r->rss_bytes ? a.rss_bytes : r->rss_bytes;
		ret = record(r, u, &a, e);
	}
	free(a.said);
	free(path);
	return ret;
}

int run_unit(struct run *r, struct plan_unit *u, struct error *e)
{
	char *folder = ledger_path(r->plan.ledger, "leases");
	struct lease lease = { 0 };
	bool taken = false;
	int ret = folder ? lease_take(&lease, folder, u->id, r->options->lease, &taken, e)
			 : error_nomem(e, "a path");

	free(folder);
	if (ret)
		return -1;
	if (!taken) {
		u->state = PLAN_HELD;
		return 0;
	}
	if (lease.taken_over)
		log_event(r->context->log, LOG_INFO, CODE_LEASE_TAKEN_OVER,
			  "%s %s is taken over from a worker that is gone", plan_kind_name(u->kind),
			  u->name);
	ret = try_unit(r, u, &lease, e);
	lease_drop(&lease);
	return ret;
}
