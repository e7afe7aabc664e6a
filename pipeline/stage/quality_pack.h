/* SPDX-License-Identifier: Apache-2.0
 *
 * quality_pack.h - what classify.c's pass keeps for quality.c's: bands of a worker's tile as 16-bit
 * reflectance, stored temperatures, and plants, which are told pixel by pixel.
 */
#ifndef PIPELINE_STAGE_QUALITY_PACK_H
#define PIPELINE_STAGE_QUALITY_PACK_H

#include "pipeline/stage/observe.h"

struct quality_pack;

/* *out is NULL if nothing of the water's quality is asked for. */
int quality_pack_new(struct quality_pack **out, const struct observe *o, struct error *e);
void quality_pack_free(struct quality_pack *w);

/* Bytes of one. */
size_t quality_pack_bytes(const struct observe *o);

/* n pixels, that lie at place `at` of the worker's tile. */
struct quality_span {
	size_t n, at;
	float *const *rho;	 /* by role */
	const uint16_t *thermal; /* stored values; NULL: not read */
	const uint8_t *state;	 /* of the bands that layers are made of (calib.h) */
};

void quality_pack_row(struct quality_pack *w, const struct quality_span *span);

/* Write the planes of a tile; bands only where there may be open water. */
int quality_pack_spool(struct quality_pack *w, size_t tile, bool open, struct error *e);

/* The plane that a band of o->quality.bands lies in. */
size_t quality_plane(const struct observe *o, size_t band);

#endif
