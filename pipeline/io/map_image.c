/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/map_internal.h"

#include <math.h>

/* Hatching of what has no data: a line each so many pixels. */
#define HATCH 9

/* Points of a line nearer than this [pixel^2] to the last one drawn are skipped: libgd's lines run between whole pixels. */
#define NEAR2 6.0

uint32_t map_no_data(int32_t x, int32_t y)
{
	return (x + y) % HATCH ? 0xf4f4f4 : 0xdcdcdc;
}

/* --- classes --- */

/* What one pixel of the picture shows: shares of the counters. */
struct sums {
	uint64_t of[MAP_TALLY_CLASSES];
};

/* Colour and kind of each counter of the tally. */
struct palette {
	uint32_t rgb[MAP_TALLY_CLASSES];
	bool emphasised[MAP_TALLY_CLASSES];
	size_t nr;
};

static struct palette make_palette(const struct map_picture *p)
{
	const struct layer *layer = map_tally_layer(p->tally);
	struct palette palette = { 0 };

	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];
		int k = map_tally_position(p->tally, c->code);

		if (k < 0)
			continue;
		palette.rgb[k] = (uint32_t)c->r << 16 | (uint32_t)c->g << 8 | c->b;
		palette.nr++;
		for (size_t j = 0; j < p->classes_nr; j++)
			if (p->classes[j].class->code == c->code)
				palette.emphasised[k] = p->classes[j].emphasised;
	}
	return palette;
}

/*
 * The cells under pixel i of n pixels, and their weights: of the cells' widths laid beside each
 * other, in n-ths of a cell, what lies in the pixel.  Exact, whether cells are finer or coarser.
 */
struct span {
	int32_t first, last; /* cells, within the tally */
	int64_t from, to;    /* the pixel's part of the edge, in n-ths of a cell */
	int64_t n;
	int32_t start; /* cell where the edge starts */
};

static struct span span_of(int32_t i, int32_t n, int32_t start, int32_t cells, int32_t most)
{
	struct span s = { .from = (int64_t)i * cells, .n = n, .start = start };
	int64_t first, last;

	s.to = s.from + cells;
	first = start + s.from / n;
	last = start + (s.to - 1) / n;
	s.first = (int32_t)(first > 0 ? first : 0);
	s.last = (int32_t)(last < most - 1 ? last : most - 1);
	return s;
}

static uint64_t weight(const struct span *s, int32_t cell)
{
	int64_t from = (int64_t)(cell - s->start) * s->n, to = from + s->n;

	from = from > s->from ? from : s->from;
	to = to < s->to ? to : s->to;
	return (uint64_t)(to - from);
}

static struct sums sum_pixel(const struct map_tally *t, size_t classes, const struct span *across,
			     const struct span *down)
{
	struct sums sums = { 0 };

	for (int32_t y = down->first; y <= down->last; y++)
		for (int32_t x = across->first; x <= across->last; x++) {
			const uint16_t *count = map_tally_count(t, x, y);
			uint64_t w = weight(across, x) * weight(down, y);

			for (size_t k = 0; count && k < classes; k++)
				sums.of[k] += w * count[k];
		}
	return sums;
}

/* Mean colour of the classes that are emphasised, or of the others; *total is their part. */
static uint32_t mean_colour(const struct palette *p, const struct sums *s, bool emphasised,
			    uint64_t *total)
{
	uint64_t sum[3] = { 0 };
	uint32_t rgb = 0;

	*total = 0;
	for (size_t k = 0; k < p->nr; k++) {
		if (p->emphasised[k] != emphasised)
			continue;
		*total += s->of[k];
		for (int i = 0; i < 3; i++)
			sum[i] += s->of[k] * (p->rgb[k] >> (16 - 8 * i) & 255);
	}
	for (int i = 0; i < 3 && *total; i++)
		rgb = rgb << 8 | (uint32_t)((sum[i] + *total / 2) / *total);
	return rgb;
}

/* Of 1000: their share, lifted where pixels of the raster are smaller than those of the picture. */
static uint32_t emphasis(uint64_t part, uint64_t total, bool reduced)
{
	uint64_t share = (uint64_t)(1000.0 * (double)part / (double)total);

	if (!part)
		return 0;
	return (uint32_t)(reduced ? UINT64_C(10) * MAP_EMPHASIS +
					    share * (100U - MAP_EMPHASIS) / 100
				  : share);
}

/* The colour of a pixel; false where more than half has no data and nothing is emphasised. */
static bool colour_of(const struct palette *p, const struct sums *s, uint64_t whole, bool reduced,
		      uint32_t *rgb)
{
	uint64_t strong, plain;
	uint32_t a = mean_colour(p, s, false, &plain), b = mean_colour(p, s, true, &strong);

	if (!strong && 2 * plain < whole)
		return false;
	*rgb = plain ? colour_mix(a, b, emphasis(strong, strong + plain, reduced), 1000) : b;
	return strong + plain > 0;
}

void map_image_draw(struct canvas *c, const struct map_picture *p, const struct map_frame *f,
		    struct canvas_point at)
{
	const struct palette palette = make_palette(p);
	struct rect all = map_tally_cells(p->tally), cells = f->cells;
	uint64_t side = (uint64_t)map_tally_side(p->tally);
	uint64_t whole = side * side * (uint64_t)cells.w * (uint64_t)cells.h;

	for (int32_t y = 0; y < f->grid.height; y++) {
		struct span down = span_of(y, f->grid.height, cells.y, cells.h, all.h);

		for (int32_t x = 0; x < f->grid.width; x++) {
			struct span across = span_of(x, f->grid.width, cells.x, cells.w, all.w);
			struct sums s = sum_pixel(p->tally, palette.nr, &across, &down);
			uint32_t rgb;

			if (!colour_of(&palette, &s, whole, f->reduction > 1.01, &rgb))
				rgb = map_no_data(at.x + x, at.y + y);
			canvas_pixel(c, at.x + x, at.y + y, rgb);
		}
	}
}

/* --- lines --- */

size_t map_lines_nr(const struct map_picture *p, const struct map_frame *f)
{
	if (f->reduction > MAP_LINES_REDUCTION)
		return 0;
	return p->lines_nr < MAP_PICTURE_LINES ? p->lines_nr : MAP_PICTURE_LINES;
}

/* Where a point of the CRS lies on the page; far away: just outside, so that numbers stay small. */
static struct point to_page(const struct map_frame *f, struct canvas_point at, struct point p)
{
	double x = (p.x - f->grid.x0) / f->grid.dx, y = (f->grid.y0 - p.y) / f->grid.dy;

	x = fmin(fmax(x, -CANVAS_SIDE_MAX), 2 * CANVAS_SIDE_MAX);
	y = fmin(fmax(y, -CANVAS_SIDE_MAX), 2 * CANVAS_SIDE_MAX);
	return (struct point){ at.x + x, at.y + y };
}

static struct canvas_point whole_pixel(struct point p)
{
	return (struct canvas_point){ (int32_t)floor(p.x), (int32_t)floor(p.y) };
}

static void draw_line(struct canvas *c, const struct map_line *line, size_t i,
		      const struct map_frame *f, struct canvas_point at)
{
	const struct lines *l = line->lines;
	size_t start = l->starts[i], n = l->starts[i + 1] - start, edges = lines_edges(l, i);
	struct rect map = { at.x, at.y, f->grid.width, f->grid.height };
	struct point last;

	if (!n)
		return;
	last = to_page(f, at, l->points[start]);
	for (size_t k = 1; k <= edges; k++) {
		struct point next = to_page(f, at, l->points[start + k % n]);
		double x = next.x - last.x, y = next.y - last.y;

		if (x * x + y * y < NEAR2 && k < edges)
			continue;
		canvas_line(c, whole_pixel(last), whole_pixel(next), map, line->rgb);
		last = next;
	}
}

void map_lines_draw(struct canvas *c, const struct map_picture *p, const struct map_frame *f,
		    struct canvas_point at)
{
	for (size_t j = 0; j < map_lines_nr(p, f); j++)
		for (size_t i = 0; i < p->lines[j].lines->nr; i++)
			draw_line(c, &p->lines[j], i, f, at);
}
