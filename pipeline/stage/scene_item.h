/* SPDX-License-Identifier: Apache-2.0
 *
 * scene_item.h - what item.json says of an observation: inputs, options, facts, areas.
 */
#ifndef PIPELINE_STAGE_SCENE_ITEM_H
#define PIPELINE_STAGE_SCENE_ITEM_H

#include <jansson.h>

#include "pipeline/stage/observe.h"

/* The product as the list "balkhash:inputs".  A new reference; NULL with e set. */
json_t *scene_inputs(const struct observe *o, struct error *e);

/* What changes pixels: options, layers, the lake by its digest.  A new reference. */
json_t *scene_options(const struct observe *o);

/*
 * The item's properties, areas included.  full: the grid of which the observation
 * is a part.  inputs and options are borrowed.  A new reference.
 */
json_t *scene_properties(const struct observe *o, const struct grid *full, const char *unit,
			 json_t *inputs, json_t *options);

#endif
