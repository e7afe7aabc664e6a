/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_row.h - one worker's tile of what the program's own cloud mask starts from
 * (cloud.h): tests, variability, temperature and displacement of each pixel.
 */
#ifndef PIPELINE_STAGE_CLOUD_ROW_H
#define PIPELINE_STAGE_CLOUD_ROW_H

#include "pipeline/stage/observe.h"

struct cloud_row;

/* Bytes of a worker; 0 where no clouds are sought. */
size_t cloud_row_bytes(const struct observe *o);

/* o outlives it.  BUG: no memory. */
int cloud_row_new(struct cloud_row **out, const struct observe *o, struct error *e);
void cloud_row_free(struct cloud_row *c);

/* Where the row of a band's reflectance at the top of the atmosphere belongs. */
float *cloud_row_toa(struct cloud_row *c, enum role role);

/*
 * Test n pixels, which lie at `at` in the tile.  rho: rows of reflectance by role, used where Rayleigh
 * is not removed from it; thermal: stored values, or NULL; state: of the six bands (calib.h).
 */
void cloud_row(struct cloud_row *c, float *const rho[ROLE_NR], const uint16_t *thermal,
	       const uint8_t *state, size_t n, size_t at);

/* Find what is displaced between bands in the tile, from bands of rect read around it. */
void cloud_row_displaced(struct cloud_row *c, uint16_t *const bands[ROLE_NR], struct rect read,
			 struct rect tile);

/* Write the planes of working tile i. */
int cloud_row_spool(struct cloud_row *c, size_t i, struct error *e);

/* What is asked of a granule: fills o->cloud, adds the roles that it reads to o. */
int cloud_choose(struct observe *o, struct error *e);

#endif
