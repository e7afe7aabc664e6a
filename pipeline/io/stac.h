/* SPDX-License-Identifier: Apache-2.0
 *
 * stac.h - a STAC Item whose assets are the bands of a product.
 */
#ifndef PIPELINE_IO_STAC_H
#define PIPELINE_IO_STAC_H

#include "pipeline/io/folder.h"
#include "pipeline/io/product.h"

#define STAC_BYTES_MAX	(16 << 20)
#define STAC_ASSETS_MAX 1000

/* True if a file of this name may be an Item: it ends with ".json", "_MTL.json" and "tileInfo.json" apart. */
bool stac_is_file(const char *name);

/*
 * Fill everything of p from an Item (versions 1.0 and 1.1).  Bands by
 * eo:bands[].common_name or name, bands[].eo:common_name, or the asset's key,
 * in that order ("green", "B03", "SR_B3", "scl", "qa_pixel", "fmask"); the
 * sensor by properties.platform and instruments.  Calibration by raster:bands or bands
 * (scale, offset, nodata; per asset), and nothing else: an image asset without is
 * an error that says so.  Sun by view:sun_elevation, view:sun_azimuth; level by
 * landsat:correction, processing:level, s2:product_type, or the collection.  Offsets of Sentinel-2: if
 * s2:processing_baseline is 04.00 or more and neither raster:bands nor
 * earthsearch:boa_offset_applied tell, a warning; options->offset decides over all.
 *
 * hrefs: a relative one leads to a file beside or below the Item (no ".."); an
 * absolute path and any address are refused unless the user named the Item at
 * that same host or options->hosts names it; then assets are fetched into the stage of
 * p->input (or with options->direct read in place).  Only those that have a role.
 *
 * DATA: not an Item (a Collection, Catalog or FeatureCollection is said to be one), a field that is
 * missing or out of range, two assets for one role with different names.
 */
int stac_read(struct product *p, const struct folder *root, const char *name,
	      const struct input_options *options, struct error *e);

#endif
