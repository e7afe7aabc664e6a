/* SPDX-License-Identifier: Apache-2.0
 *
 * error.h - what went wrong, in words, owned by the caller.
 *
 * A function that can fail returns 0 or -1 and takes a struct error * last.
 * It fills the error once, at the place that knows most; callers on the way
 * up may prefix it with what they were doing.  Nothing but main() prints it.
 */
#ifndef PIPELINE_BASE_ERROR_H
#define PIPELINE_BASE_ERROR_H

/* Each value is the exit status of the program (sysexits.h; docs/guide.md). */
enum error_code {
	ERROR_NONE = 0,
	ERROR_PARTIAL = 3,	/* several products, some failed, each named */
	ERROR_USAGE = 64,	/* the command line is wrong */
	ERROR_DATA = 65,	/* bad data: trying again will not help */
	ERROR_NOINPUT = 66,	/* input missing, or no overlap with the lake */
	ERROR_UNAVAILABLE = 69, /* a remote service is gone after retries */
	ERROR_BUG = 70,		/* an invariant does not hold, or no memory */
	ERROR_CANTCREATE = 73,	/* the output exists or cannot be created */
	ERROR_IO = 74,		/* disk full, short write, read error */
	ERROR_TEMPORARY = 75,	/* locked, still arriving: try again later */
	ERROR_PERMISSION = 77,	/* not allowed */
	ERROR_CONFIG = 78,	/* configuration, or too little memory */
	/* As NOINPUT for the caller of the program, who sees eight bits of it; not for those who plan. */
	ERROR_OUTSIDE = 256 + ERROR_NOINPUT, /* the product does not show the lake */
};

struct error {
	enum error_code code;
	char text[600]; /* one line, no newline at its end */
};

/* Make '?' of control characters, which a foreign file's words may hold; a tab becomes a blank. */
void error_one_line(char *text);

/* Set code and text; always returns -1, so "return error_set(...)" works. */
int error_set(struct error *e, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Set the text and ": <what errno says>"; the code follows errno: ENOENT ->
 * NOINPUT, EACCES/EPERM/EROFS -> PERMISSION, ENOMEM -> BUG, others IO.
 * Always returns -1.
 */
int error_errno(struct error *e, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for something that is being created: a name that is taken, too long or under what
 * is not a folder is CANTCREATE.  Always returns -1.
 */
int error_create(struct error *e, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "<what>: " before the text that is there; always returns -1. */
int error_prefix(struct error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Set "no memory for <what>" with ERROR_BUG; always returns -1. */
int error_nomem(struct error *e, const char *what);

#endif
