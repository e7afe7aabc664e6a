/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/gaps.h"

#include <stddef.h>

/* Down one column: rows since the last pixel that was seen. */
static void column(const uint8_t *seen, int32_t w, int32_t h, uint8_t *gap)
{
	int32_t last = -GAPS_HALO - 1;

	for (int32_t y = 0; y < h; y++) {
		size_t at = (size_t)y * (size_t)w;

		if (seen[at])
			last = y;
		gap[at] = !seen[at] && y - last <= GAPS_HALO;
	}
	last = h + GAPS_HALO;
	for (int32_t y = h; y-- > 0;) {
		size_t at = (size_t)y * (size_t)w;

		if (seen[at])
			last = y;
		gap[at] &= last - y <= GAPS_HALO;
	}
}

void gaps_find(const uint8_t *seen, int32_t w, int32_t h, uint8_t *gap)
{
	for (int32_t x = 0; x < w; x++)
		column(seen + x, w, h, gap + x);
}
