/* SPDX-License-Identifier: Apache-2.0
 *
 * options_table.h - the option table itself; for options*.c and their tests.
 */
#ifndef PIPELINE_BASE_OPTIONS_TABLE_H
#define PIPELINE_BASE_OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/options.h"

/* What an option takes and which member of struct options it fills. */
enum option_type {
	OPTION_FLAG,	/* nothing; bool */
	OPTION_COUNT,	/* nothing, repeatable; int */
	OPTION_TEXT,	/* one word, not empty; char * */
	OPTION_CHOICE,	/* one of choices; char * */
	OPTION_PERIOD,	/* FROM/TO, FROM earlier; char * */
	OPTION_INTEGER, /* min..max, a multiple of step; int */
	OPTION_BYTES,	/* whole number and K, M or G; size_t */
	OPTION_SIZES,	/* two numbers > 0; double[2] */
	OPTION_EXTENT,	/* xmin ymin xmax ymax; double[4] */
	OPTION_PAIRS,	/* NAME=VALUE, repeatable; struct option_list */
	OPTION_ANSWER,	/* --help and its like: no member */
};

/* Sets of commands. */
#define COMMANDS(command) (1u << COMMAND_##command)
#define COMMANDS_ALL	  ((1u << COMMAND_NR) - 1)

struct option_spec {
	const char *name;     /* key in a configuration file; "--" before it is a spelling too */
	const char *spelling; /* as help shows it: "-tr", "--lake", "-o" */
	enum option_type type;
	size_t offset;	    /* in struct options */
	const char *preset; /* built-in value as it would be typed; NULL: none */
	unsigned commands;  /* that take it */
	bool changes_pixels;
	const char *metavar; /* NULL: takes nothing */
	const char *help;    /* one sentence, no full stop */
	const char *choices; /* "a|b|c" */
	int min, max, step;
};

struct command_spec {
	const char *name, *synopsis;
	size_t paths_min;
	bool needs_output;
	const char *help; /* one sentence, no full stop */
};

extern const struct option_spec option_table[];
extern const size_t option_table_nr;
extern const struct command_spec command_table[COMMAND_NR];

/* Set the option from its words (option_words() of them); USAGE if they are wrong. */
int option_set(struct options *o, const struct option_spec *s, const char *const *words,
	       struct error *e);

/* Key and value of a text or number option; false: it has no value.  See option_value. */
bool option_format(const struct options *o, const struct option_spec *s, struct option_value *out);

/* How many words follow an option of this type. */
size_t option_words(enum option_type type);

#endif
