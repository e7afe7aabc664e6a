/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/noise.h"

#include <math.h>

double noise_smooth(uint64_t seed, double x, double y)
{
	double fx = floor(x), fy = floor(y), u = x - fx, v = y - fy;
	int64_t ix = (int64_t)fx, iy = (int64_t)fy;
	double a = hash_unit(hash_place(seed, ix, iy));
	double b = hash_unit(hash_place(seed, ix + 1, iy));
	double c = hash_unit(hash_place(seed, ix, iy + 1));
	double d = hash_unit(hash_place(seed, ix + 1, iy + 1));

	u = u * u * (3 - 2 * u);
	v = v * v * (3 - 2 * v);
	a += (b - a) * u;
	c += (d - c) * u;
	return 2 * (a + (c - a) * v) - 1;
}

double noise_octaves(uint64_t seed, double x, double y, int n)
{
	double sum = 0, height = 1, total = 0;

	for (int i = 0; i < n; i++) {
		sum += height * noise_smooth(seed + (uint64_t)i, x, y);
		total += height;
		height /= 2;
		x *= 2;
		y *= 2;
	}
	return sum / total;
}
