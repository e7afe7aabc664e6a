/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/info.h"

#include "pipeline/stage/batch.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/stages.h"

/* As info.h says. */
#define DIGITS 15

static int show(const char *path, const struct input_options *options, json_t *all, struct error *e)
{
	struct product *p = NULL;
	int ret = 0;

	if (product_open(&p, path, options, e))
		return -1;
	if (!all)
		info_print(p, stdout);
	else if (json_array_append_new(all, info_json(p)))
		ret = error_nomem(e, path);
	product_free(p);
	return ret;
}

int info_command(const struct context *context, struct error *e)
{
	const struct options *o = context->options;
	struct input_options options = inputs_of(o);
	struct batch batch = { .log = context->log, .what = "products", .given = o->paths_nr };
	json_t *all = o->json ? json_array() : NULL;

	/* Headers are enough: nothing is fetched whole for them. */
	options.direct = true;

	for (size_t i = 0; i < o->paths_nr; i++)
		if (show(o->paths[i], &options, all, e))
			batch_failed(&batch, o->paths[i], e);
	if (all) {
		json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
		printf("\n");
		json_decref(all);
	}
	return batch_end(&batch, e);
}
