/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/self_test.h"

#include <math.h>
#include <string.h>

#include "testdata/ground.h"
#include "testdata/landsat_bands.h"
#include "testdata/landsat_masks.h"
#include "testdata/mtl_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct ground window = {
	.grid = { .zone = 43, .pixel_m = 30, .width = 400, .height = 396 },
	.slc_off = true,
};

/* Pixels of the longest gap of a column within so many rows of the middle, and of all together. */
static int longest_gap(int column, int rows, int *all)
{
	int longest = 0, length = 0, middle = window.grid.height / 2;

	*all = 0;
	for (int y = middle - rows; y < middle + rows; y++) {
		bool gap = ground_gap(&window, column, y);

		length = gap ? length + 1 : 0;
		longest = length > longest ? length : longest;
		*all += gap;
	}
	return longest;
}

static void gaps(struct tap *t)
{
	struct ground whole = window;
	int all, seen = 0;

	tap_near(t, "no gap in the middle of the swath", longest_gap(200, 90, &all), 0, 0);
	tap_near(t, "gaps at its side, pixels", longest_gap(0, 198, &all), GROUND_GAP_WIDTH, 1);
	tap_near(t, "and their share", (double)all / window.grid.height,
		 (double)GROUND_GAP_WIDTH / GROUND_GAP_PERIOD, 0.05);
	whole.slc_off = false;
	for (int y = 0; y < whole.grid.height; y++)
		for (whole.half = 1; whole.half <= 2; whole.half++)
			seen += ground_seen(&whole, 7, y, 0);
	tap_near(t, "two halves make a whole", seen, whole.grid.height, 0);
}

/* Values of USGS' tables of bits for clear land, water, cloud and shadow. */
static void masks(struct tap *t)
{
	static const struct layer_pixel land = { 0 }, water = { .water = true },
					cloud = { .sky = SKY_CLOUD },
					shadow = { .sky = SKY_SHADOW }, ring = { .sky = SKY_NEAR };
	static const struct {
		const char *what, *words;
		enum collection collection;
		bool oli;
		const struct layer_pixel *pixel;
		int value;
	} known[] = {
		{ "QA_PIXEL", "QA_PIXEL of OLI, land", COLLECTION_2, true, &land, 21824 },
		{ "QA_PIXEL", "QA_PIXEL of OLI, water", COLLECTION_2, true, &water, 21952 },
		{ "QA_PIXEL", "QA_PIXEL of OLI, cloud", COLLECTION_2, true, &cloud, 22280 },
		{ "QA_PIXEL", "QA_PIXEL of OLI, shadow", COLLECTION_2, true, &shadow, 23888 },
		{ "QA_PIXEL", "QA_PIXEL of OLI, beside a cloud", COLLECTION_2, true, &ring, 21762 },
		{ "QA_PIXEL", "QA_PIXEL of TM, land", COLLECTION_2, false, &land, 5440 },
		{ "QA_PIXEL", "QA_PIXEL of TM, water", COLLECTION_2, false, &water, 5504 },
		{ "QA_PIXEL", "QA_PIXEL of TM, cloud", COLLECTION_2, false, &cloud, 5896 },
		{ "QA_PIXEL", "QA_PIXEL of TM, shadow", COLLECTION_2, false, &shadow, 7440 },
		{ "BQA", "BQA of Collection 1, OLI, clear", COLLECTION_1, true, &land, 2720 },
		{ "BQA", "BQA of Collection 1, OLI, cloud", COLLECTION_1, true, &cloud, 2800 },
		{ "BQA", "BQA of Collection 1, TM, clear", COLLECTION_1, false, &land, 672 },
		{ "BQA", "BQA of Collection 1, TM, cloud", COLLECTION_1, false, &cloud, 752 },
		{ "BQA", "BQA of Collection 1, TM, shadow", COLLECTION_1, false, &shadow, 928 },
		{ "BQA", "BQA before Collection 1, clear", COLLECTION_PRE, true, &land, 20480 },
		{ "BQA", "BQA before Collection 1, cloud", COLLECTION_PRE, true, &cloud, 53248 },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		for (const struct landsat_mask *m = landsat_masks; m->what; m++)
			if (!strcmp(m->what, known[i].what) && m->collection == known[i].collection)
				tap_near(t, known[i].words,
					 (known[i].oli ? m->mask_oli : m->mask_tm)(known[i].pixel),
					 known[i].value, 0);
	tap_near(t, "Fmask of HLS, cloud, low aerosol", hls_fmask(&cloud), 66, 0);
	tap_near(t, "Fmask of HLS, water, low aerosol", hls_fmask(&water), 96, 0);
}

/*
 * Landsat 5, band 4, of 1988-08-14 (distance of the sun 1.01281 AU): reflectance
 * per count by radiance, pi * 0.876 * d^2 / 1031, and by the factor that
 * Collection 1 gives for the same gain.
 */
static void radiance(struct tap *t)
{
	struct options o = { .kind = KIND_LANDSAT_L1,
			     .collection = COLLECTION_PRE,
			     .spacecraft = "LT05",
			     .when = { 1988, 8, 14, 46848 } };
	double d = air_sun_distance(&o.when), byradiance, byfactor = 0;
	struct landsat_sensor now, before = landsat_sensor_at(&o, d);

	o.collection = COLLECTION_1;
	now = landsat_sensor_at(&o, d);
	byradiance = M_PI * before.band[3].radiance_mult * d * d / landsat_esun("LT05", ROLE_NIR);
	byfactor = now.band[3].reflectance_mult;
	tap_near(t, "radiance factors have three decimals", before.band[3].radiance_mult, 0.876,
		 1e-12);
	/* Other solar spectra differ by up to 5 % in other bands; in this one by 0.2 %. */
	tap_near(t, "reflectance by radiance and by factor", byradiance / byfactor, 1, 0.005);
}

static void texts(struct tap *t)
{
	static struct mtl_text text;

	mtl_group(&text, "GROUP");
	mtl_line(&text, "NAME = \"a = b\"");
	mtl_line(&text, "NUMBER = %03d", 7);
	tap_near(t, "a line of text", strcmp(text.line[1].value, "a = b") || !text.line[1].text, 0,
		 0);
	tap_near(t, "a line of a number", strcmp(text.line[2].value, "007") || text.line[2].text, 0,
		 0);
}

void self_test_forms(struct tap *t)
{
	gaps(t);
	masks(t);
	radiance(t);
	texts(t);
}
