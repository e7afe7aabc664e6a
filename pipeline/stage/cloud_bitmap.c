/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/cloud_bitmap.h"

#include <stdlib.h>
#include <string.h>

static size_t stride_of(int32_t w)
{
	return ((size_t)w + 63) / 64;
}

size_t bitmap_bytes(int32_t w, int32_t h)
{
	return stride_of(w) * (size_t)h * sizeof(uint64_t);
}

int bitmap_new(struct bitmap *out, int32_t w, int32_t h, struct error *e)
{
	*out = (struct bitmap){ .w = w, .h = h, .stride = stride_of(w) };
	out->words = calloc(out->stride * (size_t)h + 1, sizeof(*out->words));
	return out->words ? 0 : error_nomem(e, "a bitmap of the scene");
}

void bitmap_release(struct bitmap *b)
{
	free(b->words);
	b->words = NULL;
}

static size_t words_of(const struct bitmap *b)
{
	return b->stride * (size_t)b->h;
}

/* The bits of a row's last word that are pixels. */
static uint64_t last_word(const struct bitmap *b)
{
	return b->w % 64 ? ((uint64_t)1 << (b->w % 64)) - 1 : ~(uint64_t)0;
}

void bitmap_put(struct bitmap *b, int32_t x, int32_t y, int32_t n, const uint8_t *flags)
{
	uint64_t *row = bitmap_row(b, y);

	for (int32_t i = 0; i < n;) {
		int32_t at = x + i, end = n - i < 64 - at % 64 ? n : i + 64 - at % 64;
		uint64_t word = 0;

		for (int32_t shift = at % 64; i < end; i++, shift++)
			word |= (uint64_t)flags[i] << shift;
		row[at / 64] |= word;
	}
}

void bitmap_read(const struct bitmap *b, int32_t x, int32_t y, int32_t n, uint8_t *flags)
{
	const uint64_t *row = bitmap_row(b, y);

	for (int32_t i = 0; i < n; i++)
		flags[i] = (uint8_t)(row[(x + i) / 64] >> ((x + i) % 64) & 1);
}

void bitmap_clear(struct bitmap *b)
{
	memset(b->words, 0, words_of(b) * sizeof(*b->words));
}

static bool any(const uint64_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (words[i])
			return true;
	return false;
}

bool bitmap_any(const struct bitmap *b)
{
	return any(b->words, words_of(b));
}

bool bitmap_any_in(const struct bitmap *b, int32_t x, int32_t y, int32_t n, int32_t h)
{
	int32_t first = x / 64, last = (x + n - 1) / 64;
	uint64_t head = ~(uint64_t)0 << (x % 64), tail = ~(uint64_t)0 >> (63 - (x + n - 1) % 64);

	for (int32_t row = y; row < y + h; row++) {
		const uint64_t *words = bitmap_row(b, row);

		if (first == last && (words[first] & head & tail))
			return true;
		if (first == last)
			continue;
		if ((words[first] & head) || (words[last] & tail) ||
		    any(words + first + 1, (size_t)(last - first - 1)))
			return true;
	}
	return false;
}

void bitmap_and(struct bitmap *to, const struct bitmap *a, const struct bitmap *b)
{
	for (size_t i = 0, n = words_of(to); i < n; i++)
		to->words[i] = a->words[i] & b->words[i];
}

void bitmap_or(struct bitmap *to, const struct bitmap *a)
{
	for (size_t i = 0, n = words_of(to); i < n; i++)
		to->words[i] |= a->words[i];
}

void bitmap_remove(struct bitmap *to, const struct bitmap *a)
{
	for (size_t i = 0, n = words_of(to); i < n; i++)
		to->words[i] &= ~a->words[i];
}

/* Word i of a row and its neighbours: the pixels to the left and to the right of its 64. */
struct around {
	uint64_t left, here, right;
};

static struct around around(const uint64_t *row, size_t i, size_t stride)
{
	uint64_t before = i ? row[i - 1] : 0, after = i + 1 < stride ? row[i + 1] : 0;

	return (struct around){ row[i] << 1 | before >> 63, row[i], row[i] >> 1 | after << 63 };
}

/* 64 sums of three bits: ones and twos. */
struct sum3 {
	uint64_t one, two;
};

static struct sum3 sum3(uint64_t a, uint64_t b, uint64_t c)
{
	return (struct sum3){ a ^ b ^ c, (a & b) | (c & (a ^ b)) };
}

static struct sum3 sum_row(const struct bitmap *b, int32_t y, size_t i)
{
	struct around a = { 0, 0, 0 };

	if (y >= 0 && y < b->h)
		a = around(bitmap_row(b, y), i, b->stride);
	return sum3(a.left, a.here, a.right);
}

/* Where the 64 sums of nine bits reach least: digits of the sums, compared with those of least. */
static uint64_t at_least(struct sum3 above, struct sum3 here, struct sum3 below, int least)
{
	struct sum3 ones = sum3(above.one, here.one, below.one);
	struct sum3 twos = sum3(above.two, here.two, below.two);
	uint64_t carry = twos.one & ones.two;
	uint64_t digit[4] = { ones.one, twos.one ^ ones.two, twos.two ^ carry, twos.two & carry };
	uint64_t more = 0, equal = ~(uint64_t)0;

	for (int k = 3; k >= 0; k--) {
		if (least >> k & 1) {
			equal &= digit[k];
		} else {
			more |= equal & digit[k];
			equal &= ~digit[k];
		}
	}
	return more | equal;
}

void bitmap_majority(struct bitmap *to, const struct bitmap *a, int least, int32_t from,
		     int32_t past)
{
	for (int32_t y = from; y < past; y++) {
		uint64_t *row = bitmap_row(to, y);

		for (size_t i = 0; i < a->stride; i++)
			row[i] = at_least(sum_row(a, y - 1, i), sum_row(a, y, i),
					  sum_row(a, y + 1, i), least);
		row[a->stride - 1] &= last_word(a);
	}
}

/* Half the width of a disk at dy rows from its middle. */
static int32_t half_width(int32_t radius, int32_t dy)
{
	int32_t x = 0;

	while ((int64_t)(x + 1) * (x + 1) + (int64_t)dy * dy <= (int64_t)radius * radius)
		x++;
	return x;
}

/* row |= itself moved by one pixel to both sides. */
static void widen(uint64_t *row, size_t stride)
{
	uint64_t before = 0;

	for (size_t i = 0; i < stride; i++) {
		struct around a = around(row, i, stride);

		a.left = row[i] << 1 | before >> 63;
		before = row[i];
		row[i] = a.left | a.here | a.right;
	}
}

static void or_row(struct bitmap *to, int32_t y, const uint64_t *row, int32_t from, int32_t past)
{
	uint64_t *out = bitmap_row(to, y);

	if (y < from || y >= past)
		return;
	for (size_t i = 0; i < to->stride; i++)
		out[i] |= row[i];
}

/* Add the disks of a row of a: ever wider, ever nearer to the row itself. */
static void dilate_row(struct bitmap *to, uint64_t *row, int32_t y, int32_t radius, int32_t from,
		       int32_t past)
{
	int32_t width = 0;

	for (int32_t dy = radius; dy >= 0; dy--) {
		for (int32_t wanted = half_width(radius, dy); width < wanted; width++)
			widen(row, to->stride);
		or_row(to, y - dy, row, from, past);
		if (dy)
			or_row(to, y + dy, row, from, past);
	}
}

void bitmap_dilate(struct bitmap *to, const struct bitmap *a, int32_t radius, uint64_t *scratch,
		   int32_t from, int32_t past)
{
	int32_t first = from > radius ? from - radius : 0;
	int32_t end = past < a->h - radius ? past + radius : a->h;

	for (int32_t y = first; y < end; y++) {
		if (!any(bitmap_row(a, y), a->stride))
			continue;
		memcpy(scratch, bitmap_row(a, y), a->stride * sizeof(*scratch));
		dilate_row(to, scratch, y, radius, from, past);
	}
	for (int32_t y = from; y < past; y++)
		bitmap_row(to, y)[to->stride - 1] &= last_word(to);
}

void bitmap_erode(struct bitmap *seed, const struct bitmap *grow, int32_t from, int32_t past)
{
	for (int32_t y = from; y < past; y++) {
		uint64_t *row = bitmap_row(seed, y);

		for (size_t i = 0; i < seed->stride; i++) {
			for (int32_t near = y - 1; row[i] && near <= y + 1; near++) {
				if (near < 0 || near >= grow->h)
					continue;
				struct around a = around(bitmap_row(grow, near), i, grow->stride);

				a.left |= i ? 0 : 1;
				a.right |= i + 1 < grow->stride
						   ? 0
						   : (uint64_t)1 << ((grow->w - 1) % 64);
				row[i] &= a.left & a.here & a.right;
			}
		}
	}
}
