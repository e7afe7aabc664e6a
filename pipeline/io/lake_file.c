/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/lake_file.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/ini.h"
#include "pipeline/io/outline.h"
#include "pipeline/space/crs.h"

#define BASINS_MAX 64
#define BUFFER_MAX 1e6 /* m */
#define BASIN	   "basin "

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum key {
	KEY_NAME,
	KEY_OUTLINE,
	KEY_BUFFER,
	KEY_CRS,
	KEY_TE,
	KEY_TR,
	KEY_SEASON,
	KEY_ELEVATION,
	KEY_REEDS,
	KEYS
};

static const char *const keys[KEYS] = { "name", "outline", "buffer",	"crs",	"te",
					"tr",	"season",  "elevation", "reeds" };

struct reader {
	const struct ini_place *at;
	struct lake *lake;
	struct lake_file *extra;
	struct error *e;
	bool seen[KEYS]; /* in [lake] */
};

/* Say the line of an error that another function has put into r->e. */
static int wrong_inside(struct reader *r)
{
	return error_prefix(r->e, "%s:%d", r->at->path, r->at->line);
}

/* n numbers parted by blanks, nothing else. */
static bool numbers(const char *text, double *v, int n)
{
	for (int i = 0; i < n; i++) {
		char *end;

		v[i] = strtod(text, &end);
		if (end == text || !isfinite(v[i]) ||
		    strspn(text, " \t0123456789+-.eE") < (size_t)(end - text))
			return false;
		text = end;
	}
	return !text[strspn(text, " \t")];
}

static int number_between(struct reader *r, const char *key, const char *value, double low,
			  double high, double *out)
{
	if (!numbers(value, out, 1) || *out < low || *out > high)
		return ini_error(r->e, r->at, "%s = %s: a number from %g to %g is needed", key,
				 value, low, high);
	return 0;
}

/* A lake's name is part of file names, a basin's of tables. */
static int take_name(struct reader *r, const char *what, const char *value, const char *letters,
		     char name[64])
{
	if (!value[0] || strlen(value) > 63 || value[strspn(value, letters)] ||
	    !strchr(LETTERS, value[0]))
		return ini_error(r->e, r->at, "%s \"%s\": up to 63 letters, digits%s are needed",
				 what, value,
				 strchr(letters, ' ') ? ", blanks, '-' and '_'" : " and '-'");
	snprintf(name, 64, "%s", value);
	return 0;
}

/* Relative to the folder of the lake's file. */
static int take_outline(struct reader *r, const char *value, struct polygon *out)
{
	const char *slash = strrchr(r->at->path, '/');
	char path[PATH_MAX];
	int n;

	if (!value[0])
		return ini_error(
			r->e, r->at,
			"outline: the path of a GeoPackage, GeoJSON or Shapefile is needed");
	n = snprintf(path, sizeof(path), "%.*s%s",
		     value[0] == '/' || !slash ? 0 : (int)(slash + 1 - r->at->path), r->at->path,
		     value);
	if (n >= (int)sizeof(path))
		return ini_error(r->e, r->at, "outline: the path is too long");
	return outline_read(path, out, r->e) ? wrong_inside(r) : 0;
}

static int take_crs(struct reader *r, const char *value)
{
	struct crs *crs = &r->lake->grid.crs;

	if (strlen(value) >= sizeof(crs->def))
		return ini_error(r->e, r->at, "crs: longer than %zu letters", sizeof(crs->def) - 1);
	snprintf(crs->def, sizeof(crs->def), "%s", value);
	return crs_normalise(crs, r->e) ? wrong_inside(r) : 0;
}

static int take_te(struct reader *r, const char *value)
{
	double *te = r->extra->te;

	if (!numbers(value, te, 4) || !(te[0] < te[2]) || !(te[1] < te[3]))
		return ini_error(
			r->e, r->at,
			"te = %s: xmin ymin xmax ymax in metres are needed, the least first",
			value);
	r->extra->has_te = true;
	return 0;
}

static int take_tr(struct reader *r, const char *value)
{
	double *tr = &r->extra->tr;

	if (!numbers(value, tr, 1) || (*tr != 10 && *tr != 20 && *tr != 30 && *tr != 60))
		return ini_error(r->e, r->at, "tr = %s: 10, 20, 30 or 60 (m) is needed", value);
	return 0;
}

/* MM-DD as month * 100 + day; 0 if it is none. */
static int month_day(const char *text)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int month, day, end = 0;

	if (sscanf(text, "%2d-%2d%n", &month, &day, &end) != 2 || end != 5 || month < 1 ||
	    month > 12 || day < 1 || day > days[month - 1])
		return 0;
	return month * 100 + day;
}

static int take_season(struct reader *r, const char *value)
{
	struct lake *lake = r->lake;
	size_t gap = strspn(strlen(value) > 5 ? value + 5 : "", " \t");

	lake->season_from = month_day(value);
	lake->season_to = gap ? month_day(value + 5 + gap) : 0;
	if (!lake->season_from || !lake->season_to || strlen(value) != 10 + gap)
		return ini_error(r->e, r->at,
				 "season = %s: first and last day as MM-DD MM-DD are needed",
				 value);
	return 0;
}

static int take_key(struct reader *r, enum key key, const char *value)
{
	struct lake *lake = r->lake;

	switch (key) {
	case KEY_NAME:
		return take_name(r, "name", value, LETTERS "-", lake->name);
	case KEY_OUTLINE:
		return take_outline(r, value, &lake->outline);
	case KEY_REEDS:
		return take_outline(r, value, &r->lake->reeds);
	case KEY_BUFFER:
		return number_between(r, keys[key], value, 0, BUFFER_MAX, &lake->buffer_m);
	case KEY_CRS:
		return take_crs(r, value);
	case KEY_TE:
		return take_te(r, value);
	case KEY_TR:
		return take_tr(r, value);
	case KEY_SEASON:
		return take_season(r, value);
	default:
		return number_between(r, keys[key], value, -500, 9000, &lake->elevation_m);
	}
}

static int lake_key(struct reader *r, const char *name, const char *value)
{
	for (enum key k = 0; k < KEYS; k++) {
		if (strcmp(name, keys[k]) != 0)
			continue;
		if (r->seen[k])
			return ini_error(r->e, r->at, "\"%s\" is given twice", name);
		r->seen[k] = true;
		return take_key(r, k, value);
	}
	return ini_unknown(r->e, r->at, "key in [lake]", name, keys, KEYS);
}

static int basin_key(struct reader *r, const char *basin, const char *name, const char *value)
{
	struct lake *lake = r->lake;
	struct basin *grown;

	if (strcmp(name, "outline") != 0)
		return ini_unknown(r->e, r->at, "key in a [basin NAME]", name, &keys[KEY_OUTLINE],
				   1);
	for (size_t i = 0; i < lake->basins_nr; i++)
		if (!strcmp(lake->basins[i].name, basin))
			return ini_error(r->e, r->at, "basin \"%s\" is given twice", basin);
	if (lake->basins_nr == BASINS_MAX)
		return ini_error(r->e, r->at, "more than %d basins", BASINS_MAX);
	grown = reallocarray(lake->basins, lake->basins_nr + 1, sizeof(*grown));
	if (!grown) {
		error_nomem(r->e, "a basin");
		return wrong_inside(r);
	}
	lake->basins = grown;
	grown += lake->basins_nr++;
	*grown = (struct basin){ 0 };
	if (take_name(r, "basin", basin, LETTERS "-_ ", grown->name))
		return -1;
	return take_outline(r, value, &grown->area);
}

static int take_section(void *user, const struct ini_place *at, const char *section,
			struct error *e)
{
	static const char *const sections[] = { "lake", "basin NAME" };

	(void)user;
	if (!strcmp(section, "lake") || !strncmp(section, BASIN, strlen(BASIN)))
		return 0;
	return ini_unknown(e, at, "section", section, sections, 2);
}

static int take_line(void *user, const struct ini_place *at, const char *section, const char *name,
		     const char *value, struct error *e)
{
	struct reader *r = user;

	r->at = at;
	if (!section[0])
		return ini_error(e, at, "\"%s\" stands before any section; begin with [lake]",
				 name);
	if (!strcmp(section, "lake"))
		return lake_key(r, name, value);
	section += strlen(BASIN);
	return basin_key(r, section + strspn(section, " "), name, value);
}

/* From the name of the file, where it gives none. */
static int name_by_file(struct lake *lake, const char *path, struct error *e)
{
	const char *name = path_name(path);
	size_t n = strcspn(name, ".");

	if (!n || n > 63 || strspn(name, LETTERS "-") < n || name[0] == '-')
		return error_set(
			e, ERROR_CONFIG,
			"%s: no name in [lake], and that of the file has other letters than "
			"a-z, 0-9 and '-'",
			path);
	snprintf(lake->name, sizeof(lake->name), "%.*s", (int)n, name);
	return 0;
}

int lake_file_read(const char *path, struct lake *lake, struct lake_file *extra, struct error *e)
{
	static const struct ini_taker taker = { take_section, take_line, true };
	struct reader r = { .lake = lake, .extra = extra, .e = e };

	*extra = (struct lake_file){ .tr = 30 };
	lake->buffer_m = 10000;
	if (ini_read(path, &taker, &r, e))
		return -1;
	if (!r.seen[KEY_OUTLINE])
		return error_set(e, ERROR_CONFIG, "%s: no outline in [lake]", path);
	return r.seen[KEY_NAME] ? 0 : name_by_file(lake, path, e);
}
