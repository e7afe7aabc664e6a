/* SPDX-License-Identifier: Apache-2.0
 *
 * quality.h - one worker's rows of water quality: reflectance in, 16-bit codes and flags of its
 * tile out, into the spool.  Part of classify.c's pass.
 *
 * Everything is computed in every pixel, as where water is comes out later only; warp_quality.c
 * keeps what lies in open water.
 */
#ifndef PIPELINE_STAGE_QUALITY_H
#define PIPELINE_STAGE_QUALITY_H

#include "pipeline/stage/observe.h"

struct quality_worker;

/* What the observation's layers need; o->quality.rules are chosen.  NULL if there are none. */
int quality_worker_new(struct quality_worker **out, const struct observe *o, struct error *e);
void quality_worker_free(struct quality_worker *w);

/* Bytes of one; 0 if nothing of the sort is wanted. */
size_t quality_worker_bytes(const struct observe *o);

/* n pixels, that lie at place `at` of the worker's tile. */
struct quality_span {
	size_t n, at;
	float *const *rho;	 /* by role */
	const uint16_t *thermal; /* stored values; NULL: not read */
	const uint8_t *state;	 /* of the bands that layers are made of (calib.h) */
};

void quality_row(struct quality_worker *w, const struct quality_span *span);

/* Write the planes of a tile. */
int quality_spool(struct quality_worker *w, size_t tile, struct error *e);

#endif
