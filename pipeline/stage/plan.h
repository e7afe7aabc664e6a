/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h - what a configuration asks for, as units of work, and how far each is:
 *
 *   plan.c          the list; identities of units
 *   plan_scenes.c   products become units; versions and halves of one scene are one unit
 *   plan_search.c   products that STAC APIs know
 *   plan_results.c  observations that stand become mosaics, those become changes
 *   plan_state.c    the state of a unit from files, ledger and leases
 *
 * A unit's id is a hash of its kind, its inputs, the options that change pixels and the version.  Inputs of a scene
 * are its products by name and print (discover.h); of a mosaic the observations that stand, by id and unit; of a change its mosaics.
 * So a product that has changed, a new observation or another option makes a unit that nobody has done yet.
 */
#ifndef PIPELINE_STAGE_PLAN_H
#define PIPELINE_STAGE_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/config.h"
#include "pipeline/base/context.h"
#include "pipeline/io/discover.h"
#include "pipeline/io/ledger.h"

enum plan_kind { PLAN_SCENE, PLAN_MOSAIC, PLAN_CHANGE, PLAN_KINDS };

enum plan_state {
	PLAN_DONE,
	PLAN_TODO,
	PLAN_HELD,	  /* another process works on it */
	PLAN_WAITING,	  /* its product is still arriving */
	PLAN_LATER,	  /* it failed for a cause that passes: tried again at `retry` */
	PLAN_BLOCKED,	  /* what it is made of is not done */
	PLAN_EMPTY,	  /* there is nothing to make it of */
	PLAN_OUTSIDE,	  /* its product does not show the lake */
	PLAN_REFUSED,	  /* something of its product is missing; again when that changes */
	PLAN_QUARANTINED, /* its data are bad: not tried again as they are */
	PLAN_POISONED,	  /* it crashed too often: not tried again as it is */
	PLAN_STATES,
};

struct plan_unit {
	enum plan_kind kind;
	char id[SHA256_HEX];
	char *name;    /* of a scene its subject or path; of a period; of a change */
	char **inputs; /* paths */
	size_t inputs_nr;
	char *output;	/* folder for observations, or of the result */
	char *period;	/* FROM/TO of a mosaic */
	uint64_t bytes; /* of the inputs that have a size */
	int64_t newest; /* last change of a product's files; 0: not known */
	bool arriving;
	enum plan_state state;
	unsigned lost;	   /* attempts whose worker died */
	int64_t retry;	   /* PLAN_LATER */
	const char *error; /* last failure, in the ledger */
	bool failed;	   /* in this run, or at its last attempt */
};

struct plan {
	const struct config *config;
	struct ledger *ledger;
	const char *dir; /* output folder */
	json_t *options[PLAN_KINDS];
	struct plan_unit *unit; /* by kind, then name */
	size_t nr, room;
};

/* "scene", "mosaic", "change"; "done", "todo", ... */
const char *plan_kind_name(enum plan_kind k);
const char *plan_state_name(enum plan_state s);

/*
 * Read the ledger of the configuration's output folder, and plan a unit for each scene among the products that it names, with
 * their states at this time [s since 1970].  The configuration is borrowed; plan_release() also after an error.
 * Folders that cannot be read and searches that fail are logged, and counted in *missed: the rest goes on.
 * Errors of lake_open() and ledger_open().
 */
int plan_open(struct plan *p, const struct config *config, const struct log *log, int64_t now,
	      size_t *missed, struct error *e);
void plan_release(struct plan *p);

/*
 * Add the mosaics, or the changes, of what stands now.  Mosaics are blocked while fewer scenes than the configuration's
 * completeness are done, of those that can be.
 */
int plan_mosaics(struct plan *p, int64_t now, struct error *e);
int plan_changes(struct plan *p, int64_t now, struct error *e);

/* Set the states of the units of one kind anew, after others may have worked. */
void plan_look(struct plan *p, enum plan_kind kind, int64_t now);

/* Units of a kind in a state. */
size_t plan_count(const struct plan *p, enum plan_kind kind, enum plan_state state);

/* The options with which a command makes the unit: borrowed from configuration and unit, but for ->paths, which is the unit's. */
struct options plan_options(const struct plan *p, const struct plan_unit *u);

/* How long a scene will take [s], from those that were made. */
double plan_seconds(const struct plan *p, const struct plan_unit *u);

/* One line of `run --plan`, a new reference; NULL without memory. */
json_t *plan_line(const struct plan *p, size_t number);

/* --- between the parts --- */

/* Prepare a plan without units and without ledger.  Errors of lake_open(). */
int plan_init(struct plan *p, const struct config *config, struct error *e);

/* Add what the configuration's STAC APIs know of the lake and the periods; one that fails is logged and counted. */
int plan_search(const struct plan *p, struct discovery *d, const struct log *log, size_t *missed,
		struct error *e);

/* An empty unit at the end of the list, which moves the others; NULL without memory. */
struct plan_unit *plan_add(struct plan *p, enum plan_kind kind, const char *name);

/* A further path; 0 or -1 without memory. */
int plan_add_input(struct plan_unit *u, const char *path);

/* Set the id from what identifies the inputs. */
int plan_identify(const struct plan *p, struct plan_unit *u, const json_t *inputs, struct error *e);

/* The state of a unit, from what was tried, what stands and who works. */
void plan_look_at(const struct plan *p, struct plan_unit *u, int64_t now);

/* The same whoever works: for who has the unit's lease. */
void plan_judge(const struct plan *p, struct plan_unit *u, int64_t now);

/* Does this result of a "done" event stand?  Its item.json is the one that was seen then, or one of the same unit. */
bool plan_stands(const struct plan *p, const json_t *result);

/* After a failure, how it is to be taken. */
enum plan_state plan_after_failure(const struct ledger_unit *u, int attempts, int64_t *retry);

#endif
