/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/scene.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/io/blocks.h"

/* OpenJPEG keeps 32-bit samples and wavelet scratch of the tile it decodes, GDAL a copy [bytes a pixel]. */
#define DECODER_BYTES_PER_PIXEL 16

enum resampling { RESAMPLE_COPY, RESAMPLE_NEAREST, RESAMPLE_BILINEAR };

/* How one axis of the working grid lies in a source: coordinate of pixel i = at0 + i * step. */
struct axis {
	double at0, step; /* source pixels; the integer k is the centre of source pixel k */
};

/* One role: its source and the way from there to the working grid. */
struct layer_source {
	enum role role;
	uint16_t nodata; /* stored value for "nothing here" */
	struct axis x, y;
	enum resampling resampling;
};

struct scene {
	const struct granule *granule;
	struct grid grid;
	size_t sources_nr;
	struct layer_source sources[ROLE_NR];
	struct blocks_source files[ROLE_NR];
	struct blocks *blocks;
};

struct scene_reader {
	struct scene *scene;
	const struct kernels *kernels;
	struct blocks_reader *blocks;
	uint16_t *window; /* a source's pixels under the rect */
	int32_t *x, *y;	  /* source coordinates of a row */
};

/* What stands outside of a file: its fill; what a mask without one says of nothing, 0. */
static uint16_t nodata_of(const struct granule *g, enum role role)
{
	return g->bands[role].calib.fill;
}

/* Levels by which a band can be reduced without getting coarser than pixel. */
static int levels_for(const struct product_band *b, double pixel)
{
	int level = 0;

	while (b->jpeg2000 && level < b->levels && b->grid.dx * (2 << level) <= pixel * (1 + 1e-9))
		level++;
	return level;
}

static struct grid coarsen(const struct grid *g, int level)
{
	struct grid c = *g;

	c.dx = g->dx * (1 << level);
	c.dy = g->dy * (1 << level);
	c.width = (g->width + (1 << level) - 1) >> level;
	c.height = (g->height + (1 << level) - 1) >> level;
	return c;
}

static int32_t reduced(int32_t size, int level)
{
	return (int32_t)(((int64_t)size + (1 << level) - 1) >> level);
}

/*
 * Where the working grid's axis lies in a level of a band.  The level's sample
 * k is centred on full-resolution pixel 2^level k.
 */
static struct axis axis_of(double work_origin, double work_pixel, double band_origin,
			   double band_pixel, int level)
{
	double pixel = band_pixel * (1 << level);
	double first = work_origin + work_pixel / 2 - (band_origin + band_pixel / 2);

	return (struct axis){ first / pixel, work_pixel / pixel };
}

static bool axis_is_identity(struct axis a)
{
	return fabs(a.at0) < 1e-6 && fabs(a.step - 1) < 1e-9;
}

static enum resampling resampling_for(const struct layer_source *l)
{
	if (axis_is_identity(l->x) && axis_is_identity(l->y))
		return RESAMPLE_COPY;
	if (!role_is_reflectance(l->role) || l->x.step < 1 - 1e-9)
		return RESAMPLE_NEAREST;
	return RESAMPLE_BILINEAR;
}

static void add_role(struct scene *s, enum role role)
{
	const struct product_band *b = &s->granule->bands[role];
	struct layer_source *l = &s->sources[s->sources_nr];
	/* A wavelet level of class codes or bits is meaningless: masks are read in full. */
	int level = role_is_reflectance(role) ? levels_for(b, s->grid.dx) : 0;

	*l = (struct layer_source){
		.role = role,
		.nodata = nodata_of(s->granule, role),
		.x = axis_of(s->grid.x0, s->grid.dx, b->grid.x0, b->grid.dx, level),
		.y = axis_of(-s->grid.y0, s->grid.dy, -b->grid.y0, b->grid.dy, level),
	};
	l->resampling = resampling_for(l);
	s->files[s->sources_nr++] = (struct blocks_source){
		.path = b->path,
		.level = level,
		.width = reduced(b->grid.width, level),
		.height = reduced(b->grid.height, level),
		.block_w = reduced(b->block_w, level),
		.block_h = reduced(b->block_h, level),
		.sample = b->sample,
	};
}

int scene_new(struct scene **out, const struct granule *granule, double pixel_m,
	      const enum role *roles, size_t roles_nr, struct timing *timing, struct error *e)
{
	const struct product_band *green = &granule->bands[ROLE_GREEN];
	struct scene *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return error_nomem(e, "a scene");
	s->granule = granule;
	s->grid = coarsen(&green->grid, levels_for(green, pixel_m));
	for (size_t i = 0; i < roles_nr; i++)
		add_role(s, roles[i]);
	return blocks_new(&s->blocks, s->files, s->sources_nr, timing, e);
}

void scene_free(struct scene *s)
{
	if (!s)
		return;
	blocks_free(s->blocks);
	free(s);
}

const struct grid *scene_grid(const struct scene *s)
{
	return &s->grid;
}

static double axis_at(struct axis a, int32_t i)
{
	return a.at0 + a.step * i;
}

static int32_t clamp(double v, int32_t low, int32_t high)
{
	return v < low ? low : v > high ? high : (int32_t)v;
}

/* The source pixels that an axis touches for working pixels [at, at + n): first and count. */
static void axis_span(struct axis a, int32_t at, int32_t n, int32_t size, int32_t *first,
		      int32_t *count)
{
	int32_t low = clamp(floor(axis_at(a, at) + 1e-6), 0, size - 1);
	int32_t high = clamp(floor(axis_at(a, at + n - 1) + 1 - 1e-6), 0, size - 1);

	*first = low;
	*count = high - low + 1;
}

static struct blocks_want want_of(const struct scene *s, size_t k, struct rect rect)
{
	struct blocks_want w = { .source = k };

	axis_span(s->sources[k].x, rect.x, rect.w, s->files[k].width, &w.rect.x, &w.rect.w);
	axis_span(s->sources[k].y, rect.y, rect.h, s->files[k].height, &w.rect.y, &w.rect.h);
	return w;
}

static void wants_of(const struct scene *s, struct rect rect, struct blocks_want *wants)
{
	for (size_t k = 0; k < s->sources_nr; k++)
		wants[k] = want_of(s, k, rect);
}

void scene_plan(struct scene *s, size_t i, struct rect rect)
{
	struct blocks_want wants[ROLE_NR];

	wants_of(s, rect, wants);
	blocks_plan(s->blocks, i, wants, s->sources_nr);
}

size_t scene_peak_bytes(const struct scene *s, int threads)
{
	size_t block = 0;

	for (size_t k = 0; k < s->sources_nr; k++) {
		size_t pixels = (size_t)s->files[k].block_w * (size_t)s->files[k].block_h;

		block = pixels > block ? pixels : block;
	}
	/* tiles_run() lets no tile begin that is 2 * threads ahead of the oldest one. */
	return blocks_peak_bytes(s->blocks, 2 * (size_t)threads) +
	       (size_t)threads * block * DECODER_BYTES_PER_PIXEL;
}

const struct blocks *scene_blocks(const struct scene *s)
{
	return s->blocks;
}

size_t scene_blocks_planned(const struct scene *s)
{
	return blocks_planned(s->blocks);
}

size_t scene_blocks_decoded(const struct scene *s)
{
	return blocks_decoded(s->blocks);
}

/* Pixels of the largest source window under a rect of side x side. */
static size_t window_pixels(const struct scene *s, int32_t side)
{
	size_t largest = 0;

	for (size_t k = 0; k < s->sources_nr; k++) {
		size_t w = (size_t)(s->sources[k].x.step * side) + 3;
		size_t h = (size_t)(s->sources[k].y.step * side) + 3;

		largest = w * h > largest ? w * h : largest;
	}
	return largest;
}

size_t scene_reader_bytes(const struct scene *s, int32_t side)
{
	return window_pixels(s, side) * sizeof(uint16_t) + 2 * (size_t)side * sizeof(int32_t);
}

int scene_reader_new(struct scene_reader **out, struct scene *s, const struct kernels *kernels,
		     int32_t side, struct error *e)
{
	struct scene_reader *r = calloc(1, sizeof(*r));

	*out = r;
	if (!r)
		return error_nomem(e, "a reader");
	r->scene = s;
	r->kernels = kernels;
	r->window = malloc(window_pixels(s, side) * sizeof(*r->window));
	r->x = malloc((size_t)side * sizeof(*r->x));
	r->y = malloc((size_t)side * sizeof(*r->y));
	if (!r->window || !r->x || !r->y)
		return error_nomem(e, "a reader");
	return blocks_reader_new(&r->blocks, s->blocks, kernels, e);
}

void scene_reader_free(struct scene_reader *r)
{
	if (!r)
		return;
	blocks_reader_free(r->blocks);
	free(r->y);
	free(r->x);
	free(r->window);
	free(r);
}

/* A coordinate in units of 2^-16 pixel, relative to a window. */
static int32_t fixed(double at, int32_t origin)
{
	return (int32_t)floor((at - origin) * 65536 + 0.5);
}

static void resample(struct scene_reader *r, const struct layer_source *l,
		     const struct blocks_want *want, struct rect rect, uint16_t *plane)
{
	struct window_u16 window = { r->window, want->rect.w, want->rect.h, l->nodata };

	for (int32_t i = 0; i < rect.w; i++)
		r->x[i] = fixed(axis_at(l->x, rect.x + i), want->rect.x);
	for (int32_t row = 0; row < rect.h; row++) {
		int32_t y = fixed(axis_at(l->y, rect.y + row), want->rect.y);

		for (int32_t i = 0; i < rect.w; i++)
			r->y[i] = y;
		(l->resampling == RESAMPLE_BILINEAR ? r->kernels->bilinear_u16
						    : r->kernels->nearest_u16)(
			(size_t)rect.w, window, r->x, r->y, plane + (size_t)row * (size_t)rect.w);
	}
}

int scene_read(struct scene_reader *r, struct rect rect, uint16_t *const planes[ROLE_NR],
	       struct error *e)
{
	struct scene *s = r->scene;
	struct blocks_want wants[ROLE_NR];

	wants_of(s, rect, wants);
	if (blocks_acquire(r->blocks, wants, s->sources_nr, e))
		return -1;
	for (size_t k = 0; k < s->sources_nr; k++) {
		const struct layer_source *l = &s->sources[k];

		if (l->resampling == RESAMPLE_COPY && wants[k].rect.w == rect.w &&
		    wants[k].rect.h == rect.h) {
			blocks_copy(s->blocks, wants[k], planes[l->role]);
		} else {
			blocks_copy(s->blocks, wants[k], r->window);
			resample(r, l, &wants[k], rect, planes[l->role]);
		}
	}
	blocks_release(s->blocks, wants, s->sources_nr);
	return 0;
}
