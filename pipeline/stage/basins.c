/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/basins.h"

#include <stdlib.h>
#include <string.h>

#define ROW_MAX 512

size_t basins_parts(const struct lake *lake)
{
	bool whole = !lake || (lake->basins_nr == 1 && !lake->basins[0].area.rings_nr);

	return whole ? 1 : lake->basins_nr + 1;
}

void basins_release(struct basins *b)
{
	for (size_t k = 0; b->region && k + 1 < b->parts; k++)
		region_free(b->region[k]);
	free(b->region);
	*b = (struct basins){ 0 };
}

int basins_new(struct basins *out, const struct lake *lake, const struct grid *grid,
	       struct error *e)
{
	out->parts = basins_parts(lake);
	if (out->parts > BASINS_PARTS_MAX)
		return error_set(e, ERROR_CONFIG, "more than %d basins", BASINS_PARTS_MAX - 1);
	out->region = calloc(out->parts, sizeof(struct region *));
	if (!out->region)
		return error_nomem(e, "basins");
	for (size_t k = 0; k + 1 < out->parts; k++) {
		struct polygon area = { 0 };
		int ret = lake_basin_area(lake, k, &grid->crs, &area, e);

		if (!ret)
			ret = region_new(&out->region[k], &area, grid, e);
		polygon_release(&area);
		if (ret)
			return -1;
	}
	return 0;
}

void basins_row(const struct basins *b, int32_t x, int32_t y, int32_t n, uint8_t *part)
{
	uint8_t inside[ROW_MAX];

	memset(part, 0, (size_t)n);
	for (size_t k = b->parts - 1; k > 0; k--) {
		region_row(b->region[k - 1], x, y, n, inside);
		if (!memchr(inside, 1, (size_t)n))
			continue;
		for (int32_t i = 0; i < n; i++)
			part[i] = inside[i] ? (uint8_t)k : part[i];
	}
}
