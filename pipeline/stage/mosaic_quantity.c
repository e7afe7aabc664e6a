/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_quantity.h"

#include <string.h>

#include "kernels/classes.h"
#include "pipeline/io/spool.h"
#include "pipeline/stage/mosaic_worker.h"

#define CELSIUS_STEP  0x1p-9f
#define CELSIUS_LEAST (-32.0f)
#define INDEX_SHIFT   32768

/* --- codes --- */

static bool is_celsius(const struct layer *layer)
{
	return !strcmp(layer->unit, "degC");
}

void codes_of_values(const struct kernels *k, const struct layer *layer, size_t n,
		     const void *values, uint16_t *codes)
{
	const int16_t *index = values;

	if (layer->type == LAYER_I16)
		for (size_t i = 0; i < n; i++)
			codes[i] = (uint16_t)(index[i] + INDEX_SHIFT);
	else if (is_celsius(layer))
		k->linear_pack(n, values, CELSIUS_STEP, CELSIUS_LEAST, codes);
	else
		k->quantity_pack(n, values, codes);
}

void values_of_codes(const struct kernels *k, const struct layer *layer, size_t n,
		     const uint16_t *codes, void *values)
{
	int16_t *index = values;

	if (layer->type == LAYER_I16)
		for (size_t i = 0; i < n; i++)
			index[i] = (int16_t)(codes[i] - INDEX_SHIFT);
	else if (is_celsius(layer))
		k->linear_unpack(n, codes, CELSIUS_STEP, CELSIUS_LEAST, values);
	else
		k->quantity_unpack(n, codes, values);
}

/* Hoare's selection (1961, doi:10.1145/366622.366647). */
uint16_t codes_median(uint16_t *codes, size_t n)
{
	size_t low = 0, high = n - 1, wanted = (n - 1) / 2;

	while (low < high) {
		uint16_t pivot = codes[low + (high - low) / 2];
		size_t i = low, j = high;

		for (;; i++, j--) {
			while (codes[i] < pivot)
				i++;
			while (codes[j] > pivot)
				j--;
			if (i >= j)
				break;

			uint16_t swap = codes[i];

			codes[i] = codes[j];
			codes[j] = swap;
		}
		if (wanted <= j)
			high = j;
		else
			low = j + 1;
	}
	return codes[wanted];
}

/* --- a look, a group --- */

bool mosaic_has_medians(const struct mosaic *m)
{
	return m->quantities_nr && (m->rule == RULE_FREQUENCY || m->rule == RULE_MEDIAN);
}

void quantities_clear(struct worker *w)
{
	struct quantities *q = &w->quantities;

	for (size_t i = 0; i < w->m->quantities_nr; i++) {
		memset(q->code[i], 0, w->n * sizeof(*q->code[i]));
		memset(q->looks[i], 0, w->n * sizeof(*q->looks[i]));
		q->spooled[i] = 0;
	}
	spool_free(q->spool);
	q->spool = NULL;
}

/* May the look, of this rank, have a value where it counts?  Quantities are of open water alone. */
static bool may_have(const struct worker *w, uint16_t rank, const struct layer *layer)
{
	uint8_t any = 0, all = layer->type == LAYER_I16;

	for (size_t i = 0; i < w->n; i++)
		any |= (uint8_t)((w->sight.rank[i] == rank) &
				 (all | (w->sight.water[i] == WATER_OPEN)));
	return any;
}

/* Codes of one look, where it counts, into those of the sight. */
static int add_look(struct worker *w, size_t number, size_t which, struct error *e)
{
	const struct looks *l = &w->m->looks;
	const struct look *k = &l->look[number];
	const struct layer *layer = l->layer[LOOK_MORE + which];
	struct quantities *q = &w->quantities;

	if (!k->file[LOOK_MORE + which] || rect_empty(rect_intersect(k->place, w->tile)) ||
	    !may_have(w, k->rank, layer))
		return 0;
	if (worker_read(w, number, LOOK_MORE + which, w->tile, q->values, e))
		return -1;
	codes_of_values(w->m->context->kernels, layer, w->n, q->values, q->look);
	for (size_t i = 0; i < w->n; i++)
		q->sight[i] = w->sight.rank[i] == k->rank ? q->look[i] : q->sight[i];
	return 0;
}

/* Tiles of the spool lie one below the other, a tile for each group with a value. */
static int spool(struct worker *w, size_t which, struct error *e)
{
	static const struct spool_plane plane = { sizeof(uint16_t), 0 };
	struct spool_plane planes[QUANTITIES_MAX];
	struct quantities *q = &w->quantities;
	struct grid g = { .dx = 1, .dy = 1, .width = GEOTIFF_TILE };

	for (size_t i = 0; i < w->m->quantities_nr; i++)
		planes[i] = plane;
	g.height = (int32_t)(GEOTIFF_TILE * w->m->looks.groups_nr);
	if (!q->spool && spool_open(&q->spool, output_folder(w->m->result.output), &g, GEOTIFF_TILE,
				    planes, w->m->quantities_nr, e))
		return -1;
	return spool_write(q->spool, q->spooled[which]++, which, q->sight, e);
}

/* Keep the codes of the look that was chosen with this group. */
static void keep_chosen(struct worker *w, size_t which)
{
	const uint16_t *chosen = w->counts.best ? w->counts.best : w->counts.rank;
	struct quantities *q = &w->quantities;

	for (size_t i = 0; i < w->n; i++)
		if (w->sight.rank[i] && w->sight.rank[i] == chosen[i])
			q->code[which][i] = q->sight[i];
}

static int add_quantity(struct worker *w, const struct group *g, size_t which, struct error *e)
{
	struct quantities *q = &w->quantities;
	uint16_t any = 0;

	memset(q->sight, 0, w->n * sizeof(*q->sight));
	for (size_t i = 0; i < g->nr; i++)
		if (add_look(w, w->m->looks.member[g->first + i], which, e))
			return -1;
	for (size_t i = 0; i < w->n; i++) {
		any |= q->sight[i];
		q->looks[which][i] = (uint16_t)(q->looks[which][i] + (q->sight[i] != 0));
	}
	if (mosaic_has_medians(w->m))
		return any ? spool(w, which, e) : 0;
	keep_chosen(w, which);
	return 0;
}

int quantities_add(struct worker *w, const struct group *g, struct error *e)
{
	for (size_t i = 0; i < w->m->quantities_nr; i++)
		if (add_quantity(w, g, i, e))
			return -1;
	return 0;
}

/* --- medians --- */

/* Pixels of the tile, counted row by row from its first, in rows of GEOTIFF_TILE of the spool. */
static int read_block(struct worker *w, size_t which, struct rect block, struct error *e)
{
	struct quantities *q = &w->quantities;
	size_t n = rect_area(block);

	for (size_t s = 0; s < q->spooled[which]; s++) {
		struct rect r = block;

		r.y += (int32_t)(s * GEOTIFF_TILE);
		if (spool_read(q->spool, which, r, q->scratch, q->block + s * n, e))
			return -1;
	}
	return 0;
}

static void block_medians(struct worker *w, size_t which, struct rect block)
{
	struct quantities *q = &w->quantities;
	size_t n = rect_area(block), first = (size_t)block.y * GEOTIFF_TILE + (size_t)block.x;

	for (size_t i = 0; i < n && first + i < w->n; i++) {
		size_t values = 0;

		if (!q->looks[which][first + i])
			continue;
		for (size_t s = 0; s < q->spooled[which]; s++) {
			uint16_t code = q->block[s * n + i];

			q->column[values] = code;
			values += code != 0;
		}
		q->code[which][first + i] = codes_median(q->column, values);
	}
}

/* The largest blocks of whole rows, or parts of one, whose codes fit. */
static int medians(struct worker *w, size_t which, struct error *e)
{
	const int32_t side = GEOTIFF_TILE,
		      all = (int32_t)((w->n + GEOTIFF_TILE - 1) / GEOTIFF_TILE);
	size_t fits = QUANTITY_BLOCK / sizeof(uint16_t) / w->quantities.spooled[which];
	int32_t width = fits < GEOTIFF_TILE ? (int32_t)fits : side;
	int32_t rows = (int32_t)(fits / GEOTIFF_TILE);

	rows = rows < 1 ? 1 : rows < all ? rows : all;
	for (int32_t y = 0; y < all; y += rows)
		for (int32_t x = 0; x < side; x += width) {
			struct rect block = { x, y, side - x < width ? side - x : width,
					      all - y < rows ? all - y : rows };

			if (read_block(w, which, block, e))
				return -1;
			block_medians(w, which, block);
		}
	return 0;
}

int quantities_finish(struct worker *w, struct error *e)
{
	for (size_t i = 0; i < w->m->quantities_nr; i++)
		if (w->quantities.spooled[i] && medians(w, i, e))
			return -1;
	return 0;
}

/* Groups that may have a value in a tile: those that lie in it. */
static size_t groups_in(const struct looks *l, struct rect tile)
{
	size_t n = 0;

	for (size_t g = 0; g < l->groups_nr; g++) {
		bool in = false;

		for (size_t i = 0; i < l->group[g].nr && !in; i++) {
			struct rect place = l->look[l->member[l->group[g].first + i]].place;

			in = !rect_empty(rect_intersect(place, tile));
		}
		n += in;
	}
	return n;
}

uint64_t mosaic_spool_bytes(const struct mosaic *m)
{
	size_t tiles = grid_tiles(&m->result.grid, GEOTIFF_TILE), most = 0;

	for (size_t i = 0; i < tiles; i++) {
		size_t n = groups_in(&m->looks, grid_tile(&m->result.grid, GEOTIFF_TILE, i));

		most = n > most ? n : most;
	}
	return (uint64_t)most * m->quantities_nr * TILE_PIXELS * sizeof(uint16_t);
}

/* --- output --- */

int quantities_encode(struct worker *w, size_t i, void *slot, struct error *e)
{
	struct output *out = w->m->result.output;
	struct quantities *q = &w->quantities;

	for (size_t k = 0; k < w->m->quantities_nr; k++) {
		const struct mosaic_quantity *m = &w->m->quantity[k];

		values_of_codes(w->m->context->kernels, m->layer, w->n, q->code[k], q->values);
		if (output_encode(out, i, (size_t)m->place, q->values, slot, e) ||
		    output_encode(out, i, (size_t)m->looks_place, q->looks[k], slot, e))
			return -1;
	}
	return 0;
}
