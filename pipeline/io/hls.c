/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/hls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/gdal.h"

#define VERSION "v2.0"

/* Zero of the Celsius scale [K]. */
#define CELSIUS 273.15

/* The parts of "HLS.S30.T43TFM.2024120T053641.v2.0.B8A.tif". */
struct name {
	char granule[60]; /* up to the version: what all files of a granule begin with */
	char kind[4], tile[8], day[8], clock[8], version[12];
	char layer[40]; /* "B8A", "Fmask" */
};

/* The next part of a dotted name, at most size - 1 characters; false if there is none or it is longer. */
static bool take(const char **at, char *out, size_t size, char stop)
{
	size_t n = 0;

	while ((*at)[n] && (*at)[n] != stop)
		n++;
	if (!n || n >= size || (*at)[n] != stop)
		return false;
	memcpy(out, *at, n);
	out[n] = '\0';
	*at += n + 1;
	return true;
}

static bool is_tile(const char *s)
{
	return strlen(s) == 6 && s[0] == 'T' && strspn(s + 1, "0123456789") == 2 &&
	       strspn(s + 3, "ABCDEFGHJKLMNPQRSTUVWXYZ") == 3;
}

/* Split a file's name; false if it is none of an HLS granule. */
static bool split(const char *file, struct name *n)
{
	const char *at = file + 4, *dot = strrchr(file, '.');

	if (strlen(file) >= 100 || !facts_plain_name(file) || strncmp(file, "HLS.", 4) || !dot ||
	    strcasecmp(dot, ".tif"))
		return false;
	if (!take(&at, n->kind, sizeof(n->kind), '.') ||
	    !take(&at, n->tile, sizeof(n->tile), '.') || !take(&at, n->day, sizeof(n->day), 'T') ||
	    !take(&at, n->clock, sizeof(n->clock), '.'))
		return false;
	/* The version holds a dot itself: "v2.0". */
	if (at[0] != 'v' || !strchr(at, '.') || strcspn(at, ".") > 4 ||
	    strspn(strchr(at, '.') + 1, "0123456789") != strcspn(strchr(at, '.') + 1, "."))
		return false;
	snprintf(n->version, sizeof(n->version), "%.*s",
		 (int)(strcspn(at, ".") + 1 + strcspn(strchr(at, '.') + 1, ".")), at);
	at += strlen(n->version);
	if (*at != '.')
		return false;
	snprintf(n->granule, sizeof(n->granule), "%.*s", (int)(at - file), file);
	at++;
	return take(&at, n->layer, sizeof(n->layer), '.') && is_tile(n->tile) &&
	       strlen(n->day) == 7 && strspn(n->day, "0123456789") == 7 && strlen(n->clock) == 6 &&
	       strspn(n->clock, "0123456789") == 6;
}

bool hls_is_file(const char *name)
{
	struct name n;

	return split(name, &n);
}

/* Days of the year before each month, of a year that is no leap year. */
static bool set_time(struct product *p, const struct name *n)
{
	static const int before[13] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
	};
	int year, day, month = 0;
	char text[80];
	long number;
	bool leap;

	if (!facts_integer(n->day, 1970001, 9999366, &number))
		return false;
	year = (int)(number / 1000);
	day = (int)(number % 1000);
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (day < 1 || day > 365 + leap)
		return false;
	if (leap && day == 60) {
		month = 2;
		day = 29;
	} else {
		day -= leap && day > 60;
		while (month < 11 && day > before[month + 1])
			month++;
		day -= before[month++];
	}
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%.2s:%.2s:%.2sZ", year, month, day, n->clock,
		 n->clock + 2, n->clock + 4);
	return facts_time(text, &p->time);
}

static int set_identity(struct product *p, struct granule *g, const struct name *n, struct error *e)
{
	char time[16];

	p->sensor = sensor_hls(n->kind);
	if (!p->sensor)
		return error_set(e, ERROR_DATA, "%s: HLS \"%s\"; known are L30 and S30", n->granule,
				 n->kind);
	if (strcmp(n->version, VERSION))
		return error_set(e, ERROR_DATA, "%s: HLS %s; this version reads " VERSION,
				 n->granule, n->version);
	if (!set_time(p, n))
		return error_set(e, ERROR_DATA, "%s: %sT%s is no time", n->granule, n->day,
				 n->clock);
	p->level = LEVEL_SURFACE;
	snprintf(p->id, sizeof(p->id), "%s", n->granule);
	snprintf(g->name, sizeof(g->name), "%s", n->granule);
	snprintf(g->tile, sizeof(g->tile), "%s", n->tile);
	snprintf(p->mission, sizeof(p->mission), "HLS");
	snprintf(p->level_name, sizeof(p->level_name), "%s", n->kind);
	snprintf(p->baseline, sizeof(p->baseline), "%s", n->version + 1);
	product_time_compact(p, time);
	snprintf(g->id, sizeof(g->id), "HLS_%s_%s_%s", n->kind, time, n->tile);
	/* Tiles of one overpass are seconds apart, overpasses an hour and a half. */
	snprintf(p->datatake, sizeof(p->datatake), "HLS_%s_%.11s", n->kind, time);
	return 0;
}

/* --- tags --- */

static int tag_number(struct product *p, GDALDatasetH d, const char *key, double *out,
		      struct error *e)
{
	const char *text = GDALGetMetadataItem(d, key, NULL);
	char first[40];

	if (!text)
		return 0;
	/* Where two scenes were merged, their values stand side by side: the first is the later one. */
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(text, ";, "), text);
	if (facts_number(first, out))
		return 1;
	return error_set(e, ERROR_DATA, "%s: the tag %s is \"%.40s\", not a number", p->id, key,
			 text);
}

/* Angles and clouds of the scene, from any of its files. */
static int set_sky(struct product *p, struct granule *g, GDALDatasetH d, struct error *e)
{
	double zenith = NAN, azimuth = NAN, view = 0, view_azimuth = 0, cloud = NAN;

	if (tag_number(p, d, "MEAN_SUN_ZENITH_ANGLE", &zenith, e) < 0 ||
	    tag_number(p, d, "MEAN_SUN_AZIMUTH_ANGLE", &azimuth, e) < 0 ||
	    tag_number(p, d, "MEAN_VIEW_ZENITH_ANGLE", &view, e) < 0 ||
	    tag_number(p, d, "MEAN_VIEW_AZIMUTH_ANGLE", &view_azimuth, e) < 0 ||
	    tag_number(p, d, "cloud_coverage", &cloud, e) < 0)
		return -1;
	if (cloud >= 0.0 && cloud <= 100.0)
		p->cloud_cover_percent = cloud;
	g->view_zenith_deg = view >= 0.0 && view < 90.0 ? view : 0.0;
	g->view_azimuth_deg = fabs(view_azimuth) <= 360.0 ? view_azimuth : 0.0;
	if (isnan(zenith) || isnan(azimuth))
		return facts_warn(p, e, "%s: its files have no MEAN_SUN_ZENITH_ANGLE tag", p->id);
	if (!(zenith >= 0.0 && zenith <= 180.0) || !(fabs(azimuth) <= 360.0))
		return error_set(e, ERROR_DATA, "%s: sun zenith %g, azimuth %g degrees", p->id,
				 zenith, azimuth);
	g->sun_elevation_deg = 90.0 - zenith;
	g->sun_azimuth_deg = azimuth < 0.0 ? azimuth + 360.0 : azimuth;
	return 0;
}

/* Scale and fill as TIFF's own tags have them, where those of HLS are missing. */
static void gdal_factors(GDALRasterBandH band, int *has_scale, double *scale, int *has_fill,
			 double *fill)
{
	int has;
	double value = GDALGetRasterScale(band, &has);

	if (!*has_scale && has && value != 1.0) {
		*scale = value;
		*has_scale = 1;
	}
	value = GDALGetRasterNoDataValue(band, &has);
	if (!*has_fill && has) {
		*fill = value;
		*has_fill = 1;
	}
}

/* scale_factor, add_offset and _FillValue; of heat in hundredths of a degree Celsius. */
static int set_factors(struct product *p, struct product_band *b, GDALDatasetH d, struct error *e)
{
	bool thermal = role_is_thermal(b->band->role);
	double scale = thermal ? 0.01 : 0.0001, add = 0.0, fill = -9999.0;
	int has_scale = tag_number(p, d, "scale_factor", &scale, e);
	int has_add = has_scale < 0 ? -1 : tag_number(p, d, "add_offset", &add, e);
	int has_fill = has_add < 0 ? -1 : tag_number(p, d, "_FillValue", &fill, e);

	if (has_fill < 0)
		return -1;
	gdal_factors(GDALGetRasterBand(d, 1), &has_scale, &scale, &has_fill, &fill);
	if (!(scale > 0.0) || fill != floor(fill) || fabs(fill) > 32768.0)
		return error_set(e, ERROR_DATA, "%s: scale_factor %g, _FillValue %g", b->file,
				 scale, fill);
	b->gain = scale;
	b->offset = add + (thermal ? CELSIUS : 0.0);
	b->fill = (int32_t)fill;
	if (has_scale && has_fill)
		return 0;
	return facts_warn(p, e, "%s: no scale_factor or _FillValue; taken as %g and %g", b->file,
			  scale, fill);
}

/*
 * What the tags of a file say; a file that cannot be opened is left to the
 * check of its header, which names the reason.
 */
static int read_tags(struct product *p, struct granule *g, struct product_band *b, bool *sky,
		     struct error *e)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct gdal_errors c;
	struct error ignored;
	GDALDatasetH d;
	int ret = 0;

	if (folder_check_file(b->path, &ignored) || !(d = gdal_open(b->path, drivers, &ignored)))
		return 0;
	gdal_begin(&c);
	if (b->band)
		ret = set_factors(p, b, d, e);
	if (!ret && !*sky)
		ret = set_sky(p, g, d, e);
	*sky = true;
	GDALClose(d);
	if (gdal_end(&c, &ignored, ERROR_DATA, "tags") && !ret)
		ret = error_set(e, ERROR_DATA, "%s", ignored.text);
	return ret;
}

/* --- files --- */

static struct product_band *band_of(const struct product *p, struct granule *g, const char *layer)
{
	for (size_t i = 0; i < p->sensor->bands_nr; i++)
		if (!strcmp(p->sensor->bands[i].name, layer))
			return &g->bands[p->sensor->bands[i].role];
	for (size_t i = 0; i < p->sensor->masks_nr; i++)
		if (!strcmp(p->sensor->masks[i].name, layer))
			return &g->bands[p->sensor->masks[i].role];
	return NULL;
}

static void set_roles(const struct product *p, struct granule *g)
{
	for (size_t i = 0; i < p->sensor->bands_nr; i++) {
		struct product_band *b = &g->bands[p->sensor->bands[i].role];

		b->band = &p->sensor->bands[i];
		b->fill = -9999;
		b->saturated = PRODUCT_NO_VALUE;
	}
	g->bands[ROLE_FMASK].gain = 1.0;
	g->bands[ROLE_FMASK].fill = 255;
	g->bands[ROLE_FMASK].saturated = PRODUCT_NO_VALUE;
}

/* All files of the granule in the folder.  named: the user named one; else there may be no other granule. */
static int find_files(struct product *p, struct granule *g, const struct folder *root,
		      const struct name *wanted, bool named, struct error *e)
{
	struct name n;

	for (size_t i = 0; i < root->names_nr; i++) {
		struct product_band *b;

		if (!split(root->names[i], &n))
			continue;
		if (strcmp(n.granule, wanted->granule)) {
			if (named)
				continue;
			return error_set(e, ERROR_DATA,
					 "%s holds several granules (%s, %s): name a file of one",
					 root->path, wanted->granule, n.granule);
		}
		b = band_of(p, g, n.layer);
		if (!b || b->path)
			continue;
		b->file = strdup(root->names[i]);
		b->path = folder_path(root, root->names[i]);
		if (!b->file || !b->path)
			return error_nomem(e, "a path");
	}
	return 0;
}

/* The file whose checksum stands for the granule: Fmask, or the first band. */
static int set_metadata_path(struct product *p, const struct granule *g, const struct folder *root,
			     const char *name, struct error *e)
{
	const char *path = g->bands[ROLE_FMASK].path;

	p->metadata_path = path ? strdup(path) : folder_path(root, name);
	return p->metadata_path ? 0 : error_nomem(e, "a path");
}

int hls_read(struct product *p, const struct folder *root, const char *name, struct error *e)
{
	bool named = strcmp(root->path, p->input.path) != 0 && !p->input.archive, sky = false;
	struct name n = { .kind = "" };
	struct granule *g;

	p->granules = calloc(1, sizeof(*p->granules));
	if (!p->granules)
		return error_nomem(e, "a product");
	p->granules_nr = 1;
	g = p->granules;
	if (!split(name, &n))
		return error_set(e, ERROR_DATA, "%s: not the name of an HLS file", name);
	if (set_identity(p, g, &n, e))
		return -1;
	set_roles(p, g);
	if (find_files(p, g, root, &n, named, e) || set_metadata_path(p, g, root, name, e))
		return -1;
	for (enum role r = 0; r < ROLE_NR; r++)
		if (g->bands[r].path && read_tags(p, g, &g->bands[r], &sky, e))
			return -1;
	return 0;
}
