/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_accuracy TRUTH.tif RESULT.tif: agreement of open water (class 1) with a truth (1 water,
 * 0 not, else unknown) on the same grid, over the pixels that both know.
 * Prints "IoU omission commission water-pixels unseen-pixels"; class 2 is not water here, nor are 252 and 253
 * known.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernels/classes.h"
#include "pipeline/io/gdal.h"

struct counts {
	size_t both, missed, wrong, unseen;
};

static void count_row(struct counts *c, const uint8_t *truth, const uint8_t *result, int n)
{
	for (int i = 0; i < n; i++) {
		if (truth[i] > 1)
			continue;
		if (result[i] >= WATER_ICE) {
			c->unseen++;
			continue;
		}
		c->both += truth[i] == 1 && result[i] == WATER_OPEN;
		c->missed += truth[i] == 1 && result[i] != WATER_OPEN;
		c->wrong += truth[i] == 0 && result[i] == WATER_OPEN;
	}
}

static int read_row(GDALDatasetH d, int x, int y, int n, uint8_t *row)
{
	return GDALRasterIO(GDALGetRasterBand(d, 1), GF_Read, x, y, n, 1, row, n, 1, GDT_Byte, 0,
			    0) != CE_None;
}

int main(int argc, char **argv)
{
	static const char *const drivers[] = { "GTiff", NULL };
	struct counts c = { 0 };
	struct grid t, r;
	struct error e;
	GDALDatasetH truth, result;

	gdal_setup((size_t)64 << 20);
	if (argc != 3) {
		fprintf(stderr, "usage: bench_accuracy TRUTH.tif RESULT.tif\n");
		return 64;
	}
	truth = gdal_open(argv[1], drivers, &e);
	result = truth ? gdal_open(argv[2], drivers, &e) : NULL;
	if (!result || gdal_grid(truth, &t, &e) || gdal_grid(result, &r, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 65;
	}
	if (!grid_same_lattice(&t, &r)) {
		fprintf(stderr, "the two are not on one lattice\n");
		return 65;
	}
	struct rect common = rect_intersect(grid_offset(&t, &r), grid_rect(&t));
	struct rect there = grid_offset(&r, &t);
	uint8_t *a = malloc((size_t)common.w), *b = malloc((size_t)common.w);

	for (int y = common.y; y < common.y + common.h; y++) {
		if (!a || !b || read_row(truth, common.x, y, common.w, a) ||
		    read_row(result, common.x + there.x, y + there.y, common.w, b)) {
			free(a);
			free(b);
			return 74;
		}
		count_row(&c, a, b, common.w);
	}
	printf("%.4f %.4f %.4f %zu %zu\n", (double)c.both / (double)(c.both + c.missed + c.wrong),
	       (double)c.missed / (double)(c.both + c.missed),
	       (double)c.wrong / (double)(c.both + c.wrong), c.both + c.missed, c.unseen);
	free(a);
	free(b);
	GDALClose(result);
	GDALClose(truth);
	return 0;
}
