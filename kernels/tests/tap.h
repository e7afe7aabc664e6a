/* SPDX-License-Identifier: Apache-2.0
 *
 * tap.h - comparing numbers, and running tests for every instruction set.
 */
#ifndef KERNELS_TESTS_TAP_H
#define KERNELS_TESTS_TAP_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "kernels/kernels.h"

/* Whether got is wanted within 1e-5 of it, or within half its last printed digit if that is more. */
static inline bool agrees(const char *what, double got, double wanted, double half_digit)
{
	bool ok = fabs(got - wanted) <= fmax(1e-5 * fabs(wanted), half_digit);

	if (!ok)
		printf("# %s: %.9g, not %.9g\n", what, got, wanted);
	return ok;
}

static inline bool within(const char *what, double got, double wanted, double bound)
{
	bool ok = fabs(got - wanted) <= bound;

	if (!ok)
		printf("# %s: %.9g, not within %.3g of %.9g\n", what, got, bound, wanted);
	return ok;
}

static inline bool same(const char *what, long long got, long long wanted)
{
	if (got != wanted)
		printf("# %s: %lld, not %lld\n", what, got, wanted);
	return got == wanted;
}

struct test {
	const char *name;
	bool (*run)(const struct kernels *k);
};

/* Runs n tests for each table that this CPU runs, in TAP; the number that failed. */
static inline size_t tap_run(const struct test *test, size_t n)
{
	size_t failed = 0, done = 0;

	for (size_t i = 0; kernels_name(i); i++) {
		const struct kernels *k = kernels_find(kernels_name(i));

		for (size_t j = 0; k && j < n; j++) {
			bool ok = test[j].run(k);

			failed += !ok;
			printf("%s %zu - %s %s\n", ok ? "ok" : "not ok", ++done, test[j].name,
			       k->isa);
		}
	}
	printf("1..%zu\n", done);
	return failed;
}

#endif
