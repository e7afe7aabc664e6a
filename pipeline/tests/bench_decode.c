/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_decode PRODUCT THREADS [quality]: the decode floor of a scene.  Every block of the bands and masks
 * that layer "water" needs, or chlorophyll and turbidity beside it, is decoded once by GDAL and thrown
 * away; prints the seconds that took.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/io/gdal.h"
#include "pipeline/io/product.h"

static const enum role roles[] = {
	ROLE_BLUE,  ROLE_GREEN,	   ROLE_RED,	   ROLE_NIR, ROLE_SWIR1,
	ROLE_SWIR2, ROLE_QA_PIXEL, ROLE_QA_RADSAT, ROLE_SCL, ROLE_EDGE705
};
enum { ROLES_NR = sizeof(roles) / sizeof(roles[0]) };

struct job {
	const struct granule *granule;
	size_t blocks[ROLES_NR], total;
	atomic_size_t next, failed;
};

static size_t blocks_of(const struct product_band *b)
{
	size_t columns = ((size_t)b->grid.width + (size_t)b->block_w - 1) / (size_t)b->block_w;

	return columns * (((size_t)b->grid.height + (size_t)b->block_h - 1) / (size_t)b->block_h);
}

static void *decode(void *arg)
{
	static const char *const drivers[] = { "GTiff", "JP2OpenJPEG", NULL };
	struct job *j = arg;
	GDALDatasetH dataset[ROLES_NR] = { 0 };
	void *buffer = NULL;

	for (size_t i; (i = atomic_fetch_add(&j->next, 1)) < j->total;) {
		const struct product_band *b;
		size_t k = 0, columns;
		struct error e;

		for (; i >= j->blocks[k]; k++)
			i -= j->blocks[k];
		b = &j->granule->bands[roles[k]];
		columns = ((size_t)b->grid.width + (size_t)b->block_w - 1) / (size_t)b->block_w;
		if (!dataset[k])
			dataset[k] = gdal_open(b->path, drivers, &e);
		free(buffer);
		buffer = malloc((size_t)b->block_w * (size_t)b->block_h * sizeof(uint16_t));
		if (!buffer || !dataset[k] ||
		    GDALReadBlock(GDALGetRasterBand(dataset[k], 1), (int)(i % columns),
				  (int)(i / columns), buffer) != CE_None)
			atomic_fetch_add(&j->failed, 1);
	}
	for (size_t k = 0; k < ROLES_NR; k++)
		GDALClose(dataset[k]);
	free(buffer);
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	struct product *product;
	struct job job = { 0 };
	pthread_t thread[64];
	struct error e;
	bool quality = argc == 4 && !strcmp(argv[3], "quality");
	long threads = argc == 3 || quality ? strtol(argv[2], NULL, 10) : 0;
	double start = now();

	if (threads < 1 || threads > 64) {
		fprintf(stderr, "usage: bench_decode PRODUCT THREADS [quality]\n");
		return 64;
	}
	gdal_setup((size_t)16 << 20);
	if (product_open(&product, argv[1], NULL, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 65;
	}
	job.granule = &product->granules[0];
	for (size_t k = 0; k < ROLES_NR; k++) {
		const struct product_band *b = &job.granule->bands[roles[k]];

		job.blocks[k] = b->path && (quality || roles[k] != ROLE_EDGE705) ? blocks_of(b) : 0;
		job.total += job.blocks[k];
	}
	for (long t = 0; t < threads; t++)
		pthread_create(&thread[t], NULL, decode, &job);
	for (long t = 0; t < threads; t++)
		pthread_join(thread[t], NULL);
	printf("%.3f\n", now() - start);
	product_free(product);
	return job.failed ? 65 : 0;
}
