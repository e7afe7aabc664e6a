/* SPDX-License-Identifier: Apache-2.0
 *
 * warp_quality.h - the water's quality from the spool to the target grid: quantities and flags where
 * the observation has open water that is not mixed with land, plants inside the lake.  Part of warp.c's
 * pass.
 */
#ifndef PIPELINE_STAGE_WARP_QUALITY_H
#define PIPELINE_STAGE_WARP_QUALITY_H

#include "pipeline/stage/observe.h"

/* A tile of the target, and the working pixels that it is made of. */
struct warp_tile {
	size_t i; /* its number */
	struct rect tile, source;
	const uint8_t *out_water; /* of the tile */
	uint32_t *out_why;	  /* gains what flags mean */
};

/* One worker's buffers; NULL if nothing of the sort is asked for. */
struct warp_quality;

/* source_pixels: of the largest source rect. */
int warp_quality_new(struct warp_quality **out, const struct observe *o, size_t source_pixels,
		     struct error *e);

/* Add what the worker counted to the observation's summary.  NULL is fine. */
void warp_quality_free(struct warp_quality *w);

/* Bytes of one worker. */
size_t warp_quality_bytes(const struct observe *o, size_t source_pixels);

/* Start a tile: flags, why, plants.  A tile with an empty source has none of them. */
int warp_quality_tile(struct warp_quality *w, const struct warp_tile *t, struct error *e);

/*
 * *pixels: those of a layer of quality for the tile that was started, or NULL if the layer is not one;
 * until the next call.  Counts them for the summary.
 */
int warp_quality_layer(struct warp_quality *w, const struct warp_tile *t, const struct layer *layer,
		       const void **pixels, struct error *e);

/* Count an index of the tile that was started, where it is one that is summed up.  w NULL is fine. */
void warp_quality_index(struct warp_quality *w, const struct warp_tile *t,
			const struct index_rule *rule, const int16_t *index);

#endif
