/* SPDX-License-Identifier: Apache-2.0
 *
 * shoreline_pass.h - the shoreline of a raster in memory, as a pass over its tiles traces it.
 */
#ifndef PIPELINE_TESTS_SHORELINE_PASS_H
#define PIPELINE_TESTS_SHORELINE_PASS_H

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/shoreline.h"

struct shoreline_pass {
	struct grid grid;
	int32_t tile;
	const uint8_t *fraction; /* of the whole grid */
	struct shoreline *shoreline;
};

static inline int shoreline_pass_work(void *state, size_t i, void *slot, struct error *e)
{
	const struct shoreline_pass *p = state;
	struct rect r = grid_tile(&p->grid, p->tile, i);
	uint8_t *pixels = malloc(rect_area(r));
	int ret;

	(void)slot;
	for (int32_t y = 0; y < r.h; y++)
		memcpy(pixels + (size_t)y * (size_t)r.w,
		       p->fraction + (size_t)(r.y + y) * (size_t)p->grid.width + r.x, (size_t)r.w);
	ret = shoreline_tile(p->shoreline, i, pixels, e);
	free(pixels);
	return ret;
}

static inline int shoreline_pass_deliver(void *job, size_t i, const void *slot, struct error *e)
{
	const struct shoreline_pass *p = job;

	(void)slot;
	return shoreline_deliver(p->shoreline, i, e);
}

/* p: all but the shoreline; the budget is given back but for the lines. */
static inline int shoreline_pass_run(struct shoreline_pass *p, int threads, struct budget *budget,
				     struct lines *out, struct error *e)
{
	static const struct tiles_ops ops = { .work = shoreline_pass_work,
					      .write = shoreline_pass_deliver };
	const struct shoreline_spec spec = { p->grid, p->tile, threads, budget };
	int ret = shoreline_new(&p->shoreline, &spec, e);

	*out = (struct lines){ 0 };
	if (!ret)
		ret = tiles_run(grid_tiles(&p->grid, p->tile), threads, 1, &ops, p, e);
	if (!ret)
		ret = shoreline_finish(p->shoreline, out, e);
	shoreline_free(p->shoreline);
	return ret;
}

#endif
