/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the image of a product: whether it is whole, its zone and its blocks, all of which are read without GDAL.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pipeline/io/blocks_tiff.h"
#include "pipeline/io/geokeys.h"
#include "pipeline/io/geotiff_internal.h"
#include "pipeline/io/intact.h"
#include "pipeline/space/crs.h"

#define SIDE_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int32_t side(TIFF *t, uint32_t tag)
{
	uint32_t value = 0;

	return TIFFGetField(t, tag, &value) && value <= SIDE_MAX ? (int32_t)value : 0;
}

/* What the file says that it is, as GDAL would plan with it; false where that is nothing, or large. */
static bool describe(int fd, size_t size, struct blocks_source *s)
{
	struct geotiff_io io = { .fd = fd, .size = size, .allocation_max = 1 << 24 };
	TIFF *t = geotiff_io_open(&io, "rO");
	uint16_t bits = 0;

	if (!t)
		return false;
	s->width = side(t, TIFFTAG_IMAGEWIDTH);
	s->height = side(t, TIFFTAG_IMAGELENGTH);
	s->block_w = TIFFIsTiled(t) ? side(t, TIFFTAG_TILEWIDTH) : s->width;
	s->block_h = side(t, TIFFIsTiled(t) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP);
	TIFFGetFieldDefaulted(t, TIFFTAG_BITSPERSAMPLE, &bits);
	s->sample = bits == 8 ? SAMPLE_U8 : SAMPLE_U16;
	TIFFClose(t);
	return s->width && s->height && s->block_w && s->block_h;
}

/* Every block, each row of it and no byte behind. */
static void read_blocks(const struct blocks_source *s)
{
	struct blocks_tiff *t = blocks_tiff_open(s);
	struct blocks_tiff_scratch *scratch = blocks_tiff_scratch_new(kernels_find(NULL));
	size_t across = (size_t)((s->width + s->block_w - 1) / s->block_w);
	size_t down = (size_t)((s->height + s->block_h - 1) / s->block_h);
	uint16_t *pixels = malloc((size_t)s->block_w * (size_t)s->block_h * sizeof(*pixels));

	if (!scratch || !pixels)
		abort();
	for (size_t i = 0; t && i < across * down; i++)
		blocks_tiff_read(t, scratch, i, pixels);
	free(pixels);
	blocks_tiff_scratch_free(scratch);
	blocks_tiff_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blocks_source s = { 0 };
	struct error e = { 0 };
	struct crs crs = { 0 };
	char path[40];
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	s.path = path;
	if (intact_check(path, &e) && (!e.text[0] || strchr(e.text, '\n')))
		abort();
	if (geokeys_zone(path, &crs) && !crs_zone_of(&crs))
		abort();
	if (describe(fd, size, &s))
		read_blocks(&s);
	close(fd);
	return 0;
}
