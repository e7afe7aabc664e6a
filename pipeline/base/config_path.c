/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/config_internal.h"

char *config_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	int length = slash ? (int)(slash + 1 - path) : 0;
	char *folder = NULL, *here;

	if (path[0] == '/')
		return strndup(path, (size_t)length);
	here = get_current_dir_name();
	if (!here)
		return NULL;
	if (asprintf(&folder, "%s%s%.*s", here, here[1] ? "/" : "", length, path) < 0) {
		folder = NULL;
		errno = ENOMEM;
	}
	free(here);
	return folder;
}

/* "https://..." and its like; "a/b://c" is a path. */
static bool is_address(const char *value)
{
	size_t n =
		strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	return n && !strncmp(value + n, "://", 3);
}

/* "/vsi..." is not either. */
static bool is_relative(const struct option_spec *s, const char *value)
{
	if (!value[0] || value[0] == '/' || is_address(value))
		return false;
	return s->path != PATH_LAKE || strpbrk(value, "./");
}

char *config_resolve(const struct option_spec *s, const char *folder, const char *value)
{
	bool list = s->path == PATH_LIST;
	char *copy = strdup(value), *rest = copy, *word, *text = NULL;
	size_t size;
	FILE *out;

	if (s->path == PATH_NONE || !copy)
		return copy;
	out = open_memstream(&text, &size);
	while (out && (word = strsep(&rest, list ? "," : ""))) {
		if (list)
			word += strspn(word, " \t");
		fprintf(out, "%s%s%s", is_relative(s, word) ? folder : "", word, rest ? "," : "");
	}
	free(copy);
	if (out && fclose(out)) {
		free(text);
		text = NULL;
	}
	return text;
}
