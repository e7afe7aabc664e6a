/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_worker.h"

int worker_read(struct worker *w, size_t number, size_t k, struct rect rect, void *pixels,
		struct error *e)
{
	const struct looks *l = &w->m->looks;
	const struct look *look = &l->look[number];
	struct source s = { look->file[k], l->layer[k], &look->grid, look->place };

	return reader_read(w->reader, number * l->layers_nr + k, &s, rect, pixels, e);
}

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

/* Scores of the look's pixels: what clouds lie around the tile counts. */
static int score(struct worker *w, size_t number, struct error *e)
{
	const struct best *best = w->m->best;
	struct rect around = rect_grow(w->tile, best_halo(best));

	if (worker_read(w, number, LOOK_WATER, around, w->best.around, e))
		return -1;
	best_scores(best, number, w->tile, &w->best, w->score);
	return 0;
}

/* Read a look of the tile; *any: it sees something. */
static int see_one(struct worker *w, size_t number, bool *any, struct error *e)
{
	*any = false;
	if (rect_empty(rect_intersect(w->m->looks.look[number].place, w->tile)))
		return 0;
	if (worker_read(w, number, LOOK_WATER, w->tile, w->water, e))
		return -1;
	*any = sees_any(w->water, w->n);
	if (!*any)
		return 0;
	if (worker_read(w, number, LOOK_FRACTION, w->tile, w->fraction, e))
		return -1;
	return w->score ? score(w, number, e) : 0;
}

int worker_see(struct worker *w, const struct group *g, bool *any, struct error *e)
{
	const struct looks *l = &w->m->looks;
	struct view view = { .water = w->water, .fraction = w->fraction, .score = w->score };

	*any = false;
	for (size_t i = 0; i < g->nr; i++) {
		size_t number = l->member[g->first + i];
		bool sees;

		if (see_one(w, number, &sees, e))
			return -1;
		if (!sees)
			continue;
		if (!*any)
			sight_clear(&w->sight, w->n);
		*any = true;
		view.rank = l->look[number].rank;
		view.native = native_of(w, l->look[number].zone, g->nr == 1);
		sight_add(&w->sight, w->n, &view);
	}
	return 0;
}
