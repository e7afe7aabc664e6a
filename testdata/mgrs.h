/* SPDX-License-Identifier: Apache-2.0
 *
 * mgrs.h - names of the 100 km squares that Sentinel-2 tiles are named after
 * (NGA.STND.0037, Universal Grids, MGRS on WGS 84).
 */
#ifndef TESTDATA_MGRS_H
#define TESTDATA_MGRS_H

#include <stdbool.h>

/* A square: its lower left corner in UTM metres (false northing in the south). */
struct mgrs {
	int zone;
	bool south;
	double e, n;
};

/* "43TFM" to the square; false where it is no name. */
bool mgrs_square(const char *name, struct mgrs *out);

/* The name of the square that holds a UTM place; lat in degrees gives the band letter. */
void mgrs_name(int zone, double lat, double e, double n, char out[6]);

#endif
