/* SPDX-License-Identifier: Apache-2.0
 *
 * checksums.h - are the files that a command reads those that their results were published with?
 */
#ifndef PIPELINE_STAGE_CHECKSUMS_H
#define PIPELINE_STAGE_CHECKSUMS_H

#include <stddef.h>

#include "pipeline/base/context.h"
#include "pipeline/io/layer.h"

struct checksums {
	const char *const *path; /* folders of results */
	size_t nr;
	const struct layer *const *layers; /* those of them that a result has */
	size_t layers_nr;
};

/* Compare sizes and SHA-256 with item.json, on all threads; DATA naming a file that was altered. */
int checksums_check(const struct context *context, const struct checksums *list, struct error *e);

#endif
