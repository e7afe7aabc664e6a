/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "pipeline/stage/bodies_internal.h"

void forest_release(struct forest *f)
{
	free(f->label);
	free(f->share);
}

static int label_reserve(struct forest *f, struct error *e)
{
	size_t capacity = f->capacity + f->capacity / 2 + 64;
	struct label *grown;

	if (f->nr < f->capacity)
		return 0;
	grown = reallocarray(f->label, capacity, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "waters");
	f->label = grown;
	f->capacity = capacity;
	return 0;
}

static int share_reserve(struct forest *f, struct error *e)
{
	size_t capacity = f->shares_capacity + f->shares_capacity / 2 + 64;
	struct share *grown;

	if (f->shares_nr < f->shares_capacity)
		return 0;
	grown = reallocarray(f->share, capacity, sizeof(*grown));
	if (!grown)
		return error_nomem(e, "waters");
	f->share = grown;
	f->shares_capacity = capacity;
	return 0;
}

int forest_add(struct forest *f, uint32_t *label, struct error *e)
{
	if (label_reserve(f, e))
		return -1;
	*label = (uint32_t)f->nr++;
	f->label[*label] = (struct label){ .parent = *label };
	return 0;
}

int forest_clear(struct forest *f, struct error *e)
{
	uint32_t none;

	f->nr = 0;
	f->shares_nr = 0;
	f->unused = 0;
	if (share_reserve(f, e))
		return -1;
	f->share[f->shares_nr++] = (struct share){ 0 };
	return forest_add(f, &none, e);
}

uint32_t forest_root(struct forest *f, uint32_t label)
{
	struct label *l = f->label;

	while (l[label].parent != label) {
		l[label].parent = l[l[label].parent].parent;
		label = l[label].parent;
	}
	return label;
}

static struct share *find_share(const struct forest *f, uint32_t root, uint8_t part)
{
	uint32_t s = f->label[root].shares;

	while (s && f->share[s].part != part)
		s = f->share[s].next;
	return s ? &f->share[s] : NULL;
}

static void put_share(struct forest *f, uint32_t root, uint32_t share)
{
	f->share[share].next = f->label[root].shares;
	f->label[root].shares = share;
}

static void add_to(struct share *to, const struct share *more)
{
	to->open += more->open;
	to->water += more->water;
}

int forest_share(struct forest *f, uint32_t root, const struct share *more, struct error *e)
{
	struct share *mine = find_share(f, root, more->part);
	uint32_t share = f->unused;

	if (mine) {
		add_to(mine, more);
		return 0;
	}
	if (share) {
		f->unused = f->share[share].next;
	} else {
		if (share_reserve(f, e))
			return -1;
		share = (uint32_t)f->shares_nr++;
	}
	f->share[share] = *more;
	put_share(f, root, share);
	return 0;
}

/* All that b has goes to a. */
static void merge_shares(struct forest *f, uint32_t a, uint32_t b)
{
	for (uint32_t share = f->label[b].shares, next; share; share = next) {
		struct share *mine = find_share(f, a, f->share[share].part);

		next = f->share[share].next;
		if (mine) {
			add_to(mine, &f->share[share]);
			f->share[share].next = f->unused;
			f->unused = share;
		} else {
			put_share(f, a, share);
		}
	}
}

uint32_t forest_join(struct forest *f, uint32_t a, uint32_t b)
{
	if (!a || !b)
		return a | b;
	a = forest_root(f, a);
	b = forest_root(f, b);
	if (a == b)
		return a;
	if (a > b) {
		uint32_t swap = a;

		a = b;
		b = swap;
	}
	f->label[b].parent = a;
	f->label[a].pixels += f->label[b].pixels;
	merge_shares(f, a, b);
	return a;
}
