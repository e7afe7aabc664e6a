/* SPDX-License-Identifier: Apache-2.0
 *
 * level_file.h - a user's table of a lake's levels: a line "DATE,METRES" for each reading.
 */
#ifndef PIPELINE_IO_LEVEL_FILE_H
#define PIPELINE_IO_LEVEL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* Higher than any lake, and deeper than any sea [m]. */
#define LEVEL_MOST_M 10000

/* A level is not carried further than this from a reading [s]. */
#define LEVEL_REACH_S ((int64_t)31 * 86400)

struct level {
	int64_t time;
	double metres; /* within +-LEVEL_MOST_M */
};

/* Zero is none.  In order of time; of one time by metres, so the order of lines makes no difference.  Owns its array. */
struct levels {
	struct level *of;
	size_t nr;
};

void levels_release(struct levels *l);

/*
 * The readings of a text: lines of a time as utc_parse() takes it, a comma, and metres in digits; they end as those of any
 * system do.  Further columns are left out, if they do not begin with a digit: "341,62" may be a decimal comma.  The mark
 * of UTF-8 before the first line, a first line that does not begin with a digit, empty lines and those that begin with # are passed over.
 * DATA naming the line that is none of these, or if there is no reading.  On failure out is empty.
 */
int levels_parse(struct levels *out, const char *text, struct error *e);

/* The same of a regular file of at most 32 MiB; words name it.  Errors of file_read(); DATA for a file with a zero byte. */
int level_file_read(const char *path, struct levels *out, struct error *e);

/*
 * The level at a time [m]: between the readings before and after it, if both are within LEVEL_REACH_S; that of the one
 * which is; NaN if neither is.
 */
double levels_at(const struct levels *l, int64_t time);

#endif
