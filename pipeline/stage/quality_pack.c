/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/quality_pack.h"

#include <stdlib.h>
#include <string.h>

struct quality_pack {
	const struct observe *o;
	/* rows */
	float *height;
	uint8_t *code;
	/* tiles */
	uint16_t *packed[QUALITY_BANDS_MAX]; /* NULL: a plane of the fraction has it */
	uint16_t *thermal;
	uint8_t *plants;
};

static size_t tile_side(const struct observe *o)
{
	return (size_t)o->context->options->tile;
}

/* The bands that fractions are made of lie in the spool already. */
size_t quality_plane(const struct observe *o, size_t band)
{
	enum role role = o->quality.bands[band];

	if (o->shore && role == ROLE_NIR)
		return PLANE_NIR;
	if (o->shore && role == ROLE_SWIR1)
		return PLANE_SWIR1;
	return o->shore && role == ROLE_SWIR2 ? PLANE_SWIR2 : PLANE_BAND + band;
}

static bool is_own(const struct observe *o, size_t band)
{
	return quality_plane(o, band) == PLANE_BAND + band;
}

size_t quality_pack_bytes(const struct observe *o)
{
	size_t side = tile_side(o);

	if (!observe_has_quality(o))
		return 0;
	return sizeof(struct quality_pack) + side * (sizeof(float) + 1) +
	       side * side * ((o->quality.bands_nr + 1) * sizeof(uint16_t) + 1);
}

void quality_pack_free(struct quality_pack *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < QUALITY_BANDS_MAX; i++)
		free(w->packed[i]);
	free(w->plants);
	free(w->thermal);
	free(w->code);
	free(w->height);
	free(w);
}

static bool allocate(struct quality_pack *w)
{
	const struct observe_quality *q = &w->o->quality;
	size_t side = tile_side(w->o), tile = side * side;
	bool ok = true;

	for (size_t i = 0; i < q->bands_nr; i++)
		if (is_own(w->o, i))
			ok &= (w->packed[i] = malloc(tile * sizeof(uint16_t))) != NULL;
	ok &= !q->thermal || (w->thermal = malloc(tile * sizeof(uint16_t))) != NULL;
	ok &= (w->height = malloc(side * sizeof(float))) != NULL;
	ok &= (w->code = malloc(side)) != NULL;
	ok &= (w->plants = malloc(tile)) != NULL;
	return ok;
}

int quality_pack_new(struct quality_pack **out, const struct observe *o, struct error *e)
{
	struct quality_pack *w;

	*out = NULL;
	if (!observe_has_quality(o))
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return error_nomem(e, "a worker");
	w->o = o;
	if (!allocate(w)) {
		quality_pack_free(w);
		return error_nomem(e, "a worker's tile");
	}
	*out = w;
	return 0;
}

static void row_plants(struct quality_pack *w, const struct quality_span *s)
{
	const struct observe *o = w->o;
	const struct kernels *k = o->context->kernels;
	float weight = index_line_weight(o->wavelength_nm, ROLE_RED, ROLE_NIR, ROLE_SWIR1);

	k->line_height(s->n, s->rho[ROLE_RED], s->rho[ROLE_NIR], s->rho[ROLE_SWIR1], weight,
		       w->height);
	k->dswe(s->n, s->rho[ROLE_BLUE], s->rho[ROLE_GREEN], s->rho[ROLE_RED], s->rho[ROLE_NIR],
		s->rho[ROLE_SWIR1], s->rho[ROLE_SWIR2], o->limits.dswe, w->code);
	k->plants(s->n, s->rho[ROLE_RED], s->rho[ROLE_NIR], s->rho[ROLE_SWIR1], w->code, w->height,
		  o->limits.plants, w->plants + s->at);
}

/* A pixel without a measurement in one of the bands has a 0. */
static void row_band(struct quality_pack *w, const struct quality_span *s, size_t band)
{
	uint16_t *packed = w->packed[band] + s->at;

	w->o->context->kernels->pack(s->n, s->rho[w->o->quality.bands[band]], packed);
	for (size_t i = 0; i < s->n; i++)
		packed[i] = s->state[i] & (CALIB_FILL | CALIB_SATURATED) ? 0 : packed[i];
}

void quality_pack_row(struct quality_pack *w, const struct quality_span *s)
{
	const struct observe_quality *q = &w->o->quality;

	for (size_t i = 0; i < q->bands_nr; i++)
		if (w->packed[i])
			row_band(w, s, i);
	if (q->thermal)
		memcpy(w->thermal + s->at, s->thermal, s->n * sizeof(*w->thermal));
	if (q->plants)
		row_plants(w, s);
}

int quality_pack_spool(struct quality_pack *w, size_t tile, bool open, struct error *e)
{
	const struct observe *o = w->o;

	for (size_t i = 0; i < o->quality.bands_nr && open; i++)
		if (w->packed[i] && spool_write(o->spool, tile, PLANE_BAND + i, w->packed[i], e))
			return -1;
	if (open && o->quality.thermal && spool_write(o->spool, tile, PLANE_THERMAL, w->thermal, e))
		return -1;
	return o->quality.plants ? spool_write(o->spool, tile, PLANE_PLANTS, w->plants, e) : 0;
}
