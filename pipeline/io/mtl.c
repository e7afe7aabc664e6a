/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/mtl.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/mtl_internal.h"

struct mtl *mtl_new(struct error *e)
{
	struct mtl *m = calloc(1, sizeof(*m));

	if (!m)
		error_nomem(e, "metadata");
	return m;
}

void mtl_free(struct mtl *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->entries_nr; i++)
		free(m->entries[i].group);
	free(m->entries);
	free(m);
}

int mtl_end(struct mtl **out, struct mtl *m, int ret)
{
	*out = ret ? NULL : m;
	if (ret)
		mtl_free(m);
	return ret;
}

int mtl_check(const char *text, size_t n, struct error *e)
{
	static const struct {
		const char *mark, *name;
		size_t n;
	} marks[] = {
		{ "\xef\xbb\xbf", "UTF-8 with a byte order mark", 3 },
		{ "\xff\xfe", "UTF-16", 2 },
		{ "\xfe\xff", "UTF-16", 2 },
		{ "G\0", "UTF-16", 2 },
		{ "\0G", "UTF-16", 2 },
		{ "<\0", "UTF-16", 2 },
		{ "\0<", "UTF-16", 2 },
		{ "{\0", "UTF-16", 2 },
		{ "\0{", "UTF-16", 2 },
	};

	if (n > MTL_BYTES_MAX)
		return error_set(e, ERROR_DATA, "larger than %d bytes", MTL_BYTES_MAX);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (n >= marks[i].n && !memcmp(text, marks[i].mark, marks[i].n))
			return error_set(e, ERROR_DATA,
					 "%s, not ASCII as delivered: an editor changed the file",
					 marks[i].name);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] >= 0x80)
			return error_set(e, ERROR_DATA, "byte %zu is not ASCII", i + 1);
	return 0;
}

/* Of a group too: it may come into messages. */
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

static bool is_printable(const char *s)
{
	for (; *s; s++)
		if (((unsigned char)*s < 0x20 && *s != '\t') || (unsigned char)*s >= 0x7f)
			return false;
	return true;
}

static int grow(struct mtl *m, struct error *e)
{
	size_t room = m->room ? 2 * m->room : 512;
	struct mtl_entry *more;

	if (m->entries_nr < m->room)
		return 0;
	more = realloc(m->entries, room * sizeof(*more));
	if (!more)
		return error_nomem(e, "metadata");
	m->entries = more;
	m->room = room;
	return 0;
}

int mtl_add(struct mtl *m, const char *group, const char *key, const char *value, struct error *e)
{
	size_t g = strlen(group) + 1, k = strlen(key) + 1, v = strlen(value) + 1;
	char *text;

	if (m->entries_nr == MTL_LINES_MAX)
		return error_set(e, ERROR_DATA, "more than %d keys", MTL_LINES_MAX);
	if (!is_key(group))
		return error_set(e, ERROR_DATA, "a group whose name is no name");
	if (!is_key(key))
		return error_set(e, ERROR_DATA, "a key that is no name in the group %.60s", group);
	if (!is_printable(value))
		return error_set(e, ERROR_DATA,
				 "%.60s holds a control character, or one outside ASCII", key);
	text = grow(m, e) ? NULL : malloc(g + k + v);
	if (!text)
		return error_nomem(e, "metadata");
	memcpy(text, group, g);
	memcpy(text + g, key, k);
	memcpy(text + g + k, value, v);
	m->entries[m->entries_nr++] = (struct mtl_entry){ text, text + g, text + g + k };
	return 0;
}

static int by_group_and_key(const void *a, const void *b)
{
	const struct mtl_entry *x = a, *y = b;
	int d = strcmp(x->group, y->group);

	return d ? d : strcmp(x->key, y->key);
}

int mtl_finish(struct mtl *m, struct error *e)
{
	if (!m->entries_nr)
		return error_set(e, ERROR_DATA, "empty");
	qsort(m->entries, m->entries_nr, sizeof(*m->entries), by_group_and_key);
	for (size_t i = 1; i < m->entries_nr; i++) {
		const struct mtl_entry *a = &m->entries[i - 1], *b = &m->entries[i];

		if (!by_group_and_key(a, b) && strcmp(a->value, b->value))
			return error_set(e, ERROR_DATA,
					 "%.60s stands twice in %.60s with different values",
					 a->key, a->group);
	}
	return 0;
}

const char *mtl_get(const struct mtl *m, const char *group, const char *key)
{
	struct mtl_entry want = { (char *)(uintptr_t)group, key, NULL };
	const struct mtl_entry *found =
		bsearch(&want, m->entries, m->entries_nr, sizeof(want), by_group_and_key);

	return found ? found->value : NULL;
}

static bool ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);

	return n >= k && !strcasecmp(path + n - k, end);
}

int mtl_read(struct mtl **out, const char *path, struct error *e)
{
	char *text;
	size_t n = 0;
	int ret;

	*out = NULL;
	if (folder_read_file(path, MTL_BYTES_MAX, &text, &n, e))
		return -1;
	if (ends_with(path, ".xml"))
		ret = mtl_parse_xml(out, text, n, e);
	else if (ends_with(path, ".json"))
		ret = mtl_parse_json(out, text, n, e);
	else
		ret = mtl_parse(out, text, n, e);
	if (ret)
		error_prefix(e, "cannot read %s", path);
	free(text);
	return ret;
}
