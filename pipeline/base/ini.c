/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/ini.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "pipeline/base/file.h"
#include "pipeline/base/suggest.h"

#define FILE_SIZE_MAX (4 << 20)
#define LINE_MAX      256 /* more than inih's */

struct reader {
	const struct ini_taker *taker;
	void *user;
	struct error *e;
	struct ini_place at;
	bool failed;
	bool pending;	   /* a line was given to inih, and no key came back yet */
	bool section_used; /* it has a line */
	char section[LINE_MAX];
	const char *rest; /* of the file */
};

int ini_error(struct error *e, const struct ini_place *at, const char *fmt, ...)
{
	char text[sizeof(e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(e, ERROR_CONFIG, "%s:%d: %s", at->path, at->line, text);
}

int ini_unknown(struct error *e, const struct ini_place *at, const char *what, const char *word,
		const char *const *known, size_t n)
{
	const char *meant = suggest(word, known, n);
	char list[400] = "";

	if (meant)
		return ini_error(e, at, "unknown %s \"%s\"; did you mean \"%s\"?", what, word,
				 meant);
	for (size_t i = 0; i < n; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 known[i]);
	return ini_error(e, at, "unknown %s \"%s\"; known are %s", what, word, list);
}

/* What inih has made of the line before: a key, or nothing. */
static int end_line(struct reader *r)
{
	if (!r->pending)
		return 0;
	r->pending = false;
	return ini_error(r->e, &r->at, "neither [SECTION] nor KEY = VALUE");
}

static int end_section(const struct reader *r)
{
	if (!r->at.section_line || r->section_used || !r->taker->keys_needed)
		return 0;
	return ini_error(r->e, &(struct ini_place){ r->at.path, r->at.section_line, 0 },
			 "nothing in section [%s]", r->section);
}

/* inih cuts names at 49 letters and takes anything behind them, without a word. */
static int take_header(struct reader *r, const char *line)
{
	const char *end = strchr(line, ']'), *behind;

	if (!end)
		return ini_error(r->e, &r->at, "neither [SECTION] nor KEY = VALUE");
	behind = end + 1 + strspn(end + 1, " \t\r\n");
	if (*behind && !strchr(";#", *behind))
		return ini_error(r->e, &r->at,
				 "what is behind [SECTION] belongs on a line of its own");
	if (end_section(r))
		return -1;
	snprintf(r->section, sizeof(r->section), "%.*s", (int)(end - line - 1), line + 1);
	r->at.section_line = r->at.line;
	r->section_used = false;
	return r->taker->section ? r->taker->section(r->user, &r->at, r->section, r->e) : 0;
}

/* The next line of the file, which is there, as one that inih may see. */
static int take_line(struct reader *r, char *line, int size)
{
	size_t n = strcspn(r->rest, "\n");
	const char *text = r->rest + strspn(r->rest, " \t");
	size_t length = n - (size_t)(text - r->rest);

	r->at.line++;
	r->rest += n + (r->rest[n] == '\n');
	if (strchr(";#", text[0]))
		length = 0;
	if (length >= (size_t)size - 2 || length >= LINE_MAX)
		return ini_error(r->e, &r->at, "longer than %d letters", size - 3);
	memcpy(line, text, length);
	memcpy(line + length, "\n", 2);
	if (line[0] == '[')
		return take_header(r, line);
	r->pending = !strchr("\r\n", line[0]);
	r->section_used |= r->pending;
	return 0;
}

/* fgets() from memory, as inih wants it. */
static char *next_line(char *line, int size, void *stream)
{
	struct reader *r = stream;

	r->failed = r->failed || end_line(r);
	if (r->failed || !*r->rest)
		return NULL;
	r->failed = take_line(r, line, size) != 0;
	return r->failed ? NULL : line;
}

static int take_key(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;

	(void)section;
	r->pending = false;
	if (!r->failed)
		r->failed = r->taker->key(r->user, &r->at, r->section, name, value, r->e) != 0;
	return !r->failed;
}

int ini_read(const char *path, const struct ini_taker *taker, void *user, struct error *e)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8 */
	struct reader r = { .taker = taker, .user = user, .e = e, .at.path = path };
	char *data = NULL;
	size_t size;
	int ret = -1;

	if (file_read(path, FILE_SIZE_MAX, &data, &size, e))
		return -1;
	r.rest = data + (strncmp(data, mark, strlen(mark)) ? 0 : strlen(mark));
	if (memchr(data, 0, size))
		error_set(e, ERROR_CONFIG, "%s: it holds a zero byte: not a text file", path);
	else if (ini_parse_stream(next_line, &r, take_key, &r) < 0)
		error_nomem(e, path);
	else
		ret = r.failed || end_section(&r) ? -1 : 0;
	free(data);
	return ret;
}
