/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/config_internal.h"
#include "pipeline/base/suggest.h"
#include "pipeline/base/utc.h"

#define LETTERS	     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_LETTERS 63 /* at most */
#define PERIOD	     "period "
#define CHANGE	     "change "

/* Names of periods and changes are names of folders. */
static int check_name(const struct ini_place *at, const char *what, const char *name,
		      struct error *e)
{
	if (name[0] && strlen(name) <= NAME_LETTERS && strchr(LETTERS, name[0]) &&
	    !name[strspn(name, LETTERS "._-")])
		return 0;
	return ini_error(e, at,
			 "%s \"%s\": up to %d letters (a to z), digits, '.', '-' and '_' are "
			 "needed, a letter or digit first: it names a folder",
			 what, name, NAME_LETTERS);
}

static int begin_period(struct config *c, struct config_times *t, const struct ini_place *at,
			const char *name, struct error *e)
{
	struct config_period *grown;

	if (check_name(at, "period", name, e))
		return -1;
	for (size_t i = 0; i < c->periods_nr; i++)
		if (!strcmp(c->periods[i].name, name))
			return ini_error(e, at, "period \"%s\" is given twice", name);
	grown = reallocarray(c->periods, c->periods_nr + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "a period");
	c->periods = grown;
	t->period = &grown[c->periods_nr];
	*t->period = (struct config_period){ .name = strdup(name) };
	c->periods_nr++;
	return t->period->name ? 0 : error_nomem(e, "a period");
}

static int begin_change(struct config *c, struct config_times *t, const struct ini_place *at,
			const char *name, struct error *e)
{
	struct config_change *grown;
	int *lines;

	if (check_name(at, "change", name, e))
		return -1;
	for (size_t i = 0; i < c->changes_nr; i++)
		if (!strcmp(c->changes[i].name, name))
			return ini_error(e, at, "change \"%s\" is given twice", name);
	lines = reallocarray(t->change_lines, c->changes_nr + 1, sizeof(*lines));
	if (!lines)
		return error_nomem(e, "a change");
	t->change_lines = lines;
	lines[c->changes_nr] = at->line;
	grown = reallocarray(c->changes, c->changes_nr + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "a change");
	c->changes = grown;
	t->change = &grown[c->changes_nr];
	*t->change = (struct config_change){ .name = strdup(name) };
	c->changes_nr++;
	return t->change->name ? 0 : error_nomem(e, "a change");
}

int config_times_begin(struct config *c, struct config_times *t, const struct ini_place *at,
		       const char *section, struct error *e)
{
	bool period = !strncmp(section, PERIOD, strlen(PERIOD));

	t->line = at->line;
	t->has_from = t->has_to = false;
	if (!period && strncmp(section, CHANGE, strlen(CHANGE)) != 0)
		return 1;
	section += strlen(PERIOD);
	section += strspn(section, " \t");
	return period ? begin_period(c, t, at, section, e) : begin_change(c, t, at, section, e);
}

static int take_time(const struct ini_place *at, const char *key, const char *value, bool *has,
		     int64_t *time, struct error *e)
{
	if (*has)
		return ini_error(e, at, "\"%s\" is given twice", key);
	if (utc_parse(value, time))
		return ini_error(e, at,
				 "%s = %s: a day or a time in UTC such as 2024-05-01 or "
				 "2024-05-01T06:00:00Z is needed",
				 key, value);
	*has = true;
	return 0;
}

/* "FROM/TO" */
static int take_both(struct config_times *t, const struct ini_place *at, const char *value,
		     struct error *e)
{
	const char *slash = strchr(value, '/');
	char from[UTC_TEXT] = "";

	if (!slash || slash - value >= UTC_TEXT)
		return ini_error(
			e, at, "period = %s: FROM/TO as in 2024-05-01/2024-11-01 is needed", value);
	memcpy(from, value, (size_t)(slash - value));
	if (take_time(at, "period", from, &t->has_from, &t->period->from, e))
		return -1;
	return take_time(at, "period", slash + 1, &t->has_to, &t->period->to, e);
}

static int period_key(struct config_times *t, const struct ini_place *at, const char *name,
		      const char *value, struct error *e)
{
	static const char *const keys[] = { "from", "to", "period" };
	int ret;

	if (!strcmp(name, "from"))
		ret = take_time(at, name, value, &t->has_from, &t->period->from, e);
	else if (!strcmp(name, "to"))
		ret = take_time(at, name, value, &t->has_to, &t->period->to, e);
	else if (!strcmp(name, "period"))
		ret = take_both(t, at, value, e);
	else
		ret = ini_unknown(e, at, "key in [period NAME]", name, keys, 3);
	if (!ret && t->has_from && t->has_to && t->period->from >= t->period->to)
		ret = ini_error(e, at,
				"period \"%s\" ends before it begins: from must be earlier "
				"than to, which is not in it",
				t->period->name);
	return ret;
}

/* Blanks around a name mean nothing. */
static int add_name(struct config_change *change, const struct ini_place *at, char *word,
		    struct error *e)
{
	char **grown;
	size_t n;

	word += strspn(word, " \t");
	for (n = strlen(word); n && strchr(" \t", word[n - 1]); n--)
		;
	word[n] = 0;
	if (!n)
		return ini_error(e, at, "a name between the commas is empty");
	for (size_t i = 0; i < change->periods_nr; i++)
		if (!strcmp(change->periods[i], word))
			return ini_error(e, at, "the period \"%s\" is named twice", word);
	grown = reallocarray(change->periods, change->periods_nr + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "a change");
	change->periods = grown;
	grown[change->periods_nr] = strdup(word);
	if (!grown[change->periods_nr])
		return error_nomem(e, "a change");
	change->periods_nr++;
	return 0;
}

static int change_key(struct config_times *t, const struct ini_place *at, const char *name,
		      const char *value, struct error *e)
{
	static const char *const keys[] = { "periods" };
	char *copy, *rest, *word;
	int ret = 0;

	if (strcmp(name, keys[0]) != 0)
		return ini_unknown(e, at, "key in [change NAME]", name, keys, 1);
	if (t->change->periods_nr)
		return ini_error(e, at, "\"periods\" is given twice");
	rest = copy = strdup(value);
	if (!copy)
		return error_nomem(e, "a change");
	while (!ret && (word = strsep(&rest, ",")))
		ret = add_name(t->change, at, word, e);
	free(copy);
	if (!ret && t->change->periods_nr < 2)
		ret = ini_error(e, at, "a change needs two periods or more, separated by commas");
	return ret;
}

int config_times_key(struct config_times *t, const struct ini_place *at, const char *name,
		     const char *value, struct error *e)
{
	/* The names of keys are constants, and theirs is of a file. */
	static const char *const keys[] = { "from", "to", "period", "periods" };
	char section[NAME_LETTERS + sizeof(PERIOD)], *origin = NULL;
	size_t k = 0;
	int ret = t->period ? period_key(t, at, name, value, e) : change_key(t, at, name, value, e);

	if (ret)
		return -1;
	while (strcmp(keys[k], name) != 0)
		k++;
	snprintf(section, sizeof(section), "%s%s", t->period ? PERIOD : CHANGE,
		 t->period ? t->period->name : t->change->name);
	if (asprintf(&origin, "%s:%d", at->path, at->line) < 0)
		return error_nomem(e, at->path);
	ret = config_settings_add(&t->settings, section, keys[k], value, origin, e);
	free(origin);
	return ret;
}

int config_times_end(struct config_times *t, const char *path, struct error *e)
{
	const struct ini_place header = { path, t->line, t->line };
	const struct config_period *period = t->period;
	const struct config_change *change = t->change;

	t->period = NULL;
	t->change = NULL;
	if (period && !(t->has_from && t->has_to))
		return ini_error(e, &header, "period \"%s\" has no %s", period->name,
				 t->has_from ? "to" : "from");
	if (change && !change->periods_nr)
		return ini_error(e, &header, "change \"%s\" has no periods", change->name);
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct config_period *p = a, *q = b;

	if (p->from != q->from)
		return p->from < q->from ? -1 : 1;
	return strcmp(p->name, q->name);
}

static bool is_period(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->periods_nr; i++)
		if (!strcmp(c->periods[i].name, name))
			return true;
	return false;
}

static int unknown_period(const struct config *c, int line, const char *name, struct error *e)
{
	const struct ini_place at = { c->path, line, line };
	const char **known = calloc(c->periods_nr + 1, sizeof(*known));

	if (!known)
		return error_nomem(e, "the periods");
	for (size_t i = 0; i < c->periods_nr; i++)
		known[i] = c->periods[i].name;
	if (c->periods_nr)
		ini_unknown(e, &at, "period", name, known, c->periods_nr);
	else
		ini_error(e, &at, "unknown period \"%s\": there is no [period NAME]", name);
	free(known);
	return -1;
}

int config_times_finish(struct config *c, struct config_times *t, struct error *e)
{
	if (c->periods_nr)
		qsort(c->periods, c->periods_nr, sizeof(*c->periods), by_time);
	for (size_t i = 0; i < c->changes_nr; i++)
		for (size_t k = 0; k < c->changes[i].periods_nr; k++)
			if (!is_period(c, c->changes[i].periods[k]))
				return unknown_period(c, t->change_lines[i],
						      c->changes[i].periods[k], e);
	return 0;
}

void config_times_release(struct config_times *t)
{
	free(t->change_lines);
	config_settings_release(&t->settings);
	*t = (struct config_times){ 0 };
}
