/* SPDX-License-Identifier: Apache-2.0
 *
 * hls.h - granules of Harmonized Landsat Sentinel-2, version 2.0: L30 and S30.
 */
#ifndef PIPELINE_IO_HLS_H
#define PIPELINE_IO_HLS_H

#include "pipeline/io/folder.h"
#include "pipeline/io/product.h"

/* True if a file of this name belongs to an HLS granule: "HLS.S30.T43TFM.2024120T053641.v2.0.B8A.tif". */
bool hls_is_file(const char *name);

/*
 * Fill everything of p from the names of the files and the tags in their
 * headers: sun and view angles (MEAN_SUN_*, MEAN_VIEW_*), cloud_coverage,
 * scale_factor, add_offset, _FillValue of each band, SENSING_TIME (else the
 * time in the name, which is the same to the second).  name: the file that was found or named; all files
 * of its granule are taken.  Surface reflectance; sun SUN_IN_PRODUCT.  id "HLS_S30_20240429T053641_T43TFM",
 * mission "HLS", level "S30", baseline "2.0", datatake "HLS_S30_20240429" + orbit where known.
 * (HLS v2.0 Product User Guide, sections 6.2 to 6.5.)
 *
 * DATA: several granules in the folder (naming two) when none was named, another version, a name that
 * does not parse, tags that contradict each other.  A tag that is absent: the product user guide's
 * fixed value (0.0001, 0, -9999) with a warning.
 */
int hls_read(struct product *p, const struct folder *root, const char *name, struct error *e);

#endif
