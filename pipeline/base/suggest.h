/* SPDX-License-Identifier: Apache-2.0
 *
 * suggest.h - the word that was meant: for unknown keys, options and commands.
 */
#ifndef PIPELINE_BASE_SUGGEST_H
#define PIPELINE_BASE_SUGGEST_H

#include <stddef.h>

/* Words longer than this are compared with nothing. */
#define SUGGEST_LENGTH_MAX 64

/*
 * The one of the n known words nearest to word by edit distance: letters put in,
 * left out, exchanged, or two neighbours swapped count 1 each (optimal string
 * alignment distance); ASCII case does not count.  The first of equally near
 * ones.  NULL if none is within a third of word's length (1 for a short word).
 */
const char *suggest(const char *word, const char *const *known, size_t n);

#endif
