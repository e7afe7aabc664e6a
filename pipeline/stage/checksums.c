/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/checksums.h"

#include "pipeline/io/result.h"
#include "pipeline/run/tiles.h"

struct job {
	const struct checksums *list;
	struct progress progress;
};

static int work(void *state, size_t i, void *slot, struct error *e)
{
	const struct job *job = state;
	const struct checksums *list = job->list;
	struct result *r = NULL;
	int ret = 0;

	(void)slot;
	if (result_open(&r, list->path[i], e))
		return -1;
	for (size_t k = 0; k < list->layers_nr && !ret; k++)
		if (result_has(r, list->layers[k]->name))
			ret = result_layer_intact(r, list->layers[k]->name, e);
	result_free(r);
	return ret;
}

static int write(void *state, size_t i, const void *slot, struct error *e)
{
	struct job *job = state;

	(void)slot;
	(void)e;
	progress_step(&job->progress, i + 1);
	return 0;
}

int checksums_check(const struct context *context, const struct checksums *list, struct error *e)
{
	const struct tiles_ops ops = { NULL, work, write, NULL };
	struct job job = { .list = list };

	progress_start(&job.progress, context->log, "checksums", list->nr);
	return list->nr ? tiles_run(list->nr, context->options->threads, 64, &ops, &job, e) : 0;
}
