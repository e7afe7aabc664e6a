/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/space/boxes.h"

#include <stdbool.h>
#include <stdlib.h>

/* Boxes below one node. */
#define FAN	   ((size_t)16)
#define LEVELS_MAX 9 /* of 2^31 boxes */

/*
 * Level 0 has the boxes themselves in Morton's order; node j of level k + 1 covers the nodes
 * FAN j .. FAN j + FAN - 1 of level k.  The topmost level has at most FAN nodes.
 */
struct boxes {
	struct box *node;
	uint32_t *number;	      /* of the boxes in that order */
	size_t start[LEVELS_MAX + 1]; /* of each level in node; then the end of the last */
	int levels;
};

struct entry {
	uint32_t key, number;
};

static size_t nodes_above(size_t n)
{
	return (n + FAN - 1) / FAN;
}

size_t boxes_bytes(size_t n)
{
	return (n + n / 8 + 2 * FAN) * sizeof(struct box) +
	       n * (2 * sizeof(struct entry) + sizeof(uint32_t)) + sizeof(struct boxes);
}

static struct box joined(struct box a, struct box b)
{
	return (struct box){ a.x0 < b.x0 ? a.x0 : b.x0, a.y0 < b.y0 ? a.y0 : b.y0,
			     a.x1 > b.x1 ? a.x1 : b.x1, a.y1 > b.y1 ? a.y1 : b.y1 };
}

static bool touch(const struct box *a, const struct box *b)
{
	return a->x0 <= b->x1 && b->x0 <= a->x1 && a->y0 <= b->y1 && b->y0 <= a->y1;
}

/* The 16 bits of v at every second place. */
static uint32_t spread(uint64_t v)
{
	uint32_t s = (uint32_t)v;

	s = (s | s << 8) & 0x00ff00ff;
	s = (s | s << 4) & 0x0f0f0f0f;
	s = (s | s << 2) & 0x33333333;
	return (s | s << 1) & 0x55555555;
}

static int by_key(const void *a, const void *b)
{
	const struct entry *p = a, *q = b;

	if (p->key != q->key)
		return p->key < q->key ? -1 : 1;
	return (p->number > q->number) - (p->number < q->number);
}

/* Sort by Morton's key of the centres, 16 bits a side of the square round all. */
static void order(struct entry *entry, const struct box *box, size_t n)
{
	struct box all = box[0];
	uint64_t side;
	int shift = 0;

	for (size_t i = 1; i < n; i++)
		all = joined(all, box[i]);
	side = (uint64_t)(all.x1 - all.x0) | (uint64_t)(all.y1 - all.y0);
	while (side >> shift > 0xffff)
		shift++;
	for (size_t i = 0; i < n; i++) {
		uint64_t x = (uint64_t)(box[i].x0 - all.x0 + (box[i].x1 - box[i].x0) / 2);
		uint64_t y = (uint64_t)(box[i].y0 - all.y0 + (box[i].y1 - box[i].y0) / 2);

		entry[i] =
			(struct entry){ spread(x >> shift) | spread(y >> shift) << 1, (uint32_t)i };
	}
	qsort(entry, n, sizeof(*entry), by_key);
}

static void build_levels(struct boxes *b, size_t n)
{
	b->start[1] = n;
	for (b->levels = 1; n > FAN; b->levels++) {
		const struct box *below = b->node + b->start[b->levels - 1];
		struct box *above = b->node + b->start[b->levels];

		for (size_t j = 0; j < nodes_above(n); j++) {
			above[j] = below[j * FAN];
			for (size_t i = j * FAN + 1; i < n && i < (j + 1) * FAN; i++)
				above[j] = joined(above[j], below[i]);
		}
		n = nodes_above(n);
		b->start[b->levels + 1] = b->start[b->levels] + n;
	}
}

int boxes_new(struct boxes **out, const struct box *box, size_t n, struct error *e)
{
	struct boxes *b = calloc(1, sizeof(*b));
	struct entry *entry = calloc(n + 1, sizeof(*entry));

	*out = b;
	if (!b || !entry || n > BOXES_MAX)
		goto fail;
	b->node = calloc(n + n / 8 + 2 * FAN, sizeof(*b->node));
	b->number = calloc(n + 1, sizeof(*b->number));
	if (!b->node || !b->number)
		goto fail;
	if (n)
		order(entry, box, n);
	for (size_t i = 0; i < n; i++) {
		b->number[i] = entry[i].number;
		b->node[i] = box[entry[i].number];
	}
	build_levels(b, n);
	free(entry);
	return 0;
fail:
	free(entry);
	boxes_free(b);
	*out = NULL;
	return error_nomem(e, "a tree of boxes");
}

void boxes_free(struct boxes *b)
{
	if (!b)
		return;
	free(b->node);
	free(b->number);
	free(b);
}

/* Where a walk stands on one level: the next node, and the end of those to be looked at. */
struct walk {
	size_t next, end;
};

int boxes_visit(const struct boxes *b, const struct box *query, int (*visit)(void *user, size_t i),
		void *user)
{
	struct walk at[LEVELS_MAX];
	int top = b->levels - 1, level = top;

	at[top] = (struct walk){ b->start[top], b->start[top + 1] };
	while (level <= top) {
		size_t i = at[level].next++;
		int ret;

		if (i >= at[level].end) {
			level++;
		} else if (!touch(&b->node[i], query)) {
			continue;
		} else if (level == 0) {
			ret = visit(user, b->number[i]);
			if (ret)
				return ret;
		} else {
			size_t first = b->start[level - 1] + (i - b->start[level]) * FAN;
			size_t end = first + FAN;

			end = end < b->start[level] ? end : b->start[level];
			at[--level] = (struct walk){ first, end };
		}
	}
	return 0;
}
