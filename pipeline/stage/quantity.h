/* SPDX-License-Identifier: Apache-2.0
 *
 * quantity.h - the table of water quality: every algorithm of every layer, what it is made of, for
 * which values it holds, how good it was found to be, and where it comes from.
 */
#ifndef PIPELINE_STAGE_QUANTITY_H
#define PIPELINE_STAGE_QUANTITY_H

#include <jansson.h>

#include "kernels/kernels.h"
#include "pipeline/io/product.h"
#include "pipeline/io/role.h"
#include "pipeline/io/water_optics.h"
#include "pipeline/stage/limits.h"
#include "pipeline/stage/regression.h"

#define QUANTITY_ROLES_MAX 6

/* Scratch rows that algorithms share. */
#define QUANTITY_SCRATCH 2

/* A row of pixels in. */
struct quantity_row {
	const struct kernels *kernels;
	size_t n;
	/* By role: reflectance of water, pi times Rrs, the residual of the glint taken off; thermal
	 * bands in kelvin. */
	const float *const *rho;
	const float *turbidity;	    /* FNU; of rules that need it */
	const float *wavelength_nm; /* by role */
	const struct water_optics *optics;
	const struct limits *limits;
	const struct regression *regression;
	float sun_zenith_deg; /* of the scene */
	float *scratch[QUANTITY_SCRATCH];
};

/* How values lie in 16 bits of the spool (kernels/quantity.h): 0 is no value. */
enum quantity_code {
	QUANTITY_FLOAT,	 /* positive values: 5 bits of exponent, 11 of mantissa */
	QUANTITY_KELVIN, /* steps of QUANTITY_KELVIN_STEP from 0 on; the layer has degrees Celsius */
};

#define QUANTITY_KELVIN_STEP 0.01f
#define QUANTITY_CELSIUS     273.15f

/* One algorithm. */
struct quantity_rule {
	const char *layer; /* name in layer.c */
	const char *name;  /* as in --layers LAYER:NAME; the first of a layer is its default */
	const char *title; /* one line */
	enum role roles[QUANTITY_ROLES_MAX];
	size_t roles_nr;
	const char *sensor; /* of sensor.c; NULL: whichever has the roles */
	enum quantity_code code;
	bool colour;	 /* made of reflectance: flags are raised, the glint is taken off */
	bool skill;	 /* where there is no value though the bands are good, a flag says so */
	bool regression; /* its bands and coefficients are the user's */
	uint8_t hides;	 /* enum quality: no value where these flags are raised */
	float low, high; /* published range, in the layer's unit; outside it is flagged */
	const char *error, *source;
	void (*row)(const struct quantity_row *r, float *out);
};

/* Rule number i of the table, NULL past its end. */
const struct quantity_rule *quantity_at(size_t i);

/* Is there a layer of that name? */
bool quantity_is_layer(const char *layer);

/*
 * The first rule of a layer that the granule's bands allow, of that name (length bytes of it; 0: whichever).
 * USAGE: no such name, naming the nearest; NOINPUT or DATA: bands are missing or broken,
 * naming the algorithms that are possible.  regression: what the user gave, or empty.
 */
const struct quantity_rule *quantity_choose(const struct product *product,
					    const struct granule *granule, const char *layer,
					    const char *name, size_t length,
					    const struct regression *regression, struct error *e);

/* The bands that a rule reads; *nr of them. */
const enum role *quantity_roles(const struct quantity_rule *q, const struct regression *regression,
				size_t *nr);

/* The algorithms that a granule's bands allow: {"chlorophyll": ["balkhash" ...] ...}; a new reference. */
json_t *quantity_possible_json(const struct product *product, const struct granule *granule);

/* {"layer", "algorithm", "title", "source", "error", "range", "regression"}; a new reference. */
json_t *quantity_rule_json(const struct quantity_rule *q, const struct regression *regression);

/* Values from which areas are reported, ascending, e.g. trophic classes; *nr of them.  Any layer. */
const float *quantity_thresholds(const char *layer, size_t *nr);

#endif
