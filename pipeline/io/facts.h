/* SPDX-License-Identifier: Apache-2.0
 *
 * facts.h - what the readers of products share: how metadata writes numbers,
 * times and names, and what the header of an image file says.
 */
#ifndef PIPELINE_IO_FACTS_H
#define PIPELINE_IO_FACTS_H

#include "pipeline/io/product.h"

/* Sides and bytes of one block (a tile or strip) of an image file, above which it is refused. */
#define FACTS_BLOCK_SIDE_MAX  16384
#define FACTS_BLOCK_BYTES_MAX (256 << 20)

/* A finite decimal number and nothing else, in any locale; false if text, or NULL, is not one. */
bool facts_number(const char *text, double *out);

/* A whole number in min..max and nothing else. */
bool facts_integer(const char *text, long min, long max, long *out);

/* "2019-09-18T10:50:29.000Z", fraction and "Z" or "+00:00" or neither, as seconds since 1970 UTC, fraction cut. */
bool facts_time(const char *text, int64_t *out);

/* True for 1 to 199 characters of A-Z a-z 0-9 . _ - of which the first is no dot: never a path. */
bool facts_plain_name(const char *name);

/* Add one line to the product's warnings.  BUG if there is no memory. */
__attribute__((format(printf, 3, 4))) int facts_warn(struct product *p, struct error *e,
						     const char *fmt, ...);

/*
 * Fill grid, levels, block_w, block_h, sample and jpeg2000 of a band from the
 * header of its path.  Its content decides what it is, not its name.  Levels
 * are those of JPEG 2000 whose sizes are exactly ceil(side / 2^k); a TIFF has
 * none, as its overviews may be of any making.
 *
 * NOINPUT, PERMISSION: there is no such file, or it may not be read.  DATA:
 * not one band of uint8, uint16 or int16 (or, where sample is SAMPLE_BITS already, up to 16 of
 * uint8) in TIFF or JPEG 2000, no georeference, too large a side (grid.h) or
 * block, cut (intact.h), or it wants to open other files.
 */
int facts_header(struct product_band *b, struct error *e);

/*
 * Set calib of a band whose header was read, from gain, offset, fill and
 * saturated and the sample type: what blocks.h delivers.  Of reflectance of a
 * granule whose sun is not SUN_IN_PRODUCT the scene's mean elevation is included; its sine is a
 * multiple of 2^-24, so that the last bits of libm cannot show.
 */
void facts_calibrate(struct product_band *b, const struct granule *g, enum role role);

#endif
