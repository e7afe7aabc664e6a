/* SPDX-License-Identifier: Apache-2.0
 *
 * layer.h - the one table of every raster this program writes: file name,
 * pixel type, no data, unit, scale, meaning of each code or bit, colours.
 * Everything that shows a layer to people (GeoTIFF metadata, QGIS style,
 * item.json, quicklook) is made from it.
 */
#ifndef PIPELINE_IO_LAYER_H
#define PIPELINE_IO_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/io/role.h"

enum layer_type { LAYER_U8, LAYER_U16, LAYER_I16, LAYER_U32, LAYER_F32 };

/* How four pixels become one in an overview. */
enum layer_halving { HALVE_MODE, HALVE_OR, HALVE_NEAREST, HALVE_MEAN };

/* Colours from small values to large ones (style.c); of values of both signs always from land to water. */
enum layer_hue { HUE_BLUE, HUE_GREEN, HUE_BROWN, HUE_RED };

/* One code of a class layer, or one bit of a bit-field layer. */
struct layer_class {
	uint32_t code;	    /* pixel value; for a bit field the bit's mask */
	const char *name;   /* a few words, as in a legend */
	uint8_t r, g, b, a; /* colour; a = 0: transparent */
};

struct layer {
	const char *name;	 /* as in --layers, and the file's name without ".tif" */
	const char *description; /* one line; the band's description */
	enum layer_type type;
	enum layer_halving halving;
	bool has_nodata;
	double nodata;
	double scale, offset;		   /* value = stored * scale + offset */
	const char *unit;		   /* UDUNITS spelling, "" for none */
	const struct layer_class *classes; /* codes, or bits where halving is HALVE_OR; or NULL */
	size_t classes_nr;
	enum layer_hue hue;	     /* of the colour ramp (no classes) */
	double style_min, style_max; /* stored values at the ends of the colour ramp (no classes) */
	enum role roles[6];	     /* of an observation's layer: what it is made of */
	size_t roles_nr;	     /* 0: not of an observation, or its algorithm has them */
};

/* Bytes of one pixel of this type. */
size_t layer_type_size(enum layer_type type);

/* The layer with this name, or NULL. */
const struct layer *layer_find(const char *name);

/* Layer number i of the table, or NULL past its end. */
const struct layer *layer_at(size_t i);

/* The class with this code in a class layer, or NULL. */
const struct layer_class *layer_class_find(const struct layer *layer, uint32_t code);

#endif
