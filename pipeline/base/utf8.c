/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/utf8.h"

#include <stddef.h>

/* Continuation bytes after a first byte, and the first byte's own bits; -1: it is none. */
static int follow_of(unsigned char first, uint32_t *code)
{
	static const struct {
		unsigned char mask, value;
		int follow;
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 1 }, { 0xf0, 0xe0, 2 }, { 0xf8, 0xf0, 3 } };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if ((first & forms[i].mask) == forms[i].value) {
			*code = (uint32_t)(first & ~forms[i].mask);
			return forms[i].follow;
		}
	return -1;
}

uint32_t utf8_next(const char **text)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const char *at = *text;
	uint32_t code;
	int follow = follow_of((unsigned char)*at++, &code);

	*text = at;
	if (follow < 0)
		return UTF8_UNKNOWN;
	for (int i = 0; i < follow; i++, at++) {
		if (((unsigned char)*at & 0xc0) != 0x80)
			return UTF8_UNKNOWN;
		code = code << 6 | ((unsigned char)*at & 0x3f);
	}
	if (code < least[follow] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return UTF8_UNKNOWN;
	*text = at;
	return code;
}
