/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/quality.h"

#include <stdlib.h>
#include <string.h>

struct quality_worker {
	const struct observe *o;
	float *water[ROLE_NR];	    /* rows: reflectance of water; those of roles that are used */
	const float *rows[ROLE_NR]; /* these, or thermal */
	float *residual, *turbidity, *height, *kelvin, *value, *scratch[QUANTITY_SCRATCH];
	uint8_t *code, *thermal_state;
	/* tiles */
	uint8_t *flags, *plants;
	uint16_t *codes[QUANTITIES_MAX];
};

static size_t tile_side(const struct observe *o)
{
	return (size_t)o->context->options->tile;
}

static bool wanted(const struct observe *o)
{
	return o->quality.rules_nr || o->quality.colour || o->quality.plants;
}

size_t quality_worker_bytes(const struct observe *o)
{
	size_t side = tile_side(o);

	if (!wanted(o))
		return 0;
	return sizeof(struct quality_worker) +
	       side * (ROLE_NR + 5 + QUANTITY_SCRATCH) * sizeof(float) + 2 * side +
	       side * side * (2 + o->quality.rules_nr * sizeof(uint16_t));
}

void quality_worker_free(struct quality_worker *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < QUANTITIES_MAX; i++)
		free(w->codes[i]);
	free(w->plants);
	free(w->flags);
	free(w->thermal_state);
	free(w->code);
	for (size_t i = 0; i < QUANTITY_SCRATCH; i++)
		free(w->scratch[i]);
	free(w->value);
	free(w->kelvin);
	free(w->height);
	free(w->turbidity);
	free(w->residual);
	for (size_t i = 0; i < ROLE_NR; i++)
		free(w->water[i]);
	free(w);
}

static bool allocate(struct quality_worker *w)
{
	const struct observe *o = w->o;
	size_t side = tile_side(o), row = side * sizeof(float);
	bool ok = true;

	for (size_t i = 0; i < o->quality.roles_nr; i++)
		ok &= (w->water[o->quality.roles[i]] = malloc(row)) != NULL;
	ok &= (w->residual = malloc(row)) != NULL;
	ok &= (w->turbidity = malloc(row)) != NULL;
	ok &= (w->height = malloc(row)) != NULL;
	ok &= (w->kelvin = malloc(row)) != NULL;
	ok &= (w->value = malloc(row)) != NULL;
	for (size_t i = 0; i < QUANTITY_SCRATCH; i++)
		ok &= (w->scratch[i] = malloc(row)) != NULL;
	ok &= (w->code = malloc(side)) != NULL;
	ok &= (w->thermal_state = malloc(side)) != NULL;
	ok &= (w->flags = malloc(side * side)) != NULL;
	ok &= (w->plants = malloc(side * side)) != NULL;
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		ok &= (w->codes[i] = malloc(side * side * sizeof(uint16_t))) != NULL;
	return ok;
}

int quality_worker_new(struct quality_worker **out, const struct observe *o, struct error *e)
{
	struct quality_worker *w;

	*out = NULL;
	if (!wanted(o))
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	if (!allocate(w)) {
		quality_worker_free(w);
		return error_nomem(e, "a worker's tile");
	}
	*out = w;
	return 0;
}

/* --- rows --- */

/* Reflectance of water: what the surface itself mirrors is the same, or nearly, in all bands. */
static void take_off_glint(struct quality_worker *w, const struct quality_span *s)
{
	const struct observe_quality *q = &w->o->quality;
	const struct kernels *k = w->o->context->kernels;

	if (q->corrected)
		k->residual(s->n, s->rho[ROLE_SWIR1], s->rho[ROLE_SWIR2],
			    w->o->limits.residual_most, w->residual);
	for (size_t i = 0; i < q->roles_nr; i++) {
		enum role role = q->roles[i];

		w->rows[role] = s->rho[role];
		if (!q->corrected)
			continue;
		memcpy(w->water[role], s->rho[role], s->n * sizeof(float));
		k->subtract(s->n, w->residual, q->glint[role], w->water[role]);
		w->rows[role] = w->water[role];
	}
}

static float line_weight(const struct observe *o, enum role left, enum role middle, enum role right)
{
	const float *l = o->wavelength_nm;

	return (l[middle] - l[left]) / (l[right] - l[left]);
}

/* Height of the NIR above the line from red to SWIR1, of the surface as it is. */
static void floating_height(struct quality_worker *w, const struct quality_span *s)
{
	w->o->context->kernels->line_height(s->n, s->rho[ROLE_RED], s->rho[ROLE_NIR],
					    s->rho[ROLE_SWIR1],
					    line_weight(w->o, ROLE_RED, ROLE_NIR, ROLE_SWIR1),
					    w->height);
}

/* Water so clear that the bottom may be seen; where it is shallow enough, shallow.c knows. */
static void flag_clear(const struct quality_worker *w, size_t n, uint8_t *flags)
{
	float turbid = w->o->limits.shallow_turbid;

	for (size_t i = 0; i < n; i++)
		flags[i] |= w->turbidity[i] < turbid ? QUALITY_SHALLOW : 0;
}

static void raise_flags(struct quality_worker *w, const struct quality_span *s)
{
	const struct observe *o = w->o;
	const struct observe_quality *q = &o->quality;
	const struct kernels *k = o->context->kernels;
	uint8_t *flags = w->flags + s->at;

	/* NIR of clear water is nothing but noise. */
	for (size_t i = 0; i < q->roles_nr; i++)
		if (q->roles[i] != ROLE_NIR)
			k->quality_bands(s->n, w->rows[q->roles[i]], flags);
	k->quality_bright(s->n, s->rho[ROLE_NIR], s->rho[ROLE_SWIR1], o->limits.quality_nir,
			  o->limits.quality_swir1, flags);
	k->quality_above(s->n, w->turbidity, o->limits.chl.turbid, QUALITY_TURBID, flags);
	k->quality_above(s->n, w->height, o->limits.plants.fai, QUALITY_BLOOM, flags);
	if (w->rows[ROLE_EDGE705])
		k->quality_foot(s->n, w->rows[ROLE_RED], w->rows[ROLE_EDGE705],
				o->limits.chl.q_low, o->limits.chl_foot, flags);
	flag_clear(w, s->n, flags);
}

static void row_plants(struct quality_worker *w, const struct quality_span *s)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;

	k->dswe(s->n, s->rho[ROLE_BLUE], s->rho[ROLE_GREEN], s->rho[ROLE_RED], s->rho[ROLE_NIR],
		s->rho[ROLE_SWIR1], s->rho[ROLE_SWIR2], o->limits.dswe, w->code);
	k->plants(s->n, s->rho[ROLE_RED], s->rho[ROLE_NIR], s->rho[ROLE_SWIR1], w->code,
		  line_weight(o, ROLE_RED, ROLE_NIR, ROLE_SWIR1), o->limits.plants,
		  w->plants + s->at);
}

/* No value where nothing was measured, where the light is not the water's, or it is full of plants. */
static void lose(const struct quantity_rule *rule, size_t n, const uint8_t *state,
		 const uint8_t *flags, uint16_t *codes)
{
	for (size_t i = 0; i < n; i++)
		codes[i] = state[i] & (CALIB_FILL | CALIB_SATURATED) || flags[i] & rule->hides
				   ? 0
				   : codes[i];
}

static void row_quantity(struct quality_worker *w, const struct quality_span *s, size_t which)
{
	const struct observe *o = w->o;
	const struct quantity_rule *rule = o->quality.rules[which];
	const struct kernels *k = o->context->kernels;
	uint8_t *flags = w->flags + s->at;
	uint16_t *codes = w->codes[which] + s->at;
	float zero = rule->code == QUANTITY_KELVIN ? QUANTITY_CELSIUS : 0.0f;
	struct quantity_row row = {
		.kernels = k,
		.n = s->n,
		.rho = w->rows,
		.turbidity = w->turbidity,
		.wavelength_nm = o->wavelength_nm,
		.optics = o->product->sensor->optics,
		.limits = &o->limits,
		.regression = &o->quality.regression,
		.sun_zenith_deg = o->quality.sun_zenith_deg,
	};

	memcpy(row.scratch, w->scratch, sizeof(row.scratch));
	rule->row(&row, w->value);
	k->quality_range(s->n, w->value, rule->low + zero, rule->high + zero, flags);
	if (rule->skill)
		k->quality_no_skill(s->n, w->value, flags);
	if (rule->code == QUANTITY_KELVIN)
		k->linear_pack(s->n, w->value, QUANTITY_KELVIN_STEP, 0.0f, codes);
	else
		k->quantity_pack(s->n, w->value, codes);
	lose(rule, s->n, rule->colour ? s->state : w->thermal_state, flags, codes);
}

void quality_row(struct quality_worker *w, const struct quality_span *s)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;

	memset(w->flags + s->at, 0, s->n);
	if (s->thermal && w->kelvin) {
		memset(w->thermal_state, 0, s->n);
		k->reflectance(s->n, s->thermal, o->granule->bands[ROLE_THERMAL].calib, w->kelvin,
			       w->thermal_state);
		w->rows[ROLE_THERMAL] = w->kelvin;
	}
	if (o->quality.colour) {
		take_off_glint(w, s);
		k->turbidity(s->n, w->rows[ROLE_RED], w->rows[ROLE_NIR],
			     o->product->sensor->optics->turbidity, w->turbidity);
		floating_height(w, s);
		raise_flags(w, s);
	}
	if (o->quality.plants)
		row_plants(w, s);
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		row_quantity(w, s, i);
}

int quality_spool(struct quality_worker *w, size_t tile, struct error *e)
{
	const struct observe *o = w->o;

	if (spool_write(o->spool, tile, PLANE_QUALITY, w->flags, e) ||
	    (o->quality.plants && spool_write(o->spool, tile, PLANE_PLANTS, w->plants, e)))
		return -1;
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		if (spool_write(o->spool, tile, PLANE_QUANTITY + i, w->codes[i], e))
			return -1;
	return 0;
}
