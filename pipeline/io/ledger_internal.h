/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger_internal.h - for ledger*.c.
 */
#ifndef PIPELINE_IO_LEDGER_INTERNAL_H
#define PIPELINE_IO_LEDGER_INTERNAL_H

#include "pipeline/io/ledger.h"

/* Of a worker's file. */
#define LEDGER_ENDING ".jsonl"

struct unit {
	struct ledger_unit known;
	char *error; /* what known points to */
	json_t *results;
};

struct ledger {
	char *folder;
	struct unit *units;
	size_t units_nr, units_room;
	json_t *places; /* object: unit -> its number in units */
	json_t *makers; /* object: folder of a result -> {"unit", "result", "time"} of the last done */
	json_t *latest;	  /* object: kind and name of units -> {"unit", "time"} of the last done */
	json_t *made;	  /* object: name of units -> array of folders */
	json_t *replaced; /* array */
	double bytes, seconds;		   /* of scenes that were done */
	int64_t latest_done, newest_scene; /* of scenes */
	size_t broken;
	int fd; /* of the file of this process; -1: none yet */
};

/*
 * Take an event into account; keep: results too.  Workers' files overlap in time: an older event than the last of its unit says
 * nothing new.
 */
int ledger_apply(struct ledger *l, json_t *event, bool keep, struct error *e);

/* The same of a line of a file, without its end; one that is no event is counted as broken. */
int ledger_apply_line(struct ledger *l, const char *line, size_t size, struct error *e);

#endif
