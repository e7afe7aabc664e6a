/* SPDX-License-Identifier: Apache-2.0
 *
 * attempt.h - one try at a unit of work, in a process of its own.
 *
 * The child is a fork without exec: it begins at once and its memory goes back whole.  Whatever happens in it, a
 * crash in a library, the kernel's OOM killer, an endless loop, costs one attempt and not the run.  It dies with its parent.
 * The parent must have no other threads, and blocks SIGCHLD, SIGTERM, SIGINT and SIGHUP (attempt_signals()).
 */
#ifndef PIPELINE_RUN_ATTEMPT_H
#define PIPELINE_RUN_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/context.h"
#include "pipeline/base/error.h"

/* What is to be done. */
struct attempt_spec {
	int (*command)(const struct context *context, struct error *e); /* as stages.h */
	const struct context *context;
	const char *log_file; /* what the child says goes to its end */
	int time_limit_s;
	/* About once a second while the child works; -1 with the error: the attempt is given up. */
	int (*tick)(void *user, struct error *e);
	void *user;
};

enum attempt_end {
	ATTEMPT_DONE,
	ATTEMPT_FAILED,	 /* error says why */
	ATTEMPT_CRASHED, /* by `signal`, or without a word */
	ATTEMPT_TIMED_OUT,
	ATTEMPT_INTERRUPTED, /* the parent was asked to end */
	ATTEMPT_GIVEN_UP,    /* error says why: what tick() said */
};

struct attempt {
	enum attempt_end end;
	struct error error;
	int signal;
	char *said; /* what the child wrote to standard output; to be freed */
	double seconds;
	int64_t rss_bytes; /* most memory it took */
};

/* Block the signals that attempt_run() waits for; true if one that asks the parent to end is pending. */
void attempt_signals(void);
bool attempt_is_interrupted(void);

/* Sleep for up to so many seconds; true if the parent was asked to end meanwhile. */
bool attempt_sleep(int seconds);

/* -1 with the error where there was no attempt: no process, no log file, a full disk. */
int attempt_run(const struct attempt_spec *spec, struct attempt *out, struct error *e);

#endif
