/* SPDX-License-Identifier: Apache-2.0
 *
 * observe_quality.c - which quantities of the water an observation has, what bands they read, and the
 * numbers of one scene that they need.
 */
#include "pipeline/stage/observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/depths.h"
#include "pipeline/io/rayleigh.h"
#include "pipeline/stage/glint.h"

static bool takes_off_glint(const struct observe *o)
{
	return strcmp(o->context->options->glint, "none") != 0;
}

int observe_read_regression(struct observe *o, struct error *e)
{
	const char *text = o->context->options->regression;

	return text ? regression_read(&o->quality.regression, text, e) : 0;
}

/* --- rules --- */

int observe_add_quantity(struct observe *o, const char *layer, const char *algorithm,
			 struct error *e)
{
	struct observe_quality *q = &o->quality;
	const struct quantity_rule *rule = quantity_choose(o->product, o->granule, layer, algorithm,
							   strlen(algorithm), &q->regression, e);

	if (!rule)
		return -1;
	for (size_t i = 0; i < q->rules_nr; i++) {
		if (q->rules[i] == rule)
			return 0;
		if (!strcmp(q->rules[i]->layer, layer))
			return error_set(
				e, ERROR_USAGE,
				"--layers: %s:%s and %s:%s, where one algorithm is possible", layer,
				q->rules[i]->name, layer, rule->name);
	}
	if (q->rules_nr == QUANTITIES_MAX)
		return error_set(e, ERROR_USAGE, "--layers: more than %d quantities",
				 QUANTITIES_MAX);
	q->rules[q->rules_nr++] = rule;
	return 1;
}

/* --- bands --- */

static void add_once(enum role *roles, size_t *nr, enum role role)
{
	for (size_t i = 0; i < *nr; i++)
		if (roles[i] == role)
			return;
	roles[(*nr)++] = role;
}

static void add_role(struct observe *o, enum role role)
{
	struct observe_quality *q = &o->quality;

	observe_add_role(o, role);
	q->thermal |= role_is_thermal(role);
	if (!role_is_reflectance(role))
		return;
	add_once(q->roles, &q->roles_nr, role);
	add_once(q->bands, &q->bands_nr, role);
}

/* Flags, and what is taken off, want the infrared bands whatever the quantities are. */
static int require_colour(struct observe *o, struct error *e)
{
	static const enum role roles[] = { ROLE_RED, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2 };
	struct observe_quality *q = &o->quality;
	size_t n = takes_off_glint(o) ? 4 : 3;

	if (!q->colour)
		return 0;
	if (product_require(o->product, o->granule, roles, n,
			    n == 4 ? "the water's colour (--glint none does without swir2)"
				   : "the water's colour",
			    e))
		return -1;
	q->corrected = n == 4;
	add_role(o, ROLE_RED);
	add_role(o, ROLE_NIR);
	for (size_t i = 2; i < n; i++) {
		observe_add_role(o, roles[i]);
		add_once(q->bands, &q->bands_nr, roles[i]);
	}
	return 0;
}

/* Plants are told by the six bands of DSWE. */
static int require_plants(struct observe *o, struct error *e)
{
	const struct layer *layer = layer_find("vegetation");

	if (!o->quality.plants)
		return 0;
	if (!o->lake)
		return error_set(
			e, ERROR_USAGE,
			"--layers: vegetation needs --lake: by the spectrum alone reed is any "
			"green plant on wet ground");
	if (product_require(o->product, o->granule, layer->roles, layer->roles_nr,
			    "layer vegetation", e))
		return -1;
	for (size_t i = 0; i < layer->roles_nr; i++)
		observe_add_role(o, layer->roles[i]);
	return 0;
}

/* Heights of a band above a line tell of algae, and are summed up like quantities. */
static void choose_heights(struct observe *o)
{
	static const char *const layers[HEIGHTS_MAX] = { "fai", "afai", "mci" };

	for (size_t i = 0; i < HEIGHTS_MAX; i++)
		if (observe_has_layer(o, layers[i]))
			o->quality.heights[o->quality.heights_nr++] = index_rule_find(layers[i]);
}

int observe_choose_quality(struct observe *o, struct error *e)
{
	struct observe_quality *q = &o->quality;

	choose_heights(o);
	q->plants = observe_has_layer(o, "vegetation");
	q->colour = observe_has_layer(o, "quality");
	for (size_t i = 0; i < q->rules_nr; i++) {
		size_t nr;
		const enum role *roles = quantity_roles(q->rules[i], &q->regression, &nr);

		q->colour |= q->rules[i]->colour;
		for (size_t k = 0; k < nr; k++) {
			add_role(o, roles[k]);
			q->blends |= q->rules[i]->skill && roles[k] == ROLE_EDGE705;
		}
	}
	return require_colour(o, e) || require_plants(o, e) ? -1 : 0;
}

bool observe_has_quality(const struct observe *o)
{
	const struct observe_quality *q = &o->quality;

	return q->rules_nr || q->heights_nr || q->colour || q->plants;
}

/* --- the scene's numbers --- */

static void choose_glint(struct observe *o)
{
	const struct granule *g = o->granule;
	const float *l = o->wavelength_nm;
	bool direct = !strcmp(o->context->options->glint, "direct");
	struct glint_angles angles = { 90 - g->sun_elevation_deg, g->view_zenith_deg,
				       g->view_azimuth_deg - g->sun_azimuth_deg };
	double pressure = pressure_at(o->lake ? o->lake->elevation_m : 0);

	for (size_t i = 0; o->quality.corrected && i < o->quality.roles_nr; i++) {
		enum role role = o->quality.roles[i];
		double um = (double)l[role] / 1000, reference = (double)l[ROLE_SWIR1] / 1000;

		o->quality.glint[role] = direct ? glint_ratio(um, reference, angles, pressure) : 1;
	}
	o->quality.swir2_scale = 1;
	if (direct && o->quality.corrected)
		o->quality.swir2_scale =
			1 / glint_ratio((double)l[ROLE_SWIR2] / 1000, (double)l[ROLE_SWIR1] / 1000,
					angles, pressure);
}

/* Plants are looked for inside the outline itself, without its buffer, and where reed is known to grow. */
static int make_outline(struct observe *o, struct error *e)
{
	struct polygon area = { 0 }, reeds = { 0 };
	int ret = 0;

	if (!o->quality.plants)
		return 0;
	ret = lake_outline(o->lake, &o->target.crs, &area, e);
	if (!ret)
		ret = region_new(&o->quality.outline, &area, &o->target, e);
	if (!ret && o->lake->reeds.rings_nr)
		ret = lake_reeds(o->lake, &o->target.crs, &reeds, e);
	if (!ret && reeds.rings_nr)
		ret = region_new(&o->quality.reeds, &reeds, &o->target, e);
	polygon_release(&reeds);
	polygon_release(&area);
	return ret;
}

/* Where the sun is low or not known, neither its path through the water nor its mirror image is. */
#define SUN_LEAST_DEG 5.0

static int require_sun(const struct observe *o, struct error *e)
{
	bool direct = o->quality.corrected && !strcmp(o->context->options->glint, "direct");
	bool secchi = observe_has_layer(o, "secchi");

	if ((!direct && !secchi) || o->granule->sun_elevation_deg >= SUN_LEAST_DEG)
		return 0;
	return error_set(
		e, ERROR_DATA,
		"%s: %s needs the sun's elevation: %g degrees by the metadata, where %g is the "
		"least",
		o->product->id, direct ? "--glint direct" : "layer secchi",
		o->granule->sun_elevation_deg, SUN_LEAST_DEG);
}

/* A window that is cut would not be the one that item.json names. */
static int require_window(const struct observe *o, struct error *e)
{
	double most = WINDOW_SIDE_MAX * scene_grid(o->scene)->dx;

	if (!o->quality.colour || (double)o->limits.quality_window_m <= most)
		return 0;
	return error_set(e, ERROR_CONFIG,
			 "--set quality.window: %g m, where pixels of %g m allow %g at most",
			 (double)o->limits.quality_window_m, scene_grid(o->scene)->dx, most);
}

/* A map of depths that cannot be read is told before anything is computed. */
static int check_depths(const char *path, struct error *e)
{
	struct depths *d = NULL;
	int ret = depths_open(&d, path, e);

	depths_close(d);
	return ret;
}

int observe_quality_rules(struct observe *o, struct error *e)
{
	const char *bathymetry = o->context->options->bathymetry;

	if (o->quality.colour && bathymetry &&
	    (file_sha256(bathymetry, o->quality.bathymetry_sha256, e) ||
	     check_depths(bathymetry, e)))
		return -1;
	if (require_sun(o, e) || require_window(o, e))
		return -1;
	o->quality.sun_zenith_deg = (float)(90 - o->granule->sun_elevation_deg);
	choose_glint(o);
	return make_outline(o, e);
}

void observe_algorithms(const struct observe *o, char *text, size_t size)
{
	size_t at = 0;

	text[0] = 0;
	for (size_t i = 0; i < o->quality.rules_nr && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%s:%s", i ? ", " : "",
				       o->quality.rules[i]->layer, o->quality.rules[i]->name);
}

void observe_quality_release(struct observe_quality *q)
{
	quality_summary_free(q->summary);
	shallow_free(q->shallow);
	region_free(q->reeds);
	region_free(q->outline);
}
