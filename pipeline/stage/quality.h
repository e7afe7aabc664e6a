/* SPDX-License-Identifier: Apache-2.0
 *
 * quality.h - the pass that tells the water's quality: bands that classify kept, water as settled
 * -> 16-bit codes of quantities and their flags, tile by tile on the working grid, into the spool.
 *
 * A sensor's noise is as large as what clear water returns.  So reflectances are means over a window
 * (limit quality.window, a side in metres) around the pixel, of its open water alone: neither shore nor cloud
 * gets into them.  Pixels that are not open water, or mixed with land, have no value.
 */
#ifndef PIPELINE_STAGE_QUALITY_H
#define PIPELINE_STAGE_QUALITY_H

#include "pipeline/stage/observe.h"

/* Pixels around a pixel that its window reaches; 0 where there are no windows. */
int32_t quality_reach(const struct observe *o);

/* Bytes that a run takes on so many threads. */
size_t quality_bytes(const struct observe *o, int threads);

/* Make the planes of quantities and flags; after shallow_run(). */
int quality_run(struct observe *o, struct error *e);

#endif
