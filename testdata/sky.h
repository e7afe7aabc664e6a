/* SPDX-License-Identifier: Apache-2.0
 *
 * sky.h - clouds and their shadows, in the UTM plane of a product.
 */
#ifndef TESTDATA_SKY_H
#define TESTDATA_SKY_H

#include <stdbool.h>
#include <stdint.h>

#include "testdata/air.h"
#include "testdata/plane.h"

/* What is said of a pixel; several at once. */
enum sky_bit {
	SKY_CLOUD = 1,
	SKY_SHADOW = 2,
	SKY_NEAR = 4,  /* no cloud, but within 90 m of one: the dilated ring */
	SKY_THIN = 8,  /* the rim of a cloud, partly seen through */
	SKY_GAP = 16,  /* in the truth only: a gap inside the swath, nothing was seen */
	SKY_LOST = 32, /* in the truth only: rows of a band were lost */
	/* The mask lies, no cloud is there: by itself it says cloud, with SKY_NEAR next to one. */
	SKY_FALSE = 64,
};

enum { CLOUD_MAX = 64, CLOUD_WAVES = 5 };

/*
 * A cloud: radius r (1 + sum of wave[k] cos((k + 2) (angle - turn[k]))) about
 * (e, n); opaque within 85 % of that, fading to nothing at its edge.
 */
struct cloud {
	double e, n, r, height_m;
	double c[CLOUD_WAVES], s[CLOUD_WAVES]; /* amplitudes of cosine and sine */
};

struct sky {
	int count;
	struct cloud cloud[CLOUD_MAX];
	double shadow_e, shadow_n; /* displacement of shadows per metre of height */
	bool lapse;		   /* clouds are as cold as their height says */
};

/* Does the product's mask say cloud, rightly or not? */
static inline bool sky_called_cloud(int sky)
{
	return sky & SKY_CLOUD || (sky & (SKY_FALSE | SKY_NEAR)) == SKY_FALSE;
}

/* `count` clouds spread over the grid by chance; the sun throws the shadows. */
void sky_init(struct sky *s, int count, uint64_t seed, const struct grid *g, const struct air *a);

/*
 * Kelvin of a cloud: the air at the ground, SKY_GROUND_KELVIN, less 6.5 K for each kilometre of its
 * height (standard atmosphere, ISO 2533).
 */
#define SKY_GROUND_KELVIN 294.0
#define SKY_LAPSE	  0.0065
double sky_kelvin(const struct cloud *c);

/*
 * One row: opacity 0..1 of clouds, light 0..1 under shadows (1: none), kelvin of the most opaque
 * cloud where there is one, bits.
 * Each array has g->width elements.
 */
void sky_row(const struct sky *s, const struct grid *g, int row, float *opacity, float *light,
	     float *kelvin, uint8_t *bits);

/* One row of the opacity of clouds that are displaced by shift = { east, north } per metre of height. */
void sky_veil(const struct sky *s, const struct grid *g, int row, const double shift[2],
	      float *opacity);

/* The edge of a cloud in the direction of an angle (radians, from east), in UTM metres. */
void sky_edge(const struct cloud *c, double angle, double *e, double *n);

#endif
