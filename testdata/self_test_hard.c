/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>
#include <string.h>

#include "testdata/landsat_masks.h"
#include "testdata/sentinel2_cell.h"

enum { SIDE = 400 };

/* What is found in a window. */
struct found {
	long code[CODE_COUNT], lies, ring, stray; /* pixels; stray: a lie where it may not be */
	double moved, glint_max, glint_uneven;
};

/* What glint adds to turbid water without a plume or ice. */
static void look_glint(const struct ground *g, int x, int y, struct found *out)
{
	const float *water = covers[COVER_TURBID_WATER].rho;
	struct mixture m;
	float glint;

	mixture_of(&m, COVER_TURBID_WATER);
	glint = hard_water(&g->hard, g->grid.e0 + (x + 0.5) * g->grid.pixel_m,
			   g->grid.n0 - (y + 0.5) * g->grid.pixel_m, &m);
	if (m.share[COVER_TURBID_WATER] < 1)
		return;
	out->glint_max = fmax(out->glint_max, (double)glint);
	for (int k = 0; k < ROLE_COUNT; k++) {
		float added = k == ROLE_CIRRUS || k == ROLE_KELVIN ? 0 : glint;

		out->glint_uneven =
			fmax(out->glint_uneven, fabs((double)(m.rho[k] - water[k] - added)));
	}
}

static void look_row(const struct ground *g, int y, const struct ground_row *r, struct found *out)
{
	for (int x = 0; x < SIDE; x++) {
		int code = r->cover[x], sky = r->sky[x];
		bool bright = code == CODE_VERY_TURBID_WATER || code == CODE_SALT ||
			      code == CODE_WET_SALT;

		out->code[code]++;
		out->moved =
			fmax(out->moved, fabs((double)r->fraction[x] - ground_fraction(g, x, y)));
		out->lies += sky == SKY_FALSE;
		out->ring += sky == (SKY_FALSE | SKY_NEAR);
		out->stray += sky == SKY_FALSE && !bright;
		if (code == CODE_GLINT && r->fraction[x] == 1)
			look_glint(g, x, y, out);
	}
}

static int look(struct options *o, struct found *out, struct failure *f)
{
	struct ground g;
	struct ground_row r = { 0 };
	int ret = -1;

	*out = (struct found){ 0 };
	o->lake = LAKE_STAR;
	o->radius_m = 3600;
	o->seed = 5;
	if (self_test_ground(&g, o, f) || ground_row_init(&r, SIDE, 0, f))
		goto out;
	for (int y = 0; y < SIDE; y++) {
		ground_compute(&g, y, &r);
		look_row(&g, y, &r, out);
	}
	ret = 0;
out:
	ground_row_release(&r);
	ground_release(&g);
	return ret;
}

static void spots(struct tap *t)
{
	struct options o = { .hard = true, .ice = true };
	struct found found, bare;
	struct failure f;
	int missing = 0;

	if (look(&o, &found, &f) || (o.ice = false, look(&o, &bare, &f))) {
		tap_broken(t, "spots along the shore", &f);
		return;
	}
	for (int k = 0; k < CODE_COUNT; k++)
		missing += k != CODE_CLEAR_WATER && k != CODE_POND && found.code[k] < 100;
	tap_near(t, "hard covers that are missing around a star", missing, 0, 0);
	tap_near(t, "ice and snow unless asked for",
		 (double)(bare.code[CODE_LAKE_ICE] + bare.code[CODE_SNOW]), 0, 0);
	tap_near(t, "spots leave the fractions alone", found.moved, 0, 1e-7);
	tap_near(t, "glint at its most", found.glint_max, HARD_GLINT, 1e-4);
	tap_near(t, "glint is the same in all bands", found.glint_uneven, 0, 1e-6);
}

static void false_clouds(struct tap *t)
{
	static const struct layer_pixel lie = { .sky = SKY_FALSE },
					ring = { .sky = SKY_FALSE | SKY_NEAR };
	struct options o = { .hard = true, .false_clouds = true };
	struct found found;
	struct failure f;
	long bright;

	if (look(&o, &found, &f)) {
		tap_broken(t, "false clouds", &f);
		return;
	}
	bright = found.code[CODE_VERY_TURBID_WATER] + found.code[CODE_SALT] +
		 found.code[CODE_WET_SALT];
	tap_near(t, "share of plumes and salt that masks call cloud",
		 (double)found.lies / (double)bright, 0.5, 0.25);
	tap_near(t, "false clouds elsewhere", (double)found.stray, 0, 0);
	tap_near(t, "false clouds have a ring", found.ring > 500, 1, 0);
	tap_near(t, "QA_PIXEL of OLI, false cloud", landsat_masks[0].mask_oli(&lie), 22280, 0);
	tap_near(t, "QA_PIXEL of OLI, its ring", landsat_masks[0].mask_oli(&ring), 21762, 0);
	tap_near(t, "Fmask of HLS, false cloud", hls_fmask(&lie), 66, 0);
	tap_near(t, "scene classification, false cloud",
		 cell_class(&(struct cell){ .n = 4, .cloud = 2 }), 9, 0);
}

/* The largest difference of two windows of the same ground, the second 100 pixels further east. */
static double two_windows(struct ground g[2], struct ground_row r[2])
{
	double worst = 0;

	for (int y = 0; y < SIDE; y++) {
		ground_compute(&g[0], y, &r[0]);
		ground_compute(&g[1], y, &r[1]);
		for (int x = 0; x + 100 < SIDE; x++) {
			worst += r[0].cover[x + 100] != r[1].cover[x];
			worst +=
				fabs((double)(r[0].rho[ROLE_RED][x + 100] - r[1].rho[ROLE_RED][x]));
		}
	}
	return worst;
}

static void same_everywhere(struct tap *t)
{
	struct options o = { .lake = LAKE_STAR,
			     .radius_m = 3600,
			     .hard = true,
			     .ice = true,
			     .zone = 43,
			     .water = COVER_TURBID_WATER,
			     .land = COVER_SAND,
			     .lake_center = { 75.1, 46.35 } };
	struct air air = { .sun_zenith = 35 };
	struct ground g[2] = { 0 };
	struct ground_row r[2] = { 0 };
	struct grid moved;
	struct failure f;

	if (self_test_ground(&g[0], &o, &f))
		goto bad;
	moved = g[0].grid;
	moved.e0 += 100 * moved.pixel_m;
	if (ground_init(&g[1], &o, &moved, &air, &f) || ground_row_init(&r[0], SIDE, 0, &f) ||
	    ground_row_init(&r[1], SIDE, 0, &f))
		goto bad;
	tap_near(t, "the same spots in every window", two_windows(g, r), 0, 1e-3);
	goto out;
bad:
	tap_broken(t, "the same spots in every window", &f);
out:
	for (int i = 0; i < 2; i++) {
		ground_row_release(&r[i]);
		ground_release(&g[i]);
	}
}

void self_test_hard(struct tap *t)
{
	spots(t);
	false_clouds(t);
	same_everywhere(t);
}
