/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/workers.h"

#include <pthread.h>
#include <stdatomic.h>

struct crew {
	work_fn *work;
	void *job;
	int n;
	atomic_int next;
};

struct member {
	struct crew *crew;
	int number;
};

static void *worker(void *arg)
{
	const struct member *m = arg;
	struct crew *c = m->crew;

	for (;;) {
		int i = atomic_fetch_add(&c->next, 1);

		if (i >= c->n)
			return NULL;
		c->work(c->job, m->number, i);
	}
}

int workers_run(int threads, int n, work_fn *work, void *job, struct failure *f)
{
	struct crew c = { .work = work, .job = job, .n = n };
	struct member member[WORKERS_MAX];
	pthread_t id[WORKERS_MAX];
	int started = 1, ret = 0;

	for (int i = 0; i < WORKERS_MAX; i++)
		member[i] = (struct member){ &c, i };
	for (; started < threads && started < n; started++)
		if (pthread_create(&id[started], NULL, worker, &member[started])) {
			ret = fail(f, "cannot start a thread: try --threads 1");
			break;
		}
	worker(&member[0]);
	for (int i = 1; i < started; i++)
		pthread_join(id[i], NULL);
	return ret;
}
