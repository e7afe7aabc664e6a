/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/landsat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/landsat_internal.h"

#define CONTENTS "PRODUCT_CONTENTS"
#define IMAGE	 "IMAGE_ATTRIBUTES"
#define INFO	 "METADATA_FILE_INFO"
#define PRODUCT	 "PRODUCT_METADATA"

/* Where each generation keeps a fact: Collection 2, then Collection 1, then before, then before 2012. */
#define PLACES_MAX 4
static const struct {
	const char *group, *key;
} places[LANDSAT_FACTS_NR][PLACES_MAX] = {
	[FACT_COLLECTION] = { { CONTENTS, "COLLECTION_NUMBER" }, { INFO, "COLLECTION_NUMBER" } },
	[FACT_TIER] = { { CONTENTS, "COLLECTION_CATEGORY" }, { PRODUCT, "COLLECTION_CATEGORY" } },
	[FACT_ID] = { { CONTENTS, "LANDSAT_PRODUCT_ID" },
		      { INFO, "LANDSAT_PRODUCT_ID" },
		      { INFO, "LANDSAT_SCENE_ID" },
		      { PRODUCT, "METADATA_L1_FILE_NAME" } },
	[FACT_LEVEL] = { { CONTENTS, "PROCESSING_LEVEL" },
			 { PRODUCT, "DATA_TYPE" },
			 { PRODUCT, "PRODUCT_TYPE" } },
	[FACT_SPACECRAFT] = { { IMAGE, "SPACECRAFT_ID" }, { PRODUCT, "SPACECRAFT_ID" } },
	[FACT_SENSOR] = { { IMAGE, "SENSOR_ID" }, { PRODUCT, "SENSOR_ID" } },
	[FACT_PATH] = { { IMAGE, "WRS_PATH" }, { PRODUCT, "WRS_PATH" } },
	[FACT_ROW] = { { IMAGE, "WRS_ROW" }, { PRODUCT, "WRS_ROW" }, { PRODUCT, "STARTING_ROW" } },
	[FACT_DATE] = { { IMAGE, "DATE_ACQUIRED" },
			{ PRODUCT, "DATE_ACQUIRED" },
			{ PRODUCT, "ACQUISITION_DATE" } },
	[FACT_CLOCK] = { { IMAGE, "SCENE_CENTER_TIME" },
			 { PRODUCT, "SCENE_CENTER_TIME" },
			 { PRODUCT, "SCENE_CENTER_SCAN_TIME" } },
	[FACT_PROCESSED] = { { "LEVEL2_PROCESSING_RECORD", "DATE_PRODUCT_GENERATED" },
			     { "LEVEL1_PROCESSING_RECORD", "DATE_PRODUCT_GENERATED" },
			     { INFO, "FILE_DATE" },
			     { INFO, "PRODUCT_CREATION_TIME" } },
	[FACT_SUN_ELEVATION] = { { IMAGE, "SUN_ELEVATION" },
				 { "PRODUCT_PARAMETERS", "SUN_ELEVATION" } },
	[FACT_SUN_AZIMUTH] = { { IMAGE, "SUN_AZIMUTH" }, { "PRODUCT_PARAMETERS", "SUN_AZIMUTH" } },
	[FACT_SUN_DISTANCE] = { { IMAGE, "EARTH_SUN_DISTANCE" } },
	[FACT_CLOUD_COVER] = { { IMAGE, "CLOUD_COVER" } },
};

/* Levels that are read, and what their reflectance is. */
static const struct {
	const char *name;
	enum level level;
} levels[] = {
	{ "L1TP", LEVEL_TOA },	   { "L1GT", LEVEL_TOA },     { "L1GS", LEVEL_TOA },
	{ "L1T", LEVEL_TOA },	   { "L1Gt", LEVEL_TOA },     { "L1G", LEVEL_TOA },
	{ "L2SP", LEVEL_SURFACE }, { "L2SR", LEVEL_SURFACE },
};

const char *landsat_fact(const struct landsat *l, enum landsat_fact fact)
{
	const char *value = NULL;

	for (size_t i = 0; !value && i < PLACES_MAX && places[fact][i].key; i++)
		value = mtl_get(l->mtl, places[fact][i].group, places[fact][i].key);
	return value;
}

static const char *need(const struct landsat *l, enum landsat_fact fact, struct error *e)
{
	const char *value = landsat_fact(l, fact);

	if (!value)
		error_set(e, ERROR_DATA, "%s: no %s", l->path, places[fact][0].key);
	return value;
}

static int need_number(const struct landsat *l, enum landsat_fact fact, double *out,
		       struct error *e)
{
	const char *value = need(l, fact, e);

	if (!value)
		return -1;
	if (!facts_number(value, out))
		return error_set(e, ERROR_DATA, "%s: %s is \"%.40s\", not a number", l->path,
				 places[fact][0].key, value);
	return 0;
}

static int need_integer(const struct landsat *l, enum landsat_fact fact, long max, long *out,
			struct error *e)
{
	const char *value = need(l, fact, e);

	if (!value)
		return -1;
	if (!facts_integer(value, 1, max, out))
		return error_set(e, ERROR_DATA, "%s: %s is \"%.40s\", not 1 to %ld", l->path,
				 places[fact][0].key, value, max);
	return 0;
}

/* "02", "01", or "pre" where there were no collections yet. */
static int set_collection(struct landsat *l, struct error *e)
{
	const char *number = landsat_fact(l, FACT_COLLECTION);
	long value = 0;

	if (!number && !mtl_get(l->mtl, INFO, "LANDSAT_SCENE_ID") &&
	    !mtl_get(l->mtl, PRODUCT, "METADATA_L1_FILE_NAME"))
		return error_set(e, ERROR_DATA,
				 "%s: no COLLECTION_NUMBER and no LANDSAT_SCENE_ID: not Landsat "
				 "metadata",
				 l->path);
	if (number && !facts_integer(number, 1, 2, &value))
		return error_set(e, ERROR_DATA, "%s: Collection %.10s; known are 1 and 2", l->path,
				 number);
	if (number)
		snprintf(l->p->baseline, sizeof(l->p->baseline), "%02ld", value);
	else
		snprintf(l->p->baseline, sizeof(l->p->baseline), "pre");
	return 0;
}

static int set_level(struct landsat *l, struct error *e)
{
	const char *name = need(l, FACT_LEVEL, e);

	if (!name)
		return -1;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(name, levels[i].name))
			continue;
		snprintf(l->p->level_name, sizeof(l->p->level_name), "%s", name);
		l->p->level = levels[i].level;
		return 0;
	}
	return error_set(e, ERROR_DATA,
			 "%s: level %.20s; known are L1TP, L1GT, L1GS, L1T, L1Gt, L1G, L2SP, L2SR",
			 l->path, name);
}

/* The number of "LANDSAT_9", or "Landsat5" as before 2012; 0: none. */
static int number_of(const char *spacecraft)
{
	long number;

	if (strncasecmp(spacecraft, "Landsat", 7))
		return 0;
	spacecraft += 7;
	spacecraft += strspn(spacecraft, "_- ");
	return facts_integer(spacecraft, 1, 99, &number) ? (int)number : 0;
}

/* "LC09" from SENSOR_ID and SPACECRAFT_ID. */
static int set_mission(struct landsat *l, struct error *e)
{
	const char *sensor = need(l, FACT_SENSOR, e), *craft;
	const struct platform *platform;
	char instrument[20];
	bool known;

	if (!sensor || !(craft = need(l, FACT_SPACECRAFT, e)))
		return -1;
	if (!strncmp(sensor, "MSS", 3))
		return error_set(e, ERROR_DATA,
				 "%s: the Multispectral Scanner (MSS) has no short-wave infrared: "
				 "water is not mapped from it",
				 l->path);
	if (!number_of(craft))
		return error_set(e, ERROR_DATA, "%s: SPACECRAFT_ID is \"%.40s\"", l->path, craft);
	/* "ETM+" before 2012 */
	snprintf(instrument, sizeof(instrument), "%.*s", (int)strcspn(sensor, "+"), sensor);
	platform = sensor_platform(craft, instrument, &known);
	if (!platform || platform->mission[0] != 'L')
		return error_set(e, ERROR_DATA,
				 "%s: sensor %.20s; known are TM, ETM, OLI, OLI_TIRS", l->path,
				 sensor);
	l->p->sensor = platform->sensor;
	snprintf(l->p->mission, sizeof(l->p->mission), "%.2s%02d", platform->mission,
		 number_of(craft));
	if (known)
		return 0;
	return facts_warn(l->p, e, "%s is a satellite this version does not know: read as %s",
			  l->p->mission, platform->mission);
}

/* Of a collection; in early Collection 1 only the end of the product's name says it. */
static void set_tier(struct landsat *l)
{
	static const char *const tiers[] = { "T1", "T2", "RT" };
	const char *tier = landsat_fact(l, FACT_TIER), *end = strrchr(l->p->id, '_');

	if (!strcmp(l->p->baseline, "pre"))
		return;
	if (!tier)
		tier = end ? end + 1 : "";
	for (size_t i = 0; i < sizeof(tiers) / sizeof(tiers[0]); i++)
		if (!strcmp(tier, tiers[i]))
			snprintf(l->p->tier, sizeof(l->p->tier), "%s", tier);
}

/* What the agency calls it; since Collection 1 the name begins with satellite and level. */
static int set_id(struct landsat *l, struct error *e)
{
	const char *text = need(l, FACT_ID, e), *end;
	char start[20], id[sizeof(l->p->id)];
	size_t n;

	if (!text)
		return -1;
	/* Before 2012 there is no other name than that of this file. */
	end = strstr(text, "_MTL.");
	n = end ? (size_t)(end - text) : strlen(text);
	snprintf(id, sizeof(id), "%.*s", n < sizeof(id) ? (int)n : 0, text);
	n = (size_t)snprintf(start, sizeof(start), "%s_%s_", l->p->mission, l->p->level_name);
	if (!facts_plain_name(id) || (strcmp(l->p->baseline, "pre") && strncmp(id, start, n)))
		return error_set(e, ERROR_DATA,
				 "%s: LANDSAT_PRODUCT_ID \"%.60s\" does not begin with %s as "
				 "sensor and level say",
				 l->path, id, start);
	snprintf(l->p->id, sizeof(l->p->id), "%s", id);
	snprintf(l->g->name, sizeof(l->g->name), "%s", id);
	return 0;
}

static int set_time(struct landsat *l, struct error *e)
{
	const char *date = need(l, FACT_DATE, e), *time, *made;
	char text[60];

	if (!date || !(time = need(l, FACT_CLOCK, e)))
		return -1;
	snprintf(text, sizeof(text), "%.12sT%.40s", date, time);
	if (!facts_time(text, &l->p->time))
		return error_set(
			e, ERROR_DATA,
			"%s: DATE_ACQUIRED and SCENE_CENTER_TIME are \"%.40s\" and \"%.40s\"",
			l->path, date, time);
	made = landsat_fact(l, FACT_PROCESSED);
	if (made && !facts_time(made, &l->p->processed))
		l->p->processed = 0;
	return 0;
}

/* Path, row, and the names made of them and of the time. */
static int set_place(struct landsat *l, struct error *e)
{
	long path, row;
	char time[16];

	if (need_integer(l, FACT_PATH, 251, &path, e) || need_integer(l, FACT_ROW, 248, &row, e))
		return -1;
	product_time_compact(l->p, time);
	snprintf(l->p->orbit, sizeof(l->p->orbit), "%03d", (int)path);
	snprintf(l->g->tile, sizeof(l->g->tile), "%03d%03d", (int)path, (int)row);
	snprintf(l->g->id, sizeof(l->g->id), "%s_%s_%s_%s", l->p->mission, l->p->level_name, time,
		 l->g->tile);
	snprintf(l->p->datatake, sizeof(l->p->datatake), "%s_%03d_%.8s", l->p->mission, (int)path,
		 time);
	return 0;
}

/* The key is before, "UL", middle, "LON" or "LAT", after. */
struct spelling {
	const char *group, *before, *middle, *after;
};

/* Four corners in order; false if one is missing or out of range. */
static bool take_corners(struct landsat *l, const struct spelling *s)
{
	static const char *const corners[] = { "UL", "UR", "LR", "LL" };

	for (size_t i = 0; i < 8; i++) {
		struct point *at = &l->g->footprint[i / 2];
		double *to = i % 2 ? &at->y : &at->x;
		char key[40];

		snprintf(key, sizeof(key), "%s%s%s%s%s", s->before, corners[i / 2], s->middle,
			 i % 2 ? "LAT" : "LON", s->after);
		if (!facts_number(mtl_get(l->mtl, s->group, key), to) ||
		    fabs(*to) > (i % 2 ? 90.0 : 360.0))
			return false;
	}
	return true;
}

static void set_footprint(struct landsat *l)
{
	static const struct spelling spellings[] = {
		{ "PROJECTION_ATTRIBUTES", "CORNER_", "_", "_PRODUCT" },
		{ PRODUCT, "CORNER_", "_", "_PRODUCT" },
		{ PRODUCT, "PRODUCT_", "_CORNER_", "" },
	};

	for (size_t i = 0; !l->g->footprint_nr && i < 3; i++)
		if (take_corners(l, &spellings[i]))
			l->g->footprint_nr = 4;
}

static int set_sky(struct landsat *l, struct error *e)
{
	double elevation, azimuth, cloud;

	if (need_number(l, FACT_SUN_ELEVATION, &elevation, e) ||
	    need_number(l, FACT_SUN_AZIMUTH, &azimuth, e))
		return -1;
	if (!(fabs(elevation) <= 90.0) || !(fabs(azimuth) <= 360.0))
		return error_set(e, ERROR_DATA, "%s: sun elevation %g, azimuth %g degrees", l->path,
				 elevation, azimuth);
	if (l->p->level == LEVEL_TOA && elevation <= 0.0)
		return error_set(e, ERROR_DATA, "%s: sun elevation %g degrees: a night scene",
				 l->path, elevation);
	l->g->sun_elevation_deg = elevation;
	l->g->sun_azimuth_deg = azimuth < 0.0 ? azimuth + 360.0 : azimuth;
	if (facts_number(landsat_fact(l, FACT_CLOUD_COVER), &cloud) && cloud >= 0.0 &&
	    cloud <= 100.0)
		l->p->cloud_cover_percent = cloud;
	return 0;
}

static int read_all(struct landsat *l, struct error *e)
{
	if (set_collection(l, e) || set_mission(l, e) || set_level(l, e) || set_id(l, e))
		return -1;
	if (set_time(l, e) || set_place(l, e) || set_sky(l, e))
		return -1;
	set_tier(l);
	set_footprint(l);
	if (landsat_bands(l, e))
		return -1;
	l->g->sun = SUN_IN_PRODUCT;
	if (l->p->level == LEVEL_TOA)
		l->g->sun = l->g->bands[ROLE_SUN_ZENITH].path ? SUN_PIXEL : SUN_SCENE;
	return 0;
}

int landsat_read(struct product *p, const struct folder *root, const char *mtl_name,
		 struct error *e)
{
	struct landsat l = { .p = p, .root = root };
	struct mtl *mtl = NULL;
	int ret = -1;

	p->metadata_path = folder_path(root, mtl_name);
	p->granules = calloc(1, sizeof(*p->granules));
	if (!p->metadata_path || !p->granules)
		return error_nomem(e, "a product");
	p->granules_nr = 1;
	l.g = p->granules;
	l.path = p->metadata_path;
	if (mtl_read(&mtl, l.path, e))
		return -1;
	l.mtl = mtl;
	ret = read_all(&l, e);
	mtl_free(mtl);
	return ret;
}
