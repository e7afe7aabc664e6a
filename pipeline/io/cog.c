/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/cog_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As raster.c: no single thing in a directory needs more memory. */
#define ALLOCATION_MAX (16 << 20)

/* Bytes of a header, and where its mark is. */
#define HEADER_CLASSIC 8
#define HEADER_BIG     16
#define MARK_BIG       43

struct cog {
	const struct cog_spec *spec;
	struct findings *f;
	struct geotiff_io io;
	TIFF *tiff;
	uint64_t directories_end; /* the last directory begins here */
	uint16_t compression;	  /* of the image */
};

/* "water.tif: overview 1" or "water.tif: the image". */
#define LEVEL_TEXT 300

static const char *level_text(const struct cog *c, int level, char text[LEVEL_TEXT])
{
	if (level)
		snprintf(text, LEVEL_TEXT, "%.255s: overview %d", c->spec->file, level);
	else
		snprintf(text, LEVEL_TEXT, "%.255s: the image", c->spec->file);
	return text;
}

/* --- the header --- */

static void check_header(const struct cog *c)
{
	char wanted[GEOTIFF_GHOST], found[GEOTIFF_GHOST];
	unsigned char start[4] = { 0 };
	size_t n = geotiff_ghost(wanted);
	uint64_t at;

	if (!geotiff_pread(c->io.fd, start, sizeof(start), 0)) {
		at = start[2] == MARK_BIG ? HEADER_BIG : HEADER_CLASSIC;
		if (!geotiff_pread(c->io.fd, found, n, at) && !memcmp(found, wanted, n))
			return;
	}
	findings_add(
		c->f,
		"%s: its header does not promise the layout of a COG: another program wrote or changed it",
		c->spec->file);
}

/* --- directories --- */

static bool is_codec(uint16_t codec)
{
	return codec == COMPRESSION_NONE || codec == COMPRESSION_LZW ||
	       codec == COMPRESSION_ADOBE_DEFLATE || codec == COMPRESSION_ZSTD;
}

static bool is_type(TIFF *t, enum layer_type type)
{
	static const uint16_t formats[] = {
		[LAYER_U8] = SAMPLEFORMAT_UINT,	   [LAYER_U16] = SAMPLEFORMAT_UINT,
		[LAYER_I16] = SAMPLEFORMAT_INT,	   [LAYER_U32] = SAMPLEFORMAT_UINT,
		[LAYER_F32] = SAMPLEFORMAT_IEEEFP,
	};
	uint16_t bits = 0, samples = 0, format = 0;

	TIFFGetFieldDefaulted(t, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLESPERPIXEL, &samples);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLEFORMAT, &format);
	return bits == 8 * layer_type_size(type) && samples == 1 && format == formats[type];
}

static bool has_tiles(TIFF *t)
{
	uint32_t w = 0, h = 0;

	return TIFFIsTiled(t) && TIFFGetField(t, TIFFTAG_TILEWIDTH, &w) &&
	       TIFFGetField(t, TIFFTAG_TILELENGTH, &h) && w == GEOTIFF_TILE && h == GEOTIFF_TILE;
}

static void check_directory(struct cog *c, int level, uint32_t width, uint32_t height)
{
	uint32_t w = 0, h = 0, type = 0;
	uint64_t at = TIFFCurrentDirOffset(c->tiff);
	uint16_t codec = 0;
	char name[LEVEL_TEXT];

	level_text(c, level, name);
	TIFFGetField(c->tiff, TIFFTAG_IMAGEWIDTH, &w);
	TIFFGetField(c->tiff, TIFFTAG_IMAGELENGTH, &h);
	TIFFGetFieldDefaulted(c->tiff, TIFFTAG_SUBFILETYPE, &type);
	TIFFGetFieldDefaulted(c->tiff, TIFFTAG_COMPRESSION, &codec);
	if (w != width || h != height)
		findings_add(c->f, "%s has %u x %u pixels, not %u x %u", name, w, h, width, height);
	if (!has_tiles(c->tiff))
		findings_add(c->f, "%s has no tiles of %d x %d pixels", name, GEOTIFF_TILE,
			     GEOTIFF_TILE);
	if (type != (level ? FILETYPE_REDUCEDIMAGE : 0))
		findings_add(c->f, "%s is not marked as what it is", name);
	if (c->spec->layer && !is_type(c->tiff, c->spec->layer->type))
		findings_add(c->f, "%s has not the pixel type of this layer", name);
	c->compression = level ? c->compression : codec;
	if (!is_codec(codec) || codec != c->compression)
		findings_add(c->f, "%s is compressed as nothing of this program is (%u)", name,
			     codec);
	if (level && at <= c->directories_end)
		findings_add(c->f, "%s has its directory before that of the larger one", name);
	c->directories_end = at;
}

/* All directories, in their order; how many levels there are to be. */
static int check_directories(struct cog *c)
{
	uint32_t w = (uint32_t)c->spec->grid->width, h = (uint32_t)c->spec->grid->height;
	int level = 0;

	for (;; level++) {
		if (level && !TIFFReadDirectory(c->tiff)) {
			findings_add(c->f, "%s: overview %d, of %u x %u pixels, is missing",
				     c->spec->file, level, w, h);
			return level;
		}
		check_directory(c, level, w, h);
		if (w <= GEOTIFF_TILE && h <= GEOTIFF_TILE)
			break;
		w = (w + 1) / 2;
		h = (h + 1) / 2;
	}
	if (!TIFFLastDirectory(c->tiff))
		findings_add(c->f, "%s: more images than the %d it should have", c->spec->file,
			     level + 1);
	return level + 1;
}

/* --- tiles --- */

/* Its size stands before a tile, and its last bytes once more behind it. */
static bool has_frame(const struct cog *c, uint64_t offset, uint64_t size)
{
	unsigned char before[GEOTIFF_LEADER], behind[2 * GEOTIFF_TRAILER];
	uint32_t said;

	if (geotiff_pread(c->io.fd, before, sizeof(before), offset - GEOTIFF_LEADER) ||
	    geotiff_pread(c->io.fd, behind, sizeof(behind), offset + size - GEOTIFF_TRAILER))
		return false;
	said = before[0] | (uint32_t)before[1] << 8 | (uint32_t)before[2] << 16 |
	       (uint32_t)before[3] << 24;
	return said == size && !memcmp(behind, behind + GEOTIFF_TRAILER, GEOTIFF_TRAILER);
}

/* What is wrong with a tile that is to lie behind `end`; NULL: nothing. */
static const char *tile_fault(const struct cog *c, uint64_t end, uint64_t offset, uint64_t size)
{
	if (size < GEOTIFF_TRAILER)
		return "is empty";
	if (offset > c->io.size || size > c->io.size - offset ||
	    c->io.size - offset - size < GEOTIFF_TRAILER)
		return "lies outside the file";
	if (offset < end + GEOTIFF_LEADER)
		return "overlaps what comes before it, or is out of order";
	return has_frame(c, offset, size) ? NULL : "is not framed by its size and its last bytes";
}

/* The tiles of the open directory in their order; the first that is wrong is named. */
static void check_level(const struct cog *c, int level, uint64_t *end)
{
	uint32_t n = TIFFNumberOfTiles(c->tiff);
	char name[LEVEL_TEXT];

	for (uint32_t i = 0; i < n; i++) {
		uint64_t offset = TIFFGetStrileOffset(c->tiff, i);
		uint64_t size = TIFFGetStrileByteCount(c->tiff, i);
		const char *fault = tile_fault(c, *end, offset, size);

		if (fault) {
			findings_add(c->f, "%s: tile %u %s", level_text(c, level, name), i, fault);
			return;
		}
		*end = offset + size + GEOTIFF_TRAILER;
	}
}

/* The smallest overview comes first, the image last, and nothing behind it. */
static void check_tiles(const struct cog *c, int levels)
{
	size_t before = c->f->nr;
	uint64_t end = c->directories_end;

	for (int l = levels - 1; l >= 0 && c->f->nr == before; l--)
		if (TIFFSetDirectory(c->tiff, (tdir_t)l))
			check_level(c, l, &end);
	if (c->f->nr == before && end != c->io.size)
		findings_add(c->f, "%s: more bytes behind the last tile", c->spec->file);
}

/* --- all --- */

static int check_tiff(struct cog *c, struct error *e)
{
	size_t before = c->f->nr;
	int levels;

	check_header(c);
	if (c->spec->layer && cog_words_check(c->tiff, c->spec, c->f, e))
		return -1;
	levels = check_directories(c);
	if (c->f->nr == before)
		check_tiles(c, levels);
	if (c->f->nr == before && c->io.message[0])
		findings_add(c->f, "%s: %s", c->spec->file, c->io.message);
	return 0;
}

int cog_check(const struct cog_spec *spec, struct findings *f, struct error *e)
{
	struct cog c = { .spec = spec, .f = f, .io.allocation_max = ALLOCATION_MAX };
	struct stat st;
	int ret = 0;

	c.io.fd = open(spec->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (c.io.fd < 0 || fstat(c.io.fd, &st) || !S_ISREG(st.st_mode)) {
		findings_add(f, "%s cannot be opened", spec->file);
	} else {
		c.io.size = (uint64_t)st.st_size;
		c.tiff = geotiff_io_open(&c.io, "r");
		if (c.tiff)
			ret = check_tiff(&c, e);
		else
			findings_add(f, "%s is not a TIFF: %s", spec->file, c.io.message);
	}
	if (c.tiff)
		TIFFClose(c.tiff);
	if (c.io.fd >= 0)
		close(c.io.fd);
	return ret;
}
