/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/run.h"

#include <stdio.h>
#include <time.h>

#include "pipeline/base/metrics.h"
#include "pipeline/base/utc.h"

#define DAY_S	    86400
#define METRICS_MAX (PLAN_KINDS * PLAN_STATES + 10)

/* Metrics under construction, with room for the labels of each. */
struct list {
	struct metric metric[METRICS_MAX];
	char labels[METRICS_MAX][METRIC_LABELS];
	size_t nr;
};

/* An empty set of labels of the next metric. */
static char *next_labels(struct list *l)
{
	l->labels[l->nr][0] = 0;
	return l->labels[l->nr];
}

static void add(struct list *l, const char *name, const char *help, double value)
{
	l->metric[l->nr] = (struct metric){
		.name = name, .help = help, .labels = l->labels[l->nr], .value = value
	};
	l->nr++;
	next_labels(l);
}

static void add_units(struct list *l, const struct plan *p)
{
	for (size_t k = 0; k < PLAN_KINDS; k++)
		for (size_t s = 0; s < PLAN_STATES; s++) {
			char *labels = next_labels(l);

			metric_label(labels, "kind", plan_kind_name((enum plan_kind)k));
			metric_label(labels, "state", plan_state_name((enum plan_state)s));
			add(l, "balkhash_units", "Units of the plan by kind and state.",
			    (double)plan_count(p, (enum plan_kind)k, (enum plan_state)s));
		}
}

/* Since when the unit that waits longest has been waiting: its files lie there. */
static double oldest_pending(const struct plan *p, int64_t now)
{
	int64_t oldest = now;

	for (size_t i = 0; i < p->nr; i++) {
		const struct plan_unit *u = &p->unit[i];

		if ((u->state == PLAN_TODO || u->state == PLAN_HELD || u->state == PLAN_LATER ||
		     u->state == PLAN_WAITING) &&
		    u->newest && u->newest < oldest)
			oldest = u->newest;
	}
	return (double)(now - oldest);
}

int64_t run_newest_arrival(const struct run *r)
{
	int64_t newest = ledger_latest(r->plan.ledger);

	for (size_t i = 0; i < r->plan.nr; i++)
		if (r->plan.unit[i].newest > newest)
			newest = r->plan.unit[i].newest;
	return newest;
}

bool run_alert(const struct run *r)
{
	int64_t newest = run_newest_arrival(r), days = r->options->alert_days;

	return days && time(NULL) - newest > days * DAY_S;
}

void run_metrics(const struct run *r, double seconds, const json_t *summary)
{
	const char *text = json_string_value(json_object_get(summary, "last_success"));
	int64_t now = time(NULL), success = 0;
	struct list l = { 0 };
	struct error e = { 0 };

	if (!r->options->metrics)
		return;
	if (text && utc_parse(text, &success))
		success = 0;
	metric_label(next_labels(&l), "version", BALKHASH_VERSION);
	add(&l, "balkhash_build_info", "Version of the program.", 1);
	add(&l, "balkhash_last_success_timestamp_seconds", "When a run last ended with 0.",
	    (double)success);
	add(&l, "balkhash_run_seconds", "What the last run took.", seconds);
	add(&l, "balkhash_peak_rss_bytes", "Most resident memory of any process of the last run.",
	    (double)r->rss_bytes);
	add_units(&l, &r->plan);
	add(&l, "balkhash_oldest_pending_seconds",
	    "For how long the unit that waits longest has been waiting.",
	    oldest_pending(&r->plan, now));
	add(&l, "balkhash_newest_product_timestamp_seconds",
	    "Time of the newest scene among the observations.",
	    (double)ledger_newest_scene(r->plan.ledger));
	add(&l, "balkhash_alert", "1 if no new product came for alert-days.", run_alert(r));
	if (metrics_write(r->options->metrics, l.metric, l.nr, &e))
		log_event(r->context->log, LOG_WARNING, CODE_WARNING_METRICS, "%s", e.text);
}
