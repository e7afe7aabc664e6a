/* SPDX-License-Identifier: Apache-2.0
 *
 * tiles.h - run work over n tiles: in parallel, bounded, delivered in order.
 */
#ifndef PIPELINE_RUN_TILES_H
#define PIPELINE_RUN_TILES_H

#include <stddef.h>

#include "pipeline/base/error.h"

struct tiles_ops {
	/* Make one worker's state; called from that worker.  NULL: the job is the state. */
	int (*start)(void *job, void **state, struct error *e);
	/* Fill slot with tile number i; runs concurrently; touches only its own
	 * state, its own slot and what in the job is immutable or locked. */
	int (*work)(void *state, size_t i, void *slot, struct error *e);
	/* Consume tile i; one call at a time, i = 0, 1, 2, ...; NULL: nothing to do. */
	int (*write)(void *job, size_t i, const void *slot, struct error *e);
	/* Release what start made; called once for each state, from its worker; may be NULL. */
	void (*stop)(void *state);
};

/*
 * Run ops over tiles 0..n-1 on the given number of threads (>= 1) with
 * 2 * threads slots of slot_size bytes (as the tile before left them); that is
 * all the memory it takes.  A worker never works on tile i before tile
 * i - 2 * threads is written.  The first error stops the run and is returned;
 * every worker has ended when this returns.
 */
int tiles_run(size_t n, int threads, size_t slot_size, const struct tiles_ops *ops, void *job,
	      struct error *e);

#endif
