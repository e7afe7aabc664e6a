/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "pipeline/space/boxes.h"
#include "pipeline/stage/transects_internal.h"

/* Products of differences of millimetres within the reach take 84 bits. */
__extension__ typedef __int128 wide;

/* A straight piece of a transect. */
struct leg {
	struct place from, to;
	double start_m, length_m; /* along the transect */
	uint32_t transect;
};

struct transect_index {
	struct boxes *boxes;
	struct leg *leg;
};

size_t transect_index_bytes(size_t vertices)
{
	return vertices * (sizeof(struct leg) + sizeof(struct box)) + boxes_bytes(vertices);
}

void transect_index_free(struct transect_index *index)
{
	if (!index)
		return;
	boxes_free(index->boxes);
	free(index->leg);
	free(index);
}

static struct box box_of(struct place a, struct place b)
{
	return (struct box){ a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, a.x > b.x ? a.x : b.x,
			     a.y > b.y ? a.y : b.y };
}

static bool same_place(struct place a, struct place b)
{
	return a.x == b.x && a.y == b.y;
}

/* Append the legs of transect i that have a length; *nr counts them. */
static int add_legs(struct leg *leg, size_t *nr, const struct lines *paths, size_t i,
		    struct error *e)
{
	double along = 0;

	for (size_t k = 0; k < lines_edges(paths, i); k++) {
		struct leg l = { .transect = (uint32_t)i, .start_m = along };
		struct point a, b;

		lines_edge(paths, i, k, &a, &b);
		if (!place_of(a, &l.from) || !place_of(b, &l.to))
			return error_set(e, ERROR_BUG, "a transect without a place");
		l.length_m = sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
		along += l.length_m;
		if (!same_place(l.from, l.to))
			leg[(*nr)++] = l;
	}
	return 0;
}

int transect_index_new(struct transect_index **out, const struct lines *paths, struct error *e)
{
	struct transect_index *index = calloc(1, sizeof(*index));
	size_t points_nr = paths->starts[paths->nr], nr = 0;
	struct box *box = calloc(points_nr + 1, sizeof(*box));
	int ret = -1;

	*out = index;
	if (index)
		index->leg = calloc(points_nr + 1, sizeof(*index->leg));
	if (!index || !index->leg || !box) {
		error_nomem(e, "an index of transects");
		goto out;
	}
	for (size_t i = 0; i < paths->nr; i++)
		if (add_legs(index->leg, &nr, paths, i, e))
			goto out;
	for (size_t k = 0; k < nr; k++)
		box[k] = box_of(index->leg[k].from, index->leg[k].to);
	ret = boxes_new(&index->boxes, box, nr, e);
out:
	free(box);
	return ret;
}

/* --- where they cross --- */

/* > 0: p lies to the left of the way from a to b; 0: on it. */
static wide turn(struct place a, struct place b, struct place p)
{
	return (wide)(b.x - a.x) * (p.y - a.y) - (wide)(b.y - a.y) * (p.x - a.x);
}

/* Of a point on it: to the left, once it is moved by (e, e^2)? */
static bool moved_left(struct place a, struct place b)
{
	return b.y < a.y || (b.y == a.y && b.x > a.x);
}

/* Is a vertex of the shore to the left of a leg? */
static bool shore_left(const struct leg *l, struct place p)
{
	wide side = turn(l->from, l->to, p);

	return side ? side > 0 : moved_left(l->from, l->to);
}

/* Is a point to the left of an edge of the shore?  The edge moves, so the point does the contrary. */
static bool left_of_shore(wide side, struct place a, struct place b)
{
	return side ? side > 0 : !moved_left(a, b);
}

/* Where a transect crosses the shore: twice the millimetres along it, and 1 more where it goes into the water. */
struct crossing {
	int64_t key;
	uint32_t transect;
};

#define CROSSING_BYTES ((size_t)48) /* the list while it grows to twice its size; then sorting */

_Static_assert(CROSSING_BYTES == 3 * sizeof(struct crossing), "a crossing has 16 bytes");

static int64_t mm_of(const struct crossing *c)
{
	return c->key / 2;
}

static bool into_water(const struct crossing *c)
{
	return c->key % 2;
}

struct sweep {
	const struct transect_index *index;
	struct crossing *list;
	size_t nr, capacity, most;
	struct place from, to; /* the edge of the shore */
	struct error *e;
};

static int add_crossing(struct sweep *s, struct crossing c)
{
	if (s->nr == s->capacity) {
		size_t capacity = s->capacity ? 2 * s->capacity : 1024;
		struct crossing *list;

		if (capacity > s->most)
			capacity = s->most;
		if (s->nr >= capacity)
			return error_set(
				s->e, ERROR_CONFIG,
				"more than %zu crossings of transects and shore do not fit into "
				"the memory; a larger --memory or fewer transects are needed",
				s->most);
		list = reallocarray(s->list, capacity, sizeof(*list));
		if (!list)
			return error_nomem(s->e, "crossings");
		s->list = list;
		s->capacity = capacity;
	}
	s->list[s->nr++] = c;
	return 0;
}

static int visit_leg(void *user, size_t i)
{
	struct sweep *s = user;
	const struct leg *l = s->index->leg + i;
	bool from_left = shore_left(l, s->from);
	wide start, end;
	int64_t mm;

	if (from_left == shore_left(l, s->to))
		return 0;
	start = turn(s->from, s->to, l->from);
	end = turn(s->from, s->to, l->to);
	if (left_of_shore(start, s->from, s->to) == left_of_shore(end, s->from, s->to))
		return 0;
	/* Not both are 0, else both would lie on the same side. */
	mm = llround((l->start_m + l->length_m * ((double)start / (double)(start - end))) *
		     MM_PER_M);
	/* A shore that comes from the left has its own left, the water, ahead. */
	return add_crossing(s, (struct crossing){ 2 * mm + from_left, l->transect });
}

static int sweep_line(struct sweep *s, const struct lines *shoreline, size_t i)
{
	for (size_t k = 0; k < lines_edges(shoreline, i); k++) {
		struct point a, b;
		struct box query;

		lines_edge(shoreline, i, k, &a, &b);
		if (!place_of(a, &s->from) || !place_of(b, &s->to))
			return error_set(s->e, ERROR_DATA,
					 "a shoreline's vertex near (%.10g, %.10g) is no place",
					 a.x, a.y);
		query = box_of(s->from, s->to);
		if (boxes_visit(s->index->boxes, &query, visit_leg, s))
			return -1;
	}
	return 0;
}

/* --- which of them is the position --- */

static int by_transect(const void *a, const void *b)
{
	const struct crossing *p = a, *q = b;

	if (p->transect != q->transect)
		return p->transect < q->transect ? -1 : 1;
	return (p->key > q->key) - (p->key < q->key);
}

/* Of the crossings at one millimetre those to and fro cancel, and one of the rest is left. */
static size_t merge(struct crossing *c, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0, end; i < n; i = end) {
		struct crossing first = c[i];
		long balance = 0;

		for (end = i; end < n && mm_of(&c[end]) == mm_of(&first); end++)
			balance += into_water(&c[end]) ? 1 : -1;
		if (balance) {
			first.key = 2 * mm_of(&first) + (balance > 0);
			c[kept++] = first;
		}
	}
	return kept;
}

struct choice {
	int64_t mm, run; /* run -1: there is none */
	int64_t off;	 /* twice the distance from the transect's middle */
};

/* Seen from the transect's start, or in reverse from its end. */
static struct choice choose(const struct crossing *c, size_t n, int64_t length, bool reversed)
{
	struct choice best = { 0, -1, 0 };

	for (size_t k = 0; k < n; k++) {
		const struct crossing *this = reversed ? &c[n - 1 - k] : &c[k];
		int64_t next = k + 1 == n ? (reversed ? 0 : length)
			       : reversed ? mm_of(this - 1)
					  : mm_of(this + 1);
		struct choice it = { .mm = reversed ? length - mm_of(this) : mm_of(this),
				     .run = llabs(next - mm_of(this)) };

		it.off = llabs(2 * it.mm - length);
		if (into_water(this) != reversed &&
		    (it.run > best.run || (it.run == best.run && it.off < best.off)))
			best = it;
	}
	return best;
}

static double metres(struct choice c)
{
	return c.run < 0 ? NAN : (double)c.mm / MM_PER_M;
}

static void settle(struct transects *t, size_t period, struct crossing *c, size_t n)
{
	struct transect *transect = t->transect + c->transect;
	struct transect_position *p = t->position + c->transect * t->periods_nr + period;
	int64_t length = llround(transect->length_m * MM_PER_M);
	struct choice ahead, back;

	n = merge(c, n);
	ahead = choose(c, n, length, false);
	back = choose(c, n, length, true);
	p->crossings = (uint32_t)n;
	p->position_m = metres(ahead);
	p->reverse_m = metres(back);
	transect->run_mm[0] += ahead.run > 0 ? ahead.run : 0;
	transect->run_mm[1] += back.run > 0 ? back.run : 0;
}

int transects_measure(struct transects *t, size_t period, const struct lines *shoreline,
		      size_t memory, struct error *e)
{
	struct sweep s = { .index = t->index, .most = memory / CROSSING_BYTES, .e = e };
	int ret = 0;

	if (period >= t->periods_nr)
		return error_set(e, ERROR_BUG, "period %zu of %zu", period, t->periods_nr);
	for (size_t i = 0; !ret && i < shoreline->nr; i++)
		ret = sweep_line(&s, shoreline, i);
	if (!ret && s.nr)
		qsort(s.list, s.nr, sizeof(*s.list), by_transect);
	for (size_t i = 0, end; !ret && i < s.nr; i = end) {
		for (end = i; end < s.nr && s.list[end].transect == s.list[i].transect;)
			end++;
		settle(t, period, s.list + i, end - i);
	}
	free(s.list);
	return ret;
}
