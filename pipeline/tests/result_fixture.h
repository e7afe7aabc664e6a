/* SPDX-License-Identifier: Apache-2.0
 *
 * result_fixture.h - one observation of four tiles in a folder of its own.
 */
#ifndef PIPELINE_TESTS_RESULT_FIXTURE_H
#define PIPELINE_TESTS_RESULT_FIXTURE_H

#include "pipeline/tests/result_maker.h"

#define W 700
#define H 600
#define N ((size_t)W * H)

static const struct grid grid = { { "EPSG:32643" }, 600000, 5100000, 30, 30, W, H };

struct fixture {
	struct bench bench;
	uint8_t *water, *fraction;
	char result[300];
};

static inline void fixture_open(struct fixture *f)
{
	struct observation o = { .id = "TEST_1",
				 .datatake = "take",
				 .lake = "balkhash",
				 .zone = 43,
				 .time = 1720762933,
				 .grid = grid };
	struct error e = { 0 };

	bench_open(&f->bench);
	f->water = malloc(N);
	f->fraction = malloc(N);
	for (int i = 0; i < W * H; i++) {
		f->water[i] = (uint8_t)(i % W < 100 ? 255 : i * 7 % 3);
		f->fraction[i] = (uint8_t)(i % W < 100 ? 255 : i % 101);
	}
	o.water = f->water;
	o.fraction = f->fraction;
	if (make_observation(&f->bench, f->bench.folder, &o, &e))
		fail_msg("%s", e.text);
	snprintf(f->result, sizeof(f->result), "%s/TEST_1", f->bench.folder);
}

static inline void fixture_close(struct fixture *f)
{
	free(f->water);
	free(f->fraction);
	bench_close(&f->bench);
}

static inline char *file_of(const struct fixture *f, const char *name)
{
	return path_join(f->result, name);
}

#endif
