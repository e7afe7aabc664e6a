/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/io/folder.h"
#include "pipeline/tests/archive_files.h"

/* Names in a folder, hidden ones too: what a stage folder may leave behind. */
static int names_in(const char *dir)
{
	DIR *list = opendir(dir);
	int n = -2;

	assert_non_null(list);
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

static void must_open(struct input *in, const char *path, const char *stage, const char *form)
{
	const struct input_options options = { .stage = stage };
	struct error e = { 0 };

	if (input_open(in, path, &options, &e))
		fail_msg("%s", e.text);
	assert_string_equal(in->form, form);
}

/* Refused with this code, in one line with this word; nothing is left in the stage folder. */
static void must_refuse(const char *path, const char *stage, enum error_code code, const char *word)
{
	const struct input_options options = { .stage = stage };
	int before = names_in(stage);
	struct error e = { 0 };
	struct input in;

	assert_int_equal(input_open(&in, path, &options, &e), -1);
	if (e.code != code || !strstr(e.text, word) || strchr(e.text, '\n'))
		fail_msg("code %d, \"%s\"; should be %d with \"%s\"", e.code, e.text, code, word);
	assert_null(in.path);
	assert_null(in.form);
	assert_null(in.stage.path);
	assert_int_equal(names_in(stage), before);
}

/* The file below the input's path holds this text. */
static void assert_text(const struct input *in, const char *name, const char *text)
{
	char *path = path_join(in->path, name), data[200] = { 0 };
	VSILFILE *file = VSIFOpenL(path, "rb");

	if (!file)
		fail_msg("no %s", path);
	VSIFReadL(data, 1, sizeof(data) - 1, file);
	VSIFCloseL(file);
	assert_string_equal(data, text);
	free(path);
}

static const char mtl[] = "GROUP = L1_METADATA_FILE\n";

static void put(const char *dir, const char *name, struct bytes b)
{
	files_bytes(dir, name, b.data, b.n);
	bytes_free(&b);
}

static struct bytes product_gz(void)
{
	struct bytes tar = product_tar(), gz = packed(&tar, "gzip");

	bytes_free(&tar);
	return gz;
}

static void folders_and_files_are_as_they_are(void **state)
{
	char *dir = files_new(), path[4200];
	struct input in;

	(void)state;
	files_folder(dir, "P.tar");
	files_text(dir, "P.tar/P_MTL.txt", mtl);
	files_path(path, dir, "P.tar///");
	must_open(&in, path, dir, "folder");
	assert_string_equal(in.path + strlen(dir), "/P.tar");
	assert_false(in.archive);
	assert_null(in.stage.path);
	input_release(&in);
	input_release(&in);
	files_path(path, dir, "P.tar/P_MTL.txt");
	must_open(&in, path, dir, "file");
	assert_string_equal(in.path, path);
	assert_false(in.archive);
	input_release(&in);
	files_remove(dir);
}

static void archives_are_read_in_place(void **state)
{
	static const char *const names[] = { "P.tar", "a b.tar", "озеро.tar", "no ending",
					     "P.zip", "{a}.tar", "P_MTL.txt" };
	char *dir = files_new(), path[4200];
	struct input in;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put(dir, names[i], product_tar());
		must_open(&in, files_path(path, dir, names[i]), dir, "tar");
		assert_true(in.archive);
		assert_memory_equal(in.path, "/vsitar/{", 9);
		assert_true(folder_is_folder(in.path));
		assert_text(&in, "data/P/P_MTL.txt", mtl);
		input_release(&in);
	}
	put(dir, "Z.SAFE.zip", product_zip());
	must_open(&in, files_path(path, dir, "Z.SAFE.zip"), dir, "zip");
	assert_true(in.archive);
	assert_memory_equal(in.path, "/vsizip/{", 9);
	assert_text(&in, "P.SAFE/MTD_MSIL1C.xml", "<a/>");
	input_release(&in);
	assert_int_equal(names_in(dir), 8);
	files_remove(dir);
}

static void compressed_tars_are_unpacked(void **state)
{
	char *dir = files_new(), path[4200], *stage = files_new();
	struct bytes deep = { 0 }, gz;
	struct input in;
	struct stat st;

	(void)state;
	put(dir, "P.zip", product_gz());
	must_open(&in, files_path(path, dir, "P.zip"), stage, "tar.gz");
	assert_true(in.archive);
	assert_memory_equal(in.path, stage, strlen(stage));
	assert_text(&in, "data/P/P_MTL.txt", mtl);
	assert_int_equal(names_in(stage), 1);
	assert_int_equal(stat(in.stage.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	input_release(&in);
	assert_int_equal(names_in(stage), 0);
	tar_text(&deep, "a/b/c/d/e/f/file", mtl);
	tar_end(&deep);
	gz = packed(&deep, "gzip");
	bytes_free(&deep);
	put(dir, "deep", gz);
	must_open(&in, files_path(path, dir, "deep"), stage, "tar.gz");
	assert_text(&in, "a/b/c/d/e/f/file", mtl);
	input_release(&in);
	assert_int_equal(names_in(stage), 0);
	files_remove(stage);
	files_remove(dir);
}

/* GDAL 3.6 reads no pax headers, and takes "*.tar.gz" for compressed: such tars are unpacked. */
static void a_tar_that_gdal_misreads_is_unpacked(void **state)
{
	char *dir = files_new(), path[4200], *stage = files_new();
	struct bytes b = { 0 };
	struct input in;

	(void)state;
	tar_add(&b, "pax", 'x', "19 path=long/a.txt\n", 19);
	tar_text(&b, "short", mtl);
	tar_end(&b);
	put(dir, "pax.tar", b);
	must_open(&in, files_path(path, dir, "pax.tar"), stage, "tar");
	assert_text(&in, "long/a.txt", mtl);
	input_release(&in);
	put(dir, "P.tar.gz", product_tar());
	must_open(&in, files_path(path, dir, "P.tar.gz"), stage, "tar");
	assert_text(&in, "data/P/P_MTL.txt", mtl);
	input_release(&in);
	assert_int_equal(names_in(stage), 0);
	files_remove(stage);
	files_remove(dir);
}

static void an_archive_of_one_file_is_a_folder(void **state)
{
	struct zip_member m = { .name = "P_MTL.txt", .data = mtl, .n = sizeof(mtl) - 1 };
	char *dir = files_new(), path[4200];
	struct bytes b = { 0 };
	struct error e = { 0 };
	struct folder f;
	struct input in;

	(void)state;
	tar_text(&b, "P_MTL.txt", mtl);
	tar_end(&b);
	put(dir, "one.tar", b);
	put(dir, "one.zip", zip_of(&m, 1));
	for (int zip = 0; zip < 2; zip++) {
		must_open(&in, files_path(path, dir, zip ? "one.zip" : "one.tar"), dir,
			  zip ? "zip" : "tar");
		assert_true(folder_is_folder(in.path));
		assert_int_equal(folder_read(&f, in.path, &e), 0);
		assert_int_equal(f.names_nr, 1);
		assert_string_equal(f.names[0], "P_MTL.txt");
		folder_release(&f);
		input_release(&in);
	}
	files_remove(dir);
}

/* What is in an archive stays closed: the product is not there, which others say. */
static void archives_in_archives_stay_closed(void **state)
{
	struct bytes inner = product_tar(), b = { 0 };
	char *dir = files_new(), path[4200];
	struct error e = { 0 };
	struct folder f;
	struct input in;

	(void)state;
	tar_add(&b, "P.tar", '0', inner.data, inner.n);
	tar_end(&b);
	bytes_free(&inner);
	put(dir, "nested.tar", b);
	must_open(&in, files_path(path, dir, "nested.tar"), dir, "tar");
	assert_int_equal(folder_read(&f, in.path, &e), 0);
	assert_int_equal(f.names_nr, 1);
	assert_string_equal(f.names[0], "P.tar");
	folder_release(&f);
	input_release(&in);
	files_remove(dir);
}

static void what_gdal_calls_an_archive_is_one(void **state)
{
	char *dir = files_new(), path[4200];
	struct input in;

	(void)state;
	put(dir, "a b.tar", product_tar());
	put(dir, "Z.zip", product_zip());
	snprintf(path, sizeof(path), "/vsitar/%s/a b.tar", dir);
	must_open(&in, path, dir, "tar");
	assert_true(in.archive);
	assert_text(&in, "data/P/P_MTL.txt", mtl);
	input_release(&in);
	snprintf(path, sizeof(path), "/vsitar/{%s/a b.tar}/data/P/", dir);
	must_open(&in, path, dir, "tar");
	assert_false(in.archive);
	assert_text(&in, "P_MTL.txt", mtl);
	input_release(&in);
	snprintf(path, sizeof(path), "/vsizip/%s/Z.zip/P.SAFE", dir);
	must_open(&in, path, dir, "zip");
	assert_text(&in, "MTD_MSIL1C.xml", "<a/>");
	input_release(&in);

	snprintf(path, sizeof(path), "/vsizip/%s/a b.tar", dir);
	must_refuse(path, dir, ERROR_DATA, "is no zip");
	snprintf(path, sizeof(path), "/vsitar/{%s/a b.tar", dir);
	must_refuse(path, dir, ERROR_NOINPUT, "brace");
	snprintf(path, sizeof(path), "/vsitar/%s/none.tar", dir);
	must_refuse(path, dir, ERROR_NOINPUT, "none.tar");
	files_remove(dir);
}

static void other_file_systems_of_gdal_are_refused(void **state)
{
	static const char *const bad[] = {
		"/vsimem/x.tif",
		"/vsistdin",
		"/vsisubfile/0_10,/etc/passwd",
		"/vsigzip//etc/passwd",
		"/vsisparse/x",
		"/vsizip//vsicurl/http://127.0.0.1:1/x.zip",
		"/vsitar/{/vsimem/x.tar}",
		"/vsizip/http://127.0.0.1:1/x.zip",
	};
	char *dir = files_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		must_refuse(bad[i], dir, ERROR_DATA, bad[i]);
	files_remove(dir);
}

static void what_cannot_be_read_is_named(void **state)
{
	static const char strange[] = "7z\xbc\xaf\x27\x1c and so on";
	char *dir = files_new(), path[4200];
	char zeros[600] = { 0 };

	(void)state;
	must_refuse("", dir, ERROR_NOINPUT, "empty");
	must_refuse(files_path(path, dir, "none"), dir, ERROR_NOINPUT, "No such file");
	/* Must not wait for a writer. */
	assert_int_equal(mkfifo(files_path(path, dir, "P.tar"), 0600), 0);
	must_refuse(path, dir, ERROR_DATA, "not a regular file");
	must_refuse("/dev/null", dir, ERROR_DATA, "not a regular file");
	files_text(dir, "P.zip", "");
	must_refuse(files_path(path, dir, "P.zip"), dir, ERROR_DATA, "is empty");
	files_bytes(dir, "Z.tar", zeros, sizeof(zeros));
	must_refuse(files_path(path, dir, "Z.tar"), dir, ERROR_DATA, "begins with zeros");
	files_text(dir, "P.7z", strange);
	must_refuse(files_path(path, dir, "P.7z"), dir, ERROR_DATA, "a 7z archive: unpack it");
	files_remove(dir);
}

static void what_may_not_be_read_is_told(void **state)
{
	char *dir = files_new(), path[4200];

	(void)state;
	put(dir, "P.tar", product_tar());
	assert_int_equal(chmod(files_path(path, dir, "P.tar"), 0), 0);
	if (!access(path, R_OK)) {
		files_remove(dir);
		skip(); /* root may read everything */
	} else {
		must_refuse(path, dir, ERROR_PERMISSION, "Permission denied");
		files_remove(dir);
	}
}

static void damaged_archives_leave_nothing(void **state)
{
	struct bytes tar = product_tar(), zip = product_zip(), gz = product_gz();
	const struct bytes *all[] = { &tar, &zip, &gz };
	char *dir = files_new(), path[4200];

	(void)state;
	files_path(path, dir, "P");
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 1; k < 20; k++) {
			size_t n = (all[i]->n - (i ? 0 : 1024)) * k / 20;

			files_bytes(dir, "P", all[i]->data, n);
			must_refuse(path, dir, ERROR_DATA, "cut");
		}
	}
	bytes_free(&tar);
	bytes_free(&zip);
	bytes_free(&gz);
	files_remove(dir);
}

static void a_stage_folder_is_needed(void **state)
{
	const struct input_options options = { .stage = "/proc/none" };
	char *dir = files_new(), path[4200];
	struct error e = { 0 };
	struct input in;

	(void)state;
	put(dir, "P.tar.gz", product_gz());
	assert_int_equal(input_open(&in, files_path(path, dir, "P.tar.gz"), &options, &e), -1);
	assert_non_null(strstr(e.text, "/proc/none"));
	assert_true(e.code == ERROR_CANTCREATE || e.code == ERROR_PERMISSION);
	files_remove(dir);
}

static void what_still_arrives_is_left_alone(void **state)
{
	static const char *const beside[] = { "P.tar.part", "P.tar.aria2", ".P.tar.x1Y2z3",
					      ".P.tar.abcdef" };
	char *dir = files_new(), path[4200], other[4200];
	struct input in;

	(void)state;
	put(dir, "P.tar", product_tar());
	put(dir, "Q.tar.part", product_tar());
	files_folder(dir, "P");
	must_refuse(files_path(path, dir, "Q.tar.part"), dir, ERROR_TEMPORARY, "still arriving");
	files_path(path, dir, "P.tar");
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		files_text(dir, beside[i], "");
		must_refuse(path, dir, ERROR_TEMPORARY, "lies beside it");
		assert_int_equal(unlink(files_path(other, dir, beside[i])), 0);
	}
	/* Others' downloads do not matter, nor does what is called P for P.tar. */
	must_open(&in, path, dir, "tar");
	input_release(&in);
	must_open(&in, files_path(other, dir, "P"), dir, "folder");
	input_release(&in);
	files_folder(dir, "P.partial");
	must_refuse(other, dir, ERROR_TEMPORARY, "lies beside it");
	files_remove(dir);
}

static void a_folder_for_what_is_fetched_later(void **state)
{
	char *dir = files_new(), *stage = files_new(), *one, *again;
	const struct input_options options = { .stage = stage };
	struct error e = { 0 };
	struct input in;

	(void)state;
	must_open(&in, dir, stage, "folder");
	assert_int_equal(names_in(stage), 0);
	one = input_folder(&in, "assets", &options, &e);
	assert_non_null(one);
	assert_memory_equal(one, in.stage.path, strlen(in.stage.path));
	files_text(one, "B03.tif", "x");
	again = input_folder(&in, "assets", &options, &e);
	assert_string_equal(again, one);
	/* What is no folder is not used. */
	files_text(in.stage.path, "archive", "x");
	assert_null(input_folder(&in, "archive", &options, &e));
	assert_int_equal(e.code, ERROR_CANTCREATE);
	free(one);
	free(again);
	input_release(&in);
	assert_int_equal(names_in(stage), 0);
	files_remove(stage);
	files_remove(dir);
}

/* Nobody listens on port 1. */
static void a_server_that_is_gone_is_told(void **state)
{
	const struct input_options direct = { .direct = true };
	char *dir = files_new();
	struct error e = { 0 };
	struct input in;

	(void)state;
	setenv("BALKHASH_HTTP_RETRY_MS", "1", 1);
	must_refuse("http://127.0.0.1:1/P.tar", dir, ERROR_UNAVAILABLE, "127.0.0.1:1/P.tar");
	unsetenv("BALKHASH_HTTP_RETRY_MS");
	assert_int_equal(input_open(&in, "/vsicurl/http://127.0.0.1:1/P.tar", &direct, &e), -1);
	assert_int_equal(e.code, ERROR_UNAVAILABLE);
	files_remove(dir);
}

static void real_archives_are_read(void **state)
{
	static const struct {
		const char *name, *form, *inner;
	} real[] = {
		{ "landsat/LE07_L1TP_107068_20220310_20220405_02_T1.tar", "tar",
		  "data/LE07_L1TP_107068_20220310_20220405_02_T1" },
		{ "landsat/LT05_L1TP_090085_19970406_20161231_01_T1.tar.gz", "tar.gz", "." },
		{ "sentinel2/S2A_MSIL1C_20201031T004711_N0209_R102_T53JQJ_20201031T022859.zip",
		  "zip", "S2A_MSIL1C_20201031T004711_N0209_R102_T53JQJ_20201031T022859.SAFE" },
	};
	const char *data = getenv("BALKHASH_TESTDATA");
	char *dir, path[4200];
	struct input in;

	(void)state;
	if (!data)
		skip(); /* no real products: BALKHASH_TESTDATA is not set */
	dir = files_new();
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		char *inner;

		must_open(&in, files_path(path, data, real[i].name), dir, real[i].form);
		assert_true(in.archive);
		inner = real[i].inner[0] == '.' ? strdup(in.path)
						: path_join(in.path, real[i].inner);
		assert_true(folder_is_folder(inner));
		free(inner);
		input_release(&in);
	}
	assert_int_equal(names_in(dir), 0);
	files_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_and_files_are_as_they_are),
		cmocka_unit_test(archives_are_read_in_place),
		cmocka_unit_test(compressed_tars_are_unpacked),
		cmocka_unit_test(a_tar_that_gdal_misreads_is_unpacked),
		cmocka_unit_test(an_archive_of_one_file_is_a_folder),
		cmocka_unit_test(archives_in_archives_stay_closed),
		cmocka_unit_test(what_gdal_calls_an_archive_is_one),
		cmocka_unit_test(other_file_systems_of_gdal_are_refused),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(what_may_not_be_read_is_told),
		cmocka_unit_test(damaged_archives_leave_nothing),
		cmocka_unit_test(a_stage_folder_is_needed),
		cmocka_unit_test(what_still_arrives_is_left_alone),
		cmocka_unit_test(a_folder_for_what_is_fetched_later),
		cmocka_unit_test(a_server_that_is_gone_is_told),
		cmocka_unit_test(real_archives_are_read),
	};

	gdal_setup(16 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
