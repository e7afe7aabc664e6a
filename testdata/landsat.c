/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/ground.h"
#include "testdata/landsat_mtl.h"
#include "testdata/noise.h"
#include "testdata/raster.h"
#include "testdata/truth.h"
#include "testdata/workers.h"

#define PIXEL_M	      30.0
#define LAKE_HEIGHT_M 341.0
#define KELVIN_NOISE  0.1f
/* Level 2: reflectance = dn * 2.75e-5 - 0.2, kelvin = dn * 0.00341802 + 149 (USGS LSDS-1619, table 6-1). */
#define SR_MULT 2.75e-5
#define SR_ADD	(-0.2)
#define ST_MULT 0.00341802
#define ST_ADD	149.0

enum { PROCESSING_DAYS = 9, LAYERS_MAX = LANDSAT_BANDS_MAX + 6 };

/* One file of the product. */
struct layer {
	const struct landsat_band *band; /* NULL: a mask or an angle */
	char what[16];			 /* end of the file name */
	char path[1100];
	struct raster raster;
	GDALDataType type;
	void *strip;
	double scale, shift; /* what is stored = value * scale + shift */
	int constant;	     /* of an angle: hundredths of a degree */
	uint64_t noise_key;
};

struct landsat {
	const struct options *o;
	struct landsat_mtl mtl;
	char folder[1000];
	struct ground ground;
	struct truth truth;
	struct layer layer[LAYERS_MAX];
	int layers, qa, radsat; /* number of layers; which are the masks */
	int y0;
	struct ground_row scratch[WORKERS_MAX];
	long *cloudy, *seen; /* pixels per row */
	unsigned *saturated; /* QA_RADSAT bits per row */
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

static void make_names(struct landsat_mtl *m, const struct options *o)
{
	char *const id[2] = { m->id, m->id1 };
	const char *const level[2] = { options_level1(o) ? "L1TP" : "L2SP", "L1TP" };

	m->processed = moment_later(&o->when, PROCESSING_DAYS);
	for (int i = 0; i < 2; i++)
		snprintf(id[i], sizeof(m->id), "%s_%s_%03d%03d_%04d%02d%02d_%04d%02d%02d_02_T1",
			 o->spacecraft, level[i], o->path, o->row, o->when.year, o->when.month,
			 o->when.day, m->processed.year, m->processed.month, m->processed.day);
}

static struct layer *add_layer(struct landsat *l, const char *what, GDALDataType type)
{
	struct layer *y = &l->layer[l->layers];

	*y = (struct layer){ .type = type, .noise_key = hash64((uint64_t)l->layers) };
	snprintf(y->what, sizeof(y->what), "%s", what);
	l->layers++;
	return y;
}

/*
 * Level 1 stores reflectance at the top of the atmosphere times the sine of the
 * sun's elevation: dn = (rho_toa sin E - add) / mult.  So value * scale + shift
 * holds the air, the sun and the calibration at once; noise is of rho_toa.
 */
static void add_band(struct landsat *l, const struct landsat_band *b)
{
	bool level1 = options_level1(l->o), heat = b->role == ROLE_KELVIN;
	bool small = level1 && l->mtl.sensor.dn_max < 256;
	double sine = cos(l->mtl.air.sun_zenith * M_PI / 180);
	char what[16];
	struct layer *y;

	snprintf(what, sizeof(what), "B%s", b->name);
	y = add_layer(l, level1 ? what : b->level2, small ? GDT_Byte : GDT_UInt16);
	y->band = b;
	if (!level1) {
		y->scale = 1 / (heat ? ST_MULT : SR_MULT);
		y->shift = -(heat ? ST_ADD : SR_ADD) * y->scale;
	} else if (!heat) {
		y->scale = sine / b->reflectance_mult;
		y->shift = -b->reflectance_add / b->reflectance_mult;
	}
}

static void add_angle(struct landsat *l, const char *what, double degrees)
{
	add_layer(l, what, GDT_Int16)->constant = (int)floor(degrees * 100 + 0.5);
}

static int add_layers(struct landsat *l)
{
	const struct landsat_sensor *s = &l->mtl.sensor;
	const struct air *a = &l->mtl.air;
	bool level1 = options_level1(l->o);

	for (int i = 0; i < s->n; i++)
		if (level1 ? s->band[i].level1 : s->band[i].level2 != NULL)
			add_band(l, &s->band[i]);
	l->qa = l->layers;
	add_layer(l, "QA_PIXEL", GDT_UInt16);
	l->radsat = l->layers;
	add_layer(l, "QA_RADSAT", GDT_UInt16);
	if (level1) {
		add_angle(l, "SAA", a->sun_azimuth > 180 ? a->sun_azimuth - 360 : a->sun_azimuth);
		add_angle(l, "SZA", a->sun_zenith);
		add_angle(l, "VAA", a->view_azimuth);
		add_angle(l, "VZA", a->view_zenith);
	}
	return 0;
}

static int layer_path(struct layer *y, const char *folder, const char *id, struct failure *f)
{
	char path[sizeof(y->path)];

	if (snprintf(path, sizeof(path), "%s/%s_%s.TIF", folder, id, y->what) >= (int)sizeof(path))
		return fail(f, "the path %s is too long", folder);
	memcpy(y->path, path, sizeof(path));
	return 0;
}

static int open_layers(struct landsat *l, struct failure *f)
{
	const struct options *o = l->o;

	for (int i = 0; i < l->layers; i++) {
		struct layer *y = &l->layer[i];
		struct raster_spec s = { .path = y->path,
					 .grid = l->mtl.grid,
					 .type = y->type,
					 .bands = 1,
					 .block = o->block,
					 .threads = o->threads,
					 .nodata = y->band	? 0
						   : i == l->qa ? 1
								: -1,
					 .point = true };

		if (layer_path(y, l->folder, l->mtl.id, f))
			return -1;
		y->strip = malloc((size_t)o->block * (size_t)o->width *
				  (size_t)GDALGetDataTypeSizeBytes(y->type));
		if (!y->strip)
			return fail(f, "no memory for a strip of %s", y->path);
		if (raster_open(&y->raster, &s, f))
			return -1;
	}
	return 0;
}

static void store(const struct layer *y, size_t at, int v)
{
	if (y->type == GDT_Byte)
		((uint8_t *)y->strip)[at] = (uint8_t)v;
	else if (y->type == GDT_Int16)
		((int16_t *)y->strip)[at] = (int16_t)v;
	else
		((uint16_t *)y->strip)[at] = (uint16_t)v;
}

/* Brightness temperature to Level 1 radiance counts. */
static double thermal_dn(const struct landsat_band *b, double kelvin)
{
	return (b->k1 / (exp(b->k2 / kelvin) - 1) - b->radiance_add) / b->radiance_mult;
}

/* Reflectance or kelvin of one band to a stored value; QA_RADSAT bits go to *saturated. */
static int quantise(const struct landsat *l, const struct layer *y, double v, unsigned *saturated)
{
	int max = y->type == GDT_Byte ? 255 : 65535;
	double dn;

	if (options_level1(l->o) && y->band->role == ROLE_KELVIN)
		dn = thermal_dn(y->band, v);
	else
		dn = v * y->scale + y->shift;
	dn = floor(dn + 0.5);
	if (dn >= max) {
		*saturated |= 1u << y->band->saturation_bit;
		return max;
	}
	return dn < 1 ? 1 : (int)dn;
}

/* The air between ground and sensor: none in Level 2, in heat, and in the cirrus band. */
struct view {
	double transmittance, path;
};

static struct view view_of(const struct landsat *l, const struct landsat_band *b)
{
	if (!options_level1(l->o) || !(b->micrometre > 0))
		return (struct view){ 1, 0 };
	return (struct view){ air_transmittance(&l->mtl.air, b->micrometre),
			      air_path(&l->mtl.air, b->micrometre) };
}

static void band_row(struct landsat *l, const struct layer *y, int row, const float *rho,
		     unsigned *saturated)
{
	const struct grid *g = &l->mtl.grid;
	struct view air = view_of(l, y->band);
	uint64_t key =
		hash64(l->o->seed ^ y->noise_key ^ hash64((uint64_t)moment_days(&l->o->when)));
	int64_t column0 = (int64_t)floor(g->e0 / PIXEL_M),
		line = (int64_t)floor(g->n0 / PIXEL_M) - row;
	double sigma = y->band->role != ROLE_KELVIN ? l->o->noise
		       : l->o->noise > 0	    ? (double)KELVIN_NOISE
						    : 0;
	size_t at = (size_t)(row - l->y0) * (size_t)g->width;

	for (int i = 0; i < g->width; i++) {
		double noise = sigma * (double)hash_bell(hash_place(key, column0 + i, line));
		double v = (double)rho[i] * air.transmittance + air.path + noise;

		store(y, at + (size_t)i, quantise(l, y, v, &saturated[i]));
	}
}

/*
 * QA_PIXEL with the bits that real products combine.  Landsat 8-9: clear unless
 * cloud or next to one, water beside clear.  Landsat 4-7: clear is off over
 * water and shadow.
 */
static int qa_value(const struct landsat *l, bool water, int sky)
{
	bool oli = l->mtl.sensor.id == LANDSAT_OLI;
	int low = oli ? 1 << 8 | 1 << 10 | 1 << 12 | 1 << 14 : 1 << 8 | 1 << 10 | 1 << 12;

	if (sky & SKY_CLOUD)
		return low | 3 << 8 | 1 << 3;
	low |= water ? 1 << 7 : 0;
	low |= sky & SKY_NEAR ? 1 << 1 : 0;
	low |= sky & SKY_SHADOW ? 3 << 10 | 1 << 4 : 0;
	if (oli ? !(sky & SKY_NEAR) : !water && !(sky & SKY_SHADOW))
		low |= 1 << 6;
	return low;
}

/* Where nothing was seen every layer is empty. */
static void blank(const struct landsat *l, size_t at)
{
	for (int k = 0; k < l->layers; k++)
		store(&l->layer[k], at, k == l->qa);
}

static void mask_row(struct landsat *l, int row, const struct ground_row *r,
		     const unsigned *saturated)
{
	int width = l->mtl.grid.width;
	size_t at = (size_t)(row - l->y0) * (size_t)width;
	unsigned all = 0;
	long seen = 0, cloudy = 0;

	for (int i = 0; i < width; i++, at++) {
		for (int k = l->radsat + 1; k < l->layers; k++)
			store(&l->layer[k], at, l->layer[k].constant);
		if (!ground_seen(&l->ground, i, row, 0)) {
			blank(l, at);
			continue;
		}
		store(&l->layer[l->qa], at, qa_value(l, r->fraction[i] >= 0.5f, r->sky[i]));
		store(&l->layer[l->radsat], at, (int)saturated[i]);
		all |= saturated[i];
		cloudy += r->sky[i] & SKY_CLOUD;
		seen++;
	}
	l->cloudy[row] = cloudy;
	l->seen[row] = seen;
	l->saturated[row] = all;
}

static void work(void *job, int worker, int i)
{
	struct landsat *l = job;
	struct ground_row *r = &l->scratch[worker];
	unsigned saturated[20000] = { 0 };
	int row = l->y0 + i;

	ground_compute(&l->ground, row, r);
	for (int k = 0; k < l->qa; k++)
		band_row(l, &l->layer[k], row, r->rho[l->layer[k].band->role], saturated);
	mask_row(l, row, r, saturated);
	truth_note(&l->truth, i, row, 0, r);
}

static int make_strips(struct landsat *l, struct failure *f)
{
	int height = l->mtl.grid.height;

	for (l->y0 = 0; l->y0 < height; l->y0 += l->o->block) {
		int rows = height - l->y0 < l->o->block ? height - l->y0 : l->o->block;

		if (workers_run(l->o->threads, rows, work, l, f))
			return -1;
		for (int k = 0; k < l->layers; k++)
			if (raster_write(&l->layer[k].raster, l->y0, rows, l->layer[k].strip, f))
				return -1;
		if (truth_write(&l->truth, l->y0, rows, f))
			return -1;
	}
	return 0;
}

static void sum_up(struct landsat *l)
{
	long seen = 0, cloudy = 0;

	for (int y = 0; y < l->mtl.grid.height; y++) {
		seen += l->seen[y];
		cloudy += l->cloudy[y];
		l->mtl.saturated |= l->saturated[y];
	}
	l->mtl.cloud_cover = seen ? 100.0 * (double)cloudy / (double)seen : 0;
	l->mtl.cloud_cover_land = l->mtl.cloud_cover;
}

static int finish(struct landsat *l, struct failure *f)
{
	struct truth_band band[LAYERS_MAX];

	for (int k = 0; k < l->layers; k++)
		if (raster_close(&l->layer[k].raster, f))
			return -1;
	sum_up(l);
	if (landsat_mtl_write(&l->mtl, l->folder, f))
		return -1;
	for (int k = 0; k < l->qa; k++)
		band[k] = (struct truth_band){ l->layer[k].what, l->layer[k].band->micrometre,
					       l->layer[k].band->role };
	return truth_close(&l->truth, l->mtl.id, &l->mtl.air, band, l->qa, f);
}

static int prepare(struct landsat *l, struct failure *f)
{
	const struct options *o = l->o;
	struct landsat_mtl *m = &l->mtl;
	size_t rows = (size_t)o->height;

	m->options = o;
	m->sensor =
		landsat_sensor_at(landsat_sensor_find(o->spacecraft), air_sun_distance(&o->when));
	make_names(m, o);
	if (make_grid(o, &m->grid, f))
		return -1;
	air_sun(&o->when, o->center[0], o->center[1], &m->air.sun_zenith, &m->air.sun_azimuth);
	m->air.pressure_hpa = air_pressure(LAKE_HEIGHT_M);
	if (m->air.sun_zenith > 85)
		return fail(f, "the sun is below 5 degrees at that place and time: choose --time");
	if (snprintf(l->folder, sizeof(l->folder), "%s/%s", o->out, m->id) >=
	    (int)sizeof(l->folder))
		return fail(f, "the path %s is too long", o->out);
	if (folder_make(l->folder, f))
		return -1;
	l->cloudy = calloc(rows, sizeof(*l->cloudy));
	l->seen = calloc(rows, sizeof(*l->seen));
	l->saturated = calloc(rows, sizeof(*l->saturated));
	if (!l->cloudy || !l->seen || !l->saturated)
		return fail(f, "no memory for %d rows", o->height);
	for (int i = 0; i < o->threads; i++)
		if (ground_row_init(&l->scratch[i], o->width, f))
			return -1;
	if (ground_init(&l->ground, o, &m->grid, &m->air, f))
		return -1;
	add_layers(l);
	if (open_layers(l, f))
		return -1;
	l->truth = (struct truth){
		.ground = &l->ground, .options = o, .strip_rows = o->block, .block = o->block
	};
	return truth_open(&l->truth, m->id, f);
}

static void release(struct landsat *l)
{
	for (int k = 0; k < l->layers; k++) {
		raster_drop(&l->layer[k].raster);
		free(l->layer[k].strip);
	}
	truth_release(&l->truth);
	ground_release(&l->ground);
	for (int i = 0; i < WORKERS_MAX; i++)
		ground_row_release(&l->scratch[i]);
	free(l->cloudy);
	free(l->seen);
	free(l->saturated);
	free(l);
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
		ret = make_strips(l, f);
	if (!ret)
		ret = finish(l, f);
	snprintf(out, size, "%s", l->folder);
	release(l);
	return ret;
}
