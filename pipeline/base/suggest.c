/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/suggest.h"

#include <string.h>

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t min2(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Both lengths are at most SUGGEST_LENGTH_MAX. */
static size_t distance(const char *a, size_t a_nr, const char *b, size_t b_nr)
{
	size_t rows[3][SUGGEST_LENGTH_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t k = 0; k <= b_nr; k++)
		above[k] = before[k] = k;
	for (size_t i = 1; i <= a_nr; i++) {
		row[0] = i;
		for (size_t k = 1; k <= b_nr; k++) {
			size_t differ = fold(a[i - 1]) != fold(b[k - 1]);

			row[k] = min2(above[k - 1] + differ, min2(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && fold(a[i - 1]) == fold(b[k - 2]) &&
			    fold(a[i - 2]) == fold(b[k - 1]))
				row[k] = min2(row[k], before[k - 2] + 1);
		}

		size_t *free_row = before;

		before = above;
		above = row;
		row = free_row;
	}
	return above[b_nr];
}

const char *suggest(const char *word, const char *const *known, size_t n)
{
	size_t length = strlen(word), limit = length / 3 > 1 ? length / 3 : 1;
	const char *nearest = NULL;

	if (!length || length > SUGGEST_LENGTH_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t known_length = strlen(known[i]);

		if (known_length > SUGGEST_LENGTH_MAX)
			continue;

		size_t d = distance(word, length, known[i], known_length);

		if (d < limit || (d == limit && !nearest)) {
			nearest = known[i];
			limit = d;
		}
	}
	return nearest;
}
