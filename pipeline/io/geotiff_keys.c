/* SPDX-License-Identifier: Apache-2.0
 *
 * geotiff_keys.c - the GeoTIFF keys of the CRS that nearly all outputs have, as GDAL 3 writes them. GDAL itself makes PROJ
 * read its database for them, which takes as long as the shore of a scene.
 */
#include "pipeline/io/geotiff_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/space/crs.h"

/* Keys, each with where its value is (0: here; else a tag), how many, and the value or its place there.  Of names, length and place depend on the CRS. */
static const uint16_t utm[][4] = {
	{ 1, 1, 0, 7 },
	{ 1024, 0, 1, 1 },		  /* model: projected */
	{ 1025, 0, 1, 1 },		  /* pixels are areas */
	{ 1026, GEOTIFF_TAG_TEXT, 0, 0 }, /* name */
	{ 2049, GEOTIFF_TAG_TEXT, 7, 0 }, /* name of the datum's system */
	{ 2054, 0, 1, 9102 },		  /* degrees */
	{ 3072, 0, 1, 0 },		  /* the code */
	{ 3076, 0, 1, 9001 },		  /* metres */
};
enum { UTM_NAME = 3, UTM_DATUM = 4, UTM_CODE = 6 };

/* Lambert's azimuthal equal-area projection, as a lake has it. */
static const uint16_t laea[][4] = {
	{ 1, 1, 0, 16 },
	{ 1024, 0, 1, 1 },
	{ 1025, 0, 1, 1 },
	{ 1026, GEOTIFF_TAG_TEXT, 0, 0 },
	{ 2048, 0, 1, 4326 }, /* WGS 84 */
	{ 2049, GEOTIFF_TAG_TEXT, 7, 0 },
	{ 2054, 0, 1, 9102 },
	{ 2057, GEOTIFF_TAG_REALS, 1, 5 }, /* semi-major axis */
	{ 2059, GEOTIFF_TAG_REALS, 1, 4 }, /* inverse flattening */
	{ 3072, 0, 1, 32767 },		   /* no code: defined here */
	{ 3074, 0, 1, 32767 },
	{ 3075, 0, 1, 10 }, /* the projection */
	{ 3076, 0, 1, 9001 },
	{ 3082, GEOTIFF_TAG_REALS, 1, 2 }, /* false easting */
	{ 3083, GEOTIFF_TAG_REALS, 1, 3 }, /* false northing */
	{ 3088, GEOTIFF_TAG_REALS, 1, 1 }, /* longitude and */
	{ 3089, GEOTIFF_TAG_REALS, 1, 0 }, /* latitude of the centre */
};
enum { LAEA_NAME = 3, LAEA_DATUM = 5 };

/* The keys of a table, with reals and text, in memory of p's own; false without memory. */
static bool fill(struct geotiff_place *p, const uint16_t key[][4], size_t keys_nr,
		 const double *real, size_t reals_nr, const char *text)
{
	p->keys_nr = keys_nr * 4;
	p->reals_nr = reals_nr;
	p->key = malloc(keys_nr * sizeof(*key));
	p->real = malloc((reals_nr + 1) * sizeof(*real));
	p->text = strdup(text);
	if (!p->key || !p->real || !p->text)
		return false;
	memcpy(p->key, key, keys_nr * sizeof(*key));
	if (reals_nr)
		memcpy(p->real, real, reals_nr * sizeof(*real));
	return true;
}

static void set_name(struct geotiff_place *p, size_t key, size_t length)
{
	p->key[4 * key + 2] = (uint16_t)length;
}

static void set_value(struct geotiff_place *p, size_t key, size_t value)
{
	p->key[4 * key + 3] = (uint16_t)value;
}

static bool fill_utm(struct geotiff_place *p, const struct crs *crs)
{
	bool south = crs->def[7] == '7';
	int zone = crs_zone_of(crs), name;
	char text[60];

	name = snprintf(text, sizeof(text), "WGS 84 / UTM zone %d%c|", zone, south ? 'S' : 'N');
	snprintf(text + name, sizeof(text) - (size_t)name, "WGS 84|");
	if (!fill(p, utm, sizeof(utm) / sizeof(utm[0]), NULL, 0, text))
		return false;
	set_name(p, UTM_NAME, (size_t)name);
	set_value(p, UTM_DATUM, (size_t)name);
	set_value(p, UTM_CODE, (size_t)zone + (south ? 32700 : 32600));
	return true;
}

/* A plain number of at most so much in front of what stands at *text; moves it behind both. */
static bool read_number(const char **text, const char *before, double most, double *number)
{
	size_t n = strlen(before), digits;
	char *end;

	if (strncmp(*text, before, n) != 0)
		return false;
	*text += n;
	digits = strspn(*text, "-.0123456789");
	*number = strtod(*text, &end);
	if (!digits || end != *text + digits || fabs(*number) > most)
		return false;
	*text = end;
	return true;
}

static bool fill_laea(struct geotiff_place *p, double lat, double lon)
{
	const double real[] = { lat, lon, 0, 0, 298.257223563, 6378137 };
	char text[120];
	int name = geotiff_name_crs(text, sizeof(text), "Lambert Azimuthal Equal Area", lat, lon);

	snprintf(text + name, sizeof(text) - (size_t)name, "|WGS 84|");
	name++; /* a name ends with its bar */
	if (!fill(p, laea, sizeof(laea) / sizeof(laea[0]), real, sizeof(real) / sizeof(real[0]),
		  text))
		return false;
	set_name(p, LAEA_NAME, (size_t)name);
	set_value(p, LAEA_DATUM, (size_t)name);
	return true;
}

int geotiff_keys(struct geotiff_place *p, const struct crs *crs, struct error *e)
{
	const char *rest = crs->def;
	double lat, lon;
	bool filled;

	if (crs_zone_of(crs))
		filled = fill_utm(p, crs);
	else if (read_number(&rest, "+proj=laea +lat_0=", 90, &lat) &&
		 read_number(&rest, " +lon_0=", 180, &lon) &&
		 !strcmp(rest, " +datum=WGS84 +units=m"))
		filled = fill_laea(p, lat, lon);
	else
		return 0;
	return filled ? 1 : error_nomem(e, "GeoTIFF keys");
}
