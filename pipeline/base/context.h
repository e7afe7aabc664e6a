/* SPDX-License-Identifier: Apache-2.0
 *
 * context.h - what every stage is given: options, kernels, log.  Immutable.
 */
#ifndef PIPELINE_BASE_CONTEXT_H
#define PIPELINE_BASE_CONTEXT_H

#include "kernels/kernels.h"
#include "pipeline/base/log.h"
#include "pipeline/base/options.h"

struct context {
	const struct options *options;
	const struct kernels *kernels;
	const struct log *log;
};

#endif
