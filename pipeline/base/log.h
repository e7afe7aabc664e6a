/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h - what the program says on stderr: one line an event, for people or for programs.
 *
 * As text:  balkhash: [warning: |debug: ]<text>, behind "<3>" to "<7>" (the priority) where the
 *           systemd journal reads.
 * As JSON:  {"ts":"2024-07-12T05:42:13.123Z","level":"info","code":"unit.done","unit":"...",
 *           "stage":"scene",<numbers>,"msg":"..."}; level is error, warning, info or debug;
 *           unit and stage where they are known; msg comes last, the text without "balkhash: ".
 *
 * A line has at most 4096 bytes with its end, so that lines of several processes in one pipe do not
 * mix; a text that is too long is cut.  Thread-safe.
 */
#ifndef PIPELINE_BASE_LOG_H
#define PIPELINE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/error.h"
#include "pipeline/base/log_codes.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

/* Immutable once set up; stream and texts are not owned. */
struct log {
	FILE *stream;
	enum log_level level; /* what is said: this and all before it */
	enum log_format format;
	bool terminal;		  /* the stream is a terminal: progress of text as dots */
	bool journal;		  /* the systemd journal reads the stream */
	const char *unit, *stage; /* what is worked on, for JSON; NULL: not known */
};

/* A number that a line of JSON holds beside its text. */
struct log_number {
	const char *name; /* of letters and _, with its unit: "left_s" */
	int64_t value;
};

/*
 * A log of text at LOG_INFO on this stream.  The journal reads it if journal_stream, what the
 * environment says of JOURNAL_STREAM or NULL, names its device and inode (systemd.exec(5)).
 */
void log_setup(struct log *log, FILE *stream, const char *journal_stream);

/*
 * Say something.  Control characters in it (a file's name may hold any) become '?' as text, escapes
 * as JSON; bytes that are no UTF-8 become '?' for the journal, U+FFFD as JSON.  At most 16 numbers.
 */
void log_say(const struct log *log, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void log_event(const struct log *log, enum log_level level, enum log_code code, const char *fmt,
	       ...) __attribute__((format(printf, 4, 5)));
void log_numbers(const struct log *log, enum log_level level, enum log_code code,
		 const struct log_number *numbers, size_t nr, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* An error as "<what>: <its text>" (what NULL: its text alone), with its "status". */
void log_failure(const struct log *log, enum log_code code, const char *what,
		 const struct error *e);

/* Progress of one piece of work; lives on the caller's stack, used by one thread at a time. */
struct progress {
	const struct log *log;
	const char *what;
	size_t total;
	int shown; /* fortieths (dots) or tenths (lines) already shown */
	struct progress_mark {
		double time; /* of a monotonic clock [s] */
		size_t done;
	} start, mark[2]; /* the beginning; the last two lines, older first */
};

/*
 * Text on a terminal: GDAL's dots (what: 0...10...20...100 - done.).  Else one line a tenth, only
 * at LOG_INFO: "what: 30 %", and for work of more than ten seconds ", about 40 min left".  What is
 * left is told from the pace since the line before the last one, not since the start: the first
 * part of a piece of work is not like the rest.  done grows to total; the step that reaches it
 * ends the line.
 */
void progress_start(struct progress *p, const struct log *log, const char *what, size_t total);
void progress_step(struct progress *p, size_t done);

/* The same at a time of the caller's clock [s]. */
void progress_start_at(struct progress *p, const struct log *log, const char *what, size_t total,
		       double time);
void progress_step_at(struct progress *p, size_t done, double time);

#endif
