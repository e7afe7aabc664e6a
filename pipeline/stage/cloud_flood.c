/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_flood.c - what spreads in a bitmap: objects from their seeds, shadows along a line.
 */
#include "pipeline/stage/cloud_bitmap.h"

#include <stdlib.h>
#include <string.h>

/*
 * seed spreads in mask towards higher bits: a sum carries through a run of ones from its lowest seed
 * to its end; what the carry passed has changed, and seeds in its way stay.
 */
static uint64_t spread_up(uint64_t seed, uint64_t mask)
{
	return (((mask + seed) ^ mask) | seed) & mask;
}

/* The same towards lower bits, by ever longer jumps within runs. */
static uint64_t spread_down(uint64_t seed, uint64_t mask)
{
	for (int jump = 1; jump < 64; jump *= 2) {
		seed |= mask & (seed >> jump);
		mask &= mask >> jump;
	}
	return seed;
}

/* Spread the seeds of a row along it. */
static void spread_row(uint64_t *seed, const uint64_t *mask, size_t stride)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < stride; i++) {
		seed[i] |= carry & mask[i];
		if (seed[i])
			seed[i] = spread_up(seed[i], mask[i]);
		carry = seed[i] >> 63;
	}
	carry = 0;
	for (size_t i = stride; i-- > 0;) {
		seed[i] |= carry & mask[i];
		if (seed[i])
			seed[i] = spread_down(seed[i], mask[i]);
		carry = seed[i] << 63;
	}
}

/* Seeds that touch row y from a row beside it. */
static void touch(uint64_t *to, const struct bitmap *seed, const uint64_t *mask, int32_t y)
{
	if (y < 0 || y >= seed->h)
		return;

	const uint64_t *row = bitmap_row(seed, y);

	for (size_t i = 0; i < seed->stride; i++) {
		uint64_t before = i ? row[i - 1] : 0, after = i + 1 < seed->stride ? row[i + 1] : 0;
		uint64_t near = row[i] | row[i] << 1 | row[i] >> 1 | before >> 63 | after << 63;

		to[i] |= near & mask[i];
	}
}

/* Bring row y up to date; true if it changed. */
static bool flood_row(struct bitmap *seed, const struct bitmap *mask, uint64_t *old, int32_t y)
{
	uint64_t *row = bitmap_row(seed, y);
	const uint64_t *within = bitmap_row(mask, y);
	size_t bytes = seed->stride * sizeof(*row);

	memcpy(old, row, bytes);
	touch(row, seed, within, y - 1);
	touch(row, seed, within, y + 1);
	spread_row(row, within, seed->stride);
	return memcmp(old, row, bytes) != 0;
}

/* A pass over the rows that wait, downwards or upwards; true if rows wait after it. */
static bool flood_pass(struct bitmap *seed, const struct bitmap *mask, uint64_t *old, bool *wait,
		       bool down)
{
	bool left = false;

	for (int32_t k = 0; k < seed->h; k++) {
		int32_t y = down ? k : seed->h - 1 - k;

		if (!wait[y + 1])
			continue;
		wait[y + 1] = false;
		if (!flood_row(seed, mask, old, y))
			continue;
		wait[y] = wait[y + 2] = true;
		left = true;
	}
	return left;
}

int bitmap_flood(struct bitmap *seed, const struct bitmap *mask, struct error *e)
{
	/* wait[y + 1]: row y has a neighbour that changed; the first and the last are no rows. */
	bool *wait = malloc((size_t)seed->h + 2);
	uint64_t *old = malloc(seed->stride * sizeof(*old));
	bool down = true;

	if (!wait || !old) {
		free(old);
		free(wait);
		return error_nomem(e, "the rows of a bitmap");
	}
	memset(wait, true, (size_t)seed->h + 2);
	while (flood_pass(seed, mask, old, wait, down))
		down = !down;
	free(old);
	free(wait);
	return 0;
}

/* to |= from moved by shift pixels; in place too: words are written after all that read them. */
static void shift_row(uint64_t *to, const uint64_t *from, size_t stride, int32_t shift)
{
	size_t words = (size_t)(shift < 0 ? -shift : shift) / 64;
	int bits = (shift < 0 ? -shift : shift) % 64;

	for (size_t k = words; k < stride; k++) {
		size_t i = shift < 0 ? k - words : stride - 1 - (k - words);
		size_t j = shift < 0 ? i + words : i - words;
		uint64_t next = 0;

		if (bits && shift < 0)
			next = j + 1 < stride ? from[j + 1] << (64 - bits) : 0;
		if (bits && shift > 0)
			next = j ? from[j - 1] >> (64 - bits) : 0;
		to[i] |= (shift < 0 ? from[j] >> bits : from[j] << bits) | next;
	}
}

void bitmap_shift(struct bitmap *to, const struct bitmap *a, int32_t dx, int32_t dy)
{
	uint64_t last = a->w % 64 ? ((uint64_t)1 << (a->w % 64)) - 1 : ~(uint64_t)0;

	if (dx <= -a->w || dx >= a->w || dy <= -a->h || dy >= a->h)
		return;
	for (int32_t k = 0; k < a->h; k++) {
		/* From the side that is moved to: in place rows are read before they are written. */
		int32_t y = dy > 0 ? a->h - 1 - k : k;

		if (y - dy < 0 || y - dy >= a->h)
			continue;
		shift_row(bitmap_row(to, y), bitmap_row(a, y - dy), a->stride, dx);
		bitmap_row(to, y)[a->stride - 1] &= last;
	}
}

/* A fixed-point offset as pixels, held where it leaves every bitmap. */
static int32_t whole(int64_t offset)
{
	const int64_t most = (int64_t)1 << 30;
	int64_t v = (offset + (1 << 15)) >> 16;

	v = v < most ? v : most;
	return (int32_t)(v > -most ? v : -most);
}

void bitmap_sweep(struct bitmap *b, struct bitmap_step step, int64_t steps)
{
	int64_t done = 0; /* b has what moved by 0..done steps */

	while (done < steps) {
		int64_t more = steps - done < done + 1 ? steps - done : done + 1;

		bitmap_shift(b, b, whole(more * step.x), whole(more * step.y));
		done += more;
	}
}
