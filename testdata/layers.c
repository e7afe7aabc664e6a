/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testdata/noise.h"
#include "testdata/snr.h"

#define KELVIN_NOISE 0.1f
#define RADIAN	     (M_PI / 180)

enum { COLUMNS_MAX = 20000 };

struct layer *layers_add(struct layers *l, enum paint paint, const char *what, GDALDataType type)
{
	struct layer *y = &l->layer[l->n];

	*y = (struct layer){ .paint = paint,
			     .type = type,
			     .nodata = RASTER_NO_NODATA,
			     .noise_key = hash64((uint64_t)l->n) };
	snprintf(y->what, sizeof(y->what), "%s", what);
	l->n++;
	return y;
}

static bool is_band(const struct layer *y)
{
	return y->paint == PAINT_BAND || y->paint == PAINT_RADIANCE;
}

static int open_files(struct layers *l, const char *folder, const char *stem, struct failure *f)
{
	const struct options *o = l->o;

	for (int i = 0; i < l->n; i++) {
		struct layer *y = &l->layer[i];
		struct raster_spec s = { .path = y->path,
					 .grid = l->grid,
					 .type = y->type,
					 .bands = 1,
					 .block = o->block,
					 .threads = o->threads,
					 .nodata = y->nodata,
					 .point = l->point };

		if (snprintf(y->path, sizeof(y->path), "%s/%s%s%s", folder, stem, y->what,
			     l->end) >= (int)sizeof(y->path))
			return fail(f, "the path %s is too long", folder);
		y->strip = malloc((size_t)o->block * (size_t)o->width *
				  (size_t)GDALGetDataTypeSizeBytes(y->type));
		if (!y->strip)
			return fail(f, "no memory for a strip of %s", y->path);
		if (raster_open(&y->raster, &s, f))
			return -1;
	}
	return 0;
}

/* What point spread needs. */
static int open_spread(struct layers *l, struct failure *f)
{
	size_t width = (size_t)l->o->width, rows = (size_t)l->o->block + (size_t)2 * PSF_REACH;

	psf_init(&l->psf, l->o->psf);
	if (!l->psf.reach)
		return 0;
	l->strip_row = calloc(rows, sizeof(*l->strip_row));
	if (!l->strip_row)
		return fail(f, "no memory for the rows of a strip");
	for (size_t i = 0; i < rows; i++)
		if (ground_row_init(&l->strip_row[i], l->o->width, 0, f))
			return -1;
	for (int i = 0; i < l->o->threads; i++) {
		l->spread_scratch[i] = malloc(width * sizeof(double));
		l->spread[i] = malloc(width * sizeof(float));
		if (!l->spread_scratch[i] || !l->spread[i])
			return fail(f, "no memory for the point spread of a line");
	}
	return 0;
}

int layers_open(struct layers *l, const char *folder, const char *stem, const char *id,
		struct failure *f)
{
	const struct options *o = l->o;
	size_t rows = (size_t)o->height;

	l->cloudy = calloc(rows, sizeof(*l->cloudy));
	l->seen = calloc(rows, sizeof(*l->seen));
	l->saturated = calloc(rows, sizeof(*l->saturated));
	if (!l->cloudy || !l->seen || !l->saturated)
		return fail(f, "no memory for %d rows", o->height);
	for (int i = 0; i < o->threads; i++)
		if (ground_row_init(&l->scratch[i], o->width, 0, f))
			return -1;
	if (ground_init(&l->ground, o, &l->grid, &l->air, f) || open_spread(l, f))
		return -1;
	if (open_files(l, folder, stem, f))
		return -1;
	l->truth = (struct truth){
		.ground = &l->ground, .options = o, .strip_rows = o->block, .block = o->block
	};
	return truth_open(&l->truth, id, f);
}

static void store(const struct layer *y, size_t at, int v)
{
	if (y->type == GDT_Byte)
		((uint8_t *)y->strip)[at] = (uint8_t)v;
	else if (y->type == GDT_Int16)
		((int16_t *)y->strip)[at] = (int16_t)v;
	else
		((uint16_t *)y->strip)[at] = (uint16_t)v;
}

/* Reflectance or kelvin to a stored value; the band's bit goes to *saturated. */
static int quantise(const struct layer *y, double v, double sun, unsigned *saturated)
{
	double dn;

	if (y->paint == PAINT_RADIANCE)
		v = y->k1 / (exp(y->k2 / v) - 1);
	dn = floor(v * (y->sun ? sun : 1) * y->scale + y->shift + 0.5);
	if (dn >= y->high) {
		*saturated |= 1u << y->saturation_bit;
		return y->high;
	}
	return dn < y->low ? y->low : (int)dn;
}

/* Zenith of the sun over a column: a slope from west to east about the scene's mean. */
static double sun_zenith(const struct layers *l, int column)
{
	return l->air.sun_zenith + l->o->sun_range * ((column + 0.5) / l->grid.width - 0.5);
}

static double noise_of(const struct layers *l, const struct layer *y)
{
	const struct options *o = l->o;

	if (y->role == ROLE_KELVIN)
		return o->noise > 0 || o->snr ? (double)KELVIN_NOISE : 0;
	return o->snr ? snr_noise(o->spacecraft, y->role, l->air.sun_zenith) : o->noise;
}

static void band_row(struct layers *l, const struct layer *y, int row, const float *rho,
		     unsigned *saturated)
{
	const struct grid *g = &l->grid;
	bool level1 = y->air && y->micrometre > 0;
	double through = level1 ? air_transmittance(&l->air, y->micrometre) : 1;
	double path = level1 ? air_path(&l->air, y->micrometre) : 0;
	uint64_t key =
		hash64(l->o->seed ^ y->noise_key ^ hash64((uint64_t)moment_days(&l->o->when)));
	int64_t column0 = (int64_t)floor(g->e0 / g->pixel_m),
		line = (int64_t)floor(g->n0 / g->pixel_m) - row;
	double sigma = noise_of(l, y);
	size_t at = (size_t)(row - l->y0) * (size_t)g->width;
	double sun = cos(l->air.sun_zenith * RADIAN);

	for (int i = 0; i < g->width; i++) {
		double noise = sigma * (double)hash_bell(hash_place(key, column0 + i, line));
		double v = (double)rho[i] * through + path + noise;

		if (y->sun && l->o->sun_range != 0)
			sun = cos(sun_zenith(l, i) * RADIAN);
		store(y, at + (size_t)i, quantise(y, v, sun, &saturated[i]));
	}
}

static int other_value(const struct layers *l, const struct layer *y, int column,
		       const struct layer_pixel *p)
{
	if (y->paint == PAINT_MASK)
		return y->mask(p);
	if (y->paint == PAINT_SUN_ZENITH)
		return (int)floor(sun_zenith(l, column) * 100 + 0.5);
	return y->constant;
}

/* The masks and angles of a row; where nothing was seen every layer is empty. */
static void mask_row(struct layers *l, int row, const struct ground_row *r,
		     const unsigned *saturated)
{
	int width = l->grid.width;
	size_t at = (size_t)(row - l->y0) * (size_t)width;
	unsigned all = 0;
	long seen = 0, cloudy = 0;

	for (int i = 0; i < width; i++, at++) {
		struct layer_pixel p = { r->fraction[i] >= 0.5f, r->sky[i], saturated[i] };
		bool see = ground_seen(&l->ground, i, row, 0);

		for (int k = 0; k < l->n; k++) {
			const struct layer *y = &l->layer[k];

			if (!see)
				store(y, at, y->fill);
			else if (!is_band(y))
				store(y, at, other_value(l, y, i, &p));
		}
		if (!see)
			continue;
		all |= saturated[i];
		cloudy += sky_called_cloud(r->sky[i]);
		seen++;
	}
	l->cloudy[row] = cloudy;
	l->seen[row] = seen;
	l->saturated[row] = all;
}

/* Rows of the strip and around it, before any is spread; beyond the window there are none. */
static void compute(void *job, int worker, int i)
{
	struct layers *l = job;
	int row = l->y0 + i - PSF_REACH;

	(void)worker;
	if (row >= 0 && row < l->grid.height)
		ground_compute(&l->ground, row, &l->strip_row[i]);
}

/* Of a row: what a role sees, or the fraction. */
enum { PLANE_FRACTION = ROLE_COUNT };

static const float *plane_of(const struct ground_row *r, int plane)
{
	return plane == PLANE_FRACTION ? r->fraction : r->rho[plane];
}

/* Row i of the strip as the sensor sees it; beyond the window the outermost row repeats. */
static const float *spread_row(struct layers *l, int worker, int i, int plane)
{
	const float *line[PSF_LINES];
	int reach = l->psf.reach;

	for (int k = -reach; k <= reach; k++) {
		int row = l->y0 + i + k;

		row = row < 0 ? 0 : row >= l->grid.height ? l->grid.height - 1 : row;
		line[k + reach] = plane_of(&l->strip_row[row - l->y0 + PSF_REACH], plane);
	}
	psf_line(&l->psf, line, l->grid.width, l->spread_scratch[worker], l->spread[worker]);
	return l->spread[worker];
}

static void work(void *job, int worker, int i)
{
	struct layers *l = job;
	struct ground_row *r = l->psf.reach ? &l->strip_row[i + PSF_REACH] : &l->scratch[worker];
	unsigned saturated[COLUMNS_MAX] = { 0 };
	int row = l->y0 + i;

	if (!l->psf.reach)
		ground_compute(&l->ground, row, r);
	for (int k = 0; k < l->n; k++) {
		const struct layer *y = &l->layer[k];

		if (is_band(y))
			band_row(l, y, row,
				 l->psf.reach ? spread_row(l, worker, i, (int)y->role)
					      : r->rho[y->role],
				 saturated);
	}
	mask_row(l, row, r, saturated);
	truth_note(&l->truth, i, row, 0, r);
	if (l->psf.reach)
		truth_note_seen(&l->truth, 1, i, row, 0, spread_row(l, worker, i, PLANE_FRACTION));
}

static void sum_up(struct layers *l)
{
	long seen = 0, cloudy = 0;

	for (int y = 0; y < l->grid.height; y++) {
		seen += l->seen[y];
		cloudy += l->cloudy[y];
		l->any_saturated |= l->saturated[y];
	}
	l->cloud_cover = seen ? 100.0 * (double)cloudy / (double)seen : 0;
	l->coverage = 100.0 * (double)seen / l->grid.width / l->grid.height;
}

int layers_run(struct layers *l, struct failure *f)
{
	int height = l->grid.height;

	for (l->y0 = 0; l->y0 < height; l->y0 += l->o->block) {
		int rows = height - l->y0 < l->o->block ? height - l->y0 : l->o->block;

		if (l->psf.reach && workers_run(l->o->threads, rows + 2 * PSF_REACH, compute, l, f))
			return -1;
		if (workers_run(l->o->threads, rows, work, l, f))
			return -1;
		for (int k = 0; k < l->n; k++)
			if (raster_write(&l->layer[k].raster, l->y0, rows, l->layer[k].strip, f))
				return -1;
		if (truth_write(&l->truth, l->y0, rows, f))
			return -1;
	}
	sum_up(l);
	return 0;
}

int layers_close(struct layers *l, const char *id, struct failure *f)
{
	struct truth_band band[LAYERS_MAX];
	int bands = 0;

	for (int k = 0; k < l->n; k++)
		if (raster_close(&l->layer[k].raster, f))
			return -1;
	for (int k = 0; k < l->n; k++)
		if (is_band(&l->layer[k]))
			band[bands++] =
				(struct truth_band){ l->layer[k].what, l->layer[k].micrometre,
						     l->layer[k].role };
	return truth_close(&l->truth, id, &l->air, band, bands, f);
}

void layers_release(struct layers *l)
{
	for (int k = 0; k < l->n; k++) {
		raster_drop(&l->layer[k].raster);
		free(l->layer[k].strip);
	}
	truth_release(&l->truth);
	ground_release(&l->ground);
	for (int i = 0; i < WORKERS_MAX; i++) {
		ground_row_release(&l->scratch[i]);
		free(l->spread_scratch[i]);
		free(l->spread[i]);
	}
	for (int i = 0; l->strip_row && i < l->o->block + 2 * PSF_REACH; i++)
		ground_row_release(&l->strip_row[i]);
	free(l->strip_row);
	free(l->cloudy);
	free(l->seen);
	free(l->saturated);
}
