/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/file.h"

/* A folder for one test; everything in it is a file. */
static int make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = path_join(tmp ? tmp : "/tmp", "test_file-XXXXXX");

	*state = folder;
	return folder && mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "a", "b", "pipe", "link", "озеро 1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = path_join(*state, names[i]);

		unlink(path);
		free(path);
	}
	if (rmdir(*state))
		return -1;
	free(*state);
	return 0;
}

static void write_text(const char *path, const char *text)
{
	struct error e = { 0 };

	if (file_write(path, text, strlen(text), &e))
		fail_msg("%s", e.text);
}

static void paths_are_joined(void **state)
{
	static const char *const cases[][3] = {
		{ "a", "b", "a/b" },
		{ "a/", "b", "a/b" },
		{ "/", "b", "/b" },
		{ "", "b", "b" },
		{ "a//", "b", "a//b" },
		{ "a", "b/c", "a/b/c" },
		{ "оз ёра", "б", "оз ёра/б" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = path_join(cases[i][0], cases[i][1]);

		assert_string_equal(path, cases[i][2]);
		free(path);
	}
}

static void names_are_the_last_part(void **state)
{
	(void)state;
	assert_string_equal(path_name("a"), "a");
	assert_string_equal(path_name("a/b"), "b");
	assert_string_equal(path_name("/a/b c"), "b c");
	assert_string_equal(path_name("/a/b/"), "b/");
	assert_string_equal(path_name("/a/b//"), "b//");
	assert_string_equal(path_name("a//b"), "b");
	assert_string_equal(path_name("/"), "/");
	assert_string_equal(path_name(""), "");
}

static void what_is_written_is_read(void **state)
{
	static const char bytes[] = "a\0b\xff\n";
	char *path = path_join(*state, "озеро 1"), *data;
	struct error e = { 0 };
	uint64_t length;
	size_t size;

	assert_int_equal(file_write(path, bytes, sizeof(bytes), &e), 0);
	assert_int_equal(file_read(path, sizeof(bytes), &data, &size, &e), 0);
	assert_int_equal(size, sizeof(bytes));
	assert_memory_equal(data, bytes, size);
	assert_int_equal(data[size], 0);
	free(data);
	assert_int_equal(file_size(path, &length, &e), 0);
	assert_int_equal(length, sizeof(bytes));

	assert_int_equal(file_read(path, sizeof(bytes) - 1, &data, &size, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_non_null(strstr(e.text, "6 bytes; 5 are allowed"));
	free(path);
}

static void an_empty_file_is_read(void **state)
{
	char *path = path_join(*state, "a"), *data;
	struct error e = { 0 };
	size_t size = 7;

	write_text(path, "");
	assert_int_equal(file_read(path, 0, &data, &size, &e), 0);
	assert_int_equal(size, 0);
	assert_string_equal(data, "");
	free(data);
	free(path);
}

static void nothing_is_overwritten(void **state)
{
	char *path = path_join(*state, "a"), *data;
	struct error e = { 0 };
	size_t size;

	write_text(path, "first");
	assert_int_equal(file_write(path, "second", 6, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(file_read(path, 100, &data, &size, &e), 0);
	assert_string_equal(data, "first");
	free(data);
	free(path);
}

static void only_regular_files_are_read(void **state)
{
	char *pipe_path = path_join(*state, "pipe"), *missing = path_join(*state, "b"), *data;
	char hex[SHA256_HEX];
	struct error e = { 0 };
	uint64_t length;
	size_t size;

	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	/* Nobody writes: whoever waits for a writer hangs. */
	assert_int_equal(file_read(pipe_path, 100, &data, &size, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(file_sha256(pipe_path, hex, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(file_read(*state, 100, &data, &size, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(file_size(*state, &length, &e), -1);
	assert_int_equal(e.code, ERROR_DATA);
	assert_int_equal(file_read(missing, 100, &data, &size, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_int_equal(file_sha256(missing, hex, &e), -1);
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_non_null(strstr(e.text, missing));
	free(pipe_path);
	free(missing);
}

/* The vectors of FIPS 180-2, appendix B, and of the empty text. */
static void hashes_are_those_of_the_standard(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	static const char million[] =
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
	char *path = path_join(*state, "a"), *a = malloc(1000001);
	char hex[SHA256_HEX];
	struct error e = { 0 };

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		memory_sha256(vectors[i][0], strlen(vectors[i][0]), hex);
		assert_string_equal(hex, vectors[i][1]);
		write_text(path, vectors[i][0]);
		assert_int_equal(file_sha256(path, hex, &e), 0);
		assert_string_equal(hex, vectors[i][1]);
		unlink(path);
	}
	memset(a, 'a', 1000000);
	a[1000000] = 0;
	memory_sha256(a, 1000000, hex);
	assert_string_equal(hex, million);
	write_text(path, a);
	assert_int_equal(file_sha256(path, hex, &e), 0);
	assert_string_equal(hex, million);
	free(a);
	free(path);
}

/* A file that may not grow further stands for a full disk: the same path through write(). */
static void a_full_disk_is_an_error(void **state)
{
	const struct rlimit small = { 65536, RLIM_INFINITY };
	struct rlimit before;
	char *path = path_join(*state, "a"), *bytes = calloc(1, 1 << 20);
	struct error e = { 0 };
	int ret;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ret = file_write(path, bytes, 1 << 20, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(ret, -1);
	assert_int_equal(e.code, ERROR_IO);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(access(path, F_OK), -1);
	free(bytes);
	free(path);
}

/* In a process of its own, which is nobody: root may do everything. */
static int try_as_nobody(const char *folder)
{
	char *denied = path_join(folder, "a"), *new = path_join(folder, "b"), *data;
	struct error e = { 0 };
	size_t size;
	int wrong = 0;

	if (!geteuid() && (setgid(65534) || setuid(65534)))
		return 77;
	wrong |= file_read(denied, 100, &data, &size, &e) != -1 || e.code != ERROR_PERMISSION;
	e.code = ERROR_NONE;
	wrong |= file_write(new, "x", 1, &e) != -1 || e.code != ERROR_PERMISSION;
	free(denied);
	free(new);
	return wrong;
}

static void denied_is_told_from_missing(void **state)
{
	char *path = path_join(*state, "a");
	int status;
	pid_t pid;

	write_text(path, "secret");
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(*state, 0555), 0);
	pid = fork();
	if (!pid)
		_exit(try_as_nobody(*state));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chmod(*state, 0755), 0);
	free(path);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("# skipped: this process is root and may not become another user\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_joined),
		cmocka_unit_test(names_are_the_last_part),
		cmocka_unit_test_setup_teardown(what_is_written_is_read, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(an_empty_file_is_read, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(nothing_is_overwritten, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(only_regular_files_are_read, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(hashes_are_those_of_the_standard, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(a_full_disk_is_an_error, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(denied_is_told_from_missing, make_folder,
						remove_folder),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
