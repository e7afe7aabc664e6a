/* SPDX-License-Identifier: Apache-2.0
 *
 * Searches at a STAC API on loopback (search_server.py).  Its pages without a server: test_stac_page.c.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/io/fetch.h"
#include "pipeline/io/stac_search.h"

#define PYTHON "/usr/bin/python3"

/* 2024-07-01 to 2024-08-01: all Items of the server. */
#define JULY   1719792000
#define AUGUST 1722470400

/* The server, and a folder with products/ that it serves. */
static struct {
	pid_t pid;
	int port;
	char folder[256];
} server;

/* --- the server --- */

static void read_port(int fd)
{
	char text[16] = "";
	size_t n = 0;

	while (n < sizeof(text) - 1 && read(fd, text + n, 1) == 1 && text[n] != '\n')
		n++;
	server.port = atoi(text);
}

static int start_server(void **state)
{
	char products[300];
	int ends[2];

	(void)state;
	snprintf(server.folder, sizeof(server.folder), "%.200s/searchXXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (access(PYTHON, X_OK))
		return 0;
	if (!mkdtemp(server.folder) || pipe(ends))
		return -1;
	snprintf(products, sizeof(products), "%s/products", server.folder);
	server.pid = fork();
	if (server.pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		/* Connections that are broken off are what it is for. */
		if (!freopen("/dev/null", "w", stderr))
			_exit(127);
		close(ends[0]);
		close(ends[1]);
		execl(PYTHON, PYTHON, "pipeline/tests/search_server.py", products, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	read_port(ends[0]);
	close(ends[0]);
	setenv("BALKHASH_HTTP_RETRY_MS", "1", 1);
	setenv("BALKHASH_HTTP_STALL_S", "2", 1);
	setenv("no_proxy", "127.0.0.1,localhost", 1);
	return server.pid > 0 && server.port ? 0 : -1;
}

static int stop_server(void **state)
{
	char command[300];

	(void)state;
	if (server.pid <= 0)
		return 0;
	kill(server.pid, SIGTERM);
	waitpid(server.pid, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", server.folder);
	return system(command);
}

static void need_server(void)
{
	if (server.pid <= 0)
		skip();
}

/* How often a path was asked for. */
static int count(const char *path)
{
	char address[200], *text;
	const struct fetch_request request = { .address = address, .bytes_max = 100 };
	struct error e = { 0 };
	size_t size;
	int n;

	snprintf(address, sizeof(address), "http://127.0.0.1:%d/count?%s", server.port, path);
	assert_int_equal(fetch_document(&request, &text, &size, &e), 0);
	n = atoi(text);
	free(text);
	return n;
}

/* --- searches --- */

static int search_way(const char *way, struct stac_search *s, struct stac_found **found, size_t *nr,
		      struct error *e)
{
	char address[200];
	int ret;

	need_server();
	snprintf(address, sizeof(address), "http://127.0.0.1:%d/%s", server.port, way);
	s->address = address;
	ret = stac_search(s, found, nr, e);
	s->address = NULL;
	return ret;
}

static void must_find(const char *way, size_t wanted)
{
	struct stac_search s = { .cloud_cover_percent = 100 };
	struct stac_found *found;
	struct error e = { 0 };
	size_t nr;

	if (search_way(way, &s, &found, &nr, &e))
		fail_msg("%s: %s", way, e.text);
	assert_int_equal(nr, wanted);
	stac_found_free(found, nr);
}

static void must_fail(const char *way, enum error_code code, const char *words)
{
	struct stac_search s = { .cloud_cover_percent = 100 };
	struct stac_found *found = (struct stac_found *)&s;
	struct error e = { 0 };
	size_t nr = 7;

	assert_int_equal(search_way(way, &s, &found, &nr, &e), -1);
	if (e.code != code || !strstr(e.text, words) || strchr(e.text, '\n'))
		fail_msg("%s: %d: %s", way, e.code, e.text);
	assert_null(found);
	assert_int_equal(nr, 0);
}

static void all_items_of_all_pages_come(void **state)
{
	/* Those that come again, with a later time of update, on every second page. */
	static const size_t updated_nr = 4;
	static const char *const ways[] = { "get",	 "get/",    "get/search",  "post",
					    "postwhole", "post301", "post/search/" };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct stac_search s = { .collections = "c, d",
					 .bbox = { 73.25, 44.5, 79.5, 47.25 },
					 .from = JULY,
					 .to = AUGUST,
					 .cloud_cover_percent = 100 };
		struct stac_found *found;
		struct error e = { 0 };
		size_t nr, later = 0;

		if (search_way(ways[i], &s, &found, &nr, &e))
			fail_msg("%s: %s", ways[i], e.text);
		assert_int_equal(nr, 1000);
		for (unsigned int k = 0; k < nr; k++) {
			char id[40], address[200];

			snprintf(id, sizeof(id), "item-%04u", k);
			snprintf(address, sizeof(address),
				 "http://127.0.0.1:%d/%.*s/collections/c/items/%s", server.port,
				 (int)strcspn(ways[i], "/"), ways[i], id);
			assert_string_equal(found[k].id, id);
			assert_string_equal(found[k].address, address);
			later += !strcmp(found[k].updated, "2024-08-02T00:00:00Z");
			assert_true(strcmp(found[k].updated, "2024-08-01T00:00:00Z") >= 0);
			assert_int_equal(found[k].time, JULY + (int64_t)(k % 28) * 86400 + 20809);
		}
		assert_int_equal(later, updated_nr);
		stac_found_free(found, nr);
	}
	assert_int_equal(count("/post301/again/search"), 9);
}

static void the_request_says_what_is_asked_for(void **state)
{
	static const struct {
		struct stac_search s;
		const char *question;
	} cases[] = {
		{ { .cloud_cover_percent = 100 }, "limit=100" },
		{ { .collections = "sentinel-2-l2a , landsat-c2-l2",
		    .bbox = { 73.25, 44.5, -79.5, 47.25 },
		    .from = JULY,
		    .to = AUGUST,
		    .cloud_cover_percent = 100 },
		  "bbox=73.250000,44.500000,-79.500000,47.250000 "
		  "collections=sentinel-2-l2a,landsat-c2-l2 "
		  "datetime=2024-07-01T00:00:00Z/2024-08-01T00:00:00Z limit=100" },
		{ { .from = JULY, .to = INT64_MAX, .cloud_cover_percent = 100 },
		  "datetime=2024-07-01T00:00:00Z/.. limit=100" },
		{ { .from = INT64_MIN, .to = AUGUST, .cloud_cover_percent = 100 },
		  "datetime=../2024-08-01T00:00:00Z limit=100" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stac_search s = cases[i].s;
		struct stac_found *found;
		struct error e = { 0 };
		size_t nr;

		if (search_way("echo", &s, &found, &nr, &e))
			fail_msg("%s", e.text);
		assert_int_equal(nr, 1);
		assert_string_equal(found[0].id, cases[i].question);
		stac_found_free(found, nr);
	}
}

/* Though the server filters nothing. */
static void clouds_and_times_outside_are_left_out(void **state)
{
	struct stac_search s = { .cloud_cover_percent = 20 };
	struct stac_found *found;
	struct error e = { 0 };
	size_t nr, few = 0;

	(void)state;
	for (int n = 0; n < 1000; n++)
		few += n % 101 <= 20;
	assert_int_equal(search_way("get", &s, &found, &nr, &e), 0);
	assert_int_equal(nr, few);
	stac_found_free(found, nr);
	s.cloud_cover_percent = 100;
	s.from = JULY + 20809;	     /* the first is in, the time of its Items exactly */
	s.to = JULY + 86400 + 20809; /* the second is out */
	assert_int_equal(search_way("get", &s, &found, &nr, &e), 0);
	assert_int_equal(nr, 36); /* 0, 28, ... 980 */
	stac_found_free(found, nr);
	s.from = s.to - 1;
	assert_int_equal(search_way("get", &s, &found, &nr, &e), 0);
	assert_int_equal(nr, 0);
	assert_null(found);
}

static void failures_are_got_over_or_told(void **state)
{
	(void)state;
	must_find("busy", 1);
	assert_int_equal(count("/busy/search"), 4);
	must_find("stall", 1);
	must_find("gzip", 1);
	must_fail("down", ERROR_UNAVAILABLE, "after 5 tries");
	assert_int_equal(count("/down/search"), 5);
	must_fail("cut", ERROR_UNAVAILABLE, "after 5 tries");
	assert_int_equal(count("/cut/search"), 5);
	must_fail("forbidden", ERROR_PERMISSION, "403");
	must_fail("missing", ERROR_NOINPUT, "404");
	must_fail("wrong", ERROR_DATA, "\"no\\nsuch collection\"");
	assert_int_equal(count("/wrong/search"), 1);
}

static void what_is_no_page_is_refused(void **state)
{
	(void)state;
	must_fail("html", ERROR_DATA, "line 1");
	must_fail("huge", ERROR_DATA, "larger");
	must_fail("bomb", ERROR_DATA, "larger");
	must_fail("says2to40", ERROR_DATA, "larger");
	assert_int_equal(count("/huge/search"), 1);
}

static void searches_end(void **state)
{
	(void)state;
	must_fail("loop", ERROR_DATA, "circle");
	must_fail("circle", ERROR_DATA, "circle");
	assert_int_equal(count("/circle/search"), 3);
	must_fail("endless", ERROR_DATA, "too many pages");
	assert_int_equal(count("/endless/search"), STAC_SEARCH_PAGES_MAX);
}

static void nothing_leads_to_another_host(void **state)
{
	char hosts[40];
	struct stac_search s = { .cloud_cover_percent = 100, .hosts = hosts };
	struct stac_found *found;
	struct error e = { 0 };
	size_t nr;

	(void)state;
	must_fail("next-host", ERROR_DATA, "--hosts localhost:");
	must_fail("next-far", ERROR_DATA, "a redirection to another host");
	must_fail("next-file", ERROR_DATA, "no http(s) address");
	must_fail("next-ftp", ERROR_DATA, "no http(s) address");
	must_fail("next-none", ERROR_DATA, "no http(s) address");
	must_fail("next-put", ERROR_DATA, "neither GET nor POST");
	assert_int_equal(count("/far/search"), 0);
	snprintf(hosts, sizeof(hosts), "data.example.org,localhost:%d", server.port);
	if (search_way("next-host", &s, &found, &nr, &e))
		fail_msg("%s", e.text);
	assert_int_equal(nr, 2);
	assert_int_equal(count("/far/search"), 1);
	stac_found_free(found, nr);
}

static void a_server_that_is_gone_is_told(void **state)
{
	struct stac_search s = { .address = "http://127.0.0.1:1/v1", .cloud_cover_percent = 100 };
	struct stac_found *found;
	struct error e = { 0 };
	size_t nr;

	(void)state;
	assert_int_equal(stac_search(&s, &found, &nr, &e), -1);
	assert_int_equal(e.code, ERROR_UNAVAILABLE);
	assert_non_null(strstr(e.text, "127.0.0.1:1/v1/search"));
}

static void nonsense_is_not_asked_for(void **state)
{
	static const struct stac_search cases[] = {
		{ .address = "" },
		{ .address = "/etc/passwd" },
		{ .address = "/vsicurl/http://127.0.0.1:1/" },
		{ .address = "file:///etc/passwd" },
		{ .address = "http://" },
		{ .address = "http://127.0.0.1:1/", .collections = "a,,b" },
		{ .address = "http://127.0.0.1:1/", .collections = " ,b" },
		{ .address = "http://127.0.0.1:1/", .collections = "\xff" },
		{ .address = "http://127.0.0.1:1/", .bbox = { 0, 10, 0, 5 } },
		{ .address = "http://127.0.0.1:1/", .bbox = { 0, 0, 181, 5 } },
		{ .address = "http://127.0.0.1:1/", .bbox = { 0, -91, 1, 5 } },
		{ .address = "http://127.0.0.1:1/", .from = 2, .to = 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stac_found *found;
		struct error e = { 0 };
		size_t nr;

		assert_int_equal(stac_search(&cases[i], &found, &nr, &e), -1);
		if (e.code != ERROR_CONFIG)
			fail_msg("case %zu: %d: %s", i, e.code, e.text);
	}
}

/* --- from a search to an observation --- */

/* By a shell, which knows the folder as $W, the Item's address as $ITEM. */
static void run(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

static void what_was_found_can_be_processed(void **state)
{
	static const char *const ways[] = { "scene", "api" };

	(void)state;
	need_server();
	if (!getenv("BALKHASH") || !getenv("GENERATOR"))
		skip();
	setenv("W", server.folder, 1);
	run("\"$GENERATOR\" --out \"$W/products\" --kind landsat-l2 --lake star --size 300 --stac 1.1 "
	    ">/dev/null && rm -r \"$W/products/truth\"");
	run("\"$BALKHASH\" scene -q \"$W\"/products/*/item.json -o \"$W/local\" >/dev/null");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct stac_search s = { .cloud_cover_percent = 100 };
		struct stac_found *found;
		struct error e = { 0 };
		size_t nr;

		if (search_way(ways[i], &s, &found, &nr, &e))
			fail_msg("%s", e.text);
		assert_int_equal(nr, 1);
		setenv("ITEM", found[0].address, 1);
		stac_found_free(found, nr);
		run("rm -rf \"$W/found\" && mkdir -p \"$W/found/stage\" && \"$BALKHASH\" scene -q \"$ITEM\" "
		    "-o \"$W/found\" --stage \"$W/found/stage\" >/dev/null");
		/* Not the same bytes: the unit's id is of the files' names, and those that are fetched have others. */
		run("for f in water fraction why; do " PYTHON " pipeline/tests/same_pixels.py "
		    "\"$W\"/local/*/$f.tif \"$W\"/found/LC09*/$f.tif || exit 1; done");
		run("test -z \"$(ls -A \"$W/found/stage\")\"");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_items_of_all_pages_come),
		cmocka_unit_test(the_request_says_what_is_asked_for),
		cmocka_unit_test(clouds_and_times_outside_are_left_out),
		cmocka_unit_test(failures_are_got_over_or_told),
		cmocka_unit_test(what_is_no_page_is_refused),
		cmocka_unit_test(searches_end),
		cmocka_unit_test(nothing_leads_to_another_host),
		cmocka_unit_test(a_server_that_is_gone_is_told),
		cmocka_unit_test(nonsense_is_not_asked_for),
		cmocka_unit_test(what_was_found_can_be_processed),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
