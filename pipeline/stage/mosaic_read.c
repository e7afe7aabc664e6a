/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_read.h"

#include <stdlib.h>

/* What an open file takes in libtiff: its directory and the state of a decoder, but for tiles. */
#define OPEN_BYTES 98304

struct open_file {
	struct raster *raster; /* NULL: none */
	size_t key;
};

struct reader {
	size_t open_max;
	struct open_file open[];
};

int reader_new(struct reader **out, size_t open_max, struct error *e)
{
	struct reader *r = calloc(1, sizeof(*r) + open_max * sizeof(r->open[0]));

	*out = r;
	if (!r)
		return error_nomem(e, "a worker");
	r->open_max = open_max;
	return 0;
}

void reader_free(struct reader *r)
{
	for (size_t i = 0; r && i < r->open_max; i++)
		raster_close(r->open[i].raster);
	free(r);
}

size_t reader_open_bytes(size_t tiles)
{
	/* libtiff's place and size of each. */
	return OPEN_BYTES + 16 * tiles;
}

static int open_source(const struct source *s, struct raster **out, struct error *e)
{
	struct raster *r = NULL;
	struct grid g;

	if (raster_open(&r, s->path, s->layer, e))
		return -1;
	g = *raster_grid(r);
	g.crs = s->grid->crs;
	if (!grid_equal(&g, s->grid)) {
		raster_close(r);
		return error_set(e, ERROR_DATA,
				 "%s: not on the grid of its item.json; make it again", s->path);
	}
	*out = r;
	return 0;
}

int reader_read(struct reader *r, size_t key, const struct source *s, struct rect rect,
		void *pixels, struct error *e)
{
	struct open_file *f = &r->open[key % r->open_max];

	if (f->raster && f->key != key) {
		raster_close(f->raster);
		f->raster = NULL;
	}
	f->key = key;
	if (!f->raster && open_source(s, &f->raster, e))
		return -1;
	rect.x -= s->place.x;
	rect.y -= s->place.y;
	return raster_read(f->raster, rect, pixels, e);
}
