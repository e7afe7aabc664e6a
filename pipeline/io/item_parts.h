/* SPDX-License-Identifier: Apache-2.0
 *
 * item_parts.h - the pieces that item.c puts together.  All return a new
 * reference, or NULL: without memory, or with e set where there is one.
 */
#ifndef PIPELINE_IO_ITEM_PARTS_H
#define PIPELINE_IO_ITEM_PARTS_H

#include <jansson.h>

#include "pipeline/base/error.h"
#include "pipeline/io/item.h"

/*
 * GeoJSON geometry of a polygon in longitude and latitude: Polygon or
 * MultiPolygon; a ring within an odd number of others is a hole (RFC 7946:
 * shells counter-clockwise, holes clockwise, first vertex repeated at the end).
 * JSON's null for one without vertices.
 */
json_t *item_geometry(const struct polygon *polygon);

/* [west, south, east, north] of its vertices; JSON's null if it has none: STAC wants no bbox then. */
json_t *item_bbox(const struct polygon *polygon);

/* The asset object of a file in folder. */
json_t *item_asset_object(const char *folder, const struct item_asset *asset, struct error *e);

/* v to 9 significant digits: what sums over pixels are given with. */
double item_round(double v);

#endif
