/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that "; and <number> more" may take. */
#define MORE 40

void findings_add(struct findings *f, const char *fmt, ...)
{
	char line[600], **more;
	va_list ap;

	f->nr++;
	if (f->lost || f->kept == FINDINGS_KEPT)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	error_one_line(line);
	more = realloc(f->text, (f->kept + 1) * sizeof(*more));
	if (more)
		f->text = more;
	if (more && (f->text[f->kept] = strdup(line)))
		f->kept++;
	else
		f->lost = true;
}

int findings_check(const struct findings *f, struct error *e)
{
	return f->lost ? error_nomem(e, "what was found") : 0;
}

void findings_line(const struct findings *f, char *line, size_t size)
{
	size_t used = 0, i;

	line[0] = 0;
	for (i = 0; i < f->kept; i++) {
		size_t length = strlen(f->text[i]) + (i ? 2 : 0);
		size_t reserve = i + 1 < f->nr ? MORE : 0;

		if (used + length + reserve >= size)
			break;
		snprintf(line + used, size - used, "%s%s", i ? "; " : "", f->text[i]);
		used += length;
	}
	if (i < f->nr)
		snprintf(line + used, size - used, "%s%zu more", i ? "; and " : "", f->nr - i);
}

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->kept; i++)
		free(f->text[i]);
	free(f->text);
	*f = (struct findings){ 0 };
}
