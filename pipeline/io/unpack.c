/* SPDX-License-Identifier: Apache-2.0
 *
 * libarchive reads the tar; the files are written here, under plain names only, so
 * that nothing in an archive can reach out of the folder.
 */
#include "pipeline/io/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/io/unpack_internal.h"

#define BLOCK 512 /* of a tar */

/* Bytes that headers and padding of one member can have. */
#define OVERHEAD 4096

/* One archive being unpacked. */
struct job {
	const char *path, *folder;
	int64_t max_bytes;
	uint64_t budget; /* bytes that may come out of it: max_bytes, or what its own size allows */
	uint64_t sum, entries_nr, files_nr; /* so far */
	struct unpack_stream *stream;
	uint64_t stream_sum, zeros;	/* bytes that came out of the stream; zeros at their end */
	uint64_t last_size, last_zeros; /* of the last member: its bytes, the zeros at their end */
	struct archive *tar;
	struct error *e; /* for what fails inside libarchive's calls */
	bool failed;	 /* e is set */
};

static int refuse(const struct job *j, const char *name, const char *what)
{
	return error_set(j->e, ERROR_DATA, "%s: its member '%s' %s", j->path,
			 unpack_show(name).text, what);
}

static int too_large(const struct job *j)
{
	if (j->budget == (uint64_t)j->max_bytes)
		return error_set(j->e, ERROR_DATA,
				 "%s holds more than %" PRId64 " bytes: too large for a product",
				 j->path, j->max_bytes);
	return error_set(j->e, ERROR_DATA,
			 "%s would unpack to more than %d times its own size: not a product",
			 j->path, UNPACK_RATIO_MAX);
}

/* Is there room on the disk for so many bytes more? */
static int check_room(const struct job *j, uint64_t bytes)
{
	struct statvfs disk;
	uint64_t room;

	if (statvfs(j->folder, &disk))
		return error_errno(j->e, errno, "cannot look at the disk of %s", j->folder);
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (bytes <= room)
		return 0;
	return error_set(j->e, ERROR_CONFIG,
			 "cannot unpack %s: at least %" PRIu64 " bytes more are needed, and the "
			 "disk of %s has %" PRIu64 " free: make room or name a folder on another "
			 "disk (TMPDIR)",
			 j->path, bytes, j->folder, room);
}

static la_ssize_t feed(struct archive *a, void *user, const void **data)
{
	struct job *j = user;
	size_t n;

	(void)a;
	if (j->failed || unpack_stream_next(j->stream, data, &n, j->e)) {
		j->failed = true;
		return -1;
	}
	j->stream_sum += n;
	j->zeros = unpack_zeros(j->zeros, *data, n);
	if (j->stream_sum > j->budget + (j->entries_nr + 16) * OVERHEAD) {
		too_large(j);
		j->failed = true;
		return -1;
	}
	return (la_ssize_t)n;
}

static int tar_fail(struct job *j)
{
	const char *why = archive_error_string(j->tar);

	if (j->failed)
		return -1;
	return error_set(j->e, ERROR_DATA, "%s is cut or damaged, or no tar inside: %s", j->path,
			 why ? why : "no headers of members");
}

/* Make one folder, or find one that another member's name made. */
static int make_folder(const struct job *j, const char *path, const char *name)
{
	struct stat st;

	if (!mkdir(path, 0700))
		return 0;
	if (errno != EEXIST)
		return error_errno(j->e, errno, "cannot create %s", path);
	/* Nothing but files and folders is ever made here: no link can be met. */
	if (lstat(path, &st) || !S_ISDIR(st.st_mode))
		return refuse(j, name, "is both a file and a folder");
	return 0;
}

/* Make the folders of a path above name's last component, or with it. */
static int make_folders(const struct job *j, char *path, const char *name, bool last)
{
	char *slash = path + strlen(j->folder);

	while ((slash = strchr(slash + 1, '/'))) {
		int ret;

		*slash = 0;
		ret = make_folder(j, path, name);
		*slash = '/';
		if (ret)
			return -1;
	}
	return last ? make_folder(j, path, name) : 0;
}

static int write_block(const struct job *j, int fd, const char *path, const void *data, size_t n)
{
	const char *bytes = data;

	while (n) {
		ssize_t put = write(fd, bytes, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_set(j->e, ERROR_IO, "cannot write %s: %s", path,
					 strerror(errno));
		bytes += put;
		n -= (size_t)put;
	}
	return 0;
}

static int write_data(struct job *j, int fd, const char *path, const char *name, uint64_t size)
{
	uint64_t written = 0;
	la_int64_t offset;
	const void *data;
	size_t n;
	int status;

	j->last_zeros = 0;
	while ((status = archive_read_data_block(j->tar, &data, &n, &offset)) == ARCHIVE_OK) {
		if ((uint64_t)offset != written || n > size - written)
			return refuse(j, name, "has holes or another size than it says");
		if (write_block(j, fd, path, data, n))
			return -1;
		written += n;
		j->last_zeros = unpack_zeros(j->last_zeros, data, n);
	}
	if (status != ARCHIVE_EOF)
		return tar_fail(j);
	return written == size ? 0 : refuse(j, name, "has another size than it says");
}

static int write_file(struct job *j, const char *path, const char *name, uint64_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int ret;

	if (fd < 0 && (errno == EEXIST || errno == EISDIR))
		return refuse(j, name, "is there twice");
	if (fd < 0)
		return error_errno(j->e, errno, "cannot create %s", path);
	ret = write_data(j, fd, path, name, size);
	if (close(fd) && !ret)
		ret = error_errno(j->e, errno, "cannot write %s", path);
	return ret;
}

/* Why an entry is no plain file or folder, or NULL. */
static const char *entry_fault(struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);

	if (archive_entry_hardlink(entry) || type == AE_IFLNK)
		return "is a link, no file of a product";
	if (type != AE_IFREG && type != AE_IFDIR)
		return "is a device or a pipe, no file of a product";
	if (archive_entry_sparse_count(entry))
		return "is a sparse file, no file of a product";
	if (type == AE_IFREG &&
	    (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0))
		return "has no size";
	return NULL;
}

static int take_size(struct job *j, uint64_t size)
{
	if (size > j->budget - j->sum)
		return too_large(j);
	j->sum += size;
	j->last_size = size;
	j->last_zeros = 0;
	return check_room(j, size);
}

static int unpack_entry(struct job *j, struct archive_entry *entry, const char *raw)
{
	bool is_folder = archive_entry_filetype(entry) == AE_IFDIR;
	uint64_t size = is_folder ? 0 : (uint64_t)archive_entry_size(entry);
	const char *fault = entry_fault(entry);
	char name[UNPACK_NAME_SIZE], *path;
	int ret;

	if (!fault)
		fault = unpack_plain_name(raw, is_folder, name);
	if (!fault && !is_folder && !name[0])
		fault = "is a file with the name of a folder";
	if (fault)
		return refuse(j, raw, fault);
	if (take_size(j, size))
		return -1;
	/* "./" is the folder itself. */
	if (!name[0])
		return 0;
	path = path_join(j->folder, name);
	if (!path)
		return error_nomem(j->e, "a path");
	ret = make_folders(j, path, name, is_folder);
	if (!ret && !is_folder) {
		ret = write_file(j, path, name, size);
		j->files_nr++;
	}
	free(path);
	return ret;
}

/* Names that the locale cannot spell are there as UTF-8 only. */
static const char *entry_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	return name ? name : archive_entry_pathname_utf8(entry);
}

static int unpack_entries(struct job *j)
{
	struct archive_entry *entry;
	int status;

	while ((status = archive_read_next_header(j->tar, &entry)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN) {
		const char *name = entry_name(entry);

		/* A warning is about owners, times and letters; what counts is looked at here. */
		if (!name)
			return tar_fail(j);
		if (++j->entries_nr > UNPACK_ENTRIES_MAX)
			return error_set(j->e, ERROR_DATA,
					 "%s holds more than %d members: not a product", j->path,
					 UNPACK_ENTRIES_MAX);
		if (unpack_entry(j, entry, name))
			return -1;
	}
	return status == ARCHIVE_EOF ? 0 : tar_fail(j);
}

/*
 * Read what is left of the stream, as its checksum stands at its end.  A tar ends with a block of
 * zeros, which libarchive does not ask for; without it, members may be missing.
 */
static int check_end(struct job *j)
{
	uint64_t padding = (BLOCK - j->last_size % BLOCK) % BLOCK;
	const void *data;
	la_ssize_t n;

	do {
		n = feed(j->tar, j, &data);
	} while (n > 0);
	if (n < 0)
		return -1;
	if (j->zeros < j->last_zeros + padding + BLOCK)
		return error_set(j->e, ERROR_DATA,
				 "%s is cut: the tar in it ends without its end marker", j->path);
	if (!j->files_nr)
		return error_set(j->e, ERROR_DATA, "%s is empty: it holds no file", j->path);
	return 0;
}

static int open_tar(struct job *j)
{
	j->tar = archive_read_new();
	if (!j->tar)
		return error_nomem(j->e, "libarchive");
	if (archive_read_support_format_tar(j->tar) != ARCHIVE_OK ||
	    archive_read_open2(j->tar, j, NULL, feed, NULL, NULL) != ARCHIVE_OK)
		return tar_fail(j);
	return 0;
}

static int set_budget(struct job *j)
{
	uint64_t size, allowed;

	if (file_size(j->path, &size, j->e))
		return -1;
	allowed = size * UNPACK_RATIO_MAX;
	if (allowed < (uint64_t)UNPACK_RATIO_FREE)
		allowed = (uint64_t)UNPACK_RATIO_FREE;
	j->budget = allowed < (uint64_t)j->max_bytes ? allowed : (uint64_t)j->max_bytes;
	/* No compression makes an archive of images larger than they are, but by a trifle. */
	return check_room(j, size - size / 64);
}

int unpack_archive(const char *archive, const char *folder, int64_t max_bytes, struct error *e)
{
	struct job j = { .path = archive, .folder = folder, .max_bytes = max_bytes, .e = e };
	int ret = -1;

	if (set_budget(&j) || unpack_stream_open(&j.stream, archive, e))
		return -1;
	if (!open_tar(&j) && !unpack_entries(&j) && !check_end(&j))
		ret = 0;
	archive_read_free(j.tar);
	unpack_stream_close(j.stream);
	return ret;
}
