/* SPDX-License-Identifier: Apache-2.0
 *
 * rect.h - a window of pixels: half-open [x, x + w) x [y, y + h), origin at the
 * upper left.  A rect with w <= 0 or h <= 0 is empty.  Values; no errors.
 */
#ifndef PIPELINE_SPACE_RECT_H
#define PIPELINE_SPACE_RECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rect {
	int32_t x, y, w, h;
};

static inline bool rect_empty(struct rect r)
{
	return r.w <= 0 || r.h <= 0;
}

/* Number of pixels; 0 if empty. */
static inline size_t rect_area(struct rect r)
{
	return rect_empty(r) ? 0 : (size_t)r.w * (size_t)r.h;
}

/* The pixels in both; empty with w = h = 0 if there are none. */
static inline struct rect rect_intersect(struct rect a, struct rect b)
{
	int32_t x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int32_t x1 = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
	int32_t y1 = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;

	if (rect_empty(a) || rect_empty(b) || x1 <= x0 || y1 <= y0)
		return (struct rect){ 0, 0, 0, 0 };
	return (struct rect){ x0, y0, x1 - x0, y1 - y0 };
}

/* The smallest rect that holds both; an empty one adds nothing. */
static inline struct rect rect_union(struct rect a, struct rect b)
{
	if (rect_empty(a))
		return b;
	if (rect_empty(b))
		return a;

	int32_t x0 = a.x < b.x ? a.x : b.x, y0 = a.y < b.y ? a.y : b.y;
	int32_t x1 = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
	int32_t y1 = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;

	return (struct rect){ x0, y0, x1 - x0, y1 - y0 };
}

/* r with radius pixels more on every side; an empty one stays as it is. */
static inline struct rect rect_grow(struct rect r, int32_t radius)
{
	if (rect_empty(r))
		return r;
	return (struct rect){ r.x - radius, r.y - radius, r.w + 2 * radius, r.h + 2 * radius };
}

#endif
