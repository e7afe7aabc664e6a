/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/probe.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/io/folder.h"

static int find_size(struct probe *p, struct error *e)
{
	if (VSIFSeekL(p->file, 0, SEEK_END))
		return error_set(e, ERROR_IO, "cannot read %s: its end cannot be found", p->path);
	p->size = VSIFTellL(p->file);
	return 0;
}

int probe_open(struct probe *p, const char *path, struct error *e)
{
	*p = (struct probe){ .path = path };
	/* Also keeps from opening a pipe, which would wait for a writer. */
	if (folder_check_file(path, e))
		return -1;
	gdal_begin(&p->said);
	p->file = VSIFOpenL(path, "rb");
	if (!p->file)
		error_set(e, ERROR_IO, "cannot open %s%s%s", path, p->said.count ? ": " : "",
			  p->said.first);
	if (!p->file || find_size(p, e)) {
		probe_close(p);
		return -1;
	}
	return 0;
}

void probe_close(struct probe *p)
{
	struct error heard;

	if (p->file)
		VSIFCloseL(p->file);
	p->file = NULL;
	/* What GDAL said is part of the error that its call led to; closing has nothing to add. */
	gdal_end(&p->said, &heard, ERROR_IO, "%s", p->path);
}

bool probe_inside(const struct probe *p, uint64_t offset, uint64_t n)
{
	return offset <= p->size && n <= p->size - offset;
}

int probe_read(struct probe *p, uint64_t offset, void *data, size_t n, struct error *e)
{
	bool packed = !strncmp(p->path, "/vsizip/", 8);

	if (!n)
		return 0;
	if (!VSIFSeekL(p->file, offset, SEEK_SET) && VSIFReadL(data, 1, n, p->file) == n)
		return 0;
	return error_set(e, packed ? ERROR_DATA : ERROR_IO, "cannot read %s: %zu bytes at %llu%s%s",
			 p->path, n, (unsigned long long)offset,
			 p->said.count ? ": " : " do not come", p->said.first);
}

uint64_t probe_little(const unsigned char *bytes, size_t n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | bytes[n];
	return value;
}

uint64_t probe_big(const unsigned char *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}
