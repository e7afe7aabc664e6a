/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat.h - Landsat Collection 2 products, Level 1 (L1TP) and Level 2 (L2SP).
 */
#ifndef TESTDATA_LANDSAT_H
#define TESTDATA_LANDSAT_H

#include <stddef.h>

#include "testdata/options.h"

/*
 * Make the product that the options describe in o->out; its path goes to out.
 * Level 2: SR_B*, ST_B*, QA_PIXEL, QA_RADSAT, MTL.txt.  Level 1: B* without the
 * panchromatic band, the same masks, SAA SZA VAA VZA, MTL.txt.  Pixel centres lie
 * on multiples of 30 m; the sun and the view are the same everywhere.
 */
int landsat_make(const struct options *o, char *out, size_t size, struct failure *f);

#endif
