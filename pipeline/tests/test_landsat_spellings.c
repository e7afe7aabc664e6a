/* SPDX-License-Identifier: Apache-2.0
 *
 * The same facts from text, XML and JSON, in real metadata; and metadata in the wrong letters.
 */
#include <math.h>
#include <strings.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/landsat.h"
#include "pipeline/io/mtl.h"
#include "pipeline/tests/product_files.h"

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && !strcasecmp(name + n - k, end);
}

static const char *data_folder(void)
{
	const char *data = getenv("BALKHASH_TESTDATA");

	if (!data || !folder_is_folder(data)) {
		print_message("# skipped: BALKHASH_TESTDATA names no folder of products\n");
		skip();
	}
	return data;
}

static struct product *read_metadata(const struct folder *f, const char *name, struct error *e)
{
	struct product *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->warnings = strdup("");
	p->cloud_cover_percent = NAN;
	if (!landsat_read(p, f, name, e))
		return p;
	product_free(p);
	return NULL;
}

static void assert_same_band(const struct product_band *a, const struct product_band *b)
{
	assert_ptr_equal(a->band, b->band);
	assert_true(!a->path == !b->path && !a->file == !b->file);
	if (a->path) {
		assert_string_equal(a->path, b->path);
		assert_string_equal(a->file, b->file);
	}
	assert_true(a->gain == b->gain && a->offset == b->offset);
	assert_true(a->k1 == b->k1 && a->k2 == b->k2);
	assert_true(a->fill == b->fill && a->saturated == b->saturated);
}

static void assert_same(const struct product *a, const struct product *b)
{
	const struct granule *g = a->granules, *h = b->granules;

	assert_string_equal(a->id, b->id);
	assert_ptr_equal(a->sensor, b->sensor);
	assert_string_equal(a->mission, b->mission);
	assert_string_equal(a->level_name, b->level_name);
	assert_int_equal(a->level, b->level);
	assert_string_equal(a->baseline, b->baseline);
	assert_string_equal(a->tier, b->tier);
	assert_true(a->time == b->time && a->processed == b->processed);
	assert_string_equal(a->orbit, b->orbit);
	assert_string_equal(a->datatake, b->datatake);
	assert_true(a->cloud_cover_percent == b->cloud_cover_percent);
	assert_string_equal(a->warnings, b->warnings);
	assert_string_equal(g->id, h->id);
	assert_string_equal(g->name, h->name);
	assert_string_equal(g->tile, h->tile);
	assert_int_equal(g->sun, h->sun);
	assert_true(g->sun_elevation_deg == h->sun_elevation_deg &&
		    g->sun_azimuth_deg == h->sun_azimuth_deg);
	assert_int_equal(g->footprint_nr, h->footprint_nr);
	for (size_t i = 0; i < g->footprint_nr; i++)
		assert_true(g->footprint[i].x == h->footprint[i].x &&
			    g->footprint[i].y == h->footprint[i].y);
	for (enum role r = 0; r < ROLE_NR; r++)
		assert_same_band(&g->bands[r], &h->bands[r]);
}

/* All spellings of each product in a folder against its text; the number of comparisons. */
static size_t compare_in(const char *path)
{
	struct folder f = { 0 };
	struct error e = { 0 };
	size_t compared = 0;

	if (folder_read(&f, path, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < f.names_nr; i++) {
		static const char *const others[] = { "xml", "json" };
		struct product *text, *other;

		if (!ends_with(f.names[i], "_MTL.txt"))
			continue;
		for (size_t k = 0; k < 2; k++) {
			char name[300];

			snprintf(name, sizeof(name), "%.*s%s", (int)strlen(f.names[i]) - 3,
				 f.names[i], others[k]);
			if (!folder_find(&f, name))
				continue;
			text = read_metadata(&f, f.names[i], &e);
			other = read_metadata(&f, name, &e);
			if (!text || !other)
				fail_msg("%s: %s", name, e.text);
			assert_same(text, other);
			product_free(text);
			product_free(other);
			compared++;
		}
	}
	folder_release(&f);
	return compared;
}

static void spellings_of_real_products_agree(void **state)
{
	struct folder f = { 0 };
	struct error e = { 0 };
	size_t compared = 0;
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/landsat", data_folder());
	if (folder_read(&f, path, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < f.names_nr; i++) {
		char *inner = folder_path(&f, f.names[i]);

		if (folder_is_folder(inner))
			compared += compare_in(inner);
		free(inner);
	}
	folder_release(&f);
	assert_int_equal(compared, 16);
}

/* What every good product has; the folder has no image. */
static void assert_sane(const struct product *p)
{
	const struct granule *g = p->granules;
	bool old = !strcmp(p->baseline, "pre");

	assert_true(old || !strcmp(p->baseline, "01") || !strcmp(p->baseline, "02"));
	assert_true(old ? !*p->tier
			: !strcmp(p->tier, "T1") || !strcmp(p->tier, "T2") ||
				    !strcmp(p->tier, "RT"));
	assert_true(old || strstr(p->id, g->tile));
	assert_true(p->time > 362000000 && p->processed > p->time);
	assert_int_equal(g->footprint_nr, 4);
	/* A scene in the Antarctic stands on its head: only the size is the same everywhere. */
	assert_true(fabs(g->footprint[0].y - g->footprint[2].y) > .1);
	assert_true(g->sun_elevation_deg > 5 && g->sun_elevation_deg < 90);
	assert_int_equal(g->sun, p->level == LEVEL_SURFACE ? SUN_IN_PRODUCT : SUN_SCENE);
	for (enum role r = 0; r < ROLE_NR; r++) {
		const struct product_band *b = &g->bands[r];

		assert_null(b->path);
		if (role_is_reflectance(r) && sensor_delivers(p->sensor, p->level, p->baseline, r))
			assert_true(b->gain > 1e-6 && b->gain < .01 && b->offset < 0 &&
				    b->offset > -.5);
	}
	/* TIRS was off in January 2015: its factors are 0. */
	if (p->level == LEVEL_TOA)
		assert_true((g->bands[ROLE_THERMAL].gain > 0) !=
			    !strcmp(p->id, "LC80100202015018LGN00"));
}

static void real_metadata_is_read_or_refused_with_a_cause(void **state)
{
	size_t good = 0, scanner = 0, espa = 0;
	struct folder f = { 0 };
	char path[4096];
	struct error e = { 0 };

	(void)state;
	snprintf(path, sizeof(path), "%s/landsat/metadata", data_folder());
	if (folder_read(&f, path, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < f.names_nr; i++) {
		struct product *p = read_metadata(&f, f.names[i], &e);

		if (p) {
			assert_sane(p);
			product_free(p);
			good++;
			continue;
		}
		assert_int_equal(e.code, ERROR_DATA);
		if (strstr(e.text, "MSS"))
			scanner++;
		else if (strstr(e.text, "ESPA"))
			espa++;
		else
			fail_msg("%s", e.text);
	}
	assert_int_equal(good, f.names_nr - 7);
	assert_int_equal(scanner, 6);
	assert_int_equal(espa, 1);
	folder_release(&f);
}

typedef int parser(struct mtl **out, const char *text, size_t n, struct error *e);

static void refused(parser *parse, const char *text, size_t n, const char *words)
{
	struct mtl *m = NULL;
	struct error e = { 0 };

	assert_int_equal(parse(&m, text, n, &e), -1);
	assert_null(m);
	assert_int_equal(e.code, ERROR_DATA);
	if (!strstr(e.text, words) || strchr(e.text, '\n'))
		fail_msg("\"%s\" should hold \"%s\" and be one line", e.text, words);
}

#define REFUSED(parse, text, words) refused(parse, text, sizeof(text) - 1, words)

static void other_letters_are_refused(void **state)
{
	(void)state;
	REFUSED(mtl_parse, "\xef\xbb\xbfGROUP = A\nX = 1\nEND_GROUP = A\n", "byte order mark");
	REFUSED(mtl_parse, "\xff\xfeG\0R\0", "UTF-16");
	REFUSED(mtl_parse, "\xfe\xff\0G\0R", "UTF-16");
	REFUSED(mtl_parse, "G\0R\0O\0U\0P\0", "UTF-16");
	REFUSED(mtl_parse, "GROUP = A\nX = \xc3\xa9\nEND_GROUP = A\n", "byte 15 is not ASCII");
	REFUSED(mtl_parse, "GROUP = A B\nX = 1\nEND_GROUP = A B\n", "group");
	REFUSED(mtl_parse_xml, "\xef\xbb\xbf<A><B><K>1</K></B></A>", "byte order mark");
	REFUSED(mtl_parse_xml, "\xff\xfe<\0A\0>\0", "UTF-16");
	REFUSED(mtl_parse_xml, "<\0A\0>\0", "UTF-16");
	REFUSED(mtl_parse_xml, "<A><B><K>\xe9</K></B></A>", "byte 10 is not ASCII");
	REFUSED(mtl_parse_xml, "<A><B><K>&#233;</K></B></A>", "outside ASCII");
	REFUSED(mtl_parse_json, "\xef\xbb\xbf{\"A\": {\"K\": 1}}", "byte order mark");
	REFUSED(mtl_parse_json, "{\0\"\0A\0", "UTF-16");
	REFUSED(mtl_parse_json, "{\"A\": {\"K\": \"\xc3\xa9\"}}", "byte 14 is not ASCII");
	REFUSED(mtl_parse_json, "{\"A\": {\"K\": \"\\u00e9\"}}", "outside ASCII");
	REFUSED(mtl_parse_json, "{\"A\\u001b[2J\": {\"K\": 1}}", "group");
	REFUSED(mtl_parse_json, "{\"A\": {\"K\\n\": 1}}", "key that is no name");
	REFUSED(mtl_parse_json, "{\"A\": {\"K\": true}}", "no text or number");
	REFUSED(mtl_parse_json, "{\"A\": {\"K\": 1e999}}", "real number overflow");
	REFUSED(mtl_parse_json, "{\"A\": {\"K\": \"x\\u0000y\"}}", "line 1");
}

static void repeat(char *text, const char *unit, size_t times)
{
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * strlen(unit), unit, strlen(unit));
}

/* Nesting as deep as the largest file allows ends in words, not in an overrun stack. */
static void depth_and_size_are_bounded(void **state)
{
	char *text = malloc(MTL_BYTES_MAX + 1);
	size_t n = MTL_BYTES_MAX / 8;

	(void)state;
	assert_non_null(text);
	repeat(text, "<a>", n);
	repeat(text + 3 * n, "</a>", n);
	refused(mtl_parse_xml, text, 7 * n, "depth");
	repeat(text, "[", n);
	repeat(text + n, "]", n);
	refused(mtl_parse_json, text, 2 * n, "depth");
	repeat(text, "{\"a\":", n);
	refused(mtl_parse_json, text, 5 * n, "depth");
	memset(text, ' ', MTL_BYTES_MAX + 1);
	refused(mtl_parse_xml, text, MTL_BYTES_MAX + 1, "larger");
	refused(mtl_parse_json, text, MTL_BYTES_MAX + 1, "larger");
	refused(mtl_parse_xml, text, MTL_BYTES_MAX, "empty");
	free(text);
}

static int setup(void **state)
{
	(void)state;
	gdal_setup(16 << 20);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_real_products_agree),
		cmocka_unit_test(real_metadata_is_read_or_refused_with_a_cause),
		cmocka_unit_test(other_letters_are_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
