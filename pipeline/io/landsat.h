/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat.h - the metadata of Landsat products: Collection 2 and 1 and before, Level-1 and Level-2.
 */
#ifndef PIPELINE_IO_LANDSAT_H
#define PIPELINE_IO_LANDSAT_H

#include "pipeline/io/folder.h"
#include "pipeline/io/product.h"

/*
 * Fill everything of p that the metadata file (*_MTL.txt, .xml or .json) says:
 * one granule, the paths of the files that are there and their calibration, but
 * not what their headers say.  p->warnings is a string already.
 *
 *	Level-2: rho = MULT dn + ADD of LEVEL2_SURFACE_REFLECTANCE_PARAMETERS
 *	Level-1: rho' = MULT dn + ADD of the group of Level-1 factors; rho = rho' / sin(SUN_ELEVATION)
 *	  of the scene, or / cos of the pixel's angle where the product has SZA (granule.sun)
 *	before Collection 1, where there are no REFLECTANCE factors:
 *	  L = RADIANCE_MULT dn + RADIANCE_ADD, rho' = pi L d^2 / ESUN,
 *	  d the distance of the sun at that time [AU], ESUN of sensor.c
 *	before 2012, where there are no RADIANCE factors: L from LMIN, LMAX, QCALMIN, QCALMAX
 *
 * (USGS LSDS-1619, Level-2 scale factors; LSDS-1574, conversion to TOA
 * reflectance: the factors hold the distance of the sun; Chander et al. 2009, equation 2.)
 * Stored 0 is fill; there is no saturated value, QA_RADSAT and BQA tell.
 *
 * A file that the metadata names and the folder lacks is also looked for as the only one
 * that ends like it ("_B3.TIF"); that is a warning.  A name in the metadata that ends like another band's is an error.
 *
 * DATA: a sensor without these bands (MSS is said to be one), a level that is not known, a field that is
 * missing, out of range or contradicts another, a file name that is no plain name.
 */
int landsat_read(struct product *p, const struct folder *root, const char *mtl_name,
		 struct error *e);

#endif
