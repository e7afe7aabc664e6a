/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_bands.c - the bands and masks of a Landsat product, and what their numbers mean.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/landsat_internal.h"

#define PI 3.14159265358979323846

/* No factor of any product comes near it; what is larger would not survive the kernels' floats. */
#define FACTOR_MAX 1e6

/* What the metadata says of each band. */
enum number {
	TOA_MULT, /* Level-1 reflectance before the sun's angle */
	TOA_ADD,
	SURFACE_MULT, /* Level-2 reflectance */
	SURFACE_ADD,
	RADIANCE_MULT, /* Level-1 radiance [W m-2 sr-1 um-1] */
	RADIANCE_ADD,
	RADIANCE_MAX, /* the radiance of QUANTUM_MAX, of QUANTUM_MIN */
	RADIANCE_MIN,
	QUANTUM_MAX,
	QUANTUM_MIN,
	K1,
	K2,
	KELVIN_MULT, /* Level-2 temperature */
	KELVIN_ADD,
	FILE_NAME, /* a text */
	NUMBERS_NR,
};

/* The key is stem, then the band's name, then tail. */
struct place {
	const char *group, *stem, *tail;
	bool oldest; /* the band's name is that of before 2012: "61" for "6_VCID_1" */
};

#define L1_SCALE    "LEVEL1_RADIOMETRIC_RESCALING"
#define L2_SCALE    "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS"
#define ST_SCALE    "LEVEL2_SURFACE_TEMPERATURE_PARAMETERS"
#define C1_SCALE    "RADIOMETRIC_RESCALING"
#define L1_RANGE    "LEVEL1_MIN_MAX_RADIANCE"
#define C1_RANGE    "MIN_MAX_RADIANCE"
#define L1_PIXEL    "LEVEL1_MIN_MAX_PIXEL_VALUE"
#define C1_PIXEL    "MIN_MAX_PIXEL_VALUE"
#define L1_KELVIN   "LEVEL1_THERMAL_CONSTANTS"
#define C1_KELVIN   "THERMAL_CONSTANTS"
#define TIRS_KELVIN "TIRS_THERMAL_CONSTANTS"

/* Where each generation keeps it, newest first: Collection 2, Collection 1 and from 2012 on, before 2012. */
#define PLACES_MAX 3
static const struct place places[NUMBERS_NR][PLACES_MAX] = {
	[TOA_MULT] = { { L1_SCALE, "REFLECTANCE_MULT_BAND_", "", false },
		       { C1_SCALE, "REFLECTANCE_MULT_BAND_", "", false } },
	[TOA_ADD] = { { L1_SCALE, "REFLECTANCE_ADD_BAND_", "", false },
		      { C1_SCALE, "REFLECTANCE_ADD_BAND_", "", false } },
	[SURFACE_MULT] = { { L2_SCALE, "REFLECTANCE_MULT_BAND_", "", false } },
	[SURFACE_ADD] = { { L2_SCALE, "REFLECTANCE_ADD_BAND_", "", false } },
	[RADIANCE_MULT] = { { L1_SCALE, "RADIANCE_MULT_BAND_", "", false },
			    { C1_SCALE, "RADIANCE_MULT_BAND_", "", false } },
	[RADIANCE_ADD] = { { L1_SCALE, "RADIANCE_ADD_BAND_", "", false },
			   { C1_SCALE, "RADIANCE_ADD_BAND_", "", false } },
	[RADIANCE_MAX] = { { L1_RANGE, "RADIANCE_MAXIMUM_BAND_", "", false },
			   { C1_RANGE, "RADIANCE_MAXIMUM_BAND_", "", false },
			   { C1_RANGE, "LMAX_BAND", "", true } },
	[RADIANCE_MIN] = { { L1_RANGE, "RADIANCE_MINIMUM_BAND_", "", false },
			   { C1_RANGE, "RADIANCE_MINIMUM_BAND_", "", false },
			   { C1_RANGE, "LMIN_BAND", "", true } },
	[QUANTUM_MAX] = { { L1_PIXEL, "QUANTIZE_CAL_MAX_BAND_", "", false },
			  { C1_PIXEL, "QUANTIZE_CAL_MAX_BAND_", "", false },
			  { C1_PIXEL, "QCALMAX_BAND", "", true } },
	[QUANTUM_MIN] = { { L1_PIXEL, "QUANTIZE_CAL_MIN_BAND_", "", false },
			  { C1_PIXEL, "QUANTIZE_CAL_MIN_BAND_", "", false },
			  { C1_PIXEL, "QCALMIN_BAND", "", true } },
	[K1] = { { L1_KELVIN, "K1_CONSTANT_BAND_", "", false },
		 { C1_KELVIN, "K1_CONSTANT_BAND_", "", false },
		 { TIRS_KELVIN, "K1_CONSTANT_BAND_", "", false } },
	[K2] = { { L1_KELVIN, "K2_CONSTANT_BAND_", "", false },
		 { C1_KELVIN, "K2_CONSTANT_BAND_", "", false },
		 { TIRS_KELVIN, "K2_CONSTANT_BAND_", "", false } },
	[KELVIN_MULT] = { { ST_SCALE, "TEMPERATURE_MULT_BAND_", "", false } },
	[KELVIN_ADD] = { { ST_SCALE, "TEMPERATURE_ADD_BAND_", "", false } },
	[FILE_NAME] = { { "PRODUCT_CONTENTS", "FILE_NAME_BAND_", "", false },
			{ "PRODUCT_METADATA", "FILE_NAME_BAND_", "", false },
			{ "PRODUCT_METADATA", "BAND", "_FILE_NAME", true } },
};

/* A band being read. */
struct reading {
	const struct landsat *l;
	struct product_band *b;
	char name[20], oldest[8]; /* in keys: "3", "ST_B10"; "61" before 2012 */
	char stem[24];		  /* how its file's name ends: "SR_B3" */
	char lacks[80];		  /* a key without which there is no calibration; "": it has all */
};

static void make_key(const struct reading *r, const struct place *place, char key[80])
{
	snprintf(key, 80, "%.40s%.19s%.15s", place->stem, place->oldest ? r->oldest : r->name,
		 place->tail);
}

/* The text at the first place that has it, with its place; NULL: none has it. */
static const char *text_of(const struct reading *r, enum number number, const struct place **found)
{
	for (size_t i = 0; i < PLACES_MAX && places[number][i].group; i++) {
		const struct place *place = &places[number][i];
		const char *text;
		char key[80];

		make_key(r, place, key);
		text = mtl_get(r->l->mtl, place->group, key);
		*found = place;
		if (text)
			return text;
	}
	return NULL;
}

/* 1: *out is set; 0: the metadata has it nowhere, which r->lacks names; -1: it is no number. */
static int number_of(struct reading *r, enum number number, double *out, struct error *e)
{
	const struct place *place = NULL;
	const char *text = text_of(r, number, &place);
	char key[80];

	if (!text) {
		make_key(r, &places[number][0], r->lacks);
		return 0;
	}
	if (facts_number(text, out))
		return 1;
	make_key(r, place, key);
	return error_set(e, ERROR_DATA, "%s: %s is \"%.40s\", not a number", r->l->path, key, text);
}

double landsat_sun_distance(int64_t time)
{
	/* 946728000: 2000-01-01T12:00:00 */
	double days = (double)(time - 946728000) / 86400.0;
	double g = (357.529 + 0.98560028 * days) * PI / 180.0;
	double distance = 1.00014 - 0.01671 * cos(g) - 0.00014 * cos(2.0 * g);

	return nearbyint(distance * 1e7) / 1e7;
}

/* Gain and offset from two numbers: 1, 0 or -1 as number_of(). */
static int factors(struct reading *r, enum number mult, enum number add, struct error *e)
{
	int n = number_of(r, mult, &r->b->gain, e);

	return n > 0 ? number_of(r, add, &r->b->offset, e) : n;
}

/* Radiance by its ends, as before 2012: (LMAX - LMIN) / (QCALMAX - QCALMIN). */
static int radiance_by_ends(struct reading *r, struct error *e)
{
	static const enum number wanted[] = { RADIANCE_MAX, RADIANCE_MIN, QUANTUM_MAX,
					      QUANTUM_MIN };
	double v[4] = { 0.0 };

	for (size_t i = 0; i < 4; i++) {
		int n = number_of(r, wanted[i], &v[i], e);

		if (n < 1)
			return n;
	}
	if (!(v[2] > v[3]))
		return error_set(e, ERROR_DATA, "%s: %s: largest stored value %g, smallest %g",
				 r->l->path, r->b->band->name, v[2], v[3]);
	r->b->gain = (v[0] - v[1]) / (v[2] - v[3]);
	r->b->offset = v[1] - r->b->gain * v[3];
	return 1;
}

static int radiance(struct reading *r, struct error *e)
{
	int n = factors(r, RADIANCE_MULT, RADIANCE_ADD, e);

	return n ? n : radiance_by_ends(r, e);
}

/* Reflectance from radiance: rho' = pi L d^2 / ESUN (Chander et al. 2009, equation 2). */
static int reflectance_of_radiance(struct reading *r, struct error *e)
{
	double distance, factor;
	int n;

	if (!(r->b->band->esun > 0.0))
		return 0;
	n = radiance(r, e);
	if (n < 1)
		return n;
	if (!facts_number(landsat_fact(r->l, FACT_SUN_DISTANCE), &distance))
		distance = landsat_sun_distance(r->l->p->time);
	if (!(distance > 0.98 && distance < 1.02))
		return error_set(e, ERROR_DATA, "%s: EARTH_SUN_DISTANCE is %g AU", r->l->path,
				 distance);
	factor = PI * distance * distance / r->b->band->esun;
	r->b->gain *= factor;
	r->b->offset *= factor;
	return 1;
}

static int reflectance(struct reading *r, struct error *e)
{
	char lacks[sizeof(r->lacks)];
	int n;

	if (r->l->p->level == LEVEL_SURFACE)
		return factors(r, SURFACE_MULT, SURFACE_ADD, e);
	n = factors(r, TOA_MULT, TOA_ADD, e);
	if (n)
		return n;
	/* What is missing is missed first in the factors of reflectance. */
	memcpy(lacks, r->lacks, sizeof(lacks));
	n = reflectance_of_radiance(r, e);
	memcpy(r->lacks, lacks, sizeof(lacks));
	return n;
}

/* Radiance with the constants that make kelvin of it; before 2012 there are none: radiance alone. */
static int thermal(struct reading *r, struct error *e)
{
	int n;

	if (r->l->p->level == LEVEL_SURFACE)
		return factors(r, KELVIN_MULT, KELVIN_ADD, e);
	n = radiance(r, e);
	if (n < 1)
		return n;
	if (number_of(r, K1, &r->b->k1, e) < 0 || number_of(r, K2, &r->b->k2, e) < 0)
		return -1;
	if (r->b->k1 < 0.0 || r->b->k2 < 0.0)
		return error_set(e, ERROR_DATA, "%s: %s: K1 %g, K2 %g", r->l->path,
				 r->b->band->name, r->b->k1, r->b->k2);
	if (r->b->k1 == 0.0 || r->b->k2 == 0.0)
		r->b->k1 = r->b->k2 = 0.0;
	/* An instrument that was off has factors of 0 (TIRS in early 2015). */
	return r->b->gain == 0.0 ? 0 : 1;
}

/* Gain 0 where the metadata does not calibrate the band. */
static int calibrate(struct reading *r, struct error *e)
{
	struct product_band *b = r->b;
	int n = role_is_thermal(b->band->role) ? thermal(r, e) : reflectance(r, e);

	if (n < 0)
		return -1;
	if (!n) {
		b->gain = b->offset = b->k1 = b->k2 = 0.0;
		return 0;
	}
	if (!(b->gain > 0.0 && b->gain < FACTOR_MAX) || !(fabs(b->offset) < FACTOR_MAX))
		return error_set(e, ERROR_DATA, "%s: %s: value = %g DN + %g", r->l->path,
				 b->band->name, b->gain, b->offset);
	return 0;
}

/*
 * How metadata and file names call a band.  Level-2 has one thermal band whatever the sensor
 * ("ST_B6" of ETM+'s two gains): the first of the table.
 */
static void name_band(struct reading *r, const struct sensor_band *row, enum level level)
{
	int n = (int)strcspn(row->name, "_"),
	    vcid = row->name[n] ? row->name[strlen(row->name) - 1] : 0;
	bool kelvin = level == LEVEL_SURFACE && role_is_thermal(row->role);

	if (kelvin) {
		snprintf(r->name, sizeof(r->name), "ST_%.*s", n, row->name);
		snprintf(r->stem, sizeof(r->stem), "%s", r->name);
	} else {
		snprintf(r->name, sizeof(r->name), "%s", row->name + 1);
		snprintf(r->stem, sizeof(r->stem), "%s%.18s", level == LEVEL_SURFACE ? "SR_" : "",
			 row->name);
	}
	if (vcid)
		snprintf(r->oldest, sizeof(r->oldest), "%.*s%c", n - 1, row->name + 1, vcid);
	else
		snprintf(r->oldest, sizeof(r->oldest), "%.5s", row->name + 1);
}

static int find_band(struct landsat *l, const struct reading *r, struct error *e)
{
	const struct place *place = NULL;
	const char *name = text_of(r, FILE_NAME, &place);
	char key[80], stem[24];

	if (!name)
		return 0;
	make_key(r, place, key);
	/* "_B30.TIF", "_B61.TIF" before 2012. */
	snprintf(stem, sizeof(stem), "B%s%s", r->oldest, r->oldest[1] ? "" : "0");
	return landsat_find_file(l, r->b, name, place->oldest ? stem : r->stem, key, e);
}

/* A file without calibration: an error of reflectance, while heat is left aside. */
static int uncalibrated(struct landsat *l, const struct reading *r, struct error *e)
{
	struct product_band *b = r->b;

	if (!role_is_thermal(b->band->role))
		return error_set(e, ERROR_DATA, "%s: no %s for %s", l->path, r->lacks, b->file);
	free(b->path);
	free(b->file);
	b->path = b->file = NULL;
	return facts_warn(l->p, e, "%s: %s is not calibrated and is left aside", l->g->name,
			  b->band->name);
}

static int set_band(struct landsat *l, const struct sensor_band *row, struct error *e)
{
	struct reading r = { .l = l, .b = &l->g->bands[row->role] };

	r.b->band = row;
	r.b->fill = 0;
	r.b->saturated = PRODUCT_NO_VALUE;
	if (l->p->level == LEVEL_SURFACE && row->role == ROLE_THERMAL2)
		return 0;
	name_band(&r, row, l->p->level);
	if (calibrate(&r, e) || find_band(l, &r, e))
		return -1;
	return r.b->path && r.b->gain == 0.0 ? uncalibrated(l, &r, e) : 0;
}

static int set_mask(struct landsat *l, const struct sensor_mask *row, struct error *e)
{
	struct product_band *b = &l->g->bands[row->role];
	const char *group = strcmp(l->p->baseline, "02") ? "PRODUCT_METADATA" : "PRODUCT_CONTENTS";
	const char *name = mtl_get(l->mtl, group, row->key);

	b->gain = row->role == ROLE_SUN_ZENITH ? 0.01 : 1.0;
	/* Bit 0 of the quality bands is fill. */
	b->fill =
		row->role == ROLE_QA_PIXEL || row->role == ROLE_BQA_C1 || row->role == ROLE_BQA_PRE;
	b->saturated = PRODUCT_NO_VALUE;
	return name ? landsat_find_file(l, b, name, row->name, row->key, e) : 0;
}

int landsat_bands(struct landsat *l, struct error *e)
{
	const struct sensor *s = l->p->sensor;

	for (size_t i = 0; i < s->bands_nr; i++)
		if (set_band(l, &s->bands[i], e))
			return -1;
	for (size_t i = 0; i < s->masks_nr; i++) {
		const struct sensor_mask *m = &s->masks[i];

		if (m->level == l->p->level &&
		    (!m->baseline || !strcmp(m->baseline, l->p->baseline)) && set_mask(l, m, e))
			return -1;
	}
	return landsat_check_distinct(l, e);
}
