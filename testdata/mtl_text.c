/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/mtl_text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "testdata/options.h"

/* The next line; the last is overwritten by those too many, which mtl_write() tells. */
static struct mtl_line *add(struct mtl_text *t)
{
	int at = t->n < MTL_LINES_MAX ? t->n : MTL_LINES_MAX - 1;

	t->n++;
	return &t->line[at];
}

void mtl_group(struct mtl_text *t, const char *name)
{
	struct mtl_line *l = add(t);

	*l = (struct mtl_line){ .group = true };
	snprintf(l->key, sizeof(l->key), "%s", name);
}

void mtl_line(struct mtl_text *t, const char *fmt, ...)
{
	struct mtl_line *l = add(t);
	char all[200], *value;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(all, sizeof(all), fmt, ap);
	va_end(ap);
	*l = (struct mtl_line){ .group = false };
	value = strstr(all, " = ");
	if (!value)
		return;
	*value = 0;
	value += 3;
	n = strlen(value);
	l->text = value[0] == '"';
	if (l->text)
		value[n - 1] = 0;
	snprintf(l->key, sizeof(l->key), "%.63s", all);
	snprintf(l->value, sizeof(l->value), "%.135s", value + (l->text ? 1 : 0));
}

static void write_odl(const struct mtl_text *t, FILE *out)
{
	const char *open = NULL;

	fprintf(out, "GROUP = %s\n", t->root);
	for (int i = 0; i < t->n; i++) {
		const struct mtl_line *l = &t->line[i];

		if (l->group && open)
			fprintf(out, "  END_GROUP = %s\n", open);
		if (l->group)
			fprintf(out, "  GROUP = %s\n", open = l->key);
		else
			fprintf(out, l->text ? "    %s = \"%s\"\n" : "    %s = %s\n", l->key,
				l->value);
	}
	fprintf(out, "  END_GROUP = %s\nEND_GROUP = %s\nEND\n", open ? open : "", t->root);
}

static void write_xml(const struct mtl_text *t, FILE *out)
{
	const char *open = NULL;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>\n", t->root);
	for (int i = 0; i < t->n; i++) {
		const struct mtl_line *l = &t->line[i];

		if (l->group && open)
			fprintf(out, "  </%s>\n", open);
		if (l->group)
			fprintf(out, "  <%s>\n", open = l->key);
		else
			fprintf(out, "    <%s>%s</%s>\n", l->key, l->value, l->key);
	}
	fprintf(out, "  </%s>\n</%s>\n", open ? open : "", t->root);
}

/* Would JSON read it as a number and nothing else?  Not 047, not 2024-07-12. */
static bool is_number(const char *v)
{
	const char *p = v + (*v == '-');

	if (!isdigit((unsigned char)*p) || (p[0] == '0' && isdigit((unsigned char)p[1])))
		return false;
	p += strspn(p, "0123456789");
	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	if (*p == 'E' || *p == 'e')
		p += 2 + strspn(p + 2, "0123456789");
	return !*p;
}

static void write_json(const struct mtl_text *t, FILE *out)
{
	bool first = true, open = false;

	fprintf(out, "{\n  \"%s\": {\n", t->root);
	for (int i = 0; i < t->n; i++) {
		const struct mtl_line *l = &t->line[i];
		bool bare = t->numbers && !l->text && is_number(l->value);

		if (l->group) {
			fprintf(out, "%s    \"%s\": {", open ? "\n    },\n" : "", l->key);
			open = first = true;
			continue;
		}
		fprintf(out, "%s\n      \"%s\": %s%s%s", first ? "" : ",", l->key, bare ? "" : "\"",
			l->value, bare ? "" : "\"");
		first = false;
	}
	fputs(open ? "\n    }\n  }\n}\n" : "  }\n}\n", out);
}

int mtl_write(const struct mtl_text *t, const char *stem, unsigned forms, struct failure *f)
{
	static const struct {
		enum mtl_form form;
		const char *end;
		void (*write)(const struct mtl_text *t, FILE *out);
	} known[] = {
		{ MTL_TXT, "txt", write_odl },
		{ MTL_XML, "xml", write_xml },
		{ MTL_JSON, "json", write_json },
	};

	if (t->n > MTL_LINES_MAX)
		return fail(f, "%s: more than %d lines", stem, MTL_LINES_MAX);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char path[1200];
		FILE *out;
		int bad;

		if (!(forms & known[i].form))
			continue;
		snprintf(path, sizeof(path), "%s.%s", stem, known[i].end);
		out = fopen(path, "w");
		if (!out)
			return fail_errno(f, "cannot create %s", path);
		known[i].write(t, out);
		bad = ferror(out);
		if (fclose(out) || bad)
			return fail_errno(f, "cannot write %s", path);
	}
	return 0;
}
