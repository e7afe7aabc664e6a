/* SPDX-License-Identifier: Apache-2.0
 *
 * uniform.h - is an array one value throughout?  Most tiles of a lake are.
 */
#ifndef PIPELINE_BASE_UNIFORM_H
#define PIPELINE_BASE_UNIFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Are n >= 1 elements of so many bytes all the same?  They are if each is the one before it; ends at the first that is not. */
static inline bool is_uniform(const void *elements, size_t n, size_t element_size)
{
	return !memcmp(elements, (const char *)elements + element_size, (n - 1) * element_size);
}

#endif
