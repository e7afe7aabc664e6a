/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.h - the water that a result has beside the water that is true there.
 */
#ifndef TESTDATA_COMPARE_H
#define TESTDATA_COMPARE_H

#include "testdata/fail.h"

/* Sums over the pixels of a result that it knows (and the mask, too) and whose truth is known. */
struct comparison {
	double result_km2, truth_km2, seen_km2;
};

/*
 * result, mask (or NULL): fraction.tif of results in an equal-area CRS on one lattice, percent, 255
 * unknown.  truths: n folders of the generator; their fraction16.tif is brought to the result's grid
 * by GDAL's own warper (bilinear), the first that knows a pixel counts.
 */
int compare(const char *result, const char *mask, char *const *truths, int n,
	    struct comparison *out, struct failure *f);

#endif
