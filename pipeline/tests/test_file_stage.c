/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/tests/stage_files.h"

/* --- publishing --- */

static void a_result_appears_at_once(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct stage s;
	struct stat st;

	umask(027);
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	umask(022);
	assert_string_equal(s.target, f->target);
	assert_int_equal(stat(s.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(path_name(s.path) - s.path, path_name(s.target) - s.target);
	fill(s.path, "1");
	assert_int_equal(access(f->target, F_OK), -1);
	assert_int_equal(stage_publish(&s, false, &e), 0);
	assert_true(is_whole(f->target, "1"));
	stage_release(&s);
	stage_release(&s);
	assert_true(is_whole(f->target, "1"));
	assert_int_equal(hidden_nr(f->folder), 0);
}

static void what_is_not_published_is_removed(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct stage s = { 0 };

	stage_release(&s);
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	fill(s.path, "1");
	stage_release(&s);
	assert_int_equal(hidden_nr(f->folder), 0);
	assert_int_equal(access(f->target, F_OK), -1);
}

static void a_result_is_replaced_only_if_asked(void **state)
{
	struct fixture *f = *state;

	must_publish(f->target, "1", false);
	must_not_publish(f->target, false, ERROR_CANTCREATE, "--overwrite");
	assert_true(is_whole(f->target, "1"));
	must_publish(f->target, "2", true);
	fault.no_exchange = true;
	must_publish(f->target, "3", true);
	assert_int_equal(hidden_nr(f->folder), 0);
}

static void parents_are_made(void **state)
{
	struct fixture *f = *state;
	char *deep = path_join(f->folder, "a/b c//d");
	char *slashes = path_join(f->folder, "a/e//");

	must_publish(deep, "1", false);
	must_publish(slashes, "1", true);
	must_publish(slashes, "2", true);
	free(deep);
	free(slashes);
}

static void a_relative_target_is_in_this_folder(void **state)
{
	struct fixture *f = *state;
	char before[4096];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(f->folder), 0);
	must_publish("озеро 2024", "1", false);
	must_publish("x/y", "1", false);
	assert_int_equal(chdir(before), 0);
	assert_true(is_whole(f->target, "1"));
}

static void nothing_else_is_ever_removed(void **state)
{
	struct fixture *f = *state;
	char *file = path_join(f->folder, "file"), *under = path_join(file, "x");

	/* An empty folder is fine. */
	assert_int_equal(mkdir(f->target, 0777), 0);
	must_publish(f->target, "1", false);

	put(f->folder, "file", "mine");
	must_not_publish(file, true, ERROR_CANTCREATE, "something else is there");
	must_not_publish(under, true, ERROR_CANTCREATE, under);
	assert_true(holds(f->folder, "file", "mine"));

	/* A folder without item.json is no result. */
	must_not_publish(f->folder, true, ERROR_CANTCREATE, "something else is there");
	assert_true(is_whole(f->target, "1"));
	must_not_publish("/", true, ERROR_CANTCREATE, "name a folder of its own");
	must_not_publish(".", true, ERROR_CANTCREATE, "name a folder of its own");
	must_not_publish("x/..", true, ERROR_CANTCREATE, "name a folder of its own");
	must_not_publish("", true, ERROR_CANTCREATE, "name a folder of its own");
	free(under);
	free(file);
}

static void a_link_to_a_folder_is_kept(void **state)
{
	struct fixture *f = *state;
	char *link = path_join(f->folder, "link");
	struct stat st;

	must_publish(f->target, "1", false);
	assert_int_equal(symlink(f->target, link), 0);
	must_publish(link, "2", true);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(is_whole(f->target, "2"));
	free(link);
}

static void a_stage_holds_files_and_folders_only(void **state)
{
	struct fixture *f = *state;
	char *outside = path_join(f->folder, "outside"), *link;
	struct error e = { 0 };
	struct stage s;

	assert_int_equal(mkdir(outside, 0777), 0);
	put(outside, "file", "mine");
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	link = path_join(s.path, "link");
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(stage_publish(&s, false, &e), -1);
	assert_int_equal(e.code, ERROR_IO);
	/* Removing the stage removes the link, not what it names. */
	stage_release(&s);
	assert_int_equal(hidden_nr(f->folder), 0);
	assert_true(holds(outside, "file", "mine"));
	free(link);
	free(outside);
}

static void a_disk_that_fails_keeps_the_old_result(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct stage s;

	must_publish(f->target, "1", false);
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	fill(s.path, "2");
	fault.sync_fails = true;
	assert_int_equal(stage_publish(&s, true, &e), -1);
	assert_int_equal(e.code, ERROR_IO);
	assert_non_null(strstr(e.text, f->target));
	stage_release(&s);
	assert_true(is_whole(f->target, "1"));
	assert_int_equal(hidden_nr(f->folder), 0);
}

static void a_folder_that_may_not_be_written_is_told(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t pid;

	assert_int_equal(chmod(f->folder, 0555), 0);
	pid = fork();
	if (!pid) {
		struct error e = { 0 };

		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(77);
		_exit(publish(f->target, "1", false, &e) != -1 || e.code != ERROR_PERMISSION);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chmod(f->folder, 0755), 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("# skipped: this process is root and may not become another user\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* --- what is left behind --- */

static void a_stage_in_use_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct stage a, b;

	assert_int_equal(stage_open(&a, f->target, &e), 0);
	fill(a.path, "a");
	assert_int_equal(stage_open(&b, f->target, &e), 0);
	assert_string_not_equal(a.path, b.path);
	fill(b.path, "b");
	assert_true(is_whole(a.path, "a"));
	assert_int_equal(stage_publish(&a, false, &e), 0);
	assert_int_equal(stage_publish(&b, false, &e), -1);
	assert_int_equal(e.code, ERROR_CANTCREATE);
	assert_int_equal(stage_publish(&b, true, &e), 0);
	assert_true(is_whole(f->target, "b"));
	stage_release(&a);
	stage_release(&b);
	assert_int_equal(hidden_nr(f->folder), 0);
}

/* The name is the pattern with the host's name in place of '@'. */
static char *path_of(const char *parent, const char *pattern, const char *host)
{
	int before = (int)strcspn(pattern, "@");
	char name[300];

	snprintf(name, sizeof(name), "%.*s%s%s", before, pattern, pattern[before] ? host : "",
		 pattern[before] ? pattern + before + 1 : "");
	return path_join(parent, name);
}

static void make(const char *parent, const char *pattern, const char *host)
{
	char *path = path_of(parent, pattern, host);

	assert_int_equal(mkdir(path, 0777), 0);
	fill(path, "left");
	free(path);
}

static bool is_there(const char *parent, const char *pattern, const char *host)
{
	char *path = path_of(parent, pattern, host);
	bool there = is_whole(path, "left");

	free(path);
	return there;
}

static void only_what_is_surely_left_behind_is_removed(void **state)
{
	static const char *const keep[] = {
		".озеро 2024.stage-another_host-1-0",
		".озеро 2024.stage-@-1-0.old",
		".озеро 2024.stage-@-x-0",
		".озеро 2024.stage-@",
		".озеро 2024.старый",
		".озеро 2023.stage-@-1-0",
		".озеро 2024.old-1.stage-@-1-0",
		"озеро 2024.stage-@-1-0",
	};
	struct fixture *f = *state;
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	for (char *s = host; *s; s++)
		*s = *s == '.' ? '_' : *s;
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		make(f->folder, keep[i], host);
	make(f->folder, ".озеро 2024.stage-@-1-0", host);
	make(f->folder, ".озеро 2024.stage-@-999999-12", host);
	must_publish(f->target, "1", false);
	make(f->folder, ".озеро 2024.old-@-1-0", host);
	must_publish(f->target, "2", true);
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (!is_there(f->folder, keep[i], host))
			fail_msg("%s is gone", keep[i]);
	assert_int_equal(hidden_nr(f->folder), sizeof(keep) / sizeof(keep[0]) - 1);
}

static void without_locks_nothing_is_taken_for_left_behind(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct stage a;

	fault.no_lock = true;
	assert_int_equal(stage_open(&a, f->target, &e), 0);
	fill(a.path, "a");
	must_publish(f->target, "b", false);
	assert_true(is_whole(a.path, "a"));
	assert_int_equal(stage_publish(&a, true, &e), 0);
	assert_true(is_whole(f->target, "a"));
	stage_release(&a);
}

static void a_result_put_aside_comes_back(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct stage s;

	make(f->folder, ".озеро 2024.old-@-1-0", "another_host");
	assert_int_equal(stage_open(&s, f->target, &e), 0);
	assert_true(is_whole(f->target, "left"));
	stage_release(&s);
	assert_int_equal(hidden_nr(f->folder), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STAGE_TEST(a_result_appears_at_once),
		STAGE_TEST(what_is_not_published_is_removed),
		STAGE_TEST(a_result_is_replaced_only_if_asked),
		STAGE_TEST(parents_are_made),
		STAGE_TEST(a_relative_target_is_in_this_folder),
		STAGE_TEST(nothing_else_is_ever_removed),
		STAGE_TEST(a_link_to_a_folder_is_kept),
		STAGE_TEST(a_stage_holds_files_and_folders_only),
		STAGE_TEST(a_disk_that_fails_keeps_the_old_result),
		STAGE_TEST(a_folder_that_may_not_be_written_is_told),
		STAGE_TEST(a_stage_in_use_is_left_alone),
		STAGE_TEST(only_what_is_surely_left_behind_is_removed),
		STAGE_TEST(without_locks_nothing_is_taken_for_left_behind),
		STAGE_TEST(a_result_put_aside_comes_back),
	};

	return cmocka_run_group_tests_name("file_stage", tests, NULL, NULL);
}
