/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2.h - the metadata of Sentinel-2 .SAFE folders, L1C and L2A, in compact naming.
 */
#ifndef PIPELINE_IO_SENTINEL2_H
#define PIPELINE_IO_SENTINEL2_H

#include "pipeline/io/folder.h"
#include "pipeline/io/product.h"

/* The largest metadata file that is parsed; real ones have less than 2 MiB. */
#define SENTINEL2_XML_BYTES_MAX (16 << 20)
#define SENTINEL2_GRANULES_MAX	256

/*
 * Fill everything of p that MTD_MSIL1C.xml or MTD_MSIL2A.xml and each
 * GRANULE/x/MTD_TL.xml say: granules, the paths of the files that are there
 * (for each role the finest of R10m, R20m, R60m) and their calibration, but not
 * what their headers say.  p->warnings is a string already.
 *
 *	rho = (dn + ADD_OFFSET[band_id]) / QUANTIFICATION_VALUE
 *
 * (ESA S2-PDGS-CS-DI-PSD, product specification; no offset list means 0).
 * Fill and saturation are the special values NODATA and SATURATED.  The time
 * is the start of the datatake; the view angle is the mean over the bands that
 * have one.
 *
 * DATA: a field that is missing, out of range or contradicts another; XML that is
 * too large or cut; two files for one band.
 */
int sentinel2_read(struct product *p, const struct folder *root, const char *mtd_name,
		   struct error *e);

#endif
