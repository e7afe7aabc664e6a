/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/landsat_masks.h"
#include "testdata/landsat_mtl.h"
#include "testdata/layers.h"
#include "testdata/stac.h"

#define PIXEL_M	      30.0
#define LAKE_HEIGHT_M 341.0
/* Level 2: reflectance = dn * 2.75e-5 - 0.2, kelvin = dn * 0.00341802 + 149 (USGS LSDS-1619, table 6-1). */
#define SR_MULT 2.75e-5
#define SR_ADD	(-0.2)
#define ST_MULT 0.00341802
#define ST_ADD	149.0

enum { PROCESSING_DAYS = 9 };

struct landsat {
	const struct options *o;
	struct landsat_mtl mtl;
	char folder[1000];
	struct layers layers;
	const struct landsat_band *band[LAYERS_MAX]; /* of each layer; NULL: a mask or an angle */
};

/* Pixel centres on multiples of 30 m: edges on odd multiples of 15. */
static int make_grid(const struct options *o, struct grid *g, struct failure *f)
{
	double c[2];

	*g = (struct grid){
		.zone = o->zone, .pixel_m = PIXEL_M, .width = o->width, .height = o->height
	};
	if (plane_utm(g, o->center[0], o->center[1], c, f))
		return -1;
	g->e0 = floor((c[0] - o->width * PIXEL_M / 2) / PIXEL_M) * PIXEL_M + PIXEL_M / 2;
	g->n0 = floor((c[1] + o->height * PIXEL_M / 2) / PIXEL_M) * PIXEL_M + PIXEL_M / 2;
	return 0;
}

/* "LC09_L2SP_150028_20240712_20240721_02_T1"; before Collection 1 the name of the scene. */
static void make_names(struct landsat_mtl *m, const struct options *o)
{
	char *const id[2] = { m->id, m->id1 };
	const char *const level[2] = { options_level1(o) ? "L1TP" : "L2SP", "L1TP" };
	const char *collection = o->collection == COLLECTION_1 ? "01" : "02";

	m->processed = moment_later(&o->when, PROCESSING_DAYS);
	snprintf(m->scene, sizeof(m->scene), "%c%c%c%03d%03d%04d%03d%s00", o->spacecraft[0],
		 o->spacecraft[1], o->spacecraft[3], o->path, o->row, o->when.year,
		 moment_day_of_year(&o->when), m->sensor.id == LANDSAT_OLI ? "LGN" : "KHC");
	for (int i = 0; i < 2; i++)
		snprintf(id[i], sizeof(m->id), "%s_%s_%03d%03d_%04d%02d%02d_%04d%02d%02d_%s_T1",
			 o->spacecraft, level[i], o->path, o->row, o->when.year, o->when.month,
			 o->when.day, m->processed.year, m->processed.month, m->processed.day,
			 collection);
	if (o->collection == COLLECTION_PRE)
		for (int i = 0; i < 2; i++)
			snprintf(id[i], sizeof(m->id), "%s", m->scene);
}

/*
 * Level 1 stores reflectance at the top of the atmosphere times the sine of the
 * sun's elevation: dn = (rho_toa sin E - add) / mult.  Of products that have
 * radiance only dn = (rho_toa sin E ESUN / (pi d^2) - add) / mult.
 */
static void level1_scale(const struct landsat *l, const struct landsat_band *b, struct layer *y)
{
	double d = air_sun_distance(&l->o->when);

	y->sun = true;
	y->air = !l->o->no_air;
	if (landsat_radiance_only(&l->mtl.sensor, l->o)) {
		y->scale =
			landsat_esun(l->o->spacecraft, b->role) / (M_PI * d * d) / b->radiance_mult;
		y->shift = -b->radiance_add / b->radiance_mult;
	} else {
		y->scale = 1 / b->reflectance_mult;
		y->shift = -b->reflectance_add / b->reflectance_mult;
	}
}

static void add_band(struct landsat *l, const struct landsat_band *b)
{
	bool level1 = options_level1(l->o), heat = b->role == ROLE_KELVIN;
	bool small = level1 && l->mtl.sensor.dn_max < 256;
	char what[16];
	struct layer *y;

	snprintf(what, sizeof(what), "B%s", b->name);
	l->band[l->layers.n] = b;
	y = layers_add(&l->layers, level1 && heat ? PAINT_RADIANCE : PAINT_BAND,
		       level1 ? what : b->level2, small ? GDT_Byte : GDT_UInt16);
	y->role = b->role;
	y->micrometre = b->micrometre;
	y->low = 1;
	y->high = small ? 255 : 65535;
	y->saturation_bit = b->saturation_bit;
	y->nodata = 0;
	if (!level1) {
		y->scale = 1 / (heat ? ST_MULT : SR_MULT);
		y->shift = -(heat ? ST_ADD : SR_ADD) * y->scale;
	} else if (heat) {
		y->k1 = b->k1;
		y->k2 = b->k2;
		y->scale = 1 / b->radiance_mult;
		y->shift = -b->radiance_add / b->radiance_mult;
	} else {
		level1_scale(l, b, y);
	}
}

static void add_mask(struct landsat *l, const struct landsat_mask *m)
{
	bool oli = l->mtl.sensor.id == LANDSAT_OLI;
	struct layer *y = layers_add(&l->layers, PAINT_MASK, m->what, m->type);

	y->mask = oli ? m->mask_oli : m->mask_tm;
	y->fill = m->fill;
	y->nodata = m->nodata;
}

static void add_angle(struct landsat *l, enum paint paint, const char *what, double degrees)
{
	layers_add(&l->layers, paint, what, GDT_Int16)->constant = (int)floor(degrees * 100 + 0.5);
}

static void add_layers(struct landsat *l)
{
	const struct landsat_sensor *s = &l->mtl.sensor;
	const struct air *a = &l->layers.air;
	bool level1 = options_level1(l->o);

	for (int i = 0; i < s->n; i++)
		if (level1 ? s->band[i].level1 : s->band[i].level2 != NULL)
			add_band(l, &s->band[i]);
	for (const struct landsat_mask *m = landsat_masks; m->what; m++)
		if (landsat_mask_in(m, l->o, s->id == LANDSAT_OLI))
			add_mask(l, m);
	if (!level1 || l->o->collection != COLLECTION_2)
		return;
	add_angle(l, PAINT_CONSTANT, "SAA",
		  a->sun_azimuth > 180 ? a->sun_azimuth - 360 : a->sun_azimuth);
	add_angle(l, PAINT_SUN_ZENITH, "SZA", 0);
	add_angle(l, PAINT_CONSTANT, "VAA", a->view_azimuth);
	add_angle(l, PAINT_CONSTANT, "VZA", a->view_zenith);
}

static int prepare(struct landsat *l, struct failure *f)
{
	const struct options *o = l->o;
	struct landsat_mtl *m = &l->mtl;
	struct air *a = &l->layers.air;
	char stem[80];

	m->options = l->layers.o = o;
	m->sensor = landsat_sensor_at(o, air_sun_distance(&o->when));
	make_names(m, o);
	if (make_grid(o, &m->grid, f))
		return -1;
	l->layers.grid = m->grid;
	air_sun(&o->when, o->center[0], o->center[1], &a->sun_zenith, &a->sun_azimuth);
	a->pressure_hpa = air_pressure(LAKE_HEIGHT_M);
	m->air = *a;
	if (a->sun_zenith + fabs(o->sun_range) / 2 > 85)
		return fail(f, "the sun is below 5 degrees at that place and time: choose --time");
	if (snprintf(l->folder, sizeof(l->folder), "%s/%s", o->out, m->id) >=
	    (int)sizeof(l->folder))
		return fail(f, "the path %s is too long", o->out);
	if (folder_make(l->folder, f))
		return -1;
	l->layers.end = ".TIF";
	l->layers.point = true;
	add_layers(l);
	snprintf(stem, sizeof(stem), "%s_", m->id);
	return layers_open(&l->layers, l->folder, stem, m->id, f);
}

/* The second thermal band has another common name than the first; NULL: that of the role. */
static const char *common_name(const struct landsat_band *b)
{
	if (b && !strcmp(b->name, "11"))
		return "lwir12";
	return b && !strcmp(b->name, "6_VCID_2") ? "lwir" : NULL;
}

static const struct stac_facts *facts_of(const struct landsat *l, struct stac_facts *s)
{
	const struct options *o = l->o;

	*s = (struct stac_facts){ .options = o,
				  .grid = &l->mtl.grid,
				  .air = &l->mtl.air,
				  .folder = l->folder,
				  .id = l->mtl.id,
				  .cloud_cover = l->mtl.cloud_cover };
	for (int k = 0; k < l->layers.n; k++) {
		const struct layer *y = &l->layers.layer[k];
		struct stac_asset *a = &s->asset[s->assets++];

		*a = (struct stac_asset){ .role = l->band[k] ? y->role : ROLE_COUNT,
					  .name = l->band[k] ? y->what : NULL,
					  .common = common_name(l->band[k]),
					  .micrometre = y->micrometre,
					  .type = y->type,
					  .metres = 30,
					  .nodata = l->band[k] ? 0 : y->nodata };
		snprintf(a->key, sizeof(a->key), "%s", y->what);
		snprintf(a->href, sizeof(a->href), "%s", strrchr(y->path, '/') + 1);
		if (l->band[k]) {
			a->scale = 1 / y->scale;
			a->offset = -y->shift / y->scale;
		}
	}
	return s;
}

static int finish(struct landsat *l, struct failure *f)
{
	struct landsat_mtl *m = &l->mtl;
	struct stac_facts *s;
	int ret = 0;

	m->saturated = l->layers.any_saturated;
	m->cloud_cover = m->cloud_cover_land = l->layers.cloud_cover;
	if (landsat_mtl_write(m, l->folder, f) || layers_close(&l->layers, m->id, f))
		return -1;
	if (!l->o->stac)
		return 0;
	s = calloc(1, sizeof(*s));
	ret = s ? stac_write(facts_of(l, s), f) : fail(f, "no memory");
	free(s);
	return ret;
}

int landsat_make(const struct options *o, char *out, size_t size, struct failure *f)
{
	struct landsat *l = calloc(1, sizeof(*l));
	int ret;

	if (!l)
		return fail(f, "no memory");
	l->o = o;
	ret = prepare(l, f);
	if (!ret)
		ret = layers_run(&l->layers, f);
	if (!ret)
		ret = finish(l, f);
	snprintf(out, size, "%s", l->folder);
	layers_release(&l->layers);
	free(l);
	return ret;
}
