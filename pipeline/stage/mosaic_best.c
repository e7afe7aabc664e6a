/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_best.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/classes.h"
#include "kernels/power.h"
#include "pipeline/io/geotiff.h"

/* FORCE's defaults: scores .01, .99, .01 at days 120, 180, 240, Y_FACTOR .75, DREQ 3000 m. */
#define SCORE_MOST   .99f
#define SCORE_DAYS   60.0f
#define YEAR_DAYS    120.0
#define YEAR_FACTOR  .75
#define CLOUD_METRES 3000.0f
#define SCORE_LEAST  655 /* .01 */
/* Weights 1, 1, .4 in tenths. */
#define WEIGHT_DAY   10u
#define WEIGHT_YEAR  10u
#define WEIGHT_CLOUD 4u
/* From here on the cloud score is 1. */
#define METRES_MAX 5040
/* Of a score where neither day nor cloud is below the least. */
#define GOOD UINT32_C(0x80000000)

#define SIDE	 GEOTIFF_TILE
#define FAR	 UINT16_MAX
#define DAY_SECS 86400

struct look_score {
	uint32_t base; /* day and year, weighted */
	bool good;
	uint64_t far; /* seconds from the target date */
};

struct best {
	int target_day, target_year;
	int32_t halo;
	double metres_most;	 /* METRES_MAX, or what the halo holds of very small pixels */
	double dx, shape;	 /* shape: (dy / dx)^2 */
	struct look_score *look; /* by number */
	uint16_t *preference;	 /* by rank */
	uint32_t cloud[METRES_MAX + 1]; /* by whole metres */
};

/* --- scores --- */

static uint32_t fixed(float score)
{
	return (uint32_t)(score * (float)SCORE_ONE + .5f);
}

uint32_t score_of_days(double days)
{
	/* ln(.01 / .99) = -4.59511985 = -60^2 / 2 sigma^2. */
	const float at_60 = -4.59511985f;
	float t = (float)days / SCORE_DAYS;

	return fixed(SCORE_MOST * exp_of(at_60 * t * t));
}

uint32_t score_of_cloud(double metres)
{
	float x = 10.0f / CLOUD_METRES * ((float)metres - CLOUD_METRES / 2);

	return fixed(1.0f / (1.0f + exp_of(-x)));
}

/* --- dates --- */

struct date {
	int year, day; /* of the year, from 1 */
};

static struct date date_of(int64_t time)
{
	time_t t = (time_t)time;
	struct tm utc = { 0 };

	gmtime_r(&t, &utc);
	return (struct date){ utc.tm_year + 1900, utc.tm_yday + 1 };
}

static int64_t middle_of(const int64_t period[2])
{
	return period[0] + (period[1] - period[0]) / 2;
}

/* Seconds of 0 h of a day of a year. */
static int64_t time_of(int year, int day)
{
	struct tm utc = { .tm_year = year - 1900, .tm_mday = day };

	return timegm(&utc);
}

/* Days between two days of the year, the short way round. */
static int days_between(int a, int b)
{
	int d = abs(a - b);

	return d > 365 - d ? abs(365 - d) : d;
}

/* --- looks --- */

static int years_from(const struct best *b, const struct look *k)
{
	return abs(date_of(k->time).year - b->target_year);
}

static void score_looks(struct best *b, const struct looks *l)
{
	int64_t target = time_of(b->target_year, b->target_day);
	int years = 0;

	for (size_t i = 0; i < l->nr; i++)
		years = years_from(b, &l->look[i]) > years ? years_from(b, &l->look[i]) : years;
	for (size_t i = 0; i < l->nr; i++) {
		const struct look *k = &l->look[i];
		double slice = YEAR_DAYS / ((years + 1) * YEAR_FACTOR);
		int64_t noon = k->time / DAY_SECS * DAY_SECS;
		uint32_t day = score_of_days(days_between(date_of(k->time).day, b->target_day));

		b->look[i].good = day >= SCORE_LEAST;
		b->look[i].base = WEIGHT_DAY * day;
		if (years)
			b->look[i].base += WEIGHT_YEAR * score_of_days(slice * years_from(b, k));
		b->look[i].far = (uint64_t)(noon > target ? noon - target : target - noon);
	}
}

struct by_far {
	uint64_t far;
	uint16_t rank;
};

/* From the least preferred. */
static int by_preference(const void *a, const void *b)
{
	const struct by_far *p = a, *q = b;

	if (p->far != q->far)
		return p->far > q->far ? -1 : 1;
	return p->rank < q->rank ? -1 : 1;
}

static int prefer(struct best *b, const struct looks *l, struct error *e)
{
	struct by_far *order = malloc(l->nr * sizeof(*order));

	if (!order)
		return error_nomem(e, "scores");
	for (size_t i = 0; i < l->nr; i++)
		order[i] = (struct by_far){ b->look[i].far, l->look[i].rank };
	qsort(order, l->nr, sizeof(*order), by_preference);
	for (size_t i = 0; i < l->nr; i++)
		b->preference[order[i].rank] = (uint16_t)(i + 1);
	free(order);
	return 0;
}

int best_new(struct best **out, const struct looks *l, const struct grid *grid, int target_day,
	     const int64_t period[2], struct error *e)
{
	struct best *b = calloc(1, sizeof(*b));
	struct date middle = date_of(middle_of(period));
	double least = grid->dx < grid->dy ? grid->dx : grid->dy;

	*out = b;
	if (!b)
		return error_nomem(e, "scores");
	b->look = calloc(l->nr, sizeof(*b->look));
	b->preference = calloc(l->nr + 1, sizeof(*b->preference));
	if (!b->look || !b->preference)
		return error_nomem(e, "scores");
	b->target_day = target_day ? target_day : middle.day;
	b->target_year = middle.year;
	b->halo = (int32_t)ceil(METRES_MAX / (least > 1 ? least : 1));
	b->metres_most = b->halo * least < METRES_MAX ? b->halo * least : METRES_MAX;
	b->dx = grid->dx;
	b->shape = grid->dy / grid->dx * (grid->dy / grid->dx);
	for (int i = 0; i < METRES_MAX; i++)
		b->cloud[i] = score_of_cloud(i);
	b->cloud[METRES_MAX] = SCORE_ONE;
	score_looks(b, l);
	return prefer(b, l, e);
}

void best_free(struct best *b)
{
	if (!b)
		return;
	free(b->look);
	free(b->preference);
	free(b);
}

int best_target_day(const struct best *b)
{
	return b->target_day;
}

const uint16_t *best_preference(const struct best *b)
{
	return b->preference;
}

int32_t best_halo(const struct best *b)
{
	return b->halo;
}

/* --- distances --- */

/* A parabola of the lower envelope: from column x on, distance2 = (x - at)^2 + height. */
struct parabola {
	double from, height;
	int32_t at;
};

static size_t side_of(const struct best *b)
{
	return (size_t)SIDE + 2 * (size_t)b->halo;
}

size_t best_around_bytes(const struct best *b)
{
	return side_of(b) * side_of(b);
}

size_t best_above_bytes(const struct best *b)
{
	return SIDE * side_of(b) * sizeof(uint16_t);
}

/* The envelope, distances of a row, and rows to a cloud while columns are scanned. */
size_t best_row_bytes(const struct best *b)
{
	return side_of(b) * (sizeof(struct parabola) + sizeof(double) + sizeof(uint16_t));
}

static double *distances_of(const struct best *b, const struct best_scratch *s)
{
	return (double *)((struct parabola *)s->row + side_of(b));
}

/* One row further: rows to the nearest cloud passed. */
static void step(size_t width, const uint8_t *water, uint16_t *rows)
{
	for (size_t x = 0; x < width; x++) {
		uint16_t next = (uint16_t)(rows[x] + (rows[x] != FAR));

		rows[x] = water[x] == WATER_CLOUD ? 0 : next;
	}
}

static void keep_least(size_t width, const uint16_t *rows, uint16_t *least)
{
	for (size_t x = 0; x < width; x++)
		least[x] = rows[x] < least[x] ? rows[x] : least[x];
}

/* Rows to the nearest cloud above or below, for each column and each row of the tile. */
static void scan_columns(const struct best *b, struct rect tile, struct best_scratch *s)
{
	size_t width = (size_t)tile.w + 2 * (size_t)b->halo;
	uint16_t *rows = (void *)(distances_of(b, s) + side_of(b));
	int32_t height = tile.h + 2 * b->halo;

	memset(rows, 0xff, width * sizeof(*rows));
	for (int32_t y = 0; y < b->halo + tile.h; y++) {
		step(width, s->around + (size_t)y * width, rows);
		if (y >= b->halo)
			memcpy(s->above + (size_t)(y - b->halo) * width, rows,
			       width * sizeof(*rows));
	}
	memset(rows, 0xff, width * sizeof(*rows));
	for (int32_t y = height - 1; y >= b->halo; y--) {
		step(width, s->around + (size_t)y * width, rows);
		if (y < b->halo + tile.h)
			keep_least(width, rows, s->above + (size_t)(y - b->halo) * width);
	}
}

/*
 * The lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019), one for each
 * column with a cloud; returns how many are part of it.
 */
static size_t envelope(const struct best *b, size_t width, const uint16_t *above,
		       struct parabola *hull)
{
	size_t n = 0;

	for (size_t x = 0; x < width; x++) {
		struct parabola p = { -INFINITY, (double)above[x] * above[x] * b->shape,
				      (int32_t)x };

		if (above[x] == FAR)
			continue;
		for (; n; n--) {
			const struct parabola *q = &hull[n - 1];
			double at = (double)x, before = q->at;

			p.from = (p.height + at * at - q->height - before * before) /
				 (2 * (at - before));
			if (p.from > q->from)
				break;
			p.from = -INFINITY;
		}
		hull[n++] = p;
	}
	return n;
}

void best_distances(const struct best *b, struct rect tile, struct best_scratch *s, int32_t y,
		    double *distance2)
{
	size_t width = (size_t)tile.w + 2 * (size_t)b->halo, k = 0, n;
	struct parabola *hull = s->row;

	if (!y)
		scan_columns(b, tile, s);
	n = envelope(b, width, s->above + (size_t)y * width, hull);
	for (int32_t x = 0; x < tile.w; x++) {
		double at = x + b->halo, to;

		while (k + 1 < n && hull[k + 1].from < at)
			k++;
		to = n ? at - hull[k].at : 0;
		distance2[x] = n ? to * to + hull[k].height : INFINITY;
	}
}

static uint32_t cloud_score(const struct best *b, double distance2)
{
	double metres2 = distance2 * b->dx * b->dx;

	if (metres2 >= b->metres_most * b->metres_most)
		return SCORE_ONE;
	/* sqrt() is rounded correctly everywhere. */
	return b->cloud[(int)(sqrt(metres2) + .5)];
}

static bool has_cloud(const struct best *b, struct rect tile, const uint8_t *around)
{
	size_t halo = 2 * (size_t)b->halo;

	return memchr(around, WATER_CLOUD, ((size_t)tile.w + halo) * ((size_t)tile.h + halo));
}

void best_scores(const struct best *b, size_t number, struct rect tile, struct best_scratch *s,
		 uint32_t *score)
{
	const struct look_score *k = &b->look[number];
	uint32_t clear = k->base + WEIGHT_CLOUD * SCORE_ONE + (k->good ? GOOD : 0);
	double *distance2 = distances_of(b, s);
	size_t n = rect_area(tile);

	for (size_t i = 0; i < n; i++)
		score[i] = clear;
	if (!has_cloud(b, tile, s->around))
		return;
	for (int32_t y = 0; y < tile.h; y++) {
		best_distances(b, tile, s, y, distance2);
		for (int32_t x = 0; x < tile.w; x++) {
			uint32_t cloud = cloud_score(b, distance2[x]);
			bool good = k->good && cloud >= SCORE_LEAST;

			score[(size_t)y * (size_t)tile.w + (size_t)x] =
				k->base + WEIGHT_CLOUD * cloud + (good ? GOOD : 0);
		}
	}
}
