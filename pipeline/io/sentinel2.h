/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2.h - the metadata of Sentinel-2 products, L1C and L2A, in compact and in old naming.
 */
#ifndef PIPELINE_IO_SENTINEL2_H
#define PIPELINE_IO_SENTINEL2_H

#include "pipeline/io/folder.h"
#include "pipeline/io/product.h"

/* The largest metadata file that is parsed; real ones have less than 2 MiB. */
#define SENTINEL2_XML_BYTES_MAX (16 << 20)
#define SENTINEL2_GRANULES_MAX	256

/*
 * True if a file of this name is the metadata of a product: "MTD_MSIL1C.xml",
 * "MTD_MSIL2A.xml", "S2A_OPER_MTD_SAFL1C_PDMC_....xml", "S2A_USER_MTD_SAFL2A_....xml".
 */
bool sentinel2_is_metadata(const char *name);

/*
 * Fill everything of p that the product's metadata and each granule's
 * (MTD_TL.xml, S2A_OPER_MTD_L1C_TL_....xml) say: granules, the paths of the
 * files that are there (for each role the finest of R10m, R20m, R60m) and their
 * calibration, masks, angle grids, but not what the headers say.  A product without a
 * folder GRANULE but with MTD_TL.xml beside the metadata (third parties flatten
 * products) is one granule.  p->warnings is a string already.
 *
 *	rho = (dn + ADD_OFFSET[band_id]) / QUANTIFICATION_VALUE
 *
 * (ESA S2-PDGS-CS-DI-PSD, product specification; no offset list means 0; rule, if not
 * OFFSET_PRODUCT, decides over it with a warning.)  Fill and saturation are the special values
 * NODATA and SATURATED.  The time is the start of the datatake.  The id is PRODUCT_URI; where old
 * metadata lacks it, PRODUCT_ID or what the metadata's own name says.
 *
 * Angles: the mean view angle is the mean over the bands that have one.  A node of view_angles is
 * the mean over all bands and detectors that saw it; azimuths are averaged as turns from the
 * first of them, as they may pass north.  Grids that contradict themselves are left out with a
 * warning.
 *
 * Masks: SCL; MSK_CLASSI (baseline 04.00 on); MSK_QUALIT of the six bands of water, unless the
 * granule's metadata says that 0 % of it are degraded; MSK_CLOUDS as outlines (before 04.00), a
 * file of which that cannot be read is a warning.  Of a Level-2A product MSK_CLASSI and
 * MSK_CLOUDS, which are Level-1C's, are not taken: SCL is better.
 *
 * DATA: a field that is missing, out of range or contradicts another; XML that is
 * empty, too large or cut; two files for one band.  Of several granules those that cannot be read
 * are left out with a warning, unless none is left.
 */
int sentinel2_read(struct product *p, const struct folder *root, const char *mtd_name,
		   enum offset_rule rule, struct error *e);

#endif
