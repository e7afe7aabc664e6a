/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/polygonize.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define SKIP 64 /* pixels of nothing that are passed over at once */
/* Memory a vertex takes at most, with its share of labels, rings, points, and of growing. */
#define VERTEX_BYTES 128

enum {
	FLAG_OUTLINE =
		1, /* upper left corner of a pixel whose neighbours do not belong: may start an outline */
	FLAG_SADDLE = 2, /* the first of two at one node */
};

/* A corner of a boundary.  Nodes are the corners of pixels: node (x, y) is the upper left of pixel (x, y). */
struct vertex {
	int32_t x, y;
	uint32_t across, down; /* the vertices at the other ends of its two sides */
	uint32_t label;
	uint8_t flags;
};

/* Pixels that were found to be connected; labels of one patch are joined to the lowest. */
struct label {
	uint32_t parent;
	uint8_t value;
	uint64_t pixels;
};

struct polygonize {
	struct polygonize_spec spec;
	int32_t y; /* of the next row */
	/* Rows of width + 2: a column of nothing on either side. */
	uint8_t *upper, *lower;
	uint32_t *upper_label, *lower_label;
	bool upper_empty;
	uint32_t *open
		[POLYGONIZE_VALUES_MAX]; /* by column: the vertex whose side runs down from above */
	struct vertex *vertices;
	size_t vertices_nr, capacity, wanted; /* wanted: also those that memory had no room for */
	struct label *labels;
	size_t labels_nr, labels_capacity;
};

void polygonize_free(struct polygonize *p)
{
	if (!p)
		return;
	for (size_t k = 0; k < p->spec.values_nr; k++)
		free(p->open[k]);
	free(p->upper);
	free(p->lower);
	free(p->upper_label);
	free(p->lower_label);
	free(p->vertices);
	free(p->labels);
	free(p);
}

static int allocate(struct polygonize *p)
{
	size_t n = (size_t)p->spec.grid.width + 2;

	p->upper = calloc(n, 1);
	p->lower = calloc(n, 1);
	p->upper_label = calloc(n, sizeof(*p->upper_label));
	p->lower_label = calloc(n, sizeof(*p->lower_label));
	for (size_t k = 0; k < p->spec.values_nr; k++) {
		p->open[k] = malloc(n * sizeof(*p->open[k]));
		if (!p->open[k])
			return -1;
		memset(p->open[k], 0xff, n * sizeof(*p->open[k]));
	}
	return p->upper && p->lower && p->upper_label && p->lower_label ? 0 : -1;
}

int polygonize_new(struct polygonize **out, const struct polygonize_spec *spec, struct error *e)
{
	struct polygonize *p = calloc(1, sizeof(*p));

	if (!p)
		return error_nomem(e, "polygons");
	p->spec = *spec;
	p->upper_empty = true;
	if (allocate(p)) {
		polygonize_free(p);
		return error_nomem(e, "polygons");
	}
	*out = p;
	return 0;
}

/* --- labels --- */

static uint32_t root_of(struct polygonize *p, uint32_t label)
{
	while (p->labels[label].parent != label) {
		p->labels[label].parent = p->labels[p->labels[label].parent].parent;
		label = p->labels[label].parent;
	}
	return label;
}

static uint32_t join(struct polygonize *p, uint32_t a, uint32_t b)
{
	a = root_of(p, a);
	b = root_of(p, b);
	if (a > b)
		p->labels[a].parent = b;
	else
		p->labels[b].parent = a;
	return a < b ? a : b;
}

static int new_label(struct polygonize *p, uint8_t value, uint32_t *label, struct error *e)
{
	if (p->labels_nr == p->labels_capacity) {
		size_t capacity = p->labels_capacity + p->labels_capacity / 2 + 64;
		struct label *grown = reallocarray(p->labels, capacity, sizeof(*grown));

		if (!grown || capacity >= NONE) {
			p->labels = grown ? grown : p->labels;
			return error_nomem(e, "polygons");
		}
		p->labels = grown;
		p->labels_capacity = capacity;
	}
	*label = (uint32_t)p->labels_nr;
	p->labels[p->labels_nr++] = (struct label){ *label, value, 0 };
	return 0;
}

/* Label the run of equal pixels [from, to) of the lower row by what it touches above. */
static int label_run(struct polygonize *p, int32_t from, int32_t to, struct error *e)
{
	uint8_t value = p->lower[from];
	uint32_t label = NONE;

	for (int32_t x = from; x < to; x++) {
		if (p->upper[x] != value || (x > from && p->upper[x - 1] == value))
			continue;
		label = label == NONE ? root_of(p, p->upper_label[x])
				      : join(p, label, p->upper_label[x]);
	}
	if (label == NONE && new_label(p, value, &label, e))
		return -1;
	p->labels[label].pixels += (uint64_t)(to - from);
	for (int32_t x = from; x < to; x++)
		p->lower_label[x] = label;
	return 0;
}

/* Are the next SKIP pixels none of a patch?  Most of a row is. */
static bool is_blank(const uint8_t *row)
{
	static const uint8_t none[SKIP];

	return !memcmp(row, none, SKIP);
}

static int label_row(struct polygonize *p, struct error *e)
{
	int32_t end = p->spec.grid.width + 1;

	for (int32_t x = 1, to; x < end; x = to) {
		to = x + SKIP;
		if (to <= end && is_blank(p->lower + x))
			continue;
		for (to = x + 1; to < end && p->lower[to] == p->lower[x]; to++)
			;
		if (p->lower[x] && label_run(p, x, to, e))
			return -1;
	}
	return 0;
}

/* --- vertices --- */

/* A new vertex at a node, belonging to the pixel with this label; NONE where it is only counted. */
static uint32_t add_vertex(struct polygonize *p, int32_t x, uint32_t label, unsigned flags)
{
	if (++p->wanted > p->capacity)
		return NONE;
	p->vertices[p->vertices_nr] = (struct vertex){ x, p->y, NONE, NONE, label, (uint8_t)flags };
	return (uint32_t)p->vertices_nr++;
}

/* A side runs along the row from one vertex to the next. */
static void link_across(struct polygonize *p, uint32_t *pending, uint32_t v)
{
	if (*pending == NONE) {
		*pending = v;
		return;
	}
	p->vertices[v].across = *pending;
	p->vertices[*pending].across = v;
	*pending = NONE;
}

static void link_down(struct polygonize *p, uint32_t *open, uint32_t v)
{
	if (*open == NONE) {
		*open = v;
		return;
	}
	p->vertices[v].down = *open;
	p->vertices[*open].down = v;
	*open = NONE;
}

/* Which of the four pixels around a node belong. */
enum { UPPER_LEFT = 1, UPPER_RIGHT = 2, LOWER_LEFT = 4, LOWER_RIGHT = 8 };

static uint32_t label_at(const struct polygonize *p, int32_t x, unsigned pixel)
{
	const uint32_t *row = pixel & (UPPER_LEFT | UPPER_RIGHT) ? p->upper_label : p->lower_label;

	return row[pixel & (UPPER_LEFT | LOWER_LEFT) ? x : x + 1];
}

/*
 * Two pixels that touch at the node only: the sides to the left and to the right belong
 * to the left and the right one of them, those above and below to the upper and
 * the lower one.
 */
static void add_saddle(struct polygonize *p, int32_t x, unsigned mask, uint32_t *pending,
		       uint32_t *open)
{
	unsigned left = mask & (UPPER_LEFT | LOWER_LEFT), right = mask & ~left;
	uint32_t a = add_vertex(p, x, label_at(p, x, left), FLAG_SADDLE);
	uint32_t b =
		add_vertex(p, x, label_at(p, x, right), right == LOWER_RIGHT ? FLAG_OUTLINE : 0);

	if (b == NONE)
		return;
	link_across(p, pending, a);
	link_across(p, pending, b);
	link_down(p, open, left == UPPER_LEFT ? a : b);
	link_down(p, open, left == UPPER_LEFT ? b : a);
}

static void add_node(struct polygonize *p, int32_t x, unsigned mask, uint32_t *pending,
		     uint32_t *open)
{
	bool saddle = mask == (UPPER_LEFT | LOWER_RIGHT) || mask == (UPPER_RIGHT | LOWER_LEFT);
	bool odd = __builtin_popcount(mask) & 1;
	uint32_t v;

	if (saddle)
		add_saddle(p, x, mask, pending, open);
	if (!odd)
		return;
	v = add_vertex(p, x, label_at(p, x, mask & -mask), mask == LOWER_RIGHT ? FLAG_OUTLINE : 0);
	if (v == NONE)
		return;
	link_across(p, pending, v);
	link_down(p, open, v);
}

static unsigned mask_at(const struct polygonize *p, int32_t x, uint8_t value)
{
	return (p->upper[x] == value ? UPPER_LEFT : 0u) |
	       (p->upper[x + 1] == value ? UPPER_RIGHT : 0u) |
	       (p->lower[x] == value ? LOWER_LEFT : 0u) |
	       (p->lower[x + 1] == value ? LOWER_RIGHT : 0u);
}

/* The nodes between the upper and the lower row. */
static void add_nodes(struct polygonize *p)
{
	uint32_t pending[POLYGONIZE_VALUES_MAX];

	memset(pending, 0xff, sizeof(pending));
	for (int32_t x = 0; x <= p->spec.grid.width; x++) {
		if (x + SKIP <= p->spec.grid.width + 2 && is_blank(p->upper + x) &&
		    is_blank(p->lower + x)) {
			x += SKIP - 2; /* the last pixel's next node is not known yet */
			continue;
		}
		if (p->upper[x] == p->upper[x + 1] && p->lower[x] == p->lower[x + 1])
			continue;
		for (size_t k = 0; k < p->spec.values_nr; k++)
			add_node(p, x, mask_at(p, x, p->spec.values[k]), &pending[k],
				 &p->open[k][x]);
	}
}

/* Room for what one row of nodes can add, as far as memory goes. */
static int reserve(struct polygonize *p, struct error *e)
{
	size_t left = p->spec.memory > p->spec.reserved ? p->spec.memory - p->spec.reserved : 0;
	size_t limit = left / VERTEX_BYTES < NONE ? left / VERTEX_BYTES : NONE - 1;
	size_t need = p->vertices_nr + 2 * ((size_t)p->spec.grid.width + 1) * p->spec.values_nr;
	size_t capacity = p->capacity + p->capacity / 2;
	struct vertex *grown;

	if (need <= p->capacity || p->capacity == limit)
		return 0;
	capacity = capacity > need ? capacity : need;
	capacity = capacity < limit ? capacity : limit;
	grown = reallocarray(p->vertices, capacity + 1, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "polygons");
	p->vertices = grown;
	p->capacity = capacity;
	return 0;
}

/* Keep the wanted values, anything else becomes 0.  True if there is none. */
static bool take_row(struct polygonize *p, const uint8_t *pixels)
{
	const uint8_t *end = pixels + p->spec.grid.width;
	bool any = false;

	memset(p->lower + 1, 0, (size_t)p->spec.grid.width);
	for (size_t k = 0; k < p->spec.values_nr; k++)
		for (const uint8_t *at = pixels;
		     (at = memchr(at, p->spec.values[k], (size_t)(end - at))); at++) {
			p->lower[1 + (at - pixels)] = *at;
			any = true;
		}
	return !any;
}

/* One row of nodes, with pixels (NULL: none) below it; then the lower row becomes the upper. */
static int step(struct polygonize *p, const uint8_t *pixels, struct error *e)
{
	bool empty = true;
	uint8_t *row = p->upper;
	uint32_t *row_label = p->upper_label;

	if (pixels)
		empty = take_row(p, pixels);
	else
		memset(p->lower, 0, (size_t)p->spec.grid.width + 2);
	if (!empty || !p->upper_empty) {
		if (reserve(p, e) || label_row(p, e))
			return -1;
		add_nodes(p);
	}
	p->upper = p->lower;
	p->upper_label = p->lower_label;
	p->upper_empty = empty;
	p->lower = row;
	p->lower_label = row_label;
	p->y++;
	return 0;
}

int polygonize_row(struct polygonize *p, const uint8_t *pixels, struct error *e)
{
	return step(p, pixels, e);
}

/* --- rings --- */

/* Where a patch touches itself, the sides are joined round the pixels that do not belong. */
static void part_saddles(struct polygonize *p)
{
	for (size_t i = 0; i + 1 < p->vertices_nr; i++) {
		struct vertex *a = &p->vertices[i], *b = a + 1;
		uint32_t down = a->down;

		if (!(a->flags & FLAG_SADDLE) || root_of(p, a->label) != root_of(p, b->label))
			continue;
		a->down = b->down;
		b->down = down;
		p->vertices[a->down].down = (uint32_t)i;
		p->vertices[b->down].down = (uint32_t)i + 1;
	}
}

struct loop {
	uint32_t root, start;
	bool hole;
};

static int compare_loops(const void *a, const void *b)
{
	const struct loop *p = a, *q = b;

	if (p->root != q->root)
		return p->root < q->root ? -1 : 1;
	if (p->hole != q->hole)
		return p->hole ? 1 : -1;
	return (p->start > q->start) - (p->start < q->start);
}

/* Follow a loop from its upper left vertex, with the patch on the left: an outline goes down first, a hole
 * across.  How many vertices; points may be NULL. */
static size_t follow(const struct polygonize *p, const struct loop *loop, bool *done,
		     struct point *points)
{
	bool down = !loop->hole;
	uint32_t i = loop->start;
	size_t n = 0;

	do {
		const struct vertex *v = &p->vertices[i];

		if (points)
			points[n] = (struct point){ p->spec.grid.x0 + v->x * p->spec.grid.dx,
						    p->spec.grid.y0 - v->y * p->spec.grid.dy };
		if (done)
			done[i] = true;
		i = down ? v->down : v->across;
		down = !down;
		n++;
	} while (i != loop->start);
	return n;
}

/* The loops in the order of their patches, an outline before its holes. */
static int find_loops(struct polygonize *p, struct loop **out, size_t *nr, struct error *e)
{
	bool *done = calloc(p->vertices_nr + 1, sizeof(*done));
	/* A loop has four vertices or more. */
	struct loop *loops = calloc(p->vertices_nr / 4 + 1, sizeof(*loops));
	size_t n = 0;

	if (!done || !loops) {
		free(done);
		free(loops);
		return error_nomem(e, "polygons");
	}
	for (size_t i = 0; i < p->vertices_nr; i++) {
		const struct vertex *v = &p->vertices[i];

		if (done[i])
			continue;
		loops[n] = (struct loop){ root_of(p, v->label), (uint32_t)i,
					  !(v->flags & FLAG_OUTLINE) };
		follow(p, &loops[n++], done, NULL);
	}
	free(done);
	qsort(loops, n, sizeof(*loops), compare_loops);
	*out = loops;
	*nr = n;
	return 0;
}

static int emit(struct polygonize *p, const struct loop *loops, size_t nr, struct patches *out,
		struct error *e)
{
	struct lines *rings = &out->rings;
	size_t points_nr = 0;

	rings->points = calloc(p->vertices_nr + 1, sizeof(*rings->points));
	rings->starts = calloc(nr + 1, sizeof(*rings->starts));
	rings->closed = calloc(nr + 1, sizeof(*rings->closed));
	out->patch = calloc(nr + 1, sizeof(*out->patch));
	if (!rings->points || !rings->starts || !rings->closed || !out->patch)
		return error_nomem(e, "polygons");
	for (size_t k = 0; k < nr; k++) {
		const struct label *label = &p->labels[loops[k].root];

		points_nr += follow(p, &loops[k], NULL, rings->points + points_nr);
		rings->closed[k] = true;
		rings->starts[++rings->nr] = points_nr;
		if (!loops[k].hole)
			out->patch[out->nr++] = (struct patch){ label->value, label->pixels, k, 0 };
		out->patch[out->nr - 1].rings_nr++;
	}
	return 0;
}

int polygonize_finish(struct polygonize *p, struct patches *out, struct error *e)
{
	struct loop *loops = NULL;
	size_t nr = 0;
	int ret = -1;

	*out = (struct patches){ 0 };
	if (step(p, NULL, e))
		return -1;
	if (p->wanted > p->vertices_nr)
		return error_set(e, ERROR_CONFIG,
				 "polygons of %zu corners need more memory: use --memory %zuM",
				 p->wanted,
				 ((p->wanted * VERTEX_BYTES + p->spec.reserved) >> 20) + 1);
	for (size_t i = 0; i < p->labels_nr; i++) {
		uint32_t root = root_of(p, (uint32_t)i);

		if (root != i)
			p->labels[root].pixels += p->labels[i].pixels;
	}
	part_saddles(p);
	if (find_loops(p, &loops, &nr, e))
		return -1;
	ret = emit(p, loops, nr, out, e);
	free(loops);
	if (ret)
		patches_release(out);
	return ret;
}
