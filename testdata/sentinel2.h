/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel2.h - Sentinel-2 products in compact SAFE form, L1C and L2A.
 */
#ifndef TESTDATA_SENTINEL2_H
#define TESTDATA_SENTINEL2_H

#include <stddef.h>

#include "testdata/options.h"

/*
 * Make the product that the options describe in o->out; its path goes to out.
 * The upper left corner lies on multiples of 60 m.  L1C: 13 bands.  L2A: R10m,
 * R20m, R60m and SCL.  Bands of 20 and 60 m are means of the 10 m ground, with
 * noise of their own.  Masks: MSK_CLASSI_B00.jp2 from baseline 04.00,
 * MSK_CLOUDS_B00.gml before; L2A also MSK_CLDPRB.  No TCI, AOT, WVP, DATASTRIP.
 */
int sentinel2_make(const struct options *o, char *out, size_t size, struct failure *f);

#endif
