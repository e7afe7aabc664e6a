/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h - what was tried, on which host, and how it ended: DIR/ledger of a run's output folder.
 *
 *   attempts/TIME-WORKER.jsonl   one line of JSON an event, appended by one process and by no other
 *   leases/UNIT                  lease.h
 *   logs/UNIT.log                what was said while the unit was made
 *
 * The ledger is memory, not truth: item.json in a finished folder is that.  Where the ledger is lost, units are tried
 * again, find their results standing, and the ledger fills.  No database: many hosts append at once, each to files of its
 * own, and who reads merges them.
 *
 * Events are objects with "time" (UTC text), "event", "unit" (hex) and, by event:
 *   start        kind, name, inputs: an attempt begins
 *   done         name, results: [{"folder", "id", "unit", "time", "size", "changed", "sha256" (these three of item.json), "km2"}], seconds, bytes (of products), rss_bytes
 *   failed       code (exit status), error
 *   crashed      signal, or "time limit"
 *   interrupted  the run was asked to end
 *   replaced     id, from, to, km2_from, km2_to: a result that had been published has another content now
 */
#ifndef PIPELINE_IO_LEDGER_H
#define PIPELINE_IO_LEDGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* What the ledger knows of one unit. */
struct ledger_unit {
	enum { UNIT_UNKNOWN, UNIT_BEGUN, UNIT_DONE, UNIT_FAILED } state;
	int code;	       /* of the last failure; 0: it crashed */
	unsigned failures;     /* in a row, crashes among them */
	unsigned crashes;      /* in a row */
	unsigned lost;	       /* attempts without an end: their worker was killed */
	int64_t time;	       /* of the last event */
	const char *error;     /* of the last failure; lives in the ledger */
	const json_t *results; /* of the last "done"; lives in the ledger */
};

struct ledger;

/*
 * Read all events below DIR/ledger; the folders are made when the first event is added.  Lines that are
 * broken are counted and left out: a worker may have been killed while it wrote.  PERMISSION, IO.
 */
int ledger_open(struct ledger **out, const char *dir, struct error *e);
void ledger_free(struct ledger *l);

/* Make the folders, if they are not there.  CANTCREATE, PERMISSION, IO. */
int ledger_prepare(struct ledger *l, struct error *e);

/* What is known of a unit; zero for one that nobody tried. */
struct ledger_unit ledger_unit(const struct ledger *l, const char *unit);

/* The unit whose "done" was the last to name this result (its folder's name with that of the folder it is in); NULL: none. */
const char *ledger_maker(const struct ledger *l, const char *folder);

/* The name of that unit, "" if it has none. */
const char *ledger_maker_name(const struct ledger *l, const char *folder);

/* Names of all results' folders that units of this name ever made; an array that lives in the ledger; NULL: none. */
const json_t *ledger_made(const struct ledger *l, const char *name);

/* Should this result stand?  The last event of its maker is "done", and no later unit of the maker's name has others in its place. */
bool ledger_expects(const struct ledger *l, const char *folder);

/* All folders that any "done" names, as the keys of an object that lives in the ledger. */
const json_t *ledger_folders(const struct ledger *l);

/* Of a result, the fields that the last "done" gives; NULL: none. */
const json_t *ledger_result(const struct ledger *l, const char *folder);

/*
 * Append an event, a new reference that this takes; "time" is added.  sync: it must outlast a power cut.
 * The ledger knows the unit's state from then on, but not its results: a run of thousands of units must not grow; who
 * wants them opens the ledger anew.  IO: a full disk; nothing of the line is left then.
 */
int ledger_add(struct ledger *l, json_t *event, bool sync, struct error *e);

/* Bytes of products a second, over all scenes that were done; 0: none was. */
double ledger_rate(const struct ledger *l);

/* When a scene was last done, and the time of the newest scene that was [s since 1970]; 0: none was. */
int64_t ledger_latest(const struct ledger *l);
int64_t ledger_newest_scene(const struct ledger *l);

/* All "replaced" events, as they were read; an array that lives as long as the ledger. */
const json_t *ledger_replaced(const struct ledger *l);

/* Lines that could not be read. */
size_t ledger_broken(const struct ledger *l);

/* "DIR/ledger/NAME", to be freed; NULL without memory. */
char *ledger_path(const struct ledger *l, const char *name);

#endif
