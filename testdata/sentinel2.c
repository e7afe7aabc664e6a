/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/mgrs.h"
#include "testdata/noise.h"
#include "testdata/sentinel2_granule.h"
#include "testdata/stac.h"

#define LAKE_HEIGHT_M 341.0
#define VIEW_ZENITH   5.5 /* mean of a tile in mid swath */
#define VIEW_AZIMUTH  104.0
/* What the columns of air let through at 945 nm, above the ground of Level 1C. */
#define VAPOUR_TRANSMITTANCE 0.4

enum {
	TILE_SIDE = 10980,
	TIFF_BLOCK = 128, /* divides the strip at 10, 20 and 60 m */
	OVERLAP_M = 600,  /* of neighbouring granules */
};

/* Corners on multiples of 60 m, counted from the equator as ESA does in the south too. */
static int make_grid(const struct options *o, int granule, struct grid *g, struct failure *f)
{
	bool tile = o->mgrs[0] && o->width == TILE_SIDE && o->height == TILE_SIDE && !o->has_center;
	struct mgrs square;
	double c[2], shift;

	*g = (struct grid){ .zone = o->zone,
			    .south = o->center[1] < 0,
			    .pixel_m = 10,
			    .width = o->width,
			    .height = o->height };
	shift = g->south ? 1e7 : 0;
	if (plane_utm(g, o->center[0], o->center[1], c, f))
		return -1;
	g->e0 = floor((c[0] - g->width * 5.0) / 60) * 60;
	g->n0 = ceil((c[1] - shift + g->height * 5.0) / 60) * 60 + shift;
	if (tile && mgrs_square(o->mgrs, &square)) {
		g->e0 = floor(square.e / 60) * 60;
		g->n0 = ceil((square.n + 100000 - shift) / 60) * 60 + shift;
	}
	g->e0 += granule * (g->width * 10 - OVERLAP_M);
	return 0;
}

static struct image *add_image(struct sentinel2 *s, enum what what, int band, int metres)
{
	struct image *m = &s->image[s->images++];

	*m = (struct image){
		.what = what, .band = band, .factor = metres / 10, .transmittance = 1
	};
	m->noise_key = hash_place(0, band, metres);
	return m;
}

static void add_band(struct sentinel2 *s, int band, int metres)
{
	struct image *m = add_image(s, WHAT_BAND, band, metres);
	const struct msi_band *b = &msi_bands[band];
	double micrometre = b->central_nm[s->safe->satellite] / 1000;
	char name[SAFE_PATH];

	if (options_level1(s->o)) {
		snprintf(name, sizeof(name), "%s/IMG_DATA/%s_%s%s", s->safe->granule, s->safe->stem,
			 b->name, safe_image_end(s->safe));
		if (b->role != ROLE_CIRRUS && !s->o->no_air) {
			m->transmittance = air_transmittance(&s->safe->air, micrometre);
			m->air_path = air_path(&s->safe->air, micrometre);
		}
		if (b->role == ROLE_VAPOUR && !s->o->no_air)
			m->transmittance *= VAPOUR_TRANSMITTANCE;
	} else {
		snprintf(name, sizeof(name), "%s/IMG_DATA/R%dm/%s_%s_%dm%s", s->safe->granule,
			 metres, s->safe->stem, b->name, metres, safe_image_end(s->safe));
	}
	safe_add(s->safe, name);
}

static void add_scl(struct sentinel2 *s, int metres)
{
	char name[SAFE_PATH];

	add_image(s, WHAT_SCL, 0, metres);
	snprintf(name, sizeof(name), "%s/IMG_DATA/R%dm/%s_SCL_%dm%s", s->safe->granule, metres,
		 s->safe->stem, metres, safe_image_end(s->safe));
	safe_add(s->safe, name);
}

static void add_mask(struct sentinel2 *s, enum what what, int metres, const char *word,
		     const char *band)
{
	char name[SAFE_PATH];

	add_image(s, what, 0, metres);
	safe_mask_name(s->safe, name, word, band, ".jp2");
	safe_add(s->safe, name);
}

/* A resolution of Level 2A holds the bands that are as fine or finer; B08 only at 10 m. */
static void add_level2(struct sentinel2 *s, int metres)
{
	for (int i = 0; i < MSI_BANDS; i++) {
		const struct msi_band *b = &msi_bands[i];
		bool fine = b->resolution <= metres;

		if (b->role == ROLE_COASTAL && metres == 20)
			fine = s->o->baseline >= 400;
		if (b->resolution == 10 && b->role == ROLE_NIR)
			fine = metres == 10;
		if (fine && b->role != ROLE_CIRRUS)
			add_band(s, i, metres);
	}
	if (metres > 10)
		add_scl(s, metres);
}

static void add_images(struct sentinel2 *s)
{
	if (options_level1(s->o)) {
		for (int i = 0; i < MSI_BANDS; i++)
			add_band(s, i, msi_bands[i].resolution);
	} else {
		add_level2(s, 10);
		add_level2(s, 20);
		add_level2(s, 60);
	}
	s->safe->images = s->safe->files;
	if (s->o->baseline >= 400)
		add_mask(s, WHAT_CLASSI, 60, "CLASSI", "B00");
	if (!options_level1(s->o)) {
		add_mask(s, WHAT_CLOUD_PROBABILITY, 20, "CLDPRB", "20m");
		add_mask(s, WHAT_CLOUD_PROBABILITY, 60, "CLDPRB", "60m");
	}
	for (int i = 0; s->o->defects && i < MSI_BANDS; i++) {
		add_mask(s, WHAT_QUALIT, msi_bands[i].resolution, "QUALIT", msi_bands[i].name);
		s->image[s->images - 1].band = i;
	}
}

/* The path of an image, and the folder that it needs. */
static int image_path(struct image *m, const char *folder, const char *file, struct failure *f)
{
	char path[sizeof(m->path)];

	if (snprintf(path, sizeof(path), "%s/%s", folder, file) >= (int)sizeof(path))
		return fail(f, "the path %s is too long", folder);
	memcpy(m->path, path, sizeof(path));
	*strrchr(path, '/') = 0;
	return folder_make(path, f);
}

static int image_layers(const struct image *m)
{
	return m->what == WHAT_CLASSI ? 3 : m->what == WHAT_QUALIT ? QUALIT_LAYERS : 1;
}

/* The masks of QI_DATA are JPEG 2000 whatever the images are. */
static enum raster_form image_form(const struct sentinel2 *s, const struct image *m)
{
	bool image = m->what == WHAT_BAND || m->what == WHAT_SCL;

	return image && s->o->images != IMAGES_JP2 ? RASTER_TIFF : RASTER_JP2;
}

static int open_images(struct sentinel2 *s, struct failure *f)
{
	for (int i = 0; i < s->images; i++) {
		struct image *m = &s->image[i];
		struct raster_spec r = { .path = m->path,
					 .grid = s->safe->grid,
					 .form = image_form(s, m),
					 .type = m->what == WHAT_BAND ? GDT_UInt16 : GDT_Byte,
					 .bands = image_layers(m),
					 .block = TIFF_BLOCK,
					 .threads = s->o->threads,
					 .nodata = RASTER_NO_NODATA };

		r.grid.pixel_m = 10 * m->factor;
		r.grid.width /= m->factor;
		r.grid.height /= m->factor;
		if (image_path(m, s->safe->folder, s->safe->file[s->safe->first + i], f))
			return -1;
		m->strip = malloc((size_t)(STRIP / m->factor) * (size_t)r.grid.width *
				  (size_t)GDALGetDataTypeSizeBytes(r.type) * (size_t)r.bands);
		if (!m->strip)
			return fail(f, "no memory for a strip of %s", m->path);
		if (raster_open(&m->raster, &r, f))
			return -1;
	}
	return 0;
}

/* Rows of the strip and around it, before any is spread; beyond the window there are none. */
static void compute(void *job, int worker, int i)
{
	struct sentinel2 *s = job;
	int row = s->y0 + i - HALO;

	(void)worker;
	if (row >= 0 && row < s->safe->grid.height)
		ground_compute(&s->ground, row, &s->strip_row[i]);
}

static void work(void *job, int worker, int group)
{
	struct sentinel2 *s = job;
	struct ground_row *rows =
		s->psf.reach ? &s->strip_row[HALO + group * GROUP] : s->scratch[worker];

	for (int y = 0; y < GROUP; y++) {
		int in_strip = group * GROUP + y;

		if (!s->psf.reach)
			ground_compute(&s->ground, s->y0 + in_strip, &rows[y]);
		truth_note(&s->truth, in_strip, s->y0 + in_strip, LATE_MAX_M, &rows[y]);
	}
	granule_paint(s, worker, group, rows);
}

static int make_strips(struct sentinel2 *s, struct failure *f)
{
	int height = s->safe->grid.height;

	for (s->y0 = 0; s->y0 < height; s->y0 += STRIP) {
		int rows = height - s->y0 < STRIP ? height - s->y0 : STRIP;

		if (s->psf.reach && workers_run(s->o->threads, rows + 2 * HALO, compute, s, f))
			return -1;
		if (workers_run(s->o->threads, rows / GROUP, work, s, f))
			return -1;
		for (int i = 0; i < s->images; i++) {
			struct image *m = &s->image[i];

			if (raster_write(&m->raster, s->y0 / m->factor, rows / m->factor, m->strip,
					 f))
				return -1;
		}
		if (truth_write(&s->truth, s->y0, rows, f))
			return -1;
	}
	return 0;
}

/* An asset, unless a finer one of the same band is there. */
static void add_asset(const struct sentinel2 *s, int i, struct stac_facts *t)
{
	const struct image *m = &s->image[i];
	bool band = m->what == WHAT_BAND;
	const char *key = band ? msi_bands[m->band].common : "scl";
	struct stac_asset *a = &t->asset[t->assets];

	if (!band && m->what != WHAT_SCL)
		return;
	for (int k = 0; k < t->assets; k++)
		if (!strcmp(t->asset[k].key, key))
			return;
	*a = (struct stac_asset){
		.role = band ? msi_bands[m->band].role : ROLE_COUNT,
		.name = band ? msi_bands[m->band].name : NULL,
		.common = band ? key : NULL,
		.micrometre = band ? msi_bands[m->band].central_nm[s->safe->satellite] / 1000 : 0,
		.scale = band ? 1.0 / s->o->quantification : 0,
		.offset = band ? (double)s->o->offset[m->band] / s->o->quantification : 0,
		.metres = 10 * m->factor,
		.type = band ? GDT_UInt16 : GDT_Byte,
		.jpeg2000 = image_form(s, m) == RASTER_JP2
	};
	snprintf(a->key, sizeof(a->key), "%s", key);
	snprintf(a->href, sizeof(a->href), "./%s", s->safe->file[s->safe->first + i]);
	t->assets++;
}

/* Percentages: of no data, of all pixels; of the other classes, of those with data. */
static void sum_up(struct sentinel2 *s)
{
	double count[SCL_CLASSES] = { 0 }, total = 0;

	for (int y = 0; y < s->safe->grid.height / GROUP; y++)
		for (int k = 0; k < SCL_CLASSES; k++) {
			count[k] += (double)s->classes[y][k];
			total += (double)s->classes[y][k];
		}
	s->safe->share[0] = 100 * count[0] / total;
	for (int k = 1; k < SCL_CLASSES; k++)
		s->safe->share[k] = total > count[0] ? 100 * count[k] / (total - count[0]) : 0;
}

/* The first granule's truth is called like the product, the next one's with its tile. */
static void truth_id(const struct sentinel2 *s, char *id, size_t size)
{
	if (s->safe->granules)
		snprintf(id, size, "%s_T%s", s->safe->product, s->safe->tile);
	else
		snprintf(id, size, "%s", s->safe->product);
}

static void stac_facts(const struct sentinel2 *s, struct stac_facts *t)
{
	const struct safe *p = s->safe;

	*t = (struct stac_facts){ .options = s->o,
				  .grid = &p->grid,
				  .air = &p->air,
				  .folder = p->folder,
				  .id = p->product,
				  .tile = p->tile,
				  .cloud_cover = p->share[8] + p->share[9] };
	for (int i = 0; i < s->images; i++)
		add_asset(s, i, t);
}

static int write_stac(const struct sentinel2 *s, struct failure *f)
{
	struct stac_facts *t;
	int ret;

	if (!s->o->stac)
		return 0;
	t = calloc(1, sizeof(*t));
	if (!t)
		return fail(f, "no memory");
	stac_facts(s, t);
	ret = stac_write(t, f);
	free(t);
	return ret;
}

static int finish(struct sentinel2 *s, struct failure *f)
{
	struct truth_band band[MSI_BANDS];

	char id[200];

	for (int i = 0; i < s->images; i++)
		if (raster_close(&s->image[i].raster, f))
			return -1;
	sum_up(s);
	if (s->o->baseline < 400 && safe_write_gml(s->safe, f))
		return -1;
	if (safe_write_tile(s->safe, f) || write_stac(s, f))
		return -1;
	truth_id(s, id, sizeof(id));
	safe_granule_done(s->safe);
	for (int i = 0; i < MSI_BANDS; i++)
		band[i] =
			(struct truth_band){ msi_bands[i].name,
					     msi_bands[i].role == ROLE_CIRRUS
						     ? 0
						     : msi_bands[i].central_nm[s->safe->satellite] /
							       1000,
					     msi_bands[i].role };
	return truth_close(&s->truth, id, &s->safe->air, band, MSI_BANDS, f);
}

/* The product: air and names. */
static int prepare_product(struct safe *p, const struct options *o, struct failure *f)
{
	p->options = o;
	p->air = (struct air){ .view_zenith = VIEW_ZENITH,
			       .view_azimuth = VIEW_AZIMUTH,
			       .pressure_hpa = air_pressure(LAKE_HEIGHT_M) };
	air_sun(&o->when, o->center[0], o->center[1], &p->air.sun_zenith, &p->air.sun_azimuth);
	if (p->air.sun_zenith > 85)
		return fail(f, "the sun is below 5 degrees at that place and time: choose --time");
	if (make_grid(o, 0, &p->grid, f))
		return -1;
	return safe_names(p, f);
}

/* What point spread needs. */
static int prepare_spread(struct sentinel2 *s, struct failure *f)
{
	size_t width = (size_t)s->o->width;

	psf_init(&s->psf, s->o->psf);
	if (!s->psf.reach)
		return 0;
	s->strip_row = calloc(STRIP + 2 * HALO, sizeof(*s->strip_row));
	if (!s->strip_row)
		return fail(f, "no memory for the rows of a strip");
	for (int i = 0; i < STRIP + 2 * HALO; i++)
		if (ground_row_init(&s->strip_row[i], s->o->width, s->ground.views, f))
			return -1;
	for (int i = 0; i < s->o->threads; i++) {
		s->spread_scratch[i] = malloc(width * sizeof(double));
		s->spread[i] = malloc((PSF_LINES + 1) * width * sizeof(float));
		if (!s->spread_scratch[i] || !s->spread[i])
			return fail(f, "no memory for the point spread of a line");
	}
	return 0;
}

static int prepare(struct sentinel2 *s, struct failure *f)
{
	const struct options *o = s->o;
	struct safe *p = s->safe;
	char folder[1500], id[200];

	p->sky = &s->ground.sky;
	if (make_grid(o, p->granules, &p->grid, f))
		return -1;
	safe_granule_names(p);
	snprintf(folder, sizeof(folder), "%s/%s/QI_DATA", p->folder, p->granule);
	if (folder_make(folder, f))
		return -1;
	s->classes = calloc((size_t)(o->height / GROUP), sizeof(*s->classes));
	if (!s->classes)
		return fail(f, "no memory for %d rows", o->height);
	for (int i = 0; i < o->threads; i++)
		for (int y = 0; y < GROUP; y++)
			if (ground_row_init(&s->scratch[i][y], o->width,
					    o->parallax ? MSI_BANDS : 0, f))
				return -1;
	if (ground_init(&s->ground, o, &p->grid, &p->air, f) || prepare_spread(s, f))
		return -1;
	add_images(s);
	if (open_images(s, f))
		return -1;
	s->truth = (struct truth){
		.ground = &s->ground, .options = o, .strip_rows = STRIP, .block = 256
	};
	truth_id(s, id, sizeof(id));
	return truth_open(&s->truth, id, f);
}

static void release(struct sentinel2 *s)
{
	for (int i = 0; i < s->images; i++) {
		raster_drop(&s->image[i].raster);
		free(s->image[i].strip);
	}
	truth_release(&s->truth);
	ground_release(&s->ground);
	for (int i = 0; i < WORKERS_MAX; i++)
		for (int y = 0; y < GROUP; y++)
			ground_row_release(&s->scratch[i][y]);
	for (int i = 0; s->strip_row && i < STRIP + 2 * HALO; i++)
		ground_row_release(&s->strip_row[i]);
	free(s->strip_row);
	for (int i = 0; i < WORKERS_MAX; i++) {
		free(s->spread_scratch[i]);
		free(s->spread[i]);
	}
	free(s->classes);
	free(s);
}

static int make_granule(struct safe *p, struct failure *f)
{
	struct sentinel2 *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return fail(f, "no memory");
	s->o = p->options;
	s->safe = p;
	ret = prepare(s, f);
	if (!ret)
		ret = make_strips(s, f);
	if (!ret)
		ret = finish(s, f);
	release(s);
	return ret;
}

int sentinel2_make(const struct options *o, char *out, size_t size, struct failure *f)
{
	struct safe *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return fail(f, "no memory");
	ret = prepare_product(p, o, f);
	for (int i = 0; !ret && i < o->granules; i++)
		ret = make_granule(p, f);
	if (!ret)
		ret = safe_write_product(p, f);
	if (!ret)
		ret = safe_write_manifest(p, f);
	snprintf(out, size, "%s", p->folder);
	free(p);
	return ret;
}
