/* SPDX-License-Identifier: Apache-2.0
 *
 * utf8.h - characters of UTF-8 text.
 */
#ifndef PIPELINE_BASE_UTF8_H
#define PIPELINE_BASE_UTF8_H

#include <stdint.h>

/* What stands for bytes that are no character. */
#define UTF8_UNKNOWN 0xfffd

/*
 * The character at *text, which is not at its end, and *text moved behind it.  Where there is
 * none (RFC 3629: stray or missing bytes, longer than need be, surrogates, past U+10FFFF)
 * UTF8_UNKNOWN, and *text moved by one byte.
 */
uint32_t utf8_next(const char **text);

#endif
