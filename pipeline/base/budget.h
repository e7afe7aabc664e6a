/* SPDX-License-Identifier: Apache-2.0
 *
 * budget.h - the memory that a run may take, shared by what grows with the data.
 *
 * Who grows says so before it does, and does not where the answer is no; it goes on counting, so
 * that the error can name the memory that is needed.  One thread at a time.
 */
#ifndef PIPELINE_BASE_BUDGET_H
#define PIPELINE_BASE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"

struct budget {
	size_t most;  /* bytes: --memory */
	size_t taken; /* bytes taken or asked for */
};

/* Ask for more; false: there is not so much. */
static inline bool budget_take(struct budget *b, size_t bytes)
{
	b->taken += bytes;
	return b->taken <= b->most;
}

static inline void budget_give(struct budget *b, size_t bytes)
{
	b->taken -= bytes;
}

/* CONFIG naming what was to be made and the --memory that it needs, where more was asked for than there is. */
static inline int budget_check(const struct budget *b, const char *what, struct error *e)
{
	if (b->taken <= b->most)
		return 0;
	return error_set(e, ERROR_CONFIG, "%s: more memory is needed: use --memory %zuM", what,
			 (b->taken >> 20) + 1);
}

#endif
