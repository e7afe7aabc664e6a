/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/config_internal.h"

#define LINE_LETTERS 190 /* that ini.h takes, and some less */
#define OPTIONS	     "options "

/* --- what a line may say --- */

/* "scheme://user:password@host", or password= in the connection of a database. */
static bool holds_password(const char *value)
{
	const char *user = strstr(value, "://"), *at;

	if (!strncmp(value, "PG:", 3) && strcasestr(value, "password"))
		return true;
	if (!user)
		return false;
	user += strlen("://");
	at = strchr(user, '@');
	return at && strcspn(user, ":") < (size_t)(at - user) &&
	       strcspn(user, "/") > (size_t)(at - user);
}

/* Would the file give back this value? */
static bool can_be_read(const char *key, const char *value)
{
	size_t n = strlen(value);

	if (strlen(key) + n > LINE_LETTERS || !n || strchr(" \t;", value[0]) ||
	    strchr(" \t", value[n - 1]) || strstr(value, " ;"))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 127)
			return false;
	return true;
}

int config_settings_add(struct config_settings *s, const char *section, const char *key,
			const char *value, const char *origin, struct error *e)
{
	struct config_setting *grown = reallocarray(s->items, s->nr + 1, sizeof(*grown));
	bool secret = holds_password(value);

	if (!grown)
		return error_nomem(e, "the settings");
	s->items = grown;
	grown += s->nr++;
	*grown = (struct config_setting){
		.section = strdup(section),
		.key = key,
		.value = strdup(secret ? "(not shown: it holds a password)" : value),
		.origin = strdup(origin),
		.shown = !secret && can_be_read(key, value),
	};
	if (!grown->section || !grown->value || !grown->origin)
		return error_nomem(e, "the settings");
	error_one_line(grown->value);
	error_one_line(grown->origin);
	return 0;
}

void config_settings_release(struct config_settings *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		free(s->items[i].section);
		free(s->items[i].value);
		free(s->items[i].origin);
	}
	free(s->items);
	*s = (struct config_settings){ 0 };
}

/* --- options --- */

/* A section that is being filled. */
struct filler {
	struct config_settings *out;
	const struct config *c;
	const struct given_list *const *levels;
	const char *section, *here;
	const struct option_spec *spec;
	enum command command; /* whose values they are */
};

/* The last level that gives the option, LEVEL_NR if none does; of pairs one of the same NAME as pair. */
static size_t top_level(const struct filler *f, const char *pair)
{
	for (size_t k = LEVEL_NR; k--;)
		for (size_t i = 0; i < f->levels[k]->nr; i++) {
			const struct option_given *g = &f->levels[k]->items[i];

			if (g->spec == f->spec && given_is_for(g, f->command) &&
			    (!pair || option_same_name(g->words[0], pair)))
				return k;
		}
	return LEVEL_NR;
}

/* What was given as one text, "yes" for a flag alone; NULL without memory. */
static char *value_text(const struct filler *f, const struct option_given *g)
{
	char *value = NULL;
	size_t size;
	FILE *text;

	if (f->spec->type == OPTION_COUNT)
		return asprintf(&value, "%d", f->c->options[f->command].verbose) < 0 ? NULL : value;
	text = open_memstream(&value, &size);
	for (size_t i = 0; text && i < g->words_nr; i++)
		fprintf(text, "%s%s", i ? " " : "", g->words[i]);
	if (text && !g->words_nr)
		fputs("yes", text);
	if (text && fclose(text)) {
		free(value);
		value = NULL;
	}
	return value;
}

static int add_given(const struct filler *f, size_t level, const struct option_given *g,
		     struct error *e)
{
	char *value = value_text(f, g), *whole;
	int ret;

	if (!value)
		return error_nomem(e, "the settings");
	/* The file's are absolute already. */
	whole = level < LEVEL_ENVIRONMENT ? strdup(value) : config_resolve(f->spec, f->here, value);
	free(value);
	if (!whole)
		return error_nomem(e, "the settings");
	ret = config_settings_add(f->out, f->section, f->spec->name, whole,
				  g->origin ? g->origin : "command line", e);
	free(whole);
	return ret;
}

/* Repeatable options have a line each, others that of the last. */
static int add_level(const struct filler *f, size_t k, struct error *e)
{
	const struct option_given *last = NULL;
	enum option_type type = f->spec->type;

	for (size_t i = 0; i < f->levels[k]->nr; i++) {
		const struct option_given *g = &f->levels[k]->items[i];

		if (g->spec != f->spec || !given_is_for(g, f->command))
			continue;
		last = g;
		if (type == OPTION_PAIRS && top_level(f, g->words[0]) != k)
			continue;
		if ((type == OPTION_PAIRS || type == OPTION_LIST) && add_given(f, k, g, e))
			return -1;
	}
	return last && type != OPTION_PAIRS && type != OPTION_LIST ? add_given(f, k, last, e) : 0;
}

/* Of what has no value there is no line. */
static int add_built_in(const struct filler *f, struct error *e)
{
	const struct option_spec *s = f->spec;
	const char *value = s->preset;
	char threads[20];
	int ret;

	if (s->type == OPTION_FLAG)
		value = "no";
	else if (s->type == OPTION_COUNT)
		value = "0";
	if (value)
		return config_settings_add(f->out, f->section, s->name, value, "built in", e);
	if (s->offset != offsetof(struct options, threads))
		return 0;
	/* Another machine has others: only told. */
	snprintf(threads, sizeof(threads), "%d", f->c->options[f->command].threads);
	ret = config_settings_add(f->out, f->section, s->name, threads, "built in: all CPUs", e);
	if (!ret)
		f->out->items[f->out->nr - 1].shown = false;
	return ret;
}

static int add_option(const struct filler *f, bool own, struct error *e)
{
	size_t top = top_level(f, NULL);

	if (own)
		return f->spec->type == OPTION_PAIRS || top == LEVEL_OWN
			       ? add_level(f, LEVEL_OWN, e)
			       : 0;
	if (top == LEVEL_NR)
		return add_built_in(f, e);
	for (size_t k = f->spec->type == OPTION_PAIRS ? 0 : top; k <= top; k++)
		if (add_level(f, k, e))
			return -1;
	return 0;
}

/* The command whose values a section shows: that of "options scene", else run before the others. */
static enum command command_of(const struct option_spec *s, const char *own)
{
	static const enum command shared[] = { COMMAND_RUN, COMMAND_STATUS, COMMAND_SLURM };

	for (int c = 0; own && c < COMMAND_NR; c++)
		if (!strcmp(command_table[c].name, own))
			return s->commands & 1u << c ? (enum command)c : COMMAND_NONE;
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (s->commands & 1u << shared[i])
			return shared[i];
	return COMMAND_NONE;
}

int config_settings_section(struct config_settings *s, const struct config *c,
			    const struct given_list *const levels[LEVEL_NR], const char *section,
			    const char *here, struct error *e)
{
	const char *own =
		strncmp(section, OPTIONS, strlen(OPTIONS)) ? NULL : section + strlen(OPTIONS);

	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *spec = &option_table[i];
		struct filler f = { s, c, levels, section, here, spec, command_of(spec, own) };

		if (spec->type == OPTION_ANSWER || f.command == COMMAND_NONE ||
		    strcmp(option_section(spec), own ? "options" : section) != 0)
			continue;
		if (add_option(&f, own != NULL, e))
			return -1;
	}
	return 0;
}

/* --- --dump-config --- */

static void print(const struct config_setting *s, FILE *out)
{
	const char *mark = s->shown ? "" : "; ";
	size_t length = strlen(s->key) + strlen(s->value) + strlen(s->origin) + strlen(" =  ; ");
	int n;

	if (length > LINE_LETTERS) {
		fprintf(out, "; %s\n%s%s = %s\n", s->origin, mark, s->key, s->value);
		return;
	}
	n = fprintf(out, "%s%s = %s", mark, s->key, s->value);
	fprintf(out, "%*s; %s\n", n < 40 ? 40 - n : 1, " ", s->origin);
}

int config_dump(const struct config *c, FILE *out, struct error *e)
{
	const char *section = "";

	for (size_t i = 0; i < c->settings_nr; i++) {
		if (strcmp(c->settings[i].section, section) != 0)
			fprintf(out, "%s[%s]\n", section[0] ? "\n" : "", c->settings[i].section);
		section = c->settings[i].section;
		print(&c->settings[i], out);
	}
	if (fflush(out) || ferror(out))
		return error_errno(e, errno, "cannot write the configuration");
	return 0;
}
