/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/tests/unpack_case.h"

static void names_stay_inside(void **state)
{
	static const struct {
		const char *name, *word;
	} bad[] = {
		{ "../x", "leads out" },
		{ "a/../../x", "leads out" },
		{ "a//..//x", "leads out" },
		{ "..", "leads out" },
		{ "/etc/x", "absolute" },
		{ "a\nb", "'a?b' has a control character" },
		{ "a\x1b[1m", "control character" },
		{ "a/b/c/d/e/f/g/h", "too deep" },
		{ ".", "name of a folder" },
	};
	char *dir = files_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zip_member m = { .name = bad[i].name, .data = "1", .n = 1 };
		struct bytes b = product_tar();

		b.n -= 1024;
		tar_text(&b, bad[i].name, "1");
		tar_end(&b);
		refuse_tar(dir, &b, bad[i].word);
		refuse_zip(dir, &m, 1, bad[i].word);
	}
	files_remove(dir);
}

/* A stage folder removes folders only so deep; a file may lie in the last of them. */
static void folders_go_only_so_deep(void **state)
{
	char *dir = files_new();
	struct bytes b = { 0 };
	struct error e;

	(void)state;
	tar_text(&b, "a/b/c/d/e/f/file", "1");
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), 0, "", &e);
	assert_code(judge(dir, &b, true, ALL, &e), 0, "", &e);
	bytes_free(&b);
	tar_add(&b, "a/b/c/d/e/f/folder", '5', NULL, 0);
	tar_end(&b);
	refuse_tar(dir, &b, "too deep");
	files_remove(dir);
}

static void only_files_and_folders_are_taken(void **state)
{
	static const struct {
		char type;
		const char *word;
	} bad[] = {
		{ '1', "a link" }, { '2', "a link" },  { '3', "a device" },
		{ '4', "device" }, { '6', " a pipe" },
	};
	char *dir = files_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes b = { 0 };

		tar_add(&b, "member", bad[i].type, NULL, 0);
		tar_end(&b);
		/* In place and unpacked the words differ after these. */
		refuse_tar(dir, &b, i == 2 ? "device" : i == 4 ? "pipe" : bad[i].word);
	}
	files_remove(dir);
}

static void names_are_unique(void **state)
{
	const struct zip_member twice[] = { { .name = "a", .data = "1", .n = 1 },
					    { .name = "./a", .data = "2", .n = 1 } };
	char *dir = files_new();
	struct bytes b = { 0 };
	struct error e;

	(void)state;
	tar_text(&b, "a", "1");
	tar_text(&b, "./a", "2");
	tar_end(&b);
	refuse_tar(dir, &b, "twice");
	refuse_zip(dir, twice, 2, "twice");
	/* Folders may be named again. */
	tar_add(&b, "./", '5', NULL, 0);
	tar_add(&b, "d/", '5', NULL, 0);
	tar_text(&b, "d/a", "1");
	tar_add(&b, "d", '5', NULL, 0);
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), 0, "", &e);
	assert_code(judge(dir, &b, true, ALL, &e), 0, "", &e);
	bytes_free(&b);
	tar_text(&b, "d", "1");
	tar_text(&b, "d/a", "1");
	tar_end(&b);
	assert_code(judge(dir, &b, true, ALL, &e), ERROR_DATA, "both a file and a folder", &e);
	bytes_free(&b);
	files_remove(dir);
}

static void empty_archives_are_named(void **state)
{
	char *dir = files_new();
	struct bytes b = { 0 };

	(void)state;
	refuse_zip(dir, NULL, 0, "empty");
	tar_add(&b, "d/", '5', NULL, 0);
	tar_end(&b);
	refuse_tar(dir, &b, "empty");
	files_remove(dir);
}

static void tars_that_lie_are_refused(void **state)
{
	static const char pax[] = "22 GNU.sparse.major=1\n";
	char *dir = files_new();
	struct bytes b = product_tar();
	struct error e;

	(void)state;
	b.data[512] ^= 1;
	refuse_tar(dir, &b, "damaged");
	b = (struct bytes){ 0 };
	tar_add(&b, "x", 'x', pax, sizeof(pax) - 1);
	tar_text(&b, "a", "1");
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "sparse", &e);
	bytes_free(&b);
	tar_add(&b, "x", 'x', "99999 path=a\n", 13);
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "extended header", &e);
	bytes_free(&b);
	tar_header(&b, "x", 'L', 1 << 30);
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "extended header", &e);
	bytes_free(&b);
	tar_header(&b, "x", 'S', 0);
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "sparse", &e);
	bytes_free(&b);
	files_remove(dir);
}

static void long_names_are_read(void **state)
{
	char name[300], record[400], *dir = files_new();
	struct bytes b = { 0 };
	struct error e;
	int n;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[150] = '/';
	name[299] = 0;
	tar_add(&b, "././@LongLink", 'L', name, sizeof(name));
	tar_text(&b, "short", "1");
	n = snprintf(record, sizeof(record), "310 path=%s2\n", name);
	assert_int_equal(n, 310);
	tar_add(&b, "pax", 'x', record, (size_t)n);
	tar_text(&b, "short", "2");
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), 0, "", &e);
	assert_code(judge(dir, &b, true, ALL, &e), 0, "", &e);
	bytes_free(&b);
	/* And checked like any other. */
	tar_add(&b, "pax", 'x', "16 path=../../x\n", 16);
	tar_text(&b, "short", "1");
	tar_end(&b);
	refuse_tar(dir, &b, "leads out");
	files_remove(dir);
}

static void zips_that_lie_are_refused(void **state)
{
	const struct zip_member inner = { .name = "b", .data = "2", .n = 1 };
	struct zip_member m = { .name = "a", .data = "1", .n = 1, .flags = 1 };
	static const char zeros[100];
	char *dir = files_new();
	struct bytes hidden = { 0 };

	(void)state;
	refuse_zip(dir, &m, 1, "encrypted");
	m.flags = 1 << 6;
	refuse_zip(dir, &m, 1, "encrypted");
	m = (struct zip_member){ .name = "a", .data = "1", .n = 1, .method = 9 };
	refuse_zip(dir, &m, 1, "method other than deflate");
	m = (struct zip_member){ .name = "a", .data = "1", .n = 1, .mode = 0120777 };
	refuse_zip(dir, &m, 1, "a link");
	m = (struct zip_member){ .name = "a", .data = "1", .n = 1, .claim = 1000 };
	refuse_zip(dir, &m, 1, "outside the zip");
	m = (struct zip_member){ .name = "a", .data = zeros, .n = sizeof(zeros), .place = 5 };
	refuse_zip(dir, &m, 1, "not where");
	m = (struct zip_member){ .name = "a", .data = "1", .n = 1, .place = 1 << 30 };
	refuse_zip(dir, &m, 1, "outside the zip");
	/* A whole member within the bytes of another. */
	zip_local(&hidden, &inner);
	{
		const struct zip_member two[] = {
			{ .name = "a", .data = hidden.data, .n = hidden.n },
			{ .name = "b", .data = "2", .n = 1, .place = 31 },
		};

		refuse_zip(dir, two, 2, "overlaps");
	}
	bytes_free(&hidden);
	files_remove(dir);
}

static void a_zip_has_nothing_around_it(void **state)
{
	struct bytes zip = product_zip(), b = { 0 };
	char *dir = files_new();
	struct error e;

	(void)state;
	bytes_add(&b, zip.data, zip.n);
	bytes_add(&b, "more", 4);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "bytes were put behind it", &e);
	bytes_free(&b);
	/* A piece lost in the middle. */
	bytes_add(&b, zip.data, 1000);
	bytes_add(&b, zip.data + 2000, zip.n - 2000);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "missing", &e);
	bytes_free(&b);
	bytes_free(&zip);
	files_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stay_inside),
		cmocka_unit_test(folders_go_only_so_deep),
		cmocka_unit_test(only_files_and_folders_are_taken),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(empty_archives_are_named),
		cmocka_unit_test(tars_that_lie_are_refused),
		cmocka_unit_test(long_names_are_read),
		cmocka_unit_test(zips_that_lie_are_refused),
		cmocka_unit_test(a_zip_has_nothing_around_it),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
