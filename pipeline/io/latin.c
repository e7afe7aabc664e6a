/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/latin.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utf8.h"

#define UPPER_HALF 0xa0

/* The characters 0xa0 .. 0xff of ISO/IEC 8859-2 in Unicode. */
static const uint16_t upper_half[] = {
	0x00a0, 0x0104, 0x02d8, 0x0141, 0x00a4, 0x013d, 0x015a, 0x00a7, 0x00a8, 0x0160, 0x015e,
	0x0164, 0x0179, 0x00ad, 0x017d, 0x017b, 0x00b0, 0x0105, 0x02db, 0x0142, 0x00b4, 0x013e,
	0x015b, 0x02c7, 0x00b8, 0x0161, 0x015f, 0x0165, 0x017a, 0x02dd, 0x017e, 0x017c, 0x0154,
	0x00c1, 0x00c2, 0x0102, 0x00c4, 0x0139, 0x0106, 0x00c7, 0x010c, 0x00c9, 0x0118, 0x00cb,
	0x011a, 0x00cd, 0x00ce, 0x010e, 0x0110, 0x0143, 0x0147, 0x00d3, 0x00d4, 0x0150, 0x00d6,
	0x00d7, 0x0158, 0x016e, 0x00da, 0x0170, 0x00dc, 0x00dd, 0x0162, 0x00df, 0x0155, 0x00e1,
	0x00e2, 0x0103, 0x00e4, 0x013a, 0x0107, 0x00e7, 0x010d, 0x00e9, 0x0119, 0x00eb, 0x011b,
	0x00ed, 0x00ee, 0x010f, 0x0111, 0x0144, 0x0148, 0x00f3, 0x00f4, 0x0151, 0x00f6, 0x00f7,
	0x0159, 0x016f, 0x00fa, 0x0171, 0x00fc, 0x00fd, 0x0163, 0x02d9,
};

#define CYRILLIC_FIRST 0x0410

/* U+0410 .. U+044F: as BGN/PCGN write Russian, without signs. */
static const char *const cyrillic[] = {
	"A", "B", "V", "G", "D", "E",  "Zh", "Z",  "I",	 "Y",	 "K", "L", "M", "N", "O",  "P",
	"R", "S", "T", "U", "F", "Kh", "Ts", "Ch", "Sh", "Shch", "",  "Y", "",	"E", "Yu", "Ya",
	"a", "b", "v", "g", "d", "e",  "zh", "z",  "i",	 "y",	 "k", "l", "m", "n", "o",  "p",
	"r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",	"e", "yu", "ya",
};

/* Other letters and marks by ascending code; the texts are in Latin-2. */
static const struct replacement {
	uint32_t code;
	const char *text;
} replacements[] = {
	{ 0x00ab, "\"" },   { 0x00b1, "+-" },	{ 0x00b2, "2" },    { 0x00b3, "3" },
	{ 0x00b5, "u" },    { 0x00b7, "." },	{ 0x00bb, "\"" },   { 0x00c0, "A" },
	{ 0x00c3, "A" },    { 0x00c5, "A" },	{ 0x00c6, "AE" },   { 0x00c8, "E" },
	{ 0x00ca, "E" },    { 0x00cc, "I" },	{ 0x00cf, "I" },    { 0x00d0, "D" },
	{ 0x00d1, "N" },    { 0x00d2, "O" },	{ 0x00d5, "O" },    { 0x00d8, "O" },
	{ 0x00d9, "U" },    { 0x00db, "U" },	{ 0x00de, "Th" },   { 0x00e0, "a" },
	{ 0x00e3, "a" },    { 0x00e5, "a" },	{ 0x00e6, "ae" },   { 0x00e8, "e" },
	{ 0x00ea, "e" },    { 0x00ec, "i" },	{ 0x00ef, "i" },    { 0x00f0, "d" },
	{ 0x00f1, "n" },    { 0x00f2, "o" },	{ 0x00f5, "o" },    { 0x00f8, "o" },
	{ 0x00f9, "u" },    { 0x00fb, "u" },	{ 0x00fe, "th" },   { 0x0100, "A" },
	{ 0x0101, "a" },    { 0x0112, "E" },	{ 0x0113, "e" },    { 0x011e, "G" },
	{ 0x011f, "g" },    { 0x012a, "I" },	{ 0x012b, "i" },    { 0x0130, "I" },
	{ 0x0131, "i" },    { 0x014c, "O" },	{ 0x014d, "o" },    { 0x016a, "U" },
	{ 0x016b, "u" },    { 0x0218, "\xaa" }, { 0x0219, "\xba" }, { 0x021a, "\xde" },
	{ 0x021b, "\xfe" }, { 0x0401, "Yo" },	{ 0x0406, "I" },    { 0x0451, "yo" },
	{ 0x0456, "i" },    { 0x0492, "Gh" },	{ 0x0493, "gh" },   { 0x049a, "Q" },
	{ 0x049b, "q" },    { 0x04a2, "Ng" },	{ 0x04a3, "ng" },   { 0x04ae, "\xdc" },
	{ 0x04af, "\xfc" }, { 0x04b0, "U" },	{ 0x04b1, "u" },    { 0x04ba, "H" },
	{ 0x04bb, "h" },    { 0x04d8, "\xc4" }, { 0x04d9, "\xe4" }, { 0x04e8, "\xd6" },
	{ 0x04e9, "\xf6" }, { 0x2010, "-" },	{ 0x2011, "-" },    { 0x2012, "-" },
	{ 0x2013, "-" },    { 0x2014, "-" },	{ 0x2018, "'" },    { 0x2019, "'" },
	{ 0x201c, "\"" },   { 0x201d, "\"" },	{ 0x201e, "\"" },   { 0x2026, "..." },
	{ 0x2116, "No" },   { 0x2212, "-" },
};

static int by_code(const void *key, const void *entry)
{
	const struct replacement *a = key, *b = entry;

	return (a->code > b->code) - (a->code < b->code);
}

/* One character in Latin-2; buffer holds two bytes. */
static const char *replace(uint32_t code, char *buffer)
{
	const struct replacement key = { .code = code }, *found;

	buffer[1] = 0;
	buffer[0] = (char)code;
	if (code >= ' ' && code < 0x7f)
		return buffer;
	for (size_t i = 0; i < sizeof(upper_half) / sizeof(upper_half[0]); i++)
		if (upper_half[i] == code) {
			buffer[0] = (char)(UPPER_HALF + i);
			return buffer;
		}
	if (code >= CYRILLIC_FIRST &&
	    code < CYRILLIC_FIRST + sizeof(cyrillic) / sizeof(cyrillic[0]))
		return cyrillic[code - CYRILLIC_FIRST];
	found = bsearch(&key, replacements, sizeof(replacements) / sizeof(replacements[0]),
			sizeof(replacements[0]), by_code);
	return found ? found->text : "?";
}

void latin2(char *out, size_t size, const char *text)
{
	char buffer[2], *end = out + size - 1;

	while (*text) {
		const char *latin = replace(utf8_next(&text), buffer);
		size_t n = strlen(latin);

		if (n > (size_t)(end - out))
			break;
		memcpy(out, latin, n);
		out += n;
	}
	*out = 0;
}
