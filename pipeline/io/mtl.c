/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/mtl.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cpl_vsi.h>

#include "pipeline/io/folder.h"

struct entry {
	const char *group, *key, *value; /* in mtl.text */
};

struct mtl {
	char *text;	       /* cut into strings */
	struct entry *entries; /* sorted by group, then key */
	size_t entries_nr;
};

/* Where the parser is. */
struct cursor {
	struct mtl *mtl;
	size_t room;			 /* entries allocated */
	const char *open[MTL_DEPTH_MAX]; /* names of the groups around this line */
	size_t depth;
	size_t line;
	bool ended;
};

static bool is_key(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!(*s >= 'A' && *s <= 'Z') && !(*s >= 'a' && *s <= 'z') &&
		    !(*s >= '0' && *s <= '9') && *s != '_')
			return false;
	return true;
}

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

static int add_entry(struct cursor *c, const char *key, const char *value, struct error *e)
{
	struct mtl *m = c->mtl;

	if (!c->depth)
		return bad_line(c, "a key outside any group", e);
	if (m->entries_nr == c->room) {
		size_t room = c->room ? 2 * c->room : 512;
		struct entry *more = realloc(m->entries, room * sizeof(*more));

		if (!more)
			return error_nomem(e, "metadata");
		m->entries = more;
		c->room = room;
	}
	m->entries[m->entries_nr++] = (struct entry){ c->open[c->depth - 1], key, value };
	return 0;
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
	return add_entry(c, key, value, e);
}

/* One line, [s, end). */
static int take_line(struct cursor *c, char *s, char *end, struct error *e)
{
	char *equals;
	const char *key;

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
	if (!equals)
		return bad_line(c, "not \"KEY = value\"", e);
	end = equals + 1 + strlen(equals + 1);
	key = trim(s, equals);
	if (!is_key(key))
		return bad_line(c, "not \"KEY = value\"", e);
	return take_pair(c, key, trim(equals + 1, end), e);
}

static int take_lines(struct cursor *c, struct error *e)
{
	char *s = c->mtl->text;

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
	if (!c->mtl->entries_nr) {
		error_set(e, ERROR_DATA, "empty");
		return -1;
	}
	return 0;
}

static int by_group_and_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int d = strcmp(x->group, y->group);

	return d ? d : strcmp(x->key, y->key);
}

static int sort_entries(struct mtl *m, struct error *e)
{
	qsort(m->entries, m->entries_nr, sizeof(*m->entries), by_group_and_key);
	for (size_t i = 1; i < m->entries_nr; i++) {
		const struct entry *a = &m->entries[i - 1], *b = &m->entries[i];

		if (!by_group_and_key(a, b) && strcmp(a->value, b->value))
			return error_set(e, ERROR_DATA,
					 "%.60s stands twice in %.60s with different values",
					 a->key, a->group);
	}
	return 0;
}

int mtl_parse(struct mtl **out, const char *text, size_t n, struct error *e)
{
	struct cursor c = { .mtl = NULL };
	size_t used = strnlen(text, n);

	*out = NULL;
	if (n > MTL_BYTES_MAX)
		return error_set(e, ERROR_DATA, "larger than %d bytes", MTL_BYTES_MAX);
	for (size_t i = used; i < n; i++)
		if (text[i])
			return error_set(e, ERROR_DATA, "a hole of NUL bytes at byte %zu", used);
	c.mtl = calloc(1, sizeof(*c.mtl));
	if (!c.mtl || !(c.mtl->text = strndup(text, used))) {
		mtl_free(c.mtl);
		return error_nomem(e, "metadata");
	}
	if (take_lines(&c, e) || sort_entries(c.mtl, e)) {
		mtl_free(c.mtl);
		return -1;
	}
	*out = c.mtl;
	return 0;
}

/* The whole of a file of at most MTL_BYTES_MAX bytes, or one byte more than that. */
static int read_text(const char *path, char **text, size_t *n, struct error *e)
{
	VSILFILE *file;
	int ret = -1;

	file = VSIFOpenL(path, "rb");
	if (!file) {
		error_set(e, ERROR_IO, "cannot open %s", path);
		return -1;
	}
	*text = malloc(MTL_BYTES_MAX + 1);
	if (!*text) {
		error_nomem(e, "metadata");
		goto out;
	}
	*n = VSIFReadL(*text, 1, MTL_BYTES_MAX + 1, file);
	if (*n <= MTL_BYTES_MAX && !VSIFEofL(file))
		error_set(e, ERROR_IO, "cannot read %s: read error", path);
	else
		ret = 0;
out:
	VSIFCloseL(file);
	return ret;
}

int mtl_read(struct mtl **out, const char *path, struct error *e)
{
	char *text = NULL;
	size_t n = 0;
	int ret = -1;

	*out = NULL;
	if (folder_check_file(path, e))
		return -1;
	if (!read_text(path, &text, &n, e)) {
		ret = mtl_parse(out, text, n, e);
		if (ret)
			error_prefix(e, "cannot read %s", path);
	}
	free(text);
	return ret;
}

void mtl_free(struct mtl *m)
{
	if (!m)
		return;
	free(m->entries);
	free(m->text);
	free(m);
}

const char *mtl_get(const struct mtl *m, const char *group, const char *key)
{
	struct entry want = { group, key, NULL };
	const struct entry *found = m->entries ? bsearch(&want, m->entries, m->entries_nr,
							 sizeof(want), by_group_and_key)
					       : NULL;

	return found ? found->value : NULL;
}
