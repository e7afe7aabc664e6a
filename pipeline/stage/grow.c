/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/grow.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/evidence.h"

/* What stands on the border of a tile: nothing, certain water, or the component FIRST + number. */
enum { BORDER_NONE = 0, BORDER_OPEN = 1, BORDER_FIRST = 2 };

/* The four borders of a tile one after the other, each with room for a whole side. */
enum border { TOP, BOTTOM, LEFT, RIGHT, BORDERS };

/* A tile's components that reach its border; reached[k]: k touches certain water in the tile. */
struct slot {
	uint32_t nr;
	bool empty;	  /* no border pixel is anything */
	uint32_t cells[]; /* BORDERS x side, then the flags */
};

struct grow_tile {
	uint32_t first;	 /* node of its first component */
	uint32_t *cells; /* BORDERS x side; NULL: nothing there */
};

struct grow {
	struct grid grid;
	int32_t side;
	size_t columns;
	struct grow_tile *tiles;
	uint32_t *parent; /* of each node */
	bool *reached;	  /* of each root */
	size_t nodes_nr, nodes_max;
};

struct grow_worker {
	int32_t side;
	uint32_t *label;  /* of each pixel of the tile; 0: none */
	uint32_t *parent; /* of each label */
	bool *reached;	  /* of each root: touches certain water in the tile */
	uint32_t *border; /* of each root: its number on the border, from 1; 0: none */
};

/* Components on the border of a tile: at most every other pixel. */
static size_t border_components(int32_t side)
{
	return 2 * (size_t)side + 2;
}

/* Labels given out in a tile: a pixel without a labelled neighbour before it. */
static size_t labels_max(int32_t side)
{
	size_t half = ((size_t)side + 1) / 2;

	return half * half + 1;
}

size_t grow_slot_size(int32_t side)
{
	return sizeof(struct slot) + (size_t)BORDERS * (size_t)side * sizeof(uint32_t) +
	       border_components(side);
}

static uint8_t *slot_reached(const struct slot *s, int32_t side)
{
	return (uint8_t *)(uintptr_t)(s->cells + (size_t)BORDERS * (size_t)side);
}

size_t grow_bytes(const struct grid *grid, int32_t side)
{
	size_t tile = sizeof(struct grow_tile) + (size_t)BORDERS * (size_t)side * sizeof(uint32_t) +
		      border_components(side) * (sizeof(uint32_t) + sizeof(bool));

	return 2 * grid_tiles(grid, side) * tile;
}

size_t grow_worker_bytes(int32_t side)
{
	size_t pixels = (size_t)side * (size_t)side;

	return pixels * sizeof(uint32_t) + labels_max(side) * (2 * sizeof(uint32_t) + sizeof(bool));
}

int grow_new(struct grow **out, const struct grid *grid, int32_t side, struct error *e)
{
	struct grow *g = calloc(1, sizeof(*g));

	*out = g;
	if (!g)
		return error_nomem(e, "the growth of water");
	g->grid = *grid;
	g->side = side;
	g->columns = ((size_t)grid->width + (size_t)side - 1) / (size_t)side;
	g->tiles = calloc(grid_tiles(grid, side), sizeof(*g->tiles));
	return g->tiles ? 0 : error_nomem(e, "the growth of water");
}

void grow_free(struct grow *g)
{
	if (!g)
		return;
	for (size_t i = 0; g->tiles && i < grid_tiles(&g->grid, g->side); i++)
		free(g->tiles[i].cells);
	free(g->tiles);
	free(g->parent);
	free(g->reached);
	free(g);
}

int grow_worker_new(struct grow_worker **out, int32_t side, struct error *e)
{
	struct grow_worker *w = calloc(1, sizeof(*w));

	*out = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->side = side;
	w->label = malloc((size_t)side * (size_t)side * sizeof(*w->label));
	w->parent = malloc(labels_max(side) * sizeof(*w->parent));
	w->reached = malloc(labels_max(side) * sizeof(*w->reached));
	w->border = malloc(labels_max(side) * sizeof(*w->border));
	if (!w->label || !w->parent || !w->reached || !w->border)
		return error_nomem(e, "a worker's labels");
	return 0;
}

void grow_worker_free(struct grow_worker *w)
{
	if (!w)
		return;
	free(w->border);
	free(w->reached);
	free(w->parent);
	free(w->label);
	free(w);
}

/* The root of a node; halves the way to it. */
static uint32_t find(uint32_t *parent, uint32_t a)
{
	while (parent[a] != a) {
		parent[a] = parent[parent[a]];
		a = parent[a];
	}
	return a;
}

/* The smaller root stays: labels do not depend on the order. */
static uint32_t join(uint32_t *parent, bool *reached, uint32_t a, uint32_t b)
{
	a = find(parent, a);
	b = find(parent, b);
	if (a > b) {
		uint32_t c = a;

		a = b;
		b = c;
	}
	parent[b] = a;
	reached[a] |= reached[b];
	return a;
}

/* The next pixel of a row at x or behind it that may be reached; `end` if there is none before that. */
static int32_t next_growing(const uint8_t *grounds, int32_t x, int32_t end)
{
	const uint8_t *found;

	/* In a shallow the next one is mostly this one. */
	if (x < end && grounds[x] == EVIDENCE_GROW)
		return x;
	found = x < end ? memchr(grounds + x, EVIDENCE_GROW, (size_t)(end - x)) : NULL;
	return found ? (int32_t)(found - grounds) : end;
}

/* May a pixel of the tile be reached? */
static bool any_growing(const uint8_t *grounds, size_t n)
{
	return memchr(grounds, EVIDENCE_GROW, n) != NULL;
}

/* True if one of the eight neighbours inside the tile is certain water. */
static bool touches_open(const uint8_t *grounds, struct rect r, int32_t x, int32_t y)
{
	for (int32_t j = y > 0 ? y - 1 : 0; j <= y + 1 && j < r.h; j++)
		for (int32_t i = x > 0 ? x - 1 : 0; i <= x + 1 && i < r.w; i++)
			if (grounds[(size_t)j * (size_t)r.w + (size_t)i] & EVIDENCE_OPEN)
				return true;
	return false;
}

/* Label of pixel (x, y) from the neighbours before it: left, and the three above. */
static uint32_t label_pixel(struct grow_worker *w, struct rect r, int32_t x, int32_t y,
			    uint32_t *labels)
{
	static const int32_t before[4][2] = { { -1, 0 }, { -1, -1 }, { 0, -1 }, { 1, -1 } };
	uint32_t label = 0;

	for (int k = 0; k < 4; k++) {
		int32_t i = x + before[k][0], j = y + before[k][1];
		uint32_t other;

		if (i < 0 || i >= r.w || j < 0)
			continue;
		other = w->label[(size_t)j * (size_t)r.w + (size_t)i];
		if (other)
			label = label ? join(w->parent, w->reached, label, other) : other;
	}
	if (!label) {
		label = ++*labels;
		w->parent[label] = label;
		w->reached[label] = false;
	}
	return label;
}

/* Label the whole tile; returns the number of labels given out. */
static uint32_t label_tile(struct grow_worker *w, struct rect r, const uint8_t *grounds)
{
	uint32_t labels = 0;

	memset(w->label, 0, rect_area(r) * sizeof(*w->label));
	for (int32_t y = 0; y < r.h; y++) {
		size_t at = (size_t)y * (size_t)r.w;
		const uint8_t *row = grounds + at;

		for (int32_t x = next_growing(row, 0, r.w); x < r.w;
		     x = next_growing(row, x + 1, r.w)) {
			uint32_t label = label_pixel(w, r, x, y, &labels);

			if (touches_open(grounds, r, x, y))
				w->reached[find(w->parent, label)] = true;
			w->label[at + (size_t)x] = label;
		}
	}
	return labels;
}

/* Pixel k of a border, as an index into the tile. */
static size_t border_pixel(struct rect r, enum border b, int32_t k)
{
	size_t w = (size_t)r.w, h = (size_t)r.h, i = (size_t)k;

	switch (b) {
	case TOP:
		return i;
	case BOTTOM:
		return (h - 1) * w + i;
	case LEFT:
		return i * w;
	default:
		return i * w + w - 1;
	}
}

static int32_t border_length(struct rect r, enum border b)
{
	return b == TOP || b == BOTTOM ? r.w : r.h;
}

/* What stands at a border pixel; gives the component its number on the border. */
static uint32_t border_cell(struct grow_worker *w, const uint8_t *grounds, size_t at, bool labelled,
			    struct slot *s)
{
	uint32_t root;

	if (grounds[at] & EVIDENCE_OPEN)
		return BORDER_OPEN;
	if (!labelled || !w->label[at])
		return BORDER_NONE;
	root = find(w->parent, w->label[at]);
	if (!w->border[root]) {
		w->border[root] = ++s->nr;
		slot_reached(s, w->side)[s->nr - 1] = w->reached[root];
	}
	return BORDER_FIRST + w->border[root] - 1;
}

bool grow_label(struct grow_worker *w, const struct grow *g, size_t i, const uint8_t *grounds,
		void *slot)
{
	struct rect r = grid_tile(&g->grid, g->side, i);
	struct slot *s = slot;
	bool labelled = any_growing(grounds, rect_area(r));
	uint32_t labels = labelled ? label_tile(w, r, grounds) : 0;

	memset(w->border, 0, ((size_t)labels + 1) * sizeof(*w->border));
	s->nr = 0;
	s->empty = true;
	for (enum border b = TOP; b < BORDERS; b++)
		for (int32_t k = 0; k < border_length(r, b); k++) {
			uint32_t *cell = &s->cells[(size_t)b * (size_t)w->side + (size_t)k];

			*cell = border_cell(w, grounds, border_pixel(r, b, k), labelled, s);
			s->empty &= *cell == BORDER_NONE;
		}
	return labelled;
}

static int add_nodes(struct grow *g, const struct slot *s, struct error *e)
{
	size_t need = g->nodes_nr + s->nr;

	if (need > g->nodes_max) {
		size_t max = need > 2 * g->nodes_max ? need : 2 * g->nodes_max;
		uint32_t *parent = realloc(g->parent, max * sizeof(*parent));
		bool *reached;

		if (!parent)
			return error_nomem(e, "the growth of water");
		g->parent = parent;
		reached = realloc(g->reached, max * sizeof(*reached));
		if (!reached)
			return error_nomem(e, "the growth of water");
		g->reached = reached;
		g->nodes_max = max;
	}
	for (uint32_t k = 0; k < s->nr; k++) {
		g->parent[g->nodes_nr] = (uint32_t)g->nodes_nr;
		g->reached[g->nodes_nr++] = slot_reached(s, g->side)[k] != 0;
	}
	return 0;
}

/* Two cells of different tiles that touch. */
static void touch(struct grow *g, const struct grow_tile *a, uint32_t in_a,
		  const struct grow_tile *b, uint32_t in_b)
{
	uint32_t node_a = a->first + in_a - BORDER_FIRST, node_b = b->first + in_b - BORDER_FIRST;

	if (in_a == BORDER_NONE || in_b == BORDER_NONE ||
	    (in_a == BORDER_OPEN && in_b == BORDER_OPEN))
		return;
	if (in_a == BORDER_OPEN)
		g->reached[find(g->parent, node_b)] = true;
	else if (in_b == BORDER_OPEN)
		g->reached[find(g->parent, node_a)] = true;
	else
		join(g->parent, g->reached, node_a, node_b);
}

/* A border of tile a along a border of tile b, both n long: each cell touches three. */
static void touch_side(struct grow *g, size_t a, enum border in_a, size_t b, enum border in_b,
		       int32_t n)
{
	const struct grow_tile *ta = &g->tiles[a], *tb = &g->tiles[b];

	if (!ta->cells || !tb->cells)
		return;
	for (int32_t k = 0; k < n; k++)
		for (int32_t m = k > 0 ? k - 1 : 0; m <= k + 1 && m < n; m++)
			touch(g, ta, ta->cells[(int32_t)in_a * g->side + k], tb,
			      tb->cells[(int32_t)in_b * g->side + m]);
}

/* Two tiles that meet at a corner: one cell each. */
static void touch_corner(struct grow *g, size_t a, uint32_t at_a, size_t b, uint32_t at_b)
{
	const struct grow_tile *ta = &g->tiles[a], *tb = &g->tiles[b];

	if (ta->cells && tb->cells)
		touch(g, ta, ta->cells[at_a], tb, tb->cells[at_b]);
}

/* With every tile around that has been joined; tiles come in order. */
static void touch_neighbours(struct grow *g, size_t i)
{
	struct rect r = grid_tile(&g->grid, g->side, i);
	size_t x = i % g->columns;
	uint32_t side = (uint32_t)g->side, last = side - 1;

	if (x > 0)
		touch_side(g, i, LEFT, i - 1, RIGHT, r.h);
	if (i < g->columns)
		return;
	touch_side(g, i, TOP, i - g->columns, BOTTOM, r.w);
	/* A neighbour on the left or above is a whole tile in that direction. */
	if (x > 0)
		touch_corner(g, i, TOP * side, i - g->columns - 1, BOTTOM * side + last);
	if (x + 1 < g->columns)
		touch_corner(g, i, TOP * side + (uint32_t)r.w - 1, i - g->columns + 1,
			     BOTTOM * side);
}

int grow_join(struct grow *g, size_t i, const void *slot, struct error *e)
{
	const struct slot *s = slot;
	size_t size = (size_t)BORDERS * (size_t)g->side * sizeof(uint32_t);

	g->tiles[i].first = (uint32_t)g->nodes_nr;
	if (s->empty)
		return 0;
	if (add_nodes(g, s, e))
		return -1;
	g->tiles[i].cells = malloc(size);
	if (!g->tiles[i].cells)
		return error_nomem(e, "the growth of water");
	memcpy(g->tiles[i].cells, s->cells, size);
	touch_neighbours(g, i);
	return 0;
}

/* The root of a node without touching the way to it: workers run at the same time. */
static uint32_t root_of(const uint32_t *parent, uint32_t a)
{
	while (parent[a] != a)
		a = parent[a];
	return a;
}

/* Tell the tile's components what the scene knows of them. */
static void learn(struct grow_worker *w, const struct grow *g, size_t i, struct rect r)
{
	const struct grow_tile *t = &g->tiles[i];

	if (!t->cells)
		return;
	for (enum border b = TOP; b < BORDERS; b++)
		for (int32_t k = 0; k < border_length(r, b); k++) {
			uint32_t cell = t->cells[(int32_t)b * g->side + k];
			uint32_t label = w->label[border_pixel(r, b, k)];

			if (cell < BORDER_FIRST)
				continue;
			cell = root_of(g->parent, t->first + cell - BORDER_FIRST);
			w->reached[find(w->parent, label)] |= g->reached[cell];
		}
}

bool grow_reach(struct grow_worker *w, struct grow *g, size_t i, uint8_t *grounds)
{
	struct rect r = grid_tile(&g->grid, g->side, i);
	bool found = false;

	if (!any_growing(grounds, rect_area(r)))
		return false;
	label_tile(w, r, grounds);
	learn(w, g, i, r);
	for (int32_t y = 0; y < r.h; y++) {
		size_t at = (size_t)y * (size_t)r.w;
		uint8_t *row = grounds + at;

		for (int32_t x = next_growing(row, 0, r.w); x < r.w;
		     x = next_growing(row, x + 1, r.w)) {
			if (!w->reached[find(w->parent, w->label[at + (size_t)x])])
				continue;
			row[x] |= EVIDENCE_OPEN;
			found = true;
		}
	}
	return found;
}
