/* SPDX-License-Identifier: Apache-2.0
 *
 * hls.h - granules of Harmonized Landsat Sentinel-2, version 2.0: L30 and S30.
 */
#ifndef TESTDATA_HLS_H
#define TESTDATA_HLS_H

#include <stddef.h>

#include "testdata/options.h"

/*
 * Make the granule that the options describe in o->out; its path goes to out:
 * a folder HLS.L30.T43TFM.2024194T053641.v2.0 with B*.tif, int16 x 1e-4, no data
 * -9999 (thermal bands: degrees Celsius x 0.01), and Fmask.tif.  The upper left
 * corner lies on multiples of 30 m.
 */
int hls_make(const struct options *o, char *out, size_t size, struct failure *f);

#endif
