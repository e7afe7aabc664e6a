/* SPDX-License-Identifier: Apache-2.0
 *
 * context.h - what every stage is given: options, kernels, log.  Immutable, but for what timing counts.
 */
#ifndef PIPELINE_BASE_CONTEXT_H
#define PIPELINE_BASE_CONTEXT_H

#include "kernels/kernels.h"
#include "pipeline/base/log.h"
#include "pipeline/base/options.h"
#include "pipeline/base/timing.h"

struct context {
	const struct options *options;
	const struct kernels *kernels;
	const struct log *log;
	struct timing *timing; /* NULL: not asked for */
};

#endif
