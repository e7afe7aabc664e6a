/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic.h"

#include <string.h>

#include "kernels/classes.h"

#define FRACTION_FULL 100

void sight_clear(struct sight *s, size_t n)
{
	memset(s->water, WATER_NODATA, n);
	memset(s->fraction, FRACTION_NODATA, n);
	memset(s->rank, 0, n * sizeof(*s->rank));
	memset(s->native, 0, n);
}

void sight_add(struct sight *s, size_t n, const uint8_t *water, const uint8_t *fraction,
	       const uint8_t *native, uint16_t rank)
{
	for (size_t i = 0; i < n; i++) {
		bool sees = water[i] <= WATER_PARTIAL, seen = s->water[i] <= WATER_PARTIAL;

		if (!sees || (seen && (s->native[i] || !native[i])))
			continue;
		s->water[i] = water[i];
		s->fraction[i] = fraction[i];
		s->rank[i] = rank;
		s->native[i] = native[i];
	}
}

void counts_add(struct counts *c, size_t n, const struct sight *s)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t water = s->water[i], fraction = s->fraction[i];
		bool seen = water <= WATER_PARTIAL, known = seen && fraction <= FRACTION_FULL;
		uint16_t rank = seen ? s->rank[i] : 0;

		c->observed[i] = (uint16_t)(c->observed[i] + seen);
		c->wet[i] = (uint16_t)(c->wet[i] + (water == WATER_OPEN));
		c->partial[i] = (uint16_t)(c->partial[i] + (water == WATER_PARTIAL));
		c->known[i] = (uint16_t)(c->known[i] + known);
		c->zero[i] = (uint16_t)(c->zero[i] + (known && fraction == 0));
		c->hundred[i] = (uint16_t)(c->hundred[i] + (known && fraction == FRACTION_FULL));
		c->rank[i] = rank > c->rank[i] ? rank : c->rank[i];
	}
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
		uint32_t known = c->known[i];
		/* Values below the lower median, counted from 0 in sorted order. */
		uint32_t middle = known ? (known - 1) / 2 : 0;
		uint8_t m = MEDIAN_OPEN;

		if (!known)
			m = FRACTION_NODATA;
		else if (middle < c->zero[i])
			m = 0;
		else if (middle >= known - c->hundred[i])
			m = FRACTION_FULL;
		open += m == MEDIAN_OPEN;
		median[i] = m;
	}
	return open;
}
