/* SPDX-License-Identifier: Apache-2.0
 *
 * utc.h - times as text: seconds since 1970-01-01T00:00:00Z, years 1 to 9999.
 */
#ifndef PIPELINE_BASE_UTC_H
#define PIPELINE_BASE_UTC_H

#include <stdint.h>

/* Bytes of "2024-07-12T05:42:13Z" and its end. */
#define UTC_TEXT 21

/* The time as text; "0000-00-00T00:00:00Z" if its year is not in 1..9999. */
void utc_format(int64_t time, char text[UTC_TEXT]);

/* Read "2024-07-12T05:42:13Z" or "2024-07-12" (its start).  -1: it is neither, or no such day. */
int utc_parse(const char *text, int64_t *time);

/* The time in years: 2023.5 is the middle of 2023, whose days count equally.  NaN if its year is not in 1..9999. */
double utc_decimal_year(int64_t time);

#endif
