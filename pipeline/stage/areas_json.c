/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "kernels/change.h"
#include "pipeline/io/layer.h"
#include "pipeline/stage/areas_internal.h"
#include "pipeline/stage/km2_json.h"

/* The parts of a unit, from first to last. */
static void parts_of(const struct areas *a, size_t unit, size_t *first, size_t *last)
{
	*first = unit;
	*last = unit ? unit : a->basins.parts - 1;
}

static double km2_of(const struct areas *a, size_t unit, size_t counter)
{
	double sum = 0;
	size_t first, last;

	parts_of(a, unit, &first, &last);
	for (size_t k = first; k <= last; k++)
		sum += area_km2(a->area, k * PART_COUNTERS + counter);
	return sum;
}

static uint64_t pixels_of(const struct areas *a, size_t unit, size_t counter)
{
	uint64_t sum = 0;
	size_t first, last;

	parts_of(a, unit, &first, &last);
	for (size_t k = first; k <= last; k++)
		sum += area_pixels(a->area, k * PART_COUNTERS + counter);
	return sum;
}

static double outline_km2_of(const struct areas *a, size_t unit)
{
	double sum = 0;
	size_t first, last;

	parts_of(a, unit, &first, &last);
	for (size_t k = first; k <= last; k++)
		sum += area_km2(a->outline_area, k);
	return sum;
}

static double shore_km_of(const struct areas *a, size_t unit, enum areas_side side)
{
	double sum = 0;
	size_t first, last;

	parts_of(a, unit, &first, &last);
	for (size_t k = first; k <= last; k++)
		sum += a->shore_m[k][side];
	return sum / 1000;
}

/* --- one side --- */

static json_t *side_classes(const struct areas *a, size_t unit, enum areas_side side)
{
	const struct layer *layer = layer_find("water");
	json_t *list = json_array();

	for (size_t k = 0; k < layer->classes_nr; k++) {
		size_t pixels = areas_side_counter(0, side, SIDE_PIXELS + k);
		size_t percent = areas_side_counter(0, side, SIDE_PERCENT + k);
		json_t *one = json_pack("{s:i, s:s, s:I}", "value", (int)layer->classes[k].code,
					"name", layer->classes[k].name, "pixels",
					(json_int_t)pixels_of(a, unit, pixels));

		km2_put(one, "km2", km2_of(a, unit, pixels));
		if (k < SEEN_CLASSES)
			km2_put(one, "water_km2", km2_of(a, unit, percent) / 100);
		json_array_append_new(list, one);
	}
	return list;
}

static double water_km2_of(const struct areas *a, size_t unit, enum areas_side side)
{
	double percent = 0;

	for (size_t k = 0; k < SEEN_CLASSES; k++)
		percent += km2_of(a, unit, areas_side_counter(0, side, SIDE_PERCENT + k));
	return percent / 100;
}

static double class_km2_of(const struct areas *a, size_t unit, enum areas_side side, size_t place)
{
	return km2_of(a, unit, areas_side_counter(0, side, SIDE_PIXELS + place));
}

static double unseen_km2_of(const struct areas *a, size_t unit, enum areas_side side)
{
	double seen = km2_of(a, unit, areas_side_counter(0, side, SIDE_INSIDE));
	double hidden = class_km2_of(a, unit, side, a->water_place[WATER_ICE]) +
			class_km2_of(a, unit, side, a->water_place[WATER_CLOUD]);
	double unseen = a->lake ? outline_km2_of(a, unit) - seen : hidden;

	/* Pixels of the frame and of the grid may differ in their last digits of area. */
	return unseen < 0 ? 0 : unseen;
}

/* sigma * pixel area * sqrt(n), where the pixels' mean area is km2 / n. */
static double random_km2_of(const struct areas *a, size_t unit, enum areas_side side)
{
	size_t mixed = areas_side_counter(0, side, SIDE_MIXED);
	uint64_t n = pixels_of(a, unit, mixed);

	return n ? AREAS_SIGMA * km2_of(a, unit, mixed) / sqrt((double)n) : 0;
}

static double position_km2_of(const struct areas *a, size_t unit, enum areas_side side)
{
	return shore_km_of(a, unit, side) * AREAS_POSITION_M / 1000;
}

/* Half of what lies between the lines at the two other levels. */
static double threshold_km2_of(const struct areas *a, size_t unit, enum areas_side side)
{
	return (km2_of(a, unit, areas_side_counter(0, side, SIDE_LOW)) -
		km2_of(a, unit, areas_side_counter(0, side, SIDE_HIGH))) /
	       2;
}

static double systematic_km2_of(const struct areas *a, size_t unit, enum areas_side side)
{
	return position_km2_of(a, unit, side) + threshold_km2_of(a, unit, side);
}

static json_t *side_error(const struct areas *a, size_t unit, enum areas_side side)
{
	double water = water_km2_of(a, unit, side), unseen = unseen_km2_of(a, unit, side);
	json_t *json = json_object();

	km2_put(json, "random_km2", random_km2_of(a, unit, side));
	km2_put(json, "systematic_km2", systematic_km2_of(a, unit, side));
	km2_put(json, "position_km2", position_km2_of(a, unit, side));
	km2_put(json, "threshold_km2", threshold_km2_of(a, unit, side));
	km2_put(json, "unseen_km2", unseen);
	km2_put(json, "water_if_unseen_is_land_km2", water);
	km2_put(json, "water_if_unseen_is_water_km2", water + unseen);
	return json;
}

static double seen_share_of(const struct areas *a, size_t unit, enum areas_side side)
{
	double seen = km2_of(a, unit, areas_side_counter(0, side, SIDE_INSIDE));

	return seen / (seen + unseen_km2_of(a, unit, side));
}

static bool is_seen(const struct areas *a, size_t unit, enum areas_side side)
{
	uint64_t seen = 0;

	for (size_t k = 0; k < SEEN_CLASSES; k++)
		seen += pixels_of(a, unit, areas_side_counter(0, side, SIDE_PIXELS + k));
	return seen > 0;
}

/* A part of which nothing lies in the outline has no share; but what nobody saw is not "no water". */
static bool is_withheld(const struct areas *a, size_t unit, enum areas_side side)
{
	return !is_seen(a, unit, side) || seen_share_of(a, unit, side) < a->least_share;
}

/* Sum over the parts of a unit. */
static struct bodies_area waters_of(const struct areas *a, size_t unit,
				    const struct bodies_area *waters)
{
	struct bodies_area sum = { waters ? 0 : NAN, waters ? 0 : NAN };
	size_t first, last;

	parts_of(a, unit, &first, &last);
	for (size_t k = first; waters && k <= last; k++) {
		sum.open_km2 += waters[k].open_km2;
		sum.water_km2 += waters[k].water_km2;
	}
	return sum;
}

static void put_reason(json_t *json, const struct areas *a, size_t unit, enum areas_side side)
{
	if (!is_withheld(a, unit, side)) {
		json_object_set_new(json, "withheld", json_null());
		return;
	}
	if (!is_seen(a, unit, side)) {
		json_object_set_new(json, "withheld", json_string("nothing of it was seen"));
		return;
	}
	json_object_set_new(json, "withheld",
			    json_sprintf("%.2f %% of the outline was seen, less than %.2f %%",
					 100 * seen_share_of(a, unit, side), 100 * a->least_share));
}

/* Totals: none where too little was seen. */
static void put_totals(json_t *json, const struct areas *a, size_t unit, enum areas_side side)
{
	double open = class_km2_of(a, unit, side, a->water_place[WATER_OPEN]);
	double partial = class_km2_of(a, unit, side, a->water_place[WATER_PARTIAL]);
	const struct waters *w = &a->waters[side];
	struct bodies_area largest = waters_of(a, unit, w->largest);
	struct bodies_area others = waters_of(a, unit, w->others);
	double none = is_withheld(a, unit, side) ? NAN : 0;

	put_reason(json, a, unit, side);
	km2_put(json, "open_water_km2", open + none);
	km2_put(json, "open_and_partial_km2", open + partial + none);
	km2_put(json, "water_km2", water_km2_of(a, unit, side) + none);
	km2_put(json, "largest_water_km2", largest.water_km2 + none);
	km2_put(json, "largest_open_water_km2", largest.open_km2 + none);
	km2_put(json, "other_water_km2", others.water_km2 + none);
	km2_put(json, "other_open_water_km2", others.open_km2 + none);
	if (!unit)
		json_object_set_new(json, "other_waters",
				    w->others && isfinite(none)
					    ? json_integer((json_int_t)w->others_nr)
					    : json_null());
}

static json_t *side_json(const struct areas *a, size_t unit, enum areas_side side)
{
	json_t *json = json_object();

	json_object_set_new(json, "classes", side_classes(a, unit, side));
	put_totals(json, a, unit, side);
	km2_put(json, "fraction_unknown_km2",
		km2_of(a, unit, areas_side_counter(0, side, SIDE_UNKNOWN)));
	km2_put(json, "filled_km2", km2_of(a, unit, areas_side_counter(0, side, SIDE_FILLED)));
	km2_put(json, "shoreline_km", shore_km_of(a, unit, side));
	km2_put(json, "outline_km2", a->lake ? outline_km2_of(a, unit) : NAN);
	km2_put(json, "seen_km2", km2_of(a, unit, areas_side_counter(0, side, SIDE_INSIDE)));
	km2_put(json, "seen_share", seen_share_of(a, unit, side));
	json_object_set_new(json, "error", side_error(a, unit, side));
	return json;
}

struct areas_figures areas_figures(const struct areas *a, size_t unit, enum areas_side side)
{
	double none = is_withheld(a, unit, side) ? NAN : 0, water = water_km2_of(a, unit, side);

	return (struct areas_figures){
		.water_km2 = water + none,
		.open_km2 = class_km2_of(a, unit, side, a->water_place[WATER_OPEN]) + none,
		.partial_km2 = class_km2_of(a, unit, side, a->water_place[WATER_PARTIAL]) + none,
		.random_km2 = random_km2_of(a, unit, side),
		.systematic_km2 = systematic_km2_of(a, unit, side),
		.unseen_km2 = unseen_km2_of(a, unit, side),
		.seen_share = seen_share_of(a, unit, side),
		.seen_water_km2 = water,
	};
}

/* --- the change --- */

static json_t *change_classes(const struct areas *a, size_t unit)
{
	const struct layer *layer = layer_find("change");
	json_t *list = json_array();

	for (size_t k = 0; k < layer->classes_nr; k++) {
		json_t *one = json_pack("{s:i, s:s, s:I}", "value", (int)layer->classes[k].code,
					"name", layer->classes[k].name, "pixels",
					(json_int_t)pixels_of(a, unit, CHANGE_PIXELS + k));

		km2_put(one, "km2", km2_of(a, unit, CHANGE_PIXELS + k));
		km2_put(one, "water_before_km2", km2_of(a, unit, CHANGE_BEFORE + k) / 100);
		km2_put(one, "water_after_km2", km2_of(a, unit, CHANGE_AFTER + k) / 100);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *transitions(const struct areas *a, size_t unit)
{
	const struct layer *layer = layer_find("transition");
	json_t *list = json_array();

	for (size_t k = 0; k < layer->classes_nr; k++) {
		size_t counter = TRANSITION_PIXELS + k;
		json_t *one = json_pack("{s:i, s:s, s:I}", "value", (int)layer->classes[k].code,
					"name", layer->classes[k].name, "pixels",
					(json_int_t)pixels_of(a, unit, counter));

		km2_put(one, "km2", km2_of(a, unit, counter));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *change_error(const struct areas *a, size_t unit)
{
	double before = random_km2_of(a, unit, AREAS_BEFORE);
	double after = random_km2_of(a, unit, AREAS_AFTER);
	json_t *json = json_object();

	km2_put(json, "random_km2", sqrt(before * before + after * after));
	km2_put(json, "systematic_km2",
		systematic_km2_of(a, unit, AREAS_BEFORE) + systematic_km2_of(a, unit, AREAS_AFTER));
	return json;
}

/* Water after minus before in a change class, by fraction. */
static double moved_km2_of(const struct areas *a, size_t unit, size_t place)
{
	return (km2_of(a, unit, CHANGE_AFTER + place) - km2_of(a, unit, CHANGE_BEFORE + place)) /
	       100;
}

static double change_km2_of(const struct areas *a, size_t unit, uint8_t code)
{
	return km2_of(a, unit, CHANGE_PIXELS + a->change_place[code]);
}

static json_t *change_json(const struct areas *a, size_t unit)
{
	double compared = 0, net = 0, none;
	json_t *json = json_object();

	for (size_t k = 0; k < CHANGE_CLASSES; k++) {
		if (k == a->change_place[CHANGE_NODATA])
			continue;
		compared += km2_of(a, unit, CHANGE_PIXELS + k);
		net += moved_km2_of(a, unit, k);
	}
	json_object_set_new(json, "classes", change_classes(a, unit));
	if (a->transitions)
		json_object_set_new(json, "transitions", transitions(a, unit));
	km2_put(json, "compared_km2", compared);
	/* Where nothing was compared it is not known that nothing changed. */
	none = compared > 0 ? 0 : NAN;
	km2_put(json, "gain_km2", change_km2_of(a, unit, CHANGE_GAIN) + none);
	km2_put(json, "loss_km2", change_km2_of(a, unit, CHANGE_LOSS) + none);
	km2_put(json, "uncertain_km2", change_km2_of(a, unit, CHANGE_UNCERTAIN) + none);
	km2_put(json, "gain_water_km2",
		(km2_of(a, unit, GAIN_RISE) - km2_of(a, unit, GAIN_FALL)) / 100 + none);
	km2_put(json, "loss_water_km2",
		(km2_of(a, unit, LOSS_FALL) - km2_of(a, unit, LOSS_RISE)) / 100 + none);
	km2_put(json, "net_water_km2", net + none);
	json_object_set_new(json, "error", change_error(a, unit));
	return json;
}

size_t areas_units(const struct areas *a)
{
	return a->basins.parts;
}

const char *areas_name(const struct areas *a, size_t unit)
{
	if (!a->lake)
		return "whole";
	return unit ? a->lake->basins[unit - 1].name : a->lake->name;
}

static json_t *unit_json(const struct areas *a, size_t unit)
{
	json_t *one = json_object();

	json_object_set_new(one, "name", json_string(areas_name(a, unit)));
	if (a->sides == 1) {
		json_object_set_new(one, "areas", side_json(a, unit, AREAS_BEFORE));
		return one;
	}
	json_object_set_new(one, "before", side_json(a, unit, AREAS_BEFORE));
	json_object_set_new(one, "after", side_json(a, unit, AREAS_AFTER));
	json_object_set_new(one, "change", change_json(a, unit));
	return one;
}

json_t *areas_json(const struct areas *a)
{
	json_t *list = json_array();

	for (size_t unit = 0; unit < a->basins.parts; unit++)
		if (json_array_append_new(list, unit_json(a, unit))) {
			json_decref(list);
			return NULL;
		}
	return list;
}
