/* SPDX-License-Identifier: Apache-2.0
 *
 * observe.c - one granule to one observation.
 */
#include "pipeline/stage/observe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/rayleigh.h"
#include "pipeline/io/result.h"
#include "pipeline/space/crs.h"
#include "pipeline/stage/gaps.h"
#include "pipeline/stage/cloud_row.h"
#include "pipeline/stage/scene_item.h"
#include "pipeline/stage/sharpen.h"
#include "pipeline/stage/target.h"

/* What the program itself, its libraries and their tables take [bytes]; measured, rounded up. */
#define FIXED_BYTES ((size_t)96 << 20)

static const char default_layers[] = "water,fraction,why,quicklook";

/* The scanner's line corrector of Landsat 7 failed on 31 May 2003: gaps ever since. */
#define SLC_OFF_TIME INT64_C(1054339200)

static bool has_role(const struct observe *o, enum role role)
{
	for (size_t i = 0; i < o->roles_nr; i++)
		if (o->roles[i] == role)
			return true;
	return false;
}

void observe_add_role(struct observe *o, enum role role)
{
	if (!has_role(o, role))
		o->roles[o->roles_nr++] = role;
}

/* --- which layers, which bands --- */

static int add_layer(struct observe *o, const char *name, bool *quicklook, struct error *e)
{
	const struct index_rule *rule = index_rule_find(name);
	bool basic = !strcmp(name, "water") || !strcmp(name, "fraction") || !strcmp(name, "why");

	if (!strcmp(name, "quicklook")) {
		*quicklook = true;
		return 0;
	}
	if (!rule && !basic)
		return error_set(e, ERROR_USAGE, "--layers: there is no layer \"%s\" of a scene",
				 name);
	for (size_t i = 0; i < o->layers_nr; i++)
		if (!strcmp(o->layers[i]->name, name))
			return 0;
	if (o->layers_nr == OBSERVE_LAYERS_MAX)
		return error_set(e, ERROR_USAGE, "--layers: more than %d layers",
				 OBSERVE_LAYERS_MAX);
	o->layers[o->layers_nr++] = layer_find(name);
	if (rule)
		o->indices[o->indices_nr++] = rule;
	return 0;
}

/* Water is always made: everything else refers to it. */
static int choose_layers(struct observe *o, bool *quicklook, struct error *e)
{
	const char *list = o->context->options->layers;
	char *copy = strdup(list ? list : default_layers), *rest = copy, *name;
	int ret = copy ? add_layer(o, "water", quicklook, e) : error_nomem(e, "the list of layers");

	while (!ret && (name = strsep(&rest, ",")))
		ret = add_layer(o, name, quicklook, e);
	free(copy);
	return ret;
}

/* --- the method --- */

bool observe_is_layer_role(const struct observe *o, enum role role)
{
	for (size_t i = 0; i < o->layers_nr; i++)
		for (size_t k = 0; k < o->layers[i]->roles_nr; k++)
			if (o->layers[i]->roles[k] == role)
				return true;
	return false;
}

bool observe_is_water_role(const struct observe *o, enum role role)
{
	for (size_t i = 0; i < o->water_roles_nr; i++)
		if (o->water_roles[i] == role)
			return true;
	return false;
}

static void add_water_role(struct observe *o, enum role role)
{
	if (!observe_is_water_role(o, role))
		o->water_roles[o->water_roles_nr++] = role;
	observe_add_role(o, role);
}

static bool can_do(const struct granule *g, const struct method *m)
{
	for (size_t i = 0; i < m->roles_nr; i++)
		if (product_lacks(g, m->roles[i]))
			return false;
	return true;
}

/* Say which methods are possible where the one that was asked for is not. */
static int suggest_methods(const struct observe *o, struct error *e)
{
	const struct method *m;
	size_t at = strlen(e->text);
	const char *separator = "; its bands allow --method ";

	for (size_t i = 0; (m = method_at(i)) && at < sizeof(e->text); i++)
		if (can_do(o->granule, m)) {
			at += (size_t)snprintf(e->text + at, sizeof(e->text) - at, "%s%s",
					       separator, m->name);
			separator = ", ";
		}
	return -1;
}

/* Does the method see the bands that fractions are made of? */
static bool sees_shore(const struct method *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->roles_nr; i++)
		n += m->roles[i] == ROLE_NIR || m->roles[i] == ROLE_SWIR1 ||
		     m->roles[i] == ROLE_SWIR2;
	return n == FRACTION_BANDS;
}

static int require_method(struct observe *o, struct error *e)
{
	const struct method *m = o->choice.method;
	char purpose[80];

	snprintf(purpose, sizeof(purpose), "method %s", m->name);
	if (product_require(o->product, o->granule, m->roles, m->roles_nr, purpose, e))
		return suggest_methods(o, e);
	for (size_t i = 0; i < m->roles_nr; i++)
		add_water_role(o, m->roles[i]);
	return 0;
}

static int require_shore(struct observe *o, struct error *e)
{
	static const enum role roles[FRACTION_BANDS] = { ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2 };

	o->shore = sees_shore(o->choice.method);
	for (size_t i = 0; i < o->layers_nr; i++)
		o->shore |= !strcmp(o->layers[i]->name, "fraction");
	if (!o->shore)
		return 0;
	if (product_require(o->product, o->granule, roles, FRACTION_BANDS,
			    "layer fraction (other --layers do without)", e))
		return -1;
	for (size_t i = 0; i < FRACTION_BANDS; i++)
		add_water_role(o, roles[i]);
	return 0;
}

/* The index whose threshold the scene gives has a plane of its own, or that of its layer. */
static int choose_threshold(struct observe *o, struct error *e)
{
	if (!o->choice.method->index)
		return 0;
	o->index = index_rule_find(o->choice.method->index);
	if (o->choice.threshold == THRESHOLD_FIXED)
		return 0;
	for (size_t i = 0; i < o->indices_nr; i++)
		if (o->indices[i] == o->index)
			o->method_plane = PLANE_INDEX + i;
	if (o->method_plane)
		return 0;
	if (o->indices_nr == OBSERVE_INDICES_MAX)
		return error_set(e, ERROR_USAGE, "--layers: too many for --method %s:%s",
				 o->choice.method->name, threshold_name(o->choice.threshold));
	o->method_plane = PLANE_INDEX + o->indices_nr;
	o->indices[o->indices_nr++] = o->index;
	return 0;
}

/*
 * Weights of the wetness: those for surface reflectance, unless the air is still in it and weights
 * for that are published for the sensor.
 */
static struct tcw choose_tcw(const struct observe *o)
{
	const char *sensor = o->product->sensor->name;

	if (o->product->level != LEVEL_TOA || o->toa)
		return TCW_CRIST;
	if (!strcmp(sensor, "ETM+"))
		return TCW_HUANG;
	return !strcmp(sensor, "OLI") ? TCW_BAIG : TCW_CRIST;
}

/* What each sort of layer is made of beside water. */
static int require_layer(struct observe *o, const struct layer *layer, struct error *e)
{
	char purpose[80];

	if (!index_rule_find(layer->name))
		return 0;
	snprintf(purpose, sizeof(purpose), "layer %s", layer->name);
	if (product_require(o->product, o->granule, layer->roles, layer->roles_nr, purpose, e))
		return -1;
	for (size_t i = 0; i < layer->roles_nr; i++)
		observe_add_role(o, layer->roles[i]);
	return 0;
}

/* A role that is read only for what it says of others: absent it is no error, broken it is. */
static int add_helper(struct observe *o, enum role role, struct error *e)
{
	if (product_require(o->product, o->granule, &role, 1, "masks", e))
		return -1;
	observe_add_role(o, role);
	return 0;
}

/* Masks say where there is no data even where their clouds are not wanted. */
static int choose_mask_roles(struct observe *o, struct error *e)
{
	for (enum role role = 0; role < ROLE_NR; role++) {
		struct observe_mask *m = &o->masks[o->masks_nr];

		if (!o->granule->bands[role].path)
			continue;
		m->role = role;
		m->rules_nr = mask_rules(o->product->sensor, role, m->rules);
		if (m->rules_nr && add_helper(o, role, e))
			return -1;
		o->masks_nr += m->rules_nr > 0;
	}
	return o->granule->sun == SUN_PIXEL ? add_helper(o, ROLE_SUN_ZENITH, e) : 0;
}

static void choose_picture(struct observe *o)
{
	static const enum role rgb[3] = { ROLE_RED, ROLE_GREEN, ROLE_BLUE };

	for (size_t i = 0; i < 3; i++)
		o->picture[i] = has_role(o, rgb[i]) ? rgb[i] : ROLE_GREEN;
}

static int choose_roles(struct observe *o, struct error *e)
{
	if (require_method(o, e) || require_shore(o, e) || choose_threshold(o, e))
		return -1;
	for (size_t i = 0; i < o->layers_nr; i++)
		if (require_layer(o, o->layers[i], e))
			return -1;
	return choose_mask_roles(o, e) || cloud_choose(o, e) ? -1 : 0;
}

/* --- rules of this scene --- */

/*
 * Which reasons hide the surface.  Snow makes ice in the lake's season of ice, by the product's
 * mask or by the spectrum; where there is no lake, whenever the product says so; for a lake
 * without a season never.
 */
static void choose_masks(struct observe *o)
{
	const struct lake *lake = o->lake;
	const struct method *method = o->choice.method;
	struct mask_limits *l = &o->mask_limits;

	if (strcmp(o->context->options->masks, "none") == 0)
		return;
	l->hide = WHY_CLOUDY | WHY_SHADOWED | WHY_VEILED;
	if (o->cloud.wanted && strcmp(o->context->options->masks, "own") == 0)
		l->hide = WHY_CLOUD_OWN | WHY_DILATED_OWN | WHY_SHADOW_OWN | WHY_CIRRUS_OWN;
	l->above = method->cloud_above_ice ? l->hide : WHY_CLOUD | WHY_CLOUD_OWN;
	l->rescue = method->rescues;
	if (!lake || method->cloud_above_ice)
		l->ice = WHY_SNOW;
	else if (lake->season_from && !lake_in_season(lake, o->product->time))
		l->ice = WHY_SNOW | WHY_ICE;
}

/*
 * Sun glint is possible where the sensor looks near the mirrored sun: the angle between them, by
 * the scene's mean angles, is T, cos T = cos s cos v - sin s sin v cos(difference of azimuths).
 */
static bool may_glint(const struct observe *o)
{
	const struct granule *g = o->granule;
	double degree = acos(-1.0) / 180.0;
	double s = (90 - g->sun_elevation_deg) * degree, v = g->view_zenith_deg * degree;
	double apart = (g->view_azimuth_deg - g->sun_azimuth_deg) * degree;
	double cosine = cos(s) * cos(v) - sin(s) * sin(v) * cos(apart);

	return has_role(o, ROLE_SWIR1) && cosine > cos(o->limits.glint_angle_deg * degree);
}

static void choose_sky(struct observe *o)
{
	o->glint = may_glint(o);
	if (o->granule->sun_elevation_deg < o->limits.low_sun_deg)
		o->everywhere = WHY_LOW_SUN;
}

static void choose_rayleigh(struct observe *o)
{
	const struct granule *g = o->granule;
	double pressure = pressure_at(o->lake ? o->lake->elevation_m : 0);

	o->toa = o->product->level == LEVEL_TOA &&
		 strcmp(o->context->options->rayleigh, "none") != 0;
	for (size_t i = 0; o->toa && i < o->roles_nr; i++) {
		enum role role = o->roles[i];

		if (role_is_reflectance(role))
			o->rayleigh[role] =
				rayleigh_for(g->bands[role].band->wavelength_nm / 1000,
					     90 - g->sun_elevation_deg, g->view_zenith_deg,
					     g->view_azimuth_deg - g->sun_azimuth_deg, pressure);
	}
}

/*
 * Calibration has the sine of the scene's mean elevation in it; the pixel's
 * factor makes that the cosine of its own zenith angle.  Values are hundredths of
 * a degree plus 32768 (enum sample); 0 is fill, and below a degree of
 * elevation nothing is measured: the mean stays.  Multiples of 2^-20: libm's last bits cannot show.
 */
static int choose_sun(struct observe *o, struct error *e)
{
	double degree = acos(-1.0) / 180.0, mean = sin(o->granule->sun_elevation_deg * degree);

	if (o->granule->sun != SUN_PIXEL)
		return 0;
	o->sun = malloc(OBSERVE_SUN_FACTORS * sizeof(*o->sun));
	if (!o->sun)
		return error_nomem(e, "a table of sun angles");
	for (int i = 0; i < OBSERVE_SUN_FACTORS; i++) {
		int zenith = i - 32768;
		double factor = 1.0;

		if (zenith > 0 && zenith < 8900)
			factor = mean / cos(zenith * 0.01 * degree);
		o->sun[i] = (float)ldexp(nearbyint(ldexp(factor, 20)), -20);
	}
	return 0;
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* What is asked of the pixels around a tile, which depends on the working grid. */
static void choose_halo(struct observe *o)
{
	double dx = scene_grid(o->scene)->dx;
	const struct product_band *swir1 = &o->granule->bands[ROLE_SWIR1];

	o->gaps = !strcmp(o->product->sensor->name, "ETM+") && o->product->time >= SLC_OFF_TIME;
	o->sharpened = has_role(o, ROLE_SWIR1) && has_role(o, ROLE_NIR) &&
		       swir1->grid.dx == SHARPEN_RATIO * dx;
	o->cloud.displaced &= dx == 10 || dx == 20;
	if (o->gaps)
		o->halo = GAPS_HALO;
	if (o->sharpened)
		o->halo = larger(o->halo, SHARPEN_HALO);
	if (o->cloud.displaced)
		o->halo = larger(o->halo, cloud_cdi_halo((int32_t)dx));
}

/* --- where --- */

static int make_region(const struct lake *lake, const struct grid *grid, struct region **out,
		       struct error *e)
{
	struct polygon area = { 0 };
	int ret = lake_area(lake, &grid->crs, &area, e);

	if (!ret)
		ret = region_new(out, &area, grid, e);
	polygon_release(&area);
	return ret;
}

/* Where partial water is believed on its spectrum alone. */
static int make_reeds(struct observe *o, struct error *e)
{
	const struct grid *work = scene_grid(o->scene);
	struct polygon area = { 0 };
	int ret = 0;

	if (!o->lake || !o->lake->reeds.rings_nr || !o->choice.method->partial_shore)
		return 0;
	ret = lake_reeds(o->lake, &work->crs, &area, e);
	if (!ret)
		ret = region_new(&o->reeds, &area, work, e);
	polygon_release(&area);
	return ret;
}

/* Cloud outlines, which the product has in the granule's CRS, on the working grid. */
static int make_outlines(struct observe *o, struct error *e)
{
	const struct granule *g = o->granule;
	const struct grid *work = scene_grid(o->scene);

	if (g->opaque.rings_nr && region_new(&o->opaque, &g->opaque, work, e))
		return -1;
	return g->cirrus.rings_nr ? region_new(&o->cirrus, &g->cirrus, work, e) : 0;
}

/* Crop the full grid to what the scene covers of the lake, and map it to the working grid. */
static int choose_grid(struct observe *o, const struct target *target, struct error *e)
{
	const struct grid *work = scene_grid(o->scene);
	struct mapping *whole = NULL;
	struct rect crop, lake;
	int ret = -1;

	if (mapping_new(&whole, &target->full, work, e))
		goto out;
	crop = target_crop(&target->full, mapping_target_rect(whole));
	o->target = grid_crop(&target->full, crop);
	if (!rect_empty(crop) && o->lake && make_region(o->lake, &o->target, &o->target_region, e))
		goto out;
	lake = rect_empty(crop) ? crop : region_bounds(o->target_region, grid_rect(&o->target));
	if (rect_empty(lake)) {
		error_set(e, ERROR_NOINPUT, "%s does not overlap %s", o->product->id,
			  o->lake ? o->lake->name : "the extent asked for");
		goto out;
	}
	if (o->lake && make_region(o->lake, work, &o->work_region, e))
		goto out;
	if (mapping_new(&o->mapping, &o->target, work, e))
		goto out;
	o->work_rect = mapping_source_rect(o->mapping, grid_rect(&o->target));
	ret = 0;
out:
	mapping_free(whole);
	return ret;
}

/* --- the run --- */

/* The data strip is part of the id of a half tile only. */
static void observation_id(const struct observe *o, const struct target *target, bool half,
			   char *id, size_t size)
{
	const struct granule *g = o->granule;

	snprintf(id, size, "%s%s%s%s%s%s", g->id, half ? "_" : "", half ? g->datastrip : "",
		 o->lake ? "_" : "", o->lake ? o->lake->name : "", target->suffix);
}

/* True if a result stands there that was made of another data strip of the same overpass. */
static bool is_other_half(const struct observe *o, const char *folder)
{
	struct error ignored;
	struct result *r = NULL;
	const char *strip;
	bool other;

	if (!o->granule->datastrip[0] || result_open(&r, folder, &ignored))
		return false;
	strip = json_string_value(
		json_object_get(json_object_get(r->item, "properties"), "balkhash:datastrip"));
	other = strip && strcmp(strip, o->granule->datastrip) != 0 &&
		!strcmp(r->datatake, o->product->datatake);
	result_free(r);
	return other;
}

/* The observation's id, and its folder, to be freed: of its own if the other half has taken the plain one. */
static int choose_folder(const struct observe *o, const struct target *target, bool half, char *id,
			 size_t size, char **folder, struct error *e)
{
	observation_id(o, target, half, id, size);
	*folder = path_join(o->context->options->output, id);
	if (*folder && !half && is_other_half(o, *folder)) {
		free(*folder);
		observation_id(o, target, true, id, size);
		*folder = path_join(o->context->options->output, id);
	}
	return *folder ? 0 : error_nomem(e, "a path");
}

/* As many of the threads asked for as the memory allows; results do not depend on it. */
static int fit_memory(struct observe *o, struct error *e)
{
	static size_t (*const passes[])(const struct observe *o, int threads) = {
		classify_bytes, observe_cloud_bytes, threshold_bytes,
		settle_bytes,	fraction_bytes,	     warp_bytes,
	};
	const struct options *options = o->context->options;
	size_t need = 0;

	for (o->threads = options->threads; o->threads > 0; o->threads--) {
		size_t most = 0;

		for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
			size_t bytes = passes[i](o, o->threads);

			most = bytes > most ? bytes : most;
		}
		need = FIXED_BYTES + most;
		if (need <= options->memory)
			break;
	}
	if (!o->threads)
		return error_set(e, ERROR_CONFIG, "%s needs --memory %zuM at least", o->product->id,
				 (need >> 20) + 1);
	log_say(o->context->log, LOG_INFO, "%s: %d thread(s), up to %zu MiB", o->product->id,
		o->threads, need >> 20);
	return 0;
}

static int open_spool(struct observe *o, struct error *e)
{
	struct spool_plane planes[SPOOL_PLANES_MAX] = {
		[PLANE_EVIDENCE] = { sizeof(uint8_t), 0 },
		[PLANE_WHY] = { sizeof(uint32_t), 0 },
		[PLANE_NIR] = { sizeof(uint16_t), 0 },
		[PLANE_SWIR1] = { sizeof(uint16_t), 0 },
		[PLANE_SWIR2] = { sizeof(uint16_t), 0 },
		[PLANE_WATER] = { sizeof(uint8_t), WATER_NODATA },
		[PLANE_MARKS] = { sizeof(uint8_t), 0 },
		[PLANE_CLASS] = { sizeof(uint8_t), WATER_NODATA },
		[PLANE_FRACTION] = { sizeof(uint8_t), FRACTION_NODATA },
	};

	if (o->cloud.wanted) {
		planes[PLANE_TESTS].pixel_size = sizeof(uint8_t);
		planes[PLANE_VARIABILITY].pixel_size = sizeof(uint8_t);
		planes[PLANE_KELVIN].pixel_size = o->cloud.kelvin ? sizeof(uint16_t) : 0;
		planes[PLANE_DISPLACED].pixel_size = o->cloud.displaced ? sizeof(uint8_t) : 0;
	}
	for (size_t i = 0; i < o->indices_nr; i++)
		planes[PLANE_INDEX + i] = (struct spool_plane){ sizeof(int16_t), 0 };
	return spool_open(&o->spool, output_folder(o->output), scene_grid(o->scene),
			  o->context->options->tile, planes, PLANE_INDEX + o->indices_nr, e);
}

static int open_output(struct observe *o, const char *folder, const char *unit, struct error *e)
{
	char time[UTC_TEXT];
	struct geotiff_item items[] = {
		{ "ACQUIRED", time },
		{ "PRODUCT", o->product->id },
		{ "CREDIT", o->product->sensor->credit },
	};
	struct output_spec spec = {
		.context = o->context,
		.target = folder,
		.unit = unit,
		.grid = o->target,
		.layers = o->layers,
		.layers_nr = o->layers_nr,
		.items = items,
		.items_nr = sizeof(items) / sizeof(items[0]),
	};

	utc_format(o->product->time, time);
	if (output_open(&o->output, &spec, e) || open_spool(o, e) ||
	    area_new(&o->area, &o->target, AREA_NR, e) ||
	    thumbnail_init(&o->thumbnail, scene_grid(o->scene), e) ||
	    footprint_new(&o->footprint, &o->target, e))
		return -1;
	return 0;
}

/* What the product itself shows at a pixel of the target. */
static void backdrop_colour(const void *user, int32_t x, int32_t y, uint8_t rgb[3])
{
	const struct observe *o = user;
	int32_t sx, sy;

	mapping_row(o->mapping, x, y, 1, 0, 0, &sx, &sy);
	thumbnail_at(&o->thumbnail, (sx + 32768) >> 16, (sy + 32768) >> 16, rgb);
}

/* Say it if the pixels of a Sentinel-2 product contradict its offset, unless the user has decided. */
static void doubt_offset(struct observe *o)
{
	bool subtracted = o->granule->bands[ROLE_SWIR2].offset < 0;

	if (strncmp(o->product->mission, "S2", 2) ||
	    strcmp(o->context->options->offset, "product") != 0)
		return;
	o->doubt = darkness_judge(&o->darkness, subtracted);
	if (o->doubt)
		log_say(o->context->log, LOG_WARNING, "%s: %s", o->product->id, o->doubt);
}

/* The passes between decoding and writing. */
static int map_water(struct observe *o, struct error *e)
{
	if (o->cloud.wanted && observe_cloud_run(o, e))
		return -1;
	if (o->method_plane && threshold_run(o, e))
		return -1;
	if (settle_run(o, e))
		return -1;
	return o->shore && (endmembers_run(o, e) || fraction_run(o, e)) ? -1 : 0;
}

static int compute(struct observe *o, bool quicklook, struct error *e)
{
	const struct output_backdrop backdrop = { backdrop_colour, o };

	if (classify_plan(o, e) || fit_memory(o, e) || classify_run(o, e))
		return -1;
	doubt_offset(o);
	if (map_water(o, e) || warp_run(o, e) || output_finish(o->output, e))
		return -1;
	log_say(o->context->log, LOG_DEBUG, "%s: %zu of %zu blocks decoded, each once",
		o->product->id, scene_blocks_decoded(o->scene), scene_blocks_planned(o->scene));
	return quicklook ? output_quicklook(o->output, 0, &backdrop, e) : 0;
}

static int publish(struct observe *o, const char *id, json_t *properties, struct error *e)
{
	const char *source = o->product->id;
	struct polygon footprint = { 0 };
	struct item item = {
		.kind = "observation",
		.id = id,
		.time = o->product->time,
		.time_end = o->product->time,
		.footprint = &footprint,
		.properties = properties,
		.derived_from = &source,
		.derived_from_nr = 1,
	};
	int ret = footprint_polygon(o->footprint, &footprint, e);

	if (!ret)
		ret = output_publish(o->output, &item, e);
	polygon_release(&footprint);
	return ret;
}

/* Make the observation at folder unless it stands there already. */
static int make(struct observe *o, const struct target *target, const char *id, const char *folder,
		bool quicklook, struct error *e)
{
	json_t *inputs = scene_inputs(o, e), *options = scene_options(o), *properties = NULL;
	char unit[SHA256_HEX];
	bool needed = false;
	int ret = -1;

	if (!inputs || item_unit(inputs, options, unit, e) ||
	    output_needed(o->context, folder, unit, &needed, e))
		goto out;
	ret = 0;
	if (!needed)
		goto out;
	ret = -1;
	if (open_output(o, folder, unit, e) || compute(o, quicklook, e))
		goto out;
	properties = scene_properties(o, &target->full, unit, inputs, options);
	ret = publish(o, id, properties, e);
out:
	json_decref(properties);
	json_decref(options);
	json_decref(inputs);
	return ret;
}

static void observe_release(struct observe *o)
{
	footprint_free(o->footprint);
	area_free(o->area);
	output_free(o->output);
	spool_free(o->spool);
	thumbnail_release(&o->thumbnail);
	free(o->tiles);
	mapping_free(o->mapping);
	region_free(o->reeds);
	region_free(o->cirrus);
	region_free(o->opaque);
	free(o->cloud.kelvin);
	free(o->sun);
	region_free(o->work_region);
	region_free(o->target_region);
	scene_free(o->scene);
}

int observe_granule(const struct context *context, const struct product *product,
		    const struct granule *granule, bool half, const struct lake *lake,
		    struct error *e)
{
	struct observe o = {
		.context = context, .product = product, .granule = granule, .lake = lake
	};
	struct target target;
	bool quicklook = false;
	char *folder = NULL;
	char id[256];
	int ret = -1;

	if (method_read(&o.choice, context->options->method, e) ||
	    limits_read(&o.limits, &context->options->limits, e) ||
	    choose_layers(&o, &quicklook, e) || choose_roles(&o, e) ||
	    target_grid(context->options, lake, granule, &target, e) ||
	    scene_new(&o.scene, granule, target.full.dx, o.roles, o.roles_nr, e) ||
	    choose_grid(&o, &target, e))
		goto out;
	if (choose_sun(&o, e) || make_outlines(&o, e) || make_reeds(&o, e))
		goto out;
	choose_halo(&o);
	choose_masks(&o);
	choose_rayleigh(&o);
	choose_picture(&o);
	choose_sky(&o);
	o.tcw = choose_tcw(&o);
	o.nir_first = granule->bands[ROLE_SWIR1].grid.dx > scene_grid(o.scene)->dx;
	if (choose_folder(&o, &target, half, id, sizeof(id), &folder, e))
		goto out;
	ret = make(&o, &target, id, folder, quicklook, e);
	if (!ret)
		printf("%s\n", folder);
out:
	free(folder);
	observe_release(&o);
	return ret;
}
