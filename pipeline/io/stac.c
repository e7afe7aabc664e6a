/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/stac.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/stac_internal.h"

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && !strcasecmp(name + n - k, end);
}

bool stac_is_file(const char *name)
{
	static const char *const others[] = { "_MTL.json", "tileInfo.json", "productInfo.json",
					      "_ANG.json" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (ends_with(name, others[i]))
			return false;
	return ends_with(name, ".json");
}

/* --- properties --- */

static const char *text_of(const struct stac *s, const char *key)
{
	return json_string_value(json_object_get(s->properties, key));
}

/* 1: *out is set; 0: there is no such property; -1: it is no number in low..high. */
static int number_of(const struct stac *s, const char *key, double low, double high, double *out,
		     struct error *e)
{
	const json_t *value = json_object_get(s->properties, key);
	double v;

	if (!value || json_is_null(value))
		return 0;
	v = json_is_string(value) ? NAN : json_number_value(value);
	/* Some catalogues write paths and rows as text. */
	if (json_is_string(value) && !facts_number(json_string_value(value), &v))
		v = NAN;
	if (!(v >= low && v <= high))
		return error_set(e, ERROR_DATA, "%s: %s is not a number from %g to %g",
				 s->p->metadata_path, key, low, high);
	*out = v;
	return 1;
}

static int absent(const struct stac *s, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s: the Item has no %s", s->p->metadata_path, what);
}

/* The instrument's name as the tables know it. */
static const char *instrument_of(const struct stac *s)
{
	const json_t *list = json_object_get(s->properties, "instruments");
	const char *first = json_string_value(json_array_get(list, 0)), *second;

	second = json_string_value(json_array_get(list, 1));
	if (first && !strcasecmp(first, "oli") && second && !strncasecmp(second, "tirs", 4))
		return "OLI_TIRS";
	if (first && !strcasecmp(first, "etm+"))
		return "ETM";
	return first;
}

/* Copies into an array of the product what a text begins with. */
#define SET(array, text) snprintf(array, sizeof(array), "%.*s", (int)sizeof(array) - 1, text)

/* An HLS granule keeps its kind in its id. */
static bool set_hls(struct stac *s, const char *id)
{
	char kind[4] = "";

	if (strncmp(id, "HLS.", 4) || strlen(id) < 8)
		return false;
	snprintf(kind, sizeof(kind), "%.3s", id + 4);
	s->p->sensor = sensor_hls(kind);
	if (!s->p->sensor)
		return false;
	SET(s->p->mission, "HLS");
	SET(s->p->level_name, kind);
	SET(s->p->baseline, "2.0");
	s->p->level = LEVEL_SURFACE;
	return true;
}

static int set_platform(struct stac *s, struct error *e)
{
	const char *craft = text_of(s, "platform"), *instrument = instrument_of(s);
	const struct platform *platform;
	bool known;

	if (!craft)
		return absent(s, "property platform", e);
	if (!instrument && !strncasecmp(craft, "sentinel-2", 10))
		instrument = "MSI";
	platform = instrument ? sensor_platform(craft, instrument, &known) : NULL;
	if (!platform)
		return error_set(e, ERROR_DATA,
				 "%s: platform \"%.40s\" with the instrument \"%.40s\" is not one "
				 "that is read",
				 s->p->metadata_path, craft, instrument ? instrument : "");
	s->p->sensor = platform->sensor;
	SET(s->p->mission, platform->mission);
	if (known)
		return 0;
	return facts_warn(s->p, e, "%.40s is a satellite this version does not know: read as %s",
			  craft, platform->mission);
}

/* What properties say of the level, and what it is called. */
static int set_level(struct stac *s, struct error *e)
{
	static const struct {
		const char *key, *value, *name;
		enum level level;
	} rows[] = {
		{ "landsat:correction", "L2SP", "L2SP", LEVEL_SURFACE },
		{ "landsat:correction", "L2SR", "L2SR", LEVEL_SURFACE },
		{ "landsat:correction", "L1TP", "L1TP", LEVEL_TOA },
		{ "landsat:correction", "L1GT", "L1GT", LEVEL_TOA },
		{ "landsat:correction", "L1GS", "L1GS", LEVEL_TOA },
		{ "s2:product_type", "S2MSI2A", "L2A", LEVEL_SURFACE },
		{ "s2:product_type", "S2MSI1C", "L1C", LEVEL_TOA },
		{ "processing:level", "L2A", "L2A", LEVEL_SURFACE },
		{ "processing:level", "L1C", "L1C", LEVEL_TOA },
		{ "processing:level", "L2", "L2", LEVEL_SURFACE },
		{ "processing:level", "L1", "L1", LEVEL_TOA },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *value = text_of(s, rows[i].key);

		if (!value || strcasecmp(value, rows[i].value))
			continue;
		SET(s->p->level_name, rows[i].name);
		s->p->level = rows[i].level;
		return 0;
	}
	return absent(s, "known landsat:correction, s2:product_type or processing:level", e);
}

static int set_time(struct stac *s, struct error *e)
{
	const char *text = text_of(s, "datetime"), *made;

	if (!text)
		text = text_of(s, "start_datetime");
	if (!facts_time(text, &s->p->time))
		return absent(s, "datetime in UTC (\"2024-07-12T05:42:13Z\")", e);
	made = text_of(s, "s2:generation_time");
	if (!made)
		made = text_of(s, "created");
	if (made && !facts_time(made, &s->p->processed))
		s->p->processed = 0;
	return 0;
}

/* "T43TFM" of s2:mgrs_tile or grid:code ("MGRS-43TFM"), or path and row of Landsat. */
static int set_tile(struct stac *s, struct error *e)
{
	const char *tile = text_of(s, "s2:mgrs_tile"), *code = text_of(s, "grid:code");
	double path = 0, row = 0;
	int n;

	if (!tile && code && !strncmp(code, "MGRS-", 5))
		tile = code + 5;
	if (tile && strlen(tile) == 5 && facts_plain_name(tile))
		snprintf(s->g->tile, sizeof(s->g->tile), "T%s", tile);
	n = number_of(s, "landsat:wrs_path", 1, 251, &path, e);
	if (n < 0 || number_of(s, "landsat:wrs_row", 1, 248, &row, e) < 0)
		return -1;
	if (n > 0 && row > 0) {
		snprintf(s->g->tile, sizeof(s->g->tile), "%03d%03d", (int)path, (int)row);
		snprintf(s->p->orbit, sizeof(s->p->orbit), "%03d", (int)path);
	}
	if (!s->g->tile[0])
		return absent(s, "s2:mgrs_tile, grid:code or landsat:wrs_path and row", e);
	return 0;
}

/* Of the overpass: the datatake's id without baseline; of Landsat path and date; else the hour. */
static void set_datatake(struct stac *s)
{
	const char *id = text_of(s, "s2:datatake_id"), *strip = text_of(s, "s2:datastrip_id");
	char time[16];

	product_time_compact(s->p, time);
	if (id && facts_plain_name(id)) {
		const char *cut = strstr(id, "_N");

		snprintf(s->p->datatake, sizeof(s->p->datatake), "%.*s",
			 (int)(cut ? cut - id : (long)strlen(id)) % 64, id);
	} else if (s->p->orbit[0]) {
		snprintf(s->p->datatake, sizeof(s->p->datatake), "%s_%s_%.8s", s->p->mission,
			 s->p->orbit, time);
	} else {
		snprintf(s->p->datatake, sizeof(s->p->datatake), "%s_%s_%.11s", s->p->mission,
			 s->p->level_name, time);
	}
	strip = strip ? strstr(strip, "_S") : NULL;
	if (strip && strlen(strip) >= 17 && strspn(strip + 2, "0123456789T") >= 15)
		snprintf(s->g->datastrip, sizeof(s->g->datastrip), "%.15s", strip + 2);
}

static int set_sky(struct stac *s, struct error *e)
{
	double elevation = NAN, azimuth = 0, cloud = NAN, view = 0, orbit = 0;

	if (number_of(s, "view:sun_elevation", -90, 90, &elevation, e) < 0 ||
	    number_of(s, "view:sun_azimuth", -360, 360, &azimuth, e) < 0 ||
	    number_of(s, "view:off_nadir", 0, 89, &view, e) < 0 ||
	    number_of(s, "eo:cloud_cover", 0, 100, &cloud, e) < 0 ||
	    number_of(s, "sat:relative_orbit", 1, 999, &orbit, e) < 0)
		return -1;
	if (s->p->level == LEVEL_TOA && !(elevation > 0))
		return absent(s, "view:sun_elevation above 0", e);
	s->g->sun_elevation_deg = isnan(elevation) ? 0 : elevation;
	s->g->sun_azimuth_deg = azimuth < 0 ? azimuth + 360 : azimuth;
	s->g->view_zenith_deg = view;
	s->p->cloud_cover_percent = cloud;
	if (orbit > 0 && !s->p->orbit[0])
		snprintf(s->p->orbit, sizeof(s->p->orbit), "%03d", (int)orbit);
	/* ESA's Level-1C has the sun's angle in it, USGS' Level-1 has not. */
	s->g->sun =
		s->p->level == LEVEL_TOA && s->p->mission[0] == 'L' ? SUN_SCENE : SUN_IN_PRODUCT;
	return 0;
}

/* The outer ring of the geometry, without the point that closes it. */
static void set_footprint(struct stac *s)
{
	const json_t *geometry = json_object_get(s->item, "geometry");
	const char *type = json_string_value(json_object_get(geometry, "type"));
	const json_t *ring = json_object_get(geometry, "coordinates");
	size_t n;

	if (type && !strcmp(type, "MultiPolygon"))
		ring = json_array_get(ring, 0);
	ring = json_array_get(ring, 0);
	n = json_array_size(ring);
	if (n < 4 || n - 1 > FOOTPRINT_POINTS_MAX)
		return;
	for (size_t i = 0; i + 1 < n; i++) {
		const json_t *at = json_array_get(ring, i);

		s->g->footprint[i].x = json_number_value(json_array_get(at, 0));
		s->g->footprint[i].y = json_number_value(json_array_get(at, 1));
	}
	s->g->footprint_nr = n - 1;
}

static int set_id(struct stac *s, struct error *e)
{
	const char *id = json_string_value(json_object_get(s->item, "id")), *baseline;
	char time[16];

	if (!id || !facts_plain_name(id))
		return absent(s, "id that is a plain name", e);
	SET(s->p->id, id);
	SET(s->g->name, id);
	if (!set_hls(s, id)) {
		if (set_platform(s, e) || set_level(s, e))
			return -1;
		baseline = text_of(s, s->p->mission[0] == 'L' ? "landsat:collection_number"
							      : "s2:processing_baseline");
		SET(s->p->baseline, baseline && facts_plain_name(baseline) ? baseline : "");
	}
	if (set_time(s, e) || set_tile(s, e))
		return -1;
	product_time_compact(s->p, time);
	snprintf(s->g->id, sizeof(s->g->id), "%s_%s_%s_%s", s->p->mission, s->p->level_name, time,
		 s->g->tile);
	return 0;
}

/* --- the Item --- */

static int check_type(const struct stac *s, struct error *e)
{
	const char *type = json_string_value(json_object_get(s->item, "type"));

	if (!type)
		return error_set(e, ERROR_DATA, "%s: not a STAC Item: it has no type",
				 s->p->metadata_path);
	if (strcmp(type, "Feature"))
		return error_set(e, ERROR_DATA,
				 "%s: a %.40s, not a STAC Item: name the Items one by one",
				 s->p->metadata_path, type);
	if (!json_is_object(s->properties))
		return absent(s, "properties", e);
	if (!json_string_value(json_object_get(s->item, "stac_version")))
		return absent(s, "stac_version: is it a STAC Item?", e);
	return 0;
}

/* The address or folder that relative hrefs start from. */
static char *base_of(const struct stac *s)
{
	const char *slash;

	if (!remote_is(s->p->path))
		return strdup(s->root->path);
	slash = strrchr(s->p->path, '/');
	return strndup(s->p->path, (size_t)(slash - s->p->path));
}

static int read_item(struct stac *s, struct error *e)
{
	if (check_type(s, e) || set_id(s, e) || set_sky(s, e))
		return -1;
	set_datatake(s);
	set_footprint(s);
	return stac_assets(s, e);
}

static json_t *load(const char *path, struct error *e)
{
	size_t size = 0;
	char *text = NULL;
	json_error_t where;
	json_t *item;

	if (folder_read_file(path, STAC_BYTES_MAX, &text, &size, e))
		return NULL;
	item = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
	free(text);
	if (!item)
		error_set(e, ERROR_DATA, "cannot read %s: line %d: %.100s", path, where.line,
			  where.text);
	return item;
}

int stac_read(struct product *p, const struct folder *root, const char *name,
	      const struct input_options *options, struct error *e)
{
	struct stac s = { .p = p, .root = root, .options = options };
	json_t *item;
	int ret = -1;

	p->metadata_path = folder_path(root, name);
	p->granules = calloc(1, sizeof(*p->granules));
	if (!p->metadata_path || !p->granules)
		return error_nomem(e, "a product");
	p->granules_nr = 1;
	s.g = p->granules;
	item = load(p->metadata_path, e);
	if (!item)
		return -1;
	s.item = item;
	s.properties = json_object_get(item, "properties");
	s.base = base_of(&s);
	if (!s.base)
		error_nomem(e, "a path");
	else
		ret = read_item(&s, e);
	free(s.base);
	json_decref(item);
	return ret;
}
