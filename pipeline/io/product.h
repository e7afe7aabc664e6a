/* SPDX-License-Identifier: Apache-2.0
 *
 * product.h - what an agency delivered, as facts: no pixel is read here.
 *
 * A product holds one granule or several; each granule becomes one
 * observation.  Everything comes from the product's own metadata and from the
 * headers of its files, never from dates or from sizes that a mission usually
 * has.  Paths are built only from names found inside the product's root.
 */
#ifndef PIPELINE_IO_PRODUCT_H
#define PIPELINE_IO_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/calib.h"
#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

/* What a band is for.  One table per sensor maps its bands to roles (sensor.c). */
enum role {
	ROLE_COASTAL, /* ~443 nm */
	ROLE_BLUE,    /* ~490 */
	ROLE_GREEN,   /* ~560 */
	ROLE_RED,     /* ~660 */
	ROLE_EDGE705,
	ROLE_EDGE740,
	ROLE_EDGE783,
	ROLE_NIR,	 /* the near infrared that water rules use: OLI B5, TM B4, MSI B08 */
	ROLE_NIR_NARROW, /* ~865, where the sensor has another one beside ROLE_NIR: MSI B8A */
	ROLE_VAPOUR,	 /* ~940 */
	ROLE_CIRRUS,	 /* ~1370 */
	ROLE_SWIR1,	 /* ~1610 */
	ROLE_SWIR2,	 /* ~2200 */
	ROLE_QA_PIXEL,	 /* Landsat Collection 2 QA_PIXEL */
	ROLE_QA_RADSAT,	 /* Landsat Collection 2 QA_RADSAT */
	ROLE_SCL,	 /* Sentinel-2 L2A scene classification */
	ROLE_NR,
};

/* Lower-case name of a role ("green", "swir1", "qa_pixel"), as in info and messages. */
const char *role_name(enum role role);

/* True if the role holds reflectance (not a mask). */
bool role_is_reflectance(enum role role);

enum level {
	LEVEL_TOA,     /* Level-1: reflectance at the top of the atmosphere */
	LEVEL_SURFACE, /* Level-2: surface reflectance */
};

/* A row of a sensor's band table. */
struct sensor_band {
	enum role role;
	const char *name;     /* in the product: "B3", "B8A" */
	double wavelength_nm; /* centre */
	double resolution_m;
};

struct sensor {
	const char *name; /* "TM", "ETM+", "OLI", "MSI" */
	const struct sensor_band *bands;
	size_t bands_nr;
	const char *credit;	   /* what whoever shows a result must say */
	uint16_t radsat_saturated; /* bits of QA_RADSAT: a band of the water rules is saturated */
	uint16_t radsat_defect;	   /* dropped pixel, terrain occlusion */
};

/* One band file of a granule. */
struct product_band {
	const struct sensor_band *band; /* NULL for masks and for bands that the sensor lacks */
	char *path;			/* NULL: the product does not have it */
	char *file;			/* its name without folders; NULL with path */
	struct grid grid;		/* of the file itself */
	int levels; /* reduced levels the file offers: level k is 2^k coarser, 0..levels */
	int32_t block_w, block_h; /* of level 0, pixels */
	bool bytes;		  /* stored as uint8, else uint16 */
	bool jpeg2000;		  /* levels are wavelet levels with their half-pixel shift */
	/* reflectance = dn * gain + bias, sun angle included; of a mask only fill counts */
	struct calib calib;
};

struct granule {
	char id[128];	  /* "LC09_L2SP_20240712T054213_150028": without lake and grid */
	char name[200];	  /* the granule's own name */
	struct grid grid; /* of the green band; where it is missing, of the first band there is */
	double sun_elevation_deg, sun_azimuth_deg; /* scene mean */
	double view_zenith_deg, view_azimuth_deg;  /* scene mean; 0 for nadir */
	char tile[16];				   /* "T43TFM", or path and row "150028" */
	struct product_band bands[ROLE_NR];
};

struct product {
	char path[4096]; /* as the user gave it */
	char id[200];	 /* the agency's name of the product */
	const struct sensor *sensor;
	char mission[8];    /* "LC09", "S2A" */
	char level_name[8]; /* "L2SP", "L1TP", "L2A", "L1C" */
	enum level level;
	char baseline[16]; /* Sentinel-2 "04.00"; Landsat collection "02" */
	int64_t time;	   /* sensing time, seconds since 1970-01-01T00:00:00Z, fraction cut */
	char orbit[8];	   /* Sentinel-2 relative orbit "051", Landsat WRS-2 path "150" */
	char datatake[64]; /* of the overpass: datatake id without baseline, or path and date */
	double cloud_cover_percent; /* NaN if not said */
	char *metadata_path;	    /* the file whose checksum identifies the product */
	char *warnings; /* one per line, "" if none: unknown platform letter, missing files ... */
	struct granule *granules;
	size_t granules_nr;
};

/*
 * Read a Landsat Collection 2 Level-1 or Level-2 folder or a Sentinel-2 L1C or
 * L2A .SAFE folder (the path may name the folder or its metadata file).
 * NOINPUT: no such path.  DATA: not a product (naming what was looked for), or
 * metadata that contradicts itself.  A band that is missing is not an error
 * here: its path is NULL.  The caller releases with product_free().
 */
int product_open(struct product **out, const char *path, struct error *e);
void product_free(struct product *p);

/*
 * Fail with DATA, all of them in one message, if the granule lacks any of these
 * roles or their files do not fit together (another CRS, another place, a size
 * that contradicts the green band's).  purpose: "layer water" for the words.
 */
int product_require(const struct product *p, const struct granule *g, const enum role *roles,
		    size_t roles_nr, const char *purpose, struct error *e);

/* The product's time as "20240712T054213" (16 bytes), as "2024-07-12T05:42:13Z" (21 bytes). */
void product_time_compact(const struct product *p, char *text);
void product_time_iso(const struct product *p, char *text);

#endif
