/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_safe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "testdata/mgrs.h"

#define ORBITS_PER_DAY (143.0 / 10)
enum { CYCLE = 143, PROCESSING_S = 5 * 3600 };

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

static void tile_name(const struct safe *s, char tile[6])
{
	const struct grid *g = &s->grid;

	if (s->options->mgrs[0]) {
		snprintf(tile, 6, "%.5s", s->options->mgrs);
		return;
	}
	mgrs_name(g->zone, s->options->center[1], g->e0 + g->width * g->pixel_m / 2,
		  g->n0 - g->height * g->pixel_m / 2, tile);
}

int safe_names(struct safe *s, struct failure *f)
{
	const struct options *o = s->options;
	const char *level = options_level1(o) ? "L1C" : "L2A";
	struct moment made = o->when;
	char tile[6];

	made.second += PROCESSING_S;
	if (made.second >= 86400) {
		made = moment_later(&made, 1);
		made.second -= 86400;
	}
	s->satellite = o->spacecraft[2] - 'A';
	s->absolute_orbit = absolute_orbit(s);
	s->offset = o->baseline >= 400 ? -1000 : 0;
	stamp(&o->when, s->sensed, s->sensed_iso);
	stamp(&made, s->made, s->made_iso);
	tile_name(s, tile);
	snprintf(s->baseline, sizeof(s->baseline), "%02d.%02d", o->baseline / 100 % 100,
		 o->baseline % 100);
	snprintf(s->product, sizeof(s->product), "%s_MSI%s_%s_N%04d_R%03d_T%s_%s", o->spacecraft,
		 level, s->sensed, o->baseline, o->orbit, tile, s->made);
	snprintf(s->granule, sizeof(s->granule), "GRANULE/%s_T%s_A%06d_%s", level, tile,
		 s->absolute_orbit, s->sensed);
	snprintf(s->stem, sizeof(s->stem), "T%s_%s", tile, s->sensed);
	snprintf(s->tile_id, sizeof(s->tile_id), "%s_OPER_MSI_%s_TL_2%cPS_%s_A%06d_T%s_N%s",
		 o->spacecraft, level, o->spacecraft[2], s->made, s->absolute_orbit, tile,
		 s->baseline);
	snprintf(s->datastrip_id, sizeof(s->datastrip_id), "%s_OPER_MSI_%s_DS_2%cPS_%s_S%s_N%s",
		 o->spacecraft, level, o->spacecraft[2], s->made, s->sensed, s->baseline);
	if (snprintf(s->folder, sizeof(s->folder), "%s/%s.SAFE", o->out, s->product) >=
	    (int)sizeof(s->folder))
		return fail(f, "the path %s is too long", o->out);
	return 0;
}

void safe_add(struct safe *s, const char *path)
{
	if (s->files < SAFE_FILES_MAX)
		snprintf(s->file[s->files++], SAFE_PATH, "%s", path);
}
