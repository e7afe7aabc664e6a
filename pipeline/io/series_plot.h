/* SPDX-License-Identifier: Apache-2.0
 *
 * series_plot.h - areas over time as an SVG: one panel a series, one below the other, over one axis of
 * time, with errors, what was not seen, and totals that are withheld.
 *
 *   series_plot.c   the page and its panels
 *   series_axis.c   ranges, round ticks of time and of values
 *
 * Coordinates have two decimals, text is in whatever sans-serif the viewer has.  About 200 bytes a point
 * and 16 KB.  The same numbers and words give the same bytes.
 */
#ifndef PIPELINE_IO_SERIES_PLOT_H
#define PIPELINE_IO_SERIES_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

struct series_point {
	int64_t from, to; /* the period, UTC, from <= to */
	double km2;	  /* the total; withheld where it is NaN or beyond 1e12 */
	double error;	  /* half the error bar, random and systematic; NaN: none is drawn */
	double low, high; /* if what was not seen is land, or water; NaN: not drawn */
	bool withheld;	  /* too little was seen: a gap is marked, no total */
};

struct series {
	const char *name;
	const struct series_point *points; /* by ascending time */
	size_t nr;
};

/* Panels that are drawn, at most; the text below says how many are left out. */
#define SERIES_PANELS 24

/* All borrowed; texts are UTF-8. */
struct series_plot {
	const char *title;	     /* "Lake Balkhash: water" */
	const char *unit;	     /* "km2" */
	const struct series *series; /* the first one's panel is the highest */
	size_t series_nr;
	const char *note;   /* below, or "" */
	const char *credit; /* whose data, or "" */
	const char *program;
};

/*
 * Write the SVG; path must not exist.  CANTCREATE, PERMISSION or IO: no file is left; BUG
 * without memory.  Any thread.
 */
int series_plot_write(const char *path, const struct series_plot *plot, struct error *e);

#endif
