/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_pixel.h"

#include <math.h>
#include <string.h>

#include "kernels/classes.h"

#define FRACTION_FULL 100
/*
 * The loops over all looks of all pixels run over so many pixels at once, a
 * number known to the compiler: then it vectorises them at any level.
 */
#define RUN 64

#define ALWAYS_INLINE static inline __attribute__((always_inline))

void sight_clear(struct sight *s, size_t n)
{
	memset(s->water, WATER_NODATA, n);
	memset(s->fraction, FRACTION_NODATA, n);
	memset(s->rank, 0, n * sizeof(*s->rank));
	memset(s->native, 0, n);
}

/* Flags are 0 or 1, by arithmetic on bits: no branch.  take[i] = 255 where the look counts for pixel i, else 0. */
ALWAYS_INLINE void choose(size_t n, const uint8_t *restrict water, const uint8_t *restrict native,
			  const uint8_t *restrict before, const uint8_t *restrict native_before,
			  uint8_t *restrict take)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t sees = water[i] <= WATER_PARTIAL, unseen = before[i] > WATER_PARTIAL;
		uint8_t nearer = native[i] & (native_before[i] ^ 1);

		take[i] = sees & (unseen | nearer) ? 255 : 0;
	}
}

ALWAYS_INLINE void replace8(size_t n, const uint8_t *restrict take, const uint8_t *restrict from,
			    uint8_t *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)((from[i] & take[i]) | (to[i] & ~take[i]));
}

ALWAYS_INLINE void replace_rank(size_t n, const uint8_t *restrict take, uint16_t rank,
				uint16_t *restrict to)
{
	for (size_t i = 0; i < n; i++) {
		uint16_t mask = (uint16_t)(take[i] * 257);

		to[i] = (uint16_t)((rank & mask) | (to[i] & ~mask));
	}
}

ALWAYS_INLINE void replace_score(size_t n, const uint8_t *restrict take,
				 const uint32_t *restrict from, uint32_t *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = take[i] ? from[i] : to[i];
}

ALWAYS_INLINE void add_run(struct sight *s, size_t at, size_t n, const struct view *v)
{
	uint8_t take[RUN];

	choose(n, v->water + at, v->native + at, s->water + at, s->native + at, take);
	replace8(n, take, v->water + at, s->water + at);
	replace8(n, take, v->fraction + at, s->fraction + at);
	replace8(n, take, v->native + at, s->native + at);
	replace_rank(n, take, v->rank, s->rank + at);
	if (s->score)
		replace_score(n, take, v->score + at, s->score + at);
}

void sight_add(struct sight *s, size_t n, const struct view *v)
{
	size_t i = 0;

	for (; i + RUN <= n; i += RUN)
		add_run(s, i, RUN, v);
	add_run(s, i, n - i, v);
}

/* count[i] += is[i], which is 0 or 1. */
ALWAYS_INLINE void count_up(size_t n, const uint8_t *restrict is, uint16_t *restrict count)
{
	for (size_t i = 0; i < n; i++)
		count[i] = (uint16_t)(count[i] + is[i]);
}

ALWAYS_INLINE void equals(size_t n, const uint8_t *restrict v, uint8_t code, uint8_t *restrict is)
{
	for (size_t i = 0; i < n; i++)
		is[i] = v[i] == code;
}

ALWAYS_INLINE void at_most(size_t n, const uint8_t *restrict v, uint8_t most, uint8_t *restrict is)
{
	for (size_t i = 0; i < n; i++)
		is[i] = v[i] <= most;
}

ALWAYS_INLINE void raise_rank(size_t n, const uint8_t *restrict seen, const uint16_t *restrict rank,
			      uint16_t *restrict highest)
{
	for (size_t i = 0; i < n; i++) {
		uint16_t r = seen[i] ? rank[i] : 0;

		highest[i] = r > highest[i] ? r : highest[i];
	}
}

ALWAYS_INLINE void count_run(struct counts *c, size_t at, size_t n, const struct sight *s)
{
	const uint8_t *fraction = s->fraction + at;
	uint8_t seen[RUN], is[RUN];

	at_most(n, s->water + at, WATER_PARTIAL, seen);
	count_up(n, seen, c->observed + at);
	equals(n, s->water + at, WATER_OPEN, is);
	count_up(n, is, c->wet + at);
	equals(n, s->water + at, WATER_PARTIAL, is);
	count_up(n, is, c->partial + at);
	at_most(n, fraction, FRACTION_FULL, is);
	count_up(n, is, c->known + at);
	equals(n, fraction, 0, is);
	count_up(n, is, c->zero + at);
	equals(n, fraction, FRACTION_FULL, is);
	count_up(n, is, c->hundred + at);
	raise_rank(n, seen, s->rank + at, c->rank + at);
}

void counts_add(struct counts *c, size_t n, const struct sight *s)
{
	size_t i = 0;

	for (; i + RUN <= n; i += RUN)
		count_run(c, i, RUN, s);
	count_run(c, i, n - i, s);
}

void counts_latest(struct counts *c, size_t n, const struct sight *s)
{
	for (size_t i = 0; i < n; i++) {
		bool later = s->water[i] <= WATER_PARTIAL && s->rank[i] > c->rank[i];

		c->chosen_water[i] = later ? s->water[i] : c->chosen_water[i];
		c->chosen_fraction[i] = later ? s->fraction[i] : c->chosen_fraction[i];
	}
}

void counts_best(struct counts *c, size_t n, const struct sight *s, const uint16_t *preference)
{
	for (size_t i = 0; i < n; i++) {
		bool higher = s->score[i] > c->score[i];
		bool preferred = s->score[i] == c->score[i] &&
				 preference[s->rank[i]] > preference[c->best[i]];

		if (s->water[i] > WATER_PARTIAL || !(higher || preferred))
			continue;
		c->score[i] = s->score[i];
		c->best[i] = s->rank[i];
		c->chosen_water[i] = s->water[i];
		c->chosen_fraction[i] = s->fraction[i];
	}
}

void counts_interval(const struct counts *c, size_t n, uint8_t *low, uint8_t *high)
{
	/* Of the normal distribution, .975; its square. */
	const double z = 1.959963984540054, square = z * z;

	for (size_t i = 0; i < n; i++) {
		double looks = c->observed[i], p = looks > 0 ? c->wet[i] / looks : 0;
		double half = z * sqrt(p * (1 - p) / looks + square / (4 * looks * looks));
		double middle = p + square / (2 * looks), scale = 100 / (1 + square / looks);
		double from = (middle - half) * scale, past = (middle + half) * scale;

		low[i] = (uint8_t)(looks > 0 ? (from > 0 ? from : 0) + .5 : FRACTION_NODATA);
		high[i] = (uint8_t)(looks > 0 ? (past < 100 ? past : 100) + .5 : FRACTION_NODATA);
	}
}

void counts_water_median(const struct counts *c, size_t n, const uint8_t *median, uint8_t *water)
{
	counts_water(c, n, water);
	for (size_t i = 0; i < n; i++) {
		uint8_t some = median[i] ? WATER_PARTIAL : WATER_NOT;

		if (median[i] <= FRACTION_FULL)
			water[i] = median[i] >= 50 ? WATER_OPEN : some;
	}
}

ALWAYS_INLINE uint8_t lowest(size_t n, const uint8_t *v)
{
	uint8_t low = 255;

	for (size_t i = 0; i < n; i++)
		low = v[i] < low ? v[i] : low;
	return low;
}

bool sees_any(const uint8_t *water, size_t n)
{
	size_t i = 0;

	for (; i + RUN <= n; i += RUN)
		if (lowest(RUN, water + i) <= WATER_PARTIAL)
			return true;
	return lowest(n - i, water + i) <= WATER_PARTIAL;
}

void mark_native(const uint8_t *zone, size_t n, uint8_t native_zone, uint8_t *native)
{
	size_t i = 0;

	for (; i + RUN <= n; i += RUN)
		equals(RUN, zone + i, native_zone, native + i);
	equals(n - i, zone + i, native_zone, native + i);
}

void counts_frequency(const struct counts *c, size_t n, uint8_t *frequency)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t observed = c->observed[i];
		/* floor(100 w / o + 1/2) */
		uint32_t twice = 200 * (uint32_t)c->wet[i] + observed;

		frequency[i] = (uint8_t)(observed ? twice / (2 * observed) : FRACTION_NODATA);
	}
}

void counts_water(const struct counts *c, size_t n, uint8_t *water)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t observed = c->observed[i], wet = 2 * (uint32_t)c->wet[i];
		uint32_t both = wet + 2 * (uint32_t)c->partial[i];
		uint8_t class = both >= observed ? WATER_PARTIAL : WATER_NOT;

		class = wet >= observed ? WATER_OPEN : class;
		water[i] = observed ? class : WATER_NODATA;
	}
}

size_t counts_median(const struct counts *c, size_t n, uint8_t *median)
{
	size_t open = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t known = c->known[i], below_full = known - c->hundred[i];
		/* Of the two in the middle, counted from 0 in sorted order; the same one where known is odd. */
		uint32_t lower = known ? (known - 1) / 2 : 0, upper = known / 2;
		uint8_t m = MEDIAN_OPEN;

		if (!known)
			m = FRACTION_NODATA;
		else if (upper < c->zero[i])
			m = 0;
		else if (lower >= below_full)
			m = FRACTION_FULL;
		else if (lower < c->zero[i] && upper >= below_full)
			m = FRACTION_FULL / 2;
		open += m == MEDIAN_OPEN;
		median[i] = m;
	}
	return open;
}
