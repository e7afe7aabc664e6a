/* SPDX-License-Identifier: Apache-2.0
 *
 * classify.c - from source blocks to evidence of water, reasons, packed bands and indices,
 * tile by tile on the working grid, into the spool.
 */
#include "pipeline/stage/observe.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/run/tiles.h"
#include "pipeline/stage/cloud_row.h"
#include "pipeline/stage/gaps.h"
#include "pipeline/stage/quality_pack.h"
#include "pipeline/stage/settle.h"
#include "pipeline/stage/sharpen.h"

/*
 * One worker: its reader, a tile of every role (with its halo), a tile of every
 * plane, and rows of floats.
 */
struct classify_worker {
	struct observe *o;
	struct scene_reader *reader;
	uint16_t *bands[ROLE_NR];
	uint8_t *seen, *gap;	      /* of the tile with its halo; only where there may be gaps */
	void *sharpen;		      /* scratch; only where it is done */
	struct cloud_row *cloud;      /* only where the program finds clouds itself */
	struct quality_pack *quality; /* only where the water's quality is asked for */
	struct settler *settler;      /* only where that is done at once */
	uint8_t *inside;	      /* a row of an outline */
	struct darkness darkness;     /* of the tile under way */
	float *rho[ROLE_NR], *toa, *index;
	/* state: of the water bands; index_state: of the layers' too; spare_state: of others */
	uint8_t *state, *index_state, *spare_state, *code;
	uint16_t *no_fmask; /* a row of zeros */
	uint8_t *evidence;
	uint32_t *why;
	uint16_t *packed[FRACTION_BANDS];
	int16_t *indices[OBSERVE_INDICES_MAX];
};

/* A row: its pixel on the working grid, and where it lies in what was read and in what is made. */
struct place {
	int32_t x, y;
	size_t in, out;
};

static const enum role packed_roles[FRACTION_BANDS] = { ROLE_NIR, ROLE_SWIR1, ROLE_SWIR2 };

static size_t tile_pixels(const struct observe *o)
{
	return (size_t)o->context->options->tile * (size_t)o->context->options->tile;
}

/* Side of the largest square that holds a tile with its halo. */
static int32_t read_side(const struct observe *o)
{
	return o->context->options->tile + 2 * o->halo;
}

static size_t read_pixels(const struct observe *o)
{
	return (size_t)read_side(o) * (size_t)read_side(o);
}

size_t classify_bytes(const struct observe *o, int threads)
{
	int32_t side = read_side(o);
	size_t pixel = sizeof(uint8_t) + sizeof(uint32_t) + 3 * sizeof(uint16_t) +
		       o->indices_nr * sizeof(int16_t);
	size_t read = o->roles_nr * sizeof(uint16_t) + (o->gaps ? 2 : 0);
	size_t rows = (size_t)side * (ROLE_NR + 5) * sizeof(float);

	return (size_t)threads *
		       (tile_pixels(o) * pixel + read_pixels(o) * read + rows +
			(o->sharpened ? sharpen_bytes(side, side) : 0) + cloud_row_bytes(o) +
			quality_pack_bytes(o) + (o->at_once ? settler_bytes(o) : 0) +
			scene_reader_bytes(o->scene, side)) +
	       (o->at_once ? settle_shared_bytes(o) : 0) + scene_peak_bytes(o->scene, threads) +
	       (o->quicklook ? thumbnail_bytes(scene_grid(o->scene)) : 0) +
	       (o->sun ? OBSERVE_SUN_FACTORS * sizeof(float) : 0);
}

static void classify_stop(void *state)
{
	struct classify_worker *w = state;

	for (size_t i = 0; i < OBSERVE_INDICES_MAX; i++)
		free(w->indices[i]);
	for (size_t i = 0; i < FRACTION_BANDS; i++)
		free(w->packed[i]);
	free(w->why);
	free(w->evidence);
	free(w->no_fmask);
	free(w->code);
	free(w->spare_state);
	free(w->index_state);
	free(w->state);
	free(w->index);
	free(w->toa);
	free(w->inside);
	settler_free(w->settler);
	quality_pack_free(w->quality);
	cloud_row_free(w->cloud);
	free(w->sharpen);
	free(w->gap);
	free(w->seen);
	for (size_t i = 0; i < ROLE_NR; i++) {
		free(w->rho[i]);
		free(w->bands[i]);
	}
	scene_reader_free(w->reader);
	free(w);
}

/* Allocate all that a worker needs; on failure classify_stop() releases what there is. */
static int allocate(struct classify_worker *w)
{
	const struct observe *o = w->o;
	size_t n = tile_pixels(o), row = (size_t)o->context->options->tile;
	bool ok = true;

	for (size_t i = 0; i < o->roles_nr; i++) {
		enum role role = o->roles[i];

		ok &= (w->bands[role] = malloc(read_pixels(o) * sizeof(uint16_t))) != NULL;
		ok &= (w->rho[role] = malloc(row * sizeof(float))) != NULL;
	}
	for (size_t i = 0; o->shore && i < FRACTION_BANDS; i++)
		ok &= (w->packed[i] = malloc(n * sizeof(uint16_t))) != NULL;
	for (size_t i = 0; i < o->indices_nr; i++)
		ok &= (w->indices[i] = malloc(n * sizeof(int16_t))) != NULL;
	if (o->gaps) {
		ok &= (w->seen = malloc(read_pixels(o))) != NULL;
		ok &= (w->gap = malloc(read_pixels(o))) != NULL;
	}
	if (o->sharpened)
		ok &= (w->sharpen = malloc(sharpen_bytes(read_side(o), read_side(o)))) != NULL;
	ok &= (w->inside = malloc(row)) != NULL;
	ok &= (w->toa = malloc(row * sizeof(float))) != NULL;
	ok &= (w->index = malloc(row * sizeof(float))) != NULL;
	ok &= (w->state = malloc(row)) != NULL;
	ok &= (w->index_state = malloc(row)) != NULL;
	ok &= (w->spare_state = calloc(row, 1)) != NULL;
	/* Zeros where the method makes no DSWE codes. */
	ok &= (w->code = calloc(row, 1)) != NULL;
	ok &= (w->no_fmask = calloc(row, sizeof(uint16_t))) != NULL;
	ok &= (w->evidence = malloc(n)) != NULL;
	ok &= (w->why = malloc(n * sizeof(uint32_t))) != NULL;
	return ok ? 0 : -1;
}

static int classify_start(void *job, void **state, struct error *e)
{
	struct observe *o = job;
	struct classify_worker *w = calloc(1, sizeof(*w));

	*state = w;
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	if (allocate(w))
		return error_nomem(e, "a worker's tile");
	if ((o->cloud.wanted && cloud_row_new(&w->cloud, o, e)) ||
	    quality_pack_new(&w->quality, o, e) || (o->at_once && settler_new(&w->settler, o, e)))
		return -1;
	return scene_reader_new(&w->reader, o->scene, o->context->kernels, read_side(o), e);
}

static void row_reflectance(struct classify_worker *w, enum role role, size_t at, size_t n,
			    uint8_t *state)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	struct calib calib = o->granule->bands[role].calib;

	float *rho = o->toa ? w->toa : w->rho[role];

	/* Cloud tests are made for light at the top of the atmosphere. */
	if (o->toa && w->cloud)
		rho = cloud_row_toa(w->cloud, role);
	k->reflectance(n, w->bands[role] + at, calib, rho, state);
	if (o->sun)
		k->sun(n, w->bands[ROLE_SUN_ZENITH] + at, o->sun, rho);
	if (o->toa)
		k->rayleigh(n, rho, o->rayleigh[role], w->rho[role]);
}

/* A band that only an index needs must not hide water where it has no data. */
static void row_bands(struct classify_worker *w, size_t at, size_t n)
{
	const struct observe *o = w->o;

	memset(w->state, 0, n);
	for (size_t i = 0; i < o->water_roles_nr; i++)
		row_reflectance(w, o->water_roles[i], at, n, w->state);
	memcpy(w->index_state, w->state, n);
	for (size_t i = 0; i < o->roles_nr; i++)
		if (role_is_reflectance(o->roles[i]) && !observe_is_water_role(o, o->roles[i]))
			row_reflectance(w, o->roles[i], at, n,
					observe_is_layer_role(o, o->roles[i]) ? w->index_state
									      : w->spare_state);
}

static void add_reason(size_t n, const uint8_t *where, uint32_t reason, uint32_t *why)
{
	for (size_t i = 0; i < n; i++)
		why[i] |= where[i] ? reason : 0;
}

static void row_outline(struct classify_worker *w, const struct region *outline, struct place at,
			size_t n, uint32_t reason)
{
	if (!outline)
		return;
	region_row(outline, at.x, at.y, (int32_t)n, w->inside);
	add_reason(n, w->inside, reason, w->why + at.out);
}

/* Values that no definition lists are told: a mask may mean something that is not known here. */
static void count_unknown(struct observe *o, size_t n, const uint16_t *values,
			  struct mask_rule unknown)
{
	int64_t found = 0;

	if (!unknown.bits)
		return;
	for (size_t i = 0; i < n; i++) {
		uint16_t v = values[i] & unknown.bits;

		found += (v >= unknown.low) & (v <= unknown.high);
	}
	if (found)
		o->unknown_mask_values += found;
}

/* Reasons from the product's masks and cloud outlines, and gaps. */
static void row_masks(struct classify_worker *w, struct place at, size_t n)
{
	const struct observe *o = w->o;
	uint32_t *why = w->why + at.out;

	for (size_t i = 0; i < n; i++)
		why[i] = o->everywhere;
	for (size_t i = 0; i < o->masks_nr; i++) {
		const struct observe_mask *m = &o->masks[i];

		for (size_t k = 0; k < m->rules_nr; k++)
			o->context->kernels->mask(n, w->bands[m->role] + at.in, m->rules[k], why);
		count_unknown(w->o, n, w->bands[m->role] + at.in, m->unknown);
	}
	row_outline(w, o->opaque, at, n, WHY_CLOUD);
	row_outline(w, o->cirrus, at, n, WHY_CIRRUS);
	if (o->gaps)
		add_reason(n, w->gap + at.in, WHY_GAP, why);
}

/* Evidence of water by the method. */
static void row_evidence(struct classify_worker *w, struct place at, size_t n)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	const float *const *rho = (const float *const *)w->rho;
	const uint16_t *fmask = w->bands[ROLE_FMASK];
	struct method_row row = {
		.kernels = k,
		.n = n,
		.rho = rho,
		.code = w->code,
		.fmask = fmask ? fmask + at.in : w->no_fmask,
		.index = w->index,
		.limits = &o->limits,
		.evidence = w->evidence + at.out,
	};
	struct index_row index = { k, n, rho, o->tcw, o->wavelength_nm };

	if (method_has_dswe(o->choice.method))
		k->dswe(n, rho[ROLE_BLUE], rho[ROLE_GREEN], rho[ROLE_RED], rho[ROLE_NIR],
			rho[ROLE_SWIR1], rho[ROLE_SWIR2], o->limits.dswe, w->code);
	if (o->method_plane) {
		/* The threshold comes later; any index is below this one. */
		memset(w->evidence + at.out, EVIDENCE_PALE, n);
		return;
	}
	if (o->choice.method->index)
		o->index->row(&index, w->index);
	o->choice.method->row(&row);
}

static void row_why(struct classify_worker *w, struct place at, size_t n)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	uint32_t *why = w->why + at.out;

	row_masks(w, at, n);
	k->water_why(n, w->code, w->state, w->evidence + at.out, why);
	if (o->glint)
		k->glint(n, w->rho[ROLE_SWIR1], w->evidence + at.out, o->limits.glint_swir1, why);
}

static void row_quality(struct classify_worker *w, struct place at, size_t n)
{
	const struct quality_span span = {
		.n = n,
		.at = at.out,
		.rho = w->rho,
		.thermal = w->bands[ROLE_THERMAL] ? w->bands[ROLE_THERMAL] + at.in : NULL,
		.state = w->index_state,
	};

	if (w->quality)
		quality_pack_row(w->quality, &span);
}

static void classify_row(struct classify_worker *w, struct place at, size_t n)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	const float *const *rho = (const float *const *)w->rho;
	struct index_row row = { k, n, rho, o->tcw, o->wavelength_nm };

	row_bands(w, at.in, n);
	row_evidence(w, at, n);
	row_why(w, at, n);
	if (w->cloud)
		cloud_row(w->cloud, w->rho,
			  w->bands[ROLE_THERMAL] ? w->bands[ROLE_THERMAL] + at.in : NULL, w->state,
			  n, at.out);
	row_quality(w, at, n);
	if (o->doubted && rho[ROLE_SWIR2])
		darkness_count(&w->darkness, n, rho[ROLE_SWIR2], w->state);
	for (size_t i = 0; o->shore && i < FRACTION_BANDS; i++)
		k->pack(n, rho[packed_roles[i]], w->packed[i] + at.out);
	for (size_t i = 0; i < o->indices_nr; i++) {
		o->indices[i]->row(&row, w->index);
		k->index_pack(n, w->index, w->index_state, w->indices[i] + at.out);
	}
}

/* Which pixels of the tile and its halo lie in a gap: those where no band of the water rules has data. */
static void find_gaps(struct classify_worker *w, struct rect read)
{
	const struct observe *o = w->o;
	size_t n = (size_t)read.w * (size_t)read.h;

	memset(w->seen, 0, n);
	for (size_t i = 0; i < o->water_roles_nr; i++) {
		const uint16_t *band = w->bands[o->water_roles[i]];
		uint16_t fill = o->granule->bands[o->water_roles[i]].calib.fill;

		for (size_t k = 0; k < n; k++)
			w->seen[k] |= band[k] != fill;
	}
	gaps_find(w->seen, read.w, read.h, w->gap);
}

static int spool_tile(struct classify_worker *w, size_t tile, struct error *e)
{
	struct spool *s = w->o->spool;

	if (!w->o->at_once && spool_write(s, tile, PLANE_EVIDENCE, w->evidence, e))
		return -1;
	if ((!w->o->at_once || w->o->reasons) && spool_write(s, tile, PLANE_WHY, w->why, e))
		return -1;
	for (size_t i = 0; w->o->shore && i < FRACTION_BANDS; i++)
		if (spool_write(s, tile, PLANE_NIR + i, w->packed[i], e))
			return -1;
	for (size_t i = 0; i < w->o->indices_nr; i++)
		if (spool_write(s, tile, PLANE_INDEX + i, w->indices[i], e))
			return -1;
	return 0;
}

/* SWIR bands with the detail of the NIR band; zero means black, so the air's part is taken off. */
static void sharpen(struct classify_worker *w, struct rect read)
{
	static const enum role swir[] = { ROLE_SWIR1, ROLE_SWIR2 };
	const struct observe *o = w->o;
	struct sharpen s = { .tile = read };

	s.nir = o->granule->bands[ROLE_NIR].calib;
	s.nir.bias -= o->toa ? o->rayleigh[ROLE_NIR].path : 0.0f;
	for (size_t i = 0; i < 2; i++) {
		s.swir = o->granule->bands[swir[i]].calib;
		s.swir.bias -= o->toa ? o->rayleigh[swir[i]].path : 0.0f;
		if (w->bands[swir[i]])
			sharpen_tile(&s, w->bands[ROLE_NIR], w->bands[swir[i]], w->sharpen);
	}
}

/* May a pixel of the tile become open water?  Without any evidence none does, by whatever grows. */
static bool may_be_open(const struct classify_worker *w, struct rect r)
{
	uint8_t wet = w->o->method_plane ? EVIDENCE_OPEN : 0;

	for (size_t i = 0; i < rect_area(r) && !wet; i++)
		wet = w->evidence[i] & (EVIDENCE_OPEN | EVIDENCE_GROW);
	return wet;
}

/* What a worker hands over in order; behind it, where tiles are settled at once, what settle joins. */
struct slot {
	struct darkness darkness;
	uint64_t settled[];
};

static int classify_work(void *state, size_t i, void *slot, struct error *e)
{
	struct classify_worker *w = state;
	struct observe *o = w->o;
	struct slot *out = slot;
	size_t tile = o->tiles[i];
	struct rect r = grid_tile(scene_grid(o->scene), o->context->options->tile, tile);
	struct rect read = observe_with_halo(o, r);

	/* The rasters go to the spool, at a place of their own. */
	w->darkness = (struct darkness){ 0 };
	if (scene_read(w->reader, read, w->bands, e))
		return -1;
	if (o->gaps)
		find_gaps(w, read);
	if (o->cloud.displaced)
		cloud_row_displaced(w->cloud, w->bands, read, r);
	if (o->sharpened)
		sharpen(w, read);
	for (int32_t y = 0; y < r.h; y++) {
		struct place at = { r.x, r.y + y,
				    (size_t)(y + r.y - read.y) * (size_t)read.w +
					    (size_t)(r.x - read.x),
				    (size_t)y * (size_t)r.w };

		classify_row(w, at, (size_t)r.w);
		if (o->quicklook)
			thumbnail_row(&o->thumbnail, r.x, r.y + y, r.w, w->rho[o->picture[0]],
				      w->rho[o->picture[1]], w->rho[o->picture[2]]);
	}
	out->darkness = w->darkness;
	if ((w->cloud && cloud_row_spool(w->cloud, tile, e)) ||
	    (w->quality && quality_pack_spool(w->quality, tile, may_be_open(w, r), e)))
		return -1;
	if (spool_tile(w, tile, e))
		return -1;
	return w->settler ? settler_tile(w->settler, tile, w->evidence, w->why, out->settled, e)
			  : 0;
}

static int classify_progress(void *job, size_t i, const void *slot, struct error *e)
{
	struct observe *o = job;
	const struct slot *in = slot;

	darkness_add(&o->darkness, &in->darkness);
	progress_step(&o->progress, i + 1);
	return o->at_once ? settle_join(o, o->tiles[i], in->settled, e) : 0;
}

int classify_run(struct observe *o, struct error *e)
{
	static const struct tiles_ops ops = { classify_start, classify_work, classify_progress,
					      classify_stop };

	progress_start(&o->progress, o->context->log, "classify", o->tiles_nr);
	if (o->at_once && settle_begin(o, e))
		return -1;
	if (tiles_run(o->tiles_nr, o->threads,
		      sizeof(struct slot) + (o->at_once ? settle_slot_size(o) : 0), &ops, o, e))
		return -1;
	if (o->unknown_mask_values)
		log_event(
			o->context->log, LOG_WARNING, CODE_WARNING_MASK_VALUES,
			"%s: %lld pixels have mask values that the product's definition does not list",
			o->product->id, (long long)o->unknown_mask_values);
	return 0;
}
