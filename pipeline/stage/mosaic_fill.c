/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/mosaic_fill.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/stage/mosaic_result.h"

static void fill_release(struct fill *f)
{
	free(f->path);
	free(f->id);
	free(f->water);
	free(f->fraction);
}

void fills_release(struct fills *f)
{
	for (size_t i = 0; i < f->nr; i++)
		fill_release(&f->fill[i]);
	free(f->fill);
	*f = (struct fills){ 0 };
}

static int check(const struct result *r, const char *lake, const struct grid *grid, struct error *e)
{
	if (result_not_newer(r, e))
		return -1;
	if (strcmp(r->kind, "mosaic") != 0 || !result_has(r, "water") || !result_has(r, "fraction"))
		return error_set(e, ERROR_DATA,
				 "--fill %s: not a mosaic with water and fraction, but a %s",
				 r->path, r->kind);
	if (strcmp(r->lake, lake) != 0)
		return error_set(e, ERROR_DATA, "--fill %s: of lake \"%s\", not of \"%s\"", r->path,
				 r->lake, lake);
	if (!grid_same_lattice(grid, &r->grid))
		return error_set(e, ERROR_DATA,
				 "--fill %s: not on the grid of the observations: another CRS, "
				 "pixel size or origin",
				 r->path);
	return 0;
}

static int add(struct fills *f, const struct result *r, const struct grid *grid, struct error *e)
{
	struct fill *grown = realloc(f->fill, (f->nr + 1) * sizeof(*grown)), *k;

	if (!grown)
		return error_nomem(e, "mosaics to fill from");
	f->fill = grown;
	k = &grown[f->nr++];
	*k = (struct fill){ .grid = r->grid };
	memcpy(k->unit, r->unit, sizeof(k->unit));
	k->path = strdup(r->path);
	k->id = strdup(r->id);
	k->water = result_layer_path(r, "water", e);
	k->fraction = result_layer_path(r, "fraction", e);
	if (!k->path || !k->id || !k->water || !k->fraction)
		return error_nomem(e, "mosaics to fill from");
	for (size_t i = 0; i + 1 < f->nr; i++)
		if (!strcmp(f->fill[i].unit, k->unit))
			return error_set(e, ERROR_DATA, "--fill: %s and %s are the same mosaic",
					 f->fill[i].path, k->path);
	return place_grid(grid, &k->grid, k->path, &k->place, e);
}

static int read_one(struct fills *f, const char *path, const char *lake, const struct grid *grid,
		    struct error *e)
{
	struct result *r = NULL;
	int ret;

	if (f->nr == FILLS_MAX)
		return error_set(e, ERROR_CONFIG, "--fill: more than %d mosaics", FILLS_MAX);
	if (result_open(&r, path, e))
		return -1;
	ret = check(r, lake, grid, e) ? -1 : add(f, r, grid, e);
	result_free(r);
	return ret;
}

int fills_read(struct fills *f, const char *list, const char *lake, const struct grid *grid,
	       struct error *e)
{
	char *copy = list ? strdup(list) : NULL, *rest = copy, *path;
	int ret = 0;

	if (list && !copy)
		return error_nomem(e, "--fill");
	while (!ret && (path = strsep(&rest, ",")))
		ret = read_one(f, path, lake, grid, e);
	free(copy);
	return ret;
}

json_t *fills_json(const struct fills *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->nr; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "id", f->fill[i].id, "unit",
						      f->fill[i].unit));
	return list;
}

/* --- a tile --- */

static struct source source_of(const struct fill *k, const char *path, const char *layer)
{
	return (struct source){ path, layer_find(layer), &k->grid, k->place };
}

static bool has_gap(const uint8_t *water, size_t n)
{
	return memchr(water, WATER_NODATA, n) != NULL;
}

/* Take what the mosaic has where there is nothing. */
static void take(const struct fill_planes *planes, size_t n, size_t number)
{
	const uint8_t *water = planes->scratch, *fraction = planes->scratch + n;

	for (size_t p = 0; p < n; p++) {
		if (planes->water[p] != WATER_NODATA || water[p] > WATER_PARTIAL)
			continue;
		planes->water[p] = water[p];
		planes->fraction[p] = fraction[p];
		planes->filled[p] = (uint8_t)number;
	}
}

int fills_tile(const struct fills *f, struct reader *reader, size_t first_key, struct rect tile,
	       const struct fill_planes *planes, struct error *e)
{
	size_t n = rect_area(tile);

	memset(planes->filled, 0, n);
	for (size_t i = 0; i < f->nr && has_gap(planes->water, n); i++) {
		const struct fill *k = &f->fill[i];
		struct source water = source_of(k, k->water, "water");
		struct source fraction = source_of(k, k->fraction, "fraction");
		size_t key = first_key + 2 * i;

		if (rect_empty(rect_intersect(k->place, tile)))
			continue;
		if (reader_read(reader, key, &water, tile, planes->scratch, e) ||
		    reader_read(reader, key + 1, &fraction, tile, planes->scratch + n, e))
			return -1;
		take(planes, n, i + 1);
	}
	return 0;
}
