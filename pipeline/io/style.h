/* SPDX-License-Identifier: Apache-2.0
 *
 * style.h - how QGIS shows a layer: a .qml file beside the raster, with its base
 * name, which QGIS loads by itself.
 */
#ifndef PIPELINE_IO_STYLE_H
#define PIPELINE_IO_STYLE_H

#include "pipeline/base/error.h"
#include "pipeline/io/layer.h"

/*
 * Write the style of a layer for QGIS 3.22 or newer, synced; path must not exist.
 * Classes: a palette with names.  Bit fields, which QGIS cannot tell apart bit by
 * bit: one colour for each highest bit that is set.  Quantities: a ramp from
 * style_min to style_max, diverging where these differ in sign.
 * CANTCREATE, PERMISSION or IO.  Any thread.
 */
int style_write(const struct layer *layer, const char *path, struct error *e);

#endif
