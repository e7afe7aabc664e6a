/* SPDX-License-Identifier: Apache-2.0
 *
 * item_shape.h - the geometry of an item.json read back: what item_geometry() wrote, for vectors.h.
 */
#ifndef PIPELINE_IO_ITEM_SHAPE_H
#define PIPELINE_IO_ITEM_SHAPE_H

#include <jansson.h>
#include <stdbool.h>

#include "pipeline/base/error.h"
#include "pipeline/io/vectors.h"

/* Is it a Polygon or MultiPolygon whose rings have four positions or more, of longitude and latitude in degrees? */
bool item_shape_is(const json_t *geometry);

/* Zero is empty. */
struct item_shape {
	struct vectors_shape shape; /* one of VECTORS_MULTIPOLYGON; its arrays are these */
	struct point *points;
	size_t *starts;
	bool *outlines;
	size_t points_room, parts_room;
};

/*
 * Read a geometry that item_shape_is(); what was there is replaced, its memory used again.  DATA: a ring that is
 * not closed.
 */
int item_shape_read(struct item_shape *s, const json_t *geometry, struct error *e);
void item_shape_release(struct item_shape *s);

#endif
