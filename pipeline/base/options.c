/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/options.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/options_table.h"
#include "pipeline/base/suggest.h"

#define WORDS_MAX   4	/* after one option */
#define KNOWN_MAX   256 /* spellings of all options */
#define THREADS_MAX 1024

_Static_assert(COMMAND_NR < 32, "sets of commands are unsigned");

/* The member of an option that is text. */
static char **text_of(struct options *o, const struct option_spec *s)
{
	return (char **)(void *)((char *)o + s->offset);
}

static bool is_text(enum option_type type)
{
	return type == OPTION_TEXT || type == OPTION_CHOICE || type == OPTION_PERIOD;
}

/* How many CPUs this process may run on. */
static int cpus(void)
{
	cpu_set_t set;
	long n;

	if (!sched_getaffinity(0, sizeof(set), &set))
		n = CPU_COUNT(&set);
	else
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (int)n;
}

void options_init(struct options *o)
{
	struct error unused;

	*o = (struct options){ .threads = cpus() };
	/* Without memory a text stays NULL: options_check_presets() says so. */
	for (size_t i = 0; i < option_table_nr; i++)
		if (option_table[i].preset)
			option_set(o, &option_table[i], &option_table[i].preset, &unused);
}

int options_check_presets(const struct options *o, struct error *e)
{
	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];

		if (s->preset && is_text(s->type) &&
		    !*(char *const *)(const void *)((const char *)o + s->offset))
			return error_nomem(e, "the options");
	}
	return 0;
}

void options_release(struct options *o)
{
	for (size_t i = 0; i < option_table_nr; i++) {
		if (is_text(option_table[i].type))
			free(*text_of(o, &option_table[i]));
		option_clear(o, &option_table[i]);
	}
	given_release(&o->environment);
	given_release(&o->given);
	for (size_t i = 0; i < o->warnings.nr; i++)
		free(o->warnings.values[i]);
	free(o->warnings.values);
	for (size_t i = 0; i < o->paths_nr; i++)
		free(o->paths[i]);
	free(o->paths);
	*o = (struct options){ 0 };
}

/* --- the command line --- */

struct parser {
	struct options *o;
	enum command command; /* COMMAND_NONE until it is met */
	int argc, i;	      /* i: the next word */
	char *const *argv;
	struct error *e;
};

static const char *without_dashes(const char *word)
{
	word += word[0] == '-';
	return word + (word[0] == '-');
}

/* The option that a word such as "-tr" or "--lake=balkhash" names, or NULL. */
static const struct option_spec *find_option(const char *word)
{
	const char *name = without_dashes(word);
	size_t length = strcspn(name, "=");

	if (word[0] != '-' || !length)
		return NULL;
	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];
		const char *spelling = without_dashes(s->spelling);

		if ((!strncmp(name, s->name, length) && !s->name[length]) ||
		    (!strncmp(name, spelling, length) && !spelling[length]))
			return s;
	}
	return NULL;
}

static int unknown_option(struct parser *p, const char *word)
{
	const char *known[KNOWN_MAX], *nearest, *command = command_name(p->command);
	const struct option_spec *s = NULL;
	size_t n = 0;
	char name[80];

	for (size_t i = 0; i < option_table_nr; i++) {
		known[n++] = option_table[i].name;
		known[n++] = without_dashes(option_table[i].spelling);
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(without_dashes(word), "="),
		 without_dashes(word));
	nearest = suggest(name, known, n);
	for (size_t i = 0; nearest && i < n; i++)
		if (nearest == known[i])
			s = &option_table[i / 2];
	return error_set(p->e, ERROR_USAGE,
			 "unknown option %.*s%s%s%s  balkhash %s%s--help lists them",
			 (int)(name[0] ? strcspn(word, "=") : strlen(word)), word,
			 s ? ": did you mean " : "", s ? s->spelling : "", s ? "?" : ".",
			 command ? command : "", command ? " " : "");
}

static enum command find_command(const char *word)
{
	int c = 0;

	while (c < COMMAND_NR && strcmp(word, command_table[c].name))
		c++;
	return (enum command)c;
}

static int unknown_command(struct parser *p, const char *word)
{
	const char *known[COMMAND_NR], *nearest;
	char list[200] = "";

	for (size_t c = 0; c < COMMAND_NR; c++) {
		size_t n = strlen(list);

		known[c] = command_table[c].name;
		snprintf(list + n, sizeof(list) - n, "%s%s", c ? ", " : "", known[c]);
	}
	nearest = suggest(word, known, COMMAND_NR);
	if (nearest)
		return error_set(p->e, ERROR_USAGE,
				 "unknown command '%s': did you mean %s?  The commands are %s",
				 word, nearest, list);
	return error_set(p->e, ERROR_USAGE, "unknown command '%s': the commands are %s", word,
			 list);
}

/* The words of an option: from after '=' or from the next places. */
static int take_words(struct parser *p, const struct option_spec *s, const char *word,
		      const char *words[WORDS_MAX])
{
	const char *equals = strchr(word, '=');
	size_t n = option_words(s->type);

	if (equals && n == 1) {
		words[0] = equals + 1;
		return 0;
	}
	if (equals && n)
		return error_set(p->e, ERROR_USAGE, "%s takes no '=': write %s %s", s->spelling,
				 s->spelling, s->metavar);
	if (equals)
		return error_set(p->e, ERROR_USAGE, "%s takes no value", s->spelling);
	for (size_t k = 0; k < n; k++) {
		if (p->i >= p->argc)
			return error_set(p->e, ERROR_USAGE, "%s wants %s after it", s->spelling,
					 s->metavar);
		words[k] = p->argv[p->i++];
		if (find_option(words[k]))
			return error_set(p->e, ERROR_USAGE,
					 "%s wants %s after it, not the option %s (a path of this "
					 "name: ./%s)",
					 s->spelling, s->metavar, words[k], words[k]);
	}
	return 0;
}

/* What the environment gives for the command, and over it what the command line gives. */
static int set_options(const struct parser *p)
{
	return given_apply(p->o, &p->o->environment, p->command, p->e) ||
			       given_apply(p->o, &p->o->given, p->command, p->e)
		       ? -1
		       : 0;
}

/* --help and its like; 1: the rest of the command line does not matter. */
static int answer(struct parser *p, const struct option_spec *s, FILE *out)
{
	if (!strcmp(s->name, "version")) {
		p->command = COMMAND_VERSION;
		return set_options(p) ? -1 : 1;
	}
	if (!strcmp(s->name, "man")) {
		options_man(out);
	} else if (!strcmp(s->name, "bash-completion")) {
		options_completion(out);
	} else {
		if (p->command == COMMAND_NONE && p->i < p->argc)
			p->command = find_command(p->argv[p->i]);
		options_help(p->command, out);
	}
	p->command = COMMAND_NONE;
	return 1;
}

/* 0, -1 with the error, or 1 if it was answered. */
static int parse_option(struct parser *p, const char *word, FILE *out)
{
	const struct option_spec *s = find_option(word);
	const char *words[WORDS_MAX] = { NULL };

	if (!s)
		return unknown_option(p, word);
	if (take_words(p, s, word, words))
		return -1;
	if (s->type == OPTION_ANSWER)
		return answer(p, s, out);
	return given_add(&p->o->given, s, words, option_words(s->type), NULL, p->e);
}

static int add_path(struct parser *p, const char *word)
{
	struct options *o = p->o;

	if (!word[0])
		return error_set(p->e, ERROR_USAGE, "a path is empty");
	o->paths[o->paths_nr] = strdup(word);
	if (!o->paths[o->paths_nr])
		return error_nomem(p->e, "the command line");
	o->paths_nr++;
	return 0;
}

/* 0, -1 with the error, or 1 if it was answered. */
static int parse_words(struct parser *p, FILE *out)
{
	bool ended = false;
	int ret = 0;

	while (!ret && p->i < p->argc) {
		const char *word = p->argv[p->i++];

		if (!ended && !strcmp(word, "--")) {
			ended = true;
		} else if (!ended && word[0] == '-' && word[1]) {
			ret = parse_option(p, word, out);
		} else if (p->command == COMMAND_NONE) {
			p->command = find_command(word);
			if (p->command == COMMAND_NONE)
				ret = unknown_command(p, word);
		} else {
			ret = add_path(p, word);
		}
	}
	return ret;
}

static int check_options(const struct parser *p)
{
	for (size_t i = 0; i < p->o->given.nr; i++)
		if (!given_is_for(&p->o->given.items[i], p->command))
			return error_set(p->e, ERROR_USAGE,
					 "%s is not an option of %s; balkhash %s --help lists them",
					 p->o->given.items[i].spec->spelling,
					 command_name(p->command), command_name(p->command));
	return options_check_presets(p->o, p->e);
}

/* Is there all that the command needs? */
static int check(const struct parser *p)
{
	const struct command_spec *c;

	if (p->command == COMMAND_NONE)
		return error_set(p->e, ERROR_USAGE,
				 "no command is given; balkhash --help lists them");
	c = &command_table[p->command];
	if (check_options(p) || set_options(p))
		return -1;
	if (p->o->paths_nr < c->paths_min)
		return error_set(p->e, ERROR_USAGE, "%s wants at least %s, not %zu: balkhash %s %s",
				 c->name, c->paths_min > 1 ? "two paths" : "one path",
				 p->o->paths_nr, c->name, c->synopsis);
	if (c->paths_max && p->o->paths_nr > c->paths_max)
		return error_set(p->e, ERROR_USAGE, "%s wants one path, not %zu: balkhash %s %s",
				 c->name, p->o->paths_nr, c->name, c->synopsis);
	if (c->needs_output && !p->o->output)
		return error_set(p->e, ERROR_USAGE,
				 "%s wants to know where to write, -o DIR: "
				 "balkhash %s %s",
				 c->name, c->name, c->synopsis);
	/* A connection, with a password maybe, would become the name of a folder. */
	if (p->o->output && !strncmp(p->o->output, "PG:", 3))
		return error_set(p->e, ERROR_USAGE,
				 "-o wants a folder; a database is named with --vectors");
	return 0;
}

/* What is wrong on the command line is told in the format that it asks for before that. */
static void keep_format(struct parser *p)
{
	struct error ignored;

	for (size_t i = 0; i < p->o->given.nr; i++) {
		const struct option_given *g = &p->o->given.items[i];

		if (!strcmp(g->spec->name, "log-format"))
			option_set(p->o, g->spec, (const char *const *)g->words, &ignored);
	}
}

int options_parse(struct options *o, enum command *command, int argc, char *const *argv, FILE *out,
		  struct error *e)
{
	struct parser p = {
		.o = o, .command = COMMAND_NONE, .argc = argc, .i = 1, .argv = argv, .e = e
	};
	int ret;

	*command = COMMAND_NONE;
	o->paths = calloc((size_t)argc + 1, sizeof(*o->paths));
	if (!o->paths)
		return error_nomem(e, "the command line");
	ret = parse_words(&p, out);
	if (!ret)
		ret = check(&p);
	if (ret < 0) {
		keep_format(&p);
		return -1;
	}
	*command = p.command;
	return 0;
}

size_t options_that_change_pixels(const struct options *o, enum command command,
				  struct option_value *values, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < option_table_nr && n < max; i++) {
		const struct option_spec *s = &option_table[i];

		if (s->changes_pixels && s->commands & 1u << command)
			n += option_format(o, s, &values[n]);
	}
	return n;
}
