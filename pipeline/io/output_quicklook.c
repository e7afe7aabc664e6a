/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/output_internal.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/io/picture.h"
#include "pipeline/io/raster.h"

#define SIDE_MAX 1024

struct quicklook {
	const struct layer *layer;
	struct rect window;	       /* the layer's pixels that have data */
	int32_t factor, width, height; /* pixels of the layer for one of the picture; its size */
	int level; /* the overview that is read: 2^level pixels of the layer are one */
	uint8_t *rgba;
	uint8_t colour[256][4]; /* of each code, on white */
	const struct output_backdrop *backdrop;
};

/* What to do with a tile that was read of the overview. */
typedef void tile_fn(struct quicklook *q, struct rect r, const uint8_t *pixels);

/* Codes without a class are white. */
static void set_colours(struct quicklook *q, const struct layer *layer)
{
	memset(q->colour, 255, sizeof(q->colour));
	for (size_t i = 0; i < layer->classes_nr; i++) {
		const struct layer_class *c = &layer->classes[i];
		const uint8_t rgb[3] = { c->r, c->g, c->b };

		for (int k = 0; k < 3; k++)
			q->colour[c->code & 255][k] =
				(uint8_t)((rgb[k] * c->a + 255 * (255 - c->a) + 127) / 255);
	}
}

/* The layer's pixels under a rect of the overview; the last ones may lie outside of it. */
static struct rect layer_rect(const struct quicklook *q, struct rect r)
{
	int32_t size = (int32_t)1 << q->level;

	return (struct rect){ r.x * size, r.y * size, r.w * size, r.h * size };
}

/* Widen the window to what has data in the tile. */
static void widen_window(struct quicklook *q, struct rect r, const uint8_t *pixels)
{
	for (int32_t y = 0; y < r.h; y++) {
		const uint8_t *row = pixels + (size_t)y * (size_t)r.w;
		int32_t first = 0, last = r.w - 1;

		while (first <= last && row[first] == q->layer->nodata)
			first++;
		while (last > first && row[last] == q->layer->nodata)
			last--;
		if (first <= last)
			q->window = rect_union(q->window,
					       layer_rect(q, (struct rect){ r.x + first, r.y + y,
									    last - first + 1, 1 }));
	}
}

/* The layer's coordinate that pixel i of the picture shows: the middle of its share. */
static int32_t sample_of(int32_t i, int32_t factor, int32_t start, int32_t size)
{
	int32_t at = i * factor + factor / 2;

	return start + (at < size ? at : size - 1);
}

static void show_pixel(const struct quicklook *q, int32_t x, int32_t y, uint8_t code, uint8_t *rgba)
{
	uint8_t rgb[3];
	bool plain = !q->backdrop || (q->layer->has_nodata && code == q->layer->nodata);

	memcpy(rgba, q->colour[code], 4);
	if (plain)
		return;
	q->backdrop->colour(q->backdrop->user, x, y, rgb);
	for (int k = 0; k < 3; k++)
		rgba[k] = (uint8_t)(code ? (rgba[k] + rgb[k] + 1) / 2 : rgb[k]);
}

/* The first pixel of the picture that shows the layer's coordinate `at` or one behind it. */
static int32_t first_behind(int32_t at, int32_t factor, int32_t start, int32_t size, int32_t nr)
{
	int32_t i = at > start ? (at - start) / factor - 1 : 0;

	i = i < 0 ? 0 : i > nr ? nr : i;
	while (i < nr && sample_of(i, factor, start, size) < at)
		i++;
	return i;
}

/* Show what the tile of the overview has. */
static void show_tile(struct quicklook *q, struct rect r, const uint8_t *pixels)
{
	struct rect of = layer_rect(q, r);
	int32_t left = first_behind(of.x, q->factor, q->window.x, q->window.w, q->width);
	int32_t right = first_behind(of.x + of.w, q->factor, q->window.x, q->window.w, q->width);
	int32_t top = first_behind(of.y, q->factor, q->window.y, q->window.h, q->height);
	int32_t bottom = first_behind(of.y + of.h, q->factor, q->window.y, q->window.h, q->height);

	for (int32_t j = top; j < bottom; j++) {
		int32_t y = sample_of(j, q->factor, q->window.y, q->window.h);
		const uint8_t *row = pixels + (size_t)((y >> q->level) - r.y) * (size_t)r.w;

		for (int32_t i = left; i < right; i++) {
			int32_t x = sample_of(i, q->factor, q->window.x, q->window.w);
			size_t at = (size_t)j * (size_t)q->width + (size_t)i;

			show_pixel(q, x, y, row[(x >> q->level) - r.x], q->rgba + 4 * at);
		}
	}
}

/* Hand every tile of the overview under the layer's rect to a function. */
static int each_tile(struct quicklook *q, const struct output *o, size_t k, struct rect within,
		     tile_fn *each, struct error *e)
{
	char *path = path_join(o->stage.path, o->layer[k].file);
	uint8_t *pixels = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE);
	struct raster *raster = NULL;
	const struct grid *g;
	int ret = -1;

	if (!path || !pixels) {
		error_nomem(e, "a quicklook");
		goto out;
	}
	if (raster_open(&raster, path, o->layer[k].layer, e) || raster_level(raster, q->level, e))
		goto out;
	g = raster_grid(raster);
	ret = 0;
	for (size_t i = 0; i < grid_tiles(g, GEOTIFF_TILE) && !ret; i++) {
		struct rect r = grid_tile(g, GEOTIFF_TILE, i);

		if (rect_empty(rect_intersect(layer_rect(q, r), within)))
			continue;
		ret = raster_read(raster, r, pixels, e);
		if (!ret)
			each(q, r, pixels);
	}
out:
	raster_close(raster);
	free(pixels);
	free(path);
	return ret;
}

/* Pixels of the rect for one of the picture, and the coarsest overview that still has one for each. */
static void set_factor(struct quicklook *q, struct rect r)
{
	int32_t longer = r.w > r.h ? r.w : r.h;

	q->factor = longer > SIDE_MAX ? (longer + SIDE_MAX - 1) / SIDE_MAX : 1;
	for (q->level = 0; 2 << q->level <= q->factor; q->level++)
		;
}

/* The picture's size: the window, a few pixels around it, by a whole factor; all if there are no data. */
static int set_size(struct quicklook *q, const struct grid *g, struct error *e)
{
	if (rect_empty(q->window))
		q->window = grid_rect(g);
	q->window = rect_intersect(rect_grow(q->window, 8), grid_rect(g));
	set_factor(q, q->window);
	q->width = (q->window.w + q->factor - 1) / q->factor;
	q->height = (q->window.h + q->factor - 1) / q->factor;
	q->rgba = malloc(4 * (size_t)q->width * (size_t)q->height);
	return q->rgba ? 0 : error_nomem(e, "a quicklook");
}

int output_draw(const struct output *o, const struct output_picture *picture, struct error *e)
{
	size_t k = picture->layer;
	struct quicklook q = { .layer = o->layer[k].layer, .backdrop = picture->backdrop };
	char *path = path_join(o->stage.path, OUTPUT_PICTURE);
	int ret = -1;

	if (!path) {
		error_nomem(e, "a quicklook");
		goto out;
	}
	set_colours(&q, q.layer);
	set_factor(&q, grid_rect(&o->grid));
	if (each_tile(&q, o, k, grid_rect(&o->grid), widen_window, e) ||
	    set_size(&q, &o->grid, e) || each_tile(&q, o, k, q.window, show_tile, e))
		goto out;
	ret = picture_write(path, q.rgba, q.width, q.height, e);
out:
	free(q.rgba);
	free(path);
	return ret;
}
