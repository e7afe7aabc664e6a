/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/info.h"

#include "pipeline/stage/batch.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/quantity.h"
#include "pipeline/stage/stages.h"

/* As info.h says. */
#define DIGITS 15

/* "  quality    chlorophyll: balkhash, oc2; turbidity: dogliotti" */
static void print_quantities(json_t *layers)
{
	const char *layer, *separator = "  quality    ";
	json_t *algorithms, *name;
	size_t i;

	json_object_foreach(layers, layer, algorithms)
	{
		printf("%s%s:", separator, layer);
		json_array_foreach(algorithms, i, name)
			printf("%s %s", i ? "," : "", json_string_value(name));
		separator = "\n             ";
	}
	if (json_object_size(layers))
		putchar('\n');
}

/* What info.h cannot know: the algorithms of the water's quality, by the bands of the first granule. */
static void add_quantities(const struct product *p, bool text, json_t *json)
{
	json_t *layers =
		p->granules_nr ? quantity_possible_json(p, &p->granules[0]) : json_object();

	if (text)
		print_quantities(layers);
	else if (json)
		json_object_set(json, "quantities", layers);
	json_decref(layers);
}

static int show(const char *path, const struct input_options *options, json_t *all, struct error *e)
{
	struct product *p = NULL;
	json_t *json;
	int ret = 0;

	if (product_open(&p, path, options, e))
		return -1;
	json = all ? info_json(p) : NULL;
	if (!all)
		info_print(p, stdout);
	add_quantities(p, !all, json);
	if (all && json_array_append_new(all, json))
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
