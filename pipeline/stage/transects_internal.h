/* SPDX-License-Identifier: Apache-2.0
 *
 * transects_internal.h - between the files that make, measure and finish transects.
 */
#ifndef PIPELINE_STAGE_TRANSECTS_INTERNAL_H
#define PIPELINE_STAGE_TRANSECTS_INTERNAL_H

#include "pipeline/stage/transects.h"

#define MM_PER_M 1000.0

/* A vertex in millimetres. */
struct place {
	int64_t x, y;
};

/* false: not finite, or beyond the reach. */
bool place_of(struct point p, struct place *out);

/*
 * Fill everything but names, positions and from_land of a zeroed t, from its paths; it owns them also on failure.
 * DATA: a coordinate beyond the reach.
 */
int transects_prepare(struct transects *t, struct error *e);

/* The tree of the segments of all paths, in which transects_measure() looks. */
int transect_index_new(struct transect_index **out, const struct lines *paths, struct error *e);
void transect_index_free(struct transect_index *index);
size_t transect_index_bytes(size_t vertices);

#endif
