/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testdata/landsat_bands.h"
#include "testdata/mgrs.h"
#include "testdata/shore.h"
#include "testdata/sky.h"
#include "testdata/workers.h"

enum { SIDE_MIN = 16, SIDE_MAX = 20000 };

static const char *const kind_names[] = {
	[KIND_NONE] = "",
	[KIND_LANDSAT_L1] = "landsat-l1",
	[KIND_LANDSAT_L2] = "landsat-l2",
	[KIND_SENTINEL2_L1C] = "sentinel2-l1c",
	[KIND_SENTINEL2_L2A] = "sentinel2-l2a",
};
static const char *const lake_names[] = {
	[LAKE_BALKHASH] = "balkhash", [LAKE_CIRCLE] = "circle", [LAKE_ELLIPSE] = "ellipse",
	[LAKE_STAR] = "star",	      [LAKE_PLAIN] = "plain",
};
static const char *const plane_names[] = { "utm", "laea" };
static const char *const surface_names[] = { "plain", "natural" };

bool options_sentinel2(const struct options *o)
{
	return o->kind == KIND_SENTINEL2_L1C || o->kind == KIND_SENTINEL2_L2A;
}

bool options_level1(const struct options *o)
{
	return o->kind == KIND_LANDSAT_L1 || o->kind == KIND_SENTINEL2_L1C;
}

const char *options_kind_name(enum kind k)
{
	return kind_names[k];
}

const char *options_lake_name(enum lake l)
{
	return lake_names[l];
}

/* What was not said yet; the defaults that depend on the rest replace it. */
struct asked {
	bool lake_center, size, zone, time, radius, noise, plane, surface, mgrs;
};

/* clang-format off */
enum id {
	ID_KIND = 1, ID_OUT, ID_LAKE, ID_LAKE_CENTER, ID_RADIUS, ID_SHIFT, ID_PLANE, ID_RAMP,
	ID_SURFACE, ID_WATER, ID_LAND, ID_SALT, ID_CLOUDS, ID_NOISE, ID_SEED, ID_CENTER, ID_SIZE,
	ID_ZONE, ID_DATE, ID_TIME, ID_SPACECRAFT, ID_PATH, ID_ROW, ID_MGRS, ID_ORBIT, ID_BASELINE,
	ID_SWATH_EDGE, ID_BLOCK, ID_THREADS, ID_SELF_TEST, ID_HELP, ID_VERSION,
};

static const struct option table[] = {
	{ "kind", 1, NULL, ID_KIND }, { "out", 1, NULL, ID_OUT }, { "lake", 1, NULL, ID_LAKE },
	{ "lake-center", 1, NULL, ID_LAKE_CENTER }, { "radius", 1, NULL, ID_RADIUS },
	{ "shift", 1, NULL, ID_SHIFT }, { "plane", 1, NULL, ID_PLANE },
	{ "ramp", 0, NULL, ID_RAMP }, { "surface", 1, NULL, ID_SURFACE },
	{ "water", 1, NULL, ID_WATER }, { "land", 1, NULL, ID_LAND }, { "salt", 0, NULL, ID_SALT },
	{ "clouds", 1, NULL, ID_CLOUDS }, { "noise", 1, NULL, ID_NOISE },
	{ "seed", 1, NULL, ID_SEED }, { "center", 1, NULL, ID_CENTER },
	{ "size", 1, NULL, ID_SIZE }, { "zone", 1, NULL, ID_ZONE }, { "date", 1, NULL, ID_DATE },
	{ "time", 1, NULL, ID_TIME }, { "spacecraft", 1, NULL, ID_SPACECRAFT },
	{ "path", 1, NULL, ID_PATH }, { "row", 1, NULL, ID_ROW }, { "mgrs", 1, NULL, ID_MGRS },
	{ "orbit", 1, NULL, ID_ORBIT }, { "baseline", 1, NULL, ID_BASELINE },
	{ "swath-edge", 0, NULL, ID_SWATH_EDGE }, { "block", 1, NULL, ID_BLOCK },
	{ "threads", 1, NULL, ID_THREADS }, { "self-test", 0, NULL, ID_SELF_TEST },
	{ "help", 0, NULL, ID_HELP }, { "version", 0, NULL, ID_VERSION }, { NULL, 0, NULL, 0 },
};
/* clang-format on */

static const char *name_of(int id)
{
	for (const struct option *t = table; t->name; t++)
		if (t->val == id)
			return t->name;
	return "";
}

static int whole(int id, const char *text, long low, long high, int *out, struct failure *f)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < low || v > high)
		return fail(f, "--%s %s: a whole number from %ld to %ld is needed", name_of(id),
			    text, low, high);
	*out = (int)v;
	return 0;
}

static int real(int id, const char *text, const double range[2], double *out, struct failure *f)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end || !(v >= range[0] && v <= range[1]))
		return fail(f, "--%s %s: a number from %g to %g is needed", name_of(id), text,
			    range[0], range[1]);
	*out = v;
	return 0;
}

static int degrees(int id, const char *text, double out[2], struct failure *f)
{
	char rest;

	if (sscanf(text, "%lf,%lf%c", &out[0], &out[1], &rest) != 2 || !(fabs(out[0]) <= 180) ||
	    !(fabs(out[1]) <= 84))
		return fail(f, "--%s %s: LON,LAT in degrees is needed, like 75.47,46.55",
			    name_of(id), text);
	return 0;
}

/* One of n words; returns its number or -1. */
static int word(int id, const char *text, const char *const *words, int n, struct failure *f)
{
	char all[200] = "";

	for (int i = 0; i < n; i++) {
		if (words[i][0] && !strcmp(text, words[i]))
			return i;
		if (words[i][0]) {
			strncat(all, all[0] ? ", " : "", sizeof(all) - strlen(all) - 1);
			strncat(all, words[i], sizeof(all) - strlen(all) - 1);
		}
	}
	return fail(f, "--%s %s: one of %s is needed", name_of(id), text, all);
}

static int cover(int id, const char *text, int low, int high, struct failure *f)
{
	int k = cover_find(text);

	if (k < low || k > high)
		return fail(f, "--%s %s: see --help for the names", name_of(id), text);
	return k;
}

static int date(const char *text, struct moment *m, struct failure *f)
{
	static const int days[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	char rest;

	if (strlen(text) != 8 ||
	    sscanf(text, "%4d%2d%2d%c", &m->year, &m->month, &m->day, &rest) != 3 ||
	    m->year < 1982 || m->year > 2049 || m->month < 1 || m->month > 12 || m->day < 1 ||
	    m->day > days[m->month - 1])
		return fail(f, "--date %s: YYYYMMDD from 1982 to 2049 is needed", text);
	return 0;
}

static int clock_time(const char *text, struct moment *m, struct failure *f)
{
	int h, min, s;
	char rest;

	if (strlen(text) != 6 || sscanf(text, "%2d%2d%2d%c", &h, &min, &s, &rest) != 3 || h < 0 ||
	    h > 23 || min < 0 || min > 59 || s < 0 || s > 59)
		return fail(f, "--time %s: HHMMSS is needed", text);
	m->second = h * 3600 + min * 60 + s;
	return 0;
}

static int window_size(const char *text, struct options *o, struct failure *f)
{
	char rest;
	int n = sscanf(text, "%dx%d%c", &o->width, &o->height, &rest);

	if (n == 1 && !strchr(text, 'x'))
		o->height = o->width;
	else if (n != 2)
		o->width = 0;
	if (o->width < SIDE_MIN || o->width > SIDE_MAX || o->height < SIDE_MIN ||
	    o->height > SIDE_MAX)
		return fail(f, "--size %s: W or WxH from %d to %d is needed", text, SIDE_MIN,
			    SIDE_MAX);
	return 0;
}

static int copy(int id, const char *text, char *out, size_t size, struct failure *f)
{
	if (snprintf(out, size, "%s", text) >= (int)size)
		return fail(f, "--%s %s: see --help", name_of(id), text);
	return 0;
}

/* Options of the lake, the ground and the sky; 1: it is none of them. */
static int take_ground(struct options *o, struct asked *a, int id, const char *text,
		       struct failure *f)
{
	int k = 0;

	switch (id) {
	case ID_LAKE:
		k = word(id, text, lake_names, 5, f);
		o->lake = (enum lake)(k < 0 ? 0 : k);
		return k < 0 ? -1 : 0;
	case ID_LAKE_CENTER:
		a->lake_center = true;
		return degrees(id, text, o->lake_center, f);
	case ID_RADIUS:
		a->radius = true;
		return real(id, text, (const double[]){ 100, 200000 }, &o->radius_m, f);
	case ID_SHIFT:
		return real(id, text, (const double[]){ -SHORE_SHIFT_MAX_M, SHORE_SHIFT_MAX_M },
			    &o->shift_m, f);
	case ID_PLANE:
		a->plane = true;
		k = word(id, text, plane_names, 2, f);
		o->plane_laea = k == 1;
		return k < 0 ? -1 : 0;
	case ID_SURFACE:
		a->surface = true;
		k = word(id, text, surface_names, 2, f);
		o->natural = k == 1;
		return k < 0 ? -1 : 0;
	case ID_WATER:
		k = cover(id, text, COVER_CLEAR_WATER, COVER_VERY_TURBID_WATER, f);
		o->water = (enum cover)(k < 0 ? 0 : k);
		return k < 0 ? -1 : 0;
	case ID_LAND:
		k = cover(id, text, COVER_SAND, COVER_DRY_REED, f);
		o->land = (enum cover)(k < 0 ? 0 : k);
		return k < 0 ? -1 : 0;
	case ID_CLOUDS:
		return whole(id, text, 0, CLOUD_MAX, &o->clouds, f);
	case ID_NOISE:
		a->noise = true;
		return real(id, text, (const double[]){ 0, 0.1 }, &o->noise, f);
	default:
		return 1;
	}
}

/* Options of the window and the scene; 1: it is none of them. */
static int take_scene(struct options *o, struct asked *a, int id, const char *text,
		      struct failure *f)
{
	switch (id) {
	case ID_CENTER:
		o->has_center = true;
		return degrees(id, text, o->center, f);
	case ID_SIZE:
		a->size = true;
		return window_size(text, o, f);
	case ID_ZONE:
		a->zone = true;
		return whole(id, text, 1, 60, &o->zone, f);
	case ID_DATE:
		return date(text, &o->when, f);
	case ID_TIME:
		a->time = true;
		return clock_time(text, &o->when, f);
	case ID_SPACECRAFT:
		return copy(id, text, o->spacecraft, sizeof(o->spacecraft), f);
	case ID_PATH:
		return whole(id, text, 1, 233, &o->path, f);
	case ID_ROW:
		return whole(id, text, 1, 248, &o->row, f);
	case ID_MGRS:
		a->mgrs = true;
		return copy(id, text[0] == 'T' ? text + 1 : text, o->mgrs, sizeof(o->mgrs), f);
	case ID_ORBIT:
		return whole(id, text, 1, 143, &o->orbit, f);
	case ID_BASELINE:
		return whole(id, text, 204, 9999, &o->baseline, f);
	case ID_BLOCK:
		return whole(id, text, 256, 512, &o->block, f);
	default:
		return 1;
	}
}

static int take(struct options *o, struct asked *a, int id, const char *text, struct failure *f)
{
	int k;

	switch (id) {
	case ID_KIND:
		k = word(id, text, kind_names, 5, f);
		o->kind = (enum kind)(k < 0 ? 0 : k);
		return k < 0 ? -1 : 0;
	case ID_OUT:
		o->out = text;
		return 0;
	case ID_RAMP:
		o->ramp = true;
		return 0;
	case ID_SALT:
		o->salt = true;
		return 0;
	case ID_SWATH_EDGE:
		o->swath_edge = true;
		return 0;
	case ID_SEED:
		o->seed = strtoull(text, NULL, 10);
		return 0;
	case ID_THREADS:
		return whole(id, text, 1, WORKERS_MAX, &o->threads, f);
	case ID_SELF_TEST:
		o->self_test = true;
		return 0;
	case ID_HELP:
		o->help = true;
		return 0;
	case ID_VERSION:
		o->version = true;
		return 0;
	default:
		k = take_ground(o, a, id, text, f);
		return k == 1 ? take_scene(o, a, id, text, f) : k;
	}
}

static int defaults_scene(struct options *o, const struct asked *a, struct failure *f)
{
	bool s2 = options_sentinel2(o);
	struct mgrs square;
	double hour;

	if (a->mgrs && !mgrs_square(o->mgrs, &square))
		return fail(f, "--mgrs %s: a tile name like 43TFM is needed", o->mgrs);
	if (a->mgrs && !o->has_center) {
		struct grid g = { .zone = square.zone, .south = square.south };

		if (plane_lonlat(&g, square.e + 50000, square.n + 50000, o->center, f))
			return -1;
	}
	if (!a->zone)
		o->zone = a->mgrs ? square.zone : (int)floor((o->center[0] + 180) / 6) % 60 + 1;
	if (!a->size)
		o->width = o->height = s2 ? 1200 : 1024;
	if (!o->spacecraft[0])
		snprintf(o->spacecraft, sizeof(o->spacecraft), "%s", s2 ? "S2B" : "LC09");
	hour = fmod((s2 ? 10.75 : 10.7) - o->center[0] / 15 + 24, 24);
	if (!a->time)
		o->when.second = floor(hour * 3600);
	return 0;
}

static int check(struct options *o, struct failure *f)
{
	bool s2 = options_sentinel2(o);

	if (s2 && (o->width % 6 || o->height % 6))
		return fail(f, "--size %dx%d: Sentinel-2 needs multiples of 6 (60 m)", o->width,
			    o->height);
	if (s2 && strcmp(o->spacecraft, "S2A") && strcmp(o->spacecraft, "S2B") &&
	    strcmp(o->spacecraft, "S2C"))
		return fail(f, "--spacecraft %s: S2A, S2B or S2C is needed", o->spacecraft);
	if (!s2 && !landsat_sensor_find(o->spacecraft))
		return fail(f, "--spacecraft %s: LC09, LC08, LE07, LT05 or LT04 is needed",
			    o->spacecraft);
	if (o->block != 256 && o->block != 512)
		return fail(f, "--block %d: 256 or 512 is needed", o->block);
	if (o->lake == LAKE_BALKHASH && !o->plane_laea)
		return fail(f, "--plane utm: --lake balkhash is always in laea");
	if (o->radius_m + o->shift_m < 50)
		return fail(f, "--shift %g leaves nothing of a lake of radius %g", o->shift_m,
			    o->radius_m);
	return 0;
}

static int defaults(struct options *o, const struct asked *a, struct failure *f)
{
	double pixel = options_sentinel2(o) ? 10 : 30;

	if (o->kind == KIND_NONE)
		return fail(f, "--kind is needed; see --help");
	if (!o->out)
		return fail(f, "--out is needed; see --help");
	if (defaults_scene(o, a, f))
		return -1;
	if (!a->lake_center)
		memcpy(o->lake_center, o->center, sizeof(o->center));
	if (!a->radius)
		o->radius_m = 0.3 * pixel * (o->width < o->height ? o->width : o->height);
	if (!a->plane)
		o->plane_laea = o->lake == LAKE_BALKHASH;
	if (!a->surface)
		o->natural = o->lake == LAKE_BALKHASH;
	if (!a->noise)
		o->noise = o->ramp ? 0 : 0.002;
	return check(o, f);
}

int options_parse(struct options *o, int argc, char **argv, struct failure *f)
{
	struct asked a = { 0 };
	int id;

	*o = (struct options){ .center = { 75.47, 46.55 },
			       .when = { 2024, 7, 12, 0 },
			       .path = 150,
			       .row = 28,
			       .orbit = 91,
			       .water = COVER_TURBID_WATER,
			       .land = COVER_SAND,
			       .baseline = 510,
			       .block = 256,
			       .seed = 1 };
	o->threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	o->threads = o->threads < 1 ? 1 : o->threads > WORKERS_MAX ? WORKERS_MAX : o->threads;
	opterr = 0;
	while ((id = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (id == '?')
			return fail(f, "%s: unknown, or its value is missing; see --help",
				    argv[optind - 1]);
		if (take(o, &a, id, optarg, f))
			return -1;
	}
	if (optind < argc)
		return fail(f, "%s: not an option; see --help", argv[optind]);
	if (o->help || o->version || o->self_test)
		return 0;
	return defaults(o, &a, f);
}
