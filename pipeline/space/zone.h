/* SPDX-License-Identifier: Apache-2.0
 *
 * zone.h - the UTM zone in which the centre of each pixel of a grid lies.
 *
 * PROJ is asked for the longitude at nodes every ZONE_STEP pixels; its answers
 * are rounded to 2^-22 degree (3 cm on the equator); between nodes everything is
 * integer arithmetic, so that the same zones come out on every machine.
 */
#ifndef PIPELINE_SPACE_ZONE_H
#define PIPELINE_SPACE_ZONE_H

#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

#define ZONE_STEP 64

struct zones;

/* Immutable once made; any number of threads.  4 bytes a node.  CONFIG if PROJ cannot. */
int zones_new(struct zones **out, const struct grid *grid, struct error *e);
void zones_free(struct zones *z);

/* Zones (1..60; 0 where there is no longitude) of the n pixels from (x, y) rightwards, in the grid. */
void zones_row(const struct zones *z, int32_t x, int32_t y, int32_t n, uint8_t *zone);

#endif
