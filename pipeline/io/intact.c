/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/intact.h"

#include <string.h>

#include "pipeline/io/intact_internal.h"

int intact_cut(const struct probe *p, uint64_t offset, uint64_t n, struct error *e,
	       const char *what)
{
	unsigned long long end = offset + n;

	if (end < n)
		return error_set(e, ERROR_DATA, "%s is damaged: %s lies at an impossible place",
				 p->path, what);
	if (end <= p->size)
		return error_set(e, ERROR_DATA, "%s is damaged: %s is longer than its place",
				 p->path, what);
	return error_set(e, ERROR_DATA, "%s is cut: %llu of %llu bytes are there (%s)", p->path,
			 (unsigned long long)p->size, end, what);
}

static const struct {
	const char *bytes;
	size_t n;
	int (*check)(struct probe *p, struct error *e);
} formats[] = {
	{ "II*\0", 4, intact_tiff },
	{ "MM\0*", 4, intact_tiff },
	{ "II+\0", 4, intact_tiff },
	{ "MM\0+", 4, intact_tiff },
	{ "\0\0\0\x0cjP  \r\n\x87\n", 12, intact_jp2 },
	{ "\xff\x4f\xff\x51", 4, intact_jp2 },
};

static int check_format(struct probe *p, struct error *e)
{
	char head[12] = { 0 };
	size_t n = p->size < sizeof(head) ? (size_t)p->size : sizeof(head);

	if (!n)
		return error_set(e, ERROR_DATA, "%s is empty", p->path);
	if (probe_read(p, 0, head, n, e))
		return -1;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (n >= formats[i].n && !memcmp(head, formats[i].bytes, formats[i].n))
			return formats[i].check(p, e);
	/* A download that was given its room beforehand has zeros where nothing came yet. */
	if (head[0] == 0 && !memcmp(head, head + 1, n - 1) && n > 1)
		return error_set(e, ERROR_DATA, "%s begins with zeros: nothing has been written",
				 p->path);
	return error_set(e, ERROR_DATA, "%s is neither a TIFF nor a JPEG 2000 file", p->path);
}

int intact_check(const char *path, struct error *e)
{
	struct probe p;
	int ret;

	if (probe_open(&p, path, e))
		return -1;
	ret = check_format(&p, e);
	probe_close(&p);
	return ret;
}
