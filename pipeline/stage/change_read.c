/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/base/uniform.h"

/* What an open layer holds on to; a tile while it is decoded. */
#define RASTER_BYTES ((size_t)768 << 10)

/* Names of the layers, and the byte that says that a pixel was not seen. */
static const struct {
	const char *name;
	uint8_t unseen;
} reads[READS] = {
	[READ_WATER] = { "water", WATER_NODATA },
	[READ_FRACTION] = { "fraction", FRACTION_NODATA },
	[READ_FREQUENCY] = { "frequency", FRACTION_NODATA },
	[READ_OBSERVED] = { "observed", 0 },
	[READ_WET] = { "wet", 0 },
	[READ_PARTIAL] = { "partial", 0 },
	[READ_MONTHS] = { "months", 255 },
	[READ_SEASONALITY] = { "seasonality", 255 },
};

const char *change_read_name(size_t k)
{
	return reads[k].name;
}

static size_t size_of(size_t k)
{
	return layer_type_size(layer_find(reads[k].name)->type);
}

size_t reading_bytes(unsigned wanted, size_t pixels)
{
	size_t bytes = 0;

	for (size_t k = 0; k < READS; k++)
		if (wanted & READ_BIT(k))
			bytes += pixels * size_of(k) + RASTER_BYTES;
	return bytes;
}

void reading_close(struct reading *r)
{
	for (size_t k = 0; k < READS; k++)
		raster_close(r->raster[k]);
	free(r->block);
}

int reading_open(struct reading *r, const struct period *period, unsigned wanted, size_t pixels,
		 struct error *e)
{
	size_t bytes = 0;

	r->period = period;
	for (size_t k = 0; k < READS; k++)
		bytes += wanted & READ_BIT(k) ? pixels * size_of(k) : 0;
	r->block = malloc(bytes);
	if (!r->block)
		return error_nomem(e, "tiles");
	/* Those of two bytes first, so that all are aligned. */
	for (size_t size = 2, at = 0; size; size--)
		for (size_t k = 0; k < READS; k++) {
			if (!(wanted & READ_BIT(k)) || size_of(k) != size)
				continue;
			r->pixels[k] = (uint8_t *)r->block + at;
			at += pixels * size;
			if (result_raster(period->result, reads[k].name, &r->raster[k], e))
				return -1;
		}
	return 0;
}

static bool is_all(const uint8_t *v, size_t n, uint8_t value)
{
	return n == 0 || (v[0] == value && is_uniform(v, n, 1));
}

int reading_read(struct reading *r, struct rect rect, struct error *e)
{
	size_t n = rect_area(rect);

	rect.x -= r->period->place.x;
	rect.y -= r->period->place.y;
	if (raster_read(r->raster[READ_WATER], rect, r->pixels[READ_WATER], e))
		return -1;
	/* Much of a lake's grid lies outside the lake: what was not seen has no other layers. */
	r->unseen = is_all(r->pixels[READ_WATER], n, WATER_NODATA);
	for (size_t k = READ_WATER + 1; k < READS; k++) {
		if (!r->raster[k])
			continue;
		if (r->unseen)
			memset(r->pixels[k], reads[k].unseen, n * size_of(k));
		else if (raster_read(r->raster[k], rect, r->pixels[k], e))
			return -1;
	}
	return 0;
}
