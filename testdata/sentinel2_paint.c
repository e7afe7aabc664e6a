/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_granule.h"

#include <math.h>
#include <string.h>

#include "testdata/noise.h"
#include "testdata/sentinel2_cell.h"
#include "testdata/snr.h"

enum {
	DN_MAX = 32767,	 /* 15 bits */
	QUALIT_LOST = 2, /* the layer "MSI lost" */
	LOST_BAND = 3,	 /* B04 */
};

/* The mean reflectance of a pixel of a band, or the mean fraction. */
static double mean_rho(const struct image *m, const struct ground_row *rows, int y, int x)
{
	int k = m->factor;
	double sum = 0;

	for (int j = y * k; j < (y + 1) * k; j++)
		for (int i = x * k; i < (x + 1) * k; i++)
			sum += (double)(m->what == WHAT_FRACTION
						? rows[j].fraction[i]
						: ground_rho(&rows[j], m->band,
							     msi_bands[m->band].role, i));
	return sum / (k * k);
}

/* Were all pixels of a cell seen?  The western ones decide. */
static bool cell_seen(const struct sentinel2 *s, const struct image *m, int row, int x)
{
	double late = m->what == WHAT_BAND ? m->band % 4 * LATE_STEP_M : LATE_MAX_M;
	int k = m->factor;

	return ground_seen(&s->ground, x * k, row, late) &&
	       ground_seen(&s->ground, x * k, row + k - 1, late);
}

static uint16_t band_value(const struct sentinel2 *s, const struct image *m, double rho,
			   double noise)
{
	double v = rho * m->transmittance + m->air_path + noise;
	double dn = floor(v * s->o->quantification + 0.5) - s->o->offset[m->band];

	return (uint16_t)(dn < 1 ? 1 : dn > DN_MAX ? DN_MAX : dn);
}

/* c: NULL where the pixel was not seen; lost: on its way from the satellite. */
static void store_mask(const struct image *m, size_t at, const struct cell *c, bool lost)
{
	uint8_t *byte = m->strip;

	if (m->what == WHAT_SCL) {
		byte[at] = (uint8_t)(c ? cell_class(c) : 0);
	} else if (m->what == WHAT_QUALIT) {
		memset(byte + QUALIT_LAYERS * at, 0, QUALIT_LAYERS);
		byte[QUALIT_LAYERS * at + QUALIT_LOST] = lost;
	} else if (m->what == WHAT_CLOUD_PROBABILITY) {
		byte[at] = c ? cell_cloud_probability(c) : 0;
	} else {
		byte[3 * at] = c && cell_cloudy(c);
		byte[3 * at + 1] = byte[3 * at + 2] = 0;
	}
}

/* A line as the sensor sees it; beyond the window the outermost line repeats. */
static const float *spread_line(const struct sentinel2 *s, int worker, const struct image *m,
				int line, int y, const struct ground_row *rows)
{
	int width = s->safe->grid.width / m->factor, last = s->safe->grid.height / m->factor - 1;
	float *out = s->spread[worker] + (size_t)PSF_LINES * (size_t)width;
	const float *about[PSF_LINES];

	for (int k = 0; k <= 2 * s->psf.reach; k++) {
		int at = line + k - s->psf.reach;
		float *mean = s->spread[worker] + (size_t)k * (size_t)width;

		at = at < 0 ? 0 : at > last ? last : at;
		for (int x = 0; x < width; x++)
			mean[x] = (float)mean_rho(m, rows, y + at - line, x);
		about[k] = mean;
	}
	psf_line(&s->psf, about, width, s->spread_scratch[worker], out);
	return out;
}

static void band_line(const struct sentinel2 *s, int worker, const struct image *m, int line, int y,
		      const struct ground_row *rows)
{
	const struct grid *g = &s->safe->grid;
	int k = m->factor, width = g->width / k;
	int64_t lattice_x = (int64_t)(g->e0 / (10 * k)), lattice_y = (int64_t)(g->n0 / (10 * k));
	uint64_t key =
		hash64(s->o->seed ^ m->noise_key ^ hash64((uint64_t)moment_days(&s->o->when)));
	double sigma = s->o->snr ? snr_noise_msi(m->band, s->safe->air.sun_zenith) : s->o->noise;
	const float *spread = s->psf.reach ? spread_line(s, worker, m, line, y, rows) : NULL;
	uint16_t *out = (uint16_t *)m->strip + (size_t)(line - s->y0 / k) * (size_t)width;

	for (int x = 0; x < width; x++) {
		uint64_t place = hash_place(key, lattice_x + x, lattice_y - line);

		out[x] = 0;
		if (cell_seen(s, m, line * k, x))
			out[x] = band_value(s, m,
					    spread ? (double)spread[x] : mean_rho(m, rows, y, x),
					    sigma * (double)hash_bell(place));
	}
}

static void mask_line(const struct sentinel2 *s, const struct image *m, int line, int y,
		      const struct ground_row *rows)
{
	int k = m->factor, width = s->safe->grid.width / k;
	size_t at = (size_t)(line - s->y0 / k) * (size_t)width;
	bool lost =
		m->what == WHAT_QUALIT && m->band == LOST_BAND && ground_lost(&s->ground, line * k);

	for (int x = 0; x < width; x++) {
		struct cell c = cell_gather(rows, k, y, x);

		store_mask(m, at + (size_t)x, cell_seen(s, m, line * k, x) ? &c : NULL, lost);
	}
}

static void image_rows(const struct sentinel2 *s, int worker, const struct image *m, int group,
		       const struct ground_row *rows)
{
	int lines = GROUP / m->factor, first = s->y0 / m->factor + group * lines;

	for (int y = 0; y < lines; y++) {
		if (m->what == WHAT_BAND)
			band_line(s, worker, m, first + y, y, rows);
		else
			mask_line(s, m, first + y, y, rows);
	}
}

/* The scene classification at 20 m, for the percentages of both levels. */
static void count_classes(struct sentinel2 *s, int group, const struct ground_row *rows)
{
	const struct image at20 = { .what = WHAT_SCL, .factor = 2 };
	int row = s->y0 + group * GROUP;
	long *count = s->classes[row / GROUP];

	memset(count, 0, sizeof(*s->classes));
	for (int y = 0; y < GROUP / 2; y++)
		for (int x = 0; x < s->safe->grid.width / 2; x++) {
			struct cell c = cell_gather(rows, 2, y, x);

			count[cell_seen(s, &at20, row + 2 * y, x) ? cell_class(&c) : 0]++;
		}
}

/* The fraction as bands of 10 and of 20 m see it. */
static void note_seen(struct sentinel2 *s, int worker, int group, const struct ground_row *rows)
{
	for (int factor = 1; factor <= 2; factor++) {
		const struct image fraction = { .what = WHAT_FRACTION, .factor = factor };
		int lines = GROUP / factor;

		for (int y = 0; y < lines; y++) {
			int in_strip = group * lines + y, line = s->y0 / factor + in_strip;

			truth_note_seen(&s->truth, factor, in_strip, line, LATE_MAX_M,
					spread_line(s, worker, &fraction, line, y, rows));
		}
	}
}

void granule_paint(struct sentinel2 *s, int worker, int group, const struct ground_row *rows)
{
	for (int i = 0; i < s->images; i++)
		image_rows(s, worker, &s->image[i], group, rows);
	count_classes(s, group, rows);
	if (s->psf.reach)
		note_seen(s, worker, group, rows);
}
