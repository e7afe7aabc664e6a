/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/output_internal.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/io/picture.h"
#include "pipeline/io/raster.h"

#define SIDE_MAX 1024

struct quicklook {
	int32_t factor, width, height; /* pixels of the layer for one of the picture; its size */
	uint8_t *rgba;
	uint8_t colour[256][4]; /* of each code, on white */
};

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

/* The layer's coordinate that pixel i of the picture shows: the middle of its share. */
static int32_t sample_of(int32_t i, int32_t factor, int32_t size)
{
	int32_t at = i * factor + factor / 2;

	return at < size ? at : size - 1;
}

/* Show what the tile of the layer has. */
static void show_tile(struct quicklook *q, const struct grid *g, struct rect r,
		      const uint8_t *pixels)
{
	for (int32_t j = r.y / q->factor; j < q->height; j++) {
		int32_t y = sample_of(j, q->factor, g->height);

		if (y < r.y)
			continue;
		if (y >= r.y + r.h)
			break;
		for (int32_t i = r.x / q->factor; i < q->width; i++) {
			int32_t x = sample_of(i, q->factor, g->width);
			size_t at = (size_t)j * (size_t)q->width + (size_t)i;

			if (x < r.x)
				continue;
			if (x >= r.x + r.w)
				break;
			memcpy(q->rgba + 4 * at,
			       q->colour[pixels[(size_t)(y - r.y) * (size_t)r.w + (size_t)(x - r.x)]],
			       4);
		}
	}
}

static int show_layer(struct quicklook *q, const struct output *o, size_t k, struct error *e)
{
	char *path = path_join(o->stage.path, o->layer[k].file);
	uint8_t *pixels = malloc((size_t)GEOTIFF_TILE * GEOTIFF_TILE);
	struct raster *raster = NULL;
	int ret = -1;

	if (!path || !pixels) {
		error_nomem(e, "a quicklook");
		goto out;
	}
	if (raster_open(&raster, path, o->layer[k].layer, e))
		goto out;
	ret = 0;
	for (size_t i = 0; i < grid_tiles(&o->grid, GEOTIFF_TILE) && !ret; i++) {
		struct rect r = grid_tile(&o->grid, GEOTIFF_TILE, i);

		ret = raster_read(raster, r, pixels, e);
		if (!ret)
			show_tile(q, &o->grid, r, pixels);
	}
out:
	raster_close(raster);
	free(pixels);
	free(path);
	return ret;
}

int output_quicklook(struct output *o, size_t k, struct error *e)
{
	const struct grid *g = &o->grid;
	int32_t longer = g->width > g->height ? g->width : g->height;
	struct quicklook q = { .factor = (longer + SIDE_MAX - 1) / SIDE_MAX };
	char *path = path_join(o->stage.path, "quicklook.png");
	int ret = -1;

	q.width = (g->width + q.factor - 1) / q.factor;
	q.height = (g->height + q.factor - 1) / q.factor;
	q.rgba = malloc(4 * (size_t)q.width * (size_t)q.height);
	if (!path || !q.rgba) {
		error_nomem(e, "a quicklook");
		goto out;
	}
	set_colours(&q, o->layer[k].layer);
	if (show_layer(&q, o, k, e) || picture_write(path, q.rgba, q.width, q.height, e))
		goto out;
	ret = output_add(o, "quicklook.png", "Quicklook", "image/png", "thumbnail", e);
out:
	free(q.rgba);
	free(path);
	return ret;
}
