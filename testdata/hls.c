/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/hls.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/landsat_masks.h"
#include "testdata/layers.h"
#include "testdata/mgrs.h"

#define PIXEL_M	 30.0
#define KELVIN_0 273.15

enum { FILL = -9999, FMASK_FILL = 255, LOW = -9998, HIGH = 32767 };

/* Product User Guide of HLS v2.0, tables 7 and 8. */
struct hls_band {
	const char *name, *long_name;
	enum role role;
};

/* clang-format off */
static const struct hls_band l30[] = {
	{ "B01", "Coastal_Aerosol", ROLE_COASTAL }, { "B02", "Blue", ROLE_BLUE },
	{ "B03", "Green", ROLE_GREEN }, { "B04", "Red", ROLE_RED }, { "B05", "NIR", ROLE_NIR },
	{ "B06", "SWIR1", ROLE_SWIR1 }, { "B07", "SWIR2", ROLE_SWIR2 },
	{ "B09", "Cirrus", ROLE_CIRRUS }, { "B10", "TIRS1", ROLE_KELVIN },
	{ "B11", "TIRS2", ROLE_KELVIN }, { .name = NULL },
};
static const struct hls_band s30[] = {
	{ "B01", "Coastal_Aerosol", ROLE_COASTAL }, { "B02", "Blue", ROLE_BLUE },
	{ "B03", "Green", ROLE_GREEN }, { "B04", "Red", ROLE_RED },
	{ "B05", "Red_Edge1", ROLE_EDGE1 }, { "B06", "Red_Edge2", ROLE_EDGE2 },
	{ "B07", "Red_Edge3", ROLE_EDGE3 }, { "B08", "NIR_Broad", ROLE_NIR },
	{ "B8A", "NIR_Narrow", ROLE_NIR }, { "B09", "Water_Vapor", ROLE_VAPOUR },
	{ "B10", "Cirrus", ROLE_CIRRUS }, { "B11", "SWIR1", ROLE_SWIR1 },
	{ "B12", "SWIR2", ROLE_SWIR2 }, { .name = NULL },
};
/* clang-format on */

struct hls {
	const struct options *o;
	const struct hls_band *band;
	struct layers layers;
	char tile[6], id[80], folder[1000];
};

static int make_grid(const struct options *o, struct grid *g, struct failure *f)
{
	double c[2];

	*g = (struct grid){ .zone = o->zone,
			    .south = o->center[1] < 0,
			    .pixel_m = PIXEL_M,
			    .width = o->width,
			    .height = o->height };
	if (plane_utm(g, o->center[0], o->center[1], c, f))
		return -1;
	g->e0 = floor((c[0] - o->width * PIXEL_M / 2) / PIXEL_M) * PIXEL_M;
	g->n0 = ceil((c[1] + o->height * PIXEL_M / 2) / PIXEL_M) * PIXEL_M;
	return 0;
}

static void add_layers(struct hls *h)
{
	struct layer *y;

	for (const struct hls_band *b = h->band; b->name; b++) {
		bool heat = b->role == ROLE_KELVIN;

		y = layers_add(&h->layers, PAINT_BAND, b->name, GDT_Int16);
		y->role = b->role;
		y->scale = heat ? 100 : 10000;
		y->shift = heat ? -100 * KELVIN_0 : 0;
		y->low = LOW;
		y->high = HIGH;
		y->fill = y->nodata = FILL;
	}
	y = layers_add(&h->layers, PAINT_MASK, "Fmask", GDT_Byte);
	y->mask = hls_fmask;
	y->fill = y->nodata = FMASK_FILL;
}

static int prepare(struct hls *h, struct failure *f)
{
	const struct options *o = h->o;
	struct grid *g = &h->layers.grid;
	struct air *a = &h->layers.air;
	int second = (int)o->when.second;
	char stem[90];

	h->layers.o = o;
	h->band = o->kind == KIND_HLS_L30 ? l30 : s30;
	if (make_grid(o, g, f))
		return -1;
	air_sun(&o->when, o->center[0], o->center[1], &a->sun_zenith, &a->sun_azimuth);
	if (o->mgrs[0])
		snprintf(h->tile, sizeof(h->tile), "%.5s", o->mgrs);
	else
		mgrs_name(g->zone, o->center[1], g->e0 + g->width * PIXEL_M / 2,
			  g->n0 - g->height * PIXEL_M / 2, h->tile);
	snprintf(h->id, sizeof(h->id), "HLS.%s.T%s.%04d%03dT%02d%02d%02d.v2.0",
		 o->kind == KIND_HLS_L30 ? "L30" : "S30", h->tile, o->when.year,
		 moment_day_of_year(&o->when), second / 3600, second / 60 % 60, second % 60);
	if (snprintf(h->folder, sizeof(h->folder), "%s/%s", o->out, h->id) >=
	    (int)sizeof(h->folder))
		return fail(f, "the path %s is too long", o->out);
	if (folder_make(h->folder, f))
		return -1;
	h->layers.end = ".tif";
	add_layers(h);
	snprintf(stem, sizeof(stem), "%s.", h->id);
	return layers_open(&h->layers, h->folder, stem, h->id, f);
}

__attribute__((format(printf, 3, 4))) static void tag(struct layer *y, const char *name,
						      const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	raster_tag(&y->raster, name, text);
}

/* What every file of a granule says. */
static void granule_tags(const struct hls *h, struct layer *y)
{
	const struct options *o = h->o;
	const struct grid *g = &h->layers.grid;
	const struct moment *m = &o->when;
	int second = (int)m->second;
	bool l = o->kind == KIND_HLS_L30;

	if (l)
		tag(y, "LANDSAT_PRODUCT_ID", "%s_L1TP_%03d%03d_%04d%02d%02d_%04d%02d%02d_02_T1",
		    o->spacecraft, o->path, o->row, m->year, m->month, m->day, m->year, m->month,
		    m->day);
	else
		tag(y, "PRODUCT_URI", "%s_MSIL1C_%04d%02d%02dT%02d%02d%02d_N%04d_R%03d_T%s.SAFE",
		    o->spacecraft, m->year, m->month, m->day, second / 3600, second / 60 % 60,
		    second % 60, o->baseline, o->orbit, h->tile);
	if (l)
		tag(y, "SENSOR", "OLI_TIRS");
	else
		tag(y, "SPACECRAFT_NAME", "Sentinel-2%c", o->spacecraft[2]);
	tag(y, "SENSING_TIME", "%04d-%02d-%02dT%02d:%02d:%02d.0000000Z", m->year, m->month, m->day,
	    second / 3600, second / 60 % 60, second % 60);
	tag(y, "SENTINEL2_TILEID", "%s", h->tile);
	tag(y, "HORIZONTAL_CS_NAME", "UTM, WGS84, UTM ZONE %d", g->zone);
	tag(y, "MEAN_SUN_ZENITH_ANGLE", "%.10g", h->layers.air.sun_zenith);
	tag(y, "MEAN_SUN_AZIMUTH_ANGLE", "%.10g", h->layers.air.sun_azimuth);
	tag(y, "MEAN_VIEW_ZENITH_ANGLE", "%.10g", h->layers.air.view_zenith);
	tag(y, "MEAN_VIEW_AZIMUTH_ANGLE", "%.10g", h->layers.air.view_azimuth);
	tag(y, "NBAR_SOLAR_ZENITH", "%.10g", h->layers.air.sun_zenith);
	tag(y, "cloud_coverage", "%.0f", h->layers.cloud_cover);
	tag(y, "spatial_coverage", "%.0f", h->layers.coverage);
	tag(y, "SPATIAL_RESOLUTION", "30");
	tag(y, "ULX", "%.0f", g->e0);
	tag(y, "ULY", "%.0f", g->n0);
	tag(y, "NCOLS", "%d", g->width);
	tag(y, "NROWS", "%d", g->height);
	tag(y, "_FillValue", "%d", y->fill);
}

static int finish(struct hls *h, struct failure *f)
{
	for (int k = 0; k < h->layers.n; k++) {
		struct layer *y = &h->layers.layer[k];
		double scale = y->paint == PAINT_MASK ? 0 : 1 / y->scale;

		granule_tags(h, y);
		if (scale == 0)
			continue;
		tag(y, "long_name", "%s", h->band[k].long_name);
		tag(y, "scale_factor", "%g", scale);
		tag(y, "add_offset", "0.0");
		raster_scale(&y->raster, scale, 0);
	}
	return layers_close(&h->layers, h->id, f);
}

int hls_make(const struct options *o, char *out, size_t size, struct failure *f)
{
	struct hls *h = calloc(1, sizeof(*h));
	int ret;

	if (!h)
		return fail(f, "no memory");
	h->o = o;
	ret = prepare(h, f);
	if (!ret)
		ret = layers_run(&h->layers, f);
	if (!ret)
		ret = finish(h, f);
	snprintf(out, size, "%s", h->folder);
	layers_release(&h->layers);
	free(h);
	return ret;
}
