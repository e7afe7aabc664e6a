/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/sentinel2_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/io/facts.h"

/* A footprint of FOOTPRINT_POINTS_MAX points with heights that closes itself a few times over. */
#define NUMBERS_MAX (3 * (FOOTPRINT_POINTS_MAX + 8))

/* The numbers of a list; how many there are, or -1 if one is none or there are too many. */
static int read_numbers(const char *text, double *out)
{
	char word[40];

	for (int n = 0;; n++) {
		size_t k;

		text += strspn(text, " \t\r\n");
		k = strcspn(text, " \t\r\n");
		if (!k)
			return n;
		if (n == NUMBERS_MAX || k >= sizeof(word))
			return -1;
		snprintf(word, sizeof(word), "%.*s", (int)k, text);
		if (!facts_number(word, &out[n]))
			return -1;
		text += k;
	}
}

/* Some products write a height of 0 after each pair, but not always after the last. */
static bool has_heights(const double *v, int n)
{
	if (n < 9 || n % 3 == 1)
		return false;
	for (int i = 2; i < n; i += 3)
		if (v[i] != 0.0)
			return false;
	return true;
}

static bool same(const struct point *a, const struct point *b)
{
	return a->x == b->x && a->y == b->y;
}

/* Latitudes and longitudes as points without repeats, the closing one included; -1 if they are none. */
static int to_points(const double *v, int n, struct point *points)
{
	int step = has_heights(v, n) ? 3 : 2, k = 0;

	if (step == 2 && n % 2)
		return -1;
	for (int i = 0; i + 1 < n; i += step) {
		struct point p = { v[i + 1], v[i] };

		if (!(fabs(p.x) <= 180.0 && fabs(p.y) <= 90.0))
			return -1;
		if (!k || !same(&p, &points[k - 1]))
			points[k++] = p;
	}
	while (k > 1 && same(&points[0], &points[k - 1]))
		k--;
	return k;
}

int safe_footprint(struct safe *s, CPLXMLNode *tree, struct error *e)
{
	CPLXMLNode *node = CPLSearchXMLNode(tree, "=Global_Footprint");
	const char *text = node ? safe_text(node, "EXT_POS_LIST", NULL) : NULL;
	double numbers[NUMBERS_MAX];
	struct point points[NUMBERS_MAX / 2];
	int n = text ? read_numbers(text, numbers) : 0;

	if (!text)
		return 0;
	if (n > 0)
		n = to_points(numbers, n, points);
	if (n < 3 || n > FOOTPRINT_POINTS_MAX)
		return facts_warn(s->p, e,
				  "the corners in EXT_POS_LIST are not 3 to %d places; left out",
				  FOOTPRINT_POINTS_MAX);
	memcpy(s->footprint, points, (size_t)n * sizeof(*points));
	s->footprint_nr = (size_t)n;
	return 0;
}
