/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic.h"
#include "pipeline/stage/mosaic_mix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/io/lake.h"
#include "pipeline/io/output.h"
#include "pipeline/space/crs.h"

#define DAY_SECONDS 86400

/* --- reading --- */

static void look_release(struct look *k)
{
	free(k->path);
	free(k->id);
	free(k->datatake);
	free(k->lake);
	for (size_t i = 0; i < LOOK_LAYERS_MAX; i++)
		free(k->file[i]);
}

void looks_release(struct looks *l)
{
	for (size_t i = 0; i < l->nr; i++)
		look_release(&l->look[i]);
	for (size_t i = 0; i < LOOK_LAYERS_MAX; i++) {
		json_decref(l->made[i]);
		free(l->first[i]);
	}
	free(l->look);
	free(l->member);
	free(l->group);
	free(l->by_rank);
	*l = (struct looks){ 0 };
}

bool read_lake_grid(const json_t *item, const struct grid *lattice, struct grid *out)
{
	const json_t *properties = json_object_get(item, "properties");
	const json_t *full = json_object_get(properties, "balkhash:lake_grid");
	const json_t *transform = json_object_get(full, "transform");
	const json_t *shape = json_object_get(full, "shape");
	json_int_t h = json_integer_value(json_array_get(shape, 0));
	json_int_t w = json_integer_value(json_array_get(shape, 1));
	struct grid g = *lattice;

	g.dx = json_number_value(json_array_get(transform, 0));
	g.dy = -json_number_value(json_array_get(transform, 4));
	g.x0 = json_number_value(json_array_get(transform, 2));
	g.y0 = json_number_value(json_array_get(transform, 5));
	if (w < 1 || h < 1 || w > GRID_SIDE_MAX || h > GRID_SIDE_MAX || !(g.dx > 0) ||
	    !(g.dy > 0) || !grid_same_lattice(lattice, &g))
		return false;
	*out = g;
	out->width = (int32_t)w;
	out->height = (int32_t)h;
	return true;
}

static int check_kind(const struct result *r, struct error *e)
{
	if (result_not_newer(r, e))
		return -1;
	if (strcmp(r->kind, "observation") != 0)
		return error_set(
			e, ERROR_DATA,
			"%s is a %s; a mosaic is made of observations alone, or merged from "
			"windows alone",
			r->path, r->kind);
	if (!result_has(r, "water") || !result_has(r, "fraction"))
		return error_set(e, ERROR_DATA,
				 "%s: no water or fraction layer: make the observation with both",
				 r->path);
	return 0;
}

int month_of(int64_t time)
{
	time_t t = (time_t)time;
	struct tm utc;

	return gmtime_r(&t, &utc) ? utc.tm_mon : 0;
}

uint16_t day_of(int64_t time)
{
	int64_t day = time / DAY_SECONDS;

	if (day < 1)
		return 1;
	return (uint16_t)(day < UINT16_MAX ? day : UINT16_MAX);
}

/* Paths of the layers that the look has. */
static int find_files(struct looks *l, const struct result *r, struct look *k, struct error *e)
{
	for (size_t i = 0; i < l->layers_nr; i++) {
		if (!result_has(r, l->layer[i]->name))
			continue;
		k->file[i] = result_layer_path(r, l->layer[i]->name, e);
		if (!k->file[i] || (i >= LOOK_MORE && looks_mix(l, r, i, e)))
			return -1;
	}
	return 0;
}

/* One more look, unless it is not of the period. */
static int add_look(struct looks *l, const struct result *r, int64_t from, int64_t to,
		    struct error *e)
{
	struct look *grown, k = { .zone = r->native_zone,
				  .month = month_of(r->time),
				  .time = r->time,
				  .day = day_of(r->time),
				  .grid = r->grid };

	if (r->time < from || r->time >= to)
		return 0;
	if (find_files(l, r, &k, e)) {
		look_release(&k);
		return -1;
	}
	k.path = strdup(r->path);
	k.id = strdup(r->id);
	k.datatake = strdup(r->datatake);
	k.lake = strdup(r->lake);
	memcpy(k.unit, r->unit, sizeof(k.unit));
	read_lake_grid(r->item, &k.grid, &k.full);
	grown = realloc(l->look, (l->nr + 1) * sizeof(*grown));
	if (grown)
		l->look = grown;
	if (!grown || !k.path || !k.id || !k.datatake || !k.lake) {
		look_release(&k);
		return error_nomem(e, "observations");
	}
	l->look[l->nr++] = k;
	return 0;
}

static int read_path(struct looks *l, const char *path, int64_t from, int64_t to, struct error *e)
{
	struct result *r = NULL;
	int ret;

	if (result_open(&r, path, e))
		return -1;
	ret = check_kind(r, e) ? -1 : add_look(l, r, from, to, e);
	result_free(r);
	if (!ret && l->nr > LOOKS_MAX)
		return error_set(e, ERROR_DATA,
				 "more than %d observations: looks are counted in 16 bits; make "
				 "mosaics of shorter periods",
				 LOOKS_MAX);
	return ret;
}

static int read_all(struct looks *l, const struct options *o, int64_t from, int64_t to,
		    struct error *e)
{
	struct result_paths paths = { 0 };
	int ret = 0;

	for (size_t i = 0; i < o->paths_nr && !ret; i++)
		ret = result_paths_add(&paths, o->paths[i], e);
	for (size_t i = 0; i < paths.nr && !ret; i++) {
		ret = output_apart(o->output, paths.path[i], e);
		if (!ret)
			ret = read_path(l, paths.path[i], from, to, e);
	}
	if (!ret && !l->nr)
		ret = error_set(e, ERROR_NOINPUT,
				"none of the %zu observations is of the period %s", paths.nr,
				o->period ? o->period : "");
	result_paths_release(&paths);
	return ret;
}

/* --- order --- */

static int by_id(const void *a, const void *b)
{
	const struct look *p = a, *q = b;
	int order = strcmp(p->id, q->id);

	return order ? order : strcmp(p->path, q->path);
}

static int check_looks(const struct looks *l, struct error *e)
{
	for (size_t i = 1; i < l->nr; i++) {
		const struct look *a = &l->look[0], *b = &l->look[i], *before = b - 1;

		if (!strcmp(before->id, b->id))
			return error_set(e, ERROR_DATA,
					 "observation %s is given twice: %s and %s; leave one out",
					 b->id, before->path, b->path);
		if (!grid_same_lattice(&a->grid, &b->grid))
			return error_set(
				e, ERROR_DATA,
				"%s and %s do not lie on one grid: another CRS, pixel size "
				"or origin; make them with the same --lake and -tr",
				a->path, b->path);
	}
	return 0;
}

/* Numbers of looks from the oldest; of equal times the lower number comes last. */
static int by_time(const void *a, const void *b, void *looks)
{
	const struct look *look = looks;
	size_t p = *(const size_t *)a, q = *(const size_t *)b;

	if (look[p].time != look[q].time)
		return look[p].time < look[q].time ? -1 : 1;
	return p < q ? 1 : -1;
}

static int by_datatake(const void *a, const void *b, void *looks)
{
	const struct look *look = looks;
	size_t p = *(const size_t *)a, q = *(const size_t *)b;
	int order = strcmp(look[p].datatake, look[q].datatake);

	if (order)
		return order;
	return (p > q) - (p < q);
}

static void rank(struct looks *l)
{
	for (size_t i = 0; i < l->nr; i++)
		l->member[i] = i;
	qsort_r(l->member, l->nr, sizeof(*l->member), by_time, l->look);
	for (size_t i = 0; i < l->nr; i++) {
		l->look[l->member[i]].rank = (uint16_t)(i + 1);
		l->by_rank[i + 1] = (uint16_t)l->member[i];
	}
}

/* Looks without a datatake stand alone. */
static void make_groups(struct looks *l)
{
	for (size_t i = 0; i < l->nr; i++)
		l->member[i] = i;
	qsort_r(l->member, l->nr, sizeof(*l->member), by_datatake, l->look);
	for (size_t i = 0; i < l->nr; i++) {
		const char *name = l->look[l->member[i]].datatake;
		bool same = i && name[0] && !strcmp(name, l->look[l->member[i - 1]].datatake);

		if (!same)
			l->group[l->groups_nr++].first = i;
		l->group[l->groups_nr - 1].nr++;
	}
}

int looks_read(struct looks *l, const struct context *context, int64_t from, int64_t to,
	       struct error *e)
{
	l->layer[LOOK_WATER] = layer_find("water");
	l->layer[LOOK_FRACTION] = layer_find("fraction");
	if (l->layers_nr < LOOK_MORE)
		l->layers_nr = LOOK_MORE;
	if (read_all(l, context->options, from, to, e) || looks_mixed(l, e))
		return -1;
	qsort(l->look, l->nr, sizeof(*l->look), by_id);
	if (check_looks(l, e))
		return -1;
	l->member = malloc(l->nr * sizeof(*l->member));
	l->group = calloc(l->nr, sizeof(*l->group));
	l->by_rank = calloc(l->nr + 1, sizeof(*l->by_rank));
	if (!l->member || !l->group || !l->by_rank)
		return error_nomem(e, "observations");
	rank(l);
	make_groups(l);
	return 0;
}

/* --- grid --- */

static int check_lake(const struct looks *l, const char *name, struct error *e)
{
	struct lake *lake = NULL;
	int ret = 0;

	if (lake_open(&lake, name, e))
		return -1;
	for (size_t i = 0; i < l->nr && !ret; i++)
		if (strcmp(l->look[i].lake, lake->name) != 0)
			ret = error_set(e, ERROR_DATA, "%s is of lake \"%s\", not of %s (--lake)",
					l->look[i].path, l->look[i].lake, lake->name);
	lake_free(lake);
	return ret;
}

/* The grid is that of the looks: what the options say of it must be the same. */
static int check_options(const struct looks *l, const struct options *o, struct error *e)
{
	const struct grid *g = &l->look[0].grid;
	struct crs crs = { 0 };

	if (o->lake && check_lake(l, o->lake, e))
		return -1;
	if (o->tr[0] > 0 &&
	    (fabs(o->tr[0] - g->dx) > 1e-9 * g->dx || fabs(o->tr[1] - g->dy) > 1e-9 * g->dy))
		return error_set(e, ERROR_DATA,
				 "%s has pixels of %.15g x %.15g m, not %.15g x %.15g (-tr); make "
				 "the observations with this -tr",
				 l->look[0].path, g->dx, g->dy, o->tr[0], o->tr[1]);
	if (!o->t_srs)
		return 0;
	if (strlen(o->t_srs) >= sizeof(crs.def))
		return error_set(e, ERROR_CONFIG, "-t_srs: longer than %zu letters",
				 sizeof(crs.def) - 1);
	memcpy(crs.def, o->t_srs, strlen(o->t_srs) + 1);
	if (crs_normalise(&crs, e))
		return -1;
	if (strcmp(crs.def, g->crs.def) != 0)
		return error_set(e, ERROR_DATA, "%s is in %s, not in %s (-t_srs)", l->look[0].path,
				 g->crs.def, crs.def);
	return 0;
}

static bool same_lake(const struct looks *l)
{
	for (size_t i = 0; i < l->nr; i++)
		if (!l->look[i].full.width || !grid_equal(&l->look[0].full, &l->look[i].full))
			return false;
	return true;
}

/* r in whole pixels of g becomes the grid; DATA if it is too large. */
static int take_rect(struct grid *g, struct rect r, struct error *e)
{
	if (rect_empty(r) || r.w > GRID_SIDE_MAX || r.h > GRID_SIDE_MAX)
		return error_set(e, ERROR_DATA,
				 "a mosaic of %d x %d pixels; a side may have 1 to %d: name a part "
				 "with -te",
				 r.w, r.h, GRID_SIDE_MAX);
	*g = grid_crop(g, r);
	return 0;
}

int place_grid(const struct grid *grid, const struct grid *g, const char *path, struct rect *place,
	       struct error *e)
{
	const double far = 4.0 * GRID_SIDE_MAX;

	if (!(fabs(g->x0 - grid->x0) < far * grid->dx && fabs(g->y0 - grid->y0) < far * grid->dy))
		return error_set(e, ERROR_DATA, "%s lies too far from the others or from its lake",
				 path);
	*place = grid_offset(grid, g);
	return 0;
}

/* The number that item.json gives back: windows that are merged have it from there. */
static double as_written(double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.15g", v);
	return strtod(text, NULL);
}

/* What holds all looks. */
static int union_grid(const struct looks *l, struct grid *grid, struct error *e)
{
	struct rect all, place;

	*grid = l->look[0].grid;
	all = grid_rect(grid);
	for (size_t i = 1; i < l->nr; i++) {
		if (place_grid(grid, &l->look[i].grid, l->look[i].path, &place, e))
			return -1;
		all = rect_union(all, place);
	}
	if (take_rect(grid, all, e))
		return -1;
	grid->x0 = as_written(grid->x0);
	grid->y0 = as_written(grid->y0);
	return 0;
}

bool has_extent(const struct options *options)
{
	const double *te = options->te;

	return te[0] != 0 || te[1] != 0 || te[2] != 0 || te[3] != 0;
}

int cut_to_extent(struct grid *g, const struct options *options, struct error *e)
{
	const double *te = options->te, far = 2.0 * GRID_SIDE_MAX;
	double left = floor((te[0] - g->x0) / g->dx + 1e-6);
	double right = ceil((te[2] - g->x0) / g->dx - 1e-6);
	double top = floor((g->y0 - te[3]) / g->dy + 1e-6);
	double bottom = ceil((g->y0 - te[1]) / g->dy - 1e-6);

	if (!(fabs(left) < far && fabs(right) < far && fabs(top) < far && fabs(bottom) < far))
		return error_set(e, ERROR_CONFIG, "-te: too far from the observations");
	return take_rect(g,
			 (struct rect){ (int32_t)left, (int32_t)top, (int32_t)(right - left),
					(int32_t)(bottom - top) },
			 e);
}

int looks_grid(struct looks *l, const struct options *options, struct grid *full, struct grid *grid,
	       struct error *e)
{
	if (check_options(l, options, e))
		return -1;
	if (same_lake(l))
		*full = l->look[0].full;
	else if (union_grid(l, full, e))
		return -1;
	*grid = *full;
	if (has_extent(options) && cut_to_extent(grid, options, e))
		return -1;
	for (size_t i = 0; i < l->nr; i++)
		if (place_grid(grid, &l->look[i].grid, l->look[i].path, &l->look[i].place, e))
			return -1;
	return 0;
}
