/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/areas.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/change.h"
#include "pipeline/io/geotiff.h"
#include "pipeline/stage/areas_internal.h"

void areas_free(struct areas *a)
{
	if (!a)
		return;
	if (!a->shares) {
		basins_release(&a->basins);
		region_free(a->outline);
		area_free(a->outline_area);
		lake_free(a->lake);
	}
	area_free(a->area);
	free(a->shore_m);
	for (int s = 0; s < AREAS_SIDES; s++) {
		free(a->waters[s].largest);
		free(a->waters[s].others);
	}
	free(a);
}

/* --- the lake on the lattice of the grid --- */

static double clamped(double v)
{
	const double limit = 2.0 * GRID_SIDE_MAX;

	return v > -limit ? (v < limit ? v : limit) : -limit;
}

/* The pixels of the grid's lattice that a polygon's box touches. */
static struct rect box_of(const struct polygon *p, const struct grid *g)
{
	double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;

	for (size_t i = 0; i < p->rings_nr; i++)
		for (size_t k = 0; k < p->rings[i].points_nr; k++) {
			double x = (p->rings[i].points[k].x - g->x0) / g->dx;
			double y = (g->y0 - p->rings[i].points[k].y) / g->dy;

			x0 = x < x0 ? x : x0;
			x1 = x > x1 ? x : x1;
			y0 = y < y0 ? y : y0;
			y1 = y > y1 ? y : y1;
		}
	if (!(x1 > x0 && y1 > y0))
		return (struct rect){ 0, 0, 0, 0 };

	int32_t left = (int32_t)floor(clamped(x0)), top = (int32_t)floor(clamped(y0));

	return (struct rect){ left, top, (int32_t)ceil(clamped(x1)) - left,
			      (int32_t)ceil(clamped(y1)) - top };
}

static int make_frame(struct areas *a, const struct polygon *outline, struct error *e)
{
	struct rect r = rect_union(grid_rect(&a->grid), box_of(outline, &a->grid));

	if (r.w > GRID_SIDE_MAX || r.h > GRID_SIDE_MAX)
		return error_set(e, ERROR_CONFIG, "its outline is too far from the results");
	a->frame = grid_crop(&a->grid, r);
	a->frame_x = -r.x;
	a->frame_y = -r.y;
	return 0;
}

static int count_outline(struct areas *a, struct error *e)
{
	uint8_t part[GEOTIFF_TILE], inside[GEOTIFF_TILE];

	if (area_new(&a->outline_area, &a->frame, a->basins.parts, e))
		return -1;
	for (size_t i = 0; i < grid_tiles(&a->frame, GEOTIFF_TILE); i++) {
		struct rect r = grid_tile(&a->frame, GEOTIFF_TILE, i);
		uint64_t count[BASINS_PARTS_MAX + 1] = { 0 };

		for (int32_t y = r.y; y < r.y + r.h; y++) {
			region_row(a->outline, r.x, y, r.w, inside);
			if (!memchr(inside, 1, (size_t)r.w))
				continue;
			basins_row(&a->basins, r.x, y, r.w, part);
			for (int32_t x = 0; x < r.w; x++)
				count[part[x]] += inside[x];
		}
		for (size_t k = 0; k < a->basins.parts; k++)
			area_add(a->outline_area, i, k, count[k]);
	}
	return 0;
}

/* What a result says of its lake is a name: only the user names files. */
static int open_lake(struct areas *a, const struct areas_spec *spec, struct error *e)
{
	struct polygon outline = { 0 };
	int ret = -1;

	if (!spec->named && !lake_is_built_in(spec->lake))
		return error_set(e, ERROR_NOINPUT, "it is not built in");
	if (lake_open(&a->lake, spec->lake, e))
		return -1;
	if (!lake_outline(a->lake, &a->grid.crs, &outline, e) && !make_frame(a, &outline, e) &&
	    !region_new(&a->outline, &outline, &a->frame, e) &&
	    !basins_new(&a->basins, a->lake, &a->frame, e))
		ret = count_outline(a, e);
	polygon_release(&outline);
	return ret;
}

/* --- life --- */

static void place_classes(uint8_t place[256], const char *layer_name, uint8_t nodata_place)
{
	const struct layer *layer = layer_find(layer_name);

	memset(place, nodata_place, 256);
	for (size_t k = 0; k < layer->classes_nr; k++)
		place[layer->classes[k].code & 255] = (uint8_t)k;
}

static struct areas *areas_bare(const struct areas_spec *spec)
{
	struct areas *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->grid = spec->grid;
	a->frame = spec->grid;
	a->sides = spec->sides;
	a->transitions = spec->transitions;
	a->least_share = spec->least_share;
	a->basins.parts = 1;
	place_classes(a->water_place, "water", WATER_CLASSES - 1);
	place_classes(a->change_place, "change", CHANGE_CLASSES - 1);
	place_classes(a->transition_place, "transition", TRANSITION_CLASSES - 1);
	return a;
}

static void share_lake(struct areas *a, const struct areas *like)
{
	a->shares = true;
	a->lake = like->lake;
	a->frame = like->frame;
	a->frame_x = like->frame_x;
	a->frame_y = like->frame_y;
	a->outline = like->outline;
	a->basins = like->basins;
	a->outline_area = like->outline_area;
}

int areas_new(struct areas **out, const struct areas_spec *spec, struct error *e)
{
	struct areas *a = areas_bare(spec);
	struct error reason = { 0 };

	if (a && spec->like) {
		share_lake(a, spec->like);
	} else if (a && spec->lake[0] && open_lake(a, spec, &reason)) {
		areas_free(a);
		if (spec->named) {
			*e = reason;
			return -1;
		}
		log_event(
			spec->log, LOG_WARNING, CODE_WARNING_AREAS,
			"areas of basins and the unseen part of lake %s are left out (--lake FILE "
			"gives them): %s",
			spec->lake, reason.text);
		a = areas_bare(spec);
	}
	if (!a)
		return error_nomem(e, "areas");
	a->shore_m = calloc(a->basins.parts, sizeof(*a->shore_m));
	if (!a->shore_m) {
		areas_free(a);
		return error_nomem(e, "areas");
	}
	if (area_new(&a->area, &spec->grid, a->basins.parts * PART_COUNTERS, e)) {
		areas_free(a);
		return -1;
	}
	*out = a;
	return 0;
}

size_t areas_bytes(const struct areas *a)
{
	size_t counters = grid_tiles(&a->grid, GEOTIFF_TILE) * PART_COUNTERS;
	size_t outline = a->lake ? grid_tiles(&a->frame, GEOTIFF_TILE) : 0;

	return (counters + outline) * a->basins.parts * sizeof(uint64_t);
}

size_t areas_parts(const struct areas *a)
{
	return a->basins.parts;
}

const struct area *areas_area(const struct areas *a)
{
	return a->area;
}

static struct bodies_area *copy_waters(const struct bodies_area *from, size_t parts)
{
	struct bodies_area *copy = malloc(parts * sizeof(*copy));

	if (copy)
		memcpy(copy, from, parts * sizeof(*copy));
	return copy;
}

int areas_set_waters(struct areas *a, enum areas_side side, const struct areas_waters *waters,
		     struct error *e)
{
	struct waters *w = &a->waters[side];

	w->largest = copy_waters(waters->largest, a->basins.parts);
	w->others = copy_waters(waters->others, a->basins.parts);
	w->others_nr = waters->others_nr;
	return w->largest && w->others ? 0 : error_nomem(e, "areas");
}

/* --- counting --- */

void areas_place(const struct areas *a, size_t i, uint8_t *part, uint8_t *inside)
{
	struct rect r = grid_tile(&a->grid, GEOTIFF_TILE, i);

	for (int32_t y = 0; y < r.h; y++) {
		size_t at = (size_t)y * (size_t)r.w;

		basins_row(&a->basins, a->frame_x + r.x, a->frame_y + r.y + y, r.w, part + at);
		region_row(a->outline, a->frame_x + r.x, a->frame_y + r.y + y, r.w, inside + at);
	}
}

/* Pixels in tile order, and where to count them. */
struct row {
	const struct areas *areas;
	const struct areas_pixels *pixels;
	uint64_t *counts; /* [part][PART_COUNTERS] */
};

/* One side of n equal pixels; the water of each in percent. */
static unsigned count_side(const struct row *r, size_t i, enum areas_side side, uint64_t n,
			   uint64_t *counts)
{
	const struct areas_pixels *p = r->pixels;
	unsigned place = r->areas->water_place[p->water[side][i]];
	unsigned fraction = p->fraction[side][i];
	unsigned known = fraction <= 100, seen = place < SEEN_CLASSES;
	unsigned open = place == r->areas->water_place[WATER_OPEN];
	unsigned percent = known ? fraction : 100 * open;
	uint64_t *c = counts + (size_t)side * SIDE_COUNTERS;

	percent = seen ? percent : 0;
	c[SIDE_PIXELS + place] += n;
	c[SIDE_PERCENT + place] += n * percent;
	c[SIDE_MIXED] += (seen & (fraction - 1 < 99)) * n;
	c[SIDE_UNKNOWN] += (seen & !known) * n;
	c[SIDE_INSIDE] += (seen & p->inside[i]) * n;
	c[SIDE_FILLED] += p->filled[side] && seen ? p->filled[side][i] * n : 0;
	c[SIDE_LOW] += (seen & known & (fraction >= AREAS_LEVEL_LOW)) * n;
	c[SIDE_HIGH] += (seen & known & (fraction >= AREAS_LEVEL_HIGH)) * n;
	return percent;
}

static unsigned zone_of(const struct areas_pixels *p, size_t i)
{
	if (p->zone)
		return p->zone[i];
	return (p->change[i] == CHANGE_GAIN ? AREAS_GAINED : 0u) |
	       (p->change[i] == CHANGE_LOSS ? AREAS_LOST : 0u);
}

/* Between a gain and a loss the sign of the movement decides. */
static void count_zone(unsigned zone, unsigned before, unsigned after, uint64_t n, uint64_t *counts)
{
	bool rose = after > before;
	uint64_t moved = n * (rose ? after - before : before - after);

	if (zone == (AREAS_GAINED | AREAS_LOST))
		zone = rose ? AREAS_GAINED : AREAS_LOST;
	if (zone == AREAS_GAINED)
		counts[rose ? GAIN_RISE : GAIN_FALL] += moved;
	else if (zone == AREAS_LOST)
		counts[rose ? LOSS_RISE : LOSS_FALL] += moved;
}

static void count_run(const struct row *r, size_t i, uint64_t n)
{
	const struct areas_pixels *p = r->pixels;
	uint64_t *counts = r->counts + p->part[i] * (size_t)PART_COUNTERS;
	unsigned before = count_side(r, i, AREAS_BEFORE, n, counts), after;

	if (r->areas->sides == 1)
		return;
	after = count_side(r, i, AREAS_AFTER, n, counts);
	if (p->change) {
		unsigned place = r->areas->change_place[p->change[i]];

		counts[CHANGE_PIXELS + place] += n;
		counts[CHANGE_BEFORE + place] += n * before;
		counts[CHANGE_AFTER + place] += n * after;
		if (p->change[i] != CHANGE_NODATA)
			count_zone(zone_of(p, i), before, after, n, counts);
	}
	if (p->transition)
		counts[TRANSITION_PIXELS + r->areas->transition_place[p->transition[i]]] += n;
}

/* The arrays that tell pixels apart. */
#define KEYS_MAX 11
static size_t keys_of(const struct row *r, const uint8_t *key[KEYS_MAX])
{
	const struct areas_pixels *p = r->pixels;
	/* What varies most stands first. */
	const uint8_t *all[KEYS_MAX] = { p->fraction[0], p->water[0], p->filled[0],  p->part,
					 p->inside,	 p->change,   p->transition, p->fraction[1],
					 p->water[1],	 p->filled[1] };
	size_t n = 0, nr = r->areas->sides == 1 ? 5 : KEYS_MAX;

	for (size_t k = 0; k < nr; k++)
		if (all[k])
			key[n++] = all[k];
	return n;
}

/* Where the bytes that are the same as byte i end, at `end` at the latest; eight at a time. */
static size_t same_bytes(const uint8_t *v, size_t i, size_t end)
{
	uint64_t eight = v[i] * UINT64_C(0x0101010101010101), next;

	for (i++; i + sizeof(next) <= end; i += sizeof(next)) {
		memcpy(&next, v + i, sizeof(next));
		if (next != eight)
			break;
	}
	while (i < end && v[i] == (uint8_t)eight)
		i++;
	return i;
}

/* Where the pixels that are the same as pixel i in every array end, at `end` at the latest. */
static size_t same_until(const uint8_t *const *key, size_t keys, size_t i, size_t end)
{
	for (size_t k = 0; k < keys; k++)
		end = same_bytes(key[k], i, end);
	return end;
}

/* Most of a lake and its land comes in long runs; where it does not, an array is not followed further than the others. */
static size_t run_end(const uint8_t *const *key, size_t keys, size_t i, size_t n)
{
	for (size_t span = 16;; span *= 8) {
		size_t most = n - i < span ? n : i + span, end = same_until(key, keys, i, most);

		if (end < most || most == n)
			return end;
	}
}

int areas_count(struct areas *a, size_t i, const struct areas_pixels *pixels, struct error *e)
{
	size_t n = rect_area(grid_tile(&a->grid, GEOTIFF_TILE, i)), keys;
	uint64_t *counts = calloc(a->basins.parts * PART_COUNTERS, sizeof(*counts));
	const struct row row = { a, pixels, counts };
	const uint8_t *key[KEYS_MAX];

	if (!counts)
		return error_nomem(e, "areas");
	keys = keys_of(&row, key);
	for (size_t k = 0, end; k < n; k = end) {
		end = run_end(key, keys, k, n);
		count_run(&row, k, end - k);
	}
	for (size_t k = 0; k < a->basins.parts * PART_COUNTERS; k++)
		area_add(a->area, i, k, counts[k]);
	free(counts);
	return 0;
}

static size_t part_of(const struct areas *a, struct point from, struct point to)
{
	double x = ((from.x + to.x) / 2 - a->frame.x0) / a->frame.dx;
	double y = (a->frame.y0 - (from.y + to.y) / 2) / a->frame.dy;
	uint8_t part;

	basins_row(&a->basins, (int32_t)x, (int32_t)y, 1, &part);
	return part;
}

void areas_add_shoreline(struct areas *a, enum areas_side side, const struct lines *lines)
{
	for (size_t i = 0; i < lines->nr; i++)
		for (size_t k = 0; k < lines_edges(lines, i); k++) {
			struct point p, q;

			lines_edge(lines, i, k, &p, &q);
			a->shore_m[part_of(a, p, q)][side] +=
				sqrt((q.x - p.x) * (q.x - p.x) + (q.y - p.y) * (q.y - p.y));
		}
}
