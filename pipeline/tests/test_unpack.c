/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/tests/unpack_case.h"

/* What the disk says it has free; 0: what it has. */
static uint64_t disk_free;

int statvfs(const char *path, struct statvfs *out)
{
	int ret, fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ret = fstatvfs(fd, out);
	close(fd);
	if (!ret && disk_free)
		out->f_bavail = disk_free / out->f_frsize;
	return ret;
}

static void whole_archives_pass(void **state)
{
	static const char *const filters[] = { "gzip", "bzip2", "xz" };
	struct bytes tar = product_tar(), zip = product_zip();
	char *dir = files_new();
	struct error e;

	(void)state;
	assert_code(judge(dir, &tar, false, ALL, &e), 0, "", &e);
	assert_code(judge(dir, &zip, false, ALL, &e), 0, "", &e);
	assert_code(judge(dir, &tar, true, ALL, &e), 0, "", &e);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct bytes b = packed(&tar, filters[i]);

		assert_code(judge(dir, &b, true, ALL, &e), 0, "", &e);
		bytes_free(&b);
	}
	bytes_free(&tar);
	bytes_free(&zip);
	files_remove(dir);
}

static void what_is_unpacked_is_what_was_packed(void **state)
{
	struct bytes tar = product_tar(), gz = packed(&tar, "gzip");
	char *dir = files_new(), *folder = path_join(dir, "out"), path[4200], *data;
	struct error e;
	struct stat st;
	size_t n;

	(void)state;
	files_bytes(dir, "a.tar.gz", gz.data, gz.n);
	files_folder(dir, "out");
	assert_int_equal(unpack_archive(files_path(path, dir, "a.tar.gz"), folder, ALL, &e), 0);
	files_path(path, folder, "data/P/P_MTL.txt");
	assert_int_equal(file_read(path, 1000, &data, &n, &e), 0);
	assert_string_equal(data, "GROUP = L1_METADATA_FILE\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	free(data);
	assert_int_equal(
		file_read(files_path(path, folder, "data/P/P_B1.TIF"), 9999, &data, &n, &e), 0);
	assert_int_equal(n, 5000);
	assert_memory_equal(data, tar.data + 4 * 512, n);
	free(data);
	free(folder);
	bytes_free(&tar);
	bytes_free(&gz);
	files_remove(dir);
}

/* Cut anywhere, an archive is no archive, and says so. */
static void cut_archives_are_named(void **state)
{
	struct bytes tar = product_tar(), zip = product_zip();
	struct {
		struct bytes b;
		bool unpack;
	} cases[] = { { tar, false },
		      { zip, false },
		      { packed(&tar, "gzip"), true },
		      { packed(&tar, "bzip2"), true },
		      { packed(&tar, "xz"), true } };
	char *dir = files_new();
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* The end marker of a tar is its last 1024 bytes, of which half will do. */
		size_t end = i ? cases[i].b.n - 1 : cases[i].b.n - 513;

		for (size_t k = 0; k <= 20; k++) {
			struct bytes part = { cases[i].b.data, end * k / 20, 0 };
			int got = judge(dir, &part, cases[i].unpack, ALL, &e);

			assert_code(got, ERROR_DATA, "archive", &e);
			if (part.n > 600 && !strstr(e.text, "cut"))
				fail_msg("case %zu, %zu bytes: %s", i, part.n, e.text);
		}
		bytes_free(&cases[i].b);
	}
	files_remove(dir);
}

/* At a border between members nothing but the missing end marker tells. */
static void a_tar_cut_between_members_is_cut(void **state)
{
	char *dir = files_new();
	struct bytes b = product_tar();

	(void)state;
	b.n -= 1024;
	refuse_tar(dir, &b, "end marker");
	b = product_tar();
	b.n -= 1024 + 512 + 3072;
	refuse_tar(dir, &b, "end marker");
	files_remove(dir);
}

static void the_first_member_beyond_the_end_is_named(void **state)
{
	char *dir = files_new();
	struct bytes b = product_tar();
	struct error e;

	(void)state;
	b.n = 4 * 512 + 4000;
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA,
		    "cut: 6048 bytes are there, and its member 'data/P/P_B1.TIF' ends at byte 7048",
		    &e);
	bytes_free(&b);
	files_remove(dir);
}

/* Every flipped byte of gzip shows, were it only in its checksum. */
static void flipped_bytes_show(void **state)
{
	struct bytes tar = product_tar(), gz = packed(&tar, "gzip");
	char *dir = files_new();
	struct error e;

	(void)state;
	for (size_t i = 10; i < gz.n; i += 97) {
		gz.data[i] ^= 0x10;
		if (!judge(dir, &gz, true, ALL, &e))
			fail_msg("byte %zu of %zu", i, gz.n);
		gz.data[i] ^= 0x10;
	}
	gz.data[gz.n - 6] ^= 1;
	assert_code(judge(dir, &gz, true, ALL, &e), ERROR_DATA, "damaged", &e);
	gz.data[gz.n - 6] ^= 1;
	bytes_add(&gz, "behind", 6);
	assert_code(judge(dir, &gz, true, ALL, &e), ERROR_DATA, "damaged", &e);
	bytes_free(&tar);
	bytes_free(&gz);
	files_remove(dir);
}

static void several_gzip_members_are_one_stream(void **state)
{
	struct bytes tar = product_tar(), first = { tar.data, 3000, 0 },
		     second = { tar.data + 3000, tar.n - 3000, 0 };
	struct bytes a = packed(&first, "gzip"), b = packed(&second, "gzip");
	char *dir = files_new();
	struct error e;

	(void)state;
	bytes_add(&a, b.data, b.n);
	bytes_zeros(&a, 700);
	assert_code(judge(dir, &a, true, ALL, &e), 0, "", &e);
	bytes_free(&tar);
	bytes_free(&a);
	bytes_free(&b);
	files_remove(dir);
}

static void too_much_is_refused_before_it_is_written(void **state)
{
	char *dir = files_new();
	struct bytes tar = product_tar(), gz = packed(&tar, "gzip"), bomb = { 0 }, small;
	struct error e;

	(void)state;
	assert_code(judge(dir, &gz, true, 5000, &e), ERROR_DATA, "more than 5000 bytes", &e);
	assert_code(judge(dir, &tar, false, 4999, &e), ERROR_DATA, "too large", &e);
	assert_code(judge(dir, &tar, false, 5000, &e), 0, "", &e);
	/* Ten gigabytes of zeros in a few kilobytes: refused at the header. */
	tar_header(&bomb, "zeros.tif", '0', (uint64_t)8 << 30);
	bytes_zeros(&bomb, 100000);
	small = packed(&bomb, "gzip");
	assert_code(judge(dir, &small, true, ALL, &e), ERROR_DATA, "100 times its own size", &e);
	bytes_free(&small);
	bytes_free(&bomb);
	bytes_free(&tar);
	bytes_free(&gz);
	files_remove(dir);
}

/* Bytes behind the end of the tar count as well: they have to be read for the checksum. */
static void a_bomb_behind_the_end_is_refused(void **state)
{
	struct bytes tar = product_tar(), gz;
	char *dir = files_new();
	struct error e;

	(void)state;
	bytes_zeros(&tar, 2 << 20);
	gz = packed(&tar, "gzip");
	assert_code(judge(dir, &gz, true, 9000, &e), ERROR_DATA, "more than 9000 bytes", &e);
	bytes_free(&gz);
	bytes_free(&tar);
	files_remove(dir);
}

static void too_many_members_are_refused(void **state)
{
	char *dir = files_new(), name[20];
	struct bytes b = { 0 };
	struct error e;

	(void)state;
	for (int i = 0; i < UNPACK_ENTRIES_MAX + 1; i++) {
		snprintf(name, sizeof(name), "d%d/", i / 2);
		tar_add(&b, name, '5', NULL, 0);
	}
	tar_end(&b);
	assert_code(judge(dir, &b, false, ALL, &e), ERROR_DATA, "more than 20000 members", &e);
	bytes_free(&b);
	files_remove(dir);
}

static void a_full_disk_is_told(void **state)
{
	struct bytes tar = product_tar(), gz = packed(&tar, "gzip");
	struct rlimit old, low = { 4096, RLIM_INFINITY };
	char *dir = files_new(), archive[4200], folder[4200];
	struct error e = { 0 };
	int got;

	(void)state;
	/* At once, or when a member is larger than what is left. */
	disk_free = 1;
	assert_code(judge(dir, &gz, true, ALL, &e), ERROR_CONFIG, "make room", &e);
	disk_free = 4096;
	got = judge(dir, &gz, true, ALL, &e);
	disk_free = 0;
	assert_code(got, ERROR_CONFIG, "at least 5000 bytes more", &e);

	/* Or in the middle of it. */
	files_bytes(dir, "archive", gz.data, gz.n);
	files_folder(dir, "out");
	files_path(archive, dir, "archive");
	files_path(folder, dir, "out");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	got = unpack_archive(archive, folder, ALL, &e) ? (int)e.code : 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_code(got, ERROR_IO, "cannot write", &e);
	bytes_free(&tar);
	bytes_free(&gz);
	files_remove(dir);
}

static void what_is_no_archive_is_named(void **state)
{
	struct bytes text = { 0 }, gz;
	char *dir = files_new(), path[4200];
	struct error e;

	(void)state;
	bytes_add(&text, "this is not a tar, though it is long enough to be one", 53);
	while (text.n < 20000)
		bytes_add(&text, "blah blah\n", 10);
	gz = packed(&text, "gzip");
	assert_code(judge(dir, &gz, true, ALL, &e), ERROR_DATA, "no tar inside", &e);
	assert_code(judge(dir, &text, false, ALL, &e), ERROR_DATA, "damaged", &e);
	bytes_free(&gz);
	bytes_free(&text);
	files_path(path, dir, "none");
	assert_int_equal(unpack_check(path, ALL, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_int_equal(unpack_archive(path, dir, ALL, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_int_equal(unpack_check(dir, ALL, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	files_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_archives_pass),
		cmocka_unit_test(what_is_unpacked_is_what_was_packed),
		cmocka_unit_test(cut_archives_are_named),
		cmocka_unit_test(a_tar_cut_between_members_is_cut),
		cmocka_unit_test(the_first_member_beyond_the_end_is_named),
		cmocka_unit_test(flipped_bytes_show),
		cmocka_unit_test(several_gzip_members_are_one_stream),
		cmocka_unit_test(too_much_is_refused_before_it_is_written),
		cmocka_unit_test(a_bomb_behind_the_end_is_refused),
		cmocka_unit_test(too_many_members_are_refused),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(what_is_no_archive_is_named),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
