/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/options_value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MIN = 16, SIDE_MAX = 20000, OFFSET_MAX = 10000 };

int value_whole(const char *name, const char *text, double low, double high, int *out,
		struct failure *f)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || (double)v < low || (double)v > high)
		return fail(f, "--%s %s: a whole number from %.0f to %.0f is needed", name, text,
			    low, high);
	*out = (int)v;
	return 0;
}

int value_real(const char *name, const char *text, double low, double high, double *out,
	       struct failure *f)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end || !(v >= low && v <= high))
		return fail(f, "--%s %s: a number from %g to %g is needed", name, text, low, high);
	*out = v;
	return 0;
}

int value_degrees(const char *name, const char *text, double out[2], struct failure *f)
{
	char rest;

	if (sscanf(text, "%lf,%lf%c", &out[0], &out[1], &rest) != 2 || !(fabs(out[0]) <= 180) ||
	    !(fabs(out[1]) <= 84))
		return fail(f, "--%s %s: LON,LAT in degrees is needed, like 75.47,46.55", name,
			    text);
	return 0;
}

/* The number of the word that is the first n characters of the text; -1: none. */
static int find_word(const char *text, size_t n, const char *const *words)
{
	for (int i = 0; n && words[i]; i++)
		if (strlen(words[i]) == n && !strncmp(text, words[i], n))
			return i;
	return -1;
}

static int no_word(const char *name, const char *text, const char *const *words, struct failure *f)
{
	char all[200] = "";

	for (int i = 0; words[i]; i++) {
		if (!words[i][0])
			continue;
		strncat(all, all[0] ? ", " : "", sizeof(all) - strlen(all) - 1);
		strncat(all, words[i], sizeof(all) - strlen(all) - 1);
	}
	return fail(f, "--%s %s: one of %s is needed", name, text, all);
}

int value_word(const char *name, const char *text, const char *const *words, int *out,
	       struct failure *f)
{
	int k = find_word(text, strlen(text), words);

	if (k < 0)
		return no_word(name, text, words, f);
	*out = k;
	return 0;
}

int value_words(const char *name, const char *text, const char *const *words, unsigned *out,
		struct failure *f)
{
	*out = 0;
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");
		int k = find_word(p, n, words);

		if (k < 0)
			return no_word(name, text, words, f);
		*out |= 1u << k;
		p += n;
		if (!*p)
			return 0;
	}
}

int value_copy(const char *name, const char *text, char *out, size_t size, struct failure *f)
{
	if (snprintf(out, size, "%s", text) >= (int)size)
		return fail(f, "--%s %s: see --help", name, text);
	return 0;
}

int value_date(struct options *o, const char *text, struct failure *f)
{
	static const int days[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct moment *m = &o->when;
	char rest;

	if (strlen(text) != 8 ||
	    sscanf(text, "%4d%2d%2d%c", &m->year, &m->month, &m->day, &rest) != 3 ||
	    m->year < 1982 || m->year > 2049 || m->month < 1 || m->month > 12 || m->day < 1 ||
	    m->day > days[m->month - 1])
		return fail(f, "--date %s: YYYYMMDD from 1982 to 2049 is needed", text);
	return 0;
}

int value_time(struct options *o, const char *text, struct failure *f)
{
	int h, min, s;
	char rest;

	if (strlen(text) != 6 || sscanf(text, "%2d%2d%2d%c", &h, &min, &s, &rest) != 3 || h < 0 ||
	    h > 23 || min < 0 || min > 59 || s < 0 || s > 59)
		return fail(f, "--time %s: HHMMSS is needed", text);
	o->when.second = h * 3600 + min * 60 + s;
	return 0;
}

int value_size(struct options *o, const char *text, struct failure *f)
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

int value_mgrs(struct options *o, const char *text, struct failure *f)
{
	return value_copy("mgrs", text[0] == 'T' ? text + 1 : text, o->mgrs, sizeof(o->mgrs), f);
}

/* One number for all bands, or one for each. */
int value_offsets(struct options *o, const char *text, struct failure *f)
{
	const char *p = text;
	char *end;
	int n = 0;

	for (;; p = end + 1) {
		long v = strtol(p, &end, 10);

		if (end == p || labs(v) > OFFSET_MAX || n == OFFSETS_NR)
			break;
		o->offset[n++] = (int)v;
		if (*end != ',')
			break;
	}
	if (end == p || *end || (n != 1 && n != OFFSETS_NR))
		return fail(f, "--offsets %s: one whole number, or %d, from -%d to %d are needed",
			    text, OFFSETS_NR, OFFSET_MAX, OFFSET_MAX);
	for (; n < OFFSETS_NR; n++)
		o->offset[n] = o->offset[0];
	o->has_offsets = true;
	return 0;
}

static int cover(const char *name, const char *text, int low, int high, enum cover *out,
		 struct failure *f)
{
	int k = cover_find(text);

	if (k < low || k > high)
		return fail(f, "--%s %s: see --help for the names", name, text);
	*out = (enum cover)k;
	return 0;
}

int value_water(struct options *o, const char *text, struct failure *f)
{
	return cover("water", text, COVER_CLEAR_WATER, COVER_VERY_TURBID_WATER, &o->water, f);
}

int value_land(struct options *o, const char *text, struct failure *f)
{
	return cover("land", text, COVER_SAND, COVER_DRY_REED, &o->land, f);
}

/* COVER:METRES, a cover of land. */
int value_strip(struct options *o, const char *text, struct failure *f)
{
	const char *colon = strchr(text, ':');
	char name[32] = "";
	int k;

	if (colon && (size_t)(colon - text) < sizeof(name))
		memcpy(name, text, (size_t)(colon - text));
	k = cover_find(name);
	if (!colon || ((k < COVER_SAND || k > COVER_DRY_REED) && k != COVER_DARK_LAND))
		return fail(f,
			    "--strip %s: COVER:METRES is needed, like wet-salt:30; see --help for "
			    "the names",
			    text);
	o->strip = (enum cover)k;
	return value_real("strip", colon + 1, 1, STRIP_MAX_M, &o->strip_m, f);
}

/* One of two words: is it the second? */
static int second_word(const char *name, const char *text, const char *first, const char *second,
		       bool *out, struct failure *f)
{
	const char *const words[] = { first, second, NULL };
	int k = 0;

	if (value_word(name, text, words, &k, f))
		return -1;
	*out = k == 1;
	return 0;
}

int value_plane(struct options *o, const char *text, struct failure *f)
{
	return second_word("plane", text, "utm", "laea", &o->plane_laea, f);
}

int value_surface(struct options *o, const char *text, struct failure *f)
{
	return second_word("surface", text, "plain", "natural", &o->natural, f);
}

int value_naming(struct options *o, const char *text, struct failure *f)
{
	return second_word("naming", text, "compact", "old", &o->old_naming, f);
}

int value_air(struct options *o, const char *text, struct failure *f)
{
	return second_word("air", text, "rayleigh", "none", &o->no_air, f);
}

int value_seed(struct options *o, const char *text, struct failure *f)
{
	char *end;

	o->seed = strtoull(text, &end, 10);
	if (end == text || *end)
		return fail(f, "--seed %s: a whole number is needed", text);
	return 0;
}
