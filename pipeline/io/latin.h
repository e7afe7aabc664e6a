/* SPDX-License-Identifier: Apache-2.0
 *
 * latin.h - UTF-8 as ISO 8859-2 (Latin-2), the one alphabet of libgd's built-in fonts.
 */
#ifndef PIPELINE_IO_LATIN_H
#define PIPELINE_IO_LATIN_H

#include <stddef.h>

/*
 * Write text into out (size bytes, at least 1) with a 0 at its end, cut where it is full.
 * Letters that Latin-2 lacks: Cyrillic (Russian and Kazakh) and other Latin letters are
 * transliterated, typographic marks become ASCII; everything else, control characters
 * and bytes that are no UTF-8 included, becomes '?', one for each character or byte.
 */
void latin2(char *out, size_t size, const char *text);

#endif
