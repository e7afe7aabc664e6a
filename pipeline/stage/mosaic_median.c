/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernels/classes.h"
#include "pipeline/stage/mosaic_worker.h"

/* Give bins to pixels of open median from *next on, as many as there are. */
static size_t give_bins(struct worker *w, size_t *next)
{
	size_t given = 0, i = *next;

	memset(w->bin_of, 0, w->n * sizeof(*w->bin_of));
	for (; i < w->n && given < BINS_MAX; i++)
		if (w->median[i] == MEDIAN_OPEN)
			w->bin_of[i] = (uint16_t)++given;
	*next = i;
	memset(w->bins, 0, given * sizeof(*w->bins));
	return given;
}

static int count_bins(struct worker *w, struct error *e)
{
	const struct looks *l = &w->m->looks;

	for (size_t g = 0; g < l->groups_nr; g++) {
		bool any;

		if (worker_see(w, &l->group[g], &any, e))
			return -1;
		for (size_t i = 0; any && i < w->n; i++)
			if (w->bin_of[i] && w->sight.water[i] <= WATER_PARTIAL &&
			    w->sight.fraction[i] < PERCENTS)
				w->bins[w->bin_of[i] - 1][w->sight.fraction[i]]++;
	}
	return 0;
}

/* The percent at a place in sorted order, from 0. */
static uint32_t percent_at(const uint16_t *bins, uint32_t place)
{
	uint32_t percent = 0, below = 0;

	while (percent < PERCENTS - 1 && below + bins[percent] <= place)
		below += bins[percent++];
	return percent;
}

/* Rounded half to even: half up would move each shore a little into the land. */
static uint8_t median_of_bins(const uint16_t *bins, uint32_t known)
{
	uint32_t twice = percent_at(bins, (known - 1) / 2) + percent_at(bins, known / 2);
	uint32_t half = twice / 2;

	return (uint8_t)(half + (twice & half & 1));
}

/* Read the looks again, once for every BINS_MAX pixels whose median is open. */
int worker_medians(struct worker *w, struct error *e)
{
	for (size_t next = 0; next < w->n;) {
		if (!give_bins(w, &next))
			continue;
		if (count_bins(w, e))
			return -1;
		for (size_t i = 0; i < w->n; i++)
			if (w->bin_of[i])
				w->median[i] = median_of_bins(w->bins[w->bin_of[i] - 1],
							      w->counts.known[i]);
	}
	return 0;
}
