/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping_case.h - grids and mappings between them, for tests; after cmocka.h.
 */
#ifndef PIPELINE_TESTS_MAPPING_CASE_H
#define PIPELINE_TESTS_MAPPING_CASE_H

#include <stdio.h>

#include "pipeline/space/mapping.h"

#define LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

static inline struct grid grid_of(const char *crs, double x0, double y0, double pixel, int32_t w,
				  int32_t h)
{
	struct grid g = { .x0 = x0, .y0 = y0, .dx = pixel, .dy = pixel, .width = w, .height = h };

	snprintf(g.crs.def, sizeof(g.crs.def), "%s", crs);
	return g;
}

/* The grid of Lake Balkhash. */
static inline struct grid lake_grid(double pixel)
{
	return grid_of(LAEA, -240000, 114000, pixel, (int32_t)(480000 / pixel),
		       (int32_t)(240000 / pixel));
}

static inline struct mapping *map(struct grid target, struct grid source)
{
	struct mapping *m = NULL;
	struct error e = { 0 };

	if (mapping_new(&m, &target, &source, &e))
		fail_msg("%s", e.text);
	return m;
}

#endif
