/* SPDX-License-Identifier: Apache-2.0
 *
 * plane.h - the grid of a product, and where its pixels lie in other planes.
 */
#ifndef TESTDATA_PLANE_H
#define TESTDATA_PLANE_H

#include <stdbool.h>

#include "testdata/fail.h"

/* The equal-area plane of Lake Balkhash, for PROJ. */
#define PLANE_LAEA "+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

/*
 * The pixels of a product in UTM on WGS 84: the outer corner (e0, n0) at the
 * upper left, square pixels, north up.  Column c, row r in pixels, fractions
 * allowed: e = e0 + c * pixel_m, n = n0 - r * pixel_m.
 */
struct grid {
	int zone;   /* 1..60 */
	bool south; /* false northing 10 000 km */
	double e0, n0, pixel_m;
	int width, height;
};

/* The EPSG code of the grid's CRS. */
int grid_epsg(const struct grid *g);

/* Longitude and latitude in degrees to UTM metres { e, n }, in the zone and half of a grid. */
int plane_utm(const struct grid *g, double lon, double lat, double out[2], struct failure *f);

/* UTM metres to { longitude, latitude } in degrees. */
int plane_lonlat(const struct grid *g, double e, double n, double out[2], struct failure *f);

/* The WGS 84 degrees of n points to PLANE_LAEA metres. */
int plane_laea(int n, const double (*degrees)[2], double (*metres)[2], struct failure *f);

/* n points of PLANE_LAEA to the UTM metres of a grid, in place. */
int plane_laea_to_utm(const struct grid *g, int n, double (*metres)[2], struct failure *f);

/*
 * Where the pixels of a grid lie in PLANE_LAEA: PROJ at nodes 480 m apart,
 * bilinear between them.  The second derivatives of the mapping are below
 * 2e-8 per metre within 500 km of the lake, so the error is below 1e-3 m.
 */
struct mapping {
	int step;	 /* pixels from node to node */
	int nx, ny;	 /* nodes */
	double (*at)[2]; /* nx * ny places, owned */
};

int mapping_init(struct mapping *m, const struct grid *g, struct failure *f);
void mapping_release(struct mapping *m);

/* The place of (column, row), fractions allowed, in PLANE_LAEA. */
void mapping_at(const struct mapping *m, double column, double row, double *x, double *y);

/* The equal area of a pixel, in square metres: the node cell that holds it over its pixels. */
double mapping_pixel_area(const struct mapping *m, int column, int row);

#endif
