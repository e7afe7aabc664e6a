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
	t->rgb = malloc(thumbnail_bytes(grid));
	if (!t->rgb)
		return error_nomem(e, "a thumbnail");
	memset(t->rgb, 255, thumbnail_bytes(grid));
	return 0;
}

void thumbnail_release(struct thumbnail *t)
{
	free(t->rgb);
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
		uint8_t *rgb = t->rgb + 3 * ((size_t)(y / t->step) * (size_t)t->width +
					     (size_t)(at / t->step));

		rgb[0] = tone(red[at - x]);
		rgb[1] = tone(green[at - x]);
		rgb[2] = tone(blue[at - x]);
	}
}

void thumbnail_at(const struct thumbnail *t, int32_t x, int32_t y, uint8_t rgb[3])
{
	int32_t i = x / t->step, j = y / t->step;

	if (x < 0 || y < 0 || i >= t->width || j >= t->height)
		memset(rgb, 255, 3);
	else
		memcpy(rgb, t->rgb + 3 * ((size_t)j * (size_t)t->width + (size_t)i), 3);
}
