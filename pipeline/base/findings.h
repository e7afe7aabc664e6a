/* SPDX-License-Identifier: Apache-2.0
 *
 * findings.h - what is wrong with something, in words: a list, for those who look for all of it and
 * not only for the first.
 */
#ifndef PIPELINE_BASE_FINDINGS_H
#define PIPELINE_BASE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"

/* More than a person reads; further ones are only counted. */
#define FINDINGS_KEPT 1000

/* Zero is none.  Owns its texts: one line each, at most 600 bytes.  One thread at a time. */
struct findings {
	char **text;
	size_t kept, nr; /* texts; all that were found */
	bool lost;	 /* there was no memory for one */
};

/* Add a text.  Without memory it is counted, and findings_check() fails. */
void findings_add(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* BUG if there was no memory for all of them. */
int findings_check(const struct findings *f, struct error *e);

/* All as one line, "; " between, as many as fit with the number of the others behind them. */
void findings_line(const struct findings *f, char *line, size_t size);

/* Accepts zero. */
void findings_release(struct findings *f);

#endif
