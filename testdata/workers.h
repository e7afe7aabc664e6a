/* SPDX-License-Identifier: Apache-2.0
 *
 * workers.h - the same function for many items, by several threads.
 */
#ifndef TESTDATA_WORKERS_H
#define TESTDATA_WORKERS_H

#include "testdata/fail.h"

enum { WORKERS_MAX = 64 };

/* One item: `worker` (0..threads-1) names the scratch memory that the call may use. */
typedef void work_fn(void *job, int worker, int i);

/*
 * Call work(job, worker, i) once for each i of 0..n-1, in any order, from up to
 * `threads` (1..WORKERS_MAX) threads; returns when all are done.  Two calls may
 * not write the same memory but the worker's own: then the result does not
 * depend on the number of threads.
 */
int workers_run(int threads, int n, work_fn *work, void *job, struct failure *f);

#endif
