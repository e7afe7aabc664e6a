/* SPDX-License-Identifier: Apache-2.0
 *
 * run_index_rows.h - rows of the index: gathered from results into a file, from which layers are written.
 *
 * Layers are written one after the other, and the time of the newest result is wanted before the first: so what the
 * index needs of each result is kept in a file meanwhile, a line of JSON each.
 */
#ifndef PIPELINE_STAGE_RUN_INDEX_ROWS_H
#define PIPELINE_STAGE_RUN_INDEX_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/error.h"
#include "pipeline/io/vectors.h"

struct index_rows {
	FILE *file; /* the caller's, for reading and writing */
	size_t nr, left_out;
	int64_t newest; /* end of the newest result, UTC seconds; 0 if there is none */
};

/*
 * Add the result in DIR/folder, where folder is "observations/ID".  DATA, NOINPUT, PERMISSION: it is the result's fault,
 * and nothing was added; IO: the file's.
 */
int index_rows_add(struct index_rows *rows, const char *dir, const char *folder, struct error *e);

/* Write the layers `results` and `inputs` of all rows. */
int index_rows_write(struct index_rows *rows, struct vectors *v, struct error *e);

#endif
