/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/config_internal.h"
#include "pipeline/base/suggest.h"

#define KEYS_MAX 128 /* of the table */
#define OPTIONS	 "options "

/* In the order of --dump-config. */
static const char *const sections[] = { "lake",		 "inputs",	  "period NAME",
					"change NAME",	 "output",	  "slurm",
					"options",	 "options scene", "options mosaic",
					"options change" };
#define SECTIONS_NR (sizeof(sections) / sizeof(sections[0]))

struct reader {
	struct config *c;
	char *folder;				     /* of the file */
	struct given_list levels[LEVEL_ENVIRONMENT]; /* of the file */
	struct options scratch;			     /* to try values in */
	struct config_times times;
	enum command command; /* of [options COMMAND]; COMMAND_NONE: every one */
};

/* --- values of the file --- */

static const struct option_spec *find_key(const char *name)
{
	for (size_t i = 0; i < option_table_nr; i++)
		if (!strcmp(option_table[i].name, name) && option_table[i].type != OPTION_ANSWER)
			return &option_table[i];
	return NULL;
}

/* The nearest key of any section, or all of this one. */
static int unknown_key(const struct ini_place *at, const char *section, const char *own,
		       const char *name, struct error *e)
{
	const char *known[KEYS_MAX] = { NULL }, *meant;
	char what[80];
	size_t n = 0;

	for (size_t i = 0; i < option_table_nr && n < KEYS_MAX; i++)
		if (option_table[i].type != OPTION_ANSWER && option_section(&option_table[i])[0])
			known[n++] = option_table[i].name;
	meant = suggest(name, known, n);
	if (meant)
		return ini_error(e, at,
				 "unknown key \"%s\"; did you mean \"%s\", which is one of [%s]?",
				 name, meant, option_section(find_key(meant)));
	n = 0;
	for (size_t i = 0; i < option_table_nr && n < KEYS_MAX; i++)
		if (option_table[i].type != OPTION_ANSWER &&
		    !strcmp(option_section(&option_table[i]), own ? "options" : section))
			known[n++] = option_table[i].name;
	snprintf(what, sizeof(what), "key in [%s]", section);
	return ini_unknown(e, at, what, name, known, n);
}

/* May this key stand here? */
static int check_key(const struct reader *r, const struct ini_place *at, const char *section,
		     const struct option_spec *s, struct error *e)
{
	bool own = r->command != COMMAND_NONE;
	const char *home = option_section(s);
	const struct given_list *level = &r->levels[own ? LEVEL_OWN : LEVEL_SHARED];

	if (!home[0])
		return ini_error(e, at, "\"%s\" is given on the command line only, as %s", s->name,
				 s->spelling);
	if (strcmp(home, own ? "options" : section) != 0)
		return ini_error(e, at, "\"%s\" belongs in [%s], not in [%s]", s->name, home,
				 section);
	if (own && !(s->commands & 1u << r->command))
		return ini_error(e, at, "%s takes no \"%s\"", command_name(r->command), s->name);
	for (size_t i = 0; i < level->nr; i++)
		if (level->items[i].spec == s && s->type != OPTION_PAIRS &&
		    s->type != OPTION_LIST && (!own || level->items[i].commands & 1u << r->command))
			return ini_error(e, at, "\"%s\" is given twice, first in %s", s->name,
					 level->items[i].origin);
	return 0;
}

static int add_value(struct reader *r, const struct ini_place *at, const struct option_spec *s,
		     const char *value, struct error *e)
{
	bool own = r->command != COMMAND_NONE;
	struct given_list *level = &r->levels[own ? LEVEL_OWN : LEVEL_SHARED];
	unsigned commands = own ? 1u << r->command : STAGES | CONFIGURED;
	char *resolved = config_resolve(s, r->folder, value), *origin = NULL;
	int ret;

	if (!resolved || asprintf(&origin, "%s:%d", at->path, at->line) < 0) {
		free(resolved);
		return error_nomem(e, s->name);
	}
	ret = given_add_text(level, s, commands, resolved, origin, e);
	if (!ret && given_set(&r->scratch, &level->items[level->nr - 1], s->name, e)) {
		if (e->code == ERROR_USAGE)
			e->code = ERROR_CONFIG;
		ret = error_prefix(e, "%s", origin);
	}
	free(resolved);
	free(origin);
	return ret;
}

/* --- the file --- */

static int take_section(void *user, const struct ini_place *at, const char *section,
			struct error *e)
{
	struct reader *r = user;
	size_t i = 0;
	int ret;

	if (config_times_end(&r->times, at->path, e))
		return -1;
	r->command = COMMAND_NONE;
	ret = config_times_begin(r->c, &r->times, at, section, e);
	if (ret <= 0)
		return ret;
	while (i < SECTIONS_NR && strcmp(section, sections[i]) != 0)
		i++;
	if (i == SECTIONS_NR)
		return ini_unknown(e, at, "section", section, sections, SECTIONS_NR);
	for (int c = 0; !strncmp(section, OPTIONS, strlen(OPTIONS)) && c < COMMAND_NR; c++)
		if (!strcmp(section + strlen(OPTIONS), command_table[c].name))
			r->command = (enum command)c;
	return 0;
}

static int take_key(void *user, const struct ini_place *at, const char *section, const char *name,
		    const char *value, struct error *e)
{
	struct reader *r = user;
	const struct option_spec *s;

	if (!section[0])
		return ini_error(e, at, "\"%s\" stands before any section; begin with [lake]",
				 name);
	if (r->times.period || r->times.change)
		return config_times_key(&r->times, at, name, value, e);
	s = find_key(name);
	if (!s)
		return unknown_key(at, section, r->command == COMMAND_NONE ? NULL : section, name,
				   e);
	if (check_key(r, at, section, s, e))
		return -1;
	return add_value(r, at, s, value, e);
}

static int read_file(struct reader *r, struct error *e)
{
	static const struct ini_taker taker = { take_section, take_key, false };

	r->folder = config_folder(r->c->path);
	if (!r->folder)
		return error_errno(e, errno, "the folder of %s", r->c->path);
	if (ini_read(r->c->path, &taker, r, e) || config_times_end(&r->times, r->c->path, e))
		return -1;
	return config_times_finish(r->c, &r->times, e);
}

/* --- what all sources say together --- */

static int set_options(struct config *c, const struct given_list *const levels[LEVEL_NR],
		       struct error *e)
{
	for (int k = 0; k < COMMAND_NR; k++) {
		struct options *o = &c->options[k];

		if (!((STAGES | CONFIGURED) & 1u << k))
			continue;
		options_init(o);
		if (options_check_presets(o, e))
			return -1;
		for (size_t i = 0; i < LEVEL_NR; i++)
			if (given_apply(o, levels[i], (enum command)k, e))
				return -1;
		if (!(STAGES & 1u << k))
			continue;
		free(o->output);
		free(o->period);
		o->output = o->period = NULL;
	}
	return 0;
}

/* Is there all that is needed, and does it fit together? */
static int check(const struct config *c, struct error *e)
{
	const struct options *o = &c->options[COMMAND_RUN];

	if (!o->products.nr && !o->search.nr)
		return error_set(e, ERROR_CONFIG, "%s: no products and no search in [inputs]",
				 c->path);
	if (!o->output)
		return error_set(e, ERROR_CONFIG, "%s: no output in [output]", c->path);
	/* A connection, with a password maybe, or an address would become the name of a folder. */
	if (strstr(o->output, "/PG:") || strstr(o->output, "://"))
		return error_set(e, ERROR_CONFIG,
				 "%s: output wants a folder; a database is named with index and "
				 "vectors",
				 c->path);
	if (strcmp(o->index, "none") != 0 && strcmp(o->index, "gpkg") != 0 &&
	    strncmp(o->index, "PG:", 3) != 0)
		return error_set(e, ERROR_CONFIG,
				 "%s: index wants none, gpkg or PG: and a connection, not '%s'",
				 c->path, o->index);
	return 0;
}

/* Periods and changes as they were read. */
static int add_times(struct config_settings *s, const struct config_times *t, struct error *e)
{
	for (size_t i = 0; i < t->settings.nr; i++) {
		const struct config_setting *old = &t->settings.items[i];

		if (config_settings_add(s, old->section, old->key, old->value, old->origin, e))
			return -1;
	}
	return 0;
}

static int set_settings(struct config *c, const struct config_times *t,
			const struct given_list *const levels[LEVEL_NR], struct error *e)
{
	struct config_settings s = { 0 };
	char *here = config_folder("");
	int ret = here ? 0 : error_errno(e, errno, "the working folder");

	for (size_t i = 0; !ret && i < SECTIONS_NR; i++) {
		if (!strcmp(sections[i], "period NAME"))
			ret = add_times(&s, t, e);
		else if (strcmp(sections[i], "change NAME") != 0)
			ret = config_settings_section(&s, c, levels, sections[i], here, e);
	}
	free(here);
	c->settings = s.items;
	c->settings_nr = s.nr;
	return ret;
}

int config_read(struct config *out, const char *path, const struct options *command_line,
		struct error *e)
{
	struct reader r = { .c = out, .command = COMMAND_NONE };
	const struct given_list *const levels[LEVEL_NR] = {
		&r.levels[LEVEL_SHARED],
		&r.levels[LEVEL_OWN],
		&command_line->environment,
		&command_line->given,
	};
	int ret;

	*out = (struct config){ .path = strdup(path) };
	if (!out->path)
		return error_nomem(e, "the configuration");
	ret = read_file(&r, e) || set_options(out, levels, e) || check(out, e) ||
			      set_settings(out, &r.times, levels, e)
		      ? -1
		      : 0;
	for (size_t i = 0; i < LEVEL_ENVIRONMENT; i++)
		given_release(&r.levels[i]);
	free(r.folder);
	options_release(&r.scratch);
	config_times_release(&r.times);
	if (ret)
		config_release(out);
	return ret;
}

void config_release(struct config *c)
{
	struct config_settings settings = { c->settings, c->settings_nr };

	config_settings_release(&settings);
	for (size_t i = 0; i < COMMAND_NR; i++)
		options_release(&c->options[i]);
	for (size_t i = 0; i < c->periods_nr; i++)
		free(c->periods[i].name);
	free(c->periods);
	for (size_t i = 0; i < c->changes_nr; i++) {
		for (size_t k = 0; k < c->changes[i].periods_nr; k++)
			free(c->changes[i].periods[k]);
		free(c->changes[i].periods);
		free(c->changes[i].name);
	}
	free(c->changes);
	free(c->path);
	*c = (struct config){ 0 };
}
