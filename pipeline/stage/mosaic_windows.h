/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_windows.h - windows of one mosaic: do they fit together, and what do they make?
 */
#ifndef PIPELINE_STAGE_MOSAIC_WINDOWS_H
#define PIPELINE_STAGE_MOSAIC_WINDOWS_H

#include "pipeline/io/result.h"
#include "pipeline/stage/mosaic_read.h"
#include "pipeline/stage/mosaic_result.h"

struct window {
	struct result *result;
	char *file[MOSAIC_LAYERS_MAX]; /* of the layers of the result */
	struct rect place;	       /* in the merged grid */
};

/* Zero is empty; sorted by place. */
struct windows {
	struct window *window;
	size_t nr;
};

/*
 * Read what the paths name.  USAGE: an option that windows have of their own; DATA: not a mosaic, by
 * another version, or two that differ in lattice, observations or options, naming what.
 */
int windows_read(struct windows *w, const struct options *options, struct error *e);
void windows_release(struct windows *w);

/*
 * Fill the first part of r from the windows: what one run would have; on the whole grid, or -te of it.  Places the
 * windows and finds their files.  DATA naming a part that no window covers.
 */
int windows_result(struct windows *w, const struct options *options, struct mosaic_result *r,
		   struct error *e);

#endif
