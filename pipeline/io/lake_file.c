/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/lake_file.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "pipeline/base/file.h"
#include "pipeline/base/suggest.h"
#include "pipeline/io/outline.h"
#include "pipeline/space/crs.h"

#define FILE_SIZE_MAX (1 << 20)
#define BASINS_MAX    64
#define BUFFER_MAX    1e6 /* m */
#define BASIN	      "basin "
/* inih cuts the names of sections at 49 letters without a word. */
#define SECTION_MAX 48

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
	const char *path;
	struct lake *lake;
	struct lake_file *extra;
	struct error *e; /* of the first that is wrong */
	int failed_line; /* 0: nothing yet */
	int line;
	const char *rest; /* of the file */
	bool seen[KEYS];  /* in [lake] */
	char section[64]; /* its header as it stands, for a section without keys */
	int section_line; /* 0: none yet */
	bool section_has_line;
};

/* Note what is wrong in a line; only the first counts.  Returns 0, as inih's handlers do. */
__attribute__((format(printf, 3, 4))) static int wrong(struct reader *r, int line, const char *fmt,
						       ...)
{
	char text[400];
	va_list ap;

	if (r->failed_line)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->failed_line = line;
	error_set(r->e, ERROR_CONFIG, "%s, line %d: %s", r->path, line, text);
	return 0;
}

/* The same for an error that another function has put into r->e. */
static int wrong_inside(struct reader *r)
{
	r->failed_line = r->line;
	error_prefix(r->e, "%s, line %d", r->path, r->line);
	return 0;
}

static void end_section(struct reader *r)
{
	if (r->section_line && !r->section_has_line)
		wrong(r, r->section_line, "nothing in section %s", r->section);
	r->section_line = 0;
}

static void begin_section(struct reader *r, const char *header)
{
	end_section(r);
	r->section_line = r->line;
	r->section_has_line = false;
	snprintf(r->section, sizeof(r->section), "%.*s", (int)strcspn(header, "\r\n"), header);
}

/* fgets() from memory, as inih wants it; blanks before a line mean nothing. */
static char *next_line(char *line, int size, void *stream)
{
	struct reader *r = stream;
	size_t n = strcspn(r->rest, "\n");
	const char *text = r->rest + strspn(r->rest, " \t");
	size_t length;

	if (!*r->rest || r->failed_line)
		return NULL;
	r->line++;
	length = n - (size_t)(text - r->rest);
	r->rest += n + (r->rest[n] == '\n');
	if (length >= (size_t)size - 2) {
		wrong(r, r->line, "longer than %d letters", size - 3);
		return NULL;
	}
	memcpy(line, text, length);
	memcpy(line + length, "\n", 2);
	if (line[0] == '[')
		begin_section(r, line);
	else if (!strchr(";#\r\n", line[0]))
		r->section_has_line = true;
	return line;
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
		return wrong(r, r->line, "%s = %s: a number from %g to %g is needed", key, value,
			     low, high);
	return 1;
}

/* A lake's name is part of file names, a basin's of tables. */
static int take_name(struct reader *r, const char *what, const char *value, const char *letters,
		     char name[64])
{
	if (!value[0] || strlen(value) > 63 || value[strspn(value, letters)] ||
	    !strchr(LETTERS, value[0]))
		return wrong(r, r->line, "%s \"%s\": up to 63 letters, digits%s are needed", what,
			     value, strchr(letters, ' ') ? ", blanks, '-' and '_'" : " and '-'");
	snprintf(name, 64, "%s", value);
	return 1;
}

/* Relative to the folder of the lake's file. */
static int take_outline(struct reader *r, const char *value, struct polygon *out)
{
	const char *slash = strrchr(r->path, '/');
	char path[PATH_MAX];
	int n;

	if (!value[0])
		return wrong(r, r->line,
			     "outline: the path of a GeoPackage, GeoJSON or Shapefile is needed");
	n = snprintf(path, sizeof(path), "%.*s%s",
		     value[0] == '/' || !slash ? 0 : (int)(slash + 1 - r->path), r->path, value);
	if (n >= (int)sizeof(path))
		return wrong(r, r->line, "outline: the path is too long");
	return outline_read(path, out, r->e) ? wrong_inside(r) : 1;
}

static int take_crs(struct reader *r, const char *value)
{
	struct crs *crs = &r->lake->grid.crs;

	if (strlen(value) >= sizeof(crs->def))
		return wrong(r, r->line, "crs: longer than %zu letters", sizeof(crs->def) - 1);
	snprintf(crs->def, sizeof(crs->def), "%s", value);
	return crs_normalise(crs, r->e) ? wrong_inside(r) : 1;
}

static int take_te(struct reader *r, const char *value)
{
	double *te = r->extra->te;

	if (!numbers(value, te, 4) || !(te[0] < te[2]) || !(te[1] < te[3]))
		return wrong(r, r->line,
			     "te = %s: xmin ymin xmax ymax in metres are needed, the least first",
			     value);
	r->extra->has_te = true;
	return 1;
}

static int take_tr(struct reader *r, const char *value)
{
	double *tr = &r->extra->tr;

	if (!numbers(value, tr, 1) || (*tr != 10 && *tr != 20 && *tr != 30 && *tr != 60))
		return wrong(r, r->line, "tr = %s: 10, 20, 30 or 60 (m) is needed", value);
	return 1;
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
		return wrong(r, r->line,
			     "season = %s: first and last day as MM-DD MM-DD are needed", value);
	return 1;
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

/* An unknown word: name the one that was meant, or all there are. */
static int unknown(struct reader *r, int line, const char *what, const char *word,
		   const char *const *known, size_t n)
{
	const char *meant = suggest(word, known, n);
	char list[160] = "";

	if (meant)
		return wrong(r, line, "unknown %s \"%s\"; did you mean \"%s\"?", what, word, meant);
	for (size_t i = 0; i < n; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 known[i]);
	return wrong(r, line, "unknown %s \"%s\"; known are %s", what, word, list);
}

static int lake_key(struct reader *r, const char *name, const char *value)
{
	for (enum key k = 0; k < KEYS; k++) {
		if (strcmp(name, keys[k]) != 0)
			continue;
		if (r->seen[k])
			return wrong(r, r->line, "\"%s\" is given twice", name);
		r->seen[k] = true;
		return take_key(r, k, value);
	}
	return unknown(r, r->line, "key in [lake]", name, keys, KEYS);
}

static int basin_key(struct reader *r, const char *basin, const char *name, const char *value)
{
	struct lake *lake = r->lake;
	struct basin *grown;

	if (strcmp(name, "outline") != 0)
		return unknown(r, r->line, "key in a [basin NAME]", name, &keys[KEY_OUTLINE], 1);
	for (size_t i = 0; i < lake->basins_nr; i++)
		if (!strcmp(lake->basins[i].name, basin))
			return wrong(r, r->line, "basin \"%s\" is given twice", basin);
	if (lake->basins_nr == BASINS_MAX)
		return wrong(r, r->line, "more than %d basins", BASINS_MAX);
	grown = reallocarray(lake->basins, lake->basins_nr + 1, sizeof(*grown));
	if (!grown) {
		error_nomem(r->e, "a basin");
		return wrong_inside(r);
	}
	lake->basins = grown;
	grown += lake->basins_nr++;
	*grown = (struct basin){ 0 };
	return take_name(r, "basin", basin, LETTERS "-_ ", grown->name) &&
	       take_outline(r, value, &grown->area);
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
	static const char *const sections[] = { "lake", "basin NAME" };
	struct reader *r = user;

	if (r->failed_line)
		return 0;
	if (strlen(section) > SECTION_MAX)
		return wrong(r, r->section_line,
			     "the name of the section is longer than %d letters", SECTION_MAX);
	if (!strcmp(section, "lake"))
		return lake_key(r, name, value);
	if (!strncmp(section, BASIN, strlen(BASIN)))
		return basin_key(r, section + strlen(BASIN) + strspn(section + strlen(BASIN), " "),
				 name, value);
	if (!section[0])
		return wrong(r, r->line, "\"%s\" stands before any section; begin with [lake]",
			     name);
	return unknown(r, r->section_line, "section", section, sections, 2);
}

/* From the name of the file, where it gives none. */
static int name_by_file(struct reader *r)
{
	const char *name = path_name(r->path);
	size_t n = strcspn(name, ".");

	if (!n || n > 63 || strspn(name, LETTERS "-") < n || name[0] == '-')
		return error_set(
			r->e, ERROR_CONFIG,
			"%s: no name in [lake], and that of the file has other letters than "
			"a-z, 0-9 and '-'",
			r->path);
	snprintf(r->lake->name, sizeof(r->lake->name), "%.*s", (int)n, name);
	return 0;
}

static int parse(struct reader *r)
{
	int first = ini_parse_stream(next_line, r, handle, r);

	end_section(r);
	/* A line that inih did not take is one that no handler has seen. */
	if (first > 0 && (!r->failed_line || first < r->failed_line)) {
		r->failed_line = 0;
		wrong(r, first, "neither [SECTION] nor KEY = VALUE");
	}
	if (first < 0)
		return error_nomem(r->e, "a lake's file");
	if (r->failed_line)
		return -1;
	if (!r->seen[KEY_OUTLINE])
		return error_set(r->e, ERROR_CONFIG, "%s: no outline in [lake]", r->path);
	return r->seen[KEY_NAME] ? 0 : name_by_file(r);
}

int lake_file_read(const char *path, struct lake *lake, struct lake_file *extra, struct error *e)
{
	struct reader r = { .path = path, .lake = lake, .extra = extra, .e = e };
	char *data = NULL;
	size_t size;
	int ret = -1;

	*extra = (struct lake_file){ .tr = 30 };
	lake->buffer_m = 10000;
	if (file_read(path, FILE_SIZE_MAX, &data, &size, e))
		return -1;
	r.rest = data;
	if (memchr(data, 0, size))
		error_set(e, ERROR_CONFIG, "%s: it holds a zero byte: not a text file", path);
	else
		ret = parse(&r);
	free(data);
	return ret;
}
