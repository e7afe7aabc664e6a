/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/mosaic_looks.h"

/* --- reading --- */

void windows_release(struct windows *w)
{
	for (size_t i = 0; i < w->nr; i++) {
		for (size_t k = 0; k < MOSAIC_LAYERS_MAX; k++)
			free(w->window[i].file[k]);
		result_free(w->window[i].result);
	}
	free(w->window);
	*w = (struct windows){ 0 };
}

/* Windows have been made by all these: here they would change nothing. */
static int check_usage(const struct options *o, struct error *e)
{
	const struct {
		const char *name;
		bool given;
	} no[] = {
		{ "--rule", o->rule && strcmp(o->rule, "frequency") != 0 },
		{ "--period", o->period != NULL },
		{ "--layers", o->layers != NULL },
		{ "--fill", o->fill != NULL },
		{ "--target-day", o->target_day != 0 },
		{ "--lake", o->lake != NULL },
		{ "-tr", o->tr[0] > 0 },
		{ "-t_srs", o->t_srs != NULL },
	};

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (no[i].given)
			return error_set(e, ERROR_USAGE,
					 "%s: mosaics that are given are windows of one, to be "
					 "merged; only -te can be asked for",
					 no[i].name);
	return 0;
}

static const json_t *property(const struct window *w, const char *name)
{
	return json_object_get(json_object_get(w->result->item, "properties"), name);
}

static int read_window(struct windows *w, const char *path, struct error *e)
{
	struct window *grown = realloc(w->window, (w->nr + 1) * sizeof(*grown)), *n;
	const char *version;

	if (!grown)
		return error_nomem(e, "windows");
	w->window = grown;
	n = &grown[w->nr];
	*n = (struct window){ 0 };
	if (result_open(&n->result, path, e))
		return -1;
	w->nr++;
	if (strcmp(n->result->kind, "mosaic") != 0)
		return error_set(e, ERROR_DATA,
				 "%s is of kind %s, others are mosaics: windows are merged alone",
				 path, n->result->kind);
	version =
		json_string_value(json_object_get(property(n, "processing:software"), "balkhash"));
	if (result_not_newer(n->result, e))
		return -1;
	if (!version || strcmp(version, BALKHASH_VERSION) != 0)
		return error_set(e, ERROR_DATA,
				 "%s was made by balkhash %.40s, and this is %s: make it again",
				 path, version ? version : "?", BALKHASH_VERSION);
	return 0;
}

/* From the upper left; then by unit, so that the order of paths does not matter. */
static int by_place(const void *a, const void *b)
{
	const struct result *p = ((const struct window *)a)->result;
	const struct result *q = ((const struct window *)b)->result;

	if (p->grid.y0 != q->grid.y0)
		return p->grid.y0 > q->grid.y0 ? -1 : 1;
	if (p->grid.x0 != q->grid.x0)
		return p->grid.x0 < q->grid.x0 ? -1 : 1;
	return strcmp(p->unit, q->unit);
}

/* --- do they fit? --- */

static int differ(const struct window *a, const struct window *b, const char *what, struct error *e)
{
	return error_set(e, ERROR_DATA,
			 "%s and %s differ in %s: they are not windows of one mosaic",
			 a->result->path, b->result->path, what);
}

/* Options but for the grid; NULL: the same. */
static const char *option_that_differs(const json_t *a, const json_t *b)
{
	const json_t *both[2] = { a, b };

	for (size_t k = 0; k < 2; k++)
		for (void *i = json_object_iter((json_t *)(uintptr_t)both[k]); i;
		     i = json_object_iter_next((json_t *)(uintptr_t)both[k], i)) {
			const char *key = json_object_iter_key(i);

			if (strcmp(key, "grid") != 0 &&
			    !json_equal(json_object_iter_value(i),
					json_object_get(both[1 - k], key)))
				return key;
		}
	return NULL;
}

static int compare(const struct window *a, const struct window *b, struct error *e)
{
	const char *option = option_that_differs(property(a, "balkhash:options"),
						 property(b, "balkhash:options"));
	const json_t *made[2] = { property(a, "balkhash:quantities"),
				  property(b, "balkhash:quantities") };
	char words[100];

	if (!grid_same_lattice(&a->result->grid, &b->result->grid))
		return differ(a, b, "CRS, pixel size or origin", e);
	if (!json_equal(property(a, "balkhash:inputs"), property(b, "balkhash:inputs")))
		return differ(a, b, "their observations", e);
	snprintf(words, sizeof(words), "the option %.60s", option ? option : "");
	if (option)
		return differ(a, b, words, e);
	if (strcmp(a->result->lake, b->result->lake) != 0 ||
	    !json_equal(property(a, "balkhash:lake_grid"), property(b, "balkhash:lake_grid")))
		return differ(a, b, "the lake's grid", e);
	if ((made[0] || made[1]) && !json_equal(made[0], made[1]))
		return differ(a, b, "how quantities were made", e);
	if (a->result->time != b->result->time || a->result->time_end != b->result->time_end)
		return differ(a, b, "their times", e);
	return 0;
}

int windows_read(struct windows *w, const struct options *options, struct error *e)
{
	struct result_paths paths = { 0 };
	int ret = check_usage(options, e);

	for (size_t i = 0; i < options->paths_nr && !ret; i++)
		ret = result_paths_add(&paths, options->paths[i], e);
	for (size_t i = 0; i < paths.nr && !ret; i++) {
		ret = output_apart(options->output, paths.path[i], e);
		if (!ret)
			ret = read_window(w, paths.path[i], e);
	}
	result_paths_release(&paths);
	if (ret)
		return -1;
	qsort(w->window, w->nr, sizeof(*w->window), by_place);
	for (size_t i = 1; i < w->nr; i++)
		if (compare(&w->window[0], &w->window[i], e))
			return -1;
	return 0;
}

/* --- what they make --- */

static int find_layers(struct windows *w, const json_t *names, struct mosaic_result *r,
		       struct error *e)
{
	for (size_t k = 0; k < json_array_size(names); k++) {
		const char *name = json_string_value(json_array_get(names, k));
		const struct layer *layer = name ? layer_find(name) : NULL;

		if (!layer || k == MOSAIC_LAYERS_MAX || (!k && strcmp(name, "water") != 0))
			return error_set(e, ERROR_DATA,
					 "%s/item.json: balkhash:options: no list of layers",
					 w->window[0].result->path);
		r->layers[r->layers_nr++] = layer;
		for (size_t i = 0; i < w->nr; i++) {
			w->window[i].file[k] = result_layer_path(w->window[i].result, name, e);
			if (!w->window[i].file[k])
				return -1;
		}
	}
	return r->layers_nr ? 0
			    : error_set(e, ERROR_DATA, "%s/item.json: balkhash:options: no layers",
					w->window[0].result->path);
}

static int by_number(const void *a, const void *b)
{
	int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;

	return (p > q) - (p < q);
}

static int by_left(const void *a, const void *b)
{
	return by_number(&((const struct rect *)a)->x, &((const struct rect *)b)->x);
}

/* The first column of the strip from y on that no place covers, up to the grid's width. */
static int32_t covered_to(const struct rect *place, size_t nr, int32_t y, int32_t width)
{
	int32_t x = 0;

	for (size_t i = 0; i < nr && x < width && place[i].x <= x; i++)
		if (place[i].y <= y && y < place[i].y + place[i].h && place[i].x + place[i].w > x)
			x = place[i].x + place[i].w;
	return x;
}

/* Between the edges of places, whatever covers one row covers all. */
static int check_strips(const struct grid *g, const struct rect *place, const int32_t *edge,
			size_t nr, struct error *e)
{
	for (size_t i = 0; i < 2 * nr + 2; i++) {
		int32_t y = edge[i], x;

		if (y < 0 || y >= g->height)
			continue;
		x = covered_to(place, nr, y, g->width);
		if (x < g->width)
			return error_set(
				e, ERROR_DATA,
				"no window covers the pixel at %.15g %.15g: give its window "
				"too, or say with -te which part is wanted",
				g->x0 + (x + .5) * g->dx, g->y0 - (y + .5) * g->dy);
	}
	return 0;
}

static int check_cover(const struct windows *w, const struct grid *g, struct error *e)
{
	struct rect *place = malloc(w->nr * sizeof(*place));
	int32_t *edge = malloc((2 * w->nr + 2) * sizeof(*edge));
	int ret = -1;

	if (!place || !edge) {
		error_nomem(e, "windows");
		goto out;
	}
	edge[0] = 0;
	edge[1] = g->height;
	for (size_t i = 0; i < w->nr; i++) {
		place[i] = w->window[i].place;
		edge[2 + 2 * i] = place[i].y;
		edge[3 + 2 * i] = place[i].y + place[i].h;
	}
	qsort(place, w->nr, sizeof(*place), by_left);
	qsort(edge, 2 * w->nr + 2, sizeof(*edge), by_number);
	ret = check_strips(g, place, edge, w->nr, e);
out:
	free(place);
	free(edge);
	return ret;
}

int windows_result(struct windows *w, const struct options *options, struct mosaic_result *r,
		   struct error *e)
{
	const struct window *first = &w->window[0];
	const json_t *made = property(first, "balkhash:quantities");

	r->time = first->result->time;
	r->time_end = first->result->time_end;
	r->inputs = json_deep_copy(property(first, "balkhash:inputs"));
	r->options = json_deep_copy(property(first, "balkhash:options"));
	r->quantities = made ? json_deep_copy(made) : NULL;
	r->quicklook = json_is_true(json_object_get(r->options, "quicklook"));
	snprintf(r->lake, sizeof(r->lake), "%s", first->result->lake);
	if (!json_array_size(r->inputs) || !json_is_object(r->options) ||
	    !read_lake_grid(first->result->item, &first->result->grid, &r->full))
		return error_set(e, ERROR_DATA,
				 "%s/item.json: no inputs, options or grid: make it again",
				 first->result->path);
	r->grid = r->full;
	if (has_extent(options) && cut_to_extent(&r->grid, options, e))
		return -1;
	for (size_t i = 0; i < w->nr; i++)
		if (place_grid(&r->grid, &w->window[i].result->grid, w->window[i].result->path,
			       &w->window[i].place, e))
			return -1;
	if (check_cover(w, &r->grid, e))
		return -1;
	return find_layers(w, json_object_get(r->options, "layers"), r, e);
}
