/* SPDX-License-Identifier: Apache-2.0
 *
 * cover.h - what covers most of a pixel, as a code of the truth: cover.tif.
 */
#ifndef TESTDATA_COVER_H
#define TESTDATA_COVER_H

#include "testdata/surface.h"

enum cover_code {
	CODE_OTHER_LAND,
	CODE_CLEAR_WATER,
	CODE_TURBID_WATER,
	CODE_VERY_TURBID_WATER,
	CODE_SALT,
	CODE_WET_SALT,
	CODE_GREEN_REED,
	CODE_DRY_REED,
	CODE_LAKE_ICE,
	CODE_SNOW,
	CODE_GLINT,
	CODE_DARK_LAND,
	CODE_POND,
	CODE_COUNT,
};

/* The name of each code, for truth.json. */
extern const char *const cover_names[CODE_COUNT];

/* From so much glint on (reflectance) open water counts as glinting. */
#define COVER_GLINT 0.01f

/* What a pixel is made of: shares of its area, 0..1. */
struct cover_parts {
	float lake, pond; /* lake + pond: all water */
	float glint;	  /* reflectance that the lake's water gains */
	const float *water,
		*land; /* COVER_COUNT shares each: of the lake's part, of the dry part */
};

/*
 * The code of a pixel.  Half of it and more water makes it water, as in class.tif: pond where that is
 * the larger part of the water, else what most of the lake's water is; else what most of the land is.
 */
enum cover_code cover_code(const struct cover_parts *p);

#endif
