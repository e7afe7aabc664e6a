/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/inner.h"
#include "pipeline/stage/quality_pack.h"

/* One worker: a tile with the pixels around it that windows reach, sums of its columns, rows. */
struct quality_worker {
	struct observe *o;
	void *scratch; /* of spool_read */
	/* the tile and what is around it */
	uint8_t *pure, *marks;
	uint32_t *why;
	uint16_t *packed[QUALITY_BANDS_MAX], *ones;
	/* of each column */
	int32_t *sum[QUALITY_BANDS_MAX], *count;
	/* rows */
	float *rho[ROLE_NR];   /* means, as they are */
	float *water[ROLE_NR]; /* with the glint taken off */
	const float *rows[ROLE_NR];
	float *residual, *turbidity, *height, *kelvin, *value, *scratch_rows[QUANTITY_SCRATCH];
	uint8_t *thermal_state, *near;
	/* the tile */
	uint16_t *thermal, *codes[QUANTITIES_MAX];
	uint8_t *flags;
};

/* Where no fractions are made, and so no pixel is known to be mixed, all that touch land are taken for it. */
static int32_t shore_ring(const struct observe *o)
{
	return o->shore ? 0 : 1;
}

int32_t quality_reach(const struct observe *o)
{
	double side = (double)o->limits.quality_window_m / scene_grid(o->scene)->dx;

	if (o->quality.colour)
		return (int32_t)(side / 2) + shore_ring(o);
	return o->quality.thermal ? shore_ring(o) : 0;
}

static size_t tile_side(const struct observe *o)
{
	return (size_t)o->context->options->tile;
}

static size_t read_side(const struct observe *o)
{
	return tile_side(o) + 2 * (size_t)quality_reach(o);
}

size_t quality_bytes(const struct observe *o, int threads)
{
	size_t side = tile_side(o), wide = read_side(o), bands = o->quality.bands_nr;
	size_t read = wide * wide * (2 + sizeof(uint32_t) + bands * sizeof(uint16_t));
	size_t columns = wide * (sizeof(uint16_t) + (bands + 1) * sizeof(int32_t));
	size_t rows = side * ((2 * bands + 5 + QUANTITY_SCRATCH) * sizeof(float) + 2);
	size_t tile = side * side * (1 + (1 + o->quality.rules_nr) * sizeof(uint16_t));

	if (!o->quality.colour && !o->quality.thermal)
		return 0;
	return (size_t)threads * (sizeof(struct quality_worker) + spool_scratch_size(o->spool) +
				  read + columns + rows + tile) +
	       shallow_kept_bytes(o);
}

static void quality_stop(void *state)
{
	struct quality_worker *w = state;

	free(w->flags);
	for (size_t i = 0; i < QUANTITIES_MAX; i++)
		free(w->codes[i]);
	free(w->thermal);
	free(w->near);
	free(w->thermal_state);
	for (size_t i = 0; i < QUANTITY_SCRATCH; i++)
		free(w->scratch_rows[i]);
	free(w->value);
	free(w->kelvin);
	free(w->height);
	free(w->turbidity);
	free(w->residual);
	for (size_t i = 0; i < ROLE_NR; i++) {
		free(w->water[i]);
		free(w->rho[i]);
	}
	free(w->count);
	free(w->ones);
	for (size_t i = 0; i < QUALITY_BANDS_MAX; i++) {
		free(w->sum[i]);
		free(w->packed[i]);
	}
	free(w->why);
	free(w->marks);
	free(w->pure);
	free(w->scratch);
	free(w);
}

static bool allocate_bands(struct quality_worker *w)
{
	const struct observe_quality *q = &w->o->quality;
	size_t wide = read_side(w->o), row = tile_side(w->o) * sizeof(float);
	bool ok = true;

	for (size_t i = 0; i < q->bands_nr; i++) {
		ok &= (w->packed[i] = malloc(wide * wide * sizeof(uint16_t))) != NULL;
		ok &= (w->sum[i] = malloc(wide * sizeof(int32_t))) != NULL;
		ok &= (w->rho[q->bands[i]] = malloc(row)) != NULL;
	}
	for (size_t i = 0; i < q->roles_nr; i++)
		ok &= (w->water[q->roles[i]] = malloc(row)) != NULL;
	ok &= (w->ones = malloc(wide * sizeof(uint16_t))) != NULL;
	ok &= (w->count = malloc(wide * sizeof(int32_t))) != NULL;
	for (size_t i = 0; ok && i < wide; i++)
		w->ones[i] = 1;
	return ok;
}

static bool allocate(struct quality_worker *w)
{
	const struct observe *o = w->o;
	size_t side = tile_side(o), wide = read_side(o), row = side * sizeof(float);
	bool ok = allocate_bands(w);

	ok &= (w->scratch = malloc(spool_scratch_size(o->spool))) != NULL;
	ok &= (w->pure = malloc(wide * wide)) != NULL;
	ok &= (w->marks = malloc(wide * wide)) != NULL;
	ok &= (w->why = malloc(wide * wide * sizeof(uint32_t))) != NULL;
	ok &= (w->residual = malloc(row)) != NULL;
	ok &= (w->turbidity = malloc(row)) != NULL;
	ok &= (w->height = malloc(row)) != NULL;
	ok &= (w->kelvin = malloc(row)) != NULL;
	ok &= (w->value = malloc(row)) != NULL;
	for (size_t i = 0; i < QUANTITY_SCRATCH; i++)
		ok &= (w->scratch_rows[i] = malloc(row)) != NULL;
	ok &= (w->thermal_state = malloc(side)) != NULL;
	ok &= (w->near = malloc(side)) != NULL;
	ok &= (w->flags = malloc(side * side)) != NULL;
	ok &= (w->thermal = malloc(side * side * sizeof(uint16_t))) != NULL;
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		ok &= (w->codes[i] = malloc(side * side * sizeof(uint16_t))) != NULL;
	return ok;
}

static int quality_start(void *job, void **state, struct error *e)
{
	struct quality_worker *w = calloc(1, sizeof(*w));

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = job;
	return allocate(w) ? 0 : error_nomem(e, "a worker's tile");
}

/* --- windows --- */

/*
 * The working pixels of a tile, and those with what is around them: at the scene's edge there is nothing.
 * reach: pixels around; radius: of a window, a ring less where shores are looked for.
 */
struct tile {
	size_t i;
	struct rect rect, read;
	int32_t reach, radius;
};

/* pure[i] = 1 for open water that is measured in all bands; true if the tile has some. */
static bool find_pure(struct quality_worker *w, const struct tile *t)
{
	size_t n = rect_area(t->read);

	for (size_t i = 0; i < n; i++)
		w->pure[i] =
			(w->pure[i] == WATER_OPEN) & !(w->why[i] & (WHY_MIXED | WHY_SATURATED));
	for (size_t k = 0; k < w->o->quality.bands_nr; k++)
		for (size_t i = 0; i < n; i++)
			w->pure[i] &= w->packed[k][i] != 0;
	if (t->reach > t->radius)
		inner_pixels(w->pure, w->marks, t->read.w, t->read.h);
	return memchr(w->pure, 1, n) != NULL;
}

static int read_water(struct quality_worker *w, const struct tile *t, struct error *e)
{
	const struct observe *o = w->o;
	size_t class = o->shore ? PLANE_CLASS : PLANE_WATER;

	if (spool_read(o->spool, class, t->read, w->scratch, w->pure, e) ||
	    spool_read(o->spool, PLANE_MARKS, t->read, w->scratch, w->marks, e) ||
	    spool_read(o->spool, PLANE_WHY, t->read, w->scratch, w->why, e))
		return -1;
	o->context->kernels->water_marks(rect_area(t->read), w->marks, w->why);
	return 0;
}

static int read_bands(struct quality_worker *w, const struct tile *t, struct error *e)
{
	const struct observe *o = w->o;

	for (size_t i = 0; i < o->quality.bands_nr; i++)
		if (spool_read(o->spool, quality_plane(o, i), t->read, w->scratch, w->packed[i], e))
			return -1;
	return o->quality.thermal
		       ? spool_read(o->spool, PLANE_THERMAL, t->rect, w->scratch, w->thermal, e)
		       : 0;
}

/* Row y of what was read enters the columns' sums (sign 1) or leaves them (-1). */
static void step_columns(struct quality_worker *w, const struct tile *t, int32_t y, int32_t sign)
{
	const struct kernels *k = w->o->context->kernels;
	size_t n = (size_t)t->read.w, at = (size_t)y * n;

	for (size_t i = 0; i < w->o->quality.bands_nr; i++)
		k->window_add(n, sign, w->packed[i] + at, w->pure + at, w->sum[i]);
	k->window_add(n, sign, w->ones, w->pure + at, w->count);
}

static void start_columns(struct quality_worker *w, const struct tile *t)
{
	size_t bytes = (size_t)t->read.w * sizeof(int32_t);

	for (size_t i = 0; i < w->o->quality.bands_nr; i++)
		memset(w->sum[i], 0, bytes);
	memset(w->count, 0, bytes);
	for (int32_t y = 0; y < 2 * t->radius; y++)
		step_columns(w, t, y + t->reach - t->radius, 1);
}

/* Mean reflectance of row y of the tile. */
static void mean_row(struct quality_worker *w, const struct tile *t, int32_t y)
{
	const struct observe_quality *q = &w->o->quality;
	int32_t ring = t->reach - t->radius, side = 2 * t->radius + 1;

	step_columns(w, t, y + ring + 2 * t->radius, 1);
	for (size_t i = 0; i < q->bands_nr; i++)
		w->o->context->kernels->window_mean((size_t)t->rect.w, side, w->sum[i] + ring,
						    w->count + ring, w->rho[q->bands[i]]);
	step_columns(w, t, y + ring, -1);
}

/* --- rows --- */

/* Reflectance of water: what the surface itself mirrors is the same, or nearly, in all bands. */
static void take_off_glint(struct quality_worker *w, size_t n)
{
	const struct observe_quality *q = &w->o->quality;
	const struct kernels *k = w->o->context->kernels;

	if (q->corrected) {
		for (size_t i = 0; i < n; i++)
			w->value[i] = w->rho[ROLE_SWIR2][i] * q->swir2_scale;
		k->residual(n, w->rho[ROLE_SWIR1], w->value, w->o->limits.residual_most,
			    w->residual);
	}
	for (size_t i = 0; i < q->roles_nr; i++) {
		enum role role = q->roles[i];

		memcpy(w->water[role], w->rho[role], n * sizeof(float));
		if (q->corrected)
			k->subtract(n, w->residual, q->glint[role], w->water[role]);
		w->rows[role] = w->water[role];
	}
}

/* Height of the NIR above the line from red to SWIR1, of the surface as it is: FAI. */
static void floating_height(struct quality_worker *w, size_t n)
{
	float weight = index_line_weight(w->o->wavelength_nm, ROLE_RED, ROLE_NIR, ROLE_SWIR1);

	w->o->context->kernels->line_height(n, w->rho[ROLE_RED], w->rho[ROLE_NIR],
					    w->rho[ROLE_SWIR1], weight, w->height);
}

/* NIR of clear water is nothing but noise, and SWIR is what was taken off. */
static bool may_be_negative(enum role role)
{
	return role == ROLE_NIR || role == ROLE_SWIR1 || role == ROLE_SWIR2;
}

static void raise_flags(struct quality_worker *w, size_t n, uint8_t *flags)
{
	const struct observe *o = w->o;
	const struct observe_quality *q = &o->quality;
	const struct limits *l = &o->limits;
	const struct kernels *k = o->context->kernels;

	for (size_t i = 0; i < q->roles_nr; i++)
		if (!may_be_negative(q->roles[i]))
			k->quality_bands(n, w->rows[q->roles[i]], flags);
	k->quality_bright(n, w->rho[ROLE_NIR], w->rho[ROLE_SWIR1], l->quality_nir, l->quality_swir1,
			  flags);
	/* Beyond its own range turbidity is NaN: turbid too. */
	k->quality_not_below(n, w->turbidity, l->chl.turbid, QUALITY_TURBID, flags);
	k->quality_above(n, w->height, l->plants.fai, QUALITY_BLOOM, flags);
	if (o->quality.blends)
		k->quality_foot(n, w->rows[ROLE_RED], w->rows[ROLE_EDGE705], l->chl.q_low,
				l->chl_residual, flags);
}

/* The bottom may be seen where the water is clear, and near a shore or known to be shallow. */
static void flag_shallow(struct quality_worker *w, const struct tile *t, int32_t y, uint8_t *flags)
{
	float turbid = w->o->limits.shallow_turbid;

	shallow_row(w->o->quality.shallow, t->rect.x, t->rect.y + y, t->rect.w, w->near);
	for (int32_t x = 0; x < t->rect.w; x++)
		flags[x] |= w->near[x] && w->turbidity[x] < turbid ? QUALITY_SHALLOW : 0;
}

static void row_kelvin(struct quality_worker *w, size_t n, size_t at)
{
	const struct observe *o = w->o;

	memset(w->thermal_state, 0, n);
	o->context->kernels->reflectance(n, w->thermal + at, o->granule->bands[ROLE_THERMAL].calib,
					 w->kelvin, w->thermal_state);
	for (size_t i = 0; i < n; i++)
		w->kelvin[i] = w->thermal_state[i] == CALIB_VALID ? w->kelvin[i] : NAN;
	w->rows[ROLE_THERMAL] = w->kelvin;
}

static void pack_row(const struct quality_worker *w, const struct quantity_rule *rule, size_t n,
		     uint16_t *codes)
{
	const struct kernels *k = w->o->context->kernels;

	if (rule->code == QUANTITY_KELVIN)
		k->linear_pack(n, w->value, QUANTITY_KELVIN_STEP, 0.0f, codes);
	else
		k->quantity_pack(n, w->value, codes);
}

/* No value but in open water, nor where the light is not the water's, or it is full of plants. */
static void lose(size_t n, const uint8_t *pure, const uint8_t *flags, uint8_t hides,
		 uint16_t *codes)
{
	for (size_t i = 0; i < n; i++)
		codes[i] = pure[i] && !(flags[i] & hides) ? codes[i] : 0;
}

/* Where a formula has no value though its bands are good it is beyond its range. */
static void flag_lost(size_t n, const float *value, uint8_t *flags)
{
	for (size_t i = 0; i < n; i++)
		flags[i] |= isnan(value[i]) && !(flags[i] & (QUALITY_NEGATIVE | QUALITY_BRIGHT))
				    ? QUALITY_RANGE
				    : 0;
}

static void row_quantity(struct quality_worker *w, size_t which, size_t n, size_t at,
			 const uint8_t *pure)
{
	const struct observe *o = w->o;
	const struct quantity_rule *rule = o->quality.rules[which];
	const struct kernels *k = o->context->kernels;
	float zero = rule->code == QUANTITY_KELVIN ? QUANTITY_CELSIUS : 0.0f;
	struct quantity_row row = {
		.kernels = k,
		.n = n,
		.rho = w->rows,
		.turbidity = w->turbidity,
		.wavelength_nm = o->wavelength_nm,
		.optics = o->product->sensor->optics,
		.limits = &o->limits,
		.regression = &o->quality.regression,
		.sun_zenith_deg = o->quality.sun_zenith_deg,
	};

	memcpy(row.scratch, w->scratch_rows, sizeof(row.scratch));
	rule->row(&row, w->value);
	k->quality_range(n, w->value, rule->low + zero, rule->high + zero, w->flags + at);
	if (rule->skill)
		k->quality_no_skill(n, w->value, w->flags + at);
	else if (rule->colour)
		flag_lost(n, w->value, w->flags + at);
	pack_row(w, rule, n, w->codes[which] + at);
	lose(n, pure, w->flags + at, rule->hides, w->codes[which] + at);
}

static void row_colour(struct quality_worker *w, const struct tile *t, int32_t y, uint8_t *flags)
{
	size_t n = (size_t)t->rect.w;

	floating_height(w, n);
	take_off_glint(w, n);
	w->o->context->kernels->turbidity(n, w->rows[ROLE_RED], w->rows[ROLE_NIR],
					  w->o->product->sensor->optics->turbidity, w->turbidity);
	raise_flags(w, n, flags);
	flag_shallow(w, t, y, flags);
}

/* A row without open water has nothing but zeros. */
static void clear_row(struct quality_worker *w, size_t n, size_t at)
{
	memset(w->flags + at, 0, n);
	for (size_t i = 0; i < w->o->quality.rules_nr; i++)
		memset(w->codes[i] + at, 0, n * sizeof(uint16_t));
}

static void quality_row(struct quality_worker *w, const struct tile *t, int32_t y)
{
	const struct observe_quality *q = &w->o->quality;
	size_t n = (size_t)t->rect.w, at = (size_t)y * n;
	const uint8_t *pure =
		w->pure + (size_t)(y + t->reach) * (size_t)t->read.w + (size_t)t->reach;

	clear_row(w, n, at);
	mean_row(w, t, y);
	if (!memchr(pure, 1, n))
		return;
	if (q->thermal)
		row_kelvin(w, n, at);
	if (q->colour)
		row_colour(w, t, y, w->flags + at);
	for (size_t i = 0; i < q->rules_nr; i++)
		row_quantity(w, i, n, at, pure);
	for (size_t i = 0; i < n; i++)
		w->flags[at + i] = pure[i] ? w->flags[at + i] : 0;
}

static int write_planes(struct quality_worker *w, size_t tile, struct error *e)
{
	const struct observe *o = w->o;

	if (spool_write(o->spool, tile, PLANE_QUALITY, w->flags, e))
		return -1;
	for (size_t i = 0; i < o->quality.rules_nr; i++)
		if (spool_write(o->spool, tile, PLANE_QUANTITY + i, w->codes[i], e))
			return -1;
	return 0;
}

/* A tile without open water is not written: no value is what the spool has then. */
static int quality_work(void *state, size_t i, void *slot, struct error *e)
{
	struct quality_worker *w = state;
	const struct observe *o = w->o;
	int32_t reach = quality_reach(o);
	struct tile t = { .i = o->tiles[i], .reach = reach };

	(void)slot;
	t.rect = grid_tile(scene_grid(o->scene), o->context->options->tile, t.i);
	t.read = rect_grow(t.rect, reach);
	t.radius = reach - shore_ring(o);
	if (read_water(w, &t, e))
		return -1;
	if (!memchr(w->pure, WATER_OPEN, rect_area(t.read)))
		return 0;
	if (read_bands(w, &t, e))
		return -1;
	if (!find_pure(w, &t))
		return 0;
	start_columns(w, &t);
	for (int32_t y = 0; y < t.rect.h; y++)
		quality_row(w, &t, y);
	return write_planes(w, t.i, e);
}

static int quality_progress(void *job, size_t i, const void *slot, struct error *e)
{
	struct observe *o = job;

	(void)slot;
	(void)e;
	progress_step(&o->progress, i + 1);
	return 0;
}

int quality_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { quality_start, quality_work, quality_progress,
					      quality_stop };

	if (!o->quality.colour && !o->quality.thermal)
		return 0;
	progress_start(&o->progress, o->context->log, "quality", o->tiles_nr);
	return tiles_run(o->tiles_nr, o->threads, 0, &ops, o, e);
}
