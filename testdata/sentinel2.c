/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/ground.h"
#include "testdata/mgrs.h"
#include "testdata/noise.h"
#include "testdata/raster.h"
#include "testdata/sentinel2_cell.h"
#include "testdata/sentinel2_safe.h"
#include "testdata/truth.h"
#include "testdata/workers.h"

#define LAKE_HEIGHT_M 341.0
#define VIEW_ZENITH   5.5 /* mean of a tile in mid swath */
#define VIEW_AZIMUTH  104.0
/* What the columns of air let through at 945 nm, above the ground of Level 1C. */
#define VAPOUR_TRANSMITTANCE 0.4

enum {
	GROUP = 6,   /* rows of 10 m in one of 60 m */
	STRIP = 768, /* rows: whole groups, whole tiles of the truth */
	TILE_SIDE = 10980,
	DN_MAX = 32767,	  /* 15 bits */
	LATE_STEP_M = 20, /* bands start up to three times this further east */
	LATE_MAX_M = 3 * LATE_STEP_M,
};

enum what { WHAT_BAND, WHAT_SCL, WHAT_CLOUD_PROBABILITY, WHAT_CLASSI };

/* One JPEG 2000 file. */
struct image {
	enum what what;
	int band;   /* of msi_bands */
	int factor; /* pixels of 10 m in one of its own: 1, 2, 6 */
	char path[1500];
	struct raster raster;
	void *strip;
	double transmittance, air_path; /* of the air above, at Level 1C */
	uint64_t noise_key;
};

struct sentinel2 {
	const struct options *o;
	struct safe safe;
	struct ground ground;
	struct truth truth;
	struct image image[SAFE_FILES_MAX];
	int images;
	int y0;
	struct ground_row scratch[WORKERS_MAX][GROUP];
	long (*classes)[SCL_CLASSES]; /* counts per group of rows */
};

/* Corners on multiples of 60 m, counted from the equator as ESA does in the south too. */
static int make_grid(const struct options *o, struct grid *g, struct failure *f)
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
	double micrometre = b->central_nm[s->safe.satellite] / 1000;
	char name[SAFE_PATH];

	if (options_level1(s->o)) {
		snprintf(name, sizeof(name), "%s/IMG_DATA/%s_%s.jp2", s->safe.granule, s->safe.stem,
			 b->name);
		if (b->role != ROLE_CIRRUS) {
			m->transmittance = air_transmittance(&s->safe.air, micrometre);
			m->air_path = air_path(&s->safe.air, micrometre);
		}
		if (b->role == ROLE_VAPOUR)
			m->transmittance *= VAPOUR_TRANSMITTANCE;
	} else {
		snprintf(name, sizeof(name), "%s/IMG_DATA/R%dm/%s_%s_%dm.jp2", s->safe.granule,
			 metres, s->safe.stem, b->name, metres);
	}
	safe_add(&s->safe, name);
}

static void add_scl(struct sentinel2 *s, int metres)
{
	char name[SAFE_PATH];

	add_image(s, WHAT_SCL, 0, metres);
	snprintf(name, sizeof(name), "%s/IMG_DATA/R%dm/%s_SCL_%dm.jp2", s->safe.granule, metres,
		 s->safe.stem, metres);
	safe_add(&s->safe, name);
}

static void add_mask(struct sentinel2 *s, enum what what, int metres, const char *end)
{
	char name[SAFE_PATH];

	add_image(s, what, 0, metres);
	snprintf(name, sizeof(name), "%s/QI_DATA/%s", s->safe.granule, end);
	safe_add(&s->safe, name);
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
	s->safe.images = s->safe.files;
	if (s->o->baseline >= 400)
		add_mask(s, WHAT_CLASSI, 60, "MSK_CLASSI_B00.jp2");
	if (!options_level1(s->o)) {
		add_mask(s, WHAT_CLOUD_PROBABILITY, 20, "MSK_CLDPRB_20m.jp2");
		add_mask(s, WHAT_CLOUD_PROBABILITY, 60, "MSK_CLDPRB_60m.jp2");
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

static int open_images(struct sentinel2 *s, struct failure *f)
{
	for (int i = 0; i < s->images; i++) {
		struct image *m = &s->image[i];
		struct raster_spec r = { .path = m->path,
					 .grid = s->safe.grid,
					 .form = RASTER_JP2,
					 .type = m->what == WHAT_BAND ? GDT_UInt16 : GDT_Byte,
					 .bands = m->what == WHAT_CLASSI ? 3 : 1,
					 .nodata = -1 };

		r.grid.pixel_m = 10 * m->factor;
		r.grid.width /= m->factor;
		r.grid.height /= m->factor;
		if (image_path(m, s->safe.folder, s->safe.file[i], f))
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

/* The mean reflectance of a pixel of a band. */
static double mean_rho(const struct image *m, const struct ground_row *rows, int y, int x)
{
	const enum role role = msi_bands[m->band].role;
	int k = m->factor;
	double sum = 0;

	for (int j = y * k; j < (y + 1) * k; j++)
		for (int i = x * k; i < (x + 1) * k; i++)
			sum += (double)rows[j].rho[role][i];
	return sum / (k * k);
}

/* Were all pixels of a cell seen?  The western ones decide. */
static bool cell_seen(const struct sentinel2 *s, const struct image *m, int row, int x)
{
	double late = m->what == WHAT_BAND ? m->band % 4 * LATE_STEP_M : LATE_MAX_M;
	int k = m->factor;

	return ground_seen(&s->ground, x * k, row, late) &&
	       ground_seen(&s->ground, x * k, row + k - 1, late);
}

static uint16_t band_value(const struct sentinel2 *s, const struct image *m, double rho,
			   uint64_t place)
{
	double v = rho * m->transmittance + m->air_path + s->o->noise * (double)hash_bell(place);
	double dn = floor(v * 10000 + 0.5) - s->safe.offset;

	return (uint16_t)(dn < 1 ? 1 : dn > DN_MAX ? DN_MAX : dn);
}

/* c: NULL where the pixel was not seen. */
static void store_mask(const struct image *m, size_t at, const struct cell *c)
{
	uint8_t *byte = m->strip;

	if (m->what == WHAT_SCL) {
		byte[at] = (uint8_t)(c ? cell_class(c) : 0);
	} else if (m->what == WHAT_CLOUD_PROBABILITY) {
		byte[at] = c ? cell_cloud_probability(c) : 0;
	} else {
		byte[3 * at] = c && cell_cloudy(c);
		byte[3 * at + 1] = byte[3 * at + 2] = 0;
	}
}

static void band_line(const struct sentinel2 *s, const struct image *m, int line, int y,
		      const struct ground_row *rows)
{
	const struct grid *g = &s->safe.grid;
	int k = m->factor, width = g->width / k;
	int64_t lattice_x = (int64_t)(g->e0 / (10 * k)), lattice_y = (int64_t)(g->n0 / (10 * k));
	uint64_t key =
		hash64(s->o->seed ^ m->noise_key ^ hash64((uint64_t)moment_days(&s->o->when)));
	uint16_t *out = (uint16_t *)m->strip + (size_t)(line - s->y0 / k) * (size_t)width;

	for (int x = 0; x < width; x++) {
		uint64_t place = hash_place(key, lattice_x + x, lattice_y - line);

		out[x] = 0;
		if (cell_seen(s, m, line * k, x))
			out[x] = band_value(s, m, mean_rho(m, rows, y, x), place);
	}
}

static void mask_line(const struct sentinel2 *s, const struct image *m, int line, int y,
		      const struct ground_row *rows)
{
	int k = m->factor, width = s->safe.grid.width / k;
	size_t at = (size_t)(line - s->y0 / k) * (size_t)width;

	for (int x = 0; x < width; x++) {
		struct cell c = cell_gather(rows, k, y, x);

		store_mask(m, at + (size_t)x, cell_seen(s, m, line * k, x) ? &c : NULL);
	}
}

static void image_rows(const struct sentinel2 *s, const struct image *m, int group,
		       const struct ground_row *rows)
{
	int lines = GROUP / m->factor, first = s->y0 / m->factor + group * lines;

	for (int y = 0; y < lines; y++) {
		if (m->what == WHAT_BAND)
			band_line(s, m, first + y, y, rows);
		else
			mask_line(s, m, first + y, y, rows);
	}
}

/* The scene classification at 20 m, for the percentages of both levels. */
static void count_classes(struct sentinel2 *s, int group, const struct ground_row *rows)
{
	const struct image at20 = { .what = WHAT_SCL, .factor = 2 };
	int row = s->y0 + group * GROUP;
	long *count = s->classes[row / GROUP];

	memset(count, 0, sizeof(*s->classes));
	for (int y = 0; y < GROUP / 2; y++)
		for (int x = 0; x < s->safe.grid.width / 2; x++) {
			struct cell c = cell_gather(rows, 2, y, x);

			count[cell_seen(s, &at20, row + 2 * y, x) ? cell_class(&c) : 0]++;
		}
}

static void work(void *job, int worker, int group)
{
	struct sentinel2 *s = job;
	struct ground_row *rows = s->scratch[worker];

	for (int y = 0; y < GROUP; y++) {
		int in_strip = group * GROUP + y;

		ground_compute(&s->ground, s->y0 + in_strip, &rows[y]);
		truth_note(&s->truth, in_strip, s->y0 + in_strip, LATE_MAX_M, &rows[y]);
	}
	for (int i = 0; i < s->images; i++)
		image_rows(s, &s->image[i], group, rows);
	count_classes(s, group, rows);
}

static int make_strips(struct sentinel2 *s, struct failure *f)
{
	int height = s->safe.grid.height;

	for (s->y0 = 0; s->y0 < height; s->y0 += STRIP) {
		int rows = height - s->y0 < STRIP ? height - s->y0 : STRIP;

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

/* Percentages: of no data, of all pixels; of the other classes, of those with data. */
static void sum_up(struct sentinel2 *s)
{
	double count[SCL_CLASSES] = { 0 }, total = 0;

	for (int y = 0; y < s->safe.grid.height / GROUP; y++)
		for (int k = 0; k < SCL_CLASSES; k++) {
			count[k] += (double)s->classes[y][k];
			total += (double)s->classes[y][k];
		}
	s->safe.share[0] = 100 * count[0] / total;
	for (int k = 1; k < SCL_CLASSES; k++)
		s->safe.share[k] = total > count[0] ? 100 * count[k] / (total - count[0]) : 0;
}

static int finish(struct sentinel2 *s, struct failure *f)
{
	struct truth_band band[MSI_BANDS];

	for (int i = 0; i < s->images; i++)
		if (raster_close(&s->image[i].raster, f))
			return -1;
	sum_up(s);
	if (s->o->baseline < 400 && safe_write_gml(&s->safe, f))
		return -1;
	if (safe_write_tile(&s->safe, f) || safe_write_product(&s->safe, f) ||
	    safe_write_manifest(&s->safe, f))
		return -1;
	for (int i = 0; i < MSI_BANDS; i++)
		band[i] =
			(struct truth_band){ msi_bands[i].name,
					     msi_bands[i].role == ROLE_CIRRUS
						     ? 0
						     : msi_bands[i].central_nm[s->safe.satellite] /
							       1000,
					     msi_bands[i].role };
	return truth_close(&s->truth, s->safe.product, &s->safe.air, band, MSI_BANDS, f);
}

static int prepare(struct sentinel2 *s, const struct options *o, struct failure *f)
{
	struct safe *p = &s->safe;
	char folder[1500];

	p->options = o;
	p->sky = &s->ground.sky;
	if (make_grid(o, &p->grid, f))
		return -1;
	p->air = (struct air){ .view_zenith = VIEW_ZENITH,
			       .view_azimuth = VIEW_AZIMUTH,
			       .pressure_hpa = air_pressure(LAKE_HEIGHT_M) };
	air_sun(&o->when, o->center[0], o->center[1], &p->air.sun_zenith, &p->air.sun_azimuth);
	if (p->air.sun_zenith > 85)
		return fail(f, "the sun is below 5 degrees at that place and time: choose --time");
	if (safe_names(p, f))
		return -1;
	snprintf(folder, sizeof(folder), "%s/%s/QI_DATA", p->folder, p->granule);
	if (folder_make(folder, f))
		return -1;
	s->classes = calloc((size_t)(o->height / GROUP), sizeof(*s->classes));
	if (!s->classes)
		return fail(f, "no memory for %d rows", o->height);
	for (int i = 0; i < o->threads; i++)
		for (int y = 0; y < GROUP; y++)
			if (ground_row_init(&s->scratch[i][y], o->width, f))
				return -1;
	if (ground_init(&s->ground, o, &p->grid, &p->air, f))
		return -1;
	add_images(s);
	if (open_images(s, f))
		return -1;
	s->truth = (struct truth){
		.ground = &s->ground, .options = o, .strip_rows = STRIP, .block = 256
	};
	return truth_open(&s->truth, p->product, f);
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
	free(s->classes);
	free(s);
}

int sentinel2_make(const struct options *o, char *out, size_t size, struct failure *f)
{
	struct sentinel2 *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return fail(f, "no memory");
	s->o = o;
	ret = prepare(s, o, f);
	if (!ret)
		ret = make_strips(s, f);
	if (!ret)
		ret = finish(s, f);
	snprintf(out, size, "%s", s->safe.folder);
	release(s);
	return ret;
}
