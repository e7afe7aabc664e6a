/* SPDX-License-Identifier: Apache-2.0
 *
 * verify.h - what the parts of the command "verify" share:
 *
 *   verify.c      the command; results, on all threads; the report
 *   verify_run.c  the output folder of a run: ledger, what killed processes left, catalogue
 */
#ifndef PIPELINE_STAGE_VERIFY_H
#define PIPELINE_STAGE_VERIFY_H

#include <jansson.h>
#include <stddef.h>

#include "pipeline/base/context.h"
#include "pipeline/base/findings.h"
#include "pipeline/io/ledger.h"

struct verify {
	const struct context *context;
	json_t *report; /* array; NULL: lines of text instead */
	size_t seen, bad;
	struct error last; /* of what was bad */
};

/* One thing that was looked at: a result, a file, a folder. */
struct verdict {
	const char *path; /* borrowed */
	struct error
		error; /* it could not be looked at, or it is not what a result is; else ERROR_NONE */
	struct findings bad;	/* what is not what it says */
	struct findings unsure; /* what is odd and may be right */
	json_t *extra_files; /* names of files that item.json does not list; NULL: not looked for */
};

/* Tell it and count it; releases what it holds. */
void verify_report(struct verify *v, struct verdict *d);

/* Results to look at. */
struct verify_list {
	char *const *path;
	size_t nr;
	/* Of a run: */
	const struct ledger *ledger; /* NULL: none */
	size_t prefix;		     /* bytes of a path before the result's name in the ledger */
};

/* Look at all of them, and report in their order.  BUG without memory. */
int verify_results(struct verify *v, const struct verify_list *list, struct error *e);

/* The output folder of a run, one that has a ledger.  BUG; errors of ledger_open(). */
int verify_run(struct verify *v, const char *dir, struct error *e);

#endif
