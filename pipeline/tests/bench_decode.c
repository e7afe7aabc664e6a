/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_decode scene PRODUCT [OPTION...]: the decode floor of a scene.  Every block that "balkhash scene" with
 * these options decodes is decoded once by GDAL, on --threads threads, and thrown away.  Prints the seconds of wall time
 * that took, from the start of the program, the CPU seconds, the peak of memory in MiB and the number of blocks.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "pipeline/io/blocks.h"
#include "pipeline/io/gdal.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/observe.h"

struct place {
	const struct blocks_source *source;
	size_t number; /* of the source */
	size_t x, y;
};

struct job {
	struct place *places;
	size_t nr, sources_nr;
	atomic_size_t next, failed;
};

static void add(void *user, const struct blocks_source *source, size_t x, size_t y)
{
	struct job *j = user;

	if (!j->nr || j->places[j->nr - 1].source != source)
		j->sources_nr++;
	j->places[j->nr++] = (struct place){ source, j->sources_nr - 1, x, y };
}

static int read_one(GDALDatasetH dataset, const struct place *p, void *buffer)
{
	GDALRasterBandH band = dataset ? GDALGetRasterBand(dataset, 1) : NULL;

	if (band && p->source->level)
		band = GDALGetOverview(band, p->source->level - 1);
	return band && GDALReadBlock(band, (int)p->x, (int)p->y, buffer) == CE_None ? 0 : -1;
}

static void *decode(void *arg)
{
	static const char *const drivers[] = { "GTiff", "JP2OpenJPEG", NULL };
	struct job *j = arg;
	GDALDatasetH *dataset = calloc(j->sources_nr, sizeof(*dataset));
	void *buffer = NULL;
	size_t room = 0;

	for (size_t i; (i = atomic_fetch_add(&j->next, 1)) < j->nr;) {
		const struct place *p = &j->places[i];
		size_t size = (size_t)p->source->block_w * (size_t)p->source->block_h * 2;
		struct error e;

		if (size > room) {
			free(buffer);
			buffer = malloc(room = size);
		}
		if (!dataset[p->number])
			dataset[p->number] = gdal_open(p->source->path, drivers, &e);
		if (read_one(dataset[p->number], p, buffer))
			atomic_fetch_add(&j->failed, 1);
	}
	for (size_t k = 0; k < j->sources_nr; k++)
		GDALClose(dataset[k]);
	free(dataset);
	free(buffer);
	return NULL;
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run(struct job *j, int threads)
{
	pthread_t thread[64];

	for (int t = 0; t < threads && t < 64; t++)
		pthread_create(&thread[t], NULL, decode, j);
	for (int t = 0; t < threads && t < 64; t++)
		pthread_join(thread[t], NULL);
}

/* The blocks of the only granule. */
static int floor_of(const struct context *c, struct error *e)
{
	struct input_options inputs = inputs_of(c->options);
	struct product *product = NULL;
	struct lake *lake = NULL;
	struct target target;
	struct job j = { 0 };
	int ret = -1;

	if (product_open(&product, c->options->paths[0], &inputs, e))
		return -1;
	struct observe o = { .context = c, .product = product, .granule = &product->granules[0] };

	if (c->options->lake && lake_open(&lake, c->options->lake, e))
		goto out;
	o.lake = lake;
	if (observe_open(&o, &target, e) || classify_plan(&o, e))
		goto out;
	j.places = calloc(scene_blocks_planned(o.scene), sizeof(*j.places));
	if (!j.places) {
		error_nomem(e, "the blocks");
		goto out;
	}
	blocks_each(scene_blocks(o.scene), add, &j);
	run(&j, c->options->threads);
	ret = j.failed ? error_set(e, ERROR_DATA, "%zu blocks cannot be read", (size_t)j.failed)
		       : 0;
out:
	printf("%zu\n", j.nr);
	free(j.places);
	observe_release(&o);
	lake_free(lake);
	product_free(product);
	return ret;
}

int main(int argc, char **argv)
{
	struct options options;
	struct log log = { .stream = stderr, .level = LOG_WARNING };
	struct context context = { &options, kernels_find(NULL), &log, NULL };
	double start = seconds(CLOCK_MONOTONIC);
	enum command command;
	struct error e = { 0 };
	struct rusage usage;
	int ret;

	options_init(&options);
	ret = options_parse(&options, &command, argc, argv, stdout, &e);
	if (!ret && (command != COMMAND_SCENE || options.paths_nr != 1))
		ret = error_set(&e, ERROR_USAGE, "usage: bench_decode scene PRODUCT [OPTION...]");
	gdal_setup((size_t)16 << 20);
	if (!ret)
		ret = floor_of(&context, &e);
	getrusage(RUSAGE_SELF, &usage);
	printf("%.3f %.3f %ld\n", seconds(CLOCK_MONOTONIC) - start,
	       seconds(CLOCK_PROCESS_CPUTIME_ID), usage.ru_maxrss / 1024);
	if (ret)
		fprintf(stderr, "%s\n", e.text);
	options_release(&options);
	return ret ? (int)e.code : 0;
}
