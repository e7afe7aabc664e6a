/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/change.h"

#include <stdlib.h>

#include "pipeline/stage/bodies.h"
#include "pipeline/stage/shoreline.h"

struct survey {
	struct shoreline *shoreline;
	struct bodies *bodies;
};

size_t survey_bytes(const struct comparison *c, int threads)
{
	return shoreline_tile_bytes(GEOTIFF_TILE, threads) +
	       bodies_bytes(&c->grid, areas_parts(c->areas), threads);
}

void survey_free(struct survey *s)
{
	if (!s)
		return;
	shoreline_free(s->shoreline);
	bodies_free(s->bodies);
	free(s);
}

int survey_new(struct survey **out, struct comparison *c, const struct areas *areas,
	       struct error *e)
{
	const struct shoreline_spec line = { c->grid, GEOTIFF_TILE, c->threads, &c->budget };
	const struct bodies_spec bodies = { c->grid, areas_area(areas), areas_parts(areas),
					    c->threads, &c->budget };
	struct survey *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(e, "a survey");
	if (shoreline_new(&s->shoreline, &line, e) || bodies_new(&s->bodies, &bodies, e)) {
		survey_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

int survey_tile(struct survey *s, size_t i, const struct areas_pixels *pixels, int side,
		struct error *e)
{
	const struct bodies_pixels b = { pixels->water[side], pixels->fraction[side],
					 pixels->part };

	return shoreline_tile(s->shoreline, i, b.fraction, e) || bodies_tile(s->bodies, i, &b, e)
		       ? -1
		       : 0;
}

int survey_deliver(struct survey *s, size_t i, struct error *e)
{
	return shoreline_deliver(s->shoreline, i, e) || bodies_deliver(s->bodies, i, e) ? -1 : 0;
}

static int set_waters(struct survey *s, struct areas *areas, enum areas_side side, struct error *e)
{
	size_t parts = areas_parts(areas);
	struct bodies_area *of = calloc(2 * parts, sizeof(*of));
	struct areas_waters waters = { of, of + parts, 0 };
	int ret = of ? 0 : error_nomem(e, "waters");

	if (!ret)
		ret = bodies_total(s->bodies, of, of + parts, &waters.others_nr, e);
	if (!ret)
		ret = areas_set_waters(areas, side, &waters, e);
	free(of);
	return ret;
}

int survey_finish(struct survey *s, struct period *period, struct areas *areas,
		  enum areas_side side, struct error *e)
{
	if (shoreline_finish(s->shoreline, &period->shoreline, e))
		return error_prefix(e, "shoreline of %s", period->result->path);
	areas_add_shoreline(areas, side, &period->shoreline);
	return set_waters(s, areas, side, e);
}
