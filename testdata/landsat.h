/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat.h - Landsat products: Level 1 (L1TP) of Collection 2, of Collection 1 and from before, and
 * Level 2 (L2SP) of Collection 2.
 */
#ifndef TESTDATA_LANDSAT_H
#define TESTDATA_LANDSAT_H

#include <stddef.h>

#include "testdata/options.h"

/*
 * Make the product that the options describe in o->out; its path goes to out.
 * Level 2: SR_B*, ST_B*, QA_PIXEL, QA_RADSAT, SR_QA_AEROSOL or SR_CLOUD_QA.
 * Level 1: B* without the panchromatic band; of Collection 2 QA_PIXEL, QA_RADSAT,
 * SAA SZA VAA VZA, of Collection 1 BQA, before it BQA of Landsat 8 alone.
 * MTL as txt, xml, json.  Pixel centres lie on multiples of 30 m; the view is the
 * same everywhere, the sun too unless o->sun_range says otherwise.
 */
int landsat_make(const struct options *o, char *out, size_t size, struct failure *f);

#endif
