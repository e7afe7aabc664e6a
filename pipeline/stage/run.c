/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c - the command "run": whatever a configuration asks for and is not done yet.
 */
#include "pipeline/stage/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/file.h"
#include "pipeline/stage/stages.h"
#include "pipeline/stage/unit_list.h"

/* Between two looks at what other processes are at [s]; it doubles up to the last. */
#define FIRST_LOOK_S 1
#define LAST_LOOK_S  16

static double monotonic_s(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- the plan --- */

/* The plan of now, from the ledger as it is now. */
static int look_anew(struct run *r, struct error *e)
{
	plan_release(&r->plan);
	return plan_open(&r->plan, r->config, r->context->log, time(NULL), &r->missed, e);
}

static int print_plan(struct run *r, struct error *e)
{
	int64_t now = time(NULL);

	if (plan_mosaics(&r->plan, now, e) || plan_changes(&r->plan, now, e))
		return -1;
	for (size_t i = 0; i < r->plan.nr; i++) {
		json_t *line = plan_line(&r->plan, i);
		int ret = !line || json_dumpf(line, stdout, JSON_COMPACT) || putchar('\n') == EOF;

		json_decref(line);
		if (ret)
			return error_errno(e, errno, "cannot write to standard output");
	}
	return 0;
}

/* --- stages --- */

/* In the order in which they are tried: those whose last worker died come last, for it may have been their doing. */
static int in_order(const void *a, const void *b)
{
	const struct plan_unit *x = *(struct plan_unit *const *)a,
			       *y = *(struct plan_unit *const *)b;

	if (x->lost != y->lost)
		return x->lost < y->lost ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Units of a kind that are wanted and to be done; to be freed. */
static struct plan_unit **to_do(const struct run *r, const struct unit_list *wanted,
				enum plan_kind kind, size_t *nr, struct error *e)
{
	struct plan_unit **list = calloc(r->plan.nr + 1, sizeof(struct plan_unit *));

	*nr = 0;
	if (!list) {
		error_nomem(e, "the plan");
		return NULL;
	}
	for (size_t i = 0; i < r->plan.nr; i++) {
		struct plan_unit *u = &r->plan.unit[i];

		if (u->kind == kind && (u->state == PLAN_TODO || u->state == PLAN_HELD) &&
		    unit_list_has(wanted, i, u->id))
			list[(*nr)++] = u;
	}
	qsort(list, *nr, sizeof(struct plan_unit *), in_order);
	return list;
}

/* One pass over the units; *held: others are at so many. */
static int pass(struct run *r, const struct unit_list *wanted, enum plan_kind kind, size_t *held,
		struct error *e)
{
	const struct worker_spec spec = {
		.work = run_work,
		.job = r,
		.log = r->context->log,
		.time_limit_s = r->options->time_limit,
		.tick = run_keep_lease,
	};
	struct progress progress;
	size_t nr;
	struct plan_unit **list = to_do(r, wanted, kind, &nr, e);
	int ret = list ? 0 : -1;

	*held = 0;
	r->worker = (struct worker){ .spec = &spec };
	if (nr)
		progress_start(&progress, r->context->log, plan_kind_name(kind), nr);
	for (size_t i = 0; !ret && i < nr && !r->interrupted; i++) {
		r->interrupted = worker_is_interrupted();
		if (r->interrupted)
			break;
		ret = run_unit(r, list[i], e);
		*held += list[i]->state == PLAN_HELD;
		progress_step(&progress, i + 1);
	}
	worker_end(&r->worker);
	free(list);
	return ret;
}

/* What others hold is waited for: it may be what is to come is made of, and its worker may die. */
static int wait_for_others(struct run *r, enum plan_kind kind, int seconds, struct error *e)
{
	log_event(r->context->log, LOG_DEBUG, CODE_LEASE_HELD,
		  "other processes are at the rest: looking again in %d s", seconds);
	r->interrupted = worker_sleep(seconds);
	if (look_anew(r, e))
		return -1;
	if (kind >= PLAN_MOSAIC && plan_mosaics(&r->plan, time(NULL), e))
		return -1;
	return kind >= PLAN_CHANGE ? plan_changes(&r->plan, time(NULL), e) : 0;
}

static int run_stage(struct run *r, const struct unit_list *wanted, enum plan_kind kind,
		     struct error *e)
{
	int seconds = FIRST_LOOK_S;
	size_t held;

	for (;;) {
		if (pass(r, wanted, kind, &held, e))
			return -1;
		if (!held || r->interrupted)
			return 0;
		if (wait_for_others(r, kind, seconds, e))
			return -1;
		seconds = seconds < LAST_LOOK_S ? 2 * seconds : LAST_LOOK_S;
	}
}

/* Products that were copied a moment ago are looked at once more when their files have come to rest. */
static int settle(struct run *r, const struct unit_list *wanted, struct error *e)
{
	size_t waiting = plan_count(&r->plan, PLAN_SCENE, PLAN_WAITING);

	if (!waiting || r->waited || r->interrupted)
		return 0;
	r->waited = true;
	log_event(r->context->log, LOG_INFO, CODE_PRODUCT_ARRIVING,
		  "%zu scene(s) have files that are new: looking again in %d s", waiting,
		  r->options->settle + 1);
	r->interrupted = worker_sleep(r->options->settle + 1);
	if (r->interrupted)
		return 0;
	return look_anew(r, e) ? -1 : run_stage(r, wanted, PLAN_SCENE, e);
}

/* Mosaics that wait for scenes, or changes for mosaics. */
static void say_waiting(const struct run *r, enum plan_kind kind, const char *why)
{
	size_t n = plan_count(&r->plan, kind, PLAN_BLOCKED);

	if (n)
		log_event(r->context->log, LOG_INFO, CODE_UNIT_WAITS, "%zu %s(s) wait: %s", n,
			  plan_kind_name(kind), why);
}

static bool wants(const struct run *r, enum plan_kind kind)
{
	return unit_list_names(r->options->stages, plan_kind_name(kind));
}

/* Scenes that came while others were made, and were not tried. */
static size_t count_new(const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->plan.nr; i++)
		n += r->plan.unit[i].state == PLAN_TODO && !r->plan.unit[i].failed;
	return n;
}

/* All scenes that are there, also those that come meanwhile; then the ledger is read with what was made. */
static int run_scenes(struct run *r, const struct unit_list *wanted, struct error *e)
{
	size_t made;

	do {
		made = r->made[PLAN_SCENE];
		if (run_stage(r, wanted, PLAN_SCENE, e) || settle(r, wanted, e))
			return -1;
		if (r->made[PLAN_SCENE] > made && look_anew(r, e))
			return -1;
	} while (r->made[PLAN_SCENE] > made && !r->interrupted && !wanted->words && count_new(r));
	return 0;
}

static int run_stages(struct run *r, const struct unit_list *wanted, struct error *e)
{
	int ret = 0;

	if (wants(r, PLAN_SCENE))
		ret = run_scenes(r, wanted, e);
	if (!ret && !r->interrupted)
		ret = plan_mosaics(&r->plan, time(NULL), e);
	say_waiting(r, PLAN_MOSAIC, "too few scenes are done (completeness)");
	if (!ret && !r->interrupted && wants(r, PLAN_MOSAIC))
		ret = run_stage(r, wanted, PLAN_MOSAIC, e);
	if (!ret && !r->interrupted)
		ret = plan_changes(&r->plan, time(NULL), e);
	say_waiting(r, PLAN_CHANGE, "a mosaic of theirs is not done");
	if (!ret && !r->interrupted && wants(r, PLAN_CHANGE))
		ret = run_stage(r, wanted, PLAN_CHANGE, e);
	return ret;
}

/* --- the run --- */

/* Folders, and what killed processes left in them. */
static int prepare(struct run *r, struct error *e)
{
	static const char *const folders[] = { "observations", "mosaics", "changes", "ledger", "" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *path = path_join(r->dir, folders[i]);

		if (!path)
			return error_nomem(e, "a path");
		stage_sweep(path);
		free(path);
	}
	return ledger_prepare(r->plan.ledger, e);
}

/* What the attempts that were ended leave goes at once. */
static void tidy(const struct run *r)
{
	struct error ignored;

	if (prepare((struct run *)r, &ignored))
		log_say(r->context->log, LOG_WARNING, "%s", ignored.text);
}

static int verdict(const struct run *r, struct error *e)
{
	size_t failed = r->failed[PLAN_SCENE] + r->failed[PLAN_MOSAIC] + r->failed[PLAN_CHANGE];

	if (run_alert(r))
		log_event(r->context->log, LOG_WARNING, CODE_ALERT_NO_PRODUCTS,
			  "no new product came for more than %d days", r->options->alert_days);
	if (r->interrupted)
		log_event(r->context->log, LOG_INFO, CODE_RUN_STOPPING,
			  "asked to end: no further unit is begun");
	if (r->interrupted)
		return error_set(e, ERROR_TEMPORARY,
				 "the run was asked to end: run again to go on");
	if (failed || r->missed)
		return error_set(e, ERROR_PARTIAL,
				 "%zu unit(s) failed, %zu input(s) could not be listed: balkhash "
				 "status %s says more",
				 failed, r->missed, r->config->path);
	return 0;
}

static int do_run(struct run *r, const struct unit_list *wanted, struct error *e)
{
	struct error why = { 0 };
	int ret;

	if (prepare(r, e))
		return -1;
	log_event(r->context->log, LOG_INFO, CODE_RUN_START, "%zu scenes, %zu to be done",
		  r->plan.nr, plan_count(&r->plan, PLAN_SCENE, PLAN_TODO));
	ret = run_stages(r, wanted, e);
	if (r->untidy)
		tidy(r);
	if (!ret)
		ret = verdict(r, e);
	/* What was done is reported also where the run had to stop. */
	if (run_report(r, monotonic_s() - r->begin, !ret, &why) && !ret) {
		*e = why;
		ret = -1;
	}
	return ret;
}

static int with_config(const struct context *context, const struct config *config, struct error *e)
{
	struct run r = { .context = context,
			 .config = config,
			 .options = &config->options[COMMAND_RUN],
			 .dir = config->options[COMMAND_RUN].output,
			 .begin = monotonic_s() };
	struct unit_list wanted = { 0 };
	int ret = unit_list_read(&wanted, r.options->unit, e);

	if (!ret)
		ret = unit_list_check_stages(r.options->stages, e);
	if (!ret)
		ret = look_anew(&r, e);
	if (!ret && r.options->plan)
		ret = print_plan(&r, e);
	else if (!ret)
		ret = do_run(&r, &wanted, e);
	plan_release(&r.plan);
	unit_list_release(&wanted);
	return ret;
}

int run_command(const struct context *context, struct error *e)
{
	struct config config;
	struct context own = *context;
	int ret;

	if (config_read(&config, context->options->paths[0], context->options, e))
		return -1;
	own.options = &config.options[COMMAND_RUN];
	if (own.options->dump_config) {
		ret = config_dump(&config, stdout, e);
	} else {
		worker_signals();
		ret = with_config(&own, &config, e);
	}
	config_release(&config);
	return ret;
}
