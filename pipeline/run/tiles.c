/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run/tiles.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct run {
	const struct tiles_ops *ops;
	void *job;
	size_t n, slots_nr, slot_size;
	unsigned char *slots;
	bool *full; /* full[i % slots_nr]: that tile awaits writing */

	pthread_mutex_t lock;
	pthread_cond_t moved; /* next_write or failed changed */
	size_t next_work, next_write;
	bool writing, failed;
	struct error *error;
};

static void *slot_at(struct run *r, size_t i)
{
	return r->slots + i % r->slots_nr * r->slot_size;
}

/* The first error is the one that counts.  Called with the lock held. */
static void fail(struct run *r, const struct error *e)
{
	if (!r->failed)
		*r->error = *e;
	r->failed = true;
	pthread_cond_broadcast(&r->moved);
}

/* Claim the next tile, waiting for its slot.  False: nothing left to do. */
static bool claim(struct run *r, size_t *i)
{
	bool got;

	pthread_mutex_lock(&r->lock);
	*i = r->next_work++;
	while (!r->failed && *i < r->n && *i - r->next_write >= r->slots_nr)
		pthread_cond_wait(&r->moved, &r->lock);
	got = !r->failed && *i < r->n;
	pthread_mutex_unlock(&r->lock);
	return got;
}

static int write_one(struct run *r, size_t i, struct error *e)
{
	return r->ops->write ? r->ops->write(r->job, i, slot_at(r, i), e) : 0;
}

/* Mark tile i done; then, unless another worker is at it, write what can be. */
static void deliver(struct run *r, size_t i)
{
	struct error e = { 0 };

	pthread_mutex_lock(&r->lock);
	r->full[i % r->slots_nr] = true;
	while (!r->writing && !r->failed && r->full[r->next_write % r->slots_nr]) {
		size_t w = r->next_write;
		int ret;

		r->writing = true;
		pthread_mutex_unlock(&r->lock);
		ret = write_one(r, w, &e);
		pthread_mutex_lock(&r->lock);
		r->writing = false;
		r->full[w % r->slots_nr] = false;
		r->next_write = w + 1;
		pthread_cond_broadcast(&r->moved);
		if (ret)
			fail(r, &e);
	}
	pthread_mutex_unlock(&r->lock);
}

static void *worker(void *arg)
{
	struct run *r = arg;
	struct error e = { 0 };
	void *state = r->ops->start ? NULL : r->job;
	size_t i;
	int ret = r->ops->start ? r->ops->start(r->job, &state, &e) : 0;

	while (!ret && claim(r, &i)) {
		ret = r->ops->work(state, i, slot_at(r, i), &e);
		if (!ret)
			deliver(r, i);
	}
	if (ret) {
		pthread_mutex_lock(&r->lock);
		fail(r, &e);
		pthread_mutex_unlock(&r->lock);
	}
	if (state && r->ops->stop)
		r->ops->stop(state);
	return NULL;
}

static int run_threads(struct run *r, int threads)
{
	pthread_t *thread = calloc((size_t)threads, sizeof(*thread));
	int started = 0;

	if (!thread)
		return error_nomem(r->error, "threads");
	while (started < threads && !pthread_create(&thread[started], NULL, worker, r))
		started++;
	for (int t = 0; t < started; t++)
		pthread_join(thread[t], NULL);
	free(thread);
	if (!started)
		return error_set(r->error, ERROR_BUG, "cannot start a thread");
	return r->failed ? -1 : 0;
}

int tiles_run(size_t n, int threads, size_t slot_size, const struct tiles_ops *ops, void *job,
	      struct error *e)
{
	struct run r = {
		.ops = ops,
		.job = job,
		.n = n,
		.error = e,
		.slots_nr = 2 * (size_t)threads,
		/* Slots start on cache lines of their own. */
		.slot_size = (slot_size + 63) / 64 * 64 + 64,
	};
	int ret = -1;

	pthread_mutex_init(&r.lock, NULL);
	pthread_cond_init(&r.moved, NULL);
	r.slots = aligned_alloc(64, r.slots_nr * r.slot_size);
	r.full = calloc(r.slots_nr, sizeof(*r.full));
	if (r.slots && r.full)
		ret = run_threads(&r, threads);
	else
		error_set(e, ERROR_BUG, "no memory for %zu tile slots of %zu bytes", r.slots_nr,
			  r.slot_size);
	free(r.full);
	free(r.slots);
	pthread_cond_destroy(&r.moved);
	pthread_mutex_destroy(&r.lock);
	return ret;
}
