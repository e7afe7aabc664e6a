/* SPDX-License-Identifier: Apache-2.0
 *
 * mosaic_looks.h - the observations of a mosaic: their facts, order, groups and places.
 */
#ifndef PIPELINE_STAGE_MOSAIC_LOOKS_H
#define PIPELINE_STAGE_MOSAIC_LOOKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/context.h"
#include "pipeline/base/file.h"
#include "pipeline/io/layer.h"
#include "pipeline/io/result.h"

/* Counters are 16 bits. */
#define LOOKS_MAX 65535

/* What is read of a look: these, then whatever else the mosaic wants. */
enum look_layer { LOOK_WATER, LOOK_FRACTION, LOOK_MORE };
#define LOOK_LAYERS_MAX 24

struct look {
	char *path, *id, *datatake, *lake;
	char *file[LOOK_LAYERS_MAX]; /* paths of looks.layer; NULL: it has none */
	char unit[SHA256_HEX];
	int zone;  /* of the product, 0: none */
	int month; /* of its time, UTC, 0 is January */
	int64_t time;
	uint16_t day; /* of its time: days since 1970-01-01 UTC, at least 1 */
	struct grid grid;
	struct grid full;  /* the lake's whole grid as it recorded; width 0: none */
	struct rect place; /* in the mosaic's grid */
	uint16_t rank;	   /* from 1 for the oldest; of equal times the lower number is the later */
};

/* Looks of one datatake, which count once per pixel, as a run of looks.member. */
struct group {
	size_t first, nr;
};

/* Zero is empty; layers from LOOK_MORE on may be set before looks_read(). */
struct looks {
	const struct layer *layer[LOOK_LAYERS_MAX];
	size_t layers_nr;
	json_t *made
		[LOOK_LAYERS_MAX]; /* from LOOK_MORE on: how the layer is made, the same in all looks */
	char *first[LOOK_LAYERS_MAX]; /* path of the first look that has it */
	struct look *look;	      /* by id */
	size_t nr;
	size_t *member; /* numbers of looks, group by group, by number within a group */
	struct group *group;
	size_t groups_nr;
	uint16_t *by_rank; /* by_rank[rank]: number of the look, from 1; [0] = 0 */
};

/*
 * Read the facts of all observations that the paths name, in from <= time < to,
 * sort and group them.  DATA: an id twice, another kind of result, no water or
 * fraction, another lattice than the first, more than LOOKS_MAX, a further layer that no look has, or that looks
 * have made in different ways (another algorithm of a quantity, another sensor of an index); NOINPUT: none.
 */
int looks_read(struct looks *l, const struct context *context, int64_t from, int64_t to,
	       struct error *e);
void looks_release(struct looks *l);

/*
 * The grid of the mosaic: the lake's whole grid where all looks recorded the
 * same one, else what holds them all (*full); cut or widened to -te (*grid).  Sets every look's place.
 * DATA where --lake, -tr or -t_srs say another lake or lattice than the looks', or the grid is too large.
 */
int looks_grid(struct looks *l, const struct options *options, struct grid *full, struct grid *grid,
	       struct error *e);

/* Was -te given?  The pixels of g's lattice that it touches; CONFIG too far, DATA too large. */
bool has_extent(const struct options *options);
int cut_to_extent(struct grid *g, const struct options *options, struct error *e);

/*
 * Where g, the grid of what lies at path, lies in another of its lattice; DATA if that is so far off that it
 * does not fit an integer.
 */
int place_grid(const struct grid *grid, const struct grid *g, const char *path, struct rect *place,
	       struct error *e);

/* The whole grid that item.json records, if it is one on this lattice; else out stays as it is. */
bool read_lake_grid(const json_t *item, const struct grid *lattice, struct grid *out);

/* Month (0 is January) and day of a time, as in struct look. */
int month_of(int64_t time);
uint16_t day_of(int64_t time);

#endif
