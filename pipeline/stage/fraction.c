/* SPDX-License-Identifier: Apache-2.0
 *
 * fraction.c - the share of water in the pixels of the shore, on the working grid: unmixed
 * between the pure water and the pure land around each (kernels/fraction.h).
 *
 * It is done twice: the shore of the classes may lie beside the line where water is
 * one half, so the first fractions say where the shore really is, and what is pure.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/fraction.h"
#include "pipeline/base/uniform.h"
#include "pipeline/run/tiles.h"

/*
 * What a pixel's fraction depends on: a box around it of pure pixels, whose purity depends
 * on first fractions one pixel further, and those on boxes and purities of their own.
 */
enum { HALO_SECOND = FRACTION_RADIUS + 1, HALO = 2 * HALO_SECOND };

_Static_assert(HALO < OBSERVE_MARGIN, "what fraction needs must have been read");

/* A tile with its halo, all planes of the same rect; second: purity of the second pass. */
struct fraction_worker {
	const struct observe *o;
	void *scratch;
	uint8_t *water, *kind, *first, *second, *percent;
	uint16_t *bands[FRACTION_BANDS];
	/* of the tile alone */
	uint8_t *class, *marks, *fraction;
};

static size_t halo_pixels(const struct observe *o)
{
	size_t side = (size_t)o->context->options->tile + 2 * (size_t)HALO;

	return side * side;
}

static size_t tile_pixels(const struct observe *o)
{
	return (size_t)o->context->options->tile * (size_t)o->context->options->tile;
}

size_t fraction_bytes(const struct observe *o, int threads)
{
	return (size_t)threads * (halo_pixels(o) * (5 + FRACTION_BANDS * sizeof(uint16_t)) +
				  tile_pixels(o) * 3 + spool_scratch_size(o->spool));
}

static void fraction_stop(void *state)
{
	struct fraction_worker *w = state;

	free(w->fraction);
	free(w->marks);
	free(w->class);
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		free(w->bands[b]);
	free(w->percent);
	free(w->second);
	free(w->first);
	free(w->kind);
	free(w->water);
	free(w->scratch);
	free(w);
}

static int fraction_start(void *job, void **state, struct error *e)
{
	struct fraction_worker *w = calloc(1, sizeof(*w));
	const struct observe *o = job;
	size_t n = halo_pixels(o);
	bool ok = true;

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->water = malloc(n)) != NULL;
	ok &= (w->kind = malloc(n)) != NULL;
	ok &= (w->first = malloc(n)) != NULL;
	ok &= (w->second = malloc(n)) != NULL;
	ok &= (w->percent = malloc(n)) != NULL;
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		ok &= (w->bands[b] = malloc(n * sizeof(uint16_t))) != NULL;
	ok &= (w->class = malloc(tile_pixels(o))) != NULL;
	ok &= (w->marks = calloc(tile_pixels(o), 1)) != NULL;
	ok &= (w->fraction = malloc(tile_pixels(o))) != NULL;
	return ok ? 0 : error_nomem(e, "a worker's tile");
}

/* Purity of all pixels of the rect but its outermost, which are unknown. */
static void find_purity(const struct kernels *k, struct rect r, const uint8_t *class,
			uint8_t *purity)
{
	size_t n = (size_t)r.w;

	memset(purity, FRACTION_UNKNOWN, rect_area(r));
	for (size_t y = 1; y + 1 < (size_t)r.h; y++) {
		const uint8_t *above = class + (y - 1) * n;

		k->purity(n - 2, above, above + n, above + 2 * n, purity + y * n + 1);
	}
}

/* Pure pixels in the box around a pixel, by purity; false if a kind is rare there. */
static bool sample_box(const struct fraction_worker *w, struct rect r, const uint8_t *purity,
		       int32_t x, int32_t y, int32_t radius, struct fraction_sample *s)
{
	*s = (struct fraction_sample){ 0 };
	for (int32_t j = y - radius; j <= y + radius; j++)
		for (int32_t i = x - radius; i <= x + radius; i++) {
			size_t at = (size_t)j * (size_t)r.w + (size_t)i;
			int32_t dx = i - x, dy = j - y;
			int64_t v[FRACTION_BANDS];

			if (purity[at] > FRACTION_PURE_WATER)
				continue;
			for (size_t b = 0; b < FRACTION_BANDS; b++)
				v[b] = w->bands[b][at];
			fraction_sample_add(s, purity[at], fraction_weight(dx * dx + dy * dy), v);
		}
	return s->n[0] >= FRACTION_SAMPLE_MIN && s->n[1] >= FRACTION_SAMPLE_MIN;
}

/* A small pond has no pure water near it: the scene's stands in. */
static bool borrow(const struct fraction_sample *scene, struct fraction_sample *s)
{
	for (int kind = 0; kind < 2; kind++) {
		if (s->n[kind] >= FRACTION_SAMPLE_MIN)
			continue;
		if (scene->n[kind] < FRACTION_SAMPLE_MIN)
			return false;
		s->n[kind] = scene->n[kind];
		s->weight[kind] = scene->weight[kind];
		memcpy(s->x[kind], scene->x[kind], sizeof(s->x[kind]));
		memcpy(s->xx[kind], scene->xx[kind], sizeof(s->xx[kind]));
	}
	return true;
}

/* Fraction of a mixed pixel, FRACTION_NODATA where water and land are too alike or unknown. */
static uint8_t unmix(const struct fraction_worker *w, struct rect r, const uint8_t *purity,
		     int32_t x, int32_t y)
{
	size_t at = (size_t)y * (size_t)r.w + (size_t)x;
	struct fraction_sample s;
	int64_t v[FRACTION_BANDS];
	bool found = false;

	for (size_t k = 0; k < FRACTION_RADII && !found; k++)
		found = sample_box(w, r, purity, x, y, fraction_radius[k], &s);
	if (!found && !borrow(&w->o->scene_sample, &s))
		return FRACTION_NODATA;
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		v[b] = w->bands[b][at];
	return fraction_solve(&s, v, w->o->nir_first);
}

/* The next mixed pixel of a row at x or behind it; `end` if there is none before that. */
static int32_t next_mixed(const uint8_t *purity, int32_t x, int32_t end)
{
	const uint8_t *found =
		x < end ? memchr(purity + x, FRACTION_MIXED, (size_t)(end - x)) : NULL;

	return found ? (int32_t)(found - purity) : end;
}

/* The first fractions of what lies `inner` pixels or more inside r: what is more than half water. */
static void first_pass(struct fraction_worker *w, struct rect r, int32_t inner)
{
	memcpy(w->kind, w->water, rect_area(r));
	for (int32_t y = inner; y < r.h - inner; y++) {
		const uint8_t *first = w->first + (size_t)y * (size_t)r.w;
		int32_t end = r.w - inner;

		for (int32_t x = next_mixed(first, inner, end); x < end;
		     x = next_mixed(first, x + 1, end)) {
			uint8_t percent = unmix(w, r, w->first, x, y);

			if (percent != FRACTION_NODATA)
				w->kind[(size_t)y * (size_t)r.w + (size_t)x] =
					percent >= 50 ? WATER_OPEN : WATER_NOT;
		}
	}
}

/* Mixed is what either says; pure only where both agree, so that class and fraction do. */
static void join_purity(size_t n, const uint8_t *first, uint8_t *second)
{
	for (size_t i = 0; i < n; i++)
		second[i] = first[i] > second[i] ? first[i] : second[i];
}

static bool touches_water(const uint8_t *class, struct rect r, int32_t x, int32_t y)
{
	for (int32_t j = y - 1; j <= y + 1; j++)
		for (int32_t i = x - 1; i <= x + 1; i++)
			if (class[(size_t)j * (size_t)r.w + (size_t)i] == WATER_OPEN)
				return true;
	return false;
}

/*
 * Fraction, marks and class of a mixed pixel: land beside open water with some water in it is partial water.
 * in_tile: in the tile, not in the halo's rect.
 */
static void finish_mixed(struct fraction_worker *w, struct rect r, int32_t x, int32_t y,
			 size_t in_tile)
{
	const struct observe *o = w->o;
	uint8_t percent = unmix(w, r, w->second, x, y), class = w->class[in_tile];

	w->marks[in_tile] |= MARK_MIXED;
	if (percent == FRACTION_NODATA) {
		w->marks[in_tile] |= MARK_LOW_CONTRAST;
		percent = class == WATER_OPEN ? 100 : 0;
	} else if (o->choice.method->partial_shore && class == WATER_NOT &&
		   percent >= o->limits.partial_percent && touches_water(w->water, r, x, y)) {
		w->class[in_tile] = WATER_PARTIAL;
	}
	w->fraction[in_tile] = percent;
}

/* Fractions of pixels that are pure, and of those of which nothing is known. */
static void finish_pure(size_t n, const uint8_t *purity, uint8_t *fraction)
{
	for (size_t i = 0; i < n; i++)
		fraction[i] = purity[i] == FRACTION_PURE_WATER	? 100
			      : purity[i] == FRACTION_PURE_LAND ? 0
								: FRACTION_NODATA;
}

/* True if nothing in the rect is mixed. */
static bool is_pure(const uint8_t *purity, size_t n)
{
	return !memchr(purity, FRACTION_MIXED, n);
}

static void finish_tile(struct fraction_worker *w, struct rect r, struct rect tile)
{
	for (int32_t y = 0; y < tile.h; y++) {
		size_t at = (size_t)(y + HALO) * (size_t)r.w + HALO;
		size_t in_tile = (size_t)y * (size_t)tile.w;
		const uint8_t *purity = w->second + at;

		memcpy(w->class + in_tile, w->water + at, (size_t)tile.w);
		finish_pure((size_t)tile.w, purity, w->fraction + in_tile);
		for (int32_t x = next_mixed(purity, 0, tile.w); x < tile.w;
		     x = next_mixed(purity, x + 1, tile.w))
			finish_mixed(w, r, x + HALO, y + HALO, in_tile + (size_t)x);
	}
}

/* Most of a lake and of land has no shore within reach: what is one class needs no more than a look. */
static bool is_one_class(struct fraction_worker *w, struct rect r, struct rect tile)
{
	size_t in_tile = rect_area(tile);
	uint8_t purity;

	if (!is_uniform(w->water, rect_area(r), 1))
		return false;
	w->o->context->kernels->purity(1, w->water, w->water, w->water, &purity);
	memset(w->class, w->water[0], in_tile);
	memset(w->fraction,
	       purity == FRACTION_PURE_WATER  ? 100
	       : purity == FRACTION_PURE_LAND ? 0
					      : FRACTION_NODATA,
	       in_tile);
	return true;
}

static int write_tile(struct fraction_worker *w, size_t tile, struct error *e)
{
	struct spool *s = w->o->spool;

	if (spool_write(s, tile, PLANE_CLASS, w->class, e) ||
	    spool_write(s, tile, PLANE_FRACTION, w->fraction, e))
		return -1;
	return w->o->reasons ? spool_write(s, tile, PLANE_MARKS, w->marks, e) : 0;
}

/* The bands, where something is mixed. */
static int read_bands(struct fraction_worker *w, struct rect r, struct error *e)
{
	struct spool *s = w->o->spool;

	find_purity(w->o->context->kernels, r, w->water, w->first);
	if (is_pure(w->first, rect_area(r)))
		return 0;
	for (size_t b = 0; b < FRACTION_BANDS; b++)
		if (spool_read(s, PLANE_NIR + b, r, w->scratch, w->bands[b], e))
			return -1;
	return 0;
}

static int fraction_work(void *state, size_t i, void *slot, struct error *e)
{
	struct fraction_worker *w = state;
	const struct observe *o = w->o;
	struct rect tile = grid_tile(scene_grid(o->scene), o->context->options->tile, o->tiles[i]);
	struct rect r = rect_grow(tile, HALO);
	size_t n = rect_area(r);

	(void)slot;
	if (spool_read(o->spool, PLANE_WATER, r, w->scratch, w->water, e) ||
	    (o->reasons && spool_read(o->spool, PLANE_MARKS, tile, w->scratch, w->marks, e)))
		return -1;
	if (is_one_class(w, r, tile))
		return write_tile(w, o->tiles[i], e);
	if (read_bands(w, r, e))
		return -1;
	memcpy(w->second, w->first, n);
	if (!is_pure(w->first, n)) {
		first_pass(w, r, HALO_SECOND);
		find_purity(o->context->kernels, r, w->kind, w->second);
		join_purity(n, w->first, w->second);
	}
	finish_tile(w, r, tile);
	return write_tile(w, o->tiles[i], e);
}

static int fraction_progress(void *job, size_t i, const void *slot, struct error *e)
{
	struct observe *o = job;

	(void)slot;
	(void)e;
	progress_step(&o->progress, i + 1);
	return 0;
}

int fraction_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { fraction_start, fraction_work, fraction_progress,
					      fraction_stop };

	progress_start(&o->progress, o->context->log, "shore", o->tiles_nr);
	return tiles_run(o->tiles_nr, o->threads, 0, &ops, o, e);
}
