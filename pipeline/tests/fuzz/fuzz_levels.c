/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a table of levels: readings in order that are no wonder, or it is refused in one line.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/level_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Between the lowest and the highest there is nothing but what lies between them, or no level. */
static void check_at(const struct levels *l, int64_t time)
{
	double least = HUGE_VAL, most = -HUGE_VAL, level = levels_at(l, time);

	for (size_t i = 0; i < l->nr; i++) {
		least = fmin(least, l->of[i].metres);
		most = fmax(most, l->of[i].metres);
	}
	if (!isnan(level) && !(level >= least - 1e-6 && level <= most + 1e-6))
		abort();
}

static void check(const struct levels *l, size_t size)
{
	if (!l->nr || l->nr > size)
		abort();
	for (size_t i = 0; i < l->nr; i++) {
		const struct level *one = &l->of[i];

		if (!(fabs(one->metres) <= LEVEL_MOST_M) || (i && one[-1].time > one->time))
			abort();
		/* On the day of a reading there is a level. */
		if (isnan(levels_at(l, one->time)))
			abort();
	}
	check_at(l, l->of[0].time + LEVEL_REACH_S);
	check_at(l, l->of[l->nr - 1].time - LEVEL_REACH_S);
	check_at(l, l->of[0].time / 2 + l->of[l->nr - 1].time / 2);
	if (!isnan(levels_at(l, l->of[0].time - LEVEL_REACH_S - 1)) ||
	    !isnan(levels_at(l, l->of[l->nr - 1].time + LEVEL_REACH_S + 1)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct levels l;
	struct error e = { 0 };

	if (!text)
		abort();
	if (!levels_parse(&l, text, &e))
		check(&l, size);
	else if (e.code != ERROR_DATA || !e.text[0] || strchr(e.text, '\n') || l.of || l.nr)
		abort();
	levels_release(&l);
	free(text);
	return 0;
}
