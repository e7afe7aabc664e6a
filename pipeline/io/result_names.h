/* SPDX-License-Identifier: Apache-2.0
 *
 * result_names.h - the results in a folder, by name alone: any number of them, none is opened.
 */
#ifndef PIPELINE_IO_RESULT_NAMES_H
#define PIPELINE_IO_RESULT_NAMES_H

#include <stddef.h>

#include "pipeline/base/error.h"

/* Zero is empty. */
struct result_names {
	char **name; /* sorted by byte value; any bytes but control characters */
	size_t nr, room;
};

/*
 * The folders in a folder that hold item.json, or may: one that cannot be looked into counts.  What is hidden,
 * as stages are, does not.  A folder that is not there has none.  PERMISSION, IO; to be released also then.
 */
int result_names_list(struct result_names *n, const char *folder, struct error *e);
void result_names_release(struct result_names *n);

#endif
