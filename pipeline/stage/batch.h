/* SPDX-License-Identifier: Apache-2.0
 *
 * batch.h - several products, of which some may fail.
 */
#ifndef PIPELINE_STAGE_BATCH_H
#define PIPELINE_STAGE_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"
#include "pipeline/base/log.h"

/* How many were given, how many failed so far, and whether all for one cause. */
struct batch {
	const struct log *log;
	const char *what; /* "products" */
	size_t given, failed;
	enum error_code first;
	bool mixed;
};

/* Take down a failure; logs it where there are several products (main() says that of a single one). */
void batch_failed(struct batch *b, const char *path, const struct error *e);

/*
 * The outcome: 0 if nothing failed; else -1.  A single product keeps its own error in e; several
 * get their common code if all failed alike, else PARTIAL.
 */
int batch_end(const struct batch *b, struct error *e);

#endif
