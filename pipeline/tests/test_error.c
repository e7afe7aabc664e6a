/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/base/error.h"

static void set_fills_code_and_text(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_int_equal(error_set(&e, ERROR_DATA, "cannot read %s: %d bands", "a.tif", 3), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_string_equal(e.text, "cannot read a.tif: 3 bands");
	assert_int_equal(error_nomem(&e, "a tile"), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_string_equal(e.text, "no memory for a tile");
}

static void codes_follow_errno(void **state)
{
	static const struct {
		int errnum;
		enum error_code reading, creating;
	} cases[] = {
		{ ENOENT, ERROR_NOINPUT, ERROR_CANTCREATE },
		{ ENOTDIR, ERROR_NOINPUT, ERROR_CANTCREATE },
		{ EEXIST, ERROR_IO, ERROR_CANTCREATE },
		{ ENAMETOOLONG, ERROR_IO, ERROR_CANTCREATE },
		{ EACCES, ERROR_PERMISSION, ERROR_PERMISSION },
		{ EPERM, ERROR_PERMISSION, ERROR_PERMISSION },
		{ EROFS, ERROR_PERMISSION, ERROR_PERMISSION },
		{ ENOMEM, ERROR_BUG, ERROR_BUG },
		{ ENOSPC, ERROR_IO, ERROR_IO },
		{ EDQUOT, ERROR_IO, ERROR_IO },
		{ EFBIG, ERROR_IO, ERROR_IO },
		{ EIO, ERROR_IO, ERROR_IO },
	};
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(error_errno(&e, cases[i].errnum, "read %s", "x"), -1);
		assert_int_equal(e.code, cases[i].reading);
		assert_non_null(strstr(e.text, strerror(cases[i].errnum)));
		assert_int_equal(error_create(&e, cases[i].errnum, "make %s", "x"), -1);
		assert_int_equal(e.code, cases[i].creating);
		assert_ptr_equal(strstr(e.text, "make x: "), e.text);
	}
}

static void prefix_keeps_the_code_and_the_beginning(void **state)
{
	struct error e = { 0 };
	char wide[3000];

	(void)state;
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = 0;
	error_set(&e, ERROR_IO, "short read");
	assert_int_equal(error_prefix(&e, "scene %d", 7), -1);
	assert_int_equal(e.code, ERROR_IO);
	assert_string_equal(e.text, "scene 7: short read");

	error_set(&e, ERROR_IO, "%s", wide);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	error_prefix(&e, "scene");
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_memory_equal(e.text, "scene: www", 10);

	error_set(&e, ERROR_IO, "tail");
	error_prefix(&e, "%s", wide);
	assert_non_null(strstr(e.text, ": tail"));
	error_errno(&e, EIO, "%s", wide);
	assert_non_null(strstr(e.text, strerror(EIO)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_code_and_text),
		cmocka_unit_test(codes_follow_errno),
		cmocka_unit_test(prefix_keeps_the_code_and_the_beginning),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
