/* SPDX-License-Identifier: Apache-2.0
 *
 * The headers of a plain tar: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU long names.
 */
#include "pipeline/io/unpack_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK	   512
#define EXTRA_MAX  65536 /* bytes of one extended header */
#define EXTRAS_MAX 8	 /* extended headers before one member */

/* Where the fields of a header block are. */
enum field { NAME = 0, SIZE = 124, CHECKSUM = 148, TYPE = 156, MAGIC = 257, PREFIX = 345 };
enum width { NAME_WIDTH = 100, NUMBER_WIDTH = 12, CHECKSUM_WIDTH = 8, PREFIX_WIDTH = 155 };

struct walk {
	struct probe *p;
	uint64_t at;		     /* of the next header */
	uint64_t start;		     /* of the first header of this member */
	unsigned char block[BLOCK];  /* the header */
	char name[UNPACK_NAME_SIZE]; /* from extended headers; "": the header's own */
	uint64_t size;		     /* likewise, if has_size */
	bool has_size;
	int extras_nr;
};

static int damaged(const struct walk *w, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s is damaged: %s at byte %" PRIu64, w->p->path, what,
			 w->at);
}

static bool is_zero(const unsigned char *block)
{
	return !block[0] && !memcmp(block, block + 1, BLOCK - 1);
}

/* Octal digits, blanks around them; or, of GNU, big-endian after a byte 0x80. */
static bool read_number(const unsigned char *b, size_t n, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	if (b[0] == 0x80) {
		for (i = 1; i + 8 < n; i++)
			if (b[i])
				return false;
		*out = probe_big(b + n - 8, 8);
		return true;
	}
	while (i < n && b[i] == ' ')
		i++;
	for (; i < n && b[i] >= '0' && b[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(b[i] - '0');
	return i == n || b[i] == ' ' || b[i] == 0;
}

/* The sum of the header's bytes, its own field as blanks; old programs summed signed bytes. */
static bool checksum_fits(const unsigned char *b)
{
	uint64_t said;
	int64_t sum = 0, signed_sum = 0;

	if (!read_number(b + CHECKSUM, CHECKSUM_WIDTH, &said))
		return false;
	for (int i = 0; i < BLOCK; i++) {
		bool own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_WIDTH;

		sum += own ? ' ' : b[i];
		signed_sum += own ? ' ' : (signed char)b[i];
	}
	return (int64_t)said == sum || (int64_t)said == signed_sum;
}

bool unpack_is_tar(const unsigned char *block)
{
	return !is_zero(block) && checksum_fits(block);
}

/* "<prefix>/<name>" of ustar; other tars keep times where ustar has the prefix. */
static void own_name(const struct walk *w, char name[UNPACK_NAME_SIZE])
{
	const char *b = (const char *)w->block;
	size_t n = 0;

	if (!memcmp(b + MAGIC, "ustar\0", 6) && b[PREFIX]) {
		n = strnlen(b + PREFIX, PREFIX_WIDTH);
		memcpy(name, b + PREFIX, n);
		name[n++] = '/';
	}
	memcpy(name + n, b + NAME, NAME_WIDTH);
	name[n + strnlen(b + NAME, NAME_WIDTH)] = 0;
}

static int keep_name(struct walk *w, const char *value, size_t n, struct error *e)
{
	if (n >= sizeof(w->name) || memchr(value, 0, n))
		return damaged(w, "an impossible name", e);
	memcpy(w->name, value, n);
	w->name[n] = 0;
	return 0;
}

/* One record "key=value" of a pax header; global: of all members that follow. */
static int use_record(struct walk *w, const char *record, size_t n, bool global, struct error *e)
{
	const char *equals = memchr(record, '=', n);
	size_t key = equals ? (size_t)(equals - record) : n, rest = equals ? n - key - 1 : 0;
	bool path = key == 4 && !memcmp(record, "path", 4);
	bool size = key == 4 && !memcmp(record, "size", 4);

	if (key > 10 && !memcmp(record, "GNU.sparse", 10))
		return damaged(w, "a sparse member, which cannot be read", e);
	if (!equals || (global && (path || size)))
		return damaged(w, "an impossible extended header", e);
	if (path)
		return keep_name(w, equals + 1, rest, e);
	if (!size)
		return 0;
	w->has_size = true;
	w->size = 0;
	for (size_t i = 0; i < rest; i++) {
		unsigned digit = (unsigned char)equals[1 + i] - (unsigned)'0';

		if (digit > 9 || i > 18)
			return damaged(w, "an impossible size", e);
		w->size = 10 * w->size + digit;
	}
	return 0;
}

/* Records "<length> <key>=<value>\n", the length counting all of itself. */
static int use_pax(struct walk *w, const char *text, size_t n, bool global, struct error *e)
{
	while (n) {
		size_t length = 0, i = 0;

		for (; i < n && i < 6 && text[i] >= '0' && text[i] <= '9'; i++)
			length = 10 * length + (size_t)(text[i] - '0');
		if (!i || i == n || text[i] != ' ' || length > n || length < i + 3 ||
		    text[length - 1] != '\n')
			return damaged(w, "an impossible extended header", e);
		if (use_record(w, text + i + 1, length - i - 2, global, e))
			return -1;
		text += length;
		n -= length;
	}
	return 0;
}

static int cut(const struct walk *w, const char *name, uint64_t end, struct error *e)
{
	return error_set(e, ERROR_DATA,
			 "%s is cut: %" PRIu64 " bytes are there, and its member '%s' ends at byte "
			 "%" PRIu64,
			 w->p->path, w->p->size, unpack_show(name).text, end);
}

static uint64_t padded(uint64_t size)
{
	return (size + BLOCK - 1) / BLOCK * BLOCK;
}

/* An extended header of this many bytes behind w->at: of pax, or a long name. */
static int use_extra(struct walk *w, char type, uint64_t size, struct error *e)
{
	char *text;
	int ret = -1;

	if (size > EXTRA_MAX || ++w->extras_nr > EXTRAS_MAX)
		return damaged(w, "too long an extended header", e);
	if (!probe_inside(w->p, w->at, size))
		return cut(w, "(extended header)", w->at + size, e);
	text = calloc(size + 1, 1);
	if (!text)
		return error_nomem(e, "a header");
	if (probe_read(w->p, w->at, text, (size_t)size, e))
		goto out;
	if (type == 'L')
		ret = keep_name(w, text, strlen(text), e);
	else
		ret = type == 'K' ? 0 : use_pax(w, text, (size_t)size, type == 'g', e);
	w->at += padded(size);
out:
	free(text);
	return ret;
}

static int refuse_type(const struct walk *w, char type, const char *name, struct error *e)
{
	static const struct {
		char type;
		const char *what;
	} kinds[] = {
		{ '1', "a link" },   { '2', "a link" }, { '3', "a device" },
		{ '4', "a device" }, { '6', "a pipe" }, { 'S', "a sparse file" },
	};
	const char *what = "of an unknown kind";

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			what = kinds[i].what;
	return error_set(e, ERROR_DATA, "%s: its member '%s' is %s, no file of a product",
			 w->p->path, unpack_show(name).text, what);
}

/* The member whose header is in w->block; its data begin at w->at. */
static int use_member(struct walk *w, char type, uint64_t size, int64_t max_bytes,
		      struct members *m, struct error *e)
{
	struct member member = { .start = w->start };
	char name[UNPACK_NAME_SIZE];

	own_name(w, name);
	if (w->name[0])
		memcpy(name, w->name, sizeof(name));
	if (!strchr("057", type))
		return refuse_type(w, type, name, e);
	/* Tars of before 1988 know a folder by its slash alone. */
	member.folder = type == '5' || (type == '0' && name[0] && name[strlen(name) - 1] == '/');
	if (!member.folder)
		member.size = w->has_size ? w->size : size;
	if (unpack_add(m, w->p->path, name, &member, max_bytes, e))
		return -1;
	if (!probe_inside(w->p, w->at, member.size))
		return cut(w, name, w->at + member.size, e);
	w->at += padded(member.size);
	w->name[0] = 0;
	w->has_size = false;
	w->extras_nr = 0;
	w->start = w->at;
	return 0;
}

static int use_header(struct walk *w, int64_t max_bytes, struct members *m, struct error *e)
{
	char type = w->block[TYPE] ? (char)w->block[TYPE] : '0';
	uint64_t size;

	if (!checksum_fits(w->block) || !read_number(w->block + SIZE, NUMBER_WIDTH, &size))
		return damaged(w, "no header of a member", e);
	w->at += BLOCK;
	return strchr("xXgLKV", type) ? use_extra(w, type, size, e)
				      : use_member(w, type, size, max_bytes, m, e);
}

int unpack_tar_members(struct probe *p, int64_t max_bytes, struct members *m, struct error *e)
{
	struct walk w = { .p = p };

	for (;;) {
		if (!probe_inside(p, w.at, BLOCK))
			return error_set(e, ERROR_DATA,
					 "%s is cut: it ends at byte %" PRIu64
					 " without a tar archive's end marker",
					 p->path, p->size);
		if (probe_read(p, w.at, w.block, BLOCK, e))
			return -1;
		if (is_zero(w.block))
			return w.extras_nr ? damaged(&w, "an end in the middle of a member", e) : 0;
		if (use_header(&w, max_bytes, m, e))
			return -1;
	}
}
