/* SPDX-License-Identifier: Apache-2.0
 *
 * arrays.h - what the arrays of kernels hold, and the arguments that are not arrays, drawn at random.
 */
#ifndef KERNELS_TESTS_ARRAYS_H
#define KERNELS_TESTS_ARRAYS_H

#include <stdbool.h>

#include "kernels/kernels.h"
#include "kernels/tests/arrays_quality.h"
#include "kernels/tests/guard.h"

/* The arguments that are not arrays, drawn anew for every call. */
struct params {
	struct calib calib;
	struct rayleigh rayleigh;
	struct dswe_limits dswe;
	struct evidence_limits evidence;
	struct mask_limits masks;
	struct quality_params quality;
	float index;
	uint32_t hide, ice, nodata;
	uint8_t threshold;
	int32_t w, h; /* of the window */
	bool tame;    /* for timing: no special values, coordinates step as in a warp */
};

/*
 * What an array holds; for each pixel of a span PAIRS have two elements, CLASS_ROW and COLUMN two more in all,
 * a WINDOW what its size says.  In order: arrays read, read and written, written.
 */
// clang-format off
enum kind {
	END, RHO, INDEX, DN, QA, FMASK, LOOKS, WHY, BITS, CODE, STATE, CLASS, CLASS_ROW, PURITY, PERCENT,
	COORD_X, COORD_Y, PAIRS_U8, PAIRS_U16, PAIRS_U32, WINDOW_U8, WINDOW_U16, WINDOW_U32,
	WATER, WIDE, AMOUNT, QUANTITY, PAIRS_F32, WINDOW_F32, TABLE_F32, COLUMN_SUM, COLUMN_COUNT,
	INOUT_STATE, INOUT_WHY, INOUT_F32, INOUT_FLAGS, INOUT_SUM,
	OUT_U8, OUT_U16, OUT_U32, OUT_F32, OUT_FOUR,
};
// clang-format on

static struct params params_random(struct random *r)
{
	static const uint16_t special[] = { 0, 1, 255, 32768, 65535 };
	uint64_t bits = random_bits(r);

	return (struct params){
		.calib = { (float)random_between(r, 1e-5, 1e-4),
			   (float)random_between(r, -0.2, 0.1), special[random_below(r, 5)],
			   special[random_below(r, 5)] },
		.rayleigh = { (float)random_between(r, 0.0, 0.1),
			      (float)random_between(r, 1.0, 1.4) },
		.dswe = DSWE_LIMITS,
		.evidence = EVIDENCE_LIMITS,
		.masks = { (uint32_t)(bits >> 32), bits & 64 ? WHY_SNOW : WHY_SNOW | WHY_ICE,
			   bits & 128 ? WHY_CLOUD : UINT32_MAX, bits & 1 },
		.quality = quality_params_random(r),
		.index = bits & 2 ? 0.0f : (float)random_between(r, -0.2, 0.3),
		.hide = (uint32_t)(bits >> 32) & (bits & 16 ? 0xffffffff : WHY_CLOUD | WHY_SHADOW),
		.ice = bits & 32 ? 0 : WHY_SNOW | 1u << random_below(r, 32),
		.nodata = special[random_below(r, 5)],
		.threshold = (uint8_t)random_below(r, 101),
		.w = 1 + (int32_t)random_below(r, 40),
		.h = 1 + (int32_t)random_below(r, 40),
	};
}

/* --- what arrays hold: small, large, special and equal values far more often than chance --- */

static void fill_f32(struct random *r, const struct params *p, float *v, const float *before,
		     size_t n)
{
	static const float edge[] = { 1e-4f, 0.09f, 0.1f, 0.15f, 0.25f, 0.3f, 1e30f, 1e-40f };
	static const uint32_t nan[] = { 0x7fc00000, 0xffc00000, 0x7fc12345, 0xff800001 };

	for (size_t i = 0; i < n; i++) {
		v[i] = (float)random_between(r, 0.0, 0.6);
		switch (p->tame ? 16 : random_below(r, 16)) {
		case 0:
			v[i] = (float)random_below(r, 2);
			break;
		case 1:
			v[i] = (float)random_between(r, -0.1, 0.001);
			break;
		case 2:
			v[i] = edge[random_below(r, 8)];
			break;
		case 3:
			v[i] = before ? before[i] : -v[i];
			break;
		case 4:
			memcpy(&v[i], &nan[random_below(r, 4)], sizeof(v[i]));
			break;
		case 5:
			v[i] = random_below(r, 2) ? 1.0f / 0.0f : -1.0f / 0.0f;
			break;
		}
	}
}

static void fill_u16(struct random *r, const struct params *p, uint16_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bias = p->tame ? 8 : random_below(r, 8);

		v[i] = (uint16_t)random_bits(r);
		v[i] = bias == 0 ? (uint16_t)p->nodata : v[i];
		v[i] = bias == 1 ? (uint16_t)(0 - random_below(r, 2)) : v[i];
		v[i] = bias == 2 ? 1 : v[i];
	}
}

static void fill_u32(struct random *r, const struct params *p, uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = random_below(r, 4) ? 1u << random_below(r, 32) | 1u << random_below(r, 32)
					  : p->nodata;
}

static void fill_u8(struct random *r, const struct params *p, uint8_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bias = p->tame ? random_below(r, 256) : random_below(r, 8);

		v[i] = (uint8_t)random_bits(r);
		v[i] = bias < 3 ? (uint8_t)random_below(r, 3) : v[i];
		v[i] = bias == 3 ? (uint8_t)p->nodata : v[i];
		v[i] = bias == 4 && i ? v[i - 1] : v[i];
	}
}

/* One of the given values, mostly in runs. */
static void fill_runs(struct random *r, const uint8_t *value, uint32_t values, uint8_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = i && random_below(r, 8) ? v[i - 1] : value[random_below(r, values)];
}

/* Coordinates within size pixels, near the edges, and anywhere. */
static void fill_coord(struct random *r, const struct params *p, int across, int32_t *v, size_t n)
{
	int32_t size = across ? p->w : p->h;

	for (size_t i = 0; i < n; i++) {
		size_t k = across ? i % (size_t)p->w : i / (size_t)p->w % (size_t)p->h;
		uint32_t bias = p->tame ? 1 : random_below(r, 8);

		v[i] = (int32_t)random_between(r, -1e5, size * 65536.0 + 1e5);
		v[i] = bias == 0 ? (int32_t)(uint32_t)random_bits(r) : v[i];
		v[i] = bias == 1 ? (int32_t)(k * 65536 + 20000) : v[i];
		v[i] = bias == 2 ? (int32_t)(random_below(r, (uint32_t)size + 1) * 32768) : v[i];
		v[i] = bias == 3 ? INT32_MAX - (int32_t)random_below(r, 65536) : v[i];
		v[i] = bias == 4 ? INT32_MIN + (int32_t)random_below(r, 65536) : v[i];
	}
}

static void fill_below(struct random *r, uint32_t below, uint8_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (uint8_t)random_below(r, random_below(r, 32) ? below : 256);
}

/* Bytes in 16 bits, those of water under aerosol far more often than chance. */
static void fill_fmask(struct random *r, uint16_t *v, size_t n)
{
	static const uint16_t wet[] = { 224, 192, 160, 128, 96 };

	for (size_t i = 0; i < n; i++)
		v[i] = (uint16_t)(random_below(r, 2) ? wet[random_below(r, 5)]
						     : random_below(r, 256));
}

/* Counts, mostly small. */
static void fill_looks(struct random *r, uint16_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (uint16_t)(random_bits(r) >> (random_below(r, 4) ? 61 : 48));
}

/* A factor for every 16-bit value: around 1, some special; cheap, as there are many. */
static void fill_table(struct random *r, float *v, size_t n)
{
	uint32_t step = (uint32_t)random_bits(r) | 1;

	for (size_t i = 0; i < n; i++)
		v[i] = 0.5f + (float)((uint32_t)i * step >> 8) * 0x1p-24f;
	v[random_below(r, (uint32_t)n)] = 0.0f / 0.0f;
	v[random_below(r, (uint32_t)n)] = 1.0f / 0.0f;
}

/* Fills an input of a kind; before: the array in front of it, of the same kind, or NULL. */
static void kind_fill(enum kind kind, struct random *r, const struct params *p, void *v,
		      const void *before, size_t n)
{
	static const uint8_t water[] = { 0, 1, 2, 252, 253, 255, 0, 1 };
	static const uint8_t purity[] = { 0, 1, 2, 255 };

	switch (kind) {
	case RHO:
	case INDEX:
	case INOUT_F32:
		fill_f32(r, p, v, before, n);
		return;
	case WATER:
		fill_water(r, p->tame, v, before, n);
		return;
	case WIDE:
		fill_wide(r, p->tame, v, n);
		return;
	case AMOUNT:
	case PAIRS_F32:
		fill_amount(r, p->tame, v, n);
		return;
	case WINDOW_F32:
		fill_window_f32(r, v, n);
		return;
	case BITS:
	case INOUT_FLAGS:
		fill_below(r, 256, v, n);
		return;
	case FMASK:
		fill_fmask(r, v, n);
		return;
	case LOOKS:
		fill_looks(r, v, n);
		return;
	case CODE:
		fill_below(r, 32, v, n);
		return;
	case STATE:
	case INOUT_STATE:
		fill_below(r, 8, v, n);
		return;
	case PERCENT:
		fill_below(r, 102, v, n);
		return;
	case CLASS:
	case CLASS_ROW:
		fill_runs(r, water, 8, v, n);
		return;
	case PURITY:
		fill_runs(r, purity, 4, v, n);
		return;
	case COLUMN_SUM:
	case INOUT_SUM:
		fill_sums(r, 1u << 20, v, n);
		return;
	case COLUMN_COUNT:
		fill_sums(r, 4, v, n);
		return;
	case TABLE_F32:
		fill_table(r, v, n);
		return;
	case COORD_X:
	case COORD_Y:
		fill_coord(r, p, kind == COORD_X, v, n);
		return;
	case PAIRS_U8:
	case WINDOW_U8:
		fill_u8(r, p, v, n);
		return;
	case PAIRS_U32:
	case WINDOW_U32:
	case WHY:
	case INOUT_WHY:
		fill_u32(r, p, v, n);
		return;
	default:
		fill_u16(r, p, v, n);
		return;
	}
}

/* Bytes of one element. */
static size_t kind_size(enum kind kind)
{
	switch (kind) {
	case RHO:
	case INDEX:
	case WATER:
	case WIDE:
	case AMOUNT:
	case WINDOW_F32:
	case COORD_X:
	case COORD_Y:
	case PAIRS_U32:
	case PAIRS_F32:
	case WINDOW_U32:
	case WHY:
	case INOUT_WHY:
	case TABLE_F32:
	case COLUMN_SUM:
	case COLUMN_COUNT:
	case INOUT_SUM:
	case INOUT_F32:
	case OUT_U32:
	case OUT_F32:
		return 4;
	case DN:
	case QA:
	case FMASK:
	case LOOKS:
	case QUANTITY:
	case PAIRS_U16:
	case WINDOW_U16:
	case OUT_U16:
		return 2;
	default:
		return 1;
	}
}

/* Elements of an array for each pixel of a span. */
static size_t kind_step(enum kind kind)
{
	if (kind == OUT_FOUR)
		return 4;
	return kind == PAIRS_U8 || kind == PAIRS_U16 || kind == PAIRS_U32 || kind == PAIRS_F32 ? 2
											       : 1;
}

static bool kind_is_window(enum kind kind)
{
	return kind == WINDOW_U8 || kind == WINDOW_U16 || kind == WINDOW_U32 || kind == WINDOW_F32;
}

/* Elements of an array for a span of n. */
static size_t kind_count(enum kind kind, size_t n, const struct params *p)
{
	if (kind_is_window(kind))
		return (size_t)p->w * (size_t)p->h;
	if (kind == TABLE_F32)
		return 65536;
	bool wider = kind == CLASS_ROW || kind == COLUMN_SUM || kind == COLUMN_COUNT;

	return kind_step(kind) * n + (wider ? 2 : 0);
}

#endif
