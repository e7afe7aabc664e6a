/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_safe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "testdata/mgrs.h"

#define ORBITS_PER_DAY (143.0 / 10)
enum { CYCLE = 143, PROCESSING_S = 5 * 3600, STRIP_S = 11, STRIP_MADE_S = 300 };

/*
 * The absolute orbit nearest to the one expected for the day among those whose
 * relative orbit is the one asked for: relative = (absolute + phase) mod 143 + 1.
 * Launch days and phases from real names: S2A A041826 is R073, S2B A026649 R025;
 * Sentinel-2C: the phase of A.
 */
static int absolute_orbit(const struct safe *s)
{
	static const struct {
		struct moment launch;
		int phase;
	} known[3] = {
		{ { 2015, 6, 23, 0 }, 2 },
		{ { 2017, 3, 7, 0 }, CYCLE - 27 },
		{ { 2024, 9, 5, 0 }, 2 },
	};
	const struct options *o = s->options;
	double days = moment_days(&o->when) - moment_days(&known[s->satellite].launch);
	int guess = (int)fmax(days * ORBITS_PER_DAY, 1);
	int off = (o->orbit - 1 - (guess + known[s->satellite].phase) % CYCLE + CYCLE) % CYCLE;

	return guess + off - (off > CYCLE / 2 && guess + off > CYCLE ? CYCLE : 0);
}

static void stamp(const struct moment *m, char compact[40], char iso[48])
{
	unsigned s = (unsigned)m->second, year = (unsigned)m->year;
	unsigned month = (unsigned)m->month, day = (unsigned)m->day;

	snprintf(compact, 40, "%04u%02u%02uT%02u%02u%02u", year, month, day, s / 3600, s / 60 % 60,
		 s % 60);
	snprintf(iso, 48, "%04u-%02u-%02uT%02u:%02u:%02u.000", year, month, day, s / 3600,
		 s / 60 % 60, s % 60);
}

/* The column of granule k is the k-th to the east: its letter follows, of the eight of the zone. */
static void next_column(char tile[6], int zone, int k)
{
	static const char *const letters[3] = { "ABCDEFGH", "JKLMNPQR", "STUVWXYZ" };
	const char *set = letters[(zone - 1) % 3], *at = strchr(set, tile[3]);

	if (at)
		tile[3] = set[(at - set + k) % 8];
}

static void tile_name(const struct safe *s, char tile[6])
{
	const struct grid *g = &s->grid;

	if (s->options->mgrs[0])
		snprintf(tile, 6, "%.5s", s->options->mgrs);
	else
		mgrs_name(g->zone, s->options->center[1], g->e0 + g->width * g->pixel_m / 2,
			  g->n0 - g->height * g->pixel_m / 2, tile);
	if (s->granules)
		snprintf(tile, 6, "%.5s", s->first_tile);
	next_column(tile, g->zone, s->granules);
}

/* The second half of a tile is of the next data strip, and processed later. */
static struct moment later(const struct moment *m, double seconds)
{
	struct moment out = *m;

	out.second += seconds;
	if (out.second >= 86400) {
		out = moment_later(&out, 1);
		out.second -= 86400;
	}
	return out;
}

static void old_names(struct safe *s)
{
	snprintf(s->product, sizeof(s->product), "%s_OPER_PRD_MSIL1C_PDMC_%s_R%03d_V%s_%s",
		 s->options->spacecraft, s->made, s->options->orbit, s->sensed, s->sensed);
	snprintf(s->metadata, sizeof(s->metadata), "%s_OPER_MTD_SAFL1C_PDMC_%s_R%03d_V%s_%s.xml",
		 s->options->spacecraft, s->made, s->options->orbit, s->sensed, s->sensed);
}

int safe_names(struct safe *s, struct failure *f)
{
	const struct options *o = s->options;
	const char *level = options_level1(o) ? "L1C" : "L2A";
	int strip = o->datastrip;
	struct moment made = later(&o->when, PROCESSING_S + (strip == 2 ? STRIP_MADE_S : 0));
	struct moment sensed = later(&o->when, strip == 2 ? STRIP_S : 0);

	s->satellite = o->spacecraft[2] - 'A';
	s->absolute_orbit = absolute_orbit(s);
	stamp(&o->when, s->sensed, s->sensed_iso);
	stamp(&sensed, s->strip, s->strip_iso);
	stamp(&made, s->made, s->made_iso);
	tile_name(s, s->first_tile);
	snprintf(s->baseline, sizeof(s->baseline), "%02d.%02d", o->baseline / 100 % 100,
		 o->baseline % 100);
	snprintf(s->product, sizeof(s->product), "%s_MSI%s_%s_N%04d_R%03d_T%s_%s", o->spacecraft,
		 level, s->sensed, o->baseline, o->orbit, s->first_tile, s->made);
	snprintf(s->metadata, sizeof(s->metadata), "MTD_MSI%s.xml", level);
	if (o->old_naming)
		old_names(s);
	snprintf(s->datastrip_id, sizeof(s->datastrip_id), "%s_OPER_MSI_%s_DS_2%cPS_%s_S%s_N%s",
		 o->spacecraft, level, o->spacecraft[2], s->made, s->strip, s->baseline);
	if (snprintf(s->folder, sizeof(s->folder), "%s/%s.SAFE", o->out, s->product) >=
	    (int)sizeof(s->folder))
		return fail(f, "the path %s is too long", o->out);
	return 0;
}

void safe_granule_names(struct safe *s)
{
	const struct options *o = s->options;
	const char *level = options_level1(o) ? "L1C" : "L2A";
	char common[100];

	tile_name(s, s->tile);
	s->first = s->files;
	snprintf(common, sizeof(common), "2%cPS_%s_A%06d_T%s", o->spacecraft[2], s->made,
		 s->absolute_orbit, s->tile);
	snprintf(s->tile_id, sizeof(s->tile_id), "%s_OPER_MSI_%s_TL_%s_N%s", o->spacecraft, level,
		 common, s->baseline);
	s->mask_stem[0] = 0;
	if (!o->old_naming) {
		snprintf(s->granule, sizeof(s->granule), "GRANULE/%s_T%s_A%06d_%s", level, s->tile,
			 s->absolute_orbit, s->strip);
		snprintf(s->stem, sizeof(s->stem), "T%s_%s", s->tile, s->sensed);
		snprintf(s->granule_metadata, sizeof(s->granule_metadata), "MTD_TL.xml");
		return;
	}
	snprintf(s->granule, sizeof(s->granule), "GRANULE/%.140s", s->tile_id);
	snprintf(s->stem, sizeof(s->stem), "%s_OPER_MSI_L1C_TL_%s", o->spacecraft, common);
	snprintf(s->mask_stem, sizeof(s->mask_stem), "%s", common);
	snprintf(s->granule_metadata, sizeof(s->granule_metadata), "%s_OPER_MTD_L1C_TL_%s.xml",
		 o->spacecraft, common);
}

void safe_mask_name(const struct safe *s, char path[SAFE_PATH], const char *what, const char *band,
		    const char *end)
{
	if (s->mask_stem[0])
		snprintf(path, SAFE_PATH, "%s/QI_DATA/%s_OPER_MSK_%s_%s_%s_MSIL1C%s", s->granule,
			 s->options->spacecraft, what, s->mask_stem, band, end);
	else
		snprintf(path, SAFE_PATH, "%s/QI_DATA/MSK_%s_%s%s", s->granule, what, band, end);
}

const char *safe_image_end(const struct safe *s)
{
	return s->options->images == IMAGES_TIF ? ".tif" : ".jp2";
}

void safe_granule_done(struct safe *s)
{
	struct safe_granule *g = &s->done[s->granules++];

	*g = (struct safe_granule){ .grid = s->grid, .first = s->first, .images = s->images };
	snprintf(g->tile_id, sizeof(g->tile_id), "%s", s->tile_id);
	memcpy(g->share, s->share, sizeof(g->share));
}

void safe_add(struct safe *s, const char *path)
{
	if (s->files < SAFE_FILES_MAX)
		snprintf(s->file[s->files++], SAFE_PATH, "%s", path);
}
