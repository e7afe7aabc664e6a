/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_mix.h - may quantities of these looks stand in one mosaic?  (docs/decisions/013)
 *
 * Quantities are made for each sensor with its own coefficients: looks of different sensors are mixed, looks by
 * different algorithms are not.  Indices are arithmetic on the reflectance of a sensor's bands: looks of
 * different instruments are not mixed.
 */
#ifndef PIPELINE_STAGE_MOSAIC_MIX_H
#define PIPELINE_STAGE_MOSAIC_MIX_H

#include "pipeline/stage/mosaic_looks.h"

/* One more look with layer number i (from LOOK_MORE on); DATA naming both where another made it otherwise. */
int looks_mix(struct looks *l, const struct result *r, size_t i, struct error *e);

/* After the last look: DATA naming a layer that none has. */
int looks_mixed(const struct looks *l, struct error *e);

/* "balkhash:quantities": how each layer was made and how many looks have it; NULL: there is none. */
json_t *looks_made_json(const struct looks *l);

#endif
