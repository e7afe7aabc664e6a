/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/options.h"

#include <getopt.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testdata/landsat_bands.h"
#include "testdata/mgrs.h"
#include "testdata/options_value.h"
#include "testdata/shore.h"
#include "testdata/sky.h"
#include "testdata/workers.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a kind of product is. */
static const struct kind_facts {
	const char *name;
	enum family family;
	bool level1;
	double pixel_m, hour;	   /* of local solar time */
	int size, multiple;	   /* pixels of the window: default; sides are multiples of this */
	const char *spacecraft[5]; /* the first is the default */
} kinds[] = {
	[KIND_NONE] = { .name = "" },
	[KIND_LANDSAT_L1] = { "landsat-l1",
			      FAMILY_LANDSAT,
			      true,
			      30,
			      10.7,
			      1024,
			      1,
			      { "LC09", "LC08", "LE07", "LT05", "LT04" } },
	[KIND_LANDSAT_L2] = { "landsat-l2",
			      FAMILY_LANDSAT,
			      false,
			      30,
			      10.7,
			      1024,
			      1,
			      { "LC09", "LC08", "LE07", "LT05", "LT04" } },
	[KIND_SENTINEL2_L1C] = { "sentinel2-l1c",
				 FAMILY_SENTINEL2,
				 true,
				 10,
				 10.75,
				 1200,
				 6,
				 { "S2B", "S2A", "S2C" } },
	[KIND_SENTINEL2_L2A] = { "sentinel2-l2a",
				 FAMILY_SENTINEL2,
				 false,
				 10,
				 10.75,
				 1200,
				 6,
				 { "S2B", "S2A", "S2C" } },
	[KIND_HLS_L30] = { "hls-l30", FAMILY_HLS, false, 30, 10.7, 1024, 1, { "LC09", "LC08" } },
	[KIND_HLS_S30] = { "hls-s30",
			   FAMILY_HLS,
			   false,
			   30,
			   10.75,
			   1024,
			   1,
			   { "S2B", "S2A", "S2C" } },
};

/* clang-format off */
static const char *const lake_names[] = { "balkhash", "circle", "ellipse", "star", "plain", NULL };
static const char *const collections[] = { "02", "01", "pre", NULL };
static const char *const mtl_forms[] = { "txt", "xml", "json", NULL };
static const char *const image_forms[] = { "jp2", "tif", "tif-as-jp2", NULL };
static const char *const stac_versions[] = { "", "1.0", "1.1", NULL };

static int take_kind(struct options *o, const char *text, struct failure *f)
{
	const char *names[COUNT(kinds) + 1] = { 0 };
	int k = 0;

	for (size_t i = 0; i < COUNT(kinds); i++)
		names[i] = kinds[i].name;
	if (value_word("kind", text, names, &k, f))
		return -1;
	o->kind = (enum kind)k;
	return 0;
}

enum value { FLAG, WHOLE, REAL, DEGREES, WORD, WORDS, TEXT, POINTER, OTHER };

/* What getopt returns of the first rule: above every character. */
enum { FIRST_ID = 256 };

#define AT(member)	offsetof(struct options, member)
#define INTO(member)	offsetof(struct options, member), 0, 0, NULL, NULL

/* Every option: where its value goes, and what it may be. */
static const struct rule {
	const char *name;
	enum value type;
	size_t at;
	double low, high;
	const char *const *words;
	int (*take)(struct options *o, const char *text, struct failure *f);
} rules[] = {
	{ "kind", OTHER, 0, 0, 0, NULL, take_kind },
	{ "out", POINTER, INTO(out) },
	{ "lake", WORD, AT(lake), 0, 0, lake_names, NULL },
	{ "lake-center", DEGREES, INTO(lake_center) },
	{ "radius", REAL, AT(radius_m), 100, 200000, NULL, NULL },
	{ "turn", REAL, AT(turn_deg), -360, 360, NULL, NULL },
	{ "shift", REAL, AT(shift_m), -SHORE_SHIFT_MAX_M, SHORE_SHIFT_MAX_M, NULL, NULL },
	{ "plane", OTHER, 0, 0, 0, NULL, value_plane },
	{ "ramp", FLAG, INTO(ramp) },
	{ "surface", OTHER, 0, 0, 0, NULL, value_surface },
	{ "water", OTHER, 0, 0, 0, NULL, value_water },
	{ "land", OTHER, 0, 0, 0, NULL, value_land },
	{ "texture", REAL, AT(texture), 0, 0.3, NULL, NULL },
	{ "vary", REAL, AT(vary), 0, 0.5, NULL, NULL },
	{ "strip", OTHER, 0, 0, 0, NULL, value_strip },
	{ "salt", FLAG, INTO(salt) },
	{ "hard", FLAG, INTO(hard) },
	{ "ice", FLAG, INTO(ice) },
	{ "false-clouds", FLAG, INTO(false_clouds) },
	{ "ponds", FLAG, INTO(ponds) },
	{ "clouds", WHOLE, AT(clouds), 0, CLOUD_MAX, NULL, NULL },
	{ "cloud-height", REAL, AT(cloud_height), 200, 15000, NULL, NULL },
	{ "lapse", FLAG, INTO(lapse) },
	{ "parallax", FLAG, INTO(parallax) },
	{ "noise", REAL, AT(noise), 0, 0.1, NULL, NULL },
	{ "snr", FLAG, INTO(snr) },
	{ "psf", REAL, AT(psf), 0, 2, NULL, NULL },
	{ "air", OTHER, 0, 0, 0, NULL, value_air },
	{ "seed", OTHER, 0, 0, 0, NULL, value_seed },
	{ "center", DEGREES, INTO(center) },
	{ "size", OTHER, 0, 0, 0, NULL, value_size },
	{ "zone", WHOLE, AT(zone), 1, 60, NULL, NULL },
	{ "date", OTHER, 0, 0, 0, NULL, value_date },
	{ "time", OTHER, 0, 0, 0, NULL, value_time },
	{ "spacecraft", TEXT, AT(spacecraft), 0, sizeof(((struct options *)0)->spacecraft), NULL,
	  NULL },
	{ "swath-edge", FLAG, INTO(swath_edge) },
	{ "path", WHOLE, AT(path), 1, 233, NULL, NULL },
	{ "row", WHOLE, AT(row), 1, 248, NULL, NULL },
	{ "collection", WORD, AT(collection), 0, 0, collections, NULL },
	{ "mtl", WORDS, AT(mtl), 0, 0, mtl_forms, NULL },
	{ "slc-off", FLAG, INTO(slc_off) },
	{ "sun-range", REAL, AT(sun_range), -20, 20, NULL, NULL },
	{ "block", WHOLE, AT(block), 256, 512, NULL, NULL },
	{ "mgrs", OTHER, 0, 0, 0, NULL, value_mgrs },
	{ "orbit", WHOLE, AT(orbit), 1, 143, NULL, NULL },
	{ "baseline", WHOLE, AT(baseline), 204, 9999, NULL, NULL },
	{ "naming", OTHER, 0, 0, 0, NULL, value_naming },
	{ "offsets", OTHER, 0, 0, 0, NULL, value_offsets },
	{ "quantification", WHOLE, AT(quantification), 100, 20000, NULL, NULL },
	{ "granules", WHOLE, AT(granules), 1, GRANULES_MAX, NULL, NULL },
	{ "datastrip", WHOLE, AT(datastrip), 1, 2, NULL, NULL },
	{ "defects", FLAG, INTO(defects) },
	{ "images", WORD, AT(images), 0, 0, image_forms, NULL },
	{ "stac", WORD, AT(stac), 0, 0, stac_versions, NULL },
	{ "threads", WHOLE, AT(threads), 1, WORKERS_MAX, NULL, NULL },
	{ "self-test", FLAG, INTO(self_test) },
	{ "help", FLAG, INTO(help) },
	{ "version", FLAG, INTO(version) },
};
/* clang-format on */

/* Which options were said: the defaults that depend on the rest replace the others. */
struct asked {
	bool rule[COUNT(rules)];
};

static bool said(const struct asked *a, const char *name)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (!strcmp(rules[i].name, name))
			return a->rule[i];
	return false;
}

enum family options_family(const struct options *o)
{
	return kinds[o->kind].family;
}

bool options_sentinel2(const struct options *o)
{
	return kinds[o->kind].family == FAMILY_SENTINEL2 && o->kind != KIND_NONE;
}

bool options_level1(const struct options *o)
{
	return kinds[o->kind].level1;
}

const char *options_kind_name(enum kind k)
{
	return kinds[k].name;
}

const char *options_lake_name(enum lake l)
{
	return lake_names[l];
}

static int take(struct options *o, const struct rule *r, const char *text, struct failure *f)
{
	void *at = (char *)o + r->at;
	int k = 0;

	switch (r->type) {
	case FLAG:
		*(bool *)at = true;
		return 0;
	case WHOLE:
		return value_whole(r->name, text, r->low, r->high, at, f);
	case REAL:
		return value_real(r->name, text, r->low, r->high, at, f);
	case DEGREES:
		return value_degrees(r->name, text, at, f);
	case WORD:
		if (value_word(r->name, text, r->words, &k, f))
			return -1;
		memcpy(at, &k, sizeof(k)); /* an enum */
		return 0;
	case WORDS:
		return value_words(r->name, text, r->words, at, f);
	case TEXT:
		return value_copy(r->name, text, at, (size_t)r->high, f);
	case POINTER:
		*(const char **)at = text;
		return 0;
	case OTHER:
		break;
	}
	return r->take(o, text, f);
}

static int defaults_scene(struct options *o, const struct asked *a, struct failure *f)
{
	const struct kind_facts *k = &kinds[o->kind];
	bool mgrs = said(a, "mgrs");
	struct mgrs square;
	double hour;

	if (mgrs && !mgrs_square(o->mgrs, &square))
		return fail(f, "--mgrs %s: a tile name like 43TFM is needed", o->mgrs);
	if (mgrs && !o->has_center) {
		struct grid g = { .zone = square.zone, .south = square.south };

		if (plane_lonlat(&g, square.e + 50000, square.n + 50000, o->center, f))
			return -1;
	}
	if (!said(a, "zone"))
		o->zone = mgrs ? square.zone : (int)floor((o->center[0] + 180) / 6) % 60 + 1;
	if (!said(a, "size"))
		o->width = o->height = k->size;
	if (!o->spacecraft[0])
		snprintf(o->spacecraft, sizeof(o->spacecraft), "%s", k->spacecraft[0]);
	hour = fmod(k->hour - o->center[0] / 15 + 24, 24);
	if (!said(a, "time"))
		o->when.second = floor(hour * 3600);
	return 0;
}

static void defaults_sentinel2(struct options *o)
{
	if (o->has_offsets)
		return;
	o->has_offsets = o->baseline >= 400;
	for (int i = 0; i < OFFSETS_NR; i++)
		o->offset[i] = o->has_offsets ? -1000 : 0;
}

static int check_spacecraft(const struct options *o, struct failure *f)
{
	const struct kind_facts *k = &kinds[o->kind];
	char all[60] = "";

	for (size_t i = 0; i < COUNT(k->spacecraft) && k->spacecraft[i]; i++) {
		if (!strcmp(o->spacecraft, k->spacecraft[i]))
			return 0;
		strncat(all, all[0] ? ", " : "", sizeof(all) - strlen(all) - 1);
		strncat(all, k->spacecraft[i], sizeof(all) - strlen(all) - 1);
	}
	return fail(f, "--spacecraft %s: one of %s is needed", o->spacecraft, all);
}

/* What goes together. */
static int check_forms(const struct options *o, struct failure *f)
{
	bool landsat = options_family(o) == FAMILY_LANDSAT, s2 = options_sentinel2(o);
	const struct {
		bool wrong;
		const char *words;
	} rule[] = {
		{ o->collection != COLLECTION_2 && o->kind != KIND_LANDSAT_L1,
		  "--collection 01 and pre: only --kind landsat-l1 had them" },
		{ o->slc_off && strcmp(o->spacecraft, "LE07"), "--slc-off: only of LE07" },
		{ o->sun_range != 0 &&
			  (o->kind != KIND_LANDSAT_L1 || o->collection != COLLECTION_2),
		  "--sun-range: only of --kind landsat-l1 of Collection 2, which has angles" },
		{ o->mtl != MTL_TXT && !landsat, "--mtl: only of Landsat" },
		{ (o->old_naming || o->granules > 1 || o->datastrip || o->defects || o->images) &&
			  !s2,
		  "--naming, --granules, --datastrip, --defects, --images: only of Sentinel-2" },
		{ o->old_naming && o->kind == KIND_SENTINEL2_L2A,
		  "--naming old: Level-2A never had it" },
		{ o->old_naming && o->baseline >= 400,
		  "--naming old: needs a --baseline before 0400" },
		{ o->defects && o->baseline < 400, "--defects: needs a --baseline from 0400" },
		{ o->granules > 1 && o->stac, "--stac: an Item is of one granule" },
		{ o->stac && options_family(o) == FAMILY_HLS, "--stac: not of HLS" },
		{ o->hard && (o->ramp || (o->lake == LAKE_PLAIN && !o->natural)),
		  "--hard: needs --surface natural, or a circle, ellipse or star" },
		{ o->ponds && (o->ramp || o->granules > 1),
		  "--ponds: not with --ramp or --granules 2" },
		{ o->parallax && !s2, "--parallax: only of Sentinel-2" },
		{ (o->texture > 0 || o->vary > 0) && (o->ramp || o->natural),
		  "--texture, --vary: only of --surface plain" },
		{ o->strip_m > 0 && o->ramp, "--strip: not with --ramp" },
		{ o->ice && !o->hard, "--ice: only with --hard" },
		{ o->false_clouds && (o->ramp || (!o->hard && !o->natural)),
		  "--false-clouds: needs --hard or --surface natural" },
		{ o->false_clouds && o->kind == KIND_SENTINEL2_L1C && o->baseline < 400,
		  "--false-clouds: Level-1C needs a --baseline from 0400, with MSK_CLASSI" },
		{ o->stac && o->collection != COLLECTION_2, "--stac: only of Collection 2" },
	};

	for (size_t i = 0; i < COUNT(rule); i++)
		if (rule[i].wrong)
			return fail(f, "%s", rule[i].words);
	return 0;
}

static int check(struct options *o, struct failure *f)
{
	int multiple = kinds[o->kind].multiple;

	if (o->width % multiple || o->height % multiple)
		return fail(f, "--size %dx%d: Sentinel-2 needs multiples of 6 (60 m)", o->width,
			    o->height);
	if (check_spacecraft(o, f) || check_forms(o, f))
		return -1;
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
	double pixel = kinds[o->kind].pixel_m;

	if (o->kind == KIND_NONE)
		return fail(f, "--kind is needed; see --help");
	if (!o->out)
		return fail(f, "--out is needed; see --help");
	o->has_center = said(a, "center");
	if (defaults_scene(o, a, f))
		return -1;
	if (!said(a, "lake-center"))
		memcpy(o->lake_center, o->center, sizeof(o->center));
	if (!said(a, "radius"))
		o->radius_m = 0.3 * pixel * (o->width < o->height ? o->width : o->height);
	if (!said(a, "plane"))
		o->plane_laea = o->lake == LAKE_BALKHASH;
	if (!said(a, "surface"))
		o->natural = o->lake == LAKE_BALKHASH;
	if (said(a, "noise") && o->snr)
		return fail(f, "--snr: the noise of the sensor, instead of --noise");
	if (!said(a, "noise"))
		o->noise = o->ramp || o->snr ? 0 : 0.002;
	defaults_sentinel2(o);
	return check(o, f);
}

static int take_all(struct options *o, struct asked *a, int argc, char **argv, struct failure *f)
{
	struct option table[COUNT(rules) + 1] = { 0 };
	int id;

	for (size_t i = 0; i < COUNT(rules); i++)
		table[i] = (struct option){ rules[i].name, rules[i].type != FLAG, NULL,
					    (int)i + FIRST_ID };
	opterr = 0;
	while ((id = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (id < FIRST_ID)
			return fail(f, "%s: unknown, or its value is missing; see --help",
				    argv[optind - 1]);
		if (take(o, &rules[id - FIRST_ID], optarg, f))
			return -1;
		a->rule[id - FIRST_ID] = true;
	}
	if (optind < argc)
		return fail(f, "%s: not an option; see --help", argv[optind]);
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct failure *f)
{
	struct asked a = { 0 };

	*o = (struct options){ .center = { 75.47, 46.55 },
			       .when = { 2024, 7, 12, 0 },
			       .path = 150,
			       .row = 28,
			       .orbit = 91,
			       .water = COVER_TURBID_WATER,
			       .land = COVER_SAND,
			       .mtl = MTL_TXT,
			       .baseline = 510,
			       .quantification = 10000,
			       .granules = 1,
			       .block = 256,
			       .seed = 1 };
	o->threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	o->threads = o->threads < 1 ? 1 : o->threads > WORKERS_MAX ? WORKERS_MAX : o->threads;
	if (take_all(o, &a, argc, argv, f))
		return -1;
	if (o->help || o->version || o->self_test)
		return 0;
	return defaults(o, &a, f);
}
