/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_best.h - scores of looks, by which --rule best chooses.
 *
 * After FORCE (Frantz 2019, doi:10.3390/rs11091124; Griffiths 2013, doi:10.1109/JSTARS.2012.2228167): the weighted
 * mean of
 *
 *   day     .99 exp(-d^2 / 2 sigma^2), d days from the target day of the year, sigma 19.79 d: .01 at 60 d; weight 1
 *   year    the same of y slice, y years from the target year, slice = 120 d / (.75 (Y + 1)), Y the
 *           largest y of the mosaic; weight 1; of mosaics of several years only
 *   cloud   1 / (1 + exp(-(10 / 3000 m) (distance - 1500 m))), distance from the pixel's centre to that of
 *           the look's nearest pixel of class 253; weight .4
 *
 * A look whose day or cloud score is below .01 counts only where no other saw the pixel.  Each score is a whole
 * number of 2^-16, computed by kernels/power.h: the same on every machine.  The distance is exact, up
 * to 5040 m: from 5036 m on the score is 1 in 2^-16.
 */
#ifndef PIPELINE_STAGE_MOSAIC_BEST_H
#define PIPELINE_STAGE_MOSAIC_BEST_H

#include "pipeline/stage/mosaic_looks.h"

#define SCORE_ONE 65536

/* The scores alone [2^-16]: of days, and of metres (0 and more). */
uint32_t score_of_days(double days);
uint32_t score_of_cloud(double metres);

struct best;

/*
 * Scores of looks on a grid in which they have their places.  target_day: of the year, 1..366; 0: the
 * day in the middle between from and to, which also gives the target year.
 */
int best_new(struct best **out, const struct looks *l, const struct grid *grid, int target_day,
	     const int64_t period[2], struct error *e);
void best_free(struct best *b);

int best_target_day(const struct best *b);

/* [rank]: larger is preferred where scores are equal: nearer to the target date, then later, then lower id. */
const uint16_t *best_preference(const struct best *b);

/* Pixels around a tile whose clouds count. */
int32_t best_halo(const struct best *b);

/* Scratch of one thread. */
struct best_scratch {
	uint8_t *around; /* classes of the tile with its halo */
	uint16_t *
		above; /* of the tile's rows: rows to the nearest cloud in each column of the halo */
	void *row;
};
size_t best_around_bytes(const struct best *b);
size_t best_above_bytes(const struct best *b);
size_t best_row_bytes(const struct best *b);

/*
 * Scores of a look's pixels in the tile, from its classes in s->around: larger is better; all that have a day or
 * cloud score below .01 are below all others; never 0.
 */
void best_scores(const struct best *b, size_t number, struct rect tile, struct best_scratch *s,
		 uint32_t *score);

/*
 * Squared distances [pixel widths] from each pixel of row y of a tile to the nearest cloud (class 253) in
 * s->around; infinity where there is none.  Row 0 comes first: it scans all.  For tests, and best_scores().
 */
void best_distances(const struct best *b, struct rect tile, struct best_scratch *s, int32_t y,
		    double *distance2);

#endif
