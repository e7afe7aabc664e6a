/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/io/unpack.h"
#include "pipeline/tests/archive_files.h"

#define ALL UNPACK_BYTES_MAX

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

/* Check, or unpack into a folder of its own that is removed: 0 or the error's code. */
static int judge(const char *dir, const struct bytes *b, bool unpack, int64_t max, struct error *e)
{
	char archive[4200], folder[4200];
	int ret;

	*e = (struct error){ 0 };
	files_bytes(dir, "archive", b->data, b->n);
	files_path(archive, dir, "archive");
	files_path(folder, dir, "folder");
	if (!unpack)
		return unpack_check(archive, max, e) ? (int)e->code : 0;
	assert_int_equal(mkdir(folder, 0700), 0);
	ret = unpack_archive(archive, folder, max, e) ? (int)e->code : 0;
	VSIRmdirRecursive(folder);
	return ret;
}

static void assert_code(int got, int code, const char *word, const struct error *e)
{
	if (got != code || (code && (!strstr(e->text, word) || strchr(e->text, '\n'))))
		fail_msg("%d \"%s\"; should be %d with \"%s\"", got, e->text, code, word);
}

/* A tar is refused both in place and, compressed, when it is unpacked; freed. */
static void refuse_tar(const char *dir, struct bytes *b, const char *word)
{
	struct bytes gz = packed(b, "gzip");
	struct error e;
	int got = judge(dir, b, false, ALL, &e);

	assert_code(got, ERROR_DATA, word, &e);
	got = judge(dir, &gz, true, ALL, &e);
	assert_code(got, ERROR_DATA, word, &e);
	bytes_free(&gz);
	bytes_free(b);
}

static void refuse_zip(const char *dir, const struct zip_member *m, size_t nr, const char *word)
{
	struct bytes b = zip_of(m, nr);
	struct error e;
	int got = judge(dir, &b, false, ALL, &e);

	assert_code(got, ERROR_DATA, word, &e);
	bytes_free(&b);
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
		cmocka_unit_test(names_stay_inside),
		cmocka_unit_test(only_files_and_folders_are_taken),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(empty_archives_are_named),
		cmocka_unit_test(tars_that_lie_are_refused),
		cmocka_unit_test(long_names_are_read),
		cmocka_unit_test(zips_that_lie_are_refused),
		cmocka_unit_test(a_zip_has_nothing_around_it),
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
