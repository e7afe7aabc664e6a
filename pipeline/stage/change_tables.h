/* SPDX-License-Identifier: Apache-2.0
 *
 * change_tables.h - what a change tells in lines, points, polygons and tables: one table of its layers.
 */
#ifndef PIPELINE_STAGE_CHANGE_TABLES_H
#define PIPELINE_STAGE_CHANGE_TABLES_H

#include "pipeline/io/vectors.h"
#include "pipeline/stage/change.h"

/* What is written into every target. */
struct change_content {
	const struct comparison *c;
	struct polygons polygons;
	struct lines simple[AREAS_SIDES]; /* shorelines for drawing */
};

struct change_table {
	const char *name, *title;
	/* Write the layer of this name, from vectors_begin() to vectors_end(). */
	int (*write)(const struct change_content *content, struct vectors *v, const char *name,
		     struct error *e);
	bool geometry;
	bool several; /* only with periods between */
};

extern const struct change_table change_tables[];
extern const size_t change_tables_nr;

#endif
