/* SPDX-License-Identifier: Apache-2.0
 *
 * uniform.h - arrays that are one value throughout, as most tiles of a lake are.
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

/* Make n elements of so many bytes what value is. */
static inline void fill_uniform(void *elements, size_t n, size_t element_size, const void *value)
{
	size_t all = n * element_size, done = n ? element_size : 0;

	memcpy(elements, value, done);
	while (done < all) {
		size_t more = done < all - done ? done : all - done;

		memcpy((char *)elements + done, elements, more);
		done += more;
	}
}

#endif
