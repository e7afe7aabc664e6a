/* SPDX-License-Identifier: Apache-2.0
 *
 * ini.h - INI files by libinih, without what it lets pass in silence.
 *
 * [SECTION], KEY = VALUE or KEY: VALUE; comments are lines that begin with ';' or '#', and what
 * follows a blank and ';'.  Blanks before a line mean nothing, so a value is one line, of at
 * most 197 bytes.  A line that is none of these is an error, as is text behind a header.
 */
#ifndef PIPELINE_BASE_INI_H
#define PIPELINE_BASE_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"

/* Where the reader is. */
struct ini_place {
	const char *path;
	int line, section_line; /* from 1; section_line 0: before any section */
};

/* What takes the parts of a file.  Each returns 0, or -1 with e, which ends the reading. */
struct ini_taker {
	/* A header; NULL: not wanted. */
	int (*section)(void *user, const struct ini_place *at, const char *section,
		       struct error *e);
	/* A key; section is "" before any header. */
	int (*key)(void *user, const struct ini_place *at, const char *section, const char *name,
		   const char *value, struct error *e);
	bool keys_needed; /* a section without keys is an error */
};

/* CONFIG with file and line for what is wrong in it; errors of file_read() if it cannot be read. */
int ini_read(const char *path, const struct ini_taker *taker, void *user, struct error *e);

/* Set CONFIG with "PATH:LINE: " and the text; always returns -1. */
int ini_error(struct error *e, const struct ini_place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for a word that is none of the n known: names the one that was meant, or all there are. */
int ini_unknown(struct error *e, const struct ini_place *at, const char *what, const char *word,
		const char *const *known, size_t n);

#endif
