/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/thumbnail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reflectance shown as white: sand is just not burnt out. */
#define WHITE 0.35f

static struct thumbnail size_of(const struct grid *grid)
{
	int32_t longer = grid->width > grid->height ? grid->width : grid->height;
	struct thumbnail t = { .step = (longer + THUMBNAIL_SIDE - 1) / THUMBNAIL_SIDE };

	t.width = (grid->width + t.step - 1) / t.step;
	t.height = (grid->height + t.step - 1) / t.step;
	return t;
}

size_t thumbnail_bytes(const struct grid *grid)
{
	struct thumbnail t = size_of(grid);

	return 3 * (size_t)t.width * (size_t)t.height;
}

int thumbnail_init(struct thumbnail *t, const struct grid *grid, struct error *e)
{
	*t = size_of(grid);
	t->black = calloc(thumbnail_bytes(grid), 1);
	return t->black ? 0 : error_nomem(e, "a thumbnail");
}

void thumbnail_release(struct thumbnail *t)
{
	free(t->black);
	*t = (struct thumbnail){ 0 };
}

/* The eye sees differences of dark tones best, so tones go with the square root. */
static uint8_t tone(float rho)
{
	float v = rho < 0 ? 0 : rho > WHITE ? 1 : rho / WHITE;

	return (uint8_t)(255 * sqrtf(v) + 0.5f);
}

void thumbnail_row(struct thumbnail *t, int32_t x, int32_t y, int32_t n, const float *red,
		   const float *green, const float *blue)
{
	int32_t first = (x + t->step - 1 - t->step / 2) / t->step * t->step + t->step / 2;

	if (y % t->step != t->step / 2)
		return;
	for (int32_t at = first; at < x + n; at += t->step) {
		uint8_t *black = t->black + 3 * ((size_t)(y / t->step) * (size_t)t->width +
						 (size_t)(at / t->step));

		black[0] = 255 - tone(red[at - x]);
		black[1] = 255 - tone(green[at - x]);
		black[2] = 255 - tone(blue[at - x]);
	}
}

void thumbnail_at(const struct thumbnail *t, int32_t x, int32_t y, uint8_t rgb[3])
{
	int32_t i = x / t->step, j = y / t->step;

	bool inside = x >= 0 && y >= 0 && i < t->width && j < t->height;

	for (size_t k = 0; k < 3; k++)
		rgb[k] = inside ? 255 - t->black[3 * ((size_t)j * (size_t)t->width + (size_t)i) + k]
				: 255;
}
