/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_pixel.h"

#include "kernels/classes.h"

void months_add(struct months *m, int month, size_t n, const struct sight *s)
{
	uint16_t *observed = m->observed + (size_t)month * m->stride;
	uint16_t *wet = m->wet + (size_t)month * m->stride;

	for (size_t i = 0; i < n; i++) {
		observed[i] = (uint16_t)(observed[i] + (s->water[i] <= WATER_PARTIAL));
		wet[i] = (uint16_t)(wet[i] + (s->water[i] == WATER_OPEN));
	}
}

/* Sums of twelve ratios in the order of the months, in double precision: the same everywhere. */
void months_occurrence(const struct months *m, size_t n, uint8_t *occurrence)
{
	for (size_t i = 0; i < n; i++) {
		double sum = 0;
		int months = 0;

		for (size_t k = 0; k < MONTHS; k++) {
			uint16_t observed = m->observed[k * m->stride + i];

			sum += observed ? 100.0 * m->wet[k * m->stride + i] / observed : 0;
			months += observed > 0;
		}
		occurrence[i] = (uint8_t)(months ? sum / months + .5 : FRACTION_NODATA);
	}
}

void months_seasons(const struct months *m, size_t n, uint8_t *seen, uint8_t *seasonality)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t looked = 0, water = 0;

		for (size_t k = 0; k < MONTHS; k++) {
			uint32_t observed = m->observed[k * m->stride + i];

			looked = (uint8_t)(looked + (observed > 0));
			water = (uint8_t)(water +
					  (observed && 2u * m->wet[k * m->stride + i] >= observed));
		}
		seen[i] = looked;
		seasonality[i] = looked ? water : SEASONALITY_NODATA;
	}
}
