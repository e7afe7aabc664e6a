/* SPDX-License-Identifier: Apache-2.0
 *
 * dispatch.c - which tables this binary has and this CPU can run.
 */
#include "kernels/kernels.h"

#include <stdbool.h>

extern const struct kernels kernels_scalar, kernels_base;

static bool always(void)
{
	return true;
}

#ifdef __x86_64__
extern const struct kernels kernels_avx2, kernels_avx512;

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

/* The extensions that the Makefile names for this table. */
static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
#endif

static const struct {
	const struct kernels *table;
	bool (*supported)(void);
} known[] = {
	{ &kernels_scalar, always }, /* slowest first */
	{ &kernels_base, always },
#ifdef __x86_64__
	{ &kernels_avx2, has_avx2 },
	{ &kernels_avx512, has_avx512 },
#endif
};

static bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct kernels *kernels_find(const char *isa)
{
	for (size_t i = sizeof(known) / sizeof(known[0]); i-- > 0;)
		if (known[i].supported() && (!isa || same_name(isa, known[i].table->isa)))
			return known[i].table;
	return NULL;
}

const char *kernels_name(size_t i)
{
	return i < sizeof(known) / sizeof(known[0]) ? known[i].table->isa : NULL;
}
