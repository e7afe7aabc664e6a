/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/truth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "testdata/json.h"
#include "testdata/truth_shore.h"

static const struct {
	const char *name;
	GDALDataType type;
	int none, factor; /* pixels of the grid in one of its own, each way */
} files[TRUTH_FILES] = {
	[TRUTH_CLASS] = { "class.tif", GDT_Byte, TRUTH_NONE, 1 },
	[TRUTH_PERCENT] = { "fraction.tif", GDT_Byte, TRUTH_NONE, 1 },
	[TRUTH_FRACTION] = { "fraction16.tif", GDT_UInt16, TRUTH_NONE16, 1 },
	[TRUTH_SKY] = { "sky.tif", GDT_Byte, TRUTH_NONE, 1 },
	[TRUTH_COVER] = { "cover.tif", GDT_Byte, TRUTH_NONE, 1 },
	[TRUTH_SEEN] = { "fraction_seen.tif", GDT_UInt16, TRUTH_NONE16, 1 },
	[TRUTH_SEEN20] = { "fraction_seen20.tif", GDT_UInt16, TRUTH_NONE16, 2 },
};

static bool wanted(const struct truth *t, int k)
{
	const struct options *o = t->options;

	if (k == TRUTH_SKY && !(o->clouds > 0 || o->slc_off || o->defects || o->false_clouds))
		return false;
	if (k == TRUTH_COVER && !o->hard && !o->ponds && !(o->strip_m > 0))
		return false;
	if (k == TRUTH_SEEN && !(o->psf > 0))
		return false;
	if (k == TRUTH_SEEN20 && !(o->psf > 0 && options_sentinel2(o)))
		return false;
	return !t->ground->is_ramp;
}

int truth_open(struct truth *t, const char *id, struct failure *f)
{
	const struct grid *g = &t->ground->grid;
	size_t pixels = (size_t)t->strip_rows * (size_t)g->width;

	if (snprintf(t->dir, sizeof(t->dir), "%s/truth/%s", t->options->out, id) >=
	    (int)sizeof(t->dir))
		return fail(f, "the path %s is too long", t->options->out);
	t->row = calloc((size_t)g->height, sizeof(*t->row));
	if (!t->row)
		return fail(f, "no memory for the sums of %d rows", g->height);
	if (folder_make(t->dir, f))
		return -1;
	for (int k = 0; k < TRUTH_FILES; k++) {
		struct raster_spec s = { .path = t->path[k],
					 .grid = *g,
					 .type = files[k].type,
					 .bands = 1,
					 .block = t->block,
					 .threads = t->options->threads,
					 .nodata = files[k].none };

		s.grid.pixel_m *= files[k].factor;
		s.grid.width /= files[k].factor;
		s.grid.height /= files[k].factor;
		snprintf(t->path[k], sizeof(t->path[k]), "%s/%s", t->dir, files[k].name);
		remove(t->path[k]);
		if (!wanted(t, k))
			continue;
		t->strip[k] = malloc(pixels * (size_t)GDALGetDataTypeSizeBytes(s.type));
		if (!t->strip[k])
			return fail(f, "no memory for a strip of %s", t->path[k]);
		if (raster_open(&t->raster[k], &s, f))
			return -1;
	}
	return 0;
}

static void note_pixel(struct truth *t, size_t at, float fraction, int sky, int cover, bool seen)
{
	uint8_t *class = t->strip[TRUTH_CLASS], *percent = t->strip[TRUTH_PERCENT];
	uint16_t *fraction16 = t->strip[TRUTH_FRACTION];
	uint8_t *bits = t->strip[TRUTH_SKY], *covered = t->strip[TRUTH_COVER];

	class[at] = seen ? fraction >= 0.5f : TRUTH_NONE;
	percent[at] = seen ? (uint8_t)lround(100 * (double)fraction) : TRUTH_NONE;
	fraction16[at] = seen ? (uint16_t)lround(10000 * (double)fraction) : TRUTH_NONE16;
	if (bits)
		bits[at] = (uint8_t)sky;
	if (covered)
		covered[at] = seen ? (uint8_t)cover : TRUTH_NONE;
}

void truth_note(struct truth *t, int in_strip, int row, double extra_m, const struct ground_row *r)
{
	const struct ground *g = t->ground;
	int width = g->grid.width;
	struct truth_row sum = { 0 };

	if (g->is_ramp)
		return;
	for (int i = 0; i < width; i++) {
		bool seen = ground_seen(g, i, row, extra_m);
		double f = (double)r->fraction[i];

		note_pixel(t, (size_t)in_strip * (size_t)width + (size_t)i, r->fraction[i],
			   seen ? r->sky[i] | (ground_lost(g, row) ? SKY_LOST : 0)
			   : ground_gap(g, i, row) ? SKY_GAP
						   : TRUTH_NONE,
			   r->cover[i], seen);
		if (!seen)
			continue;
		sum.water_pixels += f;
		sum.water_m2 += f * mapping_pixel_area(&g->mapping, i, row);
		sum.seen_m2 += mapping_pixel_area(&g->mapping, i, row);
		sum.seen++;
		sum.class_water += f >= 0.5;
	}
	t->row[row] = sum;
}

void truth_note_seen(struct truth *t, int factor, int in_strip, int line, double extra_m,
		     const float *fraction)
{
	const struct ground *g = t->ground;
	int width = g->grid.width / factor, first = line * factor, last = first + factor - 1;
	uint16_t *out = t->strip[factor == 1 ? TRUTH_SEEN : TRUTH_SEEN20];

	if (!out)
		return;
	out += (size_t)in_strip * (size_t)width;
	for (int i = 0; i < width; i++)
		out[i] = ground_seen(g, i * factor, first, extra_m) &&
					 ground_seen(g, i * factor, last, extra_m)
				 ? (uint16_t)lround(10000 * (double)fraction[i])
				 : TRUTH_NONE16;
}

int truth_write(struct truth *t, int y0, int rows, struct failure *f)
{
	for (int k = 0; k < TRUTH_FILES; k++)
		if (t->strip[k] && raster_write(&t->raster[k], y0 / files[k].factor,
						rows / files[k].factor, t->strip[k], f))
			return -1;
	return 0;
}

static void write_area(const struct truth *t, struct json *j)
{
	const struct grid *g = &t->ground->grid;
	double pixel_km2 = g->pixel_m * g->pixel_m * 1e-6;
	struct truth_row sum = { 0 };

	for (int y = 0; y < g->height; y++) {
		sum.water_pixels += t->row[y].water_pixels;
		sum.water_m2 += t->row[y].water_m2;
		sum.seen_m2 += t->row[y].seen_m2;
		sum.seen += t->row[y].seen;
		sum.class_water += t->row[y].class_water;
	}
	json_object(j, "area");
	json_number(j, "water_utm_km2", sum.water_pixels * pixel_km2);
	json_number(j, "water_equal_area_km2", sum.water_m2 * 1e-6);
	json_number(j, "water_class_utm_km2", (double)sum.class_water * pixel_km2);
	json_number(j, "seen_equal_area_km2", sum.seen_m2 * 1e-6);
	json_whole(j, "water_class_pixels", sum.class_water);
	json_whole(j, "seen_pixels", sum.seen);
	json_end(j, '}');
}

static void write_covers(struct json *j)
{
	json_array(j, "covers");
	for (int k = 0; k < CODE_COUNT; k++)
		json_text(j, NULL, cover_names[k]);
	json_end(j, ']');
}

static void write_ponds(const struct ponds *p, struct json *j)
{
	json_array(j, "ponds");
	for (int i = 0; i < p->n; i++) {
		const struct pond *q = &p->pond[i];

		json_object(j, NULL);
		json_text(j, "kind", pond_kind_name(q->kind));
		json_pair(j, "center_m", q->e, q->n);
		json_number(j, "width_m", q->width);
		json_number(j, "length_m", q->length);
		json_number(j, "turn_deg", q->turn_deg);
		json_number(j, "area_m2", pond_area(q));
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void write_clouds(const struct sky *s, struct json *j)
{
	json_array(j, "cloud_list");
	for (int i = 0; i < s->count; i++) {
		const struct cloud *c = &s->cloud[i];

		json_object(j, NULL);
		json_pair(j, "center_m", c->e, c->n);
		json_number(j, "radius_m", c->r);
		json_number(j, "height_m", c->height_m);
		if (s->lapse)
			json_number(j, "kelvin", sky_kelvin(c));
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void write_scene(const struct truth *t, struct json *j, const struct air *air)
{
	const struct options *o = t->options;
	const struct grid *g = &t->ground->grid;
	char seed[32];

	json_text(j, "kind", options_kind_name(o->kind));
	json_text(j, "lake", o->ramp ? "none" : options_lake_name(o->lake));
	json_text(j, "surface", o->ramp ? "ramp" : o->natural ? "natural" : "plain");
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)o->seed);
	json_text(j, "seed", seed);
	json_number(j, "noise", o->noise);
	if (o->snr)
		json_bool(j, "snr", true);
	if (o->psf > 0)
		json_number(j, "psf_pixels", o->psf);
	if (o->texture > 0)
		json_number(j, "texture", o->texture);
	if (o->vary > 0)
		json_number(j, "vary", o->vary);
	if (o->strip_m > 0) {
		json_text(j, "strip", covers[o->strip].name);
		json_number(j, "strip_m", o->strip_m);
	}
	json_whole(j, "clouds", o->clouds);
	json_object(j, "grid");
	json_whole(j, "epsg", grid_epsg(g));
	json_pair(j, "upper_left_m", g->e0, g->n0);
	json_number(j, "pixel_m", g->pixel_m);
	json_whole(j, "width", g->width);
	json_whole(j, "height", g->height);
	json_end(j, '}');
	json_object(j, "air");
	json_number(j, "sun_zenith_deg", air->sun_zenith);
	json_number(j, "sun_azimuth_deg", air->sun_azimuth);
	json_number(j, "view_zenith_deg", air->view_zenith);
	json_number(j, "view_azimuth_deg", air->view_azimuth);
	json_number(j, "pressure_hpa", air->pressure_hpa);
	json_end(j, '}');
}

/* A float of the tables as it is written there. */
static double as_written(float v)
{
	return floor((double)v * 1e6 + 0.5) / 1e6;
}

static void write_band(const struct truth *t, struct json *j, const struct air *air,
		       const struct truth_band *b, const double shift[2])
{
	const struct ground *g = t->ground;

	json_object(j, NULL);
	json_text(j, "name", b->name);
	if (b->micrometre > 0) {
		json_number(j, "wavelength_um", b->micrometre);
		json_number(j, "rayleigh_depth", air_depth(b->micrometre, air->pressure_hpa));
		json_number(j, "rayleigh_path", air_path(air, b->micrometre));
		json_number(j, "rayleigh_transmittance", air_transmittance(air, b->micrometre));
	}
	if (shift)
		json_pair(j, "cloud_shift_per_m", shift[0], shift[1]);
	if (g->is_ramp) {
		json_number(j, "ramp_base", g->ramp.base[b->role]);
		json_number(j, "ramp_per_m_east", g->ramp.east[b->role]);
		json_number(j, "ramp_per_m_north", g->ramp.north[b->role]);
	} else if (!t->options->natural) {
		json_number(j, "water", as_written(covers[t->options->water].rho[b->role]));
		json_number(j, "land", as_written(covers[t->options->land].rho[b->role]));
	}
	json_end(j, '}');
}

static int write_json(const struct truth *t, const char *id, const struct air *air,
		      const struct truth_band *band, int bands, struct failure *f)
{
	char path[1000];
	struct json j;

	snprintf(path, sizeof(path), "%s/truth.json", t->dir);
	if (json_open(&j, path, f))
		return -1;
	json_text(&j, "product", id);
	write_scene(t, &j, air);
	if (t->ground->is_ramp) {
		json_text(&j, "formula",
			  "ground = ramp_base + ramp_per_m_east (e - e_mid) + ramp_per_m_north "
			  "(n - n_mid), at the centre of a pixel; ST in kelvin");
		json_pair(&j, "ramp_mid_m", t->ground->ramp.e_mid, t->ground->ramp.n_mid);
	} else {
		truth_shore_json(t, &j);
		write_area(t, &j);
	}
	if (t->strip[TRUTH_COVER])
		write_covers(&j);
	if (t->options->cloud_height > 0 || t->options->lapse || t->options->parallax)
		write_clouds(&t->ground->sky, &j);
	if (t->ground->ponds.n)
		write_ponds(&t->ground->ponds, &j);
	json_array(&j, "bands");
	for (int i = 0; i < bands; i++)
		write_band(t, &j, air, &band[i], i < t->ground->views ? t->ground->view[i] : NULL);
	json_end(&j, ']');
	return json_close(&j, f);
}

int truth_close(struct truth *t, const char *id, const struct air *air,
		const struct truth_band *band, int bands, struct failure *f)
{
	for (int k = 0; k < TRUTH_FILES; k++)
		if (t->strip[k] && raster_close(&t->raster[k], f))
			return -1;
	if (!t->ground->is_ramp && truth_shore_geojson(t, f))
		return -1;
	return write_json(t, id, air, band, bands, f);
}

void truth_release(struct truth *t)
{
	for (int k = 0; k < TRUTH_FILES; k++) {
		raster_drop(&t->raster[k]);
		free(t->strip[k]);
	}
	free(t->row);
	*t = (struct truth){ 0 };
}
