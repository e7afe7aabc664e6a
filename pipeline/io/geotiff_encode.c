/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/uniform.h"

/* Of a tile of one value that is kept: a few KiB with any codec, but not without one. */
#define UNIFORM_BYTES_MAX 65536

/* What stands before the compressed bytes in a slot; a slot may lie at any address. */
struct slot_head {
	struct geotiff_sums sums;
	uint32_t start, size; /* of the tile, from the end of the head */
};

/*
 * More than the worst that a codec does to noise, and a directory: LZW takes up to 12 bits for
 * a byte, the others store what they cannot shrink in blocks that grow by less than 1/64.
 */
static size_t capacity(const struct geotiff *g)
{
	size_t growth = g->options.compress == GEOTIFF_LZW ? g->tile_bytes / 2 : g->tile_bytes / 64;

	return g->tile_bytes + growth + 8192;
}

size_t geotiff_slot_size(const struct geotiff *g)
{
	return (sizeof(struct slot_head) + capacity(g) + 63) / 64 * 64;
}

/* MiB that the codecs allocate per level, measured (libdeflate 1.14, libzstd 1.5.4), rounded up. */
static size_t codec_mib(const struct geotiff_options *o)
{
	static const uint16_t zstd[] = { 17, 2,	 2,  4,	 5,  6,	 6,  9,	 9,   17,  29, 29,
					 53, 53, 53, 69, 69, 69, 69, 90, 194, 386, 778 };

	if (o->compress == GEOTIFF_ZSTD)
		return zstd[o->level];
	return o->compress == GEOTIFF_DEFLATE && o->level > 8 ? 9 : 1;
}

/* The padded tile, libtiff's buffer (a tenth larger than a tile) and its copy for the predictor. */
size_t geotiff_worker_size(const struct geotiff *g)
{
	return g->tile_bytes * 25 / 8 + (codec_mib(&g->options) << 20);
}

const unsigned char *geotiff_slot_tile(const void *slot, uint32_t *size, struct geotiff_sums *sums)
{
	struct slot_head head;

	memcpy(&head, slot, sizeof(head));
	*size = head.size;
	*sums = head.sums;
	return (const unsigned char *)slot + sizeof(head) + head.start;
}

/* --- statistics --- */

static const struct geotiff_sums no_sums = { .min = INFINITY, .max = -INFINITY };

void geotiff_sums_add(struct geotiff_sums *sums, const struct geotiff_sums *tile)
{
	if (!sums->valid)
		*sums = no_sums;
	sums->valid += tile->valid;
	sums->min = tile->min < sums->min ? tile->min : sums->min;
	sums->max = tile->max > sums->max ? tile->max : sums->max;
	sums->sum += tile->sum;
	sums->square_sum += tile->square_sum;
	sums->real_sum += tile->real_sum;
	sums->real_square_sum += tile->real_square_sum;
}

static void add_run(struct geotiff_sums *s, const struct layer *layer, int64_t value, uint64_t n)
{
	uint64_t size = (uint64_t)(value < 0 ? -value : value);
	double real = (double)value;

	if (layer->has_nodata && real == layer->nodata)
		return;
	s->valid += n;
	s->min = real < s->min ? real : s->min;
	s->max = real > s->max ? real : s->max;
	s->sum += value * (int64_t)n;
	s->square_sum += (__extension__(unsigned __int128)(size * size)) * n;
}

static inline __attribute__((always_inline)) int64_t value_at(enum layer_type type,
							      const void *pixels, size_t i)
{
	switch (type) {
	case LAYER_U8:
		return ((const uint8_t *)pixels)[i];
	case LAYER_U16:
		return ((const uint16_t *)pixels)[i];
	case LAYER_I16:
		return ((const int16_t *)pixels)[i];
	default:
		return ((const uint32_t *)pixels)[i];
	}
}

/* Pixels that are looked at together: most neighbours are equal. */
#define STRETCH 64

/* Are the pixels from i on, a stretch of them, what the one before is? */
static bool goes_on(const void *pixels, size_t i, size_t n, size_t size)
{
	const char *p = (const char *)pixels + i * size;

	return n - i >= STRETCH && !memcmp(p, p - size, STRETCH * size);
}

/* By runs.  Inlined: the type is then a constant in the loop. */
static inline __attribute__((always_inline)) void sum_integers(enum layer_type type,
							       const struct layer *layer,
							       const void *pixels, size_t n,
							       struct geotiff_sums *s)
{
	size_t start = 0, size = layer_type_size(type);

	for (size_t i = 1; i < n;) {
		size_t end = n - i < STRETCH ? n : i + STRETCH;

		if (goes_on(pixels, i, n, size)) {
			i = end;
			continue;
		}
		for (; i < end; i++) {
			if (value_at(type, pixels, i) == value_at(type, pixels, start))
				continue;
			add_run(s, layer, value_at(type, pixels, start), i - start);
			start = i;
		}
	}
	add_run(s, layer, value_at(type, pixels, start), n - start);
}

static void sum_reals(const struct layer *layer, const float *pixels, size_t n,
		      struct geotiff_sums *s)
{
	for (size_t i = 0; i < n; i++) {
		double v = (double)pixels[i];

		if (isnan(v) || (layer->has_nodata && v == layer->nodata))
			continue;
		s->valid++;
		s->min = v < s->min ? v : s->min;
		s->max = v > s->max ? v : s->max;
		s->real_sum += v;
		s->real_square_sum += v * v;
	}
}

static struct geotiff_sums sums_of(const struct layer *layer, const void *pixels, size_t n)
{
	struct geotiff_sums s = no_sums;

	switch (layer->type) {
	case LAYER_U8:
		sum_integers(LAYER_U8, layer, pixels, n, &s);
		break;
	case LAYER_U16:
		sum_integers(LAYER_U16, layer, pixels, n, &s);
		break;
	case LAYER_I16:
		sum_integers(LAYER_I16, layer, pixels, n, &s);
		break;
	case LAYER_U32:
		sum_integers(LAYER_U32, layer, pixels, n, &s);
		break;
	case LAYER_F32:
		sum_reals(layer, pixels, n, &s);
		break;
	}
	return s;
}

/* --- half-size pixels --- */

static void halve_nearest(size_t pixel_size, size_t n, const unsigned char *upper,
			  unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		memcpy(out + i * pixel_size, upper + 2 * i * pixel_size, pixel_size);
}

/* Two rows of 2n pixels to one of n; false if there is no way for this type. */
static bool halve_row(const struct geotiff *g, size_t n, const void *upper, const void *lower,
		      void *out)
{
	const struct layer *l = g->layer;

	if (l->halving == HALVE_NEAREST)
		halve_nearest(g->pixel_size, n, upper, out);
	else if (l->halving == HALVE_OR && l->type == LAYER_U32)
		g->kernels->halve_or_u32(n, upper, lower, out);
	else if (l->halving == HALVE_OR && l->type == LAYER_U8)
		g->kernels->halve_or_u8(n, upper, lower, out);
	else if (l->halving == HALVE_MEAN && l->type == LAYER_F32 && isnan(l->nodata))
		g->kernels->halve_mean_f32(n, upper, lower, out);
	else if (l->halving == HALVE_MODE && l->type == LAYER_U8)
		g->kernels->halve_mode_u8(n, upper, lower, (uint8_t)l->nodata, out);
	else if (l->halving == HALVE_MEAN && l->type == LAYER_U8)
		g->kernels->halve_mean_u8(n, upper, lower, (uint8_t)l->nodata, out);
	else if (l->halving == HALVE_MEAN && l->type == LAYER_U16)
		g->kernels->halve_mean_u16(n, upper, lower, (uint16_t)l->nodata, out);
	else
		return false;
	return true;
}

/*
 * Half-size pixels of a w x h tile.  Where a side is odd its last pixel counts
 * twice: mode, mean and OR of the pixels that are there.
 */
static void halve(const struct geotiff *g, const unsigned char *pixels, struct rect r,
		  unsigned char *out)
{
	size_t size = g->pixel_size, w = (size_t)r.w, h = (size_t)r.h, row = w * size;

	for (size_t y = 0; y < h; y += 2) {
		const unsigned char *upper = pixels + y * row;
		const unsigned char *lower = y + 1 < h ? upper + row : upper;
		uint32_t last[2][2], half;

		halve_row(g, w / 2, upper, lower, out);
		out += w / 2 * size;
		if (w % 2 == 0)
			continue;
		for (size_t k = 0; k < 2; k++) {
			memcpy((unsigned char *)last[0] + k * size, upper + row - size, size);
			memcpy((unsigned char *)last[1] + k * size, lower + row - size, size);
		}
		halve_row(g, 1, last[0], last[1], &half);
		memcpy(out, &half, size);
		out += size;
	}
}

/* --- compression --- */

void geotiff_fill(const struct geotiff *g, uint32_t value, size_t n, unsigned char *pixels)
{
	fill_uniform(pixels, n, g->pixel_size, &value);
}

/* The r.w x r.h pixels at the upper left of a whole tile, the rest fill. */
static void pad(const struct geotiff *g, const unsigned char *pixels, struct rect r,
		unsigned char *tile)
{
	size_t size = g->pixel_size, side = GEOTIFF_TILE, row = (size_t)r.w * size;

	for (size_t y = 0; y < side; y++) {
		size_t filled = y < (size_t)r.h ? (size_t)r.w : 0;

		memcpy(tile, pixels + y * row, filled * size);
		geotiff_fill(g, g->fill, side - filled, tile + filled * size);
		tile += side * size;
	}
}

/* The block of tile i of a level in the pixel spool: see geotiff_internal.h. */
static int spool_half(struct geotiff *g, int level, size_t i, const unsigned char *half,
		      struct rect r, struct error *e)
{
	size_t pixels = (size_t)((r.w + 1) / 2) * (size_t)((r.h + 1) / 2);
	uint64_t offset = g->level[level].blocks + i * (uint64_t)(g->tile_bytes / 4);

	if (geotiff_pwrite(g->pixels, half, pixels * g->pixel_size, offset))
		return geotiff_write_fail(errno, g->path, e);
	return 0;
}

/* A tile of one value that was compressed before; NULL: none was.  With the lock. */
static const struct geotiff_uniform *find_uniform(const struct geotiff *g, uint32_t value)
{
	for (size_t i = 0; i < g->uniform_nr; i++)
		if (g->uniform[i].value == value)
			return &g->uniform[i];
	return NULL;
}

static bool copy_uniform(struct geotiff *g, uint32_t value, unsigned char *out,
			 struct slot_head *head)
{
	const struct geotiff_uniform *u;

	pthread_mutex_lock(&g->lock);
	u = find_uniform(g, value);
	if (u) {
		memcpy(out, u->bytes, u->size);
		head->size = u->size;
	}
	pthread_mutex_unlock(&g->lock);
	return u;
}

/* Unless there is no room, another thread was first, or nothing was compressed. */
static void keep_uniform(struct geotiff *g, uint32_t value, const unsigned char *out,
			 const struct slot_head *head)
{
	unsigned char *bytes = head->size <= UNIFORM_BYTES_MAX ? malloc(head->size) : NULL;

	if (!bytes)
		return;
	memcpy(bytes, out + head->start, head->size);
	pthread_mutex_lock(&g->lock);
	if (g->uniform_nr < GEOTIFF_UNIFORM && !find_uniform(g, value)) {
		g->uniform[g->uniform_nr++] = (struct geotiff_uniform){ .value = value,
									.size = head->size,
									.bytes = bytes };
		bytes = NULL;
	}
	pthread_mutex_unlock(&g->lock);
	free(bytes);
}

/* Lakes fill little of their grids, and much of a lake is one and the same: such a tile is compressed once. */
static int encode_uniform(struct geotiff *g, uint32_t value, unsigned char *out,
			  struct slot_head *head, struct error *e)
{
	unsigned char *tile;
	int ret;

	if (copy_uniform(g, value, out, head))
		return 0;
	tile = malloc(g->tile_bytes);
	if (!tile)
		return error_nomem(e, "a tile");
	geotiff_fill(g, value, (size_t)GEOTIFF_TILE * GEOTIFF_TILE, tile);
	ret = geotiff_compress(g, tile, out, capacity(g), &head->start, &head->size, e);
	free(tile);
	if (!ret)
		keep_uniform(g, value, out, head);
	return ret;
}

static int encode_pixels(struct geotiff *g, int level, size_t i, const void *pixels,
			 unsigned char *out, struct slot_head *head, struct error *e)
{
	struct rect r = grid_tile(&g->level[level].grid, GEOTIFF_TILE, i);
	unsigned char *tile = malloc(g->tile_bytes);
	const unsigned char *source = tile;
	int ret = -1;

	if (!tile)
		return error_nomem(e, "a tile");
	/* A whole tile is padded already. */
	if (r.w < GEOTIFF_TILE || r.h < GEOTIFF_TILE)
		pad(g, pixels, r, tile);
	else if (geotiff_predictor(g) == PREDICTOR_NONE)
		source = pixels;
	else
		memcpy(tile, pixels, g->tile_bytes);
	if (geotiff_compress(g, source, out, capacity(g), &head->start, &head->size, e))
		goto out;
	if (level + 1 < g->levels_nr) {
		halve(g, pixels, r, tile);
		if (spool_half(g, level, i, tile, r, e))
			goto out;
	}
	ret = 0;
out:
	free(tile);
	return ret;
}

/*
 * What is beside a cut tile is fill.  Half-size pixels of one value are that value again, whatever the halving: they
 * are not kept; of reals that is sure for fill alone.
 */
static bool is_whole(const struct geotiff *g, uint32_t value, size_t n)
{
	return value == g->fill ||
	       (n == (size_t)GEOTIFF_TILE * GEOTIFF_TILE && g->layer->type != LAYER_F32);
}

int geotiff_encode_level(struct geotiff *g, int level, size_t i, const void *pixels, void *slot,
			 struct error *e)
{
	size_t n = rect_area(grid_tile(&g->level[level].grid, GEOTIFF_TILE, i));
	struct slot_head head = { .sums = no_sums };
	unsigned char *out = (unsigned char *)slot + sizeof(head);
	struct geotiff_tile *tile = &g->level[level].tile[i];
	uint64_t start = timing_start(g->timing);
	int ret;

	memcpy(&tile->value, pixels, g->pixel_size);
	tile->uniform = is_uniform(pixels, n, g->pixel_size) && is_whole(g, tile->value, n);
	/* Where fill is no data there is nothing to sum. */
	if (level == 0 && !(tile->uniform && tile->value == g->fill && g->layer->has_nodata))
		head.sums = sums_of(g->layer, pixels, n);
	ret = tile->uniform ? encode_uniform(g, tile->value, out, &head, e)
			    : encode_pixels(g, level, i, pixels, out, &head, e);
	memcpy(slot, &head, sizeof(head));
	timing_stop(g->timing, TIMING_COMPRESS, start);
	return ret;
}

/* --- set up --- */

static uint32_t fill_of(const struct layer *layer)
{
	double nodata = layer->has_nodata ? layer->nodata : 0;
	float real = (float)nodata;
	int16_t i16;
	uint32_t fill = 0;

	/* The first bytes of fill, in memory, are the pixel, whatever the byte order. */
	switch (layer->type) {
	case LAYER_U8:
		memcpy(&fill, &(uint8_t){ (uint8_t)nodata }, 1);
		break;
	case LAYER_U16:
		memcpy(&fill, &(uint16_t){ (uint16_t)nodata }, 2);
		break;
	case LAYER_I16:
		i16 = (int16_t)nodata;
		memcpy(&fill, &i16, 2);
		break;
	case LAYER_U32:
		fill = (uint32_t)nodata;
		break;
	case LAYER_F32:
		memcpy(&fill, &real, 4);
		break;
	}
	return fill;
}

int geotiff_encode_init(struct geotiff *g, struct error *e)
{
	const struct layer *l = g->layer;
	bool picks_valid =
		l->halving == HALVE_MODE || (l->halving == HALVE_MEAN && l->type != LAYER_F32);
	uint32_t pixels[2] = { 0, 0 }, half;

	g->pixel_size = layer_type_size(l->type);
	g->tile_bytes = (size_t)GEOTIFF_TILE * GEOTIFF_TILE * g->pixel_size;
	g->fill = fill_of(l);
	if ((picks_valid && !l->has_nodata) || !halve_row(g, 1, pixels, pixels, &half))
		return error_set(e, ERROR_BUG, "cannot write %s: no overviews for layer %s",
				 g->path, l->name);
	return 0;
}
