/* SPDX-License-Identifier: Apache-2.0
 *
 * km2_json.h - areas and other numbers in and out of JSON: null is what is not known.
 */
#ifndef PIPELINE_STAGE_KM2_JSON_H
#define PIPELINE_STAGE_KM2_JSON_H

#include <jansson.h>
#include <math.h>

#include "pipeline/io/area.h"

/* To 1e-6; null where it is not finite. */
static inline void km2_put(json_t *object, const char *key, double v)
{
	/* + 0.0: no "-0.0". */
	json_object_set_new(object, key,
			    isfinite(v) ? json_real(area_round(v) + 0.0) : json_null());
}

/* NaN where there is no number of this key. */
static inline double km2_get(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

/* What the random and the systematic error of a total may add up to; NaN without a total. */
static inline double km2_error(const json_t *object, const char *total)
{
	const json_t *error = json_object_get(object, "error");

	if (isnan(km2_get(object, total)))
		return NAN;
	return km2_get(error, "random_km2") + km2_get(error, "systematic_km2");
}

#endif
