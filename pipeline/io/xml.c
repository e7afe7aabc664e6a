/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/xml.h"

/* The name of the entity that stands for c, or NULL. */
static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "amp";
	case '<':
		return "lt";
	case '>':
		return "gt";
	case '"':
		return "quot";
	case '\'':
		return "apos";
	default:
		return NULL;
	}
}

void xml_text(FILE *out, const char *text, int times)
{
	for (const char *s = text; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (entity(*s))
			fprintf(out, times == 2 ? "&amp;%s;" : "&%s;", entity(*s));
		else
			fputc(c < 0x20 || c == 0x7f ? ' ' : c, out);
	}
}
