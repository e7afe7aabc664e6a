/* SPDX-License-Identifier: Apache-2.0
 *
 * output_finish.c - what is done with a result's layers after their last tile: overviews, the file itself, its style, a picture.
 */
#include <stdlib.h>

#include "pipeline/io/output_internal.h"
#include "pipeline/io/style.h"
#include "pipeline/run/tiles.h"

/* Making overviews, a thread holds two slots and a few tiles of at most 4 bytes a pixel. */
#define FINISH_BYTES ((size_t)6 << 20)

struct finish_job {
	struct output *o;
	const struct output_picture *picture;
	size_t *turn; /* layer numbers in the order in which they are begun */
};

/* Threads for all layers, which take a quarter of the memory at most. */
static size_t finish_threads(const struct options *o)
{
	size_t most = o->memory / 4 / FINISH_BYTES, threads = (size_t)o->threads;

	most = most < 1 ? 1 : most;
	return threads < most ? threads : most;
}

int output_layer_threads(const struct options *options, size_t layers_nr)
{
	size_t threads = finish_threads(options);

	return (int)(layers_nr && threads > layers_nr ? threads / layers_nr : 1);
}

/* The picture takes time beside its layer's, and then large pixels do: what takes long comes first. */
static size_t weight(const struct finish_job *j, size_t k)
{
	return layer_type_size(j->o->layer[k].layer->type) +
	       (j->picture && j->picture->layer == k ? 100 : 0);
}

static void set_turns(struct finish_job *j)
{
	for (size_t k = 0; k < j->o->layers_nr; k++) {
		size_t i = k;

		for (; i > 0 && weight(j, j->turn[i - 1]) < weight(j, k); i--)
			j->turn[i] = j->turn[i - 1];
		j->turn[i] = k;
	}
}

static int finish_work(void *state, size_t i, void *slot, struct error *e)
{
	struct finish_job *j = state;
	size_t k = j->turn[i];
	struct output_layer *l = &j->o->layer[k];

	(void)slot;
	if (geotiff_finish(l->geotiff, e))
		return -1;
	l->statistics = geotiff_statistics(l->geotiff);
	geotiff_free(l->geotiff);
	l->geotiff = NULL;
	return j->picture && j->picture->layer == k ? output_draw(j->o, j->picture, e) : 0;
}

static int write_style(struct output *o, const struct layer *layer, struct error *e)
{
	char name[80], title[120], *path;
	int ret;

	snprintf(name, sizeof(name), "%s.qml", layer->name);
	snprintf(title, sizeof(title), "QGIS style of %s.tif", layer->name);
	path = path_join(o->stage.path, name);
	if (!path)
		return error_nomem(e, name);
	ret = style_write(layer, path, e);
	free(path);
	return ret ? -1 : output_add(o, name, title, "application/xml", "style", e);
}

/* What is listed is listed in the order of the layers, whoever was ready first. */
static int list_files(struct output *o, const struct output_picture *picture, struct error *e)
{
	for (size_t k = 0; k < o->layers_nr; k++)
		if (write_style(o, o->layer[k].layer, e))
			return -1;
	return picture ? output_add(o, OUTPUT_PICTURE, "Quicklook", "image/png", "thumbnail", e)
		       : 0;
}

int output_finish(struct output *o, const struct output_picture *picture, struct error *e)
{
	static const struct tiles_ops ops = { .work = finish_work };
	size_t threads = finish_threads(o->context->options), n = o->layers_nr;
	struct finish_job job = { o, picture, malloc((n + 1) * sizeof(*job.turn)) };
	int ret;

	if (!job.turn)
		return error_nomem(e, "the layers");
	set_turns(&job);
	ret = tiles_run(n, (int)(n && threads > n ? n : threads), 0, &ops, &job, e);
	free(job.turn);
	return ret ? -1 : list_files(o, picture, e);
}
