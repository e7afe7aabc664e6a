/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "pipeline/io/input.h"
#include "pipeline/tests/product_files.h"

static void names_of_downloads_are_known(void **state)
{
	static const char *const arriving[] = {
		"x.zip.part",	   "x.tmp",	"x.crdownload", "x.filepart",	    "x.aria2",
		"x.SAFE.download", "x.partial", ".x.AbC123",	".P_B1.TIF.abcdef", "x.PART",
	};
	static const char *const whole[] = {
		"x.zip",      "part",	  ".part", ".hidden", ".a.backup", "._B03.jp2",
		".x.AbC1234", "x.AbC123", "",	   ".",	      "..",	   "department",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(arriving) / sizeof(arriving[0]); i++)
		if (!input_arriving(arriving[i]))
			fail_msg("%s", arriving[i]);
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (input_arriving(whole[i]))
			fail_msg("%s", whole[i]);
}

static void arrivals_in_a_folder_are_seen(void **state)
{
	char *dir = files_new(), path[4200];

	(void)state;
	assert_false(input_arriving_in(dir));
	files_folder(dir, "GRANULE/L1C/IMG_DATA");
	files_text(dir, "GRANULE/L1C/IMG_DATA/B03.jp2", "x");
	files_text(dir, "GRANULE/L1C/IMG_DATA/._B03.jp2", "x");
	assert_false(input_arriving_in(dir));
	files_text(dir, "GRANULE/L1C/IMG_DATA/.B02.jp2.x9Yz01", "x");
	assert_true(input_arriving_in(dir));
	assert_true(input_arriving_in(files_path(path, dir, "GRANULE/L1C/IMG_DATA")));
	assert_false(input_arriving_in(files_path(path, dir, "none")));
	assert_false(input_arriving_in("/vsitar/{none.tar}"));
	/* Not through links: they may lead in circles. */
	assert_int_equal(symlink(dir, files_path(path, dir, "GRANULE/loop")), 0);
	assert_int_equal(unlink(files_path(path, dir, "GRANULE/L1C/IMG_DATA/.B02.jp2.x9Yz01")), 0);
	assert_false(input_arriving_in(dir));
	assert_int_equal(unlink(files_path(path, dir, "GRANULE/loop")), 0);
	files_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_downloads_are_known),
		cmocka_unit_test(arrivals_in_a_folder_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
