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
	KIND_HLS_L30,
	KIND_HLS_S30,
};

enum family { FAMILY_LANDSAT, FAMILY_SENTINEL2, FAMILY_HLS };

enum lake {
	LAKE_BALKHASH,
	LAKE_CIRCLE,
	LAKE_ELLIPSE,
	LAKE_STAR,
	LAKE_PLAIN, /* a straight shore */
};

/* Generations of Landsat products. */
enum collection { COLLECTION_2, COLLECTION_1, COLLECTION_PRE };

/* Forms of the MTL, as bits. */
enum mtl_form { MTL_TXT = 1, MTL_XML = 2, MTL_JSON = 4 };

/* What the images of a Sentinel-2 product are: JPEG 2000, GeoTIFF, GeoTIFF that is called .jp2. */
enum images { IMAGES_JP2, IMAGES_TIF, IMAGES_TIF_AS_JP2 };

/* A STAC Item beside the product: none, version 1.0, version 1.1. */
enum stac { STAC_NONE, STAC_1_0, STAC_1_1 };

/* Widest strip along the shore, metres: within what is exact of a distance from it. */
#define STRIP_MAX_M 150

/* In the order of Sentinel-2's band_id: B01..B08, B8A, B09..B12. */
enum { OFFSETS_NR = 13, GRANULES_MAX = 2 };

struct options {
	enum kind kind;
	enum lake lake;
	const char *out;
	double center[2];      /* of the window, degrees */
	double lake_center[2]; /* of the shape, degrees */
	bool plane_laea;       /* shapes are exact in PLANE_LAEA, else in the product's UTM */
	int width, height;     /* pixels of 30 m (Landsat, HLS) or 10 m (Sentinel-2) */
	int zone;
	struct moment when; /* UTC */
	int path, row, orbit;
	char mgrs[8]; /* "43TFM" */
	double shift_m, radius_m, noise;
	double turn_deg;      /* ellipse and star: from east to north, beside their own */
	double cloud_height;  /* metres; 0: 900 to 2400 by chance */
	double psf;	      /* point spread in pixels; 0: none */
	double texture, vary; /* of plain ground, as vary.h says */
	enum cover strip;     /* on the land along the shore */
	double strip_m;	      /* its width; 0: none */
	int clouds;
	bool salt, swath_edge, ramp;
	bool natural;
	bool hard, ice, false_clouds, ponds, snr, lapse, parallax;
	bool no_air; /* Level-1: nothing between the ground and the sensor */
	enum cover water, land;
	char spacecraft[8]; /* LC09, LC08, LE07, LT05, LT04, S2A, S2B, S2C */

	/* Landsat */
	enum collection collection;
	unsigned mtl;	  /* enum mtl_form */
	bool slc_off;	  /* gaps as Landsat 7 has since 2003-05-31 */
	double sun_range; /* Level-1: degrees by which the sun's zenith grows from west to east */
	int block;	  /* side of a TIFF block */

	/* Sentinel-2 */
	int baseline;		/* 400 = 04.00 */
	bool old_naming;	/* as before 6 December 2016 */
	int offset[OFFSETS_NR]; /* reflectance = (dn + offset) / quantification, by band_id */
	bool has_offsets;	/* the metadata lists them */
	int quantification;
	int granules;  /* 1..GRANULES_MAX, side by side */
	int datastrip; /* 0: one sees all; 1, 2: the northern, the southern half of the window */
	bool defects;  /* some rows of B04 were lost, and MSK_QUALIT says so */
	enum images images;

	enum stac stac;
	uint64_t seed;
	int threads;

	bool help, version, self_test;
	bool has_center;
};

/* The family of the kind; is it a Sentinel-2 product; is it one at the top of the atmosphere? */
enum family options_family(const struct options *o);
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

/* The text of --help in parts, NULL at the end. */
extern const char *const options_help[];

#endif
