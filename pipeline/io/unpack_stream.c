/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip goes through zlib itself: libarchive 3.6 does not look at its checksums.
 */
#include "pipeline/io/unpack_internal.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "pipeline/io/folder.h"

#define CHUNK (256 << 10)

struct unpack_stream {
	const char *path; /* the caller's */
	int fd;
	struct archive *raw; /* any compression but gzip; else NULL */
	z_stream z;
	bool in_member, ended; /* of gzip */
	unsigned char in[CHUNK], out[CHUNK];
};

static int fill(struct unpack_stream *s, struct error *e)
{
	ssize_t got;

	do {
		got = read(s->fd, s->in, sizeof(s->in));
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(e, errno, "cannot read %s", s->path);
	s->z.next_in = s->in;
	s->z.avail_in = (uInt)got;
	s->ended = !got;
	return 0;
}

/* Between two members of a gzip file: is there another one?  Zeros may fill up the last block. */
static int next_member(struct unpack_stream *s, struct error *e)
{
	while (!s->ended && (!s->z.avail_in || !*s->z.next_in)) {
		if (s->z.avail_in) {
			s->z.next_in++;
			s->z.avail_in--;
		} else if (fill(s, e)) {
			return -1;
		}
	}
	if (s->ended)
		return 0;
	s->in_member = true;
	return inflateReset(&s->z) == Z_OK ? 0 : error_nomem(e, "a gzip stream");
}

static int gzip_fail(const struct unpack_stream *s, int status, struct error *e)
{
	if (status == Z_MEM_ERROR)
		return error_nomem(e, "a gzip stream");
	return error_set(e, ERROR_DATA, "%s is damaged: %s", s->path,
			 s->z.msg ? s->z.msg : "not gzip");
}

static int next_of_gzip(struct unpack_stream *s, size_t *n, struct error *e)
{
	s->z.next_out = s->out;
	s->z.avail_out = sizeof(s->out);
	while (s->z.avail_out == sizeof(s->out)) {
		int status;

		if (!s->in_member) {
			if (next_member(s, e))
				return -1;
			if (s->ended)
				break;
		}
		if (!s->z.avail_in && fill(s, e))
			return -1;
		if (s->ended)
			return error_set(e, ERROR_DATA, "%s is cut: its compressed bytes break off",
					 s->path);
		status = inflate(&s->z, Z_NO_FLUSH);
		/* Here zlib has compared the sum and the length that end the member. */
		if (status == Z_STREAM_END)
			s->in_member = false;
		else if (status != Z_OK && status != Z_BUF_ERROR)
			return gzip_fail(s, status, e);
	}
	*n = sizeof(s->out) - s->z.avail_out;
	return 0;
}

static int raw_fail(const struct unpack_stream *s, struct error *e)
{
	const char *why = archive_error_string(s->raw);

	return error_set(e, ERROR_DATA, "%s is cut or damaged: %s", s->path,
			 why ? why : "it cannot be decompressed");
}

static int next_of_raw(struct unpack_stream *s, const void **data, size_t *n, struct error *e)
{
	la_int64_t offset;
	int status = archive_read_data_block(s->raw, data, n, &offset);

	if (status == ARCHIVE_EOF)
		*n = 0;
	return status == ARCHIVE_OK || status == ARCHIVE_EOF ? 0 : raw_fail(s, e);
}

int unpack_stream_next(struct unpack_stream *s, const void **data, size_t *n, struct error *e)
{
	*n = 0;
	*data = s->out;
	return s->raw ? next_of_raw(s, data, n, e) : next_of_gzip(s, n, e);
}

/* Those that libarchive has in itself: it must not start programs. */
static int (*const filters[])(struct archive *) = {
	archive_read_support_filter_bzip2, archive_read_support_filter_compress,
	archive_read_support_filter_lz4,   archive_read_support_filter_lzip,
	archive_read_support_filter_lzma,  archive_read_support_filter_xz,
	archive_read_support_filter_zstd,
};

static int open_raw(struct unpack_stream *s, struct error *e)
{
	struct archive_entry *entry;

	s->raw = archive_read_new();
	if (!s->raw)
		return error_nomem(e, "libarchive");
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		filters[i](s->raw);
	if (archive_read_support_format_raw(s->raw) != ARCHIVE_OK ||
	    archive_read_open_fd(s->raw, s->fd, CHUNK) != ARCHIVE_OK ||
	    archive_read_next_header(s->raw, &entry) != ARCHIVE_OK)
		return raw_fail(s, e);
	return 0;
}

static int open_filter(struct unpack_stream *s, struct error *e)
{
	unsigned char magic[2] = { 0 };

	if (pread(s->fd, magic, sizeof(magic), 0) < 0)
		return error_errno(e, errno, "cannot read %s", s->path);
	if (magic[0] != 0x1f || magic[1] != 0x8b)
		return open_raw(s, e);
	/* 16: gzip only, no zlib header. */
	if (inflateInit2(&s->z, 15 + 16) != Z_OK)
		return error_nomem(e, "a gzip stream");
	s->in_member = true;
	return 0;
}

int unpack_stream_open(struct unpack_stream **out, const char *path, struct error *e)
{
	struct unpack_stream *s;

	*out = NULL;
	if (folder_check_file(path, e))
		return -1;
	s = calloc(1, sizeof(*s));
	if (!s)
		return error_nomem(e, "a compressed file");
	s->path = path;
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0)
		error_errno(e, errno, "cannot open %s", path);
	if (s->fd < 0 || open_filter(s, e)) {
		unpack_stream_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

void unpack_stream_close(struct unpack_stream *s)
{
	if (!s)
		return;
	archive_read_free(s->raw);
	/* Does nothing where inflateInit2() was not called. */
	inflateEnd(&s->z);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

uint64_t unpack_zeros(uint64_t before, const void *data, size_t n)
{
	const unsigned char *bytes = data;
	size_t i = n;

	while (i && !bytes[i - 1])
		i--;
	return i ? n - i : before + n;
}
