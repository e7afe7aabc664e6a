/* SPDX-License-Identifier: Apache-2.0
 *
 * geopackage_style.h - default QGIS styles of vector layers, as QML text to be freed; NULL without memory.
 * Written for QGIS 3.22 and later: symbol properties in both of their spellings.
 */
#ifndef PIPELINE_IO_GEOPACKAGE_STYLE_H
#define PIPELINE_IO_GEOPACKAGE_STYLE_H

#include "pipeline/io/geopackage.h"

/* Lines of one colour. */
char *geopackage_line_style(struct geopackage_colour colour);

/* Polygons by the name of their class in a field: filled, without a border. */
char *geopackage_patch_style(const char *field, const struct layer *classes);

#endif
