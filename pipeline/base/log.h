/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h - talk for people on stderr: one line an event.  Thread-safe.
 */
#ifndef PIPELINE_BASE_LOG_H
#define PIPELINE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Immutable once set up; the stream is not owned. */
struct log {
	FILE *stream;
	enum log_level level; /* what is said: this and all before it */
	bool terminal;	      /* the stream is a terminal: progress as dots */
};

/*
 * Write "balkhash: [warning: |debug: ]<text>" as one line; control characters in it (a file's
 * name may hold any) become '?'.
 */
void log_say(const struct log *log, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Progress of one piece of work; lives on the caller's stack, used by one thread at a time. */
struct progress {
	const struct log *log;
	const char *what;
	size_t total;
	int shown; /* fortieths (terminal) or tenths (else) already shown */
};

/*
 * On a terminal GDAL's dots (what: 0...10...20...100 - done.), elsewhere one line a tenth; only
 * at LOG_INFO.  done grows to total; the step that reaches it ends the line.
 */
void progress_start(struct progress *p, const struct log *log, const char *what, size_t total);
void progress_step(struct progress *p, size_t done);

#endif
