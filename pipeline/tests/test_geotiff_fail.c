/* SPDX-License-Identifier: Apache-2.0
 *
 * A GeoTIFF that cannot be written: the error says so and nothing is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "pipeline/base/file.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/geotiff_internal.h"
#include "pipeline/tests/geotiff_maker.h"

static char folder[400], path[500];

static bool folder_is_empty(void)
{
	DIR *d = opendir(folder);
	int n = 0;

	if (!d)
		return false;
	while (readdir(d))
		n++;
	closedir(d);
	return n == 2;
}

/* --- options --- */

static void options_known(void **state)
{
	struct geotiff_options o = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(geotiff_option(&o, "COMPRESS=ZSTD", &e), 0);
	assert_int_equal(o.compress, GEOTIFF_ZSTD);
	assert_int_equal(geotiff_option(&o, "level=22", &e), 0);
	assert_int_equal(o.level, 22);
	assert_int_equal(geotiff_option(&o, "compress=lzw", &e), 0);
	assert_int_equal(o.compress, GEOTIFF_LZW);
	assert_int_equal(geotiff_option(&o, "COMPRESS=NONE", &e), 0);
	assert_int_equal(o.compress, GEOTIFF_NONE);
	assert_int_equal(geotiff_option(&o, "COMPRESS=DEFLATE", &e), 0);
	assert_int_equal(o.compress, GEOTIFF_DEFLATE);
}

static void options_unknown(void **state)
{
	static const char *const wrong[] = {
		"COMPRESS=JPEG", "COMPRESS=", "COMPRESS",
		"LEVEL=0",	 "LEVEL=23",  "LEVEL=",
		"LEVEL=3x",	 "LEVEL=-1",  "LEVEL=99999999999999999999",
		"PREDICTOR=2",	 ""
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct geotiff_options o = { 0 };
		struct error e = { 0 };

		if (!geotiff_option(&o, wrong[i], &e))
			fail_msg("-co %s was taken", wrong[i]);
		assert_int_equal(e.code, ERROR_CONFIG);
		assert_non_null(strstr(e.text, "DEFLATE"));
		assert_int_equal(o.level, 0);
	}
}

static void options_together(void **state)
{
	static const struct geotiff_options wrong[] = {
		{ GEOTIFF_DEFLATE, 13 },
		{ GEOTIFF_LZW, 1 },
		{ GEOTIFF_NONE, 5 },
		{ GEOTIFF_ZSTD, 23 },
	};
	struct maker_image m = maker_make(layer_find("water"), 20, 10);
	struct geotiff_spec spec = maker_spec(&m, path);

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error e = { 0 };
		struct geotiff *g;

		spec.options = wrong[i];
		assert_int_equal(geotiff_create(&g, &spec, &e), -1);
		assert_int_equal(e.code, ERROR_CONFIG);
		assert_non_null(strstr(e.text, "LEVEL"));
		assert_true(folder_is_empty());
	}
	free(m.pixels);
}

/* --- create, free, order --- */

static void free_removes(void **state)
{
	struct maker_image m = maker_make(layer_find("water"), 1300, 700);
	struct geotiff_spec spec = maker_spec(&m, path);
	struct error e = { 0 };
	struct geotiff *g;

	(void)state;
	geotiff_free(NULL);
	assert_int_equal(geotiff_create(&g, &spec, &e), 0);
	geotiff_free(g);
	assert_true(folder_is_empty());
	assert_int_equal(geotiff_create(&g, &spec, &e), 0);
	assert_int_equal(maker_tiles(&m, g, 2, &e), 0);
	geotiff_free(g);
	assert_true(folder_is_empty());
	free(m.pixels);
}

static void existing_file_stays(void **state)
{
	struct maker_image m = maker_make(layer_find("water"), 20, 10);
	struct geotiff_spec spec = maker_spec(&m, path);
	struct error e = { 0 };
	struct geotiff *g;
	uint64_t size = 0;

	(void)state;
	assert_int_equal(file_write(path, "mine", 4, &e), 0);
	assert_int_equal(geotiff_create(&g, &spec, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(file_size(path, &size, &e), 0);
	assert_int_equal(size, 4);
	unlink(path);
	free(m.pixels);
}

static void no_such_folder(void **state)
{
	struct maker_image m = maker_make(layer_find("water"), 20, 10);
	char elsewhere[600];
	struct geotiff_spec spec = maker_spec(&m, elsewhere);
	struct error e = { 0 };
	struct geotiff *g;

	(void)state;
	snprintf(elsewhere, sizeof(elsewhere), "%s/absent/a.tif", folder);
	assert_int_equal(geotiff_create(&g, &spec, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	free(m.pixels);
}

static void tiles_in_order(void **state)
{
	struct maker_image m = maker_make(layer_find("water"), 1300, 700);
	struct geotiff_spec spec = maker_spec(&m, path);
	struct maker_job job = { .image = &m };
	struct error e = { 0 };
	void *slot;

	(void)state;
	assert_int_equal(geotiff_create(&job.geotiff, &spec, &e), 0);
	slot = malloc(geotiff_slot_size(job.geotiff));
	assert_int_equal(maker_work(&job, 1, slot, &e), 0);
	assert_int_equal(geotiff_append(job.geotiff, 1, slot, &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_int_equal(maker_work(&job, 0, slot, &e), 0);
	assert_int_equal(geotiff_append(job.geotiff, 0, slot, &e), 0);
	assert_int_equal(geotiff_finish(job.geotiff, &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_true(folder_is_empty());
	geotiff_free(job.geotiff);
	free(slot);
	free(m.pixels);
}

static void assert_no_overviews(const struct layer *layer)
{
	struct maker_image m = maker_make(layer, 20, 10);
	struct geotiff_spec spec = maker_spec(&m, path);
	struct error e = { 0 };
	struct geotiff *g;

	assert_int_equal(geotiff_create(&g, &spec, &e), -1);
	assert_int_equal(e.code, ERROR_BUG);
	assert_non_null(strstr(e.text, layer->name));
	assert_true(folder_is_empty());
	free(m.pixels);
}

/* A mean of bits; a mode that cannot tell what is no data. */
static void layer_without_overviews(void **state)
{
	struct layer why = *layer_find("why"), water = *layer_find("water");

	(void)state;
	why.halving = HALVE_MEAN;
	why.has_nodata = true;
	assert_no_overviews(&why);
	water.has_nodata = false;
	assert_no_overviews(&water);
}

/* --- the check of the finished file --- */

/* 0 if geotiff_check() is content with the file after damage() to it. */
static int check_after(void (*damage)(int fd, off_t size))
{
	struct maker_image m = maker_make(layer_find("water"), 1300, 700);
	struct geotiff_spec spec = maker_spec(&m, path);
	struct error e = { 0 };
	struct geotiff *g;
	struct stat st;
	int fd, ret;

	assert_int_equal(geotiff_create(&g, &spec, &e), 0);
	assert_int_equal(maker_tiles(&m, g, 2, &e), 0);
	assert_int_equal(geotiff_finish(g, &e), 0);
	fd = open(path, O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	damage(fd, st.st_size);
	close(fd);
	ret = geotiff_check(g, &e);
	if (ret)
		assert_int_equal(e.code, ERROR_IO);
	geotiff_free(g);
	unlink(path);
	free(m.pixels);
	return ret;
}

static void leave(int fd, off_t size)
{
	(void)fd;
	(void)size;
}

static void shorten(int fd, off_t size)
{
	assert_int_equal(ftruncate(fd, size - 1), 0);
}

static void empty(int fd, off_t size)
{
	(void)size;
	assert_int_equal(ftruncate(fd, 0), 0);
}

/* The first directory's first entries: another width, or none. */
static void blank_directory(int fd, off_t size)
{
	static const char zeros[64];

	(void)size;
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), 192), (ssize_t)sizeof(zeros));
}

/* Add 1 to the first number in the file that is value. */
static void alter(int fd, off_t size, uint64_t value)
{
	uint32_t word = 0;

	for (off_t at = 192; at + 4 <= size; at++) {
		assert_int_equal(pread(fd, &word, 4, at), 4);
		if (word != value)
			continue;
		word++;
		assert_int_equal(pwrite(fd, &word, 4, at), 4);
		return;
	}
	fail();
}

static void alter_offset(int fd, off_t size)
{
	struct geotiff_io io = { .fd = fd, .size = (uint64_t)size };
	TIFF *t = geotiff_io_open(&io, "r");

	assert_non_null(t);
	alter(fd, size, TIFFGetStrileOffset(t, 1));
	TIFFClose(t);
}

static void alter_size(int fd, off_t size)
{
	struct geotiff_io io = { .fd = fd, .size = (uint64_t)size };
	TIFF *t = geotiff_io_open(&io, "r");

	assert_non_null(t);
	alter(fd, size, TIFFGetStrileByteCount(t, 1));
	TIFFClose(t);
}

static void check_finds_damage(void **state)
{
	(void)state;
	assert_int_equal(check_after(leave), 0);
	assert_int_equal(check_after(shorten), -1);
	assert_int_equal(check_after(empty), -1);
	assert_int_equal(check_after(blank_directory), -1);
	assert_int_equal(check_after(alter_offset), -1);
	assert_int_equal(check_after(alter_size), -1);
}

/* --- full disks --- */

/* What became of one attempt, as the status of a child process. */
enum attempt { WRITTEN, REFUSED_RIGHTLY, LEFT_A_FILE, WRONG_CODE, NOT_ALLOWED };

static enum attempt attempt(const struct maker_image *m, const struct geotiff_spec *spec,
			    const char *words)
{
	struct error e = { 0 };

	if (!maker_write(m, spec, NULL, &e))
		return unlink(spec->path) ? LEFT_A_FILE : WRITTEN;
	if (e.code != ERROR_IO || !strstr(e.text, spec->path) || !strstr(e.text, words)) {
		fprintf(stderr, "# error %d: %s\n", (int)e.code, e.text);
		return WRONG_CODE;
	}
	return folder_is_empty() ? REFUSED_RIGHTLY : LEFT_A_FILE;
}

/* Try with more and more room until it is enough; room() makes it, in the child. */
static int attempts(int32_t side, bool (*room)(size_t bytes), const char *words, int *refused)
{
	struct maker_image m = maker_make(layer_find("mndwi"), side, side);
	struct geotiff_spec spec = maker_spec(&m, path);
	int status = 0, last = NOT_ALLOWED;

	*refused = 0;
	for (size_t bytes = 4096; bytes < 64u << 20; bytes = bytes * 4 / 3) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(room(bytes) ? (int)attempt(&m, &spec, words) : NOT_ALLOWED);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		last = WEXITSTATUS(status);
		if (last != REFUSED_RIGHTLY)
			break;
		++*refused;
	}
	free(m.pixels);
	return last;
}

/* One tile: the spool is what fills up first.  Several levels: that of the pixels. */
static const int32_t sides[] = { 512, 1030 };

static bool limit_files(size_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	signal(SIGXFSZ, SIG_IGN);
	return !setrlimit(RLIMIT_FSIZE, &limit);
}

static void file_size_limit(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		int refused, last = attempts(sides[i], limit_files, "File too large", &refused);

		assert_int_equal(last, WRITTEN);
		assert_true(refused > 10);
	}
	assert_true(folder_is_empty());
}

/* A small disk over the folder that only this process sees. */
static bool small_disk(size_t bytes)
{
	char option[40];

	snprintf(option, sizeof(option), "size=%zu", bytes);
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("tmpfs", folder, "tmpfs", 0, option);
}

static void full_disk(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		int refused, last = attempts(sides[i], small_disk, "No space left", &refused);

		if (last == NOT_ALLOWED && !refused) {
			print_message("# skipped: this user may not mount a small disk\n");
			skip();
		}
		assert_int_equal(last, WRITTEN);
		assert_true(refused > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_known),       cmocka_unit_test(options_unknown),
		cmocka_unit_test(options_together),    cmocka_unit_test(free_removes),
		cmocka_unit_test(existing_file_stays), cmocka_unit_test(no_such_folder),
		cmocka_unit_test(tiles_in_order),      cmocka_unit_test(layer_without_overviews),
		cmocka_unit_test(check_finds_damage),  cmocka_unit_test(file_size_limit),
		cmocka_unit_test(full_disk),
	};
	int failed;

	maker_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/a.tif", folder);
	gdal_setup(64u << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (!failed)
		rmdir(folder);
	return failed;
}
