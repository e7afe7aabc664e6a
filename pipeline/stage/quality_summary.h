/* SPDX-License-Identifier: Apache-2.0
 *
 * quality_summary.h - the quantities of an observation in a few numbers: median, 5 and 95 % of each, and
 * the areas from its thresholds on, of the whole and of each basin; areas of plants and of flags.
 *
 * Percentiles are those of the layer's own pixels, exactly, as they are kept with 11 bits of mantissa:
 * the smallest value that at least that share of the pixels does not exceed.  Counts are integers: neither threads
 * nor tiles change a digit.
 */
#ifndef PIPELINE_STAGE_QUALITY_SUMMARY_H
#define PIPELINE_STAGE_QUALITY_SUMMARY_H

#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/rect.h"

struct observe;
struct quality_summary;
struct quality_counts;

/* What one observation has; o outlives it.  CONFIG for more basins than are counted. */
int quality_summary_new(struct quality_summary **out, const struct observe *o, struct error *e);
void quality_summary_free(struct quality_summary *s);

/* Bytes of one, without its workers. */
size_t quality_summary_bytes(const struct observe *o);

/* --- one worker's counts --- */

/* -1 without memory. */
int quality_counts_new(struct quality_counts **out, struct quality_summary *s);

/* Adds them to the summary; any thread. */
void quality_counts_free(struct quality_counts *c);
size_t quality_counts_bytes(const struct observe *o);

/* The tile that the next counts are of. */
void quality_counts_tile(struct quality_counts *c, struct rect tile);

/* Count tile number i of quantity number which (of o->quality.rules); of layer vegetation; of flags. */
void quality_counts_quantity(struct quality_counts *c, size_t i, size_t which, const float *values);
/* Of height number which (of o->quality.heights), as its layer has it; no data does not count. */
void quality_counts_height(struct quality_counts *c, size_t i, size_t which,
			   const int16_t *heights);
void quality_counts_plants(struct quality_counts *c, size_t i, const uint8_t *plants);
void quality_counts_flags(struct quality_counts *c, size_t i, const uint8_t *flags);

/* Write summary.json into the output's folder and list it; after all workers are gone. */
int quality_summary_write(struct quality_summary *s, const struct observe *o, struct error *e);

#endif
