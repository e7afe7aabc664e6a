/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/inner.h"

#include <stddef.h>
#include <string.h>

void inner_pixels(uint8_t *flags, uint8_t *scratch, int32_t w, int32_t h)
{
	ptrdiff_t row = w;
	size_t n = (size_t)w * (size_t)h;

	memcpy(scratch, flags, n);
	memset(flags, 0, n);
	for (ptrdiff_t y = 1; y + 1 < h; y++)
		for (ptrdiff_t x = 1; x + 1 < row; x++) {
			const uint8_t *p = scratch + y * row + x;
			uint8_t beside = p[-1] & p[1] & p[-row] & p[row];
			uint8_t across = p[-row - 1] & p[-row + 1] & p[row - 1] & p[row + 1];

			flags[y * row + x] = p[0] & beside & across;
		}
}
