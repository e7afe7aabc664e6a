/* SPDX-License-Identifier: Apache-2.0
 *
 * check_cloud.c - the tests of cloud.h: spectra with known answers, every threshold from both sides,
 * and every instruction set against the scalar one, bit by bit, between guard pages.
 */
#include "kernels/tests/guard.h"
#include "kernels/tests/tap.h"

#define BANDS	 7 /* blue, green, red, nir, swir1, swir2, cirrus */
#define SPAN_MAX 131

/* One pixel through a table. */
struct answer {
	uint8_t bits, variability;
};

static struct answer ask(const struct kernels *k, const float *v, uint8_t state,
			 struct cloud_limits l)
{
	struct answer a;

	k->cloud_tests(1, v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, &state, l, &a.bits,
		       &a.variability);
	return a;
}

/* Variability of rows without a number here is not looked at. */
static const struct {
	const char *name;
	float v[BANDS];
	uint8_t state, bits;
	int variability;
} known[] = {
	{ "cloud",
	  { .45f, .46f, .47f, .50f, .40f, .30f, .02f },
	  CALIB_VALID,
	  CLOUD_POTENTIAL | CLOUD_SPECTRAL | CLOUD_CIRRUS | CLOUD_BRIGHT,
	  186 /* 1 - .06 / .86 */ },
	{ "clear water",
	  { .03f, .025f, .01f, .005f, .003f, .002f },
	  CALIB_VALID,
	  CLOUD_WATER | CLOUD_CLEAR_WATER,
	  -1 },
	{ "turbid west",
	  { .1f, .14f, .13f, .06f, .01f, .006f },
	  CALIB_VALID,
	  CLOUD_WATER | CLOUD_CLEAR_WATER,
	  27 /* 1 - .13 / .15 */ },
	{ "very turbid", { .12f, .18f, .2f, .14f, .03f, .015f }, CALIB_VALID, CLOUD_SNOW, -1 },
	{ "dry sand", { .15f, .22f, .28f, .34f, .42f, .38f }, CALIB_VALID, 0, -1 },
	{ "salt crust",
	  { .45f, .5f, .52f, .54f, .4f, .3f },
	  CALIB_VALID,
	  CLOUD_POTENTIAL | CLOUD_SPECTRAL | CLOUD_BRIGHT,
	  167 /* whiteness .16327 */ },
	{ "green reed", { .035f, .07f, .05f, .35f, .18f, .09f }, CALIB_VALID, 0, 50 },
	{ "dark shadow", { .015f, .015f, .012f, .02f, .018f, .012f }, CALIB_VALID, 0, -1 },
	{ "snow",
	  { .82f, .8f, .78f, .7f, .1f, .08f },
	  CALIB_VALID,
	  CLOUD_POTENTIAL | CLOUD_SPECTRAL | CLOUD_SNOW | CLOUD_BRIGHT,
	  44 /* NDSI .7 / .9 */ },
	{ "burnt out",
	  { 1.2f, .7f, .6f, .5f, .5f, .01f },
	  CALIB_VALID | CALIB_SATURATED,
	  CLOUD_POTENTIAL | CLOUD_SPECTRAL | CLOUD_BRIGHT,
	  167 /* NDSI .2 / 1.2 */ },
	{ "cirrus over land",
	  { .1f, .1f, .1f, .3f, .2f, .1f, .011f },
	  CALIB_VALID,
	  CLOUD_POTENTIAL | CLOUD_CIRRUS | CLOUD_BRIGHT,
	  100 },
};

static bool spectra_are_known(const struct kernels *k)
{
	bool ok = true;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct answer a = ask(k, known[i].v, known[i].state, CLOUD_LIMITS);

		ok &= same(known[i].name, a.bits, known[i].bits | CLOUD_VALID);
		if (known[i].variability >= 0)
			ok &= same(known[i].name, a.variability, known[i].variability);
	}
	return ok;
}

static bool pixels_without_a_value_have_no_answer(const struct kernels *k)
{
	bool ok = true;

	for (int band = 0; band < BANDS - 1; band++) {
		float v[BANDS] = { .45f, .46f, .47f, .50f, .40f, .30f, .02f };

		v[band] = __builtin_nanf("");
		struct answer a = ask(k, v, CALIB_VALID, CLOUD_LIMITS);

		ok &= same("bits with a NaN", a.bits, 0);
		ok &= same("variability with a NaN", a.variability, 0);
	}
	struct answer edge = ask(k, known[0].v, CALIB_VALID | CALIB_FILL, CLOUD_LIMITS);

	return ok & same("bits of fill", edge.bits, 0) &
	       same("variability of fill", edge.variability, 0);
}

static bool a_missing_cirrus_band_is_no_cirrus(const struct kernels *k)
{
	const float *v = known[0].v;
	uint8_t state = CALIB_VALID, bits, variability;

	k->cloud_tests(1, v, v + 1, v + 2, v + 3, v + 4, v + 5, NULL, &state, CLOUD_LIMITS, &bits,
		       &variability);
	return same("bits", bits, (known[0].bits & ~CLOUD_CIRRUS) | CLOUD_VALID);
}

/* A limit moved across what a spectrum has there changes one bit, and moved away from it none. */
#define LIMIT(row, member, off, bit)                                                               \
	{                                                                                          \
#member, offsetof(struct cloud_limits, member), row, off, bit                      \
	}
static const struct {
	const char *name;
	size_t offset, row;
	float value;
	uint8_t bit;
} moved[] = {
	LIMIT(0, swir2, .31f, CLOUD_SPECTRAL),
	LIMIT(0, ndsi, .06f, CLOUD_SPECTRAL),
	LIMIT(0, ndvi, .03f, CLOUD_SPECTRAL),
	LIMIT(0, whiteness, .028f, CLOUD_SPECTRAL),
	LIMIT(0, hot_red, .8f, CLOUD_SPECTRAL),
	LIMIT(0, hot, .22f, CLOUD_SPECTRAL),
	LIMIT(0, nir_swir1, 1.26f, CLOUD_SPECTRAL),
	LIMIT(0, cirrus, .021f, CLOUD_CIRRUS),
	LIMIT(0, bright_swir1, .41f, CLOUD_BRIGHT),
	LIMIT(0, bright_whiteness, .028f, CLOUD_BRIGHT),
	LIMIT(2, water_ndvi, -.4f, CLOUD_WATER | CLOUD_CLEAR_WATER),
	LIMIT(2, water_nir, .059f, CLOUD_WATER | CLOUD_CLEAR_WATER),
	LIMIT(2, water_clear_swir2, .005f, CLOUD_CLEAR_WATER),
	LIMIT(7, water_dark_ndvi, .26f, CLOUD_WATER | CLOUD_CLEAR_WATER),
	LIMIT(8, snow_ndsi, .78f, CLOUD_SNOW),
	LIMIT(8, snow_nir, .71f, CLOUD_SNOW),
	LIMIT(8, snow_green, .81f, CLOUD_SNOW),
	LIMIT(8, snow_swir2, .07f, CLOUD_SNOW),
	LIMIT(9, saturated, .9f, CLOUD_SPECTRAL | CLOUD_POTENTIAL | CLOUD_BRIGHT),
};

static bool every_limit_decides(const struct kernels *k)
{
	bool ok = true;

	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++) {
		struct cloud_limits l = CLOUD_LIMITS;
		size_t row = moved[i].row;
		struct answer before = ask(k, known[row].v, known[row].state, l), after;

		memcpy((char *)&l + moved[i].offset, &moved[i].value, sizeof(float));
		after = ask(k, known[row].v, known[row].state, l);
		ok &= same(moved[i].name, before.bits ^ after.bits, moved[i].bit);
	}
	return ok;
}

/* --- every instruction set --- */

static void draw(struct random *r, float *v, size_t n)
{
	static const float special[] = {
		0.0f, 1e-4f, .03f, .05f, .11f, .45f, 1e30f, -1e30f, 1e-40f
	};

	for (size_t i = 0; i < n; i++) {
		uint32_t kind = random_below(r, 24);
		uint32_t nan = 0x7fc00000u | random_below(r, 2) << 31 | random_below(r, 1000);

		v[i] = (float)random_between(r, -.05, kind < 12 ? .15 : .9);
		if (kind == 20)
			v[i] = special[random_below(r, sizeof(special) / sizeof(special[0]))];
		if (kind == 21)
			memcpy(&v[i], &nan, sizeof(nan));
		if (kind == 22)
			v[i] = random_below(r, 2) ? 1.0f / 0.0f : -1.0f / 0.0f;
		if (kind == 23 && i)
			v[i] = v[i - 1];
	}
}

/* Arrays of a call: bands, state, two outputs, each between guard pages. */
struct arrays {
	struct arena in[BANDS], state, out[2];
};

static struct arrays arrays_new(void)
{
	struct arrays a;

	for (size_t i = 0; i < BANDS; i++)
		a.in[i] = arena_new(SPAN_MAX * sizeof(float));
	a.state = arena_new(SPAN_MAX);
	for (size_t i = 0; i < 2; i++)
		a.out[i] = arena_new(SPAN_MAX);
	return a;
}

static void arrays_free(struct arrays *a)
{
	for (size_t i = 0; i < BANDS; i++)
		arena_free(a->in[i]);
	arena_free(a->state);
	for (size_t i = 0; i < 2; i++)
		arena_free(a->out[i]);
}

/* The span at an arena's end, or at its start. */
static unsigned char *place(struct arena a, size_t bytes, bool end)
{
	return end ? a.base + a.size - bytes : a.base;
}

/* Calls k on what is drawn in a; the outputs' n bytes each to bits and variability. */
static bool call(const struct kernels *k, struct arrays *a, size_t n, bool end, bool cirrus,
		 uint8_t got[2][SPAN_MAX])
{
	const float *v[BANDS];
	unsigned char *out[2];
	bool intact = true;

	for (size_t i = 0; i < BANDS; i++)
		v[i] = (const float *)(const void *)place(a->in[i], n * sizeof(float), end);
	for (size_t i = 0; i < 2; i++) {
		out[i] = place(a->out[i], n, end);
		canary_set(a->out[i], out[i], n);
	}
	k->cloud_tests(n, v[0], v[1], v[2], v[3], v[4], v[5], cirrus ? v[6] : NULL,
		       place(a->state, n, end), CLOUD_LIMITS, out[0], out[1]);
	for (size_t i = 0; i < 2; i++) {
		intact &= canary_intact(a->out[i], out[i], n) != 0;
		memcpy(got[i], out[i], n);
	}
	return intact;
}

static bool same_as_scalar(const struct kernels *k)
{
	const struct kernels *scalar = kernels_find("scalar");
	struct arrays a = arrays_new();
	struct random r = { 20240229 };
	bool ok = scalar != NULL;

	for (size_t turn = 0; ok && turn < 6 * SPAN_MAX; turn++) {
		size_t n = turn % (SPAN_MAX + 1);
		bool end = turn & 1, cirrus = turn % 3;
		uint8_t wanted[2][SPAN_MAX], got[2][SPAN_MAX];

		for (size_t i = 0; i < BANDS; i++)
			draw(&r, (float *)(void *)place(a.in[i], n * sizeof(float), end), n);
		for (size_t i = 0; i < n; i++)
			place(a.state, n, end)[i] =
				(uint8_t)(random_below(&r, 8) ? CALIB_VALID : random_below(&r, 8));
		ok = call(scalar, &a, n, end, cirrus, wanted) && call(k, &a, n, end, cirrus, got);
		for (size_t i = 0; ok && i < 2; i++)
			ok = !memcmp(wanted[i], got[i], n);
		if (!ok)
			printf("# %s n=%zu turn %zu\n", k->isa, n, turn);
	}
	arrays_free(&a);
	return ok;
}

int main(void)
{
	static const struct test tests[] = {
		{ "spectra are known", spectra_are_known },
		{ "pixels without a value have no answer", pixels_without_a_value_have_no_answer },
		{ "a missing cirrus band is no cirrus", a_missing_cirrus_band_is_no_cirrus },
		{ "every limit decides", every_limit_decides },
		{ "the same as scalar", same_as_scalar },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0])) != 0;
}
