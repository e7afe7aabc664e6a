/* SPDX-License-Identifier: Apache-2.0
 *
 * scene.c - the command "scene": products to observations.
 */
#include "pipeline/stage/stages.h"

#include "pipeline/stage/batch.h"
#include "pipeline/stage/choice.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/observe.h"

/* What all products of one command have in common. */
struct scene_run {
	const struct context *context;
	const struct lake *lake;
	struct input_options options;
	struct choice choice;
};

/* All granules of an open product that were not dropped; one that fails does not stop the others. */
static int observe_granules(const struct scene_run *c, const struct product *p, size_t number,
			    struct error *e)
{
	struct batch batch = { .log = c->context->log,
			       .what = "granules",
			       .given = p->granules_nr };

	for (size_t i = 0; i < p->granules_nr; i++) {
		const struct candidate *d = choice_find(&c->choice, number, i);

		if (d && d->dropped)
			continue;
		if (observe_granule(c->context, p, &p->granules[i], d && d->half, c->lake, e))
			batch_failed(&batch, p->granules[i].name, e);
	}
	return batch_end(&batch, e);
}

static bool is_dropped(const struct choice *choice, size_t number)
{
	const struct candidate *d = choice_find(choice, number, 0);
	bool dropped = d != NULL;

	for (size_t i = 0; (d = choice_find(choice, number, i)); i++)
		dropped &= d->dropped;
	return dropped;
}

static int observe_product(const struct scene_run *c, size_t number, struct error *e)
{
	const char *path = c->context->options->paths[number];
	struct product *product = NULL;
	int ret;

	if (is_dropped(&c->choice, number))
		return 0;
	ret = product_open(&product, path, &c->options, e);
	if (!ret && product->warnings[0])
		log_event(c->context->log, LOG_WARNING, CODE_WARNING_PRODUCT, "%s: %s", path,
			  product->warnings);
	if (!ret)
		ret = observe_granules(c, product, number, e);
	product_free(product);
	return ret;
}

/*
 * Look at several products before the first is computed.  Those that would have to
 * be unpacked or fetched for that are not looked at, and what cannot be opened is told in its turn.
 */
static int survey(struct scene_run *c, struct error *e)
{
	const struct options *o = c->context->options;
	int ret = 0;

	for (size_t i = 0; !ret && o->paths_nr > 1 && i < o->paths_nr; i++) {
		struct product *p = NULL;
		struct error ignored;

		if (!input_is_cheap(o->paths[i]) ||
		    product_open(&p, o->paths[i], &c->options, &ignored))
			continue;
		ret = choice_add(&c->choice, i, p, e);
		product_free(p);
	}
	choice_decide(&c->choice, c->context->log);
	return ret;
}

int scene_command(const struct context *context, struct error *e)
{
	const struct options *o = context->options;
	struct batch batch = { .log = context->log, .what = "products", .given = o->paths_nr };
	struct scene_run c = { .context = context, .options = inputs_of(o) };
	struct lake *lake = NULL;
	int ret;

	if (o->lake && lake_open(&lake, o->lake, e))
		return -1;
	c.lake = lake;
	ret = survey(&c, e);
	for (size_t i = 0; !ret && i < o->paths_nr; i++)
		if (observe_product(&c, i, e))
			batch_failed(&batch, o->paths[i], e);
	choice_release(&c.choice);
	lake_free(lake);
	return ret ? ret : batch_end(&batch, e);
}
