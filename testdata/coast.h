/* SPDX-License-Identifier: Apache-2.0
 *
 * coast.h - the shores that can be generated, as rings.
 */
#ifndef TESTDATA_COAST_H
#define TESTDATA_COAST_H

#include <stdint.h>

#include "testdata/rings.h"

/*
 * An ellipse about a place: half axes radius and radius / 2, the long one turned
 * 30 degrees and turn_deg more from east to north.  Vertices at most 1 m or 1/65536 of the turn apart.
 */
int coast_ellipse(struct rings *out, const double at[2], double radius, double turn_deg,
		  struct failure *f);

/* A star of five arms: r = radius (1 + 0.15 cos 5 (angle - turn_deg)), angle from east. */
int coast_star(struct rings *out, const double at[2], double radius, double turn_deg,
	       struct failure *f);

#define COAST_ELLIPSE_RATIO    0.5
#define COAST_ELLIPSE_TURN_DEG 30.0
#define COAST_STAR_ARMS	       5
#define COAST_STAR_DEPTH       0.15

/* Area in m2 and perimeter in m of the two, for a radius: closed form, or spectral quadrature. */
double coast_ellipse_area(double radius);
double coast_ellipse_perimeter(double radius);
double coast_star_area(double radius);
double coast_star_perimeter(double radius);

/*
 * Lake Balkhash in PLANE_LAEA: the Natural Earth outline, every edge refined by
 * midpoint displacement (each midpoint moves along the normal by up to 20 % of
 * the edge, at most 1500 m, until edges are below 45 m), about 60 islands of 0.1
 * to 4 km and 60 ponds in the Ili delta.  The same seed gives the same shore in
 * every product.
 */
int coast_balkhash(struct rings *out, uint64_t seed, struct failure *f);

#endif
