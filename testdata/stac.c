/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/stac.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "testdata/json.h"
#include "testdata/raster.h"

#define EXTENSION "https://stac-extensions.github.io/"

/* Names of the EO extension, "" where it has none. */
static const char *const common_names[ROLE_COUNT] = {
	[ROLE_COASTAL] = "coastal",  [ROLE_BLUE] = "blue",	  [ROLE_GREEN] = "green",
	[ROLE_RED] = "red",	     [ROLE_EDGE1] = "rededge071", [ROLE_EDGE2] = "rededge075",
	[ROLE_EDGE3] = "rededge078", [ROLE_NIR] = "nir",	  [ROLE_VAPOUR] = "nir09",
	[ROLE_CIRRUS] = "cirrus",    [ROLE_SWIR1] = "swir16",	  [ROLE_SWIR2] = "swir22",
	[ROLE_KELVIN] = "lwir11",
};

static const char *type_name(GDALDataType type)
{
	return type == GDT_Byte ? "uint8" : type == GDT_Int16 ? "int16" : "uint16";
}

static void corner(const struct stac_facts *s, int k, double *e, double *n)
{
	const struct grid *g = s->grid;

	*e = g->e0 + (k == 1 || k == 2 ? g->width * g->pixel_m : 0);
	*n = g->n0 - (k == 2 || k == 3 ? g->height * g->pixel_m : 0);
}

/* The outline, counterclockwise, and its bounds. */
static int geometry(const struct stac_facts *s, struct json *j, struct failure *f)
{
	static const int order[5] = { 0, 3, 2, 1, 0 };
	double low[2] = { 360, 90 }, high[2] = { -360, -90 };

	json_object(j, "geometry");
	json_text(j, "type", "Polygon");
	json_array(j, "coordinates");
	json_array(j, NULL);
	for (int i = 0; i < 5; i++) {
		double e, n, p[2];

		corner(s, order[i], &e, &n);
		if (plane_lonlat(s->grid, e, n, p, f))
			return -1;
		json_pair(j, NULL, p[0], p[1]);
		for (int k = 0; k < 2; k++) {
			low[k] = p[k] < low[k] ? p[k] : low[k];
			high[k] = p[k] > high[k] ? p[k] : high[k];
		}
	}
	json_end(j, ']');
	json_end(j, ']');
	json_end(j, '}');
	json_array(j, "bbox");
	json_number(j, NULL, low[0]);
	json_number(j, NULL, low[1]);
	json_number(j, NULL, high[0]);
	json_number(j, NULL, high[1]);
	json_end(j, ']');
	return 0;
}

static void landsat_properties(const struct stac_facts *s, struct json *j)
{
	const struct options *o = s->options;
	const char letter = o->spacecraft[1];
	char text[32];

	snprintf(text, sizeof(text), "landsat-%c", o->spacecraft[3]);
	json_text(j, "platform", text);
	json_array(j, "instruments");
	json_text(j, NULL, letter == 'C' ? "oli" : letter == 'E' ? "etm+" : "tm");
	if (letter == 'C')
		json_text(j, NULL, "tirs");
	json_end(j, ']');
	json_text(j, "landsat:correction", options_level1(o) ? "L1TP" : "L2SP");
	json_text(j, "landsat:collection_number", "02");
	json_text(j, "landsat:collection_category", "T1");
	json_text(j, "landsat:wrs_type", "2");
	snprintf(text, sizeof(text), "%03d", o->path);
	json_text(j, "landsat:wrs_path", text);
	snprintf(text, sizeof(text), "%03d", o->row);
	json_text(j, "landsat:wrs_row", text);
	json_number(j, "landsat:cloud_cover_land", s->cloud_cover);
}

static void sentinel2_properties(const struct stac_facts *s, struct json *j)
{
	const struct options *o = s->options;
	char text[64];

	snprintf(text, sizeof(text), "sentinel-2%c", tolower((unsigned char)o->spacecraft[2]));
	json_text(j, "platform", text);
	json_array(j, "instruments");
	json_text(j, NULL, "msi");
	json_end(j, ']');
	json_text(j, "s2:product_type", options_level1(o) ? "S2MSI1C" : "S2MSI2A");
	snprintf(text, sizeof(text), "%02d.%02d", o->baseline / 100, o->baseline % 100);
	json_text(j, "s2:processing_baseline", text);
	snprintf(text, sizeof(text), "MGRS-%s", s->tile);
	json_text(j, "grid:code", text);
	snprintf(text, sizeof(text), "%s.SAFE", s->id);
	json_text(j, "s2:product_uri", text);
}

static void properties(const struct stac_facts *s, struct json *j)
{
	const struct options *o = s->options;
	const struct moment *m = &o->when;
	int second = (int)m->second;
	char text[40];

	json_object(j, "properties");
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", m->year, m->month, m->day,
		 second / 3600, second / 60 % 60, second % 60);
	json_text(j, "datetime", text);
	json_number(j, "eo:cloud_cover", s->cloud_cover);
	json_number(j, "view:sun_elevation", 90 - s->air->sun_zenith);
	json_number(j, "view:sun_azimuth", s->air->sun_azimuth);
	json_number(j, "view:off_nadir", s->air->view_zenith);
	if (o->stac == STAC_1_0) {
		json_whole(j, "proj:epsg", grid_epsg(s->grid));
	} else {
		snprintf(text, sizeof(text), "EPSG:%d", grid_epsg(s->grid));
		json_text(j, "proj:code", text);
	}
	if (options_sentinel2(o))
		sentinel2_properties(s, j);
	else
		landsat_properties(s, j);
	json_end(j, '}');
}

/* scale, offset, nodata, data_type of an asset. */
static void raster(const struct stac_asset *a, struct json *j)
{
	if (a->nodata != RASTER_NO_NODATA)
		json_whole(j, "nodata", a->nodata);
	json_text(j, "data_type", type_name(a->type));
	if (a->scale != 0) {
		json_number(j, "scale", a->scale);
		json_number(j, "offset", a->offset);
	}
}

static void bands(const struct stac_facts *s, const struct stac_asset *a, struct json *j)
{
	bool now = s->options->stac == STAC_1_1;

	json_array(j, now ? "bands" : "eo:bands");
	json_object(j, NULL);
	json_text(j, "name", a->name);
	json_text(j, now ? "eo:common_name" : "common_name",
		  a->common ? a->common : common_names[a->role]);
	if (a->micrometre > 0)
		json_number(j, now ? "eo:center_wavelength" : "center_wavelength", a->micrometre);
	json_end(j, '}');
	json_end(j, ']');
}

static void asset(const struct stac_facts *s, const struct stac_asset *a, struct json *j)
{
	const struct grid *g = s->grid;
	double factor = a->metres / g->pixel_m;

	json_object(j, a->key);
	json_text(j, "href", a->href);
	json_text(j, "type", a->jpeg2000 ? "image/jp2" : "image/tiff; application=geotiff");
	json_array(j, "roles");
	json_text(j, NULL, a->name ? "data" : "metadata");
	json_end(j, ']');
	json_array(j, "proj:shape");
	json_whole(j, NULL, (long long)(g->height / factor));
	json_whole(j, NULL, (long long)(g->width / factor));
	json_end(j, ']');
	json_number(j, "gsd", a->metres);
	if (a->name)
		bands(s, a, j);
	if (s->options->stac == STAC_1_0) {
		json_array(j, "raster:bands");
		json_object(j, NULL);
		raster(a, j);
		json_end(j, '}');
		json_end(j, ']');
	} else {
		if (a->nodata != RASTER_NO_NODATA)
			json_whole(j, "nodata", a->nodata);
		json_text(j, "data_type", type_name(a->type));
		if (a->scale != 0) {
			json_number(j, "raster:scale", a->scale);
			json_number(j, "raster:offset", a->offset);
		}
	}
	json_end(j, '}');
}

static void head(const struct stac_facts *s, struct json *j)
{
	static const char *const old[] = { "eo/v1.0.0/schema.json", "view/v1.0.0/schema.json",
					   "projection/v1.0.0/schema.json",
					   "raster/v1.0.0/schema.json" };
	static const char *const now[] = { "eo/v2.0.0/schema.json", "view/v1.0.0/schema.json",
					   "projection/v2.0.0/schema.json",
					   "raster/v2.0.0/schema.json" };
	bool newer = s->options->stac == STAC_1_1;
	char url[100];

	json_text(j, "type", "Feature");
	json_text(j, "stac_version", newer ? "1.1.0" : "1.0.0");
	json_array(j, "stac_extensions");
	for (size_t i = 0; i < 4; i++) {
		snprintf(url, sizeof(url), EXTENSION "%s", newer ? now[i] : old[i]);
		json_text(j, NULL, url);
	}
	json_end(j, ']');
	json_text(j, "id", s->id);
	json_text(j, "collection",
		  options_sentinel2(s->options)
			  ? (options_level1(s->options) ? "sentinel-2-l1c" : "sentinel-2-l2a")
			  : (options_level1(s->options) ? "landsat-c2l1" : "landsat-c2l2-sr"));
}

int stac_write(const struct stac_facts *s, struct failure *f)
{
	char path[1100];
	struct json j;

	snprintf(path, sizeof(path), "%s/item.json", s->folder);
	if (json_open(&j, path, f))
		return -1;
	head(s, &j);
	if (geometry(s, &j, f)) {
		fclose(j.file);
		return -1;
	}
	properties(s, &j);
	json_object(&j, "assets");
	for (int i = 0; i < s->assets; i++)
		asset(s, &s->asset[i], &j);
	json_end(&j, '}');
	json_array(&j, "links");
	json_end(&j, ']');
	return json_close(&j, f);
}
