/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What a reader may rely on (gdal.org, COG driver, "Header ghost area").  The
 * blank at the end makes room for GDAL to say YES when it edits the file.
 */
static const char promises[] = "LAYOUT=IFDS_BEFORE_DATA\n"
			       "BLOCK_ORDER=ROW_MAJOR\n"
			       "BLOCK_LEADER=SIZE_AS_UINT4\n"
			       "BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n"
			       "KNOWN_INCOMPATIBLE_EDITION=NO\n ";

/* Room for all directories without their tile arrays: they are a few KB each. */
#define DIRECTORIES_MAX (1u << 20)

size_t geotiff_ghost(char text[GEOTIFF_GHOST])
{
	return (size_t)snprintf(text, GEOTIFF_GHOST,
				"GDAL_STRUCTURAL_METADATA_SIZE=%06zu bytes\n%s", strlen(promises),
				promises);
}

static bool needs_bigtiff(const struct geotiff *g)
{
	uint64_t size = DIRECTORIES_MAX;

	for (size_t i = 0; i < g->items_nr; i++)
		size += 6 * (strlen(g->items[i].name) + strlen(g->items[i].value));
	for (int l = 0; l < g->levels_nr; l++)
		for (size_t i = 0; i < g->level[l].tiles_nr; i++)
			size += g->level[l].tile[i].size + GEOTIFF_LEADER + GEOTIFF_TRAILER +
				2 * sizeof(uint64_t);
	return size > g->classic_max;
}

static bool append(struct geotiff_io *io, const void *data, size_t size)
{
	if (geotiff_pwrite(io->fd, data, size, io->size)) {
		io->errnum = errno;
		return false;
	}
	io->size += size;
	return true;
}

/* Directly behind the header; the directories follow it. */
static bool write_ghost(struct geotiff_io *io)
{
	char text[GEOTIFF_GHOST];

	return append(io, text, geotiff_ghost(text));
}

/* All directories, the image first, then their arrays of tile offsets, still empty. */
static bool write_directories(TIFF *t, const struct geotiff *g)
{
	for (int l = 0; l < g->levels_nr; l++)
		if (!geotiff_set_level(t, g, l) || !TIFFDeferStrileArrayWriting(t) ||
		    !TIFFWriteCheck(t, 1, "directory") || !TIFFWriteDirectory(t))
			return false;
	for (int l = 0; l < g->levels_nr; l++)
		if (!TIFFSetDirectory(t, (tdir_t)l) || !TIFFForceStrileArrayWriting(t))
			return false;
	return true;
}

static void little_endian(uint32_t value, unsigned char bytes[4])
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> 8 * i);
}

/* One tile between its size and its last bytes once more; libtiff writes at the end of the file. */
static bool write_tile(TIFF *t, struct geotiff_io *io, size_t i, unsigned char *bytes,
		       uint32_t size)
{
	unsigned char leader[GEOTIFF_LEADER];

	little_endian(size, leader);
	return append(io, leader, GEOTIFF_LEADER) &&
	       TIFFWriteRawTile(t, (uint32_t)i, bytes, (tmsize_t)size) == (tmsize_t)size &&
	       append(io, bytes + size - GEOTIFF_TRAILER, GEOTIFF_TRAILER);
}

static bool write_level(TIFF *t, struct geotiff_io *io, struct geotiff *g, int level,
			unsigned char *bytes)
{
	struct geotiff_level *l = &g->level[level];

	if (!TIFFSetDirectory(t, (tdir_t)level))
		return false;
	for (size_t i = 0; i < l->tiles_nr; i++) {
		struct geotiff_tile *tile = &l->tile[i];
		uint64_t place = io->size + GEOTIFF_LEADER;

		if (geotiff_pread(g->spool, bytes, tile->size, tile->offset)) {
			io->errnum = errno;
			return false;
		}
		if (!write_tile(t, io, i, bytes, tile->size))
			return false;
		tile->offset = place;
	}
	return TIFFFlush(t);
}

static uint32_t largest_tile(const struct geotiff *g)
{
	uint32_t size = 0;

	for (int l = 0; l < g->levels_nr; l++)
		for (size_t i = 0; i < g->level[l].tiles_nr; i++)
			if (g->level[l].tile[i].size > size)
				size = g->level[l].tile[i].size;
	return size;
}

int geotiff_layout(struct geotiff *g, struct error *e)
{
	struct geotiff_io io = { .fd = g->target };
	unsigned char *bytes = malloc(largest_tile(g));
	TIFF *t = NULL;
	bool ok;

	if (!bytes)
		return error_nomem(e, "a tile");
	t = geotiff_io_open(&io, needs_bigtiff(g) ? "wl8" : "wl");
	ok = t && write_ghost(&io) && write_directories(t, g);
	for (int l = g->levels_nr - 1; ok && l >= 0; l--)
		ok = write_level(t, &io, g, l, bytes);
	if (t)
		TIFFClose(t);
	free(bytes);
	if (!ok || io.errnum || io.message[0])
		return geotiff_io_fail(&io, "write", g->path, e);
	return 0;
}

/* --- the check --- */

static bool same_level(TIFF *t, const struct geotiff *g, int level, uint64_t file_size)
{
	const struct geotiff_level *l = &g->level[level];
	uint32_t width = 0, height = 0, tile_width = 0, tile_height = 0;
	uint16_t compression = 0;

	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &height);
	TIFFGetField(t, TIFFTAG_TILEWIDTH, &tile_width);
	TIFFGetField(t, TIFFTAG_TILELENGTH, &tile_height);
	TIFFGetField(t, TIFFTAG_COMPRESSION, &compression);
	if (width != (uint32_t)l->grid.width || height != (uint32_t)l->grid.height ||
	    tile_width != GEOTIFF_TILE || tile_height != GEOTIFF_TILE ||
	    compression != geotiff_compression(g) || TIFFNumberOfTiles(t) != l->tiles_nr)
		return false;
	for (size_t i = 0; i < l->tiles_nr; i++)
		if (TIFFGetStrileOffset(t, (uint32_t)i) != l->tile[i].offset ||
		    TIFFGetStrileByteCount(t, (uint32_t)i) != l->tile[i].size ||
		    l->tile[i].offset + l->tile[i].size + GEOTIFF_TRAILER > file_size)
			return false;
	return true;
}

int geotiff_check(const struct geotiff *g, struct error *e)
{
	struct geotiff_io io = { .fd = open(g->path, O_RDONLY | O_CLOEXEC) };
	struct stat st;
	TIFF *t = NULL;
	bool ok = false;

	if (io.fd < 0)
		return error_set(e, ERROR_IO, "cannot re-open %s: %s", g->path, strerror(errno));
	if (!fstat(io.fd, &st)) {
		io.size = (uint64_t)st.st_size;
		t = geotiff_io_open(&io, "r");
	}
	ok = t != NULL;
	for (int l = 0; ok && l < g->levels_nr; l++)
		ok = (l == 0 || TIFFReadDirectory(t)) && same_level(t, g, l, io.size);
	ok = ok && TIFFLastDirectory(t) && !io.message[0];
	if (t)
		TIFFClose(t);
	close(io.fd);
	if (!ok)
		return error_set(e, ERROR_IO, "%s is not what was written: %s; is the disk sound?",
				 g->path, io.message[0] ? io.message : "its tiles differ");
	return 0;
}
