/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/deflaters.h"

#include <pthread.h>
#include <stdlib.h>

/* More than any number of threads is of use; a further one is not kept. */
#define KEPT 64

struct deflaters {
	pthread_mutex_t lock;
	int level, nr;
	struct libdeflate_compressor *kept[KEPT];
};

struct deflaters *deflaters_new(int level)
{
	struct deflaters *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	pthread_mutex_init(&d->lock, NULL);
	d->level = level;
	return d;
}

void deflaters_free(struct deflaters *d)
{
	if (!d)
		return;
	while (d->nr)
		libdeflate_free_compressor(d->kept[--d->nr]);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

struct libdeflate_compressor *deflaters_take(struct deflaters *d)
{
	struct libdeflate_compressor *c = NULL;

	pthread_mutex_lock(&d->lock);
	if (d->nr)
		c = d->kept[--d->nr];
	pthread_mutex_unlock(&d->lock);
	return c ? c : libdeflate_alloc_compressor(d->level);
}

void deflaters_give(struct deflaters *d, struct libdeflate_compressor *c)
{
	pthread_mutex_lock(&d->lock);
	if (d->nr < KEPT) {
		d->kept[d->nr++] = c;
		c = NULL;
	}
	pthread_mutex_unlock(&d->lock);
	libdeflate_free_compressor(c);
}
