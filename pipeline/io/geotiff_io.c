/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/geotiff_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int geotiff_pread(int fd, void *data, size_t n, uint64_t offset)
{
	unsigned char *p = data;

	while (n) {
		ssize_t got = pread(fd, p, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		if (got <= 0)
			return -1;
		p += got;
		n -= (size_t)got;
		offset += (uint64_t)got;
	}
	return 0;
}

int geotiff_pwrite(int fd, const void *data, size_t n, uint64_t offset)
{
	const unsigned char *p = data;

	while (n) {
		ssize_t put = pwrite(fd, p, n, (off_t)offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put == 0)
			errno = EIO;
		if (put <= 0)
			return -1;
		p += put;
		n -= (size_t)put;
		offset += (uint64_t)put;
	}
	return 0;
}

static void remember(struct geotiff_io *io, int errnum)
{
	if (!io->errnum)
		io->errnum = errnum;
}

static tmsize_t io_read(thandle_t handle, void *data, tmsize_t size)
{
	struct geotiff_io *io = handle;
	uint64_t left = io->position < io->size ? io->size - io->position : 0;
	size_t n = (uint64_t)size < left ? (size_t)size : (size_t)left;

	if (io->fd < 0) {
		memcpy(data, io->memory + io->position, n);
	} else if (geotiff_pread(io->fd, data, n, io->base + io->position)) {
		remember(io, errno);
		return -1;
	}
	io->position += n;
	return (tmsize_t)n;
}

static tmsize_t io_write(thandle_t handle, void *data, tmsize_t size)
{
	struct geotiff_io *io = handle;
	uint64_t n = (uint64_t)size;

	if (io->fd < 0) {
		if (io->position > io->capacity || n > io->capacity - io->position)
			return -1;
		memcpy(io->memory + io->position, data, n);
	} else if (geotiff_pwrite(io->fd, data, n, io->position)) {
		remember(io, errno);
		return -1;
	}
	io->position += n;
	if (io->size < io->position)
		io->size = io->position;
	return size;
}

static toff_t io_seek(thandle_t handle, toff_t offset, int whence)
{
	struct geotiff_io *io = handle;

	/* libtiff has no negative offsets: modulo 2^64 the sums are right. */
	if (whence == SEEK_CUR)
		offset += io->position;
	else if (whence == SEEK_END)
		offset += io->size;
	io->position = offset;
	return offset;
}

static int io_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t io_size(thandle_t handle)
{
	const struct geotiff_io *io = handle;

	return io->size;
}

__attribute__((format(printf, 4, 0))) static int
keep_error(TIFF *tiff, void *user, const char *module, const char *fmt, va_list ap)
{
	struct geotiff_io *io = user;

	(void)tiff;
	(void)module;
	if (!io->message[0])
		vsnprintf(io->message, sizeof(io->message), fmt, ap);
	return 1;
}

__attribute__((format(printf, 4, 0))) static int
drop_warning(TIFF *tiff, void *user, const char *module, const char *fmt, va_list ap)
{
	(void)tiff;
	(void)user;
	(void)module;
	(void)fmt;
	(void)ap;
	return 1;
}

TIFF *geotiff_io_open(struct geotiff_io *io, const char *mode)
{
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
	TIFF *tiff;

	if (!options)
		return NULL;
	if (io->allocation_max)
		TIFFOpenOptionsSetMaxSingleMemAlloc(options, io->allocation_max);
	TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, io);
	TIFFOpenOptionsSetWarningHandlerExtR(options, drop_warning, io);
	tiff = TIFFClientOpenExt("tiff", mode, io, io_read, io_write, io_seek, io_close, io_size,
				 NULL, NULL, options);
	TIFFOpenOptionsFree(options);
	return tiff;
}

int geotiff_write_fail(int errnum, const char *path, struct error *e)
{
	const char *remedy = "";

	if (errnum == ENOSPC || errnum == EDQUOT)
		remedy = "; make room there and run again";
	else if (errnum == EFBIG)
		remedy = "; raise the limit on the size of files (ulimit -f)";
	error_set(e, ERROR_IO, "cannot write %s: %s%s", path, strerror(errnum), remedy);
	return -1;
}

int geotiff_io_fail(const struct geotiff_io *io, const char *verb, const char *path,
		    struct error *e)
{
	if (io->errnum && !strcmp(verb, "write"))
		return geotiff_write_fail(io->errnum, path, e);
	if (io->errnum)
		return error_set(e, ERROR_IO, "cannot %s %s: %s", verb, path, strerror(io->errnum));
	return error_set(e, ERROR_BUG, "cannot %s %s: libtiff: %s", verb, path,
			 io->message[0] ? io->message : "no memory");
}
