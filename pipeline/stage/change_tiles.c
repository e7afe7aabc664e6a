/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/run/tiles.h"

/* The program itself and its libraries; a tile's place in the files. */
#define FIXED_BYTES ((size_t)64 << 20)
#define TILE_BYTES  512

struct job {
	struct comparison *c;
	struct survey *survey[AREAS_SIDES];
	struct progress progress;
};

struct worker {
	const struct job *job;
	struct comparison *c;
	struct reading side[AREAS_SIDES], *between;
	uint8_t *part, *inside, *filled[AREAS_SIDES]; /* of a tile */
	uint8_t *change, *significance, *transition, *zone;
	int16_t *delta;
	void *block; /* that all of them are cut from */
	/* A window wider than a tile, for patches that reach beyond it; not there with an mmu of 1. */
	struct reading wide[AREAS_SIDES];
	uint8_t *wide_change, *wide_significance;
	struct sieve *sieve;
};

/* --- what is read --- */

static int mmu_of(const struct comparison *c)
{
	return c->context->options->mmu;
}

static size_t wide_side(const struct comparison *c)
{
	return GEOTIFF_TILE + 2 * ((size_t)mmu_of(c) - 1);
}

static bool wants_looks(const struct comparison *c)
{
	return change_before(c)->looks && change_after(c)->looks;
}

/* What decides a pixel's change. */
static unsigned reads_of_change(const struct comparison *c)
{
	unsigned bits = READ_BIT(READ_WATER) | READ_BIT(READ_FRACTION);
	unsigned looks = READ_BIT(READ_OBSERVED) | READ_BIT(READ_WET) | READ_BIT(READ_PARTIAL);

	return bits | (wants_looks(c) ? looks : 0);
}

static unsigned reads_of_side(const struct comparison *c, int side)
{
	unsigned bits = reads_of_change(c);

	if (c->wants.layer[CHANGE_LAYER_DELTA] && !strcmp(c->delta_of, "frequency"))
		bits |= READ_BIT(READ_FREQUENCY);
	if (c->wants.layer[CHANGE_LAYER_TRANSITION])
		bits |= READ_BIT(READ_MONTHS) | READ_BIT(READ_SEASONALITY);
	if (change_side(c, side)->filled)
		bits |= READ_BIT(READ_OBSERVED);
	return bits;
}

#define READS_BETWEEN (READ_BIT(READ_WATER) | READ_BIT(READ_MONTHS) | READ_BIT(READ_SEASONALITY))

static size_t between_nr(const struct comparison *c)
{
	return c->wants.layer[CHANGE_LAYER_TRANSITION] ? c->periods_nr - 2 : 0;
}

/* Arrays of a tile: eight of bytes, and the delta. */
#define TILE_ARRAYS 10

size_t change_bytes(const struct comparison *c, int threads)
{
	size_t worker = TILE_ARRAYS * CHANGE_TILE_PIXELS + output_worker_bytes(c->output);
	size_t wide = wide_side(c) * wide_side(c);

	for (int s = 0; s < AREAS_SIDES; s++)
		worker += reading_bytes(reads_of_side(c, s), CHANGE_TILE_PIXELS);
	worker += between_nr(c) * reading_bytes(READS_BETWEEN, CHANGE_TILE_PIXELS);
	if (mmu_of(c) > 1)
		worker += 2 * (reading_bytes(reads_of_change(c), wide) + wide) +
			  sieve_bytes((int32_t)wide_side(c));
	/* Periods between have counters of their own, one after another. */
	return FIXED_BYTES + map_tally_bytes(&c->grid, layer_find("change")) +
	       grid_tiles(&c->grid, GEOTIFF_TILE) * TILE_BYTES +
	       (c->periods_nr > 2 ? 2 : 1) * areas_bytes(c->areas) + (size_t)threads * worker +
	       2 * survey_bytes(c, threads);
}

int change_files(const struct comparison *c)
{
	int files = (int)between_nr(c) * __builtin_popcount(READS_BETWEEN);

	for (int s = 0; s < AREAS_SIDES; s++)
		files += __builtin_popcount(reads_of_side(c, s)) +
			 (mmu_of(c) > 1 ? __builtin_popcount(reads_of_change(c)) : 0);
	return files;
}

/* --- a worker --- */

static void stop(void *state)
{
	struct worker *w = state;

	for (int s = 0; s < AREAS_SIDES; s++) {
		reading_close(&w->side[s]);
		reading_close(&w->wide[s]);
	}
	for (size_t k = 0; w->between && k < between_nr(w->c); k++)
		reading_close(&w->between[k]);
	sieve_free(w->sieve);
	free(w->wide_change);
	free(w->wide_significance);
	free(w->between);
	free(w->block);
	free(w);
}

static int make_arrays(struct worker *w, struct error *e)
{
	uint8_t *at;

	w->block = malloc(TILE_ARRAYS * CHANGE_TILE_PIXELS);
	if (!w->block)
		return error_nomem(e, "tiles");
	w->delta = w->block;
	at = (uint8_t *)w->block + sizeof(*w->delta) * CHANGE_TILE_PIXELS;
	w->change = at;
	w->significance = at += CHANGE_TILE_PIXELS;
	w->transition = at += CHANGE_TILE_PIXELS;
	w->zone = at += CHANGE_TILE_PIXELS;
	w->part = at += CHANGE_TILE_PIXELS;
	w->inside = at += CHANGE_TILE_PIXELS;
	for (int s = 0; s < AREAS_SIDES; s++)
		w->filled[s] = at += CHANGE_TILE_PIXELS;
	return 0;
}

static int make_window(struct worker *w, struct error *e)
{
	size_t pixels = wide_side(w->c) * wide_side(w->c);

	if (mmu_of(w->c) == 1)
		return 0;
	w->wide_change = malloc(pixels);
	w->wide_significance = malloc(pixels);
	if (!w->wide_change || !w->wide_significance)
		return error_nomem(e, "tiles");
	for (int s = 0; s < AREAS_SIDES; s++)
		if (reading_open(&w->wide[s], change_side(w->c, s), reads_of_change(w->c), pixels,
				 e))
			return -1;
	return sieve_new(&w->sieve, (int32_t)wide_side(w->c), e);
}

static int open_between(struct worker *w, struct error *e)
{
	size_t nr = between_nr(w->c);

	w->between = calloc(nr + 1, sizeof(*w->between));
	if (!w->between)
		return error_nomem(e, "tiles");
	for (size_t k = 0; k < nr; k++)
		if (reading_open(&w->between[k], &w->c->period[k + 1], READS_BETWEEN,
				 CHANGE_TILE_PIXELS, e))
			return -1;
	return 0;
}

static int start(void *job, void **state, struct error *e)
{
	const struct job *j = job;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(e, "tiles");
	*state = w;
	w->job = j;
	w->c = j->c;
	for (int s = 0; s < AREAS_SIDES; s++)
		if (reading_open(&w->side[s], change_side(w->c, s), reads_of_side(w->c, s),
				 CHANGE_TILE_PIXELS, e))
			return -1;
	return make_arrays(w, e) || make_window(w, e) || open_between(w, e) ? -1 : 0;
}

/* --- the change of a rectangle --- */

/*
 * Looks that saw water or land, in the place of those that saw partial water: these are neither wet nor dry, so they
 * neither agree nor disagree with others.  As dry ones they would make every mixed pixel of a shore uncertain.
 */
static const uint16_t *sure_looks(void *const *pixels, size_t n)
{
	const uint16_t *observed = pixels[READ_OBSERVED];
	uint16_t *looks = pixels[READ_PARTIAL];

	for (size_t i = 0; i < n; i++)
		looks[i] = (uint16_t)(observed[i] > looks[i] ? observed[i] - looks[i] : 0);
	return looks;
}

static void find_change(const struct comparison *c, const struct reading side[AREAS_SIDES],
			size_t n, uint8_t *significance, uint8_t *change)
{
	void *const *before = side[AREAS_BEFORE].pixels, *const *after = side[AREAS_AFTER].pixels;
	const struct kernels *k = c->context->kernels;

	if (side[AREAS_BEFORE].unseen || side[AREAS_AFTER].unseen) {
		memset(significance, SIGNIFICANCE_NODATA, n);
		memset(change, CHANGE_NODATA, n);
		return;
	}
	k->significance(n, before[READ_FRACTION], after[READ_FRACTION], CHANGE_THRESHOLD_PERCENT,
			significance);
	if (wants_looks(c)) {
		const uint16_t *const looks[] = { sure_looks(before, n), before[READ_WET],
						  sure_looks(after, n), after[READ_WET] };

		k->significance_looks(n, looks, significance);
	}
	k->change(n, before[READ_WATER], after[READ_WATER], before[READ_FRACTION],
		  after[READ_FRACTION], CHANGE_THRESHOLD_PERCENT, change);
	k->change_if_significant(n, significance, change);
}

/* A patch reaches beyond the tile: look wider, then take the tile from there. */
static int sieve_wide(struct worker *w, struct rect tile, struct error *e)
{
	int32_t more = mmu_of(w->c) - 1;
	struct rect r = { tile.x - more, tile.y - more, tile.w + 2 * more, tile.h + 2 * more };
	struct rect inner = { more, more, tile.w, tile.h };

	for (int s = 0; s < AREAS_SIDES; s++)
		if (reading_read(&w->wide[s], r, e))
			return -1;
	find_change(w->c, w->wide, rect_area(r), w->wide_significance, w->wide_change);
	sieve_window(w->sieve, inner, r.w, r.h, mmu_of(w->c), w->wide_change);
	for (int32_t y = 0; y < tile.h; y++)
		memcpy(w->change + (size_t)y * (size_t)tile.w,
		       w->wide_change + (size_t)(more + y) * (size_t)r.w + more, (size_t)tile.w);
	return 0;
}

static int sieve_tile(struct worker *w, struct rect tile, struct error *e)
{
	struct rect all = { 0, 0, tile.w, tile.h };

	if (mmu_of(w->c) == 1 ||
	    sieve_window(w->sieve, all, tile.w, tile.h, mmu_of(w->c), w->change))
		return 0;
	return sieve_wide(w, tile, e);
}

/* --- transitions --- */

enum epoch { EPOCH_LAND, EPOCH_SEASONAL, EPOCH_PERMANENT, EPOCH_NODATA };

/* Water in all months that were seen is permanent, in some of them seasonal. */
static enum epoch epoch_of(const struct reading *r, size_t i)
{
	uint8_t months = ((const uint8_t *)r->pixels[READ_MONTHS])[i];
	uint8_t wet = ((const uint8_t *)r->pixels[READ_SEASONALITY])[i];

	if (months == 0 || months > 12 || wet > months)
		return EPOCH_NODATA;
	if (!wet)
		return EPOCH_LAND;
	return wet == months ? EPOCH_PERMANENT : EPOCH_SEASONAL;
}

static void find_transitions(struct worker *w, size_t n)
{
	static const uint8_t code[3][3] = {
		{ TRANSITION_NONE, TRANSITION_NEW_SEASONAL, TRANSITION_NEW_PERMANENT },
		{ TRANSITION_LOST_SEASONAL, TRANSITION_SEASONAL, TRANSITION_TO_PERMANENT },
		{ TRANSITION_LOST_PERMANENT, TRANSITION_TO_SEASONAL, TRANSITION_PERMANENT },
	};
	static const uint8_t ephemeral[] = { TRANSITION_NONE, TRANSITION_EPHEMERAL_SEASONAL,
					     TRANSITION_EPHEMERAL_PERMANENT };

	for (size_t i = 0; i < n; i++) {
		enum epoch before = epoch_of(&w->side[AREAS_BEFORE], i), most = EPOCH_LAND;
		enum epoch after = epoch_of(&w->side[AREAS_AFTER], i);

		w->transition[i] = TRANSITION_NODATA;
		if (before == EPOCH_NODATA || after == EPOCH_NODATA)
			continue;
		w->transition[i] = code[before][after];
		if (w->transition[i] != TRANSITION_NONE)
			continue;
		for (size_t k = 0; k < between_nr(w->c); k++) {
			enum epoch between = epoch_of(&w->between[k], i);

			most = between != EPOCH_NODATA && between > most ? between : most;
		}
		w->transition[i] = ephemeral[most];
	}
}

/* --- a tile --- */

static int read_tile(struct worker *w, struct rect r, struct error *e)
{
	for (int s = 0; s < AREAS_SIDES; s++)
		if (reading_read(&w->side[s], r, e))
			return -1;
	for (size_t k = 0; k < between_nr(w->c); k++)
		if (reading_read(&w->between[k], r, e))
			return -1;
	return 0;
}

static void mark_zone(uint8_t *zone, struct rect r, size_t i, uint8_t bit)
{
	int32_t x = (int32_t)(i % (size_t)r.w), y = (int32_t)(i / (size_t)r.w);

	for (int32_t row = y > 0 ? y - 1 : 0; row <= y + 1 && row < r.h; row++)
		for (int32_t column = x > 0 ? x - 1 : 0; column <= x + 1 && column < r.w; column++)
			zone[(size_t)row * (size_t)r.w + (size_t)column] |= bit;
}

/*
 * The pixels that were gained or lost, and those of the tile that touch them.  Beyond the tile's border none is looked for: of
 * a shore's rim that is one pixel in 512.
 */
static void find_zones(struct worker *w, struct rect r)
{
	size_t n = rect_area(r);

	memset(w->zone, 0, n);
	for (size_t i = 0; i < n; i++) {
		if (w->change[i] == CHANGE_GAIN)
			mark_zone(w->zone, r, i, AREAS_GAINED);
		else if (w->change[i] == CHANGE_LOSS)
			mark_zone(w->zone, r, i, AREAS_LOST);
	}
}

static void find_filled(struct worker *w, int side, size_t n)
{
	const uint16_t *observed = w->side[side].pixels[READ_OBSERVED];

	for (size_t i = 0; i < n; i++)
		w->filled[side][i] = observed[i] == 0;
}

static int measure(struct worker *w, size_t i, struct error *e)
{
	struct comparison *c = w->c;
	void *const *before = w->side[AREAS_BEFORE].pixels, *const *after =
								    w->side[AREAS_AFTER].pixels;
	const struct areas_pixels pixels = {
		.part = w->part,
		.inside = w->inside,
		.water = { before[READ_WATER], after[READ_WATER] },
		.fraction = { before[READ_FRACTION], after[READ_FRACTION] },
		.filled = { change_before(c)->filled ? w->filled[AREAS_BEFORE] : NULL,
			    change_after(c)->filled ? w->filled[AREAS_AFTER] : NULL },
		.change = w->change,
		.zone = w->zone,
		.transition = c->wants.layer[CHANGE_LAYER_TRANSITION] ? w->transition : NULL,
	};

	areas_place(c->areas, i, w->part, w->inside);
	find_zones(w, grid_tile(&c->grid, GEOTIFF_TILE, i));
	for (int s = 0; s < AREAS_SIDES; s++)
		if (survey_tile(w->job->survey[s], i, &pixels, s, e))
			return -1;
	return areas_count(c->areas, i, &pixels, e);
}

static int encode(struct worker *w, size_t i, void *slot, struct error *e)
{
	const void *const pixels[CHANGE_LAYERS] = {
		[CHANGE_LAYER_CHANGE] = w->change,
		[CHANGE_LAYER_DELTA] = w->delta,
		[CHANGE_LAYER_SIGNIFICANCE] = w->significance,
		[CHANGE_LAYER_TRANSITION] = w->transition,
	};

	for (size_t k = 0; k < CHANGE_LAYERS; k++)
		if (w->c->wants.layer[k] &&
		    output_encode(w->c->output, i, (size_t)w->c->place[k], pixels[k], slot, e))
			return -1;
	return 0;
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;
	struct comparison *c = w->c;
	struct rect r = grid_tile(&c->grid, GEOTIFF_TILE, i);
	size_t n = rect_area(r);
	enum change_read delta = strcmp(c->delta_of, "frequency") ? READ_FRACTION : READ_FREQUENCY;

	if (read_tile(w, r, e))
		return -1;
	find_change(c, w->side, n, w->significance, w->change);
	if (sieve_tile(w, r, e))
		return -1;
	if (c->wants.layer[CHANGE_LAYER_DELTA])
		c->context->kernels->delta(n, w->side[AREAS_BEFORE].pixels[delta],
					   w->side[AREAS_AFTER].pixels[delta], w->delta);
	if (c->wants.layer[CHANGE_LAYER_TRANSITION])
		find_transitions(w, n);
	for (int s = 0; s < AREAS_SIDES; s++)
		if (change_side(c, s)->filled)
			find_filled(w, s, n);
	footprint_add(c->footprint, r, w->change, CHANGE_NODATA);
	if (map_tally_add(c->tally, r, w->change, e))
		return -1;
	return measure(w, i, e) || encode(w, i, slot, e) ? -1 : 0;
}

static int deliver(void *job, size_t i, const void *slot, struct error *e)
{
	struct job *j = job;

	for (int s = 0; s < AREAS_SIDES; s++)
		if (survey_deliver(j->survey[s], i, e))
			return -1;
	if (output_append(j->c->output, i, slot, e))
		return -1;
	progress_step(&j->progress, i + 1);
	return 0;
}

static int run(struct job *j, struct error *e)
{
	static const struct tiles_ops ops = { start, work, deliver, stop };
	struct comparison *c = j->c;
	size_t n = grid_tiles(&c->grid, GEOTIFF_TILE);

	for (int s = 0; s < AREAS_SIDES; s++)
		if (survey_new(&j->survey[s], c, c->areas, e))
			return -1;
	progress_start(&j->progress, c->context->log, "change", n);
	if (tiles_run(n, c->threads, output_slot_size(c->output), &ops, j, e))
		return -1;
	for (int s = 0; s < AREAS_SIDES; s++)
		if (survey_finish(j->survey[s], change_side(c, s), c->areas, (enum areas_side)s, e))
			return -1;
	return 0;
}

int change_tiles(struct comparison *c, struct error *e)
{
	struct job j = { .c = c };
	int ret = run(&j, e);

	for (int s = 0; s < AREAS_SIDES; s++)
		survey_free(j.survey[s]);
	return ret;
}
