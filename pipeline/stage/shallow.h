/* SPDX-License-Identifier: Apache-2.0
 *
 * shallow.h - where the bottom may be seen: near a shore, or, where depths are known, in water
 * that is not deep.  Whether the water is clear enough is told by
 * its turbidity (quality.c).
 *
 * Near is what lies within limits.shallow_distance_m of a pixel that is not water, in the part of the
 * lake that the observation covers: one bit a pixel of the working grid, whatever the tiles are.
 */
#ifndef PIPELINE_STAGE_SHALLOW_H
#define PIPELINE_STAGE_SHALLOW_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/rect.h"

struct observe;
struct shallow;

/* Bytes that shallow_run() takes on so many threads, and that stay until the end. */
size_t shallow_bytes(const struct observe *o, int threads);

/* Of these, those that stay. */
size_t shallow_kept_bytes(const struct observe *o);

/* Find what is near a shore; fills o->quality.shallow.  CONFIG, DATA, NOINPUT: the file of depths. */
int shallow_run(struct observe *o, struct error *e);
void shallow_free(struct shallow *s);

/* near[i] = 1 where pixel (x + i, y) of the working grid is near a shore.  Any thread. */
void shallow_row(const struct shallow *s, int32_t x, int32_t y, int32_t n, uint8_t *near);

#endif
