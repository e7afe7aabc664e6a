/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors_style.h - default QGIS styles of vector layers, as QML text to be freed; NULL without memory.
 * Written for QGIS 3.22 and later: symbol properties in both of their spellings.
 */
#ifndef PIPELINE_IO_VECTORS_STYLE_H
#define PIPELINE_IO_VECTORS_STYLE_H

#include <stdint.h>

#include "pipeline/io/layer.h"

struct vectors_colour {
	uint8_t r, g, b;
};

/* All of one colour: points as discs, lines. */
char *vectors_point_style(struct vectors_colour colour);
char *vectors_line_style(struct vectors_colour colour);

/* Polygons of which nothing but the border is drawn: what lies over each other is still seen. */
char *vectors_border_style(struct vectors_colour colour);

/* Polygons by the name of their class in a field: filled, without a border. */
char *vectors_patch_style(const char *field, const struct layer *classes);

#endif
