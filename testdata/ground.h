/* SPDX-License-Identifier: Apache-2.0
 *
 * ground.h - the scene below the sensor: for every pixel how much of it is water
 * and what it reflects, mixed by area.
 */
#ifndef TESTDATA_GROUND_H
#define TESTDATA_GROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "testdata/coast.h"
#include "testdata/cover.h"
#include "testdata/hard.h"
#include "testdata/options.h"
#include "testdata/plane.h"
#include "testdata/ponds.h"
#include "testdata/shore.h"
#include "testdata/sky.h"
#include "testdata/surface.h"
#include "testdata/vary.h"

/* The sides of a pixel are cut into this many parts where the shore may pass. */
#define GROUND_PARTS 8

/* Width of the ring that masks put around clouds: three pixels of Landsat. */
#define GROUND_RING_M 90.0

enum { GROUND_GAP_PERIOD = 33, GROUND_GAP_WIDTH = 14, GROUND_VIEWS_MAX = 13 };

/*
 * A ramp instead of a lake: reflectance of role k at the UTM place (e, n) is
 * base[k] + east[k] * (e - e_mid) + north[k] * (n - n_mid), metres from the middle
 * of the window.  The mean of a pixel is the value at its centre.
 */
struct ramp {
	double e_mid, n_mid;
	double base[ROLE_COUNT], east[ROLE_COUNT], north[ROLE_COUNT];
};

struct ground {
	struct grid grid;
	struct mapping mapping;
	struct rings rings;
	struct shore shore;
	struct surface surface;
	struct vary vary;
	enum cover strip; /* on the land along the shore */
	double strip_m;	  /* how wide; 0: none */
	struct hard hard;
	struct ponds ponds;
	struct sky sky;
	struct ramp ramp;
	/*
	 * Bands that see clouds elsewhere: for each the displacement { east, north } per metre of
	 * height.  Then clouds are not in ground_row.rho, but each view has its veil.
	 */
	int views;
	double view[GROUND_VIEWS_MAX][2];
	bool laea;    /* the plane of the shore: PLANE_LAEA, else the grid's own */
	bool is_laea; /* the grid's own plane is PLANE_LAEA, not UTM */
	bool is_ramp;
	bool swath_edge, whole_edge; /* part of the window was not seen; on all sides */
	bool slc_off;		     /* there are gaps */
	bool defects;		     /* some rows were lost */
	bool false_clouds;	     /* the masks call some turbid water and salt cloud */
	bool ring;		     /* and what lies within GROUND_RING_M of it next to a cloud */
	uint8_t *false_cloud;	     /* with `ring`: is the pixel such a cloud?  Owned */
	int half; /* 1, 2: only the northern, the southern rows were seen; 0: all */
};

/* One row of pixels, arrays of the grid's width in one block. */
struct ground_row {
	float *rho[ROLE_COUNT]; /* reflectance of the ground, clouds and shadows included; kelvin */
	float *fraction;	/* of water, 0..1; ignores clouds */
	float *reed;		/* share of the pixel that is reed */
	float *opacity, *light, *kelvin; /* of clouds, as sky_row() says */
	float *veil[GROUND_VIEWS_MAX];	 /* opacity of clouds in each view; NULL: rho has them */
	uint8_t *sky;			 /* enum sky_bit */
	uint8_t *cover;			 /* enum cover_code, what lies below clouds */
};

int ground_init(struct ground *g, const struct options *o, const struct grid *grid,
		const struct air *air, struct failure *f);
void ground_release(struct ground *g);

/*
 * A ground of a lake alone, on a grid in PLANE_LAEA (zone and half do not count): only
 * ground_fraction() may be asked.  Of the options lake, lake_center, radius_m, shift_m and seed count.
 */
int ground_init_laea(struct ground *g, const struct options *o, const struct grid *grid,
		     struct failure *f);

/* The place of (column, row), fractions allowed, in the plane of the shore. */
void ground_place(const struct ground *g, double column, double row, double *x, double *y);

/* The shore that the options name, indexed for the grid; grid, laea and is_laea are set. */
int ground_make_shore(struct ground *g, const struct options *o, struct failure *f);

/* Room for a row; views: 0, or those of the ground. */
int ground_row_init(struct ground_row *r, int width, int views, struct failure *f);
void ground_row_release(struct ground_row *r);

/* Reflectance of role k of a pixel in a view, clouds included. */
static inline float ground_rho(const struct ground_row *r, int view, enum role k, int column)
{
	float rho = r->rho[k][column];

	if (!r->veil[view])
		return rho;
	return rho + r->veil[view][column] * (covers[COVER_CLOUD].rho[k] - rho);
}

/* Compute one row; threads may compute different rows at the same time. */
void ground_compute(const struct ground *g, int row, struct ground_row *out);

/*
 * The share of the lake in the pixel (column, row), 0..1, without ponds: exact 0 or 1 where the
 * shore does not pass, else the mean of GROUND_PARTS^2 parts, each cut by a
 * straight line.  For a shore of radius R the error is below
 * (pixel / GROUND_PARTS)^2 / (8 R pixel): 1e-5 for a radius of 5 km.
 */
double ground_fraction(const struct ground *g, int column, int row);

/* The share of the lake and of the land within so many metres of it in the pixel, as exact. */
double ground_fraction_within(const struct ground *g, int column, int row, double metres);

/*
 * Did the sensor see the pixel?  Bands that start elsewhere: extra metres are
 * cut from the western edge.
 */
bool ground_seen(const struct ground *g, int column, int row, double extra_m);

/*
 * Is the pixel in a gap of a Landsat 7 scene after 2003-05-31?  Wedges across
 * the track, one after each GROUND_GAP_PERIOD pixels along it, none in the
 * middle of the window and GROUND_GAP_WIDTH pixels wide at its sides.
 */
bool ground_gap(const struct ground *g, int column, int row);

/* Was the row of a band lost on its way from the satellite?  Two rows of 60 m. */
bool ground_lost(const struct ground *g, int row);

#endif
