/* SPDX-License-Identifier: Apache-2.0
 *
 * row.h - how a kernel's row in the table of rows.h looks.
 */
#ifndef KERNELS_TESTS_ROW_H
#define KERNELS_TESTS_ROW_H

#include "kernels/tests/arrays.h"

#define ROW_ARGS 8

struct row {
	const char *name;
	/* Calls the kernel; a: its arrays in the order of kind. */
	void (*call)(const struct kernels *k, size_t n, void *const *a, const struct params *p);
	enum kind kind[ROW_ARGS];
};

/* How many arrays a kernel has. */
static size_t row_args(const struct row *row)
{
	size_t n = 0;

	while (n < ROW_ARGS && row->kind[n] != END)
		n++;
	return n;
}

#define CALL(name)                                                                                 \
	static void call_##name(const struct kernels *k, size_t n, void *const *a,                 \
				const struct params *p)

#endif
