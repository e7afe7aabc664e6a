/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int choice_add(struct choice *c, size_t path, const struct product *p, struct error *e)
{
	for (size_t i = 0; i < p->granules_nr; i++) {
		const struct granule *g = &p->granules[i];
		struct candidate *d;

		if (c->nr == c->room) {
			size_t room = c->room ? 2 * c->room : 64;
			struct candidate *more = realloc(c->list, room * sizeof(*more));

			if (!more)
				return error_nomem(e, "a list of products");
			c->list = more;
			c->room = room;
		}
		d = &c->list[c->nr++];
		*d = (struct candidate){ .path = path, .granule = i, .processed = p->processed };
		snprintf(d->key, sizeof(d->key), "%s %s %s %s", p->mission, p->level_name,
			 p->datatake, g->tile);
		snprintf(d->product, sizeof(d->product), "%s", p->id);
		snprintf(d->datastrip, sizeof(d->datastrip), "%s", g->datastrip);
		snprintf(d->baseline, sizeof(d->baseline), "%s", p->baseline);
		snprintf(d->tier, sizeof(d->tier), "%s", p->tier);
	}
	return 0;
}

/* T1 is the best, real time the least; a level without tiers has none. */
static int tier_rank(const char *tier)
{
	static const char *const ranks[] = { "RT", "T2", "T1" };

	for (int i = 0; i < 3; i++)
		if (!strcmp(tier, ranks[i]))
			return i;
	return -1;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Above 0 if a is the better version.  "pre" is older than any number. */
static int better(const struct candidate *a, const struct candidate *b)
{
	int d = strcmp(strcmp(a->baseline, "pre") ? a->baseline : "",
		       strcmp(b->baseline, "pre") ? b->baseline : "");

	if (!d)
		d = compare_numbers(a->processed, b->processed);
	if (!d)
		d = tier_rank(a->tier) - tier_rank(b->tier);
	if (!d)
		d = strcmp(a->product, b->product);
	return d ? d : compare_numbers((int64_t)b->path, (int64_t)a->path);
}

/* By key, then data strip, then the better first. */
static int in_order(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int d = strcmp(x->key, y->key);

	if (!d)
		d = strcmp(x->datastrip, y->datastrip);
	return d ? d : better(y, x);
}

static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int d = compare_numbers((int64_t)x->path, (int64_t)y->path);

	return d ? d : compare_numbers((int64_t)x->granule, (int64_t)y->granule);
}

/* One key, [first, end): its strips lie together, the best version of each in front. */
static void decide_key(struct candidate *first, struct candidate *end, const struct log *log)
{
	struct candidate *best = first;
	bool halves = strcmp(first->datastrip, end[-1].datastrip) != 0;

	for (struct candidate *c = first; c < end; c++) {
		if (strcmp(c->datastrip, best->datastrip))
			best = c;
		c->half = halves;
		c->dropped = c != best;
		if (c->dropped)
			log_event(log, LOG_INFO, CODE_PRODUCT_LEFT_OUT,
				  "%s is left out: %s is the same, in a newer version", c->product,
				  best->product);
	}
}

void choice_decide(struct choice *c, const struct log *log)
{
	if (!c->nr)
		return;
	qsort(c->list, c->nr, sizeof(*c->list), in_order);
	for (size_t i = 0, k; i < c->nr; i = k) {
		for (k = i + 1; k < c->nr && !strcmp(c->list[i].key, c->list[k].key); k++)
			;
		decide_key(&c->list[i], &c->list[k], log);
	}
	qsort(c->list, c->nr, sizeof(*c->list), by_place);
}

const struct candidate *choice_find(const struct choice *c, size_t path, size_t granule)
{
	struct candidate want = { .path = path, .granule = granule };

	return c->nr ? bsearch(&want, c->list, c->nr, sizeof(want), by_place) : NULL;
}

void choice_release(struct choice *c)
{
	free(c->list);
	*c = (struct choice){ 0 };
}
