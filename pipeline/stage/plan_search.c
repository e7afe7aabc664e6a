/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/plan.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/io/lake.h"
#include "pipeline/io/stac_search.h"

/* Metres in a degree of latitude, a little less than the least. */
#define DEGREE_M 110500.0

/* Box of the lake and its buffer in longitude and latitude, on the safe side. */
static int lake_box(const char *name, double bbox[4], struct error *e)
{
	double west = 180, south = 90, east = -180, north = -90, dy, dx;
	struct lake *lake = NULL;

	if (lake_open(&lake, name, e))
		return -1;
	for (size_t i = 0; i < lake->outline.rings_nr; i++)
		for (size_t k = 0; k < lake->outline.rings[i].points_nr; k++) {
			struct point at = lake->outline.rings[i].points[k];

			west = fmin(west, at.x);
			south = fmin(south, at.y);
			east = fmax(east, at.x);
			north = fmax(north, at.y);
		}
	dy = lake->buffer_m / DEGREE_M;
	dx = dy / fmax(0.01, cos(fmax(fabs(south), fabs(north)) * 0.017453292519943295));
	bbox[0] = fmax(west - dx, -180);
	bbox[1] = fmax(south - dy, -90);
	bbox[2] = fmin(east + dx, 180);
	bbox[3] = fmin(north + dy, 90);
	lake_free(lake);
	return 0;
}

/* From the start of the first period to the end of the last: what lies between is needed by none, but little. */
static void span(const struct config *c, int64_t *from, int64_t *to)
{
	*from = *to = 0;
	for (size_t i = 0; i < c->periods_nr; i++) {
		if (!i || c->periods[i].from < *from)
			*from = c->periods[i].from;
		if (!i || c->periods[i].to > *to)
			*to = c->periods[i].to;
	}
}

static int add_found(struct discovery *d, const struct stac_found *found, size_t nr,
		     struct error *e)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < nr; i++)
		ret = discover_remote(d, found[i].address, found[i].updated, e);
	return ret;
}

int plan_search(const struct plan *p, struct discovery *d, const struct log *log, size_t *missed,
		struct error *e)
{
	const struct options *run = &p->config->options[COMMAND_RUN];
	const struct options *scene = &p->config->options[COMMAND_SCENE];
	struct stac_search search = { .collections = run->collections,
				      .cloud_cover_percent = run->cloud_cover,
				      .hosts = scene->hosts };

	if (run->search.nr && scene->lake && lake_box(scene->lake, search.bbox, e))
		return -1;
	span(p->config, &search.from, &search.to);
	for (size_t i = 0; i < run->search.nr; i++) {
		struct stac_found *found = NULL;
		size_t nr = 0;
		int ret;

		search.address = run->search.values[i];
		if (stac_search(&search, &found, &nr, e)) {
			if (e->code == ERROR_BUG)
				return -1;
			log_say(log, LOG_WARNING, "%s", e->text);
			++*missed;
			continue;
		}
		ret = add_found(d, found, nr, e);
		stac_found_free(found, nr);
		if (ret)
			return -1;
	}
	return 0;
}
