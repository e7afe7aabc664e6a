/* SPDX-License-Identifier: Apache-2.0
 *
 * series_axis.h - the axes of a plot over time: ranges and round ticks.
 */
#ifndef PIPELINE_IO_SERIES_AXIS_H
#define PIPELINE_IO_SERIES_AXIS_H

#include "pipeline/io/series_plot.h"

/* Is there a total to draw? */
bool series_has_total(const struct series_point *p);

/* The middle of a period. */
double series_middle(const struct series_point *p);

/* Ticks of one axis, at most; two labels are never equal. */
#define AXIS_TICKS 24

struct axis_tick {
	double at;
	char text[32];
};

/* From low to high, low < high, in the unit of the data: seconds or km2. */
struct axis {
	double low, high;
	struct axis_tick tick[AXIS_TICKS];
	int ticks;
};

/* All periods of all series and a little more; ticks at the starts of years, months or days. */
void axis_of_time(struct axis *a, const struct series_plot *plot);

/*
 * Totals and their errors, from one round number to another; what was not seen as well, but at most
 * once their range more on each side.  Without a total: 0 to 1 and no ticks.
 */
void axis_of_values(struct axis *a, const struct series *s, int steps);

#endif
