/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/info.h"

#include "pipeline/stage/stages.h"

/* Shortest decimals that give the same float: see info.h. */
#define DIGITS 9

static int show(const char *path, json_t *all, struct error *e)
{
	struct product *p = NULL;
	int ret = 0;

	if (product_open(&p, path, e))
		return -1;
	if (!all)
		info_print(p, stdout);
	else if (json_array_append_new(all, info_json(p)))
		ret = error_nomem(e, path);
	product_free(p);
	return ret;
}

/* Show all that can be shown; how many failed, and whether with one and the same code. */
static size_t show_all(const struct context *context, json_t *all, bool *alike, struct error *e)
{
	const struct options *o = context->options;
	enum error_code first = ERROR_NONE;
	size_t failed = 0;

	*alike = true;
	for (size_t i = 0; i < o->paths_nr; i++) {
		if (!show(o->paths[i], all, e))
			continue;
		first = failed++ ? first : e->code;
		*alike &= e->code == first;
		/* A single product's error is said by main(). */
		if (o->paths_nr > 1)
			log_say(context->log, LOG_ERROR, "%s", e->text);
	}
	return failed;
}

int info_command(const struct context *context, struct error *e)
{
	size_t failed, given = context->options->paths_nr;
	json_t *all = context->options->json ? json_array() : NULL;
	bool alike;

	failed = show_all(context, all, &alike, e);
	if (all) {
		json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
		printf("\n");
		json_decref(all);
	}
	if (!failed)
		return 0;
	if (given > 1)
		return error_set(e, failed == given && alike ? e->code : ERROR_PARTIAL,
				 "%zu of %zu products failed", failed, given);
	return -1;
}
