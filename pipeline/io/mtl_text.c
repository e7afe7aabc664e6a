/* SPDX-License-Identifier: Apache-2.0
 *
 * mtl_text.c - the text form of Landsat metadata: ODL groups of "KEY = value" lines.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/mtl_internal.h"

/* Where the parser is. */
struct cursor {
	struct mtl *mtl;
	const char *open[MTL_DEPTH_MAX]; /* names of the groups around this line */
	size_t depth;
	size_t line;
	bool ended;
};

/* Cut blanks off both ends of [s, end), in place. */
static char *trim(char *s, char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	while (end > s && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	*end = '\0';
	return s;
}

static int bad_line(const struct cursor *c, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "line %zu: %s", c->line, what);
}

/* Take the quotes off a value; NULL if they do not match. */
static char *unquote(char *value)
{
	size_t n = strlen(value);

	if (value[0] != '"')
		return strchr(value, '"') ? NULL : value;
	if (n < 2 || value[n - 1] != '"')
		return NULL;
	value[n - 1] = '\0';
	return strchr(value + 1, '"') ? NULL : value + 1;
}

static int take_pair(struct cursor *c, const char *key, char *value, struct error *e)
{
	value = unquote(value);
	if (!value)
		return bad_line(c, "a quote that is not closed", e);
	if (!strcmp(key, "GROUP")) {
		if (c->depth == MTL_DEPTH_MAX)
			return bad_line(c, "groups too deep", e);
		c->open[c->depth++] = value;
		return 0;
	}
	if (!strcmp(key, "END_GROUP")) {
		if (!c->depth || strcmp(c->open[c->depth - 1], value))
			return bad_line(c, "END_GROUP of a group that is not open", e);
		c->depth--;
		return 0;
	}
	if (!c->depth)
		return bad_line(c, "a key outside any group", e);
	if (mtl_add(c->mtl, c->open[c->depth - 1], key, value, e))
		return error_prefix(e, "line %zu", c->line);
	return 0;
}

/* One line, [s, end). */
static int take_line(struct cursor *c, char *s, char *end, struct error *e)
{
	char *equals;

	s = trim(s, end);
	if (!*s)
		return 0;
	if (!strcmp(s, "END")) {
		c->ended = true;
		return 0;
	}
	for (const char *t = s; *t; t++)
		if (((unsigned char)*t < 0x20 && *t != '\t') || *t == 0x7f)
			return bad_line(c, "a control character", e);
	equals = strchr(s, '=');
	if (!equals || trim(s, equals)[0] == '\0')
		return bad_line(c, "not \"KEY = value\"", e);
	end = equals + 1 + strlen(equals + 1);
	return take_pair(c, s, trim(equals + 1, end), e);
}

static int take_lines(struct cursor *c, char *s, struct error *e)
{
	while (*s && !c->ended) {
		size_t n = strcspn(s, "\n");
		bool more = s[n] == '\n';

		if (++c->line > MTL_LINES_MAX)
			return error_set(e, ERROR_DATA, "more than %d lines", MTL_LINES_MAX);
		if (take_line(c, s, s + n, e))
			return -1;
		s += n + more;
	}
	if (c->depth)
		return error_set(e, ERROR_DATA, "ends inside the group %.60s: is the file cut?",
				 c->open[c->depth - 1]);
	return mtl_finish(c->mtl, e);
}

int mtl_parse(struct mtl **out, const char *text, size_t n, struct error *e)
{
	struct cursor c = { .mtl = NULL };
	size_t used = strnlen(text, n);
	char *copy = NULL;
	int ret = -1;

	*out = NULL;
	if (mtl_check(text, n, e))
		return -1;
	for (size_t i = used; i < n; i++)
		if (text[i])
			return error_set(e, ERROR_DATA, "a hole of NUL bytes at byte %zu", used);
	c.mtl = mtl_new(e);
	copy = c.mtl ? strndup(text, used) : NULL;
	if (copy)
		ret = take_lines(&c, copy, e);
	else
		error_nomem(e, "metadata");
	free(copy);
	return mtl_end(out, c.mtl, ret);
}
