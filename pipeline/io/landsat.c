/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/landsat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/mtl.h"
#include "pipeline/io/sensor.h"

#define CONTENTS "PRODUCT_CONTENTS"
#define IMAGE	 "IMAGE_ATTRIBUTES"

/* What the steps below share. */
struct landsat {
	struct product *p;
	struct granule *g;
	const struct folder *root;
	const struct mtl *mtl;
	const char *path; /* of the metadata file */
};

static const char *need(const struct landsat *l, const char *group, const char *key,
			struct error *e)
{
	const char *value = mtl_get(l->mtl, group, key);

	if (!value)
		error_set(e, ERROR_DATA, "%s: no %s in %s", l->path, key, group);
	return value;
}

static int need_number(const struct landsat *l, const char *group, const char *key, double *out,
		       struct error *e)
{
	const char *value = need(l, group, key, e);

	if (!value)
		return -1;
	if (!facts_number(value, out))
		return error_set(e, ERROR_DATA, "%s: %s is \"%.40s\", not a number", l->path, key,
				 value);
	return 0;
}

static int need_integer(const struct landsat *l, const char *key, long max, long *out,
			struct error *e)
{
	const char *value = need(l, IMAGE, key, e);

	if (!value)
		return -1;
	if (!facts_integer(value, 1, max, out))
		return error_set(e, ERROR_DATA, "%s: %s is \"%.40s\", not 1 to %ld", l->path, key,
				 value, max);
	return 0;
}

/* Say what is given and what is wanted where it is not Collection 2. */
static int check_collection(const struct landsat *l, struct error *e)
{
	const char *number = mtl_get(l->mtl, CONTENTS, "COLLECTION_NUMBER");
	const char *old = mtl_get(l->mtl, "METADATA_FILE_INFO", "COLLECTION_NUMBER");

	if (number && !strcmp(number, "02"))
		return 0;
	if (!number)
		number = old;
	if (number)
		return error_set(e, ERROR_DATA,
				 "%s: Collection %.10s; this version reads Collection 2", l->path,
				 number + strspn(number, "0"));
	if (mtl_get(l->mtl, "METADATA_FILE_INFO", "LANDSAT_SCENE_ID"))
		return error_set(e, ERROR_DATA,
				 "%s: pre-collection; this version reads Collection 2", l->path);
	return error_set(e, ERROR_DATA, "%s: no COLLECTION_NUMBER in %s: not Landsat metadata",
			 l->path, CONTENTS);
}

static int set_level(struct landsat *l, struct error *e)
{
	static const char *const names[] = { "L1TP", "L1GT", "L1GS", "L2SP", "L2SR" };
	const char *name = need(l, CONTENTS, "PROCESSING_LEVEL", e);

	if (!name)
		return -1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]))
			continue;
		snprintf(l->p->level_name, sizeof(l->p->level_name), "%s", names[i]);
		l->p->level = name[1] == '1' ? LEVEL_TOA : LEVEL_SURFACE;
		return 0;
	}
	return error_set(e, ERROR_DATA, "%s: level %.20s; known are L1TP, L1GT, L1GS, L2SP, L2SR",
			 l->path, name);
}

/* "LC09" from SENSOR_ID and SPACECRAFT_ID. */
static int set_mission(struct landsat *l, struct error *e)
{
	const char *sensor = need(l, IMAGE, "SENSOR_ID", e), *craft;
	char letter;
	long number;

	const struct platform *platform;
	bool known;

	if (!sensor || !(craft = need(l, IMAGE, "SPACECRAFT_ID", e)))
		return -1;
	platform = sensor_platform(craft, sensor, &known);
	if (!platform)
		return error_set(e, ERROR_DATA,
				 "%s: sensor %.20s; known are TM, ETM, OLI, OLI_TIRS", l->path,
				 sensor);
	l->p->sensor = platform->sensor;
	if (strncmp(craft, "LANDSAT_", 8) || !facts_integer(craft + 8, 1, 99, &number))
		return error_set(e, ERROR_DATA, "%s: SPACECRAFT_ID is \"%.40s\"", l->path, craft);
	letter = sensor[0] == 'T'	 ? 'T'
		 : sensor[0] == 'E'	 ? 'E'
		 : strcmp(sensor, "OLI") ? 'C'
					 : 'O';
	snprintf(l->p->mission, sizeof(l->p->mission), "L%c%02d", letter, (int)number);
	if (number > 9)
		return facts_warn(l->p, e,
				  "%s is a satellite this version does not know: read as %s",
				  l->p->mission, l->p->sensor->name);
	return 0;
}

static int set_id(struct landsat *l, struct error *e)
{
	const char *id = need(l, CONTENTS, "LANDSAT_PRODUCT_ID", e);
	char start[20];
	size_t n;

	if (!id)
		return -1;
	n = (size_t)snprintf(start, sizeof(start), "%s_%s_", l->p->mission, l->p->level_name);
	if (!facts_plain_name(id) || strncmp(id, start, n))
		return error_set(
			e, ERROR_DATA,
			"%s: LANDSAT_PRODUCT_ID \"%.60s\" does not begin with %s as sensor and "
			"level say",
			l->path, id, start);
	snprintf(l->p->id, sizeof(l->p->id), "%s", id);
	snprintf(l->g->name, sizeof(l->g->name), "%s", id);
	snprintf(l->p->baseline, sizeof(l->p->baseline), "02");
	return 0;
}

static int set_time(struct landsat *l, struct error *e)
{
	const char *date = need(l, IMAGE, "DATE_ACQUIRED", e), *time;
	char text[60];

	if (!date || !(time = need(l, IMAGE, "SCENE_CENTER_TIME", e)))
		return -1;
	snprintf(text, sizeof(text), "%.12sT%.40s", date, time);
	if (!facts_time(text, &l->p->time))
		return error_set(
			e, ERROR_DATA,
			"%s: DATE_ACQUIRED and SCENE_CENTER_TIME are \"%.40s\" and \"%.40s\"",
			l->path, date, time);
	return 0;
}

/* Path, row, and the names made of them and of the time. */
static int set_place(struct landsat *l, struct error *e)
{
	long path, row;
	char time[16];

	if (need_integer(l, "WRS_PATH", 251, &path, e) || need_integer(l, "WRS_ROW", 248, &row, e))
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

static int set_sky(struct landsat *l, struct error *e)
{
	double elevation, azimuth, cloud;

	if (need_number(l, IMAGE, "SUN_ELEVATION", &elevation, e) ||
	    need_number(l, IMAGE, "SUN_AZIMUTH", &azimuth, e))
		return -1;
	if (!(fabs(elevation) <= 90.0) || !(fabs(azimuth) <= 360.0))
		return error_set(e, ERROR_DATA, "%s: sun elevation %g, azimuth %g degrees", l->path,
				 elevation, azimuth);
	if (l->p->level == LEVEL_TOA && elevation <= 0.0)
		return error_set(e, ERROR_DATA, "%s: sun elevation %g degrees: a night scene",
				 l->path, elevation);
	l->g->sun = l->p->level == LEVEL_TOA ? SUN_SCENE : SUN_IN_PRODUCT;
	l->g->sun_elevation_deg = elevation;
	l->g->sun_azimuth_deg = azimuth < 0.0 ? azimuth + 360.0 : azimuth;
	if (facts_number(mtl_get(l->mtl, IMAGE, "CLOUD_COVER"), &cloud) && cloud >= 0.0)
		l->p->cloud_cover_percent = cloud;
	return 0;
}

/* Set path and file of a band if the folder has the file that this key names. */
static int find_file(struct landsat *l, struct product_band *b, const char *key, struct error *e)
{
	const char *name = mtl_get(l->mtl, CONTENTS, key), *found;

	if (!name)
		return 0;
	if (!facts_plain_name(name))
		return error_set(e, ERROR_DATA, "%s: %s is no plain file name: \"%.60s\"", l->path,
				 key, name);
	found = folder_find(l->root, name);
	if (!found)
		return 0;
	b->file = strdup(found);
	b->path = folder_path(l->root, found);
	return b->file && b->path ? 0 : error_nomem(e, "a path");
}

static int calibrate(struct landsat *l, struct product_band *b, const char *number, struct error *e)
{
	bool toa = l->p->level == LEVEL_TOA;
	const char *group =
		toa ? "LEVEL1_RADIOMETRIC_RESCALING" : "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS";
	double mult, add;
	char key[40];

	snprintf(key, sizeof(key), "REFLECTANCE_MULT_BAND_%.4s", number);
	if (need_number(l, group, key, &mult, e))
		return -1;
	snprintf(key, sizeof(key), "REFLECTANCE_ADD_BAND_%.4s", number);
	if (need_number(l, group, key, &add, e))
		return -1;
	b->gain = mult;
	b->offset = add;
	if (!(mult > 0.0))
		return error_set(e, ERROR_DATA, "%s: band %.4s: reflectance = %g DN + %g", l->path,
				 number, mult, add);
	return 0;
}

static int set_bands(struct landsat *l, struct error *e)
{
	const struct sensor *s = l->p->sensor;
	struct product_band *masks = l->g->bands;
	char key[40];

	for (size_t i = 0; i < s->bands_nr; i++) {
		struct product_band *b = &l->g->bands[s->bands[i].role];
		const char *number = s->bands[i].name + 1;

		b->band = &s->bands[i];
		b->saturated = PRODUCT_NO_VALUE;
		if (!role_is_reflectance(b->band->role))
			continue;
		snprintf(key, sizeof(key), "FILE_NAME_BAND_%.4s", number);
		if (find_file(l, b, key, e) || (b->path && calibrate(l, b, number, e)))
			return -1;
	}
	masks[ROLE_QA_PIXEL].gain = masks[ROLE_QA_RADSAT].gain = 1;
	masks[ROLE_QA_PIXEL].fill = 1;
	if (find_file(l, &masks[ROLE_QA_PIXEL], "FILE_NAME_QUALITY_L1_PIXEL", e))
		return -1;
	return find_file(l, &masks[ROLE_QA_RADSAT], "FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION",
			 e);
}

static int read_all(struct landsat *l, struct error *e)
{
	if (check_collection(l, e) || set_level(l, e) || set_mission(l, e) || set_id(l, e))
		return -1;
	if (set_time(l, e) || set_place(l, e) || set_sky(l, e))
		return -1;
	return set_bands(l, e);
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
