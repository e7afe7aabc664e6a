/* SPDX-License-Identifier: Apache-2.0
 *
 * TIFF 6.0 and BigTIFF, either byte order: directories, and where the blocks lie.
 */
#include "pipeline/io/intact_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DIRECTORIES_MAX 1024
#define ENTRIES_MAX	4096 /* tags of one directory */
#define SUBIFDS_MAX	256  /* directories that one directory names */
#define BLOCKS_MAX	(1 << 24)
#define CHUNK		1024 /* blocks looked at together */

enum tag {
	TAG_WIDTH = 256,
	TAG_HEIGHT = 257,
	TAG_STRIP_OFFSETS = 273,
	TAG_SAMPLES = 277,
	TAG_ROWS_PER_STRIP = 278,
	TAG_STRIP_BYTES = 279,
	TAG_PLANAR = 284,
	TAG_TILE_WIDTH = 322,
	TAG_TILE_HEIGHT = 323,
	TAG_TILE_OFFSETS = 324,
	TAG_TILE_BYTES = 325,
	TAG_SUBIFD = 330,
};

/* The values of a tag: count of width bytes each, from byte at on; count 0: no such tag. */
struct values {
	uint64_t count, at;
	size_t width;
};

/* What matters of one directory. */
struct directory {
	uint64_t side[2], block[2]; /* pixels: x, y; block 0: not said */
	uint64_t samples, planar, rows;
	struct values offsets[2], bytes[2]; /* of strips, of tiles */
	struct values children;
	uint64_t next;
};

struct tiff {
	struct probe *p;
	bool big_endian, big;
	uint64_t places
		[DIRECTORIES_MAX]; /* of the directories met; the first done of them are read */
	size_t places_nr, done;
	uint64_t blocks_nr;
};

static uint64_t number(const struct tiff *t, const unsigned char *bytes, size_t n)
{
	return t->big_endian ? probe_big(bytes, n) : probe_little(bytes, n);
}

static int damaged(const struct tiff *t, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s is damaged: %s", t->p->path, what);
}

static int take(struct tiff *t, uint64_t at, void *data, size_t n, const char *what,
		struct error *e)
{
	if (!probe_inside(t->p, at, n))
		return intact_cut(t->p, at, n, e, what);
	return probe_read(t->p, at, data, n, e);
}

/* Note a directory to be read; one that is known already is a loop. */
static int add_place(struct tiff *t, uint64_t at, struct error *e)
{
	for (size_t i = 0; i < t->places_nr; i++)
		if (t->places[i] == at)
			return damaged(t, "its directories form a loop", e);
	if (t->places_nr == DIRECTORIES_MAX)
		return damaged(t, "it has too many directories", e);
	t->places[t->places_nr++] = at;
	return 0;
}

/* Bytes of one value of a tag's type; 0: no such type. */
static size_t type_width(uint64_t type)
{
	static const unsigned char widths[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
						8, 4, 8, 4, 0, 0, 8, 8, 8 };

	return type < sizeof(widths) ? widths[type] : 0;
}

/* Where a tag's values are kept: number n of them. */
static int value_at(struct tiff *t, const struct values *v, uint64_t n, uint64_t *out,
		    struct error *e)
{
	unsigned char b[8];

	if (take(t, v->at + n * v->width, b, v->width, "a directory", e))
		return -1;
	*out = number(t, b, v->width);
	return 0;
}

static int set_number(struct tiff *t, const struct values *v, uint64_t *out, struct error *e)
{
	return v->count ? value_at(t, v, 0, out, e) : 0;
}

static int use_tag(struct tiff *t, struct directory *d, uint64_t tag, const struct values *v,
		   struct error *e)
{
	switch (tag) {
	case TAG_WIDTH:
		return set_number(t, v, &d->side[0], e);
	case TAG_HEIGHT:
		return set_number(t, v, &d->side[1], e);
	case TAG_TILE_WIDTH:
		return set_number(t, v, &d->block[0], e);
	case TAG_TILE_HEIGHT:
		return set_number(t, v, &d->block[1], e);
	case TAG_SAMPLES:
		return set_number(t, v, &d->samples, e);
	case TAG_PLANAR:
		return set_number(t, v, &d->planar, e);
	case TAG_ROWS_PER_STRIP:
		return set_number(t, v, &d->rows, e);
	case TAG_STRIP_OFFSETS:
	case TAG_TILE_OFFSETS:
		d->offsets[tag == TAG_TILE_OFFSETS] = *v;
		return 0;
	case TAG_STRIP_BYTES:
	case TAG_TILE_BYTES:
		d->bytes[tag == TAG_TILE_BYTES] = *v;
		return 0;
	case TAG_SUBIFD:
		d->children = *v;
		return 0;
	default:
		return 0;
	}
}

/* One entry of a directory, b, which lies at byte at of the file. */
static int read_entry(struct tiff *t, struct directory *d, uint64_t at, const unsigned char *b,
		      struct error *e)
{
	size_t word = t->big ? 8 : 4;
	struct values v = {
		.count = number(t, b + 4, word),
		.at = at + 4 + word,
		.width = type_width(number(t, b + 2, 2)),
	};

	/* Readers pass over types that they do not know. */
	if (!v.width)
		return 0;
	if (v.count > UINT64_MAX / 8)
		return damaged(t, "a tag has an impossible number of values", e);
	if (v.count * v.width > word) {
		v.at = number(t, b + 4 + word, word);
		if (!probe_inside(t->p, v.at, v.count * v.width))
			return intact_cut(t->p, v.at, v.count * v.width, e, "the values of a tag");
	}
	return use_tag(t, d, number(t, b, 2), &v, e);
}

static int read_directory(struct tiff *t, uint64_t at, struct directory *d, struct error *e)
{
	size_t head = t->big ? 8 : 2, size = t->big ? 20 : 12, word = t->big ? 8 : 4;
	unsigned char b[20];
	uint64_t n;

	*d = (struct directory){ .samples = 1, .planar = 1 };
	if (take(t, at, b, head, "a directory", e))
		return -1;
	n = number(t, b, head);
	if (!n || n > ENTRIES_MAX)
		return damaged(t, "a directory has an impossible number of tags", e);
	if (!probe_inside(t->p, at + head, n * size + word))
		return intact_cut(t->p, at + head, n * size + word, e, "a directory");
	for (at += head; n--; at += size)
		if (probe_read(t->p, at, b, size, e) || read_entry(t, d, at, b, e))
			return -1;
	if (probe_read(t->p, at, b, word, e))
		return -1;
	d->next = number(t, b, word);
	return 0;
}

/* Blocks that an image must have; 0: the directory does not say. */
static uint64_t blocks_wanted(const struct directory *d, bool tiled)
{
	uint64_t across = 1, down = 1;

	if (!d->side[0] || !d->side[1])
		return 0;
	if (tiled) {
		if (!d->block[0] || !d->block[1])
			return 0;
		across = (d->side[0] - 1) / d->block[0] + 1;
		down = (d->side[1] - 1) / d->block[1] + 1;
	} else if (d->rows) {
		down = (d->side[1] - 1) / d->rows + 1;
	}
	if (across > BLOCKS_MAX || down > BLOCKS_MAX || d->samples > UINT16_MAX)
		return UINT64_MAX;
	return across * down * (d->planar == 2 ? d->samples : 1);
}

/* Blocks first .. first + n - 1 lie inside the file. */
static int check_chunk(struct tiff *t, const struct values *offsets, const struct values *bytes,
		       uint64_t first, size_t n, struct error *e)
{
	unsigned char o[CHUNK * 8], b[CHUNK * 8];
	char what[64];

	if (probe_read(t->p, offsets->at + first * offsets->width, o, n * offsets->width, e) ||
	    probe_read(t->p, bytes->at + first * bytes->width, b, n * bytes->width, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		uint64_t at = number(t, o + i * offsets->width, offsets->width);
		uint64_t size = number(t, b + i * bytes->width, bytes->width);

		if (!size || (at >= 8 && probe_inside(t->p, at, size)))
			continue;
		snprintf(what, sizeof(what), "block %" PRIu64 " of %" PRIu64, first + i + 1,
			 offsets->count);
		if (at < 8)
			return damaged(t, "a block lies in its header", e);
		return intact_cut(t->p, at, size, e, what);
	}
	return 0;
}

static int check_blocks(struct tiff *t, const struct directory *d, bool tiled, struct error *e)
{
	const struct values *offsets = &d->offsets[tiled], *bytes = &d->bytes[tiled];
	uint64_t wanted = blocks_wanted(d, tiled);
	uint64_t n = offsets->count < bytes->count ? offsets->count : bytes->count;

	if (!n || n < wanted)
		return damaged(t, "it lists too few blocks", e);
	if (n > BLOCKS_MAX - t->blocks_nr)
		return damaged(t, "it has too many blocks", e);
	t->blocks_nr += n;
	for (uint64_t i = 0; i < n; i += CHUNK) {
		size_t chunk = n - i < CHUNK ? (size_t)(n - i) : CHUNK;

		if (check_chunk(t, offsets, bytes, i, chunk, e))
			return -1;
	}
	return 0;
}

static int check_directory(struct tiff *t, uint64_t at, struct error *e)
{
	struct directory d;

	if (read_directory(t, at, &d, e))
		return -1;
	if (d.next && add_place(t, d.next, e))
		return -1;
	if (d.children.count > SUBIFDS_MAX)
		return damaged(t, "it has too many directories", e);
	for (uint64_t i = 0; i < d.children.count; i++) {
		uint64_t child = 0;

		if (value_at(t, &d.children, i, &child, e) || (child && add_place(t, child, e)))
			return -1;
	}
	if (!d.offsets[0].count && !d.offsets[1].count)
		return damaged(t, "a directory has no image", e);
	for (int tiled = 0; tiled < 2; tiled++)
		if (d.offsets[tiled].count && check_blocks(t, &d, tiled, e))
			return -1;
	return 0;
}

/* Where the first directory is. */
static int read_header(struct tiff *t, uint64_t *first, struct error *e)
{
	unsigned char b[16] = { 0 };

	if (take(t, 0, b, 8, "its header", e))
		return -1;
	t->big_endian = b[0] == 'M';
	t->big = number(t, b + 2, 2) == 43;
	*first = number(t, b + 4, 4);
	if (!t->big)
		return 0;
	if (take(t, 0, b, 16, "its header", e))
		return -1;
	if (number(t, b + 4, 2) != 8 || number(t, b + 6, 2) != 0)
		return damaged(t, "no header of a BigTIFF", e);
	*first = number(t, b + 8, 8);
	return 0;
}

int intact_tiff(struct probe *p, struct error *e)
{
	struct tiff *t = calloc(1, sizeof(*t));
	uint64_t first = 0;
	int ret = -1;

	if (!t)
		return error_nomem(e, "the directories of a TIFF");
	t->p = p;
	if (read_header(t, &first, e))
		goto out;
	if (!first) {
		error_set(e, ERROR_DATA, "%s is cut: it was never written to its end", p->path);
		goto out;
	}
	if (add_place(t, first, e))
		goto out;
	while (t->done < t->places_nr)
		if (check_directory(t, t->places[t->done++], e))
			goto out;
	ret = 0;
out:
	free(t);
	return ret;
}
