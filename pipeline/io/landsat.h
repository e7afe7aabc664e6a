/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat.h - the metadata of Landsat Collection 2 folders, Level-1 and Level-2.
 */
#ifndef PIPELINE_IO_LANDSAT_H
#define PIPELINE_IO_LANDSAT_H

#include "pipeline/io/folder.h"
#include "pipeline/io/product.h"

/*
 * Fill everything of p that the metadata file says: one granule, the paths of
 * the files that are there and their calibration, but not what their headers
 * say.  p->warnings is a string already.
 *
 *	Level-2: rho = MULT dn + ADD of LEVEL2_SURFACE_REFLECTANCE_PARAMETERS
 *	Level-1: rho = (MULT dn + ADD) / sin(SUN_ELEVATION) of LEVEL1_RADIOMETRIC_RESCALING
 *
 * (USGS LSDS-1619, Level-2 scale factors; LSDS-1574, conversion to TOA
 * reflectance: the factors hold the distance of the sun).  The sine is a
 * multiple of 2^-24, so that the last bits of libm cannot show.  Stored 0 is
 * fill; there is no saturated value, QA_RADSAT tells.
 *
 * DATA: not Collection 2, a sensor without these bands, a field that is
 * missing, out of range or contradicts another, a file name that is no plain name.
 */
int landsat_read(struct product *p, const struct folder *root, const char *mtl_name,
		 struct error *e);

#endif
