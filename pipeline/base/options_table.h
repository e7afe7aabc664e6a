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
	OPTION_FLAG,	/* nothing, in a file yes or no; bool */
	OPTION_COUNT,	/* nothing, repeatable, in a file a number; int */
	OPTION_TEXT,	/* one word, not empty; char * */
	OPTION_CHOICE,	/* one of choices; char * */
	OPTION_PERIOD,	/* FROM/TO, FROM earlier; char * */
	OPTION_INTEGER, /* min..max, a multiple of step; int */
	OPTION_BYTES,	/* whole number and K, M or G; size_t */
	OPTION_SIZES,	/* two numbers > 0; double[2] */
	OPTION_EXTENT,	/* xmin ymin xmax ymax; double[4] */
	OPTION_PAIRS,	/* NAME=VALUE, repeatable; struct option_list */
	OPTION_LIST,	/* one word, not empty, repeatable; struct option_list */
	OPTION_ANSWER,	/* --help and its like: no member */
};

/* Is the value of a text option the name of a file, which a configuration gives from its own folder? */
enum option_path {
	PATH_NONE,
	PATH_FILE, /* a file, a folder or a pattern of them */
	PATH_LIST, /* several, by commas */
	PATH_LAKE, /* if it holds a dot or a slash */
};

/* Section of options that are no keys of a configuration. */
#define COMMAND_LINE_ONLY ""

/* Sets of commands. */
#define COMMANDS(command) (1u << COMMAND_##command)
#define COMMANDS_ALL	  ((1u << COMMAND_NR) - 1)
/* What makes results, and what reads a configuration. */
#define STAGES	   (COMMANDS(SCENE) | COMMANDS(MOSAIC) | COMMANDS(CHANGE))
#define CONFIGURED (COMMANDS(RUN) | COMMANDS(STATUS) | COMMANDS(SLURM))

struct option_spec {
	const char *name;     /* key in a configuration file; "--" before it is a spelling too */
	const char *spelling; /* as help shows it: "-tr", "--lake", "-o" */
	enum option_type type;
	size_t offset;	     /* in struct options */
	const char *section; /* of a configuration; NULL: "options", of all commands or of one */
	enum option_path path;
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
	size_t paths_min, paths_max; /* paths_max 0: any number */
	bool needs_output;
	const char *help; /* one sentence, no full stop */
};

extern const struct option_spec option_table[];
extern const size_t option_table_nr;
extern const struct command_spec command_table[COMMAND_NR];

/*
 * Set the option from its words (option_words() of them; a flag or count may have one, its value
 * as text, else words[0] is NULL); USAGE if they are wrong, naming s->spelling.
 */
int option_set(struct options *o, const struct option_spec *s, const char *const *words,
	       struct error *e);

/* Key and value of a text or number option; false: it has no value.  See option_value. */
bool option_format(const struct options *o, const struct option_spec *s, struct option_value *out);

/* How many words follow an option of this type. */
size_t option_words(enum option_type type);

/* Had options_init() memory for what is built in? */
int options_check_presets(const struct options *o, struct error *e);

/* Its section of a configuration: s->section or "options". */
const char *option_section(const struct option_spec *s);

/* Make what is repeatable empty (a count 0), before a higher source of options gives it anew. */
void option_clear(struct options *o, const struct option_spec *s);

/* Leave out the NAME=VALUE whose NAME is that of word (letters' case aside). */
void option_drop_pair(struct options *o, const struct option_spec *s, const char *word);

/* Have two NAME=VALUE the same NAME, letters' case aside? */
bool option_same_name(const char *a, const char *b);

/* --- options that were given (options_given.c) --- */

/* Add one for all commands, copying its words and its origin (NULL: the command line). */
int given_add(struct given_list *list, const struct option_spec *s, const char *const *words,
	      size_t words_nr, const char *origin, struct error *e);

/* Add one for some commands whose words are a text: split at blanks if it takes several. */
int given_add_text(struct given_list *list, const struct option_spec *s, unsigned commands,
		   const char *text, const char *origin, struct error *e);

void given_release(struct given_list *list);

/* option_set() from what was given; errors name it as called, or, if that is NULL, as on the command line. */
int given_set(struct options *o, const struct option_given *g, const char *called, struct error *e);

/* May the command (COMMAND_NONE and above: any) take it? */
bool given_is_for(const struct option_given *g, enum command command);

/*
 * Set what one source gives for this command, over what lower sources have set: a list is
 * replaced, of pairs those of the same NAME.  USAGE; CONFIG if it is not from the command line.
 */
int given_apply(struct options *o, const struct given_list *list, enum command command,
		struct error *e);

#endif
