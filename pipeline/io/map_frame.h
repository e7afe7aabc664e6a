/* SPDX-License-Identifier: Apache-2.0
 *
 * map_frame.h - which part of a raster a map shows, how large, and what stands around it: ticks of
 * longitude and latitude, a scale, the direction of north.
 */
#ifndef PIPELINE_IO_MAP_FRAME_H
#define PIPELINE_IO_MAP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/map_tally.h"
#include "pipeline/space/grid.h"

/* A pixel of the raster is never drawn larger than so many pixels of the picture. */
#define MAP_FRAME_ZOOM_MAX 64

/* North in parts of its length. */
#define MAP_FRAME_NORTH 1024

struct map_frame {
	/* The map as a raster: its corner, metres (of the CRS) a pixel of the picture, pixels. */
	struct grid grid;
	struct rect cells;	  /* what of the tally it shows; may stick out of it */
	double true_m;		  /* true metres a pixel in the middle, by its true area */
	double reduction;	  /* pixels of the raster along x in one of the picture */
	int32_t north_x, north_y; /* where north is on the picture (y down), MAP_FRAME_NORTH long */
};

/*
 * The part of the tally that has data and a margin, the whole grid where nothing has: never
 * longer than 4 times its width nor higher than 3 times, at most width x height pixels.
 */
int map_frame_set(struct map_frame *f, const struct map_tally *t, int32_t width, int32_t height,
		  struct error *e);

/* Is the part of the tally to be shown wider than high? */
bool map_frame_is_wide(const struct map_tally *t);

/* Ticks along an edge, at most. */
#define MAP_FRAME_TICKS 16

struct map_tick {
	int32_t at;    /* pixel along the edge, from the left or the top */
	char text[16]; /* "77.5 E" with the sign of degrees, UTF-8 */
};

enum map_edge { EDGE_BOTTOM, EDGE_LEFT, EDGE_TOP, EDGE_RIGHT };

/*
 * Round longitudes along the bottom or top, round latitudes along a side; edges that face each
 * other have ticks of one step.  Writes at most MAP_FRAME_TICKS and *nr.
 */
int map_frame_ticks(const struct map_frame *f, enum map_edge edge, struct map_tick *ticks,
		    size_t *nr, struct error *e);

#endif
