/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/layer.h"

#include <math.h>
#include <string.h>

#include "kernels/change.h"
#include "kernels/plants.h"
#include "kernels/quality.h"
#include "kernels/why.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Codes and colours of OPERA DSWx-HLS, so that styles made for it fit. */
static const struct layer_class water_classes[] = {
	{ WATER_NOT, "not water", 255, 255, 255, 255 },
	{ WATER_OPEN, "open water", 0, 0, 255, 255 },
	{ WATER_PARTIAL, "partial water", 180, 213, 244, 255 },
	{ WATER_ICE, "snow or ice", 0, 255, 255, 255 },
	{ WATER_CLOUD, "cloud or cloud shadow", 175, 175, 175, 255 },
	{ WATER_NODATA, "no data", 0, 0, 0, 0 },
};

static const struct layer_class change_classes[] = {
	{ CHANGE_LAND, "land in both", 240, 236, 226, 255 },
	{ CHANGE_WATER, "water in both", 62, 111, 178, 255 },
	{ CHANGE_GAIN, "gain: became water", 0, 190, 160, 255 },
	{ CHANGE_LOSS, "loss: became land", 214, 69, 27, 255 },
	{ CHANGE_UNCERTAIN, "uncertain", 246, 209, 102, 255 },
	{ CHANGE_NODATA, "no data", 0, 0, 0, 0 },
};

static const struct layer_class why_bits[] = {
	{ WHY_FILL, "fill: no data in any needed band", 0, 0, 0, 0 },
	{ WHY_SATURATED, "a needed band is saturated", 255, 0, 255, 255 },
	{ WHY_CLOUD, "cloud, by the product's mask", 200, 200, 200, 255 },
	{ WHY_DILATED, "margin of a cloud, by the product's mask", 225, 225, 225, 255 },
	{ WHY_SHADOW, "cloud shadow, by the product's mask", 90, 90, 90, 255 },
	{ WHY_CIRRUS, "thin cirrus, by the product's mask", 210, 220, 240, 255 },
	{ WHY_SNOW, "snow or ice, by the product's mask", 0, 255, 255, 255 },
	{ WHY_EDGE, "edge of the swath: some needed bands have no data", 120, 60, 0, 255 },
	{ WHY_GAP, "gap inside the swath", 160, 80, 0, 255 },
	{ WHY_LOW_SUN, "sun too low", 60, 60, 90, 255 },
	{ WHY_GLINT, "sun glint", 255, 255, 160, 255 },
	{ WHY_RESCUED, "water kept against a cloud flag", 0, 120, 255, 255 },
	{ WHY_BRIGHT, "bright surface demoted from water", 255, 230, 200, 255 },
	{ WHY_LOW_CONTRAST, "water and land too alike for a fraction", 180, 160, 120, 255 },
	{ WHY_QUALITY, "a quantity out of its valid range", 255, 120, 120, 255 },
	{ WHY_SHALLOW, "the bottom may be seen", 120, 220, 200, 255 },
	{ WHY_OUTSIDE, "outside the lake's outline and buffer", 0, 0, 0, 0 },
	{ WHY_DEFECT, "defective, dropped or occluded in the product", 120, 0, 0, 255 },
	{ WHY_MIXED, "on the shore: the fraction is an estimate", 255, 160, 0, 255 },
	{ WHY_CLOUD_OWN, "cloud, by the program's own mask", 190, 190, 190, 255 },
	{ WHY_SHADOW_OWN, "cloud shadow, by the program's own mask", 80, 80, 80, 255 },
	{ WHY_DILATED_OWN, "margin of a cloud or shadow, by the program's own mask", 215, 215, 215,
	  255 },
	{ WHY_CIRRUS_OWN, "thin cirrus, by the program's own mask", 200, 210, 235, 255 },
	{ WHY_GROWN, "water that hangs together with certain water", 0, 100, 255, 255 },
	{ WHY_DSWE1, "DSWE test 1 passed: MNDWI", 0, 60, 200, 255 },
	{ WHY_DSWE2, "DSWE test 2 passed: visible over infrared", 0, 80, 200, 255 },
	{ WHY_DSWE3, "DSWE test 3 passed: AWEIsh", 0, 100, 200, 255 },
	{ WHY_DSWE4, "DSWE test 4 passed: partial surface water 1", 0, 120, 200, 255 },
	{ WHY_DSWE5, "DSWE test 5 passed: partial surface water 2", 0, 140, 200, 255 },
	{ WHY_ICE, "snow or ice by its spectrum", 0, 230, 230, 255 },
	{ WHY_AEROSOL, "class changed by the aerosol level (DSWx)", 200, 160, 255, 255 },
	{ WHY_BLOOM, "floating algae or plants on open water", 90, 160, 0, 255 },
};

static const struct layer_class quality_bits[] = {
	{ QUALITY_NEGATIVE, "a band is zero or negative", 120, 60, 160, 255 },
	{ QUALITY_BRIGHT, "too bright in the infrared for water: glint, haze, plants", 255, 255,
	  160, 255 },
	{ QUALITY_TURBID, "mineral-turbid", 190, 140, 80, 255 },
	{ QUALITY_NO_SKILL, "chlorophyll: no better than a constant here, so no value", 150, 150,
	  150, 255 },
	{ QUALITY_RANGE, "a value outside of its published range", 255, 120, 120, 255 },
	{ QUALITY_RESIDUAL, "chlorophyll: a small residual in the bands decides", 255, 190, 120,
	  255 },
	{ QUALITY_BLOOM, "floating algae or plants", 90, 160, 0, 255 },
	{ QUALITY_SHALLOW, "the bottom may be seen", 120, 220, 200, 255 },
};

/* Codes and colours of the transitions of JRC's Global Surface Water (Pekel et al. 2016, doi:10.1038/nature20584). */
static const struct layer_class transition_classes[] = {
	{ TRANSITION_NONE, "no water", 255, 255, 255, 255 },
	{ TRANSITION_PERMANENT, "permanent", 0, 0, 255, 255 },
	{ TRANSITION_NEW_PERMANENT, "new permanent", 34, 177, 76, 255 },
	{ TRANSITION_LOST_PERMANENT, "lost permanent", 209, 16, 45, 255 },
	{ TRANSITION_SEASONAL, "seasonal", 153, 217, 234, 255 },
	{ TRANSITION_NEW_SEASONAL, "new seasonal", 181, 230, 29, 255 },
	{ TRANSITION_LOST_SEASONAL, "lost seasonal", 230, 161, 170, 255 },
	{ TRANSITION_TO_PERMANENT, "seasonal to permanent", 255, 127, 39, 255 },
	{ TRANSITION_TO_SEASONAL, "permanent to seasonal", 255, 201, 14, 255 },
	{ TRANSITION_EPHEMERAL_PERMANENT, "ephemeral permanent", 127, 127, 127, 255 },
	{ TRANSITION_EPHEMERAL_SEASONAL, "ephemeral seasonal", 195, 195, 195, 255 },
	{ TRANSITION_NODATA, "no data", 0, 0, 0, 0 },
};

static const struct layer_class plants_classes[] = {
	{ PLANTS_NONE, "no plants", 255, 255, 255, 0 },
	{ PLANTS_REED, "reed: green and dense", 70, 140, 50, 255 },
	{ PLANTS_WET, "wet vegetation: sparse, with water between", 160, 200, 120, 255 },
	{ PLANTS_FLOATING, "floating algae or plants on open water", 200, 220, 0, 255 },
	{ PLANTS_HIDDEN, "hidden by cloud, shadow, snow or ice", 175, 175, 175, 255 },
	{ PLANTS_NODATA, "no data", 0, 0, 0, 0 },
};

#define CLASSES(array) .classes = (array), .classes_nr = COUNT(array)
/* What a layer of an observation is made of. */
#define ROLES(...)                                                                                 \
	.roles = { __VA_ARGS__ },                                                                  \
	.roles_nr = sizeof((enum role[]){ __VA_ARGS__ }) / sizeof(enum role)
#define WATER_ROLES ROLES(ROLE_BLUE, ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2)
#define PERCENT(layer_name, text, ...)                                                             \
	{                                                                                          \
		.name = (layer_name), .description = (text), .type = LAYER_U8,                     \
		.halving = HALVE_MEAN, .has_nodata = true, .nodata = FRACTION_NODATA, .scale = 1,  \
		.unit = "%", .style_max = 100, __VA_ARGS__                                         \
	}
#define LOOKS(layer_name, text)                                                                    \
	{                                                                                          \
		.name = (layer_name), .description = (text), .type = LAYER_U16,                    \
		.halving = HALVE_NEAREST, .scale = 1, .unit = "1", .style_max = 20,                \
	}
/* Counts of calendar months. */
#define MONTHS(layer_name, text, ...)                                                              \
	{                                                                                          \
		.name = (layer_name), .description = (text), .type = LAYER_U8,                     \
		.halving = HALVE_NEAREST, .scale = 1, .unit = "1", __VA_ARGS__                     \
	}
#define INDEX(layer_name, text, ...)                                                               \
	{                                                                                          \
		.name = (layer_name), .description = (text), .type = LAYER_I16,                    \
		.halving = HALVE_NEAREST, .has_nodata = true, .nodata = INDEX_NODATA,              \
		.scale = 1e-4, .unit = "1", .style_min = -10000, .style_max = 10000,               \
		ROLES(__VA_ARGS__)                                                                 \
	}
/* Quantities of open water, whose bands are those of an algorithm (pipeline/stage/quantity.c). */
#define QUANTITY(layer_name, text, its_unit, from, to, its_hue)                                    \
	{                                                                                          \
		.name = (layer_name), .description = (text), .type = LAYER_F32,                    \
		.halving = HALVE_MEAN, .has_nodata = true, .nodata = NAN, .scale = 1,              \
		.unit = (its_unit), .style_min = (from), .style_max = (to), .hue = (its_hue)       \
	}

static const struct layer layers[] = {
	{ .name = "water",
	  .description = "Water class (codes of OPERA DSWx)",
	  .type = LAYER_U8,
	  .halving = HALVE_MODE,
	  .has_nodata = true,
	  .nodata = WATER_NODATA,
	  .scale = 1,
	  .unit = "",
	  CLASSES(water_classes),
	  WATER_ROLES },
	PERCENT("fraction", "Share of the pixel covered by water", WATER_ROLES),
	{ .name = "why",
	  .description = "Reasons for the class, one bit each",
	  .type = LAYER_U32,
	  .halving = HALVE_OR,
	  .scale = 1,
	  .unit = "",
	  CLASSES(why_bits),
	  WATER_ROLES },
	INDEX("mndwi", "MNDWI = (green - swir1) / (green + swir1), Xu 2006", ROLE_GREEN,
	      ROLE_SWIR1),
	INDEX("ndwi", "NDWI = (green - nir) / (green + nir), McFeeters 1996", ROLE_GREEN, ROLE_NIR),
	INDEX("ndvi", "NDVI = (nir - red) / (nir + red), Rouse 1973", ROLE_NIR, ROLE_RED),
	INDEX("ndci",
	      "NDCI = (rededge705 - red) / (rededge705 + red), Mishra 2012: chlorophyll index",
	      ROLE_EDGE705, ROLE_RED),
	INDEX("aweinsh", "AWEInsh, Feyisa 2014: water index, no shadow", ROLE_GREEN, ROLE_NIR,
	      ROLE_SWIR1, ROLE_SWIR2),
	INDEX("aweish", "AWEIsh, Feyisa 2014: water index, shadow", ROLE_BLUE, ROLE_GREEN, ROLE_NIR,
	      ROLE_SWIR1, ROLE_SWIR2),
	INDEX("wi2015", "WI2015, Fisher 2016: water index, divided by 100", ROLE_GREEN, ROLE_RED,
	      ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2),
	INDEX("mbwi", "MBWI, Wang 2018: water index", ROLE_GREEN, ROLE_RED, ROLE_NIR, ROLE_SWIR1,
	      ROLE_SWIR2),
	INDEX("tcw", "Wetness of the tasselled cap, Crist 1985 and others", ROLE_BLUE, ROLE_GREEN,
	      ROLE_RED, ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2),
	INDEX("fai", "FAI, Hu 2009: height of NIR above the line from red to SWIR1: floating algae",
	      ROLE_RED, ROLE_NIR, ROLE_SWIR1),
	INDEX("afai", "AFAI, Wang 2016: height of 740 nm above the line from red to NIR", ROLE_RED,
	      ROLE_EDGE740, ROLE_NIR),
	INDEX("mci", "MCI, Gower 2005: height of 705 nm above the line from 665 to 740 nm",
	      ROLE_RED, ROLE_EDGE705, ROLE_EDGE740),
	QUANTITY("chlorophyll", "Chlorophyll-a of open water", "mg m-3", .5, 60, HUE_GREEN),
	QUANTITY("turbidity", "Turbidity of open water", "FNU", .5, 200, HUE_BROWN),
	QUANTITY("spm", "Suspended particulate matter of open water", "g m-3", .5, 200, HUE_BROWN),
	QUANTITY("secchi", "Secchi depth of open water", "m", .25, 16, HUE_BLUE),
	QUANTITY("cdom", "Absorption of dissolved organic matter at 440 nm, an index", "m-1", .2, 6,
		 HUE_BROWN),
	QUANTITY("temperature", "Surface temperature of open water", "degC", 0, 30, HUE_RED),
	{ .name = "quality",
	  .description = "What makes quantities of open water doubtful, one bit each",
	  .type = LAYER_U8,
	  .halving = HALVE_OR,
	  .scale = 1,
	  .unit = "",
	  CLASSES(quality_bits) },
	{ .name = "vegetation",
	  .description = "Reed, wet vegetation and floating plants",
	  .type = LAYER_U8,
	  .halving = HALVE_MODE,
	  .has_nodata = true,
	  .nodata = PLANTS_NODATA,
	  .scale = 1,
	  .unit = "",
	  CLASSES(plants_classes),
	  WATER_ROLES },
	LOOKS("observed", "Looks at the surface: observations of water, partial water or land"),
	LOOKS("wet", "Looks that saw open water"),
	LOOKS("partial", "Looks that saw partial water"),
	PERCENT("frequency", "Looks that saw open water, of all looks at the surface",
		.roles_nr = 0),
	PERCENT("frequency_low", "Lower end of the 95 % interval of frequency (Wilson 1927)",
		.roles_nr = 0),
	PERCENT("frequency_high", "Upper end of the 95 % interval of frequency (Wilson 1927)",
		.roles_nr = 0),
	PERCENT("occurrence",
		"Frequency of open water, each calendar month with looks weighing the same",
		.roles_nr = 0),
	MONTHS("months", "Calendar months in which the pixel was seen", .style_max = 12),
	MONTHS("seasonality",
	       "Calendar months with water, of those seen: at least half of a month's looks saw open water",
	       .style_max = 12, .has_nodata = true, .nodata = FRACTION_NODATA),
	/* What a mosaic can hold beside these, a median each, is named so. */
	LOOKS("chlorophyll_looks", "Looks with a value of chlorophyll"),
	LOOKS("turbidity_looks", "Looks with a value of turbidity"),
	LOOKS("spm_looks", "Looks with a value of spm"),
	LOOKS("secchi_looks", "Looks with a value of secchi"),
	LOOKS("cdom_looks", "Looks with a value of cdom"),
	LOOKS("temperature_looks", "Looks with a value of temperature"),
	LOOKS("mndwi_looks", "Looks with a value of mndwi"),
	LOOKS("ndwi_looks", "Looks with a value of ndwi"),
	LOOKS("ndvi_looks", "Looks with a value of ndvi"),
	LOOKS("ndci_looks", "Looks with a value of ndci"),
	LOOKS("aweinsh_looks", "Looks with a value of aweinsh"),
	LOOKS("aweish_looks", "Looks with a value of aweish"),
	LOOKS("wi2015_looks", "Looks with a value of wi2015"),
	LOOKS("mbwi_looks", "Looks with a value of mbwi"),
	LOOKS("tcw_looks", "Looks with a value of tcw"),
	LOOKS("fai_looks", "Looks with a value of fai"),
	LOOKS("afai_looks", "Looks with a value of afai"),
	LOOKS("mci_looks", "Looks with a value of mci"),
	{ .name = "source",
	  .description =
		  "Number of the latest look that saw the pixel (rule best: of the best), 1-based; see item.json",
	  .type = LAYER_U16,
	  .halving = HALVE_NEAREST,
	  .has_nodata = true,
	  .nodata = 0,
	  .scale = 1,
	  .unit = "",
	  .style_max = 20 },
	{ .name = "day",
	  .description = "Days from 1970-01-01 to the look that source names (UTC)",
	  .type = LAYER_U16,
	  .halving = HALVE_NEAREST,
	  .has_nodata = true,
	  .nodata = 0,
	  .scale = 1,
	  .unit = "days",
	  .style_min = 15000,
	  .style_max = 22000 },
	{ .name = "filled",
	  .description =
		  "Number of the mosaic that the pixel was filled from, 1-based; see item.json",
	  .type = LAYER_U8,
	  .halving = HALVE_NEAREST,
	  .has_nodata = true,
	  .nodata = 0,
	  .scale = 1,
	  .unit = "",
	  .style_max = 10 },
	{ .name = "change",
	  .description = "Change of water between two periods",
	  .type = LAYER_U8,
	  .halving = HALVE_MODE,
	  .has_nodata = true,
	  .nodata = CHANGE_NODATA,
	  .scale = 1,
	  .unit = "",
	  CLASSES(change_classes) },
	{ .name = "transition",
	  .description = "Transition of permanent and seasonal water between two periods",
	  .type = LAYER_U8,
	  .halving = HALVE_MODE,
	  .has_nodata = true,
	  .nodata = TRANSITION_NODATA,
	  .scale = 1,
	  .unit = "",
	  CLASSES(transition_classes) },
	{ .name = "significance",
	  .description = "Difference in percent of what is needed for a change",
	  .type = LAYER_U8,
	  .halving = HALVE_MEAN,
	  .has_nodata = true,
	  .nodata = SIGNIFICANCE_NODATA,
	  .scale = 1,
	  .unit = "%",
	  .style_max = 200 },
	{ .name = "delta",
	  .description = "After minus before",
	  .type = LAYER_I16,
	  .halving = HALVE_NEAREST,
	  .has_nodata = true,
	  .nodata = DELTA_NODATA,
	  .scale = 1,
	  .unit = "%",
	  .style_min = -100,
	  .style_max = 100 },
};

size_t layer_type_size(enum layer_type type)
{
	static const size_t size[] = {
		[LAYER_U8] = 1, [LAYER_U16] = 2, [LAYER_I16] = 2, [LAYER_U32] = 4, [LAYER_F32] = 4,
	};

	return size[type];
}

const struct layer *layer_at(size_t i)
{
	return i < COUNT(layers) ? &layers[i] : NULL;
}

const struct layer *layer_find(const char *name)
{
	for (size_t i = 0; i < COUNT(layers); i++)
		if (!strcmp(layers[i].name, name))
			return &layers[i];
	return NULL;
}

const struct layer_class *layer_class_find(const struct layer *layer, uint32_t code)
{
	for (size_t i = 0; i < layer->classes_nr; i++)
		if (layer->classes[i].code == code)
			return &layer->classes[i];
	return NULL;
}
