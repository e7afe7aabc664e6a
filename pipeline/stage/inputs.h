/* SPDX-License-Identifier: Apache-2.0
 *
 * inputs.h - the user's options about where products come from, for io/input.h.
 */
#ifndef PIPELINE_STAGE_INPUTS_H
#define PIPELINE_STAGE_INPUTS_H

#include "pipeline/base/options.h"
#include "pipeline/io/input.h"

/* The texts stay the options'. */
struct input_options inputs_of(const struct options *o);

#endif
