/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/ground.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/noise.h"
#include "testdata/sentinel2_bands.h"

#define EDGE_SLOPE 0.19 /* tangent of the tilt of a descending track at 46 N */
#define GAP_FREE   0.1	/* of half the swath: no gap in the middle */
#define POND_COVER COVER_CLEAR_WATER
#define PATCH_M	   900.0 /* false clouds of a natural shore */

static void make_ramp(struct ground *g)
{
	double width = g->grid.width * g->grid.pixel_m, height = g->grid.height * g->grid.pixel_m;

	g->ramp.e_mid = g->grid.e0 + width / 2;
	g->ramp.n_mid = g->grid.n0 - height / 2;
	for (int k = 0; k < ROLE_COUNT; k++) {
		g->ramp.base[k] = 0.12 + 0.005 * k;
		g->ramp.east[k] = (k % 2 ? -0.1 : 0.1) / width;
		g->ramp.north[k] = (k % 3 ? 0.06 : -0.06) / height;
	}
	g->ramp.base[ROLE_KELVIN] = 290;
	g->ramp.east[ROLE_KELVIN] = 10 / width;
	g->ramp.north[ROLE_KELVIN] = -5 / height;
}

/* What a pixel is made of. */
struct made_of {
	struct mixture water, land;
	float lake, pond;  /* shares of the pixel: together all water */
	float glint, reed; /* as in hard.h; share of the land */
};

/* A part of the land is a pond; the shares of the others stay those of the dry part. */
static void add_pond(const struct ground *g, int column, int row, struct made_of *out)
{
	float share = (float)ponds_share(&g->ponds, &g->grid, column, row);

	if (share <= 0)
		return;
	out->pond = share * (1 - out->lake);
	for (int k = 0; k < ROLE_COUNT; k++)
		out->land.rho[k] += share * (covers[POND_COVER].rho[k] - out->land.rho[k]);
}

/* The strip along the shore covers a part of the land. */
static void add_strip(const struct ground *g, int column, int row, struct made_of *out)
{
	double within = ground_fraction_within(g, column, row, g->strip_m),
	       lake = (double)out->lake;

	if (within > lake)
		mixture_blend(&out->land, g->strip, fmin((within - lake) / (1 - lake), 1));
}

static void make_of(const struct ground *g, int column, int row, struct made_of *out)
{
	double x, y, about;

	*out = (struct made_of){ 0 };
	ground_place(g, column + 0.5, row + 0.5, &x, &y);
	about = shore_about(&g->shore, x, y);
	out->lake = (float)ground_fraction(g, column, row);
	if (out->lake > 0) {
		surface_water(&g->surface, x, y, about, &out->water);
		mixture_scale(&out->water, vary_water(&g->vary, x, y));
		out->glint = hard_water(&g->hard, x, y, &out->water);
	}
	if (out->lake < 1) {
		out->reed = surface_land(&g->surface, x, y, about, &out->land);
		if (g->strip_m > 0)
			add_strip(g, column, row, out);
		mixture_scale(&out->land, vary_land(&g->vary, x, y));
		hard_land(&g->hard, x, y, about, &out->land);
	}
	if (g->hard.spacing > 0 || g->strip_m > 0)
		out->reed = out->land.share[COVER_GREEN_REED] + out->land.share[COVER_DRY_REED];
	if (g->ponds.n)
		add_pond(g, column, row, out);
}

static enum cover_code code_of(const struct made_of *m)
{
	return cover_code(&(struct cover_parts){ .lake = m->lake,
						 .pond = m->pond,
						 .glint = m->glint,
						 .water = m->water.share,
						 .land = m->land.share });
}

/*
 * Fmask and its kin take bright water and salt for cloud: here in about half of it, in
 * patches whose size goes with that of the spots.
 */
static bool false_at(const struct ground *g, int column, int row, int code)
{
	double size = g->hard.spacing > 0 ? 0.3 * g->hard.spacing : PATCH_M, x, y;

	if (code != CODE_VERY_TURBID_WATER && code != CODE_SALT && code != CODE_WET_SALT)
		return false;
	ground_place(g, column + 0.5, row + 0.5, &x, &y);
	return noise_octaves(g->surface.seed + 170, x / size, y / size, 2) > 0;
}

static int find_false(struct ground *g, struct failure *f)
{
	int width = g->grid.width, height = g->grid.height;

	g->false_cloud = calloc((size_t)width * (size_t)height, 1);
	if (!g->false_cloud)
		return fail(f, "no memory for the false clouds of %d x %d pixels", width, height);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			struct made_of m;

			make_of(g, x, y, &m);
			g->false_cloud[(size_t)y * (size_t)width + (size_t)x] =
				false_at(g, x, y, (int)code_of(&m));
		}
	return 0;
}

static bool beside_false(const struct ground *g, int column, int row)
{
	int reach = (int)(GROUND_RING_M / g->grid.pixel_m);

	for (int v = -reach; v <= reach; v++)
		for (int u = -reach; u <= reach; u++) {
			int x = column + u, y = row + v;

			if (u * u + v * v <= reach * reach && x >= 0 && y >= 0 &&
			    x < g->grid.width && y < g->grid.height &&
			    g->false_cloud[(size_t)y * (size_t)g->grid.width + (size_t)x])
				return true;
		}
	return false;
}

/* The bits of a pixel with what the masks say wrongly: never where there is a cloud or a shadow. */
static uint8_t deceive(const struct ground *g, int column, int row, int sky, int code)
{
	if (sky & (SKY_CLOUD | SKY_SHADOW))
		return (uint8_t)sky;
	if (false_at(g, column, row, code))
		return (uint8_t)((sky & ~SKY_NEAR) | SKY_FALSE);
	if (g->ring && !(sky & SKY_NEAR) && beside_false(g, column, row))
		sky |= SKY_FALSE | SKY_NEAR;
	return (uint8_t)sky;
}

static double about_utm(const void *ground, double e, double n)
{
	const struct ground *g = ground;
	double x, y;

	ground_place(g, (e - g->grid.e0) / g->grid.pixel_m, (g->grid.n0 - n) / g->grid.pixel_m, &x,
		     &y);
	return shore_about(&g->shore, x, y);
}

static int make_ponds(struct ground *g, const struct options *o, struct failure *f)
{
	double width = g->grid.width * g->grid.pixel_m, height = g->grid.height * g->grid.pixel_m;
	struct ponds_site site = { .e = g->grid.e0 + width / 2,
				   .n = g->grid.n0 - height / 2,
				   .half_width = width / 2,
				   .half_height = height / 2,
				   .seed = hash64(o->seed ^ 0x60d5),
				   .about = about_utm,
				   .shore = g };

	return ponds_init(&g->ponds, &g->grid, &site, f);
}

/* Descending: the satellite flies south, and west by the tilt of its track. */
static void parallax(struct ground *g)
{
	double length = hypot(1, EDGE_SLOPE);

	g->views = MSI_BANDS;
	for (int i = 0; i < MSI_BANDS; i++) {
		double shift = msi_cloud_shift(i);

		g->view[i][0] = -shift * EDGE_SLOPE / length;
		g->view[i][1] = -shift / length;
	}
}

int ground_init(struct ground *g, const struct options *o, const struct grid *grid,
		const struct air *air, struct failure *f)
{
	uint64_t day = hash_place((uint64_t)o->when.year, o->when.month, o->when.day);
	uint64_t window = hash_place(day, (int64_t)grid->e0, (int64_t)grid->n0);

	*g = (struct ground){ .grid = *grid,
			      .laea = o->plane_laea,
			      .is_ramp = o->ramp,
			      .swath_edge = o->swath_edge,
			      .whole_edge = options_family(o) == FAMILY_LANDSAT,
			      .slc_off = o->slc_off,
			      .defects = o->defects,
			      .half = o->datastrip,
			      .false_clouds = o->false_clouds,
			      .ring = o->false_clouds && !options_sentinel2(o) };
	g->surface = (struct surface){ .natural = o->natural,
				       .salt = o->salt,
				       .water = o->water,
				       .land = o->land,
				       .seed = o->seed };
	g->vary = (struct vary){ .texture = o->texture, .along = o->vary, .seed = o->seed };
	g->strip = o->strip;
	g->strip_m = o->strip_m;
	sky_init(&g->sky, o->clouds, hash64(o->seed) ^ window, grid, air);
	g->sky.lapse = o->lapse;
	for (int i = 0; o->cloud_height > 0 && i < g->sky.count; i++)
		g->sky.cloud[i].height_m = o->cloud_height;
	if (o->parallax)
		parallax(g);
	if (mapping_init(&g->mapping, grid, f))
		return -1;
	if (o->ramp)
		make_ramp(g);
	else if (ground_make_shore(g, o, f))
		return -1;
	if (o->ponds && make_ponds(g, o, f))
		return -1;
	return g->ring ? find_false(g, f) : 0;
}

void ground_release(struct ground *g)
{
	mapping_release(&g->mapping);
	shore_release(&g->shore);
	rings_release(&g->rings);
	hard_release(&g->hard);
	free(g->false_cloud);
}

int ground_row_init(struct ground_row *r, int width, int views, struct failure *f)
{
	size_t w = (size_t)width;
	float *p = malloc(w * ((ROLE_COUNT + 5 + (size_t)views) * sizeof(float) + 2));

	if (!p)
		return fail(f, "no memory for a row of %d pixels", width);
	for (int k = 0; k < ROLE_COUNT; k++)
		r->rho[k] = p + (size_t)k * w;
	p += ROLE_COUNT * w;
	r->fraction = p;
	r->reed = p + w;
	r->opacity = p + 2 * w;
	r->light = p + 3 * w;
	r->kelvin = p + 4 * w;
	p += 5 * w;
	for (int k = 0; k < views; k++)
		r->veil[k] = p + (size_t)k * w;
	r->sky = (uint8_t *)(p + (size_t)views * w);
	r->cover = r->sky + w;
	return 0;
}

void ground_row_release(struct ground_row *r)
{
	free(r->rho[0]);
	*r = (struct ground_row){ 0 };
}

static void mix_pixel(const struct ground *g, int column, int row, struct ground_row *out)
{
	struct made_of m;

	make_of(g, column, row, &m);
	out->fraction[column] = m.lake + m.pond;
	out->reed[column] = m.reed * (1 - m.lake - m.pond);
	out->cover[column] = (uint8_t)code_of(&m);
	for (int k = 0; k < ROLE_COUNT; k++)
		out->rho[k][column] = m.lake * m.water.rho[k] + (1 - m.lake) * m.land.rho[k];
}

static void ramp_pixel(const struct ground *g, int column, int row, struct ground_row *out)
{
	double e = g->grid.e0 + (column + 0.5) * g->grid.pixel_m - g->ramp.e_mid;
	double n = g->grid.n0 - (row + 0.5) * g->grid.pixel_m - g->ramp.n_mid;

	for (int k = 0; k < ROLE_COUNT; k++)
		out->rho[k][column] =
			(float)(g->ramp.base[k] + g->ramp.east[k] * e + g->ramp.north[k] * n);
	out->fraction[column] = 0;
	out->cover[column] = CODE_OTHER_LAND;
	out->reed[column] = 0;
}

static void shade_pixel(const struct ground *g, struct ground_row *out, int column)
{
	float light = out->light[column], a = g->views ? 0 : out->opacity[column];

	for (int k = 0; k < ROLE_COUNT; k++) {
		float *rho = &out->rho[k][column], cloud;

		if (k != ROLE_KELVIN && k != ROLE_CIRRUS)
			*rho *= light;
		cloud = k == ROLE_KELVIN && g->sky.lapse ? out->kelvin[column]
							 : covers[COVER_CLOUD].rho[k];
		*rho += a * (cloud - *rho);
	}
}

void ground_compute(const struct ground *g, int row, struct ground_row *out)
{
	sky_row(&g->sky, &g->grid, row, out->opacity, out->light, out->kelvin, out->sky);
	for (int k = 0; k < g->views; k++)
		sky_veil(&g->sky, &g->grid, row, g->view[k], out->veil[k]);
	for (int i = 0; i < g->grid.width; i++) {
		if (g->is_ramp)
			ramp_pixel(g, i, row, out);
		else
			mix_pixel(g, i, row, out);
		if (g->false_clouds)
			out->sky[i] = deceive(g, i, row, out->sky[i], out->cover[i]);
		if (out->light[i] < 1 || out->opacity[i] > 0)
			shade_pixel(g, out, i);
	}
}

/* The place of a pixel's centre across and along the track from the middle of the window, metres. */
static void track_place(const struct ground *g, int column, int row, double *across, double *along)
{
	double m = g->grid.pixel_m, w = g->grid.width * m, h = g->grid.height * m;
	double east = (column + 0.5) * m - w / 2, north = h / 2 - (row + 0.5) * m;

	*across = east - EDGE_SLOPE * north;
	*along = north + EDGE_SLOPE * east;
}

bool ground_gap(const struct ground *g, int column, int row)
{
	double across, along, side, width;

	if (!g->slc_off)
		return false;
	track_place(g, column, row, &across, &along);
	along /= g->grid.pixel_m * sqrt(1 + EDGE_SLOPE * EDGE_SLOPE);
	side = fmin(2 * fabs(across) / (g->grid.width * g->grid.pixel_m), 1);
	width = GROUND_GAP_WIDTH * fmax(side - GAP_FREE, 0) / (1 - GAP_FREE);
	return along - GROUND_GAP_PERIOD * floor(along / GROUND_GAP_PERIOD) < width;
}

bool ground_lost(const struct ground *g, int row)
{
	int first = g->grid.height / 18 * 6;

	return g->defects && row >= first && row < first + 12;
}

/* Whole pixels of 60 m in each half. */
static bool in_half(const struct ground *g, int row)
{
	int middle = g->grid.height / 12 * 6;

	return !g->half || (g->half == 1 ? row < middle : row >= middle);
}

bool ground_seen(const struct ground *g, int column, int row, double extra_m)
{
	double m = g->grid.pixel_m, w = g->grid.width * m, h = g->grid.height * m;
	double across, along;

	if (ground_gap(g, column, row) || !in_half(g, row))
		return false;
	if (!g->swath_edge)
		return true;
	track_place(g, column, row, &across, &along);
	if (!g->whole_edge)
		return across >= -0.15 * w + extra_m;
	return across >= -0.38 * w && across <= 0.42 * w && along >= -0.44 * h && along <= 0.41 * h;
}
