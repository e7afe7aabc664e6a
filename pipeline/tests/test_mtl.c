/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/mtl.h"

#define GOOD                                                                                       \
	"GROUP = LANDSAT_METADATA_FILE\n"                                                          \
	"  GROUP = PRODUCT_CONTENTS\n"                                                             \
	"    PROCESSING_LEVEL = \"L2SP\"\n"                                                        \
	"    COLLECTION_NUMBER = 02\n"                                                             \
	"  END_GROUP = PRODUCT_CONTENTS\n"                                                         \
	"  GROUP = LEVEL1_RECORD\n"                                                                \
	"    PROCESSING_LEVEL = \"L1TP\"\n"                                                        \
	"    TIME = 14:34:35.97Z\n"                                                                \
	"    TEXT = \"a = b\"\n"                                                                   \
	"    EMPTY = \"\"\n"                                                                       \
	"  END_GROUP = LEVEL1_RECORD\n"                                                            \
	"END_GROUP = LANDSAT_METADATA_FILE\n"

static struct mtl *parse_good(const char *text, size_t n)
{
	struct mtl *m = NULL;
	struct error e = { 0 };

	if (mtl_parse(&m, text, n, &e))
		fail_msg("%s", e.text);
	assert_string_equal(mtl_get(m, "PRODUCT_CONTENTS", "COLLECTION_NUMBER"), "02");
	return m;
}

static void assert_refused(const char *text, size_t n, const char *word)
{
	struct mtl *m = NULL;
	struct error e = { 0 };

	assert_int_equal(mtl_parse(&m, text, n, &e), -1);
	assert_null(m);
	assert_int_equal(e.code, ERROR_DATA);
	if (!strstr(e.text, word) || strchr(e.text, '\n'))
		fail_msg("\"%s\" should hold \"%s\" and be one line", e.text, word);
}

static void groups_are_kept_apart(void **state)
{
	struct mtl *m = parse_good(GOOD, strlen(GOOD));

	(void)state;
	assert_string_equal(mtl_get(m, "PRODUCT_CONTENTS", "PROCESSING_LEVEL"), "L2SP");
	assert_string_equal(mtl_get(m, "LEVEL1_RECORD", "PROCESSING_LEVEL"), "L1TP");
	assert_string_equal(mtl_get(m, "LEVEL1_RECORD", "TIME"), "14:34:35.97Z");
	assert_string_equal(mtl_get(m, "LEVEL1_RECORD", "TEXT"), "a = b");
	assert_string_equal(mtl_get(m, "LEVEL1_RECORD", "EMPTY"), "");
	assert_null(mtl_get(m, "PRODUCT_CONTENTS", "TIME"));
	assert_null(mtl_get(m, "LANDSAT_METADATA_FILE", "TIME"));
	assert_null(mtl_get(m, "NO_SUCH_GROUP", "TIME"));
	mtl_free(m);
	mtl_free(NULL);
}

static void tails_and_line_ends_do_not_matter(void **state)
{
	static const char *const tails[] = {
		"", "END", "END\n", "END\r\n", "\n\n  END  \n\n", "END\n= ?\n"
	};
	char text[2000], crlf[2000];

	(void)state;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", GOOD, tails[i]);
		mtl_free(parse_good(text, strlen(text)));
	}
	memset(text, 0, sizeof(text));
	strcpy(text, GOOD "END\n");
	mtl_free(parse_good(text, sizeof(text)));
	size_t n = 0;

	for (const char *s = GOOD; *s; s++) {
		if (*s == '\n')
			crlf[n++] = '\r';
		crlf[n++] = *s;
	}
	mtl_free(parse_good(crlf, n));
}

/* Whatever the place of the cut, the rest is never taken for the whole. */
static void a_cut_file_is_noticed(void **state)
{
	size_t whole = strlen(GOOD) - 1;

	(void)state;
	for (size_t n = 0; n < whole; n++) {
		char *text = malloc(n + 1); /* exact, so that a checker sees a read beyond */
		struct mtl *m = NULL;
		struct error e = { 0 };

		memcpy(text, GOOD, n);
		assert_int_equal(mtl_parse(&m, text, n, &e), -1);
		assert_int_equal(e.code, ERROR_DATA);
		free(text);
	}
}

static void refuses_what_is_no_metadata(void **state)
{
	static const struct {
		const char *text, *word;
	} bad[] = {
		{ "", "empty" },
		{ "END\n", "empty" },
		{ "GROUP = A\nEND_GROUP = A\n", "empty" },
		{ "GROUP = A\nX = 1\nX = 2\nEND_GROUP = A\n", "twice" },
		{ "GROUP = A\nX = 1\nEND_GROUP = B\n", "not open" },
		{ "X = 1\n", "outside" },
		{ "END_GROUP = A\n", "not open" },
		{ "GROUP = A\nX = 1\n", "inside the group A" },
		{ "GROUP = A\nX = 1\nEND\n", "inside the group A" },
		{ "GROUP = A\nX\nEND_GROUP = A\n", "line 2" },
		{ "GROUP = A\n = 1\nEND_GROUP = A\n", "line 2" },
		{ "GROUP = A\nX Y = 1\nEND_GROUP = A\n", "line 2" },
		{ "GROUP = A\nX = \"1\nEND_GROUP = A\n", "quote" },
		{ "GROUP = A\nX = 1\"\nEND_GROUP = A\n", "quote" },
		{ "GROUP = A\nX = \"a\"b\"\nEND_GROUP = A\n", "quote" },
		{ "GROUP = A\nX = \"\nEND_GROUP = A\n", "quote" },
		{ "GROUP = A\nX = \x1b[2J\nEND_GROUP = A\n", "control" },
		{ "GROUP = A\nX = 1\rY = 2\nEND_GROUP = A\n", "control" },
		{ "<?xml version=\"1.0\"?>\n<A/>\n", "line 1" },
		{ "{\"LANDSAT_METADATA_FILE\": {}}\n", "line 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i].text, strlen(bad[i].text), bad[i].word);
	assert_refused(GOOD "\0\0X", sizeof(GOOD) + 2, "hole");
}

static void the_same_key_with_the_same_value_is_one(void **state)
{
	static const char text[] = "GROUP = A\nX = 1\nX = 1\nEND_GROUP = A\n";
	struct mtl *m = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(mtl_parse(&m, text, strlen(text), &e), 0);
	assert_string_equal(mtl_get(m, "A", "X"), "1");
	mtl_free(m);
}

static void limits_hold(void **state)
{
	size_t room = MTL_BYTES_MAX + 100, n = 0;
	char *text = malloc(room);
	struct mtl *m = NULL;
	struct error e = { 0 };

	(void)state;
	memset(text, ' ', room);
	assert_refused(text, MTL_BYTES_MAX + 1, "larger");
	memset(text, '\n', room);
	assert_refused(text, MTL_LINES_MAX + 1, "lines");
	for (int i = 0; i <= MTL_DEPTH_MAX; i++)
		n += (size_t)sprintf(text + n, "GROUP = G%d\n", i);
	assert_refused(text, n, "deep");
	n = (size_t)sprintf(text, "GROUP = A\n");
	for (int i = 0; i < 5000; i++)
		n += (size_t)sprintf(text + n, "KEY_%d = %d\n", i, i);
	n += (size_t)sprintf(text + n, "END_GROUP = A\n");
	assert_int_equal(mtl_parse(&m, text, n, &e), 0);
	assert_string_equal(mtl_get(m, "A", "KEY_4999"), "4999");
	mtl_free(m);
	free(text);
}

static void reads_files(void **state)
{
	struct mtl *m = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(mtl_read(&m, "/nonexistent/x_MTL.txt", &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_non_null(strstr(e.text, "/nonexistent/x_MTL.txt"));
	assert_int_equal(mtl_read(&m, "/tmp", &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(mtl_read(&m, "/dev/null", &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_null(m);
}

/* The same facts in three spellings. */
static void text_xml_and_json_say_the_same(void **state)
{
	static const char text[] = "GROUP = ROOT\n GROUP = A\n  ID = \"x_1\"\n  SUN = 52.125\n"
				   "  ROW = 28\n END_GROUP = A\n GROUP = B\n  ID = 7\n"
				   " END_GROUP = B\nEND_GROUP = ROOT\nEND\n";
	static const char xml[] = "<?xml version=\"1.0\"?>\n<ROOT><A><ID>x_1</ID><SUN>52.125</SUN>"
				  "<ROW>28</ROW></A><B><ID>7</ID></B></ROOT>";
	static const char json[] = "{\"ROOT\": {\"A\": {\"ID\": \"x_1\", \"SUN\": 52.125,"
				   "\"ROW\": 28, \"NO\": null}, \"B\": {\"ID\": 7}}}";
	static const char *const facts[][3] = { { "A", "ID", "x_1" },
						{ "A", "SUN", "52.125" },
						{ "A", "ROW", "28" },
						{ "B", "ID", "7" } };
	struct error e = { 0 };
	struct mtl *m[3];

	(void)state;
	assert_int_equal(mtl_parse(&m[0], text, strlen(text), &e), 0);
	assert_int_equal(mtl_parse_xml(&m[1], xml, strlen(xml), &e), 0);
	assert_int_equal(mtl_parse_json(&m[2], json, strlen(json), &e), 0);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 4; k++)
			assert_string_equal(mtl_get(m[i], facts[k][0], facts[k][1]), facts[k][2]);
		assert_null(mtl_get(m[i], "A", "NO"));
		assert_null(mtl_get(m[i], "ROOT", "ID"));
		mtl_free(m[i]);
	}
}

/* Numbers of JSON keep their value through text. */
static void numbers_of_json_are_exact(void **state)
{
	static const double values[] = { 2.75e-05, -0.2, 1e-300, 774.8853, 0.1 + 0.2, 1.0 / 3 };
	struct error e = { 0 };
	char json[100];
	struct mtl *m;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(json, sizeof(json), "{\"R\": {\"A\": {\"K\": %.17g}}}", values[i]);
		assert_int_equal(mtl_parse_json(&m, json, strlen(json), &e), 0);
		assert_true(strtod(mtl_get(m, "A", "K"), NULL) == values[i]);
		mtl_free(m);
	}
}

static void refuse_xml(const char *xml, size_t n, const char *words)
{
	struct error e = { 0 };
	struct mtl *m;

	assert_int_equal(mtl_parse_xml(&m, xml, n, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_null(m);
	if (!strstr(e.text, words))
		fail_msg("\"%s\" should hold \"%s\"", e.text, words);
}

static void refuse_json(const char *json, const char *words)
{
	struct error e = { 0 };
	struct mtl *m;

	assert_int_equal(mtl_parse_json(&m, json, strlen(json), &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_null(m);
	if (!strstr(e.text, words))
		fail_msg("\"%s\" should hold \"%s\"", e.text, words);
}

static void other_spellings_are_refused_with_a_cause(void **state)
{
	static const char bomb[] = "<!DOCTYPE a [<!ENTITY b \"x\">]><a><c><d>&b;</d></c></a>";
	char deep[20000];
	size_t n = 0;

	(void)state;
	refuse_xml("", 0, "empty");
	refuse_xml("<a><b>", 6, "not XML");
	refuse_xml("<a>\0</a>", 8, "NUL");
	refuse_xml("<a></a>", 7, "empty");
	refuse_xml(bomb, strlen(bomb), "entities");
	refuse_xml("<espa_metadata><b>1</b></espa_metadata>", 39, "ESPA");
	refuse_xml("<a><g><K>1</K><K>2</K></g></a>", 30, "twice");
	for (int i = 0; i < 1000; i++)
		n += (size_t)snprintf(deep + n, sizeof(deep) - n, "<a>");
	for (int i = 0; i < 1000; i++)
		n += (size_t)snprintf(deep + n, sizeof(deep) - n, "</a>");
	refuse_xml(deep, n, "deep");
	refuse_json("", "line");
	refuse_json("[]", "not a JSON object");
	refuse_json("{}", "empty");
	refuse_json("{\"K\": 1}", "outside any group");
	refuse_json("{\"a\": {\"K\": 1, \"K\": 1}}", "duplicate");
	refuse_json("{\"a\": {\"K\": [1]}}", "no text or number");
	refuse_json("{\"a\": {\"b\": {\"c\": {\"d\": {\"e\": {\"f\": {\"g\": {\"h\": {\"i\": "
		    "{\"K\": 1}}}}}}}}}}",
		    "deep");
	refuse_json("{\"a\": {\"K\": \"x\\u0007\"}}", "control character");
}

/* Every MTL of the test data: what the first group says fits its name. */
static void reads_real_files(void **state)
{
	const char *data = getenv("BALKHASH_TESTDATA");
	struct folder f = { 0 };
	struct error e = { 0 };
	char path[4096];
	size_t seen = 0;

	(void)state;
	if (!data || !folder_is_folder(data)) {
		print_message("# skipped: BALKHASH_TESTDATA names no folder of products\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/landsat/metadata", data);
	if (folder_read(&f, path, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < f.names_nr; i++) {
		const char *name = f.names[i];
		struct mtl *m = NULL;

		snprintf(path, sizeof(path), "%s/%s", f.path, name);
		if (!strstr(name, "_MTL")) {
			assert_int_equal(mtl_read(&m, path, &e), -1);
			assert_non_null(strstr(e.text, "ESPA"));
			continue;
		}
		if (mtl_read(&m, path, &e))
			fail_msg("%s", e.text);
		assert_non_null(mtl_get(m, "IMAGE_ATTRIBUTES", "SUN_ELEVATION"));
		if (strstr(name, "_02_T")) {
			assert_memory_equal(mtl_get(m, "PRODUCT_CONTENTS", "PROCESSING_LEVEL"),
					    name + 5, 4);
		}
		seen++;
		mtl_free(m);
	}
	assert_int_equal(seen, 27);
	folder_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_kept_apart),
		cmocka_unit_test(tails_and_line_ends_do_not_matter),
		cmocka_unit_test(a_cut_file_is_noticed),
		cmocka_unit_test(refuses_what_is_no_metadata),
		cmocka_unit_test(the_same_key_with_the_same_value_is_one),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(text_xml_and_json_say_the_same),
		cmocka_unit_test(numbers_of_json_are_exact),
		cmocka_unit_test(other_spellings_are_refused_with_a_cause),
		cmocka_unit_test(reads_real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
