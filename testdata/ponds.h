/* SPDX-License-Identifier: Apache-2.0
 *
 * ponds.h - small waters on land: twenty ponds, and channels one, two and three pixels wide.
 *
 * Shapes are exact in the product's UTM plane, and so is their share of each pixel.  Sizes are
 * in pixels of the product; half of the rectangles and of the channels lie along the lattice of
 * pixels, the others across it, all at several phases against it.
 */
#ifndef TESTDATA_PONDS_H
#define TESTDATA_PONDS_H

#include <stdint.h>

#include "testdata/plane.h"
#include "testdata/shore.h"

enum { PONDS_NR = 20, CHANNELS_NR = 6, PONDS_ALL = PONDS_NR + CHANNELS_NR };

/* All ponds lie further from the nominal shore than this, in pixels. */
#define PONDS_CLEAR 12

enum pond_kind { POND_DISK, POND_RECTANGLE, POND_CHANNEL };

struct pond {
	enum pond_kind kind;
	double e, n;	      /* centre, metres */
	double width, length; /* metres; disk: the diameter, twice */
	double turn_deg;      /* of the length, from north to west */
	double corner[4][2];  /* metres from the centre, counter-clockwise; not of a disk */
	double reach;	      /* from the centre to the furthest point */
};

struct ponds {
	int n; /* 0: none */
	struct pond pond[PONDS_ALL];
};

/* Where to put them: the window, metres, and the shore as a distance at a UTM place. */
struct ponds_site {
	double e, n, half_width, half_height; /* middle and half sides of the window */
	uint64_t seed;
	double (*about)(const void *shore, double e, double n); /* as shore_about() */
	const void *shore;
};

/* Find places on land by chance; fails where there is no room for all. */
int ponds_init(struct ponds *p, const struct grid *g, const struct ponds_site *site,
	       struct failure *f);

double pond_area(const struct pond *p);

/* The share of the pixel (column, row) that ponds cover, 0..1. */
double ponds_share(const struct ponds *p, const struct grid *g, int column, int row);

/* The name of a kind, for truth.json. */
const char *pond_kind_name(enum pond_kind k);

#endif
