/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/level_file.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"

#define FILE_SIZE_MAX ((size_t)32 << 20)

/* Spreadsheets begin a file in UTF-8 with it. */
#define MARK "\xef\xbb\xbf"

void levels_release(struct levels *l)
{
	free(l->of);
	*l = (struct levels){ 0 };
}

/* --- a line --- */

/* Metres, and a column behind them that is none of the decimals: "341,62" would be taken for 341. */
static int parse_metres(const char *text, double *metres)
{
	const char *start = text + strspn(text, " \t");
	size_t digits = strspn(start, "0123456789+-.eE");
	char *end;

	/* strtod() would also take the next line's number, a hexadecimal or "nan". */
	*metres = strtod(start, &end);
	if (end == start || (size_t)(end - start) > digits || !(fabs(*metres) <= LEVEL_MOST_M))
		return -1;
	end += strspn(end, " \t");
	return strchr("\r\n", *end) || (*end == ',' && !isdigit((unsigned char)end[1])) ? 0 : -1;
}

static int parse_time(const char *line, size_t n, int64_t *time)
{
	char text[UTC_TEXT];

	if (n >= sizeof(text))
		return -1;
	memcpy(text, line, n);
	text[n] = 0;
	return utc_parse(text, time);
}

/* A line of n letters "DATE,METRES"; 1: it was a heading, a comment or empty. */
static int parse_line(const char *line, size_t n, bool first, struct level *out)
{
	const char *comma = memchr(line, ',', n);

	if (!n || line[0] == '#')
		return 1;
	if (!comma)
		return -1;
	/* A heading is words: a wrong date is not. */
	if (parse_time(line, (size_t)(comma - line), &out->time))
		return first && !isdigit((unsigned char)line[0]) ? 1 : -1;
	return parse_metres(comma + 1, &out->metres);
}

/* --- all of them --- */

static int add_level(struct levels *l, struct level one, struct error *e)
{
	/* Doubled whenever the number is a power of two. */
	if ((l->nr & (l->nr - 1)) == 0) {
		struct level *grown = reallocarray(l->of, l->nr ? 2 * l->nr : 1, sizeof(*grown));

		if (!grown)
			return error_nomem(e, "levels");
		l->of = grown;
	}
	l->of[l->nr++] = one;
	return 0;
}

/* What ends a line: \n, \r\n, or \r alone. */
static size_t line_end(const char *text)
{
	return text[0] == '\r' && text[1] == '\n' ? 2 : text[0] != 0;
}

static int parse_lines(struct levels *l, const char *text, struct error *e)
{
	for (size_t number = 1; *text; number++) {
		size_t n = strcspn(text, "\r\n");
		struct level one;
		int kind = parse_line(text, n, number == 1, &one);

		if (kind < 0)
			return error_set(e, ERROR_DATA,
					 "line %zu is not DATE,METRES (as 2024-07-12,341.62)",
					 number);
		if (!kind && add_level(l, one, e))
			return -1;
		text += n;
		text += line_end(text);
	}
	return l->nr ? 0 : error_set(e, ERROR_DATA, "there is no level in it");
}

static int by_time(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? 1 : -1;
	return (x->metres > y->metres) - (x->metres < y->metres);
}

int levels_parse(struct levels *out, const char *text, struct error *e)
{
	*out = (struct levels){ 0 };
	if (parse_lines(out, text + (strncmp(text, MARK, strlen(MARK)) ? 0 : strlen(MARK)), e)) {
		levels_release(out);
		return -1;
	}
	qsort(out->of, out->nr, sizeof(*out->of), by_time);
	return 0;
}

int level_file_read(const char *path, struct levels *out, struct error *e)
{
	char *text = NULL;
	size_t size;
	int ret;

	*out = (struct levels){ 0 };
	if (file_read(path, FILE_SIZE_MAX, &text, &size, e))
		return -1;
	if (memchr(text, 0, size))
		ret = error_set(e, ERROR_DATA, "it holds a zero byte: not a text file");
	else
		ret = levels_parse(out, text, e);
	free(text);
	return ret ? error_prefix(e, "%s", path) : 0;
}

/* --- the level at a time --- */

/* Reading k, if there is one, and it is near. */
static const struct level *near(const struct levels *l, size_t k, int64_t time)
{
	return k < l->nr && llabs(l->of[k].time - time) <= LEVEL_REACH_S ? &l->of[k] : NULL;
}

double levels_at(const struct levels *l, int64_t time)
{
	size_t k = 0, past = l->nr;
	const struct level *before, *after;

	/* The first reading behind the time. */
	while (k < past) {
		size_t middle = k + (past - k) / 2;

		if (l->of[middle].time <= time)
			k = middle + 1;
		else
			past = middle;
	}
	before = k ? near(l, k - 1, time) : NULL;
	after = near(l, k, time);
	if (!before || !after)
		return before ? before->metres : after ? after->metres : NAN;
	return before->metres + (after->metres - before->metres) * (double)(time - before->time) /
					(double)(after->time - before->time);
}
