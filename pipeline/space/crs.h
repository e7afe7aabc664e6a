/* SPDX-License-Identifier: Apache-2.0
 *
 * crs.h - coordinates between reference systems.  crs.c is the only file that
 * uses PROJ.  No network and no grid files, even where some are installed: a datum
 * shift is the best that PROJ's own tables have for the place, and one that
 * nobody has published ("ballpark") is refused.
 *
 * PROJ calls libm, whose last bits differ between CPUs: whoever decides
 * anything by a transformed coordinate rounds it first (mapping.h does).
 *
 * CRS are compared as text: whoever reads one from a file or from a user calls
 * crs_normalise() before anybody compares it.
 */
#ifndef PIPELINE_SPACE_CRS_H
#define PIPELINE_SPACE_CRS_H

#include <stddef.h>

#include "pipeline/base/error.h"
#include "pipeline/space/grid.h"

/* WGS 84 longitude and latitude in degrees, in that order. */
#define CRS_LONLAT ((struct crs){ "OGC:CRS84" })

/* A transformation between two CRS; for one thread at a time. */
struct crs_transform;

/*
 * Coordinates are x, y (easting, northing or longitude, latitude) on both sides,
 * whatever order the authority gives its axes.  CONFIG if PROJ does not know one
 * of them or cannot go between them.  Freed by crs_transform_free().
 */
int crs_transform_new(struct crs_transform **out, const struct crs *from, const struct crs *to,
		      struct error *e);
void crs_transform_free(struct crs_transform *t);

/* Transform n points in place; a point that cannot be transformed becomes HUGE_VAL in both. */
void crs_transform_points(struct crs_transform *t, size_t n, double *x, double *y);

/*
 * Check that a CRS is known, projected and in metres, and put it into the one
 * spelling that compares equal: its EPSG code where it has one or is a zone of
 * UTM on WGS 84, else a PROJ string without what PROJ takes for granted.  An
 * unnamed datum on the ellipsoid of WGS 84 is taken for WGS 84 (HLS files are
 * written so).  CONFIG if not, with crs left as it was.
 */
int crs_normalise(struct crs *crs, struct error *e);

/* The CRS as one line of WKT2:2019, to be freed.  CONFIG if PROJ does not know it. */
int crs_wkt2(const struct crs *crs, char **wkt, struct error *e);

/*
 * Areal scale of a projected CRS at n points in it [m]: map area / true area on
 * the ellipsoid (1 for an equal-area projection).  NaN where it is not defined.
 * Good to about 1e-9, and equal between CPUs to about that.
 */
int crs_areal_scale(const struct crs *crs, size_t n, const double *x, const double *y,
		    double *scale, struct error *e);

/* UTM zone 1..60 of a finite longitude [degrees] (regular zones, without Norway's exceptions). */
int crs_utm_zone(double longitude_deg);

/* Zone of a UTM CRS (EPSG:326zz or 327zz), 0 for any other. */
int crs_zone_of(const struct crs *crs);

#endif
