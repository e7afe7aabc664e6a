/* SPDX-License-Identifier: Apache-2.0
 *
 * fail.h - what went wrong, in words, owned by the caller.
 *
 * A function that can fail returns 0 or -1 and takes a struct failure * last.
 * Only main() prints it.
 */
#ifndef TESTDATA_FAIL_H
#define TESTDATA_FAIL_H

struct failure {
	char text[1200]; /* one line */
};

/* Set the text; always returns -1, so "return fail(...)" works. */
__attribute__((format(printf, 2, 3))) int fail(struct failure *f, const char *fmt, ...);

/* Set the text and ": <what errno says>"; always returns -1. */
__attribute__((format(printf, 2, 3))) int fail_errno(struct failure *f, const char *fmt, ...);

#endif
