/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/unpack.h"

#include <stdlib.h>
#include <string.h>

#include <cpl_conv.h>
#include <cpl_string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/unpack_internal.h"

static int by_name(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* A file may be there once; folders may be named again. */
static int check_names(const char *archive, struct members *m, struct error *e)
{
	size_t files = 0;

	if (m->nr)
		qsort(m->list, m->nr, sizeof(*m->list), by_name);
	for (size_t i = 0; i < m->nr; i++) {
		const struct member *x = &m->list[i];

		files += !x->folder;
		if (i && !strcmp(x->name, x[-1].name) && !(x->folder && x[-1].folder))
			return error_set(e, ERROR_DATA, "%s: its member '%s' is there twice",
					 archive, unpack_show(x->name).text);
	}
	return files ? 0 : error_set(e, ERROR_DATA, "%s is empty: it holds no file", archive);
}

static int read_members(const char *archive, int64_t max_bytes, struct members *m, struct error *e)
{
	char magic[4] = { 0 };
	struct probe p;
	int ret = -1;

	if (probe_open(&p, archive, e))
		return -1;
	if (p.size < sizeof(magic))
		error_set(e, ERROR_DATA, "%s is cut: %llu bytes are no archive", archive,
			  (unsigned long long)p.size);
	else if (!probe_read(&p, 0, magic, sizeof(magic), e))
		ret = memcmp(magic, "PK", 2) ? unpack_tar_members(&p, max_bytes, m, e)
					     : unpack_zip_members(&p, max_bytes, m, e);
	probe_close(&p);
	return ret ? ret : check_names(archive, m, e);
}

int unpack_check(const char *archive, int64_t max_bytes, struct error *e)
{
	struct members m = { 0 };
	int ret = read_members(archive, max_bytes, &m, e);

	unpack_members_release(&m);
	return ret;
}

/* Does GDAL find this file with this size? */
static bool sees(const char *root, const struct member *x)
{
	char *path = path_join(root, x->name);
	VSIStatBufL st;
	bool seen = path && !VSIStatL(path, &st) && VSI_ISREG(st.st_mode) &&
		    (uint64_t)st.st_size == x->size;

	free(path);
	return seen;
}

/* The files that GDAL lists in an archive. */
static size_t count_listed(const char *root)
{
	char **list = VSIReadDirRecursive(root);
	size_t n = 0;

	for (char **name = list; name && *name; name++)
		n += **name && (*name)[strlen(*name) - 1] != '/';
	CSLDestroy(list);
	return n;
}

int unpack_seen(const char *archive, const char *root, bool *seen, struct error *e)
{
	struct members m = { 0 };
	struct gdal_errors said;
	struct error dropped;
	size_t files = 0;

	if (read_members(archive, UNPACK_BYTES_MAX, &m, e)) {
		unpack_members_release(&m);
		return -1;
	}
	gdal_begin(&said);
	*seen = true;
	for (size_t i = 0; i < m.nr && *seen; i++) {
		files += !m.list[i].folder;
		*seen = m.list[i].folder || sees(root, &m.list[i]);
	}
	*seen = *seen && count_listed(root) == files;
	*seen = !gdal_end(&said, &dropped, ERROR_DATA, "%s", archive) && *seen;
	unpack_members_release(&m);
	return 0;
}
