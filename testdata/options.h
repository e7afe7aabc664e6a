/* SPDX-License-Identifier: Apache-2.0
 *
 * options.h - what the command line asks for.
 */
#ifndef TESTDATA_OPTIONS_H
#define TESTDATA_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "testdata/air.h"
#include "testdata/fail.h"
#include "testdata/plane.h"
#include "testdata/surface.h"

enum kind {
	KIND_NONE,
	KIND_LANDSAT_L1,
	KIND_LANDSAT_L2,
	KIND_SENTINEL2_L1C,
	KIND_SENTINEL2_L2A,
};

enum lake {
	LAKE_BALKHASH,
	LAKE_CIRCLE,
	LAKE_ELLIPSE,
	LAKE_STAR,
	LAKE_PLAIN, /* a straight shore */
};

struct options {
	enum kind kind;
	enum lake lake;
	const char *out;
	double center[2];      /* of the window, degrees */
	double lake_center[2]; /* of the shape, degrees */
	bool plane_laea;       /* shapes are exact in PLANE_LAEA, else in the product's UTM */
	int width, height;     /* pixels of 30 m (Landsat) or 10 m (Sentinel-2) */
	int zone;
	struct moment when; /* UTC */
	int path, row, orbit;
	char mgrs[8]; /* "43TFM" */
	double shift_m, radius_m, noise;
	int clouds;
	bool salt, swath_edge, ramp;
	bool natural;
	enum cover water, land;
	char spacecraft[8]; /* LC09, LC08, LE07, LT05, S2A, S2B, S2C */
	int baseline;	    /* Sentinel-2: 400 = 04.00 */
	int block;	    /* Landsat: side of a TIFF block */
	uint64_t seed;
	int threads;

	bool help, version, self_test;
	bool has_center;
};

/* Is it a Sentinel-2 product; is it one at the top of the atmosphere? */
bool options_sentinel2(const struct options *o);
bool options_level1(const struct options *o);

/* The word of the command line for the kind and for the lake. */
const char *options_kind_name(enum kind k);
const char *options_lake_name(enum lake l);

/*
 * Fill the options from the command line, with every default that the others
 * imply; argv must outlive them.  Returns -1 with a text for the user.
 */
int options_parse(struct options *o, int argc, char **argv, struct failure *f);

/* The text of --help. */
extern const char options_help[];

#endif
