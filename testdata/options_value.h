/* SPDX-License-Identifier: Apache-2.0
 *
 * options_value.h - from the text of one option to its value.  Each returns -1
 * with words for the user, who is told the option by `name` (without "--").
 */
#ifndef TESTDATA_OPTIONS_VALUE_H
#define TESTDATA_OPTIONS_VALUE_H

#include <stddef.h>

#include "testdata/options.h"

int value_whole(const char *name, const char *text, double low, double high, int *out,
		struct failure *f);
int value_real(const char *name, const char *text, double low, double high, double *out,
	       struct failure *f);

/* "75.47,46.55": longitude and latitude in degrees. */
int value_degrees(const char *name, const char *text, double out[2], struct failure *f);

/* One of the words of a NULL-ended list, "" apart: its number. */
int value_word(const char *name, const char *text, const char *const *words, int *out,
	       struct failure *f);

/* Some of the words, separated by commas: bit k for word k. */
int value_words(const char *name, const char *text, const char *const *words, unsigned *out,
		struct failure *f);

/* A text of fewer than size bytes. */
int value_copy(const char *name, const char *text, char *out, size_t size, struct failure *f);

/* The same signature for all that is more: the option's own part of *o. */
int value_date(struct options *o, const char *text, struct failure *f);
int value_time(struct options *o, const char *text, struct failure *f);
int value_size(struct options *o, const char *text, struct failure *f);
int value_mgrs(struct options *o, const char *text, struct failure *f);
int value_offsets(struct options *o, const char *text, struct failure *f);
int value_water(struct options *o, const char *text, struct failure *f);
int value_land(struct options *o, const char *text, struct failure *f);
int value_strip(struct options *o, const char *text, struct failure *f);
int value_plane(struct options *o, const char *text, struct failure *f);
int value_surface(struct options *o, const char *text, struct failure *f);
int value_naming(struct options *o, const char *text, struct failure *f);
int value_air(struct options *o, const char *text, struct failure *f);
int value_seed(struct options *o, const char *text, struct failure *f);

#endif
