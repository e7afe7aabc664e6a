/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_cell.h"

struct cell cell_gather(const struct ground_row *rows, int factor, int y, int x)
{
	int k = factor;
	struct cell c = { .n = k * k };

	for (int j = y * k; j < (y + 1) * k; j++)
		for (int i = x * k; i < (x + 1) * k; i++) {
			int sky = rows[j].sky[i];

			c.fraction += (double)rows[j].fraction[i];
			c.reed += (double)rows[j].reed[i];
			c.cloud += sky_called_cloud(sky);
			c.thin += !!(sky & SKY_THIN);
			c.near += !!(sky & SKY_NEAR);
			c.shadow += !!(sky & SKY_SHADOW);
		}
	c.fraction /= c.n;
	c.reed /= c.n;
	return c;
}

bool cell_cloudy(const struct cell *c)
{
	return 2 * c->cloud >= c->n;
}

int cell_class(const struct cell *c)
{
	if (cell_cloudy(c))
		return 2 * c->thin >= c->n ? 8 : 9;
	if (2 * c->shadow >= c->n)
		return 3;
	if (c->fraction >= 0.5)
		return 6;
	return c->reed > 0.5 ? 4 : 5;
}

uint8_t cell_cloud_probability(const struct cell *c)
{
	if (cell_cloudy(c))
		return 2 * c->thin >= c->n ? 60 : 100;
	return c->near ? 10 : 0;
}
