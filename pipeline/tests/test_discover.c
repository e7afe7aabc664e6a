/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/file_tree.h"
#include "pipeline/io/discover.h"
#include "pipeline/io/naming.h"

/* The tests work in a folder of their own, so that paths in them are short. */
static int enter_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = NULL;

	if (asprintf(&folder, "%s/discover-XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(folder) ||
	    chdir(folder))
		return -1;
	*state = folder;
	return 0;
}

static int leave_folder(void **state)
{
	int ret = chdir("/") || tree_remove(AT_FDCWD, *state, 20);

	free(*state);
	return ret;
}

static void folder(const char *path)
{
	assert_int_equal(mkdir(path, 0777), 0);
}

static void file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void look(struct discovery *d, const char *pattern)
{
	struct error e = { 0 };

	*d = (struct discovery){ 0 };
	if (discover(d, pattern, &e))
		fail_msg("%s", e.text);
	discovery_sort(d);
}

/* The paths found, blanks between. */
static const char *found(const char *pattern)
{
	static char text[4000];
	struct discovery d;

	look(&d, pattern);
	text[0] = 0;
	for (size_t i = 0; i < d.nr; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 d.list[i].path);
	discovery_release(&d);
	return text;
}

static struct discovered one(const char *pattern)
{
	struct discovered x;
	struct discovery d;

	look(&d, pattern);
	assert_int_equal(d.nr, 1);
	x = d.list[0];
	x.path = NULL;
	discovery_release(&d);
	return x;
}

static void make_landsat(const char *path)
{
	char name[200];

	folder(path);
	snprintf(name, sizeof(name), "%s/%s_MTL.txt", path, strrchr(path, '/') + 1);
	file(name, "x");
	snprintf(name, sizeof(name), "%s/%s_B3.TIF", path, strrchr(path, '/') + 1);
	file(name, "image");
}

static void finds_products_in_folders(void **state)
{
	(void)state;
	folder("in");
	folder("in/2024");
	make_landsat("in/2024/LC09_L2SP_150028_20240712_20240713_02_T1");
	folder("in/S2A_X.SAFE");
	folder("in/S2A_X.SAFE/GRANULE");
	file("in/S2A_X.SAFE/GRANULE/notes.zip", "part of the product");
	file("in/a.tar", "x");
	file("in/b.tar.gz", "x");
	file("in/c.zip", "x");
	file("in/item.json", "{\"stac_version\": \"1.0.0\", \"type\": \"Feature\"}");
	file("in/catalog.json", "{\"stac_version\": \"1.0.0\", \"type\": \"Catalog\"}");
	file("in/notes.json", "{}");
	file("in/readme.txt", "x");
	file("in/d.tar.part", "x");
	file("in/.hidden.tar", "x");
	folder("in/.trash");
	file("in/.trash/e.tar", "x");
	assert_string_equal(
		found("in"),
		"in/2024/LC09_L2SP_150028_20240712_20240713_02_T1 in/S2A_X.SAFE in/a.tar "
		"in/b.tar.gz in/c.zip in/item.json");
	assert_string_equal(found("in/[ab].tar*"), "in/a.tar in/b.tar.gz");
	assert_string_equal(found("in/readme.txt"), "in/readme.txt");
}

static void several_products_in_one_folder_are_told_apart(void **state)
{
	struct discovery d;

	(void)state;
	folder("flat");
	file("flat/LC09_A_MTL.txt", "x");
	file("flat/LC09_A_MTL.xml", "x");
	file("flat/LC09_A_B1.TIF", "x");
	file("flat/LC09_B_MTL.txt", "x");
	assert_string_equal(found("flat"), "flat/LC09_A_MTL.txt flat/LC09_B_MTL.txt");
	look(&d, "flat");
	assert_int_equal(d.list[0].bytes, 3);
	assert_int_equal(d.list[1].bytes, 1);
	discovery_release(&d);
}

static void the_print_tells_every_change_of_files(void **state)
{
	struct timespec t[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct discovered a, b;

	(void)state;
	folder("p");
	make_landsat("p/LC09");
	a = one("p");
	assert_int_equal(a.bytes, 6);
	assert_false(a.arriving);
	assert_string_equal(one("p").print, a.print);
	file("p/LC09/LC09_B4.TIF", "");
	b = one("p");
	assert_string_not_equal(b.print, a.print);
	assert_int_equal(utimensat(AT_FDCWD, "p/LC09/LC09_B4.TIF", t, 0), 0);
	a = one("p");
	assert_string_not_equal(b.print, a.print);
	/* A copy that keeps times is new all the same. */
	assert_true(a.newest > t[0].tv_sec);
	assert_int_equal(rename("p/LC09/LC09_B4.TIF", "p/LC09/LC09_B4.TIF.part"), 0);
	b = one("p");
	assert_string_not_equal(b.print, a.print);
	assert_true(b.arriving);
}

static void an_archive_beside_its_control_file_is_arriving(void **state)
{
	(void)state;
	folder("q");
	file("q/a.tar", "x");
	assert_false(one("q").arriving);
	file("q/a.tar.aria2", "x");
	assert_true(one("q").arriving);
	assert_true(one("q/a.tar").arriving);
}

static void links_are_followed_but_not_in_circles(void **state)
{
	(void)state;
	folder("store");
	make_landsat("store/LC09");
	folder("links");
	assert_int_equal(symlink("../store/LC09", "links/one"), 0);
	assert_int_equal(symlink("..", "links/up"), 0);
	assert_int_equal(symlink("nothing", "links/broken"), 0);
	assert_string_equal(found("links"), "links/one links/up/store/LC09");
}

static void depth_has_an_end(void **state)
{
	char path[400] = "deep";

	(void)state;
	for (int i = 0; i < DISCOVER_DEPTH + 3; i++) {
		folder(path);
		snprintf(path + strlen(path), 3, "/d");
	}
	folder(path);
	snprintf(path + strlen(path), 7, "/a.tar");
	file(path, "x");
	assert_string_equal(found("deep"), "");
}

static void what_is_not_there_is_an_error(void **state)
{
	struct discovery d = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(discover(&d, "nothing", &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_int_equal(discover(&d, "*.nothing", &e), 0);
	assert_int_equal(d.nr, 0);
	discovery_release(&d);
}

static void a_folder_that_is_closed_stops_no_others(void **state)
{
	struct discovery d;

	(void)state;
	if (!geteuid()) {
		print_message("root reads every folder: not tested\n");
		skip();
	}
	folder("in");
	folder("in/closed");
	file("in/a.tar", "x");
	assert_int_equal(chmod("in/closed", 0), 0);
	look(&d, "in");
	assert_int_equal(d.nr, 1);
	assert_int_equal(d.warnings_nr, 1);
	discovery_release(&d);
}

static void remote_products_are_named_only(void **state)
{
	struct discovery d = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(discover(&d, "https://x.example/item.json", &e), 0);
	assert_int_equal(discover_remote(&d, "https://x.example/item.json", "2024", &e), 0);
	assert_string_not_equal(d.list[0].print, d.list[1].print);
	discovery_sort(&d);
	assert_int_equal(d.nr, 1);
	discovery_release(&d);
}

static const char *subject(const char *path)
{
	static char text[NAMING_SUBJECT];

	return naming_subject(path, text) ? text : "none";
}

static void names_tell_the_subject(void **state)
{
	(void)state;
	assert_string_equal(subject("a/LC09_L2SP_150028_20240712_20240713_02_T1"),
			    "LC09_L2_150028_20240712");
	assert_string_equal(subject("LC09_L2SR_150028_20240712_20240801_02_RT.tar.gz"),
			    "LC09_L2_150028_20240712");
	assert_string_equal(subject("b/LC09_L1GT_150028_20240712_20240801_02_T2_MTL.txt"),
			    "LC09_L1_150028_20240712");
	assert_string_equal(
		subject("S2A_MSIL2A_20240712T054213_N0510_R005_T43TFM_20240712T091507.SAFE/"),
		"S2A_MSIL2A_20240712T054213_R005_T43TFM");
	assert_string_equal(
		subject("S2A_MSIL2A_20240712T054213_N0500_R005_T43TFM_20240712T101507.zip"),
		"S2A_MSIL2A_20240712T054213_R005_T43TFM");
	assert_string_equal(subject("scene"), "none");
	assert_string_equal(subject("LC09_L2SP_150028"), "none");
	assert_string_equal(subject(""), "none");
	assert_string_equal(subject("_____________________"), "none");
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(finds_products_in_folders),
		IN_FOLDER(several_products_in_one_folder_are_told_apart),
		IN_FOLDER(the_print_tells_every_change_of_files),
		IN_FOLDER(an_archive_beside_its_control_file_is_arriving),
		IN_FOLDER(links_are_followed_but_not_in_circles),
		IN_FOLDER(depth_has_an_end),
		IN_FOLDER(what_is_not_there_is_an_error),
		IN_FOLDER(a_folder_that_is_closed_stops_no_others),
		cmocka_unit_test(remote_products_are_named_only),
		cmocka_unit_test(names_tell_the_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
