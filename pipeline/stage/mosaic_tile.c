/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/io/spool.h"
#include "pipeline/run/tiles.h"
#include "pipeline/stage/mosaic_worker.h"

/* Decoding and compressing: a block of each, its compressed bytes, the codec. */
#define CODEC_BYTES ((size_t)3 << 20)

/* --- life --- */

static bool wants(const struct mosaic *m, enum mosaic_layer k)
{
	return m->place[k] >= 0;
}

/* Bytes, cut into planes; base NULL: they are only counted. */
struct planes {
	unsigned char *base;
	size_t used;
};

static void *take(struct planes *p, size_t bytes)
{
	void *at = p->base ? p->base + p->used : NULL;

	p->used += (bytes + 63) / 64 * 64;
	return at;
}

static uint8_t *take8(struct planes *p)
{
	return take(p, TILE_PIXELS);
}

static uint16_t *take16(struct planes *p)
{
	return take(p, TILE_PIXELS * sizeof(uint16_t));
}

static uint32_t *take32(struct planes *p)
{
	return take(p, TILE_PIXELS * sizeof(uint32_t));
}

static void take_sight(struct worker *w, struct planes *p)
{
	w->sight.water = take8(p);
	w->sight.fraction = take8(p);
	w->sight.native = take8(p);
	w->sight.rank = take16(p);
	w->water = take8(p);
	w->fraction = take8(p);
	w->zone = take8(p);
	w->native = take8(p);
	w->no_native = take8(p);
	if (w->m->rule == RULE_BEST) {
		w->sight.score = take32(p);
		w->score = take32(p);
		w->best.around = take(p, best_around_bytes(w->m->best));
		w->best.above = take(p, best_above_bytes(w->m->best));
		w->best.row = take(p, best_row_bytes(w->m->best));
	}
}

/* One behind the other, so that one memset() clears all. */
static void take_counts(struct worker *w, struct planes *p)
{
	struct counts *c = &w->counts;
	size_t from = p->used;

	c->observed = take16(p);
	c->wet = take16(p);
	c->partial = take16(p);
	c->known = take16(p);
	c->zero = take16(p);
	c->hundred = take16(p);
	c->rank = take16(p);
	if (w->m->rule == RULE_BEST) {
		c->score = take32(p);
		c->best = take16(p);
	}
	if (wants(w->m, MOSAIC_OCCURRENCE) || wants(w->m, MOSAIC_MONTHS) ||
	    wants(w->m, MOSAIC_SEASONALITY)) {
		w->months.stride = TILE_PIXELS;
		w->months.observed = take(p, MONTHS * TILE_PIXELS * sizeof(uint16_t));
		w->months.wet = take(p, MONTHS * TILE_PIXELS * sizeof(uint16_t));
	}
	w->counts_bytes = p->used - from;
	if (w->m->rule == RULE_LATEST || w->m->rule == RULE_BEST) {
		c->chosen_water = take8(p);
		c->chosen_fraction = take8(p);
	}
}

static void take_results(struct worker *w, struct planes *p)
{
	const struct mosaic *m = w->m;

	w->class = take8(p);
	w->median = take8(p);
	w->frequency = take8(p);
	w->source = take16(p);
	w->day = take16(p);
	if (wants(m, MOSAIC_LOW) || wants(m, MOSAIC_HIGH)) {
		w->low = take8(p);
		w->high = take8(p);
	}
	if (w->months.stride) {
		w->occurrence = take8(p);
		w->seen_months = take8(p);
		w->seasonality = take8(p);
	}
	if (wants(m, MOSAIC_FILLED)) {
		w->filled = take8(p);
		w->fill_scratch = take(p, 2 * TILE_PIXELS);
	}
	w->bin_of = take16(p);
	w->bins = take(p, BINS_MAX * sizeof(*w->bins));
}

static void take_quantities(struct worker *w, struct planes *p)
{
	struct quantities *q = &w->quantities;

	for (size_t i = 0; i < w->m->quantities_nr; i++) {
		q->code[i] = take16(p);
		q->looks[i] = take16(p);
	}
	if (!w->m->quantities_nr)
		return;
	q->values = take32(p);
	q->look = take16(p);
	q->sight = take16(p);
	if (mosaic_has_medians(w->m)) {
		q->block = take(p, QUANTITY_BLOCK);
		q->column = take(p, w->m->looks.nr * sizeof(*q->column));
		q->scratch = take(p, QUANTITY_SCRATCH);
	}
}

/* Share the memory out; returns how many bytes of it are used. */
static size_t share_out(struct worker *w, void *memory)
{
	struct planes p = { .base = memory };

	take_sight(w, &p);
	take_counts(w, &p);
	take_results(w, &p);
	take_quantities(w, &p);
	return p.used;
}

size_t mosaic_worker_bytes(const struct mosaic *m)
{
	struct worker w = { .m = (struct mosaic *)(uintptr_t)m };

	return share_out(&w, NULL) + CODEC_BYTES;
}

static void stop(void *state)
{
	struct worker *w = state;

	spool_free(w->quantities.spool);
	reader_free(w->reader);
	free(w->memory);
	free(w);
}

static int start(void *job, void **state, struct error *e)
{
	struct mosaic *m = job;
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return error_nomem(e, "a worker");
	*state = w;
	w->m = m;
	w->memory = calloc(1, share_out(w, NULL));
	if (!w->memory)
		return error_nomem(e, "a worker");
	share_out(w, w->memory);
	return reader_new(&w->reader, (size_t)m->workers.open_max, e);
}

/* --- a tile --- */

/* The looks of a datatake are of one month but for a midnight: the first one's counts. */
static void count_sight(struct worker *w, const struct look *first)
{
	if (w->m->rule == RULE_LATEST)
		counts_latest(&w->counts, w->n, &w->sight);
	if (w->m->rule == RULE_BEST)
		counts_best(&w->counts, w->n, &w->sight, best_preference(w->m->best));
	if (w->months.observed)
		months_add(&w->months, first->month, w->n, &w->sight);
	counts_add(&w->counts, w->n, &w->sight);
}

static void clear_counts(struct worker *w)
{
	memset(w->counts.observed, 0, w->counts_bytes);
	if (w->counts.chosen_water) {
		memset(w->counts.chosen_water, WATER_NODATA, w->n);
		memset(w->counts.chosen_fraction, FRACTION_NODATA, w->n);
	}
}

static int count_looks(struct worker *w, struct error *e)
{
	const struct looks *l = &w->m->looks;

	clear_counts(w);
	quantities_clear(w);
	for (size_t g = 0; g < l->groups_nr; g++) {
		bool any;

		if (worker_see(w, &l->group[g], &any, e))
			return -1;
		if (!any)
			continue;
		count_sight(w, &l->look[l->member[l->group[g].first]]);
		if (quantities_add(w, &l->group[g], e))
			return -1;
	}
	return 0;
}

/* Class and fraction by the mosaic's rule. */
static int classify(struct worker *w, struct error *e)
{
	if (w->counts.chosen_water) {
		memcpy(w->class, w->counts.chosen_water, w->n);
		memcpy(w->median, w->counts.chosen_fraction, w->n);
		return 0;
	}
	if (counts_median(&w->counts, w->n, w->median) && worker_medians(w, e))
		return -1;
	if (w->m->rule == RULE_MEDIAN)
		counts_water_median(&w->counts, w->n, w->median, w->class);
	else
		counts_water(&w->counts, w->n, w->class);
	return 0;
}

/* Number and day of the look that was chosen, or of the latest. */
static void name_sources(struct worker *w)
{
	const struct looks *l = &w->m->looks;
	const uint16_t *rank = w->counts.best ? w->counts.best : w->counts.rank;

	for (size_t i = 0; i < w->n; i++) {
		size_t number = l->by_rank[rank[i]];

		w->source[i] = (uint16_t)(rank[i] ? number + 1 : 0);
		w->day[i] = rank[i] ? l->look[number].day : 0;
	}
}

static int fill_gaps(struct worker *w, struct error *e)
{
	const struct looks *l = &w->m->looks;
	const struct fill_planes planes = { w->class, w->median, w->filled, w->fill_scratch };

	if (!w->filled)
		return 0;
	return fills_tile(&w->m->fills, w->reader, l->nr * l->layers_nr, w->tile, &planes, e);
}

static int encode(struct worker *w, size_t i, void *slot, struct error *e)
{
	const void *const pixels[MOSAIC_LAYERS] = {
		[MOSAIC_WATER] = w->class,
		[MOSAIC_FREQUENCY] = w->frequency,
		[MOSAIC_FRACTION] = w->median,
		[MOSAIC_OBSERVED] = w->counts.observed,
		[MOSAIC_WET] = w->counts.wet,
		[MOSAIC_PARTIAL] = w->counts.partial,
		[MOSAIC_SOURCE] = w->source,
		[MOSAIC_DAY] = w->day,
		[MOSAIC_LOW] = w->low,
		[MOSAIC_HIGH] = w->high,
		[MOSAIC_OCCURRENCE] = w->occurrence,
		[MOSAIC_MONTHS] = w->seen_months,
		[MOSAIC_SEASONALITY] = w->seasonality,
		[MOSAIC_FILLED] = w->filled,
	};
	struct output *out = w->m->result.output;

	for (size_t k = 0; k < MOSAIC_LAYERS; k++)
		if (w->m->place[k] >= 0 &&
		    output_encode(out, i, (size_t)w->m->place[k], pixels[k], slot, e))
			return -1;
	return quantities_encode(w, i, slot, e);
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;

	w->tile = grid_tile(&w->m->result.grid, GEOTIFF_TILE, i);
	w->n = rect_area(w->tile);
	w->zoned = false;
	if (count_looks(w, e) || classify(w, e) || quantities_finish(w, e) || fill_gaps(w, e))
		return -1;
	if (w->low)
		counts_interval(&w->counts, w->n, w->low, w->high);
	if (w->months.observed) {
		months_occurrence(&w->months, w->n, w->occurrence);
		months_seasons(&w->months, w->n, w->seen_months, w->seasonality);
	}
	counts_frequency(&w->counts, w->n, w->frequency);
	name_sources(w);
	mosaic_result_account(&w->m->result, i, w->tile, w->class, w->median, w->filled);
	return encode(w, i, slot, e);
}

static int write(void *job, size_t i, const void *slot, struct error *e)
{
	struct mosaic *m = job;

	if (output_append(m->result.output, i, slot, e))
		return -1;
	progress_step(&m->progress, i + 1);
	return 0;
}

int mosaic_tiles(struct mosaic *m, struct error *e)
{
	const struct tiles_ops ops = { start, work, write, stop };
	size_t n = grid_tiles(&m->result.grid, GEOTIFF_TILE);

	progress_start(&m->progress, m->context->log, "mosaic", n);
	return tiles_run(n, m->workers.threads, output_slot_size(m->result.output), &ops, m, e);
}
