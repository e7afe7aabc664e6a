/* SPDX-License-Identifier: Apache-2.0
 *
 * classify_plan.c - which tiles of the working grid the target needs.
 */
#include <stdlib.h>

#include "pipeline/stage/observe.h"
#include "pipeline/stage/quality.h"

/* Mark the working tiles under a rect of working pixels. */
static void mark(bool *needed, const struct grid *work, int32_t side, struct rect r)
{
	struct rect in = rect_intersect(r, grid_rect(work));
	int32_t columns = (work->width + side - 1) / side;

	if (rect_empty(in))
		return;
	for (int32_t y = in.y / side; y <= (in.y + in.h - 1) / side; y++)
		for (int32_t x = in.x / side; x <= (in.x + in.w - 1) / side; x++)
			needed[(size_t)y * (size_t)columns + (size_t)x] = true;
}

/*
 * What the target's lake pixels reach, in cells of the mapping's step, with a margin around
 * for the fraction and the windows of the water's quality.  Then what of the lake lies in
 * the working rect: the endmembers look at just that, whatever the tiles are.
 */
static void mark_needed(const struct observe *o, bool *needed)
{
	const struct grid *work = scene_grid(o->scene);
	int32_t side = o->context->options->tile;
	size_t cells = grid_tiles(&o->target, MAPPING_STEP), tiles = grid_tiles(work, side);
	int32_t margin = OBSERVE_MARGIN + quality_reach(o);

	for (size_t i = 0; i < cells; i++) {
		struct rect cell = grid_tile(&o->target, MAPPING_STEP, i);
		struct rect lake = region_bounds(o->target_region, cell);

		mark(needed, work, side, rect_grow(mapping_source_rect(o->mapping, lake), margin));
	}
	for (size_t i = 0; i < tiles; i++) {
		struct rect tile = rect_intersect(grid_tile(work, side, i), o->work_rect);

		mark(needed, work, side, region_bounds(o->work_region, tile));
	}
}

struct rect observe_with_halo(const struct observe *o, struct rect r)
{
	return rect_intersect(rect_grow(r, o->halo), grid_rect(scene_grid(o->scene)));
}

int classify_plan(struct observe *o, struct error *e)
{
	const struct grid *work = scene_grid(o->scene);
	int32_t side = o->context->options->tile;
	size_t n = grid_tiles(work, side);
	bool *needed = calloc(n, sizeof(*needed));
	int ret = -1;

	o->tiles = malloc(n * sizeof(*o->tiles));
	if (!needed || !o->tiles) {
		error_nomem(e, "the list of tiles");
		goto out;
	}
	mark_needed(o, needed);
	for (size_t i = 0; i < n; i++) {
		if (!needed[i])
			continue;
		scene_plan(o->scene, o->tiles_nr, observe_with_halo(o, grid_tile(work, side, i)));
		o->tiles[o->tiles_nr++] = i;
	}
	ret = 0;
out:
	free(needed);
	return ret;
}
