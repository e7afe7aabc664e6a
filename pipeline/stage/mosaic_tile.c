/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/io/raster.h"
#include "pipeline/run/tiles.h"

#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)
#define PERCENTS    101
/* Pixels whose median is counted in bins at once: 3 MiB. */
#define BINS_MAX 16384
/* What an open file takes in libtiff: its directory and the state of a decoder, but for tiles. */
#define OPEN_BYTES 98304
/* Decoding and compressing: a block of each, its compressed bytes, the codec. */
#define CODEC_BYTES ((size_t)3 << 20)

/* A file that stays open: number of the look * 2 + (0 water, 1 fraction). */
struct open_file {
	struct raster *raster; /* NULL: none */
	size_t key;
};

struct worker {
	struct mosaic *m;
	struct open_file *open;
	struct rect tile;
	size_t n;   /* pixels of the tile */
	bool zoned; /* zone is that of the tile */

	/* One tile each. */
	struct counts counts;
	struct sight sight;
	uint8_t *water, *fraction, *zone, *native, *no_native; /* of one look */
	uint8_t *class, *median, *frequency;
	uint8_t *low, *high, *occurrence, *seen_months, *seasonality;
	struct months months;	   /* observed NULL: not wanted */
	uint8_t *more;		   /* holds the planes that are not always wanted, but for months */
	uint16_t *source, *bin_of; /* bin_of: 0, or the number of the pixel's bins from 1 */
	uint16_t (*bins)[PERCENTS];
};

/* Planes of bytes that only some mosaics want: low, high, three of months, and of the latest look two. */
#define MORE_PLANES 7

static bool wants_months(const struct mosaic *m)
{
	return m->place[MOSAIC_OCCURRENCE] >= 0 || m->place[MOSAIC_MONTHS] >= 0 ||
	       m->place[MOSAIC_SEASONALITY] >= 0;
}

static bool wants_more(const struct mosaic *m)
{
	return m->rule == RULE_LATEST || m->place[MOSAIC_LOW] >= 0 || m->place[MOSAIC_HIGH] >= 0 ||
	       wants_months(m);
}

size_t mosaic_worker_bytes(const struct mosaic *m)
{
	size_t months = wants_months(m) ? 2 * (size_t)MONTHS * sizeof(uint16_t) : 0;

	/* 8 bit: sight 3, look 5, results 3; 16 bit: counts 7, sight 1, source, bin_of. */
	return TILE_PIXELS * (11 + 2 * (size_t)10) + sizeof(uint16_t) * BINS_MAX * PERCENTS +
	       CODEC_BYTES + TILE_PIXELS * (months + (wants_more(m) ? MORE_PLANES : 0));
}

size_t mosaic_open_bytes(size_t tiles)
{
	/* libtiff's place and size of each. */
	return OPEN_BYTES + 16 * tiles;
}

/* --- life --- */

static void stop(void *state)
{
	struct worker *w = state;

	for (int i = 0; w->open && i < w->m->open_max; i++)
		raster_close(w->open[i].raster);
	free(w->open);
	/* All planes are parts of two blocks. */
	free(w->sight.water);
	free(w->counts.observed);
	free(w->bins);
	free(w->months.observed);
	free(w->more);
	free(w);
}

static void share_out(struct worker *w, uint8_t *bytes, uint16_t *words)
{
	uint8_t **const byte_planes[] = { &w->sight.water, &w->sight.fraction, &w->sight.native,
					  &w->water,	   &w->fraction,       &w->zone,
					  &w->native,	   &w->no_native,      &w->class,
					  &w->median,	   &w->frequency };
	uint16_t **const word_planes[] = { &w->counts.observed, &w->counts.wet,	 &w->counts.partial,
					   &w->counts.known,	&w->counts.zero, &w->counts.hundred,
					   &w->counts.rank,	&w->sight.rank,	 &w->source,
					   &w->bin_of };

	for (size_t i = 0; i < sizeof(byte_planes) / sizeof(byte_planes[0]); i++)
		*byte_planes[i] = bytes + i * TILE_PIXELS;
	for (size_t i = 0; i < sizeof(word_planes) / sizeof(word_planes[0]); i++)
		*word_planes[i] = words + i * TILE_PIXELS;
}

/* What only some mosaics want. */
static bool start_more(struct worker *w)
{
	if (wants_months(w->m)) {
		w->months.stride = TILE_PIXELS;
		w->months.observed = malloc(TILE_PIXELS * 2 * MONTHS * sizeof(uint16_t));
		if (!w->months.observed)
			return false;
		w->months.wet = w->months.observed + MONTHS * TILE_PIXELS;
	}
	if (!wants_more(w->m))
		return true;
	w->more = calloc(MORE_PLANES, TILE_PIXELS);
	if (!w->more)
		return false;
	w->low = w->more;
	w->high = w->more + TILE_PIXELS;
	w->occurrence = w->more + 2 * TILE_PIXELS;
	w->seen_months = w->more + 3 * TILE_PIXELS;
	w->seasonality = w->more + 4 * TILE_PIXELS;
	if (w->m->rule == RULE_LATEST) {
		w->counts.latest_water = w->more + 5 * TILE_PIXELS;
		w->counts.latest_fraction = w->more + 6 * TILE_PIXELS;
	}
	return true;
}

static int start(void *job, void **state, struct error *e)
{
	struct mosaic *m = job;
	struct worker *w = calloc(1, sizeof(*w));
	uint8_t *bytes;
	uint16_t *words;

	if (!w)
		return error_nomem(e, "a worker");
	*state = w;
	w->m = m;
	w->open = calloc((size_t)m->open_max, sizeof(*w->open));
	w->bins = malloc(BINS_MAX * sizeof(*w->bins));
	bytes = calloc(11, TILE_PIXELS);
	words = calloc(10, TILE_PIXELS * sizeof(*words));
	w->sight.water = bytes;
	w->counts.observed = words;
	if (!w->open || !w->bins || !bytes || !words || !start_more(w))
		return error_nomem(e, "a worker");
	share_out(w, bytes, words);
	return 0;
}

/* --- files --- */

static int open_layer(const struct look *k, bool fraction, struct raster **out, struct error *e)
{
	const struct layer *layer = layer_find(fraction ? "fraction" : "water");
	const char *path = fraction ? k->fraction : k->water;
	struct raster *r = NULL;
	struct grid g;

	if (raster_open(&r, path, layer, e))
		return -1;
	g = *raster_grid(r);
	g.crs = k->grid.crs;
	if (!grid_equal(&g, &k->grid)) {
		raster_close(r);
		return error_set(e, ERROR_DATA,
				 "%s: not on the grid of its item.json; make the observation again",
				 path);
	}
	*out = r;
	return 0;
}

/* The open file of a look's layer; one that needs its slot is closed. */
static struct raster *layer_of(struct worker *w, size_t number, bool fraction, struct error *e)
{
	size_t key = number * 2 + fraction;
	struct open_file *f = &w->open[key % (size_t)w->m->open_max];

	if (f->raster && f->key == key)
		return f->raster;
	raster_close(f->raster);
	f->raster = NULL;
	f->key = key;
	open_layer(&w->m->looks->look[number], fraction, &f->raster, e);
	return f->raster;
}

static int read_layer(struct worker *w, size_t number, bool fraction, uint8_t *pixels,
		      struct error *e)
{
	const struct look *k = &w->m->looks->look[number];
	struct rect r = { w->tile.x - k->place.x, w->tile.y - k->place.y, w->tile.w, w->tile.h };
	struct raster *raster = layer_of(w, number, fraction, e);

	return raster ? raster_read(raster, r, pixels, e) : -1;
}

/* --- sights --- */

static void set_zones(struct worker *w)
{
	if (w->zoned)
		return;
	for (int32_t y = 0; y < w->tile.h; y++)
		zones_row(w->m->zones, w->tile.x, w->tile.y + y, w->tile.w,
			  w->zone + (size_t)y * (size_t)w->tile.w);
	w->zoned = true;
}

/* Which pixels of the tile lie in the look's native zone. */
static const uint8_t *native_of(struct worker *w, int zone, bool alone)
{
	/* A look that has no other beside it needs no zones. */
	if (alone || !zone)
		return w->no_native;
	set_zones(w);
	mark_native(w->zone, w->n, (uint8_t)zone, w->native);
	return w->native;
}

/* What the looks of a group say of the tile.  *any: they see something. */
static int see(struct worker *w, const struct group *g, bool *any, struct error *e)
{
	const struct looks *l = w->m->looks;
	struct view view = { .water = w->water, .fraction = w->fraction };

	*any = false;
	for (size_t i = 0; i < g->nr; i++) {
		size_t number = l->member[g->first + i];
		const struct look *k = &l->look[number];

		if (rect_empty(rect_intersect(k->place, w->tile)))
			continue;
		if (read_layer(w, number, false, w->water, e))
			return -1;
		if (!sees_any(w->water, w->n))
			continue;
		if (read_layer(w, number, true, w->fraction, e))
			return -1;
		if (!*any)
			sight_clear(&w->sight, w->n);
		*any = true;
		view.rank = k->rank;
		view.native = native_of(w, k->zone, g->nr == 1);
		sight_add(&w->sight, w->n, &view);
	}
	return 0;
}

/* --- medians between 0 and 100 % --- */

/* Give bins to pixels of open median from *next on, as many as there are. */
static size_t give_bins(struct worker *w, size_t *next)
{
	size_t given = 0, i = *next;

	memset(w->bin_of, 0, w->n * sizeof(*w->bin_of));
	for (; i < w->n && given < BINS_MAX; i++)
		if (w->median[i] == MEDIAN_OPEN)
			w->bin_of[i] = (uint16_t)++given;
	*next = i;
	memset(w->bins, 0, given * sizeof(*w->bins));
	return given;
}

static int count_bins(struct worker *w, struct error *e)
{
	const struct looks *l = w->m->looks;

	for (size_t g = 0; g < l->groups_nr; g++) {
		bool any;

		if (see(w, &l->group[g], &any, e))
			return -1;
		for (size_t i = 0; any && i < w->n; i++)
			if (w->bin_of[i] && w->sight.water[i] <= WATER_PARTIAL &&
			    w->sight.fraction[i] < PERCENTS)
				w->bins[w->bin_of[i] - 1][w->sight.fraction[i]]++;
	}
	return 0;
}

static uint8_t lower_median(const uint16_t *bins, uint32_t known)
{
	uint32_t middle = (known - 1) / 2, below = 0;
	uint8_t percent = 0;

	while (percent < PERCENTS - 1 && below + bins[percent] <= middle)
		below += bins[percent++];
	return percent;
}

/* Read the looks again, once for every BINS_MAX pixels whose median is open. */
static int open_medians(struct worker *w, struct error *e)
{
	for (size_t next = 0; next < w->n;) {
		if (!give_bins(w, &next))
			continue;
		if (count_bins(w, e))
			return -1;
		for (size_t i = 0; i < w->n; i++)
			if (w->bin_of[i])
				w->median[i] =
					lower_median(w->bins[w->bin_of[i] - 1], w->counts.known[i]);
	}
	return 0;
}

/* --- a tile --- */

/* The looks of a datatake are of one month but for a midnight: the first one's counts. */
static void count_sight(struct worker *w, const struct look *first)
{
	if (w->counts.latest_water)
		counts_latest(&w->counts, w->n, &w->sight);
	if (w->months.observed)
		months_add(&w->months, first->month, w->n, &w->sight);
	counts_add(&w->counts, w->n, &w->sight);
}

static void clear_counts(struct worker *w)
{
	memset(w->counts.observed, 0, 7 * TILE_PIXELS * sizeof(uint16_t));
	if (w->months.observed)
		memset(w->months.observed, 0, TILE_PIXELS * 2 * MONTHS * sizeof(uint16_t));
	if (w->counts.latest_water) {
		memset(w->counts.latest_water, WATER_NODATA, w->n);
		memset(w->counts.latest_fraction, FRACTION_NODATA, w->n);
	}
}

static int count_looks(struct worker *w, struct error *e)
{
	const struct looks *l = w->m->looks;

	clear_counts(w);
	for (size_t g = 0; g < l->groups_nr; g++) {
		bool any;

		if (see(w, &l->group[g], &any, e))
			return -1;
		if (any)
			count_sight(w, &l->look[l->member[l->group[g].first]]);
	}
	return 0;
}

static void account(struct worker *w, size_t i)
{
	uint64_t class[256] = { 0 }, percent = 0;
	struct area *a = w->m->area;

	for (size_t k = 0; k < w->n; k++) {
		class[w->class[k]]++;
		percent += w->median[k] < PERCENTS ? w->median[k] : 0;
	}
	area_add(a, i, MOSAIC_AREA_NOT, class[WATER_NOT]);
	area_add(a, i, MOSAIC_AREA_OPEN, class[WATER_OPEN]);
	area_add(a, i, MOSAIC_AREA_PARTIAL, class[WATER_PARTIAL]);
	area_add(a, i, MOSAIC_AREA_NODATA, class[WATER_NODATA]);
	area_add(a, i, MOSAIC_AREA_PERCENT, percent);
	footprint_add(w->m->footprint, w->tile, w->class, WATER_NODATA);
}

static int encode(struct worker *w, size_t i, void *slot, struct error *e)
{
	const void *const pixels[MOSAIC_LAYERS] = {
		[MOSAIC_WATER] = w->class,	  [MOSAIC_FREQUENCY] = w->frequency,
		[MOSAIC_FRACTION] = w->median,	  [MOSAIC_OBSERVED] = w->counts.observed,
		[MOSAIC_WET] = w->counts.wet,	  [MOSAIC_PARTIAL] = w->counts.partial,
		[MOSAIC_SOURCE] = w->source,	  [MOSAIC_LOW] = w->low,
		[MOSAIC_HIGH] = w->high,	  [MOSAIC_OCCURRENCE] = w->occurrence,
		[MOSAIC_MONTHS] = w->seen_months, [MOSAIC_SEASONALITY] = w->seasonality,
	};

	for (size_t k = 0; k < MOSAIC_LAYERS; k++)
		if (w->m->place[k] >= 0 &&
		    output_encode(w->m->output, i, (size_t)w->m->place[k], pixels[k], slot, e))
			return -1;
	return 0;
}

/* Class and fraction by the mosaic's rule. */
static void classify(struct worker *w)
{
	if (w->m->rule == RULE_LATEST) {
		memcpy(w->class, w->counts.latest_water, w->n);
		memcpy(w->median, w->counts.latest_fraction, w->n);
	} else if (w->m->rule == RULE_MEDIAN) {
		counts_water_median(&w->counts, w->n, w->median, w->class);
	} else {
		counts_water(&w->counts, w->n, w->class);
	}
}

static int work(void *state, size_t i, void *slot, struct error *e)
{
	struct worker *w = state;

	w->tile = grid_tile(&w->m->grid, GEOTIFF_TILE, i);
	w->n = rect_area(w->tile);
	w->zoned = false;
	if (count_looks(w, e))
		return -1;
	if (w->m->rule != RULE_LATEST && counts_median(&w->counts, w->n, w->median) &&
	    open_medians(w, e))
		return -1;
	classify(w);
	if (w->low)
		counts_interval(&w->counts, w->n, w->low, w->high);
	if (w->months.observed) {
		months_occurrence(&w->months, w->n, w->occurrence);
		months_seasons(&w->months, w->n, w->seen_months, w->seasonality);
	}
	counts_frequency(&w->counts, w->n, w->frequency);
	for (size_t k = 0; k < w->n; k++) {
		uint16_t rank = w->counts.rank[k];

		w->source[k] = (uint16_t)(rank ? w->m->looks->by_rank[rank] + 1 : 0);
	}
	account(w, i);
	return encode(w, i, slot, e);
}

static int write(void *job, size_t i, const void *slot, struct error *e)
{
	struct mosaic *m = job;

	if (output_append(m->output, i, slot, e))
		return -1;
	progress_step(&m->progress, i + 1);
	return 0;
}

int mosaic_tiles(struct mosaic *m, struct error *e)
{
	const struct tiles_ops ops = { start, work, write, stop };
	size_t n = grid_tiles(&m->grid, GEOTIFF_TILE);

	progress_start(&m->progress, m->context->log, "mosaic", n);
	return tiles_run(n, m->threads, output_slot_size(m->output), &ops, m, e);
}
