/* SPDX-License-Identifier: Apache-2.0
 *
 * choice.h - which granules of many products are observed: of two versions of
 * the same granule the better one, of two halves both.
 */
#ifndef PIPELINE_STAGE_CHOICE_H
#define PIPELINE_STAGE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/log.h"
#include "pipeline/io/product.h"

/* What is remembered of a granule: enough to compare it with others. */
struct candidate {
	size_t path, granule; /* number of the product on the command line, of the granule in it */
	char key[200];	      /* platform, level, datatake and tile: what it is an observation of */
	char product[200], datastrip[20], baseline[16], tier[4];
	int64_t processed;
	bool dropped; /* another one is better */
	bool half;    /* there is another half of the same tile: the data strip goes into its id */
};

/* Zero is empty. */
struct choice {
	struct candidate *list;
	size_t nr, room;
};

/* Add all granules of a product; path: its number. */
int choice_add(struct choice *c, size_t path, const struct product *p, struct error *e);

/*
 * Decide.  Granules of one key are versions of one another if their data strips
 * are the same, else halves.  Of versions the one with the higher baseline is kept, then
 * the one that was processed later, then tier T1 before T2 before RT, then the name that sorts
 * last, then the first on the command line.  Each that is dropped is named on the log, with its better.
 */
void choice_decide(struct choice *c, const struct log *log);

/* What was decided of a granule; NULL: it was never added. */
const struct candidate *choice_find(const struct choice *c, size_t path, size_t granule);
void choice_release(struct choice *c);

#endif
