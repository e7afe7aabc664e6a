/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2_internal.h - what the files of the Sentinel-2 reader share.
 *
 *	sentinel2.c		metadata of the product
 *	sentinel2_footprint.c	its corners
 *	sentinel2_granule.c	granules and their metadata
 *	sentinel2_files.c	which files are images and masks
 *	sentinel2_masks.c	clouds as outlines
 *	sentinel2_angles.c	mean angles, angle grids
 */
#ifndef PIPELINE_IO_SENTINEL2_INTERNAL_H
#define PIPELINE_IO_SENTINEL2_INTERNAL_H

#include <cpl_minixml.h>

#include "pipeline/io/sentinel2.h"

/* A file of clouds has fewer vertices and rings than this: a tile's clouds are made of 60 m pixels. */
#define SENTINEL2_CLOUD_POINTS_MAX 2000000
#define SENTINEL2_CLOUD_RINGS_MAX  100000

/* The most nodes of a side of an angle grid; real ones have 23. */
#define SENTINEL2_ANGLE_NODES_MAX 256

/* What the metadata of the product says and the granules need. */
struct safe {
	struct product *p;
	const struct folder *root;
	const char *path;	  /* of the product's metadata */
	CPLXMLNode *info, *image; /* Product_Info and Product_Image_Characteristics */
	enum offset_rule rule;
	double gain, offset[SENSOR_MSI_BANDS]; /* by band_id */
	bool calibrated[SENSOR_MSI_BANDS];
	int32_t fill, saturated;
	struct point footprint[FOOTPRINT_POINTS_MAX];
	size_t footprint_nr;
};

/* A granule that is being read. */
struct tile {
	struct granule *g;
	const struct folder *folder;
	const char *path;    /* of its metadata */
	CPLXMLNode *general; /* General_Info */
	CPLXMLNode *root;    /* all of it */
	CPLXMLNode *angles;  /* Tile_Angles */
	long epsg;	     /* of its grid; 0 if not said */
	bool flat;	     /* its folder is the product's */
};

/* Parse a file; every name loses its namespace.  NULL: e is set.  Freed with CPLDestroyXMLNode(). */
CPLXMLNode *safe_xml(const char *path, struct error *e);

/* The text at either path below a node; old may be NULL.  NULL: neither is there, or it is empty. */
const char *safe_text(CPLXMLNode *node, const char *path, const char *old);

/*
 * What a file holds, for words about it: one line of at most 60 characters, others than printable
 * ASCII as '?'.  Returns the buffer.
 */
#define SAFE_QUOTED 61
const char *safe_quoted(char buffer[SAFE_QUOTED], const char *text);

/* DATA: "<path>: <what> is missing or not what it should be". */
int safe_missing(const char *path, const char *what, struct error *e);

/* "EPSG:32643", "urn:ogc:def:crs:EPSG:8.7:32643", ".../crs/EPSG/0/32643": the code, 0 if there is none. */
long safe_epsg(const char *name);

/* The folder of this name in another; *out is zeroed if there is none. */
int safe_folder(struct folder *out, const struct folder *in, const char *name, struct error *e);

/* The corners of the product; a list that cannot be used is a warning. */
int safe_footprint(struct safe *s, CPLXMLNode *tree, struct error *e);

/* All granules of the product. */
int safe_granules(struct safe *s, struct error *e);

/*
 * Facts of all bands and masks of a granule, and the paths of those that are there.  DATA: two
 * files for one role.
 */
int safe_files(struct safe *s, struct tile *t, struct error *e);

/*
 * Clouds as outlines of a Level-1C granule that has no raster of them; a file that cannot be read is a
 * warning.
 */
int safe_clouds(struct safe *s, struct tile *t, struct error *e);

/*
 * The polygons of a MSK_CLOUDS file, which must be in the CRS of this EPSG code (0: not checked).  A
 * file without polygons is a sky without clouds.  Rings of fewer than three vertices hold nothing
 * and are left out.  On failure both polygons are empty.
 *
 * DATA: not such a file, cut, a CRS other than the tile's, coordinates that are no places, too many of
 * them, a kind of cloud that is neither OPAQUE nor CIRRUS.  NOINPUT, PERMISSION.
 */
int safe_clouds_file(const char *path, long epsg, struct polygon *opaque, struct polygon *cirrus,
		     struct error *e);

/*
 * Mean angles and angle grids.  DATA: no mean sun angle.  A grid that cannot be used is a warning.
 */
int safe_angles(struct safe *s, struct tile *t, struct error *e);

#endif
