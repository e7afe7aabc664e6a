/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_runner.h - the mosaic command run on small observations, and its layers read back.
 */
#ifndef PIPELINE_TESTS_MOSAIC_RUNNER_H
#define PIPELINE_TESTS_MOSAIC_RUNNER_H

#include <sys/stat.h>

#include "pipeline/io/result.h"
#include "pipeline/stage/stages.h"
#include "pipeline/tests/result_maker.h"

/* Run the command with these paths (NULL-terminated) into OUT of the bench. */
static inline int run_mosaic(struct bench *b, const struct options *how, const char *const *paths,
			     const char *out, struct error *e)
{
	char *list[20];
	struct options o = how ? *how : b->options;
	struct context c = b->context;
	int keep = dup(STDOUT_FILENO), ret;
	size_t n = 0;

	*e = (struct error){ 0 };
	for (; paths[n]; n++)
		list[n] = (char *)(uintptr_t)paths[n];
	o.paths = list;
	o.paths_nr = n;
	o.output = (char *)(uintptr_t)out;
	c.options = &o;
	fflush(stdout);
	assert_non_null(freopen("/dev/null", "w", stdout));
	ret = mosaic_command(&c, e);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	return ret;
}

static inline void *read_layer(const char *dir, const char *name, struct grid *grid)
{
	struct error e = { 0 };
	struct result *r = NULL;
	struct raster *raster = NULL;
	void *pixels;

	assert_int_equal(result_open(&r, dir, &e), 0);
	assert_string_equal(r->kind, "mosaic");
	assert_int_equal(result_raster(r, name, &raster, &e), 0);
	pixels = malloc(rect_area(grid_rect(&r->grid)) * layer_type_size(layer_find(name)->type));
	assert_int_equal(raster_read(raster, grid_rect(&r->grid), pixels, &e), 0);
	raster_close(raster);
	*grid = r->grid;
	result_free(r);
	return pixels;
}

/* What the pixels of a mosaic's layers are. */
struct layers {
	uint16_t *observed, *wet, *partial, *source;
	uint8_t *frequency, *fraction, *water;
};

static inline void layers_read(struct layers *l, const char *dir, struct grid *g)
{
	l->observed = read_layer(dir, "observed", g);
	l->wet = read_layer(dir, "wet", g);
	l->partial = read_layer(dir, "partial", g);
	l->source = read_layer(dir, "source", g);
	l->frequency = read_layer(dir, "frequency", g);
	l->fraction = read_layer(dir, "fraction", g);
	l->water = read_layer(dir, "water", g);
}

static inline void layers_free(struct layers *l)
{
	free(l->observed);
	free(l->wet);
	free(l->partial);
	free(l->source);
	free(l->frequency);
	free(l->fraction);
	free(l->water);
}

/* The command fails so, in these words, and leaves nothing. */
static inline void assert_refused(struct bench *b, const struct options *o, const char *const *in,
				  enum error_code code, const char *word1, const char *word2)
{
	const char *out = bench_path(b, "refused");
	struct error e;
	struct stat st;

	assert_int_equal(run_mosaic(b, o, in, out, &e), -1);
	assert_int_equal(e.code, code);
	if (!strstr(e.text, word1) || !strstr(e.text, word2))
		fail_msg("\"%s\" or \"%s\" is not in: %s", word1, word2, e.text);
	assert_int_equal(stat(out, &st), -1);
}

#endif
