/* SPDX-License-Identifier: Apache-2.0
 *
 * The central directory of a zip (PKWARE APPNOTE 6.3), and the local headers that it names.
 */
#include "pipeline/io/unpack_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DIRECTORY_MAX (64 << 20) /* bytes of the central directory */
#define COMMENT_MAX   65535
#define DEFLATE_RATIO 1032 /* to which deflate can pack at best */

enum length { LOCAL = 30, CENTRAL = 46, END = 22, LOCATOR64 = 20, END64 = 56 };

enum flag { FLAG_ENCRYPTED = 1 << 0, FLAG_STRONG = 1 << 6, FLAG_MASKED = 1 << 13 };

enum method { METHOD_STORED = 0, METHOD_DEFLATE = 8 };

#define MADE_BY_UNIX 3

struct directory {
	struct probe *p;
	uint64_t at, size, entries_nr;
	unsigned char *bytes;
};

/* An entry of the central directory. */
struct entry {
	uint64_t flags, method, packed, unpacked, local;
	mode_t mode; /* 0: not said */
	char name[UNPACK_NAME_SIZE];
};

static int damaged(const struct probe *p, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s is damaged: %s", p->path, what);
}

static int cut(const struct probe *p, struct error *e)
{
	return error_set(
		e, ERROR_DATA,
		"%s is cut, or other bytes were put behind it: no zip ends at byte %" PRIu64,
		p->path, p->size);
}

static bool is_signed(const unsigned char *b, const char *signature)
{
	return !memcmp(b, signature, 4);
}

static int refuse(const struct probe *p, const char *name, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s: its member '%s' %s", p->path, unpack_show(name).text,
			 what);
}

/* Where the end record is: the last that reaches exactly to the end of the file. */
static int find_end(struct probe *p, uint64_t *at, unsigned char end[END], struct error *e)
{
	size_t n = p->size < END + COMMENT_MAX ? (size_t)p->size : END + COMMENT_MAX;
	unsigned char *tail = malloc(n ? n : 1);
	int ret = -1;

	if (!tail)
		return error_nomem(e, "the end of a zip");
	if (probe_read(p, p->size - n, tail, n, e))
		goto out;
	for (size_t i = END; i <= n && ret; i++) {
		const unsigned char *b = tail + n - i;

		if (!is_signed(b, "PK\5\6") || probe_little(b + 20, 2) != i - END)
			continue;
		memcpy(end, b, END);
		*at = p->size - i;
		ret = 0;
	}
	if (ret)
		cut(p, e);
out:
	free(tail);
	return ret;
}

/* The end record of zip64, if its locator stands before the plain one at `at`. */
static int use_end64(struct directory *d, uint64_t *at, struct error *e)
{
	unsigned char b[END64];
	uint64_t place;

	if (*at < LOCATOR64)
		return 0;
	if (probe_read(d->p, *at - LOCATOR64, b, LOCATOR64, e))
		return -1;
	if (!is_signed(b, "PK\6\7"))
		return 0;
	place = probe_little(b + 8, 8);
	if (!probe_inside(d->p, place, END64) || place + END64 > *at - LOCATOR64)
		return cut(d->p, e);
	if (probe_read(d->p, place, b, END64, e))
		return -1;
	if (!is_signed(b, "PK\6\6") || probe_little(b + 16, 8))
		return damaged(d->p, "no end record of a zip64", e);
	d->entries_nr = probe_little(b + 32, 8);
	d->size = probe_little(b + 40, 8);
	d->at = probe_little(b + 48, 8);
	*at = place;
	return 0;
}

static int read_directory(struct directory *d, struct error *e)
{
	unsigned char end[END];
	uint64_t at = 0;

	if (find_end(d->p, &at, end, e))
		return -1;
	if (probe_little(end + 4, 4))
		return error_set(e, ERROR_DATA, "%s is one part of a zip in several files",
				 d->p->path);
	d->entries_nr = probe_little(end + 10, 2);
	d->size = probe_little(end + 12, 4);
	d->at = probe_little(end + 16, 4);
	if (use_end64(d, &at, e))
		return -1;
	if (d->at > at || d->size != at - d->at)
		return damaged(d->p, "bytes are missing or too many before the zip's directory", e);
	if (d->size > DIRECTORY_MAX || d->entries_nr > UNPACK_ENTRIES_MAX)
		return error_set(e, ERROR_DATA, "%s holds more than %d members: not a product",
				 d->p->path, UNPACK_ENTRIES_MAX);
	d->bytes = malloc(d->size ? (size_t)d->size : 1);
	if (!d->bytes)
		return error_nomem(e, "the directory of a zip");
	return probe_read(d->p, d->at, d->bytes, (size_t)d->size, e);
}

/* The next 8 bytes of a zip64 extra field where the plain field is full. */
static bool use_wide(uint64_t *value, const unsigned char **b, size_t *n)
{
	if (*value != UINT32_MAX)
		return true;
	if (*n < 8)
		return false;
	*value = probe_little(*b, 8);
	*b += 8;
	*n -= 8;
	return true;
}

/* Sizes and place from the zip64 extra field (4.5.3), if there is one. */
static bool use_extras(struct entry *x, const unsigned char *b, size_t n)
{
	while (n >= 4) {
		size_t length = (size_t)probe_little(b + 2, 2);
		bool wide = probe_little(b, 2) == 1;

		b += 4;
		n -= 4;
		if (length > n)
			return false;
		if (wide) {
			const unsigned char *field = b;
			size_t left = length;

			return use_wide(&x->unpacked, &field, &left) &&
			       use_wide(&x->packed, &field, &left) &&
			       use_wide(&x->local, &field, &left);
		}
		b += length;
		n -= length;
	}
	return true;
}

/* The entry at *offset of the directory; *offset moves behind it. */
static int read_entry(const struct directory *d, size_t *offset, struct entry *x, struct error *e)
{
	const unsigned char *b = d->bytes + *offset;
	size_t left = (size_t)d->size - *offset, name, extra, comment;

	if (left < CENTRAL || !is_signed(b, "PK\1\2"))
		return damaged(d->p, "the zip's directory lacks members", e);
	name = (size_t)probe_little(b + 28, 2);
	extra = (size_t)probe_little(b + 30, 2);
	comment = (size_t)probe_little(b + 32, 2);
	if (left - CENTRAL < name + extra + comment)
		return damaged(d->p, "the zip's directory lacks members", e);
	if (name >= sizeof(x->name) || memchr(b + CENTRAL, 0, name))
		return damaged(d->p, "a member has an impossible name", e);
	memcpy(x->name, b + CENTRAL, name);
	x->name[name] = 0;
	x->flags = probe_little(b + 8, 2);
	x->method = probe_little(b + 10, 2);
	x->packed = probe_little(b + 20, 4);
	x->unpacked = probe_little(b + 24, 4);
	x->local = probe_little(b + 42, 4);
	x->mode = b[5] == MADE_BY_UNIX ? (mode_t)probe_little(b + 40, 2) : 0;
	*offset += CENTRAL + name + extra + comment;
	if (!use_extras(x, b + CENTRAL + name, extra))
		return refuse(d->p, x->name, "has a damaged entry", e);
	return 0;
}

/* Why an entry cannot be a file of a product, or NULL. */
static const char *entry_fault(const struct entry *x)
{
	if (x->flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED))
		return "is encrypted";
	if ((x->mode & S_IFMT) && !S_ISREG(x->mode) && !S_ISDIR(x->mode))
		return "is a link or a device, no file of a product";
	if (x->method != METHOD_STORED && x->method != METHOD_DEFLATE)
		return "is packed by a method other than deflate: unpack the zip and name the "
		       "folder";
	if (x->method == METHOD_STORED ? x->packed != x->unpacked
				       : x->unpacked / DEFLATE_RATIO > x->packed)
		return "has an impossible size";
	return NULL;
}

/* Where the data of an entry end, from its local header, which must be that of the same file. */
static int find_data_end(const struct directory *d, const struct entry *x, uint64_t *end,
			 struct error *e)
{
	unsigned char b[LOCAL];
	char name[UNPACK_NAME_SIZE];
	size_t length = strlen(x->name);
	uint64_t at = 0;

	if (x->local > d->at || d->at - x->local < LOCAL + length)
		return refuse(d->p, x->name, "lies outside the zip", e);
	if (probe_read(d->p, x->local, b, LOCAL, e) ||
	    probe_read(d->p, x->local + LOCAL, name, length, e))
		return -1;
	if (!is_signed(b, "PK\3\4") || probe_little(b + 8, 2) != x->method ||
	    probe_little(b + 26, 2) != length || memcmp(name, x->name, length))
		return refuse(d->p, x->name, "is not where the zip's directory says", e);
	at = x->local + LOCAL + length + probe_little(b + 28, 2);
	if (at > d->at || x->packed > d->at - at)
		return refuse(d->p, x->name, "lies outside the zip", e);
	*end = at + x->packed;
	return 0;
}

static int add_entry(const struct directory *d, const struct entry *x, int64_t max_bytes,
		     struct members *m, struct error *e)
{
	struct member member = { .size = x->unpacked, .start = x->local };
	const char *fault = entry_fault(x);
	char name[UNPACK_NAME_SIZE];

	if (fault)
		return refuse(d->p, x->name, fault, e);
	if (find_data_end(d, x, &member.end, e))
		return -1;
	/* Old programs on Windows wrote backslashes; GDAL reads them as slashes, too. */
	memcpy(name, x->name, sizeof(name));
	for (char *c = name; *c; c++)
		if (*c == '\\')
			*c = '/';
	member.folder = name[0] && name[strlen(name) - 1] == '/';
	return unpack_add(m, d->p->path, name, &member, max_bytes, e);
}

static int by_start(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static int check_overlap(const struct probe *p, struct members *m, struct error *e)
{
	if (m->nr)
		qsort(m->list, m->nr, sizeof(*m->list), by_start);
	for (size_t i = 1; i < m->nr; i++)
		if (m->list[i - 1].end > m->list[i].start)
			return refuse(p, m->list[i].name, "overlaps with another", e);
	return 0;
}

int unpack_zip_members(struct probe *p, int64_t max_bytes, struct members *m, struct error *e)
{
	struct directory d = { .p = p };
	struct entry *x = calloc(1, sizeof(*x));
	size_t offset = 0;
	int ret = -1;

	if (!x) {
		error_nomem(e, "a member of a zip");
		goto out;
	}
	if (read_directory(&d, e) || !d.bytes)
		goto out;
	for (uint64_t i = 0; i < d.entries_nr; i++)
		if (read_entry(&d, &offset, x, e) || add_entry(&d, x, max_bytes, m, e))
			goto out;
	if (offset != d.size)
		damaged(p, "the zip's directory has too many members", e);
	else
		ret = check_overlap(p, m, e);
out:
	free(x);
	free(d.bytes);
	return ret;
}
