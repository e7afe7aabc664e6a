/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/plan.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/io/discover.h"
#include "pipeline/io/naming.h"
#include "pipeline/run/tiles.h"

/* A product, and what it is a picture of. */
struct named {
	char subject[NAMING_SUBJECT]; /* "": its name is none that an agency gives */
	const struct discovered *product;
};

static const char *name_of(const struct named *n)
{
	return n->subject[0] ? n->subject : n->product->path;
}

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int d = strcmp(name_of(x), name_of(y));

	return d ? d : strcmp(x->product->path, y->product->path);
}

static json_t *print_of(const struct discovered *d)
{
	return json_pack("[s, s]", path_name(d->path), d->print);
}

/* One unit of the products of one name. */
static int add_scene(struct plan *p, const struct named *first, size_t n, struct error *e)
{
	struct plan_unit *u = plan_add(p, PLAN_SCENE, name_of(first));
	json_t *prints = json_array();
	int ret = 0;

	if (!u || !prints)
		ret = -1;
	for (size_t i = 0; !ret && i < n; i++) {
		const struct discovered *d = first[i].product;

		ret = plan_add_input(u, d->path) || json_array_append_new(prints, print_of(d));
		u->bytes += d->bytes;
		u->newest = d->newest > u->newest ? d->newest : u->newest;
		u->arriving |= d->arriving;
	}
	if (!ret) {
		u->output = path_join(p->dir, "observations");
		ret = u->output ? plan_identify(p, u, prints, e) : -1;
	} else {
		error_nomem(e, "the plan");
	}
	json_decref(prints);
	return ret;
}

static int add_scenes(struct plan *p, const struct discovery *d, struct error *e)
{
	struct named *list = calloc(d->nr + 1, sizeof(*list));
	size_t n;
	int ret = 0;

	if (!list)
		return error_nomem(e, "the plan");
	for (size_t i = 0; i < d->nr; i++) {
		list[i].product = &d->list[i];
		if (!naming_subject(d->list[i].path, list[i].subject))
			list[i].subject[0] = 0;
	}
	qsort(list, d->nr, sizeof(*list), by_name);
	for (size_t i = 0; !ret && i < d->nr; i += n) {
		for (n = 1; i + n < d->nr && !strcmp(name_of(&list[i]), name_of(&list[i + n])); n++)
			;
		ret = add_scene(p, &list[i], n, e);
	}
	free(list);
	return ret;
}

/* All that the configuration names.  What cannot be listed today is said, and the rest goes on. */
static int find_products(const struct plan *p, struct discovery *d, const struct log *log,
			 size_t *missed, struct error *e)
{
	const struct option_list *patterns = &p->config->options[COMMAND_RUN].products;

	for (size_t i = 0; i < patterns->nr; i++) {
		if (!discover(d, patterns->values[i], e))
			continue;
		if (e->code == ERROR_BUG)
			return -1;
		log_say(log, LOG_WARNING, "%s", e->text);
		++*missed;
	}
	if (plan_search(p, d, log, missed, e))
		return -1;
	for (size_t i = 0; i < d->warnings_nr; i++)
		log_say(log, LOG_WARNING, "%s", d->warnings[i]);
	*missed += d->warnings_nr;
	discovery_sort(d);
	return 0;
}

/* --- while the ledger is read --- */

struct finding {
	struct plan *plan;
	const struct log *log;
	struct discovery *found;
	size_t *missed;
};

static int find_or_read(void *job, size_t i, void *slot, struct error *e)
{
	struct finding *f = job;

	(void)slot;
	return i ? find_products(f->plan, f->found, f->log, f->missed, e)
		 : ledger_open(&f->plan->ledger, f->plan->dir, e);
}

/* With thousands of products reading the ledger takes as long as finding them: both at once. */
static int find_and_read(struct plan *p, struct discovery *found, const struct log *log,
			 size_t *missed, struct error *e)
{
	static const struct tiles_ops ops = { .work = find_or_read };
	struct finding f = { p, log, found, missed };

	return tiles_run(2, 2, 0, &ops, &f, e);
}

int plan_open(struct plan *p, const struct config *config, const struct log *log, int64_t now,
	      size_t *missed, struct error *e)
{
	struct discovery d = { 0 };
	int ret;

	*missed = 0;
	ret = plan_init(p, config, e);
	if (!ret)
		ret = find_and_read(p, &d, log, missed, e);
	if (!ret)
		ret = add_scenes(p, &d, e);
	discovery_release(&d);
	if (!ret)
		plan_look(p, PLAN_SCENE, now);
	return ret;
}
