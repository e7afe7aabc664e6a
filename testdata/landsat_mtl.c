/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/landsat_mtl_parts.h"

#include <stdio.h>
#include <stdlib.h>

bool mtl_in_product(const struct odl *d, const struct landsat_band *b)
{
	return d->level1 ? b->level1 : b->level2 != NULL;
}

bool mtl_has_mask(const struct odl *d, const struct landsat_mask *k)
{
	return landsat_mask_in(k, d->m->options, d->m->sensor.id == LANDSAT_OLI);
}

/* A group whose name Collection 2 begins with LEVEL1_. */
static void begin(struct odl *d, const char *name)
{
	char whole[64];

	snprintf(whole, sizeof(whole), "%s%s", d->prefix, name);
	mtl_group(d->text, whole);
}

void mtl_part_saturation(struct odl *d)
{
	const struct landsat_mtl *m = d->m;

	for (int i = 0; i < m->sensor.n; i++) {
		const struct landsat_band *b = &m->sensor.band[i];

		if (m->sensor.id != LANDSAT_OLI || b->role != ROLE_KELVIN)
			line(d, "SATURATION_BAND_%s = \"%s\"", b->name,
			     m->saturated >> b->saturation_bit & 1 ? "Y" : "N");
	}
}

/* Corners are those of the outer pixels' centres. */
int mtl_part_corners(struct odl *d, struct failure *f)
{
	static const char *const name[4] = { "UL", "UR", "LL", "LR" };
	const struct grid *g = &d->m->grid;
	double half = g->pixel_m / 2, e[4], n[4], p[2];

	for (int i = 0; i < 4; i++) {
		e[i] = g->e0 + half + (i % 2 ? (g->width - 1) * g->pixel_m : 0);
		n[i] = g->n0 - half - (i / 2 ? (g->height - 1) * g->pixel_m : 0);
		if (plane_lonlat(g, e[i], n[i], p, f))
			return -1;
		line(d, "CORNER_%s_LAT_PRODUCT = %.5f", name[i], p[1]);
		line(d, "CORNER_%s_LON_PRODUCT = %.5f", name[i], p[0]);
	}
	for (int i = 0; i < 4; i++) {
		line(d, "CORNER_%s_PROJECTION_X_PRODUCT = %.3f", name[i], e[i]);
		line(d, "CORNER_%s_PROJECTION_Y_PRODUCT = %.3f", name[i], n[i]);
	}
	return 0;
}

static void reflectance_ranges(struct odl *d)
{
	const struct landsat_sensor *s = &d->m->sensor;

	begin(d, "MIN_MAX_REFLECTANCE");
	for (int i = 0; i < s->n; i++)
		if (s->band[i].role != ROLE_KELVIN) {
			line(d, "REFLECTANCE_MAXIMUM_BAND_%s = %.6f", s->band[i].name,
			     s->band[i].reflectance_max);
			line(d, "REFLECTANCE_MINIMUM_BAND_%s = %.6f", s->band[i].name,
			     s->band[i].reflectance_min);
		}
}

void mtl_part_ranges(struct odl *d)
{
	const struct landsat_sensor *s = &d->m->sensor;
	int digits = s->id == LANDSAT_OLI ? 5 : 3;

	begin(d, "MIN_MAX_RADIANCE");
	for (int i = 0; i < s->n; i++) {
		line(d, "RADIANCE_MAXIMUM_BAND_%s = %.*f", s->band[i].name, digits,
		     s->band[i].radiance_max);
		line(d, "RADIANCE_MINIMUM_BAND_%s = %.*f", s->band[i].name, digits,
		     s->band[i].radiance_min);
	}
	if (!d->radiance_only)
		reflectance_ranges(d);
	begin(d, "MIN_MAX_PIXEL_VALUE");
	for (int i = 0; i < s->n; i++) {
		line(d, "QUANTIZE_CAL_MAX_BAND_%s = %d", s->band[i].name, s->dn_max);
		line(d, "QUANTIZE_CAL_MIN_BAND_%s = 1", s->band[i].name);
	}
}

void mtl_part_rescaling(struct odl *d)
{
	const struct landsat_sensor *s = &d->m->sensor;

	begin(d, "RADIOMETRIC_RESCALING");
	for (int i = 0; i < s->n; i++)
		line(d,
		     d->radiance_only ? "RADIANCE_MULT_BAND_%s = %.3f"
				      : "RADIANCE_MULT_BAND_%s = %.4E",
		     s->band[i].name, s->band[i].radiance_mult);
	for (int i = 0; i < s->n; i++)
		line(d, "RADIANCE_ADD_BAND_%s = %.5f", s->band[i].name, s->band[i].radiance_add);
	if (d->radiance_only)
		return;
	for (int i = 0; i < s->n; i++)
		if (s->band[i].role != ROLE_KELVIN)
			line(d, "REFLECTANCE_MULT_BAND_%s = %.4E", s->band[i].name,
			     s->band[i].reflectance_mult);
	for (int i = 0; i < s->n; i++)
		if (s->band[i].role != ROLE_KELVIN)
			line(d, "REFLECTANCE_ADD_BAND_%s = %.6f", s->band[i].name,
			     s->band[i].reflectance_add);
}

void mtl_part_thermal(struct odl *d, const char *name)
{
	const struct landsat_sensor *s = &d->m->sensor;

	mtl_group(d->text, name);
	for (int i = 0; i < s->n; i++)
		if (s->band[i].role == ROLE_KELVIN) {
			line(d, "K1_CONSTANT_BAND_%s = %.*f", s->band[i].name,
			     s->id == LANDSAT_OLI ? 4 : 2, s->band[i].k1);
			line(d, "K2_CONSTANT_BAND_%s = %.*f", s->band[i].name,
			     s->id == LANDSAT_OLI ? 4 : 2, s->band[i].k2);
		}
}

int landsat_mtl_write(const struct landsat_mtl *m, const char *folder, struct failure *f)
{
	const struct options *o = m->options;
	bool now = o->collection == COLLECTION_2;
	struct odl d = { .m = m,
			 .level1 = options_level1(o),
			 .prefix = now ? "LEVEL1_" : "",
			 .radiance_only = landsat_radiance_only(&m->sensor, o) };
	char stem[1100];
	int ret;

	d.text = calloc(1, sizeof(*d.text));
	if (!d.text)
		return fail(f, "no memory for the metadata of %s", m->id);
	d.text->root = now ? "LANDSAT_METADATA_FILE" : "L1_METADATA_FILE";
	d.text->numbers = !now;
	snprintf(stem, sizeof(stem), "%s/%s_MTL", folder, m->id);
	ret = now ? mtl_collection2(&d, f) : mtl_before(&d, f);
	if (!ret)
		ret = mtl_write(d.text, stem, o->mtl, f);
	free(d.text);
	return ret;
}
