/* SPDX-License-Identifier: Apache-2.0
 *
 * area.h - pixels and areas, per class or whatever the caller counts, summed over tiles.
 *
 * The true area of a pixel is its area on the map divided by the areal scale of
 * the CRS at the centre of its tile (grid_tile() of GEOTIFF_TILE; the scale is
 * rounded to 2^-30); in an equal-area CRS all are equal.  Tiles are added up in
 * their order at the end, so neither threads nor chance change a digit.
 */
#ifndef PIPELINE_IO_AREA_H
#define PIPELINE_IO_AREA_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

/* Counters for every tile of a grid. */
struct area;

/* counters: how many different things are counted, e.g. classes times basins.  CONFIG if PROJ fails. */
int area_new(struct area **out, const struct grid *grid, size_t counters, struct error *e);
void area_free(struct area *a);

/* Add to a counter of tile i.  Any number of threads at once on different tiles. */
void area_add(struct area *a, size_t i, size_t counter, uint64_t pixels);

/* True area of a pixel of tile i [km2]; NaN where the CRS is not defined. */
double area_pixel_km2(const struct area *a, size_t i);

/* What a counter holds in all tiles, and the area of as many pixels (of percents: 100 times the area). */
uint64_t area_pixels(const struct area *a, size_t counter);
double area_km2(const struct area *a, size_t counter);

/* km2 to 1e-6 (a square metre), as outputs give it. */
double area_round(double km2);

#endif
