/* SPDX-License-Identifier: Apache-2.0
 *
 * metrics.h - numbers for monitoring, in Prometheus' text format, as node_exporter's textfile
 * collector reads it.
 */
#ifndef PIPELINE_BASE_METRICS_H
#define PIPELINE_BASE_METRICS_H

#include <stddef.h>

#include "pipeline/base/error.h"

enum metric_type { METRIC_GAUGE, METRIC_COUNTER };

/* Texts are not owned. */
struct metric {
	const char *name;   /* letters, digits, _ and :, no digit first; unit last: "..._seconds" */
	const char *help;   /* one sentence; metrics of one name have one help and one type */
	const char *labels; /* as metric_label() makes them; NULL or "": none */
	double value;	    /* NaN and infinity are values too */
	enum metric_type type;
};

#define METRIC_LABELS 512 /* bytes of labels and their end */

/*
 * Add name="value" to labels (begin with ""), value escaped and of UTF-8.  -1: it does not fit, or
 * name is not letters, digits and _; labels stay as they were.
 */
int metric_label(char labels[METRIC_LABELS], const char *name, const char *value);

/*
 * Replace the file at path, by one rename, readable for all (0644).  Metrics of one name come out
 * together, where its first stands.  Nothing is left of a writer that was killed but
 * ".<name>.new" beside the file, which the next one takes; writers at the same time wait for each other.
 * BUG: a metric is malformed or there twice (node_exporter would take nothing from the file).
 * CANTCREATE, NOINPUT, PERMISSION, IO, or TEMPORARY (another writer hangs): the file is as it was.
 */
int metrics_write(const char *path, const struct metric *metrics, size_t nr, struct error *e);

#endif
