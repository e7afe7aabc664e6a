/* SPDX-License-Identifier: Apache-2.0
 *
 * map_picture.h - a map of classes for a report: one PNG with title, dates, map, coordinates,
 * scale, north, legend, areas and credits.
 *
 *   map_picture.c   the page: what stands where
 *   map_table.c     legend and table of areas
 *   map_image.c     the map itself, from a tally (map_tally.h)
 *   map_frame.c     which part, how large, its coordinates
 *
 * The page is MAP_PICTURE_WIDTH pixels wide and 500 to 2200 high: at most 14 MiB while it is made, the
 * PNG of a lake a few hundred KB.  What it takes beside the tally is known beforehand: MAP_PICTURE_BYTES.
 * The same tally and words give the same bytes.
 */
#ifndef PIPELINE_IO_MAP_PICTURE_H
#define PIPELINE_IO_MAP_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/io/canvas.h"
#include "pipeline/io/map_frame.h"
#include "pipeline/io/map_tally.h"
#include "pipeline/space/lines.h"

#define MAP_PICTURE_WIDTH 1600
#define MAP_PICTURE_BYTES ((size_t)32 << 20)

/* Rows of the table, classes and lines of the legend that are drawn, at most. */
#define MAP_PICTURE_ROWS    12
#define MAP_PICTURE_CLASSES 9
#define MAP_PICTURE_LINES   3

struct map_period {
	const char *name; /* "before" */
	int64_t from, to; /* UTC; days are shown */
	size_t looks;	  /* observations, 0: not said */
};

struct map_class {
	const struct layer_class
		*class; /* of the tally's layer; one that is not counted is hatched */
	double km2;	/* NaN: not said */
	/*
	 * Shown with a weight of MAP_EMPHASIS at least wherever a pixel of the picture has any of it,
	 * so that strips much narrower than that pixel stay visible.
	 */
	bool emphasised;
};

/* One row of the table, km2; NaN: not known. */
struct map_area {
	const char *name;
	double before, before_error, after, after_error, gain, loss, net, net_error;
};

struct map_line {
	const struct lines *lines; /* in the CRS of the grid */
	const char *name;	   /* in the legend */
	uint32_t rgb;
};

/* All borrowed; texts are UTF-8 (latin.h), cut where they are too long. */
struct map_picture {
	const char *title;
	struct map_period period[2];
	const struct map_tally *tally;
	const struct map_class *classes;
	size_t classes_nr;
	/* Drawn where a pixel of the picture is at most MAP_LINES_REDUCTION of the raster: else they hide it. */
	const struct map_line *lines;
	size_t lines_nr;
	const char *area_title; /* over the table: "Water by fraction, km2" */
	const struct map_area *areas;
	size_t areas_nr;
	const char *note;   /* below the table, or "" */
	const char *credit; /* whose data: up to three lines, or "" */
	const char *program;
};

/* Percent; beyond that the weight grows with the share, up to all. */
#define MAP_EMPHASIS	    70
#define MAP_LINES_REDUCTION 2.0

/* Where things came to lie on the page; for whoever looks at it by program. */
struct map_place {
	struct rect map;	/* without its frame */
	struct rect scale;	/* the scale bar without its frame */
	double scale_m;		/* what the bar is long */
	struct map_frame frame; /* coordinates of the map */
};

/*
 * Write the PNG; path must not exist.  place may be NULL.  CANTCREATE, PERMISSION or IO: no
 * file is left; CONFIG where PROJ fails; BUG without memory.  Any thread; no one adds to the
 * tally meanwhile.
 */
int map_picture_write(const char *path, const struct map_picture *p, struct map_place *place,
		      struct error *e);

#endif
