/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/suggest.h"

#define JONES_2015	  "Jones 2015, doi:10.3390/rs70912503"
#define JONES_2019	  "Jones 2019, doi:10.3390/rs11040374"
#define FISHER_2016	  "Fisher 2016, doi:10.1016/j.rse.2015.12.055"
#define XU_2006		  "Xu 2006, doi:10.1080/01431160600589179"
#define HALL_1995	  "Hall 1995, doi:10.1016/0034-4257(95)00137-P"
#define ZHU_2012	  "Zhu 2012, doi:10.1016/j.rse.2011.10.028"
#define CORDEIRO_2021	  "Cordeiro 2021, doi:10.1016/j.rse.2020.112209"
#define OURS		  "docs/algorithms.md"
#define SMITH_2018	  "Smith 2018, Remote Sensing of Environment 215"
#define OYAMA_2015	  "Oyama 2015, Ecological Indicators 47"
#define TOPP_2020	  "Topp 2020, doi:10.3390/w12010169"
#define VANHELLEMONT_2019 "Vanhellemont 2019, doi:10.1016/j.rse.2019.03.010"
#define OURS_QUALITY	  "docs/water-quality.md"

#define DSWE(member, value, source)                                                                \
	{                                                                                          \
		"dswe." #member, LIMITS_DSWE, offsetof(struct limits, dswe.member), value, -2, 2,  \
			"1", source                                                                \
	}
#define WATER(member, value, source)                                                               \
	{                                                                                          \
		"water." #member, LIMITS_BALKHASH, offsetof(struct limits, water.member), value,   \
			-100, 100, "1", source                                                     \
	}
#define QUALITY(name, member, value, low, high, unit, source)                                      \
	{                                                                                          \
		name, LIMITS_QUALITY, offsetof(struct limits, member), value, low, high, unit,     \
			source                                                                     \
	}
#define CLOUD(member, value, low, high, unit, source)                                              \
	{ "cloud." #member,                                                                        \
	  LIMITS_CLOUD,                                                                            \
	  offsetof(struct limits, cloud.member),                                                   \
	  value,                                                                                   \
	  low,                                                                                     \
	  high,                                                                                    \
	  unit,                                                                                    \
	  source },

static const struct limit_row rows[] = {
	DSWE(mndwi, .124f, JONES_2015),
	DSWE(aweish, 0, JONES_2015),
	DSWE(psw1_mndwi, -.44f, JONES_2019),
	DSWE(psw1_swir1, .09f, JONES_2019),
	DSWE(psw1_nir, .15f, JONES_2019),
	DSWE(psw1_ndvi, .7f, JONES_2019),
	DSWE(psw2_mndwi, -.5f, JONES_2019),
	DSWE(psw2_blue, .10f, JONES_2019),
	DSWE(psw2_swir1, .30f, JONES_2019),
	DSWE(psw2_swir2, .10f, JONES_2019),
	DSWE(psw2_nir, .25f, JONES_2019),
	WATER(wi2015, 0, FISHER_2016),
	WATER(mndwi, 0, XU_2006),
	WATER(white_nir, .15f, JONES_2019),
	WATER(white_blue, .15f, OURS),
	WATER(white_red, 1.25f, OURS),
	WATER(white_swir2, .075f, CORDEIRO_2021),
	WATER(ice_ndsi, .4f, HALL_1995),
	WATER(ice_nir, .11f, HALL_1995),
	WATER(ice_green, .10f, HALL_1995),
	WATER(ice_red, 1.1f, OURS),
	WATER(dark_swir1, .05f, OURS),
	WATER(dark_swir2, .03f, ZHU_2012),
	WATER(dark_nir, .15f, JONES_2019),
	WATER(dark_whiteness, .2f, OURS),
	WATER(dark_red, .8f, OURS),
	{ "water.partial", LIMITS_BALKHASH, offsetof(struct limits, partial_percent), 10, 0, 100,
	  "%", OURS },
	{ "index.threshold", LIMITS_INDEX, offsetof(struct limits, index), 0, -10, 10, "1",
	  "docs/algorithms.md: 0 for every index, as published" },
	{ "edge.gradient", LIMITS_INDEX, offsetof(struct limits, edge_gradient), .2f, 0, 4,
	  "1/pixel", "Donchyts 2016, doi:10.3390/rs8050386; " OURS },
	{ "edge.width", LIMITS_INDEX, offsetof(struct limits, edge_width), 3, 0, 10, "pixel",
	  OURS },
	{ "glint.angle", LIMITS_SCENE, offsetof(struct limits, glint_angle_deg), 30, 0, 90, "deg",
	  CORDEIRO_2021 },
	{ "glint.swir1", LIMITS_SCENE, offsetof(struct limits, glint_swir1), .05f, 0, 1, "1",
	  OURS },
	{ "sun.low", LIMITS_SCENE, offsetof(struct limits, low_sun_deg), 10, 0, 90, "deg",
	  "Mueller 2016, doi:10.1016/j.rse.2015.11.003 (WOfS)" },
	QUALITY("chl.q_low", chl.q_low, .75f, 0, 10, "1", SMITH_2018),
	QUALITY("chl.q_span", chl.q_span, .4f, .01f, 10, "1", SMITH_2018),
	QUALITY("chl.red", chl.red_least, 0, 0, 1, "1", OURS_QUALITY),
	QUALITY("chl.turbid", chl.turbid, 30, 0, 10000, "FNU", OURS_QUALITY),
	QUALITY("chl.blue_green", chl.blue_green, .4f, 0, 10, "1", OURS_QUALITY),
	QUALITY("chl.q_blue", chl.q_blue, .95f, 0, 10, "1", OURS_QUALITY),
	QUALITY("chl.residual", chl_residual, .01f, 0, 1, "1", OURS_QUALITY),
	QUALITY("plants.ndvi_reed", plants.ndvi_reed, .4f, -1, 1, "1", OURS_QUALITY),
	QUALITY("plants.ndvi_wet", plants.ndvi_wet, .2f, -1, 1, "1", OURS_QUALITY),
	QUALITY("plants.fai", plants.fai, .02f, -1, 1, "1", OYAMA_2015),
	QUALITY("plants.swir1", plants.swir1_most, .25f, 0, 2, "1", OURS_QUALITY),
	QUALITY("quality.nir", quality_nir, .2f, 0, 2, "1", TOPP_2020),
	QUALITY("quality.swir1", quality_swir1, .05f, 0, 2, "1", VANHELLEMONT_2019),
	QUALITY("quality.window", quality_window_m, 90, 0, 5000, "m", OURS_QUALITY),
	QUALITY("quality.residual", residual_most, .03f, 0, 1, "1", OURS_QUALITY),
	QUALITY("shallow.distance", shallow_distance_m, 500, 0, 5000, "m", OURS_QUALITY),
	QUALITY("shallow.depth", shallow_depth_m, 6, 0, 1000, "m", OURS_QUALITY),
	QUALITY("shallow.turbid", shallow_turbid, 5, 0, 10000, "FNU", OURS_QUALITY),
	CLOUD_LIMIT_ROWS(CLOUD)
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct limit_row *limit_at(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

static float *member(struct limits *limits, const struct limit_row *row)
{
	return (void *)((char *)limits + row->offset);
}

static int unknown(const char *name, struct error *e)
{
	const char *known[ROWS], *near;

	for (size_t i = 0; i < ROWS; i++)
		known[i] = rows[i].name;
	near = suggest(name, known, ROWS);
	return error_set(e, ERROR_USAGE, "--set: there is no threshold \"%s\"%s%s%s", name,
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int set(struct limits *limits, const char *pair, struct error *e)
{
	char name[64];
	size_t length = strcspn(pair, "=");
	char *end;

	if (length >= sizeof(name))
		length = sizeof(name) - 1;
	memcpy(name, pair, length);
	name[length] = 0;
	for (size_t i = 0; i < ROWS; i++) {
		const char *text = pair + length + 1;
		float value;

		if (strcmp(rows[i].name, name) != 0)
			continue;
		value = strtof(text, &end);
		if (end == text || *end || !(value >= rows[i].min && value <= rows[i].max))
			return error_set(e, ERROR_USAGE,
					 "--set %s: \"%s\" is not a number from %g to %g", name,
					 text, (double)rows[i].min, (double)rows[i].max);
		*member(limits, &rows[i]) = value;
		return 0;
	}
	return unknown(name, e);
}

int limits_read(struct limits *limits, const struct option_list *list, struct error *e)
{
	for (size_t i = 0; i < ROWS; i++)
		*member(limits, &rows[i]) = rows[i].value;
	for (size_t i = 0; i < list->nr; i++)
		if (set(limits, list->values[i], e))
			return -1;
	return 0;
}

json_t *limits_json(const struct limits *limits, unsigned groups)
{
	json_t *json = json_object();

	/* As many digits as a float has, so that .124 is not .12399999797344208. */
	for (size_t i = 0; i < ROWS; i++) {
		float value = *(const float *)(const void *)((const char *)limits + rows[i].offset);

		if (rows[i].group & groups)
			json_object_set_new(json, rows[i].name,
					    json_real(nearbyint((double)value * 1e6) / 1e6));
	}
	return json;
}
