/* SPDX-License-Identifier: Apache-2.0
 *
 * hard.h - covers that maps of water get wrong, on both sides of the shore.
 *
 * Stations follow each other along the nominal shore, a spacing apart, from a start that the
 * seed decides.  Around each lies a spot, a disk with a wavy edge; its kind says what covers the
 * land and what covers the water within, so that the shore itself and every fraction stay as
 * they are.  The kinds take turns:
 *   wet salt, and a plume of very turbid water      a belt of green reed
 *   dark land (burnt, or wet mud)                   salt crust, and a plume
 *   a belt of dry reed, and sun glint               with ice: snow, and ice on the lake
 * Belts are as wide as a third of the spot.  Glint adds the same to every reflectance but that of the
 * cirrus band: HARD_GLINT in the middle of its spot, less towards the edge.
 */
#ifndef TESTDATA_HARD_H
#define TESTDATA_HARD_H

#include <stdbool.h>
#include <stdint.h>

#include "testdata/shore.h"
#include "testdata/surface.h"

#define HARD_GLINT     0.04
#define HARD_STATIONS  12     /* along a circle, ellipse or star */
#define HARD_SPACING_M 3000.0 /* along other shores */

struct hard_spot {
	double x, y, r; /* r: mean radius, glint included */
	int kind;
};

struct hard {
	bool ice;
	double spacing; /* of stations, metres; 0: there are none */
	uint64_t seed;
	struct hard_spot *spot; /* owned */
	int n, room;
	/* spots by square cells of one spacing over the window: first[nx * ny + 1] into item */
	double x0, y0;
	int nx, ny;
	int *first, *item;
};

/*
 * Place the spots that reach into window = { xmin, ymin, xmax, ymax }, the same in every window.
 * perimeter_m: of a circle, ellipse or star; 0: stations are HARD_SPACING_M apart.
 * h->ice and h->seed are set before.
 */
int hard_init(struct hard *h, const struct shore *s, double perimeter_m, const double window[4],
	      struct failure *f);
void hard_release(struct hard *h);

/* Put the spots at a place on what covers its land, and on what covers its water; about: shore_about(). */
void hard_land(const struct hard *h, double x, double y, double about, struct mixture *land);

/* Returns what glint has added. */
float hard_water(const struct hard *h, double x, double y, struct mixture *water);

#endif
