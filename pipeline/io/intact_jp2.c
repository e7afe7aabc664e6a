/* SPDX-License-Identifier: Apache-2.0
 *
 * JPEG 2000, ISO/IEC 15444-1: boxes (annex I), markers of the codestream (annex A).
 */
#include "pipeline/io/intact_internal.h"

#include <stdlib.h>

#define BOXES_MAX	 4096
#define SEGMENTS_MAX	 65536	  /* marker segments before the first tile-part */
#define TILE_PARTS_MAX	 16711425 /* 65535 tiles of 255 parts */
#define TILES_MAX	 65535
#define TILE_PART_HEADER 12 /* the SOT segment with its marker */

#define BOX_CODESTREAM 0x6a703263 /* "jp2c" */

enum marker {
	MARKER_SOC = 0xff4f, /* start of codestream */
	MARKER_SIZ = 0xff51, /* image and tile size */
	MARKER_SOT = 0xff90, /* start of tile-part */
	MARKER_EOC = 0xffd9, /* end of codestream */
};

/* A codestream: bytes at..end of the file. */
struct stream {
	struct probe *p;
	uint64_t at, end;
	bool done; /* its end marker was met */
	uint32_t tiles_nr, seen_nr;
	unsigned char *seen; /* of each tile: a part of it was met */
};

static int damaged(const struct stream *s, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA, "%s is damaged: %s at byte %llu", s->p->path, what,
			 (unsigned long long)s->at);
}

/* Read n bytes at s->at if the codestream has them. */
static int take(struct stream *s, void *data, size_t n, const char *what, struct error *e)
{
	if (s->at > s->end || n > s->end - s->at)
		return intact_cut(s->p, s->at, n, e, what);
	return probe_read(s->p, s->at, data, n, e);
}

static uint64_t tiles_along(uint64_t end, uint64_t origin, uint64_t size)
{
	return size && end > origin ? (end - origin + size - 1) / size : 0;
}

/* The number of tiles, from the SIZ segment's Xsiz .. YTOsiz (A.5.1). */
static int read_size(struct stream *s, struct error *e)
{
	unsigned char b[38];
	uint64_t across, down;

	if (take(s, b, sizeof(b), "the image's size", e))
		return -1;
	across = tiles_along(probe_big(b + 6, 4), probe_big(b + 30, 4), probe_big(b + 22, 4));
	down = tiles_along(probe_big(b + 10, 4), probe_big(b + 34, 4), probe_big(b + 26, 4));
	if (!across || !down || across > TILES_MAX || down > TILES_MAX / across)
		return damaged(s, "an impossible number of tiles", e);
	s->tiles_nr = (uint32_t)(across * down);
	s->seen = calloc(s->tiles_nr, 1);
	return s->seen ? 0 : error_nomem(e, "the tiles of an image");
}

/* From the SOC marker to the first tile-part. */
static int walk_main_header(struct stream *s, struct error *e)
{
	unsigned char b[4];

	if (take(s, b, 2, "the codestream", e))
		return -1;
	if (probe_big(b, 2) != MARKER_SOC)
		return damaged(s, "no start of a codestream", e);
	s->at += 2;
	for (int i = 0; i < SEGMENTS_MAX; i++) {
		uint64_t marker, length;

		if (take(s, b, 4, "the codestream's header", e))
			return -1;
		marker = probe_big(b, 2);
		length = probe_big(b + 2, 2);
		if (marker == MARKER_SOT && s->seen)
			return 0;
		if ((marker == MARKER_SIZ) != !s->seen || marker < 0xff00 || length < 2)
			return damaged(s, "no marker of a codestream's header", e);
		if (marker == MARKER_SIZ && read_size(s, e))
			return -1;
		s->at += 2 + length;
	}
	return damaged(s, "too long a header", e);
}

/* An open-ended tile-part must be the last, and end with the EOC marker. */
static int check_open_part(struct stream *s, struct error *e)
{
	unsigned char b[2];

	if (s->end - s->at < TILE_PART_HEADER + 4)
		return intact_cut(s->p, s->at, TILE_PART_HEADER + 4, e, "a tile-part");
	if (probe_read(s->p, s->end - 2, b, 2, e))
		return -1;
	if (probe_big(b, 2) != MARKER_EOC)
		return error_set(e, ERROR_DATA,
				 "%s is cut at byte %llu: its end-of-codestream marker is missing",
				 s->p->path, (unsigned long long)s->end);
	s->done = true;
	return 0;
}

/* One tile-part, whose SOT marker is at s->at. */
static int walk_part(struct stream *s, struct error *e)
{
	unsigned char b[TILE_PART_HEADER];
	uint64_t length;
	uint32_t tile;

	if (take(s, b, sizeof(b), "the header of a tile-part", e))
		return -1;
	tile = (uint32_t)probe_big(b + 4, 2);
	length = probe_big(b + 6, 4);
	if (probe_big(b + 2, 2) != 10 || tile >= s->tiles_nr)
		return damaged(s, "no header of a tile-part", e);
	s->seen_nr += !s->seen[tile];
	s->seen[tile] = 1;
	if (!length)
		return check_open_part(s, e);
	if (length < TILE_PART_HEADER + 2)
		return damaged(s, "an impossible length of a tile-part", e);
	if (length > s->end - s->at)
		return intact_cut(s->p, s->at, length, e, "a tile-part");
	s->at += length;
	return 0;
}

static int walk_parts(struct stream *s, struct error *e)
{
	unsigned char b[2];

	for (int i = 0; !s->done; i++) {
		if (take(s, b, 2, "its end-of-codestream marker", e))
			return -1;
		if (probe_big(b, 2) == MARKER_EOC)
			s->done = true;
		else if (probe_big(b, 2) != MARKER_SOT || i == TILE_PARTS_MAX)
			return damaged(s, "neither a tile-part nor the end of the codestream", e);
		else if (walk_part(s, e))
			return -1;
	}
	return 0;
}

/* The codestream at..end: every tile-part, of every tile at least one, and the end marker. */
static int check_codestream(struct probe *p, uint64_t at, uint64_t end, struct error *e)
{
	struct stream s = { .p = p, .at = at, .end = end };
	int ret = -1;

	if (!walk_main_header(&s, e) && !walk_parts(&s, e))
		ret = s.seen_nr == s.tiles_nr
			      ? 0
			      : error_set(e, ERROR_DATA, "%s is cut: %u of %u tiles are there",
					  p->path, s.seen_nr, s.tiles_nr);
	free(s.seen);
	return ret;
}

struct box {
	uint64_t at, content, end; /* content: first byte behind its header */
	uint64_t type;
};

/* The header of the box at b->at (I.4).  A length of 0: up to the end of the file. */
static int read_box(struct probe *p, struct box *b, struct error *e)
{
	unsigned char h[16];
	uint64_t length, header = 8;

	if (!probe_inside(p, b->at, 8))
		return intact_cut(p, b->at, 8, e, "the header of a box");
	if (probe_read(p, b->at, h, 8, e))
		return -1;
	length = probe_big(h, 4);
	b->type = probe_big(h + 4, 4);
	if (length == 1) {
		header = 16;
		if (!probe_inside(p, b->at, 16))
			return intact_cut(p, b->at, 16, e, "the header of a box");
		if (probe_read(p, b->at + 8, h + 8, 8, e))
			return -1;
		length = probe_big(h + 8, 8);
	} else if (!length) {
		length = p->size - b->at;
	}
	if (length < header)
		return error_set(e, ERROR_DATA,
				 "%s is damaged: a box of an impossible length at byte %llu",
				 p->path, (unsigned long long)b->at);
	if (!probe_inside(p, b->at, length))
		return intact_cut(p, b->at, length, e,
				  b->type == BOX_CODESTREAM ? "the image's codestream" : "a box");
	b->content = b->at + header;
	b->end = b->at + length;
	return 0;
}

static int walk_boxes(struct probe *p, struct error *e)
{
	struct box b = { 0 };
	int images = 0;

	for (int i = 0; b.at < p->size; i++) {
		if (i == BOXES_MAX)
			return error_set(e, ERROR_DATA, "%s is damaged: more than %d boxes",
					 p->path, BOXES_MAX);
		if (read_box(p, &b, e))
			return -1;
		if (b.type == BOX_CODESTREAM) {
			if (check_codestream(p, b.content, b.end, e))
				return -1;
			images++;
		}
		b.at = b.end;
	}
	if (!images)
		return error_set(e, ERROR_DATA, "%s is cut: it ends before the image at byte %llu",
				 p->path, (unsigned long long)p->size);
	return 0;
}

int intact_jp2(struct probe *p, struct error *e)
{
	unsigned char first;

	if (probe_read(p, 0, &first, 1, e))
		return -1;
	return first == 0xff ? check_codestream(p, 0, p->size, e) : walk_boxes(p, e);
}
