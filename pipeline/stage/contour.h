/* SPDX-License-Identifier: Apache-2.0
 *
 * contour.h - marching squares on a water fraction: cells to segments, segments to lines.
 *
 * The sample of a pixel stands at its centre; a cell is the square between four
 * neighbouring centres.  A sample of CONTOUR_LEVEL percent or more is water.  On the
 * edge between samples v0 and v1 (left to right, top to bottom) the line crosses at
 * t = (level - v0) / (v1 - v0).  Saddles are decided by the mean of the four corners:
 * water there joins the two wet corners.  A cell with a sample above 100 (no data)
 * gives nothing: lines end there.  Segments run with the water on their left, seen
 * in map coordinates.
 *
 * Source: Lorensen and Cline 1987 (doi:10.1145/37401.37422) in two dimensions; sub-pixel
 * shorelines by it: Bishop-Taylor et al. 2019 (doi:10.3390/rs11242984).
 */
#ifndef PIPELINE_STAGE_CONTOUR_H
#define PIPELINE_STAGE_CONTOUR_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/lines.h"

#define CONTOUR_LEVEL 50

/*
 * A piece of line through one cell.  An end says where it crosses an edge of the
 * lattice, in one number: row, column and direction of the edge, in that order of weight,
 * then the two samples.  So a crossing is the same number in both cells that share
 * the edge, and crossings sort row by row.
 */
struct segment {
	uint64_t from, to;
};

/* A growing list of segments.  Zero is an empty one. */
struct contour {
	struct segment *segments;
	size_t nr, capacity;
};

void contour_release(struct contour *c);

/* Append the segments of b to a. */
int contour_append(struct contour *a, const struct contour *b, struct error *e);

/*
 * Append the segments of the cells whose upper left samples are the pixels of
 * `cells` (in the grid's pixels).  samples: the upper left of them, rows stride
 * bytes apart; (w + 1) x (h + 1) are read.
 */
int contour_cells(struct contour *c, struct rect cells, const uint8_t *samples, size_t stride,
		  struct error *e);

/* Bytes that contour_lines() and the list itself take for each segment, at most. */
#define CONTOUR_BYTES 96

/*
 * Join segments into lines in the map coordinates of the grid; the list is sorted by
 * that.  Order: by the lowest crossing of each line; a ring starts at it.  Equal
 * neighbouring points (a sample of exactly the level is shared by up to four edges) become
 * one; what is left with a single point, or a ring of two, is dropped.
 */
int contour_lines(struct contour *c, const struct grid *grid, struct lines *out, struct error *e);

#endif
