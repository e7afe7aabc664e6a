/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/lease.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/catalog.h"
#include "pipeline/stage/run_index.h"

/* How long another process that writes the catalogue is waited for [s]. */
#define CATALOG_WAIT_S 60

/* --- for people --- */

static void say_kind(const struct run *r, enum plan_kind kind)
{
	char text[400] = "";

	for (size_t s = 0; s < PLAN_STATES; s++) {
		size_t n = plan_count(&r->plan, kind, (enum plan_state)s), used = strlen(text);

		if (n)
			snprintf(text + used, sizeof(text) - used, "%s%zu %s", used ? ", " : "", n,
				 plan_state_name((enum plan_state)s));
	}
	log_say(r->context->log, LOG_INFO, "%ss: %s", plan_kind_name(kind),
		text[0] ? text : "none");
}

static void say(const struct run *r, double seconds)
{
	size_t made = 0, failed = 0;

	for (size_t k = 0; k < PLAN_KINDS; k++) {
		say_kind(r, (enum plan_kind)k);
		made += r->made[k];
		failed += r->failed[k];
	}
	if (!made && !failed)
		log_event(r->context->log, LOG_INFO, CODE_RUN_IDLE, "nothing was to be done");
	log_numbers(r->context->log, LOG_INFO, CODE_RUN_SUMMARY,
		    (const struct log_number[]){ { "made", (int64_t)made },
						 { "failed", (int64_t)failed },
						 { "missed", (int64_t)r->missed },
						 { "elapsed_ms", (int64_t)(1000 * seconds) },
						 { "rss_bytes", r->rss_bytes } },
		    5, "%zu made, %zu failed in %.1f s", made, failed, seconds);
}

/* --- catalogue --- */

static bool is_missing(const struct run *r, const char *name)
{
	char *path = path_join(r->dir, name);
	uint64_t size;
	struct error ignored;
	bool missing = path && file_size(path, &size, &ignored);

	free(path);
	return missing;
}

/* Who lists the results first must not write last: one at a time. */
static int take_lease(const struct run *r, struct lease *lease, struct error *e)
{
	char *folder = ledger_path(r->plan.ledger, "leases");
	bool taken = false;
	int ret = folder ? 0 : error_nomem(e, "a path");

	for (int i = 0; !ret && !taken && i < CATALOG_WAIT_S; i++) {
		ret = lease_take(lease, folder, "catalog", r->options->lease, &taken, e);
		if (!ret && !taken && worker_sleep(1))
			break;
	}
	free(folder);
	if (!ret && !taken)
		ret = error_set(e, ERROR_TEMPORARY, "another process keeps writing the catalogue");
	return ret;
}

static int write_catalog(const struct run *r, struct error *e)
{
	static const struct catalog_child children[] = {
		{ "observations", "observations", "Observations",
		  "Water, one look of a satellite each" },
		{ "mosaics", "mosaics", "Mosaics", "Water over a period, of all its observations" },
		{ "changes", "changes", "Changes",
		  "What became water or land from one period to another, and the shoreline" },
	};
	struct catalog_report report = { 0 };
	int ret =
		catalog_write(r->dir, children, sizeof(children) / sizeof(children[0]), &report, e);

	for (size_t i = 0; i < CATALOG_TEXTS && report.text[i]; i++)
		log_event(r->context->log, LOG_WARNING, CODE_WARNING_CATALOG, "%s", report.text[i]);
	catalog_report_release(&report);
	return ret;
}

/* Whoever records a result says so first; who is killed then, or before the catalogue is whole, leaves it to the next run. */
#define DUE   "catalog.due"
#define TAKEN "catalog.taken"

int run_catalog_due(const struct run *r, struct error *e)
{
	char *path = ledger_path(r->plan.ledger, DUE);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644) : -1;
	int ret = !path	   ? error_nomem(e, "a path")
		  : fd < 0 ? error_create(e, errno, "cannot create %s", path)
			   : 0;

	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

static bool is_due(const struct run *r)
{
	char *due = ledger_path(r->plan.ledger, DUE), *taken = ledger_path(r->plan.ledger, TAKEN);
	bool is = !due || !taken || !access(due, F_OK) || !access(taken, F_OK);

	free(taken);
	free(due);
	return is;
}

/* What is recorded from now on may not be in the catalogue that is made now; done: all before is. */
static void note_catalog(const struct run *r, bool done)
{
	char *due = ledger_path(r->plan.ledger, DUE), *taken = ledger_path(r->plan.ledger, TAKEN);

	if (due && taken && done)
		unlink(taken);
	else if (due && taken)
		(void)!rename(due, taken);
	free(taken);
	free(due);
}

static void warn(const struct run *r, const struct error *e)
{
	log_event(r->context->log, LOG_WARNING, CODE_WARNING_CATALOG, "%s", e->text);
}

/* What describes the results follows them where any is new or it is gone.  They stand without: a failure is a warning. */
static void describe(const struct run *r)
{
	struct lease lease = { 0 };
	struct error e = { 0 };
	int catalog, index;
	bool no_index = !strcmp(r->options->index, "gpkg") && is_missing(r, "index.gpkg");

	/* Tasks of an array leave it to the job behind them. */
	if (r->options->unit || (!is_due(r) && !no_index && !is_missing(r, "catalog.json")))
		return;
	if (take_lease(r, &lease, &e)) {
		warn(r, &e);
		return;
	}
	note_catalog(r, false);
	catalog = write_catalog(r, &e);
	if (catalog)
		warn(r, &e);
	index = run_index(r->dir, r->options->index, r->options->overwrite, r->context->log, &e);
	if (index)
		warn(r, &e);
	if (!catalog && !index)
		note_catalog(r, true);
	lease_drop(&lease);
}

/* --- summary --- */

static void add_counts(json_t *summary, const char *what, const size_t counts[PLAN_KINDS])
{
	json_t *by_kind = json_object();

	for (size_t k = 0; k < PLAN_KINDS; k++)
		json_object_set_new(by_kind, plan_kind_name((enum plan_kind)k),
				    json_integer((json_int_t)counts[k]));
	json_object_set_new(summary, what, by_kind);
}

/* When a run last ended well, as the summary of the run before says; NULL: never. */
static json_t *last_success(const char *path)
{
	json_t *old = json_load_file(path, 0, NULL);
	json_t *time = json_incref(json_object_get(old, "last_success"));

	json_decref(old);
	return time;
}

static json_t *whole_summary(const struct run *r, double seconds, bool ok, const char *path)
{
	json_t *summary = run_summary(&r->plan), *success;
	char now[UTC_TEXT];

	if (!summary)
		return NULL;
	utc_format(time(NULL), now);
	success = ok ? json_string(now) : last_success(path);
	json_object_set_new(summary, "ended", json_string(now));
	json_object_set_new(summary, "seconds", json_real(seconds));
	json_object_set_new(summary, "peak_rss_bytes", json_integer(r->rss_bytes));
	json_object_set_new(summary, "interrupted", json_boolean(r->interrupted));
	json_object_set_new(summary, "inputs_missed", json_integer((json_int_t)r->missed));
	json_object_set_new(summary, "last_success", success ? success : json_null());
	add_counts(summary, "made", r->made);
	add_counts(summary, "failed", r->failed);
	return summary;
}

int run_report(struct run *r, double seconds, bool ok, struct error *e)
{
	char *path = ledger_path(r->plan.ledger, "summary.json"), *text;
	json_t *summary = path ? whole_summary(r, seconds, ok, path) : NULL;
	int ret = -1;

	say(r, seconds);
	describe(r);
	text = summary ? json_dumps(summary, JSON_INDENT(1)) : NULL;
	if (!text)
		error_nomem(e, "the summary");
	else
		ret = file_replace(path, text, strlen(text), e);
	if (!ret && r->options->json && (fputs(text, stdout) == EOF || putchar('\n') == EOF))
		ret = error_errno(e, errno, "cannot write to standard output");
	if (!ret)
		run_metrics(r, seconds, summary);
	free(text);
	free(path);
	json_decref(summary);
	return ret;
}
