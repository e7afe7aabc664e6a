/* SPDX-License-Identifier: Apache-2.0
 *
 * timing.h - where the time of a command goes (--timing).
 *
 * The command's main thread ends a lap after each pass: wall time and the CPU time of all threads since the last one.  Within
 * passes the kinds of work that cost most are counted by the threads themselves.  With NULL for a timing all
 * of it does nothing.
 */
#ifndef PIPELINE_BASE_TIMING_H
#define PIPELINE_BASE_TIMING_H

#include <stdatomic.h>
#include <stdint.h>

#include "pipeline/base/log.h"

enum timing_kind { TIMING_DECODE, TIMING_COMPRESS, TIMING_WRITE, TIMING_KINDS };

#define TIMING_LAPS_MAX 24

struct timing {
	struct timing_lap {
		const char *name; /* constant */
		double wall_s, cpu_s;
	} laps[TIMING_LAPS_MAX];
	int laps_nr;
	double wall_s, cpu_s; /* when the lap under way began */
	_Atomic uint64_t counted_ns[TIMING_KINDS];
};

/* The first lap begins. */
void timing_begin(struct timing *t);

/* End the lap, under the name of what was done in it; laps of one name are added up. */
void timing_lap(struct timing *t, const char *name);

/* Around work of a kind, on any thread: the moment [ns]; then what was counted since. */
uint64_t timing_start(const struct timing *t);
void timing_stop(struct timing *t, enum timing_kind kind, uint64_t start);

/*
 * To the log's stream, as text a table: of each lap wall and CPU time and what so many threads could have worked more, then of
 * each kind the threads' seconds in it; as JSON an event a lap and a kind.  Times are of the machine: no output of the
 * program holds them.
 */
void timing_print(const struct timing *t, int threads, const struct log *log);

#endif
