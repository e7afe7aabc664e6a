/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/quality_summary.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/stage/basins.h"
#include "pipeline/stage/observe.h"

/* Each takes half a megabyte for a quantity. */
#define PARTS_MAX 64
#define CODES	  65536
/* Tiles after which a worker's 32 bits could overflow. */
#define TILES_MAX   8192
#define TILE_PIXELS ((size_t)GEOTIFF_TILE * GEOTIFF_TILE)

/* Counters of a quantity in a part: pixels with a value, then those from each threshold on. */
#define THRESHOLDS_MAX	  3
#define QUANTITY_COUNTERS (1 + THRESHOLDS_MAX)

/*
 * Counters of a part: those of its rows (quantities, then heights), then of its classes of plants,
 * then of its flags.
 */
#define PLANTS_COUNTERS 3
#define FLAGS_COUNTERS	8
#define FIRST_PLANTS	((size_t)(QUANTITIES_MAX + HEIGHTS_MAX) * QUANTITY_COUNTERS)
#define FIRST_FLAG	(FIRST_PLANTS + PLANTS_COUNTERS)
#define PART_COUNTERS	(FIRST_FLAG + FLAGS_COUNTERS)

/* The whole is all parts. */
struct quality_summary {
	const struct observe *o;
	struct basins basins;	 /* on the target */
	struct area *area;	 /* PART_COUNTERS for each part */
	_Atomic uint64_t *codes; /* [row][part][CODES] */
};

struct quality_counts {
	struct quality_summary *summary;
	struct rect tile;
	size_t tiles; /* counted since the last flush */
	uint32_t *codes;
	uint8_t *part;	/* of each pixel of the tile */
	uint8_t *level; /* thresholds that it reaches */
	uint16_t *code;
	float *kelvin;
};

/* --- the summary --- */

/* Quantities, then heights. */
static size_t rows_nr(const struct observe *o)
{
	return o->quality.rules_nr + o->quality.heights_nr;
}

static const char *layer_of(const struct observe *o, size_t row)
{
	const struct observe_quality *q = &o->quality;

	return row < q->rules_nr ? q->rules[row]->layer : q->heights[row - q->rules_nr]->layer;
}

static size_t codes_nr(const struct observe *o)
{
	return rows_nr(o) * basins_parts(o->lake) * CODES;
}

size_t quality_summary_bytes(const struct observe *o)
{
	size_t counters = basins_parts(o->lake) * PART_COUNTERS;

	if (!observe_has_quality(o))
		return 0;
	return codes_nr(o) * sizeof(uint64_t) +
	       grid_tiles(&o->target, GEOTIFF_TILE) * counters * sizeof(uint64_t);
}

void quality_summary_free(struct quality_summary *s)
{
	if (!s)
		return;
	basins_release(&s->basins);
	area_free(s->area);
	free(s->codes);
	free(s);
}

int quality_summary_new(struct quality_summary **out, const struct observe *o, struct error *e)
{
	struct quality_summary *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return error_nomem(e, "a summary");
	s->o = o;
	if (basins_parts(o->lake) > PARTS_MAX)
		return error_set(e, ERROR_CONFIG, "lake %s: more than %d basins", o->lake->name,
				 PARTS_MAX - 1);
	s->codes = calloc(codes_nr(o) + 1, sizeof(*s->codes));
	if (!s->codes)
		return error_nomem(e, "a summary");
	if (basins_new(&s->basins, o->lake, &o->target, e))
		return -1;
	return area_new(&s->area, &o->target, s->basins.parts * PART_COUNTERS, e);
}

/* --- a worker --- */

size_t quality_counts_bytes(const struct observe *o)
{
	return sizeof(struct quality_counts) + codes_nr(o) * sizeof(uint32_t) +
	       TILE_PIXELS * (2 * sizeof(uint8_t) + sizeof(uint16_t) + sizeof(float));
}

int quality_counts_new(struct quality_counts **out, struct quality_summary *s)
{
	struct quality_counts *c = calloc(1, sizeof(*c));

	*out = c;
	if (!c)
		return -1;
	c->summary = s;
	c->codes = calloc(codes_nr(s->o) + 1, sizeof(*c->codes));
	c->part = malloc(TILE_PIXELS);
	c->level = malloc(TILE_PIXELS);
	c->code = malloc(TILE_PIXELS * sizeof(*c->code));
	c->kelvin = malloc(TILE_PIXELS * sizeof(*c->kelvin));
	return c->codes && c->part && c->level && c->code && c->kelvin ? 0 : -1;
}

static void flush(struct quality_counts *c)
{
	size_t n = codes_nr(c->summary->o);

	for (size_t i = 0; i < n; i++)
		if (c->codes[i])
			atomic_fetch_add_explicit(&c->summary->codes[i], c->codes[i],
						  memory_order_relaxed);
	memset(c->codes, 0, n * sizeof(*c->codes));
	c->tiles = 0;
}

void quality_counts_free(struct quality_counts *c)
{
	if (!c)
		return;
	if (c->codes)
		flush(c);
	free(c->kelvin);
	free(c->code);
	free(c->level);
	free(c->part);
	free(c->codes);
	free(c);
}

void quality_counts_tile(struct quality_counts *c, struct rect tile)
{
	if (c->tiles++ == TILES_MAX)
		flush(c);
	c->tile = tile;
	for (int32_t y = 0; y < tile.h; y++)
		basins_row(&c->summary->basins, tile.x, tile.y + y, tile.w,
			   c->part + (size_t)y * (size_t)tile.w);
}

/* Codes as in the spool: one for each value that 11 bits of mantissa tell apart; .01 K. */
static void make_codes(struct quality_counts *c, const struct quantity_rule *rule, size_t n,
		       const float *values)
{
	const struct kernels *k = c->summary->o->context->kernels;

	if (rule->code == QUANTITY_FLOAT) {
		k->quantity_pack(n, values, c->code);
		return;
	}
	for (size_t i = 0; i < n; i++)
		c->kelvin[i] = values[i] + QUANTITY_CELSIUS;
	k->linear_pack(n, c->kelvin, QUANTITY_KELVIN_STEP, 0.0f, c->code);
}

/* Heights are kept as they are in their layer, moved to positive codes: no data becomes 0. */
#define HEIGHT_ZERO 32768

static float value_of(const struct observe *o, size_t row, uint16_t code)
{
	if (row >= o->quality.rules_nr)
		return (float)(code - HEIGHT_ZERO) / 1e4f;
	if (o->quality.rules[row]->code == QUANTITY_FLOAT)
		return quantity_unpack(code);
	return linear_unpack(code, QUANTITY_KELVIN_STEP, 0.0f) - QUANTITY_CELSIUS;
}

/* How many of the row's thresholds, which ascend, a value is at or above. */
static uint8_t level_of(float value, const float *from, size_t nr)
{
	uint8_t level = 0;

	while (level < nr && value >= from[level])
		level++;
	return level;
}

/* Count the tile's codes and levels as those of a row. */
static void count_codes(struct quality_counts *c, size_t i, size_t row)
{
	struct quality_summary *s = c->summary;
	uint64_t counts[PARTS_MAX][QUANTITY_COUNTERS] = { { 0 } };

	for (size_t p = 0; p < rect_area(c->tile); p++) {
		size_t part = c->part[p];

		if (!c->code[p])
			continue;
		c->codes[(row * s->basins.parts + part) * CODES + c->code[p]]++;
		for (size_t k = 0; k <= c->level[p]; k++)
			counts[part][k]++;
	}
	for (size_t part = 0; part < s->basins.parts; part++)
		for (size_t k = 0; k < QUANTITY_COUNTERS; k++)
			area_add(s->area, i, part * PART_COUNTERS + row * QUANTITY_COUNTERS + k,
				 counts[part][k]);
}

void quality_counts_quantity(struct quality_counts *c, size_t i, size_t which, const float *values)
{
	size_t nr;
	const float *from = quantity_thresholds(layer_of(c->summary->o, which), &nr);

	make_codes(c, c->summary->o->quality.rules[which], rect_area(c->tile), values);
	for (size_t p = 0; p < rect_area(c->tile); p++)
		c->level[p] = level_of(values[p], from, nr);
	count_codes(c, i, which);
}

void quality_counts_height(struct quality_counts *c, size_t i, size_t which, const int16_t *heights)
{
	size_t nr, row = c->summary->o->quality.rules_nr + which;
	const float *from = quantity_thresholds(layer_of(c->summary->o, row), &nr);

	for (size_t p = 0; p < rect_area(c->tile); p++) {
		c->code[p] = (uint16_t)(heights[p] + HEIGHT_ZERO);
		/* Divided, not times .0001: then .05 is not less than .05. */
		c->level[p] = level_of((float)heights[p] / 1e4f, from, nr);
	}
	count_codes(c, i, row);
}

void quality_counts_plants(struct quality_counts *c, size_t i, const uint8_t *plants)
{
	struct quality_summary *s = c->summary;
	uint64_t counts[PARTS_MAX][PLANTS_COUNTERS] = { { 0 } };

	for (size_t p = 0; p < rect_area(c->tile); p++)
		if (plants[p] >= PLANTS_REED && plants[p] <= PLANTS_FLOATING)
			counts[c->part[p]][plants[p] - PLANTS_REED]++;
	for (size_t part = 0; part < s->basins.parts; part++)
		for (size_t k = 0; k < PLANTS_COUNTERS; k++)
			area_add(s->area, i, part * PART_COUNTERS + FIRST_PLANTS + k,
				 counts[part][k]);
}

void quality_counts_flags(struct quality_counts *c, size_t i, const uint8_t *flags)
{
	struct quality_summary *s = c->summary;
	uint64_t counts[PARTS_MAX][FLAGS_COUNTERS] = { { 0 } };

	for (size_t p = 0; p < rect_area(c->tile); p++)
		for (unsigned bit = 0; flags[p] >> bit; bit++)
			counts[c->part[p]][bit] += flags[p] >> bit & 1;
	for (size_t part = 0; part < s->basins.parts; part++)
		for (size_t k = 0; k < FLAGS_COUNTERS; k++)
			area_add(s->area, i, part * PART_COUNTERS + FIRST_FLAG + k,
				 counts[part][k]);
}

/* --- telling --- */

/* A unit of the report: parts from..past - 1. */
struct unit {
	const char *name;
	size_t from, past;
};

/* The whole, then each basin. */
static struct unit unit_at(const struct quality_summary *s, size_t i)
{
	if (i == 0 || !s->o->lake)
		return (struct unit){ "whole", 0, s->basins.parts };
	return (struct unit){ s->o->lake->basins[i - 1].name, i, i + 1 };
}

static json_t *km2_json(const struct quality_summary *s, struct unit unit, size_t counter)
{
	double km2 = 0;

	for (size_t part = unit.from; part < unit.past; part++)
		km2 += area_km2(s->area, part * PART_COUNTERS + counter);
	return json_real(area_round(km2));
}

static uint64_t pixels_of(const struct quality_summary *s, struct unit unit, size_t counter)
{
	uint64_t pixels = 0;

	for (size_t part = unit.from; part < unit.past; part++)
		pixels += area_pixels(s->area, part * PART_COUNTERS + counter);
	return pixels;
}

/* As many digits as a value has. */
static json_t *number(float v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.5g", (double)v);
	return json_real(strtod(text, NULL));
}

/* The smallest value that at least permille of the unit's pixels do not exceed; null without pixels. */
static json_t *percentile(const struct quality_summary *s, struct unit unit, size_t row,
			  uint64_t permille)
{
	uint64_t pixels = pixels_of(s, unit, row * QUANTITY_COUNTERS), below = 0;
	uint64_t rank = (pixels * permille + 999) / 1000;

	for (size_t code = 1; pixels && code < CODES; code++) {
		for (size_t part = unit.from; part < unit.past; part++)
			below += s->codes[(row * s->basins.parts + part) * CODES + code];
		if (below >= rank)
			return number(value_of(s->o, row, (uint16_t)code));
	}
	return json_null();
}

static json_t *unit_json(const struct quality_summary *s, struct unit unit, size_t row)
{
	size_t nr, base = row * QUANTITY_COUNTERS;
	const float *from = quantity_thresholds(layer_of(s->o, row), &nr);
	json_t *above = json_array();

	for (size_t k = 0; k < nr; k++)
		json_array_append_new(above, json_pack("{s:o, s:o}", "from", number(from[k]), "km2",
						       km2_json(s, unit, base + 1 + k)));
	return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "name", unit.name, "pixels",
			 (json_int_t)pixels_of(s, unit, base), "km2", km2_json(s, unit, base),
			 "median", percentile(s, unit, row, 500), "p05",
			 percentile(s, unit, row, 50), "p95", percentile(s, unit, row, 950),
			 "at_least", above);
}

static json_t *quantity_json(const struct quality_summary *s, size_t row)
{
	const struct observe_quality *q = &s->o->quality;
	const struct layer *layer = layer_find(layer_of(s->o, row));
	json_t *json = row < q->rules_nr ? quantity_rule_json(q->rules[row], &q->regression)
					 : json_pack("{s:s, s:s}", "layer", layer->name, "title",
						     layer->description);
	json_t *units = json_array();

	for (size_t i = 0; i < s->basins.parts; i++)
		json_array_append_new(units, unit_json(s, unit_at(s, i), row));
	json_object_set_new(json, "unit", json_string(layer->unit));
	json_object_set_new(json, "areas", units);
	return json;
}

/* Areas of nr counters from one on, by name, of each unit. */
static json_t *areas_of(const struct quality_summary *s, const char *const *names, size_t nr,
			size_t first)
{
	json_t *units = json_array();

	for (size_t i = 0; i < s->basins.parts; i++) {
		struct unit unit = unit_at(s, i);
		json_t *json = json_pack("{s:s}", "name", unit.name);

		for (size_t k = 0; k < nr; k++)
			json_object_set_new(json, names[k], km2_json(s, unit, first + k));
		json_array_append_new(units, json);
	}
	return units;
}

/* In the order of enum plants from PLANTS_REED on, and of enum quality's bits. */
static const char *const plants_names[PLANTS_COUNTERS] = { "reed_km2", "wet_vegetation_km2",
							   "floating_km2" };
static const char *const flags_names[FLAGS_COUNTERS] = {
	"negative_km2", "bright_km2",	"turbid_km2", "no_skill_km2",
	"range_km2",	"residual_km2", "bloom_km2",  "shallow_km2",
};

static json_t *summary_json(const struct quality_summary *s)
{
	const struct observe *o = s->o;
	json_t *quantities = json_array();
	json_t *json = json_pack("{s:s, s:s, s:o}", "product", o->product->id, "lake",
				 o->lake ? o->lake->name : "", "quantities", quantities);

	for (size_t i = 0; json && i < rows_nr(o); i++)
		json_array_append_new(quantities, quantity_json(s, i));
	if (json && o->quality.colour)
		json_object_set_new(json, "flags",
				    areas_of(s, flags_names, FLAGS_COUNTERS, FIRST_FLAG));
	if (json && o->quality.plants)
		json_object_set_new(json, "vegetation",
				    areas_of(s, plants_names, PLANTS_COUNTERS, FIRST_PLANTS));
	return json;
}

int quality_summary_write(struct quality_summary *s, const struct observe *o, struct error *e)
{
	json_t *json = summary_json(s);
	char *text = json ? json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;

	json_decref(json);
	return output_add_text(o->output, "summary.json", text,
			       "Quantities of the water in numbers", "application/json", e);
}
