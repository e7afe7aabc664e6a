/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/unpack_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPONENT_MAX 255 /* bytes of a file's name, on every common file system */

struct shown unpack_show(const char *name)
{
	struct shown s;

	snprintf(s.text, sizeof(s.text), "%s", name);
	for (char *c = s.text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return s;
}

static bool has_control(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return true;
	return false;
}

const char *unpack_plain_name(const char *name, bool folder, char plain[UNPACK_NAME_SIZE])
{
	size_t n = 0;
	int depth = 0;

	plain[0] = 0;
	if (!name[0])
		return "has no name";
	if (has_control(name))
		return "has a control character in its name";
	if (name[0] == '/')
		return "has an absolute name";
	if (strlen(name) >= UNPACK_NAME_SIZE)
		return "has too long a name";
	while (*name) {
		size_t length = strcspn(name, "/");

		if (length == 2 && !memcmp(name, "..", 2))
			return "leads out of the archive";
		if (length > COMPONENT_MAX)
			return "has too long a name";
		if (length && !(length == 1 && name[0] == '.')) {
			n += (size_t)snprintf(plain + n, UNPACK_NAME_SIZE - n, "%s%.*s",
					      n ? "/" : "", (int)length, name);
			depth++;
		}
		name += length + (name[length] == '/');
	}
	return depth > UNPACK_DEPTH_MAX + !folder ? "lies too deep in folders" : NULL;
}

static int grow(struct members *m, struct error *e)
{
	size_t room = m->room ? 2 * m->room : 64;
	struct member *list;

	if (m->nr < m->room)
		return 0;
	list = reallocarray(m->list, room, sizeof(*list));
	if (!list)
		return error_nomem(e, "the members of an archive");
	m->list = list;
	m->room = room;
	return 0;
}

int unpack_add(struct members *m, const char *archive, const char *raw, const struct member *member,
	       int64_t max_bytes, struct error *e)
{
	char plain[UNPACK_NAME_SIZE];
	const char *fault = unpack_plain_name(raw, member->folder, plain);

	if (!fault && !member->folder && (!plain[0] || raw[strlen(raw) - 1] == '/'))
		fault = "is a file with the name of a folder";
	if (!fault && member->size > (uint64_t)max_bytes)
		fault = "is too large";
	if (fault)
		return error_set(e, ERROR_DATA, "%s: its member '%s' %s", archive,
				 unpack_show(raw).text, fault);
	if (!plain[0])
		return 0;
	if (m->nr == UNPACK_ENTRIES_MAX)
		return error_set(e, ERROR_DATA, "%s holds more than %d members: not a product",
				 archive, UNPACK_ENTRIES_MAX);
	if (grow(m, e))
		return -1;
	m->list[m->nr] = *member;
	m->list[m->nr].name = strdup(plain);
	if (!m->list[m->nr].name)
		return error_nomem(e, "the members of an archive");
	m->nr++;
	return 0;
}

void unpack_members_release(struct members *m)
{
	for (size_t i = 0; i < m->nr; i++)
		free(m->list[i].name);
	free(m->list);
	*m = (struct members){ 0 };
}
