/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a file or a member of a tar lies: right, or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <unistd.h>

#include "pipeline/io/file_part.h"
#include "pipeline/tests/archive_files.h"

#define TEXT "the bytes of a member"

static char tar_path[200], link_path[220];

static int make_place(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(tar_path, sizeof(tar_path), "%s/file-part-%ld.tar", tmp ? tmp : "/tmp",
		 (long)getpid());
	snprintf(link_path, sizeof(link_path), "%s.link", tar_path);
	return symlink(tar_path, link_path);
}

static int remove_place(void **state)
{
	(void)state;
	unlink(link_path);
	return unlink(tar_path);
}

static void write_bytes(struct bytes *b)
{
	FILE *f = fopen(tar_path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(b->data, 1, b->n, f), b->n);
	assert_int_equal(fclose(f), 0);
	bytes_free(b);
}

/* Is what lies there, under that spelling of a path around the tar's, the text? */
static bool finds(const char *before, const char *behind, const char *name)
{
	struct file_part p;
	char path[700], text[sizeof(TEXT)] = "";
	bool found;

	snprintf(path, sizeof(path), "%s%s%s%s", before, link_path, behind, name);
	found = file_part_open(&p, path);
	if (!found) {
		assert_int_equal(p.fd, -1);
		return false;
	}
	assert_int_equal(p.size, strlen(TEXT));
	assert_int_equal(pread(p.fd, text, strlen(TEXT), (off_t)p.at), strlen(TEXT));
	assert_string_equal(text, TEXT);
	file_part_close(&p);
	assert_int_equal(p.fd, -1);
	return true;
}

#define IN_TAR "/vsitar/{", "}/"

static void files_and_members(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	bytes_add(&b, TEXT, strlen(TEXT));
	write_bytes(&b);
	assert_true(finds("", "", ""));
	tar_add(&b, "folder/", '5', "", 0);
	tar_text(&b, "other", "something else that is longer than it");
	tar_text(&b, "./folder/first", TEXT);
	tar_text(&b, "second", TEXT);
	tar_end(&b);
	write_bytes(&b);
	assert_true(finds(IN_TAR, "folder/first"));
	assert_true(finds(IN_TAR, "second"));
	assert_false(finds(IN_TAR, "third"));
	assert_false(finds(IN_TAR, "secon"));
	assert_false(finds(IN_TAR, "folder/"));
	assert_false(finds(IN_TAR, ""));
}

static void other_spellings_are_gdals(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	tar_text(&b, "second", TEXT);
	tar_end(&b);
	write_bytes(&b);
	assert_false(finds("/vsitar/", "/", "second"));
	assert_false(finds("/vsizip/{", "}/", "second"));
	assert_false(finds("/vsitar/{/vsigzip/", "}/", "second"));
	assert_false(finds("/vsitar/{", "}", "second"));
	assert_false(finds("/vsitar/{", "/", "second"));
	assert_false(finds("", ".none", ""));
}

/* Each of them beside a member that is as it should be. */
static void members_that_are_not_plain(void **state)
{
	char name[150];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	for (int k = 0; k < 8; k++) {
		struct bytes b = { 0 };

		tar_text(&b, "plain", TEXT);
		switch (k) {
		case 0: /* twice */
			tar_text(&b, "odd", TEXT);
			tar_text(&b, "./odd", TEXT);
			break;
		case 1:
		case 2:
			tar_add(&b, "odd", k == 1 ? '1' : '2', "", 0);
			break;
		case 3:
			tar_add(&b, "odd", '0', "", 0);
			break;
		case 4: /* GNU's long names: the header of the member has the start of it */
			tar_add(&b, "././@LongLink", 'L', name, sizeof(name));
			tar_text(&b, name, TEXT);
			break;
		case 5: /* pax: a header of headers before */
			tar_text(&b, "PaxHeaders/odd", "");
			b.data[b.n - 512 + 156] = 'x';
			tar_sign(b.data + b.n - 512);
			tar_text(&b, "odd", TEXT);
			break;
		case 6: /* more than there is */
			tar_header(&b, "odd", '0', 1 << 20);
			bytes_add(&b, TEXT, strlen(TEXT));
			break;
		default: /* a size that no file has */
			tar_header(&b, "odd", '0', UINT64_C(077777777777));
			bytes_add(&b, TEXT, strlen(TEXT));
		}
		if (k < 6)
			tar_end(&b);
		write_bytes(&b);
		if (finds(IN_TAR, k == 4 ? name : "odd") && k != 5)
			fail_msg("case %d", k);
		assert_int_equal(finds(IN_TAR, "plain"), k < 6);
	}
}

static void archives_that_are_none(void **state)
{
	struct bytes b = { 0 }, zipped;

	(void)state;
	tar_text(&b, "second", TEXT);
	tar_end(&b);
	zipped = packed(&b, "gzip");
	write_bytes(&zipped);
	assert_false(finds(IN_TAR, "second"));
	/* Cut in the header of what follows. */
	b.n = 1024 + 100;
	write_bytes(&b);
	assert_false(finds(IN_TAR, "second"));
	bytes_add(&b, TEXT, strlen(TEXT));
	write_bytes(&b);
	assert_false(finds(IN_TAR, "second"));
	assert_int_equal(unlink(tar_path), 0);
	assert_false(finds(IN_TAR, "second"));
	assert_int_equal(mkfifo(tar_path, 0600), 0);
	assert_false(finds(IN_TAR, "second"));
	assert_false(finds("", "", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_and_members, make_place, remove_place),
		cmocka_unit_test_setup_teardown(other_spellings_are_gdals, make_place,
						remove_place),
		cmocka_unit_test_setup_teardown(members_that_are_not_plain, make_place,
						remove_place),
		cmocka_unit_test_setup_teardown(archives_that_are_none, make_place, remove_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
