/* SPDX-License-Identifier: Apache-2.0
 *
 * info_internal.h - what the page and the JSON of info.h have in common.
 */
#ifndef PIPELINE_IO_INFO_INTERNAL_H
#define PIPELINE_IO_INFO_INTERNAL_H

#include "pipeline/io/info.h"

/* "toa", "surface". */
const char *info_reflectance(const struct product *p);

/* Unit of a band's values: "1", "W m-2 sr-1 um-1", "K". */
const char *info_unit(const struct product *p, enum role role);

/* "uint8", "uint16", "int16", "bits". */
const char *info_sample(enum sample sample);

/* True if a complete product of this kind has the role and this one has not. */
bool info_missing(const struct product *p, const struct granule *g, enum role role);

/* What gain and offset of a band are divided by: the sine of the sun's mean elevation, or 1. */
double info_divisor(const struct granule *g, enum role role);

/* "2024-07-12T05:42:13Z" into 21 bytes; "" for 0. */
void info_time(int64_t time, char *text);

#endif
