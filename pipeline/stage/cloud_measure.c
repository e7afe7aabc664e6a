/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud_measure.c - what clear land and clear water of a scene are like: percentiles of exact counts.
 */
#include "pipeline/stage/cloud_internal.h"

#include <math.h>
#include <stdlib.h>

/* Clear pixels of water that its temperature needs. */
#define WATER_LEAST 100

/* Histograms, one behind the other: probability and temperature of clear land, temperature of clear water. */
enum { AT_PROBABILITY, AT_LAND = CLOUD_PROBABILITY_BINS, AT_WATER = AT_LAND + CLOUD_BT_BINS };
#define BINS (AT_WATER + CLOUD_BT_BINS)

/* Counts of a block; warm: of known temperature. */
struct tally {
	int64_t seen, land, land_warm, water_warm;
	uint32_t bins[BINS];
};

/* And of the scene. */
struct cloud_total {
	int64_t seen, land, land_warm, water_warm;
	uint64_t bins[BINS];
};

static void count(const struct cloud_run *run, struct tally *t, uint8_t tests, uint8_t variability,
		  uint16_t bt)
{
	t->seen++;
	if (tests & CLOUD_POTENTIAL)
		return;
	if (!(tests & CLOUD_WATER)) {
		t->land++;
		t->land_warm += bt != 0;
		t->bins[AT_PROBABILITY + cloud_probability(run, variability, bt)]++;
		t->bins[AT_LAND + bt / CLOUD_BT_BIN] += bt != 0;
	} else if (tests & CLOUD_CLEAR_WATER) {
		t->water_warm += bt != 0;
		t->bins[AT_WATER + bt / CLOUD_BT_BIN] += bt != 0;
	}
}

static void measure_block(struct cloud_run *run, struct cloud_block *b, void *slot)
{
	bool thermal = b->plane[CLOUD_BT] != NULL;

	for (int32_t y = 0; y < b->r.h; y++) {
		const uint8_t *tests = cloud_row_u8(b, CLOUD_TESTS, y);
		const uint8_t *variability = cloud_row_u8(b, CLOUD_VARIABILITY, y);
		const uint16_t *bt = thermal ? cloud_row_u16(b, CLOUD_BT, y) : NULL;

		cloud_block_inside(run, b, y);
		for (int32_t x = 0; x < b->r.w; x++)
			if ((tests[x] & CLOUD_VALID) && b->inside[x])
				count(run, slot, tests[x], variability[x], bt ? bt[x] : 0);
	}
}

static void measure_merge(struct cloud_run *run, const void *slot)
{
	struct cloud_total *total = run->total;
	const struct tally *t = slot;

	if (!t->seen)
		return;
	total->seen += t->seen;
	total->land += t->land;
	total->land_warm += t->land_warm;
	total->water_warm += t->water_warm;
	for (size_t i = 0; i < BINS; i++)
		total->bins[i] += t->bins[i];
}

size_t cloud_measure_slot(void)
{
	return sizeof(struct tally);
}

size_t cloud_measure_bytes(void)
{
	return sizeof(struct cloud_total);
}

/* The first of the bins up to which lies the share p of the n that are counted. */
static int32_t percentile(const uint64_t *bins, int64_t n, float p)
{
	double wanted = ceil((double)p * (double)n);
	uint64_t least = wanted < 1 ? 1 : (uint64_t)wanted, sum = bins[0];
	int32_t i = 0;

	least = least < (uint64_t)n ? least : (uint64_t)n;
	while (sum < least)
		sum += bins[++i];
	return i;
}

/* A temperature in 0.01 K. */
static int32_t percentile_bt(const uint64_t *bins, int64_t n, float p)
{
	return percentile(bins, n, p) * CLOUD_BT_BIN + CLOUD_BT_BIN / 2;
}

static int measure_pass(struct cloud_run *run, struct error *e)
{
	struct cloud_pass pass = { 1u << CLOUD_TESTS | 1u << CLOUD_VARIABILITY,
				   sizeof(struct tally), measure_block, measure_merge, NULL };

	if (run->job->planes.bt != CLOUD_NO_PLANE)
		pass.reads |= 1u << CLOUD_BT;
	*run->total = (struct cloud_total){ .seen = 0 };
	return cloud_pass_run(run, &pass, e);
}

static bool enough_land(const struct cloud_total *t, int64_t land, const struct cloud_limits *l)
{
	return land > 0 && (double)land >= (double)l->land_share * (double)t->seen;
}

static void temperatures(struct cloud_run *run)
{
	const struct cloud_limits *l = &run->job->limits;
	const struct cloud_total *t = run->total;
	struct cloud_stats *s = &run->stats;

	s->seen = t->seen;
	if (enough_land(t, t->land_warm, l)) {
		s->land_low = percentile_bt(t->bins + AT_LAND, t->land_warm, l->percentile_low);
		s->land_high = percentile_bt(t->bins + AT_LAND, t->land_warm, l->percentile_high);
	}
	if (t->water_warm >= WATER_LEAST)
		s->water = percentile_bt(t->bins + AT_WATER, t->water_warm, l->percentile_high);
}

/* Without enough clear land nothing is added to, and the addend alone decides. */
static void threshold(struct cloud_run *run)
{
	const struct cloud_limits *l = &run->job->limits;
	const struct cloud_total *t = run->total;
	int32_t most = (int32_t)(l->land_most * CLOUD_PROBABILITY_ONE + 0.5f);
	int32_t sum = (int32_t)(l->land_add * CLOUD_PROBABILITY_ONE + 0.5f);

	if (enough_land(t, t->land, l))
		sum += percentile(t->bins + AT_PROBABILITY, t->land, l->percentile_high);
	run->stats.threshold = sum < most ? sum : most;
}

int cloud_measure(struct cloud_run *run, struct error *e)
{
	int ret = -1;

	run->total = calloc(1, sizeof(*run->total));
	if (!run->total)
		return error_nomem(e, "counts of a scene");
	if (measure_pass(run, e))
		goto out;
	temperatures(run);
	/* Now that temperatures are known, probabilities have to be counted again. */
	if (run->stats.land_high && measure_pass(run, e))
		goto out;
	threshold(run);
	ret = 0;
out:
	free(run->total);
	run->total = NULL;
	return ret;
}
