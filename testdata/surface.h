/* SPDX-License-Identifier: Apache-2.0
 *
 * surface.h - what covers the ground, and its reflectance in every band.
 */
#ifndef TESTDATA_SURFACE_H
#define TESTDATA_SURFACE_H

#include <stdbool.h>
#include <stdint.h>

/* What a band sees; products choose among them. */
enum role {
	ROLE_COASTAL, /* 443 nm */
	ROLE_BLUE,
	ROLE_GREEN,
	ROLE_RED,
	ROLE_EDGE1, /* 705 nm */
	ROLE_EDGE2, /* 740 nm */
	ROLE_EDGE3, /* 783 nm */
	ROLE_NIR,
	ROLE_VAPOUR, /* 945 nm */
	ROLE_CIRRUS, /* 1375 nm, at the top of the atmosphere: the ground is not seen */
	ROLE_SWIR1,
	ROLE_SWIR2,
	ROLE_KELVIN, /* temperature of the ground in kelvin, not a reflectance */
	ROLE_COUNT,
};

enum cover {
	COVER_CLEAR_WATER,
	COVER_TURBID_WATER,
	COVER_VERY_TURBID_WATER,
	COVER_SAND,
	COVER_SALT,
	COVER_WET_SALT,
	COVER_GREEN_REED,
	COVER_DRY_REED,
	COVER_CLOUD,
	COVER_LAKE_ICE,
	COVER_SNOW,
	COVER_DARK_LAND, /* burnt, or wet mud */
	COVER_COUNT,
};

/* The name for the command line and the truth, and the spectrum, in the order of the roles. */
struct cover_facts {
	const char *name;
	float rho[ROLE_COUNT];
};
extern const struct cover_facts covers[COVER_COUNT];

/* The cover of a name; -1 for none. */
int cover_find(const char *name);

/*
 * The ground: plain (one water, one land, no texture), or natural: water from
 * turbid in the west to clear in the east and very turbid off the Ili, brightness
 * that varies by a few percent, sand of several brightnesses, reeds in the delta
 * and along the shore, with `salt` also crusts near the shore.  Places of the
 * natural lake are in PLANE_LAEA.
 */
struct surface {
	bool natural, salt;
	enum cover water, land; /* of the plain ground */
	uint64_t seed;
};

/* What a place reflects, and the share of each cover in it: they sum to 1. */
struct mixture {
	float rho[ROLE_COUNT], share[COVER_COUNT];
};

/* One cover alone. */
void mixture_of(struct mixture *m, enum cover cover);

/* Replace a part of what is there, 0..1, by a cover. */
void mixture_blend(struct mixture *m, enum cover cover, double weight);

/* Brightness: every reflectance but that of the cirrus band, which does not see the ground. */
void mixture_scale(struct mixture *m, double factor);

/* 0 below a, 1 above b, smooth between. */
double smooth_step(double a, double b, double v);

/* The water at a place of the plane; about: shore_about() there. */
void surface_water(const struct surface *s, double x, double y, double about, struct mixture *out);

/* The land there; returns the share of it that is reed. */
float surface_land(const struct surface *s, double x, double y, double about, struct mixture *out);

#endif
