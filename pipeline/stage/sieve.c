/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/sieve.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"

enum sieve_mark { MARK_NEW, MARK_MET, MARK_SMALL };

struct sieve {
	uint8_t *mark;	 /* of each pixel of the window */
	uint32_t *queue; /* pixels of one patch, in the order in which they are met */
};

struct window {
	struct sieve *s;
	const uint8_t *change;
	int32_t w, h, unit;
};

size_t sieve_bytes(int32_t side_max)
{
	size_t pixels = (size_t)side_max * (size_t)side_max;

	return pixels * (sizeof(uint8_t) + sizeof(uint32_t));
}

void sieve_free(struct sieve *s)
{
	if (!s)
		return;
	free(s->mark);
	free(s->queue);
	free(s);
}

int sieve_new(struct sieve **out, int32_t side_max, struct error *e)
{
	size_t pixels = (size_t)side_max * (size_t)side_max;
	struct sieve *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(e, "a sieve");
	s->mark = malloc(pixels);
	s->queue = malloc(pixels * sizeof(*s->queue));
	if (!s->mark || !s->queue) {
		sieve_free(s);
		return error_nomem(e, "a sieve");
	}
	*out = s;
	return 0;
}

static bool is_changed(uint8_t change)
{
	return change == CHANGE_GAIN || change == CHANGE_LOSS;
}

static bool at_border(const struct window *v, size_t at)
{
	int32_t x = (int32_t)(at % (size_t)v->w), y = (int32_t)(at / (size_t)v->w);

	return x == 0 || y == 0 || x == v->w - 1 || y == v->h - 1;
}

/* Put the neighbours of a pixel that are of its patch, and new, behind the n pixels of the queue; how many there are then. */
static size_t spread(const struct window *v, size_t at, size_t n)
{
	int32_t x = (int32_t)(at % (size_t)v->w), y = (int32_t)(at / (size_t)v->w);
	int32_t x0 = x > 0 ? x - 1 : 0, x1 = x < v->w - 1 ? x + 1 : x;
	int32_t y0 = y > 0 ? y - 1 : 0, y1 = y < v->h - 1 ? y + 1 : y;

	for (int32_t row = y0; row <= y1; row++)
		for (int32_t column = x0; column <= x1; column++) {
			size_t next = (size_t)row * (size_t)v->w + (size_t)column;

			if (v->change[next] != v->change[at] || v->s->mark[next] != MARK_NEW)
				continue;
			v->s->mark[next] = MARK_MET;
			v->s->queue[n++] = (uint32_t)next;
		}
	return n;
}

/* Meet the whole patch of a pixel.  False where it is small as far as the window shows, but may go on outside. */
static bool measure(const struct window *v, size_t start)
{
	size_t n = 1;
	bool open = false;

	v->s->queue[0] = (uint32_t)start;
	v->s->mark[start] = MARK_MET;
	for (size_t k = 0; k < n; k++) {
		open |= at_border(v, v->s->queue[k]);
		n = spread(v, v->s->queue[k], n);
	}
	if (n >= (size_t)v->unit)
		return true;
	for (size_t k = 0; k < n; k++)
		v->s->mark[v->s->queue[k]] = MARK_SMALL;
	return !open;
}

static void doubt(const struct window *v, struct rect inner, uint8_t *change)
{
	for (int32_t y = inner.y; y < inner.y + inner.h; y++)
		for (int32_t x = inner.x; x < inner.x + inner.w; x++) {
			size_t at = (size_t)y * (size_t)v->w + (size_t)x;

			if (v->s->mark[at] == MARK_SMALL)
				change[at] = CHANGE_UNCERTAIN;
		}
}

bool sieve_window(struct sieve *s, struct rect inner, int32_t w, int32_t h, int32_t unit,
		  uint8_t *change)
{
	const struct window v = { s, change, w, h, unit };

	memset(s->mark, MARK_NEW, (size_t)w * (size_t)h);
	for (int32_t y = inner.y; y < inner.y + inner.h; y++)
		for (int32_t x = inner.x; x < inner.x + inner.w; x++) {
			size_t at = (size_t)y * (size_t)w + (size_t)x;

			if (is_changed(change[at]) && s->mark[at] == MARK_NEW && !measure(&v, at))
				return false;
		}
	doubt(&v, inner, change);
	return true;
}
