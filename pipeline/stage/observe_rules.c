/* SPDX-License-Identifier: Apache-2.0
 *
 * observe_rules.c - the numbers of one scene: what hides the surface, the air, the sun, and what
 * must be read around a tile.
 */
#include "pipeline/stage/observe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/rayleigh.h"
#include "pipeline/stage/gaps.h"
#include "pipeline/stage/sharpen.h"

/* The scanner's line corrector of Landsat 7 failed on 31 May 2003: gaps ever since. */
#define SLC_OFF_TIME INT64_C(1054339200)

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

	return observe_has_role(o, ROLE_SWIR1) && cosine > cos(o->limits.glint_angle_deg * degree);
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
	o->sharpened = observe_has_role(o, ROLE_SWIR1) && observe_has_role(o, ROLE_NIR) &&
		       swir1->grid.dx == SHARPEN_RATIO * dx;
	o->cloud.displaced &= dx == 10 || dx == 20;
	if (o->gaps)
		o->halo = GAPS_HALO;
	if (o->sharpened)
		o->halo = larger(o->halo, SHARPEN_HALO);
	if (o->cloud.displaced)
		o->halo = larger(o->halo, cloud_cdi_halo((int32_t)dx));
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

static void choose_wavelengths(struct observe *o)
{
	for (size_t i = 0; i < o->roles_nr; i++)
		if (role_is_reflectance(o->roles[i]))
			o->wavelength_nm[o->roles[i]] =
				(float)o->granule->bands[o->roles[i]].band->wavelength_nm;
}

int observe_choose_rules(struct observe *o, struct error *e)
{
	if (choose_sun(o, e))
		return -1;
	choose_halo(o);
	choose_masks(o);
	choose_rayleigh(o);
	choose_sky(o);
	choose_wavelengths(o);
	o->tcw = choose_tcw(o);
	o->nir_first = o->granule->bands[ROLE_SWIR1].grid.dx > scene_grid(o->scene)->dx;
	return observe_quality_rules(o, e);
}
