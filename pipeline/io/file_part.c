/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/file_part.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#define TAR_PREFIX "/vsitar/{"
#define TAR_RECORD 512 /* POSIX.1-2017, pax: a header is one, the bytes of a file come behind it */
#define TAR_CHUNK  10240

/* No product has as many; a tar of many small files is read by GDAL. */
#define MEMBERS_MAX 10000

static bool open_regular(struct file_part *p, const char *path)
{
	struct stat st;

	p->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	p->at = 0;
	if (p->fd >= 0 && !fstat(p->fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
		p->size = (uint64_t)st.st_size;
		return true;
	}
	file_part_close(p);
	return false;
}

/* Nothing before the name that another path could lack. */
static const char *plain_name(const char *name)
{
	while (!strncmp(name, "./", 2))
		name += 2;
	return name;
}

/* Are the bytes of the member there as they are? */
static bool is_plain(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG && archive_entry_size_is_set(entry) &&
	       archive_entry_size(entry) > 0 && !archive_entry_hardlink(entry) &&
	       archive_entry_sparse_count(entry) == 0;
}

/* Take the member's part of the file, if it is one; false: nobody should. */
static bool take(struct file_part *p, struct archive *tar, struct archive_entry *entry,
		 uint64_t file_size)
{
	int64_t header = archive_read_header_position(tar);

	if (p->at || !is_plain(entry) || header < 0)
		return false;
	p->at = (uint64_t)header + TAR_RECORD;
	p->size = (uint64_t)archive_entry_size(entry);
	return p->at < file_size && p->size <= file_size - p->at;
}

/* The only member of that name. */
static bool find_member(struct file_part *p, struct archive *tar, const char *name)
{
	uint64_t file_size = p->size;
	struct archive_entry *entry;
	int status, members = 0;

	while ((status = archive_read_next_header(tar, &entry)) == ARCHIVE_OK &&
	       members++ < MEMBERS_MAX) {
		const char *path = archive_entry_pathname(entry);

		if (path && !strcmp(plain_name(path), name) && !take(p, tar, entry, file_size))
			return false;
	}
	return status == ARCHIVE_EOF && p->at;
}

/* Headers with a name too long for them have further ones in between: such a member is GDAL's. */
static bool has_own_header(const struct file_part *p, const char *name)
{
	char header[TAR_RECORD];

	return pread(p->fd, header, sizeof(header), (off_t)(p->at - TAR_RECORD)) ==
		       (ssize_t)sizeof(header) &&
	       memchr(header, 0, 100) && !strcmp(plain_name(header), name);
}

static bool open_member(struct file_part *p, const char *tar_path, const char *name)
{
	struct archive *tar;
	bool found;

	if (!open_regular(p, tar_path))
		return false;
	tar = archive_read_new();
	found = tar && archive_read_support_format_tar(tar) == ARCHIVE_OK &&
		archive_read_open_fd(tar, p->fd, TAR_CHUNK) == ARCHIVE_OK &&
		find_member(p, tar, name) && has_own_header(p, name);
	archive_read_free(tar);
	if (!found)
		file_part_close(p);
	return found;
}

bool file_part_open(struct file_part *p, const char *path)
{
	const char *end = strchr(path, '}');
	char *tar;
	bool opened;

	p->fd = -1;
	if (strncmp(path, "/vsi", 4) != 0)
		return open_regular(p, path);
	if (strncmp(path, TAR_PREFIX, strlen(TAR_PREFIX)) != 0 || !end || end[1] != '/')
		return false;
	tar = strndup(path + strlen(TAR_PREFIX), (size_t)(end - path) - strlen(TAR_PREFIX));
	opened = tar && strncmp(tar, "/vsi", 4) != 0 && open_member(p, tar, end + 2);
	free(tar);
	return opened;
}

void file_part_close(struct file_part *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}
