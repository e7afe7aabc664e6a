/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/options_table.h"
#include "pipeline/base/suggest.h"

#define PREFIX	     "BALKHASH_"
#define WORDS_MAX    4	 /* after one option */
#define VARIABLE_MAX 64	 /* letters of a variable's name, and its end */
#define KEYS_MAX     128 /* of the table */

/* Variables that are no keys: of the tests, and (all that begin so) of remote files, for GDAL. */
static const char *const other_variables[] = { "TESTDATA",    "LONG",	 "SLOW",
					       "EVERY_PIXEL", "MAX_ISA", "HTTP_" };

static void given_free(struct option_given *g)
{
	for (size_t i = 0; g->words && i < g->words_nr; i++)
		free(g->words[i]);
	free(g->words);
	free(g->origin);
}

void given_release(struct given_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		given_free(&list->items[i]);
	free(list->items);
	*list = (struct given_list){ 0 };
}

int given_add(struct given_list *list, const struct option_spec *s, const char *const *words,
	      size_t words_nr, const char *origin, struct error *e)
{
	struct option_given *grown, g = { s, COMMANDS_ALL, NULL, words_nr, NULL };
	bool ok;

	grown = reallocarray(list->items, list->nr + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(e, s->spelling);
	list->items = grown;
	g.words = calloc(words_nr + 1, sizeof(*g.words));
	ok = g.words != NULL;
	for (size_t i = 0; ok && i < words_nr; i++)
		ok = (g.words[i] = strdup(words[i])) != NULL;
	if (ok && origin)
		ok = (g.origin = strdup(origin)) != NULL;
	if (!ok) {
		given_free(&g);
		return error_nomem(e, s->spelling);
	}
	grown[list->nr++] = g;
	return 0;
}

int given_add_text(struct given_list *list, const struct option_spec *s, unsigned commands,
		   const char *text, const char *origin, struct error *e)
{
	char *copy = strdup(text), *rest = copy, *word;
	const char *words[WORDS_MAX + 1] = { text };
	bool several = option_words(s->type) > 1;
	size_t nr = several ? 0 : 1;
	int ret;

	if (!copy)
		return error_nomem(e, s->spelling);
	while (several && nr <= WORDS_MAX && (word = strsep(&rest, " \t")))
		if (word[0])
			words[nr++] = word;
	ret = given_add(list, s, words, nr, origin, e);
	if (!ret)
		list->items[list->nr - 1].commands = commands;
	free(copy);
	return ret;
}

bool given_is_for(const struct option_given *g, enum command command)
{
	return command >= COMMAND_NR || g->commands & g->spec->commands & 1u << command;
}

int given_set(struct options *o, const struct option_given *g, const char *called, struct error *e)
{
	const char *const none[1] = { NULL };
	struct option_spec s = *g->spec;

	if (called)
		s.spelling = called;
	if (option_words(s.type) > 1 && g->words_nr != option_words(s.type))
		return error_set(e, ERROR_USAGE, "%s wants %s", s.spelling, s.metavar);
	return option_set(o, &s, g->words_nr ? (const char *const *)g->words : none, e);
}

int given_apply(struct options *o, const struct given_list *list, enum command command,
		struct error *e)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct option_given *g = &list->items[i];

		if (!given_is_for(g, command))
			continue;
		if (g->spec->type == OPTION_PAIRS)
			option_drop_pair(o, g->spec, g->words[0]);
		else
			option_clear(o, g->spec);
	}
	for (size_t i = 0; i < list->nr; i++) {
		const struct option_given *g = &list->items[i];

		if (!given_is_for(g, command) || !given_set(o, g, g->origin, e))
			continue;
		if (g->origin && e->code == ERROR_USAGE)
			e->code = ERROR_CONFIG;
		return -1;
	}
	return 0;
}

/* --- the environment --- */

void option_variable(const char *key, char *name, size_t size)
{
	size_t n = (size_t)snprintf(name, size, PREFIX "%s", key);

	for (size_t i = strlen(PREFIX); i < n && i + 1 < size; i++) {
		if (name[i] == '-')
			name[i] = '_';
		else if (name[i] >= 'a' && name[i] <= 'z')
			name[i] = (char)(name[i] - 'a' + 'A');
	}
}

static bool is_key(const struct option_spec *s)
{
	return s->type != OPTION_ANSWER && strcmp(option_section(s), COMMAND_LINE_ONLY) != 0;
}

__attribute__((format(printf, 3, 4))) static int warn(struct options *o, struct error *e,
						      const char *fmt, ...)
{
	struct option_list *list = &o->warnings;
	char **grown = reallocarray(list->values, list->nr + 1, sizeof(*grown));
	va_list ap;
	int n;

	if (!grown)
		return error_nomem(e, "a warning");
	list->values = grown;
	va_start(ap, fmt);
	n = vasprintf(&grown[list->nr], fmt, ap);
	va_end(ap);
	if (n < 0)
		return error_nomem(e, "a warning");
	list->nr++;
	return 0;
}

static bool is_other_variable(const char *key)
{
	for (size_t i = 0; i < sizeof(other_variables) / sizeof(other_variables[0]); i++) {
		const char *other = other_variables[i];
		size_t n = strlen(other);

		if (other[n - 1] == '_' ? !strncmp(key, other, n) : !strcmp(key, other))
			return true;
	}
	return false;
}

/* Told is the name, never the value, which may be a secret. */
static int unknown_variable(struct options *o, const char *name, struct error *e)
{
	char names[KEYS_MAX][VARIABLE_MAX];
	const char *known[KEYS_MAX], *nearest;
	const char *key = name + strlen(PREFIX);
	size_t n = 0;

	if (is_other_variable(key))
		return 0;
	for (size_t i = 0; i < option_table_nr && n < KEYS_MAX; i++) {
		if (!is_key(&option_table[i]))
			continue;
		option_variable(option_table[i].name, names[n], sizeof(names[n]));
		known[n] = names[n] + strlen(PREFIX);
		n++;
	}
	nearest = suggest(key, known, n);
	return warn(o, e, "the variable %s of the environment is no option%s%s%s", name,
		    nearest ? ": did you mean " PREFIX : "", nearest ? nearest : "",
		    nearest ? "?" : "");
}

/* Each line of a variable of several values is one. */
static int take_lines(struct options *o, const struct option_spec *s, const char *name,
		      const char *value, struct error *e)
{
	char *copy = strdup(value), *rest = copy, *line;
	int ret = copy ? 0 : error_nomem(e, name);

	while (!ret && (line = strsep(&rest, "\n")))
		if (line[0])
			ret = given_add_text(&o->environment, s, s->commands, line, name, e);
	free(copy);
	return ret;
}

static int take_variable(struct options *o, const char *name, const char *value, struct error *e)
{
	char wanted[VARIABLE_MAX];

	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];

		option_variable(s->name, wanted, sizeof(wanted));
		if (strcmp(name, wanted) != 0)
			continue;
		if (!is_key(s))
			return warn(o, e, "%s is not taken from the environment: give %s", name,
				    s->spelling);
		if (s->type == OPTION_PAIRS || s->type == OPTION_LIST)
			return take_lines(o, s, name, value, e);
		return given_add_text(&o->environment, s, s->commands, value, name, e);
	}
	return unknown_variable(o, name, e);
}

int options_environment(struct options *o, char *const *environment, struct error *e)
{
	for (; *environment; environment++) {
		const char *equals = strchr(*environment, '=');
		char *name;
		int ret;

		if (strncmp(*environment, PREFIX, strlen(PREFIX)) != 0 || !equals || !equals[1])
			continue;
		name = strndup(*environment, (size_t)(equals - *environment));
		if (!name)
			return error_nomem(e, "the environment");
		ret = take_variable(o, name, equals + 1, e);
		free(name);
		if (ret)
			return -1;
	}
	return 0;
}
