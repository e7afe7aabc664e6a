/* SPDX-License-Identifier: Apache-2.0
 *
 * truth_shore.h - the true shore in words, numbers and lines.
 */
#ifndef TESTDATA_TRUTH_SHORE_H
#define TESTDATA_TRUTH_SHORE_H

#include "testdata/json.h"
#include "testdata/truth.h"

/* The member "shore" of truth.json: shape, plane, shift, closed-form area and perimeter. */
void truth_shore_json(const struct truth *t, struct json *j);

/*
 * shoreline.geojson in the CRS of the product (member crs), LineStrings.  Line,
 * circle, ellipse, star: the shore itself, moved by the shift, vertices about
 * a metre apart.  balkhash: the rings of the nominal shore near the window, not moved: the
 * true shore lies at the shift's distance from them.
 */
int truth_shore_geojson(const struct truth *t, struct failure *f);

#endif
