/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/uniform.h"

struct spool {
	int fd;
	struct grid grid;
	int32_t side;
	size_t planes_nr, record_size;
	struct spool_plane planes[SPOOL_PLANES_MAX];
	size_t plane_offset[SPOOL_PLANES_MAX];
	/* Of each tile, a bit for each plane; a pass reads planes while it writes others. */
	_Atomic uint64_t *written;
	_Atomic uint64_t *uniform; /* all pixels are one value, which is not in the file */
	uint32_t *value;	   /* of each tile, one for each plane */
};

_Static_assert(SPOOL_PLANES_MAX <= 64, "a bit for each plane");

static int open_unnamed(const char *folder, struct error *e)
{
	char path[4200];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	/* Not every file system has unnamed files. */
	snprintf(path, sizeof(path), "%s/.spool-XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		error_errno(e, errno, "cannot create a temporary file in %s", folder);
	else
		unlink(path);
	return fd;
}

int spool_open(struct spool **out, const char *folder, const struct grid *grid, int32_t side,
	       const struct spool_plane *planes, size_t planes_nr, struct error *e)
{
	struct spool *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return error_nomem(e, "a spool");
	s->fd = -1;
	s->grid = *grid;
	s->side = side;
	s->planes_nr = planes_nr;
	for (size_t p = 0; p < planes_nr; p++) {
		s->planes[p] = planes[p];
		s->plane_offset[p] = s->record_size;
		s->record_size += (size_t)side * (size_t)side * planes[p].pixel_size;
	}
	s->written = calloc(grid_tiles(grid, side), sizeof(*s->written));
	s->uniform = calloc(grid_tiles(grid, side), sizeof(*s->uniform));
	s->value = calloc(grid_tiles(grid, side) * planes_nr, sizeof(*s->value));
	if (!s->written || !s->uniform || !s->value)
		return error_nomem(e, "a spool");
	s->fd = open_unnamed(folder, e);
	return s->fd < 0 ? -1 : 0;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->value);
	free(s->uniform);
	free(s->written);
	free(s);
}

static int write_all(int fd, const char *data, size_t size, off_t at, struct error *e)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_errno(e, n ? errno : ENOSPC, "cannot write the spool");
		data += n;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

static int read_all(int fd, char *data, size_t size, off_t at, struct error *e)
{
	while (size) {
		ssize_t n = pread(fd, data, size, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_errno(e, n ? errno : EIO, "cannot read the spool");
		data += n;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

int spool_write(struct spool *s, size_t i, size_t plane, const void *pixels, struct error *e)
{
	size_t px = s->planes[plane].pixel_size;
	size_t size = rect_area(grid_tile(&s->grid, s->side, i)) * px;

	atomic_fetch_or(&s->written[i], UINT64_C(1) << plane);
	/* Much of a lake, and of land, is one value. */
	if (px <= sizeof(*s->value) && is_uniform(pixels, size / px, px)) {
		memcpy(&s->value[i * s->planes_nr + plane], pixels, px);
		atomic_fetch_or(&s->uniform[i], UINT64_C(1) << plane);
		return 0;
	}
	atomic_fetch_and(&s->uniform[i], ~(UINT64_C(1) << plane));
	return write_all(s->fd, pixels, size, (off_t)(i * s->record_size + s->plane_offset[plane]),
			 e);
}

size_t spool_scratch_size(const struct spool *s)
{
	size_t largest = 0;

	for (size_t p = 0; p < s->planes_nr; p++)
		if (s->planes[p].pixel_size > largest)
			largest = s->planes[p].pixel_size;
	return (size_t)s->side * (size_t)s->side * largest;
}

bool spool_has(const struct spool *s, size_t i, size_t plane)
{
	return atomic_load(&s->written[i]) >> plane & 1;
}

/* The part of a tile of one value. */
static void fill_part(const struct spool *s, size_t plane, size_t i, struct rect part,
		      struct rect rect, char *pixels)
{
	size_t px = s->planes[plane].pixel_size, row = (size_t)rect.w * px;
	const char *value = (const char *)&s->value[i * s->planes_nr + plane];
	char *first = pixels + (size_t)(part.y - rect.y) * row + (size_t)(part.x - rect.x) * px;

	fill_uniform(first, (size_t)part.w, px, value);
	for (int32_t y = 1; y < part.h; y++)
		memcpy(first + (size_t)y * row, first, (size_t)part.w * px);
}

/* Copy the part of tile i that lies in rect.  Rows of a tile are contiguous: one read. */
static int read_tile(const struct spool *s, size_t plane, size_t i, struct rect rect, char *scratch,
		     char *pixels, struct error *e)
{
	size_t px = s->planes[plane].pixel_size;
	struct rect tile = grid_tile(&s->grid, s->side, i), part = rect_intersect(tile, rect);
	size_t row = (size_t)tile.w * px;
	off_t at = (off_t)(i * s->record_size + s->plane_offset[plane] +
			   (size_t)(part.y - tile.y) * row);

	if (!spool_has(s, i, plane))
		return 0;
	if (atomic_load(&s->uniform[i]) >> plane & 1) {
		fill_part(s, plane, i, part, rect, pixels);
		return 0;
	}
	/* Most passes read tile by tile: nothing has to be moved. */
	if (part.w == tile.w && rect.w == tile.w)
		return read_all(s->fd, pixels + (size_t)(part.y - rect.y) * row,
				(size_t)part.h * row, at, e);
	if (read_all(s->fd, scratch, (size_t)part.h * row, at, e))
		return -1;
	for (int32_t y = 0; y < part.h; y++)
		memcpy(pixels + ((size_t)(part.y - rect.y + y) * (size_t)rect.w +
				 (size_t)(part.x - rect.x)) *
					px,
		       scratch + (size_t)y * row + (size_t)(part.x - tile.x) * px,
		       (size_t)part.w * px);
	return 0;
}

int spool_read(const struct spool *s, size_t plane, struct rect rect, void *scratch, void *pixels,
	       struct error *e)
{
	struct rect in = rect_intersect(rect, grid_rect(&s->grid));
	size_t columns = ((size_t)s->grid.width + (size_t)s->side - 1) / (size_t)s->side;
	bool whole = in.w == rect.w && in.h == rect.h;

	for (int32_t y = in.y / s->side; whole && in.h && y <= (in.y + in.h - 1) / s->side; y++)
		for (int32_t x = in.x / s->side; x <= (in.x + in.w - 1) / s->side; x++)
			whole &= spool_has(s, (size_t)y * columns + (size_t)x, plane);
	if (!whole)
		memset(pixels, s->planes[plane].fill,
		       rect_area(rect) * s->planes[plane].pixel_size);
	if (rect_empty(in))
		return 0;
	for (int32_t y = in.y / s->side; y <= (in.y + in.h - 1) / s->side; y++)
		for (int32_t x = in.x / s->side; x <= (in.x + in.w - 1) / s->side; x++)
			if (read_tile(s, plane, (size_t)y * columns + (size_t)x, rect, scratch,
				      pixels, e))
				return -1;
	return 0;
}
