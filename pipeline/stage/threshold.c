/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/threshold.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "kernels/water.h"

/* -1..1 in units of the packed index. */
#define LOW   (-10000)
#define RANGE 20000

int histogram_bin(int16_t index)
{
	int bin = (index - LOW) * THRESHOLD_BINS / RANGE;

	if (index < LOW)
		return 0;
	return bin < THRESHOLD_BINS ? bin : THRESHOLD_BINS - 1;
}

bool histogram_otsu(const struct histogram *h, int16_t *threshold)
{
	double total = 0, moment = 0, below = 0, below_moment = 0, best = 0;
	int best_bin = -1;

	for (int k = 0; k < THRESHOLD_BINS; k++) {
		total += (double)h->count[k];
		moment += (double)k * (double)h->count[k];
	}
	if (total < THRESHOLD_PIXELS_MIN)
		return false;
	for (int k = 0; k + 1 < THRESHOLD_BINS; k++) {
		double apart, variance;

		below += (double)h->count[k];
		below_moment += (double)k * (double)h->count[k];
		/* An empty bin parts as the one before it. */
		if (!h->count[k] || !(below < total))
			continue;
		apart = moment * below - below_moment * total;
		variance = apart / below * (apart / (total - below));
		if (variance > best) {
			best = variance;
			best_bin = k;
		}
	}
	if (best_bin < 0)
		return false;
	*threshold = (int16_t)(ceil(LOW + (double)(best_bin + 1) * RANGE / THRESHOLD_BINS) - 1);
	return true;
}

static bool on_edge(const int16_t *p, ptrdiff_t stride, double square)
{
	double dx, dy;

	for (ptrdiff_t y = -1; y <= 1; y++)
		for (ptrdiff_t x = -1; x <= 1; x++)
			if (p[y * stride + x] == INDEX_NODATA)
				return false;
	dx = (double)(p[1] - p[-1]) / 2;
	dy = (double)(p[stride] - p[-stride]) / 2;
	return dx * dx + dy * dy >= square;
}

void threshold_edges(const int16_t *index, int32_t w, int32_t h, float gradient, uint8_t *edge)
{
	double square = (double)gradient * (double)gradient * 1e8;

	memset(edge, 0, (size_t)w * (size_t)h);
	for (int32_t y = 1; y + 1 < h; y++)
		for (int32_t x = 1; x + 1 < w; x++) {
			size_t at = (size_t)y * (size_t)w + (size_t)x;

			edge[at] = on_edge(index + at, w, square);
		}
}
