/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_bitmap.h - one bit for each pixel of a scene, and shapes made of them: 64 pixels at a time,
 * so that whole-scene masks are small and what is done to them is quick.
 *
 * Outside of a bitmap all is 0.  Functions that take rows from..to write to these rows of their
 * first argument only: threads may share a bitmap by rows.  Nothing can fail but bitmap_new().
 */
#ifndef PIPELINE_STAGE_CLOUD_BITMAP_H
#define PIPELINE_STAGE_CLOUD_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

/* Pixel (x, y) is bit x % 64 of words[y * stride + x / 64]; bits past w are 0. */
struct bitmap {
	int32_t w, h;
	size_t stride; /* words of a row */
	uint64_t *words;
};

/* All 0. */
int bitmap_new(struct bitmap *out, int32_t w, int32_t h, struct error *e);
void bitmap_release(struct bitmap *b);

/* Bytes of one. */
size_t bitmap_bytes(int32_t w, int32_t h);

static inline uint64_t *bitmap_row(const struct bitmap *b, int32_t y)
{
	return b->words + (size_t)y * b->stride;
}

static inline bool bitmap_get(const struct bitmap *b, int32_t x, int32_t y)
{
	return bitmap_row(b, y)[x / 64] >> (x % 64) & 1;
}

/* Set pixel (x + i, y) where flags[i] is 1 (it is 0 or 1), i < n. */
void bitmap_put(struct bitmap *b, int32_t x, int32_t y, int32_t n, const uint8_t *flags);

/* flags[i] = pixel (x + i, y), i < n. */
void bitmap_read(const struct bitmap *b, int32_t x, int32_t y, int32_t n, uint8_t *flags);

void bitmap_clear(struct bitmap *b);
bool bitmap_any(const struct bitmap *b);

/* Whether a pixel of columns x..x + n - 1, rows y..y + h - 1 is set. */
bool bitmap_any_in(const struct bitmap *b, int32_t x, int32_t y, int32_t n, int32_t h);

/* Of two bitmaps of one size: to = a & b; to |= a; to &= ~a. */
void bitmap_and(struct bitmap *to, const struct bitmap *a, const struct bitmap *b);
void bitmap_or(struct bitmap *to, const struct bitmap *a);
void bitmap_remove(struct bitmap *to, const struct bitmap *a);

/* to = where at least least (1..9) of a's 3 x 3 are set. */
void bitmap_majority(struct bitmap *to, const struct bitmap *a, int least, int32_t from,
		     int32_t past);

/* to |= what lies within radius >= 0 pixels of a's (dx^2 + dy^2 <= radius^2); scratch: a row. */
void bitmap_dilate(struct bitmap *to, const struct bitmap *a, int32_t radius, uint64_t *scratch,
		   int32_t from, int32_t past);

/* seed &= where all 3 x 3 of grow are set; at the edge, those that there are. */
void bitmap_erode(struct bitmap *seed, const struct bitmap *grow, int32_t from, int32_t past);

/* seed, a part of mask, becomes all 8-connected objects of mask that hold some of it.  NOMEM. */
int bitmap_flood(struct bitmap *seed, const struct bitmap *mask, struct error *e);

/* to |= a moved by (dx, dy); to may be a. */
void bitmap_shift(struct bitmap *to, const struct bitmap *a, int32_t dx, int32_t dy);

/* A step of a sweep, in 2^-16 pixel. */
struct bitmap_step {
	int64_t x, y;
};

/*
 * b |= b moved by k steps, k = 1..steps.  Steps are made in ever longer parts, of which each is rounded
 * to pixels: a pixel is at most log2(steps) / 2 pixels off the line.
 */
void bitmap_sweep(struct bitmap *b, struct bitmap_step step, int64_t steps);

#endif
