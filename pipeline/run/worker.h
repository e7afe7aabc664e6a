/* SPDX-License-Identifier: Apache-2.0
 *
 * worker.h - units of work in a process of their own.
 *
 * The worker is a fork without exec: it begins at once, with all that the parent knew.  Whatever happens in it, a crash
 * in a library, the kernel's OOM killer, an endless loop, costs one attempt at one unit and not the run.  It works on
 * one unit after another, for the first costs it what libraries load and look up; after WORKER_UNITS of them it makes way for a new one, so
 * that nothing grows.  It dies with its parent.
 * The parent must have no other threads when a worker is started, and blocks SIGTERM, SIGINT and SIGHUP (worker_signals()).
 */
#ifndef PIPELINE_RUN_WORKER_H
#define PIPELINE_RUN_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pipeline/base/error.h"
#include "pipeline/base/log.h"

/* Units that a worker works on at most. */
#define WORKER_UNITS 64

/* What a worker does; job is what it was in the parent when the worker was started, so it must not change meanwhile. */
struct worker_spec {
	int (*work)(const void *job, size_t unit, const struct log *log, struct error *e);
	const void *job;
	const struct log *log; /* of the parent; a worker's is the same, to the unit's file */
	int time_limit_s;      /* of a unit */
	/* In the parent, about once a second while the worker works; -1 with the error: the attempt is given up. */
	int (*tick)(void *user, struct error *e);
};

/* A worker that waits for units; zero but for spec: none yet. */
struct worker {
	const struct worker_spec *spec;
	pid_t pid;	   /* 0: none */
	int channel, said; /* of the parent: units and replies; what the worker prints */
	unsigned units;	   /* it has worked on */
};

enum attempt_end {
	ATTEMPT_DONE,
	ATTEMPT_FAILED,	 /* error says why */
	ATTEMPT_CRASHED, /* by `signal`, or without a word */
	ATTEMPT_TIMED_OUT,
	ATTEMPT_INTERRUPTED, /* the parent was asked to end */
	ATTEMPT_GIVEN_UP,    /* error says why: what tick() said */
};

/* One try at one unit. */
struct attempt {
	enum attempt_end end;
	struct error error;
	int signal;
	char *said; /* what was written to standard output; to be freed */
	double seconds;
	int64_t rss_bytes; /* most memory that the worker took during it */
};

/* Block the signals that ask the parent to end; true if one is pending. */
void worker_signals(void);
bool worker_is_interrupted(void);

/* Sleep for up to so many seconds; true if the parent was asked to end meanwhile. */
bool worker_sleep(int seconds);

/*
 * Have a unit worked on, by a new worker where none waits.  What is said goes to the end of log_file.  user: of tick().
 * -1 with the error where there was no attempt: no process, no memory.
 */
int worker_run(struct worker *w, size_t unit, const char *log_file, void *user, struct attempt *out,
	       struct error *e);

/* Let the worker end; before its job changes. */
void worker_end(struct worker *w);

#endif
