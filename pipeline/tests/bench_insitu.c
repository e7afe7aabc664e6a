/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_insitu: the program's own rules of water quality (pipeline/stage/quantity.c) on spectra in place of scenes.
 *
 * Reads CSV on stdin: a number of the spectrum, then rho_w of narrow bands (HEADER); an empty field is a
 * band that is absent.  Prints CSV: every algorithm's value, nan where it has none, and the flags of the
 * default chlorophyll (enum quality).  Values are not hidden where flags would hide them in a map.
 * Exit status 65: what was read is no such CSV.
 *
 * Near infrared without a band there: turbidity is of the red branch alone, whatever the red.  Columns
 * of OLI take the bands for those of OLI, its turbidity included.  What the surface mirrors is taken off where
 * both short-wave infrared bands are there, as the program does.
 */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/sensor.h"
#include "pipeline/stage/quantity.h"

#define HEADER	       "id,b443,b490,g560,r665,e705,n740,n783,n865,s1610,s2200"
#define BANDS	       10
#define LINE_MAX_BYTES 1000
/* No reflectance of water is beyond; a table's mark of what is missing is. */
#define RHO_LEAST (-1.0f)
#define RHO_MOST  2.0f

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const enum role band_roles[BANDS] = { ROLE_COASTAL, ROLE_BLUE,	 ROLE_GREEN,   ROLE_RED,
					     ROLE_EDGE705, ROLE_EDGE740, ROLE_EDGE783, ROLE_NIR,
					     ROLE_SWIR1,   ROLE_SWIR2 };

/* HLS's MSI is Sentinel-2A's with a near infrared at 865 nm, as the spectra have it. */
enum seen_by { BY_MSI, BY_OLI, BY_NR };

struct bench;
static void row_ndci(const struct bench *b, float *out);
static void row_mci(const struct bench *b, float *out);

/* A column: a rule of the table, or of our own what the program has no layer of. */
static const struct column {
	const char *name, *layer, *algorithm;
	enum seen_by by;
	void (*own)(const struct bench *b, float *out);
} columns[] = {
	{ "oc2_oli", "chlorophyll", "oc2", BY_OLI, NULL },
	{ "oc3_oli_f15", "chlorophyll", "oc3-franz", BY_OLI, NULL },
	{ "oc3_oli", "chlorophyll", "oc3", BY_OLI, NULL },
	{ "oc2", "chlorophyll", "oc2", BY_MSI, NULL },
	{ "oc3", "chlorophyll", "oc3", BY_MSI, NULL },
	{ "ci", "chlorophyll", "ci", BY_MSI, NULL },
	{ "oci", "chlorophyll", "oci", BY_MSI, NULL },
	{ "ndci", NULL, NULL, BY_MSI, row_ndci },
	{ "ndci_monotonic", "chlorophyll", "ndci", BY_MSI, NULL },
	{ "moses2", "chlorophyll", "moses2", BY_MSI, NULL },
	{ "gilerson2", "chlorophyll", "gilerson2", BY_MSI, NULL },
	{ "gurlin2", "chlorophyll", "gurlin2", BY_MSI, NULL },
	{ "moses3", "chlorophyll", "moses3", BY_MSI, NULL },
	{ "gilerson3", "chlorophyll", "gilerson3", BY_MSI, NULL },
	{ "gurlin3", "chlorophyll", "gurlin3", BY_MSI, NULL },
	{ "gons", "chlorophyll", "gons", BY_MSI, NULL },
	{ "mci", NULL, NULL, BY_MSI, row_mci },
	{ "balkhash", "chlorophyll", "balkhash", BY_MSI, NULL },
	{ "balkhash_landsat", "chlorophyll", "balkhash", BY_OLI, NULL },
	{ "turbidity", "turbidity", "dogliotti", BY_MSI, NULL },
};

struct bench {
	const struct kernels *kernels;
	struct limits limits;
	const struct sensor *sensor[BY_NR];
	const struct quantity_rule *rule[COUNT(columns)];
	size_t flagged;		      /* the column that flags are of */
	float wavelength_nm[ROLE_NR]; /* of rules */
	/* One spectrum. */
	float raw[ROLE_NR], water[ROLE_NR]; /* NaN: absent */
	float turbidity[BY_NR];
	float value[COUNT(columns)];
	uint8_t flags;
};

/* --- rules --- */

/* The first rule of that name whose bands the sensor has: what quantity_choose() takes for a whole product. */
static const struct quantity_rule *find(const struct column *c, const struct sensor *sensor)
{
	const struct quantity_rule *q;

	for (size_t i = 0; (q = quantity_at(i)); i++) {
		bool good = !strcmp(q->layer, c->layer) && !strcmp(q->name, c->algorithm) &&
			    (!q->sensor || !strcmp(q->sensor, sensor->name));

		for (size_t k = 0; good && k < q->roles_nr; k++)
			good = sensor_find(sensor, q->roles[k]) != NULL;
		if (good)
			return q;
	}
	return NULL;
}

static float wavelength(const struct bench *b, enum role role)
{
	return (float)sensor_find(b->sensor[BY_MSI], role)->wavelength_nm;
}

static int start(struct bench *b, struct error *e)
{
	struct option_list none = { NULL, 0 };
	bool known;

	b->kernels = kernels_find(NULL);
	b->sensor[BY_MSI] = sensor_hls("S30");
	b->sensor[BY_OLI] = sensor_platform("LANDSAT_8", "OLI_TIRS", &known)->sensor;
	for (size_t i = 0; i < COUNT(columns); i++) {
		if (columns[i].own)
			continue;
		b->rule[i] = find(&columns[i], b->sensor[columns[i].by]);
		if (!b->rule[i])
			return error_set(e, ERROR_BUG, "there is no rule for %s", columns[i].name);
		if (!strcmp(columns[i].name, "balkhash"))
			b->flagged = i;
	}
	/* CI is of the spectra's own bands. */
	b->wavelength_nm[ROLE_COASTAL] = 443;
	b->wavelength_nm[ROLE_RED] = 665;
	return limits_read(&b->limits, &none, e);
}

/* --- one spectrum --- */

static void take_off_glint(struct bench *b)
{
	float left;

	memcpy(b->water, b->raw, sizeof(b->water));
	b->kernels->residual(1, &b->raw[ROLE_SWIR1], &b->raw[ROLE_SWIR2], b->limits.residual_most,
			     &left);
	for (size_t i = 0; !isnan(left) && i < BANDS; i++)
		b->kernels->subtract(1, &left, 1, &b->water[band_roles[i]]);
}

static void find_turbidity(struct bench *b)
{
	for (size_t by = 0; by < BY_NR; by++) {
		struct turbidity_model model = b->sensor[by]->optics->turbidity;

		if (isnan(b->water[ROLE_NIR])) {
			model.low = FLT_MAX;
			model.high = INFINITY;
		}
		b->kernels->turbidity(1, &b->water[ROLE_RED], &b->water[ROLE_NIR], model,
				      &b->turbidity[by]);
	}
}

/* The parabola of NDCI on both of its arms, of which the program uses one. */
static void row_ndci(const struct bench *b, float *out)
{
	const struct chl_poly mishra = { 14.039f, 86.115f, 194.325f };

	b->kernels->chl_ndci(1, &b->water[ROLE_RED], &b->water[ROLE_EDGE705], mishra, false, out);
}

/* Height of `middle` above the line from left to right, of reflectances rho. */
static float height_of(const struct bench *b, const float *rho, enum role left, enum role middle,
		       enum role right)
{
	float from = wavelength(b, left), height;
	float weight = (wavelength(b, middle) - from) / (wavelength(b, right) - from);

	b->kernels->line_height(1, &rho[left], &rho[middle], &rho[right], weight, &height);
	return height;
}

static void row_mci(const struct bench *b, float *out)
{
	*out = height_of(b, b->water, ROLE_RED, ROLE_EDGE705, ROLE_EDGE740);
}

static void find_values(struct bench *b)
{
	const float *rho[ROLE_NR];
	float scratch[QUANTITY_SCRATCH];
	struct quantity_row row = {
		.kernels = b->kernels,
		.n = 1,
		.rho = rho,
		.wavelength_nm = b->wavelength_nm,
		.limits = &b->limits,
	};

	for (size_t i = 0; i < ROLE_NR; i++)
		rho[i] = &b->water[i];
	for (size_t i = 0; i < QUANTITY_SCRATCH; i++)
		row.scratch[i] = &scratch[i];
	for (size_t i = 0; i < COUNT(columns); i++) {
		if (columns[i].own) {
			columns[i].own(b, &b->value[i]);
			continue;
		}
		row.optics = b->sensor[columns[i].by]->optics;
		row.turbidity = &b->turbidity[columns[i].by];
		b->rule[i]->row(&row, &b->value[i]);
	}
}

/* As pipeline/stage/quality.c does, but for shallow water, which spectra do not show. */
static void raise_flags(struct bench *b)
{
	const struct quantity_rule *q = b->rule[b->flagged];
	const struct limits *l = &b->limits;
	const struct kernels *k = b->kernels;
	float height = height_of(b, b->raw, ROLE_RED, ROLE_NIR, ROLE_SWIR1);

	b->flags = 0;
	for (size_t i = 0; i < q->roles_nr; i++)
		if (q->roles[i] != ROLE_NIR)
			k->quality_bands(1, &b->water[q->roles[i]], &b->flags);
	k->quality_bright(1, &b->raw[ROLE_NIR], &b->raw[ROLE_SWIR1], l->quality_nir,
			  l->quality_swir1, &b->flags);
	k->quality_not_below(1, &b->turbidity[BY_MSI], l->chl.turbid, QUALITY_TURBID, &b->flags);
	k->quality_above(1, &height, l->plants.fai, QUALITY_BLOOM, &b->flags);
	k->quality_foot(1, &b->water[ROLE_RED], &b->water[ROLE_EDGE705], l->chl.q_low,
			l->chl_residual, &b->flags);
	k->quality_range(1, &b->value[b->flagged], q->low, q->high, &b->flags);
	if (q->skill)
		k->quality_no_skill(1, &b->value[b->flagged], &b->flags);
}

/* --- text --- */

static int read_band(float *out, const char *field, struct error *e)
{
	char *end;

	*out = NAN;
	if (!*field)
		return 0;
	if (strspn(field, "+-.0123456789eE") != strlen(field))
		return error_set(e, ERROR_DATA, "\"%s\" is not a number", field);
	*out = strtof(field, &end);
	if (*end)
		return error_set(e, ERROR_DATA, "\"%s\" is not a number", field);
	if (!(*out >= RHO_LEAST && *out <= RHO_MOST))
		return error_set(e, ERROR_DATA, "%s is not a reflectance, from %g to %g", field,
				 (double)RHO_LEAST, (double)RHO_MOST);
	return 0;
}

/* Cuts the line at its commas; its first field, the number, stays at its begin. */
static int read_spectrum(struct bench *b, char *line, struct error *e)
{
	char *rest = line, *id = strsep(&rest, ",");

	if (!*id || strspn(id, "0123456789") != strlen(id))
		return error_set(e, ERROR_DATA, "\"%s\" is not the number of a spectrum", id);
	for (size_t i = 0; i < ROLE_NR; i++)
		b->raw[i] = NAN;
	for (size_t i = 0; i < BANDS; i++) {
		const char *field = strsep(&rest, ",");

		if (!field)
			return error_set(e, ERROR_DATA, "%zu bands instead of %d", i, BANDS);
		if (read_band(&b->raw[band_roles[i]], field, e))
			return -1;
	}
	return rest ? error_set(e, ERROR_DATA, "more than %d bands", BANDS) : 0;
}

/* The next line without its end; 0: there is none. */
static int read_line(char *line, struct error *e)
{
	size_t n;

	if (!fgets(line, LINE_MAX_BYTES, stdin))
		return ferror(stdin) ? error_set(e, ERROR_IO, "cannot be read") : 0;
	n = strcspn(line, "\r\n");
	if (n + 1 >= LINE_MAX_BYTES)
		return error_set(e, ERROR_DATA, "a line of more than %d bytes", LINE_MAX_BYTES - 2);
	if (!line[n] && !feof(stdin))
		return error_set(e, ERROR_DATA, "a zero byte: not text");
	line[n] = 0;
	return 1;
}

static void print_number(float v)
{
	if (isnan(v))
		fputs(",nan", stdout);
	else
		printf(",%.9g", (double)v);
}

static void print_values(const struct bench *b, const char *id)
{
	fputs(id, stdout);
	for (size_t i = 0; i < COUNT(columns); i++)
		print_number(b->value[i]);
	printf(",%u\n", b->flags);
}

static void print_header(void)
{
	fputs("id", stdout);
	for (size_t i = 0; i < COUNT(columns); i++)
		printf(",%s", columns[i].name);
	puts(",flags");
}

static int run(struct bench *b, size_t *number, struct error *e)
{
	char line[LINE_MAX_BYTES];
	int more = read_line(line, e);

	*number = 1;
	if (more < 0)
		return -1;
	if (!more || strcmp(line, HEADER) != 0)
		return error_set(e, ERROR_DATA, "the header is not %s", HEADER);
	print_header();
	for (*number = 2; (more = read_line(line, e)) > 0; ++*number) {
		if (read_spectrum(b, line, e))
			return -1;
		take_off_glint(b);
		find_turbidity(b);
		find_values(b);
		raise_flags(b);
		print_values(b, line);
	}
	return more;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct error e = { 0 };
	size_t line = 0;

	(void)argv;
	if (argc != 1) {
		fprintf(stderr, "usage: bench_insitu < SPECTRA.csv\n");
		return ERROR_USAGE;
	}
	if (start(&b, &e) || run(&b, &line, &e)) {
		error_one_line(e.text);
		fprintf(stderr, "bench_insitu: line %zu: %s\n", line, e.text);
		return (int)e.code;
	}
	if (fflush(stdout) || ferror(stdout)) {
		perror("bench_insitu: stdout");
		return ERROR_IO;
	}
	return 0;
}
