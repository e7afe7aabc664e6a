/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_cdi.c - what Sentinel-2 sees from two sides: its bands look at a cloud from a little apart, and
 * the farther apart two of them are, the less they agree about a thing that is high up.
 */
#include <math.h>
#include <string.h>

#include "pipeline/stage/cloud.h"

/* Half of a window of 7 cells. */
#define REACH 3

/* A ratio is kept in 1 / RATIO_ONE; without data RATIO_NONE. */
#define RATIO_ONE  4096
#define RATIO_NONE 65535

/* Sums over the valid cells of a column or a window: B08 / B8A, B07 / B8A. */
struct cdi_sums {
	int64_t n, x[2], xx[2];
};

/* Cells under a rect: w x h of f x f pixels, the first at (x, y) of the lattice. */
struct cdi_cells {
	int32_t f, x, y, w, h;
	float *b08, *b8a; /* means; NAN without data */
	uint16_t *ratio[2];
	struct cdi_sums *columns;
};

/*
 * B08 is sharper than the others: at an edge of the ground their ratio would vary as it does at a cloud.
 * Each band blurs by about half its own pixel (Gaussian sigma), so a mean over 20 m of pixels of
 * 10 m lacks 10^2 - 5^2 = 75 m^2 of variance: on cells of 20 m as weights w, 1 - 2 w, w with
 * 2 w 20^2 = 75.
 */
#define BLUR (3.0f / 32)

static int32_t side_of(int32_t pixel_m)
{
	return pixel_m < 20 ? 2 : 1;
}

int32_t cloud_cdi_halo(int32_t pixel_m)
{
	return (REACH + 2) * side_of(pixel_m) - 1;
}

static struct cdi_cells cells_of(struct rect in, int32_t f)
{
	struct cdi_cells c = { .f = f, .x = in.x / f, .y = in.y / f };

	c.w = (in.x + in.w - 1) / f - c.x + 1;
	c.h = (in.y + in.h - 1) / f - c.y + 1;
	return c;
}

size_t cloud_cdi_scratch_size(struct rect in, int32_t pixel_m)
{
	struct cdi_cells c = cells_of(in, side_of(pixel_m));

	return (size_t)c.w * sizeof(struct cdi_sums) +
	       2 * (size_t)c.w * (size_t)c.h * (sizeof(float) + sizeof(uint16_t));
}

static uint16_t ratio_of(float a, float b)
{
	return (uint16_t)round_clamp(a / b * (float)RATIO_ONE, 0.0f, 8.0f * (float)RATIO_ONE);
}

/* The means of a cell and its second ratio, from its pixels in rect in that have data in all bands. */
static void fill_cell(const struct cloud_cdi_bands *bands, struct rect in,
		      const struct cdi_cells *c, int32_t x, int32_t y)
{
	struct rect r = { (c->x + x) * c->f, (c->y + y) * c->f, c->f, c->f };
	size_t cell = (size_t)y * (size_t)c->w + (size_t)x;
	float b08 = 0, b8a = 0, b07 = 0;
	int32_t n = 0;

	r = rect_intersect(r, in);
	for (int32_t j = r.y; j < r.y + r.h; j++)
		for (int32_t i = r.x; i < r.x + r.w; i++) {
			size_t at = (size_t)(j - in.y) * (size_t)in.w + (size_t)(i - in.x);

			if (bands->b08[at] == bands->b08_calib.fill ||
			    bands->b8a[at] == bands->b8a_calib.fill ||
			    bands->b07[at] == bands->b07_calib.fill)
				continue;
			b08 += calib_apply(bands->b08[at], bands->b08_calib);
			b8a += calib_apply(bands->b8a[at], bands->b8a_calib);
			b07 += calib_apply(bands->b07[at], bands->b07_calib);
			n++;
		}
	b8a = reflectance_raise(b8a / (float)n);
	c->b08[cell] = n ? b08 / (float)n : NAN;
	c->b8a[cell] = b8a;
	c->ratio[1][cell] = n ? ratio_of(b07 / (float)n, b8a) : RATIO_NONE;
}

/* B08 of a cell of row y; that of the cell itself where there is none at x. */
static float b08_at(const struct cdi_cells *c, int32_t x, int32_t y, float self)
{
	float v = x < 0 || x >= c->w ? NAN : c->b08[(size_t)y * (size_t)c->w + (size_t)x];

	return isnan(v) ? self : v;
}

/* B08 of row y about cell x, blurred along the row. */
static float blur_row(const struct cdi_cells *c, int32_t x, int32_t y, float self)
{
	float sides, middle;

	if (y < 0 || y >= c->h)
		return self;
	middle = b08_at(c, x, y, self);
	sides = b08_at(c, x - 1, y, self) + b08_at(c, x + 1, y, self);
	return middle + BLUR * (sides - 2 * middle);
}

static void fill_ratio(const struct cdi_cells *c, int32_t x, int32_t y)
{
	size_t cell = (size_t)y * (size_t)c->w + (size_t)x;
	float self = c->b08[cell], middle, sides;

	c->ratio[0][cell] = RATIO_NONE;
	if (isnan(self))
		return;
	middle = blur_row(c, x, y, self);
	sides = blur_row(c, x, y - 1, self) + blur_row(c, x, y + 1, self);
	c->ratio[0][cell] = ratio_of(middle + BLUR * (sides - 2 * middle), c->b8a[cell]);
}

/* Add row y of the cells to the columns, sign times. */
static void add_row(const struct cdi_cells *c, int32_t y, int64_t sign)
{
	if (y < 0 || y >= c->h)
		return;
	for (int32_t x = 0; x < c->w; x++) {
		size_t cell = (size_t)y * (size_t)c->w + (size_t)x;
		int64_t known = c->ratio[0][cell] != RATIO_NONE ? sign : 0;
		struct cdi_sums *s = &c->columns[x];

		s->n += known;
		for (int k = 0; k < 2; k++) {
			int64_t v = c->ratio[k][cell];

			s->x[k] += known * v;
			s->xx[k] += known * v * v;
		}
	}
}

static void add_column(const struct cdi_cells *c, int32_t x, int64_t sign, struct cdi_sums *s)
{
	if (x < 0 || x >= c->w)
		return;

	const struct cdi_sums *column = &c->columns[x];

	s->n += sign * column->n;
	for (int k = 0; k < 2; k++) {
		s->x[k] += sign * column->x[k];
		s->xx[k] += sign * column->xx[k];
	}
}

/* Seeds of a window.  Variances are n^2 times too large, both. */
static uint8_t seeds_of(const struct cdi_sums *s, const struct cloud_limits *l)
{
	double v08 = (double)(s->n * s->xx[0] - s->x[0] * s->x[0]);
	double v07 = (double)(s->n * s->xx[1] - s->x[1] * s->x[1]);
	double sum = v07 + v08, difference = v07 - v08;
	uint8_t seed = difference < (double)l->cdi_seed * sum ? CLOUD_CDI_SEED : 0;
	uint8_t grow = difference < (double)l->cdi_grow * sum ? CLOUD_CDI_GROW : 0;

	return sum > 0 ? seed | grow : 0;
}

/* Put the seeds of a cell in row y to its pixels in rect out. */
static void put_cell(const struct cdi_cells *c, int32_t x, int32_t y, struct rect out, uint8_t seed,
		     uint8_t *seeds)
{
	struct rect r = { (c->x + x) * c->f, (c->y + y) * c->f, c->f, c->f };

	r = rect_intersect(r, out);
	for (int32_t j = r.y; j < r.y + r.h; j++)
		for (int32_t i = r.x; i < r.x + r.w; i++)
			seeds[(size_t)(j - out.y) * (size_t)out.w + (size_t)(i - out.x)] = seed;
}

static void seed_row(const struct cdi_cells *c, int32_t y, struct rect out,
		     const struct cloud_limits *l, uint8_t *seeds)
{
	struct cdi_sums window = { .n = 0 };

	for (int32_t x = 0; x < REACH; x++)
		add_column(c, x, 1, &window);
	for (int32_t x = 0; x < c->w; x++) {
		bool known = c->ratio[0][(size_t)y * (size_t)c->w + (size_t)x] != RATIO_NONE;

		add_column(c, x + REACH, 1, &window);
		add_column(c, x - REACH - 1, -1, &window);
		put_cell(c, x, y, out, known ? seeds_of(&window, l) : 0, seeds);
	}
}

void cloud_cdi_tile(const struct cloud_cdi_bands *bands, struct rect in, struct rect out,
		    int32_t pixel_m, struct cloud_limits limits, void *scratch, uint8_t *seeds)
{
	struct cdi_cells c = cells_of(in, side_of(pixel_m));

	size_t cells = (size_t)c.w * (size_t)c.h;

	c.columns = scratch;
	c.b08 = (float *)(c.columns + c.w);
	c.b8a = c.b08 + cells;
	c.ratio[0] = (void *)(c.b8a + cells);
	c.ratio[1] = c.ratio[0] + cells;
	for (int32_t y = 0; y < c.h; y++)
		for (int32_t x = 0; x < c.w; x++)
			fill_cell(bands, in, &c, x, y);
	for (int32_t y = 0; y < c.h; y++)
		for (int32_t x = 0; x < c.w; x++)
			fill_ratio(&c, x, y);
	memset(c.columns, 0, (size_t)c.w * sizeof(*c.columns));
	for (int32_t y = 0; y < REACH; y++)
		add_row(&c, y, 1);
	for (int32_t y = 0; y < c.h; y++) {
		add_row(&c, y + REACH, 1);
		add_row(&c, y - REACH - 1, -1);
		seed_row(&c, y, out, &limits, seeds);
	}
}
