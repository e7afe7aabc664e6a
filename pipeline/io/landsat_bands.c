/* SPDX-License-Identifier: Apache-2.0
 *
 * landsat_bands.c - the files of a Landsat product, and what their numbers mean.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/landsat_internal.h"

#define PI 3.14159265358979323846

/* Groups that hold factors, newest generation first; a group that is not there holds nothing. */
static const char *const toa_groups[] = { "LEVEL1_RADIOMETRIC_RESCALING", "RADIOMETRIC_RESCALING",
					  NULL };
static const char *const surface_groups[] = { "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS", NULL };
static const char *const temperature_groups[] = { "LEVEL2_SURFACE_TEMPERATURE_PARAMETERS", NULL };
static const char *const thermal_groups[] = { "LEVEL1_THERMAL_CONSTANTS", "THERMAL_CONSTANTS",
					      "TIRS_THERMAL_CONSTANTS", NULL };
static const char *const radiance_groups[] = { "MIN_MAX_RADIANCE", "LEVEL1_MIN_MAX_RADIANCE",
					       NULL };
static const char *const quantum_groups[] = { "MIN_MAX_PIXEL_VALUE", "LEVEL1_MIN_MAX_PIXEL_VALUE",
					      NULL };
static const char *const file_groups[] = { "PRODUCT_CONTENTS", "PRODUCT_METADATA", NULL };

/* The value of "<stem><band>" in the first of these groups that has it. */
static const char *value_in(const struct landsat *l, const char *const *groups, const char *stem,
			    const char *band)
{
	const char *value = NULL;
	char key[80];

	snprintf(key, sizeof(key), "%.50s%.20s", stem, band);
	for (; !value && *groups; groups++)
		value = mtl_get(l->mtl, *groups, key);
	return value;
}

/* 1: *out is set; 0: there is no such key; -1: it is not a number. */
static int number_in(const struct landsat *l, const char *const *groups, const char *stem,
		     const char *band, double *out, struct error *e)
{
	const char *value = value_in(l, groups, stem, band);

	if (!value)
		return 0;
	if (facts_number(value, out))
		return 1;
	return error_set(e, ERROR_DATA, "%s: %s%s is \"%.40s\", not a number", l->path, stem, band,
			 value);
}

/* --- files --- */

/* True if name is "<anything>_<stem>.TIF" or "<stem>.TIF", in any case. */
static bool ends_like(const char *name, const char *stem)
{
	size_t n = strlen(name), k = strlen(stem);

	if (n < k + 4 || strcasecmp(name + n - 4, ".TIF") || strncasecmp(name + n - 4 - k, stem, k))
		return false;
	return n == k + 4 || name[n - k - 5] == '_';
}

/* The only image that ends like it; NULL if there is none, or several. */
static const char *only_like(const struct folder *f, const char *stem)
{
	const char *only = NULL;

	for (size_t i = 0; i < f->names_nr; i++) {
		if (!ends_like(f->names[i], stem))
			continue;
		if (only)
			return NULL;
		only = f->names[i];
	}
	return only;
}

/* Warn once, at the first file that was found under another name. */
static int warn_renamed(struct landsat *l, const char *named, const char *found, struct error *e)
{
	if (strstr(l->p->warnings, "is taken for"))
		return 0;
	return facts_warn(l->p, e, "%s: %s is taken for %s, which is not there (and so on)",
			  l->g->name, found, named);
}

/* Set path and file of a role if the folder has the file that this key names, or one like it. */
static int find_file(struct landsat *l, struct product_band *b, const char *key, const char *stem,
		     struct error *e)
{
	const char *name = value_in(l, file_groups, key, ""), *found;

	if (!name)
		return 0;
	if (!facts_plain_name(name))
		return error_set(e, ERROR_DATA, "%s: %s is no plain file name: \"%.60s\"", l->path,
				 key, name);
	if (!ends_like(name, stem))
		return error_set(e, ERROR_DATA,
				 "%s: %s is \"%.60s\", which does not end with _%s.TIF: are bands "
				 "swapped?",
				 l->path, key, name, stem);
	found = folder_find(l->root, name);
	if (!found) {
		found = only_like(l->root, stem);
		if (found && warn_renamed(l, name, found, e))
			return -1;
	}
	if (!found)
		return 0;
	b->file = strdup(found);
	b->path = folder_path(l->root, found);
	return b->file && b->path ? 0 : error_nomem(e, "a path");
}

/* --- what numbers mean --- */

double landsat_sun_distance(int64_t time)
{
	time_t t = (time_t)time;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	return 1.0 - 0.016729 * cos(0.9856 * (tm.tm_yday + 1 - 4) * PI / 180.0);
}

static int checked(const struct landsat *l, const struct product_band *b, const char *what,
		   struct error *e)
{
	if (b->gain > 0.0 && isfinite(b->gain) && isfinite(b->offset))
		return 0;
	return error_set(e, ERROR_DATA, "%s: %s: %s = %g DN + %g", l->path, b->band->name, what,
			 b->gain, b->offset);
}

/* MULT and ADD of a band; *have: both are there.  One without the other is an error. */
static int factors(const struct landsat *l, const char *const *groups, const char *quantity,
		   const char *band, struct product_band *b, bool *have, struct error *e)
{
	char mult[40], add[40];
	int m, a;

	snprintf(mult, sizeof(mult), "%s_MULT_BAND_", quantity);
	snprintf(add, sizeof(add), "%s_ADD_BAND_", quantity);
	m = number_in(l, groups, mult, band, &b->gain, e);
	a = m < 0 ? -1 : number_in(l, groups, add, band, &b->offset, e);
	if (a < 0)
		return -1;
	if (m != a)
		return error_set(e, ERROR_DATA, "%s: no %s%s", l->path, m ? add : mult, band);
	*have = m == 1;
	return 0;
}

/* Radiance by its ends, as before 2012: (LMAX - LMIN) / (QCALMAX - QCALMIN). */
static int radiance_by_ends(const struct landsat *l, const char *band, struct product_band *b,
			    bool *have, struct error *e)
{
	double high, low, top, bottom;
	int n[4] = {
		number_in(l, radiance_groups, "RADIANCE_MAXIMUM_BAND_", band, &high, e),
		number_in(l, radiance_groups, "RADIANCE_MINIMUM_BAND_", band, &low, e),
		number_in(l, quantum_groups, "QUANTIZE_CAL_MAX_BAND_", band, &top, e),
		number_in(l, quantum_groups, "QUANTIZE_CAL_MIN_BAND_", band, &bottom, e),
	};

	*have = false;
	for (size_t i = 0; i < 4; i++) {
		if (n[i] < 0)
			return -1;
		if (!n[i])
			return 0;
	}
	if (!(top > bottom))
		return error_set(e, ERROR_DATA, "%s: QUANTIZE_CAL_MAX_BAND_%s is %g, MIN is %g",
				 l->path, band, top, bottom);
	b->gain = (high - low) / (top - bottom);
	b->offset = low - b->gain * bottom;
	*have = true;
	return 0;
}

static int radiance(const struct landsat *l, const char *band, struct product_band *b, bool *have,
		    struct error *e)
{
	if (factors(l, toa_groups, "RADIANCE", band, b, have, e))
		return -1;
	return *have ? 0 : radiance_by_ends(l, band, b, have, e);
}

/* Reflectance from radiance: rho' = pi L d^2 / ESUN (Chander et al. 2009, equation 2). */
static int reflectance_of_radiance(const struct landsat *l, const char *band,
				   struct product_band *b, bool *have, struct error *e)
{
	double distance = 0.0, factor;

	if (radiance(l, band, b, have, e) || !*have)
		return *have ? -1 : 0;
	if (!(b->band->esun > 0.0)) {
		*have = false;
		return 0;
	}
	if (!facts_number(landsat_fact(l, FACT_SUN_DISTANCE), &distance) ||
	    !(distance > 0.98 && distance < 1.02))
		distance = landsat_sun_distance(l->p->time);
	factor = PI * distance * distance / b->band->esun;
	b->gain *= factor;
	b->offset *= factor;
	return 0;
}

static int calibrate_reflectance(const struct landsat *l, const char *band, struct product_band *b,
				 bool *have, struct error *e)
{
	bool toa = l->p->level == LEVEL_TOA;

	if (factors(l, toa ? toa_groups : surface_groups, "REFLECTANCE", band, b, have, e))
		return -1;
	if (toa && !*have && reflectance_of_radiance(l, band, b, have, e))
		return -1;
	return *have ? checked(l, b, "reflectance", e) : 0;
}

static int calibrate_thermal(const struct landsat *l, const char *band, struct product_band *b,
			     bool *have, struct error *e)
{
	char name[20];

	if (l->p->level == LEVEL_SURFACE) {
		snprintf(name, sizeof(name), "ST_B%.10s", band);
		if (factors(l, temperature_groups, "TEMPERATURE", name, b, have, e))
			return -1;
	} else if (radiance(l, band, b, have, e) ||
		   number_in(l, thermal_groups, "K1_CONSTANT_BAND_", band, &b->k1, e) < 0 ||
		   number_in(l, thermal_groups, "K2_CONSTANT_BAND_", band, &b->k2, e) < 0) {
		return -1;
	}
	/* An instrument that was off has factors of 0 (TIRS in early 2015). */
	if (*have && b->gain == 0.0)
		*have = false;
	return *have ? checked(l, b, "radiance or temperature", e) : 0;
}

/* --- all of them --- */

/* One band; what the metadata calibrates counts although its file is missing, not the reverse. */
static int set_band(struct landsat *l, const struct sensor_band *row, struct error *e)
{
	struct product_band *b = &l->g->bands[row->role];
	bool surface = l->p->level == LEVEL_SURFACE, have = false;
	bool thermal = role_is_thermal(row->role);
	char key[60], stem[30];

	b->band = row;
	b->fill = 0;
	b->saturated = PRODUCT_NO_VALUE;
	snprintf(key, sizeof(key), "FILE_NAME_BAND_%s%.20s", thermal && surface ? "ST_B" : "",
		 row->name + 1);
	snprintf(stem, sizeof(stem), "%s%.20s", !surface ? "" : thermal ? "ST_" : "SR_", row->name);
	if (thermal ? calibrate_thermal(l, row->name + 1, b, &have, e)
		    : calibrate_reflectance(l, row->name + 1, b, &have, e))
		return -1;
	if (!have)
		b->gain = b->offset = 0.0;
	if (find_file(l, b, key, stem, e))
		return -1;
	if (b->path && !have && thermal) {
		free(b->path);
		b->path = NULL;
		return facts_warn(l->p, e, "%s: %s has no factors and is left aside", l->g->name,
				  row->name);
	}
	if (b->path && !have)
		return error_set(e, ERROR_DATA, "%s: no factors (REFLECTANCE_MULT_BAND_%s) for %s",
				 l->path, row->name + 1, b->file);
	return 0;
}

static int set_mask(struct landsat *l, const struct sensor_mask *row, struct error *e)
{
	struct product_band *b = &l->g->bands[row->role];

	b->gain = row->role == ROLE_SUN_ZENITH ? 0.01 : 1.0;
	/* Bit 0 of the quality bands is fill. */
	b->fill = row->role == ROLE_QA_PIXEL || row->role == ROLE_BQA_C1 ||
		  row->role == ROLE_BQA_PRE;
	b->saturated = PRODUCT_NO_VALUE;
	return find_file(l, b, row->key, row->name, e);
}

/* The same file in two roles would give two bands the same numbers. */
static int check_distinct(const struct landsat *l, struct error *e)
{
	for (enum role i = 0; i < ROLE_NR; i++)
		for (enum role k = 0; k < i; k++)
			if (l->g->bands[i].path && l->g->bands[k].path &&
			    !strcmp(l->g->bands[i].path, l->g->bands[k].path))
				return error_set(e, ERROR_DATA, "%s: %s is named as %s and as %s",
						 l->path, l->g->bands[i].file, role_name(k),
						 role_name(i));
	return 0;
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
	return check_distinct(l, e);
}
