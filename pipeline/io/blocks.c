/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/blocks.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/blocks_tiff.h"
#include "pipeline/io/gdal.h"

/* A file with more blocks than this is hostile: a product has thousands. */
#define BLOCKS_MAX ((size_t)1 << 24)

enum block_state { BLOCK_IDLE, BLOCK_DECODING, BLOCK_READY, BLOCK_GONE };

struct block {
	uint16_t *data;
	uint32_t uses;	    /* wants still to come */
	size_t first, last; /* the first and the last tile that want it */
	enum block_state state;
};

struct source {
	struct blocks_source file;
	size_t columns, rows;
	struct block *blocks;
	struct blocks_tiff *tiff; /* NULL: by GDAL; opened with the first block */
	bool opened;
};

struct blocks {
	struct source *sources;
	size_t sources_nr, tiles_nr, decoded;
	pthread_mutex_t lock;
	pthread_cond_t moved; /* some block became ready, or failed was set */
	bool failed;
	struct error error; /* of the first decode that failed */
	struct timing *timing;
};

struct blocks_reader {
	struct blocks *blocks;
	struct blocks_tiff_scratch *scratch;
	GDALDatasetH *datasets; /* one a source, NULL until used */
};

static size_t source_block_bytes(const struct source *s)
{
	return (size_t)s->file.block_w * (size_t)s->file.block_h * sizeof(uint16_t);
}

static int source_init(struct source *s, const struct blocks_source *file, struct error *e)
{
	s->file = *file;
	if (file->width < 1 || file->height < 1 || file->block_w < 1 || file->block_h < 1)
		return error_set(e, ERROR_DATA, "%s: empty raster", file->path);
	s->columns = ((size_t)file->width + (size_t)file->block_w - 1) / (size_t)file->block_w;
	s->rows = ((size_t)file->height + (size_t)file->block_h - 1) / (size_t)file->block_h;
	if (s->columns * s->rows > BLOCKS_MAX)
		return error_set(e, ERROR_DATA, "%s: %zu blocks are too many for a product",
				 file->path, s->columns * s->rows);
	s->blocks = calloc(s->columns * s->rows, sizeof(*s->blocks));
	return s->blocks ? 0 : error_nomem(e, "the list of blocks");
}

int blocks_new(struct blocks **out, const struct blocks_source *sources, size_t sources_nr,
	       struct timing *timing, struct error *e)
{
	struct blocks *b = calloc(1, sizeof(*b));

	*out = NULL;
	if (!b)
		return error_nomem(e, "blocks");
	b->timing = timing;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->moved, NULL);
	b->sources = calloc(sources_nr ? sources_nr : 1, sizeof(*b->sources));
	if (!b->sources) {
		error_nomem(e, "blocks");
		goto fail;
	}
	for (b->sources_nr = 0; b->sources_nr < sources_nr; b->sources_nr++)
		if (source_init(&b->sources[b->sources_nr], &sources[b->sources_nr], e))
			goto fail;
	*out = b;
	return 0;
fail:
	blocks_free(b);
	return -1;
}

void blocks_free(struct blocks *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->sources_nr; i++) {
		struct source *s = &b->sources[i];

		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no sources, no loop */
		for (size_t k = 0; k < s->columns * s->rows; k++)
			free(s->blocks[k].data);
		free(s->blocks);
		blocks_tiff_free(s->tiff);
	}
	free(b->sources);
	pthread_cond_destroy(&b->moved);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

/* A walk over the blocks that a want touches, in raster order. */
struct walk {
	struct source *source;
	size_t x0, x1, y1; /* block columns [x0, x1], rows up to y1 */
	size_t x, y;	   /* the current one */
};

static struct walk walk_start(const struct blocks *b, struct blocks_want want)
{
	struct source *s = &b->sources[want.source];
	size_t w = (size_t)s->file.block_w, h = (size_t)s->file.block_h;

	assert(want.rect.x >= 0 && want.rect.y >= 0 && want.rect.x + want.rect.w <= s->file.width &&
	       want.rect.y + want.rect.h <= s->file.height);
	return (struct walk){
		.source = s,
		.x0 = (size_t)want.rect.x / w,
		.x1 = (size_t)(want.rect.x + want.rect.w - 1) / w,
		.y1 = (size_t)(want.rect.y + want.rect.h - 1) / h,
		.x = (size_t)want.rect.x / w,
		.y = (size_t)want.rect.y / h,
	};
}

/* The current block; NULL past the last one. */
static struct block *walk_block(const struct walk *w)
{
	return w->y <= w->y1 ? &w->source->blocks[w->y * w->source->columns + w->x] : NULL;
}

static void walk_next(struct walk *w)
{
	if (w->x++ == w->x1) {
		w->x = w->x0;
		w->y++;
	}
}

void blocks_plan(struct blocks *b, size_t i, const struct blocks_want *wants, size_t wants_nr)
{
	for (size_t k = 0; k < wants_nr; k++) {
		struct walk w = walk_start(b, wants[k]);

		for (struct block *block; (block = walk_block(&w)); walk_next(&w)) {
			if (!block->uses++)
				block->first = i;
			block->last = i;
		}
	}
	b->tiles_nr = i + 1;
}

size_t blocks_peak_bytes(const struct blocks *b, size_t window)
{
	size_t *born = calloc(2 * (b->tiles_nr + 1), sizeof(*born)), *dead;
	size_t alive = 0, peak = 0;

	if (!born)
		return SIZE_MAX; /* no memory even for counting: no budget can hold it */
	dead = born + b->tiles_nr + 1;
	for (size_t i = 0; i < b->sources_nr; i++) {
		const struct source *s = &b->sources[i];

		for (size_t k = 0; k < s->columns * s->rows; k++) {
			const struct block *block = &s->blocks[k];

			if (!block->uses)
				continue;
			born[block->first > window ? block->first - window : 0] +=
				source_block_bytes(s);
			dead[block->last + 1 < b->tiles_nr ? block->last + 1 : b->tiles_nr] +=
				source_block_bytes(s);
		}
	}
	for (size_t i = 0; i < b->tiles_nr; i++) {
		alive += born[i] - dead[i];
		peak = alive > peak ? alive : peak;
	}
	free(born);
	return peak;
}

size_t blocks_planned(const struct blocks *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->sources_nr; i++)
		for (size_t k = 0; k < b->sources[i].columns * b->sources[i].rows; k++)
			n += b->sources[i].blocks[k].uses > 0 ||
			     b->sources[i].blocks[k].state == BLOCK_GONE;
	return n;
}

void blocks_each(const struct blocks *b,
		 void (*each)(void *user, const struct blocks_source *source, size_t x, size_t y),
		 void *user)
{
	for (size_t i = 0; i < b->sources_nr; i++) {
		const struct source *s = &b->sources[i];

		for (size_t k = 0; k < s->columns * s->rows; k++)
			if (s->blocks[k].uses)
				each(user, &s->file, k % s->columns, k / s->columns);
	}
}

size_t blocks_decoded(const struct blocks *b)
{
	return b->decoded;
}

int blocks_reader_new(struct blocks_reader **out, struct blocks *b, const struct kernels *kernels,
		      struct error *e)
{
	struct blocks_reader *r = calloc(1, sizeof(*r));

	*out = r;
	if (r) {
		r->blocks = b;
		r->scratch = blocks_tiff_scratch_new(kernels);
		r->datasets = calloc(b->sources_nr ? b->sources_nr : 1, sizeof(GDALDatasetH));
	}
	return r && r->datasets && r->scratch ? 0 : error_nomem(e, "file handles");
}

void blocks_reader_free(struct blocks_reader *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->datasets && i < r->blocks->sources_nr; i++)
		GDALClose(r->datasets[i]);
	free(r->datasets);
	blocks_tiff_scratch_free(r->scratch);
	free(r);
}

/* The band of a source at its level, on this worker's own handle. */
static GDALRasterBandH reader_band(struct blocks_reader *r, const struct source *s, struct error *e)
{
	static const char *const drivers[] = { "GTiff", "JP2OpenJPEG", NULL };
	size_t i = (size_t)(s - r->blocks->sources);
	GDALRasterBandH band;
	int w, h;

	if (!r->datasets[i])
		r->datasets[i] = gdal_open(s->file.path, drivers, e);
	if (!r->datasets[i])
		return NULL;
	band = GDALGetRasterBand(r->datasets[i], 1);
	if (band && s->file.level)
		band = GDALGetOverview(band, s->file.level - 1);
	if (!band) {
		error_set(e, ERROR_DATA, "%s: has no level %d", s->file.path, s->file.level);
		return NULL;
	}
	GDALGetBlockSize(band, &w, &h);
	if (w != s->file.block_w || h != s->file.block_h ||
	    GDALGetRasterBandXSize(band) != s->file.width ||
	    GDALGetRasterBandYSize(band) != s->file.height) {
		error_set(e, ERROR_TEMPORARY, "%s: changed while it was read", s->file.path);
		return NULL;
	}
	return band;
}

/* Widen n bytes at the front of the buffer to n 16-bit values in place. */
static void widen(uint16_t *data, size_t n)
{
	const uint8_t *bytes = (const uint8_t *)data;

	for (size_t i = n; i-- > 0;)
		data[i] = bytes[i];
}

/* Signed values moved up by 32768. */
static void lift(uint16_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		data[i] ^= 0x8000;
}

/*
 * The other layers of a block of bits; the first is in data, a byte a pixel, widened.  GDAL keeps what
 * one decoding of a multi-layer block gave in its cache.
 */
static CPLErr read_bits(GDALRasterBandH first, size_t x, size_t y, uint16_t *data, size_t n)
{
	GDALDatasetH dataset = GDALGetBandDataset(first);
	int layers = GDALGetRasterCount(dataset);
	uint8_t *layer = malloc(n);
	CPLErr ret = layer ? CE_None : CE_Failure;

	for (size_t i = 0; i < n; i++)
		data[i] = data[i] != 0;
	for (int k = 2; ret == CE_None && k <= layers && k <= 16; k++) {
		ret = GDALReadBlock(GDALGetRasterBand(dataset, k), (int)x, (int)y, layer);
		for (size_t i = 0; ret == CE_None && i < n; i++)
			data[i] |= (uint16_t)((layer[i] != 0) << (k - 1));
	}
	free(layer);
	return ret;
}

/* Read a block as it is stored, and make it what enum sample promises. */
static CPLErr read_block(GDALRasterBandH band, const struct source *s, size_t x, size_t y,
			 uint16_t *data)
{
	size_t n = source_block_bytes(s) / sizeof(*data);
	CPLErr ret = GDALReadBlock(band, (int)x, (int)y, data);

	if (ret != CE_None)
		return ret;
	if (s->file.sample == SAMPLE_U8 || s->file.sample == SAMPLE_BITS)
		widen(data, n);
	if (s->file.sample == SAMPLE_I16)
		lift(data, n);
	return s->file.sample == SAMPLE_BITS ? read_bits(band, x, y, data, n) : CE_None;
}

static int decode_by_gdal(struct blocks_reader *r, const struct source *s, size_t x, size_t y,
			  uint16_t *data, struct error *e)
{
	GDALRasterBandH band = reader_band(r, s, e);
	struct gdal_errors c;
	CPLErr ret;

	if (!band)
		return -1;
	gdal_begin(&c);
	ret = read_block(band, s, x, y, data);
	if (gdal_end(&c, e, ERROR_DATA, "cannot read block %zu, %zu of %s", x, y, s->file.path))
		return -1;
	return ret == CE_None ? 0
			      : error_set(e, ERROR_DATA, "cannot read block %zu, %zu of %s", x, y,
					  s->file.path);
}

/* A fresh buffer with the decoded block, or NULL. */
static uint16_t *decode(struct blocks_reader *r, const struct source *s, size_t x, size_t y,
			struct error *e)
{
	uint16_t *data = malloc(source_block_bytes(s));

	if (!data) {
		error_nomem(e, "a decoded block");
		return NULL;
	}
	if (s->tiff && blocks_tiff_read(s->tiff, r->scratch, y * s->columns + x, data)) {
		if (s->file.sample == SAMPLE_I16)
			lift(data, source_block_bytes(s) / sizeof(*data));
		return data;
	}
	if (!decode_by_gdal(r, s, x, y, data, e))
		return data;
	free(data);
	return NULL;
}

/* Find a block that nobody has begun; *pending tells if others are still at some.  Lock held. */
static bool find_idle(struct blocks *b, const struct blocks_want *wants, size_t wants_nr,
		      struct walk *found, bool *pending)
{
	*pending = false;
	for (size_t k = 0; k < wants_nr; k++) {
		struct walk w = walk_start(b, wants[k]);

		for (struct block *block; (block = walk_block(&w)); walk_next(&w)) {
			if (block->state == BLOCK_IDLE) {
				*found = w;
				return true;
			}
			*pending |= block->state == BLOCK_DECODING;
		}
	}
	return false;
}

/* Decode the block found.  Lock held on entry and exit, not in between. */
static void decode_found(struct blocks_reader *r, struct walk w)
{
	struct blocks *b = r->blocks;
	struct block *block = walk_block(&w);
	uint64_t start = timing_start(b->timing);
	struct error e = { 0 };
	uint16_t *data;

	block->state = BLOCK_DECODING;
	if (!w.source->opened)
		w.source->tiff = blocks_tiff_open(&w.source->file);
	w.source->opened = true;
	pthread_mutex_unlock(&b->lock);
	data = decode(r, w.source, w.x, w.y, &e);
	timing_stop(b->timing, TIMING_DECODE, start);
	pthread_mutex_lock(&b->lock);
	block->data = data;
	block->state = BLOCK_READY;
	b->decoded++;
	if (!data && !b->failed) {
		b->failed = true;
		b->error = e;
	}
	pthread_cond_broadcast(&b->moved);
}

int blocks_acquire(struct blocks_reader *r, const struct blocks_want *wants, size_t wants_nr,
		   struct error *e)
{
	struct blocks *b = r->blocks;
	struct walk found;
	bool pending = true, failed;

	pthread_mutex_lock(&b->lock);
	while (!b->failed) {
		if (find_idle(b, wants, wants_nr, &found, &pending))
			decode_found(r, found);
		else if (pending)
			pthread_cond_wait(&b->moved, &b->lock);
		else
			break;
	}
	failed = b->failed;
	if (failed)
		*e = b->error;
	pthread_mutex_unlock(&b->lock);
	return failed ? -1 : 0;
}

void blocks_copy(const struct blocks *b, struct blocks_want want, uint16_t *pixels)
{
	struct walk w = walk_start(b, want);
	int32_t bw = w.source->file.block_w, bh = w.source->file.block_h;

	for (const struct block *block; (block = walk_block(&w)); walk_next(&w)) {
		struct rect all = { (int32_t)w.x * bw, (int32_t)w.y * bh, bw, bh };
		struct rect part = rect_intersect(all, want.rect);

		for (int32_t y = part.y; y < part.y + part.h; y++)
			memcpy(pixels + (size_t)(y - want.rect.y) * (size_t)want.rect.w +
				       (part.x - want.rect.x),
			       block->data + (size_t)(y - all.y) * (size_t)bw + (part.x - all.x),
			       (size_t)part.w * sizeof(*pixels));
	}
}

void blocks_release(struct blocks *b, const struct blocks_want *wants, size_t wants_nr)
{
	pthread_mutex_lock(&b->lock);
	for (size_t k = 0; k < wants_nr; k++) {
		struct walk w = walk_start(b, wants[k]);

		for (struct block *block; (block = walk_block(&w)); walk_next(&w)) {
			if (--block->uses)
				continue;
			free(block->data);
			block->data = NULL;
			block->state = BLOCK_GONE;
		}
	}
	pthread_mutex_unlock(&b->lock);
}
