/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/cloud_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cloud_row {
	const struct observe *o;
	float *toa[ROLE_NR];
	/* of the tile */
	uint8_t *tests, *variability, *displaced;
	uint16_t *kelvin;
	void *scratch; /* of cloud_cdi_tile() */
};

static const enum role tested[] = { ROLE_BLUE,	ROLE_GREEN, ROLE_RED,	ROLE_NIR,
				    ROLE_SWIR1, ROLE_SWIR2, ROLE_CIRRUS };
#define TESTED (sizeof(tested) / sizeof(tested[0]))

/* The largest rect that is read, where it cuts most cells of 20 m. */
static struct rect read_rect(const struct observe *o)
{
	int32_t side = o->context->options->tile + 2 * o->halo;

	return (struct rect){ 1, 1, side, side };
}

static int32_t pixel_m(const struct observe *o)
{
	return (int32_t)scene_grid(o->scene)->dx;
}

static size_t scratch_size(const struct observe *o)
{
	return o->cloud.displaced ? cloud_cdi_scratch_size(read_rect(o), pixel_m(o)) : 1;
}

size_t cloud_row_bytes(const struct observe *o)
{
	size_t side = (size_t)o->context->options->tile;

	if (!o->cloud.wanted)
		return 0;
	return side * ROLE_NR * sizeof(float) + side * side * (3 + sizeof(uint16_t)) +
	       scratch_size(o);
}

void cloud_row_free(struct cloud_row *c)
{
	if (!c)
		return;
	free(c->scratch);
	free(c->kelvin);
	free(c->displaced);
	free(c->variability);
	free(c->tests);
	for (size_t i = 0; i < ROLE_NR; i++)
		free(c->toa[i]);
	free(c);
}

int cloud_row_new(struct cloud_row **out, const struct observe *o, struct error *e)
{
	struct cloud_row *c = calloc(1, sizeof(*c));
	size_t side = (size_t)o->context->options->tile;
	bool ok = true;

	*out = c;
	if (!c)
		return error_nomem(e, "a worker");
	c->o = o;
	for (size_t i = 0; i < ROLE_NR; i++)
		ok &= (c->toa[i] = malloc(side * sizeof(float))) != NULL;
	ok &= (c->tests = malloc(side * side)) != NULL;
	ok &= (c->variability = malloc(side * side)) != NULL;
	ok &= (c->displaced = malloc(side * side)) != NULL;
	ok &= (c->kelvin = malloc(side * side * sizeof(uint16_t))) != NULL;
	ok &= (c->scratch = malloc(scratch_size(o))) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's tile");
}

float *cloud_row_toa(struct cloud_row *c, enum role role)
{
	return c->toa[role];
}

void cloud_row(struct cloud_row *c, float *const rho[ROLE_NR], const uint16_t *thermal,
	       const uint8_t *state, size_t n, size_t at)
{
	const struct observe *o = c->o;
	const float *toa[ROLE_NR] = { 0 };

	for (size_t i = 0; i < TESTED; i++)
		if (rho[tested[i]])
			toa[tested[i]] = o->toa ? c->toa[tested[i]] : rho[tested[i]];
	o->context->kernels->cloud_tests(n, toa[ROLE_BLUE], toa[ROLE_GREEN], toa[ROLE_RED],
					 toa[ROLE_NIR], toa[ROLE_SWIR1], toa[ROLE_SWIR2],
					 toa[ROLE_CIRRUS], state, o->limits.cloud, c->tests + at,
					 c->variability + at);
	for (size_t i = 0; o->cloud.kelvin && i < n; i++)
		c->kelvin[at + i] = o->cloud.kelvin[thermal[i]];
}

void cloud_row_displaced(struct cloud_row *c, uint16_t *const bands[ROLE_NR], struct rect read,
			 struct rect tile)
{
	const struct granule *g = c->o->granule;
	struct cloud_cdi_bands in = {
		.b08 = bands[ROLE_NIR],
		.b8a = bands[ROLE_NIR_NARROW],
		.b07 = bands[ROLE_EDGE783],
		.b08_calib = g->bands[ROLE_NIR].calib,
		.b8a_calib = g->bands[ROLE_NIR_NARROW].calib,
		.b07_calib = g->bands[ROLE_EDGE783].calib,
	};

	cloud_cdi_tile(&in, read, tile, pixel_m(c->o), c->o->limits.cloud, c->scratch,
		       c->displaced);
}

int cloud_row_spool(struct cloud_row *c, size_t i, struct error *e)
{
	const struct observe *o = c->o;

	if (spool_write(o->spool, i, PLANE_TESTS, c->tests, e) ||
	    spool_write(o->spool, i, PLANE_VARIABILITY, c->variability, e))
		return -1;
	if (o->cloud.kelvin && spool_write(o->spool, i, PLANE_KELVIN, c->kelvin, e))
		return -1;
	return o->cloud.displaced ? spool_write(o->spool, i, PLANE_DISPLACED, c->displaced, e) : 0;
}

/* --- the scene --- */

static struct cloud_job cloud_job(const struct observe *o, int threads)
{
	const struct granule *g = o->granule;

	return (struct cloud_job){
		.spool = o->spool,
		.planes = { PLANE_TESTS, PLANE_VARIABILITY,
			    o->cloud.kelvin ? PLANE_KELVIN : CLOUD_NO_PLANE, PLANE_NIR, PLANE_SWIR1,
			    o->cloud.displaced ? PLANE_DISPLACED : CLOUD_NO_PLANE, PLANE_WHY },
		.grid = scene_grid(o->scene),
		.side = o->context->options->tile,
		.rect = o->work_rect,
		.region = o->work_region,
		.tiles = o->tiles,
		.tiles_nr = o->tiles_nr,
		.threads = threads,
		.sun_zenith = 90 - g->sun_elevation_deg,
		.sun_azimuth = g->sun_azimuth_deg,
		.view_zenith = g->view_zenith_deg,
		.view_azimuth = g->view_azimuth_deg,
		.limits = o->limits.cloud,
	};
}

size_t observe_cloud_bytes(const struct observe *o, int threads)
{
	struct cloud_job job = cloud_job(o, threads);

	return o->cloud.wanted ? cloud_bytes(&job) : 0;
}

int observe_cloud_run(struct observe *o, struct error *e)
{
	struct cloud_job job = cloud_job(o, o->threads);
	int ret = cloud_run(&job, e);

	o->cloud.found = job.found;
	return ret;
}

/* Temperature [0.01 K] of each stored value of a thermal band at Level-1; 0: none. */
static int make_kelvin(struct observe *o, struct error *e)
{
	const struct product_band *b = &o->granule->bands[ROLE_THERMAL];
	double kelvin;

	o->cloud.kelvin = calloc(OBSERVE_SUN_FACTORS, sizeof(*o->cloud.kelvin));
	if (!o->cloud.kelvin)
		return error_nomem(e, "a table of temperatures");
	for (int i = 0; i < OBSERVE_SUN_FACTORS; i++) {
		double radiance = (double)b->calib.gain * i + (double)b->calib.bias;

		if (i == b->calib.fill || !(radiance > 0))
			continue;
		kelvin = b->k2 / log(b->k1 / radiance + 1);
		if (kelvin > 100 && kelvin < 600)
			o->cloud.kelvin[i] = (uint16_t)nearbyint(kelvin * 100);
	}
	return 0;
}

static bool usable(const struct observe *o, enum role role)
{
	return !product_lacks(o->granule, role);
}

/* What a scene is asked for besides the six bands. */
static int choose_bands(struct observe *o, struct error *e)
{
	bool sentinel2 = !strncmp(o->product->mission, "S2", 2);

	if (usable(o, ROLE_CIRRUS))
		observe_add_role(o, ROLE_CIRRUS);
	o->cloud.displaced = sentinel2 && usable(o, ROLE_NIR_NARROW) && usable(o, ROLE_EDGE783);
	if (o->cloud.displaced) {
		observe_add_role(o, ROLE_NIR_NARROW);
		observe_add_role(o, ROLE_EDGE783);
	}
	if (!usable(o, ROLE_THERMAL) || !(o->granule->bands[ROLE_THERMAL].k1 > 0))
		return 0;
	observe_add_role(o, ROLE_THERMAL);
	return make_kelvin(o, e);
}

/* True if the product has a mask of clouds that is more than a hint. */
static bool has_clouds(const struct observe *o)
{
	if (!strncmp(o->product->mission, "S2", 2))
		return false;
	for (size_t i = 0; i < o->masks_nr; i++)
		for (size_t k = 0; k < o->masks[i].rules_nr; k++)
			if (o->masks[i].rules[k].reason & WHY_CLOUD)
				return true;
	return false;
}

int cloud_choose(struct observe *o, struct error *e)
{
	static const enum role six[] = { ROLE_BLUE, ROLE_GREEN, ROLE_RED,
					 ROLE_NIR,  ROLE_SWIR1, ROLE_SWIR2 };
	const char *masks = o->context->options->masks;
	bool asked = !strcmp(masks, "own") || !strcmp(masks, "both");
	bool possible = o->product->level == LEVEL_TOA && o->shore;

	for (size_t i = 0; i < 6; i++)
		possible &= usable(o, six[i]);
	if (asked && !possible)
		log_event(
			o->context->log, LOG_WARNING, CODE_WARNING_CLOUD_MASK,
			"%s: a cloud mask of our own needs the six bands of a Level-1 product; its own masks are taken",
			o->product->id);
	if (!possible || !(asked || (!strcmp(masks, "auto") && !has_clouds(o))))
		return 0;
	o->cloud.wanted = true;
	for (size_t i = 0; i < 6; i++)
		observe_add_role(o, six[i]);
	return choose_bands(o, e);
}
