/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/blocks_tiff.h"

#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "pipeline/io/file_part.h"
#include "pipeline/io/geotiff_internal.h"

/* No directory of a product needs more at once: offsets of 2^22 blocks. */
#define ALLOCATION_MAX ((tmsize_t)64 << 20)

struct blocks_tiff {
	struct file_part file;
	int32_t width, rows; /* of a block */
	int32_t height;	     /* of the image */
	size_t columns, nr;  /* of blocks */
	size_t sample;	     /* bytes */
	bool strips, differences;
	uint64_t *offset, *size;
};

struct blocks_tiff_scratch {
	const struct kernels *kernels;
	struct libdeflate_decompressor *inflater;
	unsigned char *packed, *plain;
	size_t packed_room, plain_room;
};

/* --- opening --- */

static uint16_t field_u16(TIFF *tiff, uint32_t tag)
{
	uint16_t value = 0;

	TIFFGetFieldDefaulted(tiff, tag, &value);
	return value;
}

static uint32_t field_u32(TIFF *tiff, uint32_t tag)
{
	uint32_t value = 0;

	TIFFGetFieldDefaulted(tiff, tag, &value);
	return value;
}

static bool is_plain(TIFF *tiff, const struct blocks_source *s)
{
	uint16_t bits = field_u16(tiff, TIFFTAG_BITSPERSAMPLE);
	uint16_t compression = field_u16(tiff, TIFFTAG_COMPRESSION);
	uint16_t format = field_u16(tiff, TIFFTAG_SAMPLEFORMAT);
	uint16_t wanted = s->sample == SAMPLE_I16 ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;

	return !TIFFIsByteSwapped(tiff) && field_u16(tiff, TIFFTAG_SAMPLESPERPIXEL) == 1 &&
	       bits == (s->sample == SAMPLE_U8 ? 8 : 16) && format == wanted &&
	       field_u16(tiff, TIFFTAG_FILLORDER) == FILLORDER_MSB2LSB &&
	       (compression == COMPRESSION_ADOBE_DEFLATE || compression == COMPRESSION_DEFLATE);
}

/* The sizes that the plan was made for. */
static bool is_of_size(TIFF *tiff, const struct blocks_source *s, size_t nr)
{
	bool tiled = TIFFIsTiled(tiff);
	uint32_t block_w = tiled ? field_u32(tiff, TIFFTAG_TILEWIDTH) : (uint32_t)s->width;
	uint32_t block_h = field_u32(tiff, tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP);

	/* A single strip may say that it has more rows than there are. */
	if (!tiled && block_h > (uint32_t)s->height)
		block_h = (uint32_t)s->height;
	return field_u32(tiff, TIFFTAG_IMAGEWIDTH) == (uint32_t)s->width &&
	       field_u32(tiff, TIFFTAG_IMAGELENGTH) == (uint32_t)s->height &&
	       block_w == (uint32_t)s->block_w && block_h == (uint32_t)s->block_h &&
	       (tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff)) == nr;
}

static uint64_t *copy_of(TIFF *tiff, uint32_t tag, size_t nr)
{
	uint64_t *values = NULL, *copy = NULL;

	if (TIFFGetField(tiff, tag, &values) && values && (copy = malloc(nr * sizeof(*copy))))
		memcpy(copy, values, nr * sizeof(*copy));
	return copy;
}

static bool read_directory(struct blocks_tiff *t, const struct blocks_source *s)
{
	struct geotiff_io io = { .fd = t->file.fd,
				 .base = t->file.at,
				 .size = t->file.size,
				 .allocation_max = ALLOCATION_MAX };
	TIFF *tiff;
	bool ok;

	tiff = geotiff_io_open(&io, "r");
	if (!tiff)
		return false;
	ok = is_plain(tiff, s) && is_of_size(tiff, s, t->nr);
	if (ok) {
		t->strips = !TIFFIsTiled(tiff);
		t->differences = field_u16(tiff, TIFFTAG_PREDICTOR) == PREDICTOR_HORIZONTAL;
		t->offset = copy_of(tiff, t->strips ? TIFFTAG_STRIPOFFSETS : TIFFTAG_TILEOFFSETS,
				    t->nr);
		t->size = copy_of(
			tiff, t->strips ? TIFFTAG_STRIPBYTECOUNTS : TIFFTAG_TILEBYTECOUNTS, t->nr);
		ok = t->offset && t->size &&
		     field_u16(tiff, TIFFTAG_PREDICTOR) <= PREDICTOR_HORIZONTAL;
	}
	TIFFClose(tiff);
	return ok;
}

struct blocks_tiff *blocks_tiff_open(const struct blocks_source *s)
{
	struct blocks_tiff *t;

	if (s->level || s->sample == SAMPLE_BITS || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->width = s->block_w;
	t->rows = s->block_h;
	t->height = s->height;
	t->sample = s->sample == SAMPLE_U8 ? 1 : 2;
	t->columns = ((size_t)s->width + (size_t)s->block_w - 1) / (size_t)s->block_w;
	t->nr = t->columns * (((size_t)s->height + (size_t)s->block_h - 1) / (size_t)s->block_h);
	if (file_part_open(&t->file, s->path) && read_directory(t, s))
		return t;
	blocks_tiff_free(t);
	return NULL;
}

void blocks_tiff_free(struct blocks_tiff *t)
{
	if (!t)
		return;
	file_part_close(&t->file);
	free(t->size);
	free(t->offset);
	free(t);
}

/* --- reading --- */

struct blocks_tiff_scratch *blocks_tiff_scratch_new(const struct kernels *kernels)
{
	struct blocks_tiff_scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kernels = kernels;
	s->inflater = libdeflate_alloc_decompressor();
	if (s->inflater)
		return s;
	free(s);
	return NULL;
}

void blocks_tiff_scratch_free(struct blocks_tiff_scratch *s)
{
	if (!s)
		return;
	libdeflate_free_decompressor(s->inflater);
	free(s->plain);
	free(s->packed);
	free(s);
}

static bool make_room(unsigned char **buffer, size_t *room, size_t size)
{
	unsigned char *more;

	if (size <= *room)
		return true;
	more = realloc(*buffer, size);
	if (!more)
		return false;
	*buffer = more;
	*room = size;
	return true;
}

/* Rows that a block has in the file: the last strip is cut, the last tile is not. */
static int32_t rows_of(const struct blocks_tiff *t, size_t block)
{
	int32_t left = t->height - (int32_t)(block / t->columns) * t->rows;

	return t->strips && left < t->rows ? left : t->rows;
}

/* Rows of plain bytes to values. */
static void unpack(const struct blocks_tiff *t, const struct blocks_tiff_scratch *s, int32_t rows,
		   uint16_t *data)
{
	size_t n = (size_t)t->width;

	for (int32_t y = 0; y < rows; y++, data += n) {
		const unsigned char *row = s->plain + (size_t)y * n * t->sample;

		if (t->sample == 1 && t->differences)
			s->kernels->undifference_u8(n, row, data);
		else if (t->differences)
			s->kernels->undifference_u16(n, (const uint16_t *)(const void *)row, data);
		else if (t->sample == 2)
			memcpy(data, row, n * sizeof(*data));
		else
			for (size_t i = 0; i < n; i++)
				data[i] = row[i];
	}
}

bool blocks_tiff_read(const struct blocks_tiff *t, struct blocks_tiff_scratch *s, size_t block,
		      uint16_t *data)
{
	int32_t rows = rows_of(t, block);
	size_t n = (size_t)t->width * (size_t)rows, plain = n * t->sample, got;
	uint64_t at = t->offset[block], packed = t->size[block];

	/* DEFLATE stores what it cannot shrink with five bytes more a block of 64 KiB; a block of none is GDAL's to fill. */
	if (!packed || packed > plain + plain / 64 + 1024 || at > t->file.size ||
	    packed > t->file.size - at || !make_room(&s->packed, &s->packed_room, (size_t)packed) ||
	    !make_room(&s->plain, &s->plain_room, plain))
		return false;
	if (geotiff_pread(t->file.fd, s->packed, (size_t)packed, t->file.at + at) ||
	    libdeflate_zlib_decompress(s->inflater, s->packed, (size_t)packed, s->plain, plain,
				       &got) != LIBDEFLATE_SUCCESS ||
	    got != plain)
		return false;
	unpack(t, s, rows, data);
	memset(data + n, 0, ((size_t)t->rows * (size_t)t->width - n) * sizeof(*data));
	return true;
}
