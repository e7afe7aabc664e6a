/* SPDX-License-Identifier: Apache-2.0
 *
 * product.h - what an agency delivered, as facts: no pixel is read here.
 *
 * A product holds one granule or several; each granule becomes one
 * observation.  Everything comes from the product's own metadata and from the
 * headers of its files, never from dates or from sizes that a mission usually
 * has.  Paths are built only from names found inside the product's root.
 *
 *	what the user named -> input.c (folder, archive, remote) -> a folder to read
 *	-> product.c finds whose metadata lies there -> landsat.c, sentinel2.c, hls.c, stac.c
 *	-> facts.c: what the headers of the files say
 */
#ifndef PIPELINE_IO_PRODUCT_H
#define PIPELINE_IO_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "pipeline/base/error.h"
#include "pipeline/io/input.h"
#include "pipeline/io/role.h"
#include "pipeline/io/sensor.h"
#include "pipeline/space/grid.h"
#include "pipeline/space/polygon.h"

/* How a file stores its samples, and how blocks.h delivers them as 16 bits. */
enum sample {
	SAMPLE_U16,  /* as they are */
	SAMPLE_U8,   /* as they are */
	SAMPLE_I16,  /* plus 32768 */
	SAMPLE_BITS, /* several layers of 0 and 1: layer k in bit k - 1 */
};

/* No such stored value. */
#define PRODUCT_NO_VALUE INT32_MIN

/* One file of a granule that has a role. */
struct product_band {
	const struct sensor_band *band; /* NULL for masks and for bands that the sensor lacks */
	char *path;			/* NULL: the product does not have it */
	char *file;			/* its name without folders; NULL with path */
	/* From the metadata; also of a band whose file is missing. */
	double gain, offset; /* value = stored * gain + offset: reflectance (of Level-1 before the
				sun's angle where granule.sun says so), radiance, kelvin or degrees;
				gain 0: the metadata says nothing of this band */
	double k1,
		k2; /* kelvin = k2 / ln(k1 / radiance + 1) of a thermal band at Level-1; else 0 */
	int32_t fill, saturated; /* stored values, or PRODUCT_NO_VALUE */
	/* From the header of the file. */
	char *broken; /* why the file cannot be used, one line; NULL: it can.  Then the rest holds: */
	struct grid grid; /* of the file itself */
	int levels;	  /* reduced levels the file offers: level k is 2^k coarser, 0..levels */
	int32_t block_w, block_h; /* of level 0, pixels */
	enum sample sample;
	bool jpeg2000; /* levels are wavelet levels with their half-pixel shift */
	/* gain, offset, fill and saturated for samples as delivered, the scene's mean sun included. */
	struct calib calib;
};

/* What has to be done with the sun's angle to make reflectance. */
enum sun {
	SUN_IN_PRODUCT, /* nothing */
	SUN_SCENE,	/* divide by the sine of the scene's mean elevation */
	SUN_PIXEL,	/* divide by the cosine of ROLE_SUN_ZENITH's pixel */
};

/* Angles on a coarse grid of nodes over the granule (Sentinel-2: 23 x 23 nodes, 5 km apart). */
struct angle_grid {
	int columns, rows;		 /* 0: none */
	double step_x_m, step_y_m;	 /* node (0, 0) stands at the granule's upper left corner */
	float *zenith_deg, *azimuth_deg; /* row by row; NaN: not seen there */
};

#define FOOTPRINT_POINTS_MAX 64

struct granule {
	char id[128];	/* "LC09_L2SP_20240712T054213_150028": without lake and grid */
	char name[200]; /* the granule's own name */
	/* of the green band; where that is missing, of the first band there is; width 0: no image */
	struct grid grid;
	enum sun sun;
	double sun_elevation_deg, sun_azimuth_deg; /* scene mean */
	double view_zenith_deg, view_azimuth_deg;  /* scene mean; 0 for nadir */
	struct angle_grid sun_angles, view_angles;
	char tile[16]; /* "T43TFM", or path and row "150028"; "" if the metadata has none */
	char datastrip
		[20]; /* sensing time of the Sentinel-2 data strip, "20190918T105029"; else "" */
	/* Corners as the metadata has them: longitude, latitude [degrees], in order; may be none. */
	struct point footprint[FOOTPRINT_POINTS_MAX];
	size_t footprint_nr;
	struct polygon opaque,
		cirrus; /* cloud outlines that the product has as vectors [m, CRS of grid] */
	struct product_band bands[ROLE_NR];
};

struct product {
	char path[4096]; /* as the user gave it */
	struct input input;
	char id[200]; /* the agency's name of the product */
	const struct sensor *sensor;
	char mission[8];    /* "LC09", "S2A", "HLS" */
	char level_name[8]; /* "L2SP", "L1TP", "L1T", "L2A", "L1C", "L30", "S30" */
	enum level level;
	char baseline[16]; /* Sentinel-2 "04.00"; Landsat collection "02", "01", "pre"; HLS "2.0" */
	char tier[4];	   /* Landsat "T1", "T2", "RT"; else "" */
	int64_t time;	   /* sensing time, seconds since 1970-01-01T00:00:00Z, fraction cut */
	int64_t processed; /* when the product was made, the same way; 0 if not said */
	char orbit[8];	   /* Sentinel-2 relative orbit "051", Landsat WRS-2 path "150"; else "" */
	char datatake[64]; /* of the overpass: datatake id without baseline, or path and date */
	double cloud_cover_percent; /* NaN if not said */
	char *metadata_path;	    /* the file whose checksum identifies the product */
	char *warnings; /* one per line, "" if none: unknown platform letter, missing files ... */
	struct granule *granules;
	size_t granules_nr;
};

/*
 * Read a product: Landsat Level-1 and Level-2 of any collection, Sentinel-2
 * L1C and L2A, HLS v2.0, a STAC Item; the path may name the folder, an archive,
 * a remote place (input.h) or the metadata file.  A band that is missing or
 * broken is not an error here: product_require() tells.  The caller releases
 * with product_free(), which also removes what had to be unpacked or fetched.
 *
 * NOINPUT: no such path.  DATA: not a product (naming what was looked for), or
 * metadata that contradicts itself.  PERMISSION, IO, TEMPORARY, UNAVAILABLE, CONFIG: input.h.
 */
int product_open(struct product **out, const char *path, const struct input_options *options,
		 struct error *e);
void product_free(struct product *p);

/* True if a file of this name, in a folder, shows that the folder is a product; a STAC Item is one by itself. */
bool product_is_metadata(const char *name);

/*
 * Fail, with all of them in one message, if the granule lacks any of these
 * roles, or their files are broken or do not fit together (another CRS, another
 * place, a size that contradicts the green band's).  purpose: "layer water" for the
 * words.  NOINPUT: files are only missing; TEMPORARY: and a download is under way in the product's
 * folder.  DATA: at least one of them is broken.
 */
int product_require(const struct product *p, const struct granule *g, const enum role *roles,
		    size_t roles_nr, const char *purpose, struct error *e);

/* Why this role cannot be used, in a few words ("is missing"); NULL if it can. */
const char *product_lacks(const struct granule *g, enum role role);

/* The product's time as "20240712T054213" (16 bytes), as "2024-07-12T05:42:13Z" (21 bytes). */
void product_time_compact(const struct product *p, char *text);
void product_time_iso(const struct product *p, char *text);

#endif
