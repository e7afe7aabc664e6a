/* SPDX-License-Identifier: Apache-2.0
 *
 * observe.c - one granule to one observation.
 */
#include "pipeline/stage/observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"
#include "pipeline/io/result.h"
#include "pipeline/space/crs.h"
#include "pipeline/stage/grow.h"
#include "pipeline/stage/quality.h"
#include "pipeline/stage/quality_pack.h"
#include "pipeline/stage/scene_item.h"
#include "pipeline/stage/target.h"

/* What the program itself, its libraries and their tables take [bytes]; measured, rounded up. */
#define FIXED_BYTES ((size_t)96 << 20)

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
	struct rect crop, lake;

	if (mapping_new(&o->mapping, &target->full, work, e))
		return -1;
	crop = target_crop(&target->full, mapping_target_rect(o->mapping));
	o->target = grid_crop(&target->full, crop);
	if (!rect_empty(crop) && o->lake && make_region(o->lake, &o->target, &o->target_region, e))
		return -1;
	lake = rect_empty(crop) ? crop : region_bounds(o->target_region, grid_rect(&o->target));
	if (rect_empty(lake))
		return error_set(e, ERROR_OUTSIDE, "%s does not overlap %s", o->product->id,
				 o->lake ? o->lake->name : "the extent asked for");
	if (o->lake && make_region(o->lake, work, &o->work_region, e))
		return -1;
	mapping_crop(o->mapping, crop);
	o->work_rect = mapping_source_rect(o->mapping, grid_rect(&o->target));
	return 0;
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
		classify_bytes, observe_cloud_bytes, threshold_bytes, settle_bytes,
		fraction_bytes, shallow_bytes,	     quality_bytes,   warp_bytes,
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
	log_event(o->context->log, LOG_INFO, CODE_STAGE_START, "%s: %d thread(s), up to %zu MiB",
		  o->product->id, o->threads, need >> 20);
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
		[PLANE_GROUNDS] = { sizeof(uint8_t), 0 },
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
	planes[PLANE_QUALITY].pixel_size = observe_has_quality(o) ? sizeof(uint8_t) : 0;
	planes[PLANE_THERMAL].pixel_size = o->quality.thermal ? sizeof(uint16_t) : 0;
	for (size_t i = 0; i < o->quality.bands_nr; i++)
		if (quality_plane(o, i) == PLANE_BAND + i)
			planes[PLANE_BAND + i].pixel_size = sizeof(uint16_t);
	planes[PLANE_PLANTS].pixel_size = o->quality.plants ? sizeof(uint8_t) : 0;
	for (size_t i = 0; i < o->indices_nr; i++)
		planes[PLANE_INDEX + i].pixel_size = sizeof(int16_t);
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		planes[PLANE_QUANTITY + i].pixel_size = sizeof(uint16_t);
	return spool_open(&o->spool, output_folder(o->output), scene_grid(o->scene),
			  o->context->options->tile, planes, PLANES_NR, e);
}

static int open_output(struct observe *o, const char *folder, const char *unit, struct error *e)
{
	char time[UTC_TEXT], algorithms[400];
	struct geotiff_item items[] = {
		{ "ACQUIRED", time },
		{ "PRODUCT", o->product->id },
		{ "CREDIT", o->product->sensor->credit },
		{ "ALGORITHMS", algorithms },
	};
	struct output_spec spec = {
		.context = o->context,
		.target = folder,
		.unit = unit,
		.grid = o->target,
		.layers = o->layers,
		.layers_nr = o->layers_nr,
		.items = items,
		.items_nr = sizeof(items) / sizeof(items[0]) - !o->quality.rules_nr,
	};

	utc_format(o->product->time, time);
	observe_algorithms(o, algorithms, sizeof(algorithms));
	if (output_open(&o->output, &spec, e) || open_spool(o, e) ||
	    area_new(&o->area, &o->target, AREA_NR, e) ||
	    (observe_has_quality(o) && quality_summary_new(&o->quality.summary, o, e)) ||
	    (o->quicklook && thumbnail_init(&o->thumbnail, scene_grid(o->scene), e)) ||
	    footprint_new(&o->footprint, &o->target, e))
		return -1;
	return 0;
}

/* What the product itself shows at a pixel of the target. */
static void backdrop_colour(const void *user, int32_t x, int32_t y, uint8_t rgb[3])
{
	const struct observe *o = user;
	int32_t sx = 0, sy = 0;

	mapping_row(o->mapping, x, y, 1, 0, 0, &sx, &sy);
	thumbnail_at(&o->thumbnail, (sx + 32768) >> 16, (sy + 32768) >> 16, rgb);
}

/* Say it if the pixels of a Sentinel-2 product contradict its offset, unless the user has decided. */
static void doubt_offset(struct observe *o)
{
	bool subtracted = o->granule->bands[ROLE_SWIR2].offset < 0;

	if (!o->doubted)
		return;
	o->doubt = darkness_judge(&o->darkness, subtracted);
	if (o->doubt)
		log_event(o->context->log, LOG_WARNING, CODE_WARNING_OFFSET, "%s: %s",
			  o->product->id, o->doubt);
}

/* One pass; its time is told by its name. */
static int pass(struct observe *o, int (*run)(struct observe *o, struct error *e), const char *name,
		struct error *e)
{
	int ret = run(o, e);

	timing_lap(o->context->timing, name);
	return ret;
}

/* The passes between decoding and writing. */
static int map_water(struct observe *o, struct error *e)
{
	if (o->cloud.wanted && pass(o, observe_cloud_run, "cloud", e))
		return -1;
	if (o->method_plane && pass(o, threshold_run, "threshold", e))
		return -1;
	if (pass(o, settle_run, "settle", e))
		return -1;
	if (o->shore &&
	    (pass(o, endmembers_run, "endmembers", e) || pass(o, fraction_run, "fraction", e)))
		return -1;
	if (o->quality.colour && pass(o, shallow_run, "shallow", e))
		return -1;
	return pass(o, quality_run, "quality", e);
}

static int compute(struct observe *o, struct error *e)
{
	const struct output_backdrop backdrop = { backdrop_colour, o };
	const struct output_picture picture = { 0, &backdrop };

	if (classify_plan(o, e) || fit_memory(o, e))
		return -1;
	timing_lap(o->context->timing, "open");
	if (pass(o, classify_run, "classify", e))
		return -1;
	doubt_offset(o);
	if (map_water(o, e) || pass(o, warp_run, "warp", e) ||
	    output_finish(o->output, o->quicklook ? &picture : NULL, e) ||
	    (o->quality.summary && quality_summary_write(o->quality.summary, o, e)))
		return -1;
	timing_lap(o->context->timing, "overviews");
	log_event(o->context->log, LOG_DEBUG, CODE_STAGE_BLOCKS,
		  "%s: %zu of %zu blocks decoded, each once", o->product->id,
		  scene_blocks_decoded(o->scene), scene_blocks_planned(o->scene));
	return 0;
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
	timing_lap(o->context->timing, "publish");
	return ret;
}

/* Make the observation at folder unless it stands there already. */
static int make(struct observe *o, const struct target *target, const char *id, const char *folder,
		struct error *e)
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
	if (open_output(o, folder, unit, e) || compute(o, e))
		goto out;
	properties = scene_properties(o, &target->full, unit, inputs, options);
	ret = publish(o, id, properties, e);
out:
	json_decref(properties);
	json_decref(options);
	json_decref(inputs);
	return ret;
}

void observe_release(struct observe *o)
{
	footprint_free(o->footprint);
	area_free(o->area);
	output_free(o->output);
	grow_free(o->grow);
	spool_free(o->spool);
	thumbnail_release(&o->thumbnail);
	observe_quality_release(&o->quality);
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

int observe_open(struct observe *o, struct target *target, struct error *e)
{
	const struct context *c = o->context;

	if (observe_choose_bands(o, e) || target_grid(c->options, o->lake, o->granule, target, e) ||
	    scene_new(&o->scene, o->granule, target->full.dx, o->roles, o->roles_nr, c->timing,
		      e) ||
	    choose_grid(o, target, e))
		return -1;
	o->doubted =
		!strncmp(o->product->mission, "S2", 2) && !strcmp(c->options->offset, "product");
	return observe_choose_rules(o, e) || make_outlines(o, e) || make_reeds(o, e) ? -1 : 0;
}

int observe_granule(const struct context *context, const struct product *product,
		    const struct granule *granule, bool half, const struct lake *lake,
		    struct error *e)
{
	struct observe o = {
		.context = context, .product = product, .granule = granule, .lake = lake
	};
	struct target target;
	char *folder = NULL;
	char id[256];
	int ret = -1;

	if (observe_open(&o, &target, e))
		goto out;
	if (choose_folder(&o, &target, half, id, sizeof(id), &folder, e))
		goto out;
	ret = make(&o, &target, id, folder, e);
	if (!ret)
		printf("%s\n", folder);
out:
	free(folder);
	observe_release(&o);
	return ret;
}
