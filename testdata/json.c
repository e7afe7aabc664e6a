/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/json.h"

static void quote(FILE *file, const char *s)
{
	putc('"', file);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putc('\\', file);
		if ((unsigned char)*s < ' ')
			fprintf(file, "\\u%04x", (unsigned char)*s);
		else
			putc(*s, file);
	}
	putc('"', file);
}

static void member(struct json *j, const char *name)
{
	fprintf(j->file, "%s\n%*s", j->first ? "" : ",", 2 * j->depth, "");
	j->first = false;
	if (name) {
		quote(j->file, name);
		fputs(": ", j->file);
	}
}

int json_open(struct json *j, const char *path, struct failure *f)
{
	*j = (struct json){ .file = fopen(path, "w"), .path = path, .depth = 1, .first = true };
	if (!j->file)
		return fail_errno(f, "cannot create %s", path);
	putc('{', j->file);
	return 0;
}

int json_close(struct json *j, struct failure *f)
{
	int bad;

	fputs("\n}\n", j->file);
	bad = ferror(j->file);
	if (fclose(j->file) || bad)
		return fail_errno(f, "cannot write %s", j->path);
	return 0;
}

static void begin(struct json *j, const char *name, char bracket)
{
	member(j, name);
	putc(bracket, j->file);
	j->depth++;
	j->first = true;
}

void json_object(struct json *j, const char *name)
{
	begin(j, name, '{');
}

void json_array(struct json *j, const char *name)
{
	begin(j, name, '[');
}

void json_end(struct json *j, char bracket)
{
	j->depth--;
	fprintf(j->file, "\n%*s%c", 2 * j->depth, "", bracket);
	j->first = false;
}

void json_text(struct json *j, const char *name, const char *value)
{
	member(j, name);
	quote(j->file, value);
}

void json_bool(struct json *j, const char *name, bool value)
{
	member(j, name);
	fputs(value ? "true" : "false", j->file);
}

void json_whole(struct json *j, const char *name, long long value)
{
	member(j, name);
	fprintf(j->file, "%lld", value);
}

void json_number(struct json *j, const char *name, double value)
{
	member(j, name);
	fprintf(j->file, "%.15g", value);
}

void json_pair(struct json *j, const char *name, double a, double b)
{
	member(j, name);
	fprintf(j->file, "[%.15g, %.15g]", a, b);
}
