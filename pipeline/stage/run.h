/* SPDX-License-Identifier: Apache-2.0
 *
 * run.h - what the parts of the command "run" share:
 *
 *   run.c          the command: stage after stage until nothing is left to do
 *   run_unit.c     one unit: lease, attempt, ledger
 *   run_results.c  what an attempt made, and what it took the place of
 *   run_report.c   summary, catalogue, index
 *   run_summary.c  states and troubles as JSON
 *   run_metrics.c  figures for monitoring
 *   run/worker.c   the process in which units are made
 *   plan*.c        which units there are
 */
#ifndef PIPELINE_STAGE_RUN_H
#define PIPELINE_STAGE_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/config.h"
#include "pipeline/base/context.h"
#include "pipeline/io/ledger.h"
#include "pipeline/run/worker.h"
#include "pipeline/stage/plan.h"

struct run {
	const struct context *context;
	const struct config *config;
	const struct options *options; /* of run itself */
	const char *dir;
	double begin; /* on the monotonic clock [s] */
	struct plan plan;
	size_t made[PLAN_KINDS], failed[PLAN_KINDS]; /* in this run */
	size_t missed;				     /* inputs that could not be listed */
	struct worker worker;			     /* of the pass under way */
	bool interrupted, waited;
	bool untidy;	   /* an attempt was ended or crashed, and left its stage folder */
	int64_t rss_bytes; /* most of any attempt */
};

/* --- run_unit.c --- */

/*
 * Try one unit that is to be done: sets its state.  What goes wrong with the unit is in ledger and log, and no error; -1 is
 * for what stops the run: the ledger cannot be written, the disk is full.
 */
int run_unit(struct run *r, struct plan_unit *u, struct error *e);

/* What a worker does: the command that makes unit number i of the plan of a struct run. */
int run_work(const void *run, size_t i, const struct log *log, struct error *e);

/* Keep a unit's lease (struct lease) while a worker is at it. */
int run_keep_lease(void *lease, struct error *e);

/* --- run_results.c --- */

/* Facts of the results of an attempt for the ledger, a new reference; NULL with the error where one is not there. */
json_t *run_results(const struct run *r, const struct plan_unit *u, const struct attempt *a,
		    struct error *e);

/*
 * Before they are recorded: note in ledger and log which published results have another content now, and remove
 * those that units of this name made earlier and that are no more among its results.
 */
int run_replace(struct run *r, const struct plan_unit *u, const json_t *results, struct error *e);

/* --- run_summary.c --- */

/* Counts of states by kind, and the units that did not end well: a new reference; NULL without memory. */
json_t *run_summary(const struct plan *p);

/* --- run_report.c --- */

/*
 * What was done, on the log, in ledger/summary.json, with --json on standard output, and as metrics; catalogue and index where
 * something is new.  ok: the run ended well.
 */
int run_report(struct run *r, double seconds, bool ok, struct error *e);

/* Before a result is recorded: the catalogue will have to be made anew, by this run or the next.  CANTCREATE, PERMISSION, IO. */
int run_catalog_due(const struct run *r, struct error *e);

/* --- run_metrics.c --- */

/* Write the file of --metrics, if there is to be one; what goes wrong is a warning. */
void run_metrics(const struct run *r, double seconds, const json_t *summary);

/* When the last new product came, as far as files and ledger tell [s since 1970]; is that too long ago? */
int64_t run_newest_arrival(const struct run *r);
bool run_alert(const struct run *r);

#endif
