/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_pixel.h - what the looks at a pixel come to: counts, classes, medians, months.
 *
 * Arithmetic on planes of n pixels that the caller owns; nothing here fails, and any thread may call it on
 * planes of its own.
 */
#ifndef PIPELINE_STAGE_MOSAIC_PIXEL_H
#define PIPELINE_STAGE_MOSAIC_PIXEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts over the looks of n pixels. */
struct counts {
	uint16_t *observed, *wet, *partial; /* looks that saw: anything, water, partial water */
	uint16_t *known, *zero, *hundred;   /* looks with a fraction; of 0 %; of 100 % */
	uint16_t *rank;			    /* highest of a look that saw it, else 0 */
	/* Of one rule only, else NULL. */
	uint8_t *chosen_water, *chosen_fraction; /* of the latest look, or of the best */
	uint32_t *score;			 /* the highest, else 0 */
	uint16_t *best;				 /* rank of that look, else 0 */
};

/* Looks of each calendar month that saw n pixels, and that saw open water there; [month * stride + i]. */
struct months {
	uint16_t *observed, *wet;
	size_t stride;
};
#define MONTHS 12

/* What one look says of n pixels. */
struct view {
	const uint8_t *water, *fraction; /* codes of the observation */
	const uint8_t *native;		 /* 1: the pixel is in the look's native zone */
	const uint32_t *score;		 /* larger is better, never 0; NULL: not wanted */
	uint16_t rank;
};

/* What the looks of one datatake together say of n pixels; 255 and rank 0 where none sees it. */
struct sight {
	uint8_t *water, *fraction, *native; /* of the look that counts */
	uint16_t *rank;
	uint32_t *score; /* NULL: not wanted */
};

/* Does a look see any of n pixels? */
bool sees_any(const uint8_t *water, size_t n);

/* native[i] = 1 where the pixel's zone is that of a product, else 0. */
void mark_native(const uint8_t *zone, size_t n, uint8_t native_zone, uint8_t *native);

/* Nothing seen. */
void sight_clear(struct sight *s, size_t n);

/*
 * Add the next look of a datatake, in order of id: it counts where it sees the pixel
 * and none did before, or where it alone sees it from its native zone.
 */
void sight_add(struct sight *s, size_t n, const struct view *view);

/* Keep what the latest look saw; before counts_add(), which keeps its rank. */
void counts_latest(struct counts *c, size_t n, const struct sight *s);

/*
 * Keep what the look with the highest score saw; of equal scores the one that is preferred more, by rank
 * (mosaic_best.h).
 */
void counts_best(struct counts *c, size_t n, const struct sight *s, const uint16_t *preference);

/* Count a sight of a month. */
void months_add(struct months *m, int month, size_t n, const struct sight *s);

/*
 * Percent of looks that saw open water, month by month, and of that the mean over the months that have looks:
 * a month with many looks weighs as much as one with few.  Rounded half up; 255 where there is no look.
 */
void months_occurrence(const struct months *m, size_t n, uint8_t *occurrence);

/*
 * Calendar months (0..12) with a look, and of them those with water: at least half of the month's looks saw
 * open water (255 where there is no look).  The number of months with water is the seasonality of Pekel 2016
 * (doi:10.1038/nature20584), who let the majority decide within a month; a tie is water, as in
 * counts_water().
 */
#define SEASONALITY_NODATA 255
void months_seasons(const struct months *m, size_t n, uint8_t *seen, uint8_t *seasonality);

/*
 * Wilson's 95 % interval of the frequency [%] (Wilson 1927, doi:10.1080/01621459.1927.10502953), as if looks
 * were independent, rounded half up; 255 where there is no look.
 */
void counts_interval(const struct counts *c, size_t n, uint8_t *low, uint8_t *high);

/* Count a sight. */
void counts_add(struct counts *c, size_t n, const struct sight *s);

/* Percent of looks that saw open water, rounded half up; 255 where there is no look. */
void counts_frequency(const struct counts *c, size_t n, uint8_t *frequency);

/* Class by the frequency rule: 255 no look, 1 if 2 wet >= observed, 2 if with partial, else 0. */
void counts_water(const struct counts *c, size_t n, uint8_t *water);

/*
 * Class by the median rule, from the median of the fractions: 1 from 50 % on, 2 from 1 %, else 0; as
 * counts_water() where looks had no fraction.
 */
void counts_water_median(const struct counts *c, size_t n, const uint8_t *median, uint8_t *water);

/*
 * Median of the fractions [%]: the middle one, or the mean of the two in the middle, rounded half to even
 * (docs/decisions/016).  Where the counts alone tell it: 0, 50 (a 0 and a 100 in the middle), 100, or 255 where there
 * is none; else MEDIAN_OPEN.  Returns how many are open.
 */
#define MEDIAN_OPEN 254
size_t counts_median(const struct counts *c, size_t n, uint8_t *median);

#endif
